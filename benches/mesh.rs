//! How fast messages are taken in, and what a million topics cost.
//!
//! `cargo bench --bench mesh`. Messages are those of the corpus beside the project, each in many variants with an id and a key of its
//! own, spread over a thousand topics; one core reads, judges, counts and keeps them. Goals: 100,000 messages a second;
//! 200 MB for a million topics; 1 ms for the rows of one frame.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints what it measures")]

#[path = "shared/cpu.rs"]
mod cpu;
#[path = "shared/topics.rs"]
mod topics;

use bytes::Bytes;
use cpu::Cpu;
use nuee::domain::utc::{SteadyTime, UtcMillis};
use nuee::mesh::announcement::read;
use nuee::mesh::desk::{AnnouncementIndex, BrokerMessage, DeskLimits};
use nuee::mesh::lag::Arrival;
use nuee::mesh::topic_tree::view::TreeView;
use nuee::mesh::topic_tree::{NodeId, TopicTree, TreeLimits};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Messages that are taken in.
const MESSAGES: usize = 200_000;
const ROUNDS: usize = 7;

fn main() {
    a_million_topics();
    let seeds = seeds();
    if seeds.is_empty() {
        println!("skipped: ../shared/corpus/mesh is not there");
    } else {
        taking_in(&seeds);
    }
}

/// Every message of the corpus that a broker could send.
fn seeds() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/mesh");
    let folders = [
        "wis2/valid",
        "wis2/deviant",
        "wis2/node-archive",
        "wmo_mesh/array",
        "v03",
        "cloudevents",
        "cloudevents/wme",
    ];
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(root.join(folder)).into_iter().flatten();
        files.extend(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()));
    }
    files.sort();
    files.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// The `number`th variant: the same message with another id and another name of its file.
fn variant(seed: &[u8], number: usize) -> Bytes {
    let text = String::from_utf8_lossy(seed).into_owned();
    let mark = format!("{number:08x}");
    let mut text = text.replace("\"data_id\": \"", &format!("\"data_id\": \"{mark}-"));
    for key in ["\"relPath\":\"", "\"relPath\": \""] {
        text = text.replace(key, &format!("{key}{mark}/"));
    }
    if let Some(at) = text.find("\"id\": \"") {
        let start = at + 7;
        if text.as_bytes().get(start + 8) == Some(&b'-') {
            text.replace_range(start..start + 8, &mark);
        }
    }
    Bytes::from(text)
}

fn taking_in(seeds: &[Vec<u8>]) {
    let messages: Vec<Bytes> = (0..MESSAGES).map(|n| variant(&seeds[n % seeds.len()], n)).collect();
    let octets: usize = messages.iter().map(Bytes::len).sum();
    let topics: Vec<String> = (0..1_000)
        .map(|n| format!("cache/a/wis2/centre-{}/data/core/weather/kind-{}/leaf-{n}", n % 40, n % 7))
        .collect();
    let mut sound = 0;
    let alone = median(|| {
        let began = Cpu::now();
        sound =
            messages.iter().filter(|raw| read((*raw).clone(), &[]).reading.announcement().is_some()).count();
        began.elapsed()
    });
    report("reading alone", messages.len(), octets, alone);
    let utc = UtcMillis::parse_rfc3339("2026-08-11T10:50:00Z").unwrap();
    let mut told = String::new();
    let all = median(|| {
        let mut desk = AnnouncementIndex::new(DeskLimits::default());
        let messages: Vec<Bytes> = messages.clone();
        let began = Cpu::now();
        for (n, payload) in messages.into_iter().enumerate() {
            let topic = topics[n % topics.len()].clone();
            let message = BrokerMessage {
                topic,
                payload,
                headers: Vec::new(),
                arrival: Arrival::Live,
                back_since: None,
            };
            desk.take(message, utc, SteadyTime(Duration::from_millis(n as u64 / 100)));
        }
        let took = began.elapsed();
        let (tally, nodes) = (desk.tally(), desk.tree.nodes());
        told = format!("{} new files, {} invalid, {nodes} nodes", tally.news, tally.invalid);
        took
    });
    report("reading, dedupe, tree, last messages", MESSAGES, octets, all);
    println!("    {sound} announcements, {told} (medians of {ROUNDS})");
}

/// The middle of several rounds: neighbours of the processor's cache come and go.
fn median(mut round: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| round()).collect();
    times.sort_unstable();
    times[ROUNDS / 2]
}

fn report(what: &str, messages: usize, octets: usize, took: Duration) {
    let rate = messages as f64 / took.as_secs_f64();
    println!("{what}: {rate:.0} messages/s, {:.0} MB/s", octets as f64 / took.as_secs_f64() / 1e6);
}

fn a_million_topics() {
    let before = resident();
    let mut tree = TopicTree::new(TreeLimits::default());
    let began = Cpu::now();
    topics::fill(&mut tree);
    let took = began.elapsed();
    println!(
        "1,000,000 topics ({} nodes, {} hidden): {} MB, {:.0} topics/s",
        tree.nodes(),
        tree.hidden(),
        (resident() - before) / 1_000_000,
        f64::from(topics::TOPICS) / took.as_secs_f64()
    );
    let mut view = TreeView::default();
    let mut node = Some(tree.find("cache/a/wis2/centre-1/data/core/weather").unwrap());
    while let Some(at) = node {
        view.toggle(&tree, at);
        node = tree.parent(at).filter(|parent| *parent != NodeId::ROOT);
    }
    view.window(&tree, (0, 50), SteadyTime::default());
    let began = Instant::now();
    for first in 0..100 {
        view.window(&tree, (first, 50), SteadyTime::default());
    }
    println!("50 rows of the opened tree: {:.3} ms", began.elapsed().as_secs_f64() * 10.0);
}

/// Octets of memory in use, as Linux counts them; zero elsewhere.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: usize = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * 4_096
}
