//! Brokers: who there is, how each is doing, what is asked of it; and adding one.
//!
//! In: rows of brokers. Out: wishes. A password is typed into a field that hides it and leaves with the wish, nowhere else.

use super::{missed, words};
use crate::app::jobs::request::UNDO_FOR;
use crate::app::mesh::view::{BrokerAddress, BrokerKey, BrokerOrigin, BrokerRow, MeshCommand, TopicFilter};
use crate::domain::outside_text::show as show_text;
use crate::ui::fonts::bold;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::buttons::{Able, button, keep_clear, main_button};
use crate::ui::widgets::field::{self, TextField};
use crate::ui::widgets::mark;
use crate::ui::widgets::typed::Draft;
use egui::{Key, Label, Rect, RichText, ScrollArea, TextEdit, Ui, vec2};
use i18n_embed_fl::fl;
use std::fmt;

/// What is being typed.
#[derive(Default)]
pub struct View {
    url: String,
    user: String,
    password: String,
    /// The broker whose topics are being changed, and the filter being typed.
    topics: Option<(BrokerKey, String)>,
    /// The archive of that broker, being typed.
    archive: Draft,
    /// The topics of a broker before one was dropped, with that one, and until when that can be undone.
    dropped: Option<Dropped>,
}

/// A topic that was dropped.
#[derive(Clone)]
struct Dropped {
    broker: BrokerKey,
    filter: TopicFilter,
    before: Vec<TopicFilter>,
    until: f64,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("topics", &self.topics).finish_non_exhaustive()
    }
}

/// Draws the list, at most so high, and the fields for a new one.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, (most, wishes): (f32, &mut Vec<MeshCommand>)) {
    let area = ScrollArea::vertical().id_salt("brokers").auto_shrink([false, true]);
    area.max_height(most).show(ui, |ui| {
        for broker in &scene.snapshot.mesh.brokers {
            row(ui, scene, broker, (view, wishes));
            ui.add_space(GRID);
        }
        adding(ui, scene, view, wishes);
    });
}

fn row(
    ui: &mut Ui,
    scene: &Scene<'_>,
    broker: &BrokerRow,
    (view, wishes): (&mut View, &mut Vec<MeshCommand>),
) {
    let (text, theme, l) = (scene.text, scene.theme, &scene.text.loader);
    let title = show_text(&broker.title);
    let said = words::broker(text, broker);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        let (rect, _) = ui.allocate_exact_size(vec2(14.0, 18.0), egui::Sense::hover());
        mark::paint(
            ui.painter(),
            Rect::from_center_size(rect.center(), vec2(14.0, 14.0)),
            said.mark,
            (said.tone.color(theme), theme),
        );
        ui.label(RichText::new(&title).font(bold(TEXT_SIZE)));
        ui.label(RichText::new(show_text(&broker.key.0)).color(theme.quiet));
        ui.label(RichText::new(&said.words).color(said.tone.color(theme)));
    });
    deeds(ui, scene, broker, (view, wishes));
    missed::show(ui, scene, broker, wishes);
    if let Some(said) = words::password(text, broker) {
        ui.horizontal_wrapped(|ui| {
            ui.add_space(14.0 + 2.0 * GRID);
            ui.label(RichText::new(&said.words).color(said.tone.color(theme)).size(SMALL_SIZE));
        });
    }
    for (filter, reason) in broker.state.iter().flat_map(|state| &state.refused) {
        let words = fl!(l, "mesh-filter-refused", filter = show_text(filter), reason = show_text(reason));
        ui.label(RichText::new(words).color(theme.failed).size(SMALL_SIZE));
    }
    undo(ui, scene, broker, (view, wishes));
    let is_open = view.topics.as_ref().is_some_and(|(key, _)| *key == broker.key);
    if is_open {
        topics(ui, scene, broker, (view, wishes));
        missed::archive(ui, scene, broker, (&mut view.archive, wishes));
    }
}

