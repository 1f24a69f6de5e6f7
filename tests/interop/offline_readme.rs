//! Every command that README.md shows, and those of the guides that ask somebody, ends without a network within half a minute,
//! says so, and calls nothing missing.
//!
//! The commands are read from the blocks of README and of the guides: one that is added there is tried here. What needs no network is named in
//! [`expected_of`]; every other one must end with 3 and say that this computer is offline.

use super::made_grib::message2;
use super::offline::{LONGEST, can_be_offline, offline_command};
use super::programs::text;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};
use tempfile::{TempDir, tempdir};

/// A message of a broker.
const MESSAGE: &str = r#"{"id":"1b4f1f2c-0d3e-4b1a-9c5e-6f7a8b9c0d1e","type":"Feature","conformsTo":["http://wis.wmo.int/spec/wnm/1/conf/core"],"geometry":null,"properties":{"data_id":"a/wis2/xx/a","pubtime":"2026-11-30T06:00:00Z","datetime":"2026-11-30T06:00:00Z"},"links":[{"rel":"canonical","href":"https://data.example/a"}]}"#;

/// How a command ends without a network.
enum Expected {
    /// It needs none.
    Works,
    /// It ends with 3, and says that there is none.
    SaysOffline,
    /// It serves until it is told to end.
    Serves,
    /// No provider that comes along has a feed of notices: a usage error, known without a network.
    HasNoFeed,
}

fn expected_of(command: &str) -> Expected {
    const WORK: [&str; 11] = [
        "nuee publish",
        "nuee index file",
        "nuee inspect message.json",
        "nuee verify",
        "nuee catalog list",
        "nuee catalog show",
        "nuee catalog check",
        "nuee get demo/",
        "nuee follow add",
        "nuee follow list",
        "nuee demo --headless",
    ];
    match command {
        serving if serving.contains(" --serve") => Expected::Serves,
        notices if notices.starts_with("nuee catalog notices") => Expected::HasNoFeed,
        work if WORK.iter().any(|start| work.starts_with(start)) => Expected::Works,
        _ => Expected::SaysOffline,
    }
}

/// Whether a command of the guides asks a provider, a server, a broker or peers, and needs nothing of an earlier command.
fn asks_somebody(command: &str) -> bool {
    const ASK: [&str; 12] = [
        "nuee get noaa/",
        "nuee get ecmwf/",
        "nuee get met",
        "nuee get https://",
        "nuee get run.torrent --lead",
        "nuee get run.torrent --local-peers",
        "nuee index https://",
        "nuee inspect https://",
        "nuee catalog runs noaa",
        "nuee catalog search",
        // Each listens for twenty seconds: with an archive, and without.
        "nuee listen mqtts://everyone:everyone@HOST --topic 'cache/a/wis2/#' --archive",
        "nuee listen mqtts://user@",
    ];
    ASK.iter().any(|start| command.starts_with(start))
}

/// The lines of README's blocks that begin with the program's name, without their remarks.
fn commands_of(readme: &str) -> Vec<String> {
    let mut is_shell = false;
    let mut found = Vec::new();
    for line in readme.lines() {
        if let Some(language) = line.strip_prefix("```") {
            is_shell = language == "sh";
        } else if is_shell && line.starts_with("nuee ") {
            let command = line.split("  #").next().unwrap_or(line).trim();
            found.push(command.to_owned());
        }
    }
    found
}

/// The command with what stands in README for a thing of one's own.
fn filled_in(command: &str) -> String {
    let named = [
        ("USER", "somebody"),
        ("HOST", "broker.example"),
        ("PROVIDER", "met-norway"),
        ("URL", "https://data.example/a.grib2"),
    ];
    named.iter().fold(command.to_owned(), |command, (word, value)| command.replace(word, value))
}

