//! What an index says is compared with the messages themselves before anything gets a name, and what is lacking of a wish
//! is named: the program as it is built, against a server in this process.

use crate::made_messages::Made;
use nuee::catalog::metainfo;
use nuee::domain::field::Level;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Serves some files of this test, with ranges, until the process ends.
fn serve(files: BTreeMap<String, Vec<u8>>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let files = Arc::new(files);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let files = files.clone();
            std::thread::spawn(move || answer(stream, &files));
        }
    });
    address
}

fn answer(mut stream: TcpStream, files: &BTreeMap<String, Vec<u8>>) {
    let mut lines = BufReader::new(stream.try_clone().expect("one connection")).lines().map_while(Result::ok);
    while let Some(first) = lines.next() {
        let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        let path = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
        let range = head.iter().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let (from, to) = value.trim().strip_prefix("bytes=")?.split_once('-')?;
            name.eq_ignore_ascii_case("range").then_some((from.parse().ok()?, to.parse().ok()))
        });
        let (status, more, body) = match (files.get(&path), range) {
            (None, _) => ("404 Not Found", String::new(), &[][..]),
            (Some(octets), None::<(usize, Option<usize>)>) => ("200 OK", String::new(), &octets[..]),
            (Some(octets), Some((from, _))) if from >= octets.len() => {
                ("416 Range Not Satisfiable", String::new(), &[][..])
            }
            (Some(octets), Some((from, to))) => {
                let end = to.map_or(octets.len(), |to| octets.len().min(to + 1));
                let told = format!("Content-Range: bytes {from}-{}/{}\r\n", end - 1, octets.len());
                ("206 Partial Content", told, &octets[from..end])
            }
        };
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{more}\r\n", body.len());
        let sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
        if sent.is_err() {
            return;
        }
    }
}

const TWO_METRES: Level = Level::with(Level::ABOVE_GROUND, 2.0);
const TEN_METRES: Level = Level::with(Level::ABOVE_GROUND, 10.0);
const HALFWAY_UP: Level = Level::with(Level::ISOBARIC, 50_000.0);

fn made(numbers: (u8, u8, u8), level: Level) -> Made {
    Made { numbers, level: Some(level), lead_minutes: 360, run: (2026, 1, 1, 0), data: 40 }
}

fn temperature() -> Made {
    made((0, 0, 0), TWO_METRES)
}

fn wind() -> Made {
    made((0, 2, 2), TEN_METRES)
}

fn aloft() -> Made {
    made((0, 0, 0), HALFWAY_UP)
}

/// A .idx of messages of these lengths.
fn index(rows: &[(&str, &str)], lengths: &[usize], time: &str) -> Vec<u8> {
    let mut text = String::new();
    let mut at = 0;
    for (number, ((name, level), length)) in rows.iter().zip(lengths).enumerate() {
        text += &format!("{}:{at}:d=2026010100:{name}:{level}:{time}:\n", number + 1);
        at += length;
    }
    text.into_bytes()
}

const ROWS: [(&str, &str); 3] =
    [("TMP", "2 m above ground"), ("UGRD", "10 m above ground"), ("TMP", "500 mb")];

/// What the program said and what lies in its folder.
struct Ran {
    code: Option<i32>,
    told: String,
    said: String,
    done: serde_json::Value,
    files: BTreeMap<String, Vec<u8>>,
}

fn get_in(folder: &Path, words: &[&str]) -> Ran {
    let out = folder.join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_nuee"));
    command.args(["get", "--json", "--allow-local", "--via", "http-only", "--lang", "en", "--out"]);
    command.arg(&out).args(words).env("HOME", folder).env("XDG_CACHE_HOME", folder.join("cache"));
    command.env("XDG_DATA_HOME", folder.join("data")).env("XDG_CONFIG_HOME", folder.join("config"));
    let output = command.output().expect("the program starts");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let done = told.lines().last().and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    let entries = std::fs::read_dir(&out).into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.path().is_file()).map(|entry| {
        let octets = std::fs::read(entry.path()).expect("a file");
        (entry.file_name().to_string_lossy().into_owned(), octets)
    });
    Ran { code: output.status.code(), told, said, done, files: files.collect() }
}

