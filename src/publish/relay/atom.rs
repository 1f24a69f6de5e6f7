//! All files as Atom: the newest in `feed.atom`, older ones in `feed-2.atom`, `feed-3.atom`…
//!
//! In: [`RelayOffers`] and the number of a page. Out: its text. These are pages (RFC 5005 § 3), not archives (§ 4): an archive
//! promises never to change, but what a relay offers expires, and a reader of archives would ask for torrents that are gone.
//! So the pages together are what is offered now; who needs it whole at one instant reads the manifest.
//! What was withdrawn stands on the first page (RFC 6721).

#[cfg(test)]
mod tests;

use super::feed::{NOT_THE_PUBLISHER, TORRENT_TYPE, category, description, put};
use super::markup::escaped;
use super::offered::RelayedFile;
use super::offers::{MOST_ITEMS, RelayOffers, guid};
use super::places::{OfWhich, RelayDocument};

/// The media type of a metalink.
const METALINK_TYPE: &str = "application/metalink4+xml";

/// How many pages there are: at least one.
pub fn atom_pages(offers: &RelayOffers) -> usize {
    offers.in_feeds().len().div_ceil(MOST_ITEMS).max(1)
}

/// The name of a page at the top of a relay, counted from 0: `feed.atom`, `feed-2.atom`…
pub fn atom_name(page: usize) -> String {
    match page {
        0 => RelayDocument::Atom.name().to_owned(),
        _ => format!("feed-{}.atom", page + 1),
    }
}

/// The text of a page, counted from 0. `None` past the last.
pub fn write_atom(offers: &RelayOffers, page: usize) -> Option<String> {
    if page >= atom_pages(offers) {
        return None;
    }
    let files = offers.in_feeds().skip(page * MOST_ITEMS).take(MOST_ITEMS);
    let mut text = String::with_capacity(3_072 * (files.len() + 1));
    put_head(&mut text, offers, page);
    if page == 0 {
        for file in offers.told_withdrawals() {
            put(
                &mut text,
                format_args!(
                    "<at:deleted-entry ref=\"{}\" when=\"{}\"><at:comment>{}</at:comment></at:deleted-entry>\n",
                    guid(file.info_hash),
                    file.since,
                    file.why.key()
                ),
            );
        }
    }
    files.for_each(|file| put_entry(&mut text, offers, file));
    text.push_str("</feed>\n");
    Some(text)
}

/// What stands before the entries: the feed is the same on all pages, only the links between them differ.
fn put_head(text: &mut String, offers: &RelayOffers, page: usize) {
    let identity = offers.identity();
    let address = |page: usize| escaped(identity.base.address_of(&[atom_name(page)]).as_str());
    put(
        text,
        format_args!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" \
             xmlns:at=\"http://purl.org/atompub/tombstones/1.0\">\n<id>{}</id>\n<title>{title}</title>\n\
             <updated>{}</updated>\n<author><name>{title}</name></author>\n<subtitle>{NOT_THE_PUBLISHER}</subtitle>\n\
             <link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
            address(0),
            offers.changed(),
            escaped(identity.base.of_document(RelayDocument::Page).as_str()),
            title = escaped(&identity.title),
        ),
    );
    let last = atom_pages(offers) - 1;
    let links = [
        ("self", Some(page)),
        ("first", Some(0)),
        ("last", Some(last)),
        ("previous", page.checked_sub(1)),
        ("next", Some(page + 1).filter(|next| *next <= last)),
    ];
    for (relation, to) in links.into_iter().filter_map(|(relation, to)| Some((relation, to?))) {
        put(text, format_args!("<link rel=\"{relation}\" href=\"{}\"/>\n", address(to)));
    }
}

fn put_entry(text: &mut String, offers: &RelayOffers, file: &RelayedFile) {
    put(
        text,
        format_args!(
            "<entry>\n<id>{}</id>\n<title>{}</title>\n<updated>{offered}</updated>\n<published>{offered}</published>\n\
             <category term=\"{}\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
            guid(file.info_hash),
            escaped(&file.key.name),
            escaped(&category(&file.key)),
            escaped(&offers.place_on_page(file.info_hash)),
            offered = file.offered,
        ),
    );
    let base = &offers.identity().base;
    let torrent = base.of_file(&file.key, OfWhich::Torrent);
    let length = Some(file.torrent_length);
    put_enclosure(
        text,
        torrent.as_str(),
        &Hanging { title: "torrent (faster)", media_type: TORRENT_TYPE, length },
    );
    let classic = file.source.public_address();
    let length = Some(file.source.length);
    let media_type = "application/octet-stream";
    put_enclosure(text, classic.as_str(), &Hanging { title: "classic", media_type, length });
    let metalink = base.of_file(&file.key, OfWhich::Metalink);
    let hanging = Hanging { title: "metalink", media_type: METALINK_TYPE, length: None };
    put_enclosure(text, metalink.as_str(), &hanging);
    if let Some(index) = &file.index {
        let address = base.of_file(&file.key, OfWhich::Index);
        let length = Some(index.length);
        let media_type = "application/jsonl";
        put_enclosure(text, address.as_str(), &Hanging { title: "slice index", media_type, length });
    }
    put(
        text,
        format_args!("<summary type=\"html\">{}</summary>\n</entry>\n", escaped(&description(offers, file))),
    );
}

/// What hangs on an entry.
struct Hanging {
    title: &'static str,
    media_type: &'static str,
    /// In octets. `None` when it is not known.
    length: Option<u64>,
}

fn put_enclosure(text: &mut String, address: &str, what: &Hanging) {
    let length = what.length.map_or_else(String::new, |length| format!(" length=\"{length}\""));
    put(
        text,
        format_args!(
            "<link rel=\"enclosure\" type=\"{}\" title=\"{}\"{length} href=\"{}\"/>\n",
            what.media_type,
            what.title,
            escaped(address)
        ),
    );
}
