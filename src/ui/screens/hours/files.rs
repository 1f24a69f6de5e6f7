//! Files of a dataset without runs: a table whose keys are its filters, in the place of the matrix.
//!
//! In: a table of files. Out: actions. Presses choose as in every list: alone, with Ctrl also, with Shift up to.

use super::words;
use crate::app::catalog::file_table::{FileRow, FileTable, FilesChoice};
use crate::app::catalog::hours::{DatasetId, HoursView, KnownSize};
use crate::app::input::Action;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::buttons::{Able, button, main_button};
use crate::ui::widgets::row::{self, Row, RowChoice};
use crate::ui::widgets::text::{Line, paint_line};
use crate::ui::widgets::{cell, empty};
use egui::{Align, ComboBox, Label, Layout, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};
use i18n_embed_fl::fl;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A key with more values than this is found by typing, not by a list.
const MOST_VALUES: usize = 200;

/// Width of the state in front of a row, of a size, and of a time.
const STATE: f32 = 30.0;
const SIZE: f32 = 96.0;
const TIME: f32 = 170.0;

/// What the table remembers between frames.
#[derive(Debug, Default)]
pub struct FilesView {
    of: Option<DatasetId>,
    /// The value that each key must have; any where there is none.
    filter: BTreeMap<String, String>,
    chosen: BTreeSet<Arc<str>>,
    /// The octets of what is chosen.
    size: KnownSize,
    /// The last row that was pressed, from which Shift reaches.
    anchor: Option<Arc<str>>,
    /// The table as it was read last; there may be fifty thousand rows.
    read: Option<Read>,
    /// The rows that are shown, kept until table, filter or search change.
    kept: Option<Kept>,
}

/// What is worked out of a table once.
#[derive(Debug)]
struct Read {
    of: Arc<FileTable>,
    /// The values of each key, where they are few enough to be a list and more than one.
    values: Vec<Vec<String>>,
    /// Where each file stands.
    places: HashMap<Arc<str>, usize>,
}

#[derive(Debug)]
struct Kept {
    of: Arc<FileTable>,
    filter: BTreeMap<String, String>,
    find: String,
    rows: Arc<[usize]>,
}

impl Read {
    fn of(table: &Arc<FileTable>) -> Self {
        let listed = |number| {
            let values = table.values_of(number);
            let is_list = (2..=MOST_VALUES).contains(&values.len());
            values.into_iter().filter(|_| is_list).map(str::to_owned).collect()
        };
        let places = table.rows.iter().enumerate().map(|(at, row)| (row.pattern.clone(), at));
        Self {
            of: table.clone(),
            values: (0..table.keys.len()).map(listed).collect(),
            places: places.collect(),
        }
    }
}

/// The filters: one list of values a key.
pub fn filters(ui: &mut Ui, scene: &Scene<'_>, table: &Arc<FileTable>, view: &mut FilesView) {
    let l = &scene.text.loader;
    view.read(table);
    let Some(read) = &view.read else { return };
    let listed = table.keys.iter().zip(&read.values).filter(|(_, values)| !values.is_empty());
    for (key, values) in listed {
        let now = view.filter.get(key).cloned();
        let shown = now.clone().unwrap_or_else(|| fl!(l, "hours-all"));
        let label = fl!(l, "hours-filter", name = key.as_str(), figure = shown.as_str());
        let combo = ComboBox::from_id_salt(("files", key)).selected_text(&label);
        let response = combo.show_ui(ui, |ui| {
            if ui.selectable_label(now.is_none(), fl!(l, "hours-take-all")).clicked() {
                view.filter.remove(key);
            }
            for value in values {
                if ui.selectable_label(now.as_ref() == Some(value), value).clicked() {
                    view.filter.insert(key.clone(), value.clone());
                }
            }
        });
        ui.ctx().accesskit_node_builder(response.response.id, |node| node.set_label(label));
    }
}

