//! The screen of what is followed: datasets whose new runs are fetched by themselves.
//!
//! In: the list. Out: actions. Made on the screen of hours; each line can be paused, resumed, looked at now and stopped,
//! which can be undone. Start reading at [`show`].

mod words;

use super::Destination;
use crate::app::follow::view::{Look, Pace};
use crate::app::follow::{FollowCommand, FollowId, FollowRow};
use crate::app::input::Action;
use crate::app::jobs::request::UNDO_FOR;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::buttons::{Able, button, keep_clear};
use crate::ui::widgets::row::{self, Row, RowChoice};
use crate::ui::widgets::text::{Line, paint_line};
use crate::ui::widgets::{empty, field, mark, room};
use egui::{
    Align, Frame, Id, Key, Label, Layout, Margin, Panel, Rect, RichText, ScrollArea, Sense, Ui, UiBuilder,
    pos2, vec2,
};
use i18n_embed_fl::fl;
use std::time::Duration;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Another screen that the person asked for; the shell takes it.
    pub go: Option<Destination>,
    chosen: Option<FollowId>,
    /// What was stopped last with its name, and until when that can be undone.
    stopped: Option<(FollowId, String, f64)>,
}

/// The least room in which everything stands without being cut.
const LEAST: egui::Vec2 = vec2(780.0, 260.0);

/// Height of a line of the list: what is followed, and which hours of it below.
const LINE: f32 = 2.0 * ROW_HEIGHT + 8.0;

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    room::show(ui, LEAST, |ui| draw(ui, scene, view))
}

fn draw(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let l = &scene.text.loader;
    let mut actions: Vec<Action> = undo(ui, scene, view).into_iter().collect();
    if scene.snapshot.followed.is_empty() {
        let words = (fl!(l, "followed-empty"), fl!(l, "followed-empty-next"));
        if empty::show(ui, scene.theme, words, Some(fl!(l, "followed-to-hours"))) {
            view.go = Some(Destination::Hours);
        }
        return actions;
    }
    let find = scene.find.to_lowercase();
    let rows: Vec<(&FollowRow, words::Said)> = scene
        .snapshot
        .followed
        .iter()
        .map(|row| (row, words::said(scene, row)))
        .filter(|(row, said)| find.is_empty() || said.has(row, &find))
        .collect();
    ui.add(Label::new(RichText::new(fl!(l, "followed-note")).color(scene.theme.quiet)).wrap());
    ui.add_space(GRID);
    if rows.is_empty() {
        let words = (fl!(l, "followed-none-found", find = scene.find), fl!(l, "sources-none-found-next"));
        empty::show(ui, scene.theme, words, None);
        return actions;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    head(ui, scene);
    let area = ScrollArea::vertical().id_salt("followed").auto_shrink([false, false]);
    area.show_rows(ui, LINE, rows.len(), |ui, range| {
        for at in range {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
            let pen = Pen { scene, rect, place: (at, rows.len()) };
            actions.extend(pen.row(ui, (rows[at].0, &rows[at].1), view));
        }
    });
    actions
}

/// What was stopped, as long as that can be undone.
fn undo(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Option<Action> {
    let now = ui.input(|input| input.time);
    let (id, name, until) = view.stopped.clone()?;
    if now >= until {
        view.stopped = None;
        return None;
    }
    ui.ctx().request_repaint_after(Duration::from_secs_f64((until - now).max(0.05)));
    let l = &scene.text.loader;
    let frame = Frame::NONE.fill(scene.theme.panel).inner_margin(Margin::symmetric(12, 6)).corner_radius(3);
    let mut action = None;
    let bar = Panel::bottom("followed-undo").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(fl!(l, "followed-stopped", name = name));
            if button(ui, &fl!(l, "transfers-undo"), &Ok(())).clicked() {
                action = Some(Action::Follow(FollowCommand::PutBack(id)));
                view.stopped = None;
            }
        });
    });
    keep_clear(ui.ctx(), bar.response.rect);
    action
}

/// What, next hour, last success, state; the rest is for buttons.
fn cells(rect: Rect) -> [Rect; 4] {
    let rest = (rect.width() - BUTTONS - 24.0).max(400.0);
    let widths = [rest * 0.35, rest * 0.22, rest * 0.18, rest * 0.25];
    let mut x = rect.left() + 8.0;
    widths.map(|width| {
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2(x + width - 12.0, rect.bottom()));
        x += width;
        cell
    })
}

/// The two lines of a cell; the first one is all of it when there is no second.
fn halves(cell: Rect, lower: &str) -> [Rect; 2] {
    let middle = if lower.is_empty() { cell.bottom() - 3.0 } else { cell.center().y };
    let first = Rect::from_min_max(pos2(cell.left(), cell.top() + 3.0), pos2(cell.right(), middle));
    [first, Rect::from_min_max(pos2(cell.left(), middle), pos2(cell.right(), cell.bottom() - 3.0))]
}

