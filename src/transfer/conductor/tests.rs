//! The conductor in a made world: servers and peers with habits, in steps of ten milliseconds of made time.

mod beside_peers;
mod lacking;
mod slow;

use super::*;
use crate::domain::content::{ContentFile, Layout};
use crate::domain::safe_path::SafePath;
use crate::domain::source::SourceKind;
use crate::swarm::pieces::PieceSet;
use crate::transfer::fallback::Policy;
use crate::transfer::http_source::{FilesOffered, HttpSourceBrief, PartsHope};
use crate::transfer::retry::RetryPolicy;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const MIB: u64 = 1 << 20;
const STEP: Duration = Duration::from_millis(10);

/// What a made server does.
#[derive(Clone, Copy, PartialEq)]
enum Habit {
    /// Serves so many octets a second.
    Good(u64),
    /// Serves, but every n-th piece is wrong.
    Corrupt(u32),
    /// Says no.
    Status(u16),
    /// Sends 64 KiB and falls silent.
    Stalls,
    /// Closes after 3 MiB of each answer.
    Truncates,
    /// Answers every range with the whole file.
    IgnoresRanges,
    /// Never answers.
    Silent,
}

/// What made peers do.
#[derive(Clone, Copy)]
struct Peers {
    per_second: u64,
    /// They fall silent after so many octets.
    until: u64,
    /// Wrong data only.
    are_hostile: bool,
}

struct Running {
    source: SourceId,
    at: u64,
    end: u64,
    has_answered: bool,
    sent: u64,
}

struct World {
    layout: Arc<Layout>,
    habits: Vec<Habit>,
    peers: Option<Peers>,
    conductor: Conductor,
    ledger: Ledger,
    now: SteadyTime,
    running: BTreeMap<FetchId, Running>,
    /// Pieces that the swarm believes to be missing; `None` while it does not run.
    swarm: Option<BTreeSet<u32>>,
    swarm_received: u64,
    swarm_dropped: u64,
    swarm_credit: u64,
    /// What peers hold; all when `None`.
    holding: Option<PieceSet>,
    /// The pieces that fall to us in a crowd, and how many others there are.
    crowd: Option<(PieceSet, usize)>,
    /// Pieces that were asked of servers, in order.
    fetched: Vec<u32>,
    received: u64,
    requests: usize,
    most_at_once: usize,
    left_alone: usize,
    handed_over: Vec<usize>,
    end: Option<Order>,
}

fn layout(file_lengths: &[u64]) -> Arc<Layout> {
    let mut start = 0;
    let files = file_lengths.iter().map(|&length| {
        let file = ContentFile {
            path: SafePath::from_name("f"),
            published: Vec::new(),
            start,
            length: ByteCount(length),
            is_padding: false,
        };
        start += length;
        file
    });
    Arc::new(Layout::new("run".to_owned(), files.collect(), MIB).expect("a sound layout"))
}

fn good() -> Habit {
    Habit::Good(200 * MIB)
}

fn peers(per_second: u64) -> Peers {
    Peers { per_second, until: u64::MAX, are_hostile: false }
}

impl World {
    fn new(policy: Policy, file_lengths: &[u64], habits: &[Habit], peers: Option<Peers>) -> Self {
        Self::told(policy, file_lengths, habits, peers, |_| {})
    }

    /// A world whose conductor is told otherwise in what `change` does to its brief.
    fn told(
        policy: Policy,
        file_lengths: &[u64],
        habits: &[Habit],
        peers: Option<Peers>,
        change: impl FnOnce(&mut Brief),
    ) -> Self {
        let layout = layout(file_lengths);
        let sources = (0..habits.len()).map(|number| HttpSourceBrief {
            id: SourceId { kind: SourceKind::WebSeed, number: number as u16 },
            host: format!("host{number}"),
            files: FilesOffered::All,
            parts: PartsHope::Possible,
            retry: RetryPolicy::default(),
        });
        let mut brief = Brief {
            grid: ContentGrid::Pieces(layout.clone()),
            want: RangeSet::from_iter(ByteRange::at(0, layout.total().0)),
            whole_files: (0..file_lengths.len()).collect(),
            sources: sources.collect(),
            swarm: if peers.is_some() { SwarmHope::Possible } else { SwarmHope::None },
            policy,
            target: None,
            patience: Duration::from_secs(20),
            connections_per_host: 2,
            seed: 1,
        };
        change(&mut brief);
        let now = SteadyTime::default();
        Self {
            layout,
            habits: habits.to_vec(),
            peers,
            conductor: Conductor::new(brief, now),
            ledger: Ledger::new(),
            now,
            running: BTreeMap::new(),
            swarm: None,
            swarm_received: 0,
            swarm_dropped: 0,
            swarm_credit: 0,
            holding: None,
            crowd: None,
            fetched: Vec::new(),
            received: 0,
            requests: 0,
            most_at_once: 0,
            left_alone: 0,
            handed_over: Vec::new(),
            end: None,
        }
    }

