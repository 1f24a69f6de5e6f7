//! The published topic hierarchy, where it is there: each of its topics and centres is known, or formed as they are.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use nuee::mesh::topic_hierarchy::{is_centre, read};
use std::path::{Path, PathBuf};

/// The rows below the head of a table, as their first two cells.
fn rows(path: &Path) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(path).expect("a table");
    let cells = |line: &str| {
        let mut cells = line.split(',').map(|cell| cell.trim().to_owned());
        (cells.next().unwrap_or_default(), cells.next().unwrap_or_default())
    };
    text.lines().skip(1).filter(|line| !line.is_empty()).map(cells).collect()
}

/// Every topic below the disciplines.
fn topics(folder: &Path, above: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            topics(&path, &format!("{above}{name}/"), found);
        } else if name == "index.csv" {
            found.extend(rows(&path).into_iter().map(|(topic, _)| format!("{above}{topic}")));
        } else if name == "index-flat.csv" {
            found.extend(
                rows(&path).into_iter().map(|(craft, instrument)| format!("{above}{craft}/{instrument}")),
            );
        }
    }
}

fn published() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/mesh/topics/topic-hierarchy");
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        eprintln!("skipped: ../shared/corpus/mesh/topics is not there");
    }
    found
}

#[test]
fn every_published_topic_below_a_discipline_can_be_announced_on() {
    let Some(folder) = published() else { return };
    let mut found = Vec::new();
    topics(&folder.join("earth-system-discipline"), "", &mut found);
    assert!(found.len() > 1_000, "{}", found.len());
    let unknown: Vec<String> = found
        .into_iter()
        .filter(|topic| {
            topic.contains('/') && read(&format!("origin/a/wis2/fr-x-test/data/core/{topic}")).is_err()
        })
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_registered_centre_is_called_as_centres_are() {
    let Some(folder) = published() else { return };
    let centres = rows(&folder.join("centre-id.csv"));
    assert!(centres.len() > 150);
    let odd: Vec<String> =
        centres.into_iter().map(|(name, _)| name).filter(|name| !is_centre(name)).collect();
    assert!(odd.is_empty(), "{odd:?}");
}
