//! When a file is due: by what was measured of earlier runs, else by what the provider usually takes.

use super::{CellState, Now};
use crate::catalog::entry::Entry;
use crate::catalog::provider::Dataset;
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;
use std::collections::HashMap;

/// A file is called late only when it is this much past its time. Minutes.
const SLACK: i64 = 10;

/// A file is given up at least this long after the run should have been complete. Minutes.
const LEAST_PATIENCE: i64 = 60;

/// Fewest runs whose delays count as measured.
const FEWEST_RUNS: usize = 2;

/// How long after its run each lead time comes.
#[derive(Debug, Default)]
pub(super) struct Delays {
    /// The middle of what was measured, by lead time. Minutes.
    measured: HashMap<LeadTime, i64>,
    /// The longest of them.
    longest: Option<i64>,
}

impl Delays {
    /// What files tell by the time of their last change. The last package of a lead time counts.
    pub(super) fn measured<'a>(dataset: &Dataset, files: impl Iterator<Item = &'a Entry>) -> Self {
        let mut latest: HashMap<(UtcTime, LeadTime), i64> = HashMap::new();
        for entry in files.filter(|entry| entry.is_there()) {
            let (Some(run), Some((first, last)), Some(published)) =
                (entry.values.run, entry.leads(), entry.published)
            else {
                continue;
            };
            let after = published.minutes_since(run);
            let held = dataset.cycle_of(run).map_or(&[][..], |cycle| &cycle.leads);
            let held = held.iter().copied().filter(|lead| first <= *lead && *lead <= last);
            for lead in held.chain((first == last).then_some(first)) {
                let known = latest.entry((run, lead)).or_insert(after);
                *known = after.max(*known);
            }
        }
        let mut by_lead: HashMap<LeadTime, Vec<i64>> = HashMap::new();
        for ((_, lead), after) in latest {
            by_lead.entry(lead).or_default().push(after);
        }
        by_lead.retain(|_, delays| delays.len() >= FEWEST_RUNS);
        let middle = |mut delays: Vec<i64>| {
            delays.sort_unstable();
            delays[delays.len() / 2]
        };
        let measured: HashMap<LeadTime, i64> =
            by_lead.into_iter().map(|(lead, delays)| (lead, middle(delays))).collect();
        let longest = measured.values().copied().max();
        Self { measured, longest }
    }

    /// How a lead time stands of which nothing is there.
    pub(super) fn state_of(
        &self,
        dataset: &Dataset,
        (run, lead): (UtcTime, LeadTime),
        now: Now,
    ) -> CellState {
        let Some(due_after) = self.due_after(dataset, run, lead) else {
            return self.without_delay(dataset, run, now);
        };
        let due = run.plus_minutes(due_after);
        let Now::Steady(time) = now else { return CellState::Expected { at: due } };
        let after = time.minutes_since(run);
        if after < due_after + SLACK {
            return CellState::Expected { at: due };
        }
        if after >= self.given_up_after(dataset).max(due_after) {
            return CellState::Missing;
        }
        due.map_or(CellState::Missing, |since| CellState::Late { since })
    }

    /// Without any delay known, a run older than two days will not come.
    fn without_delay(&self, dataset: &Dataset, run: UtcTime, now: Now) -> CellState {
        let is_old = matches!(now, Now::Steady(time) if time.minutes_since(run) > 2 * 24 * 60);
        if is_old && dataset.cycle_of(run).is_some() {
            CellState::Missing
        } else {
            CellState::Expected { at: None }
        }
    }

    /// From the run's start to that lead time. Minutes.
    pub(super) fn due_after(&self, dataset: &Dataset, run: UtcTime, lead: LeadTime) -> Option<i64> {
        self.measured.get(&lead).copied().or_else(|| usual(dataset, run, lead))
    }

    /// From the run's start to when what lacks is given up. Minutes.
    fn given_up_after(&self, dataset: &Dataset) -> i64 {
        let first = dataset.first_after.unwrap_or(0);
        let complete =
            dataset.complete_after.or(self.longest).unwrap_or(first).max(self.longest.unwrap_or(0));
        complete + (complete - first).max(LEAST_PATIENCE)
    }
}

/// The provider's usual delay: from its first file to its last, lead times come one after the other.
fn usual(dataset: &Dataset, run: UtcTime, lead: LeadTime) -> Option<i64> {
    let first = dataset.first_after?;
    let last = dataset.complete_after.unwrap_or(first);
    let leads = &dataset.cycle_of(run)?.leads;
    let place = leads.partition_point(|&known| known < lead) as i64;
    let steps = (leads.len() as i64 - 1).max(1);
    Some(first + (last - first) * place.min(steps) / steps)
}
