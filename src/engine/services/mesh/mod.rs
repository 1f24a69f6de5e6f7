//! Brokers, topics and announcements of the window: one task that listens, takes in, and shows what is looked at.
//!
//! In: a person's [`MeshCommand`]es. Out: [`Event::Mesh`] at most four times a second, and files in their place. Nobody is contacted
//! before the person said so, in this start or in one before. Start reading at `MeshService::run`.
//!
//! | file | what it does |
//! |---|---|
//! | [`broker`] | one task that speaks MQTT to each broker, one that takes in what they send, downloads of what was announced |
//! | `brokers` | the list of brokers: presets, own ones, the demonstration's; who is listened to |
//! | `files` | files that are fetched: by a click, or by a rule |
//! | `missing` | what was announced while nobody listened, asked of an archive |
//! | `passwords` | passwords of brokers, in the desktop's keyring where there is one |
//! | `tidying` | fetched files make room when they are old or too much |
//! | `memory` | what is remembered of brokers, pins, rules and thresholds |

pub mod broker;
mod brokers;
mod files;
mod memory;
mod missing;
mod passwords;
#[cfg(test)]
mod tests;
mod tidying;

use crate::app::input::{Event, Input};
use crate::app::keeping::Keeping;
use crate::app::listening::BrokerState;
use crate::app::mesh_board::Board;
use crate::app::mesh_memory;
use crate::app::mesh_view::{BrokerKey, ListFlow, MeshCommand, MeshSight};
use crate::app::offer::OfferedBroker;
use crate::engine::context::EngineContext;
use crate::engine::services::mesh::broker::connection::Delivery;
use crate::engine::services::mesh::broker::fetching::{Settled, SharedRules};
use crate::engine::store::keeper::KeeperOrder;
use crate::mesh::desk::{AnnouncementIndex, DeskLimits};
use crate::mesh::topic::TopicFilter;
use crate::mesh::topic_tree::pins::Pin;
use crate::mesh::topic_tree::view::TreeView;
use brokers::{BrokerList, BrokerReport};
use files::FileDesk;
use passwords::Passwords;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

/// How long one view is shown at least, and how long at most while somebody looks and nothing comes.
const REFRESH: Duration = Duration::from_millis(250);
const STALE: Duration = Duration::from_secs(20);

/// How long a view is shown at least while another screen is looked at: only figures of brokers are seen then.
const REFRESH_UNSEEN: Duration = Duration::from_secs(2);

/// Most pinned topics.
const MOST_PINS: usize = 50;

/// What the task is given.
pub(in crate::engine) struct MeshServiceSetup {
    pub(in crate::engine) context: EngineContext,
    pub(in crate::engine) events: UnboundedSender<Input>,
    /// Writes down what is to be remembered; `None` when nothing is.
    pub(in crate::engine) remember: Option<Weak<std::sync::mpsc::Sender<KeeperOrder>>>,
    /// Where files go.
    pub(in crate::engine) folder: watch::Receiver<PathBuf>,
    /// How long they stay there.
    pub(in crate::engine) keeping: watch::Receiver<Keeping>,
    /// Presets that the person wrote down; those that come along when `None`.
    pub(in crate::engine) presets: Option<String>,
    /// The broker of a publisher in this process.
    pub(in crate::engine) offered: Option<OfferedBroker>,
}

/// How one broker is doing.
type StateOf = (BrokerKey, BrokerState);

/// The task that knows brokers and what they announce.
pub(in crate::engine) struct MeshService {
    setup: MeshServiceSetup,
    brokers: BrokerList,
    files: FileDesk,
    desk: AnnouncementIndex,
    tree: TreeView,
    sight: Option<MeshSight>,
    /// The last message of a paused view.
    until: Option<u64>,
    is_dirty: bool,
    shown_at: Instant,
    states: (UnboundedSender<StateOf>, UnboundedReceiver<StateOf>),
    settled: UnboundedReceiver<Settled>,
    passwords: Passwords,
}

