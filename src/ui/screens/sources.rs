//! The screen of sources: where data can come from, how each source is, and what it offers.
//!
//! In: sources with their state and datasets. Out: actions. Start reading at [`show`]; `adding` takes new ones in.

mod adding;
mod list;

pub use adding::take_in;

use super::Destination;
use crate::app::input::Action;
use crate::app::sources::SourceKey;
use crate::ui::scene::Scene;
use crate::ui::theme::GRID;
use crate::ui::widgets::{empty, room};
use adding::Adding;
use egui::{Frame, Margin, Panel, Ui};
use i18n_embed_fl::fl;
use std::collections::HashSet;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Another screen that the person asked for; the shell takes it.
    pub go: Option<Destination>,
    adding: Adding,
    /// Sources whose datasets are folded away.
    folded: HashSet<SourceKey>,
    /// The source or dataset that was pressed last.
    chosen: Option<String>,
}

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    room::show(ui, LEAST, |ui| draw(ui, scene, view))
}

/// The least room in which everything stands without being cut.
const LEAST: egui::Vec2 = egui::vec2(560.0, 260.0);

fn draw(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let frame = Frame::NONE.inner_margin(Margin::symmetric(0, GRID as i8 + 2));
    let top = Panel::top("sources-top").frame(frame).show_separator_line(false);
    let mut actions = top.show(ui, |ui| adding::show(ui, scene, &mut view.adding)).inner;
    if scene.snapshot.sources.is_empty() {
        let l = &scene.text.loader;
        empty::show(ui, scene.theme, (fl!(l, "sources-empty"), fl!(l, "sources-empty-next")), None);
        return actions;
    }
    actions.extend(list::show(ui, scene, (&mut view.folded, &mut view.chosen)));
    if actions.iter().any(|action| matches!(action, Action::OpenHours(Some(_)))) {
        view.go = Some(Destination::Hours);
    }
    actions
}
