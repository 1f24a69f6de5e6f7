//! What HTTP fetches while peers are there: in a crowd the publisher sends each piece about once.

use super::*;

/// Peers that hold so much and give so fast, beside a publisher that gives so fast.
fn beside(holding: PieceSet, peers_give: u64, publisher_gives: u64) -> World {
    let peers = Peers { per_second: peers_give, until: u64::MAX, are_hostile: false };
    let mut world = World::of_64_mib(Policy::SwarmFirst, &[Habit::Good(publisher_gives)], Some(peers));
    world.holding = Some(holding);
    world
}

#[test]
fn what_no_connected_peer_holds_is_fetched_at_once_and_nothing_else() {
    let holding = PieceSet::of(64, |piece| piece >= 8);
    let world = beside(holding, 20 * MIB, 200 * MIB).run(60);
    world.assert_complete(5.0);
    let fetched: BTreeSet<u32> = world.fetched.iter().copied().collect();
    assert_eq!(fetched, (0..8).collect());
}

#[test]
fn two_clients_that_start_together_fetch_other_pieces() {
    let order = |seed| {
        let mut world = beside(PieceSet::none(64), 0, MIB / 2);
        world.conductor.random = fastrand::Rng::with_seed(seed);
        world.run(4).fetched
    };
    let (one, other) = (order(1), order(2));
    assert!(one.len() >= 2 && one.len() <= 12, "{one:?}");
    assert_ne!(one, other);
}

#[test]
fn a_request_beside_peers_is_no_longer_than_what_a_second_brings() {
    let mut world = beside(PieceSet::none(64), 0, 8 * MIB);
    world.tell(Fact::Begun);
    let mut longest = 0;
    for step in 0..1_000u32 {
        world.now = world.now.after(STEP);
        let fetches: Vec<FetchId> = world.running.keys().copied().collect();
        fetches.into_iter().for_each(|fetch| world.step_fetch(fetch));
        longest =
            longest.max(world.running.values().map(|running| running.end - running.at).max().unwrap_or(0));
        if step.is_multiple_of(10) {
            world.look_at_swarm();
            world.tell(Fact::Tick);
        }
    }
    assert!(longest <= 18 * MIB, "{} MiB", longest / MIB);
    assert_eq!(world.end, Some(Order::Complete));
}

#[test]
fn a_long_range_is_cut_short_when_peers_come() {
    let mut world = beside(PieceSet::none(64), 0, MIB);
    world.tell(Fact::Begun);
    // Nobody is there yet, and no tracker is asked any more: HTTP takes all it can.
    world.tell(Fact::SwarmSeen(SwarmSeen::default()));
    for _ in 0..600 {
        world.now = world.now.after(STEP);
        let fetches: Vec<FetchId> = world.running.keys().copied().collect();
        fetches.into_iter().for_each(|fetch| world.step_fetch(fetch));
    }
    let left = |world: &World| world.running.values().map(|running| running.end - running.at).sum::<u64>();
    let before = left(&world);
    world.swarm = Some(BTreeSet::new());
    world.look_at_swarm();
    let after = left(&world);
    assert!(before > 8 * MIB && after <= 6 * MIB, "{before} {after}");
}

/// As [`beside`], in a crowd of so many others, of which pieces below `mine` fall to us.
fn in_crowd(others: usize, mine: u32) -> World {
    let mut world = beside(PieceSet::of(64, |piece| piece >= 32), 20 * MIB, 4 * MIB);
    world.crowd = Some((PieceSet::of(64, |piece| piece < mine), others));
    world
}

#[test]
fn in_a_crowd_the_publisher_is_asked_first_for_what_falls_to_us() {
    let world = in_crowd(20, 4).run(1);
    assert!(!world.fetched.is_empty() && world.fetched.iter().all(|piece| *piece < 4), "{:?}", world.fetched);
}

#[test]
fn in_a_crowd_a_client_has_one_request_at_a_time() {
    assert_eq!(in_crowd(20, 4).run(2).most_at_once, 1);
    assert_eq!(in_crowd(0, 64).run(2).most_at_once, 2);
}

#[test]
fn while_much_is_lacking_a_client_goes_on_with_what_falls_to_others() {
    let world = in_crowd(2, 4).run(3);
    assert!(world.fetched.iter().any(|piece| *piece >= 4), "{:?}", world.fetched);
}

#[test]
fn what_others_leave_is_fetched_after_three_seconds_without_progress() {
    let before = in_crowd(20, 0).run(2);
    assert_eq!(before.requests, 0);
    let world = in_crowd(20, 0).run(60);
    world.assert_complete(60.0);
    assert_eq!(world.fetched.iter().copied().collect::<BTreeSet<u32>>(), (0..32).collect());
}

#[test]
fn peers_that_have_just_come_are_asked_what_they_hold_before_the_publisher_is() {
    let mut world = in_crowd(0, 64);
    world.tell(Fact::Begun);
    for step in 1..=30 {
        world.now = world.now.after(STEP);
        if step % 10 == 0 {
            world.look_at_swarm();
        }
        let first_moment = world.now < SteadyTime(Duration::from_millis(200));
        assert!(!first_moment || world.requests == 0, "{:?}", world.now);
    }
    for _ in 0..60 {
        world.now = world.now.after(STEP);
        world.look_at_swarm();
    }
    assert!(world.requests > 0);
}

