//! RabbitMQ as brokers of Sarracenia run it: users with rights on their own queues, plain and TLS; and a few lines of Python that publish
//! what no honest program does.

use super::brokers::certificates;
use super::programs::{PATIENCE, Running, free_port, text, wait_until};
use super::sarracenia::poster;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SERVER: &str = "/usr/lib/rabbitmq/bin/rabbitmq-server";

/// Whether RabbitMQ is here, and Sarracenia with the library by which it speaks AMQP.
pub fn has_rabbit() -> bool {
    let is_here = Path::new(SERVER).is_file() && python().is_some();
    let is_required = std::env::var("NUEE_INTEROP").is_ok_and(|value| value == "required");
    assert!(is_here || !is_required, "not installed: rabbitmq-server, or sr3 with amqp");
    if !is_here {
        eprintln!("skipped: not installed: rabbitmq-server, or sr3 with amqp");
    }
    is_here
}

/// The Python of Sarracenia, when it has a library for AMQP.
fn python() -> Option<PathBuf> {
    let python = poster()?.with_file_name("python3");
    let found = Command::new(&python).args(["-c", "import amqp"]).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success()).then_some(python)
}

/// A broker with an exchange `xpublic`, a virtual host `wx` that only the writer may use, and two users: `anonymous`, who reads, and
/// `writer`.
pub struct Rabbit {
    running: Option<Running>,
    folder: TempDir,
    pub plain: u16,
    pub tls: u16,
    epmd: u16,
    dist: u16,
}

impl Rabbit {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        certificates(at);
        let (plain, tls) = (free_port(), free_port());
        let own = r#""^q_anonymous.*""#;
        let all = r#""configure":".*","write":".*","read":".*""#;
        let definitions = format!(
            r#"{{"users":[{{"name":"anonymous","password":"anonymous","tags":""}},
            {{"name":"writer","password":"writes","tags":""}}],
            "vhosts":[{{"name":"/"}},{{"name":"wx"}}],
            "permissions":[{{"user":"anonymous","vhost":"/","configure":{own},"write":{own},
            "read":"^q_anonymous.*|^xpublic$"}},{{"user":"writer","vhost":"/",{all}}},
            {{"user":"writer","vhost":"wx",{all}}}],
            "exchanges":[{{"name":"xpublic","vhost":"/","type":"topic","durable":true,"auto_delete":false,
            "internal":false,"arguments":{{}}}}]}}"#
        );
        std::fs::write(at.join("definitions.json"), definitions).unwrap();
        let at = at.display();
        let configuration = format!(
            "listeners.tcp.1 = 127.0.0.1:{plain}\nlisteners.ssl.1 = 127.0.0.1:{tls}\n\
             ssl_options.certfile = {at}/server.crt\nssl_options.keyfile = {at}/server.key\n\
             load_definitions = {at}/definitions.json\n"
        );
        std::fs::write(folder.path().join("rabbitmq.conf"), configuration).unwrap();
        std::fs::write(folder.path().join("plugins"), "[].\n").unwrap();
        let mut broker = Self { running: None, plain, tls, epmd: free_port(), dist: free_port(), folder };
        broker.go_on();
        broker
    }

    pub fn go_on(&mut self) {
        let at = self.folder.path();
        let child = Command::new(SERVER)
            .env("HOME", at)
            .env("RABBITMQ_NODENAME", "nuee@localhost")
            .env("RABBITMQ_MNESIA_BASE", at.join("mnesia"))
            .env("RABBITMQ_LOG_BASE", at.join("log"))
            .env("RABBITMQ_CONFIG_FILE", at.join("rabbitmq.conf"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", at.join("plugins"))
            .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
            .env("RABBITMQ_DIST_PORT", self.dist.to_string())
            .env("ERL_EPMD_PORT", self.epmd.to_string())
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            // Its script replaces itself by the server then, which is ours to stop.
            .env("RUNNING_UNDER_SYSTEMD", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.running = Some(Running(child.expect("rabbitmq-server runs")));
        // It starts slowly, and more so beside others.
        let until = Instant::now() + 3 * PATIENCE;
        let is_up = |port| TcpStream::connect(("127.0.0.1", port)).is_ok();
        while !is_up(self.plain) || !is_up(self.tls) {
            assert!(Instant::now() < until, "RabbitMQ did not come");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Kills it at once, as a loss of power would.
    pub fn kill(&mut self) {
        self.running = None;
        let port = self.plain;
        wait_until("the end of the broker", || TcpStream::connect(("127.0.0.1", port)).is_err());
    }

    pub fn url(&self) -> String {
        format!("amqp://anonymous@127.0.0.1:{}", self.plain)
    }

    pub fn tls_url(&self) -> String {
        format!("amqps://localhost:{}", self.tls)
    }

    pub fn writer_url(&self) -> String {
        format!("amqp://writer:writes@127.0.0.1:{}", self.plain)
    }

    /// The names of its queues.
    pub fn queues(&self) -> Vec<String> {
        let output = Command::new("/usr/lib/rabbitmq/bin/rabbitmqctl")
            .args(["-n", "nuee@localhost", "--quiet", "list_queues", "--no-table-headers", "name"])
            .env("HOME", self.folder.path())
            .env("RABBITMQ_CONF_ENV_FILE", "/dev/null")
            .env("ERL_EPMD_PORT", self.epmd.to_string())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        said.lines().map(|line| line.trim_matches('"').to_owned()).collect()
    }

    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    /// Runs a few lines of Python with an open channel `c` of the writer.
    pub fn python(&self, lines: &str) {
        let program = format!(
            "import amqp\nk = amqp.Connection('127.0.0.1:{}', 'writer', 'writes')\nk.connect()\nc = k.channel()\n{lines}\nk.close()\n",
            self.plain
        );
        let output = Command::new(python().expect("it is here")).args(["-c", &program]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Has Sarracenia announce a folder in `form`, `v02` or `v03`.
    pub fn post(&self, form: &str, (root, below): (&Path, &Path), base: &str) {
        let home = tempfile::tempdir().unwrap();
        let settings = home.path().join("sr3/post");
        std::fs::create_dir_all(&settings).unwrap();
        let topic = if form == "v02" { "v02.post" } else { "v03" };
        let lines = format!(
            "post_broker {}\npost_exchange xpublic\npost_format {form}\npost_topicPrefix {topic}\npost_baseUrl {base}\n\
             post_baseDir {}\n",
            self.writer_url(),
            text(root)
        );
        std::fs::write(settings.join("nuee.conf"), lines).unwrap();
        let status = Command::new(poster().expect("it is here"))
            .args(["-c", "nuee", "-p", text(below)])
            .envs(super::sarracenia::at_home(home.path()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.expect("sr3_post runs").success());
    }
}

impl Drop for Rabbit {
    fn drop(&mut self) {
        self.running = None;
        // The registry of Erlang, which the server started: it stays behind on its own port.
        let ended = Command::new("epmd").args(["-port", &self.epmd.to_string(), "-kill"]).output();
        drop(ended);
    }
}
