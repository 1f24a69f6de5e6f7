//! What changes the state: what persons do, and what the engine saw.

use crate::app::catalog::file_table::FilesChoice;
use crate::app::catalog::hours::{DatasetId, HoursChoice, HoursFilter, HoursView};
use crate::app::catalog::sources::{SourceKey, SourceRow};
use crate::app::follow::{FollowCommand, FollowEvent};
use crate::app::inspect::{InspectCommand, InspectEvent};
use crate::app::jobs::detail::DetailView;
use crate::app::jobs::discovery::DiscoverySeen;
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::request::{FolderLook, GetRequest, GivingPlan, HourRequest, JobId};
use crate::app::jobs::view::{FileInPlace, FilesOnDisk, Job, Outcome, PlanSummary, Transfer};
use crate::app::journal::{HostRow, Weight};
use crate::app::mesh::listening::FileNews;
use crate::app::mesh::view::{MeshCommand, MeshView};
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::using::{RelayUseCommand, RelayUseEvent};
use crate::app::settings::Settings;
use crate::app::settings::laid_down::{LaidDown, SystemProxy};
use crate::app::settings::layout::WindowLayout;
use crate::app::share::{ShareCommand, ShareEvent};
use crate::app::vitals::{ClockTrust, CrashNote, HandedOver, NetworkState};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::transfer::fallback::Policy;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Anything that changes the state.
#[derive(Clone, Debug)]
pub enum Input {
    /// A person did something.
    Action(Action),
    /// The engine saw something.
    Event(Event),
}

/// What a person does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Get something.
    Get(Box<GetRequest>),
    /// Stop one job; it can be started again later.
    Stop(JobId),
    /// Stop every job.
    StopAll,
    /// Pause jobs; what is held stays.
    Pause(Vec<JobId>),
    /// Go on with paused or failed jobs.
    GoOn(Vec<JobId>),
    /// Try jobs again, by these roads.
    Retry(Vec<JobId>, Policy),
    /// Give what jobs received so long, or so fast, from now on.
    Tune(Vec<JobId>, Tuning),
    /// Stop uploading what is done; it can go on with [`Self::GiveAgain`].
    StopGiving(Vec<JobId>),
    /// Upload again what was stopped, as long as if it had just arrived.
    GiveAgain(Vec<JobId>),
    /// Take jobs off the list; files in place stay. Can be undone for [`crate::app::jobs::request::UNDO_FOR`].
    Remove(Vec<JobId>),
    /// Put jobs back that were taken off the list.
    PutBack(Vec<JobId>),
    /// Look at one job from close by, or at none.
    Look(Option<JobId>),
    /// Set everything so.
    Set(Box<Settings>),
    /// Add a source: a URL, a path, a magnet.
    AddSource(String),
    /// Remove a source.
    RemoveSource(SourceKey),
    /// Ask a source again.
    AskSource(SourceKey),
    /// Get everything of a .torrent or magnet that the person added.
    GetSource(SourceKey),
    /// Show the runs and lead times of a dataset, or of none.
    OpenHours(Option<DatasetId>),
    /// Show sizes and states with these packages, fields and levels.
    FilterHours(HoursFilter),
    /// Get what is chosen on the matrix.
    GetHours(Box<HoursChoice>),
    /// Get files of a dataset without runs.
    GetFiles(Box<FilesChoice>),
    /// Something about what is followed: each new run of it is got by itself.
    Follow(FollowCommand),
    /// Something about relays in use.
    Relay(RelayUseCommand),
    /// Something about the file that is opened.
    Inspect(InspectCommand),
    /// Something about what is published and relayed from here.
    Share(ShareCommand),
    /// The screen is arranged so.
    Arrange(WindowLayout),
    /// Something of brokers, topics and announcements.
    Mesh(MeshCommand),
    /// Open the folder of a job's files, in the desktop's own way.
    OpenFolder(JobId),
    /// Open a job's file with the program the desktop has for it.
    OpenFile(JobId),
    /// Write the log, without secrets, to that file.
    ExportJournal(PathBuf),
    /// A notice was seen.
    Dismiss(u64),
    /// Look whether files in their place are still there and as they were left.
    LookAtDisk,
    /// Fetch again what is missing or changed on the disk.
    FetchAgain(Vec<JobId>),
    /// Read files in their place again, and check them.
    CheckAgain(Vec<JobId>),
    /// Say yes (`Some` how) or no to what was handed over.
    Answer(u64, Consent),
    /// Whether the window is seen: when it is not, nothing is refreshed for it.
    Seen(Sight),
}

/// What is changed of how a transfer gives and how fast it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tuning {
    /// What it receives is given until then.
    Give(GivingPlan),
    /// What it receives is given so much longer.
    GiveLonger(Duration),
    /// It is received at most so fast, in octets a second.
    LimitDown(Option<u32>),
    /// It is given at most so fast, in octets a second.
    LimitUp(Option<u32>),
}

