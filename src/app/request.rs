//! What a person asks to get, as it is stored and handed on.

use crate::catalog::runs::choice::RunWish;
use crate::domain::selection::Selection;
use crate::transfer::fallback::Policy;
use std::path::PathBuf;
use std::time::Duration;

/// A wish for files: targets, what of them, where to, and by which roads.
#[derive(Clone, Debug, PartialEq)]
pub struct GetRequest {
    /// Paths or URLs of .torrents or data files, magnets, or ids of catalogues' entries; got one after the other.
    pub targets: Vec<String>,
    /// Which run of a catalogue's entry. `None` means the latest.
    pub run: Option<RunWish>,
    /// Which fields.
    pub selection: Selection,
    /// Which files of a torrent, by a pattern with `*` and `?`.
    pub files: Option<String>,
    /// The folder for finished files.
    pub out: PathBuf,
    /// Who may give bytes.
    pub policy: Policy,
    /// Peers to call, as `host:port`.
    pub peers: Vec<String>,
    /// More HTTP sources, as URLs.
    pub web_seeds: Vec<String>,
    /// What is given to peers.
    pub giving: GivingPlan,
    /// How long to wait for a folder that another process uses, for sources beyond the usual, and for hours that are
    /// not yet published.
    pub wait: Duration,
}

/// How long a finished transfer gives in the window.
pub const GIVE_FOR: Duration = Duration::from_secs(3600);

/// What is given to peers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GivingPlan {
    /// While receiving, and not longer.
    #[default]
    WhileReceiving,
    /// While receiving, and so long afterwards.
    For(Duration),
    /// Nothing.
    Nothing,
}

/// The name of one job in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);
