//! Brokers, topics and announcements as the screen shows them, and what a person wants of them.
//!
//! In: what `mesh` knows, by [`crate::app::mesh::board`]. Out: [`MeshView`], part of the snapshot, and [`MeshCommand`]. Only rows in
//! sight are here: a frame never does work that grows with the tree.

use crate::app::mesh::listening::{BrokerState, CaughtUp, FileNews};
use crate::app::mesh::password::PasswordPlace;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcMillis;
use std::sync::Arc;
use std::time::Duration;

pub use crate::domain::lead_time::LeadSelection;
pub use crate::mesh::announcement::{FileAction, Soundness};
pub use crate::mesh::archive::ArchiveAddress;
pub use crate::mesh::dedupe::Novelty;
pub use crate::mesh::desk::MessageTally;
pub use crate::mesh::lag::{Arrival, Lag, LagFigures, Thresholds, Timeliness};
pub use crate::mesh::mirror::{LocalCopy, MirrorPolicy, Versions, Withdrawn};
pub use crate::mesh::place::Lane;
pub use crate::mesh::record::{Channel, Record};
pub use crate::mesh::remark::Remark;
pub use crate::mesh::rule::TorrentLinks;
pub use crate::mesh::rule::{FolderTemplate, Rule, RuleError};
pub use crate::mesh::subscription::{BrokerAddress, BrokerUrlError, Credentials};
pub use crate::mesh::topic::{FilterError, TopicFilter};
pub use crate::mesh::topic_tree::pins::PinFigures;
pub use crate::mesh::topic_tree::view::{TreeRow, TreeWindow};
pub use crate::mesh::topic_tree::{NodeFigures, NodeId};

/// The name of a broker among the others: its URL without user and password.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BrokerKey(pub Arc<str>);

impl BrokerKey {
    /// The key of a broker at `address`.
    pub fn of(address: &BrokerAddress) -> Self {
        Self(address.to_string().into())
    }
}

/// Where a broker of the list comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrokerOrigin {
    /// It comes with the program, as documented on that day.
    Preset {
        /// `YYYY-MM-DD`.
        as_of: Arc<str>,
    },
    /// The person added it.
    Person,
    /// The demonstration's own.
    Demo,
}

/// One broker of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct BrokerRow {
    /// Its name for the program.
    pub key: BrokerKey,
    /// What it is called.
    pub title: String,
    /// Where it comes from.
    pub origin: BrokerOrigin,
    /// As whom one comes there; never the password. `None` for nobody.
    pub user: Option<String>,
    /// How it is doing. `None` while it is not subscribed to.
    pub state: Option<BrokerState>,
    /// What it has answered since the program began; [`BrokerState::last_success`] of now or of before.
    pub last_success: Option<UtcMillis>,
    /// What is asked of it, or would be.
    pub filters: Vec<TopicFilter>,
    /// Where the person's password for it is kept.
    pub password: PasswordPlace,
    /// Who is asked for what was missed. `None` when nobody is named.
    pub archive: Option<ArchiveAddress>,
    /// What was missed last, and what came of it. `None` when nothing was.
    pub missed: Option<Missed>,
    /// Messages that came faster than they could be taken in.
    pub dropped: u64,
}

/// A period without a subscription, or one that a person asked for, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// No archive is named that could be asked.
    NoArchive((UtcMillis, UtcMillis)),
    /// The archive is being asked.
    BeingAsked((UtcMillis, UtcMillis)),
    /// It was asked.
    Asked(CaughtUp),
    /// Asking it failed in the middle, by a fault of ours.
    Broken((UtcMillis, UtcMillis)),
}

/// What became of a file that is to be fetched.
#[derive(Clone, Debug, PartialEq)]
pub enum FileStanding {
    /// It waits, or is under way.
    UnderWay,
    /// It is settled.
    Settled(Box<FileNews>),
}

/// One message of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardRow {
    /// Grows with each message.
    pub number: u64,
    /// When it came.
    pub at: UtcMillis,
    /// Its topic.
    pub topic: Box<str>,
    /// What it is about: a file's name, a title, or the topic when nothing of it could be read.
    pub name: String,
    /// The file's name for everybody. `None` for anything but an announcement.
    pub key: Option<Box<str>>,
    /// How it is written. `None` when that cannot be told.
    pub dialect: Option<&'static str>,
    /// How sound it is.
    pub soundness: Soundness,
    /// What is odd or wrong about it.
    pub remarks: Vec<Remark>,
    /// When it was published. `None` when it does not say.
    pub published_at: Option<UtcMillis>,
    /// How late it was.
    pub lag: Option<Lag>,
    /// What that means; `None` when its lag tells nothing of the line.
    pub timeliness: Option<Timeliness>,
    /// How it came.
    pub arrival: Arrival,
    /// What it adds. `None` for anything but an announcement.
    pub novelty: Option<Novelty>,
    /// What became of the file. `None` for anything but an announcement.
    pub action: Option<FileAction>,
    /// The file's announced length.
    pub size: Option<ByteCount>,
    /// The method of the announced digest.
    pub method: Option<String>,
    /// Who announces it here.
    pub source: Box<str>,
    /// What became of it here. `None` when it was not to be fetched.
    pub file: Option<Arc<FileStanding>>,
}

