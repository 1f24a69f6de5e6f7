//! Small shapes that stand before words: a tick, a cross, a ring. Drawn, so that no face needs to have them.
//!
//! In: a [`Mark`], where, and a colour. Out: shapes. Two marks never differ by colour alone.

use crate::ui::theme::Theme;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

/// A small shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A tick in a filled disc: proven.
    Proven,
    /// A tick alone: whole, and nobody vouches.
    Whole,
    /// A triangle with a bar: to be looked at.
    Attention,
    /// A cross: failed.
    Failed,
    /// A filled disc: answers.
    Full,
    /// A half-filled disc: under way.
    Half,
    /// An open ring: nothing known.
    Open,
    /// Two bars: paused.
    Paused,
    /// A ring with hands: waits.
    Waiting,
    /// An arrow down: receives.
    Down,
    /// An arrow up: gives.
    Up,
    /// A triangle that points right: closed.
    Closed,
    /// A triangle that points down: open.
    Opened,
    /// A short line: nothing.
    Dash,
}

/// Side of the square that a mark fills, at the usual size of text.
pub const MARK: f32 = 12.0;

/// Draws `mark` in the middle of `rect`; what is cut out of it shows the ground.
pub fn paint(painter: &Painter, rect: Rect, mark: Mark, (color, theme): (Color32, &Theme)) {
    let side = rect.width().min(rect.height()).min(MARK);
    let c = rect.center();
    let r = side / 2.0;
    let at = |x: f32, y: f32| c + vec2(x, y) * r;
    let stroke = Stroke::new((side / 8.0).max(1.5), color);
    match mark {
        Mark::Proven => {
            painter.circle_filled(c, r, color);
            tick(painter, c, r * 0.72, Stroke::new(stroke.width, theme.ground));
        }
        Mark::Whole => tick(painter, c, r, stroke),
        Mark::Attention => {
            let corners = vec![at(0.0, -0.95), at(1.0, 0.85), at(-1.0, 0.85)];
            painter.add(Shape::convex_polygon(corners, color, Stroke::NONE));
            let bar = Stroke::new(stroke.width, theme.ground);
            painter.line_segment([at(0.0, -0.3), at(0.0, 0.25)], bar);
            painter.circle_filled(at(0.0, 0.58), bar.width * 0.6, bar.color);
        }
        Mark::Failed => cross(painter, c, r * 0.75, stroke),
        Mark::Full => {
            painter.circle_filled(c, r * 0.72, color);
        }
        Mark::Half => half_disc(painter, c, r * 0.72, stroke),
        Mark::Open => {
            painter.circle_stroke(c, r * 0.65, stroke);
        }
        Mark::Paused => bars(painter, c, r, color),
        Mark::Waiting => clock(painter, c, r * 0.8, stroke),
        Mark::Down => arrow(painter, c, vec2(0.0, r * 0.85), stroke),
        Mark::Up => arrow(painter, c, vec2(0.0, -r * 0.85), stroke),
        Mark::Closed => triangle(painter, [at(-0.4, -0.7), at(0.6, 0.0), at(-0.4, 0.7)], color),
        Mark::Opened => triangle(painter, [at(-0.7, -0.4), at(0.7, -0.4), at(0.0, 0.6)], color),
        Mark::Dash => {
            painter.line_segment([at(-0.6, 0.0), at(0.6, 0.0)], stroke);
        }
    }
}

fn triangle(painter: &Painter, corners: [Pos2; 3], color: Color32) {
    painter.add(Shape::convex_polygon(corners.to_vec(), color, Stroke::NONE));
}

/// A tick around `c`.
pub fn tick(painter: &Painter, c: Pos2, r: f32, stroke: Stroke) {
    let points = vec![c + vec2(-0.75, 0.05) * r, c + vec2(-0.2, 0.6) * r, c + vec2(0.8, -0.6) * r];
    painter.add(Shape::line(points, stroke));
}

/// A cross around `c`.
pub fn cross(painter: &Painter, c: Pos2, r: f32, stroke: Stroke) {
    painter.line_segment([c + vec2(-r, -r), c + vec2(r, r)], stroke);
    painter.line_segment([c + vec2(-r, r), c + vec2(r, -r)], stroke);
}

/// A clock face around `c`.
pub fn clock(painter: &Painter, c: Pos2, r: f32, stroke: Stroke) {
    painter.circle_stroke(c, r, stroke);
    painter.line_segment([c, c + vec2(0.0, -r * 0.6)], stroke);
    painter.line_segment([c, c + vec2(r * 0.5, 0.0)], stroke);
}

fn bars(painter: &Painter, c: Pos2, r: f32, color: Color32) {
    for x in [-0.42, 0.42] {
        let bar = Rect::from_center_size(pos2(c.x + x * r, c.y), vec2(r * 0.42, r * 1.5));
        painter.rect_filled(bar, 0.0, color);
    }
}

fn half_disc(painter: &Painter, c: Pos2, r: f32, stroke: Stroke) {
    painter.circle_stroke(c, r, stroke);
    let steps = 8;
    let arc = (0..=steps).map(|step| {
        let angle = std::f32::consts::PI * (0.5 + step as f32 / steps as f32);
        c + Vec2::angled(angle) * r
    });
    painter.add(Shape::convex_polygon(arc.collect(), stroke.color, Stroke::NONE));
}

fn arrow(painter: &Painter, c: Pos2, towards: Vec2, stroke: Stroke) {
    let (tail, head) = (c - towards, c + towards);
    let side = vec2(-towards.y, towards.x) * 0.6;
    painter.line_segment([tail, head], stroke);
    painter.line_segment([head, head - towards * 0.6 + side], stroke);
    painter.line_segment([head, head - towards * 0.6 - side], stroke);
}
