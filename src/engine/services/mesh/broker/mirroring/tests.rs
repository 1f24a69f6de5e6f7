//! Files in a folder, as announcements come and go.

use super::*;
use crate::domain::integrity::{Digest, DigestAlgorithm, Voucher};
use crate::domain::octets::ByteCount;
use crate::engine::store::file_set::{Partials, publish_product};
use crate::mesh::mirror::Versions;
use crate::transfer::verification::prove_by_digest;
use std::io::Write;
use tempfile::TempDir;

struct Folder {
    scratch: TempDir,
    root: Directory,
    ledger: MeshLedger,
}

impl Folder {
    fn new() -> Self {
        let scratch = tempfile::tempdir().expect("a folder");
        let root = Directory::open_or_create(&scratch.path().join("out")).expect("a folder");
        let private = Directory::open_or_create(&scratch.path().join("private")).expect("a folder");
        let ledger = MeshLedger::open(&private).expect("a ledger");
        Self { scratch, root, ledger }
    }

    fn mirror(&self) -> Mirror<'_> {
        Mirror { root: &self.root, ledger: &self.ledger }
    }

    /// Content of `key` comes; where it went, and what became of what was there.
    fn put(&self, (key, wished): (&str, &str), octets: &[u8], policy: MirrorPolicy) -> (String, PutOutcome) {
        let wished = path_of_text(wished).expect("a path");
        let room = self.mirror().name_for((key, &wished), &|_| false).expect("room");
        let Room::Free(path) = room else { panic!("{room:?}") };
        let kept_as = self.publish(&path, octets);
        let arrival = self.mirror().note_arrival((key, &path), kept_as, (policy, at(0))).expect("a note");
        (path.to_string(), arrival)
    }

    fn publish(&self, path: &SafePath, octets: &[u8]) -> Option<SafePath> {
        let partials = Partials::new(self.root.enter_or_create(".part").expect("a folder"));
        let mut file = partials.directory().open_file("p", OpenHow::Update).expect("a file");
        file.write_all(octets).expect("room");
        let digest = || Digest::of(DigestAlgorithm::Sha256, octets);
        let length = ByteCount(octets.len() as u64);
        let proof = prove_by_digest(digest(), digest(), length, Voucher::Nobody).expect("a proof");
        publish_product(&self.root, &partials, "p", path, &proof).expect("a file").kept_as
    }

    fn write(&self, path: &str, octets: &[u8]) {
        std::fs::write(self.root.path().join(path), octets).expect("room");
    }

    /// Every file with its content, sorted.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.root.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.root.path()).expect("below").display().to_string();
                    found.push(format!("{name}={}", std::fs::read_to_string(&path).expect("text")));
                }
            }
        }
        found.sort();
        found
    }
}

fn at(seconds: i64) -> UtcTime {
    UtcTime::from_unix_seconds(seconds).expect("a time")
}

fn keep(versions: Versions) -> MirrorPolicy {
    MirrorPolicy { withdrawn: Withdrawn::Keep, versions }
}

const FOLLOW: MirrorPolicy = MirrorPolicy { withdrawn: Withdrawn::Remove, versions: Versions::All };

#[test]
fn an_update_comes_under_the_name_and_all_versions_are_kept_by_default() {
    let folder = Folder::new();
    for content in ["one", "two", "three"] {
        folder.put(("k", "d/x.txt"), content.as_bytes(), MirrorPolicy::default());
    }
    assert_eq!(folder.files(), ["d/x.txt=three", "d/x~1.txt=one", "d/x~2.txt=two"]);
    let versions = folder.ledger.placed.versions_of("k").expect("a table");
    assert_eq!(versions.iter().map(|file| &*file.path).collect::<Vec<_>>(), ["d/x~1.txt", "d/x~2.txt"]);
}

#[test]
fn only_the_last_versions_stay_when_that_is_the_setting() {
    let folder = Folder::new();
    let mut last = PutOutcome::default();
    for content in ["one", "two", "three"] {
        (_, last) = folder.put(("k", "x"), content.as_bytes(), keep(Versions::Last(1)));
    }
    assert_eq!(last.removed, ["x~1"]);
    assert_eq!(last.kept_as.map(|path| path.to_string()).as_deref(), Some("x~2"));
    assert_eq!(folder.files(), ["x=three", "x~2=two"]);
    let (_, none) = folder.put(("k", "x"), b"four", keep(Versions::Last(0)));
    assert!(none.replaced && none.kept_as.is_none(), "{none:?}");
    assert_eq!(folder.files(), ["x=four"]);
}

