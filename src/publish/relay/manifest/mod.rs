//! What a relay says of its files, to be signed: JSON lines in one canonical form, each manifest naming the one before it.
//!
//! In: [`RelayOffers`], a number and a time; or the octets of somebody's manifest. Out: the text; or a [`Manifest`] whose parts
//! agree, else what is wrong with which line ([`read_manifest`]). The same offers give the same octets: members in a fixed order,
//! no blanks, files by dataset, run and name. Who vouches for a manifest is [`super::signing`]'s, whether it follows what was
//! read before [`super::chain`]'s.

mod read;
#[cfg(test)]
mod tests;

pub use read::{LONGEST, LineCounts, ManifestError, MemberFault, read_manifest};

use super::offered::{RelayKey, RelayedFile, SourceFacts, WithdrawnFile};
use super::offers::RelayOffers;
use super::places::RelayBase;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use serde::Serialize;

/// The name of the form, in the first line; stable.
pub const FORMAT: &str = "nuee-relay-manifest";

/// The version of the form that is written, and the only one that is read.
pub const VERSION: u64 = 1;

/// What a relay says at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Who says it, and when.
    pub head: ManifestHead,
    /// The files, in the order of their keys, each key once.
    pub files: Vec<ManifestFile>,
    /// What was withdrawn, in the order of keys and info-hashes.
    pub withdrawn: Vec<WithdrawnFile>,
}

/// The first line of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestHead {
    /// Where everything of the relay lies.
    pub relay: RelayBase,
    /// Its number; the first of a relay is 1.
    pub sequence: u64,
    /// When it was written.
    pub time: UtcTime,
    /// The SHA-256 of the manifest before it. `None` for the first.
    pub previous: Option<Digest>,
}

/// What a relay says of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestFile {
    /// Which it is.
    pub key: RelayKey,
    /// What its publisher said of it when it was fetched; the address without secrets.
    pub source: SourceFacts,
    /// When it was fetched.
    pub fetched: UtcTime,
    /// The SHA-256 of the whole.
    pub sha256: Digest,
    /// The SHA-512 of the whole.
    pub sha512: Digest,
    /// The info-hash of its canonical .torrent.
    pub info_hash: InfoHash,
    /// The SHA-256 of its slice index. `None` when it has none.
    pub index_sha256: Option<Digest>,
    /// It is offered at least until then.
    pub expires: UtcTime,
    /// The file of the same key that it replaced. `None` for the first one.
    pub replaces: Option<InfoHash>,
}

impl From<&RelayedFile> for ManifestFile {
    fn from(file: &RelayedFile) -> Self {
        Self {
            key: file.key.clone(),
            source: SourceFacts { address: file.source.public_address(), ..file.source.clone() },
            fetched: file.fetched,
            sha256: file.sha256.clone(),
            sha512: file.sha512.clone(),
            info_hash: file.info_hash,
            index_sha256: file.index.as_ref().map(|index| index.sha256.clone()),
            expires: file.expires,
            replaces: file.replaces,
        }
    }
}

impl Manifest {
    /// What is offered now, under `head`. Of two files of one key, the one offered last is told.
    pub fn new(head: ManifestHead, offers: &RelayOffers) -> Self {
        // They come newest first, and sorting keeps that order within a key.
        let mut files: Vec<ManifestFile> = offers.files().iter().map(ManifestFile::from).collect();
        files.sort_by(|a, b| a.key.cmp(&b.key));
        files.dedup_by(|later, kept| later.key == kept.key);
        let mut withdrawn = offers.withdrawn().to_vec();
        withdrawn.sort_by(|a, b| (&a.key, a.info_hash).cmp(&(&b.key, b.info_hash)));
        Self { head, files, withdrawn }
    }

    /// Its text: what is signed, and what [`digest_of`] is computed over.
    pub fn write(&self) -> String {
        let mut text = String::with_capacity(1_024 * (1 + self.files.len()));
        push(&mut text, &HeadLine::from(self));
        self.files.iter().for_each(|file| push(&mut text, &FileLine::from(file)));
        self.withdrawn.iter().for_each(|file| push(&mut text, &WithdrawnLine::from(file)));
        text
    }
}

/// By what the next manifest names this one.
pub fn digest_of(octets: &[u8]) -> Digest {
    Digest::of(DigestAlgorithm::Sha256, octets)
}

fn push(text: &mut String, line: &impl Serialize) {
    text.push_str(&serde_json::to_string(line).expect("text and numbers are JSON"));
    text.push('\n');
}

/// The first line; the order of the fields is that of the form.
#[derive(Serialize)]
struct HeadLine<'a> {
    format: &'a str,
    version: u64,
    relay: &'a str,
    sequence: u64,
    time: String,
    previous: Option<String>,
    /// How many lines of each kind follow: what is cut off is noticed also without a signature.
    files: usize,
    withdrawn: usize,
}

impl<'a> From<&'a Manifest> for HeadLine<'a> {
    fn from(Manifest { head, files, withdrawn }: &'a Manifest) -> Self {
        Self {
            format: FORMAT,
            version: VERSION,
            relay: head.relay.url().as_str(),
            sequence: head.sequence,
            time: head.time.to_string(),
            previous: head.previous.as_ref().map(Digest::hex),
            files: files.len(),
            withdrawn: withdrawn.len(),
        }
    }
}

/// A line of a file; the order of the fields is that of the form.
#[derive(Serialize)]
struct FileLine<'a> {
    dataset: &'a str,
    run: Option<String>,
    name: &'a str,
    url: &'a str,
    length: u64,
    etag: Option<&'a str>,
    last_modified: Option<String>,
    fetched: String,
    sha256: String,
    sha512: String,
    btih: String,
    index_sha256: Option<String>,
    expires: String,
    replaces: Option<String>,
}

impl<'a> From<&'a ManifestFile> for FileLine<'a> {
    fn from(file: &'a ManifestFile) -> Self {
        Self {
            dataset: &file.key.dataset,
            run: file.key.run.map(|run| run.to_string()),
            name: &file.key.name,
            url: file.source.address.as_str(),
            length: file.source.length,
            etag: file.source.etag.as_deref(),
            last_modified: file.source.modified.map(|time| time.to_string()),
            fetched: file.fetched.to_string(),
            sha256: file.sha256.hex(),
            sha512: file.sha512.hex(),
            btih: file.info_hash.hex(),
            index_sha256: file.index_sha256.as_ref().map(Digest::hex),
            expires: file.expires.to_string(),
            replaces: file.replaces.map(|hash| hash.hex()),
        }
    }
}

/// A line of a withdrawn file; the order of the fields is that of the form.
#[derive(Serialize)]
struct WithdrawnLine<'a> {
    withdrawn: &'a str,
    dataset: &'a str,
    run: Option<String>,
    name: &'a str,
    btih: String,
    since: String,
}

impl<'a> From<&'a WithdrawnFile> for WithdrawnLine<'a> {
    fn from(file: &'a WithdrawnFile) -> Self {
        Self {
            withdrawn: file.why.key(),
            dataset: &file.key.dataset,
            run: file.key.run.map(|run| run.to_string()),
            name: &file.key.name,
            btih: file.info_hash.hex(),
            since: file.since.to_string(),
        }
    }
}
