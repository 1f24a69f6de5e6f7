//! Gets announced files: one task that says which file is asked for next, of whom, and what follows from how that went.
//!
//! In: rows of the ledger. Out: [`FileNews`], and files in their place with what was proven. Sources are asked one after the other,
//! best first, so that a wrong file is known to be the source's. Each lane has places of its own and each host few of them: no flood
//! of models and no silent server delays a warning. Start reading at `Fetcher::start`.

mod settling;

use super::inflow::Pulse;
use super::ledger::{LedgerSteps, MeshLedger, TakenUp};
use super::spending::{Spending, day_of};
use super::trying::{ContentLocks, Try, read_to_announce};
use crate::app::mesh::announced::WantedFile;
use crate::app::mesh::announced::tried::{Tried, answer_of, named_scheme};
use crate::app::mesh::announced::under_way::{FetchStep, FileUnderWay, RoundEnd};
use crate::app::mesh::listening::{FileNews, FileOutcome, NotFetched};
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show_url;
use crate::domain::safe_path::SafePath;
use crate::engine::context::EngineContext;
use crate::engine::store::error::StoreError;
use crate::engine::store::folders::OpenFolder;
use crate::mesh::announcement::Announcement;
use crate::mesh::forwarding::ForwardTerms;
use crate::mesh::forwarding::message::ReadForForwarding;
use crate::mesh::lanes::{Acquaintance, FetchTurn, HostAnswer, LaneLimits, LaneQueue};
use crate::mesh::mirror::MirrorPolicy;
use crate::mesh::place::{Lane, path_of};
use crate::mesh::rule::Rule;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use parking_lot::RwLock;
use settling::{EndedFile, FileEnd};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, WeakUnboundedSender, unbounded_channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::MissedTickBehavior;

/// How often it is looked whether a place was left that is not used.
const LOOK: Duration = Duration::from_millis(500);

/// How often it is looked whether a new day began, while files wait for it.
const DAY_LOOK: Duration = Duration::from_secs(30);

/// How often it is looked whether the time of another try has come.
const RETRY_LOOK: Duration = Duration::from_secs(1);

/// The fetcher's own ticket and the one from which its dispatcher makes more.
const HELD_ALWAYS: usize = 2;

const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;

/// What may be on its way to the disk at once, beside what is on its way to us: 64 MiB, or 64 files. The system writes many at once
/// as quickly as one.
const UNIT: usize = 64 << 10;
const MOST_UNITS: u32 = 1_024;
const LEAST_UNITS: u32 = 16;

/// Most files that wait and are kept as they were read.
const MOST_READ: usize = 2_000;

/// Most files whose ends are noted in one step.
const MOST_ENDS: usize = 256;

/// What all fetches share.
pub(in crate::engine) struct FetchContext {
    pub(in crate::engine) job: EngineContext,
    pub(in crate::engine) folder: OpenFolder,
    pub(in crate::engine) out: PathBuf,
    pub(in crate::engine) ledger: Arc<MeshLedger>,
    pub(in crate::engine) rules: SharedRules,
    /// Most octets a day.
    pub(in crate::engine) most_a_day: ByteCount,
    /// What becomes of local copies of files that no rule means.
    pub(in crate::engine) mirror: MirrorPolicy,
    /// Under which terms what arrived is announced again; it is not when `None`.
    pub(in crate::engine) forward: Option<Arc<ForwardTerms>>,
    pub(in crate::engine) stop: watch::Receiver<bool>,
}

/// The rules that hold now.
pub(in crate::engine) type SharedRules = Arc<RwLock<Vec<Rule>>>;

/// Where a file goes and how urgent it is, by the first rule that means it.
pub(in crate::engine) fn placed(
    rules: &[Rule],
    announcement: &Announcement,
    topic: &str,
) -> (SafePath, Lane) {
    match rules.iter().find(|rule| rule.means(announcement, topic)) {
        Some(rule) => (rule.path_of(announcement, topic), rule.lane_of(announcement, topic)),
        None => (path_of(announcement, topic), Lane::of(announcement, topic)),
    }
}

/// Fetches the files of one folder.
#[derive(Debug)]
pub(in crate::engine) struct Fetcher {
    errands: UnboundedSender<Errand>,
    /// One more of these is held by each file that was queued and whose end was not told.
    open: Arc<()>,
}

/// A settled file, with its row.
pub(in crate::engine) type Settled = (i64, FileNews);

/// Held as long as a file is not settled: until its news are sent.
type Ticket = Arc<()>;

#[derive(Debug)]
enum Errand {
    /// A file is wanted, or somebody else has it too.
    Want(i64, Ticket),
    /// A file that nobody gave is tried again.
    Again(i64),
    /// A file is here, proven, and goes to its place: its source may be asked for another.
    Came(i64),
}

