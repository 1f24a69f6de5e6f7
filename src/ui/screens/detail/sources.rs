//! Who gave what: sources of the ledger first, each byte once; then trackers, apart. Peers have a part of their own.
//!
//! In: the lines of a job. Out: a painted table, one node a row.

use super::columns;
use crate::app::jobs::peers_state::PeersState;
use crate::app::jobs::view::{Job, Phase, SourceLine};
use crate::app::messages::line_kind::LineKind;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text;
use crate::domain::source::SourceKind;
use crate::i18n::{peer, proof};
use crate::ui::scene::Scene;
use crate::ui::theme::{ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE, Theme};
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::bar::paint_sample;
use crate::ui::widgets::mark::{self, Mark};
use crate::ui::widgets::row::{self, Row, RowChoice, Spot};
use crate::ui::widgets::text::{Line, paint_line};
use egui::{Color32, Id, Rect, RichText, ScrollArea, Ui, pos2, vec2};
use i18n_embed_fl::fl;

/// Widths of kind, gave, rate, share, wasted; who and state share the rest.
const WIDTHS: [f32; 5] = [84.0, 72.0, 78.0, 48.0, 62.0];

/// Below this width, in points, kind and share give way to who and state.
const ROOMY: f32 = 760.0;

/// Draws the table over the room that is there.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, job: &Job) {
    let l = &scene.text.loader;
    // Peers have a part of their own.
    let all = &job.transfer.live().sources;
    let lines: Vec<&SourceLine> = all.iter().filter(|line| line.kind != LineKind::Peer).collect();
    if lines.is_empty() {
        ui.label(RichText::new(fl!(l, "detail-no-sources")).color(scene.theme.quiet));
        return;
    }
    let (ledger, wire): (Vec<_>, Vec<_>) =
        lines.iter().copied().partition(|line| matches!(line.kind, LineKind::Source(_)));
    let whole: u64 = ledger.iter().map(|line| line.gave.0).sum();
    ui.spacing_mut().item_spacing.y = 0.0;
    head(ui, scene);
    let rows: Vec<Entry<'_>> = ledger
        .into_iter()
        .map(Entry::Line)
        .chain((!wire.is_empty()).then_some(Entry::Wire))
        .chain(wire.iter().copied().map(Entry::Line))
        .collect();
    let count = lines.len();
    ScrollArea::vertical().id_salt("detail-sources").auto_shrink([false, false]).show_rows(
        ui,
        ROW_HEIGHT,
        rows.len(),
        |ui, range| {
            for at in range {
                let (rect, _) =
                    ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), egui::Sense::hover());
                match rows[at] {
                    Entry::Wire => {
                        let words = Line::left(SMALL_SIZE, scene.theme.quiet);
                        paint_line(
                            ui.painter(),
                            rect.shrink2(vec2(8.0, 0.0)),
                            &fl!(l, "detail-on-the-wire"),
                            words,
                        );
                    }
                    Entry::Line(line) => {
                        let beside = Beside { all, whole, phase: job.phase };
                        source(ui, scene, line, &beside, Spot { rect, place: (at, count) });
                    }
                }
            }
        },
    );
}

#[derive(Clone, Copy)]
enum Entry<'a> {
    Line(&'a SourceLine),
    /// From here on octets are counted on the wire.
    Wire,
}

/// Who, kind, gave, rate, share, wasted, state; those that there is no room for are nowhere.
fn cells(rect: Rect) -> [Rect; 7] {
    let is_roomy = rect.width() >= ROOMY;
    let [kind, gave, rate, share, wasted] = WIDTHS;
    let (kind, share) = if is_roomy { (kind, share) } else { (0.0, 0.0) };
    columns::cells(rect, &[kind, gave, rate, share, wasted], (0.5, 120.0))
}

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), egui::Sense::hover());
    let labels = [
        fl!(l, "detail-head-who"),
        fl!(l, "detail-head-kind"),
        fl!(l, "detail-head-gave"),
        fl!(l, "detail-head-rate"),
        fl!(l, "detail-head-share"),
        fl!(l, "detail-head-wasted"),
        fl!(l, "detail-head-state"),
    ];
    for (at, (cell, label)) in cells(rect).into_iter().zip(labels).enumerate() {
        let quiet = scene.theme.quiet;
        let line =
            if (2..6).contains(&at) { Line::right(SMALL_SIZE, quiet) } else { Line::left(SMALL_SIZE, quiet) };
        paint_line(ui.painter(), cell, &label, line);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, scene.theme.line));
}

/// The sample that a kind has in bars and maps. `None` for peers and trackers.
fn sample(kind: LineKind, theme: &Theme) -> Option<(Color32, f32)> {
    match kind {
        LineKind::Source(SourceKind::Swarm) => Some((theme.peers, 1.0)),
        LineKind::Source(SourceKind::WebSeed | SourceKind::Mirror) => Some((theme.http, 2.0 / 3.0)),
        LineKind::Source(SourceKind::Inline | SourceKind::Disk) => Some((theme.disk, 1.0 / 3.0)),
        LineKind::Peer | LineKind::Tracker | LineKind::Dht | LineKind::LocalNetwork => None,
    }
}

