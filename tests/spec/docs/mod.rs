//! The documentation says what the program does: its commands parse, its options exist, its links lead somewhere, and the
//! English and the French book agree.
//!
//! In: README and its neighbours, and the books below `docs`. Out: one failure a test that lists every line that is wrong.
//! Start reading at [`pages`].

mod commands;
#[cfg(unix)]
mod examples;
mod links;
mod pages;
mod terminal;
mod twins;

use pages::{root, text_of};

/// What a newcomer reads in five minutes.
const MOST_WORDS: usize = 1_500;

#[test]
fn the_readme_is_read_in_five_minutes() {
    let words = text_of("README.md").split_whitespace().count();
    assert!(words <= MOST_WORDS, "{words} words");
}

/// Names of folders and what each may use, of a table `| folder | what it is | may use |`.
fn map_of(text: &str) -> Vec<(String, String)> {
    let plain = |cell: &str| cell.replace(['`', '[', ']'], "").trim().to_owned();
    let lines = text.lines().map(|line| line.trim_start_matches("//! "));
    let rows = lines.skip_while(|line| !line.starts_with("| folder |") && !line.starts_with("| dossier |"));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.split('|').map(plain).collect::<Vec<String>>());
    cells.map(|cells| (cells[1].clone(), cells[3].clone())).collect()
}

#[test]
fn the_map_of_the_architecture_is_that_of_the_crate_documentation() {
    let of_crate = map_of(&std::fs::read_to_string(root().join("src/lib.rs")).expect("the crate"));
    assert!(of_crate.len() > 10, "{of_crate:?}");
    assert_eq!(map_of(&text_of("ARCHITECTURE.md")), of_crate);
    let in_english = |(name, may): (String, String)| {
        let may = may.replace("tout ce qui précède", "all of the above").replace("tout sauf", "all but");
        (name, may)
    };
    let french: Vec<_> = map_of(&text_of("docs/fr/architecture.md")).into_iter().map(in_english).collect();
    assert_eq!(french, of_crate);
}
