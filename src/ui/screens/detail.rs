//! One transfer from close by: who gave which bytes, its pieces, its fields, its rates, and what proves its files.
//!
//! In: the job, and what the engine sees of it when it is the one that is open. Out: actions. Start reading at [`show`].

mod columns;
mod fields;
pub(super) mod files;
pub(super) mod peers;
mod pieces;
pub(super) mod sources;

use super::transfers::acts;
use super::transfers::words::{self, RowWords};
use crate::app::input::Action;
use crate::app::jobs::detail::DetailView;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::Job;
use crate::domain::octets::ByteCount;
use crate::i18n::{giving, proof};
use crate::ui::scene::Scene;
use crate::ui::theme::GRID;
use crate::ui::widgets::buttons::button;
use crate::ui::widgets::{mark, rates};
use egui::{Label, RichText, Sense, Ui, vec2};
use i18n_embed_fl::fl;

/// What the pane remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Which part is shown.
    pub tab: Tab,
}

/// A part of the pane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// Who gave what, with the pieces beside it where there is room.
    #[default]
    Sources,
    /// The peers, one by one.
    Peers,
    /// The pieces.
    Pieces,
    /// The fields of the file.
    Fields,
    /// Rates over time.
    Rates,
    /// Files, and what proves them.
    Files,
}

/// From this width on, pieces stand beside the sources.
const BESIDE: f32 = 900.0;

/// With less width but this height, pieces stand below the sources.
const BELOW: f32 = 340.0;

/// Draws the pane for the transfer `id`; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, id: JobId, view: &mut View) -> Vec<Action> {
    let Some(job) = scene.snapshot.job(id) else { return Vec::new() };
    let seen = scene.snapshot.detail.as_ref().filter(|detail| detail.job == Some(id));
    let said = words::words(job, (scene.text, scene.snapshot.vitals.now));
    let mut actions = Vec::new();
    title(ui, scene, job, &said);
    ui.horizontal_wrapped(|ui| {
        tabs(ui, scene, &mut view.tab);
        if let Some(act) = remedies(ui, scene, job) {
            actions.push(act);
        }
    });
    ui.add_space(GRID);
    let empty = DetailView::default();
    let detail = seen.map_or(&empty, |seen| seen);
    part(ui, scene, (job, detail), view.tab);
    actions
}

fn part(ui: &mut Ui, scene: &Scene<'_>, (job, detail): (&Job, &DetailView), tab: Tab) {
    match tab {
        Tab::Sources if ui.available_width() >= BESIDE => {
            let left = (ui.available_width() * 0.62).floor();
            ui.horizontal_top(|ui| {
                let height = ui.available_height();
                ui.allocate_ui(vec2(left, height), |ui| {
                    ui.set_min_size(vec2(left, height));
                    ui.vertical(|ui| sources::show(ui, scene, job));
                });
                ui.separator();
                ui.vertical(|ui| pieces::show(ui, scene, &detail.pieces));
            });
        }
        Tab::Sources if ui.available_height() >= BELOW => {
            let half = (ui.available_height() * 0.5).floor();
            ui.allocate_ui(vec2(ui.available_width(), half), |ui| sources::show(ui, scene, job));
            ui.add_space(2.0 * GRID);
            pieces::show(ui, scene, &detail.pieces);
        }
        Tab::Sources => sources::show(ui, scene, job),
        Tab::Peers => peers::show(ui, scene, job),
        Tab::Pieces => pieces::show(ui, scene, &detail.pieces),
        Tab::Fields => fields::show(ui, scene, &detail.fields),
        Tab::Rates => curve(ui, scene, detail),
        Tab::Files => files::show(ui, scene, job),
    }
}

