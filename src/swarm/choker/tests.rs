//! Whom a choker serves, told by scripted standings and times.

use super::*;
use std::collections::{BTreeMap, BTreeSet};

fn at(secs: u64) -> SteadyTime {
    SteadyTime(Duration::from_secs(secs))
}

fn a_peer(key: u32) -> ChokerPeer {
    ChokerPeer {
        peer: PeerKey(key),
        is_interested: true,
        is_unchoked: false,
        from_them: 0.0,
        to_them: 0.0,
        given: 0,
        joined: at(0),
        owes: false,
    }
}

fn a_giver(key: u32, from_them: f64) -> ChokerPeer {
    ChokerPeer { from_them, ..a_peer(key) }
}

/// Takes what a round says into the standings.
fn serve(peers: &mut [ChokerPeer], served: &[PeerKey]) {
    for peer in peers {
        peer.is_unchoked = served.contains(&peer.peer);
    }
}

fn set(served: &[PeerKey]) -> BTreeSet<u32> {
    assert_eq!(served.iter().collect::<BTreeSet<_>>().len(), served.len(), "nobody twice");
    served.iter().map(|peer| peer.0).collect()
}

#[test]
fn while_receiving_the_four_best_givers_are_served_and_one_other_in_turn() {
    let mut choker = Choker::new(1);
    let peers: Vec<ChokerPeer> = (0..20).map(|key| a_giver(key, f64::from(key) * 1e3)).collect();
    let served = set(&choker.round(&peers, Role::Receiving, at(0)));
    assert_eq!(served.len(), 5);
    assert!(served.is_superset(&BTreeSet::from([16, 17, 18, 19])), "{served:?}");
}

