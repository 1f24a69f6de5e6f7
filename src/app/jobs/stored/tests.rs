//! What of a job a restart brings back.

use super::*;
use crate::app::Reason;
use crate::app::messages::user_message::Trouble;
use crate::engine::store::directory::Directory;
use crate::engine::store::window_store::WindowStore;

fn a_job(id: u32, phase: Phase) -> Job {
    let request = GetRequest {
        targets: vec!["http://a/b.torrent".to_owned()],
        run: RunWish::parse("2026-11-20T06Z"),
        selection: Selection::of_words([Some("6"), Some("2t"), None])
            .and_then(|selection| selection.with_members("0,3..5,mean"))
            .expect("a selection"),
        products: Products {
            trust: Trust::Nothing,
            intent: Intent::Fetch,
            partial: Partial::Accepted,
            compressed: CompressedFiles::Kept,
            split: Split::ByParameter,
            provenance: Provenance::Beside,
            folder: Some("{run:%Y%m%d%H}".to_owned()),
            within: Some(Duration::from_secs(3_600)),
        },
        files: Some("*.grib2".to_owned()),
        out: PathBuf::from("/data"),
        policy: Policy::Fastest,
        peers: vec!["p:1".to_owned()],
        giving: GivingPlan::Until(GiveUntil { time: Duration::from_secs(60), ratio: None }),
        ..GetRequest::default()
    };
    let subject = Subject {
        dataset: DatasetId("demo/a".into()),
        title: "A".into(),
        run: UtcTime::default(),
        lead: LeadTime::from_hours(6),
        span: Some(Box::new((LeadTime::from_hours(0), LeadTime::from_hours(12)))),
        package: Some("SP1".into()),
    };
    let mut by_source = BytesBySource::default();
    by_source.add(SourceKind::Swarm, ByteCount(7));
    Job {
        id: JobId(id),
        phase,
        is_removed: false,
        request: Some(Arc::new(request)),
        name: "naïve.grib2".into(),
        subject: Some(Arc::new(subject)),
        plan: None,
        transfer: Transfer { wanted: ByteCount(9), missing: ByteCount(2), by_source, ..Transfer::default() },
        files: Vec::new(),
        verdict: None,
        notes: Vec::new(),
        outcome: None,
        added: UtcTime::default(),
        origin: Default::default(),
        held_up: None,
        disk: DiskState::Unknown.into(),
        giving: None,
    }
}

fn ended(id: u32, end: End, message: Option<UserMessage>) -> Job {
    let outcome = Outcome { end, took_ms: 1500, message: message.map(Box::new) };
    let verdict = Verdict::Verified {
        method: Method::PieceHashes,
        voucher: Voucher::Host { host: "a:80".to_owned(), tls: true },
    };
    let file = FileInPlace {
        path: "/data/a".to_owned(),
        length: ByteCount(9),
        verdict: verdict.clone(),
        kept_as: Some("/data/a~1".to_owned()),
        disk: OnDisk {
            stamp: Some(Stamp { modified: 1_700_000_000_123_456_789, altered: 1_700_000_000_123_456_790 }),
            verified_at: UtcTime::from_unix_seconds(1_700_000_001),
        },
    };
    let verdict = Some(Arc::new(verdict));
    Job { outcome: Some(outcome), files: vec![file], verdict, ..a_job(id, Phase::Ended) }
}

fn a_store() -> (tempfile::TempDir, WindowStore) {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let folder = Directory::open_or_create(scratch.path()).expect("a folder");
    let store = WindowStore::open(&folder).expect("a database");
    (scratch, store)
}

#[test]
fn jobs_come_back_as_they_stood_and_those_under_way_wait_for_their_turn() {
    let (_scratch, store) = a_store();
    let phases = [Phase::Receiving, Phase::Paused, Phase::Waiting, Phase::Queued];
    let jobs: Vec<Arc<Job>> = (0..).zip(phases).map(|(id, phase)| Arc::new(a_job(id, phase))).collect();
    store.keep(&jobs, &[]).expect("room");
    let back = store.jobs().expect("readable");
    let phases: Vec<Phase> = back.iter().map(|job| job.phase).collect();
    assert_eq!(phases, [Phase::Queued, Phase::Paused, Phase::Queued, Phase::Queued]);
    assert_eq!(back[0].request, jobs[0].request);
    assert_eq!(back[0].subject, jobs[0].subject);
    assert_eq!(back[0].transfer, jobs[0].transfer);
}

#[test]
fn what_ended_well_comes_small_and_its_files_when_they_are_asked_for() {
    let (_scratch, store) = a_store();
    let job = Arc::new(ended(3, End::Done, None));
    store.keep(std::slice::from_ref(&job), &[]).expect("room");
    let back = store.jobs().expect("readable").remove(0);
    assert_eq!((back.request.is_none(), back.files.len()), (true, 0));
    assert_eq!((&back.verdict, &back.outcome), (&job.verdict, &job.outcome));
    assert_eq!(store.files(JobId(3)).expect("readable"), job.files);
    // Written again without its request, it keeps what was known of it.
    store.keep(&[back], &[]).expect("room");
    assert_eq!(store.files(JobId(3)).expect("readable"), job.files);
}

