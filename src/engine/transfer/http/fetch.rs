//! Carries out one order to fetch: asks for ranges, puts units together, has them checked and written.
//!
//! In: a range of the content and a source. Out: facts. Ends by itself at the first answer that cannot be used; what
//! came whole until then is kept. Start reading at [`Fetch::run`].

use super::client::{Answer, HttpClient, Persistence, Question};
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::source::SourceId;
use crate::engine::store::file_set::FileSet;
use crate::engine::transfer::hasher::Hasher;
use crate::engine::transfer::limits::{HostGate, RateLimit};
use crate::transfer::address_rule::Reach;
use crate::transfer::assembly::Assembly;
use crate::transfer::conductor::{Asking, Fact, FetchId};
use crate::transfer::http_answer::{AnswerHead, Asked, Body, is_weak, judge};
use crate::transfer::http_source::PartsHope;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

/// Answers in a row that may end early within one fetch, each having brought something.
const MOST_SHORT_ANSWERS: usize = 4;

/// An answer that ends early must have brought so much to count as progress.
const LEAST_PROGRESS: u64 = 64 << 10;

/// Received octets are told at least this often, by amount.
const TELL_EVERY: u64 = 1 << 20;

/// Received octets are told at least this often, by time: a slow server is not a silent one.
const TELL_AFTER: Duration = Duration::from_secs(1);

/// While a connection to the host, or our own limit, is waited for, the conductor is told so this often.
const PATIENCE_AT_GATE: Duration = Duration::from_secs(2);

/// An HTTP server that has files of a content.
#[derive(Debug)]
pub struct Origin {
    /// Its name in the ledger.
    pub id: SourceId,
    /// Host and port, for the limit of connections.
    pub host: String,
    /// Where each file is; `None` where it has none.
    pub urls: Vec<Option<Url>>,
    /// How far it may reach: farther for what a person typed than for what a file named.
    pub reach: Reach,
    /// What identifies the file, for contents that only the server identifies: sent as `If-Range` where that is allowed.
    pub validator: Option<String>,
    /// Whether it is worth asking for parts.
    pub parts: PartsHope,
    /// Where redirects led, by file: balancers and tokens are asked once, not for every range.
    pub pinned: Mutex<HashMap<usize, Url>>,
}

/// What every fetch of a content shares.
#[derive(Debug)]
pub struct FetchContext {
    /// Asks.
    pub client: HttpClient,
    /// Writes.
    pub files: Arc<FileSet>,
    /// Checks.
    pub hasher: Hasher,
    /// The sources, in the order of their numbers.
    pub origins: Vec<Arc<Origin>>,
    /// How fast may be received.
    pub limit: Arc<RateLimit>,
    /// How many connections a host gets.
    pub gate: Arc<HostGate>,
    /// Where facts go.
    pub facts: UnboundedSender<Fact>,
    /// Octets of bodies that were read, wanted or not.
    pub received: AtomicU64,
}

/// One fetch under way.
#[derive(Debug)]
pub struct Fetch {
    /// What it shares with others.
    pub context: Arc<FetchContext>,
    /// Its name.
    pub id: FetchId,
    /// Who is asked.
    pub origin: Arc<Origin>,
    /// Which octets of the content.
    pub range: ByteRange,
    /// How.
    pub asking: Asking,
    /// Where it ends; moved down when another source takes its tail.
    pub end: Arc<AtomicU64>,
    /// Told when it is to be dropped.
    pub cancel: Arc<Notify>,
}

/// A stretch of one file that one request is to bring.
#[derive(Clone, Copy, Debug)]
struct Segment {
    file: usize,
    /// Counted in the file.
    range: ByteRange,
}

/// How far one answer led.
enum Step {
    /// The segment is all here.
    Whole,
    /// The answer was good and ended early.
    Short,
}

impl Fetch {
    /// Fetches, and tells [`Fact::Ended`] when everything it brought has been told.
    pub async fn run(self) {
        let mut assembly = Assembly::new(self.context.files.grid().clone(), self.range);
        let mut checks = self.context.hasher.batch(self.id, self.origin.id, self.context.facts.clone());
        let mut dropped = 0;
        let reason = tokio::select! {
            done = self.fetch_all(&mut assembly, &mut checks, &mut dropped) => done.err(),
            () = self.cancel.notified() => None,
        };
        checks.finish().await;
        let lost = ByteCount(assembly.under_way() + dropped);
        self.tell(Fact::Ended { fetch: self.id, reason, lost });
    }

    fn tell(&self, fact: Fact) {
        // The content's task is gone when it no longer listens; then nobody needs the fact.
        let _ = self.context.facts.send(fact);
    }

    async fn fetch_all(
        &self,
        assembly: &mut Assembly,
        checks: &mut crate::engine::transfer::hasher::Batch,
        dropped: &mut u64,
    ) -> Result<(), Reason> {
        let mut short_answers = 0;
        let mut asking = self.asking;
        while let Some(segment) = self.next_segment(assembly) {
            checks.submit_all(assembly.take_whole(), &self.context.files).await;
            // The connection is this fetch's until the body is read.
            let _connection = self.enter_gate().await;
            let mut answer = self.ask(segment, asking).await?;
            let body = judge(self.asked(segment), &answer.head)?;
            self.refuse_changed(&answer.head)?;
            let expected = match body {
                Body::Part { range, .. } => range,
                Body::Whole { .. } if asking == Asking::Range && assembly.has_received_nothing() => {
                    asking = Asking::Whole;
                    let Some(whole) = self.turn_to_whole_file(segment.file, assembly) else { return Ok(()) };
                    whole
                }
                Body::Whole { .. } => segment.range,
            };
            self.tell(Fact::Answered(self.id));
            let skip = match body {
                Body::Part { skip, .. } => skip,
                Body::Whole { .. } => expected.start(),
            };
            *dropped += skip;
            let before = assembly.position();
            let step = self.read_body(&mut answer, (skip, expected), assembly, checks).await;
            match step {
                Ok(Step::Whole) => short_answers = 0,
                Ok(Step::Short) | Err(Reason::Closed)
                    if short_answers < MOST_SHORT_ANSWERS
                        && assembly.position() - before >= LEAST_PROGRESS =>
                {
                    short_answers += 1;
                }
                Ok(Step::Short) => return Err(Reason::Closed),
                Err(reason) => return Err(reason),
            }
        }
        checks.submit_all(assembly.take_whole(), &self.context.files).await;
        Ok(())
    }