fn get(files: &[(&str, Vec<u8>)], words: &[&str]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let served = files.iter().map(|(name, octets)| ((*name).to_owned(), octets.clone())).collect();
    let url = format!("{}/{}", serve(served), files[0].0);
    get_in(folder.path(), &[&[url.as_str()], words].concat())
}

fn only(ran: &Ran) -> (&str, &[u8]) {
    assert_eq!(ran.files.len(), 1, "{:?} {}", ran.files.keys(), ran.said);
    let (name, octets) = ran.files.first_key_value().expect("one file");
    (name, octets)
}

/// The program gets the right message, and says that the index does not match.
fn is_right(ran: &Ran, wanted: &Made) {
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    assert_eq!(only(ran).1, wanted.message(), "{}", ran.said);
    assert!(ran.told.contains("does not match the file"), "{}", ran.told);
}

fn lengths(messages: &[Made]) -> Vec<usize> {
    messages.iter().map(|made| made.message().len()).collect()
}

fn file(messages: &[Made]) -> Vec<u8> {
    messages.iter().flat_map(Made::message).collect()
}

#[test]
fn messages_in_another_order_than_indexed_are_found_by_their_headers() {
    let held = [wind(), aloft(), temperature()];
    let idx = index(&ROWS, &lengths(&held), "6 hour fcst");
    let ran = get(&[("run.grib2", file(&held)), ("run.grib2.idx", idx)], &["--param", "2t"]);
    is_right(&ran, &temperature());
}

#[test]
fn a_field_of_another_hour_run_or_level_than_indexed_gets_no_name() {
    let later = Made { lead_minutes: 720, ..temperature() };
    let older = Made { run: (2025, 12, 31, 18), ..temperature() };
    let higher = made((0, 0, 0), TEN_METRES);
    for (held, wish) in [
        (later, &["--lead", "6"][..]),
        (older, &["--param", "2t", "--lead", "9"]),
        (higher, &["--level", "2m"]),
    ] {
        let idx = index(&ROWS[..1], &lengths(&[held]), "6 hour fcst");
        let ran = get(&[("run.grib2", file(&[held])), ("run.grib2.idx", idx)], wish);
        assert_eq!(ran.code, Some(3), "{held:?} {}", ran.said);
        assert!(ran.files.is_empty(), "{held:?} {:?}", ran.files.keys());
    }
}

#[test]
fn an_index_that_ends_before_its_file_is_left_for_the_headers() {
    let held = [temperature(), wind(), aloft()];
    let idx = index(&ROWS[..1], &lengths(&held), "6 hour fcst");
    let files = [("run.grib2", file(&held)), ("run.grib2.idx", idx)];
    is_right(&get(&files, &["--param", "10u"]), &wind());
    is_right(&get(&files, &["--param", "2t", "--level", "2m"]), &temperature());
}

#[test]
fn an_index_longer_than_its_file_or_with_an_unreadable_line_is_not_used() {
    let held = [temperature(), wind()];
    let too_long = index(&ROWS, &[lengths(&held)[0], 4_000, 100], "6 hour fcst");
    let mut unreadable = index(&ROWS[..2], &lengths(&held), "6 hour fcst");
    unreadable.extend(b"3:what\n");
    for idx in [too_long, unreadable] {
        let ran = get(&[("run.grib2", file(&held)), ("run.grib2.idx", idx)], &["--param", "10u"]);
        is_right(&ran, &wind());
    }
}

#[test]
fn a_name_or_time_that_an_index_does_not_tell_is_read_from_the_headers() {
    let held = [temperature(), wind()];
    let nameless = [("unknown", "2 m above ground"), ROWS[1]];
    let months = index(&ROWS[..2], &lengths(&held), "0-1 month ave fcst");
    let unknown = index(&nameless, &lengths(&held), "6 hour fcst");
    let by_name = get(&[("a.grib2", file(&held)), ("a.grib2.idx", unknown)], &["--param", "2t"]);
    is_right(&by_name, &temperature());
    let by_hour =
        get(&[("a.grib2", file(&held)), ("a.grib2.idx", months)], &["--lead", "6", "--param", "10u"]);
    is_right(&by_hour, &wind());
}

