//! When dropped messages are reported, because they came faster than they could be taken in.
//!
//! In: how many were dropped so far, and the time. Out: that number when it is to be reported, not more often than every so long.

use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// What was reported of drops.
#[derive(Debug)]
pub(crate) struct DropWatch {
    pause: Duration,
    reported: u64,
    reported_at: Option<SteadyTime>,
}

impl DropWatch {
    /// Nothing was dropped yet; between two reports lies `pause`.
    pub(crate) const fn new(pause: Duration) -> Self {
        Self { pause, reported: 0, reported_at: None }
    }

    /// `dropped` were so far: that number, when it is to be reported now.
    pub(crate) fn note(&mut self, dropped: u64, now: SteadyTime) -> Option<u64> {
        let may_report = self.reported_at.is_none_or(|last| now.since(last) >= self.pause);
        if dropped <= self.reported || !may_report {
            return None;
        }
        (self.reported, self.reported_at) = (dropped, Some(now));
        Some(dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_are_reported_at_once_then_after_a_pause_and_only_when_there_are_more() {
        let at = |secs| SteadyTime(Duration::from_secs(secs));
        let mut watch = DropWatch::new(Duration::from_secs(60));
        assert_eq!(watch.note(0, at(0)), None);
        assert_eq!(watch.note(3, at(1)), Some(3));
        assert_eq!(watch.note(9, at(60)), None);
        assert_eq!(watch.note(9, at(61)), Some(9));
        assert_eq!(watch.note(9, at(500)), None);
    }
}
