//! The first page: language, folder, a source, and the one choice without which nothing peers.
//!
//! In: settings without a choice. Out: settings with one. Pressing either of the two choices begins.

use super::settings::storage::absolute;
use crate::app::input::Action;
use crate::app::settings::{GivingChoice, LanguageChoice, Settings};
use crate::ui::icon_names;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::field::{self, TextField};
use crate::ui::widgets::picker::{FilePicker, Pick};
use crate::ui::widgets::typed::{self, Draft};
use crate::ui::{fonts, icon};
use egui::{
    Button, CentralPanel, Color32, CornerRadius, Frame, Label, Margin, Response, RichText, ScrollArea, Sense,
    Stroke, Ui, vec2,
};
use i18n_embed_fl::fl;

/// Width of the page.
const WIDTH: f32 = 680.0;

/// What the page remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    folder: Draft,
    source: String,
    picker: FilePicker,
}

/// Draws the page; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let mut actions = Vec::new();
    // The window was cleared in this colour: nothing is painted twice.
    let frame = Frame::new().inner_margin(Margin::symmetric(24, 16));
    CentralPanel::default_margins().frame(frame).show(ui, |ui| {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            let side = ((ui.available_width() - WIDTH) / 2.0).max(0.0);
            ui.horizontal(|ui| {
                ui.add_space(side);
                ui.vertical(|ui| {
                    ui.set_max_width(WIDTH.min(ui.available_width()));
                    page(ui, scene, (view, &mut actions));
                });
            });
        });
    });
    actions
}

fn page(ui: &mut Ui, scene: &Scene<'_>, (view, actions): (&mut View, &mut Vec<Action>)) {
    let l = &scene.text.loader;
    head(ui, scene);
    step(ui, scene, &fl!(l, "welcome-language"));
    language(ui, scene, actions);
    step(ui, scene, &fl!(l, "welcome-folder"));
    folder(ui, scene, (view, actions));
    step(ui, scene, &fl!(l, "welcome-source"));
    source(ui, scene, view);
    step(ui, scene, &fl!(l, "welcome-choice"));
    choice(ui, scene, (view, actions));
}

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    ui.add_space(2.0 * GRID);
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(56.0, 56.0), Sense::hover());
        icon::draw(ui.painter(), rect.min, 56.0, scene.theme);
        ui.vertical(|ui| {
            ui.add_space(GRID);
            let response = ui.label(RichText::new("Nuée").font(fonts::bold(24.0)));
            field::heading(&response, ("Nuée", 1));
            ui.add(
                Label::new(RichText::new(fl!(scene.text.loader, "welcome-intro")).color(scene.theme.quiet))
                    .wrap(),
            );
        });
    });
}

fn step(ui: &mut Ui, scene: &Scene<'_>, title: &str) {
    ui.add_space(4.0 * GRID);
    let response = ui.label(RichText::new(title).font(fonts::bold(TEXT_SIZE)).color(scene.theme.text));
    field::heading(&response, (title, 2));
}

fn set(actions: &mut Vec<Action>, scene: &Scene<'_>, change: impl FnOnce(&mut Settings)) {
    let mut settings = scene.settings.clone();
    change(&mut settings);
    actions.push(Action::Set(Box::new(settings)));
}

fn language(ui: &mut Ui, scene: &Scene<'_>, actions: &mut Vec<Action>) {
    let now = scene.text.language().code();
    ui.horizontal(|ui| {
        let all = [("English", "en", LanguageChoice::English), ("Français", "fr", LanguageChoice::French)];
        for (words, code, language) in all {
            if ui.add(Button::new(words).selected(code == now)).clicked() {
                set(actions, scene, |settings| settings.language = Some(language));
            }
        }
        if scene.settings.language.is_none() {
            ui.label(small(fl!(scene.text.loader, "welcome-language-found"), scene.theme.quiet));
        }
    });
}

fn small(text: String, colour: Color32) -> RichText {
    RichText::new(text).size(SMALL_SIZE).color(colour)
}

