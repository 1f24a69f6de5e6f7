//! What files that were downloaded with the help of a relay came to, counted since the program began.
//!
//! In: messages of transfers. Out: a [`RelayTally`] for each relay that they name.

use crate::app::messages::relay_message::{RelayMessage, RelayTrust};

/// What the files of one relay came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelayTally {
    /// Files of which pieces were compared with the publisher's server, and were right.
    pub checked: u64,
    /// How many pieces of them were compared.
    pub right: u64,
    /// How many pieces they have together.
    pub pieces: u64,
    /// Files on which relays with keys of their own agreed.
    pub agreed: u64,
    /// The most relays that agreed on one of them.
    pub voices: u64,
    /// Files for which this relay alone speaks.
    pub only: u64,
    /// Files that their publisher replaced since the relay took them.
    pub replaced: u64,
    /// Files on which it could not be decided who is right.
    pub undecided: u64,
    /// Files on which it was contradicted by the publisher's server.
    pub contradicted: u64,
    /// Files whose .torrent was not the one that the relay signed.
    pub other_torrent: u64,
}

impl RelayTally {
    /// How many files were downloaded by its .torrents.
    pub fn relied_on(&self) -> u64 {
        self.checked + self.agreed + self.only
    }

    /// How many files were not, although it offers them.
    pub fn left(&self) -> u64 {
        self.replaced + self.undecided + self.contradicted + self.other_torrent
    }

    /// Counts what came of one file.
    pub fn count(&mut self, outcome: RelayedFileOutcome) {
        match outcome {
            RelayedFileOutcome::ReliedOn(RelayTrust::CheckedAtSource { right, pieces }) => {
                self.checked += 1;
                self.right += u64::from(right);
                self.pieces += u64::from(pieces);
            }
            RelayedFileOutcome::ReliedOn(RelayTrust::AgreedBy { relays }) => {
                self.agreed += 1;
                self.voices = self.voices.max(relays as u64);
            }
            RelayedFileOutcome::ReliedOn(RelayTrust::OnlyThisRelay) => self.only += 1,
            RelayedFileOutcome::Replaced => self.replaced += 1,
            RelayedFileOutcome::Undecided => self.undecided += 1,
            RelayedFileOutcome::Contradicted => self.contradicted += 1,
            RelayedFileOutcome::OtherTorrent => self.other_torrent += 1,
        }
    }
}

/// What came of one file that a relay offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayedFileOutcome {
    /// It was downloaded by the relay's .torrent.
    ReliedOn(RelayTrust),
    /// Its publisher replaced it since.
    Replaced,
    /// Who is right could not be decided.
    Undecided,
    /// The publisher's server sends other bytes.
    Contradicted,
    /// The .torrent is not the one that the relay signed.
    OtherTorrent,
}

/// The relay and what came of a file of it, as a message says. `None` for messages about anything else.
pub fn outcome_of(message: &RelayMessage) -> Option<(&str, RelayedFileOutcome)> {
    match message {
        RelayMessage::ReliedOn { relay, trust, .. } => Some((relay, RelayedFileOutcome::ReliedOn(*trust))),
        RelayMessage::ReplacedAtSource { relay, .. } => Some((relay, RelayedFileOutcome::Replaced)),
        RelayMessage::NotDecided { relay, .. } => Some((relay, RelayedFileOutcome::Undecided)),
        RelayMessage::Contradicted { relay, .. } => Some((relay, RelayedFileOutcome::Contradicted)),
        RelayMessage::OtherTorrent { relay, .. } => Some((relay, RelayedFileOutcome::OtherTorrent)),
        RelayMessage::SettingsUnsound { .. }
        | RelayMessage::NoBroker { .. }
        | RelayMessage::BrokerAway { .. }
        | RelayMessage::NotAccepted { .. }
        | RelayMessage::NothingRelayed
        | RelayMessage::AddressUnsound { .. }
        | RelayMessage::NoTracker
        | RelayMessage::ReloadWithoutList
        | RelayMessage::ListIsOther { .. }
        | RelayMessage::ListNotWritten { .. }
        | RelayMessage::ListNotReloaded { .. }
        | RelayMessage::NotReachable { .. }
        | RelayMessage::OtherBytes { .. }
        | RelayMessage::StoreUnsound { .. }
        | RelayMessage::StoreKeysMissing
        | RelayMessage::StoreRefused { .. }
        | RelayMessage::StoreNotReadable { .. }
        | RelayMessage::TooLargeForStore { .. }
        | RelayMessage::FileMissing { .. }
        | RelayMessage::FileChanged { .. }
        | RelayMessage::AddressInUse { .. }
        | RelayMessage::RunsElsewhere { .. }
        | RelayMessage::SharedAlready { .. }
        | RelayMessage::TooManyShared { .. }
        | RelayMessage::SharingOff
        | RelayMessage::ChangedMeanwhile { .. }
        | RelayMessage::LengthNotKnown { .. }
        | RelayMessage::Replaced { .. }
        | RelayMessage::NoAddress { .. }
        | RelayMessage::StateUnsound { .. }
        | RelayMessage::TooManyUsed { .. }
        | RelayMessage::NotUsed { .. }
        | RelayMessage::ListNotKept { .. }
        | RelayMessage::UsedUnreachable { .. }
        | RelayMessage::KeyChanged { .. }
        | RelayMessage::NoLongerSigned { .. }
        | RelayMessage::OtherAddress { .. }
        | RelayMessage::ManifestReplayed { .. }
        | RelayMessage::AnswerRefused { .. }
        | RelayMessage::IsSetAside { .. }
        | RelayMessage::RelaysDisagree(_)
        | RelayMessage::Pledge(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_counted_once_by_what_speaks_for_it_or_against_it() {
        let (file, relay) = ("a.grib2".to_owned(), "https://r.example/".to_owned());
        let relied = |trust| RelayMessage::ReliedOn { file: file.clone(), relay: relay.clone(), trust };
        let mut tally = RelayTally::default();
        for message in [
            relied(RelayTrust::CheckedAtSource { right: 1, pieces: 40 }),
            relied(RelayTrust::CheckedAtSource { right: 2, pieces: 10 }),
            relied(RelayTrust::AgreedBy { relays: 3 }),
            relied(RelayTrust::OnlyThisRelay),
            RelayMessage::ReplacedAtSource { file: file.clone(), relay: relay.clone() },
            RelayMessage::NothingRelayed,
        ] {
            let outcome = outcome_of(&message);
            assert_eq!(outcome.is_some(), message != RelayMessage::NothingRelayed);
            outcome.into_iter().for_each(|(_, outcome)| tally.count(outcome));
        }
        assert_eq!((tally.checked, tally.right, tally.pieces), (2, 3, 50));
        assert_eq!((tally.agreed, tally.voices, tally.only), (1, 3, 1));
        assert_eq!((tally.relied_on(), tally.left()), (4, 1));
    }
}
