//! The tree of topics: messages a minute, messages, newest, lag. Only rows in sight are known here, and drawn.
//!
//! In: a window of rows. Out: which rows are in sight, what is chosen, and wishes.

use super::words;
use crate::app::mesh::view::{MeshCommand, MeshSight, NodeFigures, Thresholds, TopicFilter, TreeRow};
use crate::domain::outside_text::show as show_text;
use crate::domain::utc::UtcTime;
use crate::ui::scene::Scene;
use crate::ui::theme::{ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::mark::{self, Mark};
use crate::ui::widgets::row::{self, Row, RowChoice, Spot};
use crate::ui::widgets::text::{Line, paint_line};
use egui::{EventFilter, Id, Key, Rect, Response, ScrollArea, Sense, Ui, pos2, vec2};
use i18n_embed_fl::fl;

/// What the tree remembers between frames.
#[derive(Debug, Default)]
pub struct View;

/// Rows asked for above and below those in sight, so that scrolling does not outrun the engine.
const MARGIN: usize = 40;

/// How far a level is indented.
const INDENT: f32 = 9.0;

/// Draws the tree over the room that is there.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (_view, sight): (&mut View, &mut MeshSight),
    wishes: &mut Vec<MeshCommand>,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    head(ui, scene);
    let window = &scene.snapshot.mesh.tree;
    let hidden = scene.snapshot.mesh.hidden;
    if hidden > 0 {
        let l = &scene.text.loader;
        let words = fl!(l, "mesh-hidden", n_txt = scene.text.count(hidden));
        ui.label(egui::RichText::new(words).color(scene.theme.attention).size(SMALL_SIZE));
    }
    let area = ScrollArea::vertical().id_salt("topics").auto_shrink([false, false]);
    area.show_rows(ui, ROW_HEIGHT, window.total, |ui, range| {
        let first = range.start.saturating_sub(MARGIN);
        // In steps, so that each line that is scrolled is no new question.
        let first = first - first % (MARGIN / 2);
        sight.rows = (first, (range.end - first).next_multiple_of(MARGIN / 2) + MARGIN);
        for at in range {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
            match at.checked_sub(window.first).and_then(|at| window.rows.get(at)) {
                Some(row) => one(ui, scene, row, Spot { rect, place: (at, window.total) }, (sight, wishes)),
                None => drop(paint_line(ui.painter(), rect, "…", Line::left(TEXT_SIZE, scene.theme.quiet))),
            }
        }
    });
}

/// Topic, messages a minute, messages, newest, lag.
fn cells(rect: Rect) -> [Rect; 5] {
    let figures = if rect.width() > 430.0 { [48.0, 62.0, 68.0, 70.0] } else { [44.0, 52.0, 0.0, 66.0] };
    let topic = rect.width() - figures.iter().sum::<f32>() - 8.0;
    let mut x = rect.left();
    [topic, figures[0], figures[1], figures[2], figures[3]].map(|width| {
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2((x + width - 6.0).max(x), rect.bottom()));
        x += width;
        cell
    })
}

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let labels = [
        fl!(l, "mesh-head-topic"),
        fl!(l, "mesh-head-rate"),
        fl!(l, "mesh-head-messages"),
        fl!(l, "mesh-head-newest"),
        fl!(l, "mesh-head-lag"),
    ];
    for (at, (cell, label)) in cells(rect).into_iter().zip(labels).enumerate() {
        let line = if at == 0 { Line::left } else { Line::right };
        paint_line(ui.painter(), cell, &label, line(SMALL_SIZE, scene.theme.quiet));
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, scene.theme.line));
}

fn one(
    ui: &mut Ui,
    scene: &Scene<'_>,
    node: &TreeRow,
    Spot { rect, place }: Spot,
    (sight, wishes): (&mut MeshSight, &mut Vec<MeshCommand>),
) {
    let (text, theme) = (scene.text, scene.theme);
    let is_chosen = sight.chosen == Some(node.node);
    let choice = if is_chosen { RowChoice::Chosen } else { RowChoice::NotChosen };
    let own = Row { id: Id::unique(("topic", node.node)), rect, place, choice };
    let response = row::sense(ui, own, || sentence(scene, node));
    row::paint_ground(ui, &own, &response, theme);
    ui.ctx().accesskit_node_builder(response.id, |access| {
        access.set_role(egui::accesskit::Role::TreeItem);
        access.set_level(usize::from(node.depth) + 1);
        if node.figures.children > 0 {
            access.set_expanded(node.is_open);
        }
    });
    let [topic, rate, messages, newest, lag] = cells(rect);
    let left = topic.left() + 2.0 + f32::from(node.depth) * INDENT;
    let sign = Rect::from_min_max(pos2(left, topic.top()), pos2(left + 12.0, topic.bottom()));
    if node.figures.children > 0 {
        let shape = if node.is_open { Mark::Opened } else { Mark::Closed };
        mark::paint(ui.painter(), sign, shape, (theme.quiet, theme));
    }
    let name = Rect::from_min_max(pos2(sign.right() + 4.0, topic.top()), topic.max);
    let figures = &node.figures;
    paint_line(ui.painter(), name, &shown_name(&node.name), Line::left(TEXT_SIZE, theme.text));
    let quiet = Line::right(TEXT_SIZE, theme.quiet);
    paint_line(ui.painter(), rate, &rate_words(scene, figures), Line::right(TEXT_SIZE, theme.text));
    paint_line(ui.painter(), messages, &text.count(figures.messages.into()), quiet);
    paint_line(ui.painter(), newest, &newest_words(scene, figures), quiet);
    let (is_late, words) = lag_words(scene, figures);
    let color = if is_late { theme.attention } else { theme.text };
    let took = paint_line(ui.painter(), lag, &words, Line::right(TEXT_SIZE, color));
    if is_late {
        let at = Rect::from_center_size(pos2(lag.right() - took - 10.0, lag.center().y), vec2(12.0, 12.0));
        mark::paint(ui.painter(), at, Mark::Waiting, (color, theme));
    }
    hear(ui, scene, node, (sign, &response), (sight, wishes));
}

