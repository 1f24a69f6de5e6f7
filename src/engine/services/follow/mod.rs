//! Follows datasets for the window: looks at what is published, has new hours fetched, keeps the list.
//!
//! In: [`FollowCommand`]s. Out: [`FollowEvent`]s; hours that appeared become transfers like every other. One task; each look
//! at a source is a task beside it, so that a slow server keeps nobody waiting. What is kept survives a restart.
//! Start reading at [`FollowService::run`]; [`folder`] is following in a folder, as the terminal does.

pub(in crate::engine) mod folder;
mod looking;

use crate::app::follow::choosing::pause;
use crate::app::follow::command::HourEnd;
use crate::app::follow::view::{FollowKept, Look, Pace};
use crate::app::follow::{FollowCommand, FollowEvent, FollowId, FollowRow, FollowWish};
use crate::app::input::{Event, Input, UNDO_FOR};
use crate::app::journal::Weight;
use crate::app::state::Subject;
use crate::app::user_message::UserMessage;
use crate::catalog::provider::EntryId;
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::engine::context::EngineContext;
use crate::engine::store::error::StoreError;
use crate::engine::store::error::message_of_store;
use crate::engine::store::window_store::WindowStore;
use looking::Looked;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::Instant;

/// Most lines of the list.
const MOST: usize = 200;

/// Hours of runs that are older than this are no longer known one by one: nobody publishes them again. Minutes.
const KNOWN_FOR: i64 = 15 * 24 * 60;

/// The way to the service.
pub(in crate::engine) type FollowHandle = UnboundedSender<FollowCommand>;

/// One line, with what is worked out of it.
#[derive(Clone)]
struct Followed {
    row: FollowRow,
    /// Keys of hours that were fetched, with the starts of their runs.
    known: BTreeSet<String>,
    /// When it is looked at again.
    due: Instant,
    /// Looks in a row at which the source could not be asked.
    failures: u32,
}

/// The task that follows.
pub(in crate::engine) struct FollowService {
    context: EngineContext,
    events: UnboundedSender<Input>,
    /// `None` when nothing can be remembered: that was said when the program began.
    store: Option<Arc<WindowStore>>,
    rows: Vec<Followed>,
    /// Lines that were stopped and can be put back still, with until when.
    stopped: Vec<(Followed, Instant)>,
    next: i64,
    heard: UnboundedSender<Looked>,
    hearing: UnboundedReceiver<Looked>,
}

impl FollowService {
    /// Starts the service; it looks at nothing before `restored` is done.
    pub(in crate::engine) fn start(
        context: EngineContext,
        events: UnboundedSender<Input>,
        store: Option<Arc<WindowStore>>,
        restored: impl Future<Output = ()> + Send + 'static,
    ) -> FollowHandle {
        let (handle, commands) = unbounded_channel();
        let (heard, hearing) = unbounded_channel();
        let service =
            Self { context, events, store, rows: Vec::new(), stopped: Vec::new(), next: 1, heard, hearing };
        tokio::spawn(async move {
            restored.await;
            service.run(commands).await;
        });
        handle
    }

