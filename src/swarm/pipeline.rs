//! How many blocks to ask of one peer at a time, and when it is stuck.
//!
//! In: what was asked, came or was lost, and choking, each with its time. Out: room for more requests.
//! The window is what came in the last second and a few blocks more: each block that comes makes room for another one
//! on top, so that it doubles with every way there and back until the peer gives no faster, and falls as the peer slows.

use super::BLOCK_LENGTH;
use super::pace::SmoothedRate;
use crate::domain::utc::SteadyTime;
use std::time::Duration;

/// Asked of a peer however slow it is.
const LEAST: usize = 4;

/// Asked of a peer however fast it is: 8 MiB.
const MOST: usize = 500;

/// Asked of a peer that answers at once, however fast it is: 2 MiB are enough there, and what is on its way is lost when
/// the program ends without a word.
const MOST_NEAR: usize = 128;

/// Who answers our call within this time is near: on this computer or in this network.
const NEAR: Duration = Duration::from_millis(2);

/// Asked of a peer that does not say how many requests it takes.
const USUAL: usize = 250;

/// So long may a peer that was asked give nothing.
const PATIENCE: Duration = Duration::from_secs(5);

/// Nothing is said of a peer's pace before that.
const SEEN: Duration = Duration::from_secs(3);

/// What a peer gives in that time is asked of it at once: ten parts of a tenth of a second.
const PARTS: usize = 10;
const PART: Duration = Duration::from_millis(100);

/// Octets that came in the last second.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    parts: [u32; PARTS],
    /// The number of the newest part since the clock began.
    newest: u64,
}

impl Recent {
    fn part_of(now: SteadyTime) -> u64 {
        (now.0.as_millis() / PART.as_millis()) as u64
    }

    fn add(&mut self, octets: u32, now: SteadyTime) {
        let part = Self::part_of(now).max(self.newest);
        for skipped in (self.newest + 1..=part).take(PARTS) {
            self.parts[(skipped % PARTS as u64) as usize] = 0;
        }
        self.newest = part;
        let sum = &mut self.parts[(part % PARTS as u64) as usize];
        *sum = sum.saturating_add(octets);
    }

    fn octets(&self, now: SteadyTime) -> u64 {
        let part = Self::part_of(now).max(self.newest);
        let oldest = (part + 1).saturating_sub(PARTS as u64);
        let still = oldest..=self.newest;
        still.map(|part| u64::from(self.parts[(part % PARTS as u64) as usize])).sum()
    }
}

/// Requests to one peer.
#[derive(Clone, Debug)]
pub struct Pipeline {
    most: usize,
    /// Whether the peer answers at once.
    is_near: bool,
    /// Blocks asked that neither came nor were lost.
    out: usize,
    is_choked: bool,
    unchoked: SteadyTime,
    /// Since when a peer that does not choke owes the next block.
    owes_since: Option<SteadyTime>,
    /// Let requests lie: it gets one at a time until it gives.
    is_on_trial: bool,
    has_asked: bool,
    has_given: bool,
    recent: Recent,
    pace: SmoothedRate,
}

impl Pipeline {
    /// For a peer that just joined: it chokes.
    pub fn new(now: SteadyTime) -> Self {
        Self {
            most: USUAL,
            is_near: false,
            out: 0,
            is_choked: true,
            unchoked: now,
            owes_since: None,
            is_on_trial: false,
            has_asked: false,
            has_given: false,
            recent: Recent::default(),
            pace: SmoothedRate::new(now),
        }
    }

    /// How many requests the peer says it takes (`reqq`).
    pub fn peer_takes(&mut self, requests: u32) {
        self.most = (requests as usize).clamp(LEAST, MOST);
    }

    /// How long our call took to be answered.
    pub fn answered_after(&mut self, round_trip: Duration) {
        self.is_near = round_trip < NEAR;
    }

    /// So many blocks were asked.
    pub fn on_asked(&mut self, blocks: usize, now: SteadyTime) {
        if blocks == 0 {
            return;
        }
        self.out += blocks;
        self.has_asked = true;
        if !self.is_choked {
            self.owes_since.get_or_insert(now);
        }
    }

    /// A block came that was asked.
    pub fn on_block(&mut self, octets: u32, now: SteadyTime) {
        self.out = self.out.saturating_sub(1);
        self.has_given = true;
        self.is_on_trial = false;
        self.recent.add(octets, now);
        self.pace.add(octets, now);
        self.owes_since = (self.out > 0 && !self.is_choked).then_some(now);
    }

