//! The task of a relay: hears facts, carries orders out, one after the other where they keep something.

use super::acts;
use super::announcing::RelayAnnouncer;
use super::documents::Documents;
use super::giving::RelayGiving;
use super::outside::RelayOutside;
use super::storing::RelayStorage;
use super::{RelayTelling, off_thread};
use crate::app::follow::{FollowCommand, FollowHands, FollowTerms};
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::announcing::{Announces, RelayBroker};
use crate::app::relay::file::RelayFile;
use crate::app::relay::orders::{RelayFact, RelayMoment, RelayOrder};
use crate::app::relay::planner::{RelayPlanner, RelaySpans};
use crate::app::relay::stage::RelayStage;
use crate::app::relay::terms::{RelayTerms, wish_of};
use crate::app::relay::{RelayEvent, RelayKey};
use crate::engine::context::EngineContext;
use crate::engine::services::follow::FollowService;
use crate::engine::services::follow::outside::{FollowedFolder, World};
use crate::engine::services::follow::terminal::FollowTelling;
use crate::engine::store::error::message_of_store;
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::follow_store::FollowStore;
use crate::engine::store::relay_store::RelayStore as _;
use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The shortest pause between two looks at what is due.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);

/// What peers were sent is looked at so often.
const LOOK_AT_UPLOADS: Duration = Duration::from_secs(10);

/// For so many seconds a file that was seen and never fetched is remembered.
const UNFETCHED_FOR: i64 = 7 * 86_400;

/// What the parts of a relay share.
pub(super) struct RelayContext {
    pub(super) context: EngineContext,
    pub(super) open: OpenFolder,
    pub(super) terms: RelayTerms,
    pub(super) facts: UnboundedSender<RelayFact>,
    pub(super) telling: RelayTelling,
    /// Files that their publisher replaced, to be taken anew.
    pub(super) wanted_again: Mutex<BTreeSet<RelayKey>>,
}

/// A relay that runs.
struct Relay {
    parts: Arc<RelayContext>,
    giving: Arc<RelayGiving>,
    documents: Arc<Documents>,
    /// `None` where no broker is told.
    announcer: Option<Arc<RelayAnnouncer>>,
    planner: RelayPlanner,
}

/// Relays until its time is over or the process is told to stop.
///
/// # Errors
/// When the folder cannot be used, the address not be listened on, or following cannot go on.
pub(super) async fn run(
    (folder, terms): (&Path, RelayTerms),
    for_time: Option<Duration>,
    (context, telling): (&EngineContext, &RelayTelling),
) -> Result<(), UserMessage> {
    let (folders, out) = (context.folders.clone(), folder.to_owned());
    let open = off_thread(move || folders.open(&out, "nuee relay").map_err(|error| message_of_store(&error)));
    let open = open.await?;
    let database = open.database.clone();
    let kept = off_thread(move || database.relay().map_err(|error| message_of_store(&error))).await?;
    if kept.unsound > 0 {
        let what = format!("{} rows", kept.unsound);
        telling(RelayEvent::Note(RelayMessage::StateUnsound { what }.into()));
    }
    forget_unfetched(&open, &kept.files, context).await?;
    telling(RelayEvent::Files(Arc::new(kept.files.clone())));
    let (facts, mut heard) = unbounded_channel();
    let announces = terms.broker.as_ref().map_or(Announces::InDocuments, RelayBroker::announces);
    let spans = RelaySpans { keep: terms.keep, grace: terms.grace, probe: terms.probe, announces };
    let was_listed = kept.files.iter().filter(|file| file.stage >= RelayStage::Listed);
    let listed = was_listed.filter_map(|file| Some(file.computed.as_ref()?.info_hash)).collect();
    let parts = RelayContext {
        context: context.clone(),
        open: open.clone(),
        terms,
        facts,
        telling: telling.clone(),
        wanted_again: Mutex::default(),
    };
    let parts = Arc::new(parts);
    let storage = RelayStorage::open(&parts)?.map(Arc::new);
    let giving = Arc::new(RelayGiving::start(parts.clone(), storage, listed).await?);
    let documents = Documents::open(parts.clone(), giving.clone());
    let documents = Arc::new(documents.await?);
    telling(RelayEvent::Serving { urls: giving.urls(), fingerprint: documents.fingerprint() });
    let planner = RelayPlanner::new(spans, kept.files, kept.withdrawn);
    let announcer = parts.terms.broker.clone().map(|broker| RelayAnnouncer::start(&parts, broker));
    let mut relay = Relay { parts: parts.clone(), giving: giving.clone(), documents, announcer, planner };
    let ended = tokio::select! {
        ended = follow(&parts, (folder, telling)) => ended,
        ended = relay.run(&mut heard) => ended,
        () = tell_uploads(&giving, telling) => Ok(()),
        () = tell_reached(&giving, telling) => Ok(()),
        () = over(for_time) => Ok(()),
        () = stopped(context) => Ok(()),
    };
    giving.end().await;
    ended
}

/// Files that were seen in an earlier process and never fetched: following finds anew what is still there.
async fn forget_unfetched(
    open: &OpenFolder,
    kept: &[RelayFile],
    context: &EngineContext,
) -> Result<(), UserMessage> {
    let now = context.shared.clock.utc().unix_seconds();
    let is_old = |file: &&RelayFile| {
        file.stage < RelayStage::Fetched && now - file.since.unix_seconds() > UNFETCHED_FOR
    };
    let old: Vec<RelayKey> = kept.iter().filter(is_old).map(|file| file.key.clone()).collect();
    let database = open.database.clone();
    off_thread(move || {
        let mut forgotten = old.iter().map(|key| database.forget_relayed(key, None));
        forgotten.try_for_each(|done| done).map_err(|error| message_of_store(&error))
    })
    .await
}

