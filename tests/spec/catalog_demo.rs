//! The demo's run is the same whatever form lists it, and is got by name from a server in this process.

use crate::turn::latest_run;
use nuee::app::Reach;
use nuee::app::catalog::asked::{CatalogAnswer, CatalogQuery, NoticesAnswer, PageState, RunWish, RunsAnswer};
use nuee::app::catalog::route::Route;
use nuee::app::input::Action;
use nuee::app::jobs::request::{GetRequest, GivingPlan, Intent, Products, Provenance, Split};
use nuee::app::jobs::view::{End, Job};
use nuee::app::link::Link;
use nuee::app::query::{Answer, Query};
use nuee::catalog::change::ChangeKind;
use nuee::catalog::provider::EntryId;
use nuee::catalog::runs::{CellState, RunRow};
use nuee::demo::catalog_service::{DemoCatalog, ListingStyle, Made};
use nuee::domain::selection::Selection;
use nuee::engine::host::{Engine, EngineSettings, PeersAt};
use nuee::engine::listings::CatalogPlaces;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tempfile::TempDir;

/// Nobody answers there.
const DEAD_FEED: &str = r#"notices = "http://127.0.0.1:1/notices.xml""#;

/// An engine with a publisher beside it.
struct Stage {
    publisher: DemoCatalog,
    engine: Engine,
    folder: TempDir,
}

impl Stage {
    /// A publisher whose providers are called after the form of their listings: `s3/arome-0.01`.
    fn new() -> Self {
        static MADE: OnceLock<Arc<Made>> = OnceLock::new();
        let made = MADE.get_or_init(|| Arc::new(Made::make(latest_run())));
        let folder = tempfile::tempdir().expect("a temporary folder");
        let own = folder.path().join("providers");
        std::fs::create_dir(&own).expect("a folder");
        let places = CatalogPlaces {
            own_files: Some(own.clone()),
            kept: Some(folder.path().join("kept")),
            ..CatalogPlaces::default()
        };
        let settings = EngineSettings {
            reach: Reach::Anywhere,
            peers_at: PeersAt::ThisComputer,
            catalog: places,
            ..EngineSettings::default()
        };
        let engine = Engine::start(&settings).expect("an engine");
        let started = DemoCatalog::start(([127, 0, 0, 1], 0).into(), made.clone());
        let publisher = engine.handle().block_on(started).expect("a free port");
        for form in ListingStyle::ALL {
            let name = format!("{}.toml", form.word());
            std::fs::write(own.join(name), publisher.provider_file(form)).expect("room");
        }
        Self { publisher, engine, folder }
    }

    fn runs(&self, id: &str) -> RunsAnswer {
        let query = CatalogQuery::Runs { id: EntryId::parse(id).expect("an id"), count: 2 };
        match self.answer(query) {
            CatalogAnswer::Runs(answer) => *answer,
            other => panic!("{other:?}"),
        }
    }

    fn notices(&self, provider: &str) -> NoticesAnswer {
        match self.answer(CatalogQuery::Notices(provider.to_owned())) {
            CatalogAnswer::Notices(answer) => answer,
            other => panic!("{other:?}"),
        }
    }

    /// The answer, after what is told of waits.
    fn answer(&self, query: CatalogQuery) -> CatalogAnswer {
        let mut answers = self.engine.ask(Query::Catalog(query)).into_iter();
        let is_last = |answer: &Answer| !matches!(answer, Answer::Noted(_));
        match answers.find(is_last) {
            Some(Answer::Catalog(answer)) => answer,
            other => panic!("{other:?}"),
        }
    }

    fn out(&self) -> std::path::PathBuf {
        self.folder.path().join("out")
    }

    fn get(&self, id: &str, leads: &str) -> Arc<Job> {
        self.get_as(id, leads, Products::default())
    }

    fn get_as(&self, id: &str, leads: &str, products: Products) -> Arc<Job> {
        let before = self.engine.snapshot().jobs.len();
        let request = GetRequest {
            targets: vec![id.to_owned()],
            run: Some(RunWish::Latest),
            selection: Selection::everything().with_leads(leads).expect("lead times"),
            products,
            out: self.out(),
            policy: nuee::app::Policy::HttpOnly,
            giving: GivingPlan::Nothing,
            ..GetRequest::default()
        };
        self.engine.send(Action::Get(Box::new(request)));
        let mut seen = 0;
        loop {
            let snapshot = self.engine.wait_newer(seen, Duration::from_secs(60));
            seen = snapshot.version;
            if let Some(job) = snapshot.jobs.iter().nth(before).filter(|job| job.outcome.is_some()) {
                return job.clone();
            }
        }
    }
}

fn drawn(row: &RunRow) -> String {
    let mark = |state| match state {
        CellState::Published => '#',
        CellState::Withdrawn { .. } => '-',
        _ => '.',
    };
    row.cells.iter().map(|cell| cell.map_or(' ', |cell| mark(cell.state))).collect()
}

