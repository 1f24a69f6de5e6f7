//! How far a file of a relay is, why it is withdrawn, and messages about a relay.

use super::Translator;
use crate::app::messages::relay_message::{NotTold, RelayMessage as M, RelayTrust};
use crate::app::relay::WithdrawalReason;
use crate::app::relay::stage::RelayStage;
use crate::domain::octets::ByteCount;
use i18n_embed_fl::fl;

/// What is said to whoever runs a relay, or uses one.
#[allow(clippy::too_many_lines, reason = "one arm for each message, so that none can be forgotten")]
pub(super) fn text_of(text: &Translator, message: &M) -> String {
    let l = &text.loader;
    match message {
        M::SettingsUnsound { file, detail } => {
            fl!(l, "relay-settings-unsound", file = file.as_str(), detail = detail.as_str())
        }
        M::NoBroker { word } => fl!(l, "relay-no-broker", word = word.as_str()),
        M::BrokerAway { broker, trouble } => {
            let reason = super::broker::trouble(text, trouble);
            fl!(l, "relay-broker-away", broker = broker.as_str(), reason = reason)
        }
        M::NotAccepted { name, why } => {
            let reason = match why {
                NotTold::Refused(words) => fl!(l, "relay-not-told-refused", words = words.as_str()),
                NotTold::Form(detail) => fl!(l, "relay-not-told-form", detail = detail.as_str()),
                NotTold::NoAnswer => fl!(l, "relay-not-told-no-answer"),
            };
            fl!(l, "relay-not-accepted", file = name.as_str(), reason = reason)
        }
        M::NothingRelayed => fl!(l, "relay-nothing-relayed"),
        M::AddressUnsound { address } => fl!(l, "relay-address-unsound", address = address.as_str()),
        M::NoTracker => fl!(l, "relay-no-tracker"),
        M::ReloadWithoutList => fl!(l, "relay-reload-without-list"),
        M::ListIsOther { file } => fl!(l, "relay-tracker-list-other", file = file.as_str()),
        M::ListNotWritten { file, detail } => {
            fl!(l, "relay-tracker-list-not-written", file = file.as_str(), detail = detail.as_str())
        }
        M::ListNotReloaded { command, detail: None } => {
            fl!(l, "relay-tracker-reload-slow", command = command.as_str())
        }
        M::ListNotReloaded { command, detail: Some(detail) } => {
            fl!(l, "relay-tracker-reload-failed", command = command.as_str(), detail = detail.as_str())
        }
        M::NotReachable { url, reason } => {
            fl!(l, "relay-not-reachable", url = url.as_str(), reason = text.reason(reason))
        }
        M::OtherBytes { url } => fl!(l, "relay-other-bytes", url = url.as_str()),
        M::StoreUnsound { text } => fl!(l, "relay-store-unsound", text = text.as_str()),
        M::StoreKeysMissing => fl!(l, "relay-store-keys-missing"),
        M::StoreRefused { what, reason, word } => {
            let reason = match word {
                Some(word) => format!("{} ({word})", text.reason(reason)),
                None => text.reason(reason),
            };
            fl!(l, "relay-store-refused", what = what.as_str(), reason = reason)
        }
        M::StoreNotReadable { url, reason } => {
            fl!(l, "relay-store-not-readable", url = url.as_str(), reason = text.reason(reason))
        }
        M::TooLargeForStore { name, most } => {
            fl!(l, "relay-too-large-for-store", name = name.as_str(), most = text.size(ByteCount(*most)))
        }
        M::FileMissing { path } => fl!(l, "relay-file-missing", path = path.as_str()),
        M::FileChanged { path } => fl!(l, "relay-file-changed", path = path.as_str()),
        M::AddressInUse { address } => fl!(l, "relay-address-in-use", address = address.as_str()),
        M::RunsElsewhere { by } => fl!(l, "relay-runs-elsewhere", by = by.as_str()),
        M::SharedAlready { folder } => fl!(l, "relay-shared-already", folder = folder.as_str()),
        M::TooManyShared { most } => fl!(l, "relay-too-many-shared", most = text.count(*most as u64)),
        M::SharingOff => fl!(l, "relay-sharing-off"),
        M::ChangedMeanwhile { name } => fl!(l, "relay-changed-meanwhile", name = name.as_str()),
        M::LengthNotKnown { url } => fl!(l, "relay-length-not-known", url = url.as_str()),
        M::Replaced { name } => fl!(l, "relay-replaced", name = name.as_str()),
        M::NoAddress { name } => fl!(l, "relay-no-address", name = name.as_str()),
        M::StateUnsound { what } => fl!(l, "relay-state-unsound", what = what.as_str()),
        M::TooManyUsed { most } => fl!(l, "relay-too-many-used", most = text.count(*most as u64)),
        M::NotUsed { url } => fl!(l, "relay-not-used", url = url.as_str()),
        M::ListNotKept { file, detail } => {
            fl!(l, "relay-list-not-kept", file = file.as_str(), detail = detail.as_str())
        }
        M::UsedUnreachable { url, reason, known: None } => {
            fl!(l, "relay-used-unreachable", url = url.as_str(), reason = text.reason(reason))
        }
        M::UsedUnreachable { url, reason, known: Some(known) } => {
            let (reason, known) = (text.reason(reason), text.moment(*known));
            fl!(l, "relay-used-from-before", url = url.as_str(), reason = reason, known = known)
        }
        M::KeyChanged { url, pinned, found } => {
            fl!(l, "relay-key-changed", url = url.as_str(), pinned = pinned.as_str(), found = found.as_str())
        }
        M::NoLongerSigned { url, pinned } => {
            fl!(l, "relay-no-longer-signed", url = url.as_str(), pinned = pinned.as_str())
        }
        M::OtherAddress { url, found } => {
            fl!(l, "relay-other-address", url = url.as_str(), found = found.as_str())
        }
        M::ManifestReplayed { url, last, found } => {
            let (last, found) = (text.count(*last), text.count(*found));
            fl!(l, "relay-manifest-replayed", url = url.as_str(), last = last, found = found)
        }
        M::AnswerRefused { url, detail } => {
            fl!(l, "relay-answer-refused", url = url.as_str(), detail = detail.as_str())
        }
        M::IsSetAside { url, file, told, found } => fl!(
            l,
            "relay-is-set-aside",
            url = url.as_str(),
            file = file.as_str(),
            told = told.as_str(),
            found = found.as_str()
        ),
        M::RelaysDisagree(dispute) => fl!(
            l,
            "relay-relays-disagree",
            file = dispute.file.as_str(),
            one = dispute.one.as_str(),
            told = dispute.told.as_str(),
            other = dispute.other.as_str(),
            found = dispute.found.as_str()
        ),
        M::ReliedOn { file, relay, trust } => {
            let trust = trust_words(text, *trust);
            fl!(l, "relay-relied-on", file = file.as_str(), relay = relay.as_str(), trust = trust)
        }
        M::ReplacedAtSource { file, relay } => {
            fl!(l, "relay-replaced-at-source", file = file.as_str(), relay = relay.as_str())
        }
        M::Contradicted { file, relay, told, found } => fl!(
            l,
            "relay-contradicted",
            file = file.as_str(),
            relay = relay.as_str(),
            told = told.as_str(),
            found = found.as_str()
        ),
        M::NotDecided { file, relay, told, found } => fl!(
            l,
            "relay-not-decided",
            file = file.as_str(),
            relay = relay.as_str(),
            told = told.as_str(),
            found = found.as_str()
        ),
        M::Pledge(message) => super::pledge::text_of(text, message),
        M::OtherTorrent { file, relay } => {
            fl!(l, "relay-other-torrent", file = file.as_str(), relay = relay.as_str())
        }
    }
}

