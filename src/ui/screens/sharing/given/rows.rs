//! Rows of what is given: what they say, and what can be done with them.
//!
//! In: a transfer, or something that is published from here. Out: [`GivenDeed`]s.

use super::super::hand_on::HandedOn;
use crate::app::given::{GivenRow, GivenStanding, giving_of};
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::request::JobId;
use crate::app::jobs::view::Job;
use crate::app::settings::GivingChoice;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text;
use crate::i18n::giving;
use crate::ui::scene::Scene;
use crate::ui::screens::transfers::words;
use crate::ui::theme::{ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::buttons::{Able, button};
use crate::ui::widgets::field;
use crate::ui::widgets::mark::{self, Mark};
use crate::ui::widgets::row::{self, Row, RowChoice};
use crate::ui::widgets::text::{Line, paint_line, paint_split};
use egui::{Align, Id, Key, Layout, Rect, Sense, Stroke, Ui, UiBuilder, pos2, vec2};
use i18n_embed_fl::fl;
use std::sync::Arc;

/// Height of a row: its buttons fit in.
pub const ROW: f32 = ROW_HEIGHT + 8.0;

/// Room for the buttons at the right end of a row.
const BUTTONS: f32 = 306.0;

/// Something that is published or relayed from here, as it is given now.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenOffer {
    /// What it is called.
    pub name: String,
    /// Peers now.
    pub peers: usize,
    /// Octets a second given to them.
    pub rate: u64,
    /// Octets given to peers since it was started.
    pub given: ByteCount,
    /// How many times its size that is.
    pub ratio: f64,
    /// Until when, in words.
    pub until: String,
}

/// What was done to a row.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenDeed {
    /// It was chosen.
    Choose(JobId),
    /// It is to be shown from close by.
    Look(JobId),
    /// What is uploaded is to be stopped, and what is stopped to go on.
    Turn(JobId, GivenStanding),
    /// It is to be uploaded longer.
    Longer(JobId),
    /// It is to be handed on.
    HandOn(HandedOn),
    /// What is published from here is to be shown.
    Offer,
}

/// What a row says.
pub struct SaidOfGiven<'a> {
    /// The transfer. `None` for what is published from here.
    own: Option<OwnTransfer<'a>>,
    name: (String, String),
    peers: String,
    rate: String,
    given: String,
    ratio: String,
    until: String,
}

/// A transfer that gives.
#[derive(Clone, Copy)]
struct OwnTransfer<'a> {
    job: &'a Arc<Job>,
    standing: GivenStanding,
    giving: Option<&'a GivingState>,
}

impl<'a> SaidOfGiven<'a> {
    /// What the row of a transfer says. `None` when it is gone.
    pub fn of(scene: &'a Scene<'_>, row: &GivenRow) -> Option<Self> {
        let (text, l) = (scene.text, &scene.text.loader);
        let job = scene.snapshot.job(row.id)?;
        let (live, giving) = (job.transfer.live(), giving_of(scene.snapshot, job));
        let is_sized = job.transfer.wanted > ByteCount::ZERO;
        let ratio = GivingState::given_of_size(&job.transfer);
        Some(Self {
            own: Some(OwnTransfer { job, standing: row.standing, giving }),
            name: words::name(job, text),
            peers: match row.standing {
                GivenStanding::Stopped => String::new(),
                GivenStanding::Uploading | GivenStanding::WhileReceiving => {
                    text.count(live.peers_live as u64)
                }
            },
            rate: if live.given_rate > 0 { text.rate(live.given_rate) } else { String::new() },
            given: text.size(job.transfer.given),
            ratio: if is_sized { giving::multiple(text, ratio) } else { String::new() },
            until: match (row.standing, giving) {
                (GivenStanding::Stopped, _) => fl!(l, "sharing-stopped"),
                (GivenStanding::WhileReceiving, _) => fl!(l, "sharing-while-receiving"),
                (GivenStanding::Uploading, Some(state)) => giving::end_short(text, state),
                (GivenStanding::Uploading, None) => String::new(),
            },
        })
    }