#[test]
fn the_run_of_the_demo_gives_the_same_table_in_every_form_of_listing() {
    let mut tables = Vec::new();
    let stage = Stage::new();
    stage.publisher.publish((0..=12).filter(|hour| *hour != 4));
    for form in ListingStyle::ALL {
        for model in ["arome-0.01/SP1", "arome-0.025/SP1"] {
            let id = format!("{}/{model}", form.word());
            let answer = stage.runs(&id);
            let failed: Vec<_> =
                answer.pages.iter().filter(|p| matches!(p.state, PageState::Failed(_))).collect();
            assert!(failed.is_empty(), "{form:?} {failed:?}");
            tables.push((form, id, drawn(&answer.hours.rows[0])));
        }
    }
    for (form, id, table) in tables {
        let expected =
            if id.contains("0.01") { "####.########............" } else { "#############............" };
        assert_eq!(table, expected, "{form:?} {id}");
    }
}

#[test]
fn hours_of_the_latest_run_are_got_by_name_and_proven() {
    let stage = Stage::new();
    stage.publisher.publish(0..=12);
    let job = stage.get("s3/arome-0.01/SP1", "6..9");
    assert_eq!(job.outcome.as_ref().map(|outcome| outcome.end), Some(End::Done), "{:?}", job.outcome);
    assert_eq!(names(&stage.out()), 4);
    let verdicts: Vec<&str> = job.files.iter().map(|file| file.verdict.key()).collect();
    assert_eq!(verdicts, ["verified"; 4], "by the .torrent of each hour");
}

#[test]
fn an_hour_of_a_file_of_several_is_cut_out_by_its_index() {
    let stage = Stage::new();
    stage.publisher.publish(0..=12);
    let job = stage.get("nginx/arome-0.025", "7");
    assert_eq!(job.outcome.as_ref().map(|outcome| outcome.end), Some(End::Done), "{:?}", job.outcome);
    assert!(job.files.iter().all(|file| file.path.contains("lead007h")), "{:?}", job.files);
    let (wanted, received) = (job.transfer.wanted.0, job.transfer.received.0);
    assert!(received <= wanted + wanted / 50, "{received} octets for {wanted}");
}

#[test]
fn each_parameter_gets_a_file_of_its_own_and_tells_where_it_comes_from() {
    let stage = Stage::new();
    stage.publisher.publish(0..=12);
    let products = Products {
        split: Split::ByParameter,
        provenance: Provenance::Beside,
        folder: Some("{dataset}/{package}".to_owned()),
        ..Products::default()
    };
    // An hourly file with its .torrent, and an hour out of a file of several with an index.
    for (id, ending) in [("s3/arome-0.01/SP1", "2t.grib2"), ("nginx/arome-0.025/SP1", "lead007h.2t.grib2")] {
        let job = stage.get_as(id, "7", products.clone());
        assert_eq!(job.outcome.as_ref().map(|outcome| outcome.end), Some(End::Done), "{:?}", job.outcome);
        assert_eq!(job.files.len(), 5, "{:?}", job.files);
        let file = job.files.iter().find(|file| file.path.ends_with(ending)).expect("2 m temperature");
        let text = std::fs::read_to_string(format!("{}.provenance.json", file.path)).expect("a file");
        let told: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(told["entry"]["dataset"], id.rsplit_once('/').expect("a package").0);
        assert_eq!(told["entry"]["licence"]["name"], "CC0");
        let folder = Path::new(&file.path).parent().expect("a folder");
        let model = id.split('/').nth(1).expect("a dataset");
        assert_eq!(folder, stage.out().join(model).join("SP1"));
        assert_eq!(told["verdict"], file.verdict.key());
    }
}

#[test]
fn what_a_service_announces_is_told_and_kept_for_when_it_is_gone() {
    let stage = Stage::new();
    let first = stage.notices("nginx");
    let feed = first.feed.expect("the provider's file names a feed");
    assert!(feed.items[0].title.starts_with("DEMO: this service"), "{feed:?}");
    assert_eq!(first.page.map(|page| page.state), Some(PageState::Fetched));
    assert_eq!(stage.notices("nginx").page.map(|page| page.state), Some(PageState::Unchanged));
}

#[test]
fn a_new_host_is_listed_as_a_notice_also_when_the_feed_cannot_be_had() {
    let stage = Stage::new();
    let file = stage.folder.path().join("providers/s3.toml");
    // A run of twelve hours ago; then the one after it, from another host, whose feed is gone.
    let publish = |hours: i64| {
        let run = latest_run().plus_minutes(-hours * 60).expect("a time");
        let started = DemoCatalog::start(([127, 0, 0, 1], 0).into(), Arc::new(Made::make(run)));
        let publisher = stage.engine.handle().block_on(started).expect("a free port");
        publisher.publish(0..=24);
        publisher
    };
    let before = publish(12);
    std::fs::write(&file, before.provider_file(ListingStyle::S3)).expect("room");
    stage.runs("s3/arome-0.01");
    drop(before);
    let after = publish(6);
    let text = after.provider_file(ListingStyle::S3).replace("//127.0.0.1:", "//localhost:");
    let lines = text.lines().map(|line| if line.starts_with("notices") { DEAD_FEED } else { line });
    std::fs::write(&file, lines.collect::<Vec<_>>().join("\n")).expect("room");
    stage.runs("s3/arome-0.01");
    let answer = stage.notices("s3");
    let kinds: Vec<&ChangeKind> = answer.changes.iter().map(|change| &change.kind).collect();
    let host = ChangeKind::Host { before: "127.0.0.1".to_owned(), after: "localhost".to_owned() };
    assert!(kinds.contains(&&host), "{kinds:?}");
    assert!(answer.feed.is_none());
    assert!(matches!(answer.page.map(|page| page.state), Some(PageState::Failed(_))));
}

