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
//! | [`palette`] | everything that can be done, by name |
//! | [`toasts`], [`banner`], [`asking`] | what is said and asked above the screens |
//! | `deeds` | does what keys and the palette ask for |
//! | [`held`] | the settings as the person sees them |

pub mod asking;
pub mod banner;
pub mod counts;
mod deeds;
pub mod held;
pub mod keys;
pub mod palette;
pub mod place;
pub mod rail;
pub mod status;
#[cfg(test)]
mod tests;
pub mod toasts;
pub mod top;

use super::scene::Scene;
use super::screens::{
    Destination, announcements, fields, followed, handed_over, hours, journal, settings, sharing, sources,
    transfers, welcome,
};
use super::style::style_of;
use super::theme::{Shade, Theme};
use crate::app::input::Action;
use crate::app::link::Link;
use crate::app::settings::{LanguageChoice, Settings, ThemeChoice};
use crate::app::snapshot::Snapshot;
use crate::i18n::{Language, Translator};
use counts::ScreenCounts;
use egui::{CentralPanel, Context, Frame, Margin, Stroke, StrokeKind, Ui, ViewportCommand};
use held::Held;
use keys::KeyCommand;
use place::Place;
use std::rc::Rc;
use top::Focus;

/// What the window remembers between frames.
#[derive(Debug)]
pub struct Shell {
    system_language: Language,
    text: Rc<Translator>,
    held: Held,
    dressed: Option<Settings>,
    place: Place,
    find: String,
    counts: ScreenCounts,
    views: Views,
    palette: palette::View,
    toasts: toasts::View,
    banner: banner::View,
    asking: asking::View,
    raised: u64,
    /// The last file that was opened and came to the front.
    opened: u64,
}

/// What each screen remembers.
#[derive(Debug, Default)]
struct Views {
    welcome: welcome::View,
    sources: sources::View,
    hours: hours::View,
    transfers: transfers::View,
    announcements: announcements::View,
    followed: followed::View,
    sharing: sharing::View,
    fields: fields::View,
    journal: journal::View,
    settings: settings::View,
}

impl Views {
    /// Where a screen leads, if one does.
    fn wish(&mut self) -> Option<Place> {
        if let Some(id) = self.sharing.look.take() {
            self.transfers.open(id);
        }
        let wishes = [
            self.sources.go.take(),
            self.hours.go.take(),
            self.transfers.go.take(),
            self.followed.go.take(),
            self.sharing.go.take(),
            self.fields.go.take(),
        ];
        wishes.into_iter().flatten().next().map(|destination| match destination {
            Destination::Sources => Place::Sources,
            Destination::Hours => Place::Hours,
            Destination::Transfers => Place::Transfers,
            Destination::Followed => Place::Followed,
        })
    }
}

impl Shell {
    /// A window that speaks the system's language until another one is set.
    pub fn new(system_language: Language) -> Self {
        Self {
            system_language,
            text: Rc::new(Translator::new(system_language)),
            held: Held::default(),
            dressed: None,
            place: Place::default(),
            find: String::new(),
            counts: ScreenCounts::default(),
            views: Views::default(),
            palette: palette::View::default(),
            toasts: toasts::View::default(),
            banner: banner::View::default(),
            asking: asking::View::default(),
            raised: 0,
            opened: 0,
        }
    }

