//! Which announced file is asked for next: files of one lane, by the host that is to give them.
//!
//! In: files that are wanted with their hosts, when each last brought an octet, how each ended. Out: the next file to ask for.
//! Hosts take turns, and each has few places. A fetch that brings nothing leaves its place to others and goes on beside them;
//! hosts that never gave an octet share at most half of what may be open. So hosts that are silent delay nobody but themselves.
//! Start reading at [`LaneQueue::next`].

use super::place::Lane;
use crate::domain::utc::SteadyTime;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// A fetch that brought no octet for so long does not count as brisk.
const SLOW: Duration = Duration::from_secs(2);

/// Hosts that are remembered while nothing of them is wanted.
const MOST_IDLE_HOSTS: usize = 10_000;

/// How much one lane may do at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneLimits {
    /// Fetches that bring octets.
    pub brisk: usize,
    /// Fetches in all, the silent ones included.
    pub open: usize,
    /// Fetches from one host.
    pub per_host: usize,
}

impl LaneLimits {
    /// The limits of a lane.
    pub const fn of(lane: Lane) -> Self {
        match lane {
            Lane::Warnings => Self { brisk: 8, open: 64, per_host: 2 },
            Lane::Observations => Self { brisk: 8, open: 64, per_host: 4 },
            Lane::Models => Self { brisk: 4, open: 24, per_host: 2 },
        }
    }

    /// Fetches from hosts that never gave an octet.
    const fn unproven(self) -> usize {
        self.open.div_ceil(2)
    }
}

/// What is known of a host before it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquaintance {
    /// Its files were fetched for a day, or the person allows any host.
    Known,
    /// It gets one connection at a time.
    New,
}

/// How a fetch ended, as far as it says something of its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostAnswer {
    /// It answered, whatever that was.
    Answered,
    /// It was silent, or too slow.
    Silent,
}

/// A file and the host that is to give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The file.
    pub file: i64,
    /// Host and port; empty for what needs none.
    pub host: Box<str>,
}

#[derive(Debug)]
struct Host {
    waiting: VecDeque<i64>,
    open: usize,
    acquaintance: Acquaintance,
    /// What its last fetch said of it. `None` before the first ended.
    last: Option<HostAnswer>,
    /// Whether it stands in one of the rows.
    is_in_row: bool,
}

impl Host {
    fn places(&self, limits: LaneLimits) -> usize {
        let is_silent = self.last == Some(HostAnswer::Silent);
        if is_silent || self.acquaintance == Acquaintance::New { 1 } else { limits.per_host }
    }

    fn is_proven(&self) -> bool {
        self.last == Some(HostAnswer::Answered)
    }
}

#[derive(Debug)]
struct Open {
    host: Box<str>,
    last_octet: SteadyTime,
    was_proven: bool,
}

/// The files of one lane.
#[derive(Debug)]
pub struct LaneQueue {
    limits: LaneLimits,
    hosts: HashMap<Box<str>, Host>,
    /// Hosts that may be asked, in their turn: those that answered before, and the others.
    proven: VecDeque<Box<str>>,
    unproven: VecDeque<Box<str>>,
    is_turn_of_unproven: bool,
    open: HashMap<i64, Open>,
}

impl LaneQueue {
    /// An empty lane.
    pub fn new(limits: LaneLimits) -> Self {
        Self {
            limits,
            hosts: HashMap::new(),
            proven: VecDeque::new(),
            unproven: VecDeque::new(),
            is_turn_of_unproven: false,
            open: HashMap::new(),
        }
    }

    /// Adds a file behind the others of its host.
    pub fn push(&mut self, turn: Turn, acquaintance: Acquaintance) {
        let host = self.hosts.entry(turn.host.clone()).or_insert_with(|| Host {
            waiting: VecDeque::new(),
            open: 0,
            acquaintance,
            last: None,
            is_in_row: false,
        });
        host.acquaintance = acquaintance;
        host.waiting.push_back(turn.file);
        self.line_up(&turn.host);
    }

    /// The file to ask for now. `None` while none may be.
    pub fn next(&mut self, now: SteadyTime) -> Option<Turn> {
        let brisk = self.open.values().filter(|open| now.since(open.last_octet) < SLOW).count();
        if brisk >= self.limits.brisk || self.open.len() >= self.limits.open {
            return None;
        }
        let of_unproven = self.open.values().filter(|open| !open.was_proven).count();
        let may_be_unproven = of_unproven < self.limits.unproven() && !self.unproven.is_empty();
        let is_unproven = may_be_unproven && (self.is_turn_of_unproven || self.proven.is_empty());
        self.is_turn_of_unproven = !is_unproven;
        let row = if is_unproven { &mut self.unproven } else { &mut self.proven };
        let name = row.pop_front()?;
        let host = self.hosts.get_mut(&name)?;
        host.is_in_row = false;
        let file = host.waiting.pop_front()?;
        host.open += 1;
        let was_proven = host.is_proven();
        self.open.insert(file, Open { host: name.clone(), last_octet: now, was_proven });
        self.line_up(&name);
        Some(Turn { file, host: name })
    }

    /// Notes when a file last brought an octet.
    pub fn note_octet(&mut self, file: i64, at: SteadyTime) {
        if let Some(open) = self.open.get_mut(&file) {
            open.last_octet = open.last_octet.max(at);
        }
    }

