//! What stands in which column: lead times, or valid times so that runs can be held against one another.
//!
//! In: a [`HoursView`]. Out: [`MatrixColumns`], which finds the cell at a row and a column of the screen.

use crate::app::catalog::hours::{HoursView, MatrixCell};
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;

/// What columns stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// Lead times: one column is so far ahead of each run.
    #[default]
    Lead,
    /// Valid times: one column is one moment, whichever run tells of it.
    Valid,
}

/// A run and a lead time.
pub type Slot = (UtcTime, LeadTime);

/// A row and a column of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MatrixPlace {
    /// The run, from the newest.
    pub row: usize,
    /// The column.
    pub column: usize,
}

/// The columns of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatrixColumns {
    /// Lead times, ascending.
    Leads(Vec<LeadTime>),
    /// Valid times, ascending.
    Valids(Vec<UtcTime>),
}

impl MatrixColumns {
    /// The columns of `view` along `axis`.
    pub fn of(view: &HoursView, axis: Axis) -> Self {
        match axis {
            Axis::Lead => Self::Leads(view.columns.clone()),
            Axis::Valid => {
                let mut valids: Vec<UtcTime> = view
                    .rows
                    .iter()
                    .flat_map(|row| view.columns.iter().filter_map(|lead| valid(row.run, *lead)))
                    .collect();
                valids.sort_unstable();
                valids.dedup();
                Self::Valids(valids)
            }
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Leads(leads) => leads.len(),
            Self::Valids(valids) => valids.len(),
        }
    }

    /// The moment for which `column` is valid, for the run at `row`. `None` outside the calendar or the matrix.
    pub fn valid_at(&self, view: &HoursView, place: MatrixPlace) -> Option<UtcTime> {
        match self {
            Self::Leads(leads) => valid(view.rows.get(place.row)?.run, *leads.get(place.column)?),
            Self::Valids(valids) => valids.get(place.column).copied(),
        }
    }

    /// The lead time at a place. `None` when the run has none there.
    pub fn lead_at(&self, view: &HoursView, place: MatrixPlace) -> Option<LeadTime> {
        match self {
            Self::Leads(leads) => leads.get(place.column).copied(),
            Self::Valids(valids) => {
                let minutes = valids.get(place.column)?.minutes_since(view.rows.get(place.row)?.run);
                let lead = LeadTime::from_minutes(minutes);
                view.columns.binary_search(&lead).ok().map(|_| lead)
            }
        }
    }

    /// The run, lead time and cell at a place. `None` when there is none.
    pub fn cell_at<'a>(&self, view: &'a HoursView, place: MatrixPlace) -> Option<(Slot, &'a MatrixCell)> {
        let row = view.rows.get(place.row)?;
        let lead = self.lead_at(view, place)?;
        let index = match self {
            Self::Leads(_) => place.column,
            Self::Valids(_) => view.columns.binary_search(&lead).ok()?,
        };
        Some(((row.run, lead), row.cells.get(index)?))
    }

    /// Where a run and lead time stand. `None` when they do not.
    pub fn place_of(&self, view: &HoursView, (run, lead): Slot) -> Option<MatrixPlace> {
        let row = view.rows.iter().position(|row| row.run == run)?;
        let column = match self {
            Self::Leads(leads) => leads.binary_search(&lead).ok()?,
            Self::Valids(valids) => valids.binary_search(&valid(run, lead)?).ok()?,
        };
        Some(MatrixPlace { row, column })
    }
}

/// When a run's lead time is valid. `None` outside the calendar.
pub fn valid(run: UtcTime, lead: LeadTime) -> Option<UtcTime> {
    run.plus_minutes(lead.minutes())
}
