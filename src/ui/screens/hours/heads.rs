//! The heads of the matrix, which stay in sight: valid day and hour, lead time, and the runs on the left.
//!
//! In: what is shown and where. Out: painted heads; a run's head chooses the run, a column's head the column.

use super::axis::{MatrixColumns, MatrixPlace};
use super::choice::{self, CellPress, Choice};
use super::matrix::{COLUMN, Geometry, MatrixView, ROW, Shown};
use super::words;
use crate::domain::utc::UtcTime;
use crate::ui::scene::Scene;
use crate::ui::theme::{SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::text::{Line, paint_line};
use egui::{Id, Painter, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

/// Height of one line of the head.
const LINE: f32 = 18.0;

/// Height of the head: day, hour of validity, lead time.
pub const HEIGHT: f32 = 3.0 * LINE + 2.0;

/// Width of the runs on the left: narrower when there is little room.
pub fn gutter(available: f32) -> f32 {
    if available < 640.0 { 150.0 } else { 280.0 }
}

/// Draws both heads.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (shown, geometry): (Shown<'_>, &Geometry),
    (matrix, choice): (&mut MatrixView, &mut Choice),
) {
    matrix.head_row = matrix.head_row.min(shown.view.rows.len().saturating_sub(1));
    across(ui, scene, (shown, geometry), (matrix, choice));
    runs(ui, scene, (shown, geometry), choice);
    corner(ui, scene, geometry, shown.columns);
}

/// Days, hours of validity and lead times.
fn across(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (shown, geometry): (Shown<'_>, &Geometry),
    (matrix, choice): (&mut MatrixView, &mut Choice),
) {
    let theme = scene.theme;
    let strip = Rect::from_min_max(
        pos2(geometry.cells.left(), geometry.all.top()),
        pos2(geometry.all.right(), geometry.cells.top()),
    );
    let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(strip));
    painter.rect_filled(strip, 0.0, theme.panel);
    let mut days = Days { painter: &painter, scene, strip, open: None };
    for column in geometry.columns(shown.columns.count()) {
        let place = MatrixPlace { row: matrix.head_row, column };
        let x = geometry.cell(place).left();
        let Some(time) = shown.columns.valid_at(shown.view, place) else { continue };
        days.column(x, time);
        let hour = Rect::from_min_size(pos2(x, strip.top() + LINE), vec2(COLUMN, LINE));
        let civil = time.civil();
        if civil.minute() == 0 {
            paint_line(
                &painter,
                hour,
                &format!("{:02}", civil.hour()),
                Line::middle(SMALL_SIZE, theme.quiet),
            );
        }
        if let MatrixColumns::Leads(leads) = shown.columns
            && let Some(label) = leads.get(column).and_then(|lead| words::lead_head(*lead, column))
        {
            let line = Line::middle(SMALL_SIZE, theme.text);
            // Three digits are wider than a column: its neighbours have none (see `lead_head`).
            let room = hour.translate(vec2(0.0, LINE)).expand2(vec2(COLUMN / 2.0, 0.0));
            paint_line(&painter, room, &label, line);
        }
    }
    let right = geometry.cell(MatrixPlace { row: 0, column: shown.columns.count() }).left();
    days.close(right.min(strip.right()));
    painter.hline(strip.x_range(), strip.bottom() - 0.5, Stroke::new(1.0, theme.line));
    choose_column(ui, (shown, geometry), strip, choice);
}

/// Writes each day over its hours, and keeps its name in sight while its hours are.
struct Days<'a> {
    painter: &'a Painter,
    scene: &'a Scene<'a>,
    strip: Rect,
    open: Option<(f32, UtcTime)>,
}

impl Days<'_> {
    fn column(&mut self, x: f32, time: UtcTime) {
        let same = self.open.is_some_and(|(_, of)| of.civil().date() == time.civil().date());
        if !same {
            self.close(x);
            self.open = Some((x, time));
        }
    }

    fn close(&mut self, until: f32) {
        let Some((from, time)) = self.open.take() else { return };
        let left = from.max(self.strip.left());
        let rect = Rect::from_min_max(
            pos2(left + 4.0, self.strip.top()),
            pos2(until - 2.0, self.strip.top() + LINE),
        );
        let theme = self.scene.theme;
        if rect.width() > 28.0 {
            paint_line(self.painter, rect, &self.scene.text.day(time), Line::left(SMALL_SIZE, theme.text));
        }
        self.painter.vline(until, self.strip.y_range(), Stroke::new(1.0, theme.line));
    }
}