fn folder(ui: &mut Ui, scene: &Scene<'_>, (view, actions): (&mut View, &mut Vec<Action>)) {
    let (l, vitals) = (&scene.text.loader, &scene.snapshot.vitals);
    let shown = scene.settings.folder.clone().unwrap_or_else(|| vitals.folder.clone());
    let name = fl!(l, "settings-folder");
    ui.horizontal_top(|ui| {
        let field = TextField { name: &name, hint: "", width: (ui.available_width() - 140.0).min(440.0) };
        let read = (absolute, &*fl!(l, "settings-folder-wrong"));
        let text = shown.display().to_string();
        let typed = typed::show(ui, (&mut view.folder, &field), &text, read, scene.theme);
        if ui.add_enabled(!view.picker.is_open(), Button::new(fl!(l, "choose-folder"))).clicked() {
            view.picker.open(ui.ctx(), Pick::Folder(shown.clone()));
        }
        if let Some(folder) = view.picker.picked(ui.ctx()).or(typed) {
            set(actions, scene, |settings| settings.folder = Some(folder));
        }
    });
    let note = match vitals.free {
        _ if view.picker.is_missing => fl!(l, "picker-missing"),
        Some(free) => fl!(l, "settings-folder-free", free = scene.text.size(free)),
        None => fl!(l, "settings-folder-unknown"),
    };
    ui.label(small(note, scene.theme.quiet));
}

fn source(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) {
    let l = &scene.text.loader;
    let (name, hint) = (fl!(l, "welcome-source-name"), fl!(l, "welcome-source-hint"));
    let width = (ui.available_width() - 140.0).min(440.0);
    field::show(ui, &mut view.source, &TextField { name: &name, hint: &hint, width });
    let known: Vec<&str> =
        scene.snapshot.sources.iter().map(|source| source.title.as_str()).take(4).collect();
    let note = if known.is_empty() {
        fl!(l, "welcome-source-later")
    } else {
        fl!(l, "welcome-source-known", names = known.join(", "))
    };
    ui.add(Label::new(small(note, scene.theme.quiet)).wrap());
}

fn choice(ui: &mut Ui, scene: &Scene<'_>, (view, actions): (&mut View, &mut Vec<Action>)) {
    let l = &scene.text.loader;
    let up = scene.settings.limits.up.map(|rate| scene.text.rate(u64::from(rate)));
    let cap = match up {
        Some(rate) => fl!(l, "welcome-share-cap", rate = rate),
        None => fl!(l, "welcome-share-no-cap"),
    };
    let share = format!("{} {cap}", fl!(l, "welcome-share-note"));
    let all = [
        (GivingChoice::Share, fl!(l, "welcome-share"), share, scene.theme.peers),
        (GivingChoice::HttpOnly, fl!(l, "welcome-http"), fl!(l, "welcome-http-note"), scene.theme.edge),
    ];
    for (choice, title, note, edge) in all {
        ui.add_space(GRID);
        if card(ui, scene, &title, &note, edge).clicked() {
            if !view.source.trim().is_empty() {
                actions.push(Action::AddSource(view.source.trim().to_owned()));
            }
            set(actions, scene, |settings| settings.giving = Some(choice));
        }
    }
    ui.add_space(2.0 * GRID);
    ui.label(small(fl!(l, "welcome-nothing-yet"), scene.theme.quiet));
}

/// A choice with what it means; the whole of it is the button.
fn card(ui: &mut Ui, scene: &Scene<'_>, title: &str, note: &str, edge: Color32) -> Response {
    let theme = scene.theme;
    let wide = ui.available_width();
    let inner = wide - 48.0;
    let head = ui.painter().layout(title.to_owned(), fonts::bold(TEXT_SIZE + 1.0), theme.text, inner);
    let body =
        ui.painter().layout(note.to_owned(), egui::FontId::proportional(TEXT_SIZE), theme.quiet, inner);
    let high = head.size().y + body.size().y + 28.0;
    let (rect, response) = ui.allocate_exact_size(vec2(wide, high), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, title));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(note));
    let fill = if response.hovered() { theme.hovered } else { theme.panel };
    let round = CornerRadius::same(5);
    ui.painter().rect(rect, round, fill, Stroke::new(1.0, edge), egui::StrokeKind::Inside);
    let bar = egui::Rect::from_min_size(rect.min, vec2(4.0, rect.height()));
    ui.painter().rect_filled(bar, CornerRadius { nw: 5, sw: 5, ne: 0, se: 0 }, edge);
    let at = rect.min + vec2(18.0, 10.0);
    let below = at + vec2(0.0, head.size().y + 6.0);
    ui.painter().galley(at, head, theme.text);
    ui.painter().galley(below, body, theme.quiet);
    let arrow = icon_names::ARROW_FORWARD;
    let middle = egui::pos2(rect.right() - 18.0, rect.center().y);
    ui.painter().text(middle, egui::Align2::CENTER_CENTER, arrow, fonts::icons(18.0), theme.text);
    response
}
