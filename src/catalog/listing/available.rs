//! MET Norway's `available`: queries with their parameters and addresses, in XML or JSON.

use super::{
    LONGEST_ADDRESS, ListedFile, Listing, MOST_ROWS, NotAListing, Size, Wholeness, is_same_server,
    is_web_page,
};
use crate::catalog::keys::Keys;
use crate::catalog::xml::{Element, Elements};
use crate::domain::utc::UtcTime;
use serde::Deserialize;
use std::collections::BTreeMap;
use url::Url;

pub(super) fn read(at: &Url, octets: &[u8]) -> Result<Listing, NotAListing> {
    if is_web_page(octets) {
        return Err(NotAListing::WebPage);
    }
    let first = octets.iter().find(|octet| !octet.is_ascii_whitespace());
    if first == Some(&b'[') { read_json(at, octets) } else { read_xml(at, octets) }
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    params: BTreeMap<String, serde_json::Value>,
    updated: Option<String>,
    uri: String,
}

fn read_json(at: &Url, octets: &[u8]) -> Result<Listing, NotAListing> {
    let queries: Vec<Query> = serde_json::from_slice(octets)
        .map_err(|_| NotAListing::OtherForm { detail: "the JSON is cut short or of another shape" })?;
    let mut listing = Listing::default();
    if queries.len() > MOST_ROWS {
        listing.wholeness = Wholeness::Cut;
    }
    for query in queries.into_iter().take(MOST_ROWS) {
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        let keys = query.params.into_iter().map(|(key, value)| (key, text(value))).collect();
        let changed = query.updated.as_deref().and_then(UtcTime::parse_rfc3339);
        add(&mut listing, at, &query.uri, (keys, changed));
    }
    Ok(listing)
}

fn read_xml(at: &Url, octets: &[u8]) -> Result<Listing, NotAListing> {
    let mut elements = Elements::of(octets);
    let mut listing = Listing { wholeness: Wholeness::Cut, ..Listing::default() };
    let (mut keys, mut name, mut uri) = (Keys::default(), String::new(), None);
    let mut has_queries = false;
    loop {
        let element = match elements.next() {
            Ok(Some(element)) => element,
            Ok(None) => break listing.wholeness = Wholeness::Whole,
            Err(_) => break,
        };
        let Element::Close { name: closed, text } = element else { continue };
        match closed {
            "name" => text.clone_into(&mut name),
            "value" => keys.insert(std::mem::take(&mut name).into(), text),
            "uri" => uri = Some(text.to_owned()),
            "query" => {
                has_queries = true;
                let keys = std::mem::take(&mut keys);
                match uri.take() {
                    Some(uri) if listing.rows.len() < MOST_ROWS => add(&mut listing, at, &uri, (keys, None)),
                    _ => listing.passed_over += 1,
                }
            }
            _ => {}
        }
    }
    if has_queries { Ok(listing) } else { Err(NotAListing::OtherForm { detail: "no queries" }) }
}

fn add(listing: &mut Listing, at: &Url, uri: &str, (keys, changed): (Keys, Option<UtcTime>)) {
    let address =
        at.join(uri).ok().filter(|address| is_same_server(address, at) && uri.len() <= LONGEST_ADDRESS);
    match address {
        Some(address) => listing.rows.push(ListedFile { address, size: Size::Unknown, changed, keys }),
        None => listing.passed_over += 1,
    }
}
