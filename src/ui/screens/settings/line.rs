//! One line of the settings: its name, its control, and the way back to the usual.
//!
//! In: a name, whether it is as usual, a control. Out: changes in [`Sheet::changed`].

use super::View;
use crate::app::settings::Settings;
use crate::ui::fonts;
use crate::ui::icon_names;
use crate::ui::scene::Scene;
use crate::ui::theme::{CONTROL_HEIGHT, GRID, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::field::{self, TextField};
use crate::ui::widgets::typed;
use egui::{Align, Button, Label, Layout, RichText, Ui, vec2};
use i18n_embed_fl::fl;

/// Width of the names.
const NAMES: f32 = 230.0;

/// The settings while they are drawn.
pub struct Sheet<'a> {
    /// What is drawn from.
    pub scene: &'a Scene<'a>,
    /// What the screen remembers.
    pub view: &'a mut View,
    /// Set when something was changed.
    pub changed: Option<Settings>,
    /// How many lines matched the find field.
    pub shown: usize,
}

/// Room that a control needs beside its name, in points.
const LEAST_CONTROL: f32 = 280.0;

fn name_beside(ui: &mut Ui, name: &str) {
    let size = vec2(NAMES, CONTROL_HEIGHT);
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(NAMES);
        ui.add(Label::new(name).wrap());
    });
}

/// One line.
pub struct SettingLine<'a> {
    /// Its name.
    pub name: &'a str,
    /// A sentence below the control; nothing when empty.
    pub note: &'a str,
    /// Whether it stands as it is at the beginning.
    pub is_usual: bool,
}

impl<'a> Sheet<'a> {
    /// A sheet on which nothing was changed.
    pub fn new(scene: &'a Scene<'a>, view: &'a mut View) -> Self {
        Self { scene, view, changed: None, shown: 0 }
    }

    /// The settings as they are shown.
    pub fn settings(&self) -> &'a Settings {
        self.scene.settings
    }

    /// Changes one thing.
    pub fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.changed.take().unwrap_or_else(|| self.scene.settings.clone());
        change(&mut settings);
        self.changed = Some(settings);
    }

    /// The head of a section; left out while the find field is in use.
    pub fn section(&self, ui: &mut Ui, title: &str) {
        if !self.scene.find.is_empty() {
            return;
        }
        ui.add_space(4.0 * GRID);
        let response = ui.label(RichText::new(title).font(fonts::bold(TEXT_SIZE + 1.0)));
        field::heading(&response, (title, 2));
        ui.separator();
    }

    /// Draws a line with its control; returns whether the person wants the usual back.
    pub fn line(
        &mut self,
        ui: &mut Ui,
        line: &SettingLine<'_>,
        control: impl FnOnce(&mut Ui, &mut Self),
    ) -> bool {
        let find = self.scene.find.to_lowercase();
        if !line.name.to_lowercase().contains(&find) && !line.note.to_lowercase().contains(&find) {
            return false;
        }
        self.shown += 1;
        let mut is_reset = false;
        // Where both do not fit side by side, as with a large zoom, the name stands above.
        let is_narrow = ui.available_width() < NAMES + LEAST_CONTROL;
        if is_narrow {
            ui.add(Label::new(line.name).wrap());
        }
        ui.horizontal_top(|ui| {
            if !is_narrow {
                name_beside(ui, line.name);
            }
            let room = (ui.available_width() - 2.0 * CONTROL_HEIGHT).max(160.0);
            ui.allocate_ui_with_layout(vec2(room, CONTROL_HEIGHT), Layout::top_down(Align::Min), |ui| {
                ui.set_min_width(room);
                control(ui, self);
                if !line.note.is_empty() {
                    let note = RichText::new(line.note).size(SMALL_SIZE).color(self.scene.theme.quiet);
                    ui.add(Label::new(note).wrap());
                }
            });
            if !line.is_usual {
                is_reset = self.way_back(ui, line.name);
            }
        });
        ui.add_space(GRID / 2.0);
        is_reset
    }

    fn way_back(&self, ui: &mut Ui, name: &str) -> bool {
        let icon = RichText::new(icon_names::RESTART_ALT).font(fonts::icons(16.0));
        let response = ui.add(Button::new(icon).frame_when_inactive(false));
        let words = fl!(self.scene.text.loader, "settings-reset", name = name);
        field::name(&response, &words);
        response.on_hover_text(words).clicked()
    }

    /// Buttons of which one is pressed; returns another one that was chosen.
    pub fn choices<T: Copy + PartialEq>(
        &self,
        ui: &mut Ui,
        (line, now): (&str, T),
        all: &[(T, String)],
    ) -> Option<T> {
        let mut chosen = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = GRID;
            for (value, words) in all {
                let is_now = *value == now;
                let response = ui.add(Button::new(words.as_str()).selected(is_now));
                field::name(&response, &format!("{line}: {words}"));
                if response.clicked() && !is_now {
                    chosen = Some(*value);
                }
            }
        });
        chosen
    }

    /// A field for a value that is read from text.
    pub fn typed<T>(
        &mut self,
        ui: &mut Ui,
        (key, field): (&'static str, &TextField<'_>),
        shown: &str,
        (read, wrong): (impl Fn(&str) -> Option<T>, &str),
    ) -> Option<T> {
        let draft = self.view.drafts.entry(key).or_default();
        typed::show(ui, (draft, field), shown, (read, wrong), self.scene.theme)
    }
}