#[test]
fn a_file_wanted_whole_by_its_index_is_compared_before_it_gets_its_name() {
    let held = [Made { lead_minutes: 720, ..temperature() }, Made { lead_minutes: 720, ..wind() }];
    let idx = index(&ROWS[..2], &lengths(&held), "6 hour fcst");
    let ran = get(&[("run.grib2", file(&held)), ("run.grib2.idx", idx)], &["--lead", "6"]);
    assert_eq!(ran.code, Some(3), "{}", ran.said);
    assert!(ran.files.is_empty(), "{:?}", ran.files.keys());
    assert!(ran.told.contains("12 h"), "{}", ran.told);
}

#[test]
fn pieces_of_a_torrent_are_proven_and_their_fields_compared_all_the_same() {
    let held = [wind(), aloft(), temperature()];
    let (folder, beside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let url = serve(BTreeMap::from([("run.grib2".to_owned(), file(&held))]));
    std::fs::write(beside.path().join("run.grib2"), file(&held)).expect("room");
    let made = Command::new(env!("CARGO_BIN_EXE_nuee"))
        .args(["publish", "--web-seed", &format!("{url}/run.grib2")])
        .arg(beside.path().join("run.grib2"))
        .output()
        .expect("the program starts");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let torrent = beside.path().join("run.grib2.torrent");
    assert!(metainfo::read(&std::fs::read(&torrent).expect("a file")).is_ok());
    std::fs::remove_file(beside.path().join("run.grib2.index")).expect("our index");
    std::fs::remove_file(beside.path().join("run.grib2")).expect("the file");
    let idx = index(&ROWS, &lengths(&held), "6 hour fcst");
    std::fs::write(beside.path().join("run.grib2.idx"), idx).expect("room");
    let ran = get_in(folder.path(), &[torrent.to_str().expect("a path"), "--param", "2t", "--no-seed"]);
    is_right(&ran, &temperature());
    assert_eq!(ran.done["files"][0]["method"], "piece_hashes", "{}", ran.told);
}

#[test]
fn a_file_of_a_torrent_named_for_another_lead_time_gets_no_place() {
    let later = Made { lead_minutes: 720, ..temperature() };
    let (folder, beside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for (name, held, code) in [
        ("lies_SP1_06H_202601010000.grib2", later, 3),
        ("right_SP1_06H_202601010000.grib2", temperature(), 0),
    ] {
        let url = serve(BTreeMap::from([(name.to_owned(), held.message())]));
        std::fs::write(beside.path().join(name), held.message()).expect("room");
        let made = Command::new(env!("CARGO_BIN_EXE_nuee"))
            .args(["publish", "--web-seed", &format!("{url}/{name}")])
            .arg(beside.path().join(name))
            .output()
            .expect("the program starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let torrent = beside.path().join(format!("{name}.torrent"));
        std::fs::remove_file(beside.path().join(format!("{name}.index"))).expect("our index");
        let words = [torrent.to_str().expect("a path"), "--lead", "6", "--no-seed"];
        let ran = get_in(&folder.path().join(name), &words);
        assert_eq!((ran.code, ran.files.len()), (Some(code), usize::from(code == 0)), "{}", ran.said);
        let is_named = ran
            .said
            .contains("lies_SP1_06H_202601010000.grib2 is named for lead time 6 h, but its fields have 12 h");
        assert_eq!(is_named, code == 3, "{}", ran.said);
        let lacking = if code == 3 {
            serde_json::json!([{ "what": "lead", "value": "6 h" }])
        } else {
            serde_json::json!([])
        };
        assert_eq!(ran.done["lacking"], lacking, "{}", ran.told);
    }
}

#[test]
fn what_a_large_index_lacks_is_said_with_how_much_of_it_was_compared() {
    let one = |number: u16| Made {
        level: Some(Level::with(Level::ISOBARIC, f64::from(number) * 100.0)),
        ..temperature()
    };
    let held: Vec<Made> = (1..=70).map(one).collect();
    let levels: Vec<String> = (1..=70).map(|number| format!("{number} mb")).collect();
    let rows: Vec<(&str, &str)> = levels.iter().map(|level| ("TMP", level.as_str())).collect();
    let idx = index(&rows, &lengths(&held), "6 hour fcst");
    let files = [("run.grib2", file(&held)), ("run.grib2.idx", idx)];
    let ran = get(&files, &["--param", "10u"]);
    assert_eq!((ran.code, ran.files.len()), (Some(3), 0), "{}", ran.said);
    assert!(ran.said.contains("8 of its 70 messages were compared with the file"), "{}", ran.said);
    let ran = get(&files, &["--level", "70hPa"]);
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    assert!(!ran.said.contains("messages were compared"), "{}", ran.said);
}

#[test]
fn a_right_index_is_used_and_only_what_is_wanted_comes() {
    let held = [temperature(), wind(), Made { data: 60_000, ..aloft() }];
    let idx = index(&ROWS, &lengths(&held), "6 hour fcst");
    let ran = get(&[("run.grib2", file(&held)), ("run.grib2.idx", idx)], &["--param", "10u"]);
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    assert_eq!(only(&ran), ("run.10u.grib2", &wind().message()[..]));
    assert_eq!(ran.done["bytes_received"], wind().message().len(), "{}", ran.told);
    assert!(ran.told.contains("run.grib2.idx") && !ran.told.contains("headers"), "{}", ran.told);
}

#[test]
fn what_is_lacking_of_a_wish_is_named_and_the_rest_comes() {
    let held = [temperature(), wind()];
    let files = [("run.grib2", file(&held))];
    let lacks = |words: &[&str], what: &str, value: &str| {
        let ran = get(&files, words);
        assert_eq!(ran.code, Some(3), "{words:?} {}", ran.said);
        assert_eq!(ran.files.len(), 1, "{words:?} {}", ran.said);
        let lacking = serde_json::json!([{ "what": what, "value": value }]);
        assert_eq!(ran.done["lacking"], lacking, "{words:?} {}", ran.told);
        assert!(ran.said.contains(value), "{words:?} {}", ran.said);
    };
    lacks(&["--param", "2t,typo"], "param", "typo");
    lacks(&["--lead", "6,9"], "lead", "9 h");
    lacks(&["--lead", "0..24", "--param", "2t"], "lead", "24 h");
    lacks(&["--level", "2m,850hPa"], "level", "850hPa");
    lacks(&["--param", "2t,tp", "--split", "param"], "param", "tp");
}

#[test]
fn a_partial_answer_is_a_success_where_it_is_accepted() {
    let files = [("run.grib2", file(&[temperature(), wind()]))];
    let ran = get(&files, &["--param", "2t,tp", "--partial"]);
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    assert_eq!(ran.done["lacking"], serde_json::json!([{ "what": "param", "value": "tp" }]));
    let whole = get(&files, &["--param", "2t,10u"]);
    assert_eq!((whole.code, &whole.done["lacking"]), (Some(0), &serde_json::json!([])));
}

#[test]
fn any_parameter_of_a_named_set_answers_it_and_gives_the_file_its_name() {
    let ran = get(&[("run.grib2", file(&[temperature(), wind()]))], &["--param", "@wind"]);
    assert_eq!(ran.code, Some(0), "{}", ran.said);
    assert_eq!(only(&ran).0, "run.wind.grib2");
}

#[test]
fn the_name_of_a_slice_tells_parameter_and_level() {
    let files = [("gfs.f006.grib2", file(&[temperature(), aloft(), wind()]))];
    let named = |words: &[&str]| only(&get(&files, words)).0.to_owned();
    assert_eq!(named(&["--param", "TMP", "--level", "500hPa"]), "gfs.f006.t-500hPa.grib2");
    assert_eq!(named(&["--param", "0/0/0", "--level", "2m"]), "gfs.f006.2t-2m.grib2");
    assert_eq!(named(&["--lead", "6", "--level", "10m"]), "gfs.f006.lead006h.10m.grib2");
}
