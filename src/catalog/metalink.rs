//! Metalinks (RFC 5854, `.meta4`): files with their lengths and digests, and where each of them lies.
//!
//! In: octets from strangers. Out: a [`Metalink`], or [`NotAMetalink`]. Bounded; names cannot lead out of a folder, addresses
//! are http or https. A file whose parts contradict each other is passed over. Whether an address may be contacted is not
//! decided here. Start reading at [`read_metalink`].

#[cfg(test)]
mod tests;

use super::xml::{Element, Elements};
use crate::domain::integrity::{Digest, DigestAlgorithm, octets_of_hex};
use crate::domain::safe_path::SafePath;
use url::Url;

/// Longest metalink that is read, in octets.
pub const LONGEST: usize = 16 << 20;

/// Most files that are read.
const MOST_FILES: usize = 20_000;

/// Most addresses, and as many torrents, of one file.
const MOST_ADDRESSES: usize = 64;

/// Most digests of one file.
const MOST_DIGESTS: usize = 16;

/// Longest address, in octets.
const LONGEST_ADDRESS: usize = 4 << 10;

/// The least preferred place: that of an address without a priority (RFC 5854 § 4.2.16).
const LAST: u32 = 999_999;

/// What a metalink holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metalink {
    /// Its files, in its order.
    pub files: Vec<MetalinkFile>,
    /// Whether it ends too early, or has more files than are read.
    pub is_cut: bool,
    /// Files that were passed over: without a name, or with two lengths or two digests of one kind.
    pub passed_over: usize,
}

/// A file of a metalink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetalinkFile {
    /// Its name, with folders or without; each part made safe.
    pub path: SafePath,
    /// Its length in octets. `None` when not told.
    pub length: Option<u64>,
    /// Digests of the whole, by the algorithms that are known.
    pub digests: Vec<Digest>,
    /// Where it lies: the preferred first.
    pub addresses: Vec<Url>,
    /// Where a .torrent of it lies: the preferred first.
    pub torrents: Vec<Url>,
}

/// Why octets are no metalink.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAMetalink {
    /// More than 16 MiB.
    #[error("longer than 16 MiB")]
    TooLong,
    /// The form of before 2010, which was never a standard.
    #[error("a metalink of version 3, not of RFC 5854")]
    Version3,
    /// Something else.
    #[error("not a metalink")]
    OtherForm,
    /// It names no file that could be read.
    #[error("a metalink without any file that could be read")]
    NoFile,
}

/// Reads a metalink.
///
/// # Errors
/// [`NotAMetalink`] when it is too long, something else, or names no file that can be used.
pub fn read_metalink(octets: &[u8]) -> Result<Metalink, NotAMetalink> {
    if octets.len() > LONGEST {
        return Err(NotAMetalink::TooLong);
    }
    let mut elements = Elements::of(octets);
    match elements.next() {
        Ok(Some(Element::Open { name: "metalink", attributes })) => {
            let of =
                |name: &str| attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
            let is_old = of("version").is_some_and(|version| version.trim().starts_with('3'))
                || of("xmlns").is_some_and(|space| space.contains("metalinker.org"));
            if is_old {
                return Err(NotAMetalink::Version3);
            }
        }
        _ => return Err(NotAMetalink::OtherForm),
    }
    let mut reading =
        Reading { metalink: Metalink { is_cut: true, ..Metalink::default() }, depth: 1, file: None };
    while reading.metalink.files.len() < MOST_FILES {
        match elements.next() {
            Ok(Some(Element::Open { name, attributes })) => reading.open(name, &attributes),
            Ok(Some(Element::Close { name, text })) => reading.close(name, text),
            Ok(None) => {
                reading.metalink.is_cut = false;
                break;
            }
            Err(_) => break,
        }
    }
    match reading.metalink {
        metalink if metalink.files.is_empty() => Err(NotAMetalink::NoFile),
        metalink => Ok(metalink),
    }
}

struct Reading {
    metalink: Metalink,
    depth: usize,
    file: Option<Draft>,
}

/// A file that is being read.
#[derive(Default)]
struct Draft {
    path: Option<SafePath>,
    length: Option<u64>,
    digests: Vec<Digest>,
    addresses: Vec<(u32, Url)>,
    torrents: Vec<(u32, Url)>,
    is_contradictory: bool,
    /// Of the element that is open: the kind of a digest, the priority of an address, the kind of a description.
    kind: String,
    priority: u32,
}

