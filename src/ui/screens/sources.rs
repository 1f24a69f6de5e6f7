//! The screen of sources: where data can come from, how each source is, and what it offers.
//!
//! In: sources with their state and datasets. Out: actions. Start reading at [`show`]; `adding` takes new ones in.

mod adding;
mod list;
mod notices;

pub use adding::{say_where, take_in};

use super::Destination;
use super::announcements::brokers;
use crate::app::catalog::sources::SourceKey;
use crate::app::input::Action;
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
    brokers: brokers::View,
    notices: notices::View,
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
    if !scene.snapshot.mesh.brokers.is_empty() {
        actions.extend(brokers_below(ui, scene, &mut view.brokers));
    }
    if scene.snapshot.sources.is_empty() {
        let l = &scene.text.loader;
        empty::show(ui, scene.theme, (fl!(l, "sources-empty"), fl!(l, "sources-empty-next")), None);
        return actions;
    }
    let listed = list::show(ui, scene, (&mut view.folded, &mut view.chosen));
    actions.extend(listed.actions);
    if let Some(source) = listed.notices_of {
        view.notices.ask(scene, source);
    }
    view.notices.show(ui.ctx(), scene);
    if actions.iter().any(|action| matches!(action, Action::OpenHours(Some(_)))) {
        view.go = Some(Destination::Hours);
    }
    if actions.iter().any(|action| matches!(action, Action::GetSource(_))) {
        view.go = Some(Destination::Transfers);
    }
    actions
}

/// The brokers, below everything that is asked rather than listened to.
fn brokers_below(ui: &mut Ui, scene: &Scene<'_>, view: &mut brokers::View) -> Vec<Action> {
    let margin = Margin { top: 2 * GRID as i8, ..Margin::ZERO };
    let panel = Panel::bottom("sources-brokers").frame(Frame::NONE.inner_margin(margin)).resizable(true);
    let most = (ui.available_height() * 0.45).max(120.0);
    let mut wishes = Vec::new();
    panel.default_size(most.min(250.0)).max_size(most).show(ui, |ui| {
        let title = fl!(&scene.text.loader, "mesh-brokers");
        let label =
            ui.label(egui::RichText::new(&title).font(crate::ui::fonts::bold(crate::ui::theme::TEXT_SIZE)));
        crate::ui::widgets::field::heading(&label, (&title, 2));
        brokers::show(ui, scene, view, (f32::INFINITY, &mut wishes));
    });
    wishes.into_iter().map(Action::Mesh).collect()
}
