//! What was announced during a gap: which archive is asked, what it gave, and asking it again.
//!
//! In: the row of a broker. Out: wishes.

use crate::app::mesh::view::{ArchiveAddress, BrokerRow, MeshCommand, Missed};
use crate::domain::outside_text::{show as show_text, show_url};
use crate::domain::utc::UtcMillis;
use crate::i18n::{Translator, archive_trouble};
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE};
use crate::ui::widgets::field::{self, TextField};
use crate::ui::widgets::typed::{self, Draft};
use egui::{Color32, RichText, Ui};
use i18n_embed_fl::fl;
use std::time::Duration;

/// From how many hours ago on an archive is asked at a press.
const HOURS: [u64; 3] = [1, 6, 24];

/// Draws what was missed of a broker, and the ways to ask its archive.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, broker: &BrokerRow, wishes: &mut Vec<MeshCommand>) {
    if let Some(missed) = &broker.missed {
        let (color, words) = words(scene, missed);
        indented(ui, |ui| ui.label(RichText::new(words).color(color).size(SMALL_SIZE)));
    }
    if broker.archive.is_some() && (broker.state.is_some() || broker.missed.is_some()) {
        asking(ui, scene, broker, wishes);
    }
}

fn indented<T>(ui: &mut Ui, draw: impl FnOnce(&mut Ui) -> T) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        ui.add_space(14.0 + 2.0 * GRID);
        draw(ui);
    });
}

/// One button for each span.
fn asking(ui: &mut Ui, scene: &Scene<'_>, broker: &BrokerRow, wishes: &mut Vec<MeshCommand>) {
    let (l, theme) = (&scene.text.loader, scene.theme);
    let Some(archive) = &broker.archive else { return };
    indented(ui, |ui| {
        let whose = archive.url().host_str().map(show_text).unwrap_or_default();
        let words = fl!(l, "mesh-catch-up", archive = whose);
        ui.label(RichText::new(words).color(theme.quiet).size(SMALL_SIZE))
            .on_hover_text(show_url(archive.url()));
        for hours in HOURS {
            let span = fl!(l, "mesh-catch-up-hours", n = hours);
            let response = ui.small_button(&span);
            let name = fl!(l, "mesh-catch-up-of", span = span, broker = show_text(&broker.title));
            field::name(&response, &name);
            if response.clicked() {
                wishes.push(MeshCommand::CatchUp(broker.key.clone(), Duration::from_secs(hours * 3_600)));
            }
        }
    });
}

/// Draws the address of the archive, to be typed.
pub fn archive(
    ui: &mut Ui,
    scene: &Scene<'_>,
    broker: &BrokerRow,
    (draft, wishes): (&mut Draft, &mut Vec<MeshCommand>),
) {
    let l = &scene.text.loader;
    indented(ui, |ui| {
        let name = fl!(l, "mesh-archive");
        ui.label(&name);
        let hint = fl!(l, "mesh-archive-hint");
        let width = (ui.available_width() - 20.0).clamp(160.0, 520.0);
        let shown = broker.archive.as_ref().map(|archive| archive.url().to_string()).unwrap_or_default();
        let wrong = fl!(l, "mesh-archive-wrong");
        let field = TextField { name: &name, hint: &hint, width };
        if let Some(archive) = typed::show(ui, (draft, &field), &shown, (read, &wrong), scene.theme) {
            wishes.push(MeshCommand::SetArchive(broker.key.clone(), archive.map(Box::new)));
        }
    });
}

/// Nothing typed means none.
fn read(typed: &str) -> Option<Option<ArchiveAddress>> {
    match typed.trim() {
        "" => Some(None),
        url => ArchiveAddress::parse(url).map(Some),
    }
}

fn words(scene: &Scene<'_>, missed: &Missed) -> (Color32, String) {
    let (text, l, theme) = (scene.text, &scene.text.loader, scene.theme);
    match missed {
        Missed::NoArchive(period) => {
            let (from, to) = times(text, *period);
            (theme.attention, fl!(l, "mesh-missed-no-archive", from = from, to = to))
        }
        Missed::BeingAsked(period) => {
            let (from, to) = times(text, *period);
            (theme.quiet, fl!(l, "mesh-missed-asked", from = from, to = to))
        }
        Missed::Broken(period) => {
            let (from, to) = times(text, *period);
            (theme.attention, fl!(l, "mesh-missed-broken", from = from, to = to))
        }
        Missed::Asked(caught) => {
            let (from, to) = times(text, caught.period);
            let n_txt = text.count(caught.messages);
            match &caught.missed {
                None => {
                    let n = caught.messages;
                    (theme.quiet, fl!(l, "mesh-missed-got", from = from, to = to, n = n, n_txt = n_txt))
                }
                Some(why) => {
                    let why = archive_trouble(text, why);
                    if caught.messages == 0 {
                        let words = fl!(l, "mesh-missed-not-asked", from = from, to = to, why = why);
                        return (theme.attention, words);
                    }
                    let words = fl!(l, "mesh-missed-lost", from = from, to = to, n_txt = n_txt, why = why);
                    (theme.attention, words)
                }
            }
        }
    }
}

fn times(text: &Translator, (from, to): (UtcMillis, UtcMillis)) -> (String, String) {
    (text.moment(from.to_second()), text.moment(to.to_second()))
}
