//! Buttons that say why they cannot be pressed.
//!
//! In: a label, and perhaps a reason against. Out: whether it was pressed. The reason is a tooltip and a description.

use egui::{Button, Response, RichText, Ui};

/// Whether something can be done, or why not.
pub type Able = Result<(), String>;

/// A button; when it cannot be pressed it says why, on hover and to screen readers.
pub fn button(ui: &mut Ui, label: &str, able: &Able) -> Response {
    finish(ui, Button::new(label), able)
}

/// The one button of a screen that goes on.
pub fn main_button(ui: &mut Ui, label: &str, able: &Able, theme: &crate::ui::theme::Theme) -> Response {
    let (fill, text) = match able {
        Ok(()) => (theme.peers, theme.on_accent),
        Err(_) => (theme.panel, theme.quiet),
    };
    let label = RichText::new(label).color(text).strong();
    finish(ui, Button::new(label).fill(fill).min_size(egui::vec2(0.0, 30.0)), able)
}

fn finish(ui: &mut Ui, button: Button<'_>, able: &Able) -> Response {
    match able {
        Ok(()) => ui.add(button),
        Err(why) => {
            let response = ui.add_enabled(false, button).on_disabled_hover_text(why);
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(why.as_str()));
            response
        }
    }
}