/// Tells that a file is here, as soon as there is room for one more that waits for the disk.
pub(super) struct ArrivalNotice {
    row: i64,
    errands: WeakUnboundedSender<Errand>,
    room: Arc<Semaphore>,
}

impl ArrivalNotice {
    /// Waits for room; it is given back when what is returned is dropped.
    pub(super) async fn tell(&self, octets: usize) -> Option<OwnedSemaphorePermit> {
        let units = u32::try_from(octets.div_ceil(UNIT)).unwrap_or(u32::MAX).clamp(LEAST_UNITS, MOST_UNITS);
        // It is never closed.
        let room = self.room.clone().acquire_many_owned(units).await.ok();
        if let Some(errands) = self.errands.upgrade() {
            // It ends only with the listening.
            let _ = errands.send(Errand::Came(self.row));
        }
        room
    }
}

impl Fetcher {
    /// Starts with what was not settled when the folder was used last; news come through `news` until it ends.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(in crate::engine) fn start(
        context: FetchContext,
        news: &UnboundedSender<Settled>,
    ) -> Result<Self, StoreError> {
        let (errands, asked) = unbounded_channel();
        let open = Arc::new(());
        let (ledger, clock) = (context.ledger.clone(), context.job.shared.clock);
        let unfinished = ledger.unfinished()?;
        let spending = Arc::new(Spending::open(ledger, clock, context.most_a_day)?);
        let steps = LedgerSteps::start(context.ledger.clone());
        let lane_of = |lane| (lane, LaneQueue::new(LaneLimits::of(lane)));
        let dispatcher = Dispatcher {
            context: Arc::new(context),
            spending,
            steps,
            lanes: Lane::ALL.map(lane_of),
            files: HashMap::new(),
            tries: JoinSet::new(),
            rows: HashMap::new(),
            pulses: HashMap::new(),
            contents: Arc::default(),
            room: Arc::new(Semaphore::new(MOST_UNITS as usize)),
            ended: Vec::new(),
            // One that held the sender would keep its own queue open for ever.
            again: errands.downgrade(),
            // Some may wait since an earlier start.
            waits_since: Some(i64::MIN),
            open: open.clone(),
            news: news.clone(),
        };
        tokio::spawn(dispatcher.run(asked));
        let fetcher = Self { errands, open };
        // Their messages were acknowledged: no broker sends them again.
        unfinished.into_iter().for_each(|row| fetcher.fetch(row));
        Ok(fetcher)
    }

    /// Whether nothing is under way: the news of every file that was queued are sent. False as long as one of them is queued
    /// again, because it changed while it was fetched.
    pub(in crate::engine) fn is_idle(&self) -> bool {
        Arc::strong_count(&self.open) <= HELD_ALWAYS
    }

    /// Queues a file. One that is queued again, because somebody else has it too, is tried at once.
    pub(in crate::engine) fn fetch(&self, row: i64) {
        // It ends only with the listening, which has the ledger to begin from next time.
        let _ = self.errands.send(Errand::Want(row, self.open.clone()));
    }
}

/// How one try ended.
struct Done {
    wanted: WantedFile,
    step: FetchStep,
    tried: Tried,
    read: ReadForForwarding,
}

struct Dispatcher {
    context: Arc<FetchContext>,
    spending: Arc<Spending>,
    steps: LedgerSteps,
    lanes: [(Lane, LaneQueue); 3],
    /// Files that are not settled.
    files: HashMap<i64, FileUnderWay>,
    tries: JoinSet<Done>,
    rows: HashMap<Id, i64>,
    pulses: HashMap<i64, Pulse>,
    contents: Arc<ContentLocks>,
    /// For files on their way to the disk.
    room: Arc<Semaphore>,
    /// Files that ended and are not noted yet.
    ended: Vec<EndedFile>,
    again: WeakUnboundedSender<Errand>,
    /// The day on which files were last laid down until the next. `None` when none wait.
    waits_since: Option<i64>,
    open: Ticket,
    news: UnboundedSender<Settled>,
}

