//! What is decoded is what the documentation says.

use nuee::field::packing::TEMPLATES;

/// The rows of templates of a page: the number, and the words in English.
fn rows(page: &str) -> Vec<(u16, &str)> {
    page.lines()
        .filter_map(|line| {
            let mut cells = line.split('|').map(str::trim);
            let number = cells.nth(1)?.strip_prefix("5.")?.parse().ok()?;
            Some((number, cells.next()?))
        })
        .collect()
}

#[test]
fn the_table_of_packings_is_that_of_the_program() {
    assert_eq!(rows(include_str!("../../docs/en/fields.md")), TEMPLATES);
    let french: Vec<u16> =
        rows(include_str!("../../docs/fr/fields.md")).into_iter().map(|(number, _)| number).collect();
    assert_eq!(french, TEMPLATES.iter().map(|(number, _)| *number).collect::<Vec<_>>());
}
