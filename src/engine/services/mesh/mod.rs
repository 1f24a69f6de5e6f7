//! Brokers, topics and announcements: of the window, one task that listens, takes in, and shows what is looked at; and of `listen`.
//!
//! In: a person's [`MeshCommand`]es. Out: [`Event::Mesh`] at most four times a second, and files in their place. Nobody is contacted
//! before the person said so, in this start or in one before. Start reading at `MeshService::run`.
//!
//! | file | what it does |
//! |---|---|
//! | [`listening`] | `listen`: the same intake, told in the terminal |
//! | [`forwarding`] | `mesh run`: the same, and what arrived is served and announced again |
//! | [`reporting`] | `mesh report`: what was observed of a mesh |
//! | `tree` | the server of what is announced again |
//! | `intake` | the one road of announcements: read, judge, keep, acknowledge, fetch |
//! | [`broker`] | MQTT to one broker, an archive that is asked, the ledger, downloads of what was announced |
//! | `brokers` | who of the window's brokers is listened to, and what was missed of them |
//! | `passwords` | passwords of brokers, in the desktop's keyring where there is one |
//! | `outlet` | what the window is told, and what is remembered from one start to the next |

pub mod broker;
mod brokers;
pub mod forwarding;
mod intake;
pub mod listening;
mod outlet;
mod passwords;
pub mod reporting;
mod tree;

use crate::app::catalog::offer::OfferedBroker;
use crate::app::input::{Event, Input};
use crate::app::jobs::keeping::Keeping;
use crate::app::journal::Weight;
use crate::app::mesh::announced::judging::Unruled;
use crate::app::mesh::announced::view_pace::ViewPace;
use crate::app::mesh::board::Board;
use crate::app::mesh::memory;
use crate::app::mesh::view::{BrokerKey, FilterError, MeshCommand, MeshSight};
use crate::app::messages::mesh_notice::MeshNotice;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show;
use crate::domain::utc::{SteadyTime, UtcMillis};
use crate::engine::clock::Clock;
use crate::engine::context::EngineContext;
use crate::engine::services::mesh::broker::fetching::Settled;
use crate::engine::store::keeper::KeeperOrder;
use crate::mesh::mirror::MirrorPolicy;
use crate::mesh::rule::Rule;
use crate::mesh::topic::TopicFilter;
use crate::mesh::topic_tree::view::TreeView;
use brokers::BrokerDesk;
use intake::Intake;
use intake::folder::FetchTerms;
use intake::lines::LineNews;
use intake::retention::Retention;
use outlet::MeshOutlet;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// How often it is noted until when brokers were heard, and it is looked whether old rows are to be forgotten.
const NOTED_EVERY: Duration = Duration::from_secs(60);

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

/// The task that knows brokers and what they announce.
pub(in crate::engine) struct MeshService {
    context: EngineContext,
    keeping: watch::Receiver<Keeping>,
    outlet: MeshOutlet,
    brokers: BrokerDesk,
    intake: Intake,
    tree: TreeView,
    pace: ViewPace,
    retention: Retention,
    settled: UnboundedReceiver<Settled>,
}

impl MeshService {
    pub(in crate::engine) fn new(setup: MeshServiceSetup) -> Self {
        let (news, settled) = unbounded_channel();
        let outlet = MeshOutlet::new(setup.events, setup.remember);
        let presets = brokers::presets(setup.presets.as_deref());
        let terms = FetchTerms {
            path: Some(setup.folder),
            note: "nuee".to_owned(),
            mark: "w",
            most_a_day: None,
            mirror: MirrorPolicy::default(),
            forward: None,
        };
        Self {
            brokers: BrokerDesk::new(
                (presets.as_ref(), setup.offered.as_ref()),
                &setup.context,
                outlet.clone(),
            ),
            intake: Intake::new(setup.context.clone(), (terms, Unruled::Nothing), news),
            tree: TreeView::default(),
            pace: ViewPace::new(setup.context.shared.clock.now()),
            retention: Retention::default(),
            settled,
            outlet,
            keeping: setup.keeping,
            context: setup.context,
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
        let clock = self.context.shared.clock;
        let mut minute = tokio::time::interval(NOTED_EVERY);
        minute.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let due = self.pace.due(|| self.brokers.list.are_heard());
            tokio::select! {
                wish = wishes.recv() => match wish {
                    Some(wish) => {
                        self.follow(wish).await;
                        self.show();
                    }
                    None => return self.brokers.note_who_is_heard(),
                },
                (key, news) = self.brokers.lines.next() => self.note_line(key, news).await,
                Some(told) = self.brokers.passwords.told.recv() => {
                    self.brokers.note_password(told, &mut self.intake).await;
                    self.show();
                }
                Some((_, news)) = self.settled.recv() => {
                    self.outlet.tell_event(Event::Fetched(Box::new(news.clone())));
                    self.intake.settle(news);
                    self.retention.note_arrival();
                    self.pace.note_change();
                }
                _ = minute.tick(), if self.brokers.list.are_heard() => self.note_minute().await,
                () = sleep_until(due, clock) => self.show(),
                () = self.retention.due() => self.remove_what_is_too_much().await,
                changed = self.keeping.changed(), if is_kept => {
                    is_kept = changed.is_ok();
                    self.retention.begin_anew();
                }
            }
        }
    }

