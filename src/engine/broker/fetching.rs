//! Gets announced files: inline content as it came, small files in one request, large ones and torrents by a job.
//!
//! In: rows of the ledger, by lane. Out: [`FileNews`], and files in their place with what was proven. Sources are asked one
//! after the other, best first, so that a wrong file is known to be the source's. Each lane has its own workers and each
//! host its own gate a lane: no flood of models delays a warning. Start reading at `Fetcher::start`.

use super::attempts::{Attempt, Attempts, Tried, tried_by_job};
use super::keeping::note_placed;
use super::ledger::{MeshLedger, Wanted};
use super::putting::{content_key, prove, what_is_wrong, write_and_publish};
use crate::app::input::{Event, Input};
use crate::app::listening::{FileNews, FileOutcome, NotFetched};
use crate::app::request::{GetRequest, GivingPlan, JobId};
use crate::app::state::FileInPlace;
use crate::app::user_message::UserMessage;
use crate::domain::integrity::{Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::{show, show_url};
use crate::domain::safe_path::SafePath;
use crate::domain::selection::Selection;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::engine::http::client::Question;
use crate::engine::job::{AnnouncedFile, Job, JobContext, OpenFolder};
use crate::engine::limits::HostGate;
use crate::engine::store::file_set::Published;
use crate::mesh::announcement::Announcement;
use crate::mesh::lag::Lag;
use crate::mesh::place::{Lane, path_of};
use crate::mesh::rule::Rule;
use crate::mesh::sources::{FileSource, FileSources};
use crate::transfer::address_rule::Reach;
use crate::transfer::fallback::Policy;
use crate::transfer::reason::{Outlook, Reason};
use parking_lot::RwLock;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, WeakUnboundedSender, unbounded_channel};
use tokio::sync::watch;
use url::Url;

/// Files up to this length are got in one request.
const SMALL: u64 = 4 << 20;

/// Most octets of a file whose size was not announced.
const MOST_UNANNOUNCED: u64 = 4 << 30;

/// Most octets a day for files that nobody clicked.
const MOST_A_DAY: u64 = 20_000_000_000;

/// How often all sources are tried again when none was wrong, and after how long.
const ROUNDS: u32 = 3;
const BETWEEN_ROUNDS: Duration = Duration::from_secs(5);

const DAY_MILLIS: i64 = 24 * 3_600 * 1_000;

/// What all fetches share.
pub(in crate::engine) struct FetchContext {
    pub(in crate::engine) job: JobContext,
    pub(in crate::engine) folder: OpenFolder,
    pub(in crate::engine) out: PathBuf,
    pub(in crate::engine) ledger: Arc<MeshLedger>,
    pub(in crate::engine) voucher: Voucher,
    pub(in crate::engine) rules: SharedRules,
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

/// The lanes, each with its workers.
pub(in crate::engine) struct Fetcher {
    lanes: Vec<(Lane, UnboundedSender<i64>)>,
}

/// A settled file, with its row.
pub(in crate::engine) type Settled = (i64, FileNews);

impl Fetcher {
    /// Starts the workers; news come through `news` until the last of them ends.
    pub(in crate::engine) fn start(context: FetchContext, news: &UnboundedSender<Settled>) -> Self {
        let context = Arc::new(context);
        let start_lane = |lane: Lane| {
            let (sender, rows) = unbounded_channel();
            let rows = Arc::new(tokio::sync::Mutex::new(rows));
            let gates = Arc::new(LaneGates::new(lane));
            let attempts = Arc::new(Attempts::default());
            for _ in 0..workers_of(lane) {
                let worker = Worker {
                    lane,
                    context: context.clone(),
                    gates: gates.clone(),
                    attempts: attempts.clone(),
                    rows: rows.clone(),
                    // A worker that holds the sender would keep its own queue open for ever.
                    again: sender.downgrade(),
                    news: news.clone(),
                };
                tokio::spawn(worker.run());
            }
            (lane, sender)
        };
        Self { lanes: Lane::ALL.into_iter().map(start_lane).collect() }
    }

