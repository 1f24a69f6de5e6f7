//! The house keeps its plan: who may use whom, which crates stay where, and how long a file may be.
//!
//! In: every `src/**/*.rs`. Out: one failure that lists every breach. The table here is the document of record; the
//! crate documentation in `lib.rs` shows the same.

use std::fs;
use std::path::{Path, PathBuf};

/// A folder of `src/` and the folders it may name.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("grib", &["domain"]),
    ("catalog", &["domain"]),
    ("mesh", &["domain"]),
    ("swarm", &["domain", "catalog"]),
    ("transfer", &["domain", "grib", "swarm"]),
    ("publish", &["domain", "grib", "catalog", "mesh"]),
    ("app", &["domain", "grib", "catalog", "mesh", "swarm", "transfer", "publish"]),
    ("engine", &["domain", "grib", "catalog", "mesh", "swarm", "transfer", "publish", "app"]),
    ("demo", &["domain", "grib", "catalog", "mesh", "swarm", "transfer", "publish", "app", "engine", "i18n"]),
    ("i18n", &["domain", "app"]),
    ("cli", &["app", "domain", "grib", "catalog", "mesh", "i18n"]),
    ("ui", &["app", "domain", "i18n"]),
    ("main.rs", &["app", "cli", "demo", "domain", "engine", "i18n", "ui"]),
];

/// Words that only the named folders may write in code.
const CONFINED: [(&str, &[&str]); 25] = [
    ("tokio", &["engine", "demo", "main.rs"]),
    ("socket2", &["engine"]),
    // A peer of the tests, and nothing else.
    ("librqbit", &[]),
    ("reqwest", &["engine"]),
    ("rusqlite", &["engine"]),
    ("mqtt4", &["engine", "demo"]),
    ("mqtt5", &["engine", "demo"]),
    ("axum", &["engine", "demo"]),
    ("rustix", &["engine", "demo"]),
    ("mainline", &["engine"]),
    ("igd_next", &["engine"]),
    ("crab_nat", &["engine"]),
    ("std::fs", &["engine", "demo"]),
    ("std::net", &["engine", "demo"]),
    ("Instant::now", &["engine", "demo"]),
    ("SystemTime::now", &["engine", "demo"]),
    ("Timestamp::now", &["engine", "demo"]),
    ("std::thread", &["engine", "demo", "ui"]),
    ("egui", &["ui"]),
    ("eframe", &["ui"]),
    ("rfd", &["ui"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("println!", &["cli", "main.rs"]),
    ("eprintln!", &["cli", "main.rs"]),
];

const MOST_LINES: usize = 500;

#[test]
fn every_source_file_keeps_to_the_plan_of_the_house() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut breaches = Vec::new();
    for path in sources(&root) {
        let text = fs::read_to_string(&path).expect("a source file is readable");
        let name = path.strip_prefix(&root).expect("it lies below src").to_string_lossy().replace('\\', "/");
        breaches.extend(breaches_of(&name, &text).into_iter().map(|breach| format!("{name}: {breach}")));
    }
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("src is readable").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let mut found: Vec<_> =
        files.into_iter().filter(|path| path.extension().is_some_and(|e| e == "rs")).collect();
    found.extend(folders.iter().flat_map(|folder| sources(folder)));
    found.sort();
    found
}

fn breaches_of(name: &str, text: &str) -> Vec<String> {
    let folder = name.split_once('/').map_or(name, |(folder, _)| folder);
    let mut breaches = Vec::new();
    if !text.starts_with("//!") {
        breaches.push("does not open with a //! header".to_owned());
    }
    let lines = text.lines().count();
    if lines > MOST_LINES {
        breaches.push(format!("{lines} lines, more than {MOST_LINES}"));
    }
    let is_test = name.ends_with("tests.rs");
    for (at, line) in code_lines(text) {
        breaches.extend(forbidden_edge(folder, line).map(|edge| format!("line {at} uses {edge}")));
        if !is_test {
            breaches.extend(confined_words(folder, line).map(|word| format!("line {at} names {word}")));
        }
    }
    breaches
}

/// Lines of code with their numbers: comments cut off, inline test modules left out.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let before_tests = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
    before_tests.enumerate().map(|(i, line)| (i + 1, line.split("//").next().unwrap_or_default()))
}

fn forbidden_edge<'a>(folder: &str, line: &'a str) -> Option<&'a str> {
    let allowed = MAY_USE.iter().find(|(name, _)| *name == folder).map(|(_, allowed)| *allowed)?;
    for marker in ["crate::", "nuee::"] {
        for (at, _) in line.match_indices(marker) {
            let rest = &line[at + marker.len()..];
            let used = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            let is_folder = MAY_USE.iter().any(|(name, _)| *name == used);
            if is_folder && used != folder && !allowed.contains(&used) {
                return Some(used);
            }
        }
    }
    None
}

fn confined_words<'a>(folder: &'a str, line: &'a str) -> impl Iterator<Item = &'static str> + 'a {
    CONFINED
        .iter()
        .filter(move |(_, allowed)| !allowed.contains(&folder))
        .map(|(word, _)| *word)
        .filter(|word| names_word(line, word))
}

/// Whether `word` stands in `line` as a word of its own.
fn names_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !joins(before) && (word.ends_with('!') || !joins(after))
    })
}

#[test]
fn the_check_itself_sees_a_breach() {
    assert_eq!(forbidden_edge("grib", "use crate::engine::host;"), Some("engine"));
    assert_eq!(forbidden_edge("grib", "use crate::domain::octets::ByteRange;"), None);
    assert!(names_word("use std::fs::File;", "std::fs"));
    assert!(!names_word("let tokio_like = 1;", "tokio"));
    let breaches = breaches_of("catalog/x.rs", "use tokio::time;\n");
    assert_eq!(breaches, ["does not open with a //! header", "line 1 names tokio"]);
}
