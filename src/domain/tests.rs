//! Damage for readers of outside data: a reader must neither panic nor dawdle over it.

use std::time::{Duration, Instant};

/// Octets that matter to the readers here, from which damage is made.
const SPICE: [&[u8]; 36] = [
    b"e",
    b"i",
    b"l",
    b"d",
    b":",
    b"0",
    b"9",
    b"-",
    b"%",
    b"&",
    b"=",
    b"/",
    b"..",
    b"\0",
    b"\xff",
    b"2e2:",
    b"99999999:",
    b"i-1e",
    b"i9223372036854775807e",
    b"6:length",
    b"4:path",
    b"d4:info",
    b"e1:pe",
    "\u{202E}".as_bytes(),
    b"{",
    b"}",
    b"[[[[",
    b"]",
    b"\"",
    b",",
    b"\\u0000",
    b"null",
    b"NaN",
    b"1e999",
    b"-1",
    b" http://127.0.0.1/ ",
];

/// Gives damaged copies of `seeds` to `read`: 2,000, or as many as `NUEE_MUTATIONS` says. Each must take less than a second.
pub(crate) fn mutate(seeds: &[Vec<u8>], mut read: impl FnMut(&[u8])) {
    let count = std::env::var("NUEE_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000u64);
    for case in 0..count {
        let mut random = fastrand::Rng::with_seed(case);
        let mut octets = seeds[random.usize(..seeds.len())].clone();
        for _ in 0..random.usize(1..6) {
            damage(&mut octets, seeds, &mut random);
        }
        let begin = Instant::now();
        read(&octets);
        assert!(begin.elapsed() < Duration::from_secs(1), "case {case} took {:?}", begin.elapsed());
    }
}

fn damage(octets: &mut Vec<u8>, seeds: &[Vec<u8>], random: &mut fastrand::Rng) {
    let at = random.usize(..=octets.len());
    let end = (at + random.usize(..24)).min(octets.len());
    match random.u8(..7) {
        0 => octets.truncate(at),
        1 if at < octets.len() => octets[at] ^= 1 << random.u8(..8),
        2 => drop(octets.splice(at..end, SPICE[random.usize(..SPICE.len())].iter().copied())),
        3 => drop(octets.splice(at..at, SPICE[random.usize(..SPICE.len())].iter().copied())),
        4 => drop(octets.drain(at..end)),
        5 if octets.len() < 1 << 16 => {
            let part = octets[at..end].repeat(random.usize(1..200));
            drop(octets.splice(at..at, part));
        }
        _ => {
            let other = &seeds[random.usize(..seeds.len())];
            let from = random.usize(..=other.len());
            octets.truncate(at);
            octets.extend_from_slice(&other[from..]);
        }
    }
}