impl Reading {
    fn open(&mut self, name: &str, attributes: &[(String, String)]) {
        self.depth += 1;
        let of = |key: &str| {
            attributes.iter().find(|(k, _)| k == key).map_or("", |(_, value)| value.as_str().trim())
        };
        match (self.depth, name, &mut self.file) {
            (2, "file", _) => {
                self.file = Some(Draft { path: path_of(of("name")), ..Draft::default() });
            }
            (3, "hash" | "url" | "metaurl", Some(file)) => {
                let kind = if name == "hash" { "type" } else { "mediatype" };
                file.kind = of(kind).to_ascii_lowercase();
                file.priority =
                    of("priority").parse().ok().filter(|at| (1..=LAST).contains(at)).unwrap_or(LAST);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, text: &str) {
        let depth = self.depth;
        self.depth = self.depth.saturating_sub(1);
        let Some(file) = &mut self.file else { return };
        match (depth, name) {
            (2, "file") => match self.file.take().and_then(Draft::finished) {
                Some(file) => self.metalink.files.push(file),
                None => self.metalink.passed_over += 1,
            },
            // Digests of pieces lie deeper.
            (3, "hash") => file.take_digest(text),
            (3, "size") => file.take_length(text),
            (3, "url") => take_address(&mut file.addresses, file.priority, text),
            (3, "metaurl") if file.kind == "torrent" => take_address(&mut file.torrents, file.priority, text),
            _ => {}
        }
    }
}

impl Draft {
    fn take_digest(&mut self, text: &str) {
        let Some(algorithm) = algorithm_of(&self.kind) else { return };
        let digest = octets_of_hex(text).and_then(|octets| Digest::new(algorithm, &octets));
        let known = self.digests.iter().find(|known| known.algorithm() == algorithm).cloned();
        match (digest, known) {
            (Some(digest), None) if self.digests.len() < MOST_DIGESTS => self.digests.push(digest),
            (Some(digest), Some(known)) if digest == known => {}
            // One that cannot be one, or another one than before: nobody knows what was meant.
            _ => self.is_contradictory = true,
        }
    }

    fn take_length(&mut self, text: &str) {
        // Digits only: no sign, as `parse` would take.
        let length = Some(text).filter(|text| text.bytes().all(|c| c.is_ascii_digit()));
        let length = length.and_then(|text| text.parse().ok());
        self.is_contradictory |= length.is_none() || self.length.is_some_and(|known| Some(known) != length);
        self.length = length;
    }

    fn finished(mut self) -> Option<MetalinkFile> {
        let path = self.path.filter(|_| !self.is_contradictory)?;
        self.addresses.sort_by_key(|(priority, _)| *priority);
        self.torrents.sort_by_key(|(priority, _)| *priority);
        let urls = |of: Vec<(u32, Url)>| of.into_iter().map(|(_, url)| url).collect();
        Some(MetalinkFile {
            path,
            length: self.length,
            digests: self.digests,
            addresses: urls(self.addresses),
            torrents: urls(self.torrents),
        })
    }
}

/// A path below a folder. `None` for one that leads elsewhere, as RFC 5854 § 4.1.2.1 forbids it.
fn path_of(name: &str) -> Option<SafePath> {
    let parts: Vec<&str> = name.split('/').collect();
    let leads_out = parts.iter().any(|part| matches!(*part, "" | "." | "..")) || name.contains('\\');
    if leads_out { None } else { SafePath::from_outside(&parts) }
}

/// The algorithm of a name in the register of textual names of hash functions. `None` for one that is not computed here.
fn algorithm_of(name: &str) -> Option<DigestAlgorithm> {
    match name {
        "md5" => Some(DigestAlgorithm::Md5),
        "sha-1" => Some(DigestAlgorithm::Sha1),
        "sha-256" => Some(DigestAlgorithm::Sha256),
        "sha-384" => Some(DigestAlgorithm::Sha384),
        "sha-512" => Some(DigestAlgorithm::Sha512),
        _ => None,
    }
}

fn take_address(addresses: &mut Vec<(u32, Url)>, priority: u32, text: &str) {
    if addresses.len() == MOST_ADDRESSES || text.len() > LONGEST_ADDRESS {
        return;
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    addresses.extend(url.map(|url| (priority, url)));
}
