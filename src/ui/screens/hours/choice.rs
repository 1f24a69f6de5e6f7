//! What is chosen on the matrix: by pointer, by keys, by presets.
//!
//! In: places and how they were pointed at. Out: a set of runs and lead times. Only what can be got can be chosen.
//! Start reading at [`Choice::begin`].

use super::axis::{MatrixColumns, MatrixPlace, Slot};
use crate::app::catalog::hours::{HoursView, KnownSize, MatrixCell, MatrixCellState};
use crate::domain::utc::UtcTime;
use std::collections::BTreeSet;

/// What is chosen, and from where it is being extended.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    slots: BTreeSet<Slot>,
    /// Where the keyboard stands, and the end of a span that moves.
    pub cursor: Option<Slot>,
    anchor: Option<Slot>,
    /// What was chosen before the span that is being drawn.
    base: BTreeSet<Slot>,
    sweep: Sweep,
}

/// How a span changes what was chosen before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sweep {
    /// It is added.
    #[default]
    Add,
    /// It is taken away.
    TakeAway,
}

/// How a place was pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellPress {
    /// It alone.
    Alone,
    /// Added to what is chosen, or taken from it (Ctrl).
    Also,
    /// Everything from the anchor to it (Shift).
    UpTo,
}

/// Whether a cell in that state can be chosen.
pub fn can_be_chosen(state: MatrixCellState) -> bool {
    matches!(
        state,
        MatrixCellState::Available
            | MatrixCellState::PartlyHere
            | MatrixCellState::Here
            | MatrixCellState::Failed
    )
}

impl Choice {
    /// What is chosen, run by run.
    pub fn slots(&self) -> &BTreeSet<Slot> {
        &self.slots
    }

    /// Chooses nothing.
    pub fn clear(&mut self) {
        self.slots.clear();
        self.base.clear();
        self.anchor = None;
    }

    /// Chooses exactly these.
    pub fn set(&mut self, slots: BTreeSet<Slot>) {
        self.clear();
        self.cursor = slots.first().copied().or(self.cursor);
        self.slots = slots;
    }

    /// Drops what `view` does not have any more.
    pub fn keep_to(&mut self, view: &HoursView, leads: &MatrixColumns) {
        self.slots.retain(|slot| {
            let place = leads.place_of(view, *slot);
            place
                .and_then(|place| leads.cell_at(view, place))
                .is_some_and(|(_, cell)| can_be_chosen(cell.state))
        });
    }

    /// A span begins at `place`.
    pub fn begin(
        &mut self,
        (view, columns): (&HoursView, &MatrixColumns),
        place: MatrixPlace,
        how: CellPress,
    ) {
        let Some((slot, _)) = columns.cell_at(view, place) else { return };
        let was_chosen = self.slots.contains(&slot);
        match how {
            CellPress::Alone => {
                // Pointing once more at the only one that is chosen lets go of it.
                self.sweep = if was_chosen && self.slots.len() == 1 { Sweep::TakeAway } else { Sweep::Add };
                self.base.clear();
                self.anchor = Some(slot);
            }
            CellPress::Also => {
                self.sweep = if was_chosen { Sweep::TakeAway } else { Sweep::Add };
                self.base.clone_from(&self.slots);
                self.anchor = Some(slot);
            }
            CellPress::UpTo => {
                self.sweep = Sweep::Add;
                self.anchor = self.anchor.or(self.cursor).or(Some(slot));
            }
        }
        self.reach((view, columns), place);
    }

    /// The span reaches to `place` now.
    pub fn reach(&mut self, (view, columns): (&HoursView, &MatrixColumns), place: MatrixPlace) {
        let Some(anchor) = self.anchor.and_then(|slot| columns.place_of(view, slot)) else { return };
        if let Some((slot, _)) = columns.cell_at(view, place) {
            self.cursor = Some(slot);
        }
        let span = span((view, columns), anchor, place);
        self.slots = match self.sweep {
            Sweep::Add => self.base.union(&span).copied().collect(),
            Sweep::TakeAway => self.base.difference(&span).copied().collect(),
        };
    }

