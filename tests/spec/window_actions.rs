//! Everything a person can do in the window has a test of its behaviour there.

use std::fs;
use std::path::{Path, PathBuf};

/// What other front ends and the engine mean, and the window never does.
const NOT_OF_THE_WINDOW: [&str; 8] = [
    "Action::Get",
    "Action::Stop",
    "Action::StopAll",
    "MeshCommand::ConnectAnew",
    "MeshCommand::FetchAgain",
    "FollowCommand::Settled",
    "InspectCommand::Take",
    "InspectCommand::Open",
];

#[test]
fn every_action_of_the_window_is_named_by_a_test_of_its_screens() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let tests: String = sources(&src.join("ui")).iter().map(|path| test_code_of(path)).collect();
    let meant = [
        ("app/input.rs", "Action"),
        ("app/mesh_view.rs", "MeshCommand"),
        ("app/follow/command.rs", "FollowCommand"),
        ("app/inspect/command.rs", "InspectCommand"),
    ];
    let untested: Vec<String> = meant
        .iter()
        .flat_map(|(file, name)| {
            let text = fs::read_to_string(src.join(file)).expect("a source file is readable");
            variants(&text, name).into_iter().map(move |variant| format!("{name}::{variant}"))
        })
        .filter(|action| !NOT_OF_THE_WINDOW.contains(&action.as_str()))
        .filter(|action| !names(&tests, action))
        .collect();
    assert!(untested.is_empty(), "no test of the window names {untested:?}");
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("src is readable").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.into_iter().chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// The whole of a file of tests; of others what follows `#[cfg(test)]` on a module with a body.
fn test_code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a source file is readable");
    let is_of_tests = path.components().any(|part| part.as_os_str().to_string_lossy().contains("tests"));
    if is_of_tests {
        return text;
    }
    text.split_once("#[cfg(test)]\nmod tests {").map(|(_, tests)| tests.to_owned()).unwrap_or_default()
}

fn variants(text: &str, name: &str) -> Vec<String> {
    let opening = format!("pub enum {name} {{");
    let (_, rest) = text.split_once(&opening).expect("the enum is there");
    let (body, _) = rest.split_once("\n}").expect("it ends");
    let word = |line: &str| line.trim().split(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_owned();
    body.lines().filter(|line| line.starts_with("    ") && !line.trim().starts_with("//")).map(word).collect()
}

/// Whether `action` stands in the text as a word of its own.
fn names(text: &str, action: &str) -> bool {
    text.match_indices(action).any(|(at, _)| !text[at + action.len()..].starts_with(char::is_alphanumeric))
}
