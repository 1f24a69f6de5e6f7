//! A field for a value that is read from text: taken when Enter is pressed or the field is left, and only when it can
//! be understood. What cannot stays as it was typed, with what is wrong below it.
//!
//! In: the value as text, and how text is read. Out: a new value.

use super::field::{self, TextField};
use crate::ui::theme::Theme;
use egui::{Key, RichText, Ui};

/// What is being typed.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    text: String,
    is_touched: bool,
    is_wrong: bool,
}

impl Draft {
    /// Forgets what was typed.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What stands in the field.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Draws the field; `shown` is the value that holds now. Returns a new one when there is.
pub fn show<T>(
    ui: &mut Ui,
    (draft, field): (&mut Draft, &TextField<'_>),
    shown: &str,
    (read, wrong): (impl Fn(&str) -> Option<T>, &str),
    theme: &Theme,
) -> Option<T> {
    if !draft.is_touched {
        shown.clone_into(&mut draft.text);
    }
    let mut taken = None;
    ui.vertical(|ui| {
        let response = field::show(ui, &mut draft.text, field);
        if response.changed() {
            draft.is_touched = true;
            draft.is_wrong = false;
        }
        if response.lost_focus() && draft.is_touched {
            if ui.input(|input| input.key_pressed(Key::Escape)) {
                draft.clear();
            } else if let Some(value) = read(&draft.text) {
                draft.clear();
                taken = Some(value);
            } else {
                draft.is_wrong = true;
            }
        }
        if draft.is_wrong {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(wrong));
            ui.label(RichText::new(wrong).color(theme.failed).small());
        }
    });
    taken
}
