//! The screen of announcements: brokers, topics and what they announce come with the mesh; until then it says so.

use crate::app::input::Action;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, PROSE_WIDTH};
use egui::{Label, RichText, Ui};
use i18n_embed_fl::fl;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View;

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, _view: &mut View) -> Vec<Action> {
    let l = &scene.text.loader;
    ui.add_space((ui.available_height() * 0.2).clamp(2.0 * GRID, 140.0));
    ui.vertical_centered(|ui| {
        ui.set_max_width(PROSE_WIDTH);
        ui.label(RichText::new(fl!(l, "announcements-none")).heading());
        ui.add_space(GRID);
        ui.add(Label::new(RichText::new(fl!(l, "announcements-next")).color(scene.theme.quiet)).wrap());
    });
    Vec::new()
}