#[test]
fn what_is_not_yet_published_ends_with_its_own_code_and_what_is_there_is_got() {
    let stage = Stage::new();
    stage.publisher.publish(0..=6);
    let job = stage.get("apache/arome-0.01/SP1", "5..8");
    assert_eq!(job.outcome.as_ref().map(|outcome| outcome.end), Some(End::NotYet));
    assert_eq!(names(&stage.out()), 2, "hours 5 and 6");
}

#[test]
fn a_lead_time_beyond_the_end_of_a_dataset_ends_with_2_and_one_to_come_with_7() {
    let stage = Stage::new();
    stage.publisher.publish(0..=6);
    let providers = stage.folder.path().join("providers");
    for (lead, code, lacking) in [
        ("48", 2, &["48 h"][..]),
        ("6,48", 2, &["48 h"]),
        ("9", 7, &["9 h"]),
        ("5..8", 7, &["7 h", "8 h"]),
        ("6", 0, &[]),
    ] {
        let out = tempfile::tempdir().expect("a folder");
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_nuee"))
            .args([
                "get",
                "nginx/arome-0.01/SP1",
                "--lead",
                lead,
                "--allow-local",
                "--json",
                "--via",
                "http-only",
            ])
            .arg("--providers")
            .arg(&providers)
            .arg("--out")
            .arg(out.path())
            .env("HOME", out.path())
            .env("XDG_CACHE_HOME", out.path().join("cache"))
            .output()
            .expect("the program starts");
        let told = String::from_utf8_lossy(&ran.stdout).into_owned();
        assert_eq!(ran.status.code(), Some(code), "{lead}: {told}");
        let done: serde_json::Value =
            serde_json::from_str(told.lines().last().unwrap_or_default()).expect("the last line");
        let named: Vec<&str> = done["lacking"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|one| one["value"].as_str())
            .collect();
        assert_eq!(named, lacking, "{lead}: {told}");
        let came = match lead {
            "6" => 1,
            "5..8" => 2,
            _ => 0,
        };
        assert_eq!(names(out.path()), came, "{lead}");
    }
}

#[test]
fn a_listing_is_asked_for_with_a_condition_and_a_lost_file_is_withdrawn() {
    let stage = Stage::new();
    stage.publisher.publish(0..=3);
    assert_eq!(drawn(&stage.runs("nginx/arome-0.01").hours.rows[0]), "####.....................");
    let again = stage.runs("nginx/arome-0.01");
    assert_eq!(again.pages[0].state, PageState::Unchanged);
    stage.publisher.withdraw(2);
    // A page is not asked for twice within five seconds.
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!(drawn(&stage.runs("nginx/arome-0.01").hours.rows[0]), "##-#.....................");
    assert_eq!(stage.publisher.data_requests(), 0, "no file was asked for");
}

fn names(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    files.filter(|file| file.file_name().to_string_lossy().ends_with(".grib2")).count()
}

#[test]
fn what_each_road_would_cost_is_told_without_any_data_being_fetched() {
    let stage = Stage::new();
    stage.publisher.publish(0..=24);
    let plan = Products { intent: Intent::Plan, ..Products::default() };
    let job = stage.get_as("nginx/arome-0.025/SP1", "3..4", plan.clone());
    assert_eq!(job.outcome.as_ref().map(|outcome| outcome.end), Some(End::Done), "{:?}", job.outcome);
    let told = job.plan.as_deref().expect("a plan");
    let of = |road| told.roads.iter().find(|cost| cost.road == road).map(|cost| cost.octets.0);
    assert_eq!((told.road, told.fields), (Route::ProvenRanges, Some(10)));
    assert_eq!(of(Route::ProvenRanges), Some(told.wanted.0));
    assert!(of(Route::WholeFiles) > Some(5 * told.wanted.0), "thirteen hours for two: {told:?}");
    assert!(!stage.out().exists(), "the folder was not even made");

    // Of several files the plan is the sum; one of them would be got whole.
    let job = stage.get_as("nginx/arome-0.01/SP1", "6..8", plan);
    let told = job.plan.as_deref().expect("a plan");
    assert_eq!((told.road, told.wanted), (Route::WholeFiles, told.to_transfer));
    assert!(told.wanted.0 > 1_500_000, "three files: {told:?}");
    assert!(job.files.is_empty() && !stage.out().exists());
}
