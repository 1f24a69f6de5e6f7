//! The columns of the table: how wide each is, and the heads by which it is sorted and widened.
//!
//! In: the room, and what the person drew wider. Out: places of cells, presses on heads. Start reading at [`Columns`].

use crate::app::jobs::order::{JobColumn, SortDirection};
use crate::ui::scene::Scene;
use crate::ui::theme::ROW_HEIGHT;
use crate::ui::widgets::sort_header::{self, Sorted};
use egui::{Align, CursorIcon, Id, Rangef, Rect, Response, Sense, Ui, UiBuilder, pos2, vec2};
use i18n_embed_fl::fl;

/// How many columns there are where there is room for all.
pub const COUNT: usize = 9;

/// Height of the heads.
pub const HEAD_HEIGHT: f32 = ROW_HEIGHT + 2.0;

/// Below these widths of the table the last column gives way, and the last two: when it was asked for, what was given.
const NARROW: [f32; 2] = [1100.0, 1000.0];

/// Between two columns.
const GAP: f32 = 10.0;

/// Between the last column and the end of a row.
const END: f32 = 8.0;

/// Usual and least widths. Name and state share what the figures leave.
const WIDTHS: [(f32, f32); COUNT] = [
    (0.0, 120.0),
    (68.0, 56.0),
    (106.0, 92.0),
    (78.0, 64.0),
    (46.0, 44.0),
    (52.0, 48.0),
    (0.0, 140.0),
    (60.0, 52.0),
    (68.0, 60.0),
];

/// The name's share of what the figures leave, its least and its most; the state takes the rest.
const NAME: (f32, f32, f32) = (0.5, 190.0, 560.0);

/// The least of the state in a table that nobody changed.
const STATE: f32 = 230.0;

/// Widths that the person drew; the others are as usual.
#[derive(Clone, Copy, Debug, Default)]
pub struct Drawn([Option<f32>; COUNT]);

/// Where the columns stand, from the left edge of the table.
#[derive(Clone, Debug)]
pub struct Columns(Vec<Rangef>);

/// A column: what stands in its head, by what it sorts, how it is aligned.
struct Head {
    label: String,
    sorts: Option<JobColumn>,
    align: Align,
}

impl Columns {
    /// The columns of a table that is `room` wide.
    pub fn fit(room: f32, drawn: &Drawn) -> Self {
        let count = COUNT - NARROW.iter().filter(|least| room < **least).count();
        let mut widths = WIDTHS.map(|(usual, _)| usual);
        let figures: f32 = widths.iter().take(count).sum();
        let rest = room - figures - GAP * (count - 1) as f32 - END;
        widths[0] = (rest * NAME.0).clamp(NAME.1, NAME.2);
        widths[6] = (rest - widths[0]).max(STATE);
        let mut left = 0.0;
        let placed = widths.iter().zip(&drawn.0).take(count).map(|(usual, drawn)| {
            let width = drawn.unwrap_or(*usual);
            let column = Rangef::new(left, left + width);
            left += width + GAP;
            column
        });
        Self(placed.collect())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// How wide they are together.
    pub fn width(&self) -> f32 {
        self.0.last().map_or(0.0, |last| last.max + END)
    }

    /// The cell of `column` on that line.
    pub fn cell(&self, line: Rect, column: usize) -> Rect {
        let across = self.0.get(column).copied().unwrap_or(Rangef::new(0.0, 0.0));
        Rect::from_x_y_ranges(line.left() + across.min..=line.left() + across.max, line.y_range())
    }
}

fn heads(scene: &Scene<'_>) -> [Head; COUNT] {
    let l = &scene.text.loader;
    let head = |label, sorts, align| Head { label, sorts, align };
    [
        head(fl!(l, "transfers-head-name"), Some(JobColumn::Name), Align::Min),
        head(fl!(l, "transfers-head-size"), Some(JobColumn::Size), Align::Max),
        head(fl!(l, "transfers-head-progress"), Some(JobColumn::Progress), Align::Min),
        head(fl!(l, "transfers-head-rate"), Some(JobColumn::Rate), Align::Max),
        head(fl!(l, "transfers-head-peers"), Some(JobColumn::Peers), Align::Max),
        head(fl!(l, "transfers-head-http"), Some(JobColumn::HttpShare), Align::Max),
        head(fl!(l, "transfers-head-state"), Some(JobColumn::Verdict), Align::Min),
        head(fl!(l, "transfers-head-given"), None, Align::Max),
        head(fl!(l, "transfers-head-added"), Some(JobColumn::Added), Align::Max),
    ]
}

/// Draws the heads over `line`. Returns the column by which to sort, if one was pressed.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (line, columns): (Rect, &Columns),
    (by, drawn): ((JobColumn, SortDirection), &mut Drawn),
) -> Option<JobColumn> {
    let mut pressed = None;
    for (at, head) in heads(scene).iter().enumerate().take(columns.count()) {
        let cell = columns.cell(line, at);
        let mut ui = ui.new_child(UiBuilder::new().id_salt(("head", at)).max_rect(cell));
        if head_cell(&mut ui, scene, head, by).clicked() {
            pressed = head.sorts;
        }
    }
    for at in 0..columns.count() {
        edge(ui, scene, (at, columns.cell(line, at)), drawn);
    }
    pressed
}