    /// The program was told to end: closes without asking.
    pub fn leave(&mut self, ctx: &Context) {
        self.asking.leave(ctx);
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
            self.text = Rc::new(Translator::new(language));
        }
        dress(ctx, settings);
        self.dressed = Some((**settings).clone());
    }

    /// Draws one frame; returns what the person meant.
    pub fn show(&mut self, ui: &mut Ui, snapshot: &Snapshot, link: &dyn Link) -> Vec<Action> {
        let ctx = ui.ctx().clone();
        self.prepare(&ctx, snapshot);
        self.counts.hear(snapshot, self.place);
        self.asking.hear_close(&ctx, self.counts.active);
        self.come_to_the_front(&ctx, snapshot.raised);
        let opened = snapshot.opened.as_ref().map_or(self.opened, |opened| opened.number);
        if std::mem::replace(&mut self.opened, opened) < opened {
            self.go(Place::Fields);
        }
        let theme = Theme::of(if ctx.theme() == egui::Theme::Dark { Shade::Dark } else { Shade::Light });
        let wishes = keys::heard(&ctx);
        let settings = self.held.shown().clone();
        let find = self.find.trim().to_owned();
        let text = self.text.clone();
        let scene = Scene { snapshot, settings: &settings, find: &find, text: &text, theme: &theme, link };
        let mut actions = if settings.giving.is_none() {
            banner::show(ui, &scene, &mut self.banner);
            welcome::show(ui, &scene, &mut self.views.welcome)
        } else {
            self.frame(ui, &scene, &wishes)
        };
        actions.extend(handed_over::show(&ctx, &scene));
        self.asking.show(&ctx, &scene, self.counts.active);
        let deed = self.palette.show(&ctx, &scene);
        deeds::follow_keys(self, &ctx, (&wishes, &mut actions));
        if let Some(deed) = deed {
            deeds::follow_palette(self, &ctx, (deed, snapshot), &mut actions);
        }
        self.take_over(&ctx, &actions);
        focus_ring(&ctx, &theme);
        actions
    }

    /// The bars, and the screen between them.
    fn frame(&mut self, ui: &mut Ui, scene: &Scene<'_>, wishes: &[KeyCommand]) -> Vec<Action> {
        let closed = self.toasts.hear_escape(ui.ctx(), scene);
        let focus = if wishes.contains(&KeyCommand::Find) { Focus::Take } else { Focus::Leave };
        let chosen = rail::show(ui, scene, (self.place, &self.counts));
        status::show(ui, scene);
        banner::show(ui, scene, &mut self.banner);
        top::show(ui, scene, self.place, (&mut self.find, focus));
        let mut actions = closed;
        actions.extend(screen(ui, scene, self.place, &mut self.views));
        sources::say_where(ui.ctx(), scene);
        let taken_in = sources::take_in(ui.ctx());
        let added = (!taken_in.is_empty()).then_some(Place::Sources);
        actions.extend(taken_in);
        actions.extend(self.toasts.show(ui.ctx(), scene));
        // What was dropped or pasted is seen where it goes.
        if let Some(place) = chosen.or(self.views.wish()).or(added) {
            self.go(place);
        }
        if self.place != Place::Announcements {
            actions.extend(self.views.announcements.leave());
        }
        actions
    }

    /// Goes to a screen; what was to be found on the one before is not looked for there.
    fn go(&mut self, place: Place) {
        if self.place != place {
            self.place = place;
            self.find.clear();
        }
    }

    /// Shows at once what was just set.
    fn take_over(&mut self, ctx: &Context, actions: &[Action]) {
        for action in actions {
            if let Action::Set(settings) = action {
                self.held.set((**settings).clone());
            }
        }
        if !actions.is_empty() {
            ctx.request_repaint();
        }
    }

    /// Another start of the program asked for the window.
    fn come_to_the_front(&mut self, ctx: &Context, raised: u64) {
        if std::mem::replace(&mut self.raised, raised) < raised {
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
        }
    }
}

/// Draws the screen of that place.
fn screen(ui: &mut Ui, scene: &Scene<'_>, place: Place, views: &mut Views) -> Vec<Action> {
    // The window was cleared in the colour of the ground: nothing is painted twice, which software feels.
    let frame = Frame::new().inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 12 });
    let drawn = CentralPanel::default_margins().frame(frame).show(ui, |ui| match place {
        Place::Sources => sources::show(ui, scene, &mut views.sources),
        Place::Hours => hours::show(ui, scene, &mut views.hours),
        Place::Transfers => transfers::show(ui, scene, &mut views.transfers),
        Place::Announcements => announcements::show(ui, scene, &mut views.announcements),
        Place::Followed => followed::show(ui, scene, &mut views.followed),
        Place::Sharing => sharing::show(ui, scene, &mut views.sharing),
        Place::Fields => fields::show(ui, scene, &mut views.fields),
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
