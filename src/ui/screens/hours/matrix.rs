//! Draws the matrix of runs and columns, and turns pointer and keys into a choice.
//!
//! In: a [`HoursView`], its columns, a [`Choice`]. Out: the choice, changed. Only visible cells are drawn; the heads
//! stay in sight. One node takes the keys; each visible cell has a name for those who hear the screen.

use super::axis::{MatrixColumns, MatrixPlace};
use super::choice::{self, CellPress, Choice};
use super::heads;
use super::names::{self, NameCache};
use super::words;
use crate::app::catalog::hours::{HoursView, MatrixCellState};
use crate::ui::scene::Scene;
use crate::ui::widgets::cell;
use egui::{
    Event, EventFilter, Id, Key, Modifiers, Rect, Response, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2,
    vec2,
};
use std::ops::Range;
use std::sync::Arc;

/// Width of a column.
pub const COLUMN: f32 = 22.0;

/// Height of a run.
pub const ROW: f32 = 24.0;

/// What the matrix remembers between frames.
#[derive(Debug, Default)]
pub struct MatrixView {
    /// Whether a span is being drawn.
    pub is_sweeping: bool,
    names: NameCache,
    /// The run whose valid times stand in the head.
    pub head_row: usize,
    /// Set when the cursor moved by a key and is to be brought into sight.
    follow: bool,
}

/// What the matrix shows.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The dataset.
    pub view: &'a Arc<HoursView>,
    /// Its columns.
    pub columns: &'a MatrixColumns,
}

impl<'a> Shown<'a> {
    fn pair(&self) -> (&'a HoursView, &'a MatrixColumns) {
        (self.view, self.columns)
    }
}

/// Where things stand on the screen for one frame.
#[derive(Clone, Copy)]
pub struct Geometry {
    /// Upper left corner of the first cell, which may be out of sight.
    pub origin: egui::Pos2,
    /// The part of the screen where cells are seen.
    pub cells: Rect,
    /// Everything, with heads.
    pub all: Rect,
}

impl Geometry {
    /// The rectangle of a cell.
    pub fn cell(&self, place: MatrixPlace) -> Rect {
        let min = self.origin + vec2(place.column as f32 * COLUMN, place.row as f32 * ROW);
        Rect::from_min_size(min, vec2(COLUMN, ROW))
    }

    /// The place at a point, brought into the matrix. `None` when the matrix is empty.
    fn place_at(&self, point: egui::Pos2, (rows, columns): (usize, usize)) -> Option<MatrixPlace> {
        let index = |offset: f32, step: f32, count: usize| {
            Some(((offset / step).max(0.0) as usize).min(count.checked_sub(1)?))
        };
        let offset = point - self.origin;
        Some(MatrixPlace { row: index(offset.y, ROW, rows)?, column: index(offset.x, COLUMN, columns)? })
    }

    /// Rows in sight.
    pub fn rows(&self, count: usize) -> Range<usize> {
        visible(self.cells.top() - self.origin.y, self.cells.height(), ROW, count)
    }

    /// Columns in sight.
    pub fn columns(&self, count: usize) -> Range<usize> {
        visible(self.cells.left() - self.origin.x, self.cells.width(), COLUMN, count)
    }
}

fn visible(from: f32, length: f32, step: f32, count: usize) -> Range<usize> {
    let first = (from / step).floor().max(0.0) as usize;
    let last = ((from + length) / step).ceil().max(0.0) as usize;
    first.min(count)..last.min(count)
}

