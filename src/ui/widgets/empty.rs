//! An empty list: what is not there, and what to do next.
//!
//! In: a title, a sentence, perhaps a button. Out: whether the button was pressed.

use super::buttons::main_button;
use crate::ui::theme::{GRID, Theme};
use egui::{RichText, Ui};

/// Draws it in the upper third of the room that is there.
pub fn show(ui: &mut Ui, theme: &Theme, (title, next): (String, String), button: Option<String>) -> bool {
    let mut is_pressed = false;
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.22).clamp(2.0 * GRID, 160.0));
        ui.label(RichText::new(title).heading());
        ui.add_space(GRID);
        ui.set_max_width(560.0_f32.min(ui.available_width() - 8.0 * GRID));
        ui.label(RichText::new(next).color(theme.quiet));
        ui.add_space(3.0 * GRID);
        if let Some(button) = button {
            is_pressed = main_button(ui, &button, &Ok(()), theme).clicked();
        }
    });
    is_pressed
}
