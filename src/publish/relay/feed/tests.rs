//! What a reader of RSS finds in the feed of a relay.

use super::*;
use crate::catalog::feed::{Feed, read_feed};
use crate::publish::relay::made::*;

fn read(text: &str) -> Feed {
    let feed = read_feed(&base().of_document(RelayDocument::Rss), text.as_bytes()).expect("a feed");
    assert!(!feed.is_cut);
    feed
}

#[test]
fn each_file_is_an_item_with_its_torrent_and_the_publishers_address() {
    let text = write_rss(&offers(2));
    let feed = read(&text);
    assert_eq!((feed.title.as_str(), feed.items.len()), ("Relay <of> an institute & friends", 2));
    let [newest, _] = &feed.items[..] else { panic!("two items") };
    assert_eq!(newest.title, "arome_00001.grib2");
    assert_eq!(newest.id, guid(info_hash(1)));
    assert_eq!(newest.published, Some(at("2026-11-30T09:11:00Z")));
    assert_eq!(newest.enclosures[0].address, base().of_file(&key("arome_00001.grib2"), OfWhich::Torrent));
    assert!(newest.enclosures[0].is_torrent());
    assert!(newest.summary.contains("https://data.example/arome/arome_00001.grib2"), "{}", newest.summary);
    assert!(text.contains(&format!("<category>{}</category>", run_path())));
    assert!(text.contains("<guid isPermaLink=\"false\">urn:btih:"));
    assert!(text.contains(
        "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"https://relay.example/nuee/feed.xml\"/>"
    ));
    let hash = info_hash(1_000_001);
    assert!(text.contains(&format!("<nuee:withdrawn guid=\"urn:btih:{hash}\" since=\"")));
}

#[test]
fn neither_guid_nor_link_comes_twice_when_a_file_is_replaced() {
    let (old, mut new) = (file(1, "a.grib2"), file(2, "a.grib2"));
    new.replaces = Some(old.info_hash);
    let of =
        |file: &RelayedFile| read(&write_rss(&RelayOffers::new(identity(), vec![file.clone()], Vec::new())));
    let (before, after) = (of(&old), of(&new));
    assert_ne!(before.items[0].id, after.items[0].id);
    assert_ne!(before.items[0].page, after.items[0].page);
    assert!(after.items[0].page.is_some());
    let text = write_rss(&RelayOffers::new(identity(), vec![new], Vec::new()));
    assert!(text.contains(&format!(" replaces=\"{}\"/>", guid(old.info_hash))));
}

#[test]
fn odd_names_stay_text() {
    let text =
        write_rss(&RelayOffers::new(identity(), vec![file(1, ODD_NAME)], vec![withdrawn(2, ODD_NAME)]));
    let names = elements_of(&text);
    assert_eq!(names.iter().filter(|name| *name == "item").count(), 1);
    let feed = read(&text);
    assert_eq!(feed.items[0].title, "a\"b'<i>&amp;,c=1 é]]>%41.grib2");
    assert_eq!(feed.items[0].enclosures[0].address, base().of_file(&key(ODD_NAME), OfWhich::Torrent));
}

#[test]
fn a_secret_in_the_publishers_address_is_not_told() {
    let mut file = file(1, "a.grib2");
    file.source.address = "https://me:pw@data.example/get?token=abcdef&time=06".parse().expect("a URL");
    let text = write_rss(&RelayOffers::new(identity(), vec![file], Vec::new()));
    assert!(!text.contains("abcdef") && !text.contains("pw@") && text.contains("time=06"), "{text}");
}

#[test]
fn what_is_offered_again_is_not_withdrawn_and_an_empty_feed_has_a_date() {
    let again = withdrawn(1, "a.grib2");
    let text = write_rss(&RelayOffers::new(identity(), vec![file(1, "a.grib2")], vec![again]));
    assert!(!text.contains("nuee:withdrawn "), "{text}");
    let empty = RelayOffers::new(identity(), Vec::new(), Vec::new());
    assert!(write_rss(&empty).contains("<lastBuildDate>Sun, 01 Nov 2026 00:00:00 +0000</lastBuildDate>"));
    assert_eq!(read(&write_rss(&empty)).items.len(), 0);
}

#[test]
fn of_ten_thousand_files_the_newest_five_hundred_are_items() {
    let text = write_rss(&offers(10_000));
    let feed = read(&text);
    assert_eq!(feed.items.len(), MOST_ITEMS);
    assert_eq!(feed.items[0].title, "arome_09999.grib2");
    assert_eq!(feed.items[499].title, "arome_09500.grib2");
    assert!(text.len() < 1 << 20, "{}", text.len());
}
