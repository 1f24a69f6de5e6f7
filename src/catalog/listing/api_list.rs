//! MET Norway's `api-list.txt`: a file a line, as `key=value,key=value`, `filename` being one of the keys.

use super::{
    LONGEST_ADDRESS, ListedFile, Listing, MOST_ROWS, NotAListing, Size, Wholeness, is_same_server,
    is_web_page,
};
use crate::catalog::keys::Keys;
use crate::catalog::text::text_of;
use crate::domain::utc::UtcTime;
use url::Url;

/// Most keys of a line.
const MOST_KEYS: usize = 64;

pub(super) fn read(at: &Url, octets: &[u8], now: UtcTime) -> Result<Listing, NotAListing> {
    if is_web_page(octets) {
        return Err(NotAListing::WebPage);
    }
    // A line may go on in the next one after a backslash.
    let text = text_of(octets).replace("\\\r\n", "").replace("\\\n", "");
    let mut listing = Listing::default();
    let mut is_understood = text.trim().is_empty();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if listing.rows.len() == MOST_ROWS {
            listing.wholeness = Wholeness::Cut;
            break;
        }
        let row = listed(at, line);
        is_understood |= row.is_some();
        match row.filter(|(_, expires)| expires.is_none_or(|expires| expires > now)) {
            Some((row, _)) => listing.rows.push(row),
            None => listing.passed_over += 1,
        }
    }
    if !is_understood {
        return Err(NotAListing::OtherForm { detail: "no line with filename=" });
    }
    // Lines are whole lines: without an end the last one may be half of one.
    if !text.is_empty() && !text.ends_with('\n') {
        listing.wholeness = Wholeness::Cut;
    }
    Ok(listing)
}

/// A row, and when it expires.
fn listed(at: &Url, line: &str) -> Option<(ListedFile, Option<UtcTime>)> {
    let pairs = line.split(',').take(MOST_KEYS).filter_map(|pair| pair.split_once('='));
    let mut keys: Keys = pairs.collect();
    let name = keys.remove("filename").filter(|name| !name.is_empty())?;
    let path = match keys.remove("dir") {
        Some(folder) => format!("./{}/{name}", folder.trim_matches('/')),
        None => format!("./{name}"),
    };
    let leads_out = path.split('/').any(|part| part == "..") || path.contains(['?', '#', '\\']);
    let address = at.join(&path).ok().filter(|address| is_same_server(address, at) && !leads_out)?;
    let mut time = |key: &str| keys.remove(key).and_then(|text| UtcTime::parse_rfc3339(&text));
    let (changed, expires) = (time("updated"), time("expires"));
    let is_short = address.as_str().len() <= LONGEST_ADDRESS;
    is_short.then_some((ListedFile { address, size: Size::Unknown, changed, keys }, expires))
}