    fn of_64_mib(policy: Policy, habits: &[Habit], peers: Option<Peers>) -> Self {
        Self::new(policy, &[64 * MIB], habits, peers)
    }

    /// Lets made time pass until the transfer is over, or for at most so many seconds.
    fn run(mut self, at_most_secs: u64) -> Self {
        self.tell(Fact::Begun);
        let mut steps = 0u64;
        while self.end.is_none() && self.now < SteadyTime(Duration::from_secs(at_most_secs)) {
            self.now = self.now.after(STEP);
            let fetches: Vec<FetchId> = self.running.keys().copied().collect();
            for fetch in fetches {
                self.step_fetch(fetch);
            }
            self.step_peers();
            steps += 1;
            if steps.is_multiple_of(25) {
                self.look_at_swarm();
                self.tell(Fact::Tick);
            }
        }
        self
    }

    fn tell(&mut self, fact: Fact) {
        for order in self.conductor.on(fact, &mut self.ledger, self.now) {
            assert!(self.end.is_none(), "{order:?} after the end");
            match order {
                Order::Fetch { id, source, range, .. } => {
                    self.requests += 1;
                    self.fetched.extend(self.layout.pieces_of(range));
                    let (at, end) = (range.start(), range.end());
                    let running = Running { source, at, end, has_answered: false, sent: 0 };
                    self.running.insert(id, running);
                    self.most_at_once = self.most_at_once.max(self.running.len());
                }
                Order::Shorten(fetch, end) => {
                    if let Some(running) = self.running.get_mut(&fetch) {
                        running.end = end;
                    }
                }
                Order::Cancel(fetch) => {
                    self.running.remove(&fetch);
                }
                Order::StartSwarm => self.start_swarm(),
                // The made world has no host that could be told: it is only counted.
                Order::LeaveAlone { .. } => self.left_alone += 1,
                Order::HandOver(file) => self.handed_over.push(file),
                Order::Complete | Order::Fail => self.end = Some(order),
            }
        }
    }

    fn start_swarm(&mut self) {
        let pieces = 0..self.layout.pieces();
        let is_missing =
            |piece: &u32| self.layout.piece_range(*piece).is_some_and(|r| !self.ledger.is_held(r));
        self.swarm = Some(pieces.filter(is_missing).collect());
        self.look_at_swarm();
    }

    fn look_at_swarm(&mut self) {
        let Some(peers) = self.peers.filter(|_| self.swarm.is_some()) else { return };
        let are_gone = self.swarm_received >= peers.until;
        self.tell(Fact::SwarmSeen(SwarmSeen {
            trackers_told: 1,
            peers_hoped: 1,
            peers_live: usize::from(!are_gone),
            received: ByteCount(self.swarm_received),
            wasted: ByteCount(self.swarm_dropped),
            offers: Some(Arc::new(self.offers(if are_gone { None } else { Some(peers) }))),
            trouble: peers.are_hostile.then(|| Reason::WrongData { pieces: vec![0] }),
            ..SwarmSeen::default()
        }));
    }

    fn step_peers(&mut self) {
        let Some(peers) = self.peers else { return };
        if self.swarm.is_none() || self.swarm_received >= peers.until {
            return;
        }
        self.swarm_credit += peers.per_second / 100;
        while self.swarm_credit >= MIB {
            let Some(piece) = self.next_of_peers() else { return };
            self.swarm_credit -= MIB;
            self.swarm_received += MIB;
            self.received += MIB;
            let range = self.layout.piece_range(piece).expect("a piece");
            if peers.are_hostile {
                self.swarm.as_mut().expect("it runs").insert(piece);
                self.swarm_credit = 0;
            } else if self.ledger.is_held(range) {
                self.swarm_dropped += MIB;
            } else {
                self.tell(Fact::Held { range, source: SourceId::SWARM });
            }
        }
    }

    /// The next piece that peers give: what HTTP is fetching comes last.
    fn next_of_peers(&mut self) -> Option<u32> {
        let asked = self.conductor.asked();
        let missing = self.swarm.as_ref()?;
        let missing: BTreeSet<u32> = match &self.holding {
            Some(holding) => missing.iter().copied().filter(|piece| holding.has(*piece)).collect(),
            None => missing.clone(),
        };
        let is_free = |piece: &&u32| {
            self.layout.piece_range(**piece).is_some_and(|r| !asked.touches(r) && !self.ledger.is_held(r))
        };
        let next = missing.iter().find(is_free).or_else(|| missing.first()).copied()?;
        self.swarm.as_mut()?.take(&next)
    }

