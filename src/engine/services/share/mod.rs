//! Publishes folders and relays datasets from the window: the same services as `nuee publish` and `nuee relay`, inside its engine.
//!
//! In: [`ShareCommand`]s by a [`ShareHandle`]. Out: [`ShareEvent`](crate::app::share::ShareEvent)s. What is to be done is
//! decided by [`SharePlanner`]; this carries it out: each line is a task beside it, with a way of its own to be stopped.
//! Start reading at [`start`].

mod reaching;

use crate::app::input::{Event, Input};
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::RelayQuery;
use crate::app::share::sharing::SharePlanner;
use crate::app::share::{ShareCommand, ShareFact, ShareId, ShareMoment, ShareOrder, ShareWish};
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use crate::engine::services::publish::answering as publishing;
use crate::engine::services::relay::{self, RelayTelling};
use crate::engine::store::keeper::KeeperOrder;
use std::collections::HashMap;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

/// The way to the service.
pub(in crate::engine) type ShareHandle = UnboundedSender<ShareCommand>;

/// How lines are written down. `None` when nothing can be remembered: that was said when the program began.
pub(in crate::engine) type ShareMemory = Option<Weak<Sender<KeeperOrder>>>;

/// The task that shares.
struct ShareService {
    context: EngineContext,
    events: UnboundedSender<Input>,
    memory: ShareMemory,
    sharing: SharePlanner,
    /// How each line that runs is stopped.
    running: HashMap<ShareId, watch::Sender<bool>>,
    heard: UnboundedSender<ShareFact>,
    hearing: UnboundedReceiver<ShareFact>,
}

/// Starts the service; it begins with what `kept` holds once sharing is allowed.
pub(in crate::engine) fn start(
    context: EngineContext,
    events: UnboundedSender<Input>,
    memory: ShareMemory,
    kept: impl Future<Output = Vec<(i64, String)>> + Send + 'static,
) -> ShareHandle {
    let (handle, commands) = unbounded_channel();
    tokio::spawn(async move {
        let (heard, hearing) = unbounded_channel();
        let sharing = SharePlanner::new(kept.await);
        let service =
            ShareService { context, events, memory, sharing, running: HashMap::new(), heard, hearing };
        service.run(commands).await;
    });
    handle
}

impl ShareService {
    /// Hears commands until the program ends, and then until all has ended.
    async fn run(mut self, mut commands: UnboundedReceiver<ShareCommand>) {
        let mut stopping = self.context.stopping.clone();
        let mut is_ending = false;
        while !is_ending || self.sharing.is_running() {
            let wake = self.sharing.tells_at().map(|time| time.since(self.moment().steady));
            let orders = tokio::select! {
                command = commands.recv(), if !is_ending => match command {
                    Some(command) => self.sharing.obey(command, self.moment()),
                    None => {
                        is_ending = true;
                        self.sharing.end_all()
                    }
                },
                Some(fact) = self.hearing.recv() => {
                    let at = self.moment();
                    self.sharing.take(fact, at)
                }
                // Nobody can say so any more when the other end is gone: the program ends.
                _ = stopping.wait_for(|stop| *stop), if !is_ending => {
                    is_ending = true;
                    self.sharing.end_all()
                }
                () = sleep(wake) => Vec::new(),
            };
            self.obey(orders);
            let told = self.sharing.tell(self.moment());
            self.obey(told);
        }
        // The last word says that nothing runs: whoever waits for the end sees it.
        tokio::time::sleep(
            self.sharing.tells_at().map_or(Duration::ZERO, |time| time.since(self.moment().steady)),
        )
        .await;
        let told = self.sharing.tell(self.moment());
        self.obey(told);
    }

    fn moment(&self) -> ShareMoment {
        let clock = self.context.shared.clock;
        ShareMoment { steady: clock.now(), day: clock.utc() }
    }

    fn obey(&mut self, orders: impl IntoIterator<Item = ShareOrder>) {
        for order in orders {
            match order {
                ShareOrder::Keep(id, text) => self.remember(id, Some(text)),
                ShareOrder::Forget(id) => self.remember(id, None),
                ShareOrder::Begin(id, wish) => self.begin(id, *wish),
                ShareOrder::End(id) => {
                    if let Some(stop) = self.running.get(&id) {
                        stop.send_replace(true);
                    }
                }
                ShareOrder::Check(id, wish, addresses) => {
                    let (context, heard) = (self.context.clone(), self.heard.clone());
                    tokio::spawn(reaching::check(id, (*wish, addresses), (context, heard)));
                }
                // The host is gone only when the process ends.
                ShareOrder::Tell(event) => drop(self.events.send(Input::Event(Event::Share(event)))),
            }
        }
    }

    fn remember(&self, id: ShareId, text: Option<String>) {
        if let Some(keeper) = self.memory.as_ref().and_then(Weak::upgrade) {
            // The thread ends only with the program.
            let _ = keeper.send(KeeperOrder::Share(id.0, text));
        }
    }

    /// Begins a line. One that breaks is told as one that failed: no task dies alone.
    fn begin(&mut self, id: ShareId, wish: ShareWish) {
        self.running.retain(|_, stop| !stop.is_closed());
        let (stop, stopping) = watch::channel(false);
        self.running.insert(id, stop);
        let context = EngineContext { stopping, ..self.context.clone() };
        let running = tokio::spawn(share(id, wish, (context, self.heard.clone())));
        let heard = self.heard.clone();
        tokio::spawn(async move {
            let ended = running
                .await
                .unwrap_or_else(|error| Err(UserMessage::Internal { detail: show(&error.to_string()) }));
            // The service hears until it ends, and with it the program.
            let _ = heard.send(ShareFact::Ended(id, ended));
        });
    }
}

/// Publishes or relays until told to stop.
async fn share(
    id: ShareId,
    wish: ShareWish,
    (context, heard): (EngineContext, UnboundedSender<ShareFact>),
) -> Result<(), UserMessage> {
    // The service hears until it ends, and with it the program.
    let tell = move |fact| drop(heard.send(fact));
    match wish {
        ShareWish::Folder(wish) => {
            let telling = move |news| tell(ShareFact::Publish(id, news));
            match publishing::carry_out(wish.request(), &context, &telling).await {
                // It was stopped while its files were being read.
                Err(UserMessage::Stopped) => Ok(()),
                ended => ended,
            }
        }
        ShareWish::Dataset(wish) => {
            let telling: RelayTelling = Arc::new(move |event| tell(ShareFact::Relay(id, event)));
            let words = Box::new(wish.words());
            let query = RelayQuery::Run { folder: wish.folder, words, for_time: None };
            relay::carry_out(query, &context, &telling).await
        }
    }
}

async fn sleep(wake: Option<Duration>) {
    match wake {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}
