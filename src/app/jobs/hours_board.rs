//! Lays what arrives, waits and is here over the runs and lead times that a catalogue offers.
//!
//! In: the matrix as the catalogue has it, and the jobs. Out: the matrix as it is shown. Start reading at [`overlay`].

use crate::app::catalog::hours::{DatasetId, HoursFilter, HoursView, MatrixCell, MatrixCellState};
use crate::app::jobs::view::{DiskState, End, Job, Phase};
use crate::domain::lead_time::LeadTime;
use crate::domain::selection::Selection;
use crate::domain::utc::UtcTime;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What the jobs of one cell come to.
#[derive(Debug, Default)]
struct Seen {
    /// Packages that are here with every field that is meant.
    here: BTreeSet<Option<Arc<str>>>,
    /// Whether some fields of it are here, and others that are meant are not.
    has_some_fields: bool,
    /// Octets wanted and octets here of jobs under way.
    arriving: Option<(u64, u64)>,
    waits: bool,
    failed: bool,
}

/// The matrix of `base` with the state of `jobs` in it, for the packages of `filter`.
pub fn overlay<'a>(
    base: &HoursView,
    jobs: impl Iterator<Item = &'a Arc<Job>>,
    filter: &HoursFilter,
) -> HoursView {
    let mut cells: HashMap<(UtcTime, LeadTime), Seen> = HashMap::new();
    let mut files: HashMap<Arc<str>, Seen> = HashMap::new();
    for job in jobs {
        if base.table.is_some() && !job.is_removed {
            if let Some(pattern) = pattern_of(job, &base.dataset) {
                note(files.entry(pattern.into()).or_default(), (job, None), filter);
            }
            continue;
        }
        let Some(subject) = job.subject.as_deref().filter(|subject| subject.dataset == base.dataset) else {
            continue;
        };
        let is_meant = filter.packages.is_empty()
            || subject
                .package
                .as_deref()
                .is_some_and(|package| filter.packages.iter().any(|one| one == package));
        if is_meant && !job.is_removed {
            let seen = cells.entry((subject.run, subject.lead)).or_default();
            note(seen, (job, subject.package.clone()), filter);
        }
    }
    let packages = if filter.packages.is_empty() { base.packages.len() } else { filter.packages.len() };
    let mut view = base.clone();
    for row in &mut view.rows {
        for (cell, lead) in row.cells.iter_mut().zip(&view.columns) {
            if let Some(seen) = cells.get(&(row.run, *lead)) {
                cell.state = state_of(cell, seen, packages.max(1));
            }
        }
    }
    if let Some(table) = view.table.as_mut().filter(|_| !files.is_empty()) {
        for row in &mut Arc::make_mut(table).rows {
            let cell = MatrixCell { state: row.state, ..MatrixCell::default() };
            if let Some(seen) = files.get(&row.pattern) {
                row.state = state_of(&cell, seen, 1);
            }
        }
    }
    view
}

/// Which file of a dataset without runs a job is for. `None` when it is for something else.
pub fn pattern_of<'a>(job: &'a Job, dataset: &DatasetId) -> Option<&'a str> {
    let request = job
        .request
        .as_deref()
        .filter(|request| request.targets.first().is_some_and(|target| *target == *dataset.0));
    request?.files.as_deref()
}

fn note(seen: &mut Seen, (job, package): (&Job, Option<Arc<str>>), filter: &HoursFilter) {
    match (job.phase, job.outcome.as_ref().map(|outcome| outcome.end)) {
        (Phase::Queued | Phase::Waiting | Phase::Paused, _) => seen.waits = true,
        (Phase::Resolving | Phase::Receiving, _) => {
            let (wanted, held) = seen.arriving.unwrap_or_default();
            let transfer = &job.transfer;
            let held_now = transfer.wanted.saturating_sub(transfer.missing).0;
            seen.arriving = Some((wanted + transfer.wanted.0, held + held_now));
        }
        // What is missing or changed on the disk is not here, and neither is what nobody has looked at.
        (Phase::Giving, _) | (Phase::Ended, Some(End::Done)) if job.disk.worst != DiskState::AsLeft => {}
        (Phase::Giving, _) | (Phase::Ended, Some(End::Done)) => {
            // What was asked for is not known of a job that ended well before this start.
            match job.request.as_deref().is_none_or(|request| has_fields_of(&request.selection, filter)) {
                true => drop(seen.here.insert(package)),
                false => seen.has_some_fields = true,
            }
        }
        (Phase::Ended, Some(End::Interrupted) | None) => {}
        (Phase::Ended, Some(_)) => seen.failed = true,
    }
}

