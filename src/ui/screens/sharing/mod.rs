//! The screen of sharing: what this computer gives, the relays that it uses, what it publishes, and how far that may go.
//!
//! In: a snapshot. Out: actions. Start reading at [`show`].
//!
//! | file | what it is |
//! |---|---|
//! | [`given`] | what is uploaded, to how many, until when |
//! | [`relays`] | relays in use: keys, answers, what files of them came to |
//! | [`offer`] | publishing a folder, or relaying a dataset |
//! | [`limits`] | how fast and how long is uploaded, and whether others can call |
//! | [`hand_on`] | addresses, magnets and feeds to copy, or to read from a QR code |

pub mod given;
pub mod hand_on;
pub mod limits;
pub mod offer;
pub mod relays;

use super::{Destination, settings};
use crate::app::input::Action;
use crate::app::jobs::request::JobId;
use crate::ui::scene::Scene;
use crate::ui::theme::GRID;
use crate::ui::widgets::room;
use egui::{Button, Ui, vec2};
use i18n_embed_fl::fl;

/// A part of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SharingPart {
    /// What is given.
    #[default]
    Given,
    /// Relays in use.
    Relays,
    /// What is published or relayed from here.
    Offer,
    /// How fast and how long.
    Limits,
}

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Another screen that the person asked for; the shell takes it.
    pub go: Option<Destination>,
    /// A transfer to be shown from close by on that screen; the shell takes it.
    pub look: Option<JobId>,
    /// Which part is shown.
    pub part: SharingPart,
    given: given::View,
    relays: relays::View,
    offer: offer::View,
    limits: settings::View,
    hand_on: hand_on::View,
}

/// The least room in which everything stands without being cut.
const LEAST: egui::Vec2 = vec2(820.0, 300.0);

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let actions = room::show(ui, LEAST, |ui| draw(ui, scene, view));
    hand_on::show(ui.ctx(), scene, &mut view.hand_on);
    actions
}

fn draw(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let offers = offer::given(scene);
    ui.horizontal_wrapped(|ui| parts(ui, scene, (view, offers.len())));
    ui.add_space(GRID);
    let actions = match view.part {
        SharingPart::Given => given::show(ui, scene, (&mut view.given, &offers)),
        SharingPart::Relays => relays::show(ui, scene, &mut view.relays),
        // The half of "offer": what is published and relayed from here.
        SharingPart::Offer => offer::show(ui, scene, &mut view.offer),
        SharingPart::Limits => limits::show(ui, scene, &mut view.limits),
    };
    view.look = view.given.look.take();
    if std::mem::take(&mut view.given.wants_offer) {
        view.part = SharingPart::Offer;
    }
    let to_transfers = view.look.is_some().then_some(Destination::Transfers);
    view.go = to_transfers.or(view.given.go.take()).or(view.offer.go.take());
    let handed = view.given.hand_on.take().or(view.relays.hand_on.take()).or(view.offer.hand_on.take());
    if let Some(handed) = handed {
        view.hand_on.open(handed);
    }
    actions
}

/// The parts, with how much there is in each.
fn parts(ui: &mut Ui, scene: &Scene<'_>, (view, offers): (&mut View, usize)) {
    let l = &scene.text.loader;
    ui.spacing_mut().item_spacing.x = GRID;
    let relays = scene.snapshot.relays.rows.len();
    let all = [
        (SharingPart::Given, fl!(l, "sharing-given"), view.given.count(scene) + offers),
        (SharingPart::Relays, fl!(l, "sharing-relays"), relays),
        (SharingPart::Offer, fl!(l, "sharing-offer"), 0),
        (SharingPart::Limits, fl!(l, "sharing-limits"), 0),
    ];
    for (part, name, count) in all {
        let label = match count {
            0 => name,
            _ => fl!(l, "rail-with-count", title = name, n_txt = scene.text.count(count as u64)),
        };
        if ui.add(Button::new(label).selected(view.part == part)).clicked() {
            view.part = part;
        }
    }
}
