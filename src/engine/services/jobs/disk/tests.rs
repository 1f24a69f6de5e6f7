//! What looks at the disk and readings of files show.

use super::*;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::{End, JobOrigin, Outcome, Phase, Transfer};
use crate::domain::integrity::{Digest, DigestAlgorithm, Voucher};
use crate::domain::octets::ByteCount;
use crate::engine::store::database::FinishedRow;
use crate::engine::store::directory::Directory;
use tempfile::TempDir;

struct Ground {
    folder: TempDir,
    store: WindowStore,
}

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = Directory::open_or_create(&folder.path().join("data")).expect("a folder");
        let store = WindowStore::open(&data).expect("a database");
        Self { folder, store }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file that is written now, as it is remembered.
    fn put(&self, name: &str, octets: &[u8]) -> FileInPlace {
        std::fs::write(self.path(name), octets).expect("room");
        let found = self.path(name).metadata().expect("a file");
        FileInPlace {
            path: self.path(name).display().to_string(),
            length: ByteCount(octets.len() as u64),
            verdict: Verdict::Verified { method: Method::PieceHashes, voucher: Voucher::Person },
            kept_as: None,
            disk: OnDisk::left(stamp_of(&found)),
        }
    }

    /// A job that ended well, known to the database, as it comes back after a restart: without its files.
    fn remember(&self, id: u32, files: Vec<FileInPlace>) -> Arc<Job> {
        let job = Job {
            id: JobId(id),
            phase: Phase::Ended,
            is_removed: false,
            origin: JobOrigin::Wish,
            request: None,
            name: "x".into(),
            subject: None,
            plan: None,
            transfer: Transfer::default(),
            files,
            verdict: None,
            notes: Vec::new(),
            outcome: Some(Outcome { end: End::Done, took_ms: 0, message: None }),
            added: UtcTime::default(),
            held_up: None,
            disk: DiskState::Unknown.into(),
            giving: None,
        };
        self.store.keep(&[Arc::new(job.clone())], &[]).expect("room");
        Arc::new(Job { files: Vec::new(), ..job })
    }

    fn look(&self, jobs: &[Arc<Job>]) -> Vec<(u32, DiskState)> {
        let jobs: Chunked<Arc<Job>> = jobs.iter().cloned().collect();
        let mut seen = Vec::new();
        looking::look_at(jobs, Some(&self.store), &mut |states| {
            assert!(states.len() <= 512, "{} rows are told at once", states.len());
            seen.extend(states.into_iter().map(|(id, found)| (id.0, found.worst)));
        });
        // What another transfer may have put there is told last.
        seen.sort_unstable();
        seen
    }
}

#[test]
fn deleted_and_changed_files_of_earlier_starts_are_seen_by_a_look() {
    let ground = Ground::new();
    let jobs = [
        ground.remember(0, vec![ground.put("kept", b"octets")]),
        ground.remember(1, vec![ground.put("deleted", b"octets"), ground.put("beside", b"octets")]),
        ground.remember(2, vec![ground.put("longer", b"octets")]),
    ];
    std::fs::remove_file(ground.path("deleted")).expect("it was there");
    std::fs::write(ground.path("longer"), b"more octets").expect("room");
    let expected = [(0, DiskState::AsLeft), (1, DiskState::Missing), (2, DiskState::Changed)];
    assert_eq!(ground.look(&jobs), expected);
}

#[cfg(unix)]
#[test]
fn octets_that_were_zeroed_with_their_time_kept_are_seen_by_a_look() {
    let ground = Ground::new();
    let jobs = [ground.remember(0, vec![ground.put("x", &[7; 4_000])])];
    let before = ground.path("x").metadata().and_then(|found| found.modified()).expect("a time");
    std::thread::sleep(std::time::Duration::from_millis(20));
    std::fs::write(ground.path("x"), [0; 4_000]).expect("room");
    let file = std::fs::File::options().write(true).open(ground.path("x")).expect("a file");
    file.set_modified(before).expect("a time that can be set");
    assert_eq!(ground.look(&jobs), [(0, DiskState::Changed)]);
}

#[test]
fn a_file_that_another_transfer_put_there_since_is_here_for_both() {
    let ground = Ground::new();
    let first = ground.remember(0, vec![ground.put("x", b"octets")]);
    std::thread::sleep(std::time::Duration::from_millis(20));
    let second = ground.remember(1, vec![ground.put("x", b"octets")]);
    assert_eq!(ground.look(&[first, second]), [(0, DiskState::AsLeft), (1, DiskState::AsLeft)]);
}

#[test]
fn five_thousand_files_are_looked_at_within_a_second() {
    let ground = Ground::new();
    let file = ground.put("x", b"octets");
    let jobs: Vec<Arc<Job>> = (0..5_000).map(|id| ground.remember(id, vec![file.clone()])).collect();
    let began = std::time::Instant::now();
    assert_eq!(ground.look(&jobs).len(), 5_000);
    assert!(began.elapsed() < std::time::Duration::from_secs(1), "{:?}", began.elapsed());
}

#[test]
fn checking_again_reads_the_file_and_finds_what_a_look_cannot_see() {
    let ground = Ground::new();
    let folders = Folders::default();
    let out = ground.path("out");
    let open = folders.open(&out, "test").expect("a folder");
    std::fs::create_dir(out.join("run")).expect("a folder");
    let mut file = ground.put("out/run/x", &[7; 3_000]);
    let content = open.database.content("key", "x", ByteCount(3_000)).expect("room");
    let seal = Seal::of_whole(&Digest::of(DigestAlgorithm::Sha256, &[7; 3_000]), 3_000);
    let row = FinishedRow {
        path: "run/x".to_owned(),
        file: Some(0),
        length: 3_000,
        stamp: file.disk.stamp,
        verified_at: Some(UtcTime::default()),
        seal: Some(seal),
        verdict: ("verified".to_owned(), None, None),
    };
    open.database.finish(content, &row).expect("room");
    let now = UtcTime::from_unix_seconds(1_700_000_000).expect("a time");
    let read = read_files(vec![file.clone()], &folders, now);
    assert_eq!((read.disk.worst, read.unread), (DiskState::AsLeft, None));
    assert_eq!(read.files[0].disk.verified_at, Some(now));

    std::fs::write(ground.path("out/run/x"), [0; 3_000]).expect("room");
    // As if nobody had touched it.
    file.disk.stamp = None;
    assert_eq!(state_of(&file), DiskState::AsLeft);
    assert_eq!(read_files(vec![file], &folders, now).disk.worst, DiskState::Changed);
}

#[test]
fn a_file_of_which_no_checksum_was_kept_is_not_called_right() {
    let ground = Ground::new();
    let read = read_files(vec![ground.put("x", b"octets")], &Folders::default(), UtcTime::default());
    assert!(matches!(read.unread, Some(UserMessage::NothingToCheckBy { .. })), "{read:?}");
}