impl Dispatcher {
    async fn run(mut self, mut asked: UnboundedReceiver<Errand>) {
        let mut stop = self.context.stop.clone();
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut days = tokio::time::interval(DAY_LOOK);
        days.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut retries = tokio::time::interval(RETRY_LOOK);
        retries.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.share_out();
            let has_waiting = self.lanes.iter().any(|(_, queue)| queue.has_waiting());
            tokio::select! {
                errand = asked.recv() => match errand {
                    Some(errand) => self.take(errand),
                    None => return,
                },
                Some(done) = self.tries.join_next_with_id() => {
                    self.note_joined(done);
                    // Those that ended meanwhile are noted with it.
                    for _ in 1..MOST_ENDS {
                        let Some(done) = self.tries.try_join_next_with_id() else { break };
                        self.note_joined(done);
                    }
                }
                _ = days.tick(), if self.waits_since.is_some() => self.take_up_what_waits(),
                _ = retries.tick(), if self.context.forward.is_some() => self.take_up_retries(),
                _ = looks.tick(), if has_waiting && !self.tries.is_empty() => {}
                () = told_to_stop(&mut stop) => return,
            }
            self.note_ended();
        }
    }

    fn note_joined(&mut self, done: Result<(Id, Done), JoinError>) {
        match done {
            Ok((id, done)) => self.note(id, Some(done)),
            Err(error) => {
                tracing::error!(%error, "a task broke");
                self.note(error.id(), None);
            }
        }
    }

    fn take(&mut self, errand: Errand) {
        match errand {
            Errand::Want(row, ticket) => match self.files.get_mut(&row) {
                Some(file) => {
                    // It may be announced otherwise by now.
                    file.wanted = None;
                    if file.want_again() {
                        self.go_on(row);
                    }
                }
                None => {
                    self.files.insert(row, FileUnderWay::new(ticket));
                    self.go_on(row);
                }
            },
            Errand::Again(row) => {
                if self.files.get_mut(&row).is_some_and(FileUnderWay::resume) {
                    self.go_on(row);
                }
            }
            Errand::Came(row) => {
                let lane = self.files.get(&row).and_then(|file| file.lane);
                // Where its try has ended meanwhile, its place is free already.
                if let Some(lane) = lane.filter(|_| self.pulses.remove(&row).is_some()) {
                    self.queue(lane).end(row, Some(HostAnswer::Answered));
                }
            }
        }
    }

    /// Wants the files again that the limit of an earlier day kept out.
    fn take_up_what_waits(&mut self) {
        let today = day_of(self.context.job.shared.clock);
        if self.waits_since.is_none_or(|day| day >= today) {
            return;
        }
        match self.context.ledger.take_up(today) {
            Ok(TakenUp { rows, has_more }) => {
                self.waits_since = has_more.then_some(today);
                rows.into_iter().for_each(|row| self.take(Errand::Want(row, self.open.clone())));
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the ledger cannot be read");
            }
        }
    }

    /// Wants the files again whose time has come.
    fn take_up_retries(&mut self) {
        match self.context.ledger.forwarding.due(self.context.job.shared.clock.utc_millis()) {
            Ok(rows) => rows.into_iter().for_each(|row| self.take(Errand::Want(row, self.open.clone()))),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the ledger cannot be read");
            }
        }
    }

    /// A file as it stands. `None` when it is settled or gone, and then it is under way no more.
    fn wanted(&mut self, row: i64) -> Option<WantedFile> {
        let wanted = self.context.ledger.wanted(row).unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "the ledger cannot be read");
            None
        });
        if wanted.is_none() {
            self.files.remove(&row);
        }
        wanted
    }

    /// Queues the next step of a file, or says what became of it.
    fn go_on(&mut self, row: i64) {
        let Some(wanted) = self.wanted(row) else { return };
        let has_room = self.files.len() < MOST_READ;
        if let Some(count) = wanted.announcement.parts {
            let why = FileOutcome::NotFetched(NotFetched::InParts(count));
            return self.settle(row, &wanted, why.into());
        }
        let Some(file) = self.files.get_mut(&row) else { return };
        let Some(step) = file.next_step(&wanted) else {
            return match file.end_round() {
                RoundEnd::Settled(outcome) => {
                    let outcome = named_scheme(outcome, &wanted);
                    self.settle(row, &wanted, outcome.into());
                }
                RoundEnd::After(wait) => self.come_back(row, wait),
            };
        };
        let (_, lane) = placed(&self.context.rules.read(), &wanted.announcement, &wanted.topic);
        file.lane = Some(lane);
        let turn = FetchTurn { file: row, host: step.host() };
        file.wanted = has_room.then(|| Box::new(wanted));
        let acquaintance = self.acquaintance(&turn.host);
        self.queue(lane).push(turn, acquaintance);
    }

    fn queue(&mut self, lane: Lane) -> &mut LaneQueue {
        let at = Lane::ALL.iter().position(|known| *known == lane).unwrap_or(0);
        &mut self.lanes[at].1
    }

    /// Whether files of a host were fetched for a day.
    fn acquaintance(&self, host: &str) -> Acquaintance {
        if host.is_empty() || self.context.job.rule.reach() == Reach::Anywhere {
            return Acquaintance::Known;
        }
        let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
        let now = self.context.job.shared.clock.utc_millis().unix_millis();
        match self.context.ledger.is_known_host(host, (now, now - DAY_MILLIS)) {
            Ok(true) => Acquaintance::Known,
            Ok(false) => Acquaintance::New,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the ledger cannot be read");
                Acquaintance::New
            }
        }
    }

    /// Begins whatever has a place.
    fn share_out(&mut self) {
        let now = self.context.job.shared.clock.now();
        for at in 0..self.lanes.len() {
            let queue = &mut self.lanes[at].1;
            let last_octets: Vec<_> =
                queue.open_files().filter_map(|row| Some((row, self.pulses.get(&row)?.last()))).collect();
            last_octets.into_iter().for_each(|(row, last)| queue.note_octet(row, last));
            while let Some(turn) = self.lanes[at].1.next(now) {
                self.begin(at, turn);
            }
        }
    }

    /// Begins a try, unless there is another to begin with by now.
    fn begin(&mut self, lane: usize, turn: FetchTurn) {
        let read = self.files.get_mut(&turn.file).and_then(|file| file.wanted.take());
        let wanted = read.map(|wanted| *wanted).or_else(|| self.wanted(turn.file));
        let step = wanted.as_ref().and_then(|wanted| self.files.get_mut(&turn.file)?.next_step(wanted));
        let Some((wanted, step)) = wanted.zip(step.filter(|step| step.host() == turn.host)) else {
            self.lanes[lane].1.end(turn.file, None);
            if self.files.contains_key(&turn.file) {
                self.go_on(turn.file);
            }
            return;
        };
        if let Some(file) = self.files.get_mut(&turn.file) {
            file.begin(&step);
        }
        let (path, _) = placed(&self.context.rules.read(), &wanted.announcement, &wanted.topic);
        let pulse = Pulse::at(self.context.job.shared.clock.now());
        self.pulses.insert(turn.file, pulse.clone());
        let (context, spending, contents) =
            (self.context.clone(), self.spending.clone(), self.contents.clone());
        let arrival = ArrivalNotice { row: turn.file, errands: self.again.clone(), room: self.room.clone() };
        let steps = self.steps.clone();
        let trying = Try { context, spending, wanted, path, pulse, contents, arrival, steps };
        let task = self.tries.spawn(async move {
            let tried = match &step {
                FetchStep::Withdraw => trying.withdraw().await,
                FetchStep::Rename => trying.rename().await,
                FetchStep::Inline => trying.inline().await.unwrap_or(Tried::NoUse(Reason::Closed)),
                FetchStep::Source(source, url) => trying.source(source, url).await,
            };
            let read = read_to_announce(&trying, &tried).await;
            Done { wanted: trying.wanted, step, tried, read }
        });
        self.rows.insert(task.id(), turn.file);
    }

    /// Takes in how a try ended. `None` when its task broke.
    fn note(&mut self, id: Id, done: Option<Done>) {
        let Some(row) = self.rows.remove(&id) else { return };
        self.pulses.remove(&row);
        let answer = done.as_ref().and_then(|done| answer_of(&done.tried));
        if let Some(lane) = self.files.get(&row).and_then(|file| file.lane) {
            self.queue(lane).end(row, answer);
        }
        let Some(Done { wanted, step, tried, read }) = done else {
            self.files.remove(&row);
            return;
        };
        match (tried, &step) {
            (Tried::InPlace(file, by_source, changes), step) => {
                let from = match step {
                    FetchStep::Withdraw | FetchStep::Rename | FetchStep::Inline => None,
                    FetchStep::Source(_, url) => Some(show_url(url)),
                };
                if let Some(under_way) = self.files.get_mut(&row) {
                    under_way.by_source = by_source;
                }
                // What came is what was asked for, whatever was announced meanwhile.
                let outcome = FileOutcome::InPlace(*file);
                self.settle(row, &wanted, FileEnd { outcome, from, changes, read });
            }
            (Tried::Withdrawn(local), _) => {
                self.settle(row, &wanted, FileOutcome::Withdrawn(local).into());
            }
            (Tried::Unsettled(UserMessage::Stopped), _) => drop(self.files.remove(&row)),
            (Tried::Unsettled(message), _) => {
                self.settle(row, &wanted, FileOutcome::Unsettled(message).into());
            }
            (tried, step) => {
                if let Some(file) = self.files.get_mut(&row) {
                    file.note(step, tried);
                }
                self.go_on(row);
            }
        }
    }

    /// Lays a file down for a while.
    fn come_back(&self, row: i64, wait: Duration) {
        let again = self.again.clone();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            if let Some(again) = again.upgrade() {
                // It ends only with the listening.
                let _ = again.send(Errand::Again(row));
            }
        });
    }
}

async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    // The listening holds the other end for as long as it goes on.
    let _ = stop.wait_for(|stop| *stop).await;
}
