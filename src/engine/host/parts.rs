//! What only the window needs of the engine: settings, memory, desktop, log, sources, hours.
//!
//! In: commands of the reducer. Out: events. Each part does its work away from the host.

use crate::app::input::{Event, Input};
use crate::app::jobs::detail::{DetailView, FieldRow};
use crate::app::jobs::keeping::Keeping;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::Phase;
use crate::app::journal::Weight;
use crate::app::mesh::view::MeshCommand;
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::discovery::Discovery;
use crate::app::settings::{LanguageChoice, Settings};
use crate::app::share::{ShareCommand, SharePermission};
use crate::app::state::State;
use crate::app::update::may_peer;
use crate::domain::compression::Compression;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::services::catalog::CatalogCommand;
use crate::engine::services::desktop::export;
use crate::engine::services::desktop::opening;
use crate::engine::services::follow::FollowHandle;
use crate::engine::services::inspect::InspectHandle;
use crate::engine::services::jobs::disk::DiskLooks;
use crate::engine::services::relay::using::RelayUseHandle;
use crate::engine::services::share::ShareHandle;
use crate::engine::store::keeper::{Keeper, KeeperOrder};
use crate::engine::store::positioned::read_up_to;
use crate::engine::store::settings_file::SettingsFile;
use crate::engine::store::window_store::WindowStore;
use crate::engine::transfer::field_index::walk_file;
use crate::engine::transfer::http::client::OutboundRoute;
use crate::grib::index::GribIndex;
use crate::transfer::address_rule::{AddressRule, Network, Reach};
use crate::transfer::decompress::decompress;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Notify, watch};

/// Turns a message into a sentence in the person's language.
pub type Say = Arc<dyn Fn(&UserMessage, &Settings) -> String + Send + Sync>;

/// The database and the thread that writes into it.
pub(in crate::engine) type Memory = (Arc<WindowStore>, Keeper);

/// The parts of the window.
pub(in crate::engine) struct WindowServices {
    pub(in crate::engine) events: UnboundedSender<Input>,
    pub(in crate::engine) settings: SettingsFile,
    /// `None` when the database cannot be opened: then nothing is remembered, and that was said.
    pub(in crate::engine) memory: Option<Memory>,
    pub(in crate::engine) say: Say,
    /// How far names in files may lead, before own networks.
    pub(in crate::engine) reach: Reach,
    pub(in crate::engine) downloads: PathBuf,
    pub(in crate::engine) folder: watch::Sender<PathBuf>,
    /// How long fetched files stay.
    pub(in crate::engine) keeping: watch::Sender<Keeping>,
    /// Who looks at files in their place.
    pub(in crate::engine) disk: DiskLooks,
    /// Has the network looked at.
    pub(in crate::engine) network: Arc<Notify>,
    /// The task that knows the sources.
    pub(in crate::engine) sources: UnboundedSender<CatalogCommand>,
    /// The task that knows brokers and what they announce.
    pub(in crate::engine) mesh: UnboundedSender<MeshCommand>,
    /// The task that follows datasets.
    pub(in crate::engine) follow: FollowHandle,
    /// The task that has relays in use.
    pub(in crate::engine) relays: RelayUseHandle,
    /// The task that publishes and relays.
    pub(in crate::engine) share: ShareHandle,
    /// The task that reads files that are opened.
    pub(in crate::engine) inspect: InspectHandle,
    /// The language of the system, and the one that is spoken.
    pub(in crate::engine) languages: (LanguageChoice, LanguageChoice),
}

impl std::fmt::Debug for WindowServices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WindowServices").finish_non_exhaustive()
    }
}

impl WindowServices {
    /// Looks at the files of all that is done, and at the network: whoever comes back may have come to another place.
    pub(super) fn look_at_disk(&mut self, number: u64, state: &State) {
        self.disk.look(number, state.shown.jobs.clone());
        self.network.notify_one();
    }

    /// Tells a notice on the desktop, in the person's language.
    pub(super) fn tell_desktop(&self, message: &UserMessage, state: &State) {
        opening::tell((self.say)(message, &state.shown.settings));
    }

    /// Hands on what the catalogue is to do.
    pub(super) fn catalog(&self, command: CatalogCommand) {
        // The service ends only with the engine.
        let _ = self.sources.send(command);
    }

    pub(super) fn order(&self, order: KeeperOrder) {
        if let Some((_, keeper)) = &self.memory {
            keeper.order(order);
        }
    }

    fn tell(&self, event: Event) {
        // The host is gone only when the process ends.
        let _ = self.events.send(Input::Event(event));
    }

