//! Made snapshots: runs, transfers, sources.

use crate::app::catalog::asked::{Feed, Item, NoticesAnswer, ProviderBook};
use crate::app::catalog::hours::{
    CatalogReading, DatasetId, FieldChoice, HoursPlan, HoursView, KnownSize, MatrixCell, MatrixCellState,
    MatrixRow, Ways,
};
use crate::app::catalog::route::Route;
use crate::app::catalog::sources::{DatasetRow, Health, SourceClass, SourceKey, SourceRemoval, SourceRow};
use crate::app::jobs::detail::{DetailView, FieldRow, PieceMap, PieceState, RatePoint, Segment};
use crate::app::jobs::order::JobGroup;
use crate::app::jobs::peers::{ConnectionFlow, NamedBy, PeerFacts};
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{End, FileInPlace, Job, Outcome, Phase, SourceLine};
use crate::app::messages::line_kind::LineKind;
use crate::app::messages::user_message::{Trouble, UserMessage};
use crate::app::query::{Answer, Query};
use crate::domain::field::{Field, Level};
use crate::domain::integrity::{Method, Verdict, Voucher};
use crate::domain::lead_time::LeadTime;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::source::SourceKind;
use crate::domain::utc::UtcTime;
use crate::ui::testing::{StillLink, a_job, a_time};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

pub fn run(hour: i32) -> UtcTime {
    UtcTime::from_civil([2026, 11, 20, hour, 0, 0]).expect("a real date")
}

/// Two runs of 13 lead times, with every state somewhere.
pub fn hours() -> HoursView {
    use MatrixCellState as S;
    let states = |states: &[S]| -> Vec<MatrixCell> {
        states
            .iter()
            .map(|state| MatrixCell {
                state: *state,
                size: KnownSize::Exact(ByteCount(41_000_000)),
                holds_less: false,
            })
            .collect()
    };
    let newest: Vec<MatrixCell> = states(&[S::Available; 8])
        .into_iter()
        .chain(states(&[S::Late, S::Expected, S::Expected, S::Expected, S::Expected]))
        .collect();
    let older = states(&[
        S::Here,
        S::Here,
        S::PartlyHere,
        S::Arriving(0.4),
        S::Queued,
        S::Failed,
        S::Missing,
        S::Withdrawn,
        S::None,
    ]);
    let older: Vec<MatrixCell> = older.into_iter().chain(states(&[S::Available; 4])).collect();
    let row = |of, cells, published| MatrixRow {
        run: of,
        cells,
        published,
        expected: 13,
        delay: Some(Duration::from_secs(2280)),
    };
    HoursView {
        dataset: DatasetId("demo/arome".into()),
        title: "AROME DEMO 0.01°".into(),
        licence: Some("Etalab 2.0, Météo-France".into()),
        packages: vec!["SP1".into(), "HP1".into()],
        fields: vec![FieldChoice {
            param: "2t".into(),
            names: ("temperature".into(), "température".into()),
            level: "2m".into(),
        }],
        members: Vec::new(),
        columns: (0..13).map(LeadTime::from_hours).collect(),
        rows: vec![row(run(6), newest, 8), row(run(0), older, 13)],
        table: None,
        reading: CatalogReading::Done(run(6)),
    }
}

pub fn plan(slices: usize, here: usize) -> HoursPlan {
    HoursPlan {
        ways: Some(Ways::Both),
        slices,
        here,
        wanted: KnownSize::Exact(ByteCount(41_000_000 * slices as u64)),
        to_transfer: KnownSize::Exact(ByteCount(42_000_000 * slices as u64)),
        road: Route::Pieces,
        from_peers: Some(0.7),
        free: Some(ByteCount(212_000_000_000)),
        command: "nuee get demo/arome --run 2026-11-20T06 --lead 3..6".into(),
    }
}

/// A link that plans and sorts as the engine would: newest first.
pub fn link(jobs: Vec<Arc<Job>>) -> StillLink {
    StillLink::answering(move |query| match query {
        Query::PlanHours(choice) => vec![Answer::HoursPlan(Ok(plan(choice.cells.len(), 0)))],
        Query::OrderJobs(order) => {
            let fits = |job: &&Arc<Job>| {
                job.name.contains(&order.containing)
                    && (order.group == JobGroup::All
                        || super::super::transfers::tally::group_of(job) == Some(order.group))
            };
            let ids: Vec<JobId> = jobs.iter().rev().filter(fits).map(|job| job.id).collect();
            vec![Answer::JobsInOrder(order.generation, ids.into())]
        }
        _ => Vec::new(),
    })
}

pub fn done(id: u32, name: &str, verdict: Verdict) -> Job {
    let mut job = a_job(id, name);
    job.phase = Phase::Ended;
    job.outcome = Some(Outcome { end: End::Done, took_ms: 0, message: None });
    job.transfer.missing = ByteCount::ZERO;
    job.transfer.by_source.add(SourceKind::Swarm, ByteCount(36_000_000));
    job.transfer.by_source.add(SourceKind::WebSeed, ByteCount(5_000_000));
    job.verdict = Some(Arc::new(verdict.clone()));
    job.files = vec![FileInPlace {
        path: format!("/data/grib/{name}"),
        length: ByteCount(41_000_000),
        verdict,
        kept_as: None,
        disk: Default::default(),
    }];
    job
}

pub fn proven() -> Verdict {
    let voucher = Voucher::Host { host: "data.example".into(), tls: true };
    Verdict::Verified { method: Method::PieceHashes, voucher }
}

pub fn failed(id: u32, name: &str) -> Job {
    let trouble = Trouble {
        kind: SourceKind::WebSeed,
        label: "https://data.example".into(),
        reason: crate::app::Reason::Stalled,
    };
    let message = Some(Box::new(UserMessage::NoSource { troubles: vec![trouble] }));
    let mut job = a_job(id, name);
    job.phase = Phase::Ended;
    job.outcome = Some(Outcome { end: End::NoSource, took_ms: 0, message });
    job
}

