//! The log: what went wrong with its remedy, and every host that was contacted, why and for how many octets.
//!
//! In: the journal, which holds no secret. Out: an export. Both lists draw visible rows only.
//!
//! | file | what it is |
//! |---|---|
//! | [`entries`] | what happened |
//! | [`hosts`] | who was contacted |
//! | [`export`] | copying, and writing to a file |

pub mod entries;
pub mod export;
pub mod hosts;
#[cfg(test)]
mod tests;

use crate::app::input::Action;
use crate::app::journal::Weight;
use crate::i18n::Translator;
use crate::ui::icon_names;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, Theme};
use egui::{Color32, Ui};
use i18n_embed_fl::fl;

/// Which of the two lists is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JournalList {
    /// What happened.
    #[default]
    Entries,
    /// Who was contacted.
    Hosts,
}

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    side: JournalList,
    least: Option<Weight>,
    chosen: Option<u64>,
    listed: entries::FoundEntries,
    export: export::Export,
}

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let mut actions = Vec::new();
    let l = &scene.text.loader;
    view.listed.hear(scene, view.least);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = GRID;
        let sides =
            [(JournalList::Entries, fl!(l, "log-entries")), (JournalList::Hosts, fl!(l, "log-hosts"))];
        for (side, words) in sides {
            if ui.add(egui::Button::new(words).selected(view.side == side)).clicked() {
                view.side = side;
            }
        }
        ui.add_space(4.0 * GRID);
        if view.side == JournalList::Entries {
            weights(ui, scene, view);
            ui.add_space(4.0 * GRID);
        }
        actions.extend(export::bar(ui, scene, view));
    });
    actions.extend(export::line(ui, scene, view));
    ui.add_space(GRID);
    match view.side {
        JournalList::Entries => entries::show(ui, scene, (&mut view.chosen, &view.listed)),
        JournalList::Hosts => hosts::show(ui, scene),
    }
    actions
}

fn weights(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) {
    let l = &scene.text.loader;
    let all = [
        (None, fl!(l, "log-all")),
        (Some(Weight::Attention), fl!(l, "log-attention")),
        (Some(Weight::Failure), fl!(l, "log-failures")),
    ];
    for (least, words) in all {
        if ui.add(egui::Button::new(words).selected(view.least == least)).clicked() {
            view.least = least;
        }
    }
}

/// How a weight is drawn: by shape as well as by colour.
pub(in crate::ui) fn mark(weight: Weight, theme: &Theme) -> (&'static str, Color32) {
    match weight {
        Weight::Note => (icon_names::INFO, theme.quiet),
        Weight::Attention => (icon_names::WARNING, theme.attention),
        Weight::Failure => (icon_names::ERROR, theme.failed),
    }
}

/// A weight in words.
pub(in crate::ui) fn weight_words(weight: Weight, text: &Translator) -> String {
    match weight {
        Weight::Note => fl!(text.loader, "log-weight-note"),
        Weight::Attention => fl!(text.loader, "log-weight-attention"),
        Weight::Failure => fl!(text.loader, "log-weight-failure"),
    }
}
