//! The newest files as RSS 2.0: what torrent programs and readers of feeds follow.
//!
//! In: [`RelayOffers`]. Out: the text of `feed.xml`: at most 500 items, and the latest 500 withdrawals, for which RSS has no
//! word, as elements of a namespace of ours. What is older stands in the pages of [`super::atom`].

#[cfg(test)]
mod tests;

use super::markup::{escaped, mail_date};
use super::offered::{RelayKey, RelayedFile, WithdrawnFile};
use super::offers::{MOST_ITEMS, RelayOffers, guid};
use super::places::{OfWhich, RelayDocument, run_folder};
use std::fmt::Write;

/// The media type of a .torrent.
pub const TORRENT_TYPE: &str = "application/x-bittorrent";

/// The namespace of what RSS and Atom have no element for; stable.
pub const NAMESPACE: &str = "urn:nuee:relay:1";

/// What a feed says of itself.
pub(super) const NOT_THE_PUBLISHER: &str =
    "Files of publishers, relayed unchanged by torrent. The relay is not their publisher.";

/// The text of `feed.xml`.
pub fn write_rss(offers: &RelayOffers) -> String {
    let identity = offers.identity();
    let files = offers.in_feeds().take(MOST_ITEMS);
    let mut text = String::with_capacity(2_048 * (files.len() + 1));
    let base = &identity.base;
    put(
        &mut text,
        format_args!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\" \
             xmlns:nuee=\"{NAMESPACE}\">\n<channel>\n<title>{}</title>\n<link>{}</link>\n\
             <atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}\"/>\n\
             <atom:link rel=\"alternate\" type=\"application/atom+xml\" href=\"{}\"/>\n\
             <description>{NOT_THE_PUBLISHER}</description>\n<lastBuildDate>{}</lastBuildDate>\n<ttl>1</ttl>\n",
            escaped(&identity.title),
            escaped(base.of_document(RelayDocument::Page).as_str()),
            escaped(base.of_document(RelayDocument::Rss).as_str()),
            escaped(base.of_document(RelayDocument::Atom).as_str()),
            mail_date(offers.changed()),
        ),
    );
    offers.told_withdrawals().for_each(|file| put_withdrawn(&mut text, file));
    files.for_each(|file| put_item(&mut text, offers, file));
    text.push_str("</channel>\n</rss>\n");
    text
}

fn put_withdrawn(text: &mut String, file: &WithdrawnFile) {
    put(
        text,
        format_args!(
            "<nuee:withdrawn guid=\"{}\" since=\"{}\" why=\"{}\">{}</nuee:withdrawn>\n",
            guid(file.info_hash),
            file.since,
            file.why.key(),
            escaped(&file.key.name)
        ),
    );
}

fn put_item(text: &mut String, offers: &RelayOffers, file: &RelayedFile) {
    let base = &offers.identity().base;
    put(
        text,
        format_args!(
            "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"false\">{}</guid>\n<pubDate>{}</pubDate>\n\
             <category>{}</category>\n<description>{}</description>\n\
             <enclosure url=\"{}\" length=\"{}\" type=\"{TORRENT_TYPE}\"/>\n\
             <nuee:file length=\"{}\" sha256=\"{}\" expires=\"{}\"{}/>\n</item>\n",
            escaped(&file.key.name),
            // Not the publisher's address: that stays the same for other content, and readers may remember items by it.
            escaped(&offers.place_on_page(file.info_hash)),
            guid(file.info_hash),
            mail_date(file.offered),
            escaped(&category(&file.key)),
            escaped(&description(offers, file)),
            escaped(base.of_file(&file.key, OfWhich::Torrent).as_str()),
            file.torrent_length,
            file.source.length,
            file.sha256.hex(),
            file.expires,
            file.replaces.map_or_else(String::new, |old| format!(" replaces=\"{}\"", guid(old))),
        ),
    );
}

/// By what clients filter: provider, model and run.
pub(super) fn category(key: &RelayKey) -> String {
    run_folder(&key.dataset, key.run).join("/")
}

/// HTML that says how to get a file and whose it is.
pub(super) fn description(offers: &RelayOffers, file: &RelayedFile) -> String {
    let torrent = offers.identity().base.of_file(&file.key, OfWhich::Torrent);
    let classic = file.source.public_address();
    format!(
        "<p><a href=\"{}\">torrent (faster)</a> · <a href=\"{}\">classic: {}</a></p><p>{} bytes, published by {}, \
         relayed at least until {}.</p>",
        escaped(torrent.as_str()),
        escaped(classic.as_str()),
        escaped(classic.as_str()),
        file.source.length,
        escaped(classic.host_str().unwrap_or("an unnamed host")),
        file.expires
    )
}

/// Writes into text, which takes everything.
pub(super) fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a String takes any text");
}
