//! Keeps how complete runs looked, and tells what changed since.

use super::Catalog;
use crate::catalog::change::{Change, RunShape, changes, shape_of};
use crate::catalog::entry::EntryBook;
use crate::catalog::provider::Dataset;
use crate::domain::utc::UtcTime;
use crate::engine::store::database::{Database, StoredAnswer};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most changes of one provider that are kept; the newest stay.
const MOST_CHANGES: usize = 200;

impl Catalog {
    /// What is not as it was when the dataset was looked at before; each change is told once.
    pub(super) fn note_changes(&self, dataset: &Dataset, book: &EntryBook, now: UtcTime) -> Vec<Change> {
        let Some(kept) = self.kept() else { return Vec::new() };
        let mut found = Vec::new();
        for cycle in 0..dataset.cycles.len() {
            let Some(after) = shape_of(dataset, cycle, book, now) else { continue };
            let name = format!("shape:{}/{cycle}", dataset.path());
            let before: Option<RunShape> = read(&kept, &name);
            found.extend(before.iter().flat_map(|before| changes(dataset, before, &after)));
            write(&kept, &name, &after, now);
        }
        if !found.is_empty() {
            let name = list_of(&dataset.provider);
            let known: Vec<Change> = read(&kept, &name).unwrap_or_default();
            let all: Vec<&Change> = found.iter().chain(&known).take(MOST_CHANGES).collect();
            write(&kept, &name, &all, now);
        }
        found
    }

    /// What was seen to change of a provider, newest first.
    pub(crate) fn changes_of(&self, provider: &str) -> Vec<Change> {
        self.kept().and_then(|kept| read(&kept, &list_of(provider))).unwrap_or_default()
    }
}

fn list_of(provider: &str) -> String {
    format!("changes:{provider}")
}

/// What was kept under a name; what is damaged counts as nothing.
fn read<T: DeserializeOwned>(kept: &Database, name: &str) -> Option<T> {
    let answer = kept.answer(name).ok().flatten()?;
    serde_json::from_slice(&answer.body).ok()
}

fn write(kept: &Database, name: &str, value: &impl Serialize, now: UtcTime) {
    let body = serde_json::to_vec(value).expect("what changed is text and numbers");
    let answer = StoredAnswer { validator: None, fetched_at: now, body };
    if let Err(error) = kept.keep_answer(name, &answer) {
        tracing::warn!(error = &error as &dyn std::error::Error, "how a run looked cannot be kept");
    }
}

#[cfg(test)]
mod tests {
    use super::super::CatalogPlaces;
    use super::*;
    use crate::catalog::change::ChangeKind;
    use crate::catalog::change::made::{DAY, add, dataset, start};

    #[test]
    fn a_change_is_told_once_and_listed_ever_after() {
        let folder = tempfile::tempdir().expect("room");
        let places = CatalogPlaces { kept: Some(folder.path().to_owned()), ..CatalogPlaces::default() };
        let dataset = dataset("a.example");
        let look = |catalog: &Catalog, days: i64, packages: &[&str]| {
            let mut book = EntryBook::default();
            add(&mut book, (&dataset, "a.example"), days, (packages, 3, 9));
            let now = start().plus_minutes(days * DAY + 600).expect("a time");
            catalog.note_changes(&dataset, &book, now)
        };
        let catalog = Catalog::new(places.clone());
        assert_eq!(look(&catalog, 0, &["SP1"]), [], "there is nothing to compare with");
        let told = look(&catalog, 1, &["SP1", "SP2"]);
        let added = ChangeKind::PackageAdded { package: "SP2".to_owned() };
        assert_eq!(told.iter().map(|change| &change.kind).collect::<Vec<_>>(), [&added]);
        assert_eq!(look(&catalog, 1, &["SP1", "SP2"]), [], "it was told");
        drop(catalog);
        let catalog = Catalog::new(places);
        assert_eq!(catalog.changes_of("t"), told, "and is known after a restart");
        assert_eq!(catalog.changes_of("another"), []);
    }
}
