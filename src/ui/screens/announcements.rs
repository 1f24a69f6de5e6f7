//! The screen of announcements.

use crate::app::input::Action;
use crate::ui::scene::Scene;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View;

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut egui::Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let _ = (ui, scene, view);
    Vec::new()
}
