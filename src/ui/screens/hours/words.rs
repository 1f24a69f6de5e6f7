//! What the matrix says: names of cells, of runs, of states.
//!
//! In: cells and runs. Out: sentences in the person's language.

use super::axis::{Slot, valid};
use crate::app::catalog::hours::{
    CatalogReading, HoursView, KnownSize, MatrixCell, MatrixCellState, MatrixRow, Ways,
};
use crate::domain::lead_time::LeadTime;
use crate::domain::utc::UtcTime;
use crate::i18n::Translator;
use i18n_embed_fl::fl;
use std::time::Duration;

/// Every state with a sample for the legend.
pub const STATES: [MatrixCellState; 11] = [
    MatrixCellState::Available,
    MatrixCellState::Here,
    MatrixCellState::PartlyHere,
    MatrixCellState::Arriving(0.6),
    MatrixCellState::Queued,
    MatrixCellState::Expected,
    MatrixCellState::Late,
    MatrixCellState::Missing,
    MatrixCellState::Withdrawn,
    MatrixCellState::Unknown,
    MatrixCellState::Failed,
];

/// A state in one or two words.
pub fn state(text: &Translator, state: MatrixCellState) -> String {
    let l = &text.loader;
    match state {
        MatrixCellState::None => fl!(l, "hours-state-none"),
        MatrixCellState::Expected => fl!(l, "hours-state-expected"),
        MatrixCellState::Late => fl!(l, "hours-state-late"),
        MatrixCellState::Missing => fl!(l, "hours-state-missing"),
        MatrixCellState::Withdrawn => fl!(l, "hours-state-withdrawn"),
        MatrixCellState::Unknown => fl!(l, "hours-state-unknown"),
        MatrixCellState::Available => fl!(l, "hours-state-available"),
        MatrixCellState::Queued => fl!(l, "hours-state-queued"),
        MatrixCellState::Arriving(_) => fl!(l, "hours-state-arriving"),
        MatrixCellState::PartlyHere => fl!(l, "hours-state-partly-here"),
        MatrixCellState::Here => fl!(l, "hours-state-here"),
        MatrixCellState::Failed => fl!(l, "hours-state-failed"),
    }
}

/// A state with the share that is here.
fn state_with_share(text: &Translator, of: MatrixCellState) -> String {
    match of {
        MatrixCellState::Arriving(share) => {
            fl!(&text.loader, "hours-state-arriving-share", share = text.share(f64::from(share)))
        }
        other => state(text, other),
    }
}

/// A size, and how well it is known.
pub fn size(text: &Translator, of: KnownSize) -> String {
    match of {
        KnownSize::Exact(octets) => text.size(octets),
        KnownSize::About(octets) => format!("≈\u{202F}{}", text.size(octets)),
        KnownSize::Unknown => fl!(&text.loader, "hours-size-unknown"),
    }
}

/// The sentence of a cell.
pub fn cell(text: &Translator, (run, lead): Slot, of: &MatrixCell) -> String {
    let moment = valid(run, lead).unwrap_or(run);
    let day = format!("{} {}", text.day(moment), text.hour(moment));
    fl!(
        &text.loader,
        "hours-cell",
        run = text.hour(run),
        lead = lead.to_string(),
        size = size(text, of.size),
        state = state_with_share(text, of.state),
        valid = day
    )
}

/// A cell in lines, for a tooltip, with the local time of validity.
pub fn cell_lines(text: &Translator, (run, lead): Slot, of: &MatrixCell, offset_minutes: i32) -> Vec<String> {
    let l = &text.loader;
    let moment = valid(run, lead).unwrap_or(run);
    let mut lines = vec![
        fl!(l, "hours-tip-run", day = text.day(run), run = text.hour(run), lead = lead.to_string()),
        fl!(
            l,
            "hours-tip-valid",
            day = text.day(moment),
            hour = text.hour(moment),
            local = text.local_time(moment, offset_minutes)
        ),
        format!("{} · {}", size(text, of.size), state_with_share(text, of.state)),
    ];
    if of.holds_less {
        lines.push(fl!(l, "hours-tip-holds-less"));
    }
    lines.extend(why_not(text, of.state));
    lines
}

/// Why a cell cannot be chosen. `None` when it can.
fn why_not(text: &Translator, of: MatrixCellState) -> Option<String> {
    let l = &text.loader;
    match of {
        MatrixCellState::Expected | MatrixCellState::Late => Some(fl!(l, "hours-tip-follow")),
        MatrixCellState::Missing => Some(fl!(l, "hours-tip-missing")),
        MatrixCellState::Withdrawn => Some(fl!(l, "hours-tip-withdrawn")),
        MatrixCellState::Unknown => Some(fl!(l, "hours-tip-unknown")),
        _ => None,
    }
}

