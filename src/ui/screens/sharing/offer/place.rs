//! What both forms ask: from where it is reached, at which port, under which address.
//!
//! In: what is typed. Out: a [`ServingAddress`], or why there is none yet.

use crate::app::share::ServingAddress;
use crate::app::share::wish::ServedTo;
use crate::ui::scene::Scene;
use crate::ui::theme::{CONTROL_HEIGHT, GRID, SMALL_SIZE};
use crate::ui::widgets::field::{self, TextField};
use egui::{Align, Label, Layout, RadioButton, RichText, Ui, vec2};
use i18n_embed_fl::fl;

/// Width of the names before the fields.
const NAMES: f32 = 190.0;

/// What is typed of it.
#[derive(Debug)]
pub(super) struct PlaceForm {
    to: ServedTo,
    port: String,
    base_url: String,
}

impl PlaceForm {
    pub(super) fn new(port: u16) -> Self {
        Self { to: ServedTo::default(), port: port.to_string(), base_url: String::new() }
    }

    /// What was filled in.
    ///
    /// # Errors
    /// What is missing, in the person's language.
    pub(super) fn address(&self, scene: &Scene<'_>) -> Result<ServingAddress, String> {
        let port = self.port.trim().parse::<u16>().ok().filter(|port| *port > 0);
        let port = port.ok_or_else(|| fl!(scene.text.loader, "share-port-wrong"))?;
        Ok(ServingAddress::new(self.to, port, &self.base_url))
    }
}

/// Draws the fields.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, form: &mut PlaceForm) {
    let l = &scene.text.loader;
    line(ui, &fl!(l, "share-reached-from"), |ui| {
        let all = [
            (ServedTo::Everybody, fl!(l, "share-reached-everybody")),
            (ServedTo::ThisComputer, fl!(l, "share-reached-here")),
        ];
        for (to, words) in all {
            if ui.add(RadioButton::new(form.to == to, words)).clicked() {
                form.to = to;
            }
        }
    });
    let name = fl!(l, "share-port");
    line(ui, &name, |ui| {
        field::show(ui, &mut form.port, &TextField { name: &name, hint: "", width: 70.0 });
    });
    note(ui, scene, &fl!(l, "share-port-note", port = form.port.trim()));
    let name = fl!(l, "share-public-address");
    line(ui, &name, |ui| {
        let hint = fl!(l, "share-public-address-hint");
        field::show(ui, &mut form.base_url, &TextField { name: &name, hint: &hint, width: 380.0 });
    });
    note(ui, scene, &fl!(l, "share-public-address-note"));
}

/// A line of a form: its name, and what is filled in.
pub(super) fn line(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        let size = vec2(NAMES, CONTROL_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(NAMES);
            ui.add(Label::new(name).wrap());
        });
        control(ui);
    });
}

/// A sentence below a line.
pub(super) fn note(ui: &mut Ui, scene: &Scene<'_>, words: &str) {
    ui.horizontal_top(|ui| {
        ui.add_space(NAMES + 2.0 * GRID);
        let words = RichText::new(words).size(SMALL_SIZE).color(scene.theme.quiet);
        ui.add(Label::new(words).wrap());
    });
    ui.add_space(GRID);
}
