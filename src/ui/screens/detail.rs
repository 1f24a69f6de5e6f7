//! One transfer from close by: the lower part of the screen of transfers.

use crate::app::input::Action;
use crate::ui::scene::Scene;

/// What the pane remembers between frames.
#[derive(Debug, Default)]
pub struct View;

/// Draws the pane; returns what the person meant.
pub fn show(ui: &mut egui::Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let _ = (ui, scene, view);
    Vec::new()
}
