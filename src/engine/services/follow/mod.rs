//! Follows datasets: looks at what is published, has what is new fetched, keeps the list. One service for the window, whose
//! transfers fetch, and for a folder of the terminal, into which it fetches by itself.
//!
//! In: [`FollowCommand`]s by a [`FollowHandle`]. Out: [`FollowEvent`]s. What is to be done is decided by
//! [`Following`]; this carries it out: the store, the sources, the files. Each look and each fetch is a task beside it, so
//! that a slow server keeps nobody waiting. Start reading at [`FollowService::run`].

pub(in crate::engine::services) mod outside;
pub(in crate::engine) mod terminal;
#[cfg(test)]
mod tests;

use crate::app::follow::orders::{FollowFact, FollowOrder};
use crate::app::follow::pacing::USUAL_LONGEST;
use crate::app::follow::seen::SourceSeen;
use crate::app::follow::{FollowCommand, FollowEvent, FollowHands, FollowTerms, Following};
use crate::app::input::{Event, Input};
use crate::app::messages::user_message::UserMessage;
use crate::engine::context::EngineContext;
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::store::follow_store::FollowStore;
use crate::engine::store::window_store::WindowStore;
use outside::{FollowOutside, World, broken};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The way to the service. When the last one is dropped it ends what is under way, and itself.
pub(in crate::engine) type FollowHandle = UnboundedSender<FollowCommand>;

/// Whom it tells.
pub(in crate::engine::services) type Telling = Arc<dyn Fn(FollowEvent) + Send + Sync>;

/// The task that follows.
pub(in crate::engine) struct FollowService<O> {
    outside: O,
    /// `None` when nothing can be remembered: that was said when the program began.
    store: Option<Arc<dyn FollowStore>>,
    terms: FollowTerms,
    following: Following,
    telling: Telling,
    heard: UnboundedSender<FollowFact>,
    hearing: UnboundedReceiver<FollowFact>,
}

/// Starts the service for the window; it looks at nothing before `restored` is done.
pub(in crate::engine) fn start_for_window(
    context: EngineContext,
    events: UnboundedSender<Input>,
    store: Option<Arc<WindowStore>>,
    restored: impl Future<Output = ()> + Send + 'static,
) -> FollowHandle {
    let (handle, commands) = unbounded_channel();
    // The host is gone only when the process ends.
    let telling: Telling = Arc::new(move |event| drop(events.send(Input::Event(Event::Follow(event)))));
    let terms = FollowTerms { hands: FollowHands::Transfers, longest: USUAL_LONGEST, until: None };
    let store = store.map(|store| store as Arc<dyn FollowStore>);
    let service = FollowService::new(World { context, folder: None }, (store, terms), telling);
    tokio::spawn(async move {
        restored.await;
        if let Err(message) = service.run(commands).await {
            tracing::error!(?message, "the window's following ended");
        }
    });
    handle
}

impl<O: FollowOutside> FollowService<O> {
    pub(in crate::engine::services) fn new(
        outside: O,
        (store, terms): (Option<Arc<dyn FollowStore>>, FollowTerms),
        telling: Telling,
    ) -> Self {
        let (heard, hearing) = unbounded_channel();
        let following = Following::new(terms, Vec::new(), outside.moment());
        Self { outside, store, terms, following, telling, heard, hearing }
    }

    /// Hears commands until nobody can send any, or its time is over.
    ///
    /// # Errors
    /// Why it cannot go on. In the window that is told, and it goes on.
    pub(in crate::engine::services) async fn run(
        mut self,
        mut commands: UnboundedReceiver<FollowCommand>,
    ) -> Result<(), UserMessage> {
        let kept = match self.stored(|store| store.followed()).await {
            Ok(kept) => kept.unwrap_or_default(),
            Err(message) => {
                self.refuse(message)?;
                Vec::new()
            }
        };
        self.following = Following::new(self.terms, kept, self.outside.moment());
        self.obey(vec![self.following.listed()]).await?;
        let mut is_led = true;
        loop {
            let now = self.outside.moment();
            let due = if is_led { self.following.begin_looks(now) } else { Vec::new() };
            self.obey(due).await?;
            if self.following.is_over(now) || !is_led && !self.following.is_busy() {
                return Ok(());
            }
            let wake = self.following.wakes().map(|wake| wake.since(now.steady));
            let orders = tokio::select! {
                biased;
                command = commands.recv(), if is_led => match command {
                    Some(command) => {
                        let outside = self.outside.clone();
                        self.following.obey(command, &|| outside.providers(), self.outside.moment())
                    }
                    None => {
                        is_led = false;
                        Vec::new()
                    }
                },
                Some(fact) = self.hearing.recv() => self.following.take(fact, self.outside.moment()),
                () = sleep(wake), if is_led => Vec::new(),
            };
            self.obey(orders).await?;
        }
    }