/// Draws the matrix over the room that is there. Returns whether Enter was pressed on it.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    shown: Shown<'_>,
    (matrix, choice): (&mut MatrixView, &mut Choice),
) -> Pressed {
    let (rows, count) = (shown.view.rows.len(), shown.columns.count());
    let gutter = heads::gutter(ui.available_width());
    let size = vec2(gutter + count as f32 * COLUMN, heads::HEIGHT + rows as f32 * ROW);
    let area = ScrollArea::both().id_salt("matrix").auto_shrink([false, true]).scroll_source(
        egui::scroll_area::ScrollSource { drag: egui::scroll_area::DragScroll::Never, ..Default::default() },
    );
    let mut pressed = Pressed::Nothing;
    area.show_viewport(ui, |ui, viewport| {
        ui.set_min_size(size);
        let top_left = ui.max_rect().min;
        let all = Rect::from_min_size(top_left + viewport.min.to_vec2(), viewport.size().min(size))
            .intersect(ui.clip_rect());
        let cells = Rect::from_min_max(all.min + vec2(gutter, heads::HEIGHT), all.max);
        let geometry = Geometry { origin: top_left + vec2(gutter, heads::HEIGHT), cells, all };
        let response = sense(ui, scene, shown, &geometry);
        point(ui, (shown, &geometry), (matrix, choice), &response);
        pressed = keys(ui, shown, (matrix, choice), &response);
        follow(ui, shown, (matrix, choice), &geometry);
        paint_cells(ui, scene, (shown, &geometry), choice, &response);
        names::show(ui, scene, (shown, &geometry), (&mut matrix.names, choice), &response);
        heads::show(ui, scene, (shown, &geometry), (matrix, choice));
        tip(scene, (shown, &geometry), &response);
    });
    pressed
}

/// A key that the matrix does not answer itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pressed {
    /// None.
    #[default]
    Nothing,
    /// Enter: go on with what is chosen.
    Enter,
}

fn sense(ui: &Ui, scene: &Scene<'_>, shown: Shown<'_>, geometry: &Geometry) -> Response {
    let response = ui.interact(geometry.cells, grid_id(), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Grid, true, words::matrix(scene.text, shown.view)));
    if response.has_focus() {
        let filter = EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    }
    response
}

fn grid_id() -> Id {
    Id::unique("matrix-cells")
}

fn how(modifiers: Modifiers) -> CellPress {
    match modifiers {
        m if m.shift => CellPress::UpTo,
        m if m.command => CellPress::Also,
        _ => CellPress::Alone,
    }
}