/// The topic that was dropped, as long as that can be undone.
fn undo(
    ui: &mut Ui,
    scene: &Scene<'_>,
    broker: &BrokerRow,
    (view, wishes): (&mut View, &mut Vec<MeshCommand>),
) {
    let Some(dropped) = view.dropped.clone().filter(|dropped| dropped.broker == broker.key) else { return };
    let left = dropped.until - ui.input(|input| input.time);
    if left <= 0.0 {
        view.dropped = None;
        return;
    }
    ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left.max(0.05)));
    let l = &scene.text.loader;
    let bar = ui.horizontal_wrapped(|ui| {
        ui.add_space(14.0 + 2.0 * GRID);
        ui.label(fl!(l, "mesh-topic-dropped", filter = show_text(dropped.filter.as_str())));
        if button(ui, &fl!(l, "transfers-undo"), &Ok(())).clicked() {
            wishes.push(MeshCommand::Listen(dropped.broker, dropped.before));
            view.dropped = None;
        }
    });
    keep_clear(ui.ctx(), bar.response.rect);
}

/// What can be done with one broker, and its topics.
fn deeds(
    ui: &mut Ui,
    scene: &Scene<'_>,
    broker: &BrokerRow,
    (view, wishes): (&mut View, &mut Vec<MeshCommand>),
) {
    let (theme, l) = (scene.theme, &scene.text.loader);
    let title = show_text(&broker.title);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        ui.add_space(14.0 + 2.0 * GRID);
        let named = |response: egui::Response, name: String| {
            field::name(&response, &name);
            response
        };
        if broker.state.is_some() {
            let stop = named(
                button(ui, &fl!(l, "mesh-stop"), &Ok(())),
                fl!(l, "mesh-stop-name", broker = title.as_str()),
            );
            if stop.clicked() {
                wishes.push(MeshCommand::Leave(broker.key.clone()));
            }
        } else {
            let able = if broker.filters.is_empty() { Err(fl!(l, "mesh-no-topics")) } else { Ok(()) };
            let listen = main_button(ui, &fl!(l, "mesh-listen"), &able, theme);
            if named(listen, fl!(l, "mesh-listen-name", broker = title.as_str())).clicked() {
                wishes.push(MeshCommand::Listen(broker.key.clone(), broker.filters.clone()));
            }
        }
        let topics = named(
            button(ui, &fl!(l, "mesh-topics"), &Ok(())),
            fl!(l, "mesh-topics-name", broker = title.as_str()),
        );
        if topics.clicked() {
            let is_open = view.topics.as_ref().is_some_and(|(key, _)| *key == broker.key);
            view.archive.clear();
            view.topics = (!is_open).then(|| (broker.key.clone(), String::new()));
        }
        if broker.origin == BrokerOrigin::Person {
            let remove = named(
                button(ui, &fl!(l, "mesh-remove"), &Ok(())),
                fl!(l, "mesh-remove-name", broker = title.as_str()),
            );
            if remove.clicked() {
                wishes.push(MeshCommand::RemoveBroker(broker.key.clone()));
            }
        }
        let filters: Vec<String> = broker.filters.iter().map(|filter| show_text(filter.as_str())).collect();
        let filters = if filters.is_empty() { fl!(l, "mesh-no-topics") } else { filters.join("   ") };
        ui.add(Label::new(RichText::new(&filters).size(SMALL_SIZE).color(theme.quiet)).truncate())
            .on_hover_text(filters);
    });
}

