//! What is seen of ways to find peers beside trackers, in words.
//!
//! In: what was observed. Out: a sentence, or nothing while a way rests.

use super::Translator;
use crate::app::jobs::discovery::{DhtSeen, DhtTrouble, LocalSeen, PortSeen, PortTrouble};
use i18n_embed_fl::fl;

/// How the DHT is. `None` while it rests.
pub fn dht_seen(text: &Translator, seen: &DhtSeen) -> Option<String> {
    let l = &text.loader;
    Some(match seen {
        DhtSeen::Resting => return None,
        DhtSeen::Entering => fl!(l, "dht-entering"),
        DhtSeen::Nodes(nodes) => fl!(l, "dht-nodes", n = u32::try_from(*nodes).unwrap_or(u32::MAX)),
        DhtSeen::Failed(DhtTrouble::NoAddress(names)) => {
            fl!(l, "dht-no-address", n = u32::try_from(*names).unwrap_or(u32::MAX))
        }
        DhtSeen::Failed(DhtTrouble::NoAnswer) => fl!(l, "dht-no-answer"),
        DhtSeen::Failed(DhtTrouble::NoSocket(words)) => {
            fl!(l, "discovery-failed", words = words.as_str())
        }
    })
}

/// How the local network is. `None` while it rests.
pub fn local_seen(text: &Translator, seen: &LocalSeen) -> Option<String> {
    let l = &text.loader;
    Some(match seen {
        LocalSeen::Resting => return None,
        LocalSeen::Listening(peers) => {
            fl!(l, "local-heard", n = u32::try_from(*peers).unwrap_or(u32::MAX))
        }
        LocalSeen::Failed(words) => fl!(l, "discovery-failed", words = words.as_str()),
    })
}

/// How the port at the router is. `None` while no router is asked.
pub fn port_seen(text: &Translator, seen: &PortSeen) -> Option<String> {
    let l = &text.loader;
    Some(match seen {
        PortSeen::Resting => return None,
        PortSeen::Asking => fl!(l, "port-asking"),
        PortSeen::Open { port, address: Some(address) } => {
            fl!(l, "port-open-at", port = port.to_string(), address = address.to_string())
        }
        PortSeen::Open { port, address: None } => fl!(l, "port-open", port = port.to_string()),
        PortSeen::Closed(PortTrouble::NoRouter) => fl!(l, "port-no-router"),
        PortSeen::Closed(PortTrouble::Refused(words)) => {
            fl!(l, "port-refused", words = words.as_str())
        }
        PortSeen::Closed(PortTrouble::NoAddress(words)) => {
            fl!(l, "discovery-failed", words = words.as_str())
        }
        PortSeen::Closed(PortTrouble::NotListening) => fl!(l, "port-not-listening"),
    })
}
