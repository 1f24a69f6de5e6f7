//! What one client received, from whom, and what speaks for it.
//!
//! In: its transfers, one a file, and the addresses of relay and publisher. Out: a [`RelayDemoClient`].

use crate::app::jobs::view::{Job, SourceLine};
use crate::app::messages::line_kind::LineKind;
use crate::app::messages::relay_message::{RelayMessage, RelayTrust};
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::source::SourceKind;
use std::sync::Arc;
use url::Url;

/// Octets that came over the network, by who sent them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BytesByGiver {
    /// The relay, by HTTP or as a peer: what all peers sent less what the other client counts as uploaded.
    pub relay: ByteCount,
    /// The other client, as it counts what it uploaded.
    pub clients: ByteCount,
    /// The publisher's own server. Pieces that were compared with it are not among them: they went into no file.
    pub publisher: ByteCount,
    /// Anybody else: nobody, as long as nothing but this computer is contacted.
    pub others: ByteCount,
}

impl BytesByGiver {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            relay: self.relay + other.relay,
            clients: self.clients + other.clients,
            publisher: self.publisher + other.publisher,
            others: self.others + other.others,
        }
    }

    /// All of them.
    pub fn total(&self) -> ByteCount {
        self.relay + self.clients + self.publisher + self.others
    }

    fn of_line(line: &SourceLine, at: &GiverAddresses) -> Self {
        let mut by = Self::default();
        match line.kind {
            LineKind::Source(SourceKind::WebSeed | SourceKind::Mirror) => {
                let server = Url::parse(&line.label).ok().and_then(|url| server_of(&url));
                let giver = match server {
                    Some(server) if server == at.publisher => &mut by.publisher,
                    Some(server) if server == at.relay => &mut by.relay,
                    _ => &mut by.others,
                };
                *giver += line.gave + line.wasted;
            }
            // All peers together; who of them is whom, their addresses do not tell: each calls the others from any port.
            LineKind::Source(SourceKind::Swarm) => by.relay += line.gave + line.wasted,
            LineKind::Source(SourceKind::Inline | SourceKind::Disk) => by.others += line.gave,
            LineKind::Peer | LineKind::Tracker | LineKind::Dht | LineKind::LocalNetwork => {}
        }
        by
    }
}

/// By which addresses the web servers of relay and publisher are known again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiverAddresses {
    /// The relay's web server, as `host:port`.
    pub relay: String,
    /// The publisher's web server, as `host:port`.
    pub publisher: String,
}

/// A web server as `host:port`. `None` when its address names none.
fn server_of(url: &Url) -> Option<String> {
    Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
}

/// What speaks for the .torrents that the relay gave, by files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrustCount {
    /// Files for which only the relay vouches.
    pub only_relay: usize,
    /// Files of which pieces were compared with the publisher's server, and were right.
    pub checked: usize,
    /// How many pieces were compared.
    pub right: u64,
    /// How many pieces those files have.
    pub pieces: u64,
}

impl TrustCount {
    fn count(&mut self, note: &UserMessage) {
        let UserMessage::Relay(RelayMessage::ReliedOn { trust, .. }) = note else { return };
        match trust {
            RelayTrust::CheckedAtSource { right, pieces } => {
                self.checked += 1;
                self.right += u64::from(*right);
                self.pieces += u64::from(*pieces);
            }
            RelayTrust::OnlyThisRelay => self.only_relay += 1,
            // There is one relay.
            RelayTrust::AgreedBy { .. } => {}
        }
    }
}

/// What one client came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RelayDemoClient {
    /// Files in their place and verified.
    pub files: usize,
    /// Their length.
    pub verified: ByteCount,
    /// What it received for them over the network, in vain or not, as its transfers count it.
    pub received: ByteCount,
    /// The same by who sent it, as its sources count it.
    pub by_giver: BytesByGiver,
    /// What of it was in vain.
    pub wasted: ByteCount,
    /// What it uploaded to peers.
    pub uploaded: ByteCount,
    /// What speaks for the relay's .torrents.
    pub trust: TrustCount,
}

impl RelayDemoClient {
    /// What these transfers came to.
    pub fn of(jobs: &[Arc<Job>], at: &GiverAddresses) -> Self {
        let mut client = Self::default();
        for job in jobs {
            let is_verified = |verdict: &Verdict| matches!(verdict, Verdict::Verified { .. });
            for file in job.files.iter().filter(|file| is_verified(&file.verdict)) {
                client.files += 1;
                client.verified += file.length;
            }
            client.received += job.transfer.received;
            client.wasted += job.transfer.wasted;
            client.uploaded += job.transfer.given;
            for line in &job.transfer.live().sources {
                client.by_giver = client.by_giver.plus(BytesByGiver::of_line(line, at));
            }
            job.notes.iter().for_each(|note| client.trust.count(note));
        }
        client
    }