    /// Adds `slots`, or takes them away when all are chosen; alone when nothing else is to stay.
    pub fn toggle(&mut self, slots: BTreeSet<Slot>, how: CellPress) {
        if how == CellPress::Alone {
            self.set(slots);
        } else if slots.is_subset(&self.slots) {
            self.slots = self.slots.difference(&slots).copied().collect();
        } else {
            self.slots.extend(slots);
        }
    }

    /// The size of all that is chosen, as far as the cells say.
    pub fn size(&self, view: &HoursView, leads: &MatrixColumns) -> KnownSize {
        let cells = self.slots.iter().filter_map(|slot| {
            let place = leads.place_of(view, *slot)?;
            leads.cell_at(view, place).map(|(_, cell)| cell.size)
        });
        cells.reduce(KnownSize::plus).unwrap_or_default()
    }
}

/// What can be chosen in the rectangle between two places.
fn span((view, columns): (&HoursView, &MatrixColumns), a: MatrixPlace, b: MatrixPlace) -> BTreeSet<Slot> {
    let rows = a.row.min(b.row)..=a.row.max(b.row);
    let across = a.column.min(b.column)..=a.column.max(b.column);
    let places = rows.flat_map(|row| across.clone().map(move |column| MatrixPlace { row, column }));
    choosable((view, columns), places)
}

/// What can be chosen among `places`.
fn choosable(
    (view, columns): (&HoursView, &MatrixColumns),
    places: impl Iterator<Item = MatrixPlace>,
) -> BTreeSet<Slot> {
    let cells = places.filter_map(|place| columns.cell_at(view, place));
    cells.filter(|(_, cell): &(Slot, &MatrixCell)| can_be_chosen(cell.state)).map(|(slot, _)| slot).collect()
}

/// Everything of one run that can be chosen.
pub fn run_of(view: &HoursView, columns: &MatrixColumns, row: usize) -> BTreeSet<Slot> {
    choosable((view, columns), (0..columns.count()).map(|column| MatrixPlace { row, column }))
}

/// Everything in one column that can be chosen.
pub fn column_of(view: &HoursView, columns: &MatrixColumns, column: usize) -> BTreeSet<Slot> {
    choosable((view, columns), (0..view.rows.len()).map(|row| MatrixPlace { row, column }))
}

/// Everything that can be chosen.
pub fn everything(view: &HoursView, columns: &MatrixColumns) -> BTreeSet<Slot> {
    (0..view.rows.len()).flat_map(|row| run_of(view, columns, row)).collect()
}

/// The newest run that has anything, up to 24 hours ahead.
pub fn latest_run(view: &HoursView, leads: &MatrixColumns) -> BTreeSet<Slot> {
    let runs = (0..view.rows.len()).map(|row| run_of(view, leads, row));
    let mut newest = runs.into_iter().find(|slots| !slots.is_empty()).unwrap_or_default();
    newest.retain(|(_, lead)| (0..=24 * 60).contains(&lead.minutes()));
    newest
}

/// The day that [`whole_day`] means: that of `now`, or the last day that has data when it has none. `None` without data.
pub fn day_meant(view: &HoursView, now: UtcTime) -> Option<UtcTime> {
    let day = |time: UtcTime| time.unix_seconds().div_euclid(86_400);
    let mut latest: Option<UtcTime> = None;
    for row in &view.rows {
        let cells = row.cells.iter().zip(&view.columns);
        for (_, lead) in cells.filter(|(cell, _)| can_be_chosen(cell.state)) {
            let Some(time) = super::axis::valid(row.run, *lead) else { continue };
            if day(time) == day(now) {
                return Some(now);
            }
            latest = latest.max(Some(time));
        }
    }
    latest
}

/// Each valid hour of [`day_meant`] from the newest run that has it.
pub fn whole_day(view: &HoursView, leads: &MatrixColumns, now: UtcTime) -> BTreeSet<Slot> {
    let Some(wanted) = day_meant(view, now) else { return BTreeSet::new() };
    let day = |time: UtcTime| time.unix_seconds().div_euclid(86_400);
    let mut newest = std::collections::BTreeMap::new();
    for (run, lead) in everything(view, leads) {
        // Runs ascend, so a later one replaces what an earlier one told of the same moment.
        if let Some(time) = super::axis::valid(run, lead).filter(|time| day(*time) == day(wanted)) {
            newest.insert(time, (run, lead));
        }
    }
    newest.into_values().collect()
}

#[cfg(test)]
mod tests;