fn head_cell(ui: &mut Ui, scene: &Scene<'_>, head: &Head, by: (JobColumn, SortDirection)) -> Response {
    let sorted = match (head.sorts, by) {
        (None, _) => Sorted::Never,
        (Some(column), (sorted, SortDirection::Up)) if column == sorted => Sorted::Up,
        (Some(column), (sorted, SortDirection::Down)) if column == sorted => Sorted::Down,
        _ => Sorted::No,
    };
    let name = fl!(&scene.text.loader, "transfers-sort-by", column = head.label.as_str());
    let inset = if head.sorts == Some(JobColumn::Name) { 8.0 } else { 0.0 };
    sort_header::show(ui, &head.label, sorted, (head.align, inset), (scene.theme, &name))
}

/// The edge of a head, by which its column is drawn wider; pressed twice it is as wide as usual again.
fn edge(ui: &Ui, scene: &Scene<'_>, (at, cell): (usize, Rect), drawn: &mut Drawn) {
    let middle = cell.right() + GAP / 2.0;
    let grip = Rect::from_center_size(pos2(middle, cell.center().y), vec2(GAP, cell.height()));
    // Not a stop of the keyboard: widths are nothing that keys need.
    let response = ui.interact(grip, Id::unique(("transfers-edge", at)), Sense::CLICK | Sense::DRAG);
    let response = response.on_hover_and_drag_cursor(CursorIcon::ResizeColumn);
    if response.dragged() {
        let wide = cell.width() + response.drag_delta().x;
        drawn.0[at] = Some(wide.max(WIDTHS[at].1));
    }
    if response.double_clicked() {
        drawn.0[at] = None;
    }
    if response.hovered() || response.dragged() {
        let stroke = egui::Stroke::new(1.5, scene.theme.edge);
        ui.painter().vline(middle, grip.shrink2(vec2(0.0, 4.0)).y_range(), stroke);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_room_and_the_last_two_give_way_when_there_is_little() {
        let usual = Drawn::default();
        let counts = [1240.0, 1050.0, 820.0].map(|room| Columns::fit(room, &usual).count());
        assert_eq!(counts, [9, 8, 7]);
        for room in [2500.0, 1240.0, 1050.0, 990.0] {
            let wide = Columns::fit(room, &usual).width();
            assert!((room - 1.0..=room + 1.0).contains(&wide), "{wide} in {room}");
        }
    }

    #[test]
    fn a_drawn_width_moves_what_stands_right_of_it_and_nothing_else() {
        let usual = Columns::fit(1240.0, &Drawn::default());
        let mut drawn = Drawn::default();
        drawn.0[1] = Some(100.0);
        let columns = Columns::fit(1240.0, &drawn);
        let line = Rect::from_min_size(pos2(0.0, 0.0), vec2(1240.0, 20.0));
        assert_eq!(columns.cell(line, 0), usual.cell(line, 0));
        assert_eq!(columns.cell(line, 2).left() - usual.cell(line, 2).left(), 32.0);
        assert_eq!(columns.0[2].span().round(), usual.0[2].span().round());
    }
}
