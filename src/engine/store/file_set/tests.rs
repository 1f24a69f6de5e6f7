//! One owner of the files, both roads into them, and the way into place.

use super::*;
use crate::domain::content::ContentFile;
use crate::domain::integrity::{DigestAlgorithm, Voucher};
use crate::domain::octets::RangeSet;
use crate::domain::safe_path::SafePath;
use crate::domain::source::SourceId;
use crate::domain::torrent::PieceHashes;
use crate::domain::utc::UtcTime;
use crate::transfer::assembly::Unit;
use crate::transfer::ledger::Ledger;
use crate::transfer::verification::{Proof, check, prove_by_pieces};
use bytes::Bytes;
use std::path::Path;
use tempfile::{TempDir, tempdir};

const PIECE: u64 = 1000;

/// A run of two files that share a piece, with the hashes of its pieces.
struct Run {
    out: TempDir,
    bytes: Vec<u8>,
    hashes: PieceHashes,
}

impl Run {
    fn new() -> Self {
        let mut random = fastrand::Rng::with_seed(1);
        let bytes: Vec<u8> = (0..5_500).map(|_| random.u8(..)).collect();
        let hash =
            |piece: &[u8]| Digest::of(DigestAlgorithm::Sha1, piece).octets().try_into().expect("20 octets");
        let hashes = PieceHashes::new(bytes.chunks(PIECE as usize).map(hash).collect());
        Self { out: tempdir().expect("a temporary folder"), bytes, hashes }
    }

    fn grid() -> ContentGrid {
        let file = |name: &str, start: u64, length: u64| ContentFile {
            path: SafePath::from_outside(&["run", name]).expect("a path"),
            published: vec![name.to_owned()],
            start,
            length: ByteCount(length),
            is_padding: false,
        };
        let files = vec![file("a", 0, 2_500), file("b", 2_500, 3_000)];
        ContentGrid::Pieces(Arc::new(Layout::new("run".to_owned(), files, PIECE).expect("a sound layout")))
    }

    fn open(&self) -> FileSet {
        let folder = Arc::new(OutputFolder::open(self.out.path(), "test").expect("a folder"));
        let partials = folder.partials("key").expect("a folder");
        FileSet::new(Self::grid(), folder, partials)
    }

    fn unit(&self, piece: u32) -> CheckedUnit {
        let range = Self::grid().layout().piece_range(piece).expect("a piece");
        let frames = vec![Bytes::copy_from_slice(&self.bytes[range.start() as usize..range.end() as usize])];
        check(Unit { range, frames }, &Self::grid(), Some(&self.hashes)).expect("right bytes")
    }

    fn stock(&self, files: &FileSet, remembered: &[FinishedFile]) -> Vec<u32> {
        let everything = RangeSet::from_iter(ByteRange::at(0, 5_500));
        let judge = |range: ByteRange, bytes: &[u8]| {
            let unit = Unit { range, frames: vec![Bytes::copy_from_slice(bytes)] };
            check(unit, &Self::grid(), Some(&self.hashes)).is_ok()
        };
        let stock = files
            .take_stock(&everything, &files.pieces_of(&everything), remembered, &judge)
            .expect("readable");
        (0..6)
            .filter(|&p| stock.held.contains(Self::grid().layout().piece_range(p).expect("a piece")))
            .collect()
    }

    fn proof(file: usize) -> Proof {
        let mut ledger = Ledger::new();
        ledger.hold(ByteRange::at(0, 5_500).expect("a range"), SourceId::DISK);
        let range = Self::grid().layout().files()[file].range();
        prove_by_pieces(&ledger, &Self::grid(), range, Voucher::Person).expect("held")
    }

    fn finished(&self, name: &str) -> std::path::PathBuf {
        self.out.path().join("run").join(name)
    }

