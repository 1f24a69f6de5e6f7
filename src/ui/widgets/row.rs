//! One row of a list for a screen reader: one node with a whole sentence, its place, and how many there are.
//!
//! In: a rectangle, a sentence. Out: egui's response. What stands in the row is painted and has no nodes of its own.

use crate::ui::theme::Theme;
use egui::{Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

/// A row as it is announced.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its name among the others; stable.
    pub id: Id,
    /// Where it is.
    pub rect: Rect,
    /// Its place, from 0, and how many there are.
    pub place: (usize, usize),
    /// Whether it is chosen.
    pub choice: Choice,
}

/// Where a row of a list is, before it is known what stands in it.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Where it is on the screen.
    pub rect: Rect,
    /// Its place, from 0, and how many there are.
    pub place: (usize, usize),
}

/// Whether a row is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is.
    Chosen,
    /// It is not.
    NotChosen,
}

/// Puts the row's node in the tree and says what was done to it. `sentence` is only asked for when somebody listens.
pub fn sense(ui: &Ui, row: Row, sentence: impl Fn() -> String) -> Response {
    let response = ui.interact(row.rect, row.id, Sense::click());
    let chosen = row.choice == Choice::Chosen;
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, ui.is_enabled(), chosen, sentence()));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.clear_toggled();
        node.set_selected(chosen);
        node.set_position_in_set(row.place.0 + 1);
        node.set_size_of_set(row.place.1);
    });
    response
}

/// Paints what lies behind a row: chosen, under the pointer, every second one.
pub fn paint_ground(ui: &Ui, row: &Row, response: &Response, theme: &Theme) {
    let painter = ui.painter();
    if row.choice == Choice::Chosen {
        painter.rect_filled(row.rect, 0.0, theme.chosen);
    } else if response.hovered() {
        painter.rect_filled(row.rect, 0.0, theme.hovered);
    } else if row.place.0 % 2 == 1 {
        painter.rect_filled(row.rect, 0.0, theme.panel.gamma_multiply(0.5));
    }
    if response.has_focus() {
        painter.rect_stroke(row.rect.shrink(1.0), 2.0, Stroke::new(1.5, theme.peers), StrokeKind::Inside);
    }
}