    /// Notes that a fetch ended. `None` when nothing can be said of its host.
    pub fn end(&mut self, file: i64, answer: Option<HostAnswer>) {
        let Some(open) = self.open.remove(&file) else { return };
        if let Some(host) = self.hosts.get_mut(&open.host) {
            host.open -= 1;
            host.last = answer.or(host.last);
        }
        self.line_up(&open.host);
        if self.hosts.len() > MOST_IDLE_HOSTS {
            self.hosts.retain(|_, host| host.open > 0 || !host.waiting.is_empty());
        }
    }

    /// Files under way.
    pub fn open_files(&self) -> impl Iterator<Item = i64> {
        self.open.keys().copied()
    }

    /// Whether any file waits.
    pub fn has_waiting(&self) -> bool {
        !self.proven.is_empty() || !self.unproven.is_empty()
    }

    /// Puts a host in its row, when something of it waits and it has a place.
    fn line_up(&mut self, name: &str) {
        let limits = self.limits;
        let Some(host) = self.hosts.get_mut(name) else { return };
        if host.is_in_row || host.waiting.is_empty() || host.open >= host.places(limits) {
            return;
        }
        host.is_in_row = true;
        let row = if host.is_proven() { &mut self.proven } else { &mut self.unproven };
        row.push_back(name.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(secs))
    }

    fn turn(file: i64, host: &str) -> Turn {
        Turn { file, host: host.into() }
    }

    fn lane() -> LaneQueue {
        LaneQueue::new(LaneLimits { brisk: 4, open: 16, per_host: 2 })
    }

    fn take(queue: &mut LaneQueue, now: u64) -> Vec<i64> {
        std::iter::from_fn(|| queue.next(at(now))).map(|turn| turn.file).collect()
    }

    #[test]
    fn silent_hosts_leave_their_places_to_others_after_two_seconds() {
        let mut queue = lane();
        (0..4).for_each(|n| queue.push(turn(n, &format!("silent{n}")), Acquaintance::Known));
        assert_eq!(take(&mut queue, 0), [0, 1, 2, 3]);
        queue.push(turn(9, "good"), Acquaintance::Known);
        assert_eq!(take(&mut queue, 1), [] as [i64; 0], "four that may still answer");
        assert_eq!(take(&mut queue, 2), [9]);
    }

    #[test]
    fn a_host_has_few_places_and_others_go_before_the_rest_of_its_files() {
        let mut queue = lane();
        (0..1_000).for_each(|n| queue.push(turn(n, "flood"), Acquaintance::Known));
        queue.push(turn(5_000, "other"), Acquaintance::Known);
        assert_eq!(take(&mut queue, 0), [0, 5_000, 1]);
        queue.end(0, Some(HostAnswer::Answered));
        assert_eq!(take(&mut queue, 1), [2]);
    }

    #[test]
    fn a_new_host_and_one_that_was_silent_get_one_connection() {
        let mut queue = lane();
        (0..3).for_each(|n| queue.push(turn(n, "new"), Acquaintance::New));
        assert_eq!(take(&mut queue, 0), [0]);
        queue.end(0, Some(HostAnswer::Answered));
        assert_eq!(take(&mut queue, 0), [1]);
        let mut queue = lane();
        (0..4).for_each(|n| queue.push(turn(n, "known"), Acquaintance::Known));
        assert_eq!(take(&mut queue, 0), [0, 1]);
        queue.end(0, Some(HostAnswer::Silent));
        queue.end(1, Some(HostAnswer::Silent));
        assert_eq!(take(&mut queue, 30), [2]);
    }

    #[test]
    fn hosts_that_never_answered_share_half_of_what_may_be_open() {
        let mut queue = lane();
        queue.push(turn(-1, "good"), Acquaintance::Known);
        assert_eq!(take(&mut queue, 0), [-1]);
        queue.end(-1, Some(HostAnswer::Answered));
        (0..1_000).for_each(|n| queue.push(turn(n, &format!("silent{n}")), Acquaintance::Known));
        let asked: usize = (0..20).map(|step| take(&mut queue, 10 * step).len()).sum();
        assert_eq!(asked, 8, "half of sixteen");
        queue.push(turn(-2, "good"), Acquaintance::Known);
        assert_eq!(take(&mut queue, 200), [-2]);
    }

    #[test]
    fn a_flood_of_a_host_that_answers_does_not_hold_up_a_new_host() {
        let mut queue = lane();
        queue.push(turn(-1, "busy"), Acquaintance::Known);
        take(&mut queue, 0);
        queue.end(-1, Some(HostAnswer::Answered));
        (0..100).for_each(|n| queue.push(turn(n, "busy"), Acquaintance::Known));
        queue.push(turn(500, "fresh"), Acquaintance::Known);
        assert!(take(&mut queue, 1).contains(&500));
    }

    #[test]
    fn a_fetch_that_brings_octets_keeps_its_place() {
        let mut queue = LaneQueue::new(LaneLimits { brisk: 1, open: 4, per_host: 2 });
        queue.push(turn(1, "a"), Acquaintance::Known);
        queue.push(turn(2, "b"), Acquaintance::Known);
        assert_eq!(take(&mut queue, 0), [1]);
        queue.note_octet(1, at(9));
        assert_eq!(take(&mut queue, 10), [] as [i64; 0]);
        queue.end(1, Some(HostAnswer::Answered));
        assert_eq!(take(&mut queue, 10), [2]);
    }
}