#[test]
fn peers_that_are_there_and_give_nothing_are_not_said_to_be_absent() {
    let silent = Peers { per_second: 0, until: u64::MAX, are_hostile: false };
    let world = World::of_64_mib(Policy::SwarmOnly, &[], Some(silent)).run(60);
    world.assert_fails_with(25.0, &Reason::PeersSilent(Duration::ZERO));
}

/// What is said of peers after some seconds, of which they gave for so many.
fn said_of_peers(gave_for: u64, seconds: u64, trouble: Option<Reason>) -> Vec<Reason> {
    let mut world = beside(PieceSet::of(64, |_| true), MIB, MIB);
    world.tell(Fact::Begun);
    for second in 1..=seconds {
        world.now = SteadyTime(Duration::from_secs(second));
        world.tell(Fact::SwarmSeen(SwarmSeen {
            peers_live: 1,
            received: ByteCount(second.min(gave_for) * 1_000),
            trouble: trouble.clone(),
            ..SwarmSeen::default()
        }));
    }
    let troubles = world.conductor.troubles_now().into_iter();
    troubles.filter(|(source, _)| *source == SourceId::SWARM).map(|(_, why)| why).collect()
}

#[test]
fn peers_are_said_to_be_silent_only_once_they_gave_nothing_for_five_seconds() {
    assert_eq!(said_of_peers(10, 10, None), []);
    assert_eq!(said_of_peers(10, 14, None), []);
    assert_eq!(said_of_peers(10, 15, None), [Reason::PeersSilent(Duration::from_secs(5))]);
}

#[test]
fn peers_that_give_are_not_blamed_for_one_that_cannot_be_reached() {
    assert_eq!(said_of_peers(10, 10, Some(Reason::ConnectionRefused)), []);
    assert_eq!(said_of_peers(0, 10, Some(Reason::ConnectionRefused)), [Reason::ConnectionRefused]);
    let wrong = Reason::WrongData { pieces: vec![3] };
    assert_eq!(said_of_peers(10, 10, Some(wrong.clone())), [wrong]);
}

#[test]
fn the_turned_runs_hold_every_open_piece_once() {
    let mut world = beside(PieceSet::of(64, |piece| piece % 5 == 0), 0, MIB);
    world.tell(Fact::Begun);
    world.look_at_swarm();
    world.conductor.requests.need.close(ByteRange::new(0, 3 * MIB).expect("a range"));
    world.conductor.requests.need.close(ByteRange::new(20 * MIB, 64 * MIB).expect("a range"));
    for chance in 0..100 {
        let runs = world.conductor.chooser().runs_beside_peers(HttpAllowance::WhatPeersLack, chance);
        let mut pieces: Vec<u32> = runs.iter().flat_map(|run| world.layout.pieces_of(*run)).collect();
        let first = pieces[0];
        pieces.sort_unstable();
        let lacking: Vec<u32> = (3..20).filter(|piece| piece % 5 != 0).collect();
        assert_eq!(pieces, lacking, "{chance}");
        assert_eq!(first, lacking[chance % lacking.len()]);
    }
}

#[test]
fn peers_that_suffice_spare_the_web_seed() {
    let world = World::of_64_mib(Policy::SwarmFirst, &[good()], Some(peers(30 * MIB))).run(60);
    world.assert_complete(3.0);
    assert_eq!((world.requests, world.by_kind(SourceKind::Swarm)), (0, 64 * MIB));
}

#[test]
fn when_the_peers_leave_the_web_seed_goes_on_five_seconds_later() {
    let leaving = Peers { until: 20 * MIB, ..peers(10 * MIB) };
    let world = World::of_64_mib(Policy::SwarmFirst, &[good()], Some(leaving)).run(60);
    world.assert_complete(8.0);
    assert_eq!(world.by_kind(SourceKind::Swarm), 20 * MIB);
    assert_eq!(world.by_kind(SourceKind::WebSeed), 44 * MIB);
}

#[test]
fn everybody_gives_under_the_fastest_policy_and_nobody_repeats_much() {
    let world = World::of_64_mib(Policy::Fastest, &[Habit::Good(50 * MIB)], Some(peers(50 * MIB))).run(60);
    world.assert_complete(1.2);
    assert!(world.by_kind(SourceKind::Swarm) >= 16 * MIB && world.by_kind(SourceKind::WebSeed) >= 16 * MIB);
    assert!(world.received <= 68 * MIB);
}

#[test]
fn hostile_peers_alone_end_the_transfer_after_twenty_seconds() {
    let hostile = Peers { are_hostile: true, ..peers(MIB) };
    let world = World::of_64_mib(Policy::SwarmOnly, &[], Some(hostile)).run(60);
    world.assert_fails_with(25.0, &Reason::WrongData { pieces: Vec::new() });
}

#[test]
fn http_only_never_starts_the_swarm() {
    let world = World::of_64_mib(Policy::HttpOnly, &[good()], Some(peers(100 * MIB))).run(60);
    world.assert_complete(1.0);
    assert_eq!(world.swarm_received, 0);
}
