//! The right file or a clear no: what a server sends is looked at, and what is said of files rests on the disk.

use nuee::demo::made_run::MadeRun;
use nuee::domain::integrity::{Digest, DigestAlgorithm};
use nuee::domain::utc::UtcTime;
use serde_json::Value;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use tempfile::tempdir;

/// A web server in this process: octets and their media type by path; ranges are answered.
struct Web(SocketAddr);

type Files = HashMap<String, (&'static str, Vec<u8>)>;

impl Web {
    fn start(files: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let files = Arc::new(files);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let files = files.clone();
                std::thread::spawn(move || serve(stream, &files));
            }
        });
        Self(address)
    }

    fn of(files: &[(&str, &'static str, &[u8])]) -> Self {
        let owned = files.iter().map(|(path, kind, octets)| ((*path).to_owned(), (*kind, octets.to_vec())));
        Self::start(owned.collect())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0)
    }
}

fn serve(stream: TcpStream, files: &Files) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let (mut first, mut range) = (String::new(), None);
        reader.read_line(&mut first).ok().filter(|count| *count > 0)?;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|count| *count > 0)?;
            if line == "\r\n" {
                break;
            }
            if let Some(asked) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
                let (from, to) = asked.trim().split_once('-')?;
                range = Some((from.parse::<usize>().ok()?, to.parse::<usize>().ok()?));
            }
        }
        let path = first.split(' ').nth(1)?;
        let Some((kind, octets)) = files.get(path) else {
            writer.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").ok()?;
            continue;
        };
        let (status, body, extra) = match range {
            Some((from, to)) if from < octets.len() && !kind.contains("html") => {
                let to = to.min(octets.len() - 1);
                let extra = format!("Content-Range: bytes {from}-{to}/{}\r\n", octets.len());
                ("206 Partial Content", &octets[from..=to], extra)
            }
            _ => ("200 OK", &octets[..], String::new()),
        };
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{extra}Content-Length: {length}\r\n\r\n");
        writer.write_all(head.as_bytes()).ok()?;
        if !first.starts_with("HEAD") {
            writer.write_all(body).ok()?;
        }
    }
}

fn nuee(arguments: &[&str]) -> (i32, String) {
    let home = tempdir().expect("a temporary folder");
    let output: Output = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(arguments)
        .args(["--lang", "en"])
        .env("HOME", home.path())
        .env("XDG_CACHE_HOME", home.path())
        .output()
        .expect("nuee runs");
    let text = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    (output.status.code().expect("no signal"), text.into_owned())
}

fn get(target: &str, out: &Path, more: &[&str]) -> (i32, String) {
    let out = out.to_str().expect("UTF-8");
    nuee(&[&["get", target, "--out", out, "--allow-local", "--via", "http-only"], more].concat())
}

fn last_json(text: &str) -> Value {
    let line = text.lines().rfind(|line| line.starts_with('{')).unwrap_or_else(|| panic!("{text}"));
    serde_json::from_str(line).expect("JSON")
}

