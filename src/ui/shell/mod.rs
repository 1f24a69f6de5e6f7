//! What stands around every screen: rail, top bar, status bar, palette, messages, and the questions that come first.
//!
//! In: a snapshot and a link. Out: actions, and what the screens drew. Start reading at [`Shell::show`].
//!
//! | file | what it is |
//! |---|---|
//! | [`place`] | the screens that the rail leads to |
//! | [`rail`], [`top`], [`status`] | the bars |
//! | [`keys`] | the keys that work everywhere |
//! | [`counts`] | what waits on each screen |
//! | [`held`] | the settings as the person sees them |

pub mod counts;
pub mod held;
pub mod keys;
pub mod place;
pub mod rail;
pub mod status;
#[cfg(test)]
mod tests;
pub mod top;

use super::scene::Scene;
use super::screens::{Destination, announcements, hours, journal, settings, sources, transfers, welcome};
use super::style::style_of;
use super::theme::{Shade, Theme};
use crate::app::input::Action;
use crate::app::link::Link;
use crate::app::settings::{LanguageChoice, Settings, ThemeChoice};
use crate::app::snapshot::Snapshot;
use crate::i18n::{Language, Translator};
use counts::Counts;
use egui::{CentralPanel, Context, Frame, Margin, Stroke, StrokeKind, Ui};
use held::Held;
use keys::Wish;
use place::Place;
use top::Focus;

/// What the window remembers between frames.
#[derive(Debug)]
pub struct Shell {
    system_language: Language,
    text: Translator,
    held: Held,
    dressed: Option<Settings>,
    place: Place,
    find: String,
    counts: Counts,
    views: Views,
}

/// What each screen remembers.
#[derive(Debug, Default)]
struct Views {
    welcome: welcome::View,
    sources: sources::View,
    hours: hours::View,
    transfers: transfers::View,
    announcements: announcements::View,
    journal: journal::View,
    settings: settings::View,
}

impl Views {
    /// Where a screen leads, if one does.
    fn wish(&mut self) -> Option<Place> {
        let wishes = [self.sources.go.take(), self.hours.go.take(), self.transfers.go.take()];
        wishes.into_iter().flatten().next().map(|destination| match destination {
            Destination::Sources => Place::Sources,
            Destination::Hours => Place::Hours,
            Destination::Transfers => Place::Transfers,
        })
    }
}

impl Shell {
    /// A window that speaks the system's language until another one is set.
    pub fn new(system_language: Language) -> Self {
        Self {
            system_language,
            text: Translator::new(system_language),
            held: Held::default(),
            dressed: None,
            place: Place::default(),
            find: String::new(),
            counts: Counts::default(),
            views: Views::default(),
        }
    }

    /// Where the person is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Takes over settings: language, colours, zoom. To be called before each frame.
    pub fn prepare(&mut self, ctx: &Context, snapshot: &Snapshot) {
        self.held.hear(&snapshot.settings);
        let settings = self.held.shown();
        if self.dressed.as_ref() == Some(&**settings) {
            return;
        }
        let language = match settings.language {
            Some(LanguageChoice::English) => Language::English,
            Some(LanguageChoice::French) => Language::French,
            None => self.system_language,
        };
        if language != self.text.language() {
            self.text = Translator::new(language);
        }
        dress(ctx, settings);
        self.dressed = Some((**settings).clone());
    }

    /// Draws one frame; returns what the person meant.
    pub fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, link: &dyn Link) -> Vec<Action> {
        self.prepare(ui.ctx(), snapshot);
        let theme = Theme::of(if ui.ctx().theme() == egui::Theme::Dark { Shade::Dark } else { Shade::Light });
        let mut actions = Vec::new();
        let wishes = keys::heard(ui.ctx());
        self.counts.hear(snapshot, self.place);
        let settings = self.held.shown().clone();
        let find = self.find.trim().to_owned();
        let scene =
            Scene { snapshot, settings: &settings, find: &find, text: &self.text, theme: &theme, link };
        if settings.giving.is_none() {
            actions.extend(welcome::show(ui, &scene, &mut self.views.welcome));
        } else {
            let focus = if wishes.contains(&Wish::Find) { Focus::Take } else { Focus::Leave };
            let chosen = rail::show(ui, &scene, (self.place, &self.counts));
            status::show(ui, &scene);
            top::show(ui, &scene, self.place, (&mut self.find, focus));
            actions.extend(screen(ui, &scene, self.place, &mut self.views));
            actions.extend(sources::take_in(ui.ctx()));
            self.place = chosen.or(self.views.wish()).unwrap_or(self.place);
        }
        self.follow(ui.ctx(), &wishes, &mut actions);
        focus_ring(ui.ctx(), &theme);
        actions
    }

    /// Does what keys and actions mean for the window itself.
    fn follow(&mut self, ctx: &Context, wishes: &[Wish], actions: &mut Vec<Action>) {
        for wish in wishes {
            if let Wish::Go(place) = wish {
                self.place = *place;
            }
            if let Some(zoom) = keys::zoomed(self.held.shown().zoom, *wish) {
                actions.push(Action::Set(Box::new(Settings { zoom, ..(**self.held.shown()).clone() })));
            }
        }
        for action in actions.iter() {
            if let Action::Set(settings) = action {
                self.held.set((**settings).clone());
                ctx.request_repaint();
            }
        }
        if wishes.iter().any(|wish| *wish != Wish::Find) {
            ctx.request_repaint();
        }
    }
}

/// Draws the screen of that place.
fn screen(ui: &mut Ui, scene: &Scene<'_>, place: Place, views: &mut Views) -> Vec<Action> {
    let frame = Frame::new().fill(scene.theme.ground).inner_margin(Margin {
        left: 16,
        right: 16,
        top: 0,
        bottom: 12,
    });
    let drawn = CentralPanel::default_margins().frame(frame).show(ui, |ui| match place {
        Place::Sources => sources::show(ui, scene, &mut views.sources),
        Place::Hours => hours::show(ui, scene, &mut views.hours),
        Place::Transfers => transfers::show(ui, scene, &mut views.transfers),
        Place::Announcements => announcements::show(ui, scene, &mut views.announcements),
        Place::Journal => journal::show(ui, scene, &mut views.journal),
        Place::Settings => settings::show(ui, scene, &mut views.settings),
    });
    drawn.inner
}

/// Gives language-independent settings to egui.
fn dress(ctx: &Context, settings: &Settings) {
    for (which, shade) in [(egui::Theme::Light, Shade::Light), (egui::Theme::Dark, Shade::Dark)] {
        ctx.set_style_of(which, style_of(&Theme::of(shade), settings.motion));
    }
    ctx.options_mut(|options| {
        options.fallback_theme = egui::Theme::Light;
        options.zoom_with_keyboard = false;
    });
    ctx.set_theme(match settings.theme {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Light => egui::ThemePreference::Light,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
    });
    ctx.set_zoom_factor(f32::from(settings.zoom.percent()) / 100.0);
}

/// Draws a ring around what has the focus, the same for every control.
fn focus_ring(ctx: &Context, theme: &Theme) {
    let focused = ctx.memory(|memory| memory.focused());
    let Some(response) = focused.and_then(|id| ctx.read_response(id)) else { return };
    let painter = ctx.layer_painter(response.layer_id);
    let rect = response.interact_rect.expand(1.0);
    painter.rect_stroke(rect, 4.0, Stroke::new(2.0, theme.peers), StrokeKind::Outside);
}
