//! Tells what comes of asking a router to let peers connect: no source says it.
//!
//! In: snapshots. Out: a sentence when something became known.

use crate::app::jobs::discovery::PortSeen;
use crate::app::snapshot::Snapshot;
use crate::i18n::{Translator, discovery};

/// What was printed already.
#[derive(Debug, Default)]
pub struct PortNotes {
    told: PortSeen,
}

impl PortNotes {
    /// What is to be said of `snapshot`. `None` when nothing is known that was not said.
    pub fn next(&mut self, snapshot: &Snapshot, text: &Translator) -> Option<String> {
        let now = &snapshot.vitals.discovery.port;
        let is_settled = matches!(now, PortSeen::Open { .. } | PortSeen::Closed(_));
        if !is_settled || *now == self.told {
            return None;
        }
        self.told = now.clone();
        discovery::port_seen(text, now)
    }
}
