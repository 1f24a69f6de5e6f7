//! What came of each file, hour and run of a line: told once, fetched once, also after a restart.
//!
//! In: notes as they are written. Out: what is known, what lies where, how many are missing.

use super::view::FollowCounts;
use crate::domain::utc::UtcTime;
use std::collections::BTreeMap;

/// What came of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileNote {
    /// Run, lead times and package of a file or hour; run and word for what was told of a run.
    pub key: String,
    /// Its run.
    pub run: UtcTime,
    /// What came of it.
    pub state: NoteState,
    /// Where it lies.
    pub paths: Vec<String>,
    /// Since when it is so.
    pub since: UtcTime,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteState {
    /// It was fetched; of the window, it was handed to a transfer.
    Here,
    /// It was fetched, and the person's command was started for it.
    Told,
    /// It is missing at its source.
    Missing,
    /// It came after it was missing.
    Came,
    /// It had been here long enough.
    Removed,
    /// Something of a whole run was told.
    Run,
}

impl NoteState {
    const ALL: [Self; 6] = [Self::Here, Self::Told, Self::Missing, Self::Came, Self::Removed, Self::Run];

    /// The word that is kept; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Told => "told",
            Self::Missing => "missing",
            Self::Came => "came",
            Self::Removed => "removed",
            Self::Run => "run",
        }
    }

    /// Reads the word. `None` when it is another.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Whether it was fetched and is still to be here.
    pub const fn is_fetched(self) -> bool {
        matches!(self, Self::Here | Self::Told)
    }
}

impl FileNote {
    /// A note of something that lies nowhere.
    pub fn new((key, run): (String, UtcTime), state: NoteState, since: UtcTime) -> Self {
        Self { key, run, state, paths: Vec::new(), since }
    }
}

/// The notes of one line, by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowNotes(BTreeMap<String, FileNote>);

impl FromIterator<FileNote> for FollowNotes {
    fn from_iter<T: IntoIterator<Item = FileNote>>(notes: T) -> Self {
        Self(notes.into_iter().map(|note| (note.key.clone(), note)).collect())
    }
}

impl FollowNotes {
    /// Takes a note in; the one of the same key goes.
    pub fn note(&mut self, note: FileNote) {
        self.0.insert(note.key.clone(), note);
    }

    /// What came of it. `None` when nothing did yet.
    pub fn state(&self, key: &str) -> Option<NoteState> {
        self.0.get(key).map(|note| note.state)
    }

    /// Whether something came of it: then it is not fetched, and not told, again.
    pub fn is_known(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &FileNote> {
        self.0.values()
    }

    /// When the last file came. `None` before the first.
    pub fn last_fetched(&self) -> Option<UtcTime> {
        self.0.values().filter(|note| note.state.is_fetched()).map(|note| note.since).max()
    }

    /// How many are here and missing.
    pub fn counts(&self) -> FollowCounts {
        let count =
            |is_meant: fn(NoteState) -> bool| self.0.values().filter(|note| is_meant(note.state)).count();
        FollowCounts {
            here: count(NoteState::is_fetched),
            missing: count(|state| state == NoteState::Missing),
        }
    }

    /// What was fetched and for which the person's command was not started, oldest run first.
    pub fn untold(&self) -> Vec<FileNote> {
        self.in_order(|note| note.state == NoteState::Here)
    }

    /// What was fetched and lies somewhere, oldest run first.
    pub fn lying(&self) -> Vec<FileNote> {
        self.in_order(|note| note.state.is_fetched() && !note.paths.is_empty())
    }

    /// Where the files of a run lie.
    pub fn paths_of(&self, run: UtcTime) -> Vec<String> {
        self.lying().into_iter().filter(|note| note.run == run).flat_map(|note| note.paths).collect()
    }

    /// Forgets what is of runs before `oldest`.
    pub fn forget_before(&mut self, oldest: UtcTime) {
        self.0.retain(|_, note| note.run >= oldest);
    }

    fn in_order(&self, is_meant: impl Fn(&&FileNote) -> bool) -> Vec<FileNote> {
        let mut notes: Vec<FileNote> = self.0.values().filter(is_meant).cloned().collect();
        notes.sort_by_key(|note| (note.run, note.since));
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> UtcTime {
        UtcTime::from_unix_seconds(hours * 3_600).expect("a time")
    }

    fn a_note(key: &str, run: i64, state: NoteState) -> FileNote {
        let paths = if state.is_fetched() { vec![format!("/data/{key}")] } else { Vec::new() };
        FileNote { paths, ..FileNote::new((key.to_owned(), at(run)), state, at(run + 1)) }
    }

    #[test]
    fn notes_say_what_is_here_what_is_missing_and_where_a_run_lies() {
        let all = [
            a_note("b", 12, NoteState::Here),
            a_note("a", 6, NoteState::Told),
            a_note("c", 12, NoteState::Missing),
            a_note("d", 12, NoteState::Removed),
        ];
        let mut notes: FollowNotes = all.into_iter().collect();
        assert_eq!(notes.counts(), FollowCounts { here: 2, missing: 1 });
        assert_eq!(notes.paths_of(at(12)), ["/data/b"]);
        let lying: Vec<String> = notes.lying().into_iter().map(|note| note.key).collect();
        assert_eq!(lying, ["a", "b"], "oldest run first");
        assert_eq!(notes.untold().len(), 1);
        notes.forget_before(at(12));
        assert!(!notes.is_known("a") && notes.state("d") == Some(NoteState::Removed));
    }

    #[test]
    fn each_word_of_a_note_is_read_as_it_was_written() {
        for state in NoteState::ALL {
            assert_eq!(NoteState::from_key(state.key()), Some(state));
        }
        assert_eq!(NoteState::from_key("gone"), None);
    }
}
