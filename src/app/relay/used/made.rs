//! Made relays, manifests and .torrents for the tests of this folder.

use super::joining::RelaySource;
use super::list::{CheckShare, UsedRelay};
use crate::catalog::metainfo::{self, Metainfo};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::manifest::{Manifest, ManifestFile, ManifestHead};
use crate::publish::relay::offered::{RelayKey, SourceFacts};
use crate::publish::relay::places::RelayBase;
use crate::publish::relay::signing::SecretKey;
use std::sync::Arc;
use url::Url;

/// The address of the file at its publisher.
pub(super) const ADDRESS: &str = "https://a.example/2026112006/SP1_07_2026112006.grib2";

/// Its name.
pub(super) const NAME: &str = "SP1_07_2026112006.grib2";

/// The length of a piece of the made .torrents.
pub(super) const PIECE: usize = 16 << 10;

pub(super) fn now() -> UtcTime {
    UtcTime::parse_rfc3339("2026-11-20T09:00:00Z").expect("a time")
}

pub(super) fn a_base(number: u8) -> RelayBase {
    let url = Url::parse(&format!("https://relay-{number}.example/")).expect("a URL");
    RelayBase::new(url).expect("a base")
}

pub(super) fn a_secret(number: u8) -> SecretKey {
    SecretKey::from_chance([number; 40])
}

pub(super) fn a_relay(number: u8) -> UsedRelay {
    UsedRelay::new(a_base(number))
}

pub(super) fn a_key() -> RelayKey {
    let run = UtcTime::parse_rfc3339("2026-11-20T06:00:00Z");
    RelayKey { dataset: "a/model".to_owned(), run, name: NAME.to_owned() }
}

/// The octets of a file of five pieces, of which those from `forged` on are not the publisher's.
pub(super) fn octets(forged: usize) -> Vec<u8> {
    let octet = |at: usize| if at >= forged * PIECE { 9 } else { (at % 251) as u8 };
    (0..4 * PIECE + 7).map(octet).collect()
}

/// The .torrent of these octets.
pub(super) fn torrent_of(octets: &[u8]) -> Metainfo {
    let hashes: Vec<u8> = octets
        .chunks(PIECE)
        .flat_map(|piece| Digest::of(DigestAlgorithm::Sha1, piece).octets().to_vec())
        .collect();
    let head = format!(
        "d4:infod6:lengthi{}e4:name{}:{NAME}12:piece lengthi{PIECE}e6:pieces{}:",
        octets.len(),
        NAME.len(),
        hashes.len()
    );
    metainfo::read(&[head.as_bytes(), &hashes, b"ee"].concat()).expect("a .torrent")
}

/// What the publisher's server says of the file.
pub(super) fn facts() -> SourceFacts {
    SourceFacts {
        address: Url::parse(ADDRESS).expect("a URL"),
        length: octets(5).len() as u64,
        etag: Some("\"1\"".to_owned()),
        modified: UtcTime::parse_rfc3339("2026-11-20T08:00:00Z"),
    }
}

/// What a relay says of the file, when it has these octets.
pub(super) fn says(octets: &[u8]) -> ManifestFile {
    ManifestFile {
        key: a_key(),
        source: facts(),
        fetched: now(),
        sha256: Digest::of(DigestAlgorithm::Sha256, octets),
        sha512: Digest::of(DigestAlgorithm::Sha512, octets),
        info_hash: torrent_of(octets).info_hash(),
        index_sha256: None,
        expires: UtcTime::parse_rfc3339("2026-11-22T09:00:00Z").expect("a time"),
        replaces: None::<InfoHash>,
    }
}

/// A relay that says that, with a key of its own.
pub(super) fn source(number: u8, files: Vec<ManifestFile>) -> RelaySource {
    let head = ManifestHead { relay: a_base(number), sequence: 1, time: now(), previous: None };
    let manifest = Arc::new(Manifest { head, files, withdrawn: Vec::new() });
    RelaySource { manifest, signer: Some(a_secret(number).public()), check: CheckShare::default() }
}
