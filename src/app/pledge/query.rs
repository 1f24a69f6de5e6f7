//! What a terminal asks of an archive.

use super::terms::PledgeTerms;
use std::path::PathBuf;
use std::time::Duration;

/// How often relays are asked what they offer, unless said otherwise.
pub const USUAL_EVERY: Duration = Duration::from_secs(3_600);

/// A question about an archive.
#[derive(Clone, Debug)]
pub enum PledgeQuery {
    /// Keep and upload what is rare.
    Run {
        /// The archive's folder.
        folder: PathBuf,
        /// What is pledged.
        terms: PledgeTerms,
        /// How long.
        pace: PledgePace,
    },
    /// What is held, and what did it save?
    List {
        /// The archive's folder.
        folder: PathBuf,
    },
    /// Pledge nothing more; files stay.
    Forget {
        /// The archive's folder.
        folder: PathBuf,
    },
}

/// How long an archive runs, and how often it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PledgePace {
    /// Until the process is stopped, with this pause between two looks.
    Every(Duration),
    /// One look.
    Once,
}
