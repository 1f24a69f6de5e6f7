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

/// Paints `text` as [`paint_line`] does; what does not fit is left out of its middle, since names of files differ at their ends.
pub fn paint_name(painter: &Painter, rect: Rect, text: &str, line: Line) -> f32 {
    let font = FontId::proportional(line.size);
    let whole = painter.layout_no_wrap(text.to_owned(), font, line.color).size().x;
    let count = text.chars().count();
    if whole <= rect.width() || count < 2 * HEAD {
        return paint_line(painter, rect, text, line);
    }
    let room = (rect.width() / (whole / count as f32)) as usize;
    let head = HEAD.min(room / 4);
    let tail = room.saturating_sub(head + 2).max(1);
    let head: String = text.chars().take(head).collect();
    let tail: String = text.chars().skip(count.saturating_sub(tail)).collect();
    paint_line(painter, rect, &format!("{head}…{tail}"), line)
}

/// Most characters of a name's head that stay, and no more than a quarter of the room: the hour stands at the end.
const HEAD: usize = 9;

/// Paints `head` and `tail` on one line in `rect`; where there is not room for both, `head` is cut, so that what tells
/// rows apart stays in sight.
pub fn paint_split(painter: &Painter, rect: Rect, (head, tail): (&str, &str), line: Line) {
    let font = FontId::proportional(line.size);
    let tail = painter.layout_no_wrap(tail.to_owned(), font.clone(), line.color);
    let room = (rect.width() - tail.size().x).max(0.0);
    let whole = painter.layout_no_wrap(head.to_owned(), font, line.color);
    let (mut end, centre) = (rect.left() + room, rect.center().y);
    if whole.size().x <= room {
        end = rect.left() + whole.size().x.ceil();
        painter.galley(pos2(rect.left(), centre - whole.size().y / 2.0), whole, line.color);
    } else {
        paint_line(painter, Rect::from_min_max(rect.min, pos2(end, rect.bottom())), head, line);
    }
    if end + tail.size().x <= rect.right() + 0.5 {
        painter.galley(pos2(end, centre - tail.size().y / 2.0), tail, line.color);
    } else {
        paint_line(painter, Rect::from_min_max(pos2(end, rect.top()), rect.max), tail.text(), line);
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
