//! Relays in use: their keys, their last answers, what files of them came to.
//!
//! In: what was observed of each. Out: actions. A relay is added in two steps, so that its key is seen before it is kept.
//!
//! | file | what it is |
//! |---|---|
//! | `adding` | a relay that is being added |
//! | `detail` | one relay from close by |
//! | `words` | what a row says |

mod adding;
mod detail;
mod words;

use super::hand_on::HandedOn;
use crate::app::input::Action;
use crate::app::relay::using::RelayUseCommand;
use crate::app::relay::using::view::{RelayAdding, RelayRow};
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::style::dialog_frame;
use crate::ui::theme::{GRID, HEADING_SIZE, ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::buttons::{Able, button};
use crate::ui::widgets::row::{self, Row, RowChoice};
use crate::ui::widgets::text::{Line, paint_line};
use crate::ui::widgets::{empty, field, mark};
use egui::{
    Align, Frame, Id, Key, Label, Layout, Margin, Modal, Panel, Rect, RichText, ScrollArea, Sense, Ui,
    UiBuilder, pos2, vec2,
};
use i18n_embed_fl::fl;

/// What this part remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Something to be handed on.
    pub hand_on: Option<HandedOn>,
    typed: String,
    /// The address of the relay that is looked at.
    chosen: Option<String>,
    /// The address of the one that is to be forgotten, once the person has said so twice.
    forgetting: Option<String>,
    /// Whether the list was read anew since the part is shown.
    is_read: bool,
}

/// Height of a row: address and key below each other.
const ROW: f32 = 2.0 * ROW_HEIGHT + 6.0;

/// Room for the buttons at the right end of a row.
const BUTTONS: f32 = 312.0;

/// Draws the part; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let relays = &scene.snapshot.relays;
    let mut wishes = Vec::new();
    // A terminal may have changed the list meanwhile.
    if !std::mem::replace(&mut view.is_read, true) {
        wishes.push(RelayUseCommand::Reread);
    }
    wishes.extend(adding::show(ui, scene, &mut view.typed));
    if let Some(trouble) = &relays.trouble {
        let words = RichText::new(scene.text.message(trouble)).color(scene.theme.failed);
        ui.add(Label::new(words).wrap());
    }
    let find = scene.find.to_lowercase();
    let rows: Vec<&RelayRow> = relays.rows.iter().filter(|row| is_found(row, &find)).collect();
    if rows.is_empty() {
        nothing(ui, scene);
    } else {
        wishes.extend(list(ui, scene, (&rows, view)));
    }
    wishes.extend(confirm(ui, scene, view));
    wishes.into_iter().map(Action::Relay).collect()
}

fn is_found(row: &RelayRow, find: &str) -> bool {
    let report = &row.report;
    let mut texts = [Some(&report.url), report.fingerprint.as_ref()].into_iter().flatten();
    find.is_empty() || texts.any(|text| text.to_lowercase().contains(find))
}

/// No relay is in use, or none that is looked for.
fn nothing(ui: &mut Ui, scene: &Scene<'_>) {
    let (l, relays) = (&scene.text.loader, &scene.snapshot.relays);
    if !relays.rows.is_empty() {
        let words = (fl!(l, "relays-use-none-found", find = scene.find), fl!(l, "sources-none-found-next"));
        empty::show(ui, scene.theme, words, None);
    } else if relays.is_known && matches!(relays.adding, RelayAdding::None | RelayAdding::Failed(_)) {
        empty::show(ui, scene.theme, (fl!(l, "relays-use-empty"), fl!(l, "relays-use-empty-next")), None);
    }
}