#[test]
fn a_process_that_died_between_the_two_moves_has_lost_no_version() {
    let folder = Folder::new();
    folder.put(("k", "x"), b"one", MirrorPolicy::default());
    folder.put(("k", "x"), b"two", MirrorPolicy::default());
    // It had moved the earlier version aside, and the new one did not come into its place.
    std::fs::rename(folder.root.path().join("x"), folder.root.path().join("x~2")).expect("room");
    let (_, arrival) = folder.put(("k", "x"), b"three", MirrorPolicy::default());
    assert!(arrival.replaced, "{arrival:?}");
    assert_eq!(arrival.kept_as.map(|path| path.to_string()).as_deref(), Some("x~2"));
    assert_eq!(folder.files(), ["x=three", "x~1=one", "x~2=two"]);
    // It counts as a version from now on.
    let (_, arrival) = folder.put(("k", "x"), b"four", keep(Versions::Last(1)));
    assert_eq!(arrival.removed, ["x~1", "x~2"]);
    assert_eq!(folder.files(), ["x=four", "x~3=three"]);
}

#[test]
fn a_file_that_somebody_put_at_the_name_of_a_version_is_no_version() {
    let folder = Folder::new();
    folder.put(("k", "x"), b"one", MirrorPolicy::default());
    std::fs::remove_file(folder.root.path().join("x")).expect("it goes");
    folder.write("x~1", b"mine, and longer");
    let (_, arrival) = folder.put(("k", "x"), b"two", keep(Versions::Last(0)));
    assert!(!arrival.replaced && arrival.removed.is_empty(), "{arrival:?}");
    assert_eq!(folder.files(), ["x=two", "x~1=mine, and longer"]);
}

#[test]
fn a_file_whose_own_name_ends_like_that_of_a_version_is_told_apart_from_one() {
    let folder = Folder::new();
    folder.put(("own", "x~1"), b"own", MirrorPolicy::default());
    folder.put(("k", "x"), b"one", MirrorPolicy::default());
    folder.put(("k", "x"), b"two", MirrorPolicy::default());
    assert_eq!(folder.files(), ["x=two", "x~1=own", "x~2=one"]);
    folder.put(("own", "x~1"), b"own again", MirrorPolicy::default());
    assert_eq!(folder.files(), ["x=two", "x~1=own again", "x~1~1=own", "x~2=one"]);
    // One that comes when its name is a version's already gets another.
    let (path, _) = folder.put(("late", "x~2"), b"late", MirrorPolicy::default());
    assert_ne!(path, "x~2");
    assert!(folder.files().contains(&"x~2=one".to_owned()), "{:?}", folder.files());
}

#[test]
fn versions_of_the_longest_names_have_names_that_file_systems_hold() {
    let folder = Folder::new();
    for wished in ["n".repeat(255), format!("{}.grib2", "é".repeat(300)), format!("a.{}", "x".repeat(400))] {
        for content in ["one", "two", "three"] {
            folder.put((&wished, &wished), content.as_bytes(), MirrorPolicy::default());
        }
        let versions = folder.ledger.placed.versions_of(&wished).expect("a table");
        assert_eq!(versions.len(), 2, "{wished}");
        assert!(versions.iter().all(|version| version.path.len() <= 255), "{versions:?}");
    }
    assert_eq!(folder.files().len(), 9);
}

#[test]
fn a_folder_that_cannot_be_written_loses_neither_what_is_there_nor_what_came() {
    let folder = Folder::new();
    folder.put(("k", "d/x"), b"one", MirrorPolicy::default());
    let partials = Partials::new(folder.root.enter_or_create(".part").expect("a folder"));
    partials.directory().open_file("p", OpenHow::Update).expect("a file").write_all(b"two").expect("room");
    // A folder that cannot be written, also for whoever may do everything: a file stands in its place.
    std::fs::rename(folder.root.path().join("d"), folder.root.path().join("e")).expect("room");
    folder.write("d", b"in the way");
    let digest = || Digest::of(DigestAlgorithm::Sha256, b"two");
    let proof = prove_by_digest(digest(), digest(), ByteCount(3), Voucher::Nobody).expect("a proof");
    let path = path_of_text("d/x").expect("a path");
    assert!(publish_product(&folder.root, &partials, "p", &path, &proof).is_err());
    let kept = partials.directory().entry("p").expect("a folder");
    assert!(kept.is_some_and(|entry| entry.length == 3), "what came is kept for the next try");
    assert_eq!(std::fs::read(folder.root.path().join("e/x")).expect("there"), b"one");
}

#[test]
fn two_files_of_one_name_get_names_that_stay() {
    let folder = Folder::new();
    let (first, _) = folder.put(("d1", "gfs.f006"), b"one", MirrorPolicy::default());
    let (second, _) = folder.put(("d2", "gfs.f006"), b"two", MirrorPolicy::default());
    assert_ne!(first, second);
    assert_eq!(folder.put(("d1", "gfs.f006"), b"1 again", keep(Versions::Last(0))).0, first);
    assert_eq!(folder.put(("d2", "gfs.f006"), b"2 again", keep(Versions::Last(0))).0, second);
    assert_eq!(folder.files(), [format!("{first}=1 again"), format!("{second}=2 again")]);
    let other = Folder::new();
    other.put(("d3", "GFS.f006"), b"three", MirrorPolicy::default());
    let (elsewhere, _) = other.put(("d2", "gfs.f006"), b"two", MirrorPolicy::default());
    assert_eq!(elsewhere, second, "told apart by its key alone, also from a name in capitals");
}

