//! Whether what a relay answers is taken: its key, its signature, its manifest, and what it said before.
//!
//! In: what is remembered of a relay, its answer as octets, and the time. Out: [`AcceptedAnswer`] with what is to be remembered
//! now, or why it is refused ([`RefusedAnswer`]). The key of the first answer is kept; another one later stops everything until a
//! person decides. Start reading at [`accept`].

#[cfg(test)]
mod tests;

use super::chain::{ChainError, ChainStep, ManifestMark, follow};
use super::manifest::{Manifest, ManifestError, read_manifest};
use super::offered::RelayKey;
use super::places::RelayBase;
use super::signing::{KeyTextError, PublicKey, SignatureError, SignedStamp};
use crate::domain::integrity::Digest;
use crate::domain::utc::UtcTime;

/// What is remembered of a relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRelay {
    /// Where it lies.
    pub base: RelayBase,
    /// Its key, kept since the first answer or handed over by a person. `None` while it has not signed anything.
    pub key: Option<PublicKey>,
    /// Its last manifest. `None` before the first.
    pub last: Option<ManifestMark>,
    /// Why nothing of it is used. `None` when it is.
    pub aside: Option<RelayAside>,
}

/// Why a relay was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayAside {
    /// When.
    pub since: UtcTime,
    /// On which file it was contradicted.
    pub key: RelayKey,
    /// The digest that it gave.
    pub told: Digest,
    /// The digest of what the publisher's server sent.
    pub found: Digest,
}

impl KnownRelay {
    /// One that was never asked.
    pub fn new(base: RelayBase) -> Self {
        Self { base, key: None, last: None, aside: None }
    }
}

/// What a relay answered.
#[derive(Clone, Copy, Debug)]
pub struct RelayAnswer<'a> {
    /// Its manifest.
    pub manifest: &'a [u8],
    /// The signature of it. `None` when there is none.
    pub signature: Option<&'a str>,
    /// Its public key. `None` when there is none, or it was not asked for.
    pub key: Option<&'a str>,
}

/// Whose key signed an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerSigner {
    /// One that was not known before: it is kept from now on, and its fingerprint is shown.
    FirstUse(PublicKey),
    /// The one that was kept.
    Same(PublicKey),
    /// Nobody's: it does not sign.
    Unsigned,
}

/// An answer that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedAnswer {
    /// What it says.
    pub manifest: Manifest,
    /// How it follows the last one.
    pub step: ChainStep,
    /// Whose key signed it.
    pub standing: AnswerSigner,
    /// What is to be remembered.
    pub known: KnownRelay,
}

/// Why an answer is not taken; what was remembered stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAnswer {
    /// The relay was set aside.
    #[error("the relay is set aside since {}", .0.since)]
    Aside(Box<RelayAside>),
    /// It has another key than before: stop, and ask a person.
    #[error("the key changed from {} to {}", .pinned.fingerprint(), .found.fingerprint())]
    KeyChanged {
        /// The one that was kept.
        pinned: PublicKey,
        /// The one that it has now.
        found: PublicKey,
    },
    /// It signed before and does not now: stop, and ask a person.
    #[error("no signature, and the relay has signed before with the key {}", .pinned.fingerprint())]
    NoLongerSigned {
        /// The key that was kept.
        pinned: PublicKey,
    },
    /// It has a key, but no signature.
    #[error("a public key without a signature")]
    NoSignature,
    /// It has a signature, but no key is known.
    #[error("a signature without a public key")]
    NoKey,
    /// Its key cannot be read.
    #[error("public key: {0}")]
    Key(KeyTextError),
    /// Its signature does not hold.
    #[error("signature: {0}")]
    Signature(SignatureError),
    /// Its manifest is none.
    #[error("manifest: {0}")]
    Manifest(ManifestError),
    /// The signature was made for a manifest of another number or time.
    #[error("the signature is of another manifest than the one that it lies beside")]
    OtherStamp,
    /// Its manifest does not follow the last one.
    #[error("{0}")]
    Chain(ChainError),
}

/// Decides on an answer that came `now`.
///
/// # Errors
/// [`RefusedAnswer`] for the first thing that is wrong.
pub fn accept(
    known: &KnownRelay,
    answer: RelayAnswer<'_>,
    now: UtcTime,
) -> Result<AcceptedAnswer, RefusedAnswer> {
    if let Some(aside) = &known.aside {
        return Err(RefusedAnswer::Aside(Box::new(aside.clone())));
    }
    let standing = standing_of(known.key, answer)?;
    let stamp = match (standing, answer.signature) {
        (AnswerSigner::FirstUse(key) | AnswerSigner::Same(key), Some(signature)) => {
            let comment = key.verify(answer.manifest, signature).map_err(RefusedAnswer::Signature)?;
            Some(SignedStamp::parse(&comment).ok_or(RefusedAnswer::OtherStamp)?)
        }
        (AnswerSigner::Unsigned, _) => None,
        (_, None) => return Err(RefusedAnswer::NoSignature),
    };
    let manifest = read_manifest(answer.manifest).map_err(RefusedAnswer::Manifest)?;
    let told = SignedStamp { sequence: manifest.head.sequence, time: manifest.head.time };
    if stamp.is_some_and(|stamp| stamp != told) {
        return Err(RefusedAnswer::OtherStamp);
    }
    let step = follow(&known.base, known.last.as_ref(), (&manifest, answer.manifest), now)
        .map_err(RefusedAnswer::Chain)?;
    let key = match standing {
        AnswerSigner::FirstUse(key) | AnswerSigner::Same(key) => Some(key),
        AnswerSigner::Unsigned => None,
    };
    let last = Some(ManifestMark::of(&manifest, answer.manifest));
    let known = KnownRelay { base: known.base.clone(), key, last, aside: None };
    Ok(AcceptedAnswer { manifest, step, standing, known })
}

fn standing_of(pinned: Option<PublicKey>, answer: RelayAnswer<'_>) -> Result<AnswerSigner, RefusedAnswer> {
    let found = answer.key.map(PublicKey::parse).transpose().map_err(RefusedAnswer::Key)?;
    match (pinned, found, answer.signature) {
        (Some(pinned), Some(found), _) if pinned != found => Err(RefusedAnswer::KeyChanged { pinned, found }),
        (Some(pinned), _, None) => Err(RefusedAnswer::NoLongerSigned { pinned }),
        (Some(pinned), _, Some(_)) => Ok(AnswerSigner::Same(pinned)),
        (None, Some(found), Some(_)) => Ok(AnswerSigner::FirstUse(found)),
        (None, Some(_), None) => Err(RefusedAnswer::NoSignature),
        (None, None, Some(_)) => Err(RefusedAnswer::NoKey),
        (None, None, None) => Ok(AnswerSigner::Unsigned),
    }
}
