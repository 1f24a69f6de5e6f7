//! The folder for finished files, and what is removed from it.

use super::line::{SettingLine, Sheet};
use crate::app::mesh::view::Versions;
use crate::app::settings::Purge;
use crate::i18n::reading;
use crate::ui::widgets::field::TextField;
use crate::ui::widgets::picker::Pick;
use egui::Ui;
use i18n_embed_fl::fl;
use std::path::PathBuf;
use std::time::Duration;

/// Draws the section.
pub fn show(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    sheet.section(ui, &fl!(l, "settings-storage"));
    folder(ui, sheet);
    older(ui, sheet);
    larger(ui, sheet);
    versions(ui, sheet);
}

fn folder(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let (l, vitals) = (&sheet.scene.text.loader, &sheet.scene.snapshot.vitals);
    let name = fl!(l, "settings-folder");
    let free = vitals.free.map(|free| fl!(l, "settings-folder-free", free = sheet.scene.text.size(free)));
    let unknown = || fl!(l, "settings-folder-unknown");
    let mut note = free.unwrap_or_else(unknown);
    if sheet.view.picker.is_missing {
        note = fl!(l, "picker-missing");
    }
    let shown = sheet.settings().folder.clone().unwrap_or_else(|| vitals.folder.clone());
    let line = SettingLine { name: &name, note: &note, is_usual: sheet.settings().folder.is_none() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        ui.horizontal(|ui| {
            let field = TextField { name: &name, hint: "", width: (ui.available_width() - 130.0).min(420.0) };
            let typed = sheet.typed(
                ui,
                ("folder", &field),
                &shown.display().to_string(),
                (absolute, &fl!(l, "settings-folder-wrong")),
            );
            let choose =
                ui.add_enabled(!sheet.view.picker.is_open(), egui::Button::new(fl!(l, "choose-folder")));
            if choose.clicked() {
                sheet.view.picker.open(ui.ctx(), Pick::Folder(shown.clone()));
            }
            if let Some(folder) = sheet.view.picker.picked(ui.ctx()).or(typed) {
                sheet.change(|settings| settings.folder = Some(folder));
            }
        });
    });
    if back {
        sheet.view.drafts.remove("folder");
        sheet.change(|settings| settings.folder = None);
    }
}

/// A folder that is named from the root: where the program was started does not matter.
pub(in crate::ui) fn absolute(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text.trim());
    path.is_absolute().then_some(path)
}

fn older(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let (name, note) = (fl!(l, "settings-purge-age"), fl!(l, "settings-purge-note"));
    let now = sheet.settings().purge.older_than;
    let shown = now.map_or_else(|| fl!(l, "settings-never"), |age| age_text(age, sheet));
    let line = SettingLine { name: &name, note: &note, is_usual: now == Purge::default().older_than };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 130.0 };
        let read =
            |text: &str| if reading::is_nothing(text) { Some(None) } else { reading::age(text).map(Some) };
        let typed =
            sheet.typed(ui, ("purge-age", &field), &shown, (read, &fl!(l, "settings-purge-age-wrong")));
        if let Some(age) = typed {
            sheet.change(|settings| settings.purge.older_than = age);
        }
    });
    if back {
        sheet.view.drafts.remove("purge-age");
        sheet.change(|settings| settings.purge.older_than = Purge::default().older_than);
    }
}

/// Hours up to three days, then days.
fn age_text(age: Duration, sheet: &Sheet<'_>) -> String {
    let (text, hours) = (sheet.scene.text, age.as_secs() / 3600);
    match hours {
        0..=72 => format!("{}\u{202F}h", text.count(hours)),
        _ => {
            let days = hours / 24;
            fl!(text.loader, "settings-days", n = days, n_txt = text.count(days))
        }
    }
}

fn larger(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let name = fl!(l, "settings-purge-size");
    let now = sheet.settings().purge.more_than;
    let shown = now.map_or_else(|| fl!(l, "settings-never"), |size| sheet.scene.text.size(size));
    let line = SettingLine { name: &name, note: "", is_usual: now == Purge::default().more_than };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 130.0 };
        let read = |text: &str| {
            if reading::is_nothing(text) {
                Some(None)
            } else {
                reading::octets(text).filter(|size| size.0 > 0).map(Some)
            }
        };
        let typed =
            sheet.typed(ui, ("purge-size", &field), &shown, (read, &fl!(l, "settings-purge-size-wrong")));
        if let Some(size) = typed {
            sheet.change(|settings| settings.purge.more_than = size);
        }
    });
    if back {
        sheet.view.drafts.remove("purge-size");
        sheet.change(|settings| settings.purge.more_than = Purge::default().more_than);
    }
}

/// How many earlier versions of an announced file stay, where its rule does not say.
fn versions(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    let (name, note) = (fl!(l, "settings-versions"), fl!(l, "settings-versions-note"));
    let now = sheet.settings().purge.versions;
    let line = SettingLine { name: &name, note: &note, is_usual: now == Versions::default() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        let field = TextField { name: &name, hint: "", width: 130.0 };
        let read = (Versions::parse, &*fl!(l, "mesh-rule-versions-wrong"));
        if let Some(versions) = sheet.typed(ui, ("versions", &field), &now.to_word(), read) {
            sheet.change(|settings| settings.purge.versions = versions);
        }
    });
    if back {
        sheet.view.drafts.remove("versions");
        sheet.change(|settings| settings.purge.versions = Versions::default());
    }
}