    /// Hears commands until the engine ends.
    async fn run(mut self, mut commands: UnboundedReceiver<FollowCommand>) {
        self.recall().await;
        loop {
            let due =
                self.rows.iter().filter(|followed| followed.is_awaited()).map(|followed| followed.due).min();
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.obey(command).await,
                    None => return,
                },
                Some(looked) = self.hearing.recv() => self.take(looked).await,
                () = sleep_until(due) => self.begin_looks(),
            }
        }
    }

    async fn recall(&mut self) {
        let kept = self.stored(|store| store.followed()).await.unwrap_or_default();
        self.next = kept.iter().map(|(row, _)| row.id.0 + 1).max().unwrap_or(1);
        let due = Instant::now();
        self.rows = kept.into_iter().map(|(row, known)| Followed { row, known, due, failures: 0 }).collect();
        self.tell_rows();
    }

    async fn obey(&mut self, command: FollowCommand) {
        match command {
            FollowCommand::Add(wish) => self.add(*wish).await,
            FollowCommand::Pause(id) => self.set_pace(id, Pace::Paused).await,
            FollowCommand::Resume(id) => self.set_pace(id, Pace::Active).await,
            FollowCommand::LookNow(id) => {
                if let Some(followed) = self.of(id) {
                    followed.due = Instant::now();
                }
            }
            FollowCommand::Stop(id) => self.stop(id).await,
            FollowCommand::PutBack(id) => self.put_back(id).await,
            FollowCommand::Settled(subject, end) => self.settle(&subject, &end).await,
        }
        self.tell_rows();
    }

    async fn add(&mut self, wish: FollowWish) {
        if let Some(same) = self.rows.iter().find(|followed| followed.row.wish == wish).map(|it| it.row.id) {
            return self.set_pace(same, Pace::Active).await;
        }
        if self.rows.len() >= MOST {
            return self.tell(FollowEvent::Refused(UserMessage::TooManyFollowed { most: MOST as u64 }));
        }
        let providers = self.context.catalog.providers();
        let dataset =
            EntryId::parse(&wish.id).and_then(|id| providers.find(&id).map(|(_, found)| found.clone()));
        let Some(dataset) = dataset else {
            return self
                .tell(FollowEvent::Refused(UserMessage::UnknownEntry { id: show(&wish.id), meant: None }));
        };
        if let Err(text) = wish.selection() {
            return self.tell(FollowEvent::Refused(UserMessage::Unreadable { text: show(&text) }));
        }
        let row = FollowRow {
            id: FollowId(self.next),
            name: dataset.title.en.clone(),
            wish,
            added: self.context.shared.clock.utc(),
            look: Look::Resting,
            kept: FollowKept::default(),
        };
        self.next += 1;
        self.keep(&row).await;
        self.rows.push(Followed { row, known: BTreeSet::new(), due: Instant::now(), failures: 0 });
    }

    async fn set_pace(&mut self, id: FollowId, pace: Pace) {
        let Some(followed) = self.of(id) else { return };
        followed.row.kept.pace = pace;
        (followed.due, followed.failures) = (Instant::now(), 0);
        if pace == Pace::Paused {
            followed.row.kept.looks_again = None;
        }
        let row = followed.row.clone();
        self.keep(&row).await;
    }

    async fn stop(&mut self, id: FollowId) {
        let now = Instant::now();
        self.stopped.retain(|(_, until)| *until > now);
        let Some(at) = self.rows.iter().position(|followed| followed.row.id == id) else { return };
        // The window counts the seconds too, and may be a moment behind.
        let until = now + UNDO_FOR + Duration::from_secs(5);
        self.stopped.push((self.rows.remove(at), until));
        self.stored(move |store| store.forget_followed(id)).await;
    }

    async fn put_back(&mut self, id: FollowId) {
        let Some(at) = self.stopped.iter().position(|(followed, _)| followed.row.id == id) else { return };
        let (mut followed, _) = self.stopped.remove(at);
        (followed.due, followed.row.look) = (Instant::now(), Look::Resting);
        self.keep(&followed.row).await;
        self.note_hours(id, followed.known.iter().cloned().collect()).await;
        let place = self.rows.partition_point(|other| other.row.id < id);
        self.rows.insert(place, followed);
    }

    /// An hour ended: every line that wishes it notes how.
    async fn settle(&mut self, subject: &Subject, end: &HourEnd) {
        let mut changed = Vec::new();
        for followed in self.rows.iter_mut().filter(|followed| followed.row.is_about(subject)) {
            let kept = &mut followed.row.kept;
            match end {
                HourEnd::Here(at) => {
                    kept.last_success = kept.last_success.max(Some(*at));
                    kept.fetched = kept.fetched.saturating_add(1);
                    kept.hour_trouble = None;
                }
                HourEnd::Failed(message) => kept.hour_trouble = Some(message.clone()),
            }
            changed.push(followed.row.clone());
        }
        for row in &changed {
            self.keep(row).await;
        }
    }

    /// Asks the sources that are due, each beside this task.
    fn begin_looks(&mut self) {
        let now = Instant::now();
        for followed in self.rows.iter_mut().filter(|followed| followed.is_awaited() && followed.due <= now) {
            followed.row.look = Look::UnderWay;
            let (row, known) = (followed.row.clone(), followed.known.clone());
            let (context, heard) = (self.context.clone(), self.heard.clone());
            tokio::spawn(async move {
                let id = row.id;
                let asked = tokio::spawn(async move { looking::look((&row, &known), &context).await });
                let looked = asked.await.unwrap_or_else(|error| Looked::broken(id, &error));
                // The service is gone only when the engine is.
                let _ = heard.send(looked);
            });
        }
        self.tell_rows();
    }

    /// Takes in what a source told: new hours are to be fetched.
    async fn take(&mut self, looked: Looked) {
        for change in looked.changes {
            let message = UserMessage::CatalogChanged { change };
            self.tell_input(Event::Told(Weight::Attention, message));
        }
        let now = self.context.shared.clock.utc();
        let Some(followed) = self.of(looked.id) else { return };
        followed.row.look = Look::Resting;
        if followed.row.kept.pace == Pace::Paused {
            return self.tell_rows();
        }
        let kept = &mut followed.row.kept;
        match looked.trouble {
            None => {
                followed.failures = 0;
                kept.looked = Some(now);
                kept.source_trouble = None;
            }
            Some(message) => {
                followed.failures = followed.failures.saturating_add(1);
                let since = kept.source_trouble.as_ref().map_or(now, |(_, since)| *since);
                kept.source_trouble = Some((message, since));
            }
        }
        kept.next_due = looked.new.next_due.or(kept.next_due.filter(|_| followed.failures > 0));
        let pause = pause(now, kept.next_due, followed.failures);
        followed.due = Instant::now() + pause;
        let seconds = i64::try_from(pause.as_secs()).unwrap_or(0);
        kept.looks_again = UtcTime::from_unix_seconds(now.unix_seconds() + seconds);
        let (keys, wishes): (Vec<String>, Vec<_>) = looked.new.wishes.into_iter().unzip();
        followed.known.extend(keys.iter().cloned());
        let row = followed.row.clone();
        if !wishes.is_empty() {
            self.tell(FollowEvent::Appeared(wishes));
        }
        self.keep(&row).await;
        self.note_hours(row.id, keys).await;
        self.tell_rows();
    }

    fn of(&mut self, id: FollowId) -> Option<&mut Followed> {
        self.rows.iter_mut().find(|followed| followed.row.id == id)
    }

    async fn keep(&self, row: &FollowRow) {
        let row = row.clone();
        self.stored(move |store| store.keep_followed(&row)).await;
    }

    async fn note_hours(&self, id: FollowId, keys: Vec<String>) {
        if keys.is_empty() {
            return;
        }
        let oldest = self.context.shared.clock.utc().plus_minutes(-KNOWN_FOR);
        self.stored(move |store| store.note_followed_hours(id, &keys, oldest.unwrap_or_default())).await;
    }

    /// Does something with the store, on a thread that may wait for the disk. What goes wrong is said.
    async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce(&WindowStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Option<T> {
        let store = self.store.clone()?;
        match tokio::task::spawn_blocking(move || work(&store)).await {
            Ok(Ok(done)) => Some(done),
            Ok(Err(error)) => {
                self.tell_input(Event::Told(Weight::Attention, message_of_store(&error)));
                None
            }
            Err(error) => {
                let message = UserMessage::Internal { detail: error.to_string() };
                self.tell_input(Event::Told(Weight::Failure, message));
                None
            }
        }
    }

    fn tell_rows(&self) {
        let rows = self.rows.iter().map(|followed| followed.row.clone()).collect();
        self.tell(FollowEvent::Listed(Arc::new(rows)));
    }

    fn tell(&self, event: FollowEvent) {
        self.tell_input(Event::Follow(event));
    }

    fn tell_input(&self, event: Event) {
        // The host is gone only when the process ends.
        let _ = self.events.send(Input::Event(event));
    }
}

impl Followed {
    fn is_awaited(&self) -> bool {
        self.row.kept.pace == Pace::Active && self.row.look == Look::Resting
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
