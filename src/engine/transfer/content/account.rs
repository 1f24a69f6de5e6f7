//! The figures of a content, and what of them is written down.
//!
//! In: facts, the ledger, looks at the swarm. Out: [`Figures`] and rows by source, and batches for the database.
//! The database gets what is new every second or every 8 MiB. Data is not forced to the disk before: a restart hashes
//! what it finds, so a row is never believed by itself.

use super::{ContentBrief, ContentEnd, Ended, Progress, SwarmStatus};
use crate::domain::integrity::Verdict;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::domain::rate::Rate;
use crate::domain::source::{BytesBySource, SourceId, SourceKind};
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::engine::store::database::{ContentRow, Database, FinishedRow, HoldingRow};
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileSet, Published};
use crate::engine::transfer::http::fetch::FetchContext;
use crate::transfer::conductor::{Conductor, Fact};
use crate::transfer::ledger::Ledger;
use crate::transfer::reason::Reason;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

const FLUSH_EVERY: Duration = Duration::from_secs(1);
const FLUSH_AFTER: u64 = 8 << 20;
/// Octets per second below which nothing is said to move.
const LEAST_RATE: f64 = 500.0;
const TELL_EVERY: Duration = Duration::from_millis(250);

/// How much of a content came from where, since this task began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Octets that were wanted.
    pub wanted: ByteCount,
    /// Octets that are missing still.
    pub missing: ByteCount,
    /// Octets that came over the network, useful or not.
    pub received: ByteCount,
    /// Who gave what of the wanted octets; what was held before is `disk`.
    pub by_source: BytesBySource,
    /// Who had given what is counted as `disk` here, as far as it was remembered.
    pub held_before: BytesBySource,
    /// Octets received in vain.
    pub wasted: ByteCount,
    /// Octets given to peers.
    pub given: ByteCount,
    /// Octets that peers can get: what is held in pieces, also what was not wanted here.
    pub offered: ByteCount,
    /// Octets per second from peers, from HTTP, and given.
    pub rates: (u64, u64, u64),
}

/// What is seen of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRow {
    /// Its name in the ledger.
    pub id: SourceId,
    /// What a person calls it: a URL without secrets, or nothing for the swarm and the disk.
    pub label: String,
    /// Octets of what was wanted that it gave.
    pub gave: ByteCount,
    /// Octets that it sent in vain.
    pub wasted: ByteCount,
    /// Why it gives nothing (more), when that is known.
    pub troubles: Vec<Reason>,
}

pub(super) struct Account {
    database: Arc<Database>,
    row: ContentRow,
    want: RangeSet,
    labels: Vec<(SourceId, String)>,
    held_at_start: RangeSet,
    wasted_at_start: ByteCount,
    unwritten: Vec<(ByteRange, SourceId)>,
    unwritten_octets: u64,
    flushed: SteadyTime,
    told: SteadyTime,
    context: Arc<FetchContext>,
    /// From peers, by HTTP, and given, with what was counted into them.
    rates: (Rate, Rate, Rate),
    counted: (ByteCount, ByteCount, ByteCount),
    /// What peers sent and gave in the sessions of this task, once it is over.
    swarm_end: Option<SwarmStatus>,
}

/// What a content is before anything of it was opened.
pub(super) struct Unopened {
    wanted: ByteCount,
    ledger: Ledger,
}

impl Unopened {
    pub(super) fn of(brief: &ContentBrief) -> Self {
        Self { wanted: brief.want.count(), ledger: Ledger::new() }
    }

    pub(super) fn ended_before_start(self, end: ContentEnd) -> Ended {
        let figures = Figures { wanted: self.wanted, missing: self.wanted, ..Figures::default() };
        let last = Progress { figures, sources: Vec::new(), swarm: SwarmStatus::default() };
        Ended { end, last, files: None, ledger: self.ledger, row: None }
    }
}

