//! A node of a mesh: what a person asks, what is told beside the news of listening and announcing, and what it came to.
//!
//! In: [`MeshRunRequest`]. Out: [`MeshRunNews`], then a [`MeshRunSummary`].

use crate::app::jobs::view::End;
use crate::app::mesh::announcing::AnnounceSummary;
use crate::app::mesh::listening::{ListenRequest, ListenSummary};
pub use crate::mesh::forwarding::NotForwarded;
pub use crate::mesh::forwarding::admission::AsideReason;
pub use crate::mesh::forwarding::mesh_path::PathFault;
use crate::mesh::subscription::BrokerAddress;

/// A wish to run a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeshRunRequest {
    /// What is taken in and where it goes; with the terms under which it is announced again.
    pub listen: ListenRequest,
    /// To whom it is announced.
    pub to: BrokerAddress,
    /// Where the tree is served, as `host:port`.
    pub bind: String,
}

/// What is told beside what listening and announcing tell.
#[derive(Clone, Debug)]
pub enum MeshRunNews {
    /// The tree is served: its address on this computer, and the one that is announced.
    Serving(String, String),
    /// So many announcements wait to be sent since an earlier start.
    Waiting(u64),
}

/// What it came to.
#[derive(Clone, Debug, Default)]
pub struct MeshRunSummary {
    /// What was taken in.
    pub listened: ListenSummary,
    /// What was announced.
    pub announced: AnnounceSummary,
    /// Announcements that wait for the next start.
    pub waiting: u64,
}

impl MeshRunSummary {
    /// How the command ends.
    pub fn end(&self) -> End {
        if self.announced.gave_up.is_some() || !self.listened.was_connected {
            End::NoSource
        } else {
            End::Done
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::mesh::listening::BrokerTrouble;

    #[test]
    fn a_node_ends_well_when_both_sides_were_there() {
        let mut summary = MeshRunSummary::default();
        assert_eq!(summary.end(), End::NoSource, "nobody was listened to");
        summary.listened.was_connected = true;
        summary.listened.refused = 3;
        assert_eq!(summary.end(), End::Done, "what others got wrong is no failure of ours");
        summary.announced.gave_up = Some(BrokerTrouble::Credentials);
        assert_eq!(summary.end(), End::NoSource);
    }
}
