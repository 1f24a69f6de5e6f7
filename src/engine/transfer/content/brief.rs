//! The parameters of a content task.

use super::{Expected, SwarmBrief};
use crate::app::jobs::request::Trust;
use crate::catalog::metainfo::Metainfo;
use crate::domain::content::ContentId;
use crate::domain::data_kind::Promised;
use crate::domain::integrity::{Digest, Voucher};
use crate::domain::octets::RangeSet;
use crate::domain::torrent::PieceHashes;
use crate::engine::transfer::http::fetch::HttpOrigin;
use crate::transfer::assembly::ContentGrid;
use crate::transfer::fallback::Policy;
use std::time::Duration;

/// The parameters of a content task.
#[derive(Debug)]
pub struct ContentBrief {
    /// Which bytes.
    pub id: ContentId,
    /// How they are cut.
    pub grid: ContentGrid,
    /// The hashes of its pieces, when it has any.
    pub hashes: Option<PieceHashes>,
    /// Who vouches for them, or for the digest.
    pub voucher: Voucher,
    /// A digest of the whole content that somebody announced.
    pub announced: Option<Digest>,
    /// What its file was asked as, where nobody published a digest.
    pub promised: Promised,
    /// Whether files that are as they were left are taken for what they were, or read again.
    pub trust: Trust,
    /// The octets to hold; whole units.
    pub want: RangeSet,
    /// What of them is to be received.
    pub receives: Receives,
    /// Files to move into place.
    pub whole_files: Vec<usize>,
    /// What of these is wanted whole only as an index tells so: its headers are compared before it is moved.
    pub expected: Vec<Expected>,
    /// HTTP servers that have files of it, in the order of their numbers.
    pub origins: Vec<HttpOrigin>,
    /// Its swarm.
    pub swarm: Option<SwarmBrief>,
    /// Who may give bytes.
    pub policy: Policy,
    /// When it should be done, counted from now; HTTP joins when peers would be later.
    pub target: Option<Duration>,
    /// How long to hope for peers without progress.
    pub patience: Duration,
    /// What becomes of it when everything is held.
    pub afterwards: Afterwards,
}

impl ContentBrief {
    /// A torrent that is here and is uploaded: no server is asked, no file is moved, and there is no end but the caller's.
    pub fn to_upload(metainfo: &Metainfo, want: RangeSet, swarm: SwarmBrief) -> Self {
        Self {
            id: ContentId::Torrent(metainfo.info_hash()),
            grid: ContentGrid::Pieces(metainfo.layout().clone()),
            hashes: Some(metainfo.hashes().clone()),
            voucher: Voucher::Person,
            announced: None,
            promised: Promised::Anything,
            trust: Trust::AsLeft,
            want,
            receives: Receives::Missing,
            whole_files: Vec::new(),
            expected: Vec::new(),
            origins: Vec::new(),
            swarm: Some(swarm),
            policy: Policy::SwarmOnly,
            target: None,
            patience: Duration::from_secs(5),
            afterwards: Afterwards::GivesOn,
        }
    }
}

/// What becomes of a content of which everything that was wanted is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    /// It is over.
    Ends,
    /// It is given to peers until somebody says that it is enough.
    GivesOn,
}

/// What of the octets that are wanted is to be received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receives {
    /// What is missing.
    Missing,
    /// Nothing: only what is held is wanted.
    Nothing,
}
