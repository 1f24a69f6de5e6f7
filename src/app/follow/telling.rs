//! What is told of hours and runs, once each: what is missing, and what is complete, ended with gaps, or late.
//!
//! In: the table of what is published, what was noted before. Out: notes that are new.

use super::choosing::{Offer, WishedFile};
use super::notes::{FileNote, FollowNotes, NoteState};
use super::wish::RunNews;
use crate::catalog::runs::{CellState, Hours, RunRow};
use crate::domain::utc::UtcTime;

/// Hours that are missing now and were not, and those that came after all.
pub fn missing_hours(offer: &Offer<'_>, table: &Hours, notes: &FollowNotes, now: UtcTime) -> Vec<FileNote> {
    let mut found = Vec::new();
    for row in &table.rows {
        for (lead, cell) in table.leads.iter().zip(&row.cells) {
            let Some(cell) = cell.filter(|_| offer.has_lead(*lead)) else { continue };
            let key = format!("{} {} min", row.run, lead.minutes());
            let state = match (cell.state, notes.state(&key)) {
                (CellState::Missing, None | Some(NoteState::Came)) => NoteState::Missing,
                (CellState::Published, Some(NoteState::Missing)) => NoteState::Came,
                _ => continue,
            };
            found.push(FileNote::new((key, row.run), state, now));
        }
    }
    found
}

/// What is new of each run, with the note by which it is told once.
pub fn run_news(
    offer: &Offer<'_>,
    (table, files): (&Hours, &[WishedFile]),
    notes: &FollowNotes,
    now: UtcTime,
) -> Vec<(RunNews, FileNote)> {
    let has_all = |run: UtcTime| {
        let mut of_run = files.iter().filter(|file| file.run == run);
        of_run.all(|file| notes.state(&file.key).is_some_and(NoteState::is_fetched))
    };
    let news = table.rows.iter().filter_map(|row| {
        let news = news_of(offer, row, table)?;
        let is_settled = matches!(news, RunNews::Complete | RunNews::Incomplete);
        let key = format!("{} {}", row.run, news.key());
        let is_new = !notes.is_known(&key) && (!is_settled || has_all(row.run));
        is_new.then(|| (news, FileNote::new((key, row.run), NoteState::Run, now)))
    });
    news.collect()
}

/// What is worth telling of a run; nothing while its hours appear in time.
fn news_of(offer: &Offer<'_>, row: &RunRow, table: &Hours) -> Option<RunNews> {
    let wished = table.leads.iter().zip(&row.cells).filter(|(lead, _)| offer.has_lead(**lead));
    let states: Vec<CellState> = wished.filter_map(|(_, cell)| Some(cell.as_ref()?.state)).collect();
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
    use crate::app::follow::choosing::tests::{a_book, a_dataset, a_wish};
    use crate::catalog::listing::Size;
    use crate::catalog::runs::{Cell, Now};
    use crate::domain::lead_time::LeadTime;

    const HERE: CellState = CellState::Published;
    const DUE: CellState = CellState::Expected { at: None };

    fn a_table(states: &[CellState]) -> Hours {
        let cell =
            |&state: &CellState| Some(Cell { state, present: 1, size: Size::Unknown, is_reduced: false });
        let row =
            RunRow { run: UtcTime::default(), cells: states.iter().map(cell).collect(), first_after: None };
        let leads = (0..).take(states.len()).map(LeadTime::from_hours).collect();
        Hours { leads, rows: vec![row], packages: Vec::new() }
    }

    fn with_offer<T>(work: impl FnOnce(&Offer<'_>) -> T) -> T {
        let (dataset, wish) = (a_dataset(), a_wish(None));
        let book = a_book(&dataset, &[]);
        let now = Now::Steady(UtcTime::default());
        work(&Offer::new((&wish, UtcTime::default()), (&dataset, &book), now).expect("a wish that is read"))
    }

    fn told(states: &[CellState]) -> Option<RunNews> {
        let table = a_table(states);
        let news =
            with_offer(|offer| run_news(offer, (&table, &[]), &FollowNotes::default(), UtcTime::default()));
        news.into_iter().map(|(news, _)| news).next()
    }

    #[test]
    fn a_run_is_complete_has_gaps_or_is_late_and_nothing_is_told_while_it_appears_in_time() {
        let late = CellState::Late { since: UtcTime::default() };
        assert_eq!(told(&[HERE, HERE]), Some(RunNews::Complete));
        assert_eq!(told(&[HERE, CellState::Missing]), Some(RunNews::Incomplete));
        assert_eq!(told(&[HERE, late, DUE]), Some(RunNews::Late));
        assert_eq!(told(&[HERE, DUE]), None);
        assert_eq!(told(&[CellState::Missing, CellState::Missing]), None);
    }

    #[test]
    fn an_hour_is_missing_once_and_is_missing_no_longer_when_it_came_after_all() {
        let now = UtcTime::default();
        let mut notes = FollowNotes::default();
        let mut states = |cells: &[CellState]| {
            let found = with_offer(|offer| missing_hours(offer, &a_table(cells), &notes, now));
            found.iter().cloned().for_each(|note| notes.note(note));
            found.iter().map(|note| note.state).collect::<Vec<_>>()
        };
        assert_eq!(states(&[HERE, CellState::Missing]), [NoteState::Missing]);
        assert_eq!(states(&[HERE, CellState::Missing]), []);
        assert_eq!(states(&[HERE, HERE]), [NoteState::Came]);
        assert_eq!(states(&[HERE, CellState::Unknown { due: None }]), []);
        assert_eq!(
            states(&[HERE, CellState::Missing]),
            [NoteState::Missing],
            "it was withdrawn, and is told anew"
        );
    }
}
