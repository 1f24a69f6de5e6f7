//! The state as front ends read it: immutable, and shared where nothing changed.

use crate::app::catalog::hours::HoursView;
use crate::app::catalog::sources::SourceRow;
use crate::app::chunks::Chunked;
use crate::app::follow::FollowRow;
use crate::app::inspect::OpenedFile;
use crate::app::jobs::detail::DetailView;
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::Job;
use crate::app::journal::{JournalView, Notice};
use crate::app::mesh::view::MeshView;
use crate::app::relay::using::view::RelaysView;
use crate::app::settings::Settings;
use crate::app::settings::layout::WindowLayout;
use crate::app::share::ShareView;
use crate::app::vitals::{HandedOver, Vitals};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The state at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Grows with every change.
    pub version: u64,
    /// Whether everything was told to stop.
    pub is_stopping: bool,
    /// The jobs, oldest first, by ascending id; a job that did not change is the same `Arc` as before.
    pub jobs: Chunked<Arc<Job>>,
    /// What the person set.
    pub settings: Arc<Settings>,
    /// Where data can come from.
    pub sources: Arc<Vec<SourceRow>>,
    /// The dataset that is open.
    pub hours: Option<Arc<HoursView>>,
    /// Brokers, topics and announcements.
    pub mesh: Arc<MeshView>,
    /// The transfer that is open.
    pub detail: Option<Arc<DetailView>>,
    /// What went wrong and who was contacted.
    pub journal: JournalView,
    /// What is to be told at once; the newest last, at most a few.
    pub notices: Arc<Vec<Notice>>,
    /// Figures of the whole program.
    pub vitals: Vitals,
    /// What another start of the program, the desktop or a watched folder handed over: asks first (R13).
    pub handed_over: Arc<Vec<HandedOver>>,
    /// Counts how often the window was asked to come to the front.
    pub raised: u64,
    /// What is followed.
    pub followed: Arc<Vec<FollowRow>>,
    /// Transfers whose upload a person stopped in this start, as it stood: each can go on.
    pub stopped_giving: Arc<BTreeMap<JobId, GivingState>>,
    /// Relays in use.
    pub relays: Arc<RelaysView>,
    /// The file that is opened to see its fields.
    pub opened: Option<Arc<OpenedFile>>,
    /// What is published and relayed from here.
    pub share: Arc<ShareView>,
    /// How the screen is arranged.
    pub layout: WindowLayout,
}

impl Snapshot {
    /// Where finished files go.
    pub fn folder(&self) -> PathBuf {
        self.settings.folder.clone().unwrap_or_else(|| self.vitals.folder.clone())
    }

    /// The job of that name. `None` when it is gone.
    pub fn job(&self, id: JobId) -> Option<&Arc<Job>> {
        self.jobs.index_by(&id, |job| job.id).and_then(|at| self.jobs.get(at))
    }
}
