//! The screen of transfers: a dense table, what can be done with what is chosen, and one transfer from close by.
//!
//! In: jobs, by the hundred thousand. Out: actions. Start reading at [`show`]; `table` draws the rows, [`order`] has them
//! sorted elsewhere, [`tally`] counts them.

pub mod acts;
mod columns;
pub mod order;
mod picks;
mod table;
pub mod tally;
pub mod words;

use super::{Destination, detail};
use crate::app::input::Action;
use crate::app::jobs::order::JobGroup;
use crate::app::jobs::request::JobId;
use crate::app::jobs::request::UNDO_FOR;
use crate::app::jobs::view::Job;
use crate::app::settings::layout::WindowLayout;
use crate::ui::scene::Scene;
use crate::ui::theme::GRID;
use crate::ui::widgets::buttons::{button, keep_clear};
use crate::ui::widgets::{empty, room};
use acts::{Act, looked_at};
use egui::{Event, EventFilter, Frame, Key, Margin, Modifiers, Panel, RichText, Ui};
use i18n_embed_fl::fl;
use order::{OrderNews, TransferOrder};
use picks::{Picks, RowPress};
use std::sync::Arc;
use std::time::Duration;
use table::{Kept, Table, TableResponse};
use tally::{Lines, TransferTally};

/// Below this width of the window the detail is a screen of its own, in points.
const NARROW: f32 = 1100.0;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Another screen that the person asked for; the shell takes it.
    pub go: Option<Destination>,
    /// The pane below the table.
    pub detail: detail::View,
    order: TransferOrder,
    tally: TransferTally,
    lines: (Lines, u64),
    picks: Picks,
    kept: Kept,
    heard: u64,
    /// A row that takes the focus in the next frame, and is brought into sight.
    focus: Option<JobId>,
    /// What was taken off last, and until when that can be undone.
    removed: Option<(Vec<JobId>, f64)>,
    /// The transfer that was asked to be shown from close by.
    looked_at: Option<JobId>,
    /// The height of the detail as it was last drawn. `None` before it was.
    detail_height: Option<f32>,
}

impl View {
    /// Shows that transfer from close by, as asked for on another screen.
    pub fn open(&mut self, id: JobId) {
        self.looked_at = Some(id);
    }
}

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    room::show(ui, LEAST, |ui| draw(ui, scene, view))
}

/// The least room in which everything stands without being cut.
const LEAST: egui::Vec2 = egui::vec2(360.0, 300.0);

fn draw(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    hear(ui, scene, view);
    let mut actions = Vec::new();
    view.looked_at = view.looked_at.filter(|id| scene.snapshot.job(*id).is_some());
    if ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::D)) {
        let target = view.looked_at.or(view.picks.cursor);
        actions.extend(perform(ui, view, Act::Look, target.into_iter().collect()));
    }
    let is_narrow = ui.ctx().content_rect().width() < NARROW;
    if let Some(id) = view.looked_at
        && is_narrow
    {
        if back(ui, scene) {
            actions.extend(close(view));
        } else {
            actions.extend(detail::show(ui, scene, id, &mut view.detail));
        }
        return actions;
    }
    if view.tally.counts().of(JobGroup::All) == 0 && view.removed.is_none() {
        let l = &scene.text.loader;
        let words = (fl!(l, "transfers-empty"), fl!(l, "transfers-empty-next"));
        if empty::show(ui, scene.theme, words, Some(fl!(l, "transfers-to-hours"))) {
            view.go = Some(Destination::Hours);
        }
        return actions;
    }
    let frame = Frame::NONE.inner_margin(Margin::symmetric(0, GRID as i8 + 2));
    let top = Panel::top("transfers-top").frame(frame).show_separator_line(false);
    actions.extend(top.show(ui, |ui| bar(ui, scene, view)).inner);
    if let Some(id) = view.looked_at {
        actions.extend(pane(ui, scene, id, (frame, view)));
    }
    actions.extend(undo(ui, scene, view));
    actions.extend(rows(ui, scene, view));
    actions
}

/// The detail below the table: as high as the person made it, whatever is in it, in this start and in the next.
fn pane(ui: &mut Ui, scene: &Scene<'_>, id: JobId, (frame, view): (Frame, &mut View)) -> Vec<Action> {
    let kept = scene.snapshot.layout.detail_height;
    let height = view.detail_height.or(kept.map(f32::from)).unwrap_or(DETAIL_HEIGHT);
    let most = (ui.available_height() - 120.0).max(160.0);
    let pane =
        Panel::bottom("transfers-detail").resizable(true).default_size(height.min(most)).min_size(140.0);
    let shown = pane.max_size(most).frame(frame).show(ui, |ui| {
        // Without that it would be as high as what is in it.
        ui.set_min_height(ui.available_height());
        detail::show(ui, scene, id, &mut view.detail)
    });
    let mut actions = shown.inner;
    let now = shown.response.rect.height();
    let is_dragged = ui.input(|input| input.pointer.any_down());
    if !is_dragged && now < most && view.detail_height.is_none_or(|height| (height - now).abs() > 1.0) {
        let is_first = view.detail_height.is_none();
        view.detail_height = Some(now);
        if !is_first {
            let detail_height = Some(now.round().clamp(0.0, f32::from(u16::MAX)) as u16);
            actions.push(Action::Arrange(WindowLayout { detail_height }));
        }
    }
    actions
}

