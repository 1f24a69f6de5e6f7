//! One line of what is shared: how it stands, what can be done, its addresses, what was seen of whether others reach it.
//!
//! In: a row. Out: actions; what is handed on goes into the view.

use super::super::hand_on::{HandedKind, HandedLine, HandedOn};
use super::{View, files, words};
use crate::app::input::Action;
use crate::app::share::reach::ReachCheck;
use crate::app::share::{ShareCommand, ShareRow, ShareState, ShareWish};
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, ROW_HEIGHT, TEXT_SIZE};
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::buttons::{Able, button};
use crate::ui::widgets::{field, mark};
use egui::{Align, Frame, Label, Layout, Margin, RichText, Sense, Stroke, Ui, vec2};
use i18n_embed_fl::fl;

/// Draws the line.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, (row, view): (&ShareRow, &mut View)) -> Vec<Action> {
    let frame = Frame::NONE
        .fill(scene.theme.panel)
        .stroke(Stroke::new(1.0, scene.theme.line))
        .inner_margin(Margin::symmetric(12, 8))
        .corner_radius(4);
    let mut actions = Vec::new();
    frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        ui.push_id(("share", row.id.0), |ui| {
            actions = head(ui, scene, (row, view));
            addresses(ui, scene, row);
            sentence(ui, scene, (Tone::Quiet, words::figures(scene, row)));
            words::reached(scene, row).into_iter().for_each(|said| sentence(ui, scene, said));
            check(ui, scene, row);
            troubles(ui, scene, row);
            files::show(ui, scene, (row, view));
        });
    });
    actions
}

/// Name and state, and what can be done.
fn head(ui: &mut Ui, scene: &Scene<'_>, (row, view): (&ShareRow, &mut View)) -> Vec<Action> {
    let title = words::title(scene, row);
    let (shape, tone, said) = words::state(scene, row);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, ROW_HEIGHT), Sense::hover());
        mark::paint(ui.painter(), rect, shape, (tone.color(scene.theme), scene.theme));
        let heading = ui.add(Label::new(RichText::new(&title).font(fonts::bold(TEXT_SIZE + 1.0))).truncate());
        field::heading(&heading, (&title, 3));
    });
    sentence(ui, scene, (tone, said));
    ui.horizontal_wrapped(|ui| deeds(ui, scene, (row, view), &title)).inner
}

fn deeds(ui: &mut Ui, scene: &Scene<'_>, (row, view): (&ShareRow, &mut View), title: &str) -> Vec<Action> {
    let l = &scene.text.loader;
    ui.spacing_mut().item_spacing.x = 1.5 * GRID;
    let mut actions = Vec::new();
    let press = |ui: &mut Ui, label: String, able: &Able, name: String| {
        let response = button(ui, &label, able);
        field::name(&response, &name);
        response.clicked()
    };
    let is_served = matches!(row.state, ShareState::Serving(_));
    let served: Able = if is_served { Ok(()) } else { Err(fl!(l, "share-not-served")) };
    if press(ui, fl!(l, "share-hand-on"), &served, fl!(l, "share-hand-on-name", name = title)) {
        view.hand_on = Some(handed_on(row, title));
    }
    let able = match &row.check {
        ReachCheck::UnderWay(_) => Err(fl!(l, "share-check-is-under-way")),
        ReachCheck::NotAsked | ReachCheck::Over(..) => served,
    };
    if press(ui, fl!(l, "share-check"), &able, fl!(l, "share-check-name", name = title)) {
        actions.push(ShareCommand::Check(row.id));
    }
    match row.state {
        ShareState::Starting | ShareState::Serving(_) => {
            if press(ui, fl!(l, "share-stop"), &Ok(()), fl!(l, "share-stop-name", name = title)) {
                actions.push(ShareCommand::Stop(row.id));
            }
        }
        ShareState::Stopping | ShareState::Stopped | ShareState::HeldBack | ShareState::Failed(_) => {
            let able = match row.state {
                ShareState::Stopping => Err(fl!(l, "share-state-stopping")),
                _ => super::may_share(scene),
            };
            if press(ui, fl!(l, "share-resume"), &able, fl!(l, "share-resume-name", name = title)) {
                actions.push(ShareCommand::Resume(row.id));
            }
        }
    }
    if view.leaving == Some(row.id) {
        if press(ui, fl!(l, "share-remove-sure"), &Ok(()), fl!(l, "share-remove-sure-name", name = title)) {
            view.leaving = None;
            actions.push(ShareCommand::Remove(row.id));
        }
        if press(ui, fl!(l, "share-keep-it"), &Ok(()), fl!(l, "share-keep-it")) {
            view.leaving = None;
        }
    } else if press(ui, fl!(l, "share-remove"), &Ok(()), fl!(l, "share-remove-name", name = title)) {
        view.leaving = Some(row.id);
    }
    actions.into_iter().map(Action::Share).collect()
}

