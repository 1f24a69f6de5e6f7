//! The screen of runs and lead times: choose on a matrix, see what it costs, get it.
//!
//! In: the dataset that is open. Out: actions. Start reading at [`show`]; [`choice`] is what can be chosen and how,
//! [`matrix`] draws it; [`files`] is what stands there for a dataset without runs.

pub mod axis;
pub mod choice;
pub mod files;
mod filters;
mod footer;
mod heads;
pub mod matrix;
mod names;
pub mod plan;
pub mod words;

use super::Destination;
use crate::app::catalog::hours::{CatalogReading, HoursFilter, HoursView, KnownSize};
use crate::app::input::Action;
use crate::domain::utc::UtcTime;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, ROW_HEIGHT, SMALL_SIZE};
use crate::ui::widgets::cell;
use crate::ui::widgets::{empty, room};
use axis::{Axis, MatrixColumns, Slot};
use choice::Choice;
use egui::{Frame, Margin, Panel, Ui, vec2};
use i18n_embed_fl::fl;
use matrix::{MatrixView, Pressed, Shown};
use plan::{Hand, Planner};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Another screen that the person asked for; the shell takes it.
    pub go: Option<Destination>,
    /// What columns stand for.
    pub axis: Axis,
    /// Which packages, fields and levels are meant.
    pub filter: HoursFilter,
    /// What is chosen.
    pub choice: Choice,
    matrix: MatrixView,
    files: files::FilesView,
    planner: Planner,
    laid: Option<Laid>,
    /// Which lead times were asked for last, until others are chosen.
    asked_for: Option<BTreeSet<Slot>>,
    /// The day that the preset of a whole day means. `None` when nothing can be chosen.
    day: Option<UtcTime>,
    size_of: (BTreeSet<Slot>, KnownSize),
    /// Enter on the matrix; the footer, which knows whether it can go on, answers in the next frame.
    matrix_enter: Pressed,
}

/// Columns of a dataset, kept until it changes.
#[derive(Debug)]
struct Laid {
    of: Arc<HoursView>,
    axis: Axis,
    columns: Arc<MatrixColumns>,
    leads: Arc<MatrixColumns>,
}

/// With less height than this the legend gives way to the matrix; each cell says on hover what it is.
const LEGEND_FROM: f32 = 260.0;

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    room::show(ui, LEAST, |ui| draw(ui, scene, view))
}

/// The least room in which everything stands without being cut.
const LEAST: egui::Vec2 = vec2(460.0, 430.0);

fn draw(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let Some(shown) = scene.snapshot.hours.clone() else { return nothing_open(ui, scene, view) };
    lay(scene, &shown, view);
    let Some((columns, leads)) = view.laid.as_ref().map(|laid| (laid.columns.clone(), laid.leads.clone()))
    else {
        return Vec::new();
    };
    let mut actions = Vec::new();
    let margin = Margin::symmetric(0, GRID as i8 + 2);
    let top = Panel::top("hours-top").frame(Frame::NONE.inner_margin(margin)).show_separator_line(false);
    actions.extend(top.show(ui, |ui| filters::show(ui, scene, (&shown, &leads), view)).inner);
    let hand = if view.matrix.is_sweeping { Hand::Moving } else { Hand::Resting };
    if shown.table.is_some() {
        actions.extend(files::show(ui, scene, &shown, &mut view.files));
        return actions;
    }
    let now = ui.input(|input| input.time);
    if let Some(wait) =
        view.planner.look((scene.link, now), &shown, (view.choice.slots(), &view.filter), hand)
    {
        ui.ctx().request_repaint_after(wait);
    }
    if !view.choice.slots().is_empty() {
        view.asked_for = None;
    }
    measure(&shown, &leads, view);
    let wide = ui.available_width();
    let foot =
        Panel::bottom("hours-foot").exact_size(footer::height(wide)).frame(Frame::NONE.inner_margin(margin));
    let is_enter = view.matrix_enter;
    actions.extend(
        foot.show(ui, |ui| {
            let footer = footer::Footer { view: &shown, size: view.size_of.1, is_wanted: is_enter };
            footer::show(ui, scene, &footer, view)
        })
        .inner,
    );
    let legend_frame = Frame::NONE.inner_margin(margin);
    if ui.available_height() > LEGEND_FROM {
        Panel::bottom("hours-legend")
            .frame(legend_frame)
            .show_separator_line(false)
            .show(ui, |ui| legend(ui, scene));
    }
    view.matrix_enter = if shown.rows.is_empty() {
        nothing_published(ui, scene, &shown);
        Pressed::Nothing
    } else {
        let parts = (&mut view.matrix, &mut view.choice);
        matrix::show(ui, scene, Shown { view: &shown, columns: &columns }, parts)
    };
    if view.matrix_enter == Pressed::Enter {
        ui.ctx().request_repaint();
    }
    actions
}