#[test]
fn the_one_in_turn_stays_for_thirty_seconds_and_then_it_is_another() {
    let mut choker = Choker::new(1);
    let mut peers: Vec<ChokerPeer> = (0..20).map(|key| a_giver(key, f64::from(key) * 1e3)).collect();
    let mut turns = Vec::new();
    for round in 0..30 {
        assert!(choker.is_due(at(round * 10)) && choker.next() <= at(round * 10));
        let served = choker.round(&peers, Role::Receiving, at(round * 10));
        assert!(!choker.is_due(at(round * 10 + 9)));
        serve(&mut peers, &served);
        turns.extend(set(&served).into_iter().filter(|key| *key < 16));
    }
    assert_eq!(turns.len(), 30);
    assert!(turns.chunks(3).all(|turn| turn.iter().all(|key| *key == turn[0])), "{turns:?}");
    assert!(turns.chunks(3).collect::<Vec<_>>().windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn a_newcomer_gets_the_turn_three_times_as_often() {
    let mut newcomers = 0;
    for seed in 0..2_000 {
        let mut choker = Choker::new(seed);
        let mut peers: Vec<ChokerPeer> = (0..24).map(|key| a_giver(key, f64::from(key / 20) * 1e3)).collect();
        peers[..10].iter_mut().for_each(|peer| peer.joined = at(100));
        let served = set(&choker.round(&peers, Role::Receiving, at(110)));
        newcomers += served.iter().filter(|key| **key < 10).count();
    }
    // Ten newcomers with three lots each beside ten others.
    assert!((1_400..1_600).contains(&newcomers), "{newcomers}");
}

#[test]
fn whoever_gives_nothing_gets_only_the_turn_when_enough_others_give() {
    let mut choker = Choker::new(1);
    let mut peers: Vec<ChokerPeer> = (0..8).map(|key| a_giver(key, 1e3)).collect();
    peers.extend((8..12).map(|key| ChokerPeer { owes: true, from_them: 9e9, ..a_peer(key) }));
    for round in 0..20 {
        let served = choker.round(&peers, Role::Receiving, at(round * 10));
        assert!(set(&served).iter().filter(|key| **key >= 8).count() <= 1);
        serve(&mut peers, &served);
    }
}

#[test]
fn places_that_no_giver_takes_go_to_others() {
    let mut choker = Choker::new(1);
    let peers: Vec<ChokerPeer> = (0..8).map(|key| a_giver(key, if key == 3 { 1e3 } else { 0.0 })).collect();
    let served = set(&choker.round(&peers, Role::Receiving, at(0)));
    assert!(served.len() == 5 && served.contains(&3), "{served:?}");
}

#[test]
fn when_complete_twice_as_many_are_served_in_turn_and_all_alike() {
    let mut choker = Choker::new(1);
    let mut peers: Vec<ChokerPeer> = (0..20).map(|key| a_giver(key, f64::from(key))).collect();
    let mut turns = BTreeMap::<u32, u32>::new();
    for round in 0..40 {
        let served = choker.round(&peers, Role::Complete, at(round * 3));
        assert_eq!((served.len(), choker.next()), (10, at(round * 3 + 3)));
        serve(&mut peers, &served);
        for peer in peers.iter_mut().filter(|peer| peer.is_unchoked) {
            peer.given += 1_000_000;
            *turns.entry(peer.peer.0).or_default() += 1;
        }
    }
    assert!(turns.len() == 20 && turns.values().all(|turns| *turns == 20), "{turns:?}");
}

#[test]
fn a_peer_that_wants_nothing_takes_no_place() {
    for role in [Role::Receiving, Role::Complete] {
        let mut choker = Choker::new(1);
        let mut peers: Vec<ChokerPeer> = (0..9).map(|key| a_giver(key, 1e6)).collect();
        peers[..6].iter_mut().for_each(|peer| peer.is_interested = false);
        assert_eq!(set(&choker.round(&peers, role, at(0))), BTreeSet::from([6, 7, 8]));
    }
}

#[test]
fn a_free_place_is_filled_at_once_and_nobody_loses_one_between_rounds() {
    for role in [Role::Receiving, Role::Complete] {
        let mut choker = Choker::new(1);
        let mut peers: Vec<ChokerPeer> = (0..3).map(a_peer).collect();
        let served = choker.round(&peers, role, at(0));
        assert_eq!(served.len(), 3);
        serve(&mut peers, &served);
        assert_eq!(choker.fill(&peers, role, at(1)), []);
        peers.extend((3..19).map(|key| a_giver(key, 1e6)));
        let added = set(&choker.fill(&peers, role, at(2)));
        let free = if role == Role::Complete { 7 } else { 2 };
        assert!(added.len() == free && added.iter().all(|key| *key >= 3), "{added:?}");
        peers.retain(|peer| peer.peer.0 > 0);
        peers.iter_mut().for_each(|peer| peer.is_unchoked |= added.contains(&peer.peer.0));
        assert_eq!(choker.fill(&peers, role, at(3)).len(), 1);
    }
}

#[test]
fn slots_follow_the_upload_limit() {
    let mbit = |rate: u32| slots_for(Some(rate * 125_000));
    assert_eq!([mbit(0), mbit(2), mbit(10), mbit(20), mbit(1_000)], [3, 3, 5, 10, 60]);
    assert_eq!(slots_for(None), 5);
}

#[test]
fn more_are_served_when_the_link_is_seen_to_give_more() {
    let mut choker = Choker::new(1);
    choker.set_slots(slots_for(None));
    let mut peers: Vec<ChokerPeer> = (0..30).map(a_peer).collect();
    let served = choker.round(&peers, Role::Receiving, at(0));
    serve(&mut peers, &served);
    peers.iter_mut().filter(|peer| peer.is_unchoked).for_each(|peer| peer.to_them = 1e6);
    assert_eq!(choker.round(&peers, Role::Receiving, at(10)).len(), 20);
    peers.iter_mut().for_each(|peer| peer.to_them = 10.0);
    assert_eq!(choker.round(&peers, Role::Receiving, at(20)).len(), 5);
}
