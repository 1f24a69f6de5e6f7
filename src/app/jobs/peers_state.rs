//! Why nothing comes from the peers of a transfer, or that something does.
//!
//! In: the lines of its sources. Out: [`PeersState`].

use crate::app::jobs::peers::ConnectionFlow;
use crate::app::jobs::progress::SourceLine;
use crate::app::messages::line_kind::LineKind;

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
    use crate::app::jobs::peers::{NamedBy, PeerFacts};
    use crate::domain::octets::ByteCount;

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