/// Draws the table and what goes on with the choice; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, shown: &HoursView, view: &mut FilesView) -> Vec<Action> {
    let Some(table) = &shown.table else { return Vec::new() };
    if view.of.as_ref() != Some(&shown.dataset) {
        *view = FilesView { of: Some(shown.dataset.clone()), ..FilesView::default() };
    }
    view.read(table);
    let rows = rows_of(scene, table, view);
    let margin = egui::Margin::symmetric(0, GRID as i8 + 2);
    let foot = egui::Panel::bottom("files-foot").frame(egui::Frame::NONE.inner_margin(margin));
    let actions = foot.show(ui, |ui| footer(ui, scene, shown, view)).inner;
    if rows.is_empty() {
        let l = &scene.text.loader;
        empty::show(ui, scene.theme, (fl!(l, "files-none-found"), fl!(l, "files-none-found-next")), None);
        return actions;
    }
    let places = places(ui.available_width(), table.keys.len());
    heads(ui, scene, table, &places);
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().auto_shrink([false, false]).show_rows(ui, ROW_HEIGHT, rows.len(), |ui, range| {
        for at in range {
            draw_row(ui, scene, table, (&rows, at), (&places, view));
        }
    });
    actions
}

/// The rows that filter and search leave.
fn rows_of(scene: &Scene<'_>, table: &Arc<FileTable>, view: &mut FilesView) -> Arc<[usize]> {
    let find = scene.find.to_lowercase();
    if let Some(kept) = &view.kept
        && Arc::ptr_eq(&kept.of, table)
        && kept.filter == view.filter
        && kept.find == find
    {
        return kept.rows.clone();
    }
    let is_meant = |row: &FileRow| {
        let values = || table.keys.iter().zip(&row.values);
        values().all(|(key, value)| view.filter.get(key).is_none_or(|wanted| wanted == value))
            && (find.is_empty() || values().any(|(_, value)| value.to_lowercase().contains(&find)))
    };
    let rows = table.rows.iter().enumerate().filter(|(_, row)| is_meant(row)).map(|(at, _)| at);
    let rows: Arc<[usize]> = rows.collect();
    view.kept = Some(Kept { of: table.clone(), filter: view.filter.clone(), find, rows: rows.clone() });
    rows
}

/// Left and right edge of each key's column, then of size and time.
fn places(width: f32, keys: usize) -> Vec<(f32, f32)> {
    let room = (width - STATE - SIZE - TIME).max(80.0);
    let each = room / keys.max(1) as f32;
    let key = |number: usize| (STATE + each * number as f32, STATE + each * (number + 1) as f32 - GRID);
    let behind = STATE + room;
    (0..keys).map(key).chain([(behind, behind + SIZE), (behind + SIZE + 4.0 * GRID, width - GRID)]).collect()
}

fn heads(ui: &mut Ui, scene: &Scene<'_>, table: &FileTable, places: &[(f32, f32)]) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    ui.painter().rect_filled(rect, 2.0, scene.theme.panel);
    let names = table.keys.iter().cloned().chain([fl!(l, "files-size"), fl!(l, "files-changed")]);
    for ((number, name), (left, right)) in names.enumerate().zip(places) {
        let face = fonts::bold(SMALL_SIZE);
        let is_figure = number == table.keys.len();
        let (x, align) =
            if is_figure { (*right, egui::Align2::RIGHT_CENTER) } else { (*left, egui::Align2::LEFT_CENTER) };
        ui.painter().text(pos2(rect.left() + x, rect.center().y), align, name, face, scene.theme.quiet);
    }
}

fn draw_row(
    ui: &mut Ui,
    scene: &Scene<'_>,
    table: &FileTable,
    (rows, at): (&[usize], usize),
    (places, view): (&[(f32, f32)], &mut FilesView),
) {
    let theme = scene.theme;
    let file = &table.rows[rows[at]];
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let choice = if view.chosen.contains(&file.pattern) { RowChoice::Chosen } else { RowChoice::NotChosen };
    let row = Row { id: ui.scope_id().with(&file.pattern), rect, place: (at, rows.len()), choice };
    let response = row::sense(ui, row, || sentence(scene, table, file));
    row::paint_ground(ui, &row, &response, theme);
    let painter = ui.painter();
    cell::paint(painter, Rect::from_min_size(rect.min, vec2(STATE, rect.height())), file.state, theme);
    let place = |(left, right): (f32, f32)| {
        Rect::from_min_max(rect.min + vec2(left, 0.0), pos2(rect.left() + right, rect.max.y))
    };
    for (value, edges) in file.values.iter().zip(places) {
        paint_line(painter, place(*edges), value, Line::left(TEXT_SIZE, theme.text));
    }
    if let [size, time] = places[table.keys.len()..] {
        let words = match file.size {
            KnownSize::Unknown => "–".to_owned(),
            known => words::size(scene.text, known),
        };
        paint_line(painter, place(size), &words, Line::right(TEXT_SIZE, theme.text));
        let words = file.published.map_or_else(String::new, |time| scene.text.moment(time));
        paint_line(painter, place(time), &words, Line::left(TEXT_SIZE, theme.quiet));
    }
    if response.clicked() {
        let modifiers = ui.input(|input| input.modifiers);
        view.press(table, rows, (&file.pattern, modifiers));
        view.measure(table);
    }
}

