//! The fields of a file as rows: only those in sight are drawn, each one node with a whole sentence.
//!
//! In: a listing, what is looked for. Out: pixels. What fits is worked out once for each listing and search.

use super::names::{self, FieldWords};
use crate::app::inspect::report::FieldListing;
use crate::ui::scene::Scene;
use crate::ui::theme::{ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::empty;
use crate::ui::widgets::row::{self, Row, RowChoice};
use crate::ui::widgets::text::{Line, paint_line};
use egui::{Event, Id, Key, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use i18n_embed_fl::fl;
use std::sync::Arc;

/// What the table remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    found: Option<Found>,
    chosen: Option<usize>,
    /// The row that takes the focus in the next frame, and is brought into sight.
    focus: Option<usize>,
}

/// The rows that a search leaves.
#[derive(Debug)]
struct Found {
    of: Arc<FieldListing>,
    find: String,
    language: &'static str,
    rows: Vec<usize>,
}

/// Draws the table over the room that is there.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, listing: &Arc<FieldListing>, view: &mut View) {
    let l = &scene.text.loader;
    find(scene, listing, view);
    let View { found: Some(found), chosen, focus } = view else { return };
    if found.rows.is_empty() {
        let words = if listing.fields.is_empty() {
            (fl!(l, "fields-no-fields"), fl!(l, "fields-no-fields-next"))
        } else {
            (fl!(l, "fields-none-found", find = scene.find), fl!(l, "sources-none-found-next"))
        };
        empty::show(ui, scene.theme, words, None);
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    head(ui, scene);
    let mut area = ScrollArea::vertical().id_salt("fields").auto_shrink([false, false]);
    if let Some(at) = focus {
        let room = ui.available_height();
        let top = (*at as f32 * ROW_HEIGHT - room / 2.0).max(0.0);
        area = area.vertical_scroll_offset(top);
    }
    let count = found.rows.len();
    let mut moved = None;
    area.show_rows(ui, ROW_HEIGHT, count, |ui, range| {
        for at in range {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
            let number = found.rows[at];
            let words = names::words(scene, &listing.fields[number]);
            let choice = if *chosen == Some(number) { RowChoice::Chosen } else { RowChoice::NotChosen };
            let own = Row { id: Id::unique(("opened-field", number)), rect, place: (at, count), choice };
            let response = row::sense(ui, own, || sentence(scene, &words));
            row::paint_ground(ui, &own, &response, scene.theme);
            line(ui, scene, rect, &words);
            if *focus == Some(at) {
                response.request_focus();
                *focus = None;
            }
            if response.clicked() {
                response.request_focus();
                *chosen = Some(number);
            }
            if response.has_focus() {
                moved = step(ui, at, count);
            }
            response.on_hover_text(sentence(scene, &words));
        }
    });
    if let Some(at) = moved {
        (*chosen, *focus) = (Some(found.rows[at]), Some(at));
        ui.ctx().request_repaint();
    }
}

/// Where the keys of this frame lead from a row that has the focus.
fn step(ui: &Ui, at: usize, count: usize) -> Option<usize> {
    if let Some(id) = ui.memory(|memory| memory.focused()) {
        let filter = egui::EventFilter { vertical_arrows: true, ..egui::EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    let last = count.saturating_sub(1);
    let to = ui.input(|input| {
        let pressed = input.events.iter().rev().find_map(|event| match event {
            Event::Key { key, pressed: true, .. } => Some(*key),
            _ => None,
        });
        pressed.and_then(|key| match key {
            Key::ArrowDown => Some((at + 1).min(last)),
            Key::ArrowUp => Some(at.saturating_sub(1)),
            Key::PageDown => Some((at + 20).min(last)),
            Key::PageUp => Some(at.saturating_sub(20)),
            Key::Home => Some(0),
            Key::End => Some(last),
            _ => None,
        })
    });
    to.filter(|to| *to != at)
}

/// Works out which rows are meant, when listing, search or language changed.
fn find(scene: &Scene<'_>, listing: &Arc<FieldListing>, view: &mut View) {
    let find = scene.find.to_lowercase();
    let language = scene.text.language().code();
    let is_same = view
        .found
        .as_ref()
        .is_some_and(|kept| Arc::ptr_eq(&kept.of, listing) && kept.find == find && kept.language == language);
    if is_same {
        return;
    }
    let is_meant =
        |number: &usize| find.is_empty() || names::words(scene, &listing.fields[*number]).has(&find);
    let rows = (0..listing.fields.len()).filter(is_meant).collect();
    view.found = Some(Found { of: listing.clone(), find, language, rows });
}

/// Parameter, name, unit, level, lead time, member, grid, size.
fn cells(rect: Rect) -> [Rect; 8] {
    let rest = (rect.width() - 16.0).max(600.0);
    let shares = [0.08, 0.24, 0.09, 0.13, 0.13, 0.08, 0.17, 0.08];
    let mut x = rect.left() + 8.0;
    shares.map(|share| {
        let width = rest * share;
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2(x + width - 10.0, rect.bottom()));
        x += width;
        cell
    })
}

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let labels = [
        fl!(l, "fields-head-param"),
        fl!(l, "fields-head-name"),
        fl!(l, "fields-head-unit"),
        fl!(l, "fields-head-level"),
        fl!(l, "fields-head-lead"),
        fl!(l, "fields-head-member"),
        fl!(l, "fields-head-grid"),
        fl!(l, "fields-head-size"),
    ];
    let quiet = scene.theme.quiet;
    for (at, (cell, label)) in cells(rect).into_iter().zip(labels).enumerate() {
        let style = if at == SIZE { Line::right(SMALL_SIZE, quiet) } else { Line::left(SMALL_SIZE, quiet) };
        paint_line(ui.painter(), cell, &label, style);
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, scene.theme.line));
}

/// The column of sizes, which stand to the right as figures do.
const SIZE: usize = 7;

fn line(ui: &Ui, scene: &Scene<'_>, rect: Rect, words: &FieldWords) {
    let (text, quiet) = (scene.theme.text, scene.theme.quiet);
    let parts = [
        (&words.param, text),
        (&words.name, text),
        (&words.unit, quiet),
        (&words.level, text),
        (&words.lead, text),
        (&words.member, text),
        (&words.grid, quiet),
        (&words.size, quiet),
    ];
    for (at, (cell, (words, color))) in cells(rect).into_iter().zip(parts).enumerate() {
        let style = if at == SIZE { Line::right(TEXT_SIZE, color) } else { Line::left(TEXT_SIZE, color) };
        paint_line(ui.painter(), cell, words, style);
    }
}

/// The row as one sentence.
fn sentence(scene: &Scene<'_>, words: &FieldWords) -> String {
    fl!(
        &scene.text.loader,
        "fields-row",
        param = words.param.as_str(),
        name = words.name.as_str(),
        unit = words.unit.as_str(),
        level = words.level.as_str(),
        lead = words.lead.as_str(),
        member = words.member.as_str(),
        grid = words.grid.as_str(),
        size = words.size.as_str()
    )
}
