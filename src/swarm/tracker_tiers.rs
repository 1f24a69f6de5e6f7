//! Which trackers of a torrent are asked, and which of them are waited for (BEP 12).
//!
//! In: its tiers, and how each tracker stands. Out: the trackers to ask, and how many a transfer still hopes for.
//!
//! BEP 12 asks the trackers of a tier one after the other, and the next tier only when none of the one before answers. Clients
//! differ: libtorrent does so unless told otherwise, qBittorrent asks all tiers and one tracker of each, µTorrent did the same.
//! A swarm whose members each stay with the first tracker that answers them falls apart into as many swarms as there are
//! trackers. Here all trackers of all tiers are asked at once: peers of each part are found, nobody waits for a dead tracker
//! before the next is asked, and who asks one tracker alone finds us there. What the tiers still say is which trackers stand for
//! each other: once one has answered, the silent ones of its tier are not waited for. Start reading at [`TrackerTiers::of`].

use crate::catalog::tracker::{TrackerUrl, each_once};
use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// How long trackers of other tiers are waited for after the first ask, once any has answered: a live one answers within a
/// second, a dead one is asked for half a minute.
pub const LATE: Duration = Duration::from_secs(3);

/// How a tracker stands, for who waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackerAnswer {
    /// It has not answered yet.
    Awaited,
    /// It answered.
    Given,
    /// It failed, and is asked again much later.
    Failed,
}

/// The trackers of a torrent, each once, with their tiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackerTiers(Vec<(TrackerUrl, usize)>);

impl TrackerTiers {
    /// Those of a torrent. One that speaks both protocols on one port is asked once.
    pub fn of(tiers: &[Vec<TrackerUrl>]) -> Self {
        let tier_of = |tracker: &TrackerUrl| tiers.iter().position(|tier| tier.contains(tracker));
        let asked = each_once(tiers.iter().flatten());
        Self(asked.into_iter().filter_map(|tracker| Some((tracker.clone(), tier_of(&tracker)?))).collect())
    }

    /// Trackers none of which stands for another.
    pub fn apart(trackers: impl IntoIterator<Item = TrackerUrl>) -> Self {
        Self(trackers.into_iter().enumerate().map(|(tier, tracker)| (tracker, tier)).collect())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Asks none of `others`: they are told in another way.
    pub fn leave_out(&mut self, others: &[TrackerUrl]) {
        self.0.retain(|(tracker, _)| !others.contains(tracker));
    }

    /// The trackers that are asked, all at once.
    pub fn asked(&self) -> impl Iterator<Item = &TrackerUrl> {
        self.0.iter().map(|(tracker, _)| tracker)
    }

    /// How many are waited for, of which each stands as `answer_of` says; they were asked at `since`.
    pub fn awaited(
        &self,
        answer_of: impl Fn(&TrackerUrl) -> TrackerAnswer,
        since: SteadyTime,
        now: SteadyTime,
    ) -> usize {
        let answers: Vec<(usize, TrackerAnswer)> =
            self.0.iter().map(|(tracker, tier)| (*tier, answer_of(tracker))).collect();
        let is_given = |of: Option<usize>| {
            answers.iter().any(|(tier, answer)| {
                *answer == TrackerAnswer::Given && of.is_none_or(|wanted| wanted == *tier)
            })
        };
        let is_late = is_given(None) && now.since(since) >= LATE;
        let is_awaited = |&&(tier, answer): &&(usize, TrackerAnswer)| {
            answer == TrackerAnswer::Awaited && !is_late && !is_given(Some(tier))
        };
        answers.iter().filter(is_awaited).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TrackerAnswer::{Awaited, Failed, Given};

    fn tracker(name: &str) -> TrackerUrl {
        TrackerUrl::parse(&format!("udp://{name}.example:6969/announce")).expect("a tracker")
    }

    fn tiers(of: &[&[&str]]) -> TrackerTiers {
        let tiers: Vec<Vec<TrackerUrl>> =
            of.iter().map(|tier| tier.iter().map(|name| tracker(name)).collect()).collect();
        TrackerTiers::of(&tiers)
    }

    fn awaited(tiers: &TrackerTiers, standing: &[(&str, TrackerAnswer)], seconds: u64) -> usize {
        let answer_of = |of: &TrackerUrl| {
            standing.iter().find(|(name, _)| tracker(name) == *of).map_or(Awaited, |(_, answer)| *answer)
        };
        tiers.awaited(answer_of, SteadyTime::default(), SteadyTime(Duration::from_secs(seconds)))
    }

    #[test]
    fn every_tracker_of_every_tier_is_asked_at_once() {
        let asked: Vec<String> = tiers(&[&["a", "b"], &["c"]]).asked().map(ToString::to_string).collect();
        assert_eq!(asked, ["a", "b", "c"].map(|name| tracker(name).to_string()));
        let both = ["http://t.example:6969/announce", "udp://t.example:6969/announce"];
        let both = both.map(|url| TrackerUrl::parse(url).expect("a tracker"));
        assert_eq!(TrackerTiers::of(&[both.to_vec()]).asked().count(), 1);
    }

    #[test]
    fn while_none_has_answered_all_are_waited_for() {
        let two = tiers(&[&["a", "b"], &["c"]]);
        assert_eq!(awaited(&two, &[], 60), 3);
        assert_eq!(awaited(&two, &[("a", Failed)], 60), 2);
        assert_eq!(awaited(&two, &[("a", Failed), ("b", Failed), ("c", Failed)], 0), 0);
    }

    #[test]
    fn a_silent_tracker_is_not_waited_for_beside_one_of_its_tier_that_answered() {
        let one = tiers(&[&["a", "b", "c"]]);
        assert_eq!(awaited(&one, &[("b", Given)], 0), 0);
        assert_eq!(awaited(&one, &[("b", Failed)], 0), 2);
    }

    #[test]
    fn other_tiers_are_waited_for_a_few_seconds_once_any_tracker_answered() {
        let two = tiers(&[&["a"], &["b"], &["c"]]);
        assert_eq!(awaited(&two, &[("a", Given)], 2), 2);
        assert_eq!(awaited(&two, &[("a", Given)], 3), 0);
        let apart = TrackerTiers::apart(["a", "b"].map(tracker));
        assert_eq!((awaited(&apart, &[("a", Given)], 2), awaited(&apart, &[("a", Given)], 3)), (1, 0));
    }
}
