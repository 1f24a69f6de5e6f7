//! What one fetch brings, as it comes: counted against the day's limit, and judged by its pace.
//!
//! In: octets, and what is waited for. Out: the same, or why the fetch is to end. Start reading at `Inflow::wait`.

use super::spending::{Meter, Spending};
use crate::app::mesh::listening::NotFetched;
use crate::domain::octets::ByteCount;
use crate::domain::utc::SteadyTime;
use crate::engine::clock::Clock;
use crate::engine::transfer::http::client::{HttpClient, Question};
use crate::mesh::pace::{FetchPace, TooSlow};
use crate::transfer::http_answer::{RangeRequest, judge};
use crate::transfer::reason::Reason;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use url::Url;

/// When a fetch last brought an octet, for whoever shares out places.
#[derive(Clone, Debug)]
pub(super) struct Pulse(Arc<AtomicU64>);

impl Pulse {
    pub(super) fn at(now: SteadyTime) -> Self {
        let pulse = Self(Arc::default());
        pulse.beat(now);
        pulse
    }

    fn beat(&self, now: SteadyTime) {
        self.0.store(u64::try_from(now.0.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn last(&self) -> SteadyTime {
        SteadyTime(Duration::from_millis(self.0.load(Ordering::Relaxed)))
    }
}

/// Why a fetch ends before it is whole.
#[derive(Debug)]
pub(super) enum Halt {
    /// The source is of no use.
    Source(Reason),
    /// It is not to be fetched.
    NotFetched(NotFetched),
    /// Others are to end first.
    Wait,
}

impl From<Reason> for Halt {
    fn from(reason: Reason) -> Self {
        Self::Source(reason)
    }
}

impl From<NotFetched> for Halt {
    fn from(why: NotFetched) -> Self {
        Self::NotFetched(why)
    }
}

/// What one fetch brings.
pub(super) struct Inflow {
    meter: Meter,
    pace: FetchPace,
    pulse: Pulse,
    clock: Clock,
}

impl Inflow {
    /// A fetch that begins, and is expected to bring so much.
    pub(super) fn begin(
        spending: &Arc<Spending>,
        expected: Option<ByteCount>,
        (pulse, clock): (Pulse, Clock),
    ) -> Result<Self, Halt> {
        Ok(Self { meter: spending.begin(expected)?, pace: FetchPace::new(clock.now()), pulse, clock })
    }

    /// Another stage of the same fetch begins: its time is counted anew, with this limit of silence.
    pub(super) fn begin_stage(&mut self, silence: Duration) {
        let mut pace = FetchPace::new(self.clock.now()).patient(silence);
        std::mem::swap(&mut self.pace, &mut pace);
    }

    /// Takes in what a server says the length is.
    pub(super) fn expect(&mut self, length: ByteCount) -> Result<(), Halt> {
        self.meter.expect(length)
    }

    /// Counts what has come in all since the stage began, of which `before` was counted already.
    pub(super) fn note(&mut self, (before, total): (u64, u64)) -> Result<(), Halt> {
        let now = self.clock.now();
        if total > before {
            self.pulse.beat(now);
            self.pace.note_total(total, now);
            self.meter.receive(total - before)?;
        }
        Ok(())
    }

    /// Why it is to be given up for its pace, if it is.
    pub(super) fn too_slow(&self) -> Option<Reason> {
        self.pace.verdict(self.clock.now()).map(|verdict| self.reason_of(verdict))
    }

    fn reason_of(&self, verdict: TooSlow) -> Reason {
        match verdict {
            TooSlow::Silent if self.meter.received() == 0 => Reason::NoAnswer,
            TooSlow::Silent | TooSlow::Trickle => Reason::Stalled,
        }
    }

    /// Waits for what the source is to send, not longer than its pace allows.
    pub(super) async fn wait<T>(&self, sent: impl Future<Output = Result<T, Reason>>) -> Result<T, Reason> {
        match tokio::time::timeout(self.pace.left(self.clock.now()), sent).await {
            Ok(sent) => sent,
            Err(_) => Err(self.too_slow().unwrap_or(Reason::Stalled)),
        }
    }
}

/// What a request for a whole file gave.
#[derive(Debug)]
pub(super) enum WholeFileAnswer {
    /// All of it.
    Whole(Vec<u8>),
    /// More than was to be read: so much at least.
    TooLarge(ByteCount),
    /// The server has a directory there.
    Directory,
}

/// Reads a whole file of at most `most` octets.
pub(super) async fn read_whole(
    client: &HttpClient,
    question: &Question,
    (most, inflow): (u64, &mut Inflow),
) -> Result<WholeFileAnswer, Halt> {
    let mut answer = inflow.wait(client.ask(question)).await?;
    let head = &answer.head;
    if head.status != 200 || head.content_encoding.is_some() {
        let range = crate::domain::octets::ByteRange::new(0, 1).expect("0..1 is not empty");
        judge(RangeRequest { range, length: None }, head)?;
        if head.status != 200 {
            return Err(Reason::Status(head.status).into());
        }
    }
    if is_directory_of(&question.url, &answer.url) {
        return Ok(WholeFileAnswer::Directory);
    }
    if let Some(length) = head.content_length {
        if length > most {
            return Ok(WholeFileAnswer::TooLarge(ByteCount(length)));
        }
        inflow.expect(ByteCount(length))?;
    }
    let mut octets = Vec::new();
    while let Some(stretch) = inflow.wait(answer.next()).await? {
        let before = octets.len() as u64;
        let total = before + stretch.len() as u64;
        inflow.note((before, total))?;
        if total > most {
            return Ok(WholeFileAnswer::TooLarge(ByteCount(total)));
        }
        octets.extend_from_slice(&stretch);
    }
    Ok(WholeFileAnswer::Whole(octets))
}

/// Whether a server led from a name to the same name with a slash behind it: what lies there is a directory.
fn is_directory_of(asked: &Url, answered: &Url) -> bool {
    answered.path().strip_suffix('/') == Some(asked.path()) && asked.host() == answered.host()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_to_the_same_name_with_a_slash_shows_a_directory() {
        let url = |text: &str| Url::parse(text).expect("a URL");
        assert!(is_directory_of(&url("http://h/a/b"), &url("http://h/a/b/")));
        assert!(!is_directory_of(&url("http://h/a/b"), &url("http://h/a/c/")));
        assert!(!is_directory_of(&url("http://h/a/b"), &url("http://h/a/b")));
    }
}
