//! What a reader of Atom finds in the feed of a relay.

use super::*;
use crate::catalog::feed::{Feed, read_feed};
use crate::publish::relay::made::*;
use std::collections::HashSet;

fn read(text: &str) -> Feed {
    let feed = read_feed(&base().of_document(RelayDocument::Atom), text.as_bytes()).expect("a feed");
    assert!(!feed.is_cut);
    feed
}

fn page(offers: &RelayOffers, number: usize) -> String {
    write_atom(offers, number).expect("a page")
}

#[test]
fn each_entry_has_torrent_classic_metalink_and_index() {
    let text = page(&offers(1), 0);
    let feed = read(&text);
    let [entry] = &feed.items[..] else { panic!("one entry") };
    let addresses: Vec<&str> = entry.enclosures.iter().map(|enclosure| enclosure.address.as_str()).collect();
    let below = format!("{}/arome_00000.grib2", run_path());
    assert_eq!(
        addresses,
        [
            format!("https://relay.example/nuee/torrent/{below}.torrent").as_str(),
            "https://data.example/arome/arome_00000.grib2",
            &format!("https://relay.example/nuee/torrent/{below}.meta4"),
            &format!("https://relay.example/nuee/data/{below}.index"),
        ]
    );
    assert_eq!(entry.enclosures.iter().filter(|enclosure| enclosure.is_torrent()).count(), 1);
    assert_eq!(
        (entry.id.as_str(), entry.published),
        (guid(info_hash(0)).as_str(), Some(at("2026-11-30T09:10:00Z")))
    );
    assert!(text.contains("title=\"torrent (faster)\"") && text.contains("title=\"classic\""));
}

#[test]
fn a_file_without_an_index_has_no_link_to_one() {
    let mut file = file(1, "a.nc");
    file.index = None;
    let text = page(&RelayOffers::new(identity(), vec![file], Vec::new()), 0);
    assert_eq!(read(&text).items[0].enclosures.len(), 3);
    assert!(!text.contains("slice index"));
}

#[test]
fn withdrawn_files_are_deleted_entries_on_the_first_page_only() {
    let offers = offers(501);
    let (hash, since) = (info_hash(1_000_001), withdrawn(1_000_001, "").since);
    let deleted = format!("<at:deleted-entry ref=\"urn:btih:{hash}\" when=\"{since}\"><at:comment>expired<");
    assert!(page(&offers, 0).contains(&deleted));
    assert!(!page(&offers, 1).contains("deleted-entry"));
}

#[test]
fn odd_names_stay_text() {
    let offers = RelayOffers::new(identity(), vec![file(1, ODD_NAME)], vec![withdrawn(2, ODD_NAME)]);
    let text = page(&offers, 0);
    assert_eq!(elements_of(&text).iter().filter(|name| *name == "entry").count(), 1);
    let feed = read(&text);
    assert_eq!(feed.items[0].title, "a\"b'<i>&amp;,c=1 é]]>%41.grib2");
    assert_eq!(feed.items[0].enclosures[0].address, base().of_file(&key(ODD_NAME), OfWhich::Torrent));
}

#[test]
fn pages_follow_each_other_and_hold_every_file_once() {
    let offers = offers(10_000);
    assert_eq!(atom_pages(&offers), 20);
    assert_eq!(write_atom(&offers, 20), None);
    let mut seen = HashSet::new();
    for number in 0..20 {
        let text = page(&offers, number);
        assert!(text.len() < 2 << 20, "{}", text.len());
        let feed = read(&text);
        assert_eq!(feed.items.len(), MOST_ITEMS);
        assert!(feed.items.into_iter().all(|item| seen.insert(item.id)));
        let link = |relation: &str, to: usize| {
            format!("<link rel=\"{relation}\" href=\"https://relay.example/nuee/{}\"/>", atom_name(to))
        };
        assert!(text.contains(&link("self", number)) && text.contains(&link("first", 0)));
        assert!(text.contains(&link("last", 19)));
        assert_eq!(text.contains(&link("next", number + 1)), number < 19);
        assert_eq!(number > 0 && text.contains(&link("previous", number.saturating_sub(1))), number > 0);
    }
    assert_eq!((atom_name(0).as_str(), atom_name(1).as_str()), ("feed.atom", "feed-2.atom"));
    assert_eq!(atom_pages(&RelayOffers::new(identity(), Vec::new(), Vec::new())), 1);
}

#[test]
fn a_page_changes_only_when_the_offers_do() {
    assert_eq!(page(&offers(3), 0), page(&offers(3), 0));
    assert_ne!(page(&offers(3), 0), page(&offers(4), 0));
}
