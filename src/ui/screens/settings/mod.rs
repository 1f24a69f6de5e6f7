//! The screen of settings: everything applies at once, and everything can be put back.
//!
//! In: the settings. Out: [`Action::Set`] with one thing changed. The find field leaves only lines that match.
//!
//! | file | what it is |
//! |---|---|
//! | [`line`](mod@line) | one line: name, control, and the way back |
//! | [`general`] | language, colours, size, movement, clock |
//! | [`storage`] | the folder, and what is removed |
//! | [`sharing`] | who may give, and what is given |
//! | [`discovery`] | ways to find peers beside trackers |
//! | [`network`] | limits, own networks, proxy |
//! | [`telling`] | what is told on the desktop; about the program |

pub mod discovery;
pub mod general;
pub mod line;
pub mod network;
pub mod sharing;
pub mod storage;
pub mod telling;
#[cfg(test)]
mod tests;

use crate::app::input::Action;
use crate::app::settings::Settings;
use crate::ui::scene::Scene;
use crate::ui::theme::GRID;
use crate::ui::widgets::picker::FilePicker;
use crate::ui::widgets::typed::Draft;
use egui::{RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;
use line::Sheet;
use std::collections::BTreeMap;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// What is being typed, by field.
    pub drafts: BTreeMap<&'static str, Draft>,
    /// The dialog for the folder.
    pub picker: FilePicker,
}

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let mut sheet = Sheet::new(scene, view);
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.set_max_width(ui.available_width().min(960.0));
        general::show(ui, &mut sheet);
        storage::show(ui, &mut sheet);
        sharing::show(ui, &mut sheet);
        network::show(ui, &mut sheet);
        telling::show(ui, &mut sheet);
        ui.add_space(4.0 * GRID);
        if sheet.shown == 0 {
            nothing_found(ui, scene);
        } else if *scene.settings != usual(scene.settings) && scene.find.is_empty() {
            reset_all(ui, &mut sheet);
        }
        ui.add_space(6.0 * GRID);
    });
    let changed = sheet.changed;
    changed.into_iter().map(|settings| Action::Set(Box::new(settings))).collect()
}

/// The settings as they are at the beginning; the choice of the first page stays.
fn usual(settings: &Settings) -> Settings {
    Settings { giving: settings.giving, ..Settings::default() }
}

fn reset_all(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    if ui.button(fl!(l, "settings-reset-all")).on_hover_text(fl!(l, "settings-reset-all-tip")).clicked() {
        sheet.changed = Some(usual(sheet.scene.settings));
        sheet.view.drafts.clear();
    }
}

fn nothing_found(ui: &mut Ui, scene: &Scene<'_>) {
    ui.add_space(8.0 * GRID);
    let words = fl!(scene.text.loader, "settings-none-found", find = scene.find);
    ui.label(RichText::new(words).color(scene.theme.quiet));
}
