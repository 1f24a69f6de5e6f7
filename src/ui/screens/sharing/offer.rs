//! Publishing a folder, or relaying a dataset.
//!
//! In: a scene. Out: actions.

use super::given::GivenOffer;
use super::hand_on::HandedOn;
use crate::app::input::Action;
use crate::ui::scene::Scene;
use crate::ui::screens::Destination;
use egui::Ui;

/// What this part remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Something to be handed on; the screen opens the dialog.
    pub hand_on: Option<HandedOn>,
    /// Another screen that the person asked for.
    pub go: Option<Destination>,
}

/// What is published or relayed from here and is given to peers now: rows of the part "What I give".
pub fn given(_scene: &Scene<'_>) -> Vec<GivenOffer> {
    Vec::new()
}

/// Draws the part; returns what the person meant.
pub fn show(_ui: &mut Ui, _scene: &Scene<'_>, _view: &mut View) -> Vec<Action> {
    Vec::new()
}
