//! Answers to `ListObjectsV2` (S3 API reference 2006-03-01), with continuation.

use super::{LONGEST_ADDRESS, ListedFile, Listing, NotAListing, Size, Wholeness, is_web_page};
use crate::catalog::keys::Keys;
use crate::catalog::xml::{Element, Elements};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::Url;

/// What stands in the path of an object as it is; colons too, as the services that use them write them.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b':')
    .remove(b',');

/// One `Contents` being read.
#[derive(Default)]
struct Object {
    key: Option<String>,
    size: Option<u64>,
    changed: Option<UtcTime>,
}

pub(super) fn read(at: &Url, octets: &[u8]) -> Result<Listing, NotAListing> {
    if is_web_page(octets) {
        return Err(NotAListing::WebPage);
    }
    let mut elements = Elements::of(octets);
    let root = loop {
        match elements.next() {
            Ok(Some(Element::Open { name, .. })) => break name.to_owned(),
            Ok(Some(_)) => {}
            _ => return Err(NotAListing::OtherForm { detail: "no XML" }),
        }
    };
    match root.as_str() {
        "ListBucketResult" => Ok(read_rows(at, &mut elements)),
        "Error" => Err(NotAListing::Refused { code: code_of(&mut elements) }),
        _ => Err(NotAListing::OtherForm { detail: "no ListBucketResult" }),
    }
}

fn code_of(elements: &mut Elements<'_>) -> String {
    while let Ok(Some(element)) = elements.next() {
        if let Element::Close { name, text } = element
            && name == "Code"
        {
            return text.chars().take(64).collect();
        }
    }
    "Error".to_owned()
}

fn read_rows(at: &Url, elements: &mut Elements<'_>) -> Listing {
    let mut listing = Listing { wholeness: Wholeness::Cut, ..Listing::default() };
    let store = Store::of(at);
    let mut object: Option<Object> = None;
    let (mut token, mut is_truncated) = (None, false);
    loop {
        let element = match elements.next() {
            Ok(Some(element)) => element,
            Ok(None) => break listing.wholeness = Wholeness::Whole,
            Err(_) => break,
        };
        match (element, object.as_mut()) {
            (Element::Open { name: "Contents", .. }, _) => object = Some(Object::default()),
            (Element::Close { name: "Contents", .. }, Some(done)) => {
                match store.listed(std::mem::take(done)) {
                    Some(row) => listing.rows.push(row),
                    None => listing.passed_over += 1,
                }
                object = None;
            }
            (Element::Close { name, text }, Some(object)) => match name {
                "Key" => object.key = Some(text.to_owned()),
                "Size" => object.size = text.parse().ok(),
                "LastModified" => object.changed = UtcTime::parse_rfc3339(text),
                _ => {}
            },
            (Element::Close { name, text }, None) => match name {
                "NextContinuationToken" => token = Some(text.to_owned()),
                "IsTruncated" => is_truncated = text == "true",
                _ => {}
            },
            (Element::Open { .. }, _) => {}
        }
    }
    if is_truncated && listing.wholeness == Wholeness::Whole {
        listing.next = token
            .filter(|token| !token.is_empty() && token.len() <= LONGEST_ADDRESS)
            .map(|token| next_page(at, &token));
        if listing.next.is_none() {
            listing.wholeness = Wholeness::Cut;
        }
    }
    listing
}

/// The bucket that was asked, and for which keys.
struct Store {
    prefix: String,
    are_keys_escaped: bool,
    /// The address of the bucket, with a slash at its end.
    base: String,
}

impl Store {
    fn of(at: &Url) -> Self {
        let of_query =
            |key: &str| at.query_pairs().find(|(k, _)| k == key).map(|(_, value)| value.into_owned());
        let mut base = at.clone();
        base.set_query(None);
        base.set_fragment(None);
        Self {
            base: format!("{}/", base.as_str().trim_end_matches('/')),
            prefix: of_query("prefix").unwrap_or_default(),
            are_keys_escaped: of_query("encoding-type").as_deref() == Some("url"),
        }
    }

    /// `None` for a folder, a key that was not asked for, and one that would lead out of the bucket.
    fn listed(&self, object: Object) -> Option<ListedFile> {
        let mut key = object.key?;
        if self.are_keys_escaped {
            key = percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned();
        }
        let leads_out = key.split('/').any(|part| matches!(part, "" | "." | ".."));
        if leads_out || key.len() > LONGEST_ADDRESS || !key.starts_with(&self.prefix) {
            return None;
        }
        let address = Url::parse(&format!("{}{}", self.base, utf8_percent_encode(&key, IN_PATH))).ok()?;
        let size = object.size.map_or(Size::Unknown, |size| Size::Exact(ByteCount(size)));
        Some(ListedFile { address, size, changed: object.changed, keys: Keys::default() })
    }
}

fn next_page(at: &Url, token: &str) -> Url {
    let kept: Vec<(String, String)> = at
        .query_pairs()
        .filter(|(key, _)| key != "continuation-token")
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect();
    let mut next = at.clone();
    next.query_pairs_mut().clear().extend_pairs(kept).append_pair("continuation-token", token);
    next
}