/// What one source is seen beside.
struct Beside<'a> {
    /// Every source of the transfer.
    all: &'a [SourceLine],
    /// What all of them gave, in bytes.
    whole: u64,
    phase: Phase,
}

fn source(
    ui: &Ui,
    scene: &Scene<'_>,
    line: &SourceLine,
    &Beside { all, whole, phase }: &Beside<'_>,
    Spot { rect, place }: Spot,
) {
    let (text, theme, l) = (scene.text, scene.theme, &scene.text.loader);
    let kind = proof::line_kind(text, line.kind);
    let label = match line.label.as_str() {
        "" => kind.clone(),
        label => outside_text::show(label),
    };
    let is_ledger = matches!(line.kind, LineKind::Source(_));
    let share =
        if is_ledger && whole > 0 { text.share(line.gave.0 as f64 / whole as f64) } else { String::new() };
    let wasted = if line.wasted == ByteCount::ZERO { String::new() } else { text.size(line.wasted) };
    let (sign, tone, state) = state(scene, (line, all), phase);
    let row = Row { id: Id::unique(("source", place.0)), rect, place, choice: RowChoice::NotChosen };
    let names_peers = matches!(line.kind, LineKind::Tracker | LineKind::Dht | LineKind::LocalNetwork);
    let gave = if names_peers { String::new() } else { text.size(line.gave) };
    let is_moving = phase == Phase::Receiving && line.rate > 0;
    let rate = if is_moving { text.rate(line.rate) } else { String::new() };
    let response = row::sense(ui, row, || {
        if names_peers {
            // It gives peers and no octets.
            return format!("{label}, {kind}, {state}");
        }
        let gave = if rate.is_empty() { gave.clone() } else { format!("{gave}, {rate}") };
        fl!(
            l,
            "detail-source-row",
            who = label.as_str(),
            kind = kind.as_str(),
            gave = gave,
            state = state.as_str()
        )
    });
    row::paint_ground(ui, &row, &response, theme);
    let [who, of_kind, given, of_rate, of_share, of_waste, of_state] = cells(rect);
    let painter = ui.painter();
    let mut name = who;
    if let Some(sample) = sample(line.kind, theme) {
        paint_sample(
            painter,
            Rect::from_center_size(pos2(who.left() + 4.0, who.center().y), vec2(8.0, 12.0)),
            sample,
        );
        name = Rect::from_min_max(pos2(who.left() + 14.0, who.top()), who.max);
    }
    if names_peers && of_kind.width() <= 0.0 {
        // Of what it has no figure for, its URL takes the room.
        name.max.x = of_waste.right();
    }
    paint_line(painter, name, &label, Line::left(TEXT_SIZE, theme.text));
    paint_line(painter, of_kind, &kind, Line::left(TEXT_SIZE, theme.quiet));
    let figure = Line::right(TEXT_SIZE, theme.text);
    paint_line(painter, given, &gave, figure);
    paint_line(painter, of_rate, &rate, figure);
    paint_line(painter, of_share, &share, figure);
    paint_line(painter, of_waste, &wasted, figure);
    let color = tone.color(theme);
    mark::paint(painter, Rect::from_min_size(of_state.min, vec2(12.0, rect.height())), sign, (color, theme));
    let words = Rect::from_min_max(pos2(of_state.left() + 18.0, of_state.top()), of_state.max);
    paint_line(painter, words, &state, Line::left(TEXT_SIZE, color));
    response.on_hover_text(format!("{label}\n{kind}\n{state}"));
}

/// How a source is, or was once all is here, with the reason when it gives nothing.
fn state(scene: &Scene<'_>, (line, all): (&SourceLine, &[SourceLine]), phase: Phase) -> (Mark, Tone, String) {
    let (text, l) = (scene.text, &scene.text.loader);
    if !line.troubles.is_empty() {
        let reasons: Vec<String> = line.troubles.iter().map(|reason| text.reason(reason)).collect();
        return (Mark::Attention, Tone::Attention, reasons.join(" · "));
    }
    match line.kind {
        LineKind::Tracker | LineKind::Dht | LineKind::LocalNetwork => match line.named {
            Some(peers) => (Mark::Full, Tone::Plain, fl!(l, "detail-source-named", n = peers)),
            None => (Mark::Open, Tone::Quiet, fl!(l, "detail-source-not-answered")),
        },
        _ if matches!(phase, Phase::Giving | Phase::Ended) => match line.gave > ByteCount::ZERO {
            true => (Mark::Full, Tone::Plain, fl!(l, "detail-source-gave")),
            false => (Mark::Open, Tone::Quiet, fl!(l, "detail-source-nothing")),
        },
        LineKind::Source(SourceKind::Swarm) if line.rate == 0 => match PeersState::of(all) {
            PeersState::Asked if line.gave > ByteCount::ZERO => {
                (Mark::Full, Tone::Plain, fl!(l, "detail-source-gives"))
            }
            state => (Mark::Open, Tone::Quiet, peer::peers_state(text, state)),
        },
        _ if line.gave > ByteCount::ZERO => (Mark::Full, Tone::Plain, fl!(l, "detail-source-gives")),
        _ => (Mark::Open, Tone::Quiet, fl!(l, "detail-source-nothing-yet")),
    }
}
