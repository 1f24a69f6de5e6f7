//! What happened: one line each, the newest above; the chosen one in full below.
//!
//! In: entries, a least weight, a text to find. Out: rows.

use super::{mark, weight_words};
use crate::app::journal::{JournalEntry, Weight};
use crate::app::settings::ClockChoice;
use crate::domain::utc::UtcTime;
use crate::i18n::Language;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use egui::{
    Align2, Frame, Key, Label, Margin, Panel, RichText, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};
use i18n_embed_fl::fl;
use std::sync::Arc;

/// The entries that match, found anew only when something changed.
#[derive(Debug, Default)]
pub struct Listed {
    of: Option<Of>,
    /// Newest first.
    pub entries: Vec<Arc<JournalEntry>>,
}

/// What a list was made of.
#[derive(Clone, Debug, PartialEq)]
struct Of {
    newest: Option<u64>,
    entries: usize,
    least: Option<Weight>,
    find: String,
    language: Language,
}

impl Listed {
    /// Finds the entries that match.
    pub fn hear(&mut self, scene: &Scene<'_>, least: Option<Weight>) {
        let journal = &scene.snapshot.journal;
        let of = Of {
            newest: journal.entries.iter().next_back().map(|entry| entry.number),
            entries: journal.entries.len(),
            least,
            find: scene.find.to_lowercase(),
            language: scene.text.language(),
        };
        if self.of.as_ref() == Some(&of) {
            return;
        }
        let is_wanted = |entry: &&Arc<JournalEntry>| {
            least.is_none_or(|least| entry.weight >= least)
                && (of.find.is_empty() || line_of(scene, entry).to_lowercase().contains(&of.find))
        };
        self.entries = journal.entries.iter().rev().filter(is_wanted).cloned().collect();
        self.of = Some(of);
    }
}

/// Draws the list, and the chosen entry below it.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, (chosen, listed): (&mut Option<u64>, &Listed)) {
    if listed.entries.is_empty() {
        empty(ui, scene);
        return;
    }
    move_choice(ui, chosen, listed);
    let entry = chosen.and_then(|number| listed.entries.iter().find(|entry| entry.number == number));
    if let Some(entry) = entry {
        let frame = Frame::new().fill(scene.theme.panel).inner_margin(Margin::symmetric(12, 8));
        Panel::bottom("log-entry").resizable(true).default_size(132.0).frame(frame).show(ui, |ui| {
            ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| in_full(ui, scene, entry));
        });
    }
    let rows = ScrollArea::vertical().auto_shrink([false, false]);
    ui.spacing_mut().item_spacing.y = 0.0;
    rows.show_rows(ui, ROW_HEIGHT, listed.entries.len(), |ui, range| {
        for at in range {
            if row(ui, scene, &listed.entries[at], at, *chosen) {
                *chosen = Some(listed.entries[at].number);
            }
        }
    });
}

/// Arrow keys move the choice while a row has the focus.
fn move_choice(ui: &Ui, chosen: &mut Option<u64>, listed: &Listed) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let Some(number) = *chosen else { return };
    let Some(at) = listed.entries.iter().position(|entry| entry.number == number) else { return };
    let (up, down) = ui.input(|input| (input.key_pressed(Key::ArrowUp), input.key_pressed(Key::ArrowDown)));
    let next = if up { at.saturating_sub(1) } else { at + usize::from(down) };
    *chosen = listed.entries.get(next).map_or(*chosen, |entry| Some(entry.number));
}

