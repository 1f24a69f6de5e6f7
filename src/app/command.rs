//! What the engine is to do, as the reducer decided.

use crate::app::catalog::hours::{DatasetId, HoursChoice, HoursFilter};
use crate::app::catalog::sources::SourceKey;
use crate::app::follow::FollowCommand;
use crate::app::inspect::InspectCommand;
use crate::app::jobs::giving::KeptGiving;
use crate::app::jobs::request::{GetRequest, JobId, TransferLimits};
use crate::app::journal::Notice;
use crate::app::mesh::view::MeshCommand;
use crate::app::relay::using::RelayUseCommand;
use crate::app::settings::layout::WindowLayout;
use crate::app::share::ShareCommand;
use crate::domain::octets::ByteCount;
use crate::transfer::giving::GiveUntil;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// An order to the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Start a job.
    Start(JobId, Arc<GetRequest>),
    /// Go on with giving what a job of before this start received, and receive nothing.
    GiveOn(JobId, Arc<GetRequest>, Box<KeptGiving>),
    /// Have a job that runs give until then, and go so fast.
    Tune(JobId, GiveUntil, TransferLimits),
    /// Stop a job; what is held stays.
    Stop(JobId),
    /// End everything that serves.
    StopServing,
    /// Say when [`crate::app::jobs::request::UNDO_FOR`] is over for the removal of that number.
    CallUndoOver(u64),
    /// Look at the files of all that is done; the number of the look.
    LookAtDisk(u64),
    /// Read what was asked for before this start.
    RecallRequest(JobId),
    /// Read which files a job of before this start put in their place.
    RecallFiles(JobId),
    /// Read the files of a job again, and check them.
    ReadAgain(JobId),
    /// Look at these folders every few seconds, because jobs wait for them; at none when empty.
    WatchFolders(Vec<PathBuf>),
    /// Write down how a job stands.
    Keep(JobId),
    /// Forget jobs.
    Forget(Vec<JobId>),
    /// Look at a job from close by, or at none.
    Look(Option<JobId>),
    /// Write down how much was given in all.
    KeepGiven(ByteCount),
    /// Put the settings to use, and write them down.
    ApplySettings,
    /// Tell it on the desktop.
    Tell(Notice),
    /// Remove a source.
    RemoveSource(SourceKey),
    /// Ask a source again.
    AskSource(SourceKey),
    /// Read the runs and lead times of a dataset, or of none.
    OpenHours(Option<DatasetId>),
    /// Show them with these packages, fields and levels.
    FilterHours(HoursFilter),
    /// Make requests of what is chosen.
    WishHours(Box<HoursChoice>),
    /// Something about what is followed.
    Follow(FollowCommand),
    /// Something about relays in use.
    Relay(RelayUseCommand),
    /// Something about the file that is open.
    Inspect(InspectCommand),
    /// Something about what is published and relayed from here.
    Share(ShareCommand),
    /// Say after so long that it is time for that try of a job.
    CallRetry(JobId, u32, Duration),
    /// Write down how the screen is arranged.
    KeepLayout(WindowLayout),
    /// Do something about brokers, topics and announcements.
    Mesh(MeshCommand),
    /// Open the folder of a job's files in the desktop's own way.
    OpenFolder(JobId),
    /// Open a job's file with the program the desktop has for it.
    OpenFile(JobId),
    /// Write the log to that file.
    ExportJournal(PathBuf),
}