/// The addresses that are handed on most: each with a button that copies it.
fn addresses(ui: &mut Ui, scene: &Scene<'_>, row: &ShareRow) {
    let l = &scene.text.loader;
    let magnet = row.files.first().and_then(|file| file.magnet.as_deref());
    let all = match row.wish {
        ShareWish::Dataset(_) => [
            (fl!(l, "share-address-feed"), row.address("feed"), fl!(l, "share-copy-feed")),
            (fl!(l, "share-address-page"), row.address("page"), fl!(l, "share-copy-page")),
        ],
        ShareWish::Folder(_) => [
            (fl!(l, "share-address-torrent"), row.address("torrent"), fl!(l, "share-copy-torrent")),
            (fl!(l, "share-address-magnet"), magnet, fl!(l, "share-copy-magnet")),
        ],
    };
    for (what, address, copy) in all {
        let Some(address) = address else { continue };
        ui.horizontal(|ui| {
            let size = vec2(64.0, ROW_HEIGHT);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(size.x);
                ui.label(RichText::new(what).color(scene.theme.quiet));
            });
            if copy_button(ui, scene, &copy).clicked() {
                ui.copy_text(address.to_owned());
            }
            ui.add(Label::new(address).truncate());
        });
    }
}

/// A button that copies; its name says what.
pub(super) fn copy_button(ui: &mut Ui, scene: &Scene<'_>, name: &str) -> egui::Response {
    let response = button(ui, &fl!(scene.text.loader, "share-copy"), &Ok(()));
    field::name(&response, name);
    response
}

/// How the check went, and what it does not show.
fn check(ui: &mut Ui, scene: &Scene<'_>, row: &ShareRow) {
    if let Some(said) = words::check(scene, row) {
        let is_right = said.0 == Tone::Plain;
        sentence(ui, scene, said);
        if is_right {
            sentence(ui, scene, (Tone::Quiet, fl!(scene.text.loader, "share-check-limits")));
        }
    }
}

fn troubles(ui: &mut Ui, scene: &Scene<'_>, row: &ShareRow) {
    if let ShareState::Failed(message) = &row.state {
        sentence(ui, scene, (Tone::Bad, words::trouble(scene, message)));
    }
    for (message, at) in row.source_trouble.iter().chain(&row.note) {
        let (why, at) = (words::trouble(scene, message), scene.text.moment(*at));
        sentence(ui, scene, (Tone::Attention, fl!(scene.text.loader, "share-note", at = at, why = why)));
    }
}

fn sentence(ui: &mut Ui, scene: &Scene<'_>, (tone, words): (Tone, String)) {
    ui.add(Label::new(RichText::new(words).color(tone.color(scene.theme))).wrap());
}

/// What is handed on of a whole line.
fn handed_on(row: &ShareRow, title: &str) -> HandedOn {
    let line = |what, text: &str| HandedLine { what, text: text.to_owned() };
    let file = row.files.first().filter(|_| matches!(row.wish, ShareWish::Folder(_)));
    let lines = [
        row.address("feed").map(|url| line(HandedKind::Feed, url)),
        row.address("base").map(|url| line(HandedKind::Address, url)),
        row.fingerprint.as_deref().map(|key| line(HandedKind::Fingerprint, key)),
        file.and_then(|file| file.torrent.as_deref()).map(|url| line(HandedKind::Torrent, url)),
        file.and_then(|file| file.magnet.as_deref()).map(|magnet| line(HandedKind::Magnet, magnet)),
    ];
    HandedOn { name: title.to_owned(), lines: lines.into_iter().flatten().collect() }
}
