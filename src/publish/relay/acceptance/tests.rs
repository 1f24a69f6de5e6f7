//! Answers that are taken and answers that are not.

use super::*;
use crate::publish::relay::made::*;
use crate::publish::relay::manifest::{ManifestHead, digest_of};
use crate::publish::relay::offers::RelayOffers;
use crate::publish::relay::signing::SecretKey;

/// An answer whose parts are kept.
struct Given {
    manifest: String,
    signature: Option<String>,
    key: Option<String>,
}

impl Given {
    fn answer(&self) -> RelayAnswer<'_> {
        RelayAnswer {
            manifest: self.manifest.as_bytes(),
            signature: self.signature.as_deref(),
            key: self.key.as_deref(),
        }
    }

    fn unsigned(self) -> Self {
        Self { signature: None, key: None, ..self }
    }
}

fn secret(number: u8) -> SecretKey {
    SecretKey::from_chance([number; 40])
}

fn now() -> UtcTime {
    at("2026-11-30T12:00:00Z")
}

fn given(sequence: u64, previous: Option<Digest>, by: &SecretKey) -> Given {
    let time =
        at("2026-11-30T10:00:00Z").plus_minutes(i64::try_from(sequence).expect("small")).expect("a time");
    let head = ManifestHead { relay: base(), sequence, time, previous };
    let offers = RelayOffers::new(identity(), vec![file(1, "a.grib2")], Vec::new());
    let manifest = Manifest::new(head, &offers).write();
    let signature = by.sign(manifest.as_bytes(), &SignedStamp { sequence, time }.to_comment());
    Given { manifest, signature: Some(signature), key: Some(by.public().to_text()) }
}

fn new_relay() -> KnownRelay {
    KnownRelay::new(base())
}

fn refused(known: &KnownRelay, given: &Given) -> RefusedAnswer {
    accept(known, given.answer(), now()).expect_err("a refusal")
}

#[test]
fn the_key_of_the_first_answer_is_kept_and_known_again() {
    let key = secret(1);
    let first = given(1, None, &key);
    let accepted = accept(&new_relay(), first.answer(), now()).expect("an answer");
    assert_eq!((accepted.standing, accepted.step), (AnswerSigner::FirstUse(key.public()), ChainStep::First));
    assert_eq!(accepted.known.key, Some(key.public()));
    let previous = Some(digest_of(first.manifest.as_bytes()));
    // The key need not be asked for again.
    let second = Given { key: None, ..given(2, previous, &key) };
    let again = accept(&accepted.known, second.answer(), now()).expect("an answer");
    assert_eq!((again.standing, again.step), (AnswerSigner::Same(key.public()), ChainStep::Next));
    assert_eq!(again.known.last.as_ref().map(|mark| mark.sequence), Some(2));
}

#[test]
fn another_key_or_none_any_more_stops_and_asks() {
    let (key, other) = (secret(1), secret(2));
    let known = KnownRelay { key: Some(key.public()), ..new_relay() };
    let (pinned, found) = (key.public(), other.public());
    assert_eq!(refused(&known, &given(1, None, &other)), RefusedAnswer::KeyChanged { pinned, found });
    let gone = given(1, None, &key).unsigned();
    assert_eq!(refused(&known, &gone), RefusedAnswer::NoLongerSigned { pinned });
    let hidden = Given { key: None, ..given(1, None, &other) };
    let is_other =
        matches!(refused(&known, &hidden), RefusedAnswer::Signature(SignatureError::OtherKey { .. }));
    assert!(is_other);
}

#[test]
fn a_relay_that_does_not_sign_is_taken_and_known_as_such() {
    let unsigned = given(1, None, &secret(1)).unsigned();
    let accepted = accept(&new_relay(), unsigned.answer(), now()).expect("an answer");
    assert_eq!((accepted.standing, accepted.known.key), (AnswerSigner::Unsigned, None));
    let key = secret(1);
    let half = Given { signature: None, ..given(1, None, &key) };
    assert_eq!(refused(&new_relay(), &half), RefusedAnswer::NoSignature);
    let half = Given { key: None, ..given(1, None, &key) };
    assert_eq!(refused(&new_relay(), &half), RefusedAnswer::NoKey);
}

#[test]
fn what_was_changed_after_signing_or_signed_for_another_manifest_is_refused() {
    let key = secret(1);
    let mut changed = given(1, None, &key);
    changed.manifest = changed.manifest.replace("a.grib2", "b.grib2");
    assert_eq!(refused(&new_relay(), &changed), RefusedAnswer::Signature(SignatureError::OtherOctets));
    let mut other = given(1, None, &key);
    let stamp = SignedStamp { sequence: 2, time: at("2026-11-30T10:01:00Z") };
    other.signature = Some(key.sign(other.manifest.as_bytes(), &stamp.to_comment()));
    assert_eq!(refused(&new_relay(), &other), RefusedAnswer::OtherStamp);
    other.signature = Some(key.sign(other.manifest.as_bytes(), "no stamp"));
    assert_eq!(refused(&new_relay(), &other), RefusedAnswer::OtherStamp);
}

#[test]
fn a_signed_answer_that_is_replayed_is_refused() {
    let key = secret(1);
    let first = given(1, None, &key);
    let second = given(2, Some(digest_of(first.manifest.as_bytes())), &key);
    let known = accept(&new_relay(), second.answer(), now()).expect("an answer").known;
    let replayed = RefusedAnswer::Chain(ChainError::Replayed { last: 2, found: 1 });
    assert_eq!(refused(&known, &first), replayed);
}

#[test]
fn a_relay_that_was_set_aside_is_not_heard_until_it_is_restored() {
    let key = secret(1);
    let (told, found) = (digest_of(b"told"), digest_of(b"found"));
    let aside = RelayAside { since: now(), key: super::super::made::key("a.grib2"), told, found };
    let known = KnownRelay { aside: Some(aside.clone()), ..new_relay() };
    assert_eq!(refused(&known, &given(1, None, &key)), RefusedAnswer::Aside(Box::new(aside)));
    let restored = KnownRelay { aside: None, ..known };
    assert!(accept(&restored, given(1, None, &key).answer(), now()).is_ok());
}

#[test]
fn rubbish_is_refused_for_what_it_is() {
    let key = secret(1);
    let no_key = Given { key: Some("rubbish".to_owned()), ..given(1, None, &key) };
    assert!(matches!(refused(&new_relay(), &no_key), RefusedAnswer::Key(_)));
    let page = Given { manifest: "<html>\n".to_owned(), signature: None, key: None };
    let refusal = RefusedAnswer::Manifest(ManifestError::OtherFormat);
    assert_eq!(refused(&new_relay(), &page), refusal);
}
