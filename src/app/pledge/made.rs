//! Made files and offers for the tests of this folder.

use super::file::{PledgeStage, PledgedFile};
use super::offers::{OfferAgreement, PledgeOffer};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::publish::relay::offered::RelayKey;

/// The relay that speaks for every made file.
pub(super) const RELAY: &str = "https://relay.example/";

pub(super) fn now() -> UtcTime {
    UtcTime::parse_rfc3339("2026-11-20T09:00:00Z").expect("a time")
}

/// So many hours before [`now`].
pub(super) fn hours_ago(hours: i64) -> UtcTime {
    now().plus_minutes(-60 * hours).expect("a time")
}

pub(super) fn a_hash(number: u16) -> InfoHash {
    let mut octets = [7; 20];
    octets[..2].copy_from_slice(&number.to_be_bytes());
    InfoHash(octets)
}

/// A file of a run of a week ago that relays offer.
pub(super) fn an_offer(number: u16, length: u64) -> PledgeOffer {
    let dated = hours_ago(7 * 24);
    PledgeOffer {
        info_hash: a_hash(number),
        key: RelayKey { dataset: "a/model".to_owned(), run: Some(dated), name: format!("{number}.grib2") },
        length,
        dated,
        relays: vec![RELAY.to_owned()],
        agreement: OfferAgreement::Agreed,
    }
}

/// The same, held for three days.
pub(super) fn a_file(number: u16, length: u64) -> PledgedFile {
    PledgedFile::wanted(&an_offer(number, length), None, now()).at(PledgeStage::Held, hours_ago(72))
}
