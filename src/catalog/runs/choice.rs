//! Which run is meant by "latest", "the latest complete one" or a time, and which of its files.
//!
//! In: words, the table of [`Hours`], and the time. Out: a run, or why there is none; what can never come is refused
//! before anything is asked for.

use super::{CellState, Hours};
use crate::catalog::provider::Dataset;
use crate::domain::lead_time::{LeadSelection, LeadTime};
use crate::domain::utc::UtcTime;
use std::collections::BTreeSet;

/// Which run a person wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunWish {
    /// The newest of which anything that is wanted is there.
    Latest,
    /// The newest of which everything that is wanted is there.
    LatestComplete,
    /// The one that starts then.
    At(UtcTime),
    /// All that start between these times, both included.
    Between(UtcTime, UtcTime),
}

/// Why a wish cannot be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRun {
    /// Nothing of it is there yet.
    #[error("not yet published")]
    NotYet {
        /// When it is due. `None` when unknown.
        due: Option<UtcTime>,
    },
    /// Whether it is there is not known: who would tell could not be asked.
    #[error("not known: its listing could not be read")]
    Unknown {
        /// The run.
        run: UtcTime,
    },
    /// The provider no longer keeps it.
    #[error("no longer kept: only runs since {oldest} are")]
    PastRetention {
        /// The oldest that may still be there.
        oldest: UtcTime,
    },
    /// No run starts at that time.
    #[error("no run starts at {time}")]
    NoSuchRun {
        /// The time.
        time: UtcTime,
    },
}

impl RunWish {
    /// Reads `latest`, `latest-complete`, a time (`2026-11-20T06:00:00Z`, `2026-11-20T06Z`, `2026112006`,
    /// `202611200600`) or two times with `..` between them. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "latest" => Some(Self::Latest),
            "latest-complete" => Some(Self::LatestComplete),
            _ => match text.split_once("..") {
                Some((first, last)) => {
                    let (first, last) = (time_of(first)?, time_of(last)?);
                    (first <= last).then_some(Self::Between(first, last))
                }
                None => time_of(text).map(Self::At),
            },
        }
    }

    /// The wish in words that [`parse`](Self::parse) reads.
    pub fn to_words(self) -> String {
        match self {
            Self::Latest => "latest".to_owned(),
            Self::LatestComplete => "latest-complete".to_owned(),
            Self::At(run) => run.to_string(),
            Self::Between(first, last) => format!("{first}..{last}"),
        }
    }

    /// Refuses, before anything is asked for, what can never come.
    ///
    /// # Errors
    /// [`NoRun::PastRetention`] and [`NoRun::NoSuchRun`].
    pub fn check(self, dataset: &Dataset, now: UtcTime) -> Result<(), NoRun> {
        let (first, last) = match self {
            Self::Latest | Self::LatestComplete => return Ok(()),
            Self::At(time) => (time, time),
            Self::Between(first, last) => (first, last),
        };
        if dataset.is_past_retention(first, now) {
            let oldest = dataset.retention.and_then(|retention| now.plus_minutes(-retention));
            return Err(NoRun::PastRetention { oldest: oldest.unwrap_or(now) });
        }
        let is_known = dataset.cycles.is_empty() || first != last || dataset.cycle_of(first).is_some();
        if is_known { Ok(()) } else { Err(NoRun::NoSuchRun { time: first }) }
    }

    /// The runs that are meant, of those in the table.
    ///
    /// # Errors
    /// [`NoRun::NotYet`] when there is none yet, [`NoRun::Unknown`] when nobody could be asked.
    pub fn runs_in(self, hours: &Hours, leads: Option<&LeadSelection>) -> Result<Vec<UtcTime>, NoRun> {
        let is_wanted = |at: usize| leads.is_none_or(|leads| leads.contains(hours.leads[at]));
        let cells = |row: &super::RunRow| -> Vec<CellState> {
            let wanted = row.cells.iter().enumerate().filter(|(at, _)| is_wanted(*at));
            wanted.filter_map(|(_, cell)| cell.map(|cell| cell.state)).collect()
        };
        let has_any = |row: &super::RunRow| cells(row).contains(&CellState::Published);
        let has_all = |row: &super::RunRow| {
            let cells = cells(row);
            !cells.is_empty() && cells.iter().all(|state| *state == CellState::Published)
        };
        let is_meant = |row: &&super::RunRow| match self {
            Self::Latest => has_any(row),
            Self::LatestComplete => has_all(row),
            Self::At(time) => row.run == time && has_any(row),
            Self::Between(first, last) => (first..=last).contains(&row.run) && has_any(row),
        };
        let meant = hours.rows.iter().filter(is_meant).map(|row| row.run);
        let runs: Vec<UtcTime> = match self {
            Self::Between(..) => meant.collect(),
            Self::Latest | Self::LatestComplete | Self::At(_) => meant.take(1).collect(),
        };
        if !runs.is_empty() {
            return Ok(runs);
        }
        let is_other = |row: &super::RunRow| matches!(self, Self::At(time) if time != row.run);
        let rows = || hours.rows.iter().filter(|row| !is_other(row));
        if let Some(row) = rows().find(|row| cells(row).iter().any(is_unknown)) {
            return Err(NoRun::Unknown { run: row.run });
        }
        Err(NoRun::NotYet { due: rows().filter_map(|row| due_of(&cells(row))).min() })
    }

    /// A newer run than those that were picked as the latest, of which nobody could be asked.
    pub fn newer_unknown_in(self, hours: &Hours, runs: &[UtcTime]) -> Option<UtcTime> {
        let is_latest = matches!(self, Self::Latest | Self::LatestComplete);
        let picked = runs.first().filter(|_| is_latest)?;
        let newer = hours.rows.iter().filter(|row| row.run > *picked);
        newer.filter(|row| row.unknown() > 0).map(|row| row.run).next()
    }

    /// What lacks of `runs` for the wanted lead times. `None` when nothing does; what is missing or was withdrawn
    /// counts too, without a time at which it is due.
    pub fn lacking_in(hours: &Hours, runs: &[UtcTime], leads: Option<&LeadSelection>) -> Option<NoRun> {
        let rows = hours.rows.iter().filter(|row| runs.contains(&row.run));
        let is_wanted = |at: usize| leads.is_none_or(|leads| leads.contains(hours.leads[at]));
        let lacking: Vec<(UtcTime, CellState)> = rows
            .flat_map(|row| row.cells.iter().enumerate().map(move |(at, cell)| (row.run, at, cell)))
            .filter(|(_, at, _)| is_wanted(*at))
            .filter_map(|(run, _, cell)| cell.map(|cell| (run, cell.state)))
            .filter(|(_, state)| *state != CellState::Published)
            .collect();
        if let Some((run, _)) = lacking.iter().find(|(_, state)| is_unknown(state)) {
            return Some(NoRun::Unknown { run: *run });
        }
        let lacking: Vec<CellState> = lacking.into_iter().map(|(_, state)| state).collect();
        (!lacking.is_empty()).then(|| NoRun::NotYet { due: due_of(&lacking) })
    }
}

