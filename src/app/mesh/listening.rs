//! Listening to a broker: what a person asks, what is told while it goes on, and what it came to.
//!
//! In: [`ListenRequest`]. Out: [`ListenNews`], then a [`ListenSummary`]. How a broker is doing is said by [`BrokerStanding`]
//! and [`BrokerTrouble`], for the terminal and for the window alike.

use crate::app::jobs::keeping::Keeping;
use crate::app::jobs::view::FileInPlace;
pub use crate::app::messages::broker_trouble::BrokerTrouble;
use crate::app::messages::user_message::UserMessage;
use crate::app::messages::wrong_file::WrongFile;
use crate::domain::octets::ByteCount;
use crate::domain::source::BytesBySource;
use crate::domain::utc::UtcMillis;
use crate::mesh::archive::ArchiveAddress;
use crate::mesh::desk::MessageTally;
use crate::mesh::forwarding::aside::MessageAside;
use crate::mesh::forwarding::{ForwardTerms, NotForwarded};
use crate::mesh::lag::{Lag, LagFigures};
use crate::mesh::mirror::{LocalCopy, MirrorPolicy};
use crate::mesh::place::Lane;
use crate::mesh::recent::Heard;
use crate::mesh::rule::Rule;
use crate::mesh::subscription::BrokerAddress;
use crate::mesh::topic::TopicFilter;
use crate::transfer::reason::Reason;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A wish to listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenRequest {
    /// The brokers; at least one. What several of them announce alike is taken once.
    pub brokers: Vec<BrokerAddress>,
    /// The topics, of every broker.
    pub filters: Vec<TopicFilter>,
    /// Where announced files go; nothing is fetched when `None`.
    pub download_to: Option<PathBuf>,
    /// Which of the announced files are fetched, and where they go; all of them when empty.
    pub rules: Vec<Rule>,
    /// How long fetched files stay.
    pub keeping: Keeping,
    /// What becomes of local copies when the source changes or withdraws a file.
    pub mirror: MirrorPolicy,
    /// Most octets that come in a day; the usual limit when `None`.
    pub most_a_day: Option<ByteCount>,
    /// Ends after so many announcements; with a folder, once as many of them are settled.
    pub count: Option<u64>,
    /// Ends after so long.
    pub time: Option<Duration>,
    /// Who is asked for what was missed.
    pub archive: Option<ArchiveAddress>,
    /// From how long ago on the archive is asked at the beginning.
    pub since: Option<Duration>,
    /// Under which terms what arrived is announced again; it is not when `None`.
    pub forward: Option<Arc<ForwardTerms>>,
}

/// A period without a subscription, and what an archive gave of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaughtUp {
    /// From when to when.
    pub period: (UtcMillis, UtcMillis),
    /// Announcements that the archive had.
    pub messages: u64,
    /// Why something may be missing. `None` when the archive gave all it had.
    pub missed: Option<ArchiveTrouble>,
}

/// Why an archive did not give all it had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveTrouble {
    /// A page could not be downloaded: its URL without secrets, and what was seen.
    #[error("{0}: {1}")]
    NotReached(String, Reason),
    /// A page is not what an archive gives: its URL without secrets, and what is wrong with it.
    #[error("{0}: {1}")]
    NotRead(String, String),
    /// There are more pages than are read.
    #[error("more than {0} pages")]
    MorePages(u64),
    /// Pages were longer than is read: so many announcements were left out.
    #[error("{0} announcements on pages that are too long")]
    LongPages(u64),
}

/// What is spoken with a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// MQTT 5.
    V5,
    /// MQTT 3.1.1.
    V4,
    /// AMQP 0-9-1.
    Amqp,
}

impl Protocol {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::V5 => "5",
            Self::V4 => "3.1.1",
            Self::Amqp => "amqp 0-9-1",
        }
    }

    /// The name by which people know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V5 => "MQTT 5",
            Self::V4 => "MQTT 3.1.1",
            Self::Amqp => "AMQP 0-9-1",
        }
    }
}

/// How a broker is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokerStanding {
    /// A connection is being made.
    Connecting,
    /// Connected and subscribed.
    Listening {
        /// In which version of the protocol.
        protocol: Protocol,
        /// Whether the broker remembered our session.
        session_present: bool,
    },
    /// Without connection; the next attempt comes.
    Waiting {
        /// Why.
        trouble: BrokerTrouble,
        /// After how long.
        next: Duration,
    },
    /// Told to stop.
    Ended,
}

/// What is known of one broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerState {
    /// How it is doing.
    pub standing: BrokerStanding,
    /// When it last took our subscriptions.
    pub last_success: Option<UtcMillis>,
    /// Filters that it refused, each with its reason.
    pub refused: Vec<(String, String)>,
    /// How often the connection was made.
    pub connections: u64,
}

/// What became of an announced file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileOutcome {
    /// It is in its place.
    InPlace(FileInPlace),
    /// What came was wrong: its digest, or its form.
    Refused(WrongFile),
    /// No source gave it.
    Failed,
    /// It is not fetched: there is no link that may be followed, or a limit was reached.
    NotFetched(NotFetched),
    /// Its source withdrew it: the whole paths of its local copies, and what became of each; none when it is not here.
    Withdrawn(Vec<(String, LocalCopy)>),
    /// The folder refused it, or the program broke: nothing is settled, and it is tried again at the next start.
    Unsettled(UserMessage),
}

