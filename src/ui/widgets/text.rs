//! Text that keeps to its place: one line, cut with an ellipsis, never wrapped letter by letter.
//!
//! In: text, a rectangle, an alignment. Out: a painted line. For rows that are drawn by the thousand.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align, Color32, FontId, Painter, Rect, pos2};

/// How a line stands in its rectangle.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Size of the letters, in points.
    pub size: f32,
    /// Their colour.
    pub color: Color32,
    /// To the left, in the middle, to the right.
    pub align: Align,
}

impl Line {
    /// To the left.
    pub const fn left(size: f32, color: Color32) -> Self {
        Self { size, color, align: Align::Min }
    }

    /// In the middle.
    pub const fn middle(size: f32, color: Color32) -> Self {
        Self { size, color, align: Align::Center }
    }

    /// To the right, as figures stand in a table.
    pub const fn right(size: f32, color: Color32) -> Self {
        Self { size, color, align: Align::Max }
    }
}

/// Paints `text` on one line in `rect`; what does not fit is cut with an ellipsis. Returns the width that it took.
pub fn paint_line(painter: &Painter, rect: Rect, text: &str, line: Line) -> f32 {
    if text.is_empty() || rect.width() < 4.0 {
        return 0.0;
    }
    let mut job = LayoutJob::simple_singleline(text.to_owned(), FontId::proportional(line.size), line.color);
    job.wrap = TextWrapping::truncate_at_width(rect.width());
    let galley = painter.layout_job(job);
    let size = galley.size();
    let x = match line.align {
        Align::Min => rect.left(),
        Align::Center => rect.center().x - size.x / 2.0,
        Align::Max => rect.right() - size.x,
    };
    painter.galley(pos2(x, rect.center().y - size.y / 2.0), galley, line.color);
    size.x
}
