//! How far a job is: octets by who gave them, and what goes on while it moves.
//!
//! In: what the engine counted. Out: [`Transfer`], of which there may be 200,000: one at rest is small.

use crate::app::jobs::peers::PeerFacts;
use crate::app::messages::line_kind::LineKind;
use crate::domain::octets::ByteCount;
use crate::domain::source::BytesBySource;
use crate::transfer::reason::Reason;

/// How far a job is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    /// Octets to hold.
    pub wanted: ByteCount,
    /// Octets missing still.
    pub missing: ByteCount,
    /// Octets that came over the network, useful or not.
    pub received: ByteCount,
    /// Who gave what; what was held before counts as disk.
    pub by_source: BytesBySource,
    /// Octets received in vain.
    pub wasted: ByteCount,
    /// Octets given to peers.
    pub given: ByteCount,
    /// What the thousands that went well and rest do without: read it by [`Transfer::live`].
    pub live: Option<Box<Live>>,
}

/// The part of a transfer that one at rest has nothing of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Live {
    /// Who had given what counts as disk, as far as it is remembered.
    pub held_before: BytesBySource,
    /// Octets that peers can get: what is held, also by earlier transfers of the same torrent.
    pub offered: ByteCount,
    /// Octets per second from peers.
    pub peer_rate: u64,
    /// Octets per second by HTTP.
    pub http_rate: u64,
    /// Octets per second given to peers.
    pub given_rate: u64,
    /// Peers with whom data may be exchanged now.
    pub peers_live: usize,
    /// One row a source.
    pub sources: Vec<SourceLine>,
}

impl Live {
    const REST: &Self = &Self {
        held_before: BytesBySource::NOTHING,
        offered: ByteCount::ZERO,
        peer_rate: 0,
        http_rate: 0,
        given_rate: 0,
        peers_live: 0,
        sources: Vec::new(),
    };
}

impl Transfer {
    /// The same with `live`.
    pub fn with_live(self, live: Live) -> Self {
        let live = (live != *Live::REST).then(|| Box::new(live));
        Self { live, ..self }
    }

    /// Rates, peers, sources: all nothing of a transfer at rest.
    pub fn live(&self) -> &Live {
        self.live.as_deref().unwrap_or(Live::REST)
    }

    /// The same, for change.
    pub fn live_mut(&mut self) -> &mut Live {
        self.live.get_or_insert_default()
    }

    /// Nothing moves any more; what is known of the sources stays.
    pub fn settle(&mut self) {
        if let Some(live) = self.live.take() {
            let still = Live {
                offered: ByteCount::ZERO,
                peer_rate: 0,
                http_rate: 0,
                given_rate: 0,
                peers_live: 0,
                ..*live
            };
            *self = std::mem::take(self).with_live(still);
        }
    }
}

/// One source, for a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// What it is.
    pub kind: LineKind,
    /// Its URL without secrets, or its address.
    pub label: String,
    /// Octets it gave of what was wanted; for a peer, octets on the wire.
    pub gave: ByteCount,
    /// Octets it sent in vain.
    pub wasted: ByteCount,
    /// Octets a second that it gives now, in vain or not.
    pub rate: u64,
    /// How many peers a tracker or the DHT named. `None` for other sources, and before the first answer.
    pub named: Option<u32>,
    /// Why it gives nothing.
    pub troubles: Vec<Reason>,
    /// More of a peer.
    pub peer: Option<Box<PeerFacts>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::SourceKind;

    #[test]
    fn a_transfer_at_rest_keeps_only_what_is_known_of_its_sources() {
        let mut transfer = Transfer::default().with_live(Live { peer_rate: 5, ..Live::default() });
        transfer.settle();
        assert_eq!(transfer, Transfer::default());

        let mut held_before = BytesBySource::default();
        held_before.add(SourceKind::Swarm, ByteCount(7));
        let mut transfer =
            Transfer::default().with_live(Live { peers_live: 3, held_before, ..Live::default() });
        transfer.settle();
        assert_eq!(transfer.live(), &Live { held_before, ..Live::default() });
    }
}
