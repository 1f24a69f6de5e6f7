//! What is said to whoever runs a relay, and to whoever uses one.
//!
//! A part of [`UserMessage`]: texts from outside were made fit to be shown before.

use crate::app::messages::broker_trouble::BrokerTrouble;
use crate::app::messages::pledge_message::PledgeMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::utc::UtcTime;
use crate::transfer::reason::Reason;
use serde::{Deserialize, Serialize};

/// Why a broker does not know of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotTold {
    /// It refuses the message, in its own words.
    Refused(String),
    /// The form has no message for it: why, in English.
    Form(String),
    /// It did not answer.
    NoAnswer,
}

/// A message about a relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayMessage {
    /// A line of its settings cannot be understood.
    SettingsUnsound {
        /// The file.
        file: String,
        /// Line and reason, in English.
        detail: String,
    },
    /// It is said how files are announced to a broker, and not to which.
    NoBroker {
        /// What was said.
        word: String,
    },
    /// The broker that is told of files cannot be reached.
    BrokerAway {
        /// Its URL without secrets.
        broker: String,
        /// Why.
        trouble: BrokerTrouble,
    },
    /// The broker was not told of a file, or refuses what it was told.
    NotAccepted {
        /// The file.
        name: String,
        /// Why.
        why: NotTold,
    },
    /// It follows nothing.
    NothingRelayed,
    /// An address under which it is to be reached cannot be one.
    AddressUnsound {
        /// As it was written.
        address: String,
    },
    /// Its own tracker is left out, and no other is named.
    NoTracker,
    /// A command is to have a list read again, and no list is named.
    ReloadWithoutList,
    /// What is to be the list of a tracker is a file of another kind.
    ListIsOther {
        /// The file.
        file: String,
    },
    /// The list of a tracker cannot be written.
    ListNotWritten {
        /// The file.
        file: String,
        /// The system's words, in English.
        detail: String,
    },
    /// The command by which a tracker reads its list again failed.
    ListNotReloaded {
        /// The command.
        command: String,
        /// How it ended, in English. `None` when it took too long.
        detail: Option<String>,
    },
    /// Its public address does not give a file.
    NotReachable {
        /// Where.
        url: String,
        /// What was seen.
        reason: Reason,
    },
    /// Its public address gives other bytes than those of the file.
    OtherBytes {
        /// Where.
        url: String,
    },
    /// A word names no S3 store.
    StoreUnsound {
        /// As it was written.
        text: String,
    },
    /// The keys of the store are not in the environment.
    StoreKeysMissing,
    /// The store does not take or remove something.
    StoreRefused {
        /// What: its path in the relay.
        what: String,
        /// What was seen.
        reason: Reason,
        /// The word by which the store says no. `None` when it said none.
        word: Option<String>,
    },
    /// The public address of the store does not give a file.
    StoreNotReadable {
        /// Where.
        url: String,
        /// What was seen.
        reason: Reason,
    },
    /// A file is larger than what one request puts into a store.
    TooLargeForStore {
        /// The file.
        name: String,
        /// The largest, in octets.
        most: u64,
    },
    /// A file that was to be given is not there any more.
    FileMissing {
        /// Where it lay.
        path: String,
    },
    /// A file that was to be given is not as it was left.
    FileChanged {
        /// Where it lies.
        path: String,
    },
    /// Another program listens where this one was to.
    AddressInUse {
        /// Where.
        address: String,
    },
    /// Another process relays in that folder.
    RunsElsewhere {
        /// Its number, and what it does.
        by: String,
    },
    /// Something of that folder is shared already.
    SharedAlready {
        /// The folder.
        folder: String,
    },
    /// As much is shared as may be.
    TooManyShared {
        /// How many.
        most: usize,
    },
    /// The settings allow no sharing.
    SharingOff,
    /// The publisher changed a file while it was fetched.
    ChangedMeanwhile {
        /// The file.
        name: String,
    },
    /// The publisher does not tell how long a file is.
    LengthNotKnown {
        /// The publisher's address of it.
        url: String,
    },
    /// The publisher has another file under the name of one that is offered.
    Replaced {
        /// The file.
        name: String,
    },
    /// The publisher gives no address for a file.
    NoAddress {
        /// The file.
        name: String,
    },
    /// What is kept of the relay was written by a later version, or is damaged.
    StateUnsound {
        /// What of it.
        what: String,
    },
    /// As many relays are used as may be.
    TooManyUsed {
        /// How many.
        most: usize,
    },
    /// A relay is not in use.
    NotUsed {
        /// Its address.
        url: String,
    },
    /// The list of relays cannot be written.
    ListNotKept {
        /// Where.
        file: String,
        /// Why, in English.
        detail: String,
    },
    /// A relay in use does not answer.
    UsedUnreachable {
        /// Its address.
        url: String,
        /// What was seen.
        reason: Reason,
        /// When what is used of it instead was written. `None` when nothing is known.
        known: Option<UtcTime>,
    },
    /// A relay has another key than it had.
    KeyChanged {
        /// Its address.
        url: String,
        /// The fingerprint of the key that was kept.
        pinned: String,
        /// The fingerprint of the one that it has now.
        found: String,
    },
    /// A relay that signed does not sign any more.
    NoLongerSigned {
        /// Its address.
        url: String,
        /// The fingerprint of the key that was kept.
        pinned: String,
    },
    /// A relay calls itself by another address.
    OtherAddress {
        /// The address that was typed.
        url: String,
        /// The one that it names.
        found: String,
    },
    /// A relay gives an older manifest than it gave before.
    ManifestReplayed {
        /// Its address.
        url: String,
        /// The number of the last one.
        last: u64,
        /// The number of this one.
        found: u64,
    },
    /// What a relay answers is not taken for another reason.
    AnswerRefused {
        /// Its address.
        url: String,
        /// Why, in English.
        detail: String,
    },
    /// A relay was set aside before.
    IsSetAside {
        /// Its address.
        url: String,
        /// On which file it was contradicted.
        file: String,
        /// The digest that it gave.
        told: String,
        /// The digest of what the publisher's server sent.
        found: String,
    },
    /// Two relays say otherwise of one file.
    RelaysDisagree(Box<RelayDispute>),
    /// A file is downloaded by the .torrent of a relay.
    ReliedOn {
        /// The file.
        file: String,
        /// The relay.
        relay: String,
        /// What speaks for it.
        trust: RelayTrust,
    },
    /// A file was replaced by its publisher since a relay took it.
    ReplacedAtSource {
        /// The file.
        file: String,
        /// The relay.
        relay: String,
    },
    /// A relay gives other bytes than the publisher's server: it is set aside.
    Contradicted {
        /// The file.
        file: String,
        /// The relay.
        relay: String,
        /// The digest that it gave.
        told: String,
        /// The digest of what the publisher's server sent.
        found: String,
    },
    /// Whether a relay is right cannot be decided: its .torrent is not used.
    NotDecided {
        /// The file.
        file: String,
        /// The relay.
        relay: String,
        /// The digest that it gave.
        told: String,
        /// The digest that was found or given instead.
        found: String,
    },
    /// Something about an archive of what relays offer.
    Pledge(PledgeMessage),
    /// The .torrent of a relay is another one than its manifest names.
    OtherTorrent {
        /// The file.
        file: String,
        /// The relay.
        relay: String,
    },
}