    fn complete(&self) -> FileSet {
        let files = self.open();
        (0..6).for_each(|piece| assert_eq!(files.put_proven(&self.unit(piece)).expect("room"), Put::First));
        files
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a file")
}

#[test]
fn a_piece_that_reaches_into_two_files_is_written_once_and_the_first_proof_wins() {
    let run = Run::new();
    let files = run.open();
    assert_eq!(files.put_proven(&run.unit(2)).expect("room"), Put::First);
    assert_eq!(files.put_proven(&run.unit(2)).expect("room"), Put::Already);
    assert_eq!(files.put_proven(&run.unit(0)).expect("room"), Put::First);
    let mut read = vec![0; 3_000];
    files.read(ByteRange::at(0, 3_000).expect("a range"), &mut read).expect("readable");
    assert_eq!((&read[..1_000], &read[2_000..]), (&run.bytes[..1_000], &run.bytes[2_000..3_000]));
    assert_eq!(read[1_000..2_000], [0; 1_000], "what was never written reads as zeros");
}

#[test]
fn a_proven_file_moves_into_place_and_can_still_be_given() {
    let run = Run::new();
    let files = run.complete();
    let published = files.publish(&Run::proof(0), 0).expect("a move");
    assert_eq!((published.length, published.kept_as), (ByteCount(2_500), None));
    assert_eq!(read(&run.finished("a")), run.bytes[..2_500]);
    assert!(!run.finished("b").exists());
    let mut shared_piece = vec![0; 1_000];
    files.read(ByteRange::at(2_000, 1_000).expect("a range"), &mut shared_piece).expect("readable");
    assert_eq!(shared_piece, run.bytes[2_000..3_000]);
}

#[test]
fn a_different_file_of_the_same_name_is_kept() {
    let run = Run::new();
    std::fs::create_dir(run.out.path().join("run")).expect("a folder");
    std::fs::write(run.finished("a"), b"precious").expect("a file");
    let published = run.complete().publish(&Run::proof(0), 0).expect("a move");
    assert_eq!(published.kept_as.map(|p| p.to_string()).as_deref(), Some("run/a~1"));
    assert_eq!(read(&run.finished("a~1")), b"precious");
    assert_eq!(read(&run.finished("a")), run.bytes[..2_500]);
}

#[test]
fn after_a_crash_everything_written_is_found_and_nothing_else_is_believed() {
    let run = Run::new();
    let files = run.open();
    [0, 3, 4]
        .iter()
        .for_each(|&piece| assert_eq!(files.put_proven(&run.unit(piece)).expect("room"), Put::First));
    drop(files);
    // The last write before the crash was cut short.
    let mut torn = read(&run.out.path().join(".nuee/key/1.part"));
    torn.resize(2_700, 0);
    torn[2_500..].copy_from_slice(&run.bytes[5_000..5_200]);
    std::fs::write(run.out.path().join(".nuee/key/1.part"), torn).expect("a file");
    assert_eq!(run.stock(&run.open(), &[]), [0, 3, 4]);
}

#[test]
fn partial_files_that_were_spoiled_while_nobody_looked_are_received_again() {
    let run = Run::new();
    drop(run.complete());
    std::fs::write(run.out.path().join(".nuee/key/0.part"), vec![0; 2_500]).expect("a file");
    assert_eq!(run.stock(&run.open(), &[]), [3, 4, 5]);
}

#[test]
fn a_finished_copy_is_taken_over_after_one_look_and_later_by_length_and_time() {
    let run = Run::new();
    std::fs::create_dir(run.out.path().join("run")).expect("a folder");
    std::fs::write(run.finished("a"), &run.bytes[..2_500]).expect("a file");
    std::fs::write(run.finished("b"), &run.bytes[2_500..]).expect("a file");
    let files = run.open();
    assert_eq!(run.stock(&files, &[]), [0, 1, 2, 3, 4, 5]);
    let published = files.publish(&Run::proof(1), 1).expect("it stands already");
    drop(files);
    let verified_at = UtcTime::default();
    let remembered = [FinishedFile { file: 1, length: 3_000, stamp: published.stamp, verified_at }];
    let judge = |range: ByteRange, _: &[u8]| range.start() < 3_000;
    let files = run.open();
    let everything = RangeSet::from_iter(ByteRange::at(0, 5_500));
    let units = files.pieces_of(&everything);
    let stock = files.take_stock(&everything, &units, &remembered, &judge).expect("readable");
    assert_eq!(stock.checked, 3_000, "the pieces of b alone were not hashed");
    assert!(stock.held.contains(ByteRange::at(0, 5_500).expect("a range")));
}

#[test]
fn whole_pieces_of_finished_files_are_known_until_the_file_is_changed() {
    let run = Run::new();
    let files = run.complete();
    let published = files.publish(&Run::proof(0), 0).expect("a move");
    drop(files);
    let verified_at = UtcTime::default();
    let remembered = [FinishedFile { file: 0, length: 2_500, stamp: published.stamp, verified_at }];
    let left = |remembered: &[FinishedFile]| {
        let pieces = run.open().pieces_as_left(remembered).expect("readable");
        pieces.iter().map(|piece| piece.start()).collect::<Vec<_>>()
    };
    assert_eq!(left(&remembered), [0, 1_000], "the third piece reaches into the other file");
    assert_eq!(left(&[]), [] as [u64; 0]);
    std::fs::write(run.finished("a"), vec![0; 2_501]).expect("a file");
    assert_eq!(left(&remembered), [] as [u64; 0]);
}

#[test]
fn a_finished_file_that_was_changed_is_mended_and_the_changed_one_kept() {
    let run = Run::new();
    let files = run.complete();
    files.publish(&Run::proof(0), 0).expect("a move");
    drop(files);
    let mut changed = run.bytes[..2_500].to_vec();
    changed[10] ^= 1;
    std::fs::write(run.finished("a"), &changed).expect("a file");
    let files = run.open();
    assert_eq!(run.stock(&files, &[]), [1, 2, 3, 4, 5], "only the changed piece is missing");
    files.put_proven(&run.unit(0)).expect("room");
    let published = files.publish(&Run::proof(0), 0).expect("a move");
    assert_eq!(read(&run.finished("a")), run.bytes[..2_500]);
    assert_eq!(read(&run.finished("a~1")), changed);
    assert!(published.kept_as.is_some());
}

#[cfg(unix)]
#[test]
fn a_partial_that_is_another_name_of_somebodys_file_is_set_aside_and_never_written() {
    let run = Run::new();
    let theirs = run.out.path().join("theirs");
    std::fs::write(&theirs, vec![9; 2_500]).expect("a file");
    drop(run.open());
    std::fs::hard_link(&theirs, run.out.path().join(".nuee/key/0.part")).expect("a second name");
    let files = run.open();
    assert_eq!(run.stock(&files, &[]), [] as [u32; 0], "nothing of it is taken for ours");
    files.put_proven(&run.unit(0)).expect("room");
    assert_eq!(read(&theirs), vec![9; 2_500]);
    assert!(run.out.path().join(".nuee/key/0.part.set-aside-1").exists(), "nothing is lost");
}

#[test]
fn a_file_held_in_pieces_is_known_again_by_its_seal_and_a_changed_one_is_not() {
    use crate::domain::seal::SealCheck;
    let run = Run::new();
    let files = run.complete();
    for (file, range) in [(0, 0..2_500), (1, 2_500..5_500)] {
        let seal = files.seal_by_pieces(file, &run.hashes).expect("it is held");
        let mut octets = run.bytes[range].to_vec();
        let is_right = |octets: &[u8]| {
            let mut check = SealCheck::new(&seal);
            check.update(octets);
            check.finish()
        };
        assert!(is_right(&octets));
        for at in [0, 1_200, octets.len() - 1] {
            octets[at] ^= 1;
            assert!(!is_right(&octets), "{at}");
            octets[at] ^= 1;
        }
    }
}

#[cfg(unix)]
#[test]
fn a_link_planted_in_the_way_is_not_followed() {
    let run = Run::new();
    let elsewhere = tempdir().expect("a temporary folder");
    let files = run.complete();
    std::os::unix::fs::symlink(elsewhere.path(), run.out.path().join("run")).expect("a link");
    let refused = files.publish(&Run::proof(0), 0).err();
    assert!(matches!(refused, Some(StoreError::LinkInTheWay { .. })), "{refused:?}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("readable").count(), 0);
    assert_eq!(run.stock(&files, &[]), [0, 1, 2, 3, 4, 5], "nothing is lost");
}

#[test]
fn a_finished_file_that_was_touched_goes_to_no_peer_and_the_others_do() {
    let run = Run::new();
    let files = run.open();
    for piece in 0..6 {
        files.put_proven(&run.unit(piece)).expect("room");
    }
    let a = files.publish(&Run::proof(0), 0).expect("its place");
    files.publish(&Run::proof(1), 1).expect("its place");
    let (first, last) =
        (ByteRange::at(0, 500).expect("a range"), ByteRange::at(4_000, 500).expect("a range"));
    let mut buffer = [0; 500];
    files.read_to_give(first, &mut buffer).expect("as it was left");
    assert_eq!(buffer, run.bytes[..500]);
    assert_eq!(files.offered(), ByteCount(5_500));
    let path = run.finished(a.path.file_name());
    std::fs::write(&path, vec![7; 2_500]).expect("room");
    let given = files.read_to_give(first, &mut buffer);
    assert!(matches!(given, Err(NotGiven::NotAsLeft(0))), "{given:?}");
    assert_eq!(files.lose(0).iter().collect::<Vec<_>>(), [0, 1, 2], "with the piece that both share");
    files.read_to_give(last, &mut buffer).expect("the other file is as it was left");
    std::fs::remove_file(run.finished("b")).expect("it is there");
    let given = files.read_to_give(last, &mut buffer);
    assert!(matches!(given, Err(NotGiven::NotAsLeft(1))), "{given:?}");
    files.lose(1);
    assert_eq!(files.offered(), ByteCount::ZERO);
}
