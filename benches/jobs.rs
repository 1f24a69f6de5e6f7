//! What 200,000 finished transfers cost: `cargo bench --bench jobs`.
//!
//! They are written into the window's database and read back as a start of the window does; then listed in order.
//! Memory is the process's resident set (Linux), time the median of five rounds.
//!
//! `cargo bench --bench jobs -- --store FOLDER COUNT` only writes that many into a window's memory, for a real window to
//! be measured with: `tests/window/figures.sh` does.

#![allow(clippy::print_stdout, reason = "a benchmark tells its figures")]

use nuee::app::catalog::hours::DatasetId;
use nuee::app::desk::Mode;
use nuee::app::input::{Event, Input, Restored};
use nuee::app::jobs::order::order_jobs;
use nuee::app::jobs::order::{JobColumn, JobGroup, JobOrder, SortDirection};
use nuee::app::jobs::request::{GetRequest, GivingPlan, JobId};
use nuee::app::jobs::view::{End, FileInPlace, Job, Outcome, Phase, Subject, Transfer};
use nuee::app::state::State;
use nuee::app::update::update;
use nuee::domain::integrity::{Method, Verdict, Voucher};
use nuee::domain::lead_time::LeadTime;
use nuee::domain::octets::ByteCount;
use nuee::domain::source::{BytesBySource, SourceKind};
use nuee::domain::utc::UtcTime;
use nuee::engine::store::directory::Directory;
use nuee::engine::store::window_store::WindowStore;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const JOBS: u32 = 200_000;
const ROUNDS: usize = 5;

fn a_job(id: u32) -> Job {
    let run = UtcTime::from_unix_seconds(i64::from(id / 200) * 21_600 + 1_700_000_000).expect("a time");
    let lead = LeadTime::from_hours(i64::from(id % 50));
    let name = format!("arome__001__SP{}__{:02}H__2026-01-01T00_00_00Z.grib2", id % 4, id % 50);
    let verdict = Verdict::Verified {
        method: Method::PieceHashes,
        voucher: Voucher::Host { host: "catalogue.example".to_owned(), tls: true },
    };
    let mut by_source = BytesBySource::default();
    by_source.add(SourceKind::Swarm, ByteCount(u64::from(id) * 1_000));
    by_source.add(SourceKind::WebSeed, ByteCount(u64::from(id) * 300));
    Job {
        id: JobId(id),
        phase: Phase::Ended,
        is_removed: false,
        request: Some(Arc::new(GetRequest {
            targets: vec![format!("https://catalogue.example/torrents/{name}.torrent")],
            out: "/home/forecaster/Downloads/Nuee".into(),
            policy: nuee::app::Policy::SwarmFirst,
            giving: GivingPlan::WhileReceiving,
            ..GetRequest::default()
        })),
        subject: Some(Arc::new(Subject {
            dataset: DatasetId("meteo-france/arome-0.01".into()),
            title: "AROME 0.01°".into(),
            run,
            lead,
            span: None,
            package: Some(format!("SP{}", id % 4).into()),
        })),
        plan: None,
        transfer: Transfer { wanted: ByteCount(u64::from(id) * 1_300), by_source, ..Transfer::default() },
        files: vec![FileInPlace {
            path: format!("/home/forecaster/Downloads/Nuee/{name}"),
            length: ByteCount(u64::from(id) * 1_300),
            verdict: verdict.clone(),
            kept_as: None,
            disk: Default::default(),
        }],
        verdict: Some(Arc::new(verdict)),
        name: name.into(),
        notes: Vec::new(),
        outcome: Some(Outcome { end: End::Done, took_ms: 0, message: None }),
        added: run,
        origin: Default::default(),
        held_up: None,
        disk: Default::default(),
        giving: None,
    }
}

/// Octets of this process in memory. 0 where the system does not tell.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4_096
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

/// Writes `count` finished transfers into the memory of a window in `folder`.
fn written(folder: &Path, count: u32) -> WindowStore {
    let folder = Directory::open_or_create(folder).expect("a folder");
    let store = WindowStore::open(&folder).expect("a database");
    for first in (0..count).step_by(10_000) {
        let until = count.min(first + 10_000);
        let jobs: Vec<Arc<Job>> = (first..until).map(|id| Arc::new(a_job(id))).collect();
        store.keep(&jobs, &[]).expect("room");
    }
    store
}

fn main() {
    let words: Vec<String> = std::env::args().skip_while(|word| word != "--store").collect();
    if let [_, folder, count, ..] = &words[..] {
        written(Path::new(folder), count.parse().expect("a number of transfers"));
        return;
    }
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let store = written(scratch.path(), JOBS);
    let before = resident();
    let began = Instant::now();
    let jobs = store.jobs().expect("readable");
    let mut state = State::default();
    state.desk.mode = Mode::Window;
    update(
        &mut state,
        Input::Event(Event::Restored(Box::new(Restored {
            jobs,
            given: ByteCount::ZERO,
            ..Restored::default()
        }))),
    );
    let read = began.elapsed();
    let snapshot = state.shown.clone();
    let after = resident();
    println!("jobs read back: {} in {:.0} ms", snapshot.jobs.len(), read.as_secs_f64() * 1e3);
    let each = (after - before) / u64::from(JOBS);
    println!("memory of them: {:.1} MB, {each} octets each", (after - before) as f64 / 1e6);
    for (what, by) in [("name", JobColumn::Name), ("size", JobColumn::Size), ("age", JobColumn::Added)] {
        let order = JobOrder {
            by,
            way: SortDirection::Down,
            group: JobGroup::All,
            containing: String::new(),
            generation: 0,
        };
        let times = (0..ROUNDS).map(|_| {
            let began = Instant::now();
            assert_eq!(order_jobs(&snapshot.jobs, &order).len(), JOBS as usize);
            began.elapsed()
        });
        println!("order by {what}: {:.1} ms", median(times.collect()));
    }
    let times = (0..ROUNDS).map(|_| {
        let began = Instant::now();
        drop(state.shown.clone());
        began.elapsed()
    });
    println!("one snapshot: {:.3} ms", median(times.collect()));
}