/// Who has the file of the message that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderRow {
    /// A cache by its name, else a host.
    pub name: Box<str>,
    /// Its URL, without secrets.
    pub url: String,
    /// Whether it is a .torrent.
    pub is_torrent: bool,
    /// How late its announcement was.
    pub lag: Lag,
}

/// The message that is open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenMessage {
    /// Its row.
    pub row: HeardRow,
    /// The octets as they came, as text; at most [`LONGEST_SHOWN`] of them.
    pub text: String,
    /// Octets that are not shown.
    pub cut: usize,
    /// Who has its file, best first.
    pub holders: Vec<HolderRow>,
}

/// Most octets of a message that are shown.
pub const LONGEST_SHOWN: usize = 64 << 10;

/// The topic that is chosen in the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenTopic {
    /// Its node.
    pub node: NodeId,
    /// The topic.
    pub topic: String,
    /// What to subscribe to for it and what is below it; `None` when no filter can name it.
    pub filter: Option<TopicFilter>,
    /// Its figures.
    pub figures: NodeFigures,
}

/// Everything that the screen of announcements shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeshView {
    /// Brokers: the demonstration's, the person's, then those that come along.
    pub brokers: Vec<BrokerRow>,
    /// Rows of the tree in sight.
    pub tree: TreeWindow,
    /// Messages on topics that did not fit.
    pub hidden: u64,
    /// How many messages were what.
    pub tally: MessageTally,
    /// Lag of all.
    pub lag: LagFigures,
    /// Its mean.
    pub mean_lag: Option<Lag>,
    /// The chosen topic.
    pub chosen: Option<ChosenTopic>,
    /// The last messages at the chosen topic and below, or of all; newest first.
    pub list: Vec<HeardRow>,
    /// Pinned topics.
    pub pins: Vec<PinFigures>,
    /// Rules by which files are fetched without being asked for.
    pub rules: Vec<Rule>,
    /// The message that is open.
    pub open: Option<Arc<OpenMessage>>,
    /// Files: under way, in place, refused, not to be had.
    pub files: FileTally,
    /// From when on a message is late.
    pub thresholds: Thresholds,
}

/// How many files are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileTally {
    /// Waiting or under way.
    pub under_way: u64,
    /// In their place.
    pub in_place: u64,
    /// Refused as wrong.
    pub refused: u64,
    /// Not to be had, or not fetched.
    pub failed: u64,
    /// Withdrawn by their sources.
    pub withdrawn: u64,
}

/// What a person looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeshSight {
    /// The first row of the tree in sight, and how many are.
    pub rows: (usize, usize),
    /// The chosen topic.
    pub chosen: Option<NodeId>,
    /// The message that is open.
    pub open: Option<u64>,
    /// Whether the view moves with what comes.
    pub flow: ListFlow,
    /// Only messages with this in their name or topic.
    pub find: String,
}

/// Whether the view moves with what comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListFlow {
    /// It does.
    #[default]
    Live,
    /// It stays as it is; messages are taken in all the same.
    Paused,
}

/// What a person wants of brokers, topics and announcements.
#[derive(Clone, Debug, PartialEq)]
pub enum MeshCommand {
    /// Add a broker.
    AddBroker(Box<BrokerAddress>),
    /// Remove one that the person added.
    RemoveBroker(BrokerKey),
    /// Listen to a broker, with these filters; other ones are given up.
    Listen(BrokerKey, Vec<TopicFilter>),
    /// Connect anew to every broker that is listened to: the way out is another one.
    ConnectAnew,
    /// Listen no more.
    Leave(BrokerKey),
    /// At every broker that is listened to, replace what covers this filter by it.
    Narrow(TopicFilter),
    /// Name the archive that is asked for what was missed of a broker, or none.
    SetArchive(BrokerKey, Option<Box<ArchiveAddress>>),
    /// Ask a broker's archive for what was announced in the last so long.
    CatchUp(BrokerKey, Duration),
    /// Look at this; at nothing while another screen is shown.
    Look(Option<Box<MeshSight>>),
    /// Open a branch of the tree, or close it.
    Toggle(NodeId),
    /// Watch a topic.
    Pin(TopicFilter),
    /// Watch it no more.
    Unpin(TopicFilter),
    /// Fetch the file of a message, whatever became of it before.
    Fetch(u64),
    /// Fetch the files once more that were put at these paths.
    FetchAgain(Vec<String>),
    /// Fetch whatever matches from now on.
    Always(Box<Rule>),
    /// Give up the rule for that filter.
    NoLonger(TopicFilter),
    /// From when on a message is late.
    SetThresholds(Thresholds),
}
