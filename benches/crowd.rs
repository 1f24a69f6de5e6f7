//! A flash crowd in discrete time, on the real code: `cargo bench --bench crowd -- [NAME]… [--json] [--seeds N]`.
//!
//! Each client is a `swarm::torrent::Torrent` and a `transfer::conductor::Conductor`, joined as the engine joins them.
//! They want one file of a publisher that has a web seed, a seeder, or both. Links are fluid: an uplink serves its
//! streams in turn, a downlink caps what comes, every message takes 20 ms; nothing is lost and no computer is busy. The
//! bound that no scheme can beat is max(F/up of the publisher, N·F/(up of the publisher + sum of uplinks)) (Kumar and
//! Ross 2006). A NAME may end with `*`; without names the small crowds run. `--seeds N` runs each so many times.

#![allow(clippy::print_stdout, reason = "a benchmark tells its figures")]

#[path = "crowd/client.rs"]
mod client;
#[path = "crowd/links.rs"]
mod links;
#[path = "crowd/wheel.rs"]
mod wheel;
#[path = "crowd/world.rs"]
mod world;

use std::time::Instant;
use world::{Origin, Outcome, Scenario, World};

/// Twenty clients as in the bench with real programs.
const TWENTY: Scenario = Scenario {
    clients: 20,
    octets: 32 << 20,
    piece_length: 64 << 10,
    uplinks: &[10.0],
    downlink: 1_000.0,
    publisher: 20.0,
    origin: Origin::Seed,
    arrivals_secs: 0.2,
    one_rider_in: 0,
    one_leaver_in: 0,
    neighbours: 40,
    connections: 60,
};

/// Thousands that come within a minute, for 100 MB.
const MANY: Scenario = Scenario {
    clients: 1_000,
    octets: 100_000_000,
    piece_length: 256 << 10,
    uplinks: &[2.0, 10.0, 50.0],
    downlink: 200.0,
    publisher: 1_000.0,
    origin: Origin::Seed,
    arrivals_secs: 60.0,
    one_rider_in: 0,
    one_leaver_in: 0,
    neighbours: 30,
    connections: 60,
};

fn scenarios() -> Vec<(String, Scenario)> {
    let kinds = [
        ("20", TWENTY),
        ("60", Scenario { clients: 60, octets: 8 << 20, ..TWENTY }),
        ("riders", Scenario { one_rider_in: 4, ..TWENTY }),
        ("staggered", Scenario { arrivals_secs: 10.0, ..TWENTY }),
        ("leavers", Scenario { clients: 60, one_leaver_in: 5, ..TWENTY }),
        ("500", Scenario { clients: 500, octets: 32 << 20, arrivals_secs: 20.0, ..MANY }),
        ("500-at-once", Scenario { clients: 500, octets: 32 << 20, arrivals_secs: 0.2, ..MANY }),
        (
            "500-narrow",
            Scenario { clients: 500, octets: 32 << 20, arrivals_secs: 20.0, publisher: 20.0, ..MANY },
        ),
        ("1000", MANY),
        ("1000-at-once", Scenario { arrivals_secs: 0.2, ..MANY }),
        ("1000-leavers", Scenario { one_leaver_in: 5, ..MANY }),
        ("10000", Scenario { clients: 10_000, ..MANY }),
        ("10000-at-once", Scenario { clients: 10_000, arrivals_secs: 0.2, ..MANY }),
    ];
    let origins = [("seed", Origin::Seed), ("web", Origin::Web), ("both", Origin::Both)];
    let each = kinds.into_iter().flat_map(|(name, kind)| {
        origins.map(|(origin_name, origin)| (format!("{name}-{origin_name}"), Scenario { origin, ..kind }))
    });
    each.collect()
}

fn is_named(name: &str, words: &[String]) -> bool {
    let small = ["20-", "60-", "riders-", "staggered-", "leavers-"];
    if words.is_empty() {
        return small.iter().any(|start| name.starts_with(start));
    }
    words.iter().any(|word| match word.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == word,
    })
}

fn tell_json(name: &str, outcome: &Outcome) {
    let Outcome { bound, copies, wasted, unfinished, .. } = outcome;
    for group in &outcome.groups {
        let (who, count) = (group.who, group.count);
        let (median, nearly_all, last) = (group.median, group.nearly_all, group.last);
        println!(
            "{{\"crowd\":\"{name}\",\"who\":\"{who}\",\"count\":{count},\"bound\":{bound:.2},\"median\":{median:.2},\
             \"p99\":{nearly_all:.2},\"last\":{last:.2},\"median_ratio\":{:.3},\"p99_ratio\":{:.3},\
             \"last_ratio\":{:.3},\"copies\":{copies:.2},\"wasted\":{wasted:.4},\"unfinished\":{unfinished}}}",
            median / bound,
            nearly_all / bound,
            last / bound
        );
    }
}

fn tell_row(name: &str, outcome: &Outcome) {
    let Outcome { bound, copies, wasted, unfinished, .. } = outcome;
    for group in &outcome.groups {
        let (who, count) = (group.who, group.count);
        let (median, nearly_all, last) = (group.median, group.nearly_all, group.last);
        println!(
            "{name:20} {who:7} {count:6} {bound:7.1} {median:7.1} {:5.2} {nearly_all:7.1} {:5.2} {last:7.1} {:5.2} \
             {copies:7.2} {:6.1} {unfinished:6}",
            median / bound,
            nearly_all / bound,
            last / bound,
            wasted * 100.0
        );
    }
}

/// Takes `name` and the number behind it out of the words.
fn taken(words: &mut Vec<String>, name: &str) -> Option<u32> {
    let place = words.iter().position(|word| word == name)?;
    let number = words.get(place + 1).and_then(|number| number.parse().ok());
    words.drain(place..words.len().min(place + 2));
    number
}

fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let is_json = words.iter().any(|word| word == "--json");
    words.retain(|word| word != "--json");
    let seeds = taken(&mut words, "--seeds").unwrap_or(1);
    if !is_json {
        println!(
            "{:20} {:7} {:>6} {:>7} {:>7} ratio {:>7} ratio {:>7} ratio {:>7} {:>6} {:>6}",
            "crowd", "who", "count", "bound s", "median", "99 %", "last", "copies", "waste%", "never"
        );
    }
    for (name, scenario) in scenarios().into_iter().filter(|(name, _)| is_named(name, &words)) {
        for seed in 0..u64::from(seeds) {
            let began = Instant::now();
            let outcome = World::new(scenario, seed + 1).run();
            if is_json {
                tell_json(&name, &outcome);
                continue;
            }
            tell_row(&name, &outcome);
            if began.elapsed().as_secs() >= 10 {
                println!("    {} blocks in {:.0} s", outcome.blocks, began.elapsed().as_secs_f64());
            }
        }
    }
}
