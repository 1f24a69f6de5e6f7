//! Columns of a table in the detail: the first and the last share what the others leave.

use egui::{Rect, pos2};

/// Between two columns.
const GAP: f32 = 10.0;

/// Cells of a row, left to right: one for each width of `fixed`, and one before and after them. A width of zero takes no
/// room. Of the rest, never less than `least` points, the first gets the part `first`.
pub fn cells<const N: usize>(rect: Rect, fixed: &[f32], (first, least): (f32, f32)) -> [Rect; N] {
    let taken: f32 = fixed.iter().filter(|width| **width > 0.0).map(|width| width + GAP).sum();
    let rest = (rect.width() - taken - GAP - 8.0).max(least);
    let first = (rest * first).floor();
    let mut widths = std::iter::once(first).chain(fixed.iter().copied()).chain(std::iter::once(rest - first));
    let mut x = rect.left() + 8.0;
    std::array::from_fn(|_| {
        let width = widths.next().unwrap_or(0.0);
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2(x + width, rect.bottom()));
        x += if width > 0.0 { width + GAP } else { 0.0 };
        cell
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_row_and_one_without_width_takes_no_room() {
        let row = Rect::from_min_max(pos2(0.0, 0.0), pos2(1_000.0, 20.0));
        let [who, size, none, state]: [Rect; 4] = cells(row, &[80.0, 0.0], (0.5, 100.0));
        assert_eq!((size.width(), none.width()), (80.0, 0.0));
        assert_eq!(size.left(), who.right() + GAP);
        assert_eq!((state.left(), state.right()), (size.right() + GAP, row.right() - GAP + 10.0));
    }
}
