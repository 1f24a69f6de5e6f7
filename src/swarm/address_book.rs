//! Whom to call, when, and whom not again.
//!
//! In: addresses that somebody named, and what came of calls. Out: the addresses to call now: near ones first, then by
//! chance, so that a thousand dead ones do not stand before a good one. Holds at most [`MOST_ADDRESSES`].

use crate::domain::utc::SteadyTime;
use core::net::SocketAddr;
use std::collections::HashMap;
use std::time::Duration;

/// Most addresses that are remembered of one torrent; beyond, new ones take the place of untried ones.
pub const MOST_ADDRESSES: usize = 2_000;

/// First pause after a call that failed; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// Longest pause between two calls of one address.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// How long a peer that is connected otherwise is not called.
const TWICE: Duration = Duration::from_secs(60);

/// An address that failed so often is called no more, unless it is named again.
const MOST_FAILURES: u32 = 6;

/// Who named an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// A person, or a file that they opened.
    Person,
    /// A tracker.
    Tracker,
    /// Another peer.
    Peer,
    /// The distributed hash table.
    Dht,
    /// Somebody on this network who was heard to have the torrent.
    LocalNetwork,
    /// It called by itself.
    Itself,
}

/// How far an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distance {
    /// In a network that this computer is in (/24, /48).
    Near,
    /// Elsewhere.
    Far,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// May be called from then on.
    Waits(SteadyTime),
    Called,
    Connected,
    /// Is not called again, unless nobody else is left.
    SetAside,
    /// Is never called again: it is ourselves, or was wrong too often.
    Banned,
}

#[derive(Clone, Debug)]
struct Entry {
    by: NamedBy,
    distance: Distance,
    state: State,
    failures: u32,
    /// Round trip of the call that succeeded last.
    round_trip: Option<Duration>,
}

/// The addresses of one torrent's peers.
#[derive(Debug)]
pub struct AddressBook {
    entries: HashMap<SocketAddr, Entry>,
    random: fastrand::Rng,
}

impl AddressBook {
    /// An empty book; `seed` sets the order of calls apart from other clients'.
    pub fn new(seed: u64) -> Self {
        Self { entries: HashMap::new(), random: fastrand::Rng::with_seed(seed) }
    }

    /// Somebody named `address`. One that had been given up is given another chance by a tracker or a person.
    pub fn name(&mut self, address: SocketAddr, by: NamedBy, distance: Distance, now: SteadyTime) {
        if let Some(entry) = self.entries.get_mut(&address) {
            let gave_up = entry.failures >= MOST_FAILURES && matches!(entry.state, State::Waits(_));
            if gave_up && by != NamedBy::Peer {
                entry.failures = MOST_FAILURES - 1;
            }
            return;
        }
        if address.port() == 0 || (self.entries.len() >= MOST_ADDRESSES && !self.make_room(by)) {
            return;
        }
        let entry = Entry { by, distance, state: State::Waits(now), failures: 0, round_trip: None };
        self.entries.insert(address, entry);
    }

    /// Drops one that was never tried, or is of no use any more.
    fn make_room(&mut self, by: NamedBy) -> bool {
        let is_spare = |entry: &Entry| match entry.state {
            State::Waits(_) => entry.failures > 0 || (entry.by != NamedBy::Person && by != NamedBy::Peer),
            State::SetAside => true,
            State::Called | State::Connected | State::Banned => false,
        };
        let spare: Vec<SocketAddr> =
            self.entries.iter().filter(|(_, entry)| is_spare(entry)).map(|(a, _)| *a).take(64).collect();
        let Some(dropped) = self.random.choice(&spare) else { return false };
        self.entries.remove(dropped).is_some()
    }

    /// At most so many addresses to call now, which count as called from here on. With nobody else to turn to, those
    /// that were set aside are called again.
    pub fn due(&mut self, most: usize, now: SteadyTime) -> Vec<SocketAddr> {
        if most == 0 {
            return Vec::new();
        }
        let mut due: Vec<(SocketAddr, (bool, Duration, u64))> = self
            .entries
            .iter()
            .filter(|(_, entry)| {
                matches!(entry.state, State::Waits(from) if from <= now) && entry.failures < MOST_FAILURES
            })
            .map(|(address, entry)| {
                let is_far = entry.distance == Distance::Far && entry.by != NamedBy::Person;
                let trip = entry.round_trip.unwrap_or(Duration::from_secs(1));
                (*address, (is_far, trip, self.random.u64(..)))
            })
            .collect();
        if due.len() > most {
            due.select_nth_unstable_by_key(most, |(_, order)| *order);
            due.truncate(most);
        }
        let due: Vec<SocketAddr> = due.into_iter().map(|(address, _)| address).collect();
        for address in &due {
            self.set(*address, State::Called);
        }
        due
    }

