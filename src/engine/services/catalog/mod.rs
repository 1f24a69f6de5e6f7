//! Where data can come from, and which hours there are: providers, and .torrents that a person added.
//!
//! In: what a person wants of sources. Out: rows, the matrix of one dataset, plans and requests. One task, which carries
//! out what `CatalogDesk` decides; nothing is contacted before a person opens or asks something. Start reading at
//! `CatalogService::run`.
//!
//! | file | what it does |
//! |---|---|
//! | `reading` | reads .torrents, listings and fields for the desk |
//! | `pulse` | calls servers in one's own network |
//! | `query`, `search` | the terminal's questions about catalogues |
//! | `fields` | which fields a file on a server has |

mod fields;
mod pulse;
mod query;
mod reading;
mod search;

pub(in crate::engine) use query::answer;

use crate::app::catalog::hours::{DatasetId, HoursChoice, HoursFilter};
use crate::app::catalog::offer::Offer;
use crate::app::catalog::sources::SourceKey;
use crate::app::catalog_desk::{
    AddedPlace, CatalogDesk, CatalogFact, CatalogOrder, CatalogScene, RememberedSources, WatchedSource,
};
use crate::app::input::Input;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::Answer;
use crate::app::settings::LanguageChoice;
use crate::app::snapshot::Snapshot;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::engine::context::EngineContext;
use crate::engine::services::desktop::handing::describe;
use crate::engine::store::keeper::KeeperOrder;
use crate::engine::store::room::free_space_at;
use std::collections::{HashMap, VecDeque};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How often servers in one's own network are called: that one is gone is to be said within five seconds.
const CALL_EVERY: Duration = Duration::from_secs(3);

/// What a person wants of sources.
pub(in crate::engine) enum CatalogCommand {
    /// Add one, by path, URL or magnet.
    Add(String),
    /// Remove one.
    Remove(SourceKey),
    /// Ask one again.
    Ask(SourceKey),
    /// Read a dataset, or close it.
    Open(Option<DatasetId>),
    /// Show it by these packages, fields and levels.
    Filter(HoursFilter),
    /// Make requests of a choice.
    Wish(Box<HoursChoice>, Arc<Snapshot>),
    /// Say what a choice costs.
    Plan(Box<HoursChoice>, Arc<Snapshot>, Sender<Answer>),
    /// The language changed.
    Speak(LanguageChoice),
}

/// What an earlier start wrote down: places by key, and when sources answered well.
pub(in crate::engine) type WrittenSources = (Vec<(String, String)>, HashMap<String, UtcTime>);

/// The task that knows the sources.
pub(in crate::engine) struct CatalogService {
    context: EngineContext,
    events: UnboundedSender<Input>,
    /// Writes down what was added; `None` when nothing is remembered.
    remember: Option<Weak<Sender<KeeperOrder>>>,
    desk: CatalogDesk,
    /// Where tasks beside the desk tell what they heard.
    heard: UnboundedSender<CatalogFact>,
    hearing: UnboundedReceiver<CatalogFact>,
}

impl CatalogService {
    /// A service that has an `offer` of a publisher in this process, if there is one.
    pub(in crate::engine) fn new(
        context: EngineContext,
        events: UnboundedSender<Input>,
        (language, offer): (LanguageChoice, Option<&Offer>),
        remember: Option<Weak<Sender<KeeperOrder>>>,
    ) -> Self {
        let (heard, hearing) = unbounded_channel();
        let desk = CatalogDesk::new(language, offer, context.shared.clock.utc());
        Self { context, events, remember, desk, heard, hearing }
    }

