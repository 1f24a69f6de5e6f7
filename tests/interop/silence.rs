//! `http-only` means it: nothing is sent but to the HTTP server.

use super::programs::{Nginx, has, made_octets, nuee, text};
use std::process::Command;
use tempfile::tempdir;

#[test]
fn http_only_opens_no_socket_but_to_the_server() {
    if !has(&["nginx", "strace"]) {
        return;
    }
    let (nginx, source, out) = (Nginx::start(), tempdir().unwrap(), tempdir().unwrap());
    let octets = made_octets(4 << 20);
    std::fs::write(source.path().join("x.bin"), &octets).unwrap();
    std::fs::write(nginx.root.join("x.bin"), &octets).unwrap();
    let tracker = "http://127.0.0.1:9/announce";
    let made = nuee(&[
        "publish",
        text(&source.path().join("x.bin")),
        "--web-seed",
        &nginx.url("x.bin"),
        "--tracker",
        tracker,
    ]);
    assert!(made.status.success());
    let log = out.path().join("calls");
    let status = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=socket,connect,bind,listen,sendto,sendmsg", "-o", text(&log)])
        .arg(env!("CARGO_BIN_EXE_nuee"))
        .args(["get", text(&source.path().join("x.bin.torrent")), "--allow-local", "--via", "http-only"])
        .args(["--out", text(out.path())])
        .status();
    assert!(status.expect("strace runs").success());
    let calls = std::fs::read_to_string(&log).unwrap();
    let server = format!("htons({})", nginx.port);
    let stray: Vec<&str> = calls
        .lines()
        .filter(|call| call.contains("AF_INET"))
        .filter(|call| call.contains("SOCK_DGRAM") || call.contains("bind(") || call.contains("listen("))
        .collect();
    assert!(stray.is_empty(), "{stray:#?}");
    let connects: Vec<&str> =
        calls.lines().filter(|c| c.contains("connect(") && c.contains("AF_INET")).collect();
    assert!(!connects.is_empty());
    assert!(connects.iter().all(|call| call.contains(&server)), "{connects:#?}");
}
