//! What services that speak OGC API know: datasets in words (a Global Discovery Catalogue, OGC API Records), and announcements of
//! the last hours or days (a Global Replay, the archive of a node: OGC API Features).
//!
//! In: what is looked for, and pages as servers sent them. Out: addresses to ask, and what the pages hold. A page is not believed:
//! its size is bounded by whoever fetched it, its items by [`MOST_ITEMS`], and the next page is one of the same server.
//! Start reading at [`ArchiveAddress`].

use super::json::{Json, with_room};
use super::record::Record;
use super::topic::TopicFilter;
use crate::domain::integrity::Voucher;
use crate::domain::utc::UtcMillis;
use bytes::Bytes;
use serde_json::Value;
use url::Url;

/// Most items of one page that are looked at.
pub const MOST_ITEMS: usize = 2_000;

/// Items that a page is asked to hold.
const PAGE: usize = 500;

/// Catalogues that the public may ask, as documented: each has all records of the world.
pub const CATALOGUES: [&str; 3] = [
    "https://wis2-gdc.weather.gc.ca/collections/wis2-discovery-metadata",
    "https://wis2.dwd.de/gdc/collections/wis2-discovery-metadata",
    "https://gdc.wis.cma.cn/collections/wis2-discovery-metadata",
];

/// A collection of a service: where its items are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchiveAddress(Url);

/// What a collection holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Collection {
    Records,
    Replay,
    Messages,
}

impl ArchiveAddress {
    /// Reads the address of a collection: its own, or that of its items. `None` for anything but HTTP and HTTPS.
    pub fn parse(text: &str) -> Option<Self> {
        let mut url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        url.host_str()?;
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/').to_owned();
        let items = if path.ends_with("/items") { path } else { format!("{path}/items") };
        url.set_path(&items);
        Some(Self(url))
    }

    /// The archive as the one who vouches for what it has of what was announced.
    pub fn voucher(&self) -> Voucher {
        Voucher::of_server(&self.0)
    }

    /// The address of the items.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// The address at which records are found that have all of `words`.
    pub fn search(&self, words: &str) -> Url {
        let mut url = self.0.clone();
        url.query_pairs_mut()
            .append_pair("q", words)
            .append_pair("limit", &PAGE.to_string())
            .append_pair("f", "json");
        url
    }

    /// The address at which announcements are found that were published in between, for one topic where the service knows topics.
    pub fn between(&self, (from, to): (UtcMillis, UtcMillis), topic: Option<&TopicFilter>) -> Url {
        let mut url = self.0.clone();
        let period = format!("{}/{}", from.to_second(), to.to_second());
        url.query_pairs_mut()
            .append_pair("datetime", &period)
            .append_pair("limit", &PAGE.to_string())
            .append_pair("f", "json");
        if let Some(topic) = topic.filter(|_| self.knows_topics()) {
            url.query_pairs_mut().append_pair("topic", topic.as_str());
        }
        url
    }

    /// Whether topics can be asked for: a Global Replay has them, the archive of a node does not.
    pub fn knows_topics(&self) -> bool {
        self.collection() == Collection::Replay
    }

    fn collection(&self) -> Collection {
        let path = self.0.path();
        if path.contains("/wis2-notification-messages/") {
            Collection::Replay
        } else if path.contains("/wis2-discovery-metadata/") {
            Collection::Records
        } else {
            Collection::Messages
        }
    }

    /// The next page, when it is one of the same server.
    fn own(&self, href: &str) -> Option<Url> {
        let url = self.0.join(href).ok()?;
        (url.origin() == self.0.origin()).then_some(url)
    }
}

/// An announcement of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArchivedAnnouncement {
    /// Its topic, where the service says it.
    pub topic: Option<String>,
    /// The message, as a service would send it by itself.
    pub message: Bytes,
}

/// A page of a collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// What it holds.
    pub items: Vec<T>,
    /// How many more it has than are looked at.
    pub left_out: u64,
    /// How many there are on all pages. `None` when the service does not say.
    pub of: Option<u64>,
    /// The next page. `None` when this is the last.
    pub next: Option<Url>,
}