/// The rows, and below them the one that is looked at.
fn list(ui: &mut Ui, scene: &Scene<'_>, (rows, view): (&[&RelayRow], &mut View)) -> Vec<RelayUseCommand> {
    let chosen = rows.iter().find(|row| Some(&row.report.url) == view.chosen.as_ref()).or(rows.first());
    let chosen = chosen.map(|row| row.report.url.clone());
    if let Some(row) = rows.iter().find(|row| Some(&row.report.url) == chosen.as_ref()) {
        let most = (ui.available_height() - 2.0 * ROW - 2.0 * ROW_HEIGHT).max(120.0);
        let frame = Frame::NONE.inner_margin(Margin::symmetric(0, GRID as i8 + 2));
        let pane = Panel::bottom("relay-detail").resizable(true).default_size(most.min(330.0));
        pane.min_size(100.0).max_size(most).frame(frame).show(ui, |ui| {
            ui.set_min_height(ui.available_height());
            detail::show(ui, scene, row);
        });
    }
    let mut wishes = Vec::new();
    ui.spacing_mut().item_spacing.y = 0.0;
    head(ui, scene);
    let area = ScrollArea::vertical().id_salt("relays").auto_shrink([false, false]);
    area.show_rows(ui, ROW, rows.len(), |ui, range| {
        for at in range {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
            let choice = match chosen.as_ref() == Some(&rows[at].report.url) {
                true => RowChoice::Chosen,
                false => RowChoice::NotChosen,
            };
            let id = Id::unique(("relay", rows[at].report.url.as_str()));
            let own = Row { id, rect, place: (at, rows.len()), choice };
            wishes.extend(Pen { scene, own }.row(ui, rows[at], view));
        }
    });
    wishes
}

/// Relay, state, files, what they came to; the rest is for buttons.
fn cells(rect: Rect) -> [Rect; 4] {
    let rest = (rect.width() - BUTTONS - 24.0).max(460.0);
    let widths = [rest * 0.36, rest * 0.28, rest * 0.16, rest * 0.20];
    let mut x = rect.left() + 8.0;
    widths.map(|width| {
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2(x + width - 12.0, rect.bottom()));
        x += width;
        cell
    })
}

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let labels = [
        fl!(l, "relays-use-head-relay"),
        fl!(l, "relays-use-head-state"),
        fl!(l, "relays-use-head-files"),
        fl!(l, "relays-use-head-came-to"),
    ];
    for (cell, label) in cells(rect).into_iter().zip(labels) {
        paint_line(ui.painter(), cell, &label, Line::left(SMALL_SIZE, scene.theme.quiet));
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, scene.theme.line));
}

/// Draws one row.
struct Pen<'a> {
    scene: &'a Scene<'a>,
    own: Row,
}