/// The wanted lead times that some of `runs` has not, yet or any more.
pub fn leads_lacking_in(
    hours: &Hours,
    runs: &[UtcTime],
    leads: Option<&LeadSelection>,
) -> BTreeSet<LeadTime> {
    let rows = hours.rows.iter().filter(|row| runs.contains(&row.run));
    let cells = rows.flat_map(|row| hours.leads.iter().zip(&row.cells));
    let lacks = cells.filter(|(lead, cell)| {
        leads.is_none_or(|leads| leads.contains(**lead))
            && cell.as_ref().is_some_and(|cell| cell.state != CellState::Published)
    });
    lacks.map(|(lead, _)| *lead).collect()
}

fn is_unknown(state: &CellState) -> bool {
    matches!(state, CellState::Unknown { .. })
}

/// When the first of what lacks is due.
fn due_of(states: &[CellState]) -> Option<UtcTime> {
    let due = states.iter().filter_map(|state| match *state {
        CellState::Expected { at } => at,
        CellState::Late { since } => Some(since),
        _ => None,
    });
    due.min()
}

fn time_of(text: &str) -> Option<UtcTime> {
    let text = text.trim();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_time = text.chars().all(|c| c.is_ascii_digit() || "-T:Z ".contains(c));
    if !is_time {
        return None;
    }
    let number = |at: usize| digits.get(at..at + 2).and_then(|pair| pair.parse().ok()).unwrap_or(0);
    let year = digits.get(..4)?.parse().ok()?;
    matches!(digits.len(), 10 | 12 | 14)
        .then(|| UtcTime::from_civil([year, number(4), number(6), number(8), number(10), number(12)]))?
}
