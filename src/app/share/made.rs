//! Wishes and files for tests of this folder.

use super::wish::{DatasetWish, FolderWish, ServedTo, ServingAddress, ShareWish};
use crate::app::relay::RelayKey;
use crate::app::relay::file::{ComputedDigests, OfferSpan, RelayFile};
use crate::app::relay::stage::RelayStage;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::{OfferedIndex, SourceFacts};
use url::Url;

/// A folder that is published on this computer.
pub(super) fn a_folder(folder: &str) -> ShareWish {
    ShareWish::Folder(FolderWish {
        folder: folder.into(),
        address: ServingAddress::new(ServedTo::ThisComputer, 8480, ""),
        trackers: vec!["udp://t.example:6969".to_owned()],
        privacy: Default::default(),
    })
}

/// Three hours of a dataset that are relayed on this computer.
pub(super) fn a_dataset(id: &str) -> ShareWish {
    ShareWish::Dataset(DatasetWish {
        id: id.to_owned(),
        lead: Some("0..2".to_owned()),
        folder: format!("/relay/{id}").into(),
        address: ServingAddress::new(ServedTo::ThisComputer, 8480, ""),
        keep: "24h".to_owned(),
    })
}

/// That many seconds after some time.
pub(super) fn at(seconds: i64) -> UtcTime {
    UtcTime::from_unix_seconds(1_790_000_000 + seconds).expect("a time")
}

/// A file of 1000 octets, with an index of 40 and a .torrent of 20.
pub(super) fn a_relayed_file(name: &str, stage: RelayStage) -> RelayFile {
    let source = SourceFacts {
        address: Url::parse("https://data.example/a.grib2").expect("a URL"),
        length: 1_000,
        etag: None,
        modified: None,
    };
    let key = RelayKey { dataset: "demo/arome-0.01".to_owned(), run: Some(at(0)), name: name.to_owned() };
    let digest = |algorithm| Digest::of(algorithm, name.as_bytes());
    RelayFile {
        fetched: Some(at(1)),
        computed: Some(ComputedDigests {
            info_hash: InfoHash([7; 20]),
            sha256: digest(DigestAlgorithm::Sha256),
            sha512: digest(DigestAlgorithm::Sha512),
        }),
        index: Some(OfferedIndex { length: 40, sha256: digest(DigestAlgorithm::Sha256) }),
        torrent_length: Some(20),
        offer: Some(OfferSpan { since: at(2), until: at(86_402) }),
        ..RelayFile::seen(key, source, at(0)).at(stage, at(2))
    }
}
