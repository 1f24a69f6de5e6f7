//! The peers of a transfer one by one: what comes and goes, what each holds, who has whom wait, and why one failed.
//!
//! In: the lines of a job. Out: a painted table, one node a row; those that are connected first.

use super::columns;
use crate::app::Reason;
use crate::app::jobs::peers::PeerFacts;
use crate::app::jobs::peers_state::PeersState;
use crate::app::jobs::view::{Job, Phase, SourceLine};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text;
use crate::i18n::peer;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::mark::{self, Mark};
use crate::ui::widgets::row::{self, Row, RowChoice, Spot};
use crate::ui::widgets::text::{Line, paint_line};
use egui::{Id, Rect, RichText, ScrollArea, Ui, pos2, vec2};
use i18n_embed_fl::fl;

/// Widths of held, down, up, received, sent, found; who and state share the rest.
const WIDTHS: [f32; 6] = [52.0, 80.0, 80.0, 72.0, 72.0, 168.0];

/// Below this width, in points, what was received and sent in all gives way; it is said on hover.
const ROOMY: f32 = 1000.0;

/// Draws the table over the room that is there.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, job: &Job) {
    let lines = &job.transfer.live().sources;
    let mut peers: Vec<(&SourceLine, &PeerFacts)> =
        lines.iter().filter_map(|line| Some((line, line.peer.as_deref()?))).collect();
    if job.phase == Phase::Receiving || peers.is_empty() {
        let said = RichText::new(said(scene, job)).color(scene.theme.quiet);
        ui.label(said);
        ui.add_space(GRID / 2.0);
    }
    if peers.is_empty() {
        return;
    }
    peers.sort_by_key(|(line, peer)| {
        (
            !peer.is_live,
            std::cmp::Reverse(line.rate + peer.rate_out),
            std::cmp::Reverse(line.gave + peer.given),
        )
    });
    ui.spacing_mut().item_spacing.y = 0.0;
    head(ui, scene);
    let scroll = ScrollArea::vertical().id_salt("detail-peers").auto_shrink([false, false]);
    scroll.show_rows(ui, ROW_HEIGHT, peers.len(), |ui, range| {
        for at in range {
            let size = vec2(ui.available_width(), ROW_HEIGHT);
            let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
            show_peer(ui, scene, peers[at], job.phase, Spot { rect, place: (at, peers.len()) });
        }
    });
}

/// Whether something comes from peers, or why nothing does.
fn said(scene: &Scene<'_>, job: &Job) -> String {
    let (text, l) = (scene.text, &scene.text.loader);
    let lines = &job.transfer.live().sources;
    let runs = matches!(job.phase, Phase::Resolving | Phase::Receiving | Phase::Giving);
    match PeersState::of(lines) {
        _ if !runs => fl!(l, "peers-not-listed"),
        PeersState::Asked if lines.iter().any(|line| line.peer.is_some() && line.rate > 0) => {
            fl!(l, "peers-send")
        }
        state => peer::peers_state(text, state),
    }
}

/// Who, held, down, up, received, sent, found, state; those that there is no room for are nowhere.
fn cells(rect: Rect) -> [Rect; 8] {
    let [held, down, up, received, sent, found] = WIDTHS;
    let (received, sent) = if rect.width() >= ROOMY { (received, sent) } else { (0.0, 0.0) };
    columns::cells(rect, &[held, down, up, received, sent, found], (0.42, 160.0))
}

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), egui::Sense::hover());
    let labels = [
        (fl!(l, "peers-head-who"), fl!(l, "peers-head-who-tip")),
        (fl!(l, "peers-head-holds"), fl!(l, "peers-head-holds-tip")),
        (fl!(l, "peers-head-down"), fl!(l, "peers-head-down-tip")),
        (fl!(l, "peers-head-up"), fl!(l, "peers-head-up-tip")),
        (fl!(l, "peers-head-received"), fl!(l, "peers-head-received-tip")),
        (fl!(l, "peers-head-sent"), fl!(l, "peers-head-sent-tip")),
        (fl!(l, "peers-head-found"), fl!(l, "peers-head-found-tip")),
        (fl!(l, "peers-head-state"), fl!(l, "peers-head-state-tip")),
    ];
    for (at, (cell, (label, tip))) in cells(rect).into_iter().zip(labels).enumerate() {
        let quiet = scene.theme.quiet;
        let is_figure = (1..6).contains(&at);
        let line = if is_figure { Line::right(SMALL_SIZE, quiet) } else { Line::left(SMALL_SIZE, quiet) };
        paint_line(ui.painter(), cell, &label, line);
        ui.interact(cell, Id::unique(("peers-head", at)), egui::Sense::hover()).on_hover_text(tip);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, scene.theme.line));
}

