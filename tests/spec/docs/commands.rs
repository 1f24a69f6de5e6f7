//! Every command in a block of code is one that the program, or the project, has.

use super::pages::{Block, blocks, pages, root};
use nuee::cli::arguments;
use std::ffi::OsString;

/// Programs of others that examples may name.
const OTHERS: [&str; 8] = [
    "aria2c",
    "mktorrent",
    "transmission-create",
    "transmission-remote",
    "opentracker",
    "mdbook",
    "mosquitto_sub",
    "python3",
];

/// The lines that are typed, those that go on joined.
pub fn typed(block: &Block) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in &block.lines {
        let line = match block.kind.as_str() {
            "sh" => line.as_str(),
            "console" => match line.strip_prefix("$ ") {
                Some(line) => line,
                None => continue,
            },
            _ => return Vec::new(),
        };
        let part = line.trim_end_matches('\\');
        match lines.last_mut().filter(|_| goes_on) {
            Some(last) => last.push_str(part),
            None => lines.push(part.to_owned()),
        }
        goes_on = line.ends_with('\\');
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

/// The words of the first command of a line, as a shell reads them; without its comment.
pub fn words_of(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None::<char>);
    for c in line.chars() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => word.get_or_insert_default().push(c),
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('#', None) if word.is_none() => break,
            ('|' | '>' | ';' | '&', None) => break,
            (' ', None) => words.extend(word.take()),
            (_, None) => word.get_or_insert_default().push(c),
        }
    }
    assert_eq!(quote, None, "a quote has no end: {line}");
    words.extend(word);
    words
}

/// Why a command is none. `None` when it is one.
fn complaint_of(words: &[String]) -> Option<String> {
    let words: Vec<&str> = words.iter().map(String::as_str).skip_while(|word| is_variable(word)).collect();
    match words.as_slice() {
        [] => Some("nothing is typed".to_owned()),
        ["nuee", rest @ ..] | ["cargo", "run", "--release", "--", rest @ ..] => of_nuee(rest),
        ["cargo", "bench", "--bench", name] => {
            let path = format!("benches/{name}.rs");
            (!root().join(&path).is_file()).then(|| format!("there is no {path}"))
        }
        ["cargo", "test" | "clippy" | "fmt" | "deb" | "doc" | "install" | "build", ..] => None,
        [program, rest @ ..] if OTHERS.contains(program) => rest.iter().find_map(|word| not_there(word)),
        [program, ..] if program.contains('/') => not_there(program),
        _ => Some("nobody knows this program".to_owned()),
    }
}

fn is_variable(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name.starts_with("NUEE_"))
}

/// A file of the project that is named and does not exist.
fn not_there(word: &str) -> Option<String> {
    let is_ours =
        ["tests/", "benches/", "packaging/", ".ci/", "docs/"].iter().any(|dir| word.starts_with(dir));
    (is_ours && !root().join(word).exists()).then(|| format!("there is no {word}"))
}

fn of_nuee(rest: &[&str]) -> Option<String> {
    let arguments = ["nuee"].iter().chain(rest).map(OsString::from);
    match arguments::read(arguments) {
        Ok(_) => None,
        Err(parting) if parting.code == 0 => None,
        Err(parting) => Some(parting.text),
    }
}

#[test]
fn every_command_that_is_documented_is_understood() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        for line in blocks(&page.text).iter().flat_map(typed) {
            count += 1;
            let why = complaint_of(&words_of(&line));
            wrong.extend(why.map(|why| format!("{}: {line}: {why}", page.path)));
        }
    }
    assert!(count > 100, "{count} commands");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_with_a_wrong_option_value_or_program_is_found() {
    for line in ["nuee get --leda 6 x.torrent", "nuee get x.torrent --lead noon", "nuee gte x", "nonsense x"]
    {
        assert!(complaint_of(&words_of(line)).is_some(), "{line}");
    }
    assert_eq!(words_of(r#"nuee get 'a b' --exec "x y"  # why"#), ["nuee", "get", "a b", "--exec", "x y"]);
}
