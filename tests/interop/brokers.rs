//! mosquitto as the field runs it: TLS, websockets, passwords, access lists, a bounded queue; and `nuee listen`.

use super::programs::{Running, free_port, start, text, wait_for_port, wait_until};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

pub const PROGRAMS: [&str; 4] = ["mosquitto", "mosquitto_pub", "mosquitto_passwd", "openssl"];

/// A broker with three doors: plain, TLS, and websockets over TLS.
pub struct Mosquitto {
    running: Option<Running>,
    folder: TempDir,
    pub plain: u16,
    pub tls: u16,
    pub socket: u16,
}

impl Mosquitto {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        certificates(at);
        let passwords = text(&at.join("passwords")).to_owned();
        std::fs::write(&passwords, "").unwrap();
        for (user, password) in [("reader", "reads"), ("writer", "writes")] {
            run("mosquitto_passwd", &["-b", &passwords, user, password]);
        }
        let access = "user writer\ntopic write #\nuser reader\ntopic read xpublic/#\ntopic read origin/a/wis2/#\n\
                      topic read cache/a/wis2/#\ntopic read diffusion/#\n";
        std::fs::write(at.join("access"), access).unwrap();
        let mut broker =
            Self { running: None, plain: free_port(), tls: free_port(), socket: free_port(), folder };
        let at = broker.folder.path().display();
        let tls = format!("certfile {at}/server.crt\nkeyfile {at}/server.key\n");
        let configuration = format!(
            "user root\nallow_anonymous false\npassword_file {at}/passwords\nacl_file {at}/access\n\
             persistence true\npersistence_location {at}/\nautosave_interval 1\nmax_queued_messages 10000\n\
             max_inflight_messages 200\nmessage_size_limit 500000\n\
             listener {} 127.0.0.1\nlistener {} 127.0.0.1\n{tls}listener {} 127.0.0.1\nprotocol websockets\n{tls}",
            broker.plain, broker.tls, broker.socket
        );
        std::fs::write(broker.folder.path().join("conf"), configuration).unwrap();
        broker.go_on();
        broker
    }

    /// Stops as the system would stop it.
    pub fn stop(&mut self) {
        let running = self.running.take().expect("it runs");
        run("kill", &["-TERM", &running.0.id().to_string()]);
        let port = self.plain;
        wait_until("the end of the broker", || std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    }

    pub fn go_on(&mut self) {
        self.running = Some(start("mosquitto", &["-c", text(&self.folder.path().join("conf"))]));
        wait_for_port(self.plain);
        wait_for_port(self.tls);
    }

    /// The authority that signed its certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    pub fn url(&self) -> String {
        format!("mqtt://reader:reads@127.0.0.1:{}", self.plain)
    }

    pub fn tls_url(&self) -> String {
        format!("mqtts://reader:reads@localhost:{}", self.tls)
    }

    pub fn socket_url(&self) -> String {
        format!("wss://reader:reads@localhost:{}/mqtt", self.socket)
    }

    /// Publishes one message and waits until the broker has it.
    pub fn publish(&self, topic: &str, message: &[u8]) {
        let port = self.plain.to_string();
        let mut child = Command::new("mosquitto_pub")
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &port,
                "-u",
                "writer",
                "-P",
                "writes",
                "-q",
                "1",
                "-t",
                topic,
                "-s",
            ])
            .stdin(Stdio::piped())
            .spawn()
            .expect("mosquitto_pub runs");
        child.stdin.take().expect("piped").write_all(message).unwrap();
        assert!(child.wait().unwrap().success());
    }

    /// Publishes many messages of one line each on one topic.
    pub fn publish_lines(&self, topic: &str, messages: &[String]) {
        let port = self.plain.to_string();
        let mut child = Command::new("mosquitto_pub")
            .args([
                "-h",
                "127.0.0.1",
                "-p",
                &port,
                "-u",
                "writer",
                "-P",
                "writes",
                "-q",
                "1",
                "-t",
                topic,
                "-l",
            ])
            .stdin(Stdio::piped())
            .spawn()
            .expect("mosquitto_pub runs");
        let lines = messages.join("\n") + "\n";
        child.stdin.take().expect("piped").write_all(lines.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    }
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, and a server's certificate that it signed.
pub fn certificates(at: &Path) {
    let file = |name: &str| text(&at.join(name)).to_owned();
    let (ca_key, ca) = (file("ca.key"), file("ca.crt"));
    let subject = ["-subj", "/CN=Nuee test authority"];
    let new =
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", &ca_key, "-out", &ca];
    run("openssl", &[&new[..], &subject].concat());
    let (key, request, certificate) = (file("server.key"), file("server.csr"), file("server.crt"));
    let asked =
        ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", &key, "-out", &request, "-subj", "/CN=localhost"];
    run("openssl", &asked);
    let names = file("names");
    std::fs::write(&names, "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n").unwrap();
    let signed = [
        "x509",
        "-req",
        "-days",
        "2",
        "-in",
        &request,
        "-CA",
        &ca,
        "-CAkey",
        &ca_key,
        "-CAcreateserial",
        "-out",
        &certificate,
        "-extfile",
        &names,
    ];
    run("openssl", &signed);
}

/// `nuee listen`, with the lines it printed so far.
pub struct Listener {
    running: Running,
    lines: Arc<Mutex<Vec<Value>>>,
}

impl Listener {
    pub fn start(broker: &Mosquitto, url: &str, arguments: &[&str]) -> Self {
        Self::trusting(Some(&broker.authority()), url, arguments)
    }

    /// Where no authority needs to be trusted.
    pub fn plain(url: &str, arguments: &[&str]) -> Self {
        Self::trusting(None, url, arguments)
    }

    /// Run from `folder`.
    pub fn below(folder: &Path, arguments: &[&str], url: &str) -> Self {
        Self::run((None, folder), url, arguments)
    }

    pub fn trusting(authority: Option<&Path>, url: &str, arguments: &[&str]) -> Self {
        Self::run((authority, Path::new(".")), url, arguments)
    }

    fn run((authority, folder): (Option<&Path>, &Path), url: &str, arguments: &[&str]) -> Self {
        let mut child: Child = Command::new(env!("CARGO_BIN_EXE_nuee"))
            .current_dir(folder)
            .args(["listen", url, "--json", "--allow-local", "--lang", "en"])
            .args(arguments)
            .envs(authority.map(|file| ("SSL_CERT_FILE", file)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("nuee runs");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let lines = Arc::new(Mutex::new(Vec::new()));
        let own = lines.clone();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                own.lock().unwrap().push(serde_json::from_str(&line).expect("JSON"));
            }
        });
        Self { running: Running(child), lines }
    }

    pub fn wait_to_listen(&self) {
        wait_until("a connection", || !self.of("listening").is_empty());
    }

    /// The lines of one event.
    pub fn of(&self, event: &str) -> Vec<Value> {
        self.lines.lock().unwrap().iter().filter(|line| line["event"] == event).cloned().collect()
    }

    /// How many lines of one event there are.
    pub fn count(&self, event: &str) -> usize {
        self.lines.lock().unwrap().iter().filter(|line| line["event"] == event).count()
    }

    /// Every line.
    pub fn all(&self) -> Vec<Value> {
        self.lines.lock().unwrap().clone()
    }

    /// Waits for its own end, and returns its exit code.
    pub fn end(mut self) -> (i32, Vec<Value>) {
        let status = self.running.0.wait().unwrap();
        wait_until("the last line", || !self.of("done").is_empty() || !self.of("failed").is_empty());
        (status.code().expect("no signal"), self.all())
    }

    /// Most memory that it had so far, in KiB. `None` where the system does not tell.
    pub fn most_memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.running.0.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Kills it at once.
    pub fn kill(self) -> Vec<Value> {
        let lines = self.all();
        drop(self.running);
        lines
    }
}
