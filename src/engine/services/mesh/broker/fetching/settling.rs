//! What became of files is noted, many in one step, and told once it is.
//!
//! In: how files ended. Out: rows of the ledger, with what is announced again, then [`FileNews`]. A step for each file would cost more
//! than the file: whatever ended together is noted together.

use super::{Dispatcher, Errand, day_of};
use crate::app::mesh::announced::WantedFile;
use crate::app::mesh::announced::forwarding::{FollowUp, SettlingMoment};
use crate::app::mesh::announced::under_way::FileUnderWay;
use crate::app::mesh::listening::{Changes, FileNews, FileOutcome, ForwardingStep, NotFetched};
use crate::domain::utc::UtcMillis;
use crate::engine::store::error::StoreError;
use crate::mesh::forwarding::ForwardTerms;
use crate::mesh::forwarding::message::ReadForForwarding;
use crate::mesh::place::Lane;
use std::time::Duration;

/// What became of a file.
pub(super) struct FileEnd {
    pub(super) outcome: FileOutcome,
    /// The URL that it came from, without secrets. `None` when it came from nowhere else, or not at all.
    pub(super) from: Option<String>,
    pub(super) changes: Changes,
    /// What was read of it to announce it again.
    pub(super) read: ReadForForwarding,
}

impl From<FileOutcome> for FileEnd {
    fn from(outcome: FileOutcome) -> Self {
        Self { outcome, from: None, changes: Changes::default(), read: ReadForForwarding::default() }
    }
}

/// A file that ended, not noted yet.
pub(super) struct EndedFile {
    row: i64,
    key: String,
    published: UtcMillis,
    heard: UtcMillis,
    file: FileUnderWay,
    end: FileEnd,
}

impl EndedFile {
    /// Whether its row is to say what became of it.
    fn is_to_be_noted(&self, forward: Option<&ForwardTerms>) -> bool {
        match &self.end.outcome {
            FileOutcome::NotFetched(NotFetched::DailyLimit(_)) => false,
            FileOutcome::Unsettled(_) => forward.is_some(),
            FileOutcome::InPlace(_)
            | FileOutcome::Refused(_)
            | FileOutcome::Failed
            | FileOutcome::NotFetched(_)
            | FileOutcome::Withdrawn(_) => true,
        }
    }
}

impl Dispatcher {
    /// A file has come to its end: it is noted with the others that end now.
    pub(super) fn settle(&mut self, row: i64, wanted: &WantedFile, end: FileEnd) {
        let Some(file) = self.files.remove(&row) else { return };
        let published = wanted.announcement.published_at;
        let (key, heard) = (wanted.announcement.key.to_string(), wanted.heard);
        self.ended.push(EndedFile { row, key, published, heard, file, end });
    }

    /// Notes what ended, and tells it.
    pub(super) fn note_ended(&mut self) {
        // What is wanted again may end at once.
        while !self.ended.is_empty() {
            let ended = std::mem::take(&mut self.ended);
            let mut steps = self.note_outcomes(&ended).unwrap_or_else(|error| {
                tracing::warn!(error = &error as &dyn std::error::Error, "outcomes cannot be noted");
                Vec::new()
            });
            steps.resize(ended.len(), None);
            for (ended, step) in ended.into_iter().zip(steps) {
                self.tell(ended, step);
            }
        }
    }

    /// Notes outcomes, and what follows where files are announced again: for each, in their order.
    fn note_outcomes(&mut self, ended: &[EndedFile]) -> Result<Vec<Option<ForwardingStep>>, StoreError> {
        self.spending.write_down()?;
        let (now, today) =
            (self.context.job.shared.clock.utc_millis(), day_of(self.context.job.shared.clock));
        let (ledger, forward) = (&self.context.ledger, self.context.forward.as_deref());
        for late in ended {
            if let FileOutcome::NotFetched(NotFetched::DailyLimit(_)) = &late.end.outcome {
                self.waits_since = Some(today);
                ledger.defer((late.row, late.published), today + 1)?;
            }
        }
        let noted: Vec<usize> = (0..ended.len()).filter(|at| ended[*at].is_to_be_noted(forward)).collect();
        let outcomes: Vec<_> = noted
            .iter()
            .map(|at| ((ended[*at].row, ended[*at].published), &ended[*at].end.outcome))
            .collect();
        let root = self.context.folder.folder.root().path();
        let told = ledger.settle_and_forward(&outcomes, now, |number, settled| {
            let Some(terms) = forward else { return FollowUp::Nothing };
            let end = &ended[noted[number]].end;
            let moment = SettlingMoment { root, read: &end.read, now, chance: fastrand::f64() };
            FollowUp::of(&end.outcome, settled, terms, moment)
        })?;
        let mut steps = vec![None; ended.len()];
        for (at, step) in noted.into_iter().zip(told) {
            steps[at] = step;
        }
        Ok(steps)
    }

    fn tell(&mut self, ended: EndedFile, forwarding: Option<ForwardingStep>) {
        let EndedFile { row, key, heard, mut file, end, .. } = ended;
        let FileEnd { outcome, from, changes, .. } = end;
        let ticket = file.ticket.take();
        let now = self.context.job.shared.clock.utc_millis();
        let took = Duration::from_millis(u64::try_from(now.millis_since(heard)).unwrap_or(0));
        let lane = file.lane.unwrap_or(Lane::Observations);
        let (is_wanted_again, tried, by_source) = (file.is_wanted_again(), file.tried, file.by_source);
        // Whoever listened may have gone; the ledger knows.
        let news = FileNews { key, lane, outcome, from, tried, took, by_source, changes, forwarding };
        let _ = self.news.send((row, news));
        // It is settled now: what was queued meanwhile is fetched only when it is newer.
        if let Some(ticket) = ticket.filter(|_| is_wanted_again) {
            self.take(Errand::Want(row, ticket));
        }
    }
}
