//! What several relays say of one file, compared with each other and with the publisher's own server: who is to be believed.
//!
//! In: what relays whose keys are pinned say of a file, and pieces that were fetched from the publisher. Out: for each relay a
//! [`RelayVerdict`] and what follows from it. A file that its publisher replaced makes an honest relay look wrong, so versions
//! are compared before octets. One relay's word never sets another one aside: only the publisher's server does.
//! Start reading at [`judge`]. Relays that were set aside are not to be handed in.

#[cfg(test)]
mod tests;

use super::manifest::{Manifest, ManifestFile};
use super::offered::{RelayKey, SourceFacts};
use super::places::RelayBase;
use super::signing::PublicKey;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::torrent::InfoHash;
use std::collections::{BTreeMap, HashSet};

/// With which chance a file is checked at its source, unless said otherwise.
pub const DEFAULT_SHARE: f64 = 0.01;

/// A longer file is always checked, in octets.
pub const ALWAYS_ABOVE: u64 = 64 << 20;

/// What one relay says of one file.
#[derive(Clone, Copy, Debug)]
pub struct RelayClaim<'a> {
    /// Which relay.
    pub relay: &'a RelayBase,
    /// The key that is pinned for it. `None` when it does not sign.
    pub signer: Option<&'a PublicKey>,
    /// What it says.
    pub file: &'a ManifestFile,
}

/// Pieces of a torrent compared with what the publisher's own server sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCheck {
    /// The torrent whose pieces were compared.
    pub info_hash: InfoHash,
    /// What the server says of the file now.
    pub now: SourceFacts,
    /// Pieces that were right.
    pub right: u32,
    /// How many pieces the torrent has.
    pub pieces: u32,
    /// The first piece that was wrong.
    pub wrong: Option<WrongPiece>,
}

/// A piece that is another one at the publisher's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongPiece {
    /// Which, from 0.
    pub piece: u32,
    /// Its digest in the torrent.
    pub told: Digest,
    /// The digest of what the publisher's server sent.
    pub found: Digest,
}

/// What is known of a relay's word on a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayVerdict {
    /// It is not what the publisher's server sends, or another relay says otherwise of the same version.
    Contradicted {
        /// What it was compared with.
        by: Contradiction,
        /// The digest that the relay gave.
        told: Digest,
        /// The digest that was given or computed instead.
        found: Digest,
    },
    /// The publisher has another version now: no lie.
    ReplacedSince,
    /// Pieces of it are what the publisher's server sends.
    CheckedAtSource {
        /// How many were compared.
        right: u32,
        /// How many there are.
        pieces: u32,
    },
    /// So many relays with keys of their own say the same.
    AgreedBy {
        /// How many, at least two.
        relays: usize,
    },
    /// Nobody else speaks of it.
    OnlyThisRelay,
}

/// What contradicts a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// A piece at the publisher's own server.
    Source {
        /// Which piece, from 0.
        piece: u32,
    },
    /// Another relay.
    Relay {
        /// Which.
        other: RelayBase,
    },
}

/// What is to be done after a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterVerdict {
    /// The torrent may be used; the verdict is shown with it.
    Use,
    /// The publisher's server is asked before anybody is believed; until then the torrent is not used.
    CheckAtSource,
    /// The torrent is not used; the relay's next word on the file is waited for.
    AwaitSuccessor,
    /// The torrent is not used. Nothing shows whether the relay lied or the publisher replaced the file.
    LeaveFile,
    /// Nothing of the relay is used until a person restores it; its key and its words are kept, to be shown.
    SetRelayAside,
}

/// A verdict and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedClaim {
    /// What is known.
    pub verdict: RelayVerdict,
    /// What is to be done.
    pub after: AfterVerdict,
}

/// Whether two descriptions are of one version of a file at its publisher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameVersion {
    /// They are.
    Yes,
    /// They are not: length, entity tag or time of change differ.
    No,
    /// Nothing that would differ was told.
    CannotTell,
}

/// Compares what a publisher's server said at two times. Weak entity tags show a change, but no sameness.
pub fn same_version(one: &SourceFacts, other: &SourceFacts) -> SameVersion {
    let etags = one.etag.as_deref().zip(other.etag.as_deref());
    let times = one.modified.zip(other.modified);
    let differ = one.length != other.length
        || etags.is_some_and(|(a, b)| a != b)
        || times.is_some_and(|(a, b)| a != b);
    let is_told = etags.is_some_and(|(etag, _)| !etag.starts_with("W/")) || times.is_some();
    match (differ, is_told) {
        (true, _) => SameVersion::No,
        (false, true) => SameVersion::Yes,
        (false, false) => SameVersion::CannotTell,
    }
}

/// What relays say, file by file.
pub fn claims_by_key<'a>(
    relays: impl IntoIterator<Item = (&'a Manifest, Option<&'a PublicKey>)>,
) -> BTreeMap<&'a RelayKey, Vec<RelayClaim<'a>>> {
    let mut claims: BTreeMap<&RelayKey, Vec<RelayClaim<'_>>> = BTreeMap::new();
    for (manifest, signer) in relays {
        for file in &manifest.files {
            let claim = RelayClaim { relay: &manifest.head.relay, signer, file };
            claims.entry(&file.key).or_default().push(claim);
        }
    }
    claims
}