/// The height of the detail before anybody dragged it.
const DETAIL_HEIGHT: f32 = 270.0;

/// Takes in what is new: counts, order, lines.
fn hear(ui: &Ui, scene: &Scene<'_>, view: &mut View) {
    let now = ui.input(|input| input.time);
    let is_new = view.heard != scene.snapshot.version || view.tally.counts().of(JobGroup::All) == 0;
    let are_members_changed = is_new && view.tally.hear(&scene.snapshot.jobs);
    view.heard = scene.snapshot.version;
    let news = OrderNews { version: scene.snapshot.version, are_members_changed, now };
    let (is_reordered, wait) = view.order.look(scene.link, scene.find, news);
    if is_reordered || view.lines.1 != view.tally.revision() {
        let order = view.order.shown();
        view.lines = (Lines::new(order.len(), view.tally.troubled_in(order)), view.tally.revision());
    }
    if let Some(wait) = wait {
        ui.ctx().request_repaint_after(wait);
    }
}

/// Groups, and below them what can be done with what is chosen.
fn bar(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.horizontal_wrapped(|ui| groups(ui, scene, view));
    ui.horizontal_wrapped(|ui| {
        let ids = view.picks.ids();
        let jobs = looked_at(scene, ids.iter().copied());
        let mut meant = None;
        for act in [Act::Look, Act::Pause, Act::GoOn] {
            meant = press_on(ui, scene, act, &jobs).or(meant);
        }
        let retry = fl!(&scene.text.loader, "transfers-retry");
        match Act::ByHttp.able(scene, &jobs) {
            Ok(()) => drop(ui.menu_button(retry, |ui| {
                for act in [Act::ByPeers, Act::ByHttp] {
                    meant = press_on(ui, scene, act, &jobs).or(meant);
                }
            })),
            why => drop(button(ui, &retry, &why)),
        }
        for act in [Act::OpenFile, Act::OpenFolder, Act::Remove] {
            meant = press_on(ui, scene, act, &jobs).or(meant);
        }
        if ids.len() > 1 {
            let n = scene.text.count(ids.len() as u64);
            let words = fl!(&scene.text.loader, "transfers-chosen", count = ids.len(), n = n);
            ui.label(RichText::new(words).color(scene.theme.quiet));
        }
        actions.extend(meant.and_then(|act| perform(ui, view, act, ids)));
    });
    actions
}

fn press_on(ui: &mut Ui, scene: &Scene<'_>, act: Act, jobs: &[&Arc<Job>]) -> Option<Act> {
    button(ui, &act.label(scene), &act.able(scene, jobs)).clicked().then_some(act)
}

/// All, under way, done, failed: with how many there are.
fn groups(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) {
    let l = &scene.text.loader;
    let names = [
        (JobGroup::All, fl!(l, "transfers-all")),
        (JobGroup::Active, fl!(l, "transfers-active")),
        (JobGroup::Done, fl!(l, "transfers-done")),
        (JobGroup::Failed, fl!(l, "transfers-failed-group")),
    ];
    for (group, name) in names {
        let count = scene.text.count(view.tally.counts().of(group) as u64);
        ui.selectable_value(&mut view.order.group, group, format!("{name} {count}"));
    }
}

/// Does `act` with `ids`.
fn perform(ui: &Ui, view: &mut View, act: Act, ids: Vec<JobId>) -> Option<Action> {
    match act {
        Act::Look => {
            let id = *ids.first()?;
            if view.looked_at == Some(id) {
                return close(view);
            }
            view.looked_at = Some(id);
        }
        Act::Remove => {
            let until = ui.input(|input| input.time) + UNDO_FOR.as_secs_f64();
            view.removed = Some((ids.clone(), until));
            view.picks.clear();
        }
        _ => {}
    }
    act.action(ids)
}

fn close(view: &mut View) -> Option<Action> {
    view.looked_at.take().map(|_| Action::Look(None))
}

/// The way back from the detail to the table, when there is no room for both.
fn back(ui: &mut Ui, scene: &Scene<'_>) -> bool {
    let is_pressed = button(ui, &fl!(&scene.text.loader, "transfers-back"), &Ok(())).clicked();
    is_pressed || ui.input(|input| input.key_pressed(Key::Escape))
}

/// What was taken off, as long as that can be undone.
fn undo(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let now = ui.input(|input| input.time);
    let Some((ids, until)) = view.removed.clone() else { return Vec::new() };
    if now >= until {
        view.removed = None;
        return Vec::new();
    }
    ui.ctx().request_repaint_after(Duration::from_secs_f64((until - now).max(0.05)));
    let mut actions = Vec::new();
    let l = &scene.text.loader;
    let frame = Frame::NONE.fill(scene.theme.panel).inner_margin(Margin::symmetric(12, 6)).corner_radius(3);
    let bar = Panel::bottom("transfers-undo").frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.label(fl!(l, "transfers-removed", count = ids.len(), n = scene.text.count(ids.len() as u64)));
            if button(ui, &fl!(l, "transfers-undo"), &Ok(())).clicked() {
                actions.push(Action::PutBack(ids));
                view.removed = None;
            }
        });
    });
    keep_clear(ui.ctx(), bar.response.rect);
    actions
}

