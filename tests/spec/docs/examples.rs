//! Examples that need no network are run, each page's in a folder of its own, and end well.

use super::commands::words_of;
use super::pages::{blocks, chapters, text_of};
use super::terminal::keys_of;
use crate::ground::Home;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// The same environment as the program's, for a shell that finds the program.
fn shell(home: &Home, script: &str) -> Command {
    let bin = Path::new(env!("CARGO_BIN_EXE_nuee")).parent().expect("a file lies in a folder");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", script]).current_dir(home.path("")).env("PATH", path);
    for (name, value) in home.nuee(&[]).get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// Runs the examples of a chapter in their order; returns how many there were.
fn run(chapter: &str) -> usize {
    let (home, mut count) = (Home::new(), 0);
    for block in blocks(&text_of(&format!("docs/en/{chapter}"))).iter().filter(|block| block.is_run) {
        count += block.lines.len();
        let script = block.lines.join("\n");
        let output = shell(&home, &script).output().expect("a shell");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{chapter}: {script}\n{said}");
    }
    count
}

#[test]
fn the_examples_of_each_chapter_that_need_no_network_end_well() {
    let counts: Vec<usize> = std::thread::scope(|scope| {
        let runs: Vec<_> =
            chapters("en").into_iter().map(|chapter| scope.spawn(move || run(&chapter))).collect();
        runs.into_iter().map(|run| run.join().expect("the examples end well")).collect()
    });
    let count: usize = counts.iter().sum();
    assert!(count > 15, "{count} commands were run");
}

/// Runs a command for its JSON and checks the keys of each event against the chapter's rows.
fn prints_only(home: &Home, command: &str, heading: &str) {
    let words = words_of(command);
    let arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let ran = home.run(&arguments);
    assert_eq!(ran.code, Some(0), "{command}: {}", ran.err);
    let rows = keys_of(heading);
    for line in ran.out.lines() {
        let object: Value = serde_json::from_str(line).expect("JSON");
        let event = object["event"].as_str().expect("an event");
        let told: Vec<&String> = rows
            .iter()
            .filter(|(names, _)| names.iter().any(|name| name == event))
            .flat_map(|row| &row.1)
            .collect();
        let keys = object.as_object().expect("an object").keys().filter(|key| *key != "event");
        for key in keys {
            assert!(told.contains(&key), "{command}: {event} has a key {key} that is not documented");
        }
    }
}

#[test]
fn the_json_of_get_catalog_and_publish_has_the_documented_keys() {
    let home = Home::new();
    let get = "nuee get demo/arome-0.01/SP1 --run latest --lead 6..7 --param 2t --json --out RUN";
    prints_only(&home, get, "### Events of `get`");
    let others = "### Events of `catalog`, `publish` and `demo`";
    prints_only(&home, "nuee catalog runs demo/arome-0.01 --files --json", others);
    prints_only(&home, "nuee publish RUN --out torrents --json", others);
}
