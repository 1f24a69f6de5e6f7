//! A .torrent: which bytes make up a content, and who may have them.
//!
//! In: octets from anybody. Out: [`Metainfo`], whose parts agree and whose names are harmless, with notes on what is odd;
//! or a [`MetainfoError`]. Read here first: nothing else of the program sees a .torrent before.
//! Start reading at [`read`].

mod error;
mod info;
mod note;
mod outer;
pub mod report;
#[cfg(test)]
mod tests;

pub use error::MetainfoError;
pub use note::Note;

/// Largest .torrent that is read.
pub const LARGEST_TORRENT: usize = 64 << 20;

use super::bencode::{self, Node, Value};
use super::magnet::Magnet;
use super::tracker::TrackerUrl;
use super::web_seed::WebSeed;
use crate::domain::content::Layout;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::outside_text::show_url;
use crate::domain::torrent::{InfoHash, PieceHashes};
use crate::domain::utc::UtcTime;
use info::{Info, read_info};
use note::Notes;
use outer::{Outer, read_outer};
use std::sync::Arc;

/// Longest piece: 64 MiB, since a piece is hashed in memory.
pub const LONGEST_PIECE: u64 = 64 << 20;

/// Most files of one torrent, padding included.
pub const MOST_FILES: usize = 100_000;

/// Most pieces of one torrent.
pub const MOST_PIECES: u64 = 2_000_000;

/// Most trackers that are kept.
pub const MOST_TRACKERS: usize = 100;

/// Most web seeds that are kept.
pub const MOST_WEB_SEEDS: usize = 100;

/// A torrent whose parts agree.
#[derive(Clone, Debug)]
pub struct Metainfo {
    info_hash: InfoHash,
    layout: Arc<Layout>,
    hashes: PieceHashes,
    info: Arc<[u8]>,
    /// Trackers by tier (BEP 12): those of a tier stand for one another; each once, at most 100.
    pub trackers: Vec<Vec<TrackerUrl>>,
    /// Web seeds (BEP 19), at most 100.
    pub web_seeds: Vec<WebSeed>,
    /// Whether peers may come from the trackers only (BEP 27).
    pub is_private: bool,
    /// What the maker wrote for people, at most 2,000 characters; to be shown only by `outside_text::show`.
    pub comment: Option<String>,
    /// The program that made it, at most 2,000 characters; to be shown only by `outside_text::show`.
    pub created_by: Option<String>,
    /// When it was made.
    pub created_at: Option<UtcTime>,
    /// What is odd about it; at most a hundred of a kind.
    pub notes: Vec<Note>,
}

/// Reads a .torrent of version 1, or one of versions 1 and 2 as version 1.
///
/// # Errors
/// [`MetainfoError`] says why it cannot be used.
pub fn read(octets: &[u8]) -> Result<Metainfo, MetainfoError> {
    let document = bencode::read(octets)?;
    let outer = document.value.dictionary().ok_or(MetainfoError::NotADictionary)?;
    let [info] = outer.pick(["info"])?;
    let info = info.and_then(Value::dictionary).ok_or(MetainfoError::NoInfo)?;
    let mut notes = Notes::default();
    if document.trailing > 0 {
        notes.add(Note::TrailingOctets { count: document.trailing });
    }
    let inner = read_info(info, &mut notes)?;
    let around = read_outer(outer, &inner.layout, &mut notes)?;
    Ok(Metainfo::from_parts(info.octets(), inner, around, notes))
}

/// Reads an `info` dictionary on its own, as peers give it for a magnet (BEP 9).
///
/// The caller compares [`Metainfo::info_hash`] with the one that was asked for.
///
/// # Errors
/// [`MetainfoError`] says why it cannot be used.
pub fn from_info(octets: &[u8]) -> Result<Metainfo, MetainfoError> {
    let document = bencode::read(octets)?;
    let info = document.value.dictionary().ok_or(MetainfoError::NotADictionary)?;
    if document.trailing > 0 {
        return Err(MetainfoError::TrailingOctets { count: document.trailing });
    }
    let mut notes = Notes::default();
    let inner = read_info(info, &mut notes)?;
    Ok(Metainfo::from_parts(octets, inner, Outer::default(), notes))
}

impl Metainfo {
    fn from_parts(info: &[u8], inner: Info, around: Outer, notes: Notes) -> Self {
        Self {
            info_hash: info_hash_of(info),
            layout: inner.layout,
            hashes: inner.hashes,
            info: info.into(),
            trackers: around.trackers,
            web_seeds: around.web_seeds,
            is_private: inner.is_private,
            comment: around.comment,
            created_by: around.created_by,
            created_at: around.created_at,
            notes: notes.finish(),
        }
    }

    /// The same torrent with the trackers and web seeds that `magnet` names as well, each once.
    ///
    /// A web seed that cannot name these files is left out, with a note.
    pub fn with_sources_of(mut self, magnet: &Magnet) -> Self {
        for tracker in &magnet.trackers {
            if !self.trackers.iter().flatten().any(|known| known == tracker) {
                self.trackers.push(vec![tracker.clone()]);
            }
        }
        for url in &magnet.web_seeds {
            match WebSeed::new(url.clone(), &self.layout) {
                Ok(seed) if self.web_seeds.iter().any(|known| known.base() == seed.base()) => {}
                Ok(seed) => self.web_seeds.push(seed),
                Err(error) => self.notes.push(Note::WebSeedIgnored { url: show_url(url), error }),
            }
        }
        self
    }

    /// SHA-1 of the `info` dictionary exactly as it was published.
    pub fn info_hash(&self) -> InfoHash {
        self.info_hash
    }

    /// How files and pieces lie in the content.
    pub fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// The hash of each piece; as many as the layout has pieces.
    pub fn hashes(&self) -> &PieceHashes {
        &self.hashes
    }

    /// The `info` dictionary exactly as it was published.
    pub fn info_octets(&self) -> &[u8] {
        &self.info
    }

    /// A .torrent with exactly the same `info` and nothing else: no tracker to contact, no secret to leak.
    pub fn bytes_without_trackers(&self) -> Vec<u8> {
        Node::dictionary([("info", Node::Encoded(&self.info))]).to_octets()
    }
}

/// SHA-1 of the octets of an `info` dictionary.
pub fn info_hash_of(info: &[u8]) -> InfoHash {
    let digest = Digest::of(DigestAlgorithm::Sha1, info);
    InfoHash(digest.octets().try_into().expect("a SHA-1 has 20 octets"))
}