    /// What the row of something says that is published from here.
    pub fn of_offer(scene: &Scene<'_>, offer: &GivenOffer) -> Self {
        let text = scene.text;
        Self {
            own: None,
            name: (outside_text::show(&offer.name), String::new()),
            peers: text.count(offer.peers as u64),
            rate: if offer.rate > 0 { text.rate(offer.rate) } else { String::new() },
            given: text.size(offer.given),
            ratio: giving::multiple(text, offer.ratio),
            until: offer.until.clone(),
        }
    }

    /// What it is called.
    pub fn title(&self) -> String {
        format!("{}{}", self.name.0, self.name.1)
    }

    fn sentence(&self, scene: &Scene<'_>) -> String {
        let or_dash = |words: &str| if words.is_empty() { "–".to_owned() } else { words.to_owned() };
        fl!(
            &scene.text.loader,
            "sharing-row",
            name = self.title(),
            peers = or_dash(&self.peers),
            rate = or_dash(&self.rate),
            given = self.given.as_str(),
            ratio = or_dash(&self.ratio),
            until = or_dash(&self.until)
        )
    }
}

/// Name, peers, rate, given, ratio, until; the rest is for buttons.
fn cells(rect: Rect) -> [Rect; 6] {
    let rest = (rect.width() - BUTTONS - 24.0).max(480.0);
    let fixed = [52.0, 84.0, 80.0, 52.0];
    let (taken, gaps) = (fixed.iter().sum::<f32>(), 12.0 * 6.0);
    let words = (rest - taken - gaps).max(200.0);
    let widths = [words * 0.6, fixed[0], fixed[1], fixed[2], fixed[3], words * 0.4];
    let mut x = rect.left() + 8.0;
    widths.map(|width| {
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2(x + width, rect.bottom()));
        x += width + 12.0;
        cell
    })
}

/// Draws the heads of the columns.
pub fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let labels = [
        (fl!(l, "sharing-head-name"), Align::Min),
        (fl!(l, "sharing-head-peers"), Align::Max),
        (fl!(l, "sharing-head-rate"), Align::Max),
        (fl!(l, "sharing-head-given"), Align::Max),
        (fl!(l, "sharing-head-ratio"), Align::Max),
        (fl!(l, "sharing-head-until"), Align::Min),
    ];
    for (cell, (label, align)) in cells(rect).into_iter().zip(labels) {
        paint_line(ui.painter(), cell, &label, Line { size: SMALL_SIZE, color: scene.theme.quiet, align });
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, scene.theme.line));
}

/// Draws one row.
pub struct RowPen<'a> {
    /// What is drawn from.
    pub scene: &'a Scene<'a>,
    /// Where.
    pub rect: Rect,
    /// Its place, from 0, and how many there are.
    pub place: (usize, usize),
    /// The transfer that is chosen.
    pub chosen: Option<JobId>,
}