#[test]
fn a_file_that_somebody_changed_keeps_its_name_and_its_content() {
    let folder = Folder::new();
    folder.put(("k", "x.txt"), b"one", MirrorPolicy::default());
    folder.write("x.txt", b"my notes");
    let (path, arrival) = folder.put(("k", "x.txt"), b"two", keep(Versions::Last(0)));
    assert_ne!(path, "x.txt");
    assert!(!arrival.replaced);
    assert_eq!(folder.files(), ["x.txt=my notes".to_owned(), format!("{path}=two")]);
    let done = folder.mirror().withdraw("k", FOLLOW).expect("a folder");
    assert_eq!(done, [(path, LocalCopy::Removed)]);
    assert_eq!(folder.files(), ["x.txt=my notes"]);
}

#[test]
fn a_file_of_the_person_is_left_where_it_is_unless_it_is_the_very_one() {
    let folder = Folder::new();
    folder.write("x", b"mine");
    let wished = SafePath::from_name("x");
    let same = folder.mirror().name_for(("k", &wished), &|_| true).expect("room");
    assert_eq!(same, Room::There(wished.clone()));
    let other = folder.mirror().name_for(("k", &wished), &|_| false).expect("room");
    assert!(matches!(&other, Room::Free(path) if *path != wished), "{other:?}");
}

#[test]
fn a_withdrawn_file_stays_or_goes_as_the_policy_says() {
    let folder = Folder::new();
    folder.put(("k", "d/x"), b"one", MirrorPolicy::default());
    let kept = folder.mirror().withdraw("k", MirrorPolicy::default()).expect("a folder");
    assert_eq!(kept, [("d/x".to_owned(), LocalCopy::Kept)]);
    assert_eq!(folder.files(), ["d/x=one"]);
    folder.write("d/x", b"changed");
    let changed = folder.mirror().withdraw("k", FOLLOW).expect("a folder");
    assert_eq!(changed, [("d/x".to_owned(), LocalCopy::Changed)]);
    assert_eq!(folder.files(), ["d/x=changed"]);
    folder.put(("k2", "e/y"), b"two", MirrorPolicy::default());
    let removed = folder.mirror().withdraw("k2", FOLLOW).expect("a folder");
    assert_eq!(removed, [("e/y".to_owned(), LocalCopy::Removed)]);
    assert!(!folder.root.path().join("e").exists());
    assert_eq!(folder.mirror().withdraw("unheard", FOLLOW).expect("a folder"), []);
}

#[test]
fn a_renamed_file_is_moved_with_what_is_known_of_it_and_never_over_another() {
    let folder = Folder::new();
    folder.put(("a/old", "a/old"), b"one", MirrorPolicy::default());
    folder.write("taken", b"mine");
    let mirror = folder.mirror();
    let (from, _) = mirror.movable("a/old").expect("a folder").expect("it is as it was left");
    let taken = mirror.rename(("a/old", "taken"), (&from, &SafePath::from_name("taken")), at(1));
    assert!(!taken.expect("a folder"));
    let to = path_of_text("b/new").expect("a path");
    assert!(mirror.rename(("a/old", "b/new"), (&from, &to), at(1)).expect("a folder"));
    assert_eq!(folder.files(), ["b/new=one", "taken=mine"]);
    assert!(mirror.movable("a/old").expect("a folder").is_none());
    let done = mirror.withdraw("b/new", FOLLOW).expect("a folder");
    assert_eq!(done, [("b/new".to_owned(), LocalCopy::Removed)]);
    assert!(folder.scratch.path().exists());
}

#[test]
fn a_path_that_leads_through_a_link_is_not_followed() {
    let folder = Folder::new();
    #[cfg(unix)]
    {
        let outside = tempfile::tempdir().expect("a folder");
        std::fs::write(outside.path().join("x"), b"outside").expect("room");
        folder.put(("k", "d/x"), b"one", MirrorPolicy::default());
        std::fs::rename(folder.root.path().join("d"), folder.root.path().join("e")).expect("room");
        std::os::unix::fs::symlink(outside.path(), folder.root.path().join("d")).expect("a link");
        assert_eq!(folder.mirror().withdraw("k", FOLLOW).expect("a folder"), []);
        assert!(folder.mirror().movable("k").expect("a folder").is_none());
        assert_eq!(std::fs::read(outside.path().join("x")).expect("a file"), b"outside");
    }
}
