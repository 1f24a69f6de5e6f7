//! The form that relays a dataset of the catalogue: which one, which lead times, into which folder, for how long.
//!
//! In: what is chosen and typed. Out: [`ShareCommand::Start`]. Whole files are relayed: fields cannot be chosen, since a file
//! with fewer of them would be another one than its publisher's.

use super::place::{self, PlaceForm};
use super::{FormEnd, may_share};
use crate::app::catalog::hours::DatasetId;
use crate::app::catalog::sources::DatasetRow;
use crate::app::input::Action;
use crate::app::share::wish::{USUAL_KEEP, can_be_relayed, proposed_folder};
use crate::app::share::{DatasetWish, ShareCommand, ShareWish};
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, HEADING_SIZE};
use crate::ui::widgets::buttons::{Able, button, main_button};
use crate::ui::widgets::field::{self, TextField};
use crate::ui::widgets::picker::{FilePicker, Pick};
use egui::{Frame, Label, Margin, RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;
use std::path::PathBuf;

/// Height of the list of datasets.
const LIST: f32 = 150.0;

/// What is filled in.
#[derive(Debug)]
pub(super) struct RelayForm {
    find: String,
    dataset: Option<DatasetId>,
    package: String,
    lead: String,
    keep: String,
    /// As it was typed or picked; the proposed one when empty.
    folder: String,
    picker: FilePicker,
    place: PlaceForm,
}

impl RelayForm {
    pub(super) fn new(port: u16) -> Self {
        Self {
            find: String::new(),
            dataset: None,
            package: String::new(),
            lead: String::new(),
            keep: USUAL_KEEP.to_owned(),
            folder: String::new(),
            picker: FilePicker::default(),
            place: PlaceForm::new(port),
        }
    }

    /// The id, with the package that was typed. `None` while nothing is chosen.
    fn id(&self) -> Option<String> {
        let dataset = self.dataset.as_ref()?;
        Some(match self.package.trim() {
            "" => dataset.0.to_string(),
            package => format!("{}/{package}", dataset.0),
        })
    }

    fn folder(&self, scene: &Scene<'_>) -> Option<PathBuf> {
        match self.folder.trim() {
            "" => Some(proposed_folder(&scene.snapshot.folder(), &self.id()?)),
            typed => Some(PathBuf::from(typed)).filter(|folder| folder.is_absolute()),
        }
    }

    fn wish(&self, scene: &Scene<'_>) -> Result<ShareWish, String> {
        let l = &scene.text.loader;
        may_share(scene)?;
        let id = self.id().ok_or_else(|| fl!(l, "share-dataset-missing"))?;
        let wish = ShareWish::Dataset(DatasetWish {
            id,
            lead: Some(self.lead.trim()).filter(|typed| !typed.is_empty()).map(str::to_owned),
            folder: self.folder(scene).ok_or_else(|| fl!(l, "share-folder-missing"))?,
            address: self.place.address(scene)?,
            keep: self.keep.trim().to_owned(),
        });
        wish.check().map_err(|message| scene.text.message(&message))?;
        Ok(wish)
    }
}

/// Draws the form.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, form: &mut RelayForm) -> FormEnd {
    let l = &scene.text.loader;
    if let Some(picked) = form.picker.picked(ui.ctx()) {
        form.folder = picked.to_string_lossy().into_owned();
    }
    let title = fl!(l, "share-dataset-title");
    let heading = ui.label(RichText::new(&title).font(fonts::bold(HEADING_SIZE)));
    field::heading(&heading, (&title, 2));
    ui.add_space(GRID);
    let room = ui.available_height() - 44.0;
    ScrollArea::vertical().id_salt("share-dataset").max_height(room).auto_shrink([false, true]).show(
        ui,
        |ui| {
            datasets(ui, scene, form);
            part(ui, scene, form);
            place::show(ui, scene, &mut form.place);
            folder(ui, scene, form);
        },
    );
    ui.add_space(GRID);
    let wish = form.wish(scene);
    let able: Able = wish.as_ref().map(drop).map_err(Clone::clone);
    let mut ended = FormEnd::Open;
    ui.horizontal(|ui| {
        if main_button(ui, &fl!(l, "share-dataset-start"), &able, scene.theme).clicked()
            && let Ok(wish) = &wish
        {
            ended = FormEnd::Started(Action::Share(ShareCommand::Start(Box::new(wish.clone()))));
        }
        if button(ui, &fl!(l, "share-cancel"), &Ok(())).clicked() {
            ended = FormEnd::Closed;
        }
        // What is wrong is said once something is chosen: before, it is known what comes next.
        if let (Err(why), Some(_)) = (&able, &form.dataset) {
            ui.add(Label::new(RichText::new(why).color(scene.theme.attention)).truncate());
        }
    });
    ended
}

