//! Files of a dataset that has no runs (radar, satellite, observations): rows of a table, whose keys are its filters.
//!
//! In: entries of a catalogue, jobs. Out: a [`FileTable`], ready to be drawn; and what a person chose on it.

use crate::app::Policy;
use crate::app::catalog::hours::{DatasetId, KnownSize, MatrixCellState};
use crate::app::words::{further_words, quoted};
use crate::domain::utc::UtcTime;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The files of a dataset that has no runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileTable {
    /// What files are told by, `area`, `time`…: the names of [`FileRow::values`].
    pub keys: Vec<String>,
    /// The files, in the order of their keys.
    pub rows: Vec<FileRow>,
}

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRow {
    /// One value for each of [`FileTable::keys`]; empty where the file has none.
    pub values: Vec<String>,
    /// By which `get --files` means this file alone.
    pub pattern: Arc<str>,
    /// Its size.
    pub size: KnownSize,
    /// When it was last changed. `None` when nothing says.
    pub published: Option<UtcTime>,
    /// Where it stands.
    pub state: MatrixCellState,
}

/// Files that a person chose.
#[derive(Clone, Debug, PartialEq)]
pub struct FilesChoice {
    /// Of which dataset.
    pub dataset: DatasetId,
    /// Which: see [`FileRow::pattern`].
    pub patterns: Vec<Arc<str>>,
}

impl FileTable {
    /// The values of a key, each once; what the table can be filtered by.
    pub fn values_of(&self, key: usize) -> BTreeSet<&str> {
        let values = self.rows.iter().filter_map(|row| row.values.get(key));
        values.map(String::as_str).filter(|value| !value.is_empty()).collect()
    }
}

impl FilesChoice {
    /// The same wish as commands for the terminal, by the road and into the folder of the settings.
    pub fn command(&self, policy: Policy, folder: &Path) -> String {
        let further = further_words(policy, folder);
        let command = |pattern: &Arc<str>| {
            format!("nuee get {} --files {} {further}", quoted(&self.dataset.0), quoted(pattern))
        };
        self.patterns.iter().map(command).collect::<Vec<_>>().join(" && ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_files_is_a_command_that_a_shell_reads_as_it_was_meant() {
        let choice = FilesChoice {
            dataset: DatasetId("met-norway/gribfiles".into()),
            patterns: vec!["area=oslofjord&content=waves".into(), "area=skagerrak&content=waves".into()],
        };
        assert_eq!(
            choice.command(Policy::default(), Path::new("/my data")),
            "nuee get met-norway/gribfiles --files 'area=oslofjord&content=waves' --out '/my data' && \
             nuee get met-norway/gribfiles --files 'area=skagerrak&content=waves' --out '/my data'"
        );
    }
}
