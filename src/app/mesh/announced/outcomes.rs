//! How the files of one listening stand at its end.
//!
//! In: news of each file. Out: figures of a [`ListenSummary`]. What counts is how each file stands last: one that was refused may
//! come right from another source.

use crate::app::mesh::listening::{FileOutcome, ListenSummary};
use std::collections::HashSet;

/// Files by how they stand.
#[derive(Debug, Default)]
pub(crate) struct OutcomeTally {
    in_place: u64,
    withdrawn: u64,
    refused: HashSet<i64>,
    failed: HashSet<i64>,
    /// Files that the folder refused.
    unsettled: HashSet<i64>,
}

impl OutcomeTally {
    /// Takes in what became of the file of a row.
    pub(crate) fn note(&mut self, row: i64, outcome: &FileOutcome) {
        for stood in [&mut self.refused, &mut self.failed, &mut self.unsettled] {
            stood.remove(&row);
        }
        match outcome {
            FileOutcome::InPlace(_) => self.in_place += 1,
            FileOutcome::Withdrawn(_) => self.withdrawn += 1,
            FileOutcome::Refused(_) => drop(self.refused.insert(row)),
            FileOutcome::Failed => drop(self.failed.insert(row)),
            FileOutcome::Unsettled(_) => drop(self.unsettled.insert(row)),
            FileOutcome::NotFetched(_) => {}
        }
    }

    /// A summary with these figures and nothing else.
    pub(crate) fn summary(&self) -> ListenSummary {
        ListenSummary {
            in_place: self.in_place,
            withdrawn: self.withdrawn,
            refused: self.refused.len() as u64,
            failed: self.failed.len() as u64,
            unsettled: self.unsettled.len() as u64,
            ..ListenSummary::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::messages::user_message::UserMessage;
    use crate::app::messages::wrong_file::WrongFile;

    #[test]
    fn a_file_counts_by_how_it_stands_last() {
        let mut tally = OutcomeTally::default();
        tally.note(1, &FileOutcome::Refused(WrongFile::SeveralFiles { files: 2 }));
        tally.note(1, &FileOutcome::Failed);
        tally.note(2, &FileOutcome::Failed);
        tally.note(2, &FileOutcome::Withdrawn(Vec::new()));
        tally.note(3, &FileOutcome::Unsettled(UserMessage::Stopped));
        let summary = tally.summary();
        assert_eq!((summary.refused, summary.failed, summary.withdrawn, summary.unsettled), (0, 1, 1, 1));
    }
}
