//! Which transfers are chosen: by stable id, so that sorting moves nothing under the hand.
//!
//! In: presses and keys on rows in an order. Out: a set of ids, and the row where the keyboard stands.

use crate::app::jobs::request::JobId;
use std::collections::HashSet;

/// The chosen transfers.
#[derive(Clone, Debug, Default)]
pub struct Picks {
    chosen: HashSet<JobId>,
    /// Where the keyboard stands.
    pub cursor: Option<JobId>,
    anchor: Option<JobId>,
}

/// How a row was pointed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowPress {
    /// It alone.
    Alone,
    /// Added or taken away (Ctrl).
    Also,
    /// Everything from the anchor to it (Shift).
    UpTo,
    /// Only the cursor goes there.
    Visit,
}

impl RowPress {
    /// What the keys held down mean for a press.
    pub fn of(modifiers: egui::Modifiers) -> Self {
        match modifiers {
            m if m.shift => Self::UpTo,
            m if m.command => Self::Also,
            _ => Self::Alone,
        }
    }
}

impl Picks {
    /// Whether `id` is chosen.
    pub fn contains(&self, id: JobId) -> bool {
        self.chosen.contains(&id)
    }

    /// How many are chosen.
    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    /// The chosen ones, the one at the cursor first, then by age.
    pub fn ids(&self) -> Vec<JobId> {
        let mut ids: Vec<JobId> = self.chosen.iter().copied().collect();
        ids.sort_unstable_by_key(|id| (Some(*id) != self.cursor, *id));
        ids
    }

    /// A row was pointed at.
    pub fn point(&mut self, order: &[JobId], id: JobId, how: RowPress) {
        match how {
            RowPress::Alone => {
                self.chosen = HashSet::from([id]);
                self.anchor = Some(id);
            }
            RowPress::Also => {
                if !self.chosen.remove(&id) {
                    self.chosen.insert(id);
                }
                self.anchor = Some(id);
            }
            RowPress::UpTo => {
                let anchor = self.anchor.unwrap_or(id);
                let place = |of: JobId| order.iter().position(|one| *one == of);
                if let (Some(a), Some(b)) = (place(anchor), place(id)) {
                    self.chosen = order[a.min(b)..=a.max(b)].iter().copied().collect();
                }
                self.anchor = Some(anchor);
            }
            RowPress::Visit => {}
        }
        self.cursor = Some(id);
    }

    /// Chooses all.
    pub fn all(&mut self, order: &[JobId]) {
        self.chosen = order.iter().copied().collect();
    }

    /// Chooses nothing.
    pub fn clear(&mut self) {
        self.chosen.clear();
        self.anchor = None;
    }

    /// The row `by` steps from the cursor, kept within the list. `None` when the list is empty.
    pub fn step(&self, order: &[JobId], by: isize) -> Option<JobId> {
        let last = order.len().checked_sub(1)?;
        let place = self.cursor.and_then(|cursor| order.iter().position(|id| *id == cursor));
        let place = place.map_or(0, |place| place.saturating_add_signed(by).min(last));
        order.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_reaches_from_the_last_press_and_survives_another_order() {
        let order: Vec<JobId> = (0..10).map(JobId).collect();
        let mut picks = Picks::default();
        picks.point(&order, JobId(2), RowPress::Alone);
        picks.point(&order, JobId(5), RowPress::UpTo);
        assert_eq!(picks.len(), 4);
        picks.point(&order, JobId(3), RowPress::UpTo);
        assert_eq!(picks.ids(), [JobId(3), JobId(2)]);
        picks.point(&order, JobId(9), RowPress::Also);
        assert_eq!(picks.ids(), [JobId(9), JobId(2), JobId(3)]);
    }

    #[test]
    fn steps_stay_within_the_list() {
        let order: Vec<JobId> = (0..3).map(JobId).collect();
        let mut picks = Picks::default();
        assert_eq!(picks.step(&order, 1), Some(JobId(0)));
        picks.point(&order, JobId(1), RowPress::Alone);
        assert_eq!(picks.step(&order, 99), Some(JobId(2)));
        assert_eq!(picks.step(&order, -99), Some(JobId(0)));
        assert_eq!(picks.step(&[], 1), None);
    }
}