/// A home with what README's commands name: a torrent with a tracker and a web seed, GRIB files, a message.
fn furnished() -> TempDir {
    let grib = message2((0, 0, 0), &Default::default(), 7).unwrap();
    let home = tempdir().unwrap();
    fs::create_dir_all(home.path().join("RUN")).unwrap();
    fs::create_dir_all(home.path().join("data/RUNS")).unwrap();
    for file in ["file.grib2", "RUN/a_SP1.grib2", "data/RUNS/a_SP1.grib2"] {
        fs::write(home.path().join(file), &grib).unwrap();
    }
    fs::write(home.path().join("message.json"), MESSAGE).unwrap();
    let made = "exec \"$0\" publish data/RUNS --out made --tracker https://tracker.example/announce --web-seed https://data.example/";
    let output = offline_command(&home, made).output().expect("the command starts");
    assert!(output.status.success(), "{output:?}");
    // What it describes does not lie where it would be downloaded to.
    fs::rename(home.path().join("made/RUNS.torrent"), home.path().join("run.torrent")).unwrap();
    home
}

/// What ends a command.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// It ends by itself.
    ByItself,
    /// It is told to end after a while.
    Told,
}

fn run(home: &TempDir, command: &str, end: End) -> (Output, Duration) {
    let began = Instant::now();
    let arguments = command.strip_prefix("nuee ").unwrap_or(command);
    let limit = if end == End::Told { "timeout -s INT 3" } else { "exec timeout 60" };
    let script = format!("{limit} \"$0\" {arguments}");
    let output = offline_command(home, &script).output().expect("the command starts");
    (output, began.elapsed())
}

fn try_one(home: &TempDir, command: &str, json: &str) {
    let expected = expected_of(command);
    let end = if matches!(expected, Expected::Serves) { End::Told } else { End::ByItself };
    let (output, took) = run(home, &format!("{}{json}", filled_in(command)), end);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said = format!("{command}{json}: {:?} after {took:?}\n{stdout}{stderr}", output.status.code());
    eprintln!("{:5.1} s  {:?}  {command}{json}", took.as_secs_f64(), output.status.code());
    assert!(took < LONGEST, "{said}");
    match expected {
        Expected::Works => assert_eq!(output.status.code(), Some(0), "{said}"),
        Expected::HasNoFeed => assert_eq!(output.status.code(), Some(2), "{said}"),
        Expected::Serves => {
            assert!(matches!(output.status.code(), Some(124 | 130)), "{said}");
            assert!(took < Duration::from_secs(5), "Ctrl-C is not heard: {said}");
        }
        Expected::SaysOffline => {
            assert_eq!(output.status.code(), Some(3), "{said}");
            assert!(stderr.contains("computer is offline"), "{said}");
        }
    }
    if !json.is_empty() {
        let is_object =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok_and(|it| it.is_object());
        assert!(stdout.lines().all(is_object), "{said}");
        for state in ["missing", "late", "withdrawn", "expected"] {
            assert!(!stdout.contains(&format!(r#""state":"{state}""#)), "{said}");
        }
    }
    for untrue in ["not found", "not published", "withdrawn at"] {
        assert!(!said.contains(untrue) || !matches!(expected_of(command), Expected::SaysOffline), "{said}");
    }
}

#[test]
fn every_command_of_readme_and_the_guides_ends_offline_and_says_so() {
    if !can_be_offline() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut commands = commands_of(&fs::read_to_string(root.join("README.md")).unwrap());
    assert!(commands.len() >= 10, "README's blocks are read: {commands:?}");
    let mut of_guides = Vec::new();
    for page in fs::read_dir(root.join("docs/en")).unwrap() {
        let path = page.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let of_page = commands_of(&fs::read_to_string(path).unwrap());
            of_guides.extend(of_page.into_iter().filter(|command| asks_somebody(command)));
        }
    }
    assert!(of_guides.len() >= 10, "the blocks of the guides are read: {of_guides:?}");
    commands.extend(of_guides);
    commands.sort();
    commands.dedup();
    for command in &commands {
        let home = furnished();
        if command.contains("follow run") {
            let (output, _) =
                run(&home, "nuee follow add noaa/gfs-0.25 --lead 0..12 --out data", End::ByItself);
            assert!(output.status.success(), "{output:?}");
        }
        try_one(&home, command, "");
        // What was published or followed before is there already; a sidecar goes to stdout and is no report.
        let is_report = !command.contains("--json");
        if is_report {
            try_one(&home, command, " --json");
        }
        assert!(home.path().join("run.torrent").exists(), "{}", text(home.path()));
    }
}