/// The name, and on the same line where it stands and the figures of the whole transfer.
fn title(ui: &mut Ui, scene: &Scene<'_>, job: &Job, said: &RowWords) {
    let theme = scene.theme;
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(16.0, 18.0), Sense::hover());
        mark::paint(ui.painter(), rect, said.state.mark, (said.state.tone.color(theme), theme));
        let most = ui.available_width() * 0.5;
        ui.scope(|ui| {
            ui.set_max_width(most);
            ui.add(Label::new(RichText::new(format!("{}{}", said.name.0, said.name.1)).strong()).truncate());
        });
        let quiet = RichText::new(figures(scene, job, said)).color(theme.quiet);
        ui.add(Label::new(quiet).truncate());
    });
    if let Some(reason) = &said.reason {
        let color = if words::is_failed(job) { theme.failed } else { theme.attention };
        ui.add(Label::new(RichText::new(reason).color(color)).wrap());
    }
}

fn figures(scene: &Scene<'_>, job: &Job, said: &RowWords) -> String {
    let (text, l) = (scene.text, &scene.text.loader);
    let mut parts = vec![said.state.words.clone()];
    if let Some(giving) = &job.giving {
        // Where it stands is said with the same end, in short. The end comes early: a line that is too long loses its tail.
        parts = vec![words::in_place(job, text).words, giving::gives_until(text, giving, &job.transfer)];
    }
    if !said.size.is_empty() {
        parts.push(fl!(l, "detail-progress", progress = said.progress.as_str(), size = said.size.as_str()));
    }
    if let Some(plan) = &job.plan {
        parts.push(proof::road(text, plan.road));
    }
    let limits = job.request.as_ref().map(|request| request.limits).unwrap_or_default();
    if let Some(down) = limits.down {
        parts.push(fl!(l, "detail-limit-down", rate = text.rate(u64::from(down))));
    }
    if let Some(up) = limits.up {
        parts.push(fl!(l, "detail-limit-up", rate = text.rate(u64::from(up))));
    }
    if job.transfer.given > ByteCount::ZERO {
        parts.push(fl!(l, "detail-given", size = text.size(job.transfer.given)));
    }
    if job.transfer.wasted > ByteCount::ZERO {
        parts.push(fl!(l, "detail-wasted", size = text.size(job.transfer.wasted)));
    }
    parts.join(" · ")
}

fn tabs(ui: &mut Ui, scene: &Scene<'_>, tab: &mut Tab) {
    let l = &scene.text.loader;
    let all = [
        (Tab::Sources, fl!(l, "detail-sources")),
        (Tab::Peers, fl!(l, "detail-peers")),
        (Tab::Pieces, fl!(l, "detail-pieces")),
        (Tab::Fields, fl!(l, "detail-fields")),
        (Tab::Rates, fl!(l, "detail-rates")),
        (Tab::Files, fl!(l, "detail-files")),
    ];
    for (of, name) in all {
        ui.selectable_value(tab, of, name);
    }
}

/// What can be done with a transfer that is looked at: close the pane; open its file.
fn remedies(ui: &mut Ui, scene: &Scene<'_>, job: &Job) -> Option<Action> {
    let l = &scene.text.loader;
    ui.separator();
    let able = if job.files.is_empty() { Err(fl!(l, "transfers-no-file-yet")) } else { Ok(()) };
    if button(ui, &fl!(l, "detail-open-folder"), &able).clicked() {
        return Some(Action::OpenFolder(job.id));
    }
    if acts::can_fetch_again(job) && button(ui, &fl!(l, "transfers-fetch-again"), &Ok(())).clicked() {
        return Some(Action::FetchAgain(vec![job.id]));
    }
    if acts::is_done(job) && button(ui, &fl!(l, "transfers-check-again"), &Ok(())).clicked() {
        return Some(Action::CheckAgain(vec![job.id]));
    }
    None
}

fn curve(ui: &mut Ui, scene: &Scene<'_>, detail: &DetailView) {
    let l = &scene.text.loader;
    if detail.rates.len() < 2 {
        ui.label(RichText::new(fl!(l, "detail-no-rates")).color(scene.theme.quiet));
        return;
    }
    let names = rates::Names {
        peers: fl!(l, "detail-rate-peers"),
        http: fl!(l, "detail-rate-http"),
        given: fl!(l, "detail-rate-given"),
    };
    rates::show(ui, &detail.rates, names, (scene.text, scene.theme));
}