/// Lays the columns out again when the dataset or the axis changed, and drops from the choice what is gone.
fn lay(scene: &Scene<'_>, shown: &Arc<HoursView>, view: &mut View) {
    let is_laid =
        view.laid.as_ref().is_some_and(|laid| Arc::ptr_eq(&laid.of, shown) && laid.axis == view.axis);
    if is_laid {
        return;
    }
    let leads = Arc::new(MatrixColumns::of(shown, Axis::Lead));
    if view.laid.as_ref().is_some_and(|laid| laid.of.dataset != shown.dataset) {
        view.choice = Choice::default();
        view.filter = HoursFilter::default();
        view.asked_for = None;
    }
    view.choice.keep_to(shown, &leads);
    let columns = match view.axis {
        Axis::Lead => leads.clone(),
        Axis::Valid => Arc::new(MatrixColumns::of(shown, Axis::Valid)),
    };
    view.day = choice::day_meant(shown, scene.snapshot.vitals.now);
    view.size_of = Default::default();
    view.laid = Some(Laid { of: shown.clone(), axis: view.axis, columns, leads });
}

/// The size of the choice by its cells, kept until the choice changes.
fn measure(shown: &HoursView, leads: &MatrixColumns, view: &mut View) {
    if view.size_of.0 != *view.choice.slots() {
        view.size_of = (view.choice.slots().clone(), view.choice.size(shown, leads));
    }
}

/// Every state with its shape.
fn legend(ui: &mut Ui, scene: &Scene<'_>) {
    let theme = scene.theme;
    let font = egui::FontId::proportional(SMALL_SIZE);
    // Each entry is one widget, so that a line is broken between entries and never within one.
    let sample = |ui: &mut Ui, paint: &dyn Fn(&egui::Painter, egui::Rect), words: String| {
        let galley = ui.painter().layout_no_wrap(words, font.clone(), theme.quiet);
        let size = vec2(16.0 + GRID + galley.size().x, ROW_HEIGHT - GRID);
        let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, galley.text()));
        paint(ui.painter(), egui::Rect::from_min_size(rect.min, vec2(16.0, rect.height())));
        let at = egui::pos2(rect.left() + 16.0 + GRID, rect.center().y - galley.size().y / 2.0);
        ui.painter().galley(at, galley, theme.quiet);
    };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(3.0 * GRID, 0.0);
        let chosen = fl!(&scene.text.loader, "hours-state-chosen");
        sample(ui, &|painter, rect| cell::paint_chosen(painter, rect, theme), chosen);
        for state in words::STATES {
            let paint = |painter: &egui::Painter, rect| cell::paint(painter, rect, state, theme);
            sample(ui, &paint, words::state(scene.text, state));
        }
    });
}

/// No dataset is open: which there are, or where to find some.
fn nothing_open(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let l = &scene.text.loader;
    let datasets: Vec<_> = scene.snapshot.sources.iter().flat_map(|source| &source.datasets).collect();
    let mut actions = Vec::new();
    if datasets.is_empty() {
        let words = (fl!(l, "hours-empty"), fl!(l, "hours-empty-next"));
        if empty::show(ui, scene.theme, words, Some(fl!(l, "hours-to-sources"))) {
            view.go = Some(Destination::Sources);
        }
        return actions;
    }
    empty::show(ui, scene.theme, (fl!(l, "hours-none-open"), fl!(l, "hours-none-open-next")), None);
    ui.vertical_centered(|ui| {
        for dataset in datasets.into_iter().take(12) {
            if ui.button(&dataset.title).clicked() {
                actions.push(Action::OpenHours(Some(dataset.id.clone())));
            }
        }
    });
    actions
}

/// The dataset has no run: because it is being read, because it failed, or because there is none.
fn nothing_published(ui: &mut Ui, scene: &Scene<'_>, shown: &HoursView) {
    let l = &scene.text.loader;
    let words = match &shown.reading {
        CatalogReading::UnderWay(_) => (fl!(l, "hours-being-read"), fl!(l, "hours-being-read-next")),
        CatalogReading::Failed(why, _) => (fl!(l, "hours-not-read"), scene.text.message(why)),
        CatalogReading::Done(_) => (fl!(l, "hours-no-runs"), fl!(l, "hours-no-runs-next")),
    };
    empty::show(ui, scene.theme, words, None);
}