/// Why a page cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// It is not JSON, or its text is not.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// It is JSON of another shape.
    #[error("no list of features")]
    NoFeatures,
}

/// Reads a page of records.
///
/// # Errors
/// Says why it is none.
pub fn records(octets: &[u8], address: &ArchiveAddress) -> Result<Page<Record>, PageError> {
    page(octets, address, |item| read_json(&item, Record::read))
}

/// Reads a page of announcements.
///
/// # Errors
/// Says why it is none.
pub fn messages(octets: &[u8], address: &ArchiveAddress) -> Result<Page<ArchivedAnnouncement>, PageError> {
    page(octets, address, |item| {
        let topic = read_json(&item, topic_of)?;
        Some(ArchivedAnnouncement { topic, message: item.into() })
    })
}

/// A topic where replays put it.
fn topic_of(json: &Json<'_>) -> Option<String> {
    let topic = json.at("properties").at("topic").text().or_else(|| json.at("topic").text())?;
    let is_topic = !topic.is_empty() && topic.len() <= 1_024 && !topic.contains(['+', '#', '\0']);
    is_topic.then(|| topic.to_owned())
}

fn read_json<T>(item: &str, read: impl FnOnce(&Json<'_>) -> T) -> Option<T> {
    with_room(|room| Json::read(item, room).ok().map(|json| read(&json)))
}

fn page<T>(
    octets: &[u8],
    address: &ArchiveAddress,
    read: impl Fn(String) -> Option<T>,
) -> Result<Page<T>, PageError> {
    let page: Value =
        serde_json::from_slice(octets).map_err(|error| PageError::NotJson(error.to_string()))?;
    let Some(Value::Array(features)) = page.get("features") else { return Err(PageError::NoFeatures) };
    let left_out = features.len().saturating_sub(MOST_ITEMS) as u64;
    let features = features.iter().take(MOST_ITEMS).filter(|item| item.is_object());
    let items = features.filter_map(|item| read(item.to_string())).collect();
    let links = page.get("links").and_then(Value::as_array).into_iter().flatten();
    let next = links.filter(|link| link.get("rel").and_then(Value::as_str) == Some("next"));
    let next = next.filter_map(|link| address.own(link.get("href")?.as_str()?)).next();
    Ok(Page { items, left_out, of: page.get("numberMatched").and_then(Value::as_u64), next })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::announcement::read;

    fn replay() -> ArchiveAddress {
        ArchiveAddress::parse("https://replay.example/collections/wis2-notification-messages")
            .expect("an address")
    }

    fn archive() -> ArchiveAddress {
        ArchiveAddress::parse("http://node.example/oapi/collections/messages/items?f=html")
            .expect("an address")
    }

    fn time(text: &str) -> UtcMillis {
        UtcMillis::parse_rfc3339(text).expect("a time")
    }

    const ANNOUNCED: &str = r#"{"id":"51dbb84f-a90b-4143-ad69-e943b186058f","type":"Feature","geometry":null,
        "conformsTo":["http://wis.wmo.int/spec/wnm/1/conf/core"],
        "properties":{"data_id":"k","datetime":null,"pubtime":"2026-08-11T10:00:00Z","topic":"cache/a/wis2/x/data/core"},
        "links":[{"rel":"canonical","href":"https://host/k"}]}"#;

    #[test]
    fn addresses_ask_for_words_and_for_periods_and_for_topics_where_those_are_known() {
        let records = ArchiveAddress::parse(CATALOGUES[0]).expect("an address");
        let asked = records.search("synop côte d'ivoire");
        assert!(asked.as_str().contains("/items?q=synop+c%C3%B4te+d%27ivoire&limit=500"), "{asked}");
        let (from, to) = (time("2026-08-11T10:00:00Z"), time("2026-08-11T11:00:00Z"));
        let filter = TopicFilter::parse("cache/a/wis2/+/data/core/#").expect("a filter");
        let asked = replay().between((from, to), Some(&filter));
        assert!(
            asked.as_str().contains("datetime=2026-08-11T10%3A00%3A00Z%2F2026-08-11T11%3A00%3A00Z"),
            "{asked}"
        );
        assert!(asked.as_str().contains("topic=cache%2Fa%2Fwis2%2F%2B%2Fdata%2Fcore%2F%23"), "{asked}");
        let asked = archive().between((from, to), Some(&filter));
        assert!(!asked.as_str().contains("topic") && asked.path().ends_with("/messages/items"), "{asked}");
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for text in ["", "file:///etc/passwd", "ftp://host/collections/x", "https://", "words"] {
            assert_eq!(ArchiveAddress::parse(text), None, "{text}");
        }
    }

    #[test]
    fn announcements_of_a_page_are_read_as_if_they_came_now() {
        let text = format!(
            r#"{{"type":"FeatureCollection","numberMatched":7,"features":[{ANNOUNCED},5,{{"properties":{{}}}}],
            "links":[{{"rel":"self","href":"?offset=0"}},{{"rel":"next","href":"?offset=500"}}]}}"#
        );
        let page = messages(text.as_bytes(), &replay()).expect("a page");
        assert_eq!((page.items.len(), page.of), (2, Some(7)));
        assert_eq!(page.items[0].topic.as_deref(), Some("cache/a/wis2/x/data/core"));
        assert!(read(page.items[0].message.clone(), &[]).reading.announcement().is_some());
        let next = page.next.expect("a next page");
        assert_eq!(
            next.as_str(),
            "https://replay.example/collections/wis2-notification-messages/items?offset=500"
        );
    }

    #[test]
    fn what_a_page_has_beyond_what_is_looked_at_is_counted() {
        let features = vec!["{}"; MOST_ITEMS + 3].join(",");
        let page = messages(format!(r#"{{"features":[{features}]}}"#).as_bytes(), &replay()).expect("a page");
        assert_eq!((page.items.len(), page.left_out), (MOST_ITEMS, 3));
    }

    #[test]
    fn a_next_page_of_another_server_is_not_followed() {
        for href in
            ["https://elsewhere.example/items", "http://replay.example/items", "file:///etc/passwd", "//x/y"]
        {
            let text = format!(r#"{{"features":[],"links":[{{"rel":"next","href":"{href}"}}]}}"#);
            assert_eq!(messages(text.as_bytes(), &replay()).expect("a page").next, None, "{href}");
        }
    }

    #[test]
    fn records_say_where_they_are_announced() {
        let text = r#"{"features":[{"id":"urn:wmo:md:x:y","conformsTo":["http://wis.wmo.int/spec/wcmp/2/conf/core"],"geometry":null,
            "time":null,"properties":{"title":"t","description":"d"},
            "links":[{"href":"mqtts://everyone:everyone@broker","channel":"origin/a/wis2/x/data/core"}]}]}"#;
        let page = records(text.as_bytes(), &archive()).expect("a page");
        assert_eq!(&*page.items[0].channels[0].topic, "origin/a/wis2/x/data/core");
        assert_eq!(page.next, None);
    }

    #[test]
    fn what_is_no_page_is_refused_and_mutated_ones_do_no_harm() {
        assert_eq!(messages(b"{}", &replay()), Err(PageError::NoFeatures));
        assert!(matches!(messages(b"<html>", &replay()), Err(PageError::NotJson(_))));
        assert!(matches!(messages(&[0xff; 20], &replay()), Err(PageError::NotJson(_))));
        let deep = format!(r#"{{"features":[{}]}}"#, "[".repeat(100_000));
        assert!(messages(deep.as_bytes(), &replay()).is_err());
        let text = format!(r#"{{"features":[{ANNOUNCED}],"links":[{{"rel":"next","href":"?a=b"}}]}}"#);
        crate::domain::tests::mutate(&[text.into_bytes()], |octets| {
            let (of_messages, of_records) = (messages(octets, &replay()), records(octets, &archive()));
            assert!(of_messages.map_or(0, |page| page.items.len()) <= MOST_ITEMS);
            assert!(of_records.map_or(0, |page| page.items.len()) <= MOST_ITEMS);
        });
    }
}
