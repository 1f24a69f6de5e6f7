//! The two books have the same chapters, the same code and the same pictures; the French one is set as French is.

use super::pages::{Block, blocks, chapters, prose, text_of};

/// Before `:`, `;`, `?`, `!` and inside guillemets.
const NARROW: char = '\u{202f}';

/// What of a block must be the same in both languages: comments and what people read are translated.
fn code_of(block: &Block) -> Option<(String, Vec<String>)> {
    let lines = block.lines.iter();
    let lines: Vec<String> = match block.kind.as_str() {
        "python" => lines.cloned().collect(),
        "sh" | "toml" => lines.map(|line| without_comment(line).trim_end().to_owned()).collect(),
        "console" => lines.filter(|line| line.starts_with("$ ")).cloned().collect(),
        _ => Vec::new(),
    };
    Some((block.kind.clone(), lines))
}

/// A line up to a `#` that stands outside quotes and behind a space.
fn without_comment(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == '#' && before == ' ' => return &line[..at],
            None => {}
        }
        before = c;
    }
    line
}

#[test]
fn both_books_have_the_same_chapters_and_list_them_all() {
    assert_eq!(chapters("en"), chapters("fr"));
    let listed = |language: &str| -> Vec<String> {
        let summary = text_of(&format!("docs/{language}/SUMMARY.md"));
        let targets = summary.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0.to_owned()));
        targets.collect()
    };
    assert_eq!(listed("en"), listed("fr"), "in the same order");
    let mut sorted = listed("en");
    sorted.sort();
    assert_eq!(sorted, chapters("en"));
}

#[test]
fn both_books_have_the_same_code_and_pictures_in_each_chapter() {
    for name in chapters("en") {
        let of = |language: &str| {
            let text = text_of(&format!("docs/{language}/{name}"));
            let code: Vec<_> = blocks(&text).iter().filter_map(code_of).collect();
            let pictures = prose(&text).iter().filter(|(_, line)| line.starts_with("![")).count();
            (code, pictures)
        };
        assert_eq!(of("en"), of("fr"), "{name}");
    }
}

#[test]
fn both_books_have_tables_of_the_same_size_in_each_chapter() {
    for name in chapters("en") {
        let rows = |language: &str| {
            let text = text_of(&format!("docs/{language}/{name}"));
            prose(&text).iter().filter(|(_, line)| line.trim_start().starts_with('|')).count()
        };
        assert_eq!(rows("en"), rows("fr"), "{name}");
    }
}

/// A line without code, targets of links, and what only Markdown reads.
fn read_by_people(line: &str) -> String {
    if line.starts_with("<!--") {
        return String::new();
    }
    let mut text: String = line.split('`').step_by(2).collect::<Vec<&str>>().join("x");
    while let Some(at) = text.find("](") {
        let end = text[at..].find(')').map_or(text.len(), |length| at + length + 1);
        text.replace_range(at..end, "]");
    }
    text.replace("![", "[")
}

/// Whether a mark has the space that French puts before it, or inside a guillemet.
fn is_set_as_french(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let before = |at: usize| at.checked_sub(1).map(|at| chars[at]);
    let after = |at: usize| chars.get(at + 1).copied();
    chars.iter().enumerate().all(|(at, c)| match c {
        ';' | '?' | '!' | '»' => before(at) == Some(NARROW),
        '«' => after(at) == Some(NARROW),
        // A time such as 12:30 and an address have none.
        ':' => before(at) == Some(NARROW) || after(at).is_some_and(|next| !next.is_whitespace()),
        _ => true,
    })
}

#[test]
fn the_french_book_puts_narrow_spaces_before_its_marks() {
    let mut wrong = Vec::new();
    for name in chapters("fr") {
        let path = format!("docs/fr/{name}");
        // The tables of figures are those of the English page.
        let text = std::fs::read_to_string(super::root().join(&path)).expect("a page");
        let lines = prose(&text).into_iter().filter(|(_, line)| !is_set_as_french(&read_by_people(line)));
        wrong.extend(lines.map(|(number, line)| format!("{path}:{number}: {line}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
