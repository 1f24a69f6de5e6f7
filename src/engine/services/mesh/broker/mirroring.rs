//! Keeps the folder true to what was announced: each file has a name that stays, updates replace, renames rename, and
//! what is withdrawn goes where the policy says so.
//!
//! In: keys, paths, the ledger and the policy. Out: files in their place, and what became of those before them. A file that
//! somebody changed is never replaced or removed: what comes takes another name. Start reading at [`name_for`].

use super::keeping::PlacedFile;
use super::ledger::MeshLedger;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use crate::engine::store::directory::{Directory, DirectoryEntry, EntryKind, OpenHow};
use crate::engine::store::error::StoreError;
use crate::engine::store::removal::{is_as_left, remove_empty, remove_unchanged};
use crate::mesh::mirror::{LocalCopy, MOST_VERSIONS, MirrorPolicy, Withdrawn, names_for, path_of_text};
use std::fs::File;
use std::path::Path;

/// The folder and what is known of the files in it.
#[derive(Clone, Copy)]
pub(super) struct Mirror<'a> {
    /// The folder.
    pub(super) root: &'a Directory,
    /// Its ledger.
    pub(super) ledger: &'a MeshLedger,
}

/// Where a file goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// Nothing stands there, or its own earlier version.
    Free(SafePath),
    /// The very file stands there already.
    There(SafePath),
}

/// What came of putting a file into its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PutOutcome {
    /// Whether an earlier version stood there.
    pub(super) replaced: bool,
    /// Where that one is now. `None` when it was removed, or there was none.
    pub(super) kept_as: Option<SafePath>,
    /// Earlier versions that were removed as too many, by their paths below the folder.
    pub(super) removed: Vec<String>,
}

/// What became of the local copies of a withdrawn file: the path of each below the folder.
pub(super) type Withdrawal = Vec<(String, LocalCopy)>;