    fn show(&mut self) {
        let clock = self.context.shared.clock;
        self.pace.note_shown(clock.now());
        let nothing = MeshSight::default();
        let rules = self.intake.rules.read();
        let mut board = Board {
            desk: &self.intake.index,
            tree: &mut self.tree,
            files: &self.intake.files,
            rules: &rules,
            sight: self.pace.sight.as_ref().unwrap_or(&nothing),
            until: self.pace.until,
        };
        let view = board.view(self.brokers.rows(), (clock.utc(), clock.now()));
        self.outlet.tell_event(Event::Mesh(Arc::new(view)));
    }

    async fn follow(&mut self, wish: MeshCommand) {
        let (brokers, intake) = (&mut self.brokers, &mut self.intake);
        match wish {
            MeshCommand::AddBroker(address) => brokers.add(*address),
            MeshCommand::RemoveBroker(key) => brokers.remove(&key).await,
            MeshCommand::Listen(key, filters) => brokers.listen(&key, filters, intake).await,
            MeshCommand::ConnectAnew => {
                let heard = brokers.list.heard_filters();
                brokers.listen_to_all(heard, intake).await;
            }
            MeshCommand::Leave(key) => brokers.leave(&key).await,
            MeshCommand::Narrow(filter) => {
                let narrowed = brokers.list.narrowed(&filter);
                brokers.listen_to_all(narrowed, intake).await;
            }
            MeshCommand::SetArchive(key, archive) => {
                brokers.set_archive(&key, archive.map(|archive| *archive))
            }
            MeshCommand::CatchUp(key, time) => brokers.catch_up(&key, time),
            MeshCommand::Look(sight) => {
                self.pace.look(sight.map(|sight| *sight), intake.index.tally().messages);
            }
            MeshCommand::Toggle(node) => self.tree.toggle(&intake.index.tree, node),
            MeshCommand::Pin(filter) => self.pin(filter),
            MeshCommand::Unpin(filter) => {
                intake.index.pins.retain(|pin| *pin.filter() != filter);
                self.outlet.forget(&memory::pin(&filter));
            }
            MeshCommand::Fetch(number) => {
                let fetched = intake.fetch(number).await;
                self.outlet.tell_failure(fetched);
            }
            MeshCommand::FetchAgain(paths) => self.fetch_again(paths).await,
            MeshCommand::Always(rule) => self.always(*rule).await,
            MeshCommand::NoLonger(filter) => {
                intake.rules.write().retain(|rule| rule.filter != filter);
                self.outlet.forget(&memory::rule(&filter));
            }
            MeshCommand::SetThresholds(thresholds) => {
                intake.index.thresholds = thresholds;
                self.outlet.remember(memory::THRESHOLDS, &memory::of_thresholds(thresholds));
            }
        }
    }

    async fn note_line(&mut self, key: BrokerKey, news: LineNews) {
        match news {
            LineNews::Messages(_, voucher, batch) => {
                // What cannot be kept is not acknowledged: the broker sends it again with the next connection.
                let taken = self.intake.take(batch, &voucher).await;
                self.outlet.tell_failure(taken);
                self.brokers.note_drops(&key);
                self.pace.note_messages();
            }
            LineNews::State(state) => {
                self.brokers.note_state(&key, state);
                self.show();
            }
            LineNews::ArchiveEnd(asked) => {
                let caught = asked.end().await;
                self.brokers.end_asking(&key, caught);
                self.pace.note_change();
            }
        }
    }

