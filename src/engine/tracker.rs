//! Asks trackers for peers, under our rules: addresses, sizes, intervals and redirects are bounded.
//!
//! In: trackers of a torrent and what we are to say of ourselves. Out: peers, and how each tracker stands.
//! One task a tracker, all at once; `started` first, then at the tracker's pace, `stopped` at the end.

use super::http::client::{HttpClient, Question};
use crate::catalog::tracker::{Announce, AnnounceEvent, TrackerAnswer, http_query, read_http_answer};
use crate::domain::octets::ByteCount;
use crate::domain::torrent::InfoHash;
use crate::transfer::address_rule::AddressRule;
use crate::transfer::reason::Reason;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

/// Largest answer of a tracker that is read.
const LARGEST_ANSWER: usize = 1 << 20;

/// How long a tracker may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How one tracker stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It has not answered yet.
    Asking,
    /// It answered.
    Told {
        /// Peers that it named.
        peers: usize,
        /// When it is asked again.
        again_in: Duration,
    },
    /// It failed.
    Failed(Reason),
}

/// One tracker, for rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackerRow {
    /// Its URL.
    pub url: Url,
    /// How it stands.
    pub standing: Standing,
}

impl TrackerRow {
    /// A tracker that is being asked.
    pub fn asking(url: &Url) -> Self {
        Self { url: url.clone(), standing: Standing::Asking }
    }
}

/// What a tracker said.
#[derive(Debug)]
pub struct TrackerNews {
    /// How it stands.
    pub row: TrackerRow,
    /// Peers that it named.
    pub peers: Vec<SocketAddr>,
}
