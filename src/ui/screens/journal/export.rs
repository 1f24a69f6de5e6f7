//! Copies what is listed, and writes the whole log to a file. Neither holds a secret: URLs are cleaned before they
//! come into the log.

use super::{JournalList, View, entries, hosts};
use crate::app::input::Action;
use crate::ui::scene::Scene;
use crate::ui::widgets::field::{self, TextField};
use crate::ui::widgets::picker::{FilePicker, Pick};
use egui::{Button, RichText, Ui};
use i18n_embed_fl::fl;
use std::path::{Path, PathBuf};

/// Where the log is to be written.
#[derive(Debug, Default)]
pub struct Export {
    is_open: bool,
    path: String,
    picker: FilePicker,
}

/// The buttons for copying and writing.
pub fn bar(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let l = &scene.text.loader;
    let is_empty = match view.side {
        JournalList::Entries => view.listed.entries.is_empty(),
        JournalList::Hosts => scene.snapshot.journal.hosts.is_empty(),
    };
    let copy = ui.add_enabled(!is_empty, Button::new(fl!(l, "log-copy")));
    if copy
        .on_hover_text(fl!(l, "log-copy-tip"))
        .on_disabled_hover_text(fl!(l, "log-nothing-to-copy"))
        .clicked()
    {
        ui.ctx().copy_text(listed(scene, view));
    }
    let response = ui.add(Button::new(fl!(l, "log-export")).selected(view.export.is_open));
    if response.clicked() {
        view.export.is_open = !view.export.is_open;
        if view.export.path.is_empty() {
            let folder = &scene.snapshot.vitals.folder;
            view.export.path = folder.join(file_name(scene)).display().to_string();
        }
    }
    Vec::new()
}

/// The line with the path, while the log is to be written.
pub fn line(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let export = &mut view.export;
    if !export.is_open {
        return Vec::new();
    }
    let l = &scene.text.loader;
    let mut written = None;
    ui.horizontal_wrapped(|ui| {
        let name = fl!(l, "log-export-path");
        let width = (ui.available_width() - 260.0).clamp(160.0, 520.0);
        let response = field::show(ui, &mut export.path, &TextField { name: &name, hint: "", width });
        let path = PathBuf::from(export.path.trim());
        if ui.add_enabled(!export.picker.is_open(), Button::new(fl!(l, "choose-file"))).clicked() {
            let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
            export.picker.open(ui.ctx(), Pick::NewFile(folder, file_name(scene)));
        }
        if let Some(picked) = export.picker.picked(ui.ctx()) {
            export.path = picked.display().to_string();
        }
        let write = ui.add_enabled(path.is_absolute(), Button::new(fl!(l, "log-write")));
        let write = write.on_disabled_hover_text(fl!(l, "settings-folder-wrong"));
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        if write.clicked() || (is_entered && path.is_absolute()) {
            written = Some(path);
        }
    });
    let note = if export.picker.is_missing { fl!(l, "picker-missing") } else { fl!(l, "log-export-note") };
    ui.label(RichText::new(note).small().color(scene.theme.quiet));
    if written.is_some() {
        export.is_open = false;
    }
    written.map(Action::ExportJournal).into_iter().collect()
}

fn file_name(scene: &Scene<'_>) -> String {
    let t = scene.snapshot.vitals.now.civil();
    format!("nuee-log-{:04}{:02}{:02}-{:02}{:02}.txt", t.year(), t.month(), t.day(), t.hour(), t.minute())
}

/// What is listed, as text.
fn listed(scene: &Scene<'_>, view: &View) -> String {
    let lines: Vec<String> = match view.side {
        JournalList::Entries => {
            view.listed.entries.iter().map(|entry| entries::line_of(scene, entry)).collect()
        }
        JournalList::Hosts => {
            scene.snapshot.journal.hosts.iter().map(|row| hosts::line_of(scene, row)).collect()
        }
    };
    lines.join("\n")
}