impl Account {
    pub(super) fn new(
        database: Arc<Database>,
        row: ContentRow,
        context: Arc<FetchContext>,
        want: RangeSet,
        (ledger, now): (&Ledger, SteadyTime),
    ) -> Self {
        let labels = context.origins.iter().map(|origin| {
            let label = origin.urls.iter().flatten().next().map(crate::domain::outside_text::show_url);
            (origin.id, label.unwrap_or_default())
        });
        Self {
            labels: labels.collect(),
            held_at_start: ledger.all().map(|(range, _)| range).collect(),
            wasted_at_start: ledger.wasted(),
            database,
            row,
            want,
            unwritten: Vec::new(),
            unwritten_octets: 0,
            flushed: now,
            told: SteadyTime::default(),
            context,
            rates: Default::default(),
            counted: Default::default(),
            swarm_end: None,
        }
    }

    pub(super) fn row(&self) -> ContentRow {
        self.row
    }

    pub(super) fn note(&mut self, fact: &Fact) {
        if let Fact::Held { range, source } = fact {
            self.unwritten.push((*range, *source));
            self.unwritten_octets += range.count().0;
        }
    }

    pub(super) fn note_finished(
        &self,
        file: usize,
        in_place: (&Published, &Verdict),
        now: UtcTime,
    ) -> Result<(), StoreError> {
        self.database.finish(self.row, &finished_row(Some(file), in_place, now))
    }

    /// Nothing of the content is held any more, as far as the next start knows.
    pub(super) fn forget_holdings(&mut self) -> Result<(), StoreError> {
        self.unwritten.clear();
        self.unwritten_octets = 0;
        self.database.replace(self.row, &[])
    }

    pub(super) fn note_swarm_end(&mut self, status: &SwarmStatus) {
        self.swarm_end = Some(status.clone());
    }

    pub(super) fn is_progress_due(&mut self, now: SteadyTime) -> bool {
        let is_due = now.since(self.told) >= TELL_EVERY;
        if is_due {
            self.told = now;
        }
        is_due
    }

    pub(super) async fn flush_if_due(
        &mut self,
        ledger: &Ledger,
        files: &FileSet,
        now: SteadyTime,
    ) -> Result<(), StoreError> {
        let is_due = now.since(self.flushed) >= FLUSH_EVERY || self.unwritten_octets >= FLUSH_AFTER;
        if !is_due || self.unwritten.is_empty() {
            return Ok(());
        }
        self.flushed = now;
        self.flush(ledger, files).await
    }

    /// Writes down what is new.
    pub(super) async fn flush(&mut self, ledger: &Ledger, files: &FileSet) -> Result<(), StoreError> {
        let mut digests: HashMap<ByteRange, _> = files.take_own_digests().into_iter().collect();
        let held = std::mem::take(&mut self.unwritten).into_iter().map(|(range, source)| HoldingRow {
            range,
            source,
            digest: digests.remove(&range),
        });
        let held: Vec<HoldingRow> = held.collect();
        let wasted: Vec<_> = self.labels.iter().map(|(id, _)| (*id, ledger.wasted_by(*id))).collect();
        self.unwritten_octets = 0;
        let (database, row) = (self.database.clone(), self.row);
        let written = tokio::task::spawn_blocking(move || database.add(row, &held, &wasted)).await;
        written.unwrap_or_else(|error| {
            Err(StoreError::from_io("write the database", std::io::Error::other(error)))
        })
    }