    fn offers(&self, peers: Option<Peers>) -> Offers {
        let pieces = self.layout.pieces();
        let mut offered = PieceSet::all(pieces);
        match &self.holding {
            _ if peers.is_none_or(|peers| peers.are_hostile) => offered = PieceSet::none(pieces),
            Some(holding) => offered.clone_from(holding),
            None => {}
        }
        let (mine, others) = self.crowd.clone().unwrap_or((PieceSet::all(pieces), 0));
        Offers { offered, in_flight: PieceSet::none(pieces), mine, others }
    }

    fn step_fetch(&mut self, fetch: FetchId) {
        let Some(running) = self.running.get_mut(&fetch) else { return };
        let habit = self.habits[usize::from(running.source.number)];
        let per_second = match habit {
            Habit::Good(rate) => rate,
            _ => 200 * MIB,
        };
        match habit {
            Habit::Silent => return,
            Habit::Status(503) => return self.end_fetch(fetch, Reason::Busy { status: 503, wait: None }),
            Habit::Status(status) => return self.end_fetch(fetch, Reason::Status(status)),
            Habit::Stalls if running.sent >= 65_536 => return,
            _ => {}
        }
        if !running.has_answered {
            running.has_answered = true;
            let ignores = habit == Habit::IgnoresRanges;
            if ignores {
                running.at = 0;
                running.end = self.layout.total().0;
            }
            return self.tell(if ignores { Fact::WholeBody(fetch) } else { Fact::Answered(fetch) });
        }
        let limit = match habit {
            Habit::Stalls => 65_536,
            Habit::Truncates => 3 * MIB,
            _ => u64::MAX,
        };
        let step = (per_second / 100).min(running.end - running.at).min(limit - running.sent.min(limit));
        let before = running.at;
        running.at += step;
        running.sent += step;
        let (source, at) = (running.source, running.at);
        self.received += step;
        self.tell(Fact::Received(fetch, ByteCount(step)));
        let finished = if at == self.layout.total().0 { at.div_ceil(MIB) } else { at / MIB };
        for piece in before / MIB..finished {
            self.finish_piece(fetch, source, piece as u32);
        }
        let Some(running) = self.running.get(&fetch) else { return };
        if running.at >= running.end {
            self.running.remove(&fetch);
            self.tell(Fact::Ended { fetch, reason: None, lost: ByteCount::ZERO });
        } else if habit == Habit::Truncates && running.sent >= limit {
            self.end_fetch(fetch, Reason::Closed);
        }
    }

    fn finish_piece(&mut self, fetch: FetchId, source: SourceId, piece: u32) {
        let range = self.layout.piece_range(piece).expect("a piece");
        let is_wrong =
            matches!(self.habits[usize::from(source.number)], Habit::Corrupt(n) if piece.is_multiple_of(n));
        self.tell(match (is_wrong, self.ledger.is_held(range)) {
            (true, _) => Fact::Wrong { fetch, range },
            (false, true) => Fact::HeldAlready { range, source },
            (false, false) => Fact::Held { range, source },
        });
    }

    fn end_fetch(&mut self, fetch: FetchId, reason: Reason) {
        let lost = self.running.remove(&fetch).map_or(0, |running| running.at % MIB);
        self.tell(Fact::Ended { fetch, reason: Some(reason), lost: ByteCount(lost) });
    }

    fn by_kind(&self, kind: SourceKind) -> u64 {
        self.ledger.by_kind(&RangeSet::from_iter(ByteRange::at(0, self.layout.total().0))).get(kind).0
    }

    #[track_caller]
    fn assert_complete(&self, within_secs: f64) {
        assert_eq!(
            self.end,
            Some(Order::Complete),
            "ended at {:?} with {:?}",
            self.now,
            self.conductor.troubles()
        );
        let most = self.layout.total().0 * 12 / 10;
        assert!(self.received <= most, "{} MiB received", self.received / MIB);
        assert!(self.now.0.as_secs_f64() <= within_secs, "took {:?}", self.now);
        assert!(self.running.is_empty(), "a fetch was left running");
    }

    #[track_caller]
    fn assert_fails_with(&self, within_secs: f64, reason: &Reason) {
        assert_eq!(self.end, Some(Order::Fail), "ended at {:?}", self.now);
        assert!(self.now.0.as_secs_f64() <= within_secs, "took {:?}", self.now);
        let troubles = self.conductor.troubles();
        assert!(troubles.iter().any(|(_, why)| why.key() == reason.key()), "{troubles:?}");
    }
}

