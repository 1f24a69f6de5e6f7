//! What is told on the desktop, and what the program is made of.

use super::line::{SettingLine, Sheet};
use crate::app::settings::{Notifications, Tell};
use crate::ui::theme::SMALL_SIZE;
use egui::{Label, RichText, Ui};
use i18n_embed_fl::fl;

/// One kind of message: its name, and where its choice is kept.
type Kind = (String, fn(&mut Notifications) -> &mut Tell);

/// Draws the section.
pub fn show(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    sheet.section(ui, &fl!(l, "settings-telling"));
    let kinds: [Kind; 4] = [
        (fl!(l, "settings-tell-run"), |all| &mut all.run_complete),
        (fl!(l, "settings-tell-proof"), |all| &mut all.proof_failed),
        (fl!(l, "settings-tell-disk"), |all| &mut all.disk_full),
        (fl!(l, "settings-tell-source"), |all| &mut all.source_lost),
    ];
    let name = fl!(l, "settings-tell-when");
    let mut now = sheet.settings().notifications;
    let line = SettingLine { name: &name, note: "", is_usual: now == Notifications::default() };
    let back = sheet.line(ui, &line, |ui, sheet| {
        for (words, of) in &kinds {
            let mut is_told = *of(&mut now) == Tell::Yes;
            if ui.checkbox(&mut is_told, words.as_str()).changed() {
                let tell = if is_told { Tell::Yes } else { Tell::No };
                sheet.change(|settings| *of(&mut settings.notifications) = tell);
            }
        }
    });
    if back {
        sheet.change(|settings| settings.notifications = Notifications::default());
    }
    about(ui, sheet);
}

fn about(ui: &mut Ui, sheet: &mut Sheet<'_>) {
    let l = &sheet.scene.text.loader;
    sheet.section(ui, &fl!(l, "settings-about"));
    let name = fl!(l, "settings-version");
    let line = SettingLine { name: &name, note: "", is_usual: true };
    sheet.line(ui, &line, |ui, sheet| {
        ui.label(concat!("Nuée ", env!("CARGO_PKG_VERSION")));
        let made_of =
            RichText::new(fl!(l, "settings-made-of")).size(SMALL_SIZE).color(sheet.scene.theme.quiet);
        ui.add(Label::new(made_of).wrap());
    });
}