/// The table, or why it is empty.
fn rows(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let order = view.order.shown().clone();
    if order.is_empty() {
        if view.order.has_answer() {
            let l = &scene.text.loader;
            let is_all_removed = view.tally.counts().of(JobGroup::All) == 0;
            let words = match scene.find {
                _ if is_all_removed => (fl!(l, "transfers-empty"), fl!(l, "transfers-empty-next")),
                "" => (fl!(l, "transfers-none-in-group"), fl!(l, "transfers-none-in-group-next")),
                find => (fl!(l, "transfers-none-found", find = find), fl!(l, "transfers-none-found-next")),
            };
            empty::show(ui, scene.theme, words, None);
        }
        return Vec::new();
    }
    let place = view.focus.and_then(|id| order.iter().position(|one| *one == id));
    let table = Table {
        order: &order,
        lines: &view.lines.0,
        by: view.order.by,
        scroll_to: place.map(|place| view.lines.0.line_of(place)),
    };
    let done = table::show(
        ui,
        scene,
        &table,
        table::TableState { picks: &view.picks, kept: &mut view.kept, focus: &mut view.focus },
    );
    follow(ui, view, &order, done)
}

/// Does what was done to the table, and what keys mean on it.
fn follow(ui: &Ui, view: &mut View, order: &Arc<[JobId]>, done: TableResponse) -> Vec<Action> {
    let mut actions = Vec::new();
    if let Some(column) = done.sort {
        view.order.press(column);
        ui.ctx().request_repaint();
    }
    if let Some((id, how)) = done.pressed {
        view.picks.point(order, id, how);
        actions.extend(look_along(view, id));
    }
    if let Some((act, id)) = done.act {
        let ids = id.map_or_else(|| view.picks.ids(), |id| vec![id]);
        if !(act == Act::Look && view.looked_at == id && id.is_some()) {
            actions.extend(perform(ui, view, act, ids));
        }
    }
    // A row that was scrolled out of sight takes the focus with it; the keys still mean the table then.
    let is_free = ui.memory(|memory| memory.focused().is_none()) && view.picks.cursor.is_some();
    if (done.has_focus || is_free) && !egui::Popup::is_any_open(ui.ctx()) {
        actions.extend(keys(ui, view, order));
    }
    actions
}

/// The open detail goes along with the row that is chosen.
fn look_along(view: &mut View, id: JobId) -> Option<Action> {
    let is_other = view.looked_at.is_some_and(|of| of != id);
    is_other.then(|| {
        view.looked_at = Some(id);
        Action::Look(Some(id))
    })
}

/// Arrows move, Space chooses, Enter looks, Delete removes.
fn keys(ui: &Ui, view: &mut View, order: &[JobId]) -> Vec<Action> {
    if let Some(id) = ui.memory(|memory| memory.focused()) {
        let filter =
            EventFilter { tab: false, horizontal_arrows: false, vertical_arrows: true, escape: true };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    let pressed: Vec<(Key, Modifiers)> = ui.input(|input| {
        let keys = input.events.iter().filter_map(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => Some((*key, *modifiers)),
            _ => None,
        });
        keys.collect()
    });
    let mut actions = Vec::new();
    for (key, modifiers) in pressed {
        actions.extend(press(ui, view, order, (key, modifiers)));
    }
    actions
}

fn press(ui: &Ui, view: &mut View, order: &[JobId], (key, modifiers): (Key, Modifiers)) -> Option<Action> {
    let page = 20;
    let by = match key {
        Key::ArrowUp => -1,
        Key::ArrowDown => 1,
        Key::PageUp => -page,
        Key::PageDown => page,
        Key::Home => isize::MIN,
        Key::End => isize::MAX,
        _ => 0,
    };
    if by != 0 {
        let id = view.picks.step(order, by)?;
        let how = match modifiers {
            m if m.shift => RowPress::UpTo,
            m if m.command => RowPress::Visit,
            _ => RowPress::Alone,
        };
        view.picks.point(order, id, how);
        view.focus = Some(id);
        ui.ctx().request_repaint();
        return look_along(view, id);
    }
    match key {
        Key::Space => {
            let cursor = view.picks.cursor?;
            view.picks.point(order, cursor, RowPress::Also);
            None
        }
        Key::A if modifiers.command => {
            view.picks.all(order);
            None
        }
        Key::Escape => {
            view.picks.clear();
            None
        }
        Key::Enter => perform(ui, view, Act::Look, view.picks.cursor.into_iter().collect()),
        Key::Delete if view.picks.len() > 0 => perform(ui, view, Act::Remove, view.picks.ids()),
        _ => None,
    }
}
