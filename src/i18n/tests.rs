//! Holds both languages against one another, and what they write against what people expect.

use super::{FILES, Language, Translator};
use crate::app::Reason;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use std::collections::BTreeMap;

/// Each key with the variables that its text uses.
fn keys(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if !line.starts_with([' ', '}'])
            && let Some((name, _)) = line.split_once(" =")
        {
            name.clone_into(&mut key);
            assert!(found.insert(key.clone(), Vec::new()).is_none(), "{key} stands twice");
        }
        let variables = line.split('$').skip(1).map(|rest| {
            rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>()
        });
        found.entry(key.clone()).or_default().extend(variables);
    }
    found.remove("");
    found.values_mut().for_each(|variables| {
        variables.sort();
        variables.dedup();
    });
    found
}

#[test]
fn both_languages_say_the_same_with_the_same_variables() {
    let [english, french] = FILES.map(|(_, text)| keys(text));
    assert_eq!(english, french);
}

#[test]
fn the_language_is_told_from_a_locale() {
    assert_eq!(Language::from_code("fr_FR.UTF-8"), Some(Language::French));
    assert_eq!(Language::from_code("en-GB"), Some(Language::English));
    assert_eq!(Language::from_code("C"), Some(Language::English));
    assert_eq!(Language::from_code("de"), None);
}

#[test]
fn numbers_are_written_as_each_language_does() {
    let (english, french) = (Translator::new(Language::English), Translator::new(Language::French));
    assert_eq!(english.size(ByteCount(8_213_000)), "8.21\u{202F}MB");
    assert_eq!(french.size(ByteCount(8_213_000)), "8,21\u{202F}Mo");
    assert_eq!(english.count(12_345), "12,345");
    assert_eq!(french.count(12_345), "12\u{202F}345");
    assert_eq!(english.share(0.999), "99%");
    assert_eq!(french.share(0.001), "1\u{202F}%");
}

#[test]
fn a_reason_names_the_pieces_that_were_wrong() {
    let english = Translator::new(Language::English);
    assert_eq!(english.reason(&Reason::WrongData { pieces: vec![7] }), "sent wrong data (piece 7)");
    let many = Reason::WrongData { pieces: (0..20).collect() };
    assert_eq!(english.reason(&many), "sent wrong data (pieces 0, 1, 2, 3, 4, 5, 6, 7, …)");
}

#[test]
fn a_program_of_the_desktop_that_is_not_installed_is_named_without_words_of_the_system() {
    use crate::app::messages::file_message::NotOpened;
    let why = NotOpened::NoProgram("xdg-open".to_owned());
    let message = UserMessage::CannotOpen { path: "/data/a.grib2".to_owned(), why };
    let said = |language| Translator::new(language).message(&message);
    assert!(said(Language::English).contains("xdg-open is not installed"), "{}", said(Language::English));
    assert!(said(Language::French).contains("xdg-open n'est pas installé"), "{}", said(Language::French));
}