/// An answer to what was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Get it.
    Yes,
    /// Show its fields.
    Look,
    /// Forget it.
    No,
}

/// Whether somebody can see the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It is on the screen.
    Visible,
    /// It is minimised or covered.
    Hidden,
}

/// What the engine saw.
#[derive(Clone, Debug)]
pub enum Event {
    /// The target is known by name now.
    Named(JobId, String),
    /// It is known what will be fetched, and why so.
    Planned(JobId, Box<PlanSummary>),
    /// How far it is.
    Moved(JobId, Box<Transfer>),
    /// A file is in its place.
    InPlace(JobId, Box<FileInPlace>),
    /// Everything is held and in place; it is given to peers for a while: until when.
    Giving(JobId, Box<GivingState>),
    /// Something worth a line that does not end the job.
    Noted(JobId, UserMessage),
    /// It is over.
    Ended(JobId, Box<Outcome>),
    /// What the store remembered of the time before this start.
    Restored(Box<Restored>),
    /// The files of a job that ended well before this start.
    Recalled(JobId, Vec<FileInPlace>),
    /// What a look at files in their place showed.
    DiskSeen(Box<DiskSeen>),
    /// What was asked for before this start. `None` when that was not kept.
    RequestRecalled(JobId, Option<Arc<GetRequest>>),
    /// What reading files in their place again showed.
    FilesRead(JobId, Box<FilesRead>),
    /// The removal of that number can no longer be undone.
    UndoOver(u64),
    /// A folder that jobs wait for was looked at.
    FolderSeen(PathBuf, FolderLook),
    /// The minute, and what goes with it.
    Minute(Box<Minute>),
    /// This computer has a network now, or none.
    Network(NetworkState),
    /// What is seen of the ways to find peers beside trackers.
    Discovery(Box<DiscoverySeen>),
    /// The settings as they were read, and what was wrong with the file.
    SettingsRead(Box<SettingsRead>),
    /// Where data can come from.
    Sources(Arc<Vec<SourceRow>>),
    /// The dataset that is open.
    Hours(Option<Arc<HoursView>>),
    /// Brokers, topics and announcements.
    Mesh(Arc<MeshView>),
    /// A file that was announced is settled.
    Fetched(Box<FileNews>),
    /// Fetched files were removed, as the settings say; their whole paths.
    FilesGone(Vec<String>),
    /// Requests for what was chosen on the matrix.
    Wished(Vec<HourRequest>),
    /// The transfer that is looked at.
    Detailed(Arc<DetailView>),
    /// Who was contacted.
    Hosts(Arc<Vec<HostRow>>),
    /// Something is to be told at once.
    Told(Weight, UserMessage),
    /// How the last start of the program ended.
    Crashed(CrashNote),
    /// Another start of the program, the desktop or a watched folder handed something over.
    HandedOver(Box<HandedOver>),
    /// Somebody asked for the window.
    Raise,
    /// Something happened to what is followed.
    Follow(FollowEvent),
    /// Something happened to a relay in use.
    Relay(Box<RelayUseEvent>),
    /// Something happened to the file that is open.
    Inspect(InspectEvent),
    /// Something happened to what is published and relayed from here.
    Share(ShareEvent),
    /// It is time for that try of a job.
    RetryDue(JobId, u32),
}

/// What a look at files in their place showed; no octet was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiskSeen {
    /// Which look.
    pub look: u64,
    /// The state of each job that is otherwise than it was said to be: of a part of them, one after the other.
    pub states: Vec<(JobId, FilesOnDisk)>,
    /// Whether it is the last part of that look.
    pub is_last: bool,
}

/// What reading files in their place again showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesRead {
    /// The files, with the time at which those that are right were read.
    pub files: Vec<FileInPlace>,
    /// How they lie there.
    pub disk: FilesOnDisk,
    /// Why some could not be checked.
    pub unread: Option<UserMessage>,
}

/// What the store remembered.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// Jobs by ascending id, as they stood.
    pub jobs: Vec<Arc<Job>>,
    /// Octets given in all the time before.
    pub given: ByteCount,
    /// How the screen was arranged.
    pub layout: WindowLayout,
}

/// The time of day, and what is looked at once a minute.
#[derive(Clone, Debug, PartialEq)]
pub struct Minute {
    /// The time of day, to the minute.
    pub now: UtcTime,
    /// How far the time zone of this computer is from UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// The folder for finished files.
    pub folder: PathBuf,
    /// What is free there. `None` when it cannot be known.
    pub free: Option<ByteCount>,
    /// Whether the clock was moved lately.
    pub clock: ClockTrust,
}

/// Settings as they were read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingsRead {
    /// The settings.
    pub settings: Settings,
    /// What whoever runs this computer has laid down.
    pub laid_down: LaidDown,
    /// Whether the system has a proxy.
    pub system_proxy: SystemProxy,
    /// What was wrong with the file, and what was done about it.
    pub trouble: Option<UserMessage>,
}