async fn over(for_time: Option<Duration>) {
    match for_time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

/// Tells what peers were sent, for ever.
async fn tell_uploads(giving: &RelayGiving, telling: &RelayTelling) {
    loop {
        tokio::time::sleep(LOOK_AT_UPLOADS).await;
        giving.uploads().into_iter().for_each(|event| telling(event));
    }
}

/// Tells when others reach it, for ever.
async fn tell_reached(giving: &RelayGiving, telling: &RelayTelling) {
    let mut reached = giving.reached();
    while reached.changed().await.is_ok() {
        reached.borrow_and_update().into_iter().for_each(|at| telling(RelayEvent::Reached(at)));
    }
    std::future::pending().await
}

async fn stopped(context: &EngineContext) {
    let mut stopping = context.stopping.clone();
    // Nobody can tell it to stop any more when the other end is gone: the process ends.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Follows the datasets of the folder's list, and those of the terms.
async fn follow(
    parts: &Arc<RelayContext>,
    (folder, telling): (&Path, &RelayTelling),
) -> Result<(), UserMessage> {
    let told = telling.clone();
    let telling: FollowTelling = Arc::new(move |event| told(RelayEvent::Follow(event)));
    let store: Arc<dyn FollowStore> = parts.open.database.clone();
    let terms = FollowTerms { hands: FollowHands::Own, longest: parts.terms.every, until: None };
    let followed = FollowedFolder { open: parts.open.clone(), out: folder.to_owned() };
    let world = World { context: parts.context.clone(), folder: Some(followed) };
    let outside = RelayOutside::new(world, parts.clone());
    let service = FollowService::new(outside, (Some(store), terms), telling);
    let (handle, commands) = unbounded_channel();
    for dataset in &parts.terms.datasets {
        let wish = Box::new(wish_of(&dataset.id, dataset.lead.clone()));
        // The other end is held here.
        let _ = handle.send(FollowCommand::Add { name: Some(dataset.id.clone()), wish });
    }
    service.run(commands).await
}

impl Relay {
    fn now(&self) -> RelayMoment {
        let shared = &self.parts.context.shared;
        RelayMoment { steady: shared.clock.now(), day: shared.judging_now() }
    }

    /// Goes on for ever.
    async fn run(&mut self, heard: &mut UnboundedReceiver<RelayFact>) -> Result<(), UserMessage> {
        loop {
            let orders = self.planner.due(self.now());
            let is_idle = orders.is_empty();
            self.obey(orders).await?;
            if !is_idle {
                continue;
            }
            let now = self.now();
            // By two clocks it may be time by one and not by the other: never a loop without a pause.
            let wake = self.planner.wakes(now).map(|wake| wake.since(now.steady).max(SHORTEST_PAUSE));
            let fact = tokio::select! {
                fact = heard.recv() => fact,
                () = over(wake) => None,
            };
            let Some(fact) = fact else { continue };
            if let RelayFact::Replaced(key, _) = &fact {
                self.parts.wanted_again.lock().insert(key.clone());
            }
            let orders = self.planner.take(fact, self.now());
            self.obey(orders).await?;
        }
    }

    async fn obey(&mut self, orders: Vec<RelayOrder>) -> Result<(), UserMessage> {
        for order in orders {
            self.carry_out(order).await?;
        }
        Ok(())
    }

    async fn carry_out(&mut self, order: RelayOrder) -> Result<(), UserMessage> {
        let database = self.parts.open.database.clone();
        match order {
            RelayOrder::Keep(file) => {
                let keep = move || database.keep_relayed(&file).map_err(|error| message_of_store(&error));
                off_thread(keep).await?;
            }
            RelayOrder::Forget(key, gone) => {
                let forget = move || {
                    database.forget_relayed(&key, gone.as_ref()).map_err(|error| message_of_store(&error))
                };
                off_thread(forget).await?;
            }
            RelayOrder::Hash(file) => self.beside(async |parts| acts::hash(&parts, *file).await),
            RelayOrder::Index(file) => self.beside(async |parts| acts::index(&parts, *file).await),
            RelayOrder::Describe(file) => {
                let giving = self.giving.clone();
                self.beside(async move |parts| acts::describe(&parts, &giving, *file).await);
            }
            RelayOrder::List(key, info_hash) => {
                let giving = self.giving.clone();
                self.beside(async move |_| giving.list(key, info_hash).await);
            }
            RelayOrder::Offer(file, probe) => {
                let giving = self.giving.clone();
                self.beside(async move |_| giving.offer(*file, probe).await);
            }
            RelayOrder::Publish(publication) => {
                let documents = self.documents.clone();
                self.beside(async move |_| documents.publish(*publication).await);
            }
            RelayOrder::Announce(file, kind) => {
                let (announcer, giving) = (self.announcer.clone(), self.giving.clone());
                if let Some(announcer) = announcer {
                    tokio::spawn(async move { announcer.announce(*file, kind, &giving).await });
                }
            }
            RelayOrder::TakeBack(file) => {
                let giving = self.giving.clone();
                self.beside(async move |parts| acts::take_back(&parts, &giving, *file).await);
            }
            RelayOrder::Tell(event) => (self.parts.telling)(event),
        }
        Ok(())
    }

    /// Does something beside this task, and hears of it.
    fn beside<F>(&self, act: impl FnOnce(Arc<RelayContext>) -> F)
    where
        F: Future<Output = RelayFact> + Send + 'static,
    {
        let (parts, act) = (self.parts.clone(), act(self.parts.clone()));
        // The service is gone only when the process ends.
        tokio::spawn(async move { drop(parts.facts.send(act.await)) });
    }
}
