//! All documents of a relay at once, ready to be stored.
//!
//! In: [`RelayOffers`], and for what is signed its number, time and key. Out: [`WrittenDocument`]s in the order in which they are
//! to be stored: each after the files that it names, the manifest last. Before a file is deleted all of them are written anew.

use super::atom::{atom_name, atom_pages, write_atom};
use super::feed::write_rss;
use super::file_list::write_file_list;
use super::manifest::{Manifest, ManifestHead};
use super::offers::RelayOffers;
use super::page::write_page;
use super::places::RelayDocument;
use super::signing::{SecretKey, SignedStamp};

/// A document that is to be stored at the top of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenDocument {
    /// Its name there.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its octets, as text.
    pub text: String,
}

impl WrittenDocument {
    fn new(document: RelayDocument, text: String) -> Self {
        Self { name: document.name().to_owned(), media_type: document.media_type(), text }
    }
}

/// What is not signed: list, pages of Atom (the oldest first, so that none leads to one that is not there), RSS, page.
pub fn unsigned_documents(offers: &RelayOffers) -> Vec<WrittenDocument> {
    let media_type = RelayDocument::Atom.media_type();
    let pages = (0..atom_pages(offers)).rev().filter_map(|page| {
        Some(WrittenDocument { name: atom_name(page), media_type, text: write_atom(offers, page)? })
    });
    std::iter::once(WrittenDocument::new(RelayDocument::FileList, write_file_list(offers)))
        .chain(pages)
        .chain([
            WrittenDocument::new(RelayDocument::Rss, write_rss(offers)),
            WrittenDocument::new(RelayDocument::Page, write_page(offers)),
        ])
        .collect()
}

/// The manifest, and with a key its signature and the public key.
pub fn signed_documents(
    head: ManifestHead,
    offers: &RelayOffers,
    key: Option<&SecretKey>,
) -> Vec<WrittenDocument> {
    let stamp = SignedStamp { sequence: head.sequence, time: head.time };
    let manifest = WrittenDocument::new(RelayDocument::Manifest, Manifest::new(head, offers).write());
    let Some(key) = key else { return vec![manifest] };
    let signature = key.sign(manifest.text.as_bytes(), &stamp.to_comment());
    vec![
        WrittenDocument::new(RelayDocument::PublicKey, key.public().to_text()),
        WrittenDocument::new(RelayDocument::Signature, signature),
        manifest,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::relay::acceptance::{KnownRelay, RelayAnswer, accept};
    use crate::publish::relay::made::*;

    fn names(documents: &[WrittenDocument]) -> Vec<&str> {
        documents.iter().map(|document| document.name.as_str()).collect()
    }

    #[test]
    fn older_pages_are_stored_before_those_that_lead_to_them() {
        let documents = unsigned_documents(&offers(1_001));
        let expected = ["api-list.txt", "feed-3.atom", "feed-2.atom", "feed.atom", "feed.xml", "index.html"];
        assert_eq!(names(&documents), expected);
    }

    #[test]
    fn what_is_signed_is_accepted_by_whoever_reads_it() {
        let time = at("2026-11-30T12:00:00Z");
        let head = || ManifestHead { relay: base(), sequence: 1, time, previous: None };
        let key = SecretKey::from_chance([3; 40]);
        let documents = signed_documents(head(), &offers(3), Some(&key));
        assert_eq!(names(&documents), ["minisign.pub", "manifest.jsonl.minisig", "manifest.jsonl"]);
        let answer = RelayAnswer {
            manifest: documents[2].text.as_bytes(),
            signature: Some(&documents[1].text),
            key: Some(&documents[0].text),
        };
        let accepted = accept(&KnownRelay::new(base()), answer, time).expect("an answer");
        assert_eq!(accepted.manifest.files.len(), 3);
        assert_eq!(names(&signed_documents(head(), &offers(3), None)), ["manifest.jsonl"]);
    }
}
