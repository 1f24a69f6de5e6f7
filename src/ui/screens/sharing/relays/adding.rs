//! A relay that is being added: its address is typed, it is asked, its key is shown, and only then it is kept.
//!
//! In: what was typed, and what the relay answered. Out: [`RelayUseCommand`]s.

use crate::app::relay::used::list::MOST_USED;
use crate::app::relay::used::report::UsedReport;
use crate::app::relay::using::RelayUseCommand;
use crate::app::relay::using::view::RelayAdding;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, TEXT_SIZE};
use crate::ui::widgets::buttons::{Able, button, main_button};
use crate::ui::widgets::field::{self, TextField};
use egui::{Frame, Key, Label, Margin, RichText, Ui};
use i18n_embed_fl::fl;

/// Longest address that is taken, in octets.
const LONGEST: usize = 2048;

/// Draws the field, and below it what came of it.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, typed: &mut String) -> Option<RelayUseCommand> {
    let l = &scene.text.loader;
    let adding = &scene.snapshot.relays.adding;
    let mut wish = None;
    ui.horizontal_wrapped(|ui| {
        let (name, hint) = (fl!(l, "relays-use-address"), "https://relay.example/");
        let width = (ui.available_width() - 220.0).clamp(220.0, 460.0);
        let response = field::show(ui, typed, &TextField { name: &name, hint, width });
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let able = can_ask(scene, typed);
        if (button(ui, &fl!(l, "relays-use-show-key"), &able).clicked() || is_entered) && able.is_ok() {
            wish = Some(RelayUseCommand::Propose(typed.trim().to_owned()));
        }
    });
    match adding {
        RelayAdding::None => {
            let note = RichText::new(fl!(l, "relays-use-add-note")).color(scene.theme.quiet);
            ui.add(Label::new(note).wrap());
        }
        RelayAdding::Asking(address) => {
            let words = fl!(l, "relays-use-asking-address", url = address.as_str());
            ui.label(RichText::new(words).color(scene.theme.quiet));
        }
        RelayAdding::Proposed { address, report } => {
            wish = proposal(ui, scene, (address, report)).or(wish);
            if matches!(wish, Some(RelayUseCommand::Keep { .. } | RelayUseCommand::Drop)) {
                typed.clear();
            }
        }
        RelayAdding::Failed(message) => {
            ui.horizontal_top(|ui| {
                if button(ui, &fl!(l, "relays-use-close"), &Ok(())).clicked() {
                    wish = Some(RelayUseCommand::Drop);
                }
                let words = RichText::new(scene.text.message(message)).color(scene.theme.failed);
                ui.add(Label::new(words).wrap());
            });
        }
    }
    ui.add_space(GRID);
    wish
}

fn can_ask(scene: &Scene<'_>, typed: &str) -> Able {
    let l = &scene.text.loader;
    let relays = &scene.snapshot.relays;
    match typed.trim() {
        "" => Err(fl!(l, "relays-use-address-empty")),
        long if long.len() > LONGEST => Err(fl!(l, "relays-use-address-too-long")),
        _ if matches!(relays.adding, RelayAdding::Asking(_)) => Err(fl!(l, "sources-asking-now")),
        _ if relays.rows.len() >= MOST_USED => {
            Err(fl!(l, "relays-use-too-many", most = scene.text.count(MOST_USED as u64)))
        }
        _ => Ok(()),
    }
}

/// What the relay answered: its key stands out, since a person is to compare it.
fn proposal(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (address, report): (&str, &UsedReport),
) -> Option<RelayUseCommand> {
    let (text, l, theme) = (scene.text, &scene.text.loader, scene.theme);
    let mut wish = None;
    let frame = Frame::NONE.fill(theme.panel).inner_margin(Margin::symmetric(12, 8)).corner_radius(3);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let title = fl!(l, "relays-use-proposed", url = report.url.as_str());
        let heading = ui.add(Label::new(RichText::new(&title).font(fonts::bold(TEXT_SIZE))).truncate());
        field::heading(&heading, (&title, 2));
        match &report.fingerprint {
            Some(fingerprint) => {
                ui.horizontal_wrapped(|ui| {
                    ui.label(fl!(l, "relays-use-key"));
                    let key = RichText::new(fingerprint).font(fonts::mono(TEXT_SIZE + 1.0));
                    ui.add(Label::new(key).wrap().selectable(true));
                });
                ui.add(Label::new(RichText::new(fl!(l, "relays-use-compare")).color(theme.quiet)).wrap());
            }
            None => {
                let words = RichText::new(fl!(l, "relays-use-unsigned-warning")).color(theme.attention);
                ui.add(Label::new(words).wrap());
            }
        }
        let files: usize = report.datasets.iter().flat_map(|datasets| datasets.values()).sum();
        let names: Vec<&str> = report.datasets.iter().flatten().map(|(name, _)| name.as_str()).collect();
        let offers = match names.is_empty() {
            true => fl!(l, "relays-use-offers-nothing"),
            false => {
                let files = fl!(l, "relays-use-files", n = files, n_txt = text.count(files as u64));
                fl!(l, "relays-use-offers", files = files, datasets = names.join(", "))
            }
        };
        ui.add(Label::new(offers).wrap());
        ui.add_space(GRID);
        ui.horizontal_wrapped(|ui| {
            let is_used = scene.snapshot.relays.rows.iter().any(|row| row.report.url == report.url);
            let able = if is_used { Err(fl!(l, "relays-use-is-used")) } else { Ok(()) };
            if main_button(ui, &fl!(l, "relays-use-keep"), &able, theme).clicked() {
                let fingerprint = report.fingerprint.clone();
                wish = Some(RelayUseCommand::Keep { address: address.to_owned(), fingerprint });
            }
            if button(ui, &fl!(l, "relays-use-drop"), &Ok(())).clicked() {
                wish = Some(RelayUseCommand::Drop);
            }
        });
    });
    wish
}
