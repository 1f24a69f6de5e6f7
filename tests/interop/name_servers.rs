//! With a first name server that never answers, files still come: the second one is asked, which takes five seconds a name.

use super::offline::{can_be_offline, offline_command};
use super::programs::{has, made_octets};
use std::time::{Duration, Instant};
use tempfile::tempdir;

/// Answers every name with 127.0.0.1 on one address, keeps silent on another, and serves a folder with HTTP.
const SERVERS: &str = r#"
import functools, http.server, socket, struct, threading
silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.53", 53))
good = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
good.bind(("127.0.0.54", 53))
def answer():
    while True:
        asked, who = good.recvfrom(512)
        end = asked.index(b"\0", 12) + 5
        is_a = asked[end - 4:end - 2] == b"\0\1"
        head = asked[:2] + b"\x81\x80\0\1" + struct.pack(">H", is_a) + b"\0\0\0\0"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" if is_a else b""
        good.sendto(head + asked[12:end] + record, who)
threading.Thread(target=answer, daemon=True).start()
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory="served")
http.server.ThreadingHTTPServer(("127.0.0.1", 8080), handler).serve_forever()
"#;

#[test]
fn a_file_comes_although_the_first_name_server_is_dead() {
    if !can_be_offline() || !has(&["python3"]) {
        return;
    }
    let home = tempdir().unwrap();
    let octets = made_octets(300_000);
    std::fs::create_dir(home.path().join("served")).unwrap();
    std::fs::write(home.path().join("served/a.bin"), &octets).unwrap();
    std::fs::write(home.path().join("servers.py"), SERVERS).unwrap();
    std::fs::write(home.path().join("resolv.conf"), "nameserver 127.0.0.53\nnameserver 127.0.0.54\n")
        .unwrap();
    // The file of this namespace alone; the servers end with the shell.
    let script = "unshare -m sh -c 'mount --bind resolv.conf /etc/resolv.conf && { python3 servers.py & } && sleep 1 \
                  && timeout 60 \"$0\" get http://data.example:8080/a.bin --out out --allow-local --via http-only; \
                  ended=$?; kill $!; exit $ended' \"$0\"";
    let began = Instant::now();
    let output = offline_command(&home, script).output().expect("the command starts");
    let took = began.elapsed();
    assert!(output.status.success(), "{took:?} {output:?}");
    assert!(std::fs::read(home.path().join("out/a.bin")).unwrap() == octets, "other octets");
    assert!(took < Duration::from_secs(25), "{took:?}");
    assert!(took > Duration::from_secs(5), "the first name server was not asked: {took:?}");
}
