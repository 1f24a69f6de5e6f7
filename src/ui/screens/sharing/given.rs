//! What this computer gives: one row a transfer, and above them all of it added up.
//!
//! In: jobs. Out: actions. A row can be stopped, go on, be kept up longer, handed on, and opened from close by; `rows` draws it.

mod rows;

use super::hand_on::HandedOn;
use crate::app::given::{GivenStanding, GivenTable, given_in_all};
use crate::app::input::{Action, Tuning};
use crate::app::jobs::request::JobId;
use crate::app::settings::GivingChoice;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::screens::Destination;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::empty;
use egui::{FontId, Frame, Margin, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use i18n_embed_fl::fl;
pub use rows::GivenOffer;
use rows::{GivenDeed, ROW, RowPen, SaidOfGiven};
use std::time::Duration;

/// How much longer something is uploaded by one press.
const LONGER: Duration = Duration::from_secs(3600);

/// What this part remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Another screen that the person asked for.
    pub go: Option<Destination>,
    /// A transfer to be shown from close by.
    pub look: Option<JobId>,
    /// Whether what is published from here is to be shown.
    pub wants_offer: bool,
    /// Something to be handed on.
    pub hand_on: Option<HandedOn>,
    /// What was added up, and of which snapshot.
    table: (GivenTable, Option<u64>),
    chosen: Option<JobId>,
}

impl View {
    /// How many transfers are uploaded or can be again.
    pub fn count(&mut self, scene: &Scene<'_>) -> usize {
        self.hear(scene);
        self.table.0.rows.len()
    }

    fn hear(&mut self, scene: &Scene<'_>) {
        if self.table.1 != Some(scene.snapshot.version) {
            self.table = (GivenTable::of(scene.snapshot), Some(scene.snapshot.version));
        }
    }
}

/// Draws the part; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, (view, offers): (&mut View, &[GivenOffer])) -> Vec<Action> {
    view.hear(scene);
    let table = view.table.0.clone();
    sums(ui, scene, (&table, offers));
    ui.add_space(2.0 * GRID);
    let l = &scene.text.loader;
    if table.rows.is_empty() && offers.is_empty() {
        let is_sharing = scene.settings.giving == Some(GivingChoice::Share);
        let next =
            if is_sharing { fl!(l, "sharing-empty-next") } else { fl!(l, "sharing-empty-not-sharing") };
        if empty::show(ui, scene.theme, (fl!(l, "sharing-empty"), next), Some(fl!(l, "transfers-to-hours"))) {
            view.go = Some(Destination::Hours);
        }
        return Vec::new();
    }
    let find = scene.find.to_lowercase();
    let own = table.rows.iter().filter_map(|row| SaidOfGiven::of(scene, row));
    let all = own.chain(offers.iter().map(|offer| SaidOfGiven::of_offer(scene, offer)));
    let said: Vec<SaidOfGiven<'_>> =
        all.filter(|said| find.is_empty() || said.title().to_lowercase().contains(&find)).collect();
    if said.is_empty() {
        let words = (fl!(l, "sharing-none-found", find = scene.find), fl!(l, "sources-none-found-next"));
        empty::show(ui, scene.theme, words, None);
        return Vec::new();
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    rows::head(ui, scene);
    let mut deeds = Vec::new();
    let area = ScrollArea::vertical().id_salt("given").auto_shrink([false, false]);
    area.show_rows(ui, ROW, said.len(), |ui, range| {
        for at in range {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
            let pen = RowPen { scene, rect, place: (at, said.len()), chosen: view.chosen };
            deeds.extend(pen.row(ui, &said[at]));
        }
    });
    deeds.into_iter().filter_map(|deed| perform(view, deed)).collect()
}

/// Does what was done to a row.
fn perform(view: &mut View, deed: GivenDeed) -> Option<Action> {
    match deed {
        GivenDeed::Choose(id) => {
            view.chosen = Some(id);
            None
        }
        GivenDeed::Look(id) => {
            view.look = Some(id);
            Some(Action::Look(Some(id)))
        }
        GivenDeed::Turn(id, GivenStanding::Uploading) => Some(Action::StopGiving(vec![id])),
        GivenDeed::Turn(id, GivenStanding::Stopped) => Some(Action::GiveAgain(vec![id])),
        GivenDeed::Turn(_, GivenStanding::WhileReceiving) => None,
        GivenDeed::Longer(id) => Some(Action::Tune(vec![id], Tuning::GiveLonger(LONGER))),
        GivenDeed::HandOn(handed) => {
            view.hand_on = Some(handed);
            None
        }
        GivenDeed::Offer => {
            view.wants_offer = true;
            None
        }
    }
}

/// Peers, rate, and what was uploaded.
fn sums(ui: &mut Ui, scene: &Scene<'_>, (table, offers): (&GivenTable, &[GivenOffer])) {
    let (text, l) = (scene.text, &scene.text.loader);
    let (now, in_all) = given_in_all(scene.snapshot);
    let figures = [
        (fl!(l, "sharing-sum-transfers"), text.count((table.uploading + offers.len()) as u64)),
        (
            fl!(l, "sharing-sum-peers"),
            text.count((table.peers + offers.iter().map(|offer| offer.peers).sum::<usize>()) as u64),
        ),
        (
            fl!(l, "sharing-sum-rate"),
            text.rate(table.rate + offers.iter().map(|offer| offer.rate).sum::<u64>()),
        ),
        (fl!(l, "sharing-sum-now"), text.size(now)),
        (fl!(l, "sharing-sum-in-all"), text.size(in_all)),
    ];
    let frame = Frame::NONE.fill(scene.theme.panel).inner_margin(Margin::symmetric(12, 8)).corner_radius(3);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_wrapped(|ui| {
            for (name, figure) in figures {
                sum(ui, scene, (&name, &figure));
            }
        });
    });
}

/// One figure below its name; one node with both for screen readers.
fn sum(ui: &mut Ui, scene: &Scene<'_>, (name, figure): (&str, &str)) {
    let quiet = scene.theme.quiet;
    let name_galley = ui.painter().layout_no_wrap(name.to_owned(), FontId::proportional(SMALL_SIZE), quiet);
    let figure_galley =
        ui.painter().layout_no_wrap(figure.to_owned(), fonts::bold(TEXT_SIZE + 1.5), scene.theme.text);
    let size = vec2(
        name_galley.size().x.max(figure_galley.size().x) + 24.0,
        name_galley.size().y + figure_galley.size().y + 2.0,
    );
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = format!("{name}: {figure}");
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    let below = name_galley.size().y + 2.0;
    ui.painter().galley(rect.min, name_galley, quiet);
    ui.painter().galley(rect.min + vec2(0.0, below), figure_galley, scene.theme.text);
}
