//! When the view of announcements is shown again: soon while it is visible, seldom while it is hidden, never while nothing changed.
//!
//! In: what a person looks at, that something changed, the time. Out: when the view is due.

use crate::app::mesh::view::{ListFlow, MeshSight};
use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// How long one view is shown at least, and how long at most while somebody looks and nothing comes.
const REFRESH: Duration = Duration::from_millis(250);
const STALE: Duration = Duration::from_secs(20);

/// How long a view is shown at least while another screen is looked at: only figures of brokers are seen then.
const REFRESH_UNSEEN: Duration = Duration::from_secs(2);

/// What is looked at, and since when it is shown.
#[derive(Debug)]
pub(crate) struct ViewPace {
    /// What a person looks at. `None` while another screen is shown.
    pub(crate) sight: Option<MeshSight>,
    /// The last message of a paused view.
    pub(crate) until: Option<u64>,
    is_dirty: bool,
    shown_at: SteadyTime,
}

impl ViewPace {
    /// It is not visible yet.
    pub(crate) const fn new(now: SteadyTime) -> Self {
        Self { sight: None, until: None, is_dirty: true, shown_at: now }
    }

    /// The person looks at something else; `heard` messages were taken in so far.
    pub(crate) fn look(&mut self, sight: Option<MeshSight>, heard: u64) {
        let is_paused = sight.as_ref().is_some_and(|sight| sight.flow == ListFlow::Paused);
        self.until = match (is_paused, self.until) {
            (false, _) => None,
            (true, Some(until)) => Some(until),
            (true, None) => Some(heard.saturating_sub(1)),
        };
        self.sight = sight;
    }

    /// Something changed that is in the view.
    pub(crate) fn note_change(&mut self) {
        self.is_dirty = true;
    }

    /// Messages came: a paused view stays as it is.
    pub(crate) fn note_messages(&mut self) {
        let is_paused = self.sight.as_ref().is_some_and(|sight| sight.flow == ListFlow::Paused);
        self.is_dirty |= !is_paused;
    }

    /// It is shown now.
    pub(crate) fn note_shown(&mut self, now: SteadyTime) {
        (self.is_dirty, self.shown_at) = (false, now);
    }

    /// When it is to be shown again; `are_heard` says whether any broker is listened to.
    pub(crate) fn due(&self, are_heard: impl FnOnce() -> bool) -> Option<SteadyTime> {
        match (&self.sight, self.is_dirty) {
            (Some(_), true) => Some(self.shown_at.after(REFRESH)),
            (None, true) => Some(self.shown_at.after(REFRESH_UNSEEN)),
            // Rates fade and silence grows while nothing comes.
            (Some(sight), false) if sight.flow == ListFlow::Live && are_heard() => {
                Some(self.shown_at.after(STALE))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SteadyTime {
        SteadyTime(Duration::from_millis(millis))
    }

    #[test]
    fn a_change_is_shown_soon_to_who_looks_and_later_to_who_does_not() {
        let mut pace = ViewPace::new(at(0));
        assert_eq!(pace.due(|| true), Some(at(2_000)));
        pace.look(Some(MeshSight::default()), 0);
        assert_eq!(pace.due(|| true), Some(at(250)));
        pace.note_shown(at(250));
        assert_eq!(pace.due(|| true), Some(at(20_250)), "silence grows");
        assert_eq!(pace.due(|| false), None);
        pace.look(None, 0);
        assert_eq!(pace.due(|| true), None);
    }

    #[test]
    fn a_paused_view_stays_at_the_message_at_which_it_was_paused() {
        let paused = || Some(MeshSight { flow: ListFlow::Paused, ..MeshSight::default() });
        let mut pace = ViewPace::new(at(0));
        pace.look(paused(), 7);
        pace.note_shown(at(0));
        pace.note_messages();
        assert_eq!((pace.until, pace.due(|| true)), (Some(6), None));
        pace.look(paused(), 90);
        assert_eq!(pace.until, Some(6));
        pace.note_change();
        assert_eq!(pace.due(|| true), Some(at(250)));
        pace.look(Some(MeshSight::default()), 90);
        assert_eq!(pace.until, None);
    }
}