/// A verdict for each of the claims of one file, in their order. `check` is of the torrent of one of them.
pub fn judge(claims: &[RelayClaim<'_>], check: Option<&SourceCheck>) -> Vec<JudgedClaim> {
    claims.iter().map(|claim| judge_one(claim, claims, check)).collect()
}

fn judge_one(claim: &RelayClaim<'_>, all: &[RelayClaim<'_>], check: Option<&SourceCheck>) -> JudgedClaim {
    let judged = |verdict, after| JudgedClaim { verdict, after };
    let version = check.map(|check| same_version(&claim.file.source, &check.now));
    if version == Some(SameVersion::No) {
        return judged(RelayVerdict::ReplacedSince, AfterVerdict::AwaitSuccessor);
    }
    if let Some(check) = check.filter(|check| check.info_hash == claim.file.info_hash) {
        if let Some(wrong) = &check.wrong {
            let WrongPiece { piece, told, found } = wrong.clone();
            let by = Contradiction::Source { piece };
            let is_sure = version == Some(SameVersion::Yes);
            let after = if is_sure { AfterVerdict::SetRelayAside } else { AfterVerdict::LeaveFile };
            return judged(RelayVerdict::Contradicted { by, told, found }, after);
        }
        if check.right > 0 {
            let (right, pieces) = (check.right, check.pieces);
            return judged(RelayVerdict::CheckedAtSource { right, pieces }, AfterVerdict::Use);
        }
    }
    if let Some((other, (told, found))) = all.iter().find_map(|other| Some((other, conflict(claim, other)?)))
    {
        let is_shown = check.is_some_and(|check| {
            check.wrong.is_none() && check.right > 0 && check.info_hash == other.file.info_hash
        });
        let after = match (is_shown, version) {
            (true, Some(SameVersion::Yes)) => AfterVerdict::SetRelayAside,
            (true, _) => AfterVerdict::LeaveFile,
            (false, _) => AfterVerdict::CheckAtSource,
        };
        let by = Contradiction::Relay { other: other.relay.clone() };
        return judged(RelayVerdict::Contradicted { by, told, found }, after);
    }
    if all.iter().any(|other| is_successor(other.file, claim.file)) {
        return judged(RelayVerdict::ReplacedSince, AfterVerdict::AwaitSuccessor);
    }
    match voices(claim, all) {
        0 | 1 => judged(RelayVerdict::OnlyThisRelay, AfterVerdict::Use),
        relays => judged(RelayVerdict::AgreedBy { relays }, AfterVerdict::Use),
    }
}

/// The digests of two claims that speak of one version and differ. `None` when they do not contradict each other.
fn conflict(one: &RelayClaim<'_>, other: &RelayClaim<'_>) -> Option<(Digest, Digest)> {
    let (one, other) = (one.file, other.file);
    // Of a version that cannot be told apart, whoever fetched it again may have fetched another one.
    let may_be_same = same_version(&one.source, &other.source) != SameVersion::No;
    if !may_be_same || is_same(one, other) {
        return None;
    }
    if one.sha256 != other.sha256 {
        return Some((one.sha256.clone(), other.sha256.clone()));
    }
    let digest = |hash: InfoHash| Digest::new(DigestAlgorithm::Sha1, &hash.0);
    digest(one.info_hash).zip(digest(other.info_hash))
}

fn is_same(one: &ManifestFile, other: &ManifestFile) -> bool {
    one.sha256 == other.sha256 && one.info_hash == other.info_hash
}

/// Whether `new` is of a later version at the publisher than `old`.
fn is_successor(new: &ManifestFile, old: &ManifestFile) -> bool {
    let is_later = match new.source.modified.zip(old.source.modified) {
        Some((new, old)) if new != old => new > old,
        _ => new.fetched > old.fetched,
    };
    is_later && same_version(&new.source, &old.source) == SameVersion::No
}

/// How many relays say the same. A key counts once whatever addresses it has; relays that do not sign count by host.
fn voices(claim: &RelayClaim<'_>, all: &[RelayClaim<'_>]) -> usize {
    let same = all.iter().filter(|other| is_same(claim.file, other.file));
    let voices: HashSet<_> = same
        .map(|other| match other.signer {
            Some(key) => (key.line(), ""),
            None => (String::new(), other.relay.url().host_str().unwrap_or_default()),
        })
        .collect();
    voices.len()
}

/// Which piece of a file of `length` octets is to be compared with what its publisher sends: with the chance `share` any one of
/// them, and of a file longer than 64 MiB always one. `chance` is two numbers from 0 to 1, drawn anew by every client: only
/// then is the piece that a relay forged sooner or later among them. `None` when none is to be.
pub fn piece_to_check(length: u64, pieces: u32, share: f64, chance: [f64; 2]) -> Option<u32> {
    let [whether, which] = chance;
    let last = pieces.checked_sub(1)?;
    let is_due = length > ALWAYS_ABOVE || whether < share;
    // A share of at most 2³² pieces; what is no number becomes 0.
    is_due.then(|| ((which.clamp(0.0, 1.0) * f64::from(pieces)) as u32).min(last))
}
