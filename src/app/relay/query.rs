//! What a terminal asks of a relay's folder.

use super::terms::RelayWords;
use super::used::list::CheckShare;
use crate::app::follow::FollowCommand;
use std::path::PathBuf;
use std::time::Duration;

/// A question about a relay, of one's own or in use.
#[derive(Clone, Debug)]
pub enum RelayQuery {
    /// Change the list of datasets.
    Command {
        /// The relay's folder.
        folder: PathBuf,
        /// How.
        commands: Vec<FollowCommand>,
    },
    /// What is relayed, and how far is each file?
    List {
        /// The relay's folder.
        folder: PathBuf,
    },
    /// Relay until the process is stopped.
    Run {
        /// The relay's folder.
        folder: PathBuf,
        /// How; what is not said is read from `relay.toml`.
        words: Box<RelayWords>,
        /// End after so long; never when `None`.
        for_time: Option<Duration>,
    },
    /// Is everything given that is announced?
    Check {
        /// The relay's folder.
        folder: PathBuf,
        /// How it runs; what is not said is read from `relay.toml`.
        words: Box<RelayWords>,
    },
    /// Use a relay as a source.
    Use {
        /// Its address, as it was typed.
        url: String,
        /// How many of its files are checked; as before, or the usual share, when `None`.
        check: Option<CheckShare>,
    },
    /// Which relays are in use?
    Used,
    /// Use a relay no longer.
    Forget {
        /// Its address, as it was typed.
        url: String,
    },
}