/// Room for the buttons at the right end of a line.
const BUTTONS: f32 = 268.0;

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let labels = [
        fl!(l, "followed-head-what"),
        fl!(l, "followed-head-due"),
        fl!(l, "followed-head-success"),
        fl!(l, "followed-head-state"),
    ];
    for (cell, label) in cells(rect).into_iter().zip(labels) {
        paint_line(ui.painter(), cell, &label, Line::left(SMALL_SIZE, scene.theme.quiet));
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, scene.theme.line));
}

/// Draws one line.
struct Pen<'a> {
    scene: &'a Scene<'a>,
    rect: Rect,
    place: (usize, usize),
}

impl Pen<'_> {
    fn row(&self, ui: &mut Ui, (followed, said): (&FollowRow, &words::Said), view: &mut View) -> Vec<Action> {
        let theme = self.scene.theme;
        let choice = if view.chosen == Some(followed.id) { RowChoice::Chosen } else { RowChoice::NotChosen };
        let own =
            Row { id: Id::unique(("followed", followed.id.0)), rect: self.rect, place: self.place, choice };
        let response = row::sense(ui, own, || said.sentence(self.scene));
        row::paint_ground(ui, &own, &response, theme);
        let [what, due, success, state] = cells(self.rect);
        let painter = ui.painter();
        let strong = Line::left(TEXT_SIZE, theme.text);
        for (cell, upper, lower) in [
            (what, &said.title, &said.hours),
            (due, &said.due.0, &said.due.1),
            (success, &said.success.0, &said.success.1),
        ] {
            let [first, second] = halves(cell, lower);
            paint_line(painter, first, upper, strong);
            paint_line(painter, second, lower, Line::left(SMALL_SIZE, theme.quiet));
        }
        let sign = Rect::from_min_size(state.min, vec2(12.0, state.height()));
        mark::paint(painter, sign, said.state.mark, (said.state.tone.color(theme), theme));
        let rest = Rect::from_min_max(pos2(state.left() + 18.0, state.top()), state.max);
        paint_line(painter, rest, &said.state.words, Line::left(TEXT_SIZE, said.state.tone.color(theme)));
        let mut actions = self.buttons(ui, (followed, said), view);
        if response.clicked() {
            response.request_focus();
            view.chosen = Some(followed.id);
        }
        let pressed = |key| response.has_focus() && ui.input(|input| input.key_pressed(key));
        if pressed(Key::Space) {
            actions.push(Action::Follow(turned(followed)));
        } else if pressed(Key::Delete) {
            actions.push(stop(ui, (followed, said), view));
        }
        response.on_hover_text(said.tip());
        actions
    }

    fn buttons(
        &self,
        ui: &mut Ui,
        (followed, said): (&FollowRow, &words::Said),
        view: &mut View,
    ) -> Vec<Action> {
        let l = &self.scene.text.loader;
        let title = said.title.as_str();
        let mut actions = Vec::new();
        let layout = Layout::right_to_left(Align::Center);
        let room = self.rect.shrink2(vec2(8.0, 0.0));
        let place =
            UiBuilder::new().id_salt(("followed-buttons", followed.id.0)).max_rect(room).layout(layout);
        let mut bar = ui.new_child(place);
        bar.spacing_mut().item_spacing.x = 6.0;
        let press = |bar: &mut Ui, label: String, (able, name): (&Able, String)| {
            let response = button(bar, &label, able);
            field::name(&response, &name);
            response.clicked()
        };
        let named = (&Ok(()), fl!(l, "followed-stop-name", name = title));
        if press(&mut bar, fl!(l, "followed-stop"), named) {
            actions.push(stop(&bar, (followed, said), view));
        }
        let (label, name) = match followed.kept.pace {
            Pace::Active => (fl!(l, "followed-pause"), fl!(l, "followed-pause-name", name = title)),
            Pace::Paused => (fl!(l, "followed-resume"), fl!(l, "followed-resume-name", name = title)),
        };
        if press(&mut bar, label, (&Ok(()), name)) {
            actions.push(Action::Follow(turned(followed)));
        }
        let able = match (followed.kept.pace, followed.look) {
            (Pace::Paused, _) => Err(fl!(l, "followed-is-paused")),
            (Pace::Active, Look::UnderWay) => Err(fl!(l, "sources-asking-now")),
            (Pace::Active, Look::Resting) => Ok(()),
        };
        if press(&mut bar, fl!(l, "followed-look"), (&able, fl!(l, "followed-look-name", name = title))) {
            actions.push(Action::Follow(FollowCommand::LookNow(followed.id)));
        }
        actions
    }
}

fn turned(followed: &FollowRow) -> FollowCommand {
    match followed.kept.pace {
        Pace::Active => FollowCommand::Pause(followed.id),
        Pace::Paused => FollowCommand::Resume(followed.id),
    }
}

fn stop(ui: &Ui, (followed, said): (&FollowRow, &words::Said), view: &mut View) -> Action {
    let until = ui.input(|input| input.time) + UNDO_FOR.as_secs_f64();
    view.stopped = Some((followed.id, said.title.clone(), until));
    ui.ctx().request_repaint();
    Action::Follow(FollowCommand::Stop(followed.id))
}
