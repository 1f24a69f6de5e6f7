//! Tells what has become of a run, once: complete, ended with gaps, or late.

use super::{Follower, key_of};
use crate::app::follow::{FollowNews, RunNews};
use crate::catalog::entry::Entry;
use crate::catalog::runs::{CellState, Hours, RunRow};
use crate::domain::lead_time::{LeadSelection, LeadTime};
use crate::engine::services::jobs::messages::JobEnd;
use crate::engine::store::database::FollowedFile;

impl Follower<'_> {
    /// Tells what is new of each run, notes it, and starts the person's command for it.
    pub(super) fn tell_runs(&self, table: &Hours, entries: &[Entry]) -> Result<(), JobEnd> {
        let leads = self.scene.selection().leads();
        for row in &table.rows {
            let Some(news) = news_of(row, &table.leads, leads) else { continue };
            let is_settled = matches!(news, RunNews::Complete | RunNews::Incomplete);
            if is_settled && !self.has_all(row, entries)? {
                continue;
            }
            let key = format!("{} {}", row.run, news.key());
            if self.open.database.followed_file(self.row.id, &key)?.is_some() {
                continue;
            }
            // Noted first: a command is started once, also when this process is killed meanwhile.
            let since = self.scene.context.shared.clock.utc();
            let noted = FollowedFile {
                key: key.clone(),
                run: row.run,
                state: "run".to_owned(),
                paths: String::new(),
                since,
            };
            self.open.database.note_followed(self.row.id, &noted)?;
            self.tell(FollowNews::Run { name: self.row.name.clone(), run: row.run, news });
            if let Some(command) = &self.wish.exec_run {
                let mut shell = self.shell(command, (news.key(), row.run));
                shell.env("NUEE_FILES", self.paths_of(row)?.join("\n"));
                self.start(shell, key);
            }
        }
        Ok(())
    }

    /// Whether every file of a run that is wanted was fetched.
    fn has_all(&self, row: &RunRow, entries: &[Entry]) -> Result<bool, JobEnd> {
        for entry in entries.iter().filter(|entry| entry.values.run == Some(row.run)) {
            let known = self.open.database.followed_file(self.row.id, &key_of(entry))?;
            if !known.is_some_and(|known| known.is_fetched()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn paths_of(&self, row: &RunRow) -> Result<Vec<String>, JobEnd> {
        let files = self.open.database.followed_files(self.row.id)?;
        let of_run = files.into_iter().filter(|file| file.run == row.run && file.is_fetched());
        Ok(of_run.map(|file| file.paths).filter(|paths| !paths.is_empty()).collect())
    }
}

/// What is worth telling of a run; nothing while its hours appear in time.
fn news_of(row: &RunRow, columns: &[LeadTime], leads: Option<&LeadSelection>) -> Option<RunNews> {
    let is_wanted = |lead: &LeadTime| leads.is_none_or(|leads| leads.contains(*lead));
    let cells = columns.iter().zip(&row.cells).filter(|(lead, _)| is_wanted(lead));
    let states: Vec<CellState> = cells.filter_map(|(_, cell)| Some(cell.as_ref()?.state)).collect();
    let is_gone = |state: &CellState| matches!(state, CellState::Missing | CellState::Withdrawn { .. });
    let published = states.iter().filter(|state| **state == CellState::Published).count();
    if states.is_empty() || published == 0 {
        return None;
    }
    if published == states.len() {
        Some(RunNews::Complete)
    } else if published + states.iter().filter(|state| is_gone(state)).count() == states.len() {
        Some(RunNews::Incomplete)
    } else {
        states.iter().any(|state| matches!(state, CellState::Late { .. })).then_some(RunNews::Late)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::runs::Cell;
    use crate::domain::utc::UtcTime;

    fn told(states: &[CellState]) -> Option<RunNews> {
        let cell = |&state: &CellState| {
            Some(Cell { state, present: 1, size: crate::catalog::listing::Size::Unknown, is_reduced: false })
        };
        let cells = states.iter().map(cell).collect();
        let row = RunRow { run: UtcTime::default(), cells, first_after: None };
        let columns: Vec<LeadTime> = (0..).take(states.len()).map(LeadTime::from_hours).collect();
        news_of(&row, &columns, None)
    }

    #[test]
    fn a_run_is_complete_has_gaps_or_is_late_and_nothing_is_told_while_it_appears_in_time() {
        let (here, due) = (CellState::Published, CellState::Expected { at: None });
        let late = CellState::Late { since: UtcTime::default() };
        assert_eq!(told(&[here, here]), Some(RunNews::Complete));
        assert_eq!(told(&[here, CellState::Missing]), Some(RunNews::Incomplete));
        assert_eq!(told(&[here, late, due]), Some(RunNews::Late));
        assert_eq!(told(&[here, due]), None);
        assert_eq!(told(&[CellState::Missing, CellState::Missing]), None);
    }
}