    /// Queues a file. One that is queued again, because somebody else has it too, is tried at once.
    pub(in crate::engine) fn fetch(&self, lane: Lane, row: i64) {
        if let Some((_, sender)) = self.lanes.iter().find(|(own, _)| *own == lane) {
            // The workers end only with the listening, which has the ledger to begin from next time.
            let _ = sender.send(row);
        }
    }
}

fn workers_of(lane: Lane) -> usize {
    match lane {
        Lane::Warnings | Lane::Observations => 4,
        Lane::Models => 3,
    }
}

/// Connections of one lane to each host: two, and one to a host that is new (R9).
struct LaneGates {
    known: HostGate,
    new: HostGate,
}

impl LaneGates {
    fn new(lane: Lane) -> Self {
        let usual = if lane == Lane::Observations { 4 } else { 2 };
        Self { known: HostGate::new(usual), new: HostGate::new(1) }
    }
}

struct Worker {
    lane: Lane,
    context: Arc<FetchContext>,
    gates: Arc<LaneGates>,
    attempts: Arc<Attempts>,
    rows: Arc<tokio::sync::Mutex<UnboundedReceiver<i64>>>,
    again: WeakUnboundedSender<i64>,
    news: UnboundedSender<Settled>,
}

/// How one round ended.
enum Round {
    /// In its place, refused, or not to be had.
    Settled(FileOutcome, Option<String>),
    /// Nobody gave it, and somebody may in a moment.
    Later,
    /// Nothing can be said before the next start.
    Unsettled,
}

impl Worker {
    async fn run(self) {
        let mut stop = self.context.stop.clone();
        loop {
            let next = async { self.rows.lock().await.recv().await };
            let row = tokio::select! {
                row = next => row,
                () = told_to_stop(&mut stop) => None,
            };
            let Some(row) = row else { return };
            tokio::select! {
                () = self.attend(row) => {}
                () = told_to_stop(&mut stop) => return,
            }
        }
    }

    /// One round for one file, and what follows from it.
    async fn attend(&self, row: i64) {
        let Some(mut attempt) = self.attempts.begin(row) else { return };
        let wanted = match self.context.ledger.wanted(row) {
            Ok(Some(wanted)) => wanted,
            Ok(None) => {
                self.attempts.end(row);
                return;
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the ledger cannot be read");
                self.attempts.end(row);
                return;
            }
        };
        match self.round(&wanted, &mut attempt).await {
            // Somebody else was heard to have it while the last source failed.
            Round::Settled(outcome, _)
                if !matches!(outcome, FileOutcome::InPlace(_)) && self.attempts.is_wanted_again(row) =>
            {
                self.come_back(row, attempt);
            }
            Round::Settled(outcome, from) => self.settle(row, &wanted, (outcome, from, attempt)),
            Round::Unsettled => {
                self.attempts.end(row);
            }
            Round::Later => self.come_back(row, attempt),
        }
    }

    /// Lays a file down for a while; not at all when it was queued meanwhile.
    fn come_back(&self, row: i64, attempt: Attempt) {
        let wait = BETWEEN_ROUNDS * attempt.rounds;
        let is_at_once = self.attempts.pause(row, attempt);
        let again = self.again.clone();
        tokio::spawn(async move {
            if !is_at_once {
                tokio::time::sleep(wait).await;
            }
            if let Some(again) = again.upgrade() {
                // The lane ends only with the listening.
                let _ = again.send(row);
            }
        });
    }

    fn settle(
        &self,
        row: i64,
        wanted: &Wanted,
        (outcome, from, attempt): (FileOutcome, Option<String>, Attempt),
    ) {
        let published = wanted.announcement.published_at;
        if let Err(error) = self.context.ledger.settle((row, published), &outcome) {
            tracing::warn!(error = &error as &dyn std::error::Error, "an outcome cannot be noted");
        }
        // Only now: another worker to whom the same file was queued must find it settled, unless it is newer.
        if self.attempts.end(row)
            && let Some(again) = self.again.upgrade()
        {
            // The lane ends only with the listening.
            let _ = again.send(row);
        }
        if let FileOutcome::InPlace(file) = &outcome {
            let at = (self.context.folder.folder.root(), &*self.context.ledger);
            let noted = note_placed(at, Path::new(&file.path), self.context.job.shared.clock.utc());
            if let Err(error) = noted {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a file in its place cannot be noted"
                );
            }
        }
        let now = self.context.job.shared.clock.utc_millis();
        let took = Duration::from_millis(u64::try_from(now.millis_since(wanted.heard)).unwrap_or(0));
        let key = wanted.announcement.key.to_string();
        // Whoever listened may have gone; the ledger knows.
        let Attempt { tried, by_source, .. } = attempt;
        let _ =
            self.news.send((row, FileNews { key, lane: self.lane, outcome, from, tried, took, by_source }));
    }