/// What speaks for the .torrent of a relay.
fn trust_words(text: &Translator, trust: RelayTrust) -> String {
    let l = &text.loader;
    match trust {
        RelayTrust::CheckedAtSource { right, pieces } => {
            let (right, pieces) = (text.count(u64::from(right)), text.count(u64::from(pieces)));
            fl!(l, "relay-trust-checked", right = right, pieces = pieces)
        }
        RelayTrust::AgreedBy { relays } => {
            fl!(l, "relay-trust-agreed", relays = text.count(relays as u64))
        }
        RelayTrust::OnlyThisRelay => fl!(l, "relay-trust-only"),
    }
}

/// How far a file is.
pub fn stage_words(text: &Translator, stage: RelayStage) -> String {
    let l = &text.loader;
    match stage {
        RelayStage::Seen => fl!(l, "relay-stage-seen"),
        RelayStage::Stable => fl!(l, "relay-stage-stable"),
        RelayStage::Fetched => fl!(l, "relay-stage-fetched"),
        RelayStage::Hashed => fl!(l, "relay-stage-hashed"),
        RelayStage::Indexed => fl!(l, "relay-stage-indexed"),
        RelayStage::Described => fl!(l, "relay-stage-described"),
        RelayStage::Listed => fl!(l, "relay-stage-listed"),
        RelayStage::Offered => fl!(l, "relay-stage-offered"),
        RelayStage::Announced => fl!(l, "relay-stage-announced"),
        RelayStage::Retiring => fl!(l, "relay-stage-retiring"),
    }
}

/// Why a file is offered no longer.
pub fn why_words(text: &Translator, why: WithdrawalReason) -> String {
    let l = &text.loader;
    match why {
        WithdrawalReason::Expired => fl!(l, "relay-why-expired"),
        WithdrawalReason::Replaced => fl!(l, "relay-why-replaced"),
        WithdrawalReason::Missing => fl!(l, "relay-why-missing"),
    }
}
