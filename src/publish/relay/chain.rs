//! Whether a manifest follows the one that was read before it: no relay can go back, or rewrite what it said, unnoticed.
//!
//! In: what is remembered of the last manifest, a new one, and the time. Out: a [`ChainStep`], or what is wrong
//! ([`ChainError`]). A step over manifests that were never read is none that can be checked, and is said.

use super::manifest::{Manifest, digest_of};
use super::places::RelayBase;
use crate::domain::integrity::Digest;
use crate::domain::utc::UtcTime;

/// How far ahead of ours the clock of a relay may be, in minutes.
pub const MOST_AHEAD_MINUTES: i64 = 10;

/// What is remembered of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestMark {
    /// Its number.
    pub sequence: u64,
    /// Its SHA-256.
    pub sha256: Digest,
    /// When it was written.
    pub time: UtcTime,
}

impl ManifestMark {
    /// Of a manifest and the octets it was read from.
    pub fn of(manifest: &Manifest, octets: &[u8]) -> Self {
        let head = &manifest.head;
        Self { sequence: head.sequence, sha256: digest_of(octets), time: head.time }
    }
}

/// How a manifest follows the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainStep {
    /// None was read before.
    First,
    /// It is the same.
    Same,
    /// It is the next one and names the last one.
    Next,
    /// Others lie between: that they followed each other cannot be seen.
    Later {
        /// How many were not read.
        missed: u64,
    },
}

/// Why a manifest does not follow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// It speaks for another relay.
    #[error("the manifest of another relay: {found}")]
    OtherRelay {
        /// Of which.
        found: url::Url,
    },
    /// Written later than now.
    #[error("written at {time}, and now it is {now}")]
    FromTheFuture {
        /// When it says it was written.
        time: UtcTime,
        /// When it was read.
        now: UtcTime,
    },
    /// An older one than was read before.
    #[error("manifest {found} is replayed: {last} was read before")]
    Replayed {
        /// The number of the last one.
        last: u64,
        /// Its number.
        found: u64,
    },
    /// Two manifests have one number.
    #[error("two manifests have the number {sequence}")]
    SameNumber {
        /// Which number.
        sequence: u64,
        /// The SHA-256 of the one that was read before.
        known: Digest,
        /// The SHA-256 of this one.
        found: Digest,
    },
    /// It names another one than was read before it.
    #[error("manifest {sequence} follows another one than was read before it")]
    Broken {
        /// Its number.
        sequence: u64,
        /// The SHA-256 of the one that was read before.
        known: Digest,
        /// The SHA-256 that it names.
        named: Digest,
    },
    /// Written before the one that it follows.
    #[error("written at {time}, before the last one of {last}")]
    TimeWentBack {
        /// When the last one was written.
        last: UtcTime,
        /// When it was.
        time: UtcTime,
    },
}

