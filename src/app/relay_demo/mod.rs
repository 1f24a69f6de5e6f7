//! The second part of the demo: what a relay and two clients spare a publisher, in figures.
//!
//! In: what the publisher's connections sent, and the transfers of the clients. Out: a [`RelayDemoReport`]. Each figure is that of
//! a counter or of a ledger, or the sum, difference or quotient of such; only what classic downloads would have cost is
//! multiplied. Start reading at [`RelayDemoReport`].

mod client;

pub use client::{BytesByGiver, GiverAddresses, RelayDemoClient, TrustCount};

use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// Begins the second part; what it tells comes as it happens. The last is an end or a trouble.
pub type StartRelayDemo = Arc<dyn Fn() -> Receiver<RelayDemoEvent> + Send + Sync>;

/// The run that is relayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayedRun {
    /// How many files.
    pub files: usize,
    /// Their length together.
    pub length: ByteCount,
}

impl RelayedRun {
    /// So many octets in copies of the run; 0 of a run of nothing.
    pub fn copies(&self, octets: ByteCount) -> f64 {
        if self.length == ByteCount::ZERO { 0.0 } else { octets.0 as f64 / self.length.0 as f64 }
    }
}

/// What the second part tells.
#[derive(Clone, Debug)]
pub enum RelayDemoEvent {
    /// The publisher has the run.
    Published(RelayedRun),
    /// The relay announces so many files of it; the publisher has sent so much by now.
    Relaying {
        /// Files that the relay announces.
        offered: usize,
        /// What the publisher has sent.
        sent: ByteCount,
    },
    /// The relay announces all of it.
    Relayed {
        /// Its address.
        relay: String,
        /// The fingerprint of its key.
        fingerprint: String,
        /// What the publisher has sent.
        sent: ByteCount,
    },
    /// The clients download.
    Receiving {
        /// What both have by now.
        held: ByteCount,
        /// What the publisher has sent.
        sent: ByteCount,
    },
    /// It is over, and these are its figures.
    Ended(Box<RelayDemoReport>),
    /// It cannot go on.
    Failed(RelayDemoTrouble),
}

/// Why the second part did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RelayDemoTrouble {
    /// This build has no peers in it.
    NotBuiltIn,
    /// The system refuses threads, folders or ports.
    NotStarted {
        /// What it said, in English.
        detail: String,
    },
    /// The relay, or a transfer of a client, cannot go on.
    Refused(UserMessage),
    /// It took longer than the demo may take.
    TooLate {
        /// How long it may take, in seconds.
        seconds: u64,
    },
    /// The program is to end.
    Stopped,
}

impl RelayDemoTrouble {
    /// How the demo ends by it. A build without peers is no failure: it says so.
    pub const fn end(&self) -> End {
        match self {
            Self::NotBuiltIn => End::Done,
            Self::NotStarted { .. } => End::Disk,
            Self::Refused(_) | Self::TooLate { .. } => End::NoSource,
            Self::Stopped => End::Interrupted,
        }
    }
}

/// The figures of the second part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayDemoReport {
    /// What was relayed.
    pub run: RelayedRun,
    /// What the publisher had sent when the relay announced all of it.
    pub sent_to_relay: ByteCount,
    /// What the publisher has sent in all: files, pages, pieces for comparison, heads.
    pub sent: ByteCount,
    /// The clients.
    pub clients: Vec<RelayDemoClient>,
}

impl RelayDemoReport {
    /// Copies of the run that left the publisher, those to the relay included.
    pub fn copies_sent(&self) -> f64 {
        self.run.copies(self.sent)
    }

    /// Copies of the run that the clients have, each file of them verified.
    pub fn copies_received(&self) -> f64 {
        self.run.copies(self.clients.iter().map(|client| client.verified).sum())
    }

    /// Copies that the publisher did not have to send: what the clients have less what it sent. Negative when it sent more.
    pub fn copies_spared(&self) -> f64 {
        self.copies_received() - self.copies_sent()
    }

    /// What the publisher would have sent of its files if each client had downloaded them from it.
    pub fn classic(&self) -> ByteCount {
        ByteCount(self.run.length.0.saturating_mul(self.clients.len() as u64))
    }

    /// From where the clients received, all of them together.
    pub fn by_giver(&self) -> BytesByGiver {
        self.clients.iter().fold(BytesByGiver::default(), |sum, client| sum.plus(client.by_giver))
    }

    /// Whether each client has the whole run, verified.
    pub fn is_whole(&self) -> bool {
        let has_all = |client: &RelayDemoClient| client.verified == self.run.length;
        !self.clients.is_empty() && self.clients.iter().all(has_all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_report(sent: u64) -> RelayDemoReport {
        let client = |relay, clients| RelayDemoClient {
            verified: ByteCount(100),
            by_giver: BytesByGiver {
                relay: ByteCount(relay),
                clients: ByteCount(clients),
                ..BytesByGiver::default()
            },
            ..RelayDemoClient::default()
        };
        RelayDemoReport {
            run: RelayedRun { files: 2, length: ByteCount(100) },
            sent_to_relay: ByteCount(105),
            sent: ByteCount(sent),
            clients: vec![client(70, 30), client(40, 60)],
        }
    }

    #[test]
    fn copies_spared_are_those_received_less_those_sent() {
        let report = a_report(110);
        assert!((report.copies_sent() - 1.1).abs() < 1e-9);
        assert!((report.copies_received() - 2.0).abs() < 1e-9);
        assert!((report.copies_spared() - 0.9).abs() < 1e-9);
        assert_eq!((report.classic(), report.is_whole()), (ByteCount(200), true));
    }

    #[test]
    fn a_publisher_that_sent_more_than_the_clients_have_was_spared_nothing() {
        assert!((a_report(350).copies_spared() + 1.5).abs() < 1e-9);
        let mut half = a_report(110);
        half.clients[1].verified = ByteCount(50);
        assert!((half.copies_spared() - 0.4).abs() < 1e-9 && !half.is_whole());
    }

    #[test]
    fn givers_of_all_clients_are_added_up() {
        let sum = a_report(110).by_giver();
        assert_eq!((sum.relay, sum.clients, sum.total()), (ByteCount(110), ByteCount(90), ByteCount(200)));
    }

    #[test]
    fn of_a_run_of_nothing_there_are_no_copies() {
        assert_eq!(RelayedRun { files: 0, length: ByteCount::ZERO }.copies(ByteCount(5)), 0.0);
    }
}