/// What else an arrived file changed in the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Whether it took the place of an earlier version.
    pub replaced: bool,
    /// Whole paths of earlier versions that were removed as too many.
    pub removed: Vec<String>,
    /// The whole path that it had before it was renamed.
    pub renamed_from: Option<String>,
    /// The whole path of the file that was announced under the same key before with other content, or that key where it is not
    /// here. `None` when there was none.
    pub conflict_with: Option<String>,
}

/// What follows from an outcome for the mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForwardingStep {
    /// It waits to be announced again; on disk, so that it is also after a restart.
    Queued,
    /// It is not announced again.
    NotForwarded(NotForwarded),
    /// It is fetched again after so long.
    RetryIn(Duration),
    /// It is given up.
    GivenUp,
}

/// Why a file is not fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    /// No link that may be followed.
    #[error("no link that is followed")]
    NoLink,
    /// As much was fetched today as may be without being asked for. It is tried again when the next day (UTC) begins.
    #[error("the limit of {0:?} a day is reached; it is fetched when the next day begins")]
    DailyLimit(ByteCount),
    /// It is larger than what may be fetched on any day without being asked for.
    #[error("larger than the limit of {0:?} a day")]
    LargerThanDay(ByteCount),
    /// A directory: there is nothing to fetch.
    #[error("a directory, not a file")]
    Directory,
    /// Its only links have this scheme, which is not followed.
    #[error("links of scheme {0} are not followed")]
    Scheme(String),
    /// It is announced in so many parts, which are not put together.
    #[error("announced in {0} parts (blocks), which are not put together")]
    InParts(u64),
    /// A .torrent that leads to anything: no digest was announced of what it leads to, and no rule allows it.
    #[error("a .torrent without an announced digest of its file")]
    TorrentWithoutDigest,
    /// It could not be counted.
    #[error("{0}")]
    Trouble(String),
}

/// News of an announced file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileNews {
    /// Its key.
    pub key: String,
    /// In which lane it was fetched.
    pub lane: Lane,
    /// What became of it.
    pub outcome: FileOutcome,
    /// The URL that gave it, without secrets; `None` when it came in the message, or not at all.
    pub from: Option<String>,
    /// Sources that were tried in vain before, each with its reason.
    pub tried: Vec<(String, Reason)>,
    /// How long it took from the announcement's arrival.
    pub took: Duration,
    /// Who gave its octets; nothing unless it is in its place.
    pub by_source: BytesBySource,
    /// What else it changed; nothing unless it is in its place.
    pub changes: Changes,
    /// What follows for the mesh. `None` where nothing is announced again, and for withdrawals.
    pub forwarding: Option<ForwardingStep>,
}

/// Held by news until they were told. Who sends them waits while many are held: a terminal that reads slowly slows the
/// broker down rather than fill the memory.
#[derive(Clone)]
pub struct NewsPermit(
    #[expect(dead_code, reason = "what counts is when it is dropped")] Arc<dyn Send + Sync>,
);

impl NewsPermit {
    /// Keeps `held` until the last copy of this is gone.
    pub fn holding(held: impl Send + Sync + 'static) -> Self {
        Self(Arc::new(held))
    }
}

impl std::fmt::Debug for NewsPermit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Turn")
    }
}

/// What is told while listening.
#[derive(Clone, Debug)]
pub enum ListenNews {
    /// A broker's standing changed.
    Broker(Arc<str>, BrokerState),
    /// Messages came, of a broker or, without one, of an archive.
    Heard(Option<Arc<str>>, Vec<Arc<Heard>>, NewsPermit),
    /// A broker was not subscribed to in this period, and it kept nothing of what came: what was missed is asked for, where there is
    /// an archive.
    Gap(Arc<str>, (UtcMillis, UtcMillis)),
    /// An archive gave what it had of such a period.
    CaughtUp(CaughtUp),
    /// A file is settled.
    File(Box<FileNews>),
    /// A fetched file was removed, as the request says; its path.
    Removed(String),
    /// A message that cannot be used, and is kept aside.
    SetAside(Box<MessageAside>),
    /// So many messages were dropped so far, because they came faster than they could be taken in.
    Dropped(u64),
}

/// What listening came to.
#[derive(Clone, Debug, Default)]
pub struct ListenSummary {
    /// Messages by kind.
    pub tally: MessageTally,
    /// Lag of all.
    pub lag: LagFigures,
    /// Its mean.
    pub mean_lag: Option<Lag>,
    /// Lag by source: name, figures, mean.
    pub by_source: Vec<(Box<str>, LagFigures, Option<Lag>)>,
    /// Messages dropped by us.
    pub dropped: u64,
    /// Files in their place.
    pub in_place: u64,
    /// Files that stand refused as wrong at the end.
    pub refused: u64,
    /// Files that their sources withdrew.
    pub withdrawn: u64,
    /// Files that no source gave.
    pub failed: u64,
    /// Files that the folder refused, which are tried again at the next start.
    pub unsettled: u64,
    /// Whether any broker was connected at all.
    pub was_connected: bool,
    /// Brokers that were never connected.
    pub never_connected: Vec<Arc<str>>,
    /// How long it took.
    pub took: Duration,
}