fn show_peer(
    ui: &Ui,
    scene: &Scene<'_>,
    (line, peer): (&SourceLine, &PeerFacts),
    phase: Phase,
    Spot { rect, place }: Spot,
) {
    let (text, theme, l) = (scene.text, scene.theme, &scene.text.loader);
    let who = outside_text::show(&line.label);
    let (sign, tone, state) = state(scene, (line, peer), phase);
    let rate = |rate: u64| if peer.is_live && rate > 0 { text.rate(rate) } else { String::new() };
    let size = |octets: ByteCount| if octets == ByteCount::ZERO { String::new() } else { text.size(octets) };
    let (down, up) = (rate(line.rate), rate(peer.rate_out));
    let holds = if peer.is_live { text.share(f64::from(peer.holds) / 1000.0) } else { String::new() };
    let found = peer::found(text, peer);
    let row = Row { id: Id::unique(("peer", place.0)), rect, place, choice: RowChoice::NotChosen };
    let or_dash = |words: &str| if words.is_empty() { "–".to_owned() } else { words.to_owned() };
    let sentence = || {
        fl!(
            l,
            "peers-row",
            who = who.as_str(),
            state = state.as_str(),
            holds = or_dash(&holds),
            down = or_dash(&down),
            up = or_dash(&up),
            received = text.size(line.gave),
            sent = text.size(peer.given),
            found = found.as_str()
        )
    };
    let response = row::sense(ui, row, sentence);
    row::paint_ground(ui, &row, &response, theme);
    let [of_who, of_held, of_down, of_up, of_received, of_sent, of_found, of_state] = cells(rect);
    let painter = ui.painter();
    let color = if peer.is_live { theme.text } else { theme.quiet };
    paint_line(painter, of_who, &who, Line::left(TEXT_SIZE, color));
    let figures = [
        (of_held, holds.clone()),
        (of_down, down.clone()),
        (of_up, up.clone()),
        (of_received, size(line.gave)),
        (of_sent, size(peer.given)),
    ];
    for (cell, figure) in figures.iter().filter(|(cell, _)| cell.width() > 0.0) {
        paint_line(painter, *cell, figure, Line::right(TEXT_SIZE, color));
    }
    paint_line(painter, of_found, &found, Line::left(TEXT_SIZE, theme.quiet));
    let tone = tone.color(theme);
    mark::paint(painter, Rect::from_min_size(of_state.min, vec2(12.0, rect.height())), sign, (tone, theme));
    let words = Rect::from_min_max(pos2(of_state.left() + 18.0, of_state.top()), of_state.max);
    paint_line(painter, words, &state, Line::left(TEXT_SIZE, tone));
    let trip = peer.round_trip.map(|trip| fl!(l, "peers-round-trip", time = millis(text, trip)));
    response.on_hover_ui(|ui| {
        ui.label(sentence());
        trip.into_iter().for_each(|trip| drop(ui.label(trip)));
    });
}

fn millis(text: &crate::i18n::Translator, trip: std::time::Duration) -> String {
    format!("{}\u{202F}ms", text.decimal(trip.as_secs_f64() * 1000.0, 1))
}

/// What goes on with a peer, or why it is connected no longer.
fn state(scene: &Scene<'_>, (line, peer): (&SourceLine, &PeerFacts), phase: Phase) -> (Mark, Tone, String) {
    let (text, l) = (scene.text, &scene.text.loader);
    let reasons: Vec<String> = line.troubles.iter().map(|reason| text.reason(reason)).collect();
    // Whoever has all it wants, or whose program ends, closes the connection: nothing is wrong with that.
    let is_plain = line.troubles.iter().all(|reason| matches!(reason, Reason::Closed));
    match (peer.is_live, reasons.is_empty()) {
        (_, false) if is_plain => (Mark::Open, Tone::Quiet, reasons.join(" · ")),
        (_, false) => (Mark::Attention, Tone::Attention, reasons.join(" · ")),
        (false, true) => (Mark::Open, Tone::Quiet, fl!(l, "peer-not-connected")),
        (true, true) if phase == Phase::Giving => (Mark::Full, Tone::Plain, peer::takes(text, peer)),
        (true, true) => (Mark::Full, Tone::Plain, peer::flows(text, peer)),
    }
}
