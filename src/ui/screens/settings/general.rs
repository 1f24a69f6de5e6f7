//! Language, colours, size, movement and clock.

use super::line::{SettingLine, Sheet};
use crate::app::settings::{ClockChoice, LanguageChoice, Motion, ThemeChoice, Zoom};
use egui::Ui;
use i18n_embed_fl::fl;

/// The steps of the size that are offered; others come with Ctrl and plus.
const SIZES: [u16; 6] = [100, 125, 150, 200, 250, 300];

/// Draws the section.
pub fn show(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    sheet.section(ui, &fl!(l, "settings-general"));
    language(ui, sheet);
    colours(ui, sheet);
    size(ui, sheet);
    motion(ui, sheet);
    clock(ui, sheet);
}

fn language(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let now = sheet.settings().language;
    let name = fl!(l, "settings-language");
    let all = [
        (None, fl!(l, "settings-as-system")),
        (Some(LanguageChoice::English), "English".to_owned()),
        (Some(LanguageChoice::French), "Français".to_owned()),
    ];
    let line = SettingLine { name: &name, note: "", is_usual: now.is_none() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        if let Some(language) = sheet.choices(ui, (&name, now), &all) {
            sheet.change(|settings| settings.language = language);
        }
    });
    if back {
        sheet.change(|settings| settings.language = None);
    }
}

fn colours(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let now = sheet.settings().theme;
    let name = fl!(l, "settings-theme");
    let all = [
        (ThemeChoice::System, fl!(l, "settings-as-system")),
        (ThemeChoice::Light, fl!(l, "settings-theme-light")),
        (ThemeChoice::Dark, fl!(l, "settings-theme-dark")),
    ];
    let line = SettingLine { name: &name, note: "", is_usual: now == ThemeChoice::default() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        if let Some(theme) = sheet.choices(ui, (&name, now), &all) {
            sheet.change(|settings| settings.theme = theme);
        }
    });
    if back {
        sheet.change(|settings| settings.theme = ThemeChoice::default());
    }
}

fn size(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let text = sheet.scene.text;
    let now = sheet.settings().zoom;
    let (name, note) = (fl!(text.loader, "settings-zoom"), fl!(text.loader, "settings-zoom-note"));
    let mut all: Vec<_> =
        SIZES.map(|percent| (Zoom::new(percent), text.share(f64::from(percent) / 100.0))).into();
    if !SIZES.contains(&now.percent()) {
        all.push((now, text.share(f64::from(now.percent()) / 100.0)));
        all.sort_by_key(|(zoom, _)| zoom.percent());
    }
    let line = SettingLine { name: &name, note: &note, is_usual: now == Zoom::default() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        if let Some(zoom) = sheet.choices(ui, (&name, now), &all) {
            sheet.change(|settings| settings.zoom = zoom);
        }
    });
    if back {
        sheet.change(|settings| settings.zoom = Zoom::default());
    }
}

fn motion(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let name = fl!(l, "settings-motion");
    let mut is_reduced = sheet.settings().motion == Motion::Reduced;
    let line = SettingLine { name: &name, note: "", is_usual: !is_reduced };
    let back = sheet.line(ui, &line, |ui, sheet| {
        if ui.checkbox(&mut is_reduced, fl!(l, "settings-motion-reduced")).changed() {
            let motion = if is_reduced { Motion::Reduced } else { Motion::Usual };
            sheet.change(|settings| settings.motion = motion);
        }
    });
    if back {
        sheet.change(|settings| settings.motion = Motion::Usual);
    }
}

fn clock(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let now = sheet.settings().clock;
    let (name, note) = (fl!(l, "settings-clock"), fl!(l, "settings-clock-note"));
    let all = [(ClockChoice::Utc, "UTC".to_owned()), (ClockChoice::Local, fl!(l, "settings-clock-local"))];
    let line = SettingLine { name: &name, note: &note, is_usual: now == ClockChoice::default() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        if let Some(clock) = sheet.choices(ui, (&name, now), &all) {
            sheet.change(|settings| settings.clock = clock);
        }
    });
    if back {
        sheet.change(|settings| settings.clock = ClockChoice::default());
    }
}
