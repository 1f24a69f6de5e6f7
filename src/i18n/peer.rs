//! What is said of one peer, and of why nothing comes from any.

use super::Translator;
use crate::app::jobs::peers::{ConnectionFlow, NamedBy, PeerFacts};
use crate::app::jobs::peers_state::PeersState;
use i18n_embed_fl::fl;

/// How it was found, and whether it is near: `tracker · near`.
pub fn found(text: &Translator, peer: &PeerFacts) -> String {
    let l = &text.loader;
    let by = match peer.named_by {
        NamedBy::Person => fl!(l, "peer-by-person"),
        NamedBy::Tracker => fl!(l, "peer-by-tracker"),
        NamedBy::Peer => fl!(l, "peer-by-peer"),
        NamedBy::Dht => fl!(l, "peer-by-dht"),
        NamedBy::LocalNetwork => fl!(l, "peer-by-local-network"),
        NamedBy::Itself => fl!(l, "peer-by-itself"),
    };
    if peer.is_near { format!("{by} · {}", fl!(l, "peer-near")) } else { by }
}

/// What goes in either direction on a connection: `sends to us · we send to it`.
pub fn flows(text: &Translator, peer: &PeerFacts) -> String {
    let l = &text.loader;
    let to_us = match peer.to_us {
        ConnectionFlow::Open => fl!(l, "peer-sends"),
        ConnectionFlow::Choked => fl!(l, "peer-chokes-us"),
        ConnectionFlow::NotWanted => fl!(l, "peer-nothing-for-us"),
    };
    match peer.from_us {
        ConnectionFlow::Open | ConnectionFlow::Choked => format!("{to_us} · {}", takes(text, peer)),
        ConnectionFlow::NotWanted => to_us,
    }
}

/// What goes to it, for whoever needs nothing: `we send to it`.
pub fn takes(text: &Translator, peer: &PeerFacts) -> String {
    let l = &text.loader;
    match peer.from_us {
        ConnectionFlow::Open => fl!(l, "peer-is-sent-to"),
        ConnectionFlow::Choked => fl!(l, "peer-waits"),
        ConnectionFlow::NotWanted => fl!(l, "peer-wants-nothing"),
    }
}

/// Why nothing comes from peers, or that something may.
pub fn peers_state(text: &Translator, state: PeersState) -> String {
    let l = &text.loader;
    match state {
        PeersState::NotLookedFor => fl!(l, "peers-not-looked-for"),
        PeersState::NoneKnown => fl!(l, "peers-none-known"),
        PeersState::NoneConnected => fl!(l, "peers-none-connected"),
        PeersState::HoldNothingMissing => fl!(l, "peers-hold-nothing-missing"),
        PeersState::AllChoke => fl!(l, "peers-all-choke"),
        PeersState::Asked => fl!(l, "peers-asked"),
    }
}