    /// Tells two clients' peers apart: what one counts as uploaded, the other has from it, for the relay has everything and
    /// downloads nothing.
    pub fn tell_peers_apart(one: &mut Self, other: &mut Self) {
        let (of_one, of_other) = (one.uploaded, other.uploaded);
        for (to, uploaded) in [(one, of_other), (other, of_one)] {
            // What was on its way when the figures were taken is counted by the sender alone.
            let from_client = uploaded.min(to.by_giver.relay);
            to.by_giver.relay = to.by_giver.relay.saturating_sub(from_client);
            to.by_giver.clients = from_client;
        }
    }

    /// Whether what its sources sent is what its transfers received: both are told from time to time, not at one moment.
    pub fn is_settled(&self) -> bool {
        self.by_giver.total() == self.received
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::peers::{ConnectionFlow, NamedBy, PeerFacts};

    fn line(kind: LineKind, label: &str, gave: u64) -> SourceLine {
        let peer = PeerFacts {
            address: label.to_owned(),
            client: None,
            is_live: true,
            given: ByteCount::ZERO,
            rate_out: 0,
            holds: 1_000,
            to_us: ConnectionFlow::NotWanted,
            from_us: ConnectionFlow::NotWanted,
            is_near: true,
            round_trip: None,
            named_by: NamedBy::Tracker,
        };
        SourceLine {
            kind,
            label: label.to_owned(),
            gave: ByteCount(gave),
            wasted: ByteCount::ZERO,
            rate: 0,
            named: None,
            troubles: Vec::new(),
            peer: (kind == LineKind::Peer).then(|| Box::new(peer)),
        }
    }

    fn at() -> GiverAddresses {
        GiverAddresses { relay: "127.0.0.1:8480".to_owned(), publisher: "127.0.0.1:8080".to_owned() }
    }

    #[test]
    fn servers_are_known_by_their_address_and_no_octet_counts_twice() {
        let web_seed = LineKind::Source(SourceKind::WebSeed);
        let lines = [
            line(LineKind::Source(SourceKind::Swarm), "", 15),
            line(LineKind::Peer, "127.0.0.1:4240", 10),
            line(LineKind::Peer, "127.0.0.1:50001", 5),
            line(web_seed, "http://127.0.0.1:8080/data/a.grib2", 3),
            line(web_seed, "http://127.0.0.1:8480/data/a.grib2", 2),
            line(web_seed, "http://198.51.100.7/a.grib2", 1),
            line(LineKind::Tracker, "http://127.0.0.1:8480/announce", 0),
        ];
        let by = lines
            .iter()
            .fold(BytesByGiver::default(), |sum, line| sum.plus(BytesByGiver::of_line(line, &at())));
        let expected = BytesByGiver {
            relay: ByteCount(17),
            clients: ByteCount::ZERO,
            publisher: ByteCount(3),
            others: ByteCount(1),
        };
        assert_eq!((by, by.total()), (expected, ByteCount(21)));
    }

    #[test]
    fn what_one_client_uploaded_the_other_has_from_it() {
        let client = |peers, uploaded| RelayDemoClient {
            uploaded: ByteCount(uploaded),
            by_giver: BytesByGiver { relay: ByteCount(peers), ..BytesByGiver::default() },
            ..RelayDemoClient::default()
        };
        let (mut one, mut other) = (client(100, 30), client(90, 120));
        RelayDemoClient::tell_peers_apart(&mut one, &mut other);
        assert_eq!((one.by_giver.relay, one.by_giver.clients), (ByteCount::ZERO, ByteCount(100)));
        assert_eq!((other.by_giver.relay, other.by_giver.clients), (ByteCount(60), ByteCount(30)));
    }

    #[test]
    fn trust_is_counted_by_files_and_pieces() {
        let note = |trust| {
            UserMessage::Relay(RelayMessage::ReliedOn { file: String::new(), relay: String::new(), trust })
        };
        let mut count = TrustCount::default();
        count.count(&note(RelayTrust::OnlyThisRelay));
        count.count(&note(RelayTrust::CheckedAtSource { right: 1, pieces: 33 }));
        count.count(&note(RelayTrust::CheckedAtSource { right: 1, pieces: 32 }));
        count.count(&UserMessage::Stopped);
        assert_eq!(count, TrustCount { only_relay: 1, checked: 2, right: 2, pieces: 65 });
    }
}