/// The datasets of the catalogue that have further runs.
fn datasets(ui: &mut Ui, scene: &Scene<'_>, form: &mut RelayForm) {
    let l = &scene.text.loader;
    let name = fl!(l, "share-dataset-find");
    place::line(ui, &name, |ui| {
        field::show(ui, &mut form.find, &TextField { name: &name, hint: "AROME", width: 220.0 });
    });
    let find = form.find.trim().to_lowercase();
    let frame = Frame::NONE.fill(scene.theme.field).inner_margin(Margin::same(6)).corner_radius(3);
    let list = |ui: &mut Ui| {
        let mut count = 0;
        for source in scene.snapshot.sources.iter() {
            for row in source.datasets.iter().filter(|row| can_be_relayed(&row.id)) {
                let words = words_of(&source.title, row);
                if find.is_empty()
                    || words.to_lowercase().contains(&find)
                    || row.id.0.to_lowercase().contains(&find)
                {
                    count += 1;
                    let is_chosen = form.dataset.as_ref() == Some(&row.id);
                    if ui.selectable_label(is_chosen, words).clicked() {
                        form.dataset = Some(row.id.clone());
                    }
                }
            }
        }
        if count == 0 {
            let words = RichText::new(fl!(l, "share-dataset-none")).color(scene.theme.quiet);
            ui.add(Label::new(words).wrap());
        }
    };
    frame.show(ui, |ui| {
        let area =
            ScrollArea::vertical().id_salt("share-datasets").max_height(LIST).min_scrolled_height(LIST);
        area.auto_shrink([false, false]).show(ui, list);
    });
    ui.add_space(GRID);
}

/// A dataset as it is listed: its publisher, title and grid.
fn words_of(source: &str, row: &DatasetRow) -> String {
    let grid = if row.grid.is_empty() { String::new() } else { format!(" · {}", row.grid) };
    format!("{source} · {}{grid}", row.title)
}

/// Which part of it, and for how long.
fn part(ui: &mut Ui, scene: &Scene<'_>, form: &mut RelayForm) {
    let l = &scene.text.loader;
    let (leads, package) = (fl!(l, "share-leads"), fl!(l, "share-package"));
    place::line(ui, &leads, |ui| {
        let hint = fl!(l, "share-leads-hint");
        field::show(ui, &mut form.lead, &TextField { name: &leads, hint: &hint, width: 140.0 });
        ui.add_space(2.0 * GRID);
        ui.label(&package);
        let hint = fl!(l, "share-package-hint");
        field::show(ui, &mut form.package, &TextField { name: &package, hint: &hint, width: 120.0 });
    });
    place::note(ui, scene, &fl!(l, "share-leads-note"));
    let name = fl!(l, "share-keep");
    place::line(ui, &name, |ui| {
        field::show(ui, &mut form.keep, &TextField { name: &name, hint: USUAL_KEEP, width: 70.0 });
    });
}

fn folder(ui: &mut Ui, scene: &Scene<'_>, form: &mut RelayForm) {
    let l = &scene.text.loader;
    let name = fl!(l, "share-relay-folder");
    let proposed = form.id().map(|id| proposed_folder(&scene.snapshot.folder(), &id));
    place::line(ui, &name, |ui| {
        let hint = proposed.map(|folder| folder.display().to_string()).unwrap_or_default();
        field::show(ui, &mut form.folder, &TextField { name: &name, hint: &hint, width: 380.0 });
        let able = if form.picker.is_open() { Err(fl!(l, "sources-dialog-open")) } else { Ok(()) };
        if button(ui, &fl!(l, "share-folder-choose"), &able).clicked() {
            form.picker.open(ui.ctx(), Pick::Folder(scene.snapshot.folder()));
        }
    });
    let free = scene.snapshot.vitals.free.map(|free| scene.text.size(free));
    let note = match (form.picker.is_missing, free) {
        (true, _) => fl!(l, "sources-no-dialog"),
        (false, Some(free)) => fl!(l, "share-relay-folder-note", free = free),
        (false, None) => fl!(l, "share-relay-folder-note-unknown"),
    };
    place::note(ui, scene, &note);
}
