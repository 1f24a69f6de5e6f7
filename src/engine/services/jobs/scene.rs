//! What a job is, what is wished of it, and whom it may ask: nothing in it changes while the job runs.
//!
//! In: a request and what all services share. Out: what the stages need to do their work, and the one way to tell of it.

use super::control::JobControl;
use super::messages::JobEnd;
use crate::app::input::{Event, Input};
use crate::app::jobs::request::{GetRequest, JobId};
use crate::app::jobs::wish::JobWish;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::selection::Selection;
use crate::domain::utc::UtcTime;
use crate::engine::context::EngineContext;
use crate::engine::store::error::StoreError;
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::http::client::Persistence;
use crate::engine::transfer::http::look_up;
use crate::engine::transfer::http::waiting::Waiting;
use crate::grib::index::GribIndex;
use crate::transfer::address_rule::{AddressRule, Reach};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// How long is waited before a folder is tried again that another process uses.
const FOLDER_PAUSE: Duration = Duration::from_millis(500);

/// What a job is and whom it may ask.
#[derive(Clone)]
pub(super) struct JobScene {
    pub(super) id: JobId,
    pub(super) wish: JobWish,
    pub(super) context: EngineContext,
    /// What it can be told from outside.
    pub(super) control: Arc<JobControl>,
    /// Turns true when it is to stop.
    pub(super) stop: watch::Receiver<bool>,
    events: UnboundedSender<Input>,
}

impl JobScene {
    pub(super) fn new(
        (id, request): (JobId, Arc<GetRequest>),
        mut context: EngineContext,
        events: UnboundedSender<Input>,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let began = context.shared.clock.utc();
        let told = events.clone();
        let waiting = Waiting::told(move |message| {
            // The host is gone only when the process ends.
            let _ = told.send(Input::Event(Event::Noted(id, message)));
        });
        let control = Arc::new(JobControl::new(&request, &context.shared.limit, &context.sessions));
        context.shared.limit = control.down();
        context.shared.client = context.shared.client.waiting_for(request.wait, waiting);
        Self { id, wish: JobWish::new(request, began), context, control, stop, events }
    }

    /// The same for another wish, such as one for a single file of a dataset.
    pub(super) fn with_wish(&self, wish: JobWish) -> Self {
        Self { wish, ..self.clone() }
    }

    pub(super) fn request(&self) -> &GetRequest {
        &self.wish.request
    }

    pub(super) fn selection(&self) -> &Selection {
        &self.wish.request.selection
    }

    /// The time of day.
    pub(super) fn utc(&self) -> UtcTime {
        self.context.shared.clock.utc()
    }

    pub(super) fn tell(&self, event: Event) {
        // The host is gone only when the process ends.
        let _ = self.events.send(Input::Event(event));
    }

    pub(super) fn note(&self, message: UserMessage) {
        self.tell(Event::Noted(self.id, message));
    }

    /// Tells what it is called, as soon as that is known.
    pub(super) fn tell_name(&self, name: &str) {
        self.tell(Event::Named(self.id, show(name)));
    }

    /// Says when the headers of a file were not read to its end.
    pub(super) fn note_given_up(&self, index: &GribIndex) {
        if let Some(problem) = index.gave_up() {
            let (at, detail) = (ByteCount(problem.offset), problem.detail.clone().into_owned());
            self.note(UserMessage::SearchGivenUp { at, detail });
        }
    }

    /// The rule for what something names that may lead as far as that.
    pub(super) fn rule_of(&self, reach: Reach) -> AddressRule {
        self.context.rule.with_reach(reach.max_of(self.context.rule.reach()))
    }

    /// An announcement may name other sources, and is tried again as a whole: its requests fail at once.
    pub(super) fn persistence(&self) -> Persistence {
        if self.wish.announced.is_some() { Persistence::Once } else { Persistence::Retried }
    }

    /// The addresses of peers that the person named.
    pub(super) async fn named_peers(&self) -> Vec<SocketAddr> {
        let mut found = Vec::new();
        for peer in &self.request().peers {
            match look_up(peer.as_str()).await {
                Ok(addresses) => found.extend(addresses),
                Err(_) => self.note(UserMessage::PeerUnusable { peer: show(peer) }),
            }
        }
        found
    }

    /// Opens the folder, waiting for another process as long as the request says.
    pub(super) async fn open_folder(&self, elsewhere: Option<&Path>) -> Result<OpenFolder, JobEnd> {
        let until = self.context.shared.clock.now().after(self.request().wait);
        loop {
            let out = elsewhere.map_or_else(|| self.request().out.clone(), Path::to_path_buf);
            let folders = self.context.folders.clone();
            let note = format!("nuee get {}", self.request().targets.join(" "));
            let opened = tokio::task::spawn_blocking(move || folders.open(&out, &note)).await;
            match opened.map_err(JobEnd::internal)? {
                Err(StoreError::InUse { by }) if self.context.shared.clock.now() < until => {
                    self.note(UserMessage::WaitingForFolder { by });
                    let mut stop = self.stop.clone();
                    tokio::select! {
                        () = tokio::time::sleep(FOLDER_PAUSE) => {}
                        Ok(_) = stop.wait_for(|stop| *stop) => return Err(JobEnd::stopped()),
                    }
                }
                opened => return Ok(opened?),
            }
        }
    }
}