    /// So many of the blocks that were asked will not come: choked away, rejected, cancelled, or given to others since
    /// the peer is stuck.
    pub fn on_lost(&mut self, blocks: usize, now: SteadyTime) {
        self.is_on_trial |= self.is_stuck(now);
        self.out = self.out.saturating_sub(blocks);
        if self.out == 0 {
            self.owes_since = None;
        }
    }

    /// The peer gives nothing for now. What it was asked is not lost until [`Self::on_lost`] says so.
    pub fn on_choked(&mut self, now: SteadyTime) {
        // One that unchokes, takes requests and chokes without giving would bind many blocks each time.
        self.is_on_trial |= self.is_stuck(now) || (!self.is_choked && self.has_asked && !self.has_given);
        self.is_choked = true;
        self.owes_since = None;
    }

    /// The peer gives from now on.
    pub fn on_unchoked(&mut self, now: SteadyTime) {
        if self.is_choked {
            self.has_asked = self.out > 0;
            self.has_given = false;
            self.unchoked = now;
        }
        self.is_choked = false;
        self.owes_since = (self.out > 0).then_some(now);
    }

    /// How many more blocks to ask now; none of a peer that chokes.
    pub fn room(&self, now: SteadyTime) -> usize {
        if self.is_choked { 0 } else { self.window(now).saturating_sub(self.out) }
    }

    fn window(&self, now: SteadyTime) -> usize {
        if self.is_on_trial {
            return 1;
        }
        let recent = self.recent.octets(now) / u64::from(BLOCK_LENGTH);
        let most = if self.is_near { self.most.min(MOST_NEAR) } else { self.most };
        (LEAST + recent as usize).min(most)
    }

    /// Whether it does not choke, was asked and gave nothing for five seconds: what it was asked goes to others.
    pub fn is_stuck(&self, now: SteadyTime) -> bool {
        self.stuck_at().is_some_and(|at| now >= at)
    }

    /// When it will be stuck unless a block comes before.
    pub fn stuck_at(&self) -> Option<SteadyTime> {
        self.owes_since.map(|since| since.after(PATIENCE))
    }

    /// Whether it let requests lie and gave nothing since: it gets one at a time.
    pub fn is_on_trial(&self) -> bool {
        self.is_on_trial
    }

    /// Whether what it was asked takes it more than five seconds at its present pace.
    pub fn is_slow(&self, now: SteadyTime) -> bool {
        let has_been_seen = now.since(self.unchoked) >= SEEN;
        let asked = self.out as f64 * f64::from(BLOCK_LENGTH);
        has_been_seen
            && self.owes_since.is_some()
            && asked > self.pace.per_second(now) * PATIENCE.as_secs_f64()
    }

    /// Octets a second that it gives, over the last ten seconds or so.
    pub fn per_second(&self, now: SteadyTime) -> f64 {
        self.pace.per_second(now)
    }