fn visible(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

fn a_grib_file() -> Vec<u8> {
    let start = UtcTime::from_civil([2026, 1, 1, 6, 0, 0]).expect("a time");
    MadeRun::make(start).hourly_files().swap_remove(3).octets.to_vec()
}

const SAYS_NO: [(&str, &str, &[u8]); 5] = [
    ("/text.grib2", "text/plain", b"Error: over quota\x1b[2J"),
    ("/xml.grib2", "application/xml", b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>"),
    ("/json.grib2", "application/json", b"{\"error\":\"quota exceeded\"}"),
    ("/gfs.t00z.pgrb2.0p25.f006", "application/octet-stream", b"<html><body>login</body></html>"),
    ("/empty.grib2", "application/octet-stream", b""),
];

#[test]
fn what_is_no_grib_is_refused_with_its_beginning_and_nothing_is_left() {
    let web = Web::of(&SAYS_NO);
    for (path, _, octets) in SAYS_NO {
        let out = tempdir().expect("a temporary folder");
        let (code, said) = get(&web.url(path), out.path(), &[]);
        assert_eq!((code, visible(out.path())), (4, Vec::new()), "{path}: {said}");
        let beginning = String::from_utf8_lossy(&octets[..octets.len().min(15)]).into_owned();
        assert!(
            said.contains("is not GRIB") && said.contains(&beginning) && !said.contains('\u{1b}'),
            "{said}"
        );
        // Nothing of it is taken for held when the server has come to its senses.
        let held = std::fs::read_dir(out.path().join(".nuee")).expect("it was used").flatten();
        let partials = held.filter(|entry| entry.path().is_dir()).flat_map(|entry| visible(&entry.path()));
        assert_eq!(partials.collect::<Vec<_>>(), Vec::<String>::new(), "{path}");
    }
}

#[test]
fn a_login_page_that_says_what_it_is_is_shown_with_its_beginning() {
    let page = b"<html><title>Sign in</title></html>";
    let web = Web::of(&[("/x.grib2", "text/html; charset=utf-8", page), ("/x.nc", "text/html", page)]);
    for path in ["/x.grib2", "/x.nc"] {
        let out = tempdir().expect("a temporary folder");
        let (code, said) = get(&web.url(path), out.path(), &[]);
        assert_eq!((code, visible(out.path())), (4, Vec::new()), "{said}");
        assert!(said.contains("web page") && said.contains("Sign in"), "{said}");
    }
}

#[test]
fn a_field_of_what_is_no_grib_is_refused_with_its_beginning() {
    let web = Web::of(&[("/x.grib2", "text/plain", b"Error: over quota, try again tomorrow")]);
    let out = tempdir().expect("a temporary folder");
    let (code, said) = get(&web.url("/x.grib2"), out.path(), &["--param", "2t"]);
    assert_eq!((code, visible(out.path())), (4, Vec::new()), "{said}");
    assert!(said.contains("Error: over quota"), "{said}");
}

fn gzip(octets: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(octets).expect("it fits into memory");
    packed.finish().expect("it fits into memory")
}

#[test]
fn a_compressed_page_or_nothing_is_not_taken_for_compressed_grib() {
    let (page, nothing) = (gzip(b"<html><body>login</body></html>"), gzip(b""));
    let gz = "application/gzip";
    let web = Web::of(&[("/a.grib2.gz", gz, &page), ("/b.grib2.gz", gz, &nothing), ("/c.grib2.gz", gz, b"")]);
    for (path, beginning) in [("/a.grib2.gz", "<html><body>"), ("/b.grib2.gz", ""), ("/c.grib2.gz", "")] {
        let out = tempdir().expect("a temporary folder");
        let (code, said) = get(&web.url(path), out.path(), &[]);
        assert_eq!((code, visible(out.path())), (4, Vec::new()), "{path}: {said}");
        assert!(said.contains("is not GRIB") && said.contains(beginning), "{said}");
    }
    let folder = tempdir().expect("a temporary folder");
    let file = folder.path().join("a.grib2.gz");
    std::fs::write(&file, &page).expect("a file");
    let (code, said) = nuee(&["verify", file.to_str().expect("UTF-8")]);
    assert!(code == 4 && said.contains("not GRIB"), "{code}: {said}");
}

#[test]
fn a_page_before_the_first_message_is_refused() {
    let octets = [b"<html>notice</html>", &a_grib_file()[..]].concat();
    let web = Web::of(&[("/x.grib2", "application/octet-stream", &octets)]);
    let out = tempdir().expect("a temporary folder");
    let (code, said) = get(&web.url("/x.grib2"), out.path(), &[]);
    assert_eq!((code, visible(out.path())), (4, Vec::new()), "{said}");
}

#[test]
fn a_cut_file_of_this_computer_is_refused_as_a_whole_and_gives_its_sound_fields() {
    let folder = tempdir().expect("a temporary folder");
    let (whole, file) = (a_grib_file(), folder.path().join("x.grib2"));
    std::fs::write(&file, &whole[..whole.len() - 1]).expect("a file");
    let (target, out) = (file.to_str().expect("UTF-8"), folder.path().join("out"));
    let (code, said) = get(target, &out, &[]);
    assert!(code == 4 && said.contains("broken GRIB"), "{code}: {said}");
    assert_eq!(visible(&out), Vec::<String>::new());

    let (code, said) = get(target, &out, &["--param", "2t"]);
    assert_eq!((code, visible(&out).len()), (0, 1), "{said}");
}

#[test]
fn data_of_another_kind_under_its_own_name_is_no_error() {
    let netcdf = [&b"CDF\x01"[..], &[0; 400]].concat();
    let web = Web::of(&[("/x.nc", "application/octet-stream", &netcdf), ("/notes", "text/plain", b"hello")]);
    for path in ["/x.nc", "/notes"] {
        let out = tempdir().expect("a temporary folder");
        let (code, said) = get(&web.url(path), out.path(), &[]);
        assert_eq!((code, visible(out.path()).len()), (0, 1), "{said}");
    }
}

#[test]
fn verify_tells_broken_grib_from_another_kind_of_file_and_from_a_sound_one() {
    let folder = tempdir().expect("a temporary folder");
    let message = a_grib_file();
    let write = |name: &str, octets: &[u8]| {
        std::fs::write(folder.path().join(name), octets).expect("room");
        folder.path().join(name).display().to_string()
    };
    let tail = [&message[..], &message[..10]].concat();
    for (name, octets, code, words) in [
        ("sound.grib2", &message[..], 0, "structure only"),
        ("cut.grib2", &message[..message.len() - 10], 4, "broken GRIB"),
        ("tail.grib2", &tail[..], 4, "broken GRIB"),
        ("x.nc", &b"CDF\x01\0\0"[..], 0, "not GRIB"),
        ("page.grib2", &b"<html>"[..], 4, "not GRIB"),
    ] {
        let (ended, said) = nuee(&["verify", &write(name, octets)]);
        assert!(ended == code && said.contains(words), "{name}: {ended} {said}");
    }
}

fn text(octets: &[u8]) -> Vec<u8> {
    [octets.len().to_string().as_bytes(), b":", octets].concat()
}

/// A .torrent of a folder `run`, its files as given, in pieces of so many octets.
fn a_torrent(files: &[(&[&str], &[u8])], piece: usize, seed: &str) -> Vec<u8> {
    let all: Vec<u8> = files.iter().flat_map(|(_, octets)| octets.iter().copied()).collect();
    let hashes: Vec<u8> = all
        .chunks(piece)
        .flat_map(|part| Digest::of(DigestAlgorithm::Sha1, part).octets().to_vec())
        .collect();
    let mut listed = Vec::new();
    for (path, octets) in files {
        let parts: Vec<u8> = path.iter().flat_map(|part| text(part.as_bytes())).collect();
        listed.extend([format!("d6:lengthi{}e4:pathl", octets.len()).as_bytes(), &parts, b"ee"].concat());
    }
    let length = format!("12:piece lengthi{piece}e6:pieces");
    let info = [b"d5:filesl", &listed[..], b"e4:name3:run", length.as_bytes(), &text(&hashes), b"e"].concat();
    [b"d4:info", &info[..], b"8:url-list", &text(seed.as_bytes()), b"e"].concat()
}

#[test]
fn a_torrent_with_names_that_no_url_can_hold_ends_and_the_others_arrive() {
    let octets = |fill: u8, length: usize| vec![fill; length];
    let (a, b, c, d) =
        (octets(1, 32_768), octets(2, 20_000), octets(3, 16_384 - 20_000 % 16_384), octets(4, 9));
    let web = Web::of(&[
        ("/run/a", "application/octet-stream", &a),
        ("/run//b", "application/octet-stream", &b),
        ("/run/c", "application/octet-stream", &c),
    ]);
    let (folder, out) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let torrent = a_torrent(
        &[(&["a"], &a), (&["", "b"], &b), (&["..", "c"], &c), (&["x", ".."], &d)],
        16_384,
        &web.url("/"),
    );
    let path = folder.path().join("x.torrent");
    std::fs::write(&path, torrent).expect("room");
    let began = std::time::Instant::now();
    let (code, said) = get(path.to_str().expect("UTF-8"), out.path(), &[]);
    assert!(began.elapsed().as_secs() < 30, "{said}");
    assert_eq!(code, 3, "{said}");
    let run = out.path().join("run");
    assert_eq!(std::fs::read(run.join("a")).expect("it arrived"), a, "{said}");
    assert_eq!(std::fs::read(run.join("_/b")).expect("under a safe name"), b, "{said}");
    assert_eq!(std::fs::read(run.join("___/c")).expect("under a safe name"), c, "{said}");
    assert!(said.contains("saved as “___”") && said.contains("1 file is not complete"), "{said}");
}

#[test]
fn verify_finds_the_files_of_a_torrent_in_its_folder_and_below_the_one_above() {
    let (a, b) = (vec![1; 20_000], vec![2; 30_000]);
    let folder = tempdir().expect("a folder");
    let torrent = folder.path().join("run.torrent");
    std::fs::write(&torrent, a_torrent(&[(&["a"], &a), (&["sub", "a"], &b)], 16_384, "")).expect("room");
    let run = folder.path().join("run");
    std::fs::create_dir_all(run.join("sub")).expect("room");
    std::fs::write(run.join("a"), &a).expect("room");
    std::fs::write(run.join("sub/a"), &b).expect("room");
    let against = torrent.to_str().expect("UTF-8");
    for place in [folder.path(), &run, &run.join("sub/a")] {
        let (code, said) = nuee(&["verify", place.to_str().expect("UTF-8"), "--against", against]);
        assert_eq!(code, 0, "{}: {said}", place.display());
        assert!(said.contains("by piece hashes") && !said.contains("in part"), "{said}");
    }
    // Alone, without the neighbours that share its pieces.
    let small = folder.path().join("alone/run");
    std::fs::create_dir_all(&small).expect("room");
    std::fs::write(small.join("a"), &a).expect("room");
    let (_, said) = nuee(&["verify", small.join("a").to_str().expect("UTF-8"), "--against", against]);
    assert!(said.contains("verified in part: 1 of 2"), "{said}");
    std::fs::write(folder.path().join("tiny"), [9; 5]).expect("room");
    let tiny = a_torrent(&[(&["tiny"], &[9; 5]), (&["other"], &[8; 5])], 16_384, "");
    std::fs::write(folder.path().join("tiny.torrent"), tiny).expect("room");
    let (code, said) = nuee(&["verify", folder.path().join("tiny").to_str().expect("UTF-8")]);
    assert!(code == 4 && said.contains("not verified") && !said.contains("hashes,"), "{code} {said}");
}

#[test]
fn a_folder_is_split_by_hours_when_it_is_published() {
    let start = UtcTime::from_civil([2026, 1, 1, 6, 0, 0]).expect("a time");
    let run = MadeRun::make(start);
    let folder = tempdir().expect("a folder");
    let data = folder.path().join("RUN");
    std::fs::create_dir_all(data.join("sub")).expect("room");
    let ranges = run.range_files();
    std::fs::write(data.join(&ranges[0].name), &ranges[0].octets).expect("room");
    std::fs::write(data.join("sub").join(&ranges[1].name), &ranges[1].octets).expect("room");
    std::fs::write(data.join("README.txt"), b"hello").expect("room");
    let publish = || nuee(&["publish", data.to_str().expect("UTF-8"), "--split-hours", "--json"]);
    let (code, said) = publish();
    assert_eq!(code, 0, "{said}");
    let files = last_json(&said)["files"].as_array().expect("files").len();
    let split = folder.path().join("RUN-hours");
    let hours = |folder: &Path| visible(folder).into_iter().filter(|name| name.ends_with(".grib2")).count();
    assert!(hours(&split) > 1 && hours(&split.join("sub")) > 1, "{:?}", visible(&split));
    assert_eq!(files, hours(&split) + hours(&split.join("sub")) + 1);
    assert_eq!(std::fs::read(split.join("README.txt")).expect("copied"), b"hello");
    assert_eq!(publish().0, 0, "a second time as well");
    std::fs::write(split.join("stray.grib2"), b"GRIB").expect("room");
    let (code, said) = publish();
    assert!(code != 0 && said.contains("stray.grib2"), "{code} {said}");
}

/// A torrent of one file behind a web seed, received once.
fn received(folder: &Path, out: &Path) -> (String, Vec<u8>) {
    let octets: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
    let web = Web::of(&[("/run/a.bin", "application/octet-stream", &octets)]);
    let torrent = folder.join("x.torrent");
    std::fs::write(&torrent, a_torrent(&[(&["a.bin"], &octets)], 16_384, &web.url("/"))).expect("room");
    let torrent = torrent.display().to_string();
    let (code, said) = get(&torrent, out, &["--json"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(last_json(&said)["files"][0]["verified_at"], Value::Null);
    (torrent, octets)
}

#[test]
fn what_was_not_read_again_says_when_it_was_verified_and_recheck_reads_it() {
    let (folder, out) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let (torrent, _) = received(folder.path(), out.path());
    let (code, said) = get(&torrent, out.path(), &[]);
    assert!(code == 0 && said.contains("not read again"), "{said}");
    let (_, said) = get(&torrent, out.path(), &["--json"]);
    assert!(last_json(&said)["files"][0]["verified_at"].is_string(), "{said}");
    let (code, said) = get(&torrent, out.path(), &["--recheck"]);
    assert!(code == 0 && !said.contains("not read again"), "{said}");
}

#[test]
fn a_deleted_and_a_zeroed_file_are_fetched_again_by_the_same_command() {
    let (folder, out) = (tempdir().expect("a folder"), tempdir().expect("a folder"));
    let (torrent, octets) = received(folder.path(), out.path());
    let place = out.path().join("run/a.bin");
    std::fs::remove_file(&place).expect("it is there");
    let (code, said) = get(&torrent, out.path(), &[]);
    assert!(code == 0 && std::fs::read(&place).is_ok_and(|again| again == octets), "{said}");

    let before = place.metadata().and_then(|found| found.modified()).expect("a time");
    std::thread::sleep(std::time::Duration::from_millis(20));
    let file = std::fs::File::options().write(true).open(&place).expect("a file");
    (&file).write_all(&vec![0; octets.len()]).expect("room");
    file.set_modified(before).expect("a time that can be set");
    drop(file);
    let (code, said) = get(&torrent, out.path(), &[]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(std::fs::read(&place).expect("a file"), octets, "{said}");
    assert!(!said.contains("not read again"), "{said}");
}