    /// Hears orders until the engine ends; `written` is what earlier starts left.
    pub(in crate::engine) async fn run(
        mut self,
        (added, successes): WrittenSources,
        mut orders: UnboundedReceiver<CatalogCommand>,
    ) {
        let added = added.into_iter().map(|(key, place)| described(key, place)).collect();
        self.take(CatalogFact::Started(RememberedSources { added, successes })).await;
        let mut calls = tokio::time::interval(CALL_EVERY);
        calls.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let due = self.desk.next_look();
            let watched = self.desk.to_call();
            let pause = due.map_or(Duration::ZERO, |due| due.since(self.context.shared.clock.now()));
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                Some(fact) = self.hearing.recv() => self.take(fact).await,
                () = tokio::time::sleep(pause), if due.is_some() => self.take(CatalogFact::LookDue).await,
                _ = calls.tick(), if !watched.is_empty() => self.call(watched).await,
            }
        }
    }

    async fn obey(&mut self, order: CatalogCommand) {
        let fact = match order {
            CatalogCommand::Add(place) => CatalogFact::Added(described(place.trim(), place.trim())),
            CatalogCommand::Remove(key) => CatalogFact::Removed(key),
            CatalogCommand::Ask(key) => CatalogFact::Asked(key),
            CatalogCommand::Open(dataset) => CatalogFact::Opened(dataset),
            CatalogCommand::Filter(filter) => CatalogFact::Filtered(filter),
            CatalogCommand::Wish(choice, snapshot) => CatalogFact::Wished(choice, snapshot),
            CatalogCommand::Plan(choice, snapshot, answers) => return self.plan(&choice, &snapshot, answers),
            CatalogCommand::Speak(language) => CatalogFact::Spoken(language),
        };
        self.take(fact).await;
    }

    /// Gives the desk a fact and carries out its orders in the order in which it made them: rows are as old as their order, and
    /// older ones sent after newer ones would stay on the screen.
    async fn take(&mut self, fact: CatalogFact) {
        let mut orders = VecDeque::from(self.heard_by_desk(fact));
        while let Some(order) = orders.pop_front() {
            if let Some(fact) = self.carry_out(order).await {
                orders.extend(self.heard_by_desk(fact));
            }
        }
    }

    fn heard_by_desk(&mut self, fact: CatalogFact) -> Vec<CatalogOrder> {
        let Self { context, desk, .. } = self;
        let providers = || context.catalog.providers();
        let (day, steady) = (context.shared.judging_now(), context.shared.clock.now());
        desk.take(fact, &CatalogScene { day, steady, providers: &providers })
    }

    /// Does what is ordered; a fact that it comes to at once.
    async fn carry_out(&self, order: CatalogOrder) -> Option<CatalogFact> {
        match order {
            CatalogOrder::Tell(event) => {
                // The host is gone only when the process ends.
                let _ = self.events.send(Input::Event(event));
            }
            CatalogOrder::Keep(place) => self.note(KeeperOrder::Source(place.clone(), Some(place))),
            CatalogOrder::Forget(key) => self.note(KeeperOrder::Source(key, None)),
            CatalogOrder::KeepSuccess(key, at) => self.note(KeeperOrder::Success(key, at)),
            CatalogOrder::ReadKept(id, of) => return Some(reading::kept((id, of), &self.context).await),
            CatalogOrder::Look(id, of) => self.beside(reading::listings((id, of), self.context.clone())),
            CatalogOrder::ReadTorrents(key, places) => {
                return Some(reading::torrents(key, &places, &self.context).await);
            }
            CatalogOrder::Ask(key) => return Some(CatalogFact::Asked(key)),
            CatalogOrder::ReadFields(id, file) => {
                self.beside(reading::fields(id, file, self.context.clone()));
            }
        }
        None
    }

    /// Lets something be read beside the desk, which stays free.
    fn beside(&self, reading: impl Future<Output = Option<CatalogFact>> + Send + 'static) {
        let heard = self.heard.clone();
        tokio::spawn(async move {
            if let Some(fact) = reading.await {
                // The desk is gone only when the engine is.
                let _ = heard.send(fact);
            }
        });
    }

    /// Calls servers in one's own network, beside the desk.
    async fn call(&mut self, watched: Vec<WatchedSource>) {
        self.take(CatalogFact::CallsBegun).await;
        self.beside(async move { Some(CatalogFact::Called(pulse::call(watched).await)) });
    }

    fn note(&self, order: KeeperOrder) {
        if let Some(hand) = self.remember.as_ref().and_then(Weak::upgrade) {
            // The keeper's thread ends with the engine.
            let _ = hand.send(order);
        }
    }

    /// Says what a choice costs; indexes are read beside the desk, so that it stays free.
    fn plan(&self, choice: &HoursChoice, snapshot: &Snapshot, answers: Sender<Answer>) {
        let Some(mut cost) = self.desk.cost(choice, snapshot) else {
            let id = choice.dataset.0.to_string();
            // A front end that went away needs no plan.
            let _ = answers.send(Answer::HoursPlan(Err(UserMessage::UnknownEntry { id, meant: None })));
            return;
        };
        let folder = snapshot.folder();
        let free = folder.ancestors().find(|path| path.is_dir()).and_then(free_space_at).map(ByteCount);
        let client = self.context.shared.client.clone();
        tokio::spawn(async move {
            while let Some(file) = cost.next_unread() {
                cost.take_index(fields::index_of(&client, &file).await);
            }
            let _ = answers.send(Answer::HoursPlan(Ok(cost.finish(free))));
        });
    }
}

/// A place with what it calls itself; a .torrent on this machine is read for that.
fn described(key: impl Into<String>, place: impl Into<String>) -> AddedPlace {
    let place = place.into();
    let name = describe(&place).map(|handed| handed.name);
    AddedPlace { key: key.into(), place, name }
}
