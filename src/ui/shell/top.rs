//! The bar above a screen: its name, and the find field.
//!
//! In: the place and the text to find. Out: the text as it was typed.

use super::place::Place;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, HEADING_SIZE};
use crate::ui::widgets::field::{self, TextField};
use egui::{Align, Frame, Label, Layout, Margin, Panel, RichText, Ui};
use i18n_embed_fl::fl;

/// Height of the bar.
const HEIGHT: f32 = 52.0;

/// Whether the find field is to get the focus.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// It is.
    Take,
    /// It keeps what it has.
    Leave,
}

/// Draws the bar.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, place: Place, (find, focus): (&mut String, Focus)) {
    let frame = Frame::new().inner_margin(Margin::symmetric(16, 0));
    Panel::top("top").exact_size(HEIGHT).frame(frame).show_separator_line(false).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let width = (ui.available_width() * 0.4).clamp(140.0, 300.0);
            let (name, hint) = (fl!(scene.text.loader, "find-name"), fl!(scene.text.loader, "find-hint"));
            let response = field::show(ui, find, &TextField { name: &name, hint: &hint, width });
            if focus == Focus::Take {
                response.request_focus();
            }
            if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
                find.clear();
            }
            ui.add_space(4.0 * GRID);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let title = place.title(scene.text);
                let words = RichText::new(&title).font(fonts::bold(HEADING_SIZE));
                field::heading(&ui.add(Label::new(words).truncate()), (&title, 1));
            });
        });
    });
}
