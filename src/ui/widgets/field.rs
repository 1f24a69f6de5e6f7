//! Fields for text with a name that screen readers say, and headings that they find.
//!
//! In: a text and what it is for. Out: the field's response.

use egui::{Response, TextEdit, Ui, accesskit};

/// What a field is for.
#[derive(Clone, Copy, Debug)]
pub struct TextField<'a> {
    /// Its name, for those who do not see where it stands.
    pub name: &'a str,
    /// What stands in it while it is empty.
    pub hint: &'a str,
    /// How wide it is.
    pub width: f32,
}

/// Draws a field of one line.
pub fn show(ui: &mut Ui, text: &mut String, field: &TextField<'_>) -> Response {
    let edit = TextEdit::singleline(text).hint_text(field.hint).desired_width(field.width);
    let response = ui.add(edit);
    name(&response, field.name);
    response
}

/// Gives a control a name of its own for screen readers.
pub fn name(response: &Response, name: &str) {
    response.ctx.accesskit_node_builder(response.id, |node| node.set_label(name));
}

/// Makes a label a heading of that level for screen readers.
pub fn heading(response: &Response, (text, level): (&str, usize)) {
    response.ctx.accesskit_node_builder(response.id, |node| {
        node.set_role(accesskit::Role::Heading);
        node.set_level(level);
        node.set_label(text);
    });
}