impl Mirror<'_> {
    /// The name under which the file `key` goes: the one it has, else the one that was wished for, else one made of both. A
    /// name is another's when a different key has it, or when a file stands there that is not as it was left;
    /// `is_same` says of such a file whether it is the very one that is to come.
    pub(super) fn name_for(
        self,
        (key, wished): (&str, &SafePath),
        is_same: &dyn Fn(&File) -> bool,
    ) -> Result<Room, StoreError> {
        let _naming = self.ledger.placed.naming();
        let known = self.ledger.placed.name_of(key)?.filter(|known| known.wished == wished.to_string());
        let own = known.as_ref().and_then(|known| path_of_text(&known.path));
        for path in own.into_iter().chain(names_for(key, wished)) {
            if self.ledger.placed.owner_of(&path)?.is_some_and(|owner| owner != key) {
                continue;
            }
            if let Some(room) = self.room_at(key, path, is_same)? {
                let (Room::Free(path) | Room::There(path)) = &room;
                if known.as_ref().is_none_or(|known| known.path != path.to_string()) {
                    self.ledger.placed.give_name(key, (wished, path))?;
                }
                return Ok(room);
            }
        }
        Err(StoreError::LinkInTheWay { name: wished.to_string() })
    }

    /// `None` when something of somebody else stands there.
    fn room_at(
        self,
        key: &str,
        path: SafePath,
        is_same: &dyn Fn(&File) -> bool,
    ) -> Result<Option<Room>, StoreError> {
        let Some(folder) = self.folder_of(&path)? else { return Ok(Some(Room::Free(path))) };
        let folder = folder.as_ref().unwrap_or(self.root);
        let Some(entry) = folder.entry(path.file_name())? else { return Ok(Some(Room::Free(path))) };
        if entry.kind != EntryKind::File {
            return Ok(None);
        }
        let placed = self.ledger.placed.placed_at(&path.to_string())?;
        // What an earlier version of the program put there has no key.
        let is_own = |placed: PlacedFile| {
            (placed.key == key || placed.key.is_empty())
                && placed.version.is_none()
                && placed.is_as_left(&entry)
        };
        if placed.is_some_and(is_own) {
            return Ok(Some(Room::Free(path)));
        }
        let is_there = folder.open_file(path.file_name(), OpenHow::Read).is_ok_and(|file| is_same(&file));
        Ok(is_there.then_some(Room::There(path)))
    }

    /// The folder of `path`: `None` when it is not there, `Some(None)` for the root.
    fn folder_of(self, path: &SafePath) -> Result<Option<Option<Directory>>, StoreError> {
        let mut entered: Option<Directory> = None;
        for name in path.folders() {
            let here = entered.as_ref().unwrap_or(self.root);
            match here.entry(name)? {
                None => return Ok(None),
                Some(entry) if entry.kind == EntryKind::Directory => entered = Some(here.enter(name)?),
                // Whoever writes there says so.
                Some(_) => return Ok(None),
            }
        }
        Ok(Some(entered))
    }

    /// Notes a file that was put into its place, and does with the version before it as the policy says.
    pub(super) fn note_arrival(
        self,
        (key, path): (&str, &SafePath),
        kept_as: Option<SafePath>,
        (policy, now): (MirrorPolicy, UtcTime),
    ) -> Result<PutOutcome, StoreError> {
        let text = path.to_string();
        let before =
            self.ledger.placed.placed_at(&text)?.filter(|before| before.key == key || before.key.is_empty());
        let kept_as = match (&before, kept_as) {
            (Some(before), None) => self.set_aside_before_death(path, before)?,
            (_, kept_as) => kept_as,
        };
        let mut arrival = PutOutcome { kept_as: kept_as.clone(), ..PutOutcome::default() };
        self.part_with_former(key, &text)?;
        if let (Some(before), Some(kept)) = (before, &kept_as) {
            let versions = self.ledger.placed.versions_of(key)?;
            let version = 1 + versions.last().and_then(|last| last.version).unwrap_or(0);
            let (path, key) = (kept.to_string(), key.to_owned());
            let kept = PlacedFile { path, key, version: Some(version), ..before };
            // One that was changed while the new one came is the person's: it only had to make room.
            if is_as_left(self.root, Path::new(&kept.path), kept.as_left())? {
                arrival.replaced = true;
                self.ledger.placed.note_placed(&kept)?;
            }
        }
        if let Some(entry) = self.entry_of(path)? {
            self.ledger.placed.note_placed(&PlacedFile {
                path: text,
                length: entry.length,
                modified: i64::try_from(entry.modified).unwrap_or(0),
                since: now,
                key: key.to_owned(),
                version: None,
            })?;
        }
        arrival.removed = self.remove_surplus(key, policy)?;
        let is_gone = |kept: &SafePath| arrival.removed.contains(&kept.to_string());
        if arrival.kept_as.as_ref().is_some_and(is_gone) {
            arrival.kept_as = None;
        }
        Ok(arrival)
    }

    /// Where the earlier version of a file lies that was moved aside by a process that died before the new one came into its
    /// place. Versions have the first numbers that are free: behind the first free one there is none.
    fn set_aside_before_death(
        self,
        path: &SafePath,
        before: &PlacedFile,
    ) -> Result<Option<SafePath>, StoreError> {
        for aside in (1..MOST_VERSIONS).map(|number| path.numbered(number)) {
            let Some(entry) = self.entry_of(&aside)? else { return Ok(None) };
            if before.is_as_left(&entry) && self.ledger.placed.placed_at(&aside.to_string())?.is_none() {
                return Ok(Some(aside));
            }
        }
        Ok(None)
    }

    /// A file of the key at another path is an earlier version; one that was changed there is the person's from now on.
    fn part_with_former(self, key: &str, path: &str) -> Result<(), StoreError> {
        let Some(former) = self.ledger.placed.current_of(key)?.filter(|former| former.path != path) else {
            return Ok(());
        };
        if !is_as_left(self.root, Path::new(&former.path), former.as_left())? {
            return self.ledger.placed.forget_placed(&former.path);
        }
        let last = self.ledger.placed.versions_of(key)?.last().and_then(|last| last.version).unwrap_or(0);
        self.ledger.placed.note_placed(&PlacedFile { version: Some(last + 1), ..former })
    }

    /// Removes versions that are too many, the oldest first.
    fn remove_surplus(self, key: &str, policy: MirrorPolicy) -> Result<Vec<String>, StoreError> {
        let versions = self.ledger.placed.versions_of(key)?;
        let surplus = policy.versions.surplus(versions.len());
        let mut removed = Vec::new();
        for version in &versions[..surplus] {
            if remove_unchanged(self.root, Path::new(&version.path), version.as_left())? {
                removed.push(version.path.clone());
            }
            self.ledger.placed.forget_placed(&version.path)?;
        }
        Ok(removed)
    }

    /// Does with the local copies of a withdrawn file as the policy says: with the file, and with other content that was
    /// announced under its name.
    pub(super) fn withdraw(self, key: &str, policy: MirrorPolicy) -> Result<Withdrawal, StoreError> {
        let mut done = Vec::new();
        for key in std::iter::once(key.to_owned()).chain(self.ledger.placed.rivals_of(key)?) {
            let Some(placed) = self.ledger.placed.current_of(&key)? else { continue };
            let local = match policy.withdrawn {
                _ if !self.is_there(&placed)? => {
                    self.ledger.placed.forget_placed(&placed.path)?;
                    continue;
                }
                _ if !is_as_left(self.root, Path::new(&placed.path), placed.as_left())? => LocalCopy::Changed,
                Withdrawn::Keep => LocalCopy::Kept,
                Withdrawn::Remove => {
                    let is_removed = remove_unchanged(self.root, Path::new(&placed.path), placed.as_left())?;
                    self.ledger.placed.forget_placed(&placed.path)?;
                    if is_removed { LocalCopy::Removed } else { LocalCopy::Changed }
                }
            };
            done.push((placed.path, local));
        }
        Ok(done)
    }

    fn is_there(self, placed: &PlacedFile) -> Result<bool, StoreError> {
        match path_of_text(&placed.path) {
            Some(path) => Ok(self.entry_of(&path)?.is_some()),
            None => Ok(false),
        }
    }

    /// What stands at `path`, no link followed.
    fn entry_of(self, path: &SafePath) -> Result<Option<DirectoryEntry>, StoreError> {
        match self.folder_of(path)? {
            Some(folder) => folder.as_ref().unwrap_or(self.root).entry(path.file_name()),
            None => Ok(None),
        }
    }

    /// The local file of `old`, when it is as it was left: what a rename can move.
    pub(super) fn movable(self, old: &str) -> Result<Option<(SafePath, File)>, StoreError> {
        let Some(placed) = self.ledger.placed.current_of(old)? else { return Ok(None) };
        let is_movable = is_as_left(self.root, Path::new(&placed.path), placed.as_left())?;
        let Some(path) = path_of_text(&placed.path).filter(|_| is_movable) else { return Ok(None) };
        let Some(folder) = self.folder_of(&path)? else { return Ok(None) };
        let file = folder.as_ref().unwrap_or(self.root).open_file(path.file_name(), OpenHow::Read)?;
        Ok(Some((path, file)))
    }

    /// Moves the file of `old` from one path to another, as the file of `new`. Whether it moved: not where something stands.
    pub(super) fn rename(
        self,
        (old, new): (&str, &str),
        (from, to): (&SafePath, &SafePath),
        now: UtcTime,
    ) -> Result<bool, StoreError> {
        let (Some(source), Some(placed)) = (self.folder_of(from)?, self.ledger.placed.current_of(old)?)
        else {
            return Ok(false);
        };
        let source = source.as_ref().unwrap_or(self.root);
        let mut target: Option<Directory> = None;
        for name in to.folders() {
            target = Some(target.as_ref().unwrap_or(self.root).enter_or_create(name)?);
        }
        let target = target.as_ref().unwrap_or(self.root);
        if !source.move_to(from.file_name(), target, to.file_name())? {
            return Ok(false);
        }
        let beside = |path: &SafePath| format!("{}.provenance.json", path.file_name());
        if source.entry(&beside(from))?.is_some_and(|entry| entry.kind == EntryKind::File) {
            // It stays under its old name where another has the new one.
            source.move_to(&beside(from), target, &beside(to))?;
        }
        target.sync()?;
        source.sync()?;
        remove_empty(self.root.path(), from.folders());
        self.ledger.placed.forget_placed(&placed.path)?;
        self.ledger.placed.note_renamed(old)?;
        let moved = PlacedFile { path: to.to_string(), since: now, key: new.to_owned(), ..placed };
        self.ledger.placed.note_placed(&moved)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
