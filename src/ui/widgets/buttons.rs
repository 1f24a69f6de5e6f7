//! Buttons that say why they cannot be pressed.
//!
//! In: a label, and perhaps a reason against. Out: whether it was pressed. The reason is a tooltip and a description.

use egui::{Button, Context, Id, Rect, Response, RichText, Ui};

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
    let response = finish(ui, Button::new(label).fill(fill).min_size(egui::vec2(0.0, 30.0)), able);
    keep_clear(ui.ctx(), response.rect);
    response
}

/// The frame in which main buttons and bars to undo by were drawn, and where.
type Drawn = (u64, Vec<Rect>);

/// Notes where a main button is, or a bar to undo by, so that nothing is laid over it.
pub fn keep_clear(ctx: &Context, rect: Rect) {
    let now = ctx.cumulative_frame_nr();
    ctx.data_mut(|data| {
        let drawn = data.get_temp_mut_or_default::<Drawn>(Id::unique("main-buttons"));
        if drawn.0 != now {
            *drawn = (now, Vec::new());
        }
        drawn.1.push(rect);
    });
}

/// Where nothing is to be laid over in this frame, as far as it is drawn.
pub fn kept_clear(ctx: &Context) -> Vec<Rect> {
    let now = ctx.cumulative_frame_nr();
    let drawn: Option<Drawn> = ctx.data(|data| data.get_temp(Id::unique("main-buttons")));
    drawn.filter(|(frame, _)| *frame == now).map(|(_, rects)| rects).unwrap_or_default()
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
