//! Finding datasets in words in a Global Discovery Catalogue, and subscribing from a record: a list above the screen.
//!
//! In: words, and records as the catalogue gave them. Out: wishes. Asked is whoever comes first of the catalogues of the public, or
//! the collection that the person named. Start reading at [`View::show`].

use crate::app::catalog::asked::{CatalogAnswer, CatalogQuery, FoundRecords};
use crate::app::mesh::view::{
    ArchiveAddress, BrokerAddress, BrokerKey, BrokerRow, Channel, MeshCommand, Record, TopicFilter,
};
use crate::domain::outside_text::{show as show_text, show_with_urls};
use crate::ui::asked::PendingCatalogQuery;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::style::dialog_frame;
use crate::ui::theme::{GRID, HEADING_SIZE, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::buttons::{Able, button, main_button};
use crate::ui::widgets::field::{self, TextField};
use egui::{Context, Id, Key, Label, Modal, RichText, ScrollArea, Ui};
use i18n_embed_fl::fl;

/// Most records that are shown: who finds more needs more words.
const MOST_RECORDS: usize = 200;

/// The list, while it is open, and what was typed.
#[derive(Debug, Default)]
pub struct View {
    is_open: bool,
    is_fresh: bool,
    words: String,
    at: String,
    asked: PendingCatalogQuery,
}

impl View {
    /// Opens the list.
    pub fn open(&mut self) {
        self.is_open = true;
        self.is_fresh = true;
    }

    /// Draws the list while it is open.
    pub fn show(&mut self, ctx: &Context, scene: &Scene<'_>, wishes: &mut Vec<MeshCommand>) {
        if !self.is_open {
            return;
        }
        self.asked.listen(ctx);
        let size = ctx.content_rect().size();
        let mut is_done = false;
        let modal = Modal::new(Id::unique("finding")).frame(dialog_frame(ctx)).show(ctx, |ui| {
            let l = &scene.text.loader;
            ui.set_width(760.0_f32.min(size.x - 64.0));
            let title = fl!(l, "finding-title");
            let label = ui.label(RichText::new(&title).font(fonts::bold(HEADING_SIZE)));
            field::heading(&label, (&title, 2));
            ui.add_space(GRID);
            self.asking(ui, scene);
            ui.add_space(GRID);
            let area = ScrollArea::vertical().id_salt("finding").max_height((size.y - 290.0).max(80.0));
            area.auto_shrink([false, true]).show(ui, |ui| self.list(ui, scene, wishes));
            ui.add_space(2.0 * GRID);
            is_done = ui.button(fl!(l, "help-close")).clicked();
        });
        if is_done || modal.should_close() {
            self.is_open = false;
        }
    }

    /// The words, and the collection that is asked.
    fn asking(&mut self, ui: &mut Ui, scene: &Scene<'_>) {
        let l = &scene.text.loader;
        let mut is_entered = false;
        ui.horizontal_wrapped(|ui| {
            let (name, hint) = (fl!(l, "finding-words"), fl!(l, "finding-words-hint"));
            let words =
                field::show(ui, &mut self.words, &TextField { name: &name, hint: &hint, width: 240.0 });
            if std::mem::take(&mut self.is_fresh) {
                words.request_focus();
            }
            let (name, hint) = (fl!(l, "finding-at"), fl!(l, "finding-at-hint"));
            let width = (ui.available_width() - 130.0).clamp(180.0, 340.0);
            let at = field::show(ui, &mut self.at, &TextField { name: &name, hint: &hint, width });
            let is_key = ui.input(|input| input.key_pressed(Key::Enter));
            is_entered = is_key && (words.lost_focus() || at.lost_focus());
            let able = self.able(scene);
            let is_pressed = main_button(ui, &fl!(l, "finding-search"), &able, scene.theme).clicked();
            if able.is_ok() && (is_pressed || is_entered) {
                let words = self.words.trim().to_owned();
                let at = ArchiveAddress::parse(&self.at);
                self.asked.ask(scene, CatalogQuery::Search { words, at });
            }
        });
    }

    fn able(&self, scene: &Scene<'_>) -> Able {
        let l = &scene.text.loader;
        if self.words.trim().is_empty() {
            return Err(fl!(l, "finding-words-missing"));
        }
        match self.at.trim() {
            "" => Ok(()),
            at => ArchiveAddress::parse(at).map(drop).ok_or_else(|| fl!(l, "mesh-archive-wrong")),
        }
    }

    fn list(&self, ui: &mut Ui, scene: &Scene<'_>, wishes: &mut Vec<MeshCommand>) {
        let l = &scene.text.loader;
        match self.asked.answer() {
            Some(CatalogAnswer::Found(found)) => records(ui, scene, found, wishes),
            Some(CatalogAnswer::Refused(why)) => quiet(ui, scene, &scene.text.message(why)),
            Some(CatalogAnswer::Providers(_) | CatalogAnswer::Runs(_) | CatalogAnswer::Notices(_)) => {
                quiet(ui, scene, &fl!(l, "notices-unanswered"))
            }
            None if self.asked.is_pending() => quiet(ui, scene, &fl!(l, "finding-asked")),
            None => quiet(ui, scene, &fl!(l, "finding-note")),
        }
    }
}

fn quiet(ui: &mut Ui, scene: &Scene<'_>, text: &str) {
    ui.add(Label::new(RichText::new(text).color(scene.theme.quiet)).wrap());
}

fn records(ui: &mut Ui, scene: &Scene<'_>, found: &FoundRecords, wishes: &mut Vec<MeshCommand>) {
    let (text, l) = (scene.text, &scene.text.loader);
    let shown = found.records.len().min(MOST_RECORDS);
    let all = text.count(found.of.unwrap_or(found.records.len() as u64));
    let count = text.count(shown as u64);
    quiet(ui, scene, &fl!(l, "catalog-found", whose = found.whose.as_str(), count = count, all = all));
    for record in &found.records[..shown] {
        ui.add_space(GRID);
        one(ui, scene, record, wishes);
    }
}

fn one(ui: &mut Ui, scene: &Scene<'_>, record: &Record, wishes: &mut Vec<MeshCommand>) {
    let (l, theme) = (&scene.text.loader, scene.theme);
    let id = record.id.as_deref().map(show_text).unwrap_or_default();
    let title = record.title.as_deref().map_or_else(|| id.clone(), show_text);
    ui.add(Label::new(RichText::new(&title).font(fonts::bold(TEXT_SIZE))).wrap());
    let policy = record.policy.as_deref().map(show_text).unwrap_or_default();
    let line = [id, policy].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let label = Label::new(RichText::new(&line).size(SMALL_SIZE).color(theme.quiet)).truncate();
    let about = record.description.as_deref().map(show_text).unwrap_or_default();
    ui.add(label).on_hover_text(format!("{line}\n{about}"));
    let channels: Vec<&Channel> = record.channels.iter().filter(|one| !one.broker.is_empty()).collect();
    if channels.is_empty() {
        quiet(ui, scene, &fl!(l, "finding-no-channel"));
    }
    for channel in channels {
        let offer = offer_of(scene, channel);
        ui.horizontal(|ui| {
            let able = offer.as_ref().map(drop).map_err(Clone::clone);
            let response = button(ui, &fl!(l, "mesh-subscribe"), &able);
            let topic = show_text(&channel.topic);
            let broker = BrokerAddress::parse(&channel.broker)
                .map_or_else(|_| show_with_urls(&channel.broker), |address| address.authority());
            field::name(
                &response,
                &fl!(l, "finding-subscribe", topic = topic.as_str(), broker = broker.as_str()),
            );
            if let (Ok((address, filter)), true) = (offer, response.clicked()) {
                wishes.extend(subscribing(&scene.snapshot.mesh.brokers, address, filter));
            }
            let words = format!("{topic} · {broker}");
            ui.add(Label::new(RichText::new(&words).size(SMALL_SIZE)).truncate()).on_hover_text(words);
        });
    }
}

/// The broker and the topic of a channel, or why there is nothing to subscribe to.
fn offer_of(scene: &Scene<'_>, channel: &Channel) -> Result<(BrokerAddress, TopicFilter), String> {
    let l = &scene.text.loader;
    let address = BrokerAddress::parse(&channel.broker).map_err(|_| fl!(l, "finding-no-broker"))?;
    match TopicFilter::parse(&channel.topic) {
        Ok(filter) if !filter.is_everything() => Ok((address, filter)),
        Ok(_) => Err(fl!(l, "mesh-topic-everything")),
        Err(_) => Err(fl!(l, "mesh-topic-wrong")),
    }
}

/// Adds the broker unless it is known, and listens to the topic beside what is heard there.
fn subscribing(known: &[BrokerRow], address: BrokerAddress, filter: TopicFilter) -> Vec<MeshCommand> {
    let key = BrokerKey::of(&address);
    let broker = known.iter().find(|broker| broker.key == key);
    let mut filters = match broker {
        Some(broker) if broker.state.is_some() => broker.filters.clone(),
        _ => Vec::new(),
    };
    if !filters.iter().any(|known| known.covers(&filter)) {
        filters.retain(|known| !filter.covers(known));
        filters.push(filter);
    }
    let add = broker.is_none().then(|| MeshCommand::AddBroker(Box::new(address)));
    add.into_iter().chain([MeshCommand::Listen(key, filters)]).collect()
}