/// Presses, drags and hovers.
fn point(
    ui: &Ui,
    (shown, geometry): (Shown<'_>, &Geometry),
    (matrix, choice): (&mut MatrixView, &mut Choice),
    response: &Response,
) {
    let (rows, columns) = (shown.view.rows.len(), shown.columns.count());
    let (is_down, at, modifiers) =
        ui.input(|input| (input.pointer.primary_down(), input.pointer.interact_pos(), input.modifiers));
    let place_at = |at: egui::Pos2| geometry.place_at(at, (rows, columns));
    let is_here = |at: egui::Pos2| geometry.cells.contains(at);
    if response.contains_pointer()
        && let Some(place) = at.filter(|at| is_here(*at)).and_then(place_at)
    {
        matrix.head_row = place.row;
    }
    // In a slow frame the pointer is elsewhere already: a span begins where the button went down and ends where it went up.
    let (down, up) = ui.input(primary_turns);
    if let Some(place) = down.filter(|at| is_here(*at) && is_on_top(ui, response, *at)).and_then(place_at) {
        response.request_focus();
        choice.begin(shown.pair(), place, how(modifiers));
        matrix.is_sweeping = true;
    }
    if matrix.is_sweeping
        && let Some(at) = up.or(at)
        && let Some(place) = place_at(at)
    {
        choice.reach(shown.pair(), place);
        if is_down {
            scroll_at_edges(ui, geometry, at);
        }
    }
    matrix.is_sweeping &= is_down;
}

/// Where the first button of the pointer went down and up in this frame, if it did.
fn primary_turns(input: &egui::InputState) -> (Option<egui::Pos2>, Option<egui::Pos2>) {
    let turn = |is_down: bool| {
        input.events.iter().rev().find_map(|event| match event {
            Event::PointerButton { pos, button: egui::PointerButton::Primary, pressed, .. } => {
                (*pressed == is_down).then_some(*pos)
            }
            _ => None,
        })
    };
    (turn(true), turn(false))
}

/// Whether nothing lies above the matrix at that point.
fn is_on_top(ui: &Ui, response: &Response, at: egui::Pos2) -> bool {
    ui.ctx().layer_id_at(at).is_none_or(|layer| layer == response.layer_id)
}

/// A span that is drawn past the edge brings more into sight.
fn scroll_at_edges(ui: &Ui, geometry: &Geometry, at: egui::Pos2) {
    let push = |value: f32, low: f32, high: f32, step: f32| match value {
        v if v < low => step,
        v if v > high => -step,
        _ => 0.0,
    };
    let cells = geometry.cells;
    let by =
        vec2(push(at.x, cells.left(), cells.right(), COLUMN), push(at.y, cells.top(), cells.bottom(), ROW));
    if by != egui::Vec2::ZERO {
        ui.scroll_with_delta_animation(by, egui::style::ScrollAnimation::none());
        ui.ctx().request_repaint();
    }
}

fn keys(
    ui: &Ui,
    shown: Shown<'_>,
    (matrix, choice): (&mut MatrixView, &mut Choice),
    response: &Response,
) -> Pressed {
    if !response.has_focus() {
        return Pressed::Nothing;
    }
    let events: Vec<(Key, Modifiers)> = ui.input(|input| {
        let pressed = input.events.iter().filter_map(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => Some((*key, *modifiers)),
            _ => None,
        });
        pressed.collect()
    });
    let mut answer = Pressed::Nothing;
    for (key, modifiers) in events {
        match key {
            Key::Enter => answer = Pressed::Enter,
            Key::Escape => choice.clear(),
            Key::A if modifiers.command => choice.set(choice::everything(shown.view, shown.columns)),
            Key::Space => space(shown, choice, modifiers),
            _ => matrix.follow |= step(shown, choice, (key, modifiers)),
        }
        if let Some(place) = cursor_place(shown, choice) {
            matrix.head_row = place.row;
        }
    }
    answer
}

fn cursor_place(shown: Shown<'_>, choice: &Choice) -> Option<MatrixPlace> {
    shown.columns.place_of(shown.view, choice.cursor?)
}

/// Space chooses where the cursor stands; with Shift its run, with Ctrl its column, as in a table of figures.
fn space(shown: Shown<'_>, choice: &mut Choice, modifiers: Modifiers) {
    let place = cursor_place(shown, choice).unwrap_or(MatrixPlace { row: 0, column: 0 });
    match modifiers {
        m if m.shift => choice.toggle(choice::run_of(shown.view, shown.columns, place.row), CellPress::Also),
        m if m.command => {
            choice.toggle(choice::column_of(shown.view, shown.columns, place.column), CellPress::Also)
        }
        _ => choice.begin(shown.pair(), place, CellPress::Also),
    }
}

/// Moves the cursor; with Shift, chooses on the way. Whether the key was one that moves it.
fn step(shown: Shown<'_>, choice: &mut Choice, (key, modifiers): (Key, Modifiers)) -> bool {
    let (rows, columns) = (shown.view.rows.len() as isize, shown.columns.count() as isize);
    let (down, right) = match key {
        Key::ArrowLeft => (0, -1),
        Key::ArrowRight => (0, 1),
        Key::ArrowUp => (-1, 0),
        Key::ArrowDown => (1, 0),
        Key::Home => (0, -columns),
        Key::End => (0, columns),
        Key::PageUp => (-rows, 0),
        Key::PageDown => (rows, 0),
        _ => return false,
    };
    let from = cursor_place(shown, choice);
    let place = match from {
        None => MatrixPlace { row: 0, column: 0 },
        Some(from) => MatrixPlace {
            row: (from.row as isize + down).clamp(0, (rows - 1).max(0)) as usize,
            column: (from.column as isize + right).clamp(0, (columns - 1).max(0)) as usize,
        },
    };
    // A place without a cell is stepped over in the direction of the step.
    let Some(place) = nearest_cell(shown, place, (down.signum(), right.signum())) else { return true };
    if modifiers.shift {
        choice.begin(shown.pair(), place, CellPress::UpTo);
    } else if let Some((slot, _)) = shown.columns.cell_at(shown.view, place) {
        choice.cursor = Some(slot);
    }
    true
}

