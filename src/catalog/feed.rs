//! Feeds: RSS 2.0 and Atom, for torrents as enclosures and for what a service has to announce.
//!
//! In: the octets of a feed and its address. Out: a [`Feed`]; what was cut off is said. Enclosures may lie on any host:
//! whether that may be contacted is not decided here. Start reading at [`read_feed`].

#[cfg(test)]
mod tests;

use super::xml::{Element, Elements};
use crate::domain::utc::UtcTime;
use url::Url;

/// Most items that are read.
const MOST_ITEMS: usize = 20_000;

/// Most enclosures of one item.
const MOST_ENCLOSURES: usize = 64;

/// Longest address, in octets.
const LONGEST_ADDRESS: usize = 4 << 10;

/// A feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// Its title; empty when it has none.
    pub title: String,
    /// Its items, in its order.
    pub items: Vec<Item>,
    /// Whether it ends too early, or has more items than are read.
    pub is_cut: bool,
}

/// An item, or an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What tells it from others; empty when it has nothing.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it says, as written: often with HTML in it.
    pub summary: String,
    /// When it was published, else when it was updated.
    pub published: Option<UtcTime>,
    /// The page about it.
    pub page: Option<Url>,
    /// What hangs on it.
    pub enclosures: Vec<Enclosure>,
}

/// A file that hangs on an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosure {
    /// Where it lies: http or https.
    pub address: Url,
    /// Its media type; empty when not told.
    pub media_type: String,
}

impl Enclosure {
    /// Whether it is a .torrent, by its type or, without a telling one, by its name.
    pub fn is_torrent(&self) -> bool {
        match self.media_type.as_str() {
            "application/x-bittorrent" => true,
            "" | "application/octet-stream" => self.address.path().to_ascii_lowercase().ends_with(".torrent"),
            _ => false,
        }
    }
}

/// Neither RSS nor Atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither RSS nor Atom")]
pub struct NotAFeed;

/// Reads the feed that lies at `at`; addresses in it may be relative to that.
///
/// # Errors
/// [`NotAFeed`] when its first element is none of `rss`, `RDF` and `feed`.
pub fn read_feed(at: &Url, octets: &[u8]) -> Result<Feed, NotAFeed> {
    let mut elements = Elements::of(octets);
    loop {
        match elements.next() {
            Ok(Some(Element::Open { name: "rss" | "RDF" | "feed", .. })) => break,
            Ok(Some(Element::Close { .. })) => {}
            _ => return Err(NotAFeed),
        }
    }
    let mut reading = Reading { at, feed: Feed { is_cut: true, ..Feed::default() }, item: None };
    while reading.feed.items.len() < MOST_ITEMS {
        match elements.next() {
            Ok(Some(Element::Open { name, attributes })) => reading.open(name, &attributes),
            Ok(Some(Element::Close { name, text })) => reading.close(name, text),
            Ok(None) => {
                reading.feed.is_cut = false;
                break;
            }
            Err(_) => break,
        }
    }
    Ok(reading.feed)
}

struct Reading<'a> {
    at: &'a Url,
    feed: Feed,
    item: Option<Item>,
}

impl Reading<'_> {
    fn open(&mut self, name: &str, attributes: &[(String, String)]) {
        let of =
            |key: &str| attributes.iter().find(|(k, _)| k == key).map_or("", |(_, value)| value.as_str());
        match (name, &mut self.item) {
            ("item" | "entry", _) => self.item = Some(Item::default()),
            ("enclosure", Some(item)) => item.enclose(self.at, of("url"), of("type")),
            ("link", Some(item)) if of("rel") == "enclosure" => item.enclose(self.at, of("href"), of("type")),
            ("link", Some(item)) if matches!(of("rel"), "" | "alternate") && !of("href").is_empty() => {
                item.page = web_address(self.at, of("href"));
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, text: &str) {
        let Some(item) = &mut self.item else {
            if name == "title" && self.feed.title.is_empty() {
                text.clone_into(&mut self.feed.title);
            }
            return;
        };
        match name {
            "item" | "entry" => self.feed.items.extend(self.item.take()),
            "title" if item.title.is_empty() => text.clone_into(&mut item.title),
            "guid" | "id" => text.clone_into(&mut item.id),
            "link" if item.page.is_none() && !text.is_empty() => item.page = web_address(self.at, text),
            "description" | "summary" | "content" if item.summary.is_empty() => {
                text.clone_into(&mut item.summary)
            }
            "pubDate" | "published" | "date" => item.published = time_of(text).or(item.published),
            "updated" if item.published.is_none() => item.published = time_of(text),
            _ => {}
        }
    }
}

impl Item {
    fn enclose(&mut self, at: &Url, address: &str, media_type: &str) {
        if self.enclosures.len() < MOST_ENCLOSURES
            && let Some(address) = web_address(at, address)
        {
            self.enclosures.push(Enclosure { address, media_type: media_type.trim().to_ascii_lowercase() });
        }
    }
}

fn web_address(at: &Url, text: &str) -> Option<Url> {
    let is_short = !text.is_empty() && text.len() <= LONGEST_ADDRESS;
    let url = is_short.then(|| at.join(text.trim()).ok())??;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// A date as RFC 2822 (RSS) or RFC 3339 (Atom) writes it.
fn time_of(text: &str) -> Option<UtcTime> {
    let of_mail = || {
        let zoned = jiff::fmt::rfc2822::DateTimeParser::new().parse_zoned(text).ok()?;
        UtcTime::from_unix_seconds(zoned.timestamp().as_second())
    };
    UtcTime::parse_rfc3339(text).or_else(of_mail)
}
