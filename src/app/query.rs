//! One-shot questions: their answers change no state.

use crate::app::catalog::asked::{CatalogAnswer, CatalogQuery};
use crate::app::catalog::hours::{HoursChoice, HoursPlan};
use crate::app::follow::{FollowEvent, FollowQuery};
use crate::app::jobs::request::JobId;
use crate::app::mesh::announcing::{AnnounceNews, AnnounceRequest, AnnounceSummary};
use crate::app::mesh::listening::{ListenNews, ListenRequest, ListenSummary};
use crate::app::user_message::UserMessage;
use crate::catalog::metainfo::report::TorrentReport;
use crate::domain::compression::Compression;
use crate::domain::data_kind::Promised;
use crate::domain::field::Field;
use crate::domain::integrity::{Digest, Verdict, Voucher};
use crate::domain::octets::ByteCount;
pub use crate::grib::index::{Problem, ProblemCode};
use crate::mesh::announcement::Captured;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A question to the engine.
#[derive(Clone, Debug)]
pub enum Query {
    /// Which fields are in a file?
    Index(String),
    /// Which fields are in a file, and what is the SHA-256 of each message?
    IndexWithDigests(String),
    /// What is this?
    Inspect(String),
    /// Are these files what they should be?
    Verify(VerifyRequest),
    /// Offer these files.
    Publish(Box<PublishRequest>),
    /// Announce these files.
    Announce(Box<AnnounceRequest>),
    /// What do catalogues offer?
    Catalog(CatalogQuery),
    /// What is announced?
    Listen(Box<ListenRequest>),
    /// Follow something, or say what is followed.
    Follow(FollowQuery),
    /// Show this as a notification of the desktop, in the person's language.
    TellDesktop(String),
    /// What would this choice cost?
    PlanHours(Box<HoursChoice>),
    /// In which order are the jobs to be listed?
    OrderJobs(JobOrder),
}

/// An order of the list of jobs; sorting is done off the screen's thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobOrder {
    /// By what.
    pub by: JobColumn,
    /// Which way.
    pub way: SortDirection,
    /// Only jobs in this group.
    pub group: JobGroup,
    /// Only jobs whose name contains this, whatever the case; all when empty.
    pub containing: String,
    /// Handed back with the answer, so that a stale one is known.
    pub generation: u64,
}

/// A column of the list of jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobColumn {
    /// When it was asked for.
    #[default]
    Added,
    /// Its name.
    Name,
    /// Its size.
    Size,
    /// How much is here.
    Progress,
    /// Its rate.
    Rate,
    /// Its peers.
    Peers,
    /// The share by HTTP.
    HttpShare,
    /// What is proven.
    Verdict,
}

/// Which way a list runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortDirection {
    /// The smallest or oldest first.
    Up,
    /// The largest or newest first.
    #[default]
    Down,
}

/// A group of jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobGroup {
    /// Every job.
    #[default]
    All,
    /// Under way, waiting or paused.
    Active,
    /// Done.
    Done,
    /// Failed.
    Failed,
}

/// Files to check, and against what.
#[derive(Clone, Debug)]
pub struct VerifyRequest {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// A .torrent, an index, or a digest as text; what lies beside each file when `None`.
    pub against: Option<String>,
}

/// Files to publish, and how.
#[derive(Clone, Debug)]
pub struct PublishRequest {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Trackers to name in the .torrent.
    pub trackers: Vec<String>,
    /// Web seeds to name in the .torrent.
    pub web_seeds: Vec<String>,
    /// Whether range files are cut into one file an hour first.
    pub cut: Cut,
    /// Where what is made goes; beside the data when `None`.
    pub out: Option<PathBuf>,
    /// Whether to serve it, and where.
    pub serve: Option<Serve>,
}

/// Whether files are published as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// As they are.
    #[default]
    None,
    /// One file for each lead time.
    Hours,
}

/// How what was published is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serve {
    /// The address to listen on, as `host:port`; a free port of the loopback interface when `None`.
    pub bind: Option<String>,
}

/// An answer of the engine.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To [`Query::Index`].
    Index(Result<FieldListing, UserMessage>),
    /// To [`Query::Inspect`].
    Inspect(Result<Inspection, UserMessage>),
    /// To [`Query::Verify`]: one for each file, as it is done.
    Verified(VerifiedFile),
    /// To [`Query::Catalog`].
    Catalog(CatalogAnswer),
    /// To [`Query::Follow`]: news, as they come.
    Follow(FollowEvent),
    /// To [`Query::TellDesktop`]: why it was not shown.
    DesktopTold(Result<(), UserMessage>),
    /// Before an answer: a server is waited for.
    Noted(UserMessage),
    /// Everything was verified.
    VerifyDone,
    /// To [`Query::Publish`]: one for each .torrent made, then what is served.
    Published(Box<PublishedTorrent>),
    /// Publishing is done or, when `urls` are there, goes on until the process is told to stop.
    PublishDone(Result<Vec<ServedUrl>, UserMessage>),
    /// What becomes of what is served: a tracker that does not answer.
    PublishNote(UserMessage),
    /// To [`Query::Listen`]: as it happens.
    Listening(ListenNews),
    /// Listening is over.
    ListenDone(Result<Box<ListenSummary>, UserMessage>),
    /// To [`Query::Announce`]: as it happens.
    Announcing(AnnounceNews),
    /// Announcing is over.
    AnnounceDone(AnnounceSummary),
    /// To [`Query::PlanHours`].
    HoursPlan(Result<HoursPlan, UserMessage>),
    /// To [`Query::OrderJobs`]: the generation, and the jobs in order.
    JobsInOrder(u64, Arc<[JobId]>),
}

