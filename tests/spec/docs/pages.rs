//! The pages of the documentation, with their includes, and the blocks of code in them.

use std::path::{Path, PathBuf};

/// Pages beside the books.
const BESIDE: [&str; 5] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];

/// A page, by its path from the project's folder.
pub struct Page {
    pub path: String,
    /// Its text, with what it includes.
    pub text: String,
}

/// A block of code.
pub struct Block {
    /// The word behind the fence: `sh`.
    pub kind: String,
    pub lines: Vec<String>,
    /// Whether the examples' test runs it.
    pub is_run: bool,
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a page with what it includes.
pub fn text_of(path: &str) -> String {
    let file = root().join(path);
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
    let folder = file.parent().expect("a file lies in a folder");
    let lines = text.lines().map(|line| {
        let Some(named) = line.strip_prefix("{{#include ").and_then(|rest| rest.strip_suffix("}}")) else {
            return line.to_owned();
        };
        included(named, folder).unwrap_or_else(|| panic!("{path}: nothing to include is at {named}"))
    });
    lines.collect::<Vec<String>>().join("\n")
}

/// What `FILE` or `FILE:ANCHOR` stands for.
fn included(named: &str, folder: &Path) -> Option<String> {
    let (file, anchor) = named.split_once(':').map_or((named, None), |(file, anchor)| (file, Some(anchor)));
    let text = std::fs::read_to_string(folder.join(file)).ok()?;
    let Some(anchor) = anchor else { return Some(text) };
    let (begin, end) = (format!("<!-- ANCHOR: {anchor} -->"), format!("<!-- ANCHOR_END: {anchor} -->"));
    let part = text.split_once(&begin)?.1.split_once(&end)?.0;
    Some(part.to_owned())
}

/// Names of the chapters of a book, `SUMMARY.md` left out.
pub fn chapters(language: &str) -> Vec<String> {
    let entries = std::fs::read_dir(root().join("docs").join(language)).expect("a book");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".md") && name != "SUMMARY.md").collect();
    names.sort();
    names
}

/// Every page.
pub fn pages() -> Vec<Page> {
    let of_book = |language: &'static str| {
        let names = chapters(language).into_iter().chain(["SUMMARY.md".to_owned()]);
        names.map(move |name| format!("docs/{language}/{name}"))
    };
    let paths = BESIDE.map(str::to_owned).into_iter().chain(of_book("en")).chain(of_book("fr"));
    paths.map(|path| Page { text: text_of(&path), path }).collect()
}

/// The blocks of code of a text.
pub fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut open, mut before) = (Vec::new(), None::<Block>, "");
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(kind), None) => {
                let is_run = before == "<!-- run -->";
                open = Some(Block { kind: kind.trim().to_owned(), lines: Vec::new(), is_run });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.lines.push(line.to_owned()),
            (None, None) => before = line,
        }
    }
    assert!(open.is_none(), "a block of code has no end");
    blocks
}

/// The text outside blocks of code, line by line with its number.
pub fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut is_code = false;
    let numbered = text.lines().enumerate();
    let lines = numbered.filter(|(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_fence && !is_code
    });
    lines.map(|(at, line)| (at + 1, line)).collect()
}

/// The lines of a section, from its heading to the next one of its rank or above.
pub fn section<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    let rank = heading.chars().take_while(|&c| c == '#').count();
    let ends = |line: &&str| {
        let hashes = line.chars().take_while(|&c| c == '#').count();
        (1..=rank).contains(&hashes)
    };
    let lines: Vec<&str> =
        text.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| !ends(line)).collect();
    assert!(!lines.is_empty(), "there is no section {heading}");
    lines
}

/// What stands between backticks.
pub fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The cells of the rows of tables, head and rule left out.
pub fn rows<'a>(lines: &[&'a str]) -> Vec<Vec<&'a str>> {
    let is_row = |line: &&&str| line.starts_with('|');
    let is_rule = |line: &str| line.starts_with("|---");
    let mut rows: Vec<Vec<&str>> = Vec::new();
    for line in lines.iter().filter(is_row) {
        if is_rule(line) {
            // What stands above a rule is the head.
            rows.pop();
        } else {
            rows.push(line.trim_matches('|').split(" | ").map(str::trim).collect());
        }
    }
    rows
}