/// A press on the head of a column chooses it.
fn choose_column(ui: &Ui, (shown, geometry): (Shown<'_>, &Geometry), strip: Rect, choice: &mut Choice) {
    let response = ui.interact(strip, Id::unique("matrix-head"), Sense::CLICK);
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        let column = ((at.x - geometry.origin.x) / COLUMN).max(0.0) as usize;
        choice.toggle(choice::column_of(shown.view, shown.columns, column), how(ui));
    }
}

fn how(ui: &Ui) -> CellPress {
    if ui.input(|input| input.modifiers.command || input.modifiers.shift) {
        CellPress::Also
    } else {
        CellPress::Alone
    }
}

/// The runs, newest first.
fn runs(ui: &mut Ui, scene: &Scene<'_>, (shown, geometry): (Shown<'_>, &Geometry), choice: &mut Choice) {
    let theme = scene.theme;
    let strip = Rect::from_min_max(
        pos2(geometry.all.left(), geometry.cells.top()),
        pos2(geometry.cells.left(), geometry.all.bottom()),
    );
    let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(strip));
    painter.rect_filled(strip, 0.0, theme.panel);
    for row in geometry.rows(shown.view.rows.len()) {
        let run = &shown.view.rows[row];
        let y = geometry.origin.y + row as f32 * ROW;
        let rect = Rect::from_x_y_ranges(strip.x_range(), y..=y + ROW);
        let response = ui.interact(rect.intersect(strip), Id::unique(("matrix-run", run.run)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::RowHeader, true, words::run(scene.text, run)));
        if response.hovered() {
            painter.rect_filled(rect, 0.0, theme.hovered);
        }
        if response.clicked() {
            choice.toggle(choice::run_of(shown.view, shown.columns, row), how(ui));
        }
        paint_run(&painter, scene, rect, run);
        response.on_hover_text(words::run_tip(scene.text, run));
    }
    painter.vline(strip.right() - 0.5, strip.y_range(), Stroke::new(1.0, theme.line));
}

fn paint_run(painter: &Painter, scene: &Scene<'_>, rect: Rect, run: &crate::app::catalog::hours::MatrixRow) {
    let (text, theme) = (scene.text, scene.theme);
    let [name, published, delay] = parts(rect);
    paint_line(painter, name, &text.run(run.run), Line::left(TEXT_SIZE, theme.text));
    paint_line(painter, published, &words::published(text, run), Line::right(SMALL_SIZE, theme.quiet));
    if let Some(late) = run.delay {
        paint_line(painter, delay, &words::short(late, text), Line::right(SMALL_SIZE, theme.quiet));
    }
}

/// Name, published, delay; only the name when there is little room.
fn parts(rect: Rect) -> [Rect; 3] {
    let inner = rect.shrink2(vec2(8.0, 0.0));
    if rect.width() < 200.0 {
        return [inner, Rect::NOTHING, Rect::NOTHING];
    }
    let at = |from: f32, to: f32| {
        Rect::from_min_max(pos2(inner.left() + from, rect.top()), pos2(inner.left() + to, rect.bottom()))
    };
    let width = inner.width();
    [at(0.0, width - 118.0), at(width - 116.0, width - 68.0), at(width - 66.0, width)]
}

/// What the lines of the heads are.
fn corner(ui: &Ui, scene: &Scene<'_>, geometry: &Geometry, columns: &MatrixColumns) {
    let theme = scene.theme;
    let corner = Rect::from_min_max(geometry.all.min, geometry.cells.min);
    let painter = ui.painter().with_clip_rect(ui.clip_rect().intersect(corner));
    painter.rect_filled(corner, 0.0, theme.panel);
    let words = words::heads(scene.text);
    let lead = matches!(columns, MatrixColumns::Leads(_)).then_some(words.lead.as_str());
    let labels = [words.day.as_str(), words.valid_hour.as_str(), lead.unwrap_or_default()];
    for (at, label) in labels.into_iter().enumerate() {
        let rect =
            Rect::from_min_size(corner.min + vec2(8.0, at as f32 * LINE), vec2(corner.width() - 16.0, LINE));
        paint_line(&painter, rect, label, Line::right(SMALL_SIZE, theme.quiet));
    }
    let foot = Rect::from_min_max(pos2(corner.left() + 8.0, corner.bottom() - LINE - 2.0), corner.max);
    paint_line(&painter, foot, &words.run, Line::left(SMALL_SIZE, theme.quiet));
    painter.hline(corner.x_range(), corner.bottom() - 0.5, Stroke::new(1.0, theme.line));
    painter.vline(corner.right() - 0.5, corner.y_range(), Stroke::new(1.0, theme.line));
}