    /// Inline content, then each source that did not fail more often than the others.
    async fn round(&self, wanted: &Wanted, attempt: &mut Attempt) -> Round {
        let (path, _) = placed(&self.context.rules.read(), &wanted.announcement, &wanted.topic);
        if let Some(settled) = self.take_inline(wanted, (&path, attempt)).await {
            return settled;
        }
        let mut sources = FileSources::new(wanted.announcement.clone(), Lag(0));
        wanted.further.iter().for_each(|further| sources.add(further, Lag(0)));
        attempt.failed.iter().for_each(|href| sources.failed(href));
        let mut may_pass = false;
        for source in sources.best_first() {
            let Some(url) = followed(source) else { continue };
            if let Err(why) = self.spend(&wanted.announcement) {
                return Round::Settled(FileOutcome::NotFetched(why), None);
            }
            match self.try_source(wanted, source, (&url, &path)).await {
                Tried::InPlace(file, by_source) => {
                    attempt.by_source = by_source;
                    return Round::Settled(FileOutcome::InPlace(file), Some(show_url(&url)));
                }
                Tried::Wrong(detail) => {
                    attempt.tried.push((show_url(&url), Reason::WrongData { pieces: Vec::new() }));
                    attempt.wrong = Some(detail);
                }
                Tried::NoUse(reason) => {
                    may_pass |= is_passing(&reason);
                    attempt.tried.push((show_url(&url), reason));
                }
                Tried::Unsettled(message) => {
                    tracing::warn!(?message, "a file waits for the next start");
                    return Round::Unsettled;
                }
            }
            attempt.failed.push(source.href.clone());
        }
        attempt.rounds += 1;
        let is_later = may_pass && attempt.rounds < ROUNDS;
        match attempt.wrong.clone() {
            _ if is_later => Round::Later,
            Some(wrong) => Round::Settled(FileOutcome::Refused(wrong), None),
            None if attempt.tried.is_empty() => {
                Round::Settled(FileOutcome::NotFetched(NotFetched::NoLink), None)
            }
            None => Round::Settled(FileOutcome::Failed, None),
        }
    }

    /// Content that came with the message, unless it is known to be wrong.
    async fn take_inline(
        &self,
        wanted: &Wanted,
        (path, attempt): (&SafePath, &mut Attempt),
    ) -> Option<Round> {
        let all = std::iter::once(&wanted.announcement).chain(&wanted.further);
        let inline = all.into_iter().find_map(Announcement::usable_inline)?;
        match self.put(&wanted.announcement, (&inline.octets, SourceKind::Inline), path).await {
            Tried::InPlace(file, by_source) => {
                attempt.by_source = by_source;
                Some(Round::Settled(FileOutcome::InPlace(file), None))
            }
            Tried::Unsettled(_) => Some(Round::Unsettled),
            Tried::Wrong(_) | Tried::NoUse(_) => None,
        }
    }

    /// Counts what is about to be fetched against the day's limit.
    fn spend(&self, announcement: &Announcement) -> Result<(), NotFetched> {
        let day = self.context.job.shared.clock.utc().unix_seconds().div_euclid(86_400);
        let size = announcement.size.map_or(0, |size| size.0);
        match self.context.ledger.spend(day, size) {
            Ok(sum) if sum > MOST_A_DAY => Err(NotFetched::DailyLimit(ByteCount(MOST_A_DAY))),
            Ok(_) => Ok(()),
            Err(error) => Err(NotFetched::Trouble(show(&error.to_string()))),
        }
    }

    async fn try_source(
        &self,
        wanted: &Wanted,
        source: &FileSource,
        (url, path): (&Url, &SafePath),
    ) -> Tried {
        let host = url.host_str().unwrap_or_default().to_owned();
        let now = self.context.job.shared.clock.utc_millis().unix_millis();
        let gate = match self.context.ledger.is_known_host(&host, (now, now - DAY_MILLIS)) {
            Ok(true) => &self.gates.known,
            Ok(false) if self.context.job.rule.reach() == Reach::Anywhere => &self.gates.known,
            Ok(false) => &self.gates.new,
            Err(error) => return Tried::Unsettled(crate::engine::job::message_of_store(&error)),
        };
        let _permit = gate.enter(&host).await;
        let is_small = wanted.announcement.size.is_some_and(|size| size.0 <= SMALL);
        if is_small && !source.is_torrent {
            self.get_small(&wanted.announcement, url, path).await
        } else {
            self.get_by_job(&wanted.announcement, url, path).await
        }
    }

