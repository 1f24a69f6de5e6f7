//! The form that publishes a folder: which one, where, with which trackers, private or not.
//!
//! In: what is chosen and typed. Out: [`ShareCommand::Start`]. The path can always be typed: a dialog needs a portal.

use super::place::{self, PlaceForm};
use super::{FormEnd, may_share};
use crate::app::input::Action;
use crate::app::query::TorrentPrivacy;
use crate::app::share::{FolderWish, ShareCommand, ShareWish};
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, HEADING_SIZE};
use crate::ui::widgets::buttons::{Able, button, main_button};
use crate::ui::widgets::field::{self, TextField};
use crate::ui::widgets::picker::{FilePicker, Pick};
use egui::{RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;
use std::path::PathBuf;

/// What is filled in.
#[derive(Debug)]
pub(super) struct FolderForm {
    folder: String,
    picker: FilePicker,
    place: PlaceForm,
    trackers: String,
    privacy: TorrentPrivacy,
}

impl FolderForm {
    pub(super) fn new(port: u16) -> Self {
        Self {
            folder: String::new(),
            picker: FilePicker::default(),
            place: PlaceForm::new(port),
            trackers: String::new(),
            privacy: TorrentPrivacy::Open,
        }
    }

    fn wish(&self, scene: &Scene<'_>) -> Result<ShareWish, String> {
        may_share(scene)?;
        let folder = PathBuf::from(self.folder.trim());
        if !folder.is_absolute() {
            return Err(fl!(scene.text.loader, "share-folder-missing"));
        }
        Ok(ShareWish::Folder(FolderWish {
            folder,
            address: self.place.address(scene)?,
            trackers: self
                .trackers
                .split([' ', ',', '\n'])
                .filter(|url| !url.is_empty())
                .map(str::to_owned)
                .collect(),
            privacy: self.privacy,
        }))
    }
}

/// Draws the form.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, form: &mut FolderForm) -> FormEnd {
    let l = &scene.text.loader;
    if let Some(picked) = form.picker.picked(ui.ctx()) {
        form.folder = picked.to_string_lossy().into_owned();
    }
    let title = fl!(l, "share-folder-title");
    let heading = ui.label(RichText::new(&title).font(fonts::bold(HEADING_SIZE)));
    field::heading(&heading, (&title, 2));
    ui.add_space(GRID);
    let room = ui.available_height() - 44.0;
    ScrollArea::vertical().id_salt("share-folder").max_height(room).auto_shrink([false, true]).show(
        ui,
        |ui| {
            folder(ui, scene, form);
            place::show(ui, scene, &mut form.place);
            further(ui, scene, form);
        },
    );
    ui.add_space(GRID);
    let wish = form.wish(scene);
    let able: Able = wish.as_ref().map(drop).map_err(Clone::clone);
    let mut ended = FormEnd::Open;
    ui.horizontal(|ui| {
        if main_button(ui, &fl!(l, "share-folder-start"), &able, scene.theme).clicked()
            && let Ok(wish) = wish
        {
            ended = FormEnd::Started(Action::Share(ShareCommand::Start(Box::new(wish))));
        }
        if button(ui, &fl!(l, "share-cancel"), &Ok(())).clicked() {
            ended = FormEnd::Closed;
        }
    });
    ended
}

fn folder(ui: &mut Ui, scene: &Scene<'_>, form: &mut FolderForm) {
    let l = &scene.text.loader;
    let name = fl!(l, "share-folder-which");
    place::line(ui, &name, |ui| {
        let hint = fl!(l, "share-folder-hint");
        field::show(ui, &mut form.folder, &TextField { name: &name, hint: &hint, width: 380.0 });
        let able = if form.picker.is_open() { Err(fl!(l, "sources-dialog-open")) } else { Ok(()) };
        if button(ui, &fl!(l, "share-folder-choose"), &able).clicked() {
            form.picker.open(ui.ctx(), Pick::Folder(scene.snapshot.folder()));
        }
    });
    let note = if form.picker.is_missing { fl!(l, "sources-no-dialog") } else { fl!(l, "share-folder-note") };
    place::note(ui, scene, &note);
}

fn further(ui: &mut Ui, scene: &Scene<'_>, form: &mut FolderForm) {
    let l = &scene.text.loader;
    let name = fl!(l, "share-trackers");
    place::line(ui, &name, |ui| {
        let hint = fl!(l, "share-trackers-hint");
        field::show(ui, &mut form.trackers, &TextField { name: &name, hint: &hint, width: 380.0 });
    });
    let name = fl!(l, "share-private-name");
    place::line(ui, &name, |ui| {
        let mut is_private = form.privacy == TorrentPrivacy::Private;
        if ui.checkbox(&mut is_private, fl!(l, "share-private")).changed() {
            form.privacy = if is_private { TorrentPrivacy::Private } else { TorrentPrivacy::Open };
        }
    });
    place::note(ui, scene, &fl!(l, "share-private-note"));
}