    /// When [`due`](Self::due) may name somebody by time alone.
    pub fn next_due(&self) -> Option<SteadyTime> {
        let waiting = self.entries.values().filter(|entry| entry.failures < MOST_FAILURES);
        let times = waiting.filter_map(|entry| match entry.state {
            State::Waits(from) => Some(from),
            _ => None,
        });
        times.min()
    }

    /// A call came to nothing, or a connection that never gave anything ended.
    pub fn on_failed(&mut self, address: SocketAddr, now: SteadyTime) {
        let spread = self.random.f64();
        if let Some(entry) = self.entries.get_mut(&address)
            && entry.state != State::Banned
        {
            entry.failures += 1;
            let pause = FIRST_PAUSE.saturating_mul(1 << (entry.failures - 1).min(10)).min(LONGEST_PAUSE);
            entry.state = State::Waits(now.after(pause.mul_f64(1.0 + spread / 2.0)));
        }
    }

    /// A connection to or from `address` stands; `round_trip` when we called.
    pub fn on_joined(&mut self, address: SocketAddr, round_trip: Option<Duration>) {
        if let Some(entry) = self.entries.get_mut(&address) {
            entry.state = State::Connected;
            entry.failures = 0;
            entry.round_trip = round_trip.or(entry.round_trip);
        }
    }

    /// The same peer is connected otherwise: it is called again when that may be over.
    pub fn on_twice(&mut self, address: SocketAddr, now: SteadyTime) {
        self.set(address, State::Waits(now.after(TWICE)));
    }

    /// A connection that had served ended: it is called again soon.
    pub fn on_left(&mut self, address: SocketAddr, now: SteadyTime) {
        if let Some(entry) = self.entries.get_mut(&address)
            && entry.state == State::Connected
        {
            entry.state = State::Waits(now.after(FIRST_PAUSE));
        }
    }

    /// A connection ended that was of no use to either side, both being done.
    pub fn on_useless(&mut self, address: SocketAddr, now: SteadyTime) {
        self.set(address, State::Waits(now.after(LONGEST_PAUSE)));
    }

    /// It sent what is wrong while others could give the same.
    pub fn set_aside(&mut self, address: SocketAddr) {
        self.set(address, State::SetAside);
    }

    /// It is never to be called again.
    pub fn ban(&mut self, address: SocketAddr) {
        let entry = Entry {
            by: NamedBy::Itself,
            distance: Distance::Far,
            state: State::Banned,
            failures: 0,
            round_trip: None,
        };
        self.entries.entry(address).or_insert(entry).state = State::Banned;
    }

    /// Whether `address` may call us: not while it is banned or set aside.
    pub fn may_call(&self, address: SocketAddr) -> bool {
        let state = self.entries.get(&address).map(|entry| entry.state);
        !matches!(state, Some(State::Banned | State::SetAside))
    }

    /// Those that were set aside are called again: nobody else can give what is missing.
    pub fn take_back(&mut self, now: SteadyTime) {
        for entry in self.entries.values_mut() {
            if entry.state == State::SetAside {
                entry.state = State::Waits(now.after(FIRST_PAUSE));
            }
        }
    }

    /// How many are being called.
    pub fn called(&self) -> usize {
        self.entries.values().filter(|entry| entry.state == State::Called).count()
    }

    /// How many are being called, or will be called without anybody naming them again.
    pub fn hoped(&self) -> usize {
        let is_hoped = |entry: &&Entry| match entry.state {
            State::Called => true,
            State::Waits(_) => entry.failures == 0,
            State::Connected | State::SetAside | State::Banned => false,
        };
        self.entries.values().filter(is_hoped).count()
    }