    pub(super) fn keep(&self, id: JobId, state: &State) {
        let at = state.shown.jobs.index_by(&id, |job| job.id);
        if let Some(job) = at.and_then(|at| state.shown.jobs.get(at)) {
            self.order(KeeperOrder::Keep(job.clone()));
        }
    }

    /// Looks at a job that is done: at its files, also of a time before this start, and at the fields in them.
    pub(super) fn look(&self, id: JobId, state: &State) {
        let at = state.shown.jobs.index_by(&id, |job| job.id);
        let Some(job) = at.and_then(|at| state.shown.jobs.get(at)).cloned() else { return };
        if !matches!(job.phase, Phase::Giving | Phase::Ended) {
            return;
        }
        let store = self.memory.as_ref().map(|(store, _)| store.clone());
        let events = self.events.clone();
        // The host is gone only when the process ends.
        let tell = move |event| drop(events.send(Input::Event(event)));
        tokio::task::spawn_blocking(move || {
            let mut files = job.files.clone();
            if let (true, Some(store)) = (files.is_empty(), store) {
                files = store.files(id).unwrap_or_default();
                tell(Event::Recalled(id, files.clone()));
            }
            let fields = files.first().map(|file| fields_in(Path::new(&file.path))).unwrap_or_default();
            if !fields.is_empty() {
                let detail = DetailView { job: Some(id), fields, ..DetailView::default() };
                tell(Event::Detailed(Arc::new(detail)));
            }
        });
    }

    /// Reads which files a job of before this start put in their place.
    pub(super) fn recall_files(&self, id: JobId) {
        let store = self.memory.as_ref().map(|(store, _)| store.clone());
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let read = store.map_or_else(|| Ok(Vec::new()), |store| store.files(id));
            let event = match read {
                Ok(files) => Event::Recalled(id, files),
                Err(error) => {
                    Event::Told(Weight::Failure, crate::engine::store::error::message_of_store(&error))
                }
            };
            // The host is gone only when the process ends.
            let _ = events.send(Input::Event(event));
        });
    }

    /// Reads what was asked for by a job that ended well before this start.
    pub(super) fn recall_request(&self, id: JobId) {
        let store = self.memory.as_ref().map(|(store, _)| store.clone());
        let events = self.events.clone();
        tokio::task::spawn_blocking(move || {
            let read = store.map(|store| store.request(id)).transpose();
            let request = read.unwrap_or_else(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "a request is not known");
                None
            });
            let event = Event::RequestRecalled(id, request.flatten().map(Arc::new));
            // The host is gone only when the process ends.
            let _ = events.send(Input::Event(event));
        });
    }

    pub(super) fn read_again(&self, id: JobId, state: &State, context: &EngineContext) {
        let at = state.shown.jobs.index_by(&id, |job| job.id);
        if let Some(job) = at.and_then(|at| state.shown.jobs.get(at)) {
            self.disk.read_again(job.clone(), context.folders.clone(), context.shared.clock);
        }
    }

    pub(super) fn apply_and_write(&mut self, state: &State, context: &mut EngineContext) {
        self.apply(state, context);
        if let Err(message) = self.settings.write(&state.shown.settings) {
            self.tell(Event::Told(Weight::Attention, message));
        }
    }

    /// Puts settings to use: limits at once, the way out from the next request on.
    pub(in crate::engine) fn apply(&mut self, state: &State, context: &mut EngineContext) {
        let settings = &state.shown.settings;
        let limits = settings.limits;
        context.shared.limit.set(limits.down);
        context.shared.gate.set(usize::from(limits.connections_per_host));
        context.sessions.set_up_limit(limits.up);
        // Where nobody may be peered with, nothing lingers either.
        let may_peer = may_peer(settings, &state.shown.vitals);
        let discovery = if may_peer { settings.discovery.clone() } else { Discovery::default() };
        context.sessions.discovery().allow(discovery);
        let permission = if may_peer { SharePermission::Allowed } else { SharePermission::Forbidden };
        // The task ends only with the engine.
        let _ = self.share.send(ShareCommand::Allow(permission));
        let before = context.shared.client.proxy();
        if let Err(message) = lead_out(self.reach, state, context) {
            self.tell(Event::Told(Weight::Failure, message));
        }
        if before != context.shared.client.proxy() {
            // The task ends only with the engine.
            let _ = self.mesh.send(MeshCommand::ConnectAnew);
        }
        let language = settings.language.unwrap_or(self.languages.0);
        if std::mem::replace(&mut self.languages.1, language) != language {
            self.catalog(CatalogCommand::Speak(language));
        }
        let keeping = Keeping { time: settings.purge.older_than, most: settings.purge.more_than };
        self.keeping.send_if_modified(|known| std::mem::replace(known, keeping) != keeping);
        let folder = settings.folder.clone().unwrap_or_else(|| self.downloads.clone());
        self.folder.send_if_modified(|known| {
            let is_new = *known != folder;
            *known = folder;
            is_new
        });
    }

    pub(super) fn open(&self, id: JobId, state: &State, of: fn(&Path) -> Option<&Path>) {
        let at = state.shown.jobs.index_by(&id, |job| job.id);
        let Some(job) = at.and_then(|at| state.shown.jobs.get(at)) else { return };
        let events = self.events.clone();
        if let Some(file) = job.files.first() {
            if let Some(path) = of(Path::new(&file.path)) {
                opening::open(path.to_owned(), events);
            }
        } else if let Some(request) = &job.request {
            opening::open(request.out.clone(), events);
        } else if let Some((store, _)) = &self.memory {
            let store = store.clone();
            tokio::task::spawn_blocking(move || {
                let files = store.files(id).unwrap_or_default();
                if let Some(path) = files.first().and_then(|file| of(Path::new(&file.path))) {
                    opening::open(path.to_owned(), events);
                }
            });
        }
    }

    pub(super) fn export(&self, path: PathBuf, state: &State) {
        let (journal, settings) = (state.shown.journal.clone(), state.shown.settings.clone());
        let (say, events) = (self.say.clone(), self.events.clone());
        tokio::task::spawn_blocking(move || {
            let text = export::text_of(&journal, &|message| say(message, &settings));
            let shown = show(&path.display().to_string());
            let told = match export::write(&path, &text) {
                Ok(()) => Event::Told(Weight::Note, UserMessage::JournalWritten { path: shown }),
                Err(error) => {
                    let detail = format!("{shown}: {}", show(&error.to_string()));
                    Event::Told(Weight::Attention, UserMessage::DiskTrouble { detail })
                }
            };
            // The host is gone only when the process ends.
            let _ = events.send(Input::Event(told));
        });
    }
}