    /// Carries orders out, one after the other.
    async fn obey(&mut self, orders: Vec<FollowOrder>) -> Result<(), UserMessage> {
        for order in orders {
            if let Err(message) = self.carry_out(order).await {
                self.refuse(message)?;
            }
        }
        Ok(())
    }

    async fn carry_out(&mut self, order: FollowOrder) -> Result<(), UserMessage> {
        match order {
            FollowOrder::Keep(row) => self.stored(move |store| store.keep_followed(&row)).await.map(drop),
            FollowOrder::Forget(id) => self.stored(move |store| store.forget_followed(id)).await.map(drop),
            FollowOrder::Note(id, notes) => {
                self.stored(move |store| store.note_followed(id, &notes)).await.map(drop)
            }
            FollowOrder::ForgetBefore(id, oldest) => {
                self.stored(move |store| store.forget_notes(id, oldest)).await.map(drop)
            }
            FollowOrder::Tidy(id, keeping, notes) => {
                let outside = self.outside.clone();
                let tidying = tokio::task::spawn_blocking(move || outside.tidy(keeping, notes)).await;
                // We hold the other end.
                waited_for(tidying).map(|files| drop(self.heard.send(FollowFact::Tidied(id, files))))
            }
            FollowOrder::Look(row) => {
                let (outside, id) = (self.outside.clone(), row.id);
                let looked = move |seen| FollowFact::Looked(id, Box::new(seen));
                let failed = move |message| looked(SourceSeen::failed(message));
                // The service is gone only when the process ends.
                self.beside(failed, |heard| async move { drop(heard.send(looked(outside.look(row).await))) });
                Ok(())
            }
            FollowOrder::Fetch(wanted) => {
                let (outside, id) = (self.outside.clone(), wanted.row.id);
                let failed = move |message| FollowFact::Broken(id, message);
                self.beside(failed, |heard| async move { outside.fetch(*wanted, heard).await });
                Ok(())
            }
            FollowOrder::Execute(command) => {
                let (outside, telling) = (self.outside.clone(), self.telling.clone());
                // A slow one keeps nobody from fetching.
                tokio::task::spawn_blocking(move || {
                    let code = outside.execute(&command);
                    telling(FollowEvent::Executed { name: command.name, key: command.key, code });
                });
                Ok(())
            }
            FollowOrder::Tell(event) => {
                (self.telling)(event);
                Ok(())
            }
            FollowOrder::Refuse(message) => Err(message),
        }
    }

    /// In the window that is told, and it goes on; in a terminal it is the last word.
    fn refuse(&self, message: UserMessage) -> Result<(), UserMessage> {
        match self.terms.hands {
            FollowHands::Transfers => {
                (self.telling)(FollowEvent::Refused(message));
                Ok(())
            }
            FollowHands::Own | FollowHands::Nobody => Err(message),
        }
    }

    /// Does something beside this task; one that breaks is told as one that failed.
    fn beside<F: Future<Output = ()> + Send + 'static>(
        &self,
        failed: impl FnOnce(UserMessage) -> FollowFact + Send + 'static,
        work: impl FnOnce(UnboundedSender<FollowFact>) -> F,
    ) {
        let (heard, working) = (self.heard.clone(), tokio::spawn(work(self.heard.clone())));
        tokio::spawn(async move {
            if let Err(error) = working.await {
                // The service is gone only when the process ends.
                let _ = heard.send(failed(broken(&error)));
            }
        });
    }

    /// Does something with the store, on a thread that may wait for the disk. `None` without a store.
    async fn stored<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn FollowStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Option<T>, UserMessage> {
        let Some(store) = self.store.clone() else { return Ok(None) };
        waited_for(tokio::task::spawn_blocking(move || work(&*store)).await).map(Some)
    }
}

/// What a thread that waited for the disk came to.
fn waited_for<T>(ended: Result<Result<T, StoreError>, tokio::task::JoinError>) -> Result<T, UserMessage> {
    match ended {
        Ok(done) => done.map_err(|error| message_of_store(&error)),
        Err(error) => Err(broken(&error)),
    }
}

async fn sleep(wake: Option<Duration>) {
    match wake {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}