/// The row as one sentence.
fn sentence(scene: &Scene<'_>, table: &FileTable, file: &FileRow) -> String {
    let keys = table.keys.iter().zip(&file.values).filter(|(_, value)| !value.is_empty());
    let keys: Vec<String> = keys.map(|(key, value)| format!("{key} {value}")).collect();
    let (size, state) = (words::size(scene.text, file.size), words::state(scene.text, file.state));
    format!("{}, {size}, {state}", keys.join(", "))
}

impl FilesView {
    /// Reads a table that is another than before, and drops from the choice what is gone.
    fn read(&mut self, table: &Arc<FileTable>) {
        if self.read.as_ref().is_some_and(|read| Arc::ptr_eq(&read.of, table)) {
            return;
        }
        let read = Read::of(table);
        self.chosen.retain(|pattern| read.places.contains_key(pattern));
        self.read = Some(read);
        self.measure(table);
    }

    /// Adds up what is chosen.
    fn measure(&mut self, table: &FileTable) {
        let Some(read) = &self.read else { return };
        let sizes = self.chosen.iter().filter_map(|pattern| read.places.get(pattern));
        self.size = sizes.map(|at| table.rows[*at].size).reduce(KnownSize::plus).unwrap_or_default();
    }

    fn press(
        &mut self,
        table: &FileTable,
        rows: &[usize],
        (pattern, modifiers): (&Arc<str>, egui::Modifiers),
    ) {
        let place = |of: &Arc<str>| rows.iter().position(|row| table.rows[*row].pattern == *of);
        if modifiers.shift
            && let Some((from, to)) = self.anchor.as_ref().and_then(place).zip(place(pattern))
        {
            let span = &rows[from.min(to)..=from.max(to)];
            self.chosen = span.iter().map(|row| table.rows[*row].pattern.clone()).collect();
            return;
        }
        self.anchor = Some(pattern.clone());
        if modifiers.command {
            if !self.chosen.remove(pattern) {
                self.chosen.insert(pattern.clone());
            }
        } else if self.chosen.len() == 1 && self.chosen.contains(pattern) {
            // Pressing the only one that is chosen lets go of it.
            self.chosen.clear();
        } else {
            self.chosen = BTreeSet::from([pattern.clone()]);
        }
    }
}

/// How much is chosen, and what goes on with it.
fn footer(ui: &mut Ui, scene: &Scene<'_>, shown: &HoursView, view: &mut FilesView) -> Vec<Action> {
    let (text, l) = (scene.text, &scene.text.loader);
    let mut actions = Vec::new();
    let count = view.chosen.len();
    let n = text.count(count as u64);
    let size = words::size(text, view.size);
    let says = match count {
        0 => fl!(l, "files-nothing-chosen"),
        _ => fl!(l, "files-chosen", count = count, n = n.as_str(), size = size),
    };
    let able: Able = if count > 0 { Ok(()) } else { Err(fl!(l, "files-choose-first")) };
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let choice = || FilesChoice {
            dataset: shown.dataset.clone(),
            patterns: view.chosen.iter().cloned().collect(),
        };
        if main_button(ui, &fl!(l, "files-download", count = count, n = n), &able, scene.theme).clicked() {
            actions.push(Action::GetFiles(Box::new(choice())));
        }
        let copy = button(ui, &fl!(l, "hours-copy-command"), &able);
        if copy.clicked() {
            ui.copy_text(choice().command(scene.snapshot.settings.policy, &scene.snapshot.folder()));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(Label::new(RichText::new(says).strong()).truncate());
        });
    });
    if !actions.is_empty() {
        view.chosen.clear();
    }
    actions
}
