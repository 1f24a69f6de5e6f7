//! Links lead to files and headings that exist. No server is asked.

use super::pages::{pages, prose, root};
use std::collections::BTreeSet;
use std::path::Path;

/// The targets of the links and pictures of a line.
fn targets(line: &str) -> Vec<&str> {
    line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).collect()
}

/// The anchors of a text's headings, as mdBook and GitHub make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).into_iter().filter(|(_, line)| line.starts_with('#'));
    let slug = |line: &str| -> String {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(|(_, line)| slug(line)).collect()
}

/// Why a link leads nowhere. `None` when it leads somewhere, or to a server.
fn broken(folder: &Path, own: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, part)| (file, Some(part)));
    let path = folder.join(file);
    if !file.is_empty() && !path.is_file() {
        return Some(format!("{file} does not exist"));
    }
    let anchor = anchor?;
    let text = if file.is_empty() { own.to_owned() } else { std::fs::read_to_string(path).ok()? };
    (!anchors(&text).contains(anchor)).then(|| format!("{file} has no heading {anchor}"))
}

#[test]
fn every_link_of_the_documentation_leads_to_a_file_and_heading_that_exist() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        let file = root().join(&page.path);
        let folder = file.parent().expect("a file lies in a folder");
        for (number, line) in prose(&page.text) {
            for target in targets(line) {
                count += 1;
                let why = broken(folder, &page.text, target);
                wrong.extend(why.map(|why| format!("{}:{number}: {why}", page.path)));
            }
        }
    }
    assert!(count > 80, "{count} links");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_link_to_a_file_or_heading_that_does_not_exist_is_found() {
    let folder = root().join("docs/en");
    assert!(broken(&folder, "", "nowhere.md").is_some());
    assert!(broken(&folder, "# Here", "#there").is_some());
    assert_eq!(broken(&folder, "# Here", "#here"), None);
    assert_eq!(broken(&folder, "", "https://example.org/a"), None);
}
