//! The terminal's contract, in both languages: commands, options, exit codes, events and keys, no more and no fewer.

use super::pages::{quoted, root, rows, section, text_of};
use nuee::app::jobs::view::End;
use nuee::cli::arguments;
use std::collections::BTreeSet;
use std::ffi::OsString;

/// Each book's chapter, with the headings that are looked for in it.
const CHAPTERS: [(&str, &str, &str); 2] = [
    ("docs/en/terminal.md", "## Exit codes", "## Commands"),
    ("docs/fr/terminal.md", "## Codes de sortie", "## Commandes"),
];

/// What SIGTERM ends a command with: 128 and its number.
const TERMINATED: u8 = 128 + 15;

fn help_of(command: &[&str]) -> String {
    let words = ["nuee"].iter().chain(command).chain(&["--help", "--lang", "en"]).map(OsString::from);
    match arguments::read(words) {
        Ok(_) => panic!("{command:?} has no help"),
        Err(parting) => parting.text,
    }
}

/// Names that begin a line of help, indented by at most six columns.
fn entries(help: &str) -> impl Iterator<Item = &str> {
    help.lines().filter_map(|line| {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        ((2..=6).contains(&indent)).then_some(text)
    })
}

/// The options that the help of a command shows, those of every command left out.
fn options_of(help: &str) -> BTreeSet<String> {
    let long = |text: &str| {
        let at = text.find("--").filter(|&at| at == 0 || text.starts_with('-'))?;
        let name = text[at..].split([' ', ',']).next()?;
        (!matches!(name, "--help" | "--lang")).then(|| name.to_owned())
    };
    entries(help).filter_map(long).collect()
}

/// The commands that help lists, and those below each.
fn commands() -> Vec<Vec<String>> {
    let below = |help: &str| -> Vec<String> {
        let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let lines = lines.take_while(|line| !line.is_empty());
        lines.filter_map(|line| Some(line.split_whitespace().next()?.to_owned())).collect()
    };
    let mut all = Vec::new();
    for name in below(&help_of(&[])) {
        let parts = below(&help_of(&[&name]));
        // `nuee pledge 50G` does something by itself.
        if parts.is_empty() || !options_of(&help_of(&[&name])).is_empty() {
            all.push(vec![name.clone()]);
        }
        if !parts.is_empty() {
            all.extend(parts.into_iter().map(|part| vec![name.clone(), part]));
        }
    }
    all
}

fn documented(chapter: &str, command: &str) -> BTreeSet<String> {
    let lines = section(chapter, &format!("### `nuee {command}`"));
    let first = rows(&lines).into_iter().filter_map(|row| quoted(row[0]).first().copied());
    first
        .filter_map(|cell| cell.split(' ').next().filter(|name| name.starts_with("--")).map(str::to_owned))
        .collect()
}

#[test]
fn every_command_and_option_of_help_is_documented_and_no_other() {
    let commands = commands();
    assert!(commands.len() > 15, "{commands:?}");
    for (path, _, heading) in CHAPTERS {
        let chapter = text_of(path);
        let mut wrong = Vec::new();
        for command in &commands {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let (shown, told) = (options_of(&help_of(&words)), documented(&chapter, &command.join(" ")));
            for option in shown.symmetric_difference(&told) {
                let which = if shown.contains(option) { "is not documented" } else { "does not exist" };
                wrong.push(format!("{path}: nuee {}: {option} {which}", command.join(" ")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let sections = section(&chapter, heading).into_iter().filter(|line| line.starts_with("### "));
        assert_eq!(sections.count(), commands.len(), "{path} has a command that does not exist");
    }
}

#[test]
fn every_exit_code_is_documented_and_no_other() {
    for (path, heading, _) in CHAPTERS {
        let chapter = text_of(path);
        let lines = section(&chapter, heading);
        let told: BTreeSet<u8> =
            rows(&lines).iter().map(|row| row[0].trim_matches('`').parse().expect("a number")).collect();
        let ends = (0..=u8::MAX).filter(|&code| End::from_exit_code(code).is_some());
        let codes: BTreeSet<u8> = ends.chain([TERMINATED]).collect();
        assert_eq!(told, codes, "{path}");
    }
}

/// Every source file below `src`, or below a folder of it, in one text.
fn source(below: &str) -> String {
    let mut text = String::new();
    let mut folders = vec![root().join("src").join(below)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                text.push_str(&std::fs::read_to_string(path).expect("a text"));
            }
        }
    }
    text
}

/// Rows of the tables whose first column names events, by the section they stand in.
fn events(chapter: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let all = section(chapter, "## JSON");
    let mut tables: Vec<Vec<&str>> = Vec::new();
    let mut is_inside = false;
    for line in all {
        let begins = line.starts_with("| event |") || line.starts_with("| événement |");
        is_inside = begins || (is_inside && line.starts_with('|'));
        if begins {
            tables.push(Vec::new());
        }
        if is_inside {
            tables.last_mut().expect("it was begun").push(line);
        }
    }
    let words = |cell: &str| quoted(cell).into_iter().map(str::to_owned).collect::<Vec<String>>();
    let rows = tables.iter().flat_map(|table| rows(table));
    rows.map(|row| (words(row[0]), words(row.last().expect("cells")))).collect()
}

/// Events as the source names them where it prints JSON.
fn printed(cli: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for before in ["\"event\": \"", " event: \"", "[\"event\"] = json!(\""] {
        let after = cli.split(before).skip(1);
        found.extend(after.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    found
}

#[test]
fn every_json_event_that_is_printed_is_documented_and_no_other() {
    let cli = source("cli");
    let printed = printed(&cli);
    assert!(printed.len() > 20, "{printed:?}");
    for (path, ..) in CHAPTERS {
        let told: BTreeSet<String> =
            events(&text_of(path)).into_iter().flat_map(|(names, _)| names).collect();
        let missing: Vec<&String> = printed.difference(&told).collect();
        assert!(missing.is_empty(), "{path} does not tell of {missing:?}");
        let made_up: Vec<&String> =
            told.iter().filter(|name| !cli.contains(&format!("\"{name}\""))).collect();
        assert!(made_up.is_empty(), "{path}: nothing prints {made_up:?}");
    }
}

#[test]
fn every_json_key_and_word_that_is_documented_is_in_the_source() {
    let source = source("");
    let words: BTreeSet<&str> = source.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    for (path, ..) in CHAPTERS {
        let chapter = text_of(path);
        let is_word =
            |text: &&str| text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let json = section(&chapter, "## JSON").join("\n");
        let told: BTreeSet<&str> = quoted(&json).into_iter().filter(is_word).collect();
        assert!(told.len() > 100, "{}", told.len());
        let unknown: Vec<&&str> = told.iter().filter(|word| !words.contains(**word)).collect();
        assert!(unknown.is_empty(), "{path}: {unknown:?}");
    }
}

/// What the English chapter says of an event in one of its sections.
pub fn keys_of(heading: &str) -> Vec<(Vec<String>, Vec<String>)> {
    let chapter = text_of(CHAPTERS[0].0);
    let lines = section(&chapter, heading);
    events(&format!("## JSON\n{}", lines.join("\n")))
}