/// How many lead times of a run are published, of how many; with a mark when not all of it is known.
pub fn published(text: &Translator, row: &MatrixRow) -> String {
    let (known, all) = (text.count(row.published.into()), text.count(row.expected.into()));
    match (row.unknown(), row.published) {
        (0, _) => format!("{known}/{all}"),
        (_, 0) => format!("?/{all}"),
        _ => format!("≥\u{202F}{known}/{all}"),
    }
}

/// The sentence of a run.
pub fn run(text: &Translator, row: &MatrixRow) -> String {
    let unknown = row.unknown();
    let sentence = fl!(
        &text.loader,
        "hours-run",
        run = text.hour(row.run),
        day = text.day(row.run),
        published = text.count(row.published.into()),
        expected = text.count(row.expected.into())
    );
    match unknown {
        0 => sentence,
        _ => fl!(&text.loader, "hours-run-unknown", run = sentence, count = text.count(unknown.into())),
    }
}

/// What a run's head says on hover.
pub fn run_tip(text: &Translator, row: &MatrixRow) -> String {
    let delay = row.delay.map(|delay| fl!(&text.loader, "hours-run-delay", delay = text.duration(delay)));
    let choose = fl!(&text.loader, "hours-run-choose");
    [Some(run(text, row)), delay, Some(choose)].into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// In which ways files are offered.
pub fn ways(text: &Translator, ways: Ways) -> String {
    let l = &text.loader;
    match ways {
        Ways::Torrent => fl!(l, "hours-ways-torrent"),
        Ways::Classic => fl!(l, "hours-ways-classic"),
        Ways::Both => fl!(l, "hours-ways-both"),
    }
}

/// A delay without its seconds.
pub fn short(delay: Duration, text: &Translator) -> String {
    let minutes = delay.as_secs() / 60;
    match minutes {
        0..60 => format!("{minutes}\u{202F}min"),
        _ => text.duration(Duration::from_secs(minutes * 60)),
    }
}

/// The label over a column. `None` where there is no room for one.
pub fn lead_head(lead: LeadTime, column: usize) -> Option<String> {
    let (hours, rest) = (lead.minutes() / 60, lead.minutes() % 60);
    let has_room = hours < 100 || column.is_multiple_of(2);
    (rest == 0 && has_room).then(|| hours.to_string())
}

/// What the lines of the heads are.
pub struct Heads {
    /// The runs.
    pub run: String,
    /// Days of validity.
    pub day: String,
    /// Hours of validity.
    pub valid_hour: String,
    /// Lead times.
    pub lead: String,
}

/// What the lines of the heads are, in words.
pub fn heads(text: &Translator) -> Heads {
    let l = &text.loader;
    Heads {
        run: fl!(l, "hours-head-run"),
        day: fl!(l, "hours-head-day"),
        valid_hour: fl!(l, "hours-head-valid-hour"),
        lead: fl!(l, "hours-head-lead"),
    }
}

/// The name of the whole matrix.
pub fn matrix(text: &Translator, view: &HoursView) -> String {
    let (l, runs, leads) = (&text.loader, view.rows.len(), view.columns.len());
    fl!(
        l,
        "hours-matrix",
        title = view.title.as_str(),
        runs = fl!(l, "hours-runs", count = runs, n = text.count(runs as u64)),
        leads = fl!(l, "hours-leads", count = leads, n = text.count(leads as u64))
    )
}

/// Where reading the catalogue stands.
pub fn reading(text: &Translator, of: &CatalogReading, now: UtcTime) -> String {
    let l = &text.loader;
    let ago = |then: UtcTime| text.ago(then, now);
    match of {
        CatalogReading::UnderWay(None) => fl!(l, "hours-reading-first"),
        CatalogReading::UnderWay(Some(then)) => fl!(l, "hours-reading-again", ago = ago(*then)),
        CatalogReading::Done(then) => fl!(l, "hours-read", ago = ago(*then)),
        CatalogReading::Failed(why, None) => fl!(l, "hours-reading-failed", why = text.message(why)),
        CatalogReading::Failed(why, Some(then)) => {
            fl!(l, "hours-reading-failed-since", why = text.message(why), ago = ago(*then))
        }
    }
}
