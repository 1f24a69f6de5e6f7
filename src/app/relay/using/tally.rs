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

    /// Counts what a message says of one file.
    pub fn count(&mut self, message: &RelayMessage) {
        match message {
            RelayMessage::ReliedOn { trust, .. } => match *trust {
                RelayTrust::CheckedAtSource { right, pieces } => {
                    self.checked += 1;
                    self.right += u64::from(right);
                    self.pieces += u64::from(pieces);
                }
                RelayTrust::AgreedBy { relays } => {
                    self.agreed += 1;
                    self.voices = self.voices.max(relays as u64);
                }
                RelayTrust::OnlyThisRelay => self.only += 1,
            },
            RelayMessage::ReplacedAtSource { .. } => self.replaced += 1,
            RelayMessage::NotDecided { .. } => self.undecided += 1,
            RelayMessage::Contradicted { .. } => self.contradicted += 1,
            RelayMessage::OtherTorrent { .. } => self.other_torrent += 1,
            _ => {}
        }
    }
}

/// The relay that a message tells about a file of. `None` for messages that count nothing.
pub fn relay_of(message: &RelayMessage) -> Option<&str> {
    match message {
        RelayMessage::ReliedOn { relay, .. }
        | RelayMessage::ReplacedAtSource { relay, .. }
        | RelayMessage::NotDecided { relay, .. }
        | RelayMessage::Contradicted { relay, .. }
        | RelayMessage::OtherTorrent { relay, .. } => Some(relay),
        _ => None,
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
            assert_eq!(relay_of(&message).is_some(), message != RelayMessage::NothingRelayed);
            tally.count(&message);
        }
        assert_eq!((tally.checked, tally.right, tally.pieces), (2, 3, 50));
        assert_eq!((tally.agreed, tally.voices, tally.only), (1, 3, 1));
        assert_eq!((tally.relied_on(), tally.left()), (4, 1));
    }
}
