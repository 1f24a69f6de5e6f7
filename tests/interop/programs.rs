//! Starts and stops the programs, and runs Nuée.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest that anything is waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Whether `programs` are installed. A test that lacks one says so, or fails where they are required.
pub fn has(programs: &[&str]) -> bool {
    let is_there = |program: &str| {
        let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    let missing: Vec<&&str> = programs.iter().filter(|program| !is_there(program)).collect();
    if missing.is_empty() {
        return true;
    }
    let is_required = std::env::var("NUEE_INTEROP").is_ok_and(|value| value == "required");
    assert!(!is_required, "not installed: {missing:?}");
    eprintln!("skipped: not installed: {missing:?}");
    false
}

/// Held by a test for as long as it uses Sarracenia: its `start` and `stop` look at every process of the user, also at those
/// of another test, and wait for them.
pub fn alone_with_sarracenia() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    // A test that failed has stopped its own.
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program that is killed at the end of the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn start(program: &str, arguments: &[&str]) -> Running {
    let path = format!("{}:/usr/sbin:/sbin", std::env::var("PATH").unwrap_or_default());
    let child = Command::new(program)
        .args(arguments)
        .env("PATH", path)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Running(child.unwrap_or_else(|error| panic!("{program}: {error}")))
}

/// A port that is free now, that no other test was given, and that the system gives to no connection on its own: a server
/// that starts a moment later finds it free.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 20_000;
    let begin = u16::try_from(std::process::id() % u32::from(COUNT)).unwrap();
    loop {
        let port = FIRST + (begin + GIVEN.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub fn wait_for_port(port: u16) {
    wait_for_port_at("127.0.0.1", port);
}

pub fn wait_for_port_at(ip: &str, port: u16) {
    wait_until("a server", || TcpStream::connect((ip, port)).is_ok());
}

pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Runs Nuée to its end.
pub fn nuee(arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_nuee")).args(arguments).args(["--lang", "en"]).output();
    output.expect("nuee runs")
}

/// Runs `get` and returns its exit code and last line.
pub fn get(arguments: &[&str]) -> (i32, Value) {
    let output = nuee(&[&["get", "--json", "--allow-local"], arguments].concat());
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_else(|| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().expect("no signal"), serde_json::from_str(last).expect("JSON"))
}

/// Starts Nuée, for being stopped in the middle.
pub fn start_nuee(arguments: &[&str]) -> Running {
    start(env!("CARGO_BIN_EXE_nuee"), arguments)
}

/// nginx with one folder.
pub struct Nginx {
    _running: Running,
    pub port: u16,
    pub root: PathBuf,
    _folder: TempDir,
}

impl Nginx {
    pub fn start() -> Self {
        Self::with("")
    }

    /// The same with another line for the server.
    pub fn with(line: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let port = free_port();
        let root = folder.path().join("www");
        std::fs::create_dir(&root).unwrap();
        open_to_all(folder.path());
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {at}/{kind};"))
            .concat();
        let configuration = format!(
            "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log; events {{}} \
             http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port}; root {at}/www; {line} }} }}"
        );
        let file = folder.path().join("nginx.conf");
        std::fs::write(&file, configuration).unwrap();
        let running = start("nginx", &["-c", &file.display().to_string()]);
        wait_for_port(port);
        Self { _running: running, port, root, _folder: folder }
    }

    pub fn url(&self, name: &str) -> String {
        format!("http://127.0.0.1:{}/{name}", self.port)
    }
}

pub fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// `nuee publish --serve`, with what it tells.
pub struct Publisher {
    _running: Running,
    /// The lines before and with the URLs.
    pub lines: Vec<Value>,
}

impl Publisher {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nuee"))
            .args([&["publish", "--serve", "--json"], arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("nuee runs");
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let running = Running(child);
        let mut lines: Vec<Value> = Vec::new();
        for line in output.lines() {
            let object: Value = serde_json::from_str(&line.expect("text")).expect("JSON");
            let is_last = object["event"] == "serving" || object["event"] == "failed";
            lines.push(object);
            if is_last {
                break;
            }
        }
        Self { _running: running, lines }
    }

    /// The URLs of one kind.
    pub fn urls(&self, what: &str) -> Vec<String> {
        let urls = self.lines.last().expect("it serves")["urls"].as_array().expect("URLs").clone();
        let of_kind = urls.iter().filter(|url| url["what"] == what);
        of_kind.map(|url| url["url"].as_str().expect("a URL").to_owned()).collect()
    }

    /// Waits until its peer is known to its tracker: a moment, since it is told of at once.
    pub fn settle(&self) {
        std::thread::sleep(Duration::from_millis(800));
    }
}

/// Octets that look random and are the same each time.
pub fn made_octets(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(11);
    let mut octets = vec![0; length];
    random.fill(&mut octets);
    octets
}

/// The files of the demo's run, written into `folder`; returns the path of the first range file.
pub fn made_run(folder: &Path) -> PathBuf {
    let start = nuee::domain::utc::UtcTime::from_civil([2026, 1, 1, 6, 0, 0]).expect("a time");
    let run = nuee::demo::made_run::MadeRun::make(start);
    let ranges = run.range_files();
    for file in &ranges {
        std::fs::write(folder.join(&file.name), &file.octets).unwrap();
    }
    folder.join(&ranges[0].name)
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// libtorrent as a peer that has `x.bin` in `folder`, of which the .torrent lies beside it.
pub fn libtorrent_seeder(folder: &Path, port: u16) -> Running {
    libtorrent(&folder.join("x.bin.torrent"), folder, ("127.0.0.1", port))
}

/// libtorrent with a torrent, in a folder that has its file or is to get it, listening `at` an address and port.
pub fn libtorrent(torrent: &Path, folder: &Path, (ip, port): (&str, u16)) -> Running {
    let script = "import libtorrent as lt, sys, time\n\
        s = lt.session({'listen_interfaces': sys.argv[3], 'enable_dht': False, 'enable_lsd': False})\n\
        h = s.add_torrent({'ti': lt.torrent_info(sys.argv[1]), 'save_path': sys.argv[2]})\n\
        time.sleep(90)\n";
    let child = Command::new("/usr/bin/python3")
        .args(["-c", script, text(torrent), text(folder), &format!("{ip}:{port}")])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let running = Running(child.expect("python runs"));
    wait_for_port_at(ip, port);
    running
}

/// Whether libtorrent for Python is there; required where every program is.
pub fn has_libtorrent() -> bool {
    let has = Command::new("/usr/bin/python3").args(["-c", "import libtorrent"]).output();
    let is_there = has.is_ok_and(|output| output.status.success());
    let is_required = std::env::var("NUEE_INTEROP").is_ok_and(|value| value == "required");
    assert!(is_there || !is_required, "libtorrent for python is not installed");
    if !is_there {
        eprintln!("skipped: libtorrent for python is not installed");
    }
    is_there
}