/// The filters of one broker: each can be given up, another can be added.
fn topics(
    ui: &mut Ui,
    scene: &Scene<'_>,
    broker: &BrokerRow,
    (view, wishes): (&mut View, &mut Vec<MeshCommand>),
) {
    let l = &scene.text.loader;
    let ask = |filters: Vec<TopicFilter>| match filters.is_empty() {
        true => MeshCommand::Leave(broker.key.clone()),
        false => MeshCommand::Listen(broker.key.clone(), filters),
    };
    for filter in &broker.filters {
        ui.horizontal(|ui| {
            ui.add_space(14.0 + 2.0 * GRID);
            let response = ui.small_button("×");
            field::name(&response, &fl!(l, "mesh-topic-drop", filter = filter.to_string()));
            if response.clicked() {
                let until = ui.input(|input| input.time) + UNDO_FOR.as_secs_f64();
                let (key, before) = (broker.key.clone(), broker.filters.clone());
                view.dropped = Some(Dropped { broker: key, filter: filter.clone(), before, until });
                wishes.push(ask(broker.filters.iter().filter(|known| *known != filter).cloned().collect()));
            }
            ui.add(Label::new(show_text(filter.as_str())).truncate());
        });
    }
    let Some((_, typed)) = &mut view.topics else { return };
    ui.horizontal(|ui| {
        ui.add_space(14.0 + 2.0 * GRID);
        let (name, hint) = (fl!(l, "mesh-topic-name"), fl!(l, "mesh-topic-hint"));
        let width = (ui.available_width() - 130.0).clamp(160.0, 520.0);
        let response = field::show(ui, typed, &TextField { name: &name, hint: &hint, width });
        let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let able = filter_of(scene, typed);
        let words = able.as_ref().map(drop).map_err(Clone::clone);
        let is_pressed = button(ui, &fl!(l, "mesh-subscribe"), &words).clicked();
        if let (Ok(filter), true) = (able, is_pressed || is_entered) {
            let mut filters = broker.filters.clone();
            filters.retain(|known| !filter.covers(known));
            filters.push(filter);
            wishes.push(ask(filters));
            typed.clear();
        }
    });
}

fn filter_of(scene: &Scene<'_>, typed: &str) -> Result<TopicFilter, String> {
    let l = &scene.text.loader;
    match typed.trim() {
        "" => Err(fl!(l, "mesh-topic-empty")),
        text => match TopicFilter::parse(text) {
            Ok(filter) if filter.is_everything() => Err(fl!(l, "mesh-topic-everything")),
            Ok(filter) => Ok(filter),
            Err(_) => Err(fl!(l, "mesh-topic-wrong")),
        },
    }
}

fn adding(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, wishes: &mut Vec<MeshCommand>) {
    let l = &scene.text.loader;
    ui.horizontal_wrapped(|ui| {
        let (name, hint) = (fl!(l, "mesh-add-name"), fl!(l, "mesh-add-hint"));
        let width = (ui.available_width() - 420.0).clamp(200.0, 380.0);
        let url = field::show(ui, &mut view.url, &TextField { name: &name, hint: &hint, width });
        let user = fl!(l, "mesh-add-user");
        let as_whom = field::show(ui, &mut view.user, &TextField { name: &user, hint: &user, width: 110.0 });
        let password = fl!(l, "mesh-add-password");
        let edit =
            TextEdit::singleline(&mut view.password).password(true).hint_text(&password).desired_width(110.0);
        let secret = ui.add(edit);
        field::name(&secret, &password);
        let has_left = [url, as_whom, secret].iter().any(egui::Response::lost_focus);
        let is_entered = has_left && ui.input(|input| input.key_pressed(Key::Enter));
        let address = address_of(scene, view);
        let able: Able = address.as_ref().map(drop).map_err(Clone::clone);
        let add = button(ui, &fl!(l, "mesh-add"), &able);
        field::name(&add, &fl!(l, "mesh-add-broker"));
        if let (Ok(address), true) = (address, add.clicked() || is_entered) {
            let key = BrokerKey::of(&address);
            wishes.push(MeshCommand::AddBroker(Box::new(address)));
            *view = View { topics: Some((key, String::new())), ..View::default() };
        }
    });
}

/// What is typed, as an address; user and password of their own fields before those in the URL.
fn address_of(scene: &Scene<'_>, view: &View) -> Result<BrokerAddress, String> {
    let l = &scene.text.loader;
    if view.url.trim().is_empty() {
        return Err(fl!(l, "mesh-add-empty"));
    }
    let mut address = BrokerAddress::parse(&view.url).map_err(|_| fl!(l, "mesh-add-wrong"))?;
    if !view.user.trim().is_empty() {
        address = address.with_user(view.user.trim().to_owned(), view.password.clone());
    }
    Ok(address)
}
