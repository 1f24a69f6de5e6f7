//! The sign of the program: seven dots on a grid that form a cloud, one of them a ring.
//!
//! In: a size. Out: pixels, or an SVG: both from the same numbers. `assets/icons` holds what they give, and
//! `tests/spec/icons.rs` holds those files to it.

use super::theme::Theme;
use egui::{Painter, Pos2, Stroke};
use std::fmt::Write;

/// Columns and rows of the grid; it is one of triangles: odd rows stand half a column to the right.
const GRID: (u8, u8) = (4, 3);

/// Dots by column and row, from the left and from above.
const DOTS: [(u8, u8); 6] = [(1, 0), (0, 1), (0, 2), (1, 2), (2, 2), (3, 2)];

/// The dot that is a ring.
const RING: (u8, u8) = (1, 1);

/// Sizes of the pictures in `assets/icons`.
pub const SIZES: [u32; 7] = [16, 24, 32, 48, 128, 256, 512];

/// Everything below is in parts of the side of the picture.
const STEP: f64 = 0.21;
const DOT: f64 = 0.088;
const RING_WIDTH: f64 = 0.04;
const CORNER: f64 = 0.18;

/// How far two rows are apart, in steps: the height of a triangle of equal sides.
const ROW: f64 = 0.866;

/// The tile, the dots and the ring, whatever the theme: the sign stands on grounds of others.
const TILE: [u8; 3] = [0x0A, 0x44, 0x80];
const WHITE: [u8; 3] = [0xF6, 0xF8, 0xFA];
const MINT: [u8; 3] = [0x8F, 0xE8, 0xCF];

/// The middle of a dot.
fn middle((column, row): (u8, u8)) -> (f64, f64) {
    let across = f64::from(column) + f64::from(row % 2) / 2.0 - f64::from(GRID.0 - 1) / 2.0;
    let down = (f64::from(row) - f64::from(GRID.1 - 1) / 2.0) * ROW;
    (0.5 + STEP * across, 0.5 + STEP * down)
}

/// The sign as a picture: rows of red, green, blue and opacity, `size` by `size`.
pub fn pixels(size: u32) -> Vec<u8> {
    let mut octets = Vec::with_capacity((size * size * 4) as usize);
    for y in 0..size {
        for x in 0..size {
            octets.extend(pixel(size, x, y));
        }
    }
    octets
}

/// One pixel: how much of the tile, a dot or the ring covers it.
fn pixel(size: u32, x: u32, y: u32) -> [u8; 4] {
    let side = f64::from(size);
    let at = ((f64::from(x) + 0.5) / side, (f64::from(y) + 0.5) / side);
    // A shape covers a pixel by as much as its edge has passed the middle of it.
    let covered = |distance: f64| (0.5 - distance * side).clamp(0.0, 1.0);
    let away = |dot| {
        let (mx, my) = middle(dot);
        (at.0 - mx).hypot(at.1 - my)
    };
    let dots = DOTS.iter().map(|dot| covered(away(*dot) - DOT)).fold(0.0, f64::max);
    let ring = covered((away(RING) - (DOT - RING_WIDTH / 2.0)).abs() - RING_WIDTH / 2.0);
    let mut colour = TILE.map(f64::from);
    for (share, front) in [(dots, WHITE), (ring, MINT)] {
        for (part, front) in colour.iter_mut().zip(front) {
            *part += (f64::from(front) - *part) * share;
        }
    }
    let [r, g, b] = colour.map(|part| part.round() as u8);
    [r, g, b, (covered(tile_distance(at)) * 255.0).round() as u8]
}

/// How far a point lies outside the tile with its round corners.
fn tile_distance(at: (f64, f64)) -> f64 {
    let beyond = |value: f64| (value - 0.5).abs() - (0.5 - CORNER);
    let (dx, dy) = (beyond(at.0), beyond(at.1));
    dx.max(0.0).hypot(dy.max(0.0)) + dx.max(dy).min(0.0) - CORNER
}

/// The sign as an SVG.
pub fn svg() -> String {
    let side = 512.0;
    let hex = |[r, g, b]: [u8; 3]| format!("#{r:02X}{g:02X}{b:02X}");
    let number = |value: f64| format!("{:.2}", value * side);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 512 512\">\n  \
         <rect width=\"512\" height=\"512\" rx=\"{}\" fill=\"{}\"/>\n  <g fill=\"{}\">\n",
        number(CORNER),
        hex(TILE),
        hex(WHITE)
    );
    for (x, y) in DOTS.map(middle) {
        // Writing to a String does not fail.
        let _ =
            writeln!(text, "    <circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", number(x), number(y), number(DOT));
    }
    let (x, y) = middle(RING);
    let _ = write!(
        text,
        "  </g>\n  <circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"/>\n</svg>\n",
        number(x),
        number(y),
        number(DOT - RING_WIDTH / 2.0),
        hex(MINT),
        number(RING_WIDTH)
    );
    text
}

/// The icon of the window.
pub fn window_icon() -> egui::IconData {
    let size = 64;
    egui::IconData { rgba: pixels(size), width: size, height: size }
}

/// Draws the sign without its tile, in the colours of the theme, `side` wide with its left upper corner at `at`.
pub fn draw(painter: &Painter, at: Pos2, side: f32, theme: &Theme) {
    let place = |dot| {
        let (x, y) = middle(dot);
        at + egui::vec2(x as f32, y as f32) * side
    };
    let radius = DOT as f32 * side;
    for dot in DOTS {
        painter.circle_filled(place(dot), radius, theme.peers);
    }
    let width = RING_WIDTH as f32 * side;
    painter.circle_stroke(place(RING), radius - width / 2.0, Stroke::new(width, theme.proven));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sign_has_seven_dots_of_which_one_is_a_ring() {
        assert_eq!(DOTS.len() + 1, 7);
        assert!(!DOTS.contains(&RING));
        let size = 64;
        let at = |(column, row): (u8, u8)| {
            let (x, y) = middle((column, row));
            pixel(size, (x * f64::from(size)) as u32, (y * f64::from(size)) as u32)
        };
        assert_eq!(at(DOTS[0])[..3], WHITE);
        assert_eq!(at(RING)[..3], TILE, "a ring is empty in the middle");
    }

    #[test]
    fn the_corners_of_the_tile_are_clear_and_its_middle_is_not() {
        assert_eq!(pixel(64, 0, 0)[3], 0);
        assert_eq!(pixel(64, 32, 60)[3], 255);
    }
}