    async fn get_small(&self, announcement: &Announcement, url: &Url, path: &SafePath) -> Tried {
        let question = Question::whole(url.clone(), Reach::Public);
        let most = usize::try_from(most_of(announcement).0).unwrap_or(usize::MAX);
        match self.context.job.shared.client.small(&question, most).await {
            Ok(small) => self.put(announcement, (&small.bytes, SourceKind::Mirror), path).await,
            Err(reason) => Tried::NoUse(reason),
        }
    }

    /// Proves octets and puts them in their place.
    async fn put(
        &self,
        announcement: &Announcement,
        (octets, by): (&[u8], SourceKind),
        path: &SafePath,
    ) -> Tried {
        let proof = match prove(announcement, octets, &self.context.voucher) {
            Ok(proof) => proof,
            Err(error) => return Tried::Wrong(what_is_wrong(&error)),
        };
        let verdict = proof.verdict().clone();
        let (folder, octets, path) = (self.context.folder.clone(), octets.to_vec(), path.clone());
        let key = content_key(announcement);
        let putting =
            tokio::task::spawn_blocking(move || write_and_publish(&folder, &key, &octets, (&path, &proof)));
        match putting.await {
            Ok(Ok(published)) => {
                let mut by_source = BytesBySource::default();
                by_source.add(by, published.length);
                Tried::InPlace(self.in_place(&published, verdict), by_source)
            }
            Ok(Err(error)) => Tried::Unsettled(crate::engine::job::message_of_store(&error)),
            Err(error) => Tried::Unsettled(UserMessage::Internal { detail: error.to_string() }),
        }
    }

    fn in_place(&self, published: &Published, verdict: Verdict) -> FileInPlace {
        let whole = |path: &SafePath| {
            self.context.out.join(path.components().iter().collect::<PathBuf>()).display().to_string()
        };
        FileInPlace {
            path: whole(&published.path),
            length: published.length,
            verdict,
            kept_as: published.kept_as.as_ref().map(whole),
        }
    }

    /// Large files and torrents, by the same job that `get` runs.
    async fn get_by_job(&self, announcement: &Announcement, url: &Url, path: &SafePath) -> Tried {
        let request = GetRequest {
            targets: vec![url.to_string()],
            run: None,
            selection: Selection::everything(),
            products: Default::default(),
            files: None,
            out: self.context.out.clone(),
            policy: Policy::default(),
            peers: Vec::new(),
            web_seeds: Vec::new(),
            giving: GivingPlan::WhileReceiving,
            wait: Duration::ZERO,
        };
        let announced = AnnouncedFile {
            digest: announcement.integrity.digest().cloned(),
            voucher: self.context.voucher.clone(),
            path: path.clone(),
            most: most_of(announcement),
        };
        let (events, mut heard) = unbounded_channel();
        let job = Job::new(
            (JobId(0), Arc::new(request)),
            self.context.job.clone(),
            events,
            self.context.stop.clone(),
        );
        // The job ends when this does: it is not spawned.
        job.of_announcement(announced).run().await;
        let (mut in_place, mut by_source) = (None, BytesBySource::default());
        while let Ok(Input::Event(event)) = heard.try_recv() {
            match event {
                Event::InPlace(_, file) => in_place = Some(*file),
                Event::Moved(_, transfer) => by_source = transfer.by_source,
                Event::Ended(_, outcome) => {
                    return tried_by_job(*outcome, in_place.map(|file| (file, by_source)));
                }
                _ => {}
            }
        }
        Tried::NoUse(Reason::Closed)
    }
}

async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    // The listening holds the other end for as long as it goes on.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A URL that is followed at all.
fn followed(source: &FileSource) -> Option<Url> {
    Url::parse(&source.href).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Whether a failure may be over in a few seconds.
fn is_passing(reason: &Reason) -> bool {
    // Some publishers announce a file a moment before it can be had.
    matches!(reason, Reason::Status(404)) || reason.outlook() != Outlook::Lasting
}

/// Most octets a file may have: as announced and one in a hundred more.
fn most_of(announcement: &Announcement) -> ByteCount {
    let size = announcement.size.map(|size| size.0.saturating_add(size.0 / 100).saturating_add(64));
    ByteCount(size.unwrap_or(MOST_UNANNOUNCED))
}
