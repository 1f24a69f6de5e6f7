//! Lines above a screen about the program itself: how it ended last time, settings that could not be used, a clock
//! that was moved. Each can be put away, and is in the log.

use crate::app::journal::Weight;
use crate::app::vitals::ClockTrust;
use crate::ui::fonts;
use crate::ui::icon_names;
use crate::ui::scene::Scene;
use crate::ui::screens::journal::mark;
use crate::ui::widgets::field;
use egui::{Button, Frame, Label, Margin, Panel, RichText, Ui, vec2};
use i18n_embed_fl::fl;

/// Which lines were put away.
#[derive(Debug, Default)]
pub struct View {
    put_away: Vec<String>,
}

/// Draws the lines that were not put away.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) {
    let lines: Vec<(Weight, String)> =
        lines(scene).into_iter().filter(|(_, words)| !view.put_away.contains(words)).collect();
    for (at, (weight, words)) in lines.into_iter().enumerate() {
        let frame = Frame::new().fill(scene.theme.panel).inner_margin(Margin::symmetric(16, 6));
        let panel = Panel::top(egui::Id::unique(("banner", at))).frame(frame).resizable(false);
        let is_closed = panel.show(ui, |ui| line(ui, scene, (weight, &words))).inner;
        if is_closed {
            view.put_away.push(words);
        }
    }
}

fn lines(scene: &Scene<'_>) -> Vec<(Weight, String)> {
    let (l, vitals) = (&scene.text.loader, &scene.snapshot.vitals);
    let mut lines = Vec::new();
    if let Some(note) = &vitals.crashed {
        let n = note.resumed as u64;
        let report = note.report.display().to_string();
        let words = fl!(l, "banner-crashed", report = report, n = n, n_txt = scene.text.count(n));
        lines.push((Weight::Attention, words));
    }
    if let Some(trouble) = &vitals.settings_trouble {
        lines.push((Weight::Attention, scene.text.message(trouble)));
    }
    if let ClockTrust::Moved(_) = vitals.clock {
        lines.push((Weight::Attention, fl!(l, "banner-clock")));
    }
    lines
}

fn line(ui: &mut Ui, scene: &Scene<'_>, (weight, words): (Weight, &str)) -> bool {
    let (icon, colour) = mark(weight, scene.theme);
    ui.horizontal_top(|ui| {
        ui.label(RichText::new(icon).font(fonts::icons(18.0)).color(colour));
        let room = ui.available_width() - 40.0;
        ui.allocate_ui(vec2(room, 0.0), |ui| {
            ui.set_min_width(room);
            ui.add(Label::new(words).wrap());
        });
        let cross = RichText::new(icon_names::CLOSE).font(fonts::icons(16.0));
        let response = ui.add(Button::new(cross).frame_when_inactive(false).small());
        field::name(&response, &fl!(scene.text.loader, "toast-close"));
        response.clicked()
    })
    .inner
}
