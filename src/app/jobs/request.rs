//! What a person asks to get, as it is stored and handed on.

use crate::app::jobs::view::Subject;
use crate::catalog::runs::choice::RunWish;
use crate::domain::octets::ByteCount;
use crate::domain::selection::Selection;
use crate::transfer::fallback::Policy;
use crate::transfer::giving::GiveUntil;
use std::path::PathBuf;
use std::time::Duration;

/// A wish for files: targets, what of them, where to, and by which roads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GetRequest {
    /// Paths or URLs of .torrents or data files, magnets, or ids of catalogues' entries; got one after the other.
    pub targets: Vec<String>,
    /// Which run of a catalogue's entry. `None` means the latest.
    pub run: Option<RunWish>,
    /// Which fields.
    pub selection: Selection,
    /// What is made of the fields.
    pub products: Products,
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
    /// How fast this one may be received and given, within what holds for all.
    pub limits: TransferLimits,
    /// How long to wait for a folder that another process uses, for sources beyond the usual, and for hours that are
    /// not yet published.
    pub wait: Duration,
}

impl GetRequest {
    /// Whether files are wanted as they are published, not cut and not split.
    pub fn wants_whole_files(&self) -> bool {
        self.selection.is_everything() && self.products.split == Split::Never
    }
}

/// What is made of the fields that are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Products {
    /// Into how many files they go.
    pub split: Split,
    /// What is written beside each.
    pub provenance: Provenance,
    /// The folder below the one for finished files, for entries of a catalogue: a template with the gaps of
    /// [`Template::parse`](crate::catalog::template::Template::parse), such as `{run:%Y%m%d%H}/{package}`.
    pub folder: Option<String>,
    /// How long after the start of its run a file should be here; HTTP joins when peers would be later. For what has no
    /// run it counts from the request. Whenever it comes when `None`.
    pub within: Option<Duration>,
    /// Whether it is well when a part of the wish is not there.
    pub partial: Partial,
    /// What becomes of a compressed file of which some fields are wanted.
    pub compressed: CompressedFiles,
    /// How far it goes.
    pub intent: Intent,
    /// Whether what is in its place already is read again.
    pub trust: Trust,
}

/// What is made of a file that is in its place already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// While it is as it was left, it is what it was, and that is said with the date.
    #[default]
    AsLeft,
    /// It is read and checked again.
    Nothing,
}

/// Whether a wish may stay answered in part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Partial {
    /// What is lacking is a failure; what is there comes all the same.
    #[default]
    Fails,
    /// What is lacking is said, and is no failure.
    Accepted,
}

/// What becomes of a compressed file of which some fields are wanted. A file that is wanted whole stays as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompressedFiles {
    /// It is decompressed, and the fields are cut out of it.
    #[default]
    Opened,
    /// It stays as it came, when it holds what is wanted.
    Kept,
}

/// How far a request goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Intent {
    /// To files in their place.
    #[default]
    Fetch,
    /// To what it would cost: indexes and headers are read, no data is.
    Plan,
}

/// Into how many files fields go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// Into one a published file.
    #[default]
    Never,
    /// Into one a parameter.
    ByParameter,
}

impl Split {
    /// Reads what `--split` takes. `None` when it is something else.
    pub fn from_key(text: &str) -> Option<Self> {
        (text == "param").then_some(Self::ByParameter)
    }
}

/// Whether a file tells where it comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provenance {
    /// Nothing is written.
    #[default]
    Left,
    /// A JSON file lies beside it.
    Beside,
}

/// What is given to peers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GivingPlan {
    /// While receiving, and not longer.
    #[default]
    WhileReceiving,
    /// While receiving, and afterwards until then.
    Until(GiveUntil),
    /// While receiving, and afterwards for as long as the settings say.
    AsSet,
    /// Nothing.
    Nothing,
}

impl GivingPlan {
    /// Until when something is given afterwards, where the settings say `set`.
    pub fn until(self, set: GiveUntil) -> GiveUntil {
        match self {
            Self::Until(until) => until.capped(),
            Self::AsSet => set.capped(),
            Self::WhileReceiving | Self::Nothing => GiveUntil { time: Duration::ZERO, ratio: None },
        }
    }
}

/// How fast one transfer may go, in octets a second; no limit of its own where `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransferLimits {
    /// To receive, from whomever.
    pub down: Option<u32>,
    /// To give.
    pub up: Option<u32>,
}

/// The name of one job in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// A request for one cell of the matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct HourRequest {
    /// What to get.
    pub request: GetRequest,
    /// Which forecast hour that is.
    pub subject: Subject,
}

/// How long taking a job off the list can be undone.
pub const UNDO_FOR: Duration = Duration::from_secs(10);

/// What a folder that jobs wait for is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderLook {
    /// It is not there, and neither is the one it lies in.
    Gone,
    /// It is there, with so much room where that can be known.
    There(Option<ByteCount>),
}