/// Presses and keys of one row.
fn hear(
    ui: &Ui,
    scene: &Scene<'_>,
    node: &TreeRow,
    (sign, response): (Rect, &Response),
    (sight, wishes): (&mut MeshSight, &mut Vec<MeshCommand>),
) {
    let is_on_sign = response.interact_pointer_pos().is_some_and(|at| at.x <= sign.right() + 2.0);
    let has_children = node.figures.children > 0;
    if response.clicked() {
        response.request_focus();
        if is_on_sign && has_children {
            wishes.push(MeshCommand::Toggle(node.node));
        } else {
            sight.chosen = Some(node.node);
            sight.open = None;
        }
    }
    if response.double_clicked() && !is_on_sign && has_children {
        wishes.push(MeshCommand::Toggle(node.node));
    }
    if !response.has_focus() {
        return;
    }
    // Left and right open and close; without this they would lead to the next column.
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let pressed = |key: Key| ui.input(|input| input.modifiers.is_none() && input.key_pressed(key));
    let turns = pressed(Key::ArrowRight) && !node.is_open || pressed(Key::ArrowLeft) && node.is_open;
    if turns && has_children {
        wishes.push(MeshCommand::Toggle(node.node));
    }
    let chosen = scene.snapshot.mesh.chosen.as_ref().filter(|chosen| chosen.node == node.node);
    if let Some(filter) = chosen.and_then(|chosen| chosen.filter.clone()) {
        if pressed(Key::P) {
            wishes.push(pin_or_unpin(scene, filter.clone()));
        }
        if pressed(Key::S) {
            wishes.push(MeshCommand::Narrow(filter));
        }
    }
}

/// Pins a topic, or unpins one that is.
pub fn pin_or_unpin(scene: &Scene<'_>, filter: TopicFilter) -> MeshCommand {
    let is_pinned = scene.snapshot.mesh.pins.iter().any(|pin| pin.filter == filter.as_str());
    if is_pinned { MeshCommand::Unpin(filter) } else { MeshCommand::Pin(filter) }
}

/// A level may be empty: it is one all the same.
fn shown_name(name: &str) -> String {
    if name.is_empty() { "(…)".to_owned() } else { show_text(name) }
}

fn rate_words(scene: &Scene<'_>, figures: &NodeFigures) -> String {
    let per_minute = f64::from(figures.per_minute);
    scene.text.decimal(per_minute, if per_minute < 10.0 { 1 } else { 0 })
}

/// The time of day of the newest message, or its age when it is not of today.
fn newest_words(scene: &Scene<'_>, figures: &NodeFigures) -> String {
    let now = scene.snapshot.vitals.now;
    match figures.newest.map(|newest| newest.to_second()) {
        None => "–".to_owned(),
        Some(newest) if is_same_day(newest, now) => {
            let at = newest.civil();
            format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
        }
        Some(newest) => scene.text.age(newest, now),
    }
}

fn is_same_day(a: UtcTime, b: UtcTime) -> bool {
    a.unix_seconds().div_euclid(86_400) == b.unix_seconds().div_euclid(86_400)
}

fn lag_words(scene: &Scene<'_>, figures: &NodeFigures) -> (bool, String) {
    let Thresholds { late, .. } = scene.snapshot.mesh.thresholds;
    let is_late =
        figures.lag.now.is_some_and(|lag| u128::try_from(lag.0).is_ok_and(|ms| ms > late.as_millis()));
    (is_late, words::lag_or_dash(scene.text, figures.lag.now))
}

fn sentence(scene: &Scene<'_>, node: &TreeRow) -> String {
    let figures = &node.figures;
    let (is_late, lag) = lag_words(scene, figures);
    let l = &scene.text.loader;
    let lag = if is_late { fl!(l, "mesh-late", lag = lag) } else { lag };
    fl!(
        l,
        "mesh-topic-say",
        topic = shown_name(&node.name),
        messages = scene.text.count(figures.messages.into()),
        rate = rate_words(scene, figures),
        newest = newest_words(scene, figures),
        lag = lag
    )
}