impl RelayMessage {
    /// Whether what was written on the command line or in the settings has to be written otherwise.
    pub fn is_misuse(&self) -> bool {
        matches!(
            self,
            Self::SettingsUnsound { .. }
                | Self::AddressUnsound { .. }
                | Self::NoBroker { .. }
                | Self::StoreUnsound { .. }
                | Self::StoreKeysMissing
                | Self::NothingRelayed
                | Self::NoTracker
                | Self::ReloadWithoutList
                | Self::ListIsOther { .. }
                | Self::NotUsed { .. }
                | Self::OtherAddress { .. }
                | Self::TooManyUsed { .. }
        )
    }
}

/// Two relays that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelayDispute {
    /// The file.
    pub file: String,
    /// One relay.
    pub one: String,
    /// The digest that it gives.
    pub told: String,
    /// The other.
    pub other: String,
    /// The digest that that one gives.
    pub found: String,
}

/// What speaks for the .torrent of a relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayTrust {
    /// Pieces of it are what the publisher's server sends.
    CheckedAtSource {
        /// How many were compared.
        right: u32,
        /// How many there are.
        pieces: u32,
    },
    /// Relays with keys of their own say the same.
    AgreedBy {
        /// How many.
        relays: usize,
    },
    /// The relay alone.
    OnlyThisRelay,
}

impl From<RelayMessage> for UserMessage {
    fn from(message: RelayMessage) -> Self {
        Self::Relay(message)
    }
}
