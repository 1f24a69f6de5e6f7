//! A QR code: squares that a telephone reads, with a name for who does not see them.
//!
//! In: a text and a name. Out: painted squares, or a word that the text is too long for them.

use crate::ui::theme::{QR_CODE, Theme};
use egui::{Mesh, Rect, RichText, Role, Sense, Shape, Ui, WidgetInfo, pos2, vec2};
use qrcodegen::{QrCode, QrCodeEcc};

/// Squares of ground around the code, as readers need them.
const QUIET_ZONE: i32 = 4;

/// A code that was made once and is drawn in each frame.
#[derive(Default)]
pub struct KeptCode {
    text: String,
    code: Option<QrCode>,
}

impl std::fmt::Debug for KeptCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeptCode").field("text", &self.text).finish_non_exhaustive()
    }
}

impl KeptCode {
    /// The code of `text`. `None` when it does not fit into the largest.
    fn of(&mut self, text: &str) -> Option<&QrCode> {
        if self.text != text {
            text.clone_into(&mut self.text);
            self.code = QrCode::encode_text(text, QrCodeEcc::Low).ok();
        }
        self.code.as_ref()
    }
}

/// Draws the code of `text` into a square of at most `side` points.
pub fn show(
    ui: &mut Ui,
    (kept, text): (&mut KeptCode, &str),
    side: f32,
    (name, too_long): (&str, &str),
    theme: &Theme,
) {
    let Some(code) = kept.of(text) else {
        ui.label(RichText::new(too_long).color(theme.quiet));
        return;
    };
    let squares = code.size() + 2 * QUIET_ZONE;
    let (rect, response) = ui.allocate_exact_size(vec2(side, side), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    // Whole pixels: between squares of fractions of a pixel there would be seams.
    let scale = ui.ctx().pixels_per_point();
    let step = (side * scale / squares as f32).floor().max(1.0) / scale;
    let whole = Rect::from_min_size(
        pos2((rect.left() * scale).round() / scale, (rect.top() * scale).round() / scale),
        vec2(step, step) * squares as f32,
    );
    let (ink, paper) = QR_CODE;
    let mut mesh = Mesh::default();
    mesh.add_colored_rect(whole, paper);
    dark_squares(code).for_each(|(x, y)| {
        let at = whole.min + vec2((x + QUIET_ZONE) as f32, (y + QUIET_ZONE) as f32) * step;
        mesh.add_colored_rect(Rect::from_min_size(at, vec2(step, step)), ink);
    });
    ui.painter().add(Shape::mesh(mesh));
}

fn dark_squares(code: &QrCode) -> impl Iterator<Item = (i32, i32)> + '_ {
    (0..code.size())
        .flat_map(move |y| (0..code.size()).map(move |x| (x, y)))
        .filter(|(x, y)| code.get_module(*x, *y))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_code_with_its_three_corners_and_one_that_is_too_long_none() {
        let mut kept = KeptCode::default();
        let code = kept.of("magnet:?xt=urn:btih:0000").expect("a code");
        let last = code.size() - 1;
        assert!(code.get_module(0, 0) && code.get_module(last, 0) && code.get_module(0, last));
        assert!(dark_squares(code).count() > 100);
        assert!(kept.of(&"a".repeat(3_000)).is_none());
        assert!(kept.of("a").is_some(), "another text is encoded anew");
    }
}