    async fn note_minute(&mut self) {
        self.brokers.note_who_is_heard();
        let listened = self.brokers.lines.listened();
        let noted = self.intake.note_listened(&listened).await;
        self.outlet.tell_failure(noted);
        let forgotten = self.intake.folder.forget_old().await;
        self.outlet.tell_failure(forgotten);
    }

    fn pin(&mut self, filter: TopicFilter) {
        match self.intake.index.pin(filter.clone(), self.context.shared.clock.now()) {
            Ok(true) => self.outlet.remember(&memory::pin(&filter), ""),
            Ok(false) => {}
            Err(limit) => {
                let filter = filter.to_string();
                self.outlet.tell_notice(MeshNotice::TooManyPins { filter, most: limit.most });
            }
        }
    }

    /// Fetches whatever a rule means from now on, and of what is kept in view already.
    async fn always(&mut self, rule: Rule) {
        if let Err(message) = self.intake.add_rule(rule.clone()) {
            return self.outlet.tell(message);
        }
        self.outlet.remember(&memory::rule(&rule.filter), &memory::of_rule(&rule));
        let taken = self.intake.take_again().await;
        self.outlet.tell_failure(taken);
    }

    async fn fetch_again(&mut self, paths: Vec<String>) {
        match self.intake.fetch_again(paths).await {
            Ok(forgotten) => {
                for path in forgotten {
                    let name = show(path.rsplit(['/', '\\']).next().unwrap_or(&path));
                    self.outlet.tell(UserMessage::RequestForgotten { name });
                }
            }
            Err(message) => self.outlet.tell(message),
        }
        self.pace.note_change();
    }

    /// Removes what is too old or too much, and says so.
    async fn remove_what_is_too_much(&mut self) {
        let when = (*self.keeping.borrow(), self.context.shared.judging_now());
        match self.retention.look(&mut self.intake, when).await {
            Ok(removed) if removed.is_empty() => {}
            Ok(removed) => {
                let count = removed.len() as u64;
                self.outlet.tell_event(Event::FilesGone(removed));
                self.outlet.tell_event(Event::Told(
                    Weight::Note,
                    UserMessage::OfMesh(MeshNotice::FetchedFilesRemoved { count }),
                ));
                self.pace.note_change();
            }
            Err(message) => self.outlet.tell(message),
        }
    }

    /// Takes in what was remembered: rules before brokers, so that what they announce at once is meant already.
    async fn recall(&mut self, remembered: Vec<(String, String)>) {
        let filter_of = |name: &str, kind: &str| -> Option<Result<TopicFilter, FilterError>> {
            Some(TopicFilter::parse(name.strip_prefix(kind)?))
        };
        for (name, value) in &remembered {
            if let Some(Ok(filter)) = filter_of(name, "pin ") {
                self.pin(filter);
            } else if let Some(Ok(filter)) = filter_of(name, "rule ") {
                match memory::rule_of(filter.clone(), value) {
                    Some(rule) => self.outlet.tell_failure(self.intake.add_rule(rule)),
                    None => {
                        self.outlet.tell_notice(MeshNotice::RuleUnreadable { filter: filter.to_string() })
                    }
                }
            } else if name == memory::THRESHOLDS {
                self.intake.index.thresholds = memory::thresholds_of(value).unwrap_or_default();
            }
        }
        for (name, value) in &remembered {
            let kept = name.strip_prefix("broker ").zip(serde_json::from_str(value).ok());
            if let Some((key, kept)) = kept {
                let key = BrokerKey(key.into());
                let heard_until = remembered.iter().find(|(name, _)| *name == memory::heard(&key));
                let heard_until =
                    heard_until.and_then(|(_, at)| UtcMillis::from_unix_millis(at.parse().ok()?));
                self.brokers.recall(&key, (&kept, heard_until), &mut self.intake).await;
            }
        }
    }
}

async fn sleep_until(due: Option<SteadyTime>, clock: Clock) {
    match due {
        Some(due) => tokio::time::sleep(due.since(clock.now())).await,
        None => std::future::pending().await,
    }
}
