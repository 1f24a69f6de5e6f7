//! The screen of a file that was opened: its fields as a table, and what is wrong with it.
//!
//! In: the file that is open. Out: actions. Rows that are not in sight are not drawn. Start reading at [`show`]; `table` draws
//! the rows, `names` says what parameters, levels and lead times are called.

mod names;
mod table;

use super::Destination;
use crate::app::input::Action;
use crate::app::inspect::report::FieldListing;
use crate::app::inspect::{FileReading, InspectCommand, OpenedFile, OpenedPlace};
use crate::domain::outside_text::show_with_urls;
use crate::i18n::file_kind;
use crate::i18n::problem::problem_words;
use crate::ui::scene::Scene;
use crate::ui::theme::GRID;
use crate::ui::widgets::buttons::{button, main_button};
use crate::ui::widgets::{empty, field, room};
use egui::{Frame, Label, Margin, Panel, RichText, ScrollArea, Ui, vec2};
use i18n_embed_fl::fl;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Another screen that the person asked for; the shell takes it.
    pub go: Option<Destination>,
    table: table::View,
}

/// The least room in which everything stands without being cut.
const LEAST: egui::Vec2 = vec2(700.0, 300.0);

/// Most problems that are listed; a file that is broken everywhere needs no more.
const MOST_PROBLEMS: usize = 200;

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    room::show(ui, LEAST, |ui| draw(ui, scene, view))
}

fn draw(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let l = &scene.text.loader;
    let Some(opened) = scene.snapshot.opened.clone() else {
        let words = (fl!(l, "fields-none"), fl!(l, "fields-none-next"));
        if empty::show(ui, scene.theme, words, Some(fl!(l, "fields-to-sources"))) {
            view.go = Some(Destination::Sources);
        }
        return Vec::new();
    };
    let frame = Frame::NONE.inner_margin(Margin { bottom: GRID as i8 + 2, ..Margin::ZERO });
    let top = Panel::top("fields-top").frame(frame).show_separator_line(false);
    let mut actions = top.show(ui, |ui| head(ui, scene, &opened)).inner;
    if actions.iter().any(|action| matches!(action, Action::Inspect(InspectCommand::Get))) {
        view.go = Some(Destination::Transfers);
    }
    match &opened.reading {
        FileReading::UnderWay => {
            let words = (fl!(l, "fields-being-read"), fl!(l, "fields-being-read-next"));
            empty::show(ui, scene.theme, words, None);
        }
        FileReading::Failed(why) => {
            let words = (fl!(l, "fields-not-read"), scene.text.message(why));
            if empty::show(ui, scene.theme, words, Some(fl!(l, "fields-again"))) {
                actions.push(Action::Inspect(InspectCommand::Again));
            }
        }
        FileReading::Other(kind) => {
            let kind = file_kind::kind_words(scene.text, *kind);
            let words = (fl!(l, "fields-other", kind = kind), fl!(l, "fields-other-next"));
            empty::show(ui, scene.theme, words, None);
        }
        FileReading::Fields(listing) => {
            problems(ui, scene, listing);
            table::show(ui, scene, listing, &mut view.table);
        }
    }
    actions
}

/// The file's name, what it holds in all, and what can be done with it.
fn head(ui: &mut Ui, scene: &Scene<'_>, opened: &OpenedFile) -> Vec<Action> {
    let l = &scene.text.loader;
    let mut actions = Vec::new();
    let name = ui.add(Label::new(RichText::new(&opened.name).strong()).truncate());
    field::heading(&name, (&opened.name, 2));
    let place = show_with_urls(&opened.target);
    ui.add(Label::new(RichText::new(&place).color(scene.theme.quiet).small()).truncate())
        .on_hover_text(place);
    if let FileReading::Fields(listing) = &opened.reading {
        ui.add(Label::new(RichText::new(figures(scene, listing)).color(scene.theme.quiet)).wrap());
    }
    ui.add_space(GRID);
    ui.horizontal_wrapped(|ui| {
        if opened.place == OpenedPlace::Server
            && main_button(ui, &fl!(l, "fields-download"), &Ok(()), scene.theme).clicked()
        {
            actions.push(Action::Inspect(InspectCommand::Get));
        }
        let able = match opened.reading {
            FileReading::UnderWay => Err(fl!(l, "fields-being-read")),
            FileReading::Fields(_) | FileReading::Other(_) | FileReading::Failed(_) => Ok(()),
        };
        if button(ui, &fl!(l, "fields-again"), &able).clicked() {
            actions.push(Action::Inspect(InspectCommand::Again));
        }
        if button(ui, &fl!(l, "fields-close"), &Ok(())).clicked() {
            actions.push(Action::Inspect(InspectCommand::Close));
        }
    });
    actions
}

fn figures(scene: &Scene<'_>, listing: &FieldListing) -> String {
    let (text, l) = (scene.text, &scene.text.loader);
    let n = listing.fields.len() as u64;
    let mut parts = vec![fl!(l, "fields-count", n = n, n_txt = text.count(n)), text.size(listing.length)];
    let runs: std::collections::BTreeSet<_> =
        listing.fields.iter().filter_map(|field| field.reference_time).collect();
    match (runs.first(), runs.last()) {
        (Some(first), Some(last)) if first == last => {
            parts.push(fl!(l, "fields-run", run = text.moment(*first)));
        }
        (Some(first), Some(last)) => {
            parts.push(fl!(l, "fields-runs", first = text.moment(*first), last = text.moment(*last)));
        }
        _ => {}
    }
    parts.join(" · ")
}

/// What is wrong with the file, above its fields.
fn problems(ui: &mut Ui, scene: &Scene<'_>, listing: &FieldListing) {
    if listing.problems.is_empty() {
        return;
    }
    let (text, l) = (scene.text, &scene.text.loader);
    let n = listing.problems.len() as u64;
    let frame = Frame::NONE.inner_margin(Margin { bottom: GRID as i8 + 2, ..Margin::ZERO });
    Panel::top("fields-problems").frame(frame).show_separator_line(false).show(ui, |ui| {
        let words = fl!(l, "fields-problems", n = n, n_txt = text.count(n));
        ui.add(Label::new(RichText::new(words).color(scene.theme.attention).strong()).wrap());
        let most = (ui.available_height() * 0.25).clamp(40.0, 140.0);
        ScrollArea::vertical().id_salt("fields-problems").max_height(most).auto_shrink([false, true]).show(
            ui,
            |ui| {
                for problem in listing.problems.iter().take(MOST_PROBLEMS) {
                    let words = problem_words(text, problem);
                    ui.add(Label::new(RichText::new(words).color(scene.theme.quiet)).wrap());
                }
            },
        );
    });
}