    /// What to ask next. `None` when all is here, or the rest was given to another source.
    fn next_segment(&self, assembly: &mut Assembly) -> Option<Segment> {
        let at = assembly.next_octet()?;
        let end = self.end.load(Ordering::Acquire).min(assembly.end());
        let rest = ByteRange::new(at, end)?;
        let (file, range) = self.context.files.layout().parts(rest).next()?;
        Some(Segment { file, range })
    }

    /// A weak validator must not be sent as `If-Range`: what it says is compared here instead.
    fn refuse_changed(&self, head: &AnswerHead) -> Result<(), Reason> {
        match (&self.origin.validator, &head.validator) {
            (Some(known), Some(told)) if is_weak(known) && known != told => Err(Reason::Changed),
            _ => Ok(()),
        }
    }

    fn asked(&self, segment: Segment) -> Asked {
        Asked { range: segment.range, length: Some(self.context.files.layout().files()[segment.file].length) }
    }

    /// The server ignores ranges: the fetch becomes one of the whole file, as far as whole units of it go.
    fn turn_to_whole_file(&self, file: usize, assembly: &mut Assembly) -> Option<ByteRange> {
        let files = &self.context.files;
        let inside = files.grid().inside(file)?;
        self.end.store(inside.end(), Ordering::Release);
        *assembly = Assembly::new(files.grid().clone(), inside);
        self.tell(Fact::WholeBody(self.id));
        inside.relative_to(files.layout().files()[file].start)
    }

    async fn ask(&self, segment: Segment, asking: Asking) -> Result<Answer, Reason> {
        let published = self.origin.urls.get(segment.file).cloned().flatten().ok_or(Reason::Status(404))?;
        let pinned = self.origin.pinned.lock().get(&segment.file).cloned();
        let question = |url: Url| Question {
            range: (asking == Asking::Range).then_some(segment.range),
            if_range: self.origin.validator.clone().filter(|_| asking == Asking::Range),
            // The conductor knows other sources, and watches the time.
            persistence: Persistence::Once,
            ..Question::whole(url, self.origin.reach)
        };
        let client = &self.context.client;
        self.wait_for(client.wait_for_admission(&self.origin.host)).await?;
        if let Some(url) = pinned {
            let answer = client.ask(&question(url)).await?;
            if !matches!(answer.head.status, 401 | 403 | 404 | 410) {
                return Ok(answer);
            }
            // Where a redirect led has expired: ask anew where it leads.
            self.origin.pinned.lock().remove(&segment.file);
        }
        let answer = client.ask(&question(published.clone())).await?;
        if answer.url != published {
            self.origin.pinned.lock().insert(segment.file, answer.url.clone());
        }
        Ok(answer)
    }

    /// Waits for a connection, and lets the conductor know that it is not the server which is slow.
    async fn enter_gate(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        self.wait_for(self.context.gate.enter(&self.origin.host)).await
    }

    /// Waits for something of ours, and says meanwhile that the server is not to blame.
    async fn wait_for<T>(&self, ours: impl Future<Output = T>) -> T {
        let mut ours = std::pin::pin!(ours);
        loop {
            match tokio::time::timeout(PATIENCE_AT_GATE, &mut ours).await {
                Ok(done) => return done,
                Err(_) => self.tell(Fact::Received(self.id, ByteCount::ZERO)),
            }
        }
    }

    /// Reads `expected` octets of the file from a body of which the first `skip` are not wanted.
    async fn read_body(
        &self,
        answer: &mut Answer,
        (mut skip, expected): (u64, ByteRange),
        assembly: &mut Assembly,
        checks: &mut crate::engine::transfer::hasher::Batch,
    ) -> Result<Step, Reason> {
        let mut left = expected.count().0;
        let mut untold = 0;
        let mut told = tokio::time::Instant::now();
        while left > 0 {
            let Some(mut stretch) = answer.next().await? else {
                self.tell(Fact::Received(self.id, ByteCount(untold)));
                return Ok(Step::Short);
            };
            self.wait_for(self.context.limit.pass(stretch.len() as u64)).await;
            self.context.received.fetch_add(stretch.len() as u64, Ordering::Relaxed);
            untold += stretch.len() as u64;
            if untold >= TELL_EVERY || told.elapsed() >= TELL_AFTER || left <= stretch.len() as u64 {
                self.tell(Fact::Received(self.id, ByteCount(untold)));
                (untold, told) = (0, tokio::time::Instant::now());
            }
            let unwanted = skip.min(stretch.len() as u64);
            skip -= unwanted;
            let mut wanted = stretch.split_off(unwanted as usize);
            wanted.truncate(left.min(wanted.len() as u64) as usize);
            left -= wanted.len() as u64;
            assembly.push(wanted);
            checks.submit_all(assembly.take_whole(), &self.context.files).await;
            if assembly.position() >= self.end.load(Ordering::Acquire) {
                return Ok(Step::Whole);
            }
        }
        Ok(Step::Whole)
    }
}
