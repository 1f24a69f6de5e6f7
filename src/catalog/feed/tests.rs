//! Feeds of both kinds, and what hangs on their items.

use super::*;

fn read(text: &str) -> Result<Feed, NotAFeed> {
    read_feed(&"https://a.example/feeds/arome.xml".parse().expect("a URL"), text.as_bytes())
}

const RSS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>AROME &amp; co</title><link>https://a.example/</link>
<item><title>SP1 06H</title><guid>0123abcd</guid><pubDate>Fri, 20 Nov 2026 08:12:00 +0100</pubDate>
<enclosure url="../t/AROME_SP1_06H.grib2.torrent" length="512" type="application/x-bittorrent"/></item>
<item><title><![CDATA[Interruption <b>prévue</b>]]></title><link>https://a.example/n/1</link><description>&lt;p&gt;…</description>
<enclosure url="https://b.example/a.mp3" type="audio/mpeg"/><enclosure url="file:///etc/passwd" type="application/x-bittorrent"/></item>
</channel></rss>"#;

const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>
<entry><title>SP1</title><id>urn:x</id><updated>2026-11-20T07:12:00Z</updated>
<link rel="alternate" href="https://a.example/p"/><link rel="enclosure" type="application/x-bittorrent" href="https://b.example/x.torrent"/></entry></feed>"#;

#[test]
fn rss_items_give_their_torrents_dates_and_pages() {
    let feed = read(RSS).expect("a feed");
    assert_eq!((feed.title.as_str(), feed.items.len(), feed.is_cut), ("AROME & co", 2, false));
    let [first, second] = &feed.items[..] else { panic!("two items") };
    assert_eq!(first.enclosures[0].address.as_str(), "https://a.example/t/AROME_SP1_06H.grib2.torrent");
    assert!(first.enclosures[0].is_torrent());
    assert_eq!(first.published.map(|time| time.to_string()).as_deref(), Some("2026-11-20T07:12:00Z"));
    assert_eq!(second.title, "Interruption <b>prévue</b>");
    assert_eq!(second.page.as_ref().map(Url::as_str), Some("https://a.example/n/1"));
    assert_eq!(second.enclosures.len(), 1, "an address of this computer is none");
    assert!(!second.enclosures[0].is_torrent());
}

#[test]
fn atom_entries_give_the_same() {
    let feed = read(ATOM).expect("a feed");
    let [item] = &feed.items[..] else { panic!("one entry") };
    assert_eq!(item.enclosures[0].address.as_str(), "https://b.example/x.torrent");
    assert_eq!(item.page.as_ref().map(Url::as_str), Some("https://a.example/p"));
    assert_eq!(item.published.map(|time| time.to_string()).as_deref(), Some("2026-11-20T07:12:00Z"));
}

#[test]
fn a_feed_cut_short_keeps_whole_items_and_other_documents_are_refused() {
    let cut = read(&RSS[..RSS.len() - 60]).expect("a feed");
    assert_eq!((cut.items.len(), cut.is_cut), (1, true));
    for text in ["", "<html></html>", "{}", "<ListBucketResult/>"] {
        assert_eq!(read(text), Err(NotAFeed), "{text}");
    }
}
