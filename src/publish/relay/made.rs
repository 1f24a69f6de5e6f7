//! Made offers for the tests of this folder.

use super::offered::{OfferedIndex, RelayKey, RelayedFile, SourceFacts, WithdrawalReason, WithdrawnFile};
use super::offers::{RelayIdentity, RelayOffers};
use super::places::{RelayBase, run_folder};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use url::Url;

/// A name that breaks whatever is not escaped.
pub(super) const ODD_NAME: &str = "a\"b'<i>&amp;,c=1 é\u{202E}\u{7}]]>%41.grib2";

pub(super) fn at(text: &str) -> UtcTime {
    UtcTime::parse_rfc3339(text).expect("a time")
}

pub(super) fn base() -> RelayBase {
    RelayBase::new(Url::parse("https://relay.example/nuee/").expect("a URL")).expect("a base")
}

pub(super) fn identity() -> RelayIdentity {
    RelayIdentity {
        base: base(),
        title: "Relay <of> an institute & friends".to_owned(),
        began: at("2026-11-01T00:00:00Z"),
        key: None,
    }
}

pub(super) fn info_hash(number: u32) -> InfoHash {
    let mut octets = [7; 20];
    octets[..4].copy_from_slice(&number.to_be_bytes());
    InfoHash(octets)
}

pub(super) fn key(name: &str) -> RelayKey {
    let run = Some(at("2026-11-30T06:00:00Z"));
    RelayKey { dataset: "demo/arome-0.01".to_owned(), run, name: name.to_owned() }
}

/// The path of the run of [`key`], as addresses and categories have it.
pub(super) fn run_path() -> String {
    let key = key("");
    run_folder(&key.dataset, key.run).join("/")
}

/// A file that is told from others by its number; the higher, the newer.
pub(super) fn file(number: u32, name: &str) -> RelayedFile {
    let digest = |algorithm| Digest::of(algorithm, &number.to_be_bytes());
    let mut address = Url::parse("https://data.example/arome/").expect("a URL");
    address.path_segments_mut().expect("a path").pop_if_empty().push(name);
    RelayedFile {
        key: key(name),
        source: SourceFacts {
            address,
            length: 100_000_000 + u64::from(number),
            etag: Some(format!("\"{number}\"")),
            modified: Some(at("2026-11-30T09:00:00Z")),
        },
        info_hash: info_hash(number),
        torrent_length: 20_000,
        sha256: digest(DigestAlgorithm::Sha256),
        sha512: digest(DigestAlgorithm::Sha512),
        index: Some(OfferedIndex { length: 3_000, sha256: digest(DigestAlgorithm::Sha256) }),
        fetched: at("2026-11-30T09:05:00Z"),
        offered: at("2026-11-30T09:10:00Z").plus_minutes(i64::from(number)).expect("a time"),
        expires: at("2026-12-02T09:10:00Z"),
        replaces: None,
    }
}

pub(super) fn withdrawn(number: u32, name: &str) -> WithdrawnFile {
    let since = at("2026-11-30T12:00:00Z").plus_minutes(i64::from(number)).expect("a time");
    WithdrawnFile { key: key(name), info_hash: info_hash(number), since, why: WithdrawalReason::Expired }
}

/// As many files as that, with names of their own, and two withdrawals.
pub(super) fn offers(count: u32) -> RelayOffers {
    let files = (0..count).map(|number| file(number, &format!("arome_{number:05}.grib2"))).collect();
    RelayOffers::new(
        identity(),
        files,
        vec![withdrawn(1_000_001, "old.grib2"), withdrawn(1_000_002, ODD_NAME)],
    )
}

/// The text as XML is read: the names of its elements, in order of their beginnings.
pub(super) fn elements_of(text: &str) -> Vec<String> {
    use quick_xml::Reader;
    use quick_xml::events::Event;
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut names = Vec::new();
    let mut depth = 0i32;
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Start(start) => {
                depth += 1;
                let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
                start.attributes().for_each(|attribute| drop(attribute.expect("a well-formed attribute")));
                names.push(name);
            }
            Event::Empty(start) => {
                start.attributes().for_each(|attribute| drop(attribute.expect("a well-formed attribute")));
                names.push(String::from_utf8_lossy(start.name().as_ref()).into_owned());
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element ends");
    names
}
