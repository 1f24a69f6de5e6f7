//! Above the matrix: which dataset, which packages, fields and levels, and choices that are made with one press.
//!
//! In: what the catalogue and an index tell. Out: a filter, an axis, a choice, actions.

use super::View;
use super::axis::{Axis, MatrixColumns};
use super::choice;
use super::files;
use super::words;
use crate::app::catalog::hours::{CatalogReading, FieldChoice, HoursView};
use crate::app::catalog::parameter_names::PRESETS;
use crate::app::catalog::sources::SourceRow;
use crate::app::input::Action;
use crate::i18n::Language;
use crate::ui::scene::Scene;
use crate::ui::widgets::buttons::{Able, button};
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{ComboBox, Label, PopupCloseBehavior, RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;
use std::collections::BTreeMap;

/// Draws everything above the matrix; returns what the person meant.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (shown, leads): (&HoursView, &MatrixColumns),
    view: &mut View,
) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.horizontal_wrapped(|ui| {
        actions.extend(datasets(ui, scene, shown));
        actions.extend(state(ui, scene, shown));
    });
    if let Some(table) = &shown.table {
        ui.horizontal_wrapped(|ui| files::filters(ui, scene, table, &mut view.files));
        return actions;
    }
    ui.horizontal_wrapped(|ui| {
        let before = view.filter.clone();
        what(ui, scene, shown, view);
        if view.filter != before {
            actions.push(Action::FilterHours(view.filter.clone()));
        }
        ui.separator();
        presets(ui, scene, (shown, leads), view);
        ui.separator();
        axis(ui, scene, &mut view.axis);
    });
    actions
}

/// Which dataset is shown, and whose it is.
fn datasets(ui: &mut Ui, scene: &Scene<'_>, shown: &HoursView) -> Vec<Action> {
    let mut actions = Vec::new();
    let name = fl!(&scene.text.loader, "hours-dataset");
    let combo =
        ComboBox::from_id_salt("dataset").selected_text(RichText::new(&shown.title).strong()).width(280.0);
    let response = combo.show_ui(ui, |ui| {
        for dataset in scene.snapshot.sources.iter().flat_map(|source| &source.datasets) {
            if ui.selectable_label(dataset.id == shown.dataset, &dataset.title).clicked() {
                actions.push(Action::OpenHours(Some(dataset.id.clone())));
            }
        }
    });
    let label = format!("{name} {}", shown.title);
    ui.ctx().accesskit_node_builder(response.response.id, |node| node.set_label(label));
    actions
}

/// Where reading the catalogue stands, with the button that reads it again, and the licence.
fn state(ui: &mut Ui, scene: &Scene<'_>, shown: &HoursView) -> Vec<Action> {
    let (text, theme) = (scene.text, scene.theme);
    let color = match shown.reading {
        CatalogReading::Failed(..) => theme.failed,
        _ => theme.quiet,
    };
    let source = source_of(scene, shown);
    let able: Able = match (&shown.reading, source) {
        (CatalogReading::UnderWay(_), _) => Err(fl!(&text.loader, "hours-being-read")),
        (_, None) => Err(fl!(&text.loader, "hours-no-source")),
        _ => Ok(()),
    };
    let again = button(ui, &fl!(&text.loader, "hours-ask-again"), &able);
    let words = words::reading(text, &shown.reading, scene.snapshot.vitals.now);
    let label = Label::new(RichText::new(words).color(color));
    // A reason may be long: it stands in full where nothing else does, and on hover.
    ui.add(if matches!(shown.reading, CatalogReading::Failed(..)) { label.truncate() } else { label });
    if let Some(licence) = &shown.licence
        && ui.available_size_before_wrap().x > 120.0
    {
        ui.add(Label::new(RichText::new(licence).color(theme.quiet)).truncate());
    }
    match source {
        Some(source) if again.clicked() => vec![Action::AskSource(source.key.clone())],
        _ => Vec::new(),
    }
}

fn source_of<'a>(scene: &'a Scene<'_>, shown: &HoursView) -> Option<&'a SourceRow> {
    let has = |source: &&SourceRow| source.datasets.iter().any(|dataset| dataset.id == shown.dataset);
    scene.snapshot.sources.iter().find(has)
}

/// Packages, fields, levels and members.
fn what(ui: &mut Ui, scene: &Scene<'_>, shown: &HoursView, view: &mut View) {
    let l = &scene.text.loader;
    if shown.packages.len() > 1 {
        ui.label(fl!(l, "hours-packages"));
        for package in &shown.packages {
            let is_on = view.filter.packages.contains(package);
            if ui.selectable_label(is_on, package).clicked() {
                toggle(&mut view.filter.packages, package);
            }
        }
    }
    let params: BTreeMap<&str, String> =
        shown.fields.iter().map(|field| (field.param.as_str(), label_of(scene, field))).collect();
    let mut levels: Vec<(&str, String)> = Vec::new();
    for field in shown.fields.iter().filter(|field| !field.level.is_empty()) {
        if !levels.iter().any(|(level, _)| *level == field.level) {
            levels.push((&field.level, field.level.clone()));
        }
    }
    let params: Vec<(&str, String)> = params.into_iter().collect();
    let none = fl!(l, "hours-no-fields");
    let presets = |ui: &mut Ui, chosen: &mut Vec<String>| field_presets(ui, scene, &params, chosen);
    menu(ui, scene, (&fl!(l, "hours-fields"), &none), (&params, &mut view.filter.params), presets);
    menu(ui, scene, (&fl!(l, "hours-levels"), &none), (&levels, &mut view.filter.levels), |_, _| ());
    if !shown.members.is_empty() {
        let members: Vec<(&str, String)> =
            shown.members.iter().map(|member| (member.as_str(), member_label(scene, member))).collect();
        menu(ui, scene, (&fl!(l, "hours-members"), &none), (&members, &mut view.filter.members), |_, _| ());
    }
}