fn a_peer(address: &str) -> PeerFacts {
    PeerFacts {
        address: address.to_owned(),
        client: Some("libtorrent 2.1".to_owned()),
        is_live: true,
        given: ByteCount(2_000_000),
        rate_out: 120_000,
        holds: 800,
        to_us: ConnectionFlow::Open,
        from_us: ConnectionFlow::Choked,
        is_near: true,
        round_trip: Some(std::time::Duration::from_micros(1_500)),
        named_by: NamedBy::Tracker,
    }
}

/// One of each: receiving, done, paused, failed.
pub fn jobs() -> Vec<Arc<Job>> {
    let mut receiving = a_job(1, "AROME HD 06 h +17 h SP1");
    receiving.transfer.by_source.add(SourceKind::Swarm, ByteCount(9_000_000));
    receiving.transfer.by_source.add(SourceKind::WebSeed, ByteCount(5_000_000));
    let line = |kind, label: &str, gave| SourceLine {
        kind,
        label: label.into(),
        gave: ByteCount(gave),
        wasted: ByteCount::ZERO,
        rate: gave / 10,
        named: None,
        troubles: Vec::new(),
        peer: None,
    };
    receiving.transfer.live_mut().sources = vec![
        line(LineKind::Source(SourceKind::Swarm), "", 9_000_000),
        line(LineKind::Source(SourceKind::WebSeed), "https://data.example/arome", 5_000_000),
        SourceLine {
            peer: Some(Box::new(a_peer("192.0.2.17:6881"))),
            ..line(LineKind::Peer, "192.0.2.17:6881 · libtorrent 2.1", 9_100_000)
        },
        SourceLine {
            troubles: vec![crate::app::Reason::ConnectionRefused],
            peer: Some(Box::new(PeerFacts { is_live: false, ..a_peer("192.0.2.18:51413") })),
            ..line(LineKind::Peer, "192.0.2.18:51413", 0)
        },
        SourceLine {
            troubles: vec![crate::app::Reason::NoAnswer],
            ..line(LineKind::Tracker, "udp://tracker.example:6969", 0)
        },
    ];
    let mut paused = a_job(3, "AROME HD 06 h +18 h SP1");
    paused.phase = Phase::Paused;
    vec![
        Arc::new(receiving),
        Arc::new(done(2, "AROME HD 06 h +16 h SP1", proven())),
        Arc::new(paused),
        Arc::new(failed(4, "AROME HD 00 h +3 h HP1")),
    ]
}

pub fn detail(id: u32) -> DetailView {
    let mut field = Field::at(1, ByteRange::new(0, 900_000).expect("not empty"));
    field.param = Some("2t".into());
    field.edition = 2;
    field.level = Some(Level::with(Level::ABOVE_GROUND, 2.0));
    field.lead = Some(LeadTime::from_hours(17));
    let segment = |count, state| Segment { count, state };
    DetailView {
        job: Some(JobId(id)),
        pieces: PieceMap {
            pieces: 40,
            piece_length: 1_048_576,
            segments: vec![
                segment(9, PieceState::FromPeers),
                segment(5, PieceState::FromHttp),
                segment(2, PieceState::AskedHttp),
                segment(24, PieceState::Missing),
            ],
        },
        fields: vec![FieldRow { field: field.clone(), is_here: true }, FieldRow { field, is_here: false }],
        rates: (0..30)
            .map(|at| RatePoint {
                at: Duration::from_secs(at),
                peers: at * 100_000,
                http: 400_000,
                given: 50_000,
            })
            .collect(),
    }
}

pub fn sources() -> Vec<SourceRow> {
    let dataset = |id: &str, title: &str| DatasetRow {
        id: DatasetId(id.into()),
        title: title.into(),
        grid: "0.01°".into(),
        newest: Some(run(6)),
        published: (31, 49),
        read: Some(run(6)),
    };
    let source = |key: &str, title: &str, kind, health| SourceRow {
        key: SourceKey(key.into()),
        title: title.into(),
        place: format!("https://{key}.example/"),
        kind,
        health,
        last_success: Some(run(6)),
        datasets: Vec::new(),
        removal: SourceRemoval::Allowed,
        has_notices: false,
    };
    let mut demo = source("demo", "Demonstration", SourceClass::Demo, Health::Answers);
    (demo.removal, demo.has_notices) = (SourceRemoval::BuiltIn, true);
    demo.datasets = vec![dataset("demo/arome", "AROME DEMO 0.01°"), dataset("demo/arpege", "ARPEGE DEMO")];
    let why = UserMessage::TargetUnreachable {
        url: "https://feed.example/".into(),
        reason: crate::app::Reason::NoAnswer,
    };
    let lost = source("feed", "Feed of a friend", SourceClass::Catalogue, Health::Lost(why, a_time()));
    vec![demo, lost]
}

/// What a service announces, and a change that was seen.
pub fn notices() -> NoticesAnswer {
    let item = Item {
        title: "The service moves on 1 December".to_owned(),
        published: Some(run(6)),
        page: Url::parse("https://service.example/news").ok(),
        ..Item::default()
    };
    let change = serde_json::json!({
        "dataset": "demo/arome", "run": run(6).unix_seconds(),
        "kind": { "what": "package_added", "package": "HP3" }
    });
    let book = ProviderBook::read([]);
    NoticesAnswer {
        provider: book.providers[0].clone(),
        changes: vec![serde_json::from_value(change).expect("a change")],
        feed: Some(Feed { items: vec![item], ..Feed::default() }),
        page: None,
    }
}