/// Has everything go out by the way that is set. Also to be called before anything is asked at all.
pub(in crate::engine) fn lead_out(
    reach: Reach,
    state: &State,
    context: &mut EngineContext,
) -> Result<(), UserMessage> {
    let settings = &state.shown.settings;
    let own = settings.own_networks.iter().filter_map(|network| Network::parse(network)).collect();
    let rule = AddressRule::new(reach, own);
    let client = &context.shared.client;
    let way = OutboundRoute {
        rule: rule.clone(),
        proxy: settings.proxy.clone(),
        hosts: state.shown.vitals.laid_down.hosts.clone(),
        contact: client.contact(),
        retries: settings.limits.retries,
    };
    context.rule = rule;
    // The same way needs no new clients: open connections serve on.
    if client.goes(&way) {
        return Ok(());
    }
    client.set_way(way).map_err(|error| UserMessage::Unreadable { text: show(&error.to_string()) })
}

/// The fields of a file in its place, or of what is inside a compressed one; none when it is no GRIB or is gone.
fn fields_in(path: &Path) -> Vec<FieldRow> {
    let index = index_inside(path).unwrap_or_else(|error| {
        tracing::info!(%error, path = %path.display(), "fields are not listed");
        GribIndex::default()
    });
    index.fields.into_iter().map(|field| FieldRow { field, is_here: true }).collect()
}

/// Reads the headers of a file; one that is compressed is opened into a file without a name first.
fn index_inside(path: &Path) -> std::io::Result<GribIndex> {
    let file = std::fs::File::open(path)?;
    let mut first = [0; 16];
    let count = read_up_to(&file, &mut first, 0)?;
    match Compression::from_magic(&first[..count]) {
        None => walk_file(&file),
        Some(compression) => {
            let mut inside = tempfile::tempfile()?;
            let done = decompress(compression, &file, |octets| inside.write_all(octets));
            done.map_err(std::io::Error::other)?;
            walk_file(&inside)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::made_run::MadeRun;
    use crate::domain::utc::UtcTime;

    #[test]
    fn the_fields_of_a_compressed_file_in_its_place_are_listed() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let octets = MadeRun::make(UtcTime::default()).hourly_files().remove(3).octets;
        let (plain, packed) = (scratch.path().join("a.grib2"), scratch.path().join("a.grib2.gz"));
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(&octets).expect("room");
        std::fs::write(&packed, writer.finish().expect("room")).expect("room");
        std::fs::write(&plain, octets).expect("room");
        let params = |path: &Path| {
            fields_in(path)
                .iter()
                .map(|row| row.field.name().map(|name| name.into_owned()))
                .collect::<Vec<_>>()
        };
        assert!(!params(&plain).is_empty());
        assert_eq!(params(&packed), params(&plain));
        std::fs::write(&packed, b"\x1f\x8b damaged").expect("room");
        assert!(fields_in(&packed).is_empty());
    }
}