impl MeshService {
    pub(in crate::engine) fn new(setup: MeshServiceSetup) -> Self {
        let rules = SharedRules::default();
        let (news, settled) = unbounded_channel();
        let brokers = BrokerList::new(setup.presets.as_deref(), setup.offered.as_ref());
        let files = FileDesk::new(rules, news);
        Self {
            brokers,
            files,
            desk: AnnouncementIndex::new(DeskLimits::default()),
            tree: TreeView::default(),
            sight: None,
            until: None,
            is_dirty: true,
            shown_at: Instant::now(),
            states: unbounded_channel(),
            settled,
            passwords: Passwords::start(),
            setup,
        }
    }

    /// Hears wishes until the engine ends; `remembered` is what the last start left.
    pub(in crate::engine) async fn run(
        mut self,
        remembered: Vec<(String, String)>,
        mut wishes: UnboundedReceiver<MeshCommand>,
    ) {
        self.recall(remembered).await;
        self.show();
        let mut is_kept = true;
        let mut minute = tokio::time::interval(missing::NOTED_EVERY);
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = self.due();
            tokio::select! {
                wish = wishes.recv() => match wish {
                    Some(wish) => {
                        self.follow(wish).await;
                        self.show();
                    }
                    None => return self.note_who_is_heard(),
                },
                (key, came) = self.brokers.next() => match came {
                    BrokerReport::Messages(batch) => self.take(&key, batch).await,
                    BrokerReport::AllMissed(asked) => self.end_of_missed(&key, asked).await,
                },
                Some((key, state)) = self.states.1.recv() => {
                    self.note_state(&key, state);
                    self.show();
                }
                Some(told) = self.passwords.told.recv() => {
                    self.note_password(told).await;
                    self.show();
                }
                Some((row, news)) = self.settled.recv() => {
                    self.tell_event(Event::Fetched(Box::new(news.clone())));
                    self.files.settle(row, news);
                    self.files.tidying.note_arrival();
                    self.is_dirty = true;
                }
                _ = minute.tick(), if self.brokers.are_heard() => self.note_who_is_heard(),
                () = sleep_until(due) => self.show(),
                () = self.files.tidying.due() => self.remove_what_is_too_much().await,
                changed = self.setup.keeping.changed(), if is_kept => {
                    is_kept = changed.is_ok();
                    self.files.tidying.begin_anew();
                }
            }
        }
    }

    /// When the view is to be shown again.
    fn due(&self) -> Option<Instant> {
        match (&self.sight, self.is_dirty) {
            (Some(_), true) => Some(self.shown_at + REFRESH),
            (None, true) => Some(self.shown_at + REFRESH_UNSEEN),
            // Rates fade and silence grows while nothing comes.
            (Some(sight), false) if sight.flow == ListFlow::Live && self.brokers.are_heard() => {
                Some(self.shown_at + STALE)
            }
            _ => None,
        }
    }

    fn show(&mut self) {
        self.is_dirty = false;
        self.shown_at = Instant::now();
        let clock = self.setup.context.shared.clock;
        let nothing = MeshSight::default();
        let rules = self.files.rules.read();
        let mut board = Board {
            desk: &self.desk,
            tree: &mut self.tree,
            files: &self.files.here,
            rules: &rules,
            sight: self.sight.as_ref().unwrap_or(&nothing),
            until: self.until,
        };
        let view = board.view(self.brokers.rows(), (clock.utc(), clock.now()));
        // The host is gone only when the process ends.
        let _ = self.setup.events.send(Input::Event(Event::Mesh(Arc::new(view))));
    }

    async fn follow(&mut self, wish: MeshCommand) {
        match wish {
            MeshCommand::AddBroker(address) => self.add_broker(*address),
            MeshCommand::RemoveBroker(key) => self.remove_broker(&key).await,
            MeshCommand::Listen(key, filters) => self.listen(&key, filters).await,
            MeshCommand::ConnectAnew => self.connect_anew().await,
            MeshCommand::Leave(key) => self.leave(&key).await,
            MeshCommand::Narrow(filter) => self.narrow(&filter).await,
            MeshCommand::SetArchive(key, archive) => self.set_archive(&key, archive.map(|archive| *archive)),
            MeshCommand::CatchUp(key, time) => self.catch_up(&key, time),
            MeshCommand::Look(sight) => self.look(sight.map(|sight| *sight)),
            MeshCommand::Toggle(node) => self.tree.toggle(&self.desk.tree, node),
            MeshCommand::Pin(filter) => self.pin(filter),
            MeshCommand::Unpin(filter) => {
                self.desk.pins.retain(|pin| *pin.filter() != filter);
                self.forget(&mesh_memory::pin(&filter));
            }
            MeshCommand::Fetch(number) => self.fetch(number).await,
            MeshCommand::FetchAgain(paths) => self.fetch_again(paths).await,
            MeshCommand::Always(rule) => self.always(*rule).await,
            MeshCommand::NoLonger(filter) => {
                self.files.rules.write().retain(|rule| rule.filter != filter);
                self.forget(&mesh_memory::rule(&filter));
            }
            MeshCommand::SetThresholds(thresholds) => {
                self.desk.thresholds = thresholds;
                self.remember(mesh_memory::THRESHOLDS, &mesh_memory::of_thresholds(thresholds));
            }
        }
    }

    fn look(&mut self, sight: Option<MeshSight>) {
        let is_paused = sight.as_ref().is_some_and(|sight| sight.flow == ListFlow::Paused);
        self.until = match (is_paused, self.until) {
            (false, _) => None,
            (true, Some(until)) => Some(until),
            (true, None) => Some(self.desk.tally().messages.saturating_sub(1)),
        };
        self.sight = sight;
    }

    fn pin(&mut self, filter: TopicFilter) {
        if self.desk.pins.len() < MOST_PINS && !self.desk.pins.iter().any(|pin| *pin.filter() == filter) {
            self.remember(&mesh_memory::pin(&filter), "");
            let mut pin = Pin::new(filter);
            // What is kept of the last messages is counted at once: a pin that begins empty would show a hole.
            let now = self.setup.context.shared.clock.now();
            for heard in self.desk.recent.last(usize::MAX, |_| true) {
                if let Some(announcement) = heard.received.reading.announcement() {
                    pin.add(&heard.topic, &announcement.source, (heard.at.to_second(), now));
                }
            }
            self.desk.pins.push(pin);
        }
    }

    /// Takes a batch in: counted, stored where it is to be fetched, and only then acknowledged.
    async fn take(&mut self, key: &BrokerKey, batch: Vec<Delivery>) {
        let mut heard = Vec::with_capacity(batch.len());
        let mut receipts = Vec::with_capacity(batch.len());
        for Delivery { message, utc, now, receipt } in batch {
            heard.push(self.desk.take(message, utc, now));
            receipts.extend(receipt);
        }
        if let (Some(first), Some(broker)) = (heard.first(), self.brokers.get(key)) {
            self.files.heard_from(first.number, broker.voucher());
        }
        if let Err(message) = self.files.take(&self.setup, &heard).await {
            // Not acknowledged: the broker sends it again.
            self.tell(message);
            return;
        }
        for receipt in receipts {
            receipt.give().await;
        }
        let is_paused = self.sight.as_ref().is_some_and(|sight| sight.flow == ListFlow::Paused);
        self.is_dirty |= !is_paused;
    }

    fn tell(&self, message: crate::app::user_message::UserMessage) {
        self.tell_event(Event::Told(crate::app::journal::Weight::Attention, message));
    }

    fn tell_event(&self, event: Event) {
        // The host is gone only when the process ends.
        let _ = self.setup.events.send(Input::Event(event));
    }

    fn remember(&self, name: &str, value: &str) {
        self.note(KeeperOrder::Mesh(name.to_owned(), Some(value.to_owned())));
    }

    fn forget(&self, name: &str) {
        self.note(KeeperOrder::Mesh(name.to_owned(), None));
    }

    fn note(&self, order: KeeperOrder) {
        if let Some(hand) = self.setup.remember.as_ref().and_then(Weak::upgrade) {
            // The keeper's thread ends with the engine.
            let _ = hand.send(order);
        }
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}