/// Draws one row; returns whether it was chosen.
fn row(ui: &mut Ui, scene: &Scene<'_>, entry: &JournalEntry, at: usize, chosen: Option<u64>) -> bool {
    let theme = scene.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let is_chosen = chosen == Some(entry.number);
    let line = line_of(scene, entry);
    response.widget_info(|| WidgetInfo::selected(egui::Role::ListItem, true, is_chosen, &line));
    if is_chosen {
        ui.painter().rect_filled(rect, 2.0, theme.chosen);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 2.0, theme.hovered);
    } else if at % 2 == 1 {
        ui.painter().rect_filled(rect, 0.0, theme.panel.gamma_multiply(0.5));
    }
    let middle = rect.center().y;
    let small = egui::FontId::proportional(SMALL_SIZE);
    let when = moment(scene, entry.at);
    ui.painter().text(pos2(rect.left() + 6.0, middle), Align2::LEFT_CENTER, when, small.clone(), theme.quiet);
    let (icon, colour) = mark(entry.weight, theme);
    ui.painter().text(
        pos2(rect.left() + 162.0, middle),
        Align2::CENTER_CENTER,
        icon,
        fonts::icons(16.0),
        colour,
    );
    let code = entry.message.code();
    let clip = rect.with_min_x(rect.left() + 178.0).with_max_x(rect.left() + 322.0);
    let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
    painter.text(clip.left_center(), Align2::LEFT_CENTER, code, small, theme.quiet);
    let place = rect.with_min_x(rect.left() + 332.0).with_max_x(rect.right() - 6.0);
    one_line(ui, place, &words_of(scene, entry), theme.text);
    response.clicked() || (response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter)))
}

/// Text on one line, cut with an ellipsis.
pub(super) fn one_line(ui: &Ui, place: egui::Rect, text: &str, colour: egui::Color32) {
    let first = text.lines().next().unwrap_or_default();
    let face = egui::FontId::proportional(TEXT_SIZE);
    let mut job = egui::text::LayoutJob::simple_singleline(first.to_owned(), face, colour);
    job.wrap = egui::text::TextWrapping::truncate_at_width(place.width());
    let galley = ui.painter().layout_job(job);
    let at = pos2(place.left(), place.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, colour);
}

/// The whole of an entry, as text that can be marked and copied.
fn in_full(ui: &mut Ui, scene: &Scene<'_>, entry: &JournalEntry) {
    let theme = scene.theme;
    ui.horizontal(|ui| {
        let (icon, colour) = mark(entry.weight, theme);
        ui.label(RichText::new(icon).font(fonts::icons(18.0)).color(colour));
        ui.label(RichText::new(weight_words(entry.weight, scene.text)).strong());
        ui.label(
            RichText::new(format!("{} · {}", entry.message.code(), moment(scene, entry.at)))
                .color(theme.quiet),
        );
    });
    if let Some((_, name)) = &entry.job {
        ui.add(Label::new(RichText::new(name).color(theme.quiet)).wrap().selectable(true));
    }
    ui.add_space(GRID);
    ui.add(Label::new(scene.text.message(&entry.message)).wrap().selectable(true));
}

/// The message, with the transfer that it is about.
fn words_of(scene: &Scene<'_>, entry: &JournalEntry) -> String {
    let message = scene.text.message(&entry.message);
    match &entry.job {
        Some((_, name)) => format!("{name} · {message}"),
        None => message,
    }
}

/// The whole entry on one line: for screen readers, for finding, and for the clipboard.
pub(super) fn line_of(scene: &Scene<'_>, entry: &JournalEntry) -> String {
    let weight = weight_words(entry.weight, scene.text);
    let words = words_of(scene, entry).replace('\n', " ");
    format!("{} · {weight} · {} · {words}", moment(scene, entry.at), entry.message.code())
}

/// A moment as the person wants times written.
pub(super) fn moment(scene: &Scene<'_>, time: UtcTime) -> String {
    match scene.settings.clock {
        ClockChoice::Utc => scene.text.moment(time),
        ClockChoice::Local => {
            let minutes = i64::from(scene.snapshot.vitals.utc_offset_minutes);
            let local = time.plus_minutes(minutes).unwrap_or(time);
            scene.text.moment(local).trim_end_matches(" UTC").to_owned()
        }
    }
}

fn empty(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (title, next) = if scene.snapshot.journal.entries.is_empty() {
        (fl!(l, "log-empty"), fl!(l, "log-empty-next"))
    } else {
        (fl!(l, "log-none-found"), fl!(l, "log-none-found-next"))
    };
    super::hosts::nothing(ui, scene, (title, next));
}
