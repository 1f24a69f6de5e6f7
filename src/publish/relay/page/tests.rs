//! What a person and a screen reader find on the page.

use super::*;
use crate::publish::relay::made::*;
use crate::publish::relay::signing::SecretKey;

fn page_of(files: Vec<RelayedFile>) -> String {
    write_page(&RelayOffers::new(identity(), files, Vec::new()))
}

#[test]
fn it_says_in_both_languages_that_the_relay_is_not_the_publisher() {
    let page = page_of(vec![file(1, "a.grib2")]);
    assert!(page.contains("<section lang=\"en\">") && page.contains("<section lang=\"fr\">"));
    assert!(page.contains("not the publisher") && page.contains("n’est pas l’éditeur"));
    assert!(page.contains("torrent (faster) <span lang=\"fr\">/ torrent (plus rapide)</span>"));
    assert!(page.contains("classic <span lang=\"fr\">/ classique</span>"));
}

#[test]
fn a_row_has_the_torrent_the_publishers_address_the_index_and_the_end() {
    let page = page_of(vec![file(1, "a.grib2")]);
    let row = page.lines().find(|line| line.starts_with("<tr id=")).expect("a row");
    let key = key("a.grib2");
    for address in [
        base().of_file(&key, OfWhich::Torrent).as_str(),
        base().of_file(&key, OfWhich::Index).as_str(),
        "https://data.example/arome/a.grib2",
    ] {
        assert!(row.contains(&format!("<a href=\"{address}\">")), "{address} in {row}");
    }
    assert!(row.contains("<time datetime=\"2026-12-02T09:10:00Z\">2026-12-02 09:10 UTC</time>"), "{row}");
    assert!(row.contains("<data value=\"100000001\">100</data>"), "{row}");
}

#[test]
fn it_has_no_scripts_and_names_stay_text() {
    let mut odd = file(1, "<script>alert(1)</script>\" onload=\"x");
    odd.key.dataset = "demo/<img src=x>".to_owned();
    odd.source.address = "https://data.example/a?b=\"><script>".parse().expect("a URL");
    let page = page_of(vec![odd, file(2, ODD_NAME)]);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("\u{202E}"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x"));
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
    assert!(page.contains("Relay &lt;of&gt; an institute &amp; friends"));
}

#[test]
fn elements_nest_as_they_should() {
    // Written like XML but for the first line and the elements that never have an end.
    let page = page_of(vec![file(1, "a.grib2"), file(2, ODD_NAME)]);
    let body = page.split_once("<style>").expect("a style").1;
    let body = format!("<html><head><style>{body}");
    let names = elements_of(&body);
    assert_eq!(names.iter().filter(|name| *name == "tr").count(), 3);
    assert_eq!(names.iter().filter(|name| *name == "th").count(), 6 + 2);
}

#[test]
fn runs_are_tables_with_the_newest_first_and_an_identifier_stands_once() {
    let mut older = file(1, "a.grib2");
    older.key.run = Some(at("2026-11-30T00:00:00Z"));
    let page = page_of(vec![file(1, "a.grib2"), older]);
    let captions: Vec<&str> = page.lines().filter(|line| line.starts_with("<caption>")).collect();
    let caption =
        |run| format!("<caption>{}</caption>", run_folder("demo/arome-0.01", Some(at(run))).join("/"));
    assert_eq!(captions, [caption("2026-11-30T06:00:00Z"), caption("2026-11-30T00:00:00Z")]);
    assert_eq!(page.matches(" id=\"btih-").count(), 1);
}

#[test]
fn a_relay_that_signs_shows_its_fingerprint_and_another_says_that_it_does_not() {
    let unsigned = page_of(Vec::new());
    assert!(unsigned.contains("does not sign") && !unsigned.contains("minisign.pub"));
    assert!(unsigned.contains("No file is offered at the moment."));
    let key = SecretKey::from_chance([7; 40]).public();
    let identity = crate::publish::relay::offers::RelayIdentity { key: Some(key), ..identity() };
    let signed = write_page(&RelayOffers::new(identity, Vec::new(), Vec::new()));
    assert!(signed.contains(&format!("<code>{}</code>", key.fingerprint())));
    assert!(signed.contains("minisign.pub") && signed.contains("manifest.jsonl.minisig"));
}

#[test]
fn of_ten_thousand_files_the_newest_are_shown_and_the_page_says_so() {
    let page = write_page(&offers(10_000));
    assert_eq!(page.lines().filter(|line| line.starts_with("<tr id=")).count(), MOST_ROWS);
    assert!(page.contains("arome_09999.grib2") && !page.contains("arome_07999.grib2"));
    assert!(page.contains("2000 / 10000"));
    assert!(page.len() < 3 << 20, "{}", page.len());
}

#[test]
fn lengths_are_millions_of_bytes() {
    let shown = [0, 1, 99_999, 100_000, 1_250_000, 9_999_999, 10_000_000, 123_456_789].map(megabytes);
    assert_eq!(shown, ["0.0", "0.1", "0.1", "0.1", "1.2", "9.9", "10", "123"]);
}