    /// How many failed and are called again later.
    pub fn failed(&self) -> usize {
        let has_failed = |entry: &&Entry| match entry.state {
            State::Waits(_) => (1..MOST_FAILURES).contains(&entry.failures),
            State::SetAside => true,
            State::Called | State::Connected | State::Banned => false,
        };
        self.entries.values().filter(has_failed).count()
    }

    /// Who named an address first; one that nobody named called by itself.
    pub fn named_by(&self, address: SocketAddr) -> NamedBy {
        self.entries.get(&address).map_or(NamedBy::Itself, |entry| entry.by)
    }

    /// How long the call of an address took that succeeded last.
    pub fn round_trip(&self, address: SocketAddr) -> Option<Duration> {
        self.entries.get(&address).and_then(|entry| entry.round_trip)
    }

    fn set(&mut self, address: SocketAddr, state: State) {
        if let Some(entry) = self.entries.get_mut(&address)
            && entry.state != State::Banned
        {
            entry.state = state;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(secs))
    }

    fn address(number: u16) -> SocketAddr {
        SocketAddr::from(([10, 0, (number >> 8) as u8, number as u8], 6881))
    }

    fn book(addresses: std::ops::Range<u16>) -> AddressBook {
        let mut book = AddressBook::new(1);
        for number in addresses {
            book.name(address(number), NamedBy::Tracker, Distance::Far, at(0));
        }
        book
    }

    #[test]
    fn near_addresses_and_those_of_a_person_are_called_first() {
        let mut book = book(0..50);
        book.name(address(100), NamedBy::Tracker, Distance::Near, at(0));
        book.name(address(101), NamedBy::Person, Distance::Far, at(0));
        let mut first = book.due(2, at(0));
        first.sort_unstable();
        assert_eq!(first, [address(100), address(101)]);
    }

    #[test]
    fn two_clients_call_in_another_order() {
        let order = |seed| {
            let mut book = AddressBook::new(seed);
            (0..50).for_each(|n| book.name(address(n), NamedBy::Tracker, Distance::Far, at(0)));
            book.due(5, at(0))
        };
        assert_ne!(order(1), order(2));
    }

    #[test]
    fn who_does_not_answer_is_called_again_after_longer_and_longer_pauses() {
        let mut book = book(0..1);
        let mut pauses = Vec::new();
        let mut now = at(0);
        while let [called] = book.due(9, now)[..] {
            book.on_failed(called, now);
            let Some(next) = book.next_due() else { break };
            pauses.push(next.since(now));
            now = next;
        }
        assert_eq!(pauses.len(), MOST_FAILURES as usize - 1, "{pauses:?}");
        assert!(pauses.windows(2).all(|pair| pair[1] > pair[0]), "{pauses:?}");
        book.name(address(0), NamedBy::Tracker, Distance::Far, now);
        assert_eq!(book.due(9, now.after(LONGEST_PAUSE * 2)).len(), 1, "named again, it gets another chance");
    }

    #[test]
    fn who_is_done_as_we_are_is_called_again_only_after_the_longest_pause() {
        let mut book = book(0..1);
        assert_eq!(book.due(9, at(0)), [address(0)]);
        book.on_joined(address(0), None);
        book.on_useless(address(0), at(2));
        assert_eq!(book.next_due(), Some(at(2).after(LONGEST_PAUSE)));
    }

    #[test]
    fn a_hundred_thousand_addresses_take_no_more_room_than_two_thousand() {
        let mut book = book(0..0);
        for number in 0..100_000u32 {
            let address = SocketAddr::from(((0x0A00_0000 + number).to_be_bytes(), 6881));
            book.name(address, NamedBy::Tracker, Distance::Far, at(0));
        }
        assert_eq!(book.entries.len(), MOST_ADDRESSES);
    }

    #[test]
    fn who_was_set_aside_is_called_only_when_nobody_else_is_left() {
        let mut book = book(0..1);
        book.due(9, at(0));
        book.on_joined(address(0), None);
        book.set_aside(address(0));
        assert!(!book.may_call(address(0)));
        assert_eq!(book.due(9, at(1_000)), []);
        book.take_back(at(1_000));
        assert_eq!(book.due(9, at(1_003)), [address(0)]);
        book.ban(address(0));
        book.take_back(at(2_000));
        assert_eq!(book.due(9, at(3_000)), []);
    }
}