/// What a member is called: the control, the mean and the spread by a word, others by their numbers.
fn member_label(scene: &Scene<'_>, member: &str) -> String {
    let l = &scene.text.loader;
    match member {
        "control" => fl!(l, "hours-member-control"),
        "mean" => fl!(l, "hours-member-mean"),
        "spread" => fl!(l, "hours-member-spread"),
        number => number.to_owned(),
    }
}

/// Choices of fields that many make, as far as this dataset has them.
fn field_presets(ui: &mut Ui, scene: &Scene<'_>, params: &[(&str, String)], chosen: &mut Vec<String>) {
    let is_french = scene.text.language() == Language::French;
    for preset in &PRESETS {
        let wanted = preset.params.split(',').filter(|name| params.iter().any(|(param, _)| param == name));
        let wanted: Vec<String> = wanted.map(str::to_owned).collect();
        let name = format!("@{}", if is_french { preset.fr } else { preset.en });
        let is_on = !wanted.is_empty() && *chosen == wanted;
        if !wanted.is_empty() && ui.selectable_label(is_on, name).on_hover_text(wanted.join(", ")).clicked() {
            *chosen = wanted;
        }
    }
}

fn label_of(scene: &Scene<'_>, field: &FieldChoice) -> String {
    let (english, french) = &field.names;
    let name = if scene.text.language() == Language::French { french } else { english };
    format!("{name} ({})", field.param)
}

fn toggle(list: &mut Vec<String>, item: &str) {
    match list.iter().position(|one| one == item) {
        Some(at) => {
            list.remove(at);
        }
        None => list.push(item.to_owned()),
    }
}

/// A list of boxes behind a button that says how many are ticked; none means all.
fn menu(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (name, none): (&str, &str),
    (items, chosen): (&[(&str, String)], &mut Vec<String>),
    presets: impl FnOnce(&mut Ui, &mut Vec<String>),
) {
    let l = &scene.text.loader;
    let figure = match chosen.as_slice() {
        [] => fl!(l, "hours-all"),
        // In short where its label says that as well, else by its label.
        [one] => {
            let label = items.iter().find(|(item, _)| item == one).map(|(_, label)| label);
            label.filter(|label| !label.contains(one.as_str())).unwrap_or(one).clone()
        }
        many => scene.text.count(many.len() as u64),
    };
    let label = fl!(l, "hours-filter", name = name, figure = figure.as_str());
    if items.is_empty() {
        button(ui, &label, &Err(none.to_owned()));
        return;
    }
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    MenuButton::new(label).config(config).ui(ui, |ui| {
        if ui.selectable_label(chosen.is_empty(), fl!(l, "hours-take-all")).clicked() {
            chosen.clear();
        }
        presets(ui, chosen);
        ui.add(Label::new(RichText::new(fl!(l, "hours-no-area")).color(scene.theme.quiet)).wrap());
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            for (item, label) in items {
                let mut is_on = chosen.iter().any(|one| one == item);
                if ui.checkbox(&mut is_on, label).changed() {
                    toggle(chosen, item);
                }
            }
        });
    });
}

/// Choices that are made with one press.
fn presets(ui: &mut Ui, scene: &Scene<'_>, (shown, leads): (&HoursView, &MatrixColumns), view: &mut View) {
    let l = &scene.text.loader;
    let nothing = || fl!(l, "hours-nothing-published");
    let latest = || choice::latest_run(shown, leads);
    let able: Able = if view.day.is_some() { Ok(()) } else { Err(nothing()) };
    if button(ui, &fl!(l, "hours-preset-latest"), &able).clicked() {
        view.choice.set(latest());
    }
    let name = match view.day {
        Some(day) => fl!(l, "hours-preset-day", day = scene.text.day(day)),
        None => fl!(l, "hours-preset-no-day"),
    };
    let whole = button(ui, &name, &able);
    if whole.on_hover_text(fl!(l, "hours-preset-day-tip")).clicked() {
        view.choice.set(choice::whole_day(shown, leads, scene.snapshot.vitals.now));
    }
    let has_choice = !view.choice.slots().is_empty();
    let able = if has_choice { Ok(()) } else { Err(fl!(l, "hours-nothing-chosen")) };
    if button(ui, &fl!(l, "hours-preset-none"), &able).clicked() {
        view.choice.clear();
    }
}

/// What columns stand for.
fn axis(ui: &mut Ui, scene: &Scene<'_>, axis: &mut Axis) {
    let l = &scene.text.loader;
    ui.label(fl!(l, "hours-columns"));
    ui.selectable_value(axis, Axis::Lead, fl!(l, "hours-by-lead"));
    let valid = ui.selectable_value(axis, Axis::Valid, fl!(l, "hours-by-valid"));
    valid.on_hover_text(fl!(l, "hours-by-valid-tip"));
}
