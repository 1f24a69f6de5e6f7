//! Walks end, whatever stands between messages and however a file is cut.

use super::{Ceiling, Step, Walk};
use crate::grib::index::{GribIndex, ProblemCode};
use crate::grib::tests::a_message;

/// Walks `octets`; every read has to bring the walk on: no file needs more reads than octets by 100, and a few.
fn walked(mut walk: Walk, octets: &[u8]) -> GribIndex {
    let most = 20 + octets.len() / 100;
    for _ in 0..most {
        match walk.step() {
            Step::Read(range) => {
                walk.feed(range.start(), &octets[range.start() as usize..range.end() as usize]);
            }
            Step::Done => return walk.finish(),
        }
    }
    panic!("{most} reads were not enough for {} octets", octets.len());
}

fn starts(index: &GribIndex) -> Vec<u64> {
    index.fields.iter().map(|field| field.range.start()).collect()
}

/// Octets of many kinds to stand between messages.
fn paddings(length: usize, random: &mut fastrand::Rng) -> Vec<Vec<u8>> {
    let noise: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
    let mut with_magic = noise.clone();
    for _ in 0..3.min(length / 8) {
        let at = random.usize(..length - 4);
        with_magic[at..at + 4].copy_from_slice(b"GRIB");
    }
    let nearly: Vec<u8> = b"GGRIGRI".iter().copied().cycle().take(length).collect();
    vec![vec![0; length], noise, with_magic, nearly]
}

#[test]
fn a_message_is_found_behind_any_padding_in_few_reads() {
    let message = a_message();
    let mut random = fastrand::Rng::with_seed(1);
    for length in 0..=5_000 {
        for padding in paddings(length, &mut random) {
            let octets = [&padding[..], &message].concat();
            let index = walked(Walk::new(octets.len() as u64), &octets);
            assert_eq!(
                starts(&index),
                [length as u64],
                "padding of {length}: {:?}",
                &padding[..length.min(8)]
            );
        }
    }
}

#[test]
fn messages_with_padding_between_are_all_found() {
    let message = a_message();
    let mut random = fastrand::Rng::with_seed(2);
    for first in (0..700).chain([4_096, 5_000]) {
        let second = random.usize(..1_200);
        let (before, between) = (paddings(first, &mut random), paddings(second, &mut random));
        for (before, between) in before.iter().zip(&between) {
            let octets = [&before[..], &message, between, &message, b"GRI"].concat();
            let index = walked(Walk::new(octets.len() as u64), &octets);
            let wanted = [first as u64, (first + message.len() + second) as u64];
            assert_eq!(starts(&index), wanted, "{first} and {second}");
        }
    }
}

#[test]
fn a_chain_that_begins_anywhere_finds_what_begins_behind() {
    let message = a_message();
    let octets = [&[7; 300][..], &message, &[0; 261], &message].concat();
    let (length, second) = (octets.len() as u64, (300 + message.len() + 261) as u64);
    for from in 0..length {
        let index = walked(Walk::chain(from, length, length), &octets);
        let wanted: Vec<u64> = [300, second].into_iter().filter(|&start| start >= from).collect();
        assert_eq!(starts(&index), wanted, "from {from}");
    }
}

#[test]
fn a_file_cut_anywhere_ends_with_a_reason() {
    let message = a_message();
    for padding in [0, 5, 258, 263, 270] {
        let octets = [&vec![0; padding][..], &message, &message].concat();
        for cut in padding + 1..octets.len() {
            let index = walked(Walk::new(cut as u64), &octets[..cut]);
            let whole = (cut - padding) / message.len();
            assert_eq!(index.fields.len(), whole, "{padding} octets, cut at {cut}");
            assert!(whole > 0 || !index.problems.is_empty(), "{padding} octets, cut at {cut}: no reason");
        }
    }
}

#[test]
fn a_file_that_is_shorter_than_was_said_ends() {
    let message = a_message();
    let octets = [&[0; 261][..], &message].concat();
    for cut in 0..octets.len() {
        let mut walk = Walk::new(octets.len() as u64);
        for _ in 0..200 {
            let Step::Read(range) = walk.step() else { break };
            let (start, end) = ((range.start() as usize).min(cut), (range.end() as usize).min(cut));
            walk.feed(range.start(), &octets[start..end]);
        }
        assert_eq!(walk.step(), Step::Done, "cut at {cut}");
    }
}

#[test]
fn a_walk_stops_at_its_ceiling_and_says_why() {
    let octets = vec![7; 40 << 10];
    let gave_up = |ceiling| {
        let walk = Walk::new(octets.len() as u64).with_ceiling(ceiling);
        let index = walked(walk, &octets);
        index.gave_up().map(|problem| problem.detail.clone().into_owned())
    };
    let few = Ceiling { octets_without_message: 1_000, ..Ceiling::ON_SERVER };
    assert_eq!(gave_up(few).as_deref(), Some("too many octets without a message"));
    assert_eq!(gave_up(Ceiling::ON_SERVER), None);
    let message = a_message();
    let many = message.repeat(50);
    let walk = Walk::new(many.len() as u64).with_ceiling(Ceiling { reads: 20, ..Ceiling::ON_SERVER });
    let index = walked(walk, &many);
    assert_eq!(index.problems.last().map(|problem| problem.code), Some(ProblemCode::GaveUp));
    assert!((5..50).contains(&index.fields.len()), "what was found until then counts");
}

#[test]
fn a_long_search_asks_in_ever_longer_reads() {
    let octets = [&vec![0; 20 << 20][..], &a_message()].concat();
    let index = walked(Walk::new(octets.len() as u64), &octets);
    assert_eq!(starts(&index), [20 << 20]);
    assert!(index.reads < 32, "{} reads", index.reads);
}