#[test]
fn a_web_seed_alone_gives_a_gibibyte_in_few_requests() {
    let world = World::new(Policy::SwarmFirst, &[1024 * MIB], &[good()], None).run(60);
    world.assert_complete(4.0);
    assert!(world.requests <= 128, "{} requests", world.requests);
    assert_eq!(world.most_at_once, 2, "two connections to a host, not more");
}

#[test]
fn a_missing_file_at_one_source_does_not_hinder_another() {
    World::of_64_mib(Policy::Fastest, &[Habit::Status(404), good()], None).run(60).assert_complete(1.0);
}

#[test]
fn a_busy_source_does_not_hinder_another() {
    World::of_64_mib(Policy::Fastest, &[Habit::Status(503), good()], None).run(60).assert_complete(1.0);
}

#[test]
fn a_silent_source_is_overtaken() {
    World::of_64_mib(Policy::Fastest, &[Habit::Silent, good()], None).run(60).assert_complete(3.0);
    World::of_64_mib(Policy::Fastest, &[Habit::Stalls, good()], None).run(60).assert_complete(3.0);
}

#[test]
fn a_slow_source_gives_its_tail_to_a_fast_one() {
    let slow = Habit::Good(MIB);
    let world = World::of_64_mib(Policy::Fastest, &[slow, good()], None).run(60);
    world.assert_complete(6.0);
    assert!(world.by_kind(SourceKind::WebSeed) == 64 * MIB);
}

#[test]
fn a_source_that_closes_early_is_used_for_what_it_gives() {
    World::of_64_mib(Policy::Fastest, &[Habit::Truncates], None).run(60).assert_complete(30.0);
}

#[test]
fn a_server_without_ranges_gives_the_file_in_one_answer() {
    let world = World::of_64_mib(Policy::Fastest, &[Habit::IgnoresRanges], None).run(60);
    world.assert_complete(1.0);
    assert_eq!(world.requests, 1);
}

#[test]
fn a_source_of_wrong_data_is_left_for_a_good_one() {
    World::of_64_mib(Policy::Fastest, &[Habit::Corrupt(1), good()], None).run(60).assert_complete(1.0);
    World::of_64_mib(Policy::Fastest, &[Habit::Corrupt(7), good()], None).run(60).assert_complete(1.0);
    World::of_64_mib(Policy::Fastest, &[Habit::Corrupt(1)], Some(peers(30 * MIB)))
        .run(60)
        .assert_complete(3.0);
}

#[test]
fn the_only_source_gives_every_piece_that_it_has_right() {
    let world = World::of_64_mib(Policy::Fastest, &[Habit::Corrupt(8)], None).run(60);
    world.assert_fails_with(20.0, &Reason::WrongData { pieces: Vec::new() });
    assert_eq!(world.by_kind(SourceKind::WebSeed), 56 * MIB);
    assert!(world.received <= 64 * MIB * 12 / 10);
}

#[test]
fn without_a_good_source_the_transfer_ends_by_itself_and_names_the_reason() {
    let wrong = Reason::WrongData { pieces: Vec::new() };
    World::of_64_mib(Policy::Fastest, &[Habit::Corrupt(1)], None).run(60).assert_fails_with(10.0, &wrong);
    World::of_64_mib(Policy::Fastest, &[Habit::Status(404)], None)
        .run(60)
        .assert_fails_with(1.0, &Reason::Status(404));
    World::of_64_mib(Policy::Fastest, &[Habit::Silent], None)
        .run(60)
        .assert_fails_with(36.0, &Reason::NoAnswer);
    World::of_64_mib(Policy::Fastest, &[Habit::Stalls], None)
        .run(60)
        .assert_fails_with(36.0, &Reason::Stalled);
}

#[test]
fn each_file_is_handed_over_as_soon_as_it_is_whole() {
    let lengths = [10 * MIB + 5, 0, 7 * MIB, 20 * MIB];
    let world = World::new(Policy::SwarmFirst, &lengths, &[Habit::Good(20 * MIB)], None).run(60);
    world.assert_complete(4.0);
    assert_eq!(
        (world.handed_over[0], world.handed_over[3]),
        (1, 3),
        "the empty one at once, the last one last"
    );
}

#[test]
fn only_what_is_wanted_and_missing_is_fetched() {
    let want = RangeSet::from_iter([
        ByteRange::at(5 * MIB, 3 * MIB).expect("a range"),
        ByteRange::at(40 * MIB, MIB).expect("a range"),
    ]);
    let mut world = World::told(Policy::SwarmFirst, &[64 * MIB], &[good()], None, |brief| {
        brief.want = want;
        brief.whole_files.clear();
    });
    world.ledger.hold(ByteRange::at(6 * MIB, MIB).expect("a range"), SourceId::DISK);
    let world = world.run(60);
    world.assert_complete(1.0);
    assert_eq!((world.received, world.handed_over.len()), (3 * MIB, 0));
}