/// Whether a request brings every field that is meant.
fn has_fields_of(selection: &Selection, filter: &HoursFilter) -> bool {
    let brings = |asked: Option<&str>, meant: &[String]| {
        let Some(asked) = asked else { return true };
        !meant.is_empty() && meant.iter().all(|one| asked.split(',').any(|word| word == one))
    };
    let [_, params, levels] = selection.to_words();
    brings(params.as_deref(), &filter.params)
        && brings(levels.as_deref(), &filter.levels)
        && brings(selection.member_words().as_deref(), &filter.members)
}

/// What moves says most, then what waits, then what failed.
fn state_of(cell: &MatrixCell, seen: &Seen, packages: usize) -> MatrixCellState {
    if let Some((wanted, held)) = seen.arriving {
        return MatrixCellState::Arriving(if wanted == 0 { 0.0 } else { held as f32 / wanted as f32 });
    }
    if seen.waits {
        return MatrixCellState::Queued;
    }
    if seen.here.len() >= packages {
        return MatrixCellState::Here;
    }
    if seen.failed {
        return MatrixCellState::Failed;
    }
    if seen.here.is_empty() && !seen.has_some_fields { cell.state } else { MatrixCellState::PartlyHere }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::catalog::file_table::{FileRow, FileTable, FilesChoice};
    use crate::app::catalog::hours::{CatalogReading, DatasetId, KnownSize, MatrixRow};
    use crate::app::desk::Mode;
    use crate::app::input::{Action, Event, Input};
    use crate::app::jobs::request::JobId;
    use crate::app::jobs::view::{Outcome, Subject, Transfer};
    use crate::app::state::State;
    use crate::app::update::{refresh, update};
    use crate::domain::octets::ByteCount;

    fn a_base(packages: &[&str]) -> HoursView {
        let cell = MatrixCell { state: MatrixCellState::Available, ..MatrixCell::default() };
        HoursView {
            dataset: DatasetId("d".into()),
            title: "D".to_owned(),
            licence: None,
            packages: packages.iter().map(|package| (*package).to_owned()).collect(),
            fields: Vec::new(),
            members: Vec::new(),
            columns: vec![LeadTime::from_hours(0), LeadTime::from_hours(1)],
            rows: vec![MatrixRow {
                run: UtcTime::default(),
                cells: vec![cell; 2],
                published: 2,
                expected: 2,
                delay: None,
            }],
            table: None,
            reading: CatalogReading::Done(UtcTime::default()),
        }
    }

    fn a_job(package: Option<&str>, phase: Phase, end: Option<End>) -> Arc<Job> {
        let subject = Subject {
            dataset: DatasetId("d".into()),
            title: "D".into(),
            run: UtcTime::default(),
            lead: LeadTime::from_hours(1),
            span: None,
            package: package.map(Into::into),
        };
        Arc::new(Job {
            id: JobId(0),
            phase,
            is_removed: false,
            request: None,
            name: "x".into(),
            subject: Some(Arc::new(subject)),
            plan: None,
            transfer: Transfer { wanted: ByteCount(100), missing: ByteCount(25), ..Transfer::default() },
            files: Vec::new(),
            verdict: None,
            notes: Vec::new(),
            outcome: end.map(|end| Outcome { end, took_ms: 0, message: None }),
            added: UtcTime::default(),
            origin: Default::default(),
            held_up: None,
            disk: crate::domain::on_disk::DiskState::AsLeft.into(),
            giving: None,
        })
    }

    fn seen(packages: &[&str], jobs: &[Arc<Job>]) -> MatrixCellState {
        let view = overlay(&a_base(packages), jobs.iter(), &HoursFilter::default());
        assert_eq!(view.rows[0].cells[0].state, MatrixCellState::Available, "another hour is as it was");
        view.rows[0].cells[1].state
    }

    #[test]
    fn an_hour_shows_what_its_jobs_do() {
        assert_eq!(seen(&[], &[]), MatrixCellState::Available);
        assert_eq!(seen(&[], &[a_job(None, Phase::Queued, None)]), MatrixCellState::Queued);
        assert_eq!(seen(&[], &[a_job(None, Phase::Receiving, None)]), MatrixCellState::Arriving(0.75));
        assert_eq!(seen(&[], &[a_job(None, Phase::Ended, Some(End::Done))]), MatrixCellState::Here);
        assert_eq!(seen(&[], &[a_job(None, Phase::Ended, Some(End::NoSource))]), MatrixCellState::Failed);
    }

    #[test]
    fn an_hour_of_two_packages_is_here_when_both_are() {
        let done = |package| a_job(Some(package), Phase::Ended, Some(End::Done));
        assert_eq!(seen(&["SP1", "SP2"], &[done("SP1")]), MatrixCellState::PartlyHere);
        assert_eq!(seen(&["SP1", "SP2"], &[done("SP1"), done("SP1")]), MatrixCellState::PartlyHere);
        assert_eq!(seen(&["SP1", "SP2"], &[done("SP1"), done("SP2")]), MatrixCellState::Here);
        let only = HoursFilter { packages: vec!["SP1".to_owned()], ..HoursFilter::default() };
        let view = overlay(&a_base(&["SP1", "SP2"]), [done("SP1")].iter(), &only);
        assert_eq!(view.rows[0].cells[1].state, MatrixCellState::Here);
    }

    #[test]
    fn an_hour_of_which_some_fields_are_here_is_here_for_these_alone() {
        let words = |words: [Option<&str>; 3]| Selection::of_words(words).expect("a selection");
        let filter = |params: &[&str], levels: &[&str]| HoursFilter {
            params: params.iter().map(|param| (*param).to_owned()).collect(),
            levels: levels.iter().map(|level| (*level).to_owned()).collect(),
            ..HoursFilter::default()
        };
        let some = words([Some("1"), Some("2t,10u"), None]);
        assert!(
            has_fields_of(&some, &filter(&["2t"], &[])) && has_fields_of(&some, &filter(&["10u", "2t"], &[]))
        );
        assert!(!has_fields_of(&some, &filter(&["2t", "msl"], &[])));
        assert!(!has_fields_of(&some, &HoursFilter::default()), "all fields are meant");
        assert!(has_fields_of(&words([Some("1"), None, None]), &filter(&["msl"], &["2m"])));
        assert!(!has_fields_of(&words([None, None, Some("2m")]), &filter(&["2t"], &[])));
        let one = Seen { has_some_fields: true, ..Seen::default() };
        let cell = MatrixCell { state: MatrixCellState::Available, ..MatrixCell::default() };
        assert_eq!(state_of(&cell, &one, 1), MatrixCellState::PartlyHere);
    }

    #[test]
    fn a_second_try_that_works_makes_good_for_the_first() {
        let failed = a_job(None, Phase::Ended, Some(End::NoSource));
        assert_eq!(seen(&[], &[failed, a_job(None, Phase::Ended, Some(End::Done))]), MatrixCellState::Here);
    }

    #[test]
    fn a_file_without_a_run_is_got_once_and_shows_what_its_job_does() {
        let row = |area: &str| FileRow {
            values: vec![area.to_owned()],
            pattern: format!("area={area}").into(),
            size: KnownSize::Unknown,
            published: None,
            state: MatrixCellState::Available,
        };
        let table = FileTable { keys: vec!["area".to_owned()], rows: vec![row("a"), row("b")] };
        let base = HoursView { table: Some(Arc::new(table)), columns: vec![], rows: vec![], ..a_base(&[]) };
        let choice = FilesChoice { dataset: base.dataset.clone(), patterns: vec!["area=b".into()] };
        let mut state = State::default();
        state.desk.mode = Mode::Window;
        update(&mut state, Input::Event(Event::Hours(Some(Arc::new(base.clone())))));
        for _ in 0..2 {
            update(&mut state, Input::Action(Action::GetFiles(Box::new(choice.clone()))));
        }
        let wishes: Vec<_> =
            state.shown.jobs.iter().filter_map(|job| pattern_of(job, &base.dataset)).collect();
        assert_eq!(wishes, ["area=b"], "what is under way is not asked for again");
        refresh(&mut state);
        let shown = state.shown.hours.as_ref().and_then(|view| view.table.clone()).expect("a table");
        let states: Vec<MatrixCellState> = shown.rows.iter().map(|row| row.state).collect();
        assert_eq!(states[0], MatrixCellState::Available);
        assert_ne!(states[1], MatrixCellState::Available);
    }
}
