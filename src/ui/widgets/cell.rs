//! One cell of the matrix of runs and lead times: each state has a shape of its own, and a colour besides.
//!
//! In: a state and where. Out: shapes.

use super::mark;
use crate::app::catalog::hours::MatrixCellState;
use crate::ui::theme::Theme;
use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

/// Side of the square that stands in a cell.
const SIDE: f32 = 12.0;

/// Paints a state in the middle of `rect`.
pub fn paint(painter: &Painter, rect: Rect, state: MatrixCellState, theme: &Theme) {
    let square = Rect::from_center_size(rect.center(), Vec2::splat(SIDE));
    let frame = |color: Color32| {
        painter.rect_stroke(square, 2.0, Stroke::new(1.25, color), StrokeKind::Inside);
    };
    match state {
        MatrixCellState::None => {}
        MatrixCellState::Expected => {
            painter.circle_filled(square.center(), 1.5, theme.quiet);
        }
        MatrixCellState::Late => {
            mark::clock(painter, square.center(), 5.0, Stroke::new(1.25, theme.attention))
        }
        MatrixCellState::Missing => {
            let y = square.center().y;
            painter.line_segment(
                [pos2(square.left() + 2.0, y), pos2(square.right() - 2.0, y)],
                Stroke::new(1.5, theme.quiet),
            );
        }
        MatrixCellState::Withdrawn => {
            frame(theme.quiet);
            painter.line_segment([square.left_bottom(), square.right_top()], Stroke::new(1.25, theme.quiet));
        }
        MatrixCellState::Unknown => {
            let font = FontId::proportional(SIDE);
            painter.text(square.center(), Align2::CENTER_CENTER, "?", font, theme.quiet);
        }
        MatrixCellState::Available => frame(theme.text),
        MatrixCellState::Queued => {
            frame(theme.peers);
            painter.circle_filled(square.center(), 2.0, theme.peers);
        }
        MatrixCellState::Arriving(share) => {
            let top = square.bottom() - SIDE * share.clamp(0.0, 1.0);
            painter.rect_filled(Rect::from_min_max(pos2(square.left(), top), square.max), 1.0, theme.peers);
            frame(theme.peers);
        }
        MatrixCellState::PartlyHere => {
            let corners = vec![square.left_top(), square.right_bottom(), square.left_bottom()];
            painter.add(Shape::convex_polygon(corners, theme.proven, Stroke::NONE));
            frame(theme.proven);
        }
        MatrixCellState::Here => {
            painter.rect_filled(square, 2.0, theme.proven);
            mark::tick(painter, square.center(), 4.5, Stroke::new(1.75, theme.ground));
        }
        MatrixCellState::Failed => {
            frame(theme.failed);
            mark::cross(painter, square.center(), 3.0, Stroke::new(1.75, theme.failed));
        }
    }
}

/// Paints that a cell holds fewer fields than most: a notch in its corner.
pub fn paint_notch(painter: &Painter, rect: Rect, theme: &Theme) {
    let corner: Pos2 = Rect::from_center_size(rect.center(), Vec2::splat(SIDE)).right_top() + vec2(2.0, -2.0);
    let corners = vec![corner, corner + vec2(0.0, 5.0), corner + vec2(-5.0, 0.0)];
    painter.add(Shape::convex_polygon(corners, theme.quiet, Stroke::NONE));
}

/// Paints that a cell is chosen: a frame and a tint, whatever its state.
pub fn paint_chosen(painter: &Painter, rect: Rect, theme: &Theme) {
    let inner = rect.shrink(1.0);
    painter.rect_filled(inner, 3.0, theme.chosen);
    painter.rect_stroke(inner, 3.0, Stroke::new(2.0, theme.peers), StrokeKind::Inside);
}

/// Paints where the keyboard stands.
pub fn paint_cursor(painter: &Painter, rect: Rect, theme: &Theme) {
    painter.rect_stroke(rect.shrink(0.5), 3.0, Stroke::new(1.5, theme.text), StrokeKind::Inside);
}