    /// Blocks that it was asked for.
    pub fn out(&self) -> usize {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> SteadyTime {
        SteadyTime(Duration::from_millis(millis))
    }

    fn unchoked(millis: u64) -> Pipeline {
        let mut pipeline = Pipeline::new(at(millis));
        pipeline.peer_takes(2_000);
        pipeline.on_unchoked(at(millis));
        pipeline
    }

    fn ask(pipeline: &mut Pipeline, now: SteadyTime) -> usize {
        let room = pipeline.room(now);
        pipeline.on_asked(room, now);
        room
    }

    /// Asks as much as it may and lets a peer answer at a rate, after the way there and back. Returns the window.
    fn run(pipeline: &mut Pipeline, from: u64, millis: u64, per_second: f64, way: u64) -> usize {
        let mut due = std::collections::VecDeque::new();
        let mut last = from as f64;
        for now in from..from + millis {
            while due.front().is_some_and(|time| *time <= now as f64) {
                due.pop_front();
                pipeline.on_block(BLOCK_LENGTH, at(now));
            }
            for _ in 0..ask(pipeline, at(now)) {
                last = last.max((now + way) as f64) + 1e3 * f64::from(BLOCK_LENGTH) / per_second;
                due.push_back(last);
            }
        }
        let window = pipeline.out();
        pipeline.on_lost(window, at(from + millis));
        window
    }

    #[test]
    fn a_fast_peer_is_asked_for_the_most_within_a_few_ways_there_and_back() {
        let mut pipeline = unchoked(0);
        assert_eq!(pipeline.room(at(0)), 4);
        assert_eq!(run(&mut pipeline, 0, 30, 600e6, 1), 500);
        let mut far = unchoked(0);
        assert_eq!(run(&mut far, 0, 900, 100e6, 100), 500);
    }

    #[test]
    fn a_slow_peer_is_asked_for_what_it_gives_in_a_second_and_four_blocks() {
        let mut pipeline = unchoked(0);
        // 2 Mbit/s are fifteen blocks a second.
        let window = run(&mut pipeline, 0, 10_000, 250e3, 20);
        assert!((16..22).contains(&window), "{window}");
        let window = run(&mut pipeline, 10_000, 40_000, 25e3, 20);
        assert!((4..7).contains(&window), "{window}");
    }

    #[test]
    fn no_peer_is_asked_for_more_than_it_takes() {
        let mut pipeline = unchoked(0);
        pipeline.peer_takes(50);
        assert_eq!(run(&mut pipeline, 0, 100, 600e6, 1), 50);
        pipeline.peer_takes(0);
        assert_eq!(run(&mut pipeline, 100, 100, 600e6, 1), 4);
    }

    #[test]
    fn a_peer_that_answers_at_once_is_asked_for_two_mebibytes_at_most() {
        let mut pipeline = unchoked(0);
        pipeline.answered_after(Duration::from_micros(300));
        assert_eq!(run(&mut pipeline, 0, 100, 600e6, 1), 128);
        pipeline.peer_takes(50);
        assert_eq!(run(&mut pipeline, 100, 100, 600e6, 1), 50);
    }

    #[test]
    fn a_peer_that_chokes_is_asked_for_nothing() {
        let mut pipeline = Pipeline::new(at(0));
        assert_eq!((pipeline.room(at(0)), pipeline.stuck_at()), (0, None));
        pipeline.on_unchoked(at(10));
        assert_eq!(ask(&mut pipeline, at(10)), 4);
        pipeline.on_choked(at(20));
        assert_eq!((pipeline.room(at(20)), pipeline.stuck_at()), (0, None));
    }

    #[test]
    fn a_peer_that_gives_nothing_for_five_seconds_is_stuck_and_then_on_trial() {
        let mut pipeline = unchoked(0);
        ask(&mut pipeline, at(1_000));
        pipeline.on_block(16_384, at(2_000));
        assert_eq!(pipeline.stuck_at(), Some(at(7_000)));
        assert!(!pipeline.is_stuck(at(6_999)) && pipeline.is_stuck(at(7_000)));
        pipeline.on_lost(pipeline.out(), at(7_000));
        assert!(!pipeline.is_stuck(at(7_000)) && pipeline.is_on_trial());
        assert_eq!((ask(&mut pipeline, at(7_000)), pipeline.room(at(7_000))), (1, 0));
        assert!(pipeline.is_stuck(at(12_000)));
        pipeline.on_block(16_384, at(12_500));
        assert!(!pipeline.is_on_trial() && pipeline.room(at(12_500)) >= 4);
    }

    #[test]
    fn a_peer_that_was_asked_for_nothing_is_never_stuck() {
        let mut pipeline = unchoked(0);
        assert!(!pipeline.is_stuck(at(60_000)));
        ask(&mut pipeline, at(60_000));
        for _ in 0..4 {
            pipeline.on_block(16_384, at(60_100));
        }
        assert!(!pipeline.is_stuck(at(600_000)));
    }

    #[test]
    fn a_peer_that_unchokes_and_chokes_without_giving_is_asked_for_one_block_at_a_time() {
        let mut pipeline = unchoked(0);
        assert_eq!(ask(&mut pipeline, at(0)), 4);
        for turn in 1..10 {
            pipeline.on_choked(at(turn * 100));
            pipeline.on_lost(pipeline.out(), at(turn * 100));
            pipeline.on_unchoked(at(turn * 100 + 50));
            assert_eq!(ask(&mut pipeline, at(turn * 100 + 50)), 1);
        }
        pipeline.on_block(16_384, at(2_000));
        pipeline.on_choked(at(2_100));
        pipeline.on_unchoked(at(2_200));
        assert!(pipeline.room(at(2_200)) >= 4);
    }

    #[test]
    fn a_peer_is_slow_when_what_it_was_asked_takes_it_more_than_five_seconds() {
        let mut pipeline = unchoked(0);
        run(&mut pipeline, 0, 10_000, 250e3, 20);
        ask(&mut pipeline, at(10_000));
        assert!(!pipeline.is_slow(at(10_000)));
        let mut slow = unchoked(0);
        run(&mut slow, 0, 20_000, 8e3, 20);
        ask(&mut slow, at(20_000));
        assert!(slow.is_slow(at(20_000)));
        assert!(slow.per_second(at(20_000)) < 12e3);
    }
}
