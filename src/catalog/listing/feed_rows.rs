//! The torrents of a feed, as rows of a listing.

use super::{ListedFile, Listing, MOST_ROWS, NotAListing, Size, Wholeness, is_web_page};
use crate::catalog::feed::{NotAFeed, read_feed};
use crate::catalog::keys::Keys;
use url::Url;

/// A feed shows the latest only: what is not in it is not gone.
pub(super) fn read(at: &Url, octets: &[u8]) -> Result<Listing, NotAListing> {
    if is_web_page(octets) {
        return Err(NotAListing::WebPage);
    }
    let feed = read_feed(at, octets)
        .map_err(|NotAFeed| NotAListing::OtherForm { detail: "neither RSS nor Atom" })?;
    let mut listing = Listing { wholeness: Wholeness::Cut, ..Listing::default() };
    for item in feed.items {
        let (torrents, others): (Vec<_>, Vec<_>) = item.enclosures.into_iter().partition(|e| e.is_torrent());
        listing.passed_over += others.len();
        let rows = torrents.into_iter().map(|enclosure| ListedFile {
            address: enclosure.address,
            size: Size::Unknown,
            changed: item.published,
            keys: Keys::default(),
        });
        listing.rows.extend(rows);
    }
    listing.rows.truncate(MOST_ROWS);
    Ok(listing)
}