/// The fields of a file.
#[derive(Clone, Debug, Default)]
pub struct FieldListing {
    /// The fields, in the order of the file.
    pub fields: Vec<Field>,
    /// SHA-256 of each message, where it is known; by message number.
    pub digests: Vec<Option<Digest>>,
    /// What is wrong with the file.
    pub problems: Vec<Problem>,
    /// Its length.
    pub length: ByteCount,
    /// Octets that were read to find out.
    pub read: ByteCount,
    /// How long it took.
    pub took: Duration,
    /// How the file is compressed: offsets count in what is inside.
    pub compression: Option<Compression>,
}

impl FieldListing {
    /// The same of what is inside a file that is compressed so.
    #[must_use]
    pub fn compressed_by(self, compression: Compression) -> Self {
        Self { compression: Some(compression), ..self }
    }
}

/// What a file or URL was found to be.
#[derive(Clone, Debug)]
pub enum Inspection {
    /// A .torrent.
    Torrent(Box<TorrentReport>),
    /// GRIB.
    Grib(GribReport),
    /// A slice index, a wgrib2 index or an ECMWF index.
    SliceIndex {
        /// How many messages it lists.
        entries: usize,
        /// Whether it has the SHA-256 of each.
        has_digests: bool,
        /// What is wrong, in English, by code.
        problems: Vec<(String, String)>,
    },
    /// A message of a broker: an announcement, an event, a record, or one that is none of these.
    Message(Box<Captured>),
    /// Anything else.
    Unknown {
        /// Its length.
        length: ByteCount,
        /// How it begins, fit to be shown; empty when there is nothing in it.
        beginning: String,
        /// Whether its server could be a web seed: whether it answers to ranges.
        server: Option<ServerReport>,
    },
}

/// What a GRIB file holds.
#[derive(Clone, Debug)]
pub struct GribReport {
    /// Its messages and fields.
    pub listing: FieldListing,
    /// Whether its server could be a web seed.
    pub server: Option<ServerReport>,
}

/// What a server answers to a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerReport {
    /// Whether it answers with the range that was asked for.
    pub answers_ranges: bool,
    /// Whether it names the state of the file, so that a change is seen.
    pub has_validator: bool,
    /// The reason when it does not.
    pub reason: Option<crate::transfer::reason::Reason>,
}

/// One file that was verified.
#[derive(Clone, Debug)]
pub struct VerifiedFile {
    /// The file.
    pub path: String,
    /// Its length.
    pub length: ByteCount,
    /// What was found, or why nothing could be looked at.
    pub finding: Result<Finding, UserMessage>,
    /// What is wrong and where, in English.
    pub detail: Option<String>,
}

/// What reading a file shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A verdict on the whole file.
    Verdict(Verdict),
    /// Pieces of it are right; others are shared with files that are not there, and could not be checked.
    Partly {
        /// Pieces that were checked and are right.
        right: u64,
        /// Pieces that could not be checked.
        unchecked: u64,
        /// Who vouches for the hashes.
        voucher: Voucher,
    },
    /// Nothing of it could be checked.
    NotVerified,
    /// GRIB that is broken.
    Broken,
    /// No GRIB, and nothing lies beside it to check it against.
    NotGrib {
        /// What its name promises.
        promised: Promised,
    },
}

impl Finding {
    /// The name in JSON; stable.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Verdict(verdict) => verdict.key(),
            Self::Partly { .. } => "partly_verified",
            Self::NotVerified => "not_verified",
            Self::Broken => "broken",
            Self::NotGrib { .. } => "not_grib",
        }
    }

    /// Whether the file is wrong, or was to be checked and could not be.
    pub const fn is_bad(&self) -> bool {
        match self {
            Self::Verdict(Verdict::Mismatch { .. } | Verdict::UnreadableDigest | Verdict::NotChecked) => true,
            Self::Verdict(
                Verdict::Verified { .. } | Verdict::NotAnnounced | Verdict::CannotBeVerified { .. },
            )
            | Self::Partly { .. } => false,
            Self::NotVerified | Self::Broken => true,
            Self::NotGrib { promised } => matches!(promised, Promised::Grib),
        }
    }
}

/// One .torrent that was made.
#[derive(Clone, Debug)]
pub struct PublishedTorrent {
    /// Where it lies.
    pub torrent: PathBuf,
    /// 40 hexadecimal digits.
    pub info_hash: String,
    /// The data's length.
    pub length: ByteCount,
    /// How many pieces.
    pub pieces: u32,
    /// The data files.
    pub files: Vec<PathBuf>,
    /// The slice indexes that were written.
    pub indexes: Vec<PathBuf>,
    /// A magnet of it.
    pub magnet: String,
}

/// Something that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedUrl {
    /// `torrent`, `data`, `index`, `tracker` or `peer`.
    pub what: &'static str,
    /// Its URL or address.
    pub url: String,
}

#[cfg(all(test, feature = "window"))]
impl FieldListing {
    /// The same with what is wrong with these octets, for tests of what is shown.
    pub(crate) fn with_problems_of(self, octets: &[u8]) -> Self {
        Self { problems: crate::grib::walk::index_octets(octets).problems, ..self }
    }
}