fn nearest_cell(
    shown: Shown<'_>,
    mut place: MatrixPlace,
    (down, right): (isize, isize),
) -> Option<MatrixPlace> {
    loop {
        if shown.columns.cell_at(shown.view, place).is_some() {
            return Some(place);
        }
        let (down, right) = if (down, right) == (0, 0) { (0, 1) } else { (down, right) };
        place.row = place.row.checked_add_signed(down).filter(|row| *row < shown.view.rows.len())?;
        place.column =
            place.column.checked_add_signed(right).filter(|column| *column < shown.columns.count())?;
    }
}

/// Brings the cursor into sight after a key moved it; the heads cover a part of the area.
fn follow(ui: &Ui, shown: Shown<'_>, (matrix, choice): (&mut MatrixView, &mut Choice), geometry: &Geometry) {
    if std::mem::take(&mut matrix.follow)
        && let Some(place) = cursor_place(shown, choice)
    {
        let cell = geometry.cell(place);
        let gutter = geometry.cells.min - geometry.all.min;
        let target = Rect::from_min_max(cell.min - gutter, cell.max + vec2(COLUMN, ROW));
        ui.scroll_to_rect_animation(target, None, egui::style::ScrollAnimation::none());
    }
}

fn paint_cells(
    ui: &Ui,
    scene: &Scene<'_>,
    (shown, geometry): (Shown<'_>, &Geometry),
    choice: &Choice,
    response: &Response,
) {
    let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(geometry.cells));
    let theme = scene.theme;
    for row in geometry.rows(shown.view.rows.len()) {
        if row % 2 == 1 {
            let y = geometry.origin.y + row as f32 * ROW;
            let band = Rect::from_x_y_ranges(geometry.cells.x_range(), y..=y + ROW);
            painter.rect_filled(band, 0.0, theme.panel.gamma_multiply(0.5));
        }
        for column in geometry.columns(shown.columns.count()) {
            let place = MatrixPlace { row, column };
            let Some((slot, cell)) = shown.columns.cell_at(shown.view, place) else { continue };
            let rect = geometry.cell(place);
            if choice.slots().contains(&slot) {
                cell::paint_chosen(&painter, rect, theme);
            }
            cell::paint(&painter, rect, cell.state, theme);
            if cell.holds_less {
                cell::paint_notch(&painter, rect, theme);
            }
            if choice.cursor == Some(slot) && response.has_focus() {
                cell::paint_cursor(&painter, rect, theme);
            }
        }
    }
}

/// What stands under the pointer, in words.
fn tip(scene: &Scene<'_>, (shown, geometry): (Shown<'_>, &Geometry), response: &Response) {
    let Some(at) = response.hover_pos().filter(|at| geometry.cells.contains(*at)) else { return };
    let size = (shown.view.rows.len(), shown.columns.count());
    let found = geometry
        .place_at(at, size)
        .and_then(|place| Some((place, shown.columns.cell_at(shown.view, place)?)));
    let Some((place, (slot, cell))) = found else { return };
    if cell.state == MatrixCellState::None || !geometry.cell(place).contains(pos2(at.x, at.y)) {
        return;
    }
    response.clone().on_hover_ui_at_pointer(|ui| {
        ui.set_max_width(360.0);
        for line in words::cell_lines(scene.text, slot, cell, scene.snapshot.vitals.utc_offset_minutes) {
            ui.label(line);
        }
    });
}