    /// Figures and rows as they stand.
    pub(super) fn figures(
        &mut self,
        ledger: &Ledger,
        conductor: &Conductor,
        (swarm, now): (&SwarmStatus, SteadyTime),
    ) -> (Figures, Vec<SourceRow>) {
        let swarm = self.swarm_end.clone().unwrap_or_else(|| swarm.clone());
        let before: RangeSet =
            self.want.iter().flat_map(|range| self.held_at_start.within(range).collect::<Vec<_>>()).collect();
        let held_before = ledger.by_kind(&before);
        let mut by_source = ledger.by_kind(&self.want.minus(&before));
        by_source.add(SourceKind::Disk, held_before.total());
        let by_http = ByteCount(self.context.received.load(Ordering::Relaxed));
        self.rates.0.add(swarm.received.saturating_sub(self.counted.0), now);
        self.rates.1.add(by_http.saturating_sub(self.counted.1), now);
        self.rates.2.add(swarm.given.saturating_sub(self.counted.2), now);
        self.counted = (swarm.received, by_http, swarm.given);
        let peers_in_vain = swarm.wasted;
        let wasted = ledger.wasted().saturating_sub(self.wasted_at_start) + peers_in_vain;
        let figures = Figures {
            wanted: self.want.count(),
            missing: conductor.missing(),
            received: by_http + swarm.received,
            by_source,
            held_before,
            wasted,
            given: swarm.given,
            offered: ByteCount::ZERO,
            rates: (whole_rate(&self.rates.0), whole_rate(&self.rates.1), whole_rate(&self.rates.2)),
        };
        (figures, self.rows(ledger, conductor, peers_in_vain))
    }

    fn rows(&self, ledger: &Ledger, conductor: &Conductor, peers_in_vain: ByteCount) -> Vec<SourceRow> {
        let gave = ledger.by_source(&self.want);
        let troubles = conductor.troubles_now();
        let row = |id: SourceId, label: &str, wasted: ByteCount| SourceRow {
            id,
            label: label.to_owned(),
            gave: gave.get(&id).copied().unwrap_or_default(),
            wasted,
            troubles: troubles
                .iter()
                .filter(|(source, _)| *source == id)
                .map(|(_, why)| why.clone())
                .collect(),
        };
        let mut rows: Vec<SourceRow> =
            self.labels.iter().map(|(id, label)| row(*id, label, ledger.wasted_by(*id))).collect();
        rows.extend(earlier(&gave, &self.labels).map(|id| row(id, "", ledger.wasted_by(id))));
        rows.insert(0, row(SourceId::SWARM, "", peers_in_vain));
        rows.push(row(SourceId::DISK, "", ByteCount::ZERO));
        rows
    }
}

/// Who gave something before, and is not asked this time.
fn earlier(
    gave: &BTreeMap<SourceId, ByteCount>,
    asked: &[(SourceId, String)],
) -> impl Iterator<Item = SourceId> {
    let is_listed = |id: &SourceId| {
        [SourceId::SWARM, SourceId::DISK].contains(id) || asked.iter().any(|(of, _)| of == id)
    };
    gave.keys().copied().filter(move |id| !is_listed(id))
}

/// What a person is told: the last trace of a rate that fades is nothing.
fn whole_rate(rate: &Rate) -> u64 {
    rate.per_second().filter(|rate| *rate >= LEAST_RATE).unwrap_or(0.0) as u64
}

/// A row for a file that was moved into place, or stood there already.
pub(crate) fn finished_row(
    file: Option<usize>,
    (published, verdict): (&Published, &Verdict),
    now: UtcTime,
) -> FinishedRow {
    let (method, voucher) = match verdict {
        Verdict::Verified { method, voucher } => (Some(method.key().to_owned()), Some(voucher.key())),
        _ => (None, None),
    };
    FinishedRow {
        path: published.path.to_string(),
        file,
        length: published.length.0,
        stamp: Some(published.stamp),
        verified_at: Some(published.not_read_since.unwrap_or(now)),
        seal: published.seal.clone(),
        verdict: (verdict.key().to_owned(), method, voucher),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_that_gave_before_is_listed_although_it_is_not_asked_now() {
        let web_seed = |number| SourceId { kind: SourceKind::WebSeed, number };
        let all = [SourceId::SWARM, SourceId::DISK, web_seed(0), web_seed(1)];
        let gave = all.into_iter().map(|id| (id, ByteCount(1))).collect();
        let asked = [(web_seed(1), "https://data.example".to_owned())];
        assert_eq!(earlier(&gave, &asked).collect::<Vec<_>>(), [web_seed(0)]);
    }
}