/// How the manifest of the relay at `base` follows what is remembered.
///
/// # Errors
/// [`ChainError`] when it does not.
pub fn follow(
    base: &RelayBase,
    last: Option<&ManifestMark>,
    (manifest, octets): (&Manifest, &[u8]),
    now: UtcTime,
) -> Result<ChainStep, ChainError> {
    let head = &manifest.head;
    if head.relay != *base {
        return Err(ChainError::OtherRelay { found: head.relay.url().clone() });
    }
    // Rounded down: a relay is never ahead because of the seconds.
    if head.time.minutes_since(now) >= MOST_AHEAD_MINUTES {
        return Err(ChainError::FromTheFuture { time: head.time, now });
    }
    let Some(last) = last else { return Ok(ChainStep::First) };
    let found = head.sequence;
    if found < last.sequence {
        return Err(ChainError::Replayed { last: last.sequence, found });
    }
    if found == last.sequence {
        return match digest_of(octets) {
            same if same == last.sha256 => Ok(ChainStep::Same),
            other => {
                Err(ChainError::SameNumber { sequence: found, known: last.sha256.clone(), found: other })
            }
        };
    }
    if head.time < last.time {
        return Err(ChainError::TimeWentBack { last: last.time, time: head.time });
    }
    let missed = found - last.sequence - 1;
    match &head.previous {
        Some(named) if missed == 0 && *named != last.sha256 => {
            Err(ChainError::Broken { sequence: found, known: last.sha256.clone(), named: named.clone() })
        }
        _ if missed == 0 => Ok(ChainStep::Next),
        _ => Ok(ChainStep::Later { missed }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::relay::made::*;
    use crate::publish::relay::manifest::ManifestHead;
    use crate::publish::relay::offers::RelayOffers;

    const NOON: &str = "2026-11-30T12:00:00Z";

    fn a_manifest(sequence: u64, time: &str, previous: Option<Digest>) -> Manifest {
        let head = ManifestHead { relay: base(), sequence, time: at(time), previous };
        Manifest::new(head, &RelayOffers::new(identity(), vec![file(1, "a.grib2")], Vec::new()))
    }

    fn step(last: Option<&ManifestMark>, manifest: &Manifest) -> Result<ChainStep, ChainError> {
        follow(&base(), last, (manifest, manifest.write().as_bytes()), at(NOON))
    }

    fn mark(manifest: &Manifest) -> ManifestMark {
        ManifestMark::of(manifest, manifest.write().as_bytes())
    }

    #[test]
    fn each_manifest_names_the_one_before_it() {
        let first = a_manifest(1, "2026-11-30T10:00:00Z", None);
        assert_eq!(step(None, &first), Ok(ChainStep::First));
        let known = mark(&first);
        assert_eq!(step(Some(&known), &first), Ok(ChainStep::Same));
        let second = a_manifest(2, "2026-11-30T10:05:00Z", Some(known.sha256.clone()));
        assert_eq!(step(Some(&known), &second), Ok(ChainStep::Next));
        let fifth = a_manifest(5, "2026-11-30T11:00:00Z", Some(digest_of(b"fourth")));
        assert_eq!(step(Some(&known), &fifth), Ok(ChainStep::Later { missed: 3 }));
    }

    #[test]
    fn a_replayed_one_a_broken_chain_and_two_of_one_number_are_named() {
        let first = a_manifest(1, "2026-11-30T10:00:00Z", None);
        let second = a_manifest(2, "2026-11-30T10:05:00Z", Some(mark(&first).sha256));
        let known = mark(&second);
        assert_eq!(step(Some(&known), &first), Err(ChainError::Replayed { last: 2, found: 1 }));
        let other = a_manifest(2, "2026-11-30T10:06:00Z", Some(mark(&first).sha256));
        let found = mark(&other).sha256;
        let twins = ChainError::SameNumber { sequence: 2, known: known.sha256.clone(), found };
        assert_eq!(step(Some(&known), &other), Err(twins));
        let named = digest_of(b"another history");
        let third = a_manifest(3, "2026-11-30T10:07:00Z", Some(named.clone()));
        let broken = ChainError::Broken { sequence: 3, known: known.sha256.clone(), named };
        assert_eq!(step(Some(&known), &third), Err(broken));
    }

    #[test]
    fn a_time_in_the_future_or_before_the_last_one_is_named() {
        let known = mark(&a_manifest(1, "2026-11-30T11:00:00Z", None));
        let early = a_manifest(2, "2026-11-30T10:59:59Z", Some(known.sha256.clone()));
        let back = ChainError::TimeWentBack { last: known.time, time: early.head.time };
        assert_eq!(step(Some(&known), &early), Err(back));
        let ahead = a_manifest(1, "2026-11-30T12:09:59Z", None);
        assert_eq!(step(None, &ahead), Ok(ChainStep::First));
        let future = a_manifest(1, "2026-11-30T12:10:00Z", None);
        let refused = ChainError::FromTheFuture { time: future.head.time, now: at(NOON) };
        assert_eq!(step(None, &future), Err(refused));
    }

    #[test]
    fn the_manifest_of_another_relay_is_none_of_this_one() {
        let mut manifest = a_manifest(1, "2026-11-30T11:00:00Z", None);
        let other: url::Url = "https://other.example/".parse().expect("a URL");
        manifest.head.relay = RelayBase::new(other.clone()).expect("a base");
        assert_eq!(step(None, &manifest), Err(ChainError::OtherRelay { found: other }));
    }
}