impl Pen<'_> {
    fn row(&self, ui: &mut Ui, relay: &RelayRow, view: &mut View) -> Vec<RelayUseCommand> {
        let (theme, url) = (self.scene.theme, &relay.report.url);
        let said = words::said(self.scene, relay);
        let response = row::sense(ui, self.own, || said.sentence(self.scene));
        row::paint_ground(ui, &self.own, &response, theme);
        let [who, state, files, came_to] = cells(self.own.rect);
        let painter = ui.painter();
        for (cell, (upper, lower)) in [(who, &said.who), (files, &said.files), (came_to, &said.came_to)] {
            let [first, second] = halves(cell, lower);
            paint_line(painter, first, upper, Line::left(TEXT_SIZE, theme.text));
            paint_line(painter, second, lower, Line::left(SMALL_SIZE, theme.quiet));
        }
        let [first, second] = halves(state, &said.when);
        let colour = said.state.tone.color(theme);
        let sign = Rect::from_min_size(first.min, vec2(12.0, first.height()));
        mark::paint(painter, sign, said.state.mark, (colour, theme));
        let beside = |rect: Rect| Rect::from_min_max(pos2(rect.left() + 18.0, rect.top()), rect.max);
        paint_line(painter, beside(first), &said.state.words, Line::left(TEXT_SIZE, colour));
        paint_line(painter, beside(second), &said.when, Line::left(SMALL_SIZE, theme.quiet));
        let wishes = self.buttons(ui, relay, view);
        if response.clicked() {
            response.request_focus();
            view.chosen = Some(url.clone());
        }
        if response.has_focus() && ui.input(|input| input.key_pressed(Key::Delete)) {
            view.forgetting = Some(url.clone());
        }
        response.on_hover_text(said.tip());
        wishes
    }

    fn buttons(&self, ui: &mut Ui, relay: &RelayRow, view: &mut View) -> Vec<RelayUseCommand> {
        let l = &self.scene.text.loader;
        let url = relay.report.url.as_str();
        let mut wishes = Vec::new();
        let room = self.own.rect.shrink2(vec2(8.0, 0.0));
        let layout = Layout::right_to_left(Align::Center);
        let mut bar =
            ui.new_child(UiBuilder::new().id_salt(("relay-buttons", url)).max_rect(room).layout(layout));
        bar.spacing_mut().item_spacing.x = 6.0;
        let press = |bar: &mut Ui, label: String, (able, name): (&Able, String)| {
            let response = button(bar, &label, able);
            field::name(&response, &name);
            response.clicked()
        };
        let forget = fl!(l, "relays-use-forget-name", url = url);
        if press(&mut bar, fl!(l, "relays-use-forget"), (&Ok(()), forget)) {
            view.forgetting = Some(url.to_owned());
        }
        if press(&mut bar, fl!(l, "hand-on"), (&Ok(()), fl!(l, "hand-on-name", name = url))) {
            view.hand_on = Some(HandedOn::of_relay(&relay.report));
        }
        let able = match (relay.is_asked, &relay.report.aside) {
            (true, _) => Err(fl!(l, "sources-asking-now")),
            (false, Some(_)) => Err(fl!(l, "relays-use-is-aside")),
            (false, None) => Ok(()),
        };
        if press(&mut bar, fl!(l, "relays-use-ask"), (&able, fl!(l, "relays-use-ask-name", url = url))) {
            wishes.push(RelayUseCommand::Ask(url.to_owned()));
        }
        wishes
    }
}

/// The two lines of a cell; the first one is all of it when there is no second.
fn halves(cell: Rect, lower: &str) -> [Rect; 2] {
    let middle = if lower.is_empty() { cell.bottom() - 3.0 } else { cell.center().y };
    let first = Rect::from_min_max(pos2(cell.left(), cell.top() + 3.0), pos2(cell.right(), middle));
    [first, Rect::from_min_max(pos2(cell.left(), middle), pos2(cell.right(), cell.bottom() - 3.0))]
}

/// Asks once more before a key is forgotten: what comes after is a relay of which nothing is known.
fn confirm(ui: &Ui, scene: &Scene<'_>, view: &mut View) -> Option<RelayUseCommand> {
    let url = view.forgetting.clone()?;
    let l = &scene.text.loader;
    let mut answer = None;
    let ctx = ui.ctx();
    let modal = Modal::new(Id::unique("forget-relay")).frame(dialog_frame(ctx)).show(ctx, |ui| {
        ui.set_width(480.0_f32.min(ctx.content_rect().width() - 64.0));
        let title = fl!(l, "relays-use-forget-title");
        let heading = ui.label(RichText::new(&title).font(fonts::bold(HEADING_SIZE)));
        field::heading(&heading, (&title, 1));
        ui.add(Label::new(fl!(l, "relays-use-forget-note", url = url.as_str())).wrap());
        ui.add_space(3.0 * GRID);
        ui.horizontal(|ui| {
            if button(ui, &fl!(l, "relays-use-forget-yes"), &Ok(())).clicked() {
                answer = Some(true);
            }
            if button(ui, &fl!(l, "relays-use-forget-no"), &Ok(())).clicked() {
                answer = Some(false);
            }
        });
    });
    if modal.should_close() {
        answer = Some(false);
    }
    let is_meant = answer?;
    view.forgetting = None;
    is_meant.then_some(RelayUseCommand::Forget(url))
}
