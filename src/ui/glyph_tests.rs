//! Every text of both languages, drawn with the program's faces: a glyph that none of them has ends the test.

use super::testing::prepare;
use super::theme::{Shade, Theme};
use egui_kittest::Harness;

const FILES: [&str; 2] = [include_str!("../../i18n/en/nuee.ftl"), include_str!("../../i18n/fr/nuee.ftl")];

#[test]
fn no_text_of_either_language_needs_a_glyph_that_no_face_has() {
    for file in FILES {
        let lines: Vec<&str> =
            file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let theme = Theme::of(Shade::Light);
        let builder = Harness::builder()
            .with_size(egui::vec2(1200.0, 24.0 * lines.len() as f32))
            .with_context_setup(move |ctx| prepare(ctx, &theme));
        let _ = builder.build_ui(|ui| {
            for line in &lines {
                ui.add(egui::Label::new(*line).extend());
                ui.add(egui::Label::new(egui::RichText::new(*line).font(super::fonts::bold(13.0))).extend());
            }
        });
    }
}

#[test]
fn the_usual_marks_of_forecasters_can_be_drawn() {
    let theme = Theme::of(Shade::Light);
    let _ = Harness::builder().with_context_setup(move |ctx| prepare(ctx, &theme)).build_ui(|ui| {
        ui.label("0,01° → ↑ ↓ ✓ ≈ ≤ ≥ ± µ × … – − · « » ’ œ Œ æ É À ç 12\u{202F}345 m² Ω β Ж");
        ui.monospace("0123456789 abcdef ABCDEF · …");
    });
}
