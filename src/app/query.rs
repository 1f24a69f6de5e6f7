//! One-shot questions: their answers change no state.

use crate::app::catalog::asked::{CatalogAnswer, CatalogQuery};
use crate::app::catalog::hours::{HoursChoice, HoursPlan};
use crate::app::catalog::offer::ServedUrl;
use crate::app::follow::{FollowEvent, FollowQuery};
use crate::app::inspect::report::{FieldListing, Inspection};
use crate::app::inspect::shown::ShownField;
use crate::app::jobs::order::JobOrder;
use crate::app::jobs::request::JobId;
use crate::app::mesh::announcing::{
    AnnounceNews, AnnounceRequest, AnnounceSummary, RecordTemplate, TemplateFault,
};
use crate::app::mesh::listening::{ListenNews, ListenRequest, ListenSummary};
use crate::app::mesh::reporting::{MeshReport, MeshReportRequest};
use crate::app::mesh::running::{MeshRunNews, MeshRunRequest, MeshRunSummary};
use crate::app::messages::user_message::UserMessage;
use crate::app::pledge::{PledgeEvent, PledgeQuery};
use crate::app::relay::{RelayEvent, RelayQuery};
use crate::domain::data_kind::Promised;
use crate::domain::integrity::{Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
pub use crate::grib::index::{Problem, ProblemCode};
pub use crate::publish::canonical::TorrentPrivacy;
use std::path::PathBuf;
use std::sync::Arc;

/// A question to the engine.
#[derive(Clone, Debug)]
pub enum Query {
    /// Which fields are in a file?
    Index(String),
    /// Which fields are in a file, and what is the SHA-256 of each message?
    IndexWithDigests(String),
    /// What is this?
    Inspect(String),
    /// What do the values of its fields come to?
    Show(String),
    /// Are these files what they should be?
    Verify(VerifyRequest),
    /// Offer these files.
    Publish(Box<PublishRequest>),
    /// Announce these files.
    Announce(Box<AnnounceRequest>),
    /// Make a discovery record.
    Record(Box<RecordTemplate>),
    /// What do catalogues offer?
    Catalog(CatalogQuery),
    /// What is announced?
    Listen(Box<ListenRequest>),
    /// Be a node of a mesh.
    MeshRun(Box<MeshRunRequest>),
    /// Does a mesh work?
    MeshReport(Box<MeshReportRequest>),
    /// Follow something, or say what is followed.
    Follow(FollowQuery),
    /// Relay something, or say what is relayed.
    Relay(RelayQuery),
    /// Keep an archive of what relays offer, or say what it holds.
    Pledge(PledgeQuery),
    /// Show this as a notification of the desktop, in the person's language.
    TellDesktop(String),
    /// What would this choice cost?
    PlanHours(Box<HoursChoice>),
    /// In which order are the jobs to be listed?
    OrderJobs(JobOrder),
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
    /// Whether its peers are found by its trackers alone.
    pub privacy: TorrentPrivacy,
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
    /// The address under which others reach it; the one at which it listens when `None`.
    pub base_url: Option<String>,
}

/// An answer of the engine.
#[derive(Clone, Debug)]
pub enum Answer {
    /// To [`Query::Index`].
    Index(Result<FieldListing, UserMessage>),
    /// To [`Query::Inspect`].
    Inspect(Result<Inspection, UserMessage>),
    /// To [`Query::Show`]: one for each field, as it is done.
    Shown(Box<ShownField>),
    /// Every field was shown: what is wrong with the file; or why nothing could be shown.
    ShowDone(Result<Vec<Problem>, UserMessage>),
    /// To [`Query::Verify`]: one for each file, as it is done.
    Verified(VerifiedFile),
    /// To [`Query::Catalog`].
    Catalog(CatalogAnswer),
    /// To [`Query::Follow`]: news, as they come.
    Follow(FollowEvent),
    /// To [`Query::Relay`]: news, as they come.
    Relay(RelayEvent),
    /// To [`Query::Pledge`]: news, as they come.
    Pledge(PledgeEvent),
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
    /// Somebody of another network connected to what is served, at that time.
    PublishReached(UtcTime),
    /// To [`Query::Listen`]: as it happens.
    Listening(ListenNews),
    /// Listening is over.
    ListenDone(Result<Box<ListenSummary>, UserMessage>),
    /// To [`Query::Announce`]: as it happens.
    Announcing(AnnounceNews),
    /// Announcing is over.
    AnnounceDone(AnnounceSummary),
    /// To [`Query::MeshRun`]: as it happens, beside the news of listening and announcing.
    MeshRun(MeshRunNews),
    /// The node has ended.
    MeshRunDone(Result<Box<MeshRunSummary>, UserMessage>),
    /// To [`Query::MeshReport`].
    MeshReport(Result<Box<MeshReport>, UserMessage>),
    /// To [`Query::Record`]: the record, or why there is none.
    RecordMade(Result<String, TemplateFault>),
    /// To [`Query::PlanHours`].
    HoursPlan(Result<HoursPlan, UserMessage>),
    /// To [`Query::OrderJobs`]: the generation, and the jobs in order.
    JobsInOrder(u64, Arc<[JobId]>),
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
