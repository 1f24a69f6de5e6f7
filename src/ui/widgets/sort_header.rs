//! The head of a column by which a table can be sorted.
//!
//! In: a label, whether the table is sorted by it. Out: whether it was pressed.

use super::mark::{self, Mark};
use super::text::{Line, paint_line};
use crate::ui::theme::{SMALL_SIZE, Theme};
use egui::{Align, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Whether a table is sorted by a column, and which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// It is not.
    No,
    /// The smallest first.
    Up,
    /// The largest first.
    Down,
    /// It cannot be.
    Never,
}

/// Draws the head over the whole cell; a label on the left stands `inset` from the edge, as what is below it.
pub fn show(
    ui: &mut Ui,
    label: &str,
    sorted: Sorted,
    (align, inset): (Align, f32),
    (theme, name): (&Theme, &str),
) -> Response {
    let rect = ui.max_rect();
    let sense = if sorted == Sorted::Never { Sense::hover() } else { Sense::click() };
    let response = ui.allocate_rect(rect, sense);
    if sorted != Sorted::Never {
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    }
    let painter = ui.painter();
    if response.hovered() && sorted != Sorted::Never {
        painter.rect_filled(rect, 2.0, theme.hovered);
    }
    if response.has_focus() {
        painter.rect_stroke(rect.shrink(1.0), 2.0, Stroke::new(1.5, theme.peers), StrokeKind::Inside);
    }
    let is_sorted = matches!(sorted, Sorted::Up | Sorted::Down);
    let room = if is_sorted { 14.0 } else { 0.0 };
    let words = match align {
        Align::Max => Rect::from_min_max(pos2(rect.left() + room, rect.top()), rect.max),
        _ => Rect::from_min_max(rect.min + vec2(inset, 0.0), pos2(rect.right() - room, rect.bottom())),
    };
    let color = if is_sorted { theme.text } else { theme.quiet };
    let width = paint_line(painter, words, label, Line { size: SMALL_SIZE, color, align });
    if is_sorted {
        let x = if align == Align::Max { words.right() - width - 8.0 } else { words.left() + width + 8.0 };
        let arrow = if sorted == Sorted::Up { Mark::Up } else { Mark::Down };
        let at = Rect::from_center_size(pos2(x, rect.center().y), vec2(8.0, 8.0));
        mark::paint(painter, at, arrow, (theme.text, theme));
    }
    response
}
