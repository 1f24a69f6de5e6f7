//! Publishing a folder, or relaying a dataset: what is shared from here, and the two forms that begin it.
//!
//! In: a scene. Out: actions. Start reading at [`show`].
//!
//! | file | what it is |
//! |---|---|
//! | `card` | one line of the list: how it stands, its addresses, its files |
//! | `files` | the files of a line |
//! | `folder` | the form that publishes a folder |
//! | `dataset` | the form that relays a dataset |
//! | `place` | what both forms ask: from where it is reached, at which port, under which address |
//! | `words` | how a line stands, in words |

mod card;
mod dataset;
mod files;
mod folder;
mod place;
#[cfg(test)]
mod tests;
mod words;

use super::given::GivenOffer;
use super::hand_on::HandedOn;
use crate::app::input::Action;
use crate::app::share::wish::free_port;
use crate::app::share::{ShareId, ShareRow, ShareState};
use crate::app::update::may_peer;
use crate::ui::scene::Scene;
use crate::ui::screens::Destination;
use crate::ui::theme::{GRID, PROSE_WIDTH};
use crate::ui::widgets::buttons::{Able, main_button};
use egui::{Label, RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;
use std::collections::BTreeSet;

/// What this part remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Something to be handed on; the screen opens the dialog.
    pub hand_on: Option<HandedOn>,
    /// Another screen that the person asked for.
    pub go: Option<Destination>,
    form: Option<Form>,
    /// Lines whose files are shown.
    open: BTreeSet<ShareId>,
    /// A line that is to be removed once the person said so twice.
    leaving: Option<ShareId>,
}

/// What is being filled in.
#[derive(Debug)]
enum Form {
    Folder(Box<folder::FolderForm>),
    Dataset(Box<dataset::RelayForm>),
}

/// What became of a form in a frame.
enum FormEnd {
    /// It stays open.
    Open,
    /// It was closed.
    Closed,
    /// This is to be shared.
    Started(Action),
}

/// What is published or relayed from here and is given to peers now: rows of the part "What I give".
pub fn given(scene: &Scene<'_>) -> Vec<GivenOffer> {
    let served = scene.snapshot.share.rows.iter().filter(|row| matches!(row.state, ShareState::Serving(_)));
    let offer = |row: &ShareRow| GivenOffer {
        name: words::title(scene, row),
        peers: row.figures.peers,
        rate: row.figures.rate,
        given: row.figures.uploaded,
        ratio: row.figures.uploaded.0 as f64 / row.figures.on_disk.0.max(1) as f64,
        until: fl!(scene.text.loader, "share-until-stopped"),
    };
    served.map(|row| offer(row)).collect()
}

/// Draws the part; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let ended = match &mut view.form {
        None => return list(ui, scene, view),
        Some(Form::Folder(form)) => folder::show(ui, scene, form),
        Some(Form::Dataset(form)) => dataset::show(ui, scene, form),
    };
    match ended {
        FormEnd::Open => Vec::new(),
        FormEnd::Closed => {
            view.form = None;
            Vec::new()
        }
        FormEnd::Started(action) => {
            view.form = None;
            vec![action]
        }
    }
}

fn list(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let l = &scene.text.loader;
    begin(ui, scene, view);
    if may_share(scene).is_err() {
        ui.add_space(GRID);
        let words = scene.text.message(&words::sharing_off());
        ui.add(Label::new(RichText::new(words).color(scene.theme.attention)).wrap());
    }
    ui.add_space(2.0 * GRID);
    let mut actions = Vec::new();
    if scene.snapshot.share.rows.is_empty() {
        ui.set_max_width(PROSE_WIDTH);
        ui.add(Label::new(RichText::new(fl!(l, "share-empty")).strong()).wrap());
        ui.add(Label::new(RichText::new(fl!(l, "share-empty-next")).color(scene.theme.quiet)).wrap());
        return actions;
    }
    let find = scene.find.to_lowercase();
    let is_meant =
        |row: &&ShareRow| find.is_empty() || words::title(scene, row).to_lowercase().contains(&find);
    let rows: Vec<&ShareRow> = scene.snapshot.share.rows.iter().map(|row| &**row).filter(is_meant).collect();
    ScrollArea::vertical().id_salt("shared").auto_shrink([false, false]).show(ui, |ui| {
        for row in rows {
            actions.extend(card::show(ui, scene, (row, view)));
            ui.add_space(2.0 * GRID);
        }
    });
    actions
}

/// The two ways to begin.
fn begin(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) {
    let l = &scene.text.loader;
    let able = may_share(scene);
    ui.horizontal_wrapped(|ui| {
        if main_button(ui, &fl!(l, "share-folder"), &able, scene.theme).clicked() {
            view.form = Some(Form::Folder(Box::new(folder::FolderForm::new(next_port(scene)))));
        }
        if main_button(ui, &fl!(l, "share-dataset"), &able, scene.theme).clicked() {
            view.form = Some(Form::Dataset(Box::new(dataset::RelayForm::new(next_port(scene)))));
        }
    });
}

/// Whether the settings allow sharing.
fn may_share(scene: &Scene<'_>) -> Able {
    match may_peer(scene.settings, &scene.snapshot.vitals) {
        true => Ok(()),
        false => Err(scene.text.message(&words::sharing_off())),
    }
}

fn next_port(scene: &Scene<'_>) -> u16 {
    free_port(scene.snapshot.share.rows.iter().map(|row| row.wish.address()))
}