impl RowPen<'_> {
    /// Draws it; returns what was done to it.
    pub fn row(&self, ui: &mut Ui, said: &SaidOfGiven<'_>) -> Vec<GivenDeed> {
        let id = said.own.map(|own| own.job.id);
        let choice = if id.is_some() && self.chosen == id { RowChoice::Chosen } else { RowChoice::NotChosen };
        let name =
            id.map_or_else(|| Id::unique(("given-offer", self.place.0)), |id| Id::unique(("given", id)));
        let own = Row { id: name, rect: self.rect, place: self.place, choice };
        let response = row::sense(ui, own, || said.sentence(self.scene));
        row::paint_ground(ui, &own, &response, self.scene.theme);
        self.paint(ui, said);
        let mut deeds = self.buttons(ui, said);
        let pressed = |key| response.has_focus() && ui.input(|input| input.key_pressed(key));
        if let Some(OwnTransfer { job, standing, .. }) = said.own {
            if pressed(Key::Enter) || response.double_clicked() {
                deeds.push(GivenDeed::Look(job.id));
            } else if pressed(Key::Space) {
                deeds.push(GivenDeed::Turn(job.id, standing));
            } else if response.clicked() {
                response.request_focus();
                deeds.push(GivenDeed::Choose(job.id));
            }
        }
        response.on_hover_text(said.title());
        deeds
    }

    fn paint(&self, ui: &Ui, said: &SaidOfGiven<'_>) {
        let (theme, painter) = (self.scene.theme, ui.painter());
        let [name, peers, rate, given, ratio, until] = cells(self.rect);
        let (sign, tone) = match said.own.map(|own| own.standing) {
            Some(GivenStanding::Stopped) => (Mark::Paused, Tone::Quiet),
            Some(GivenStanding::Uploading | GivenStanding::WhileReceiving) | None => (Mark::Up, Tone::Active),
        };
        let at = Rect::from_min_size(name.min, vec2(12.0, name.height()));
        mark::paint(painter, at, sign, (tone.color(theme), theme));
        let rest = Rect::from_min_max(pos2(name.left() + 18.0, name.top()), name.max);
        paint_split(painter, rest, (&said.name.0, &said.name.1), Line::left(TEXT_SIZE, theme.text));
        let figures = [(peers, &said.peers), (rate, &said.rate), (given, &said.given), (ratio, &said.ratio)];
        for (cell, figure) in figures {
            paint_line(painter, cell, figure, Line::right(TEXT_SIZE, theme.text));
        }
        paint_line(painter, until, &said.until, Line::left(TEXT_SIZE, theme.text));
    }

    fn buttons(&self, ui: &mut Ui, said: &SaidOfGiven<'_>) -> Vec<GivenDeed> {
        let l = &self.scene.text.loader;
        let title = said.title();
        let room = self.rect.shrink2(vec2(8.0, 0.0));
        let layout = Layout::right_to_left(Align::Center);
        let place = UiBuilder::new().id_salt(("given-buttons", self.place.0)).max_rect(room).layout(layout);
        let mut bar = ui.new_child(place);
        bar.spacing_mut().item_spacing.x = 6.0;
        let mut deeds = Vec::new();
        let Some(OwnTransfer { job, standing, giving }) = said.own else {
            let name = fl!(l, "sharing-show-offer-name", name = title.as_str());
            if press(&mut bar, &fl!(l, "sharing-show-offer"), (&Ok(()), &name)) {
                deeds.push(GivenDeed::Offer);
            }
            return deeds;
        };
        let handed = giving.map(|giving| HandedOn { name: title.clone(), ..HandedOn::of_job(job, giving) });
        let can_hand = match &handed {
            Some(handed) if !handed.lines.is_empty() => Ok(()),
            Some(_) => Err(fl!(l, "hand-on-nothing")),
            None => Err(fl!(l, "hand-on-not-yet")),
        };
        if press(&mut bar, &fl!(l, "hand-on"), (&can_hand, &fl!(l, "hand-on-name", name = title.as_str()))) {
            deeds.extend(handed.map(GivenDeed::HandOn));
        }
        let able = self.able(standing);
        let (turn, name) = match standing {
            GivenStanding::Stopped => {
                (fl!(l, "sharing-again"), fl!(l, "sharing-again-name", name = title.as_str()))
            }
            GivenStanding::Uploading | GivenStanding::WhileReceiving => {
                let longer = fl!(l, "sharing-longer-name", name = title.as_str());
                if press(&mut bar, &fl!(l, "sharing-longer"), (&able, &longer)) {
                    deeds.push(GivenDeed::Longer(job.id));
                }
                (fl!(l, "sharing-stop"), fl!(l, "sharing-stop-name", name = title.as_str()))
            }
        };
        if press(&mut bar, &turn, (&able, &name)) {
            deeds.push(GivenDeed::Turn(job.id, standing));
        }
        deeds
    }

    /// Whether it can be stopped, kept up longer or go on.
    fn able(&self, standing: GivenStanding) -> Able {
        let l = &self.scene.text.loader;
        match standing {
            GivenStanding::Uploading => Ok(()),
            GivenStanding::WhileReceiving => Err(fl!(l, "sharing-while-receiving-why")),
            GivenStanding::Stopped if self.scene.settings.giving != Some(GivingChoice::Share) => {
                Err(fl!(l, "sharing-not-allowed"))
            }
            GivenStanding::Stopped => Ok(()),
        }
    }
}

/// A button with a name that says of which row it is.
fn press(bar: &mut Ui, label: &str, (able, name): (&Able, &str)) -> bool {
    let response = button(bar, label, able);
    field::name(&response, name);
    response.clicked()
}
