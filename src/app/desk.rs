//! What the reducer keeps to itself: which jobs run, wait for their turn, for the disk or for an undo.
//!
//! In: decisions of `update`. Out: the same, without a walk over every job. Nothing here is shown.

use crate::app::catalog::hours::{HoursFilter, HoursView};
use crate::app::jobs::request::FolderLook;
use crate::app::jobs::request::{GetRequest, JobId};
use crate::app::jobs::view::Subject;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;

/// Who drives the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The terminal: jobs start at once, and a full disk ends them.
    #[default]
    Terminal,
    /// The window: jobs wait for their turn, and for the disk.
    Window,
}

/// What the reducer keeps to itself.
#[derive(Clone, Debug, Default)]
pub struct ReducerState {
    /// Who drives the program.
    pub mode: Mode,
    /// Jobs that wait for their turn.
    pub queued: BTreeMap<JobId, JobContent>,
    /// Jobs on which a task of the engine works.
    pub running: BTreeMap<JobId, Seat>,
    /// Jobs that wait for the disk.
    pub waiting: BTreeMap<JobId, Wait>,
    /// Jobs that wait for their next try, with how often they were tried.
    pub retries: BTreeMap<JobId, u32>,
    /// Removals that can be undone still.
    pub removals: Vec<JobRemoval>,
    /// The number of the next removal.
    pub next_removal: u64,
    /// How many jobs of each run are still to come.
    pub runs: BTreeMap<(Arc<str>, UtcTime), RunTally>,
    /// The dataset that is open, without what arrives and is here.
    pub hours: Option<Arc<HoursView>>,
    /// Which of its packages, fields and levels are shown.
    pub hours_filter: HoursFilter,
    /// Jobs that are files which announcements brought, the oldest first.
    pub announced: VecDeque<JobId>,
    /// Jobs that are announced files which were refused, the oldest first.
    pub refused: VecDeque<JobId>,
    /// How many looks at the disk were asked for.
    pub looks: u64,
    /// Jobs whose files the look that is under way found missing, and changed.
    pub lost: (u64, u64),
    /// Jobs that began anew, with the last look that was asked for before.
    pub begun_anew: BTreeMap<JobId, u64>,
    /// Jobs that are to be fetched again once their files are known.
    pub fetched_when_known: BTreeSet<JobId>,
    /// The number of the next notice.
    pub next_notice: u64,
    /// The number of the next thing that is handed over.
    pub next_handed_over: u64,
}

/// Which bytes go where: two jobs with the same never run at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobContent(u64);

impl JobContent {
    /// What `request` is about. Hours of a catalogue's entry are files of their own, or share the file of a span.
    pub fn of(request: &GetRequest, subject: Option<&Subject>) -> Self {
        let mut hasher = DefaultHasher::new();
        (&request.targets, &request.out).hash(&mut hasher);
        if let (Some(run), Some(subject)) = (request.run, subject) {
            (run.to_words(), subject.span.as_deref().copied().unwrap_or((subject.lead, subject.lead)))
                .hash(&mut hasher);
        }
        Self(hasher.finish())
    }
}

/// The place of a running job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// What it works on.
    pub content: JobContent,
    /// What becomes of it when it was told to stop.
    pub then: Then,
    /// Whether it only gives.
    pub gives: bool,
}

/// What becomes of a job when it stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// What its outcome says.
    Stay,
    /// It is paused.
    Pause,
    /// It waits for its turn.
    Queue,
    /// It is forgotten.
    Forget,
    /// What of it is lost on the disk is fetched again.
    FetchAgain,
    /// It is done, and its upload can go on when a person wants that.
    StopGiving,
}

/// What a job waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Where.
    pub folder: PathBuf,
    /// Octets that must be free; none when room is not the matter.
    pub needed: ByteCount,
    /// Looks at the folder until it is tried again.
    pub looks_left: u32,
    /// How often it was tried.
    pub tries: u32,
}

/// Most looks between two tries.
const MOST_LOOKS: u32 = 12;

/// Free room beyond what is missing, for the database and others.
const ROOM_TO_SPARE: ByteCount = ByteCount(4 << 20);

impl Wait {
    /// What `message` makes a job with `missing` octets wait for, after `tries` tries. `None` when waiting is in vain.
    pub fn of(message: &UserMessage, (folder, missing): (PathBuf, ByteCount), tries: u32) -> Option<Self> {
        let needed = match message {
            UserMessage::DiskFull => missing + ROOM_TO_SPARE,
            UserMessage::DiskTooSmall { needed, .. } => *needed + ROOM_TO_SPARE,
            UserMessage::FolderGone { .. }
            | UserMessage::FolderInUse { .. }
            | UserMessage::DiskDenied { .. }
            | UserMessage::DiskTrouble { .. } => ByteCount::ZERO,
            _ => return None,
        };
        let looks_left = 1u32.checked_shl(tries).unwrap_or(MOST_LOOKS).min(MOST_LOOKS);
        Some(Self { folder, needed, looks_left, tries })
    }

    /// Whether to try again, now that the folder was looked at.
    pub fn is_over(&mut self, look: FolderLook) -> bool {
        self.looks_left = self.looks_left.saturating_sub(1);
        let has_room = match look {
            FolderLook::Gone => false,
            FolderLook::There(free) => free.is_none_or(|free| free >= self.needed),
        };
        self.looks_left == 0 && has_room
    }
}

/// Jobs that were taken off the list together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRemoval {
    /// Its number.
    pub number: u64,
    /// Which jobs.
    pub jobs: BTreeSet<JobId>,
    /// Those among them that go on when they are put back.
    pub were_active: BTreeSet<JobId>,
}

/// How the jobs of one run stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunTally {
    /// What is not here yet.
    pub open: BTreeSet<JobId>,
    /// Done since the first was asked for.
    pub done: u32,
    /// Failed since.
    pub failed: u32,
}
