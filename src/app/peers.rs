//! The peers of one transfer, as rows show them, and why nothing comes from them.
//!
//! In: what the engine saw of each peer. Out: [`PeerFacts`] of a line, and [`PeersState`] of all.

use super::progress::{LineKind, SourceLine};
use crate::domain::octets::ByteCount;
pub use crate::swarm::address_book::NamedBy;
use std::time::Duration;

/// What a line tells of a peer beside what it tells of any source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerFacts {
    /// Its address.
    pub address: String,
    /// What it calls its program.
    pub client: Option<String>,
    /// Whether it is connected.
    pub is_live: bool,
    /// Octets that it was given.
    pub given: ByteCount,
    /// Octets a second that it is given now.
    pub rate_out: u64,
    /// How much of the content it holds, in thousandths.
    pub holds: u16,
    /// Whether it lets us receive now, and whether we want to.
    pub to_us: ConnectionFlow,
    /// Whether we let it receive now, and whether it wants to.
    pub from_us: ConnectionFlow,
    /// Whether it is in a network that this computer is in.
    pub is_near: bool,
    /// How long it took to answer our call.
    pub round_trip: Option<Duration>,
    /// Who named it.
    pub named_by: NamedBy,
}

/// One direction of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionFlow {
    /// Nothing is wanted.
    #[default]
    NotWanted,
    /// Something is wanted, and has to wait: choked.
    Choked,
    /// Something is wanted and may come.
    Open,
}

impl ConnectionFlow {
    /// The direction in which something `is_wanted` and `is_choked` or not.
    pub fn of((is_wanted, is_choked): (bool, bool)) -> Self {
        match (is_wanted, is_choked) {
            (false, _) => Self::NotWanted,
            (true, true) => Self::Choked,
            (true, false) => Self::Open,
        }
    }

    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotWanted => "not_wanted",
            Self::Choked => "choked",
            Self::Open => "open",
        }
    }
}

/// The name in JSON of who named a peer; stable.
pub const fn key_of(named_by: NamedBy) -> &'static str {
    match named_by {
        NamedBy::Person => "given",
        NamedBy::Tracker => "tracker",
        NamedBy::Peer => "peer",
        NamedBy::Dht => "dht",
        NamedBy::LocalNetwork => "local_network",
        NamedBy::Itself => "called_us",
    }
}

/// Why nothing comes from peers, or that something does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeersState {
    /// No tracker and no other way to find peers was used.
    NotLookedFor,
    /// No peer was named.
    NoneKnown,
    /// Some are known, and none is connected.
    NoneConnected,
    /// None that is connected holds anything of what is missing.
    HoldNothingMissing,
    /// All that hold something of it have us wait.
    AllChoke,
    /// Some are asked.
    Asked,
}

impl PeersState {
    /// How the peers among `lines` stand.
    pub fn of(lines: &[SourceLine]) -> Self {
        let mut known = lines.iter().filter_map(|line| line.peer.as_deref()).peekable();
        if known.peek().is_none() {
            let asks = |line: &SourceLine| {
                matches!(line.kind, LineKind::Tracker | LineKind::Dht | LineKind::LocalNetwork)
            };
            return if lines.iter().any(asks) { Self::NoneKnown } else { Self::NotLookedFor };
        }
        let live: Vec<ConnectionFlow> = known.filter(|peer| peer.is_live).map(|peer| peer.to_us).collect();
        if live.is_empty() {
            Self::NoneConnected
        } else if live.contains(&ConnectionFlow::Open) {
            Self::Asked
        } else if live.contains(&ConnectionFlow::Choked) {
            Self::AllChoke
        } else {
            Self::HoldNothingMissing
        }
    }

    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotLookedFor => "not_looked_for",
            Self::NoneKnown => "none_known",
            Self::NoneConnected => "none_connected",
            Self::HoldNothingMissing => "hold_nothing_missing",
            Self::AllChoke => "all_choke",
            Self::Asked => "asked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_peer(to_us: ConnectionFlow) -> SourceLine {
        let facts = PeerFacts {
            address: "192.0.2.1:6881".to_owned(),
            client: None,
            is_live: true,
            given: ByteCount::ZERO,
            rate_out: 0,
            holds: 500,
            to_us,
            from_us: ConnectionFlow::NotWanted,
            is_near: false,
            round_trip: None,
            named_by: NamedBy::Tracker,
        };
        SourceLine {
            kind: LineKind::Peer,
            label: String::new(),
            gave: ByteCount::ZERO,
            wasted: ByteCount::ZERO,
            rate: 0,
            named: None,
            troubles: Vec::new(),
            peer: Some(Box::new(facts)),
        }
    }

    fn a_tracker() -> SourceLine {
        SourceLine { kind: LineKind::Tracker, peer: None, ..a_peer(ConnectionFlow::NotWanted) }
    }

    fn a_peer_that_went() -> SourceLine {
        let mut line = a_peer(ConnectionFlow::Open);
        line.peer.iter_mut().for_each(|facts| facts.is_live = false);
        line
    }

    #[test]
    fn it_is_told_apart_why_nothing_comes_from_peers() {
        let choked = ConnectionFlow::of((true, true));
        let cases = [
            (vec![], PeersState::NotLookedFor),
            (vec![a_tracker()], PeersState::NoneKnown),
            (vec![a_peer_that_went()], PeersState::NoneConnected),
            (vec![a_peer(ConnectionFlow::NotWanted)], PeersState::HoldNothingMissing),
            (vec![a_peer(ConnectionFlow::NotWanted), a_peer(choked)], PeersState::AllChoke),
            (vec![a_peer(choked), a_peer(ConnectionFlow::of((true, false)))], PeersState::Asked),
        ];
        for (lines, state) in cases {
            assert_eq!(PeersState::of(&lines), state);
        }
    }
}
