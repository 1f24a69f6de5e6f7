//! How fast and how long is uploaded, and whether others can call this computer: the settings themselves, in place.
//!
//! In: the settings, and what was observed. Out: [`Action::Set`] with one thing changed.

use crate::app::input::Action;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::screens::settings::line::Sheet;
use crate::ui::screens::settings::{View, discovery, sharing};
use crate::ui::theme::{GRID, TEXT_SIZE};
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::field;
use crate::ui::widgets::mark::{self, Mark};
use egui::{Label, RichText, ScrollArea, Sense, Ui, vec2};
use i18n_embed_fl::fl;

/// Draws the part; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let mut sheet = Sheet::new(scene, view);
    let l = &scene.text.loader;
    ScrollArea::vertical().id_salt("limits").auto_shrink([false, false]).show(ui, |ui| {
        ui.set_max_width(ui.available_width().min(960.0));
        sheet.section(ui, &fl!(l, "sharing-limits-section"));
        sharing::show_uploads(ui, &mut sheet);
        if scene.find.is_empty() {
            reachable(ui, scene);
        }
        discovery::open_port(ui, &mut sheet);
        ui.add_space(4.0 * GRID);
    });
    let changed = sheet.changed;
    changed.into_iter().map(|settings| Action::Set(Box::new(settings))).collect()
}

/// Whether others can call this computer, as far as that was observed.
fn reachable(ui: &mut Ui, scene: &Scene<'_>) {
    let (text, l) = (scene.text, &scene.text.loader);
    ui.add_space(4.0 * GRID);
    let title = fl!(l, "sharing-reachable");
    let heading = ui.label(RichText::new(&title).font(fonts::bold(TEXT_SIZE + 1.0)));
    field::heading(&heading, (&title, 2));
    ui.separator();
    let (calls, now) = (&scene.snapshot.vitals.calls, scene.snapshot.vitals.now);
    let (sign, tone, words) = match (calls.from_outside, calls.from_near) {
        (Some(at), _) => {
            (Mark::Full, Tone::Good, fl!(l, "sharing-called-from-outside", ago = text.ago(at, now)))
        }
        (None, Some(at)) => {
            (Mark::Half, Tone::Quiet, fl!(l, "sharing-called-from-near", ago = text.ago(at, now)))
        }
        (None, None) => (Mark::Open, Tone::Quiet, fl!(l, "sharing-not-called")),
    };
    ui.horizontal_top(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 18.0), Sense::hover());
        mark::paint(ui.painter(), rect, sign, (tone.color(scene.theme), scene.theme));
        ui.add(Label::new(RichText::new(words).color(tone.color(scene.theme))).wrap());
    });
    ui.add_space(GRID);
}
