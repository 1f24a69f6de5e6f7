//! What is said of a relay whose answer is not taken, and what a person can do.
//!
//! In: why it is refused. Out: a [`RelayMessage`]. A changed key is shown with both fingerprints: only a person can know whether
//! the relay was set up anew or somebody stands in its place.

use super::list::shown;
use crate::app::messages::relay_message::RelayMessage;
use crate::domain::outside_text::{show, show_url};
use crate::publish::relay::acceptance::RefusedAnswer;
use crate::publish::relay::chain::ChainError;
use crate::publish::relay::places::RelayBase;

/// What is said of the relay at `base`.
pub fn message_of(base: &RelayBase, refused: &RefusedAnswer) -> RelayMessage {
    let url = shown(base);
    match refused {
        RefusedAnswer::Aside(aside) => RelayMessage::IsSetAside {
            url,
            file: show(&aside.key.name),
            told: aside.told.hex(),
            found: aside.found.hex(),
        },
        RefusedAnswer::KeyChanged { pinned, found } => {
            RelayMessage::KeyChanged { url, pinned: pinned.fingerprint(), found: found.fingerprint() }
        }
        RefusedAnswer::NoLongerSigned { pinned } => {
            RelayMessage::NoLongerSigned { url, pinned: pinned.fingerprint() }
        }
        RefusedAnswer::Chain(ChainError::OtherRelay { found }) => {
            RelayMessage::OtherAddress { url, found: show_url(found) }
        }
        RefusedAnswer::Chain(ChainError::Replayed { last, found }) => {
            RelayMessage::ManifestReplayed { url, last: *last, found: *found }
        }
        RefusedAnswer::NoSignature
        | RefusedAnswer::NoKey
        | RefusedAnswer::Key(_)
        | RefusedAnswer::Signature(_)
        | RefusedAnswer::Manifest(_)
        | RefusedAnswer::OtherStamp
        | RefusedAnswer::Chain(
            ChainError::FromTheFuture { .. }
            | ChainError::SameNumber { .. }
            | ChainError::Broken { .. }
            | ChainError::TimeWentBack { .. },
        ) => RelayMessage::AnswerRefused { url, detail: show(&refused.to_string()) },
    }
}

/// Whether the documents may be of two moments: a relay that writes a new manifest is asked once more.
pub fn may_be_between_two(refused: &RefusedAnswer) -> bool {
    use crate::publish::relay::signing::SignatureError;
    matches!(refused, RefusedAnswer::OtherStamp | RefusedAnswer::Signature(SignatureError::OtherOctets))
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;
    use crate::publish::relay::signing::SignatureError;

    #[test]
    fn a_changed_key_is_shown_with_both_fingerprints() {
        let (pinned, found) = (a_secret(1).public(), a_secret(2).public());
        let message = message_of(&a_base(1), &RefusedAnswer::KeyChanged { pinned, found });
        let expected = RelayMessage::KeyChanged {
            url: "https://relay-1.example/".to_owned(),
            pinned: pinned.fingerprint(),
            found: found.fingerprint(),
        };
        assert_eq!(message, expected);
    }

    #[test]
    fn a_replayed_manifest_and_one_of_another_address_are_named_as_such() {
        let replayed = RefusedAnswer::Chain(ChainError::Replayed { last: 7, found: 3 });
        let message = message_of(&a_base(1), &replayed);
        assert!(matches!(message, RelayMessage::ManifestReplayed { last: 7, found: 3, .. }), "{message:?}");
        let found = a_base(2).url().clone();
        let message = message_of(&a_base(1), &RefusedAnswer::Chain(ChainError::OtherRelay { found }));
        assert!(
            matches!(&message, RelayMessage::OtherAddress { found, .. } if found.contains("relay-2")),
            "{message:?}"
        );
    }

    #[test]
    fn only_what_may_be_of_two_moments_is_asked_once_more() {
        assert!(may_be_between_two(&RefusedAnswer::OtherStamp));
        assert!(may_be_between_two(&RefusedAnswer::Signature(SignatureError::OtherOctets)));
        assert!(!may_be_between_two(&RefusedAnswer::NoKey));
    }
}