#[test]
fn a_file_that_was_announced_is_known_as_one_again_whoever_vouches_for_it() {
    let (_scratch, store) = a_store();
    let done = ended(1, End::Done, None);
    let announced =
        Job { request: None, verdict: None, origin: JobOrigin::Announcement, ..ended(2, End::Done, None) };
    store.keep(&[Arc::new(done), Arc::new(announced.clone())], &[]).expect("room");
    let back = store.jobs().expect("readable");
    assert_eq!([back[0].origin, back[1].origin], [JobOrigin::Wish, JobOrigin::Announcement]);
    assert_eq!(back[1].files, announced.files, "its row goes with its file");
}

#[test]
fn a_failure_comes_back_with_its_reasons() {
    let (_scratch, store) = a_store();
    let troubles = vec![Trouble {
        kind: SourceKind::WebSeed,
        label: "http://a".to_owned(),
        reason: Reason::Busy { status: 503, wait: Some(Duration::from_secs(3)) },
    }];
    let job = Arc::new(ended(0, End::NoSource, Some(UserMessage::NoSource { troubles })));
    store.keep(std::slice::from_ref(&job), &[]).expect("room");
    let back = store.jobs().expect("readable").remove(0);
    assert_eq!((&back.outcome, &back.files, &back.request), (&job.outcome, &job.files, &job.request));
}

#[test]
fn forgotten_jobs_sources_and_figures_are_kept_as_told() {
    let (_scratch, store) = a_store();
    store.keep(&[Arc::new(ended(0, End::Done, None)), Arc::new(a_job(1, Phase::Queued))], &[]).expect("room");
    store.keep(&[], &[JobId(0)]).expect("room");
    assert_eq!(store.jobs().expect("readable").len(), 1);
    assert!(store.files(JobId(0)).expect("readable").is_empty());
    store.set_source("b", Some("http://b")).expect("room");
    store.set_source("a", Some("/a.torrent")).expect("room");
    store.set_source("b", None).expect("room");
    assert_eq!(store.sources().expect("readable"), [("a".to_owned(), "/a.torrent".to_owned())]);
    store.set_given(ByteCount(5)).expect("room");
    assert_eq!(store.given().expect("readable"), ByteCount(5));
}

#[cfg(unix)]
#[test]
fn only_this_user_can_read_what_is_remembered_and_what_was_forgotten_leaves_no_trace() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = tempfile::tempdir().expect("a temporary folder");
    // As a version before this one left it.
    std::fs::write(scratch.path().join("window.db"), b"").expect("room");
    let rights = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(scratch.path().join("window.db"), rights).expect("rights");
    let folder = Directory::open_or_create(scratch.path()).expect("a folder");
    let store = WindowStore::open(&folder).expect("a database");
    let holds_secret = || {
        let files =
            std::fs::read_dir(scratch.path()).expect("readable").map(|entry| entry.expect("an entry"));
        let mut all = Vec::new();
        for file in files {
            let mode = file.metadata().expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{file:?}");
            all.extend(std::fs::read(file.path()).expect("readable"));
        }
        String::from_utf8_lossy(&all).contains("__s3cret__")
    };
    store.set_mesh("broker a", Some("mqtts://me:__s3cret__@a")).expect("room");
    assert!(holds_secret());
    store.set_mesh("broker a", Some("mqtts://me:@a")).expect("room");
    assert!(!holds_secret(), "it was replaced");
    store.set_mesh("broker b", Some("mqtts://me:__s3cret__@b")).expect("room");
    store.set_mesh("broker b", None).expect("room");
    assert!(!holds_secret(), "it was forgotten");
}

#[test]
fn rows_that_make_no_sense_are_left_out() {
    let mut shared = SharedFacts::default();
    let mut row = |phase: &str, request: &str, figures: &str| {
        let stored = StoredJob {
            phase: phase.to_owned(),
            request: Some(request.to_owned()),
            subject: Some("{".to_owned()),
            figures: figures.to_owned(),
            verdict: Some("[]".to_owned()),
            outcome: Some("{\"exit\":9}".to_owned()),
            giving: Some("{".to_owned()),
        };
        stored.job((JobId(0), false), ("x".into(), 0), &mut shared).is_some()
    };
    assert!(!row("queued", "{}", "[]"));
    assert!(!row("ended", "{}", "[]"), "an end without an outcome");
    let request = StoredJob::of(&a_job(0, Phase::Queued)).request.expect("a request");
    assert!(!row("queued", &request, "{}"));
    assert!(row("queued", &request, "[1]"));
    assert!(!row("queued", &request.replace("\"2t\"", "\",,\""), "[1]"));
}
