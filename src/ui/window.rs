//! The window itself: opens, hears of changes, and repaints only when there is a reason.
//!
//! In: a link to the engine. Out: pixels, and actions to the link. Idle means idle: without a change, a movement of
//! the person or a new minute nothing is drawn. Start reading at [`open`].

use super::shell::Shell;
use super::trouble::{self, OpenError};
use super::{fonts, icon};
use crate::app::input::{Action, Sight};
use crate::app::link::Link;
use crate::app::relay_demo::StartRelayDemo;
use crate::i18n::Language;
use egui::{Context, ViewportBuilder, ViewportInfo};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

/// How long changes are collected before they are drawn, while the window has the focus and while it has not.
const COLLECT: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(1));

/// The smallest window, and the usual one.
const SIZES: ([f32; 2], [f32; 2]) = ([900.0, 600.0], [1280.0, 800.0]);

/// Why there is no engine.
pub type Unavailable = Box<dyn std::error::Error + Send + Sync>;

/// What a window needs.
pub struct Opening {
    /// Waits for the engine, which starts while the window opens.
    pub link: Box<dyn FnOnce() -> Result<Arc<dyn Link>, Unavailable>>,
    /// The language of the system, or the one that was asked for.
    pub language: Language,
    /// Called once when the first frame has been shown.
    pub first_frame: Box<dyn FnOnce()>,
    /// Begins the second part of the demo. `None` outside the demo.
    pub relay_demo: Option<StartRelayDemo>,
}

/// Opens the window; returns when it was closed.
///
/// # Errors
/// When there is no display, or a library or driver is missing.
pub fn open(opening: Opening) -> Result<(), OpenError> {
    if !trouble::has_display() {
        return Err(OpenError::NoDisplay);
    }
    let viewport = ViewportBuilder::default()
        .with_app_id("nuee")
        .with_title("Nuée")
        .with_icon(icon::window_icon())
        .with_min_inner_size(SIZES.0)
        .with_inner_size(SIZES.1);
    // There are no gradients whose bands dithering could hide, and software pays for it at each pixel.
    let options = eframe::NativeOptions { viewport, dithering: false, ..eframe::NativeOptions::default() };
    let has_begun = Arc::new(AtomicBool::new(false));
    let begun = has_begun.clone();
    let start = move || {
        let make: eframe::AppCreator<'_> = Box::new(move |creation| {
            begun.store(true, Ordering::Relaxed);
            Ok(Box::new(Window::new(creation, opening)?))
        });
        eframe::run_native("nuee", options, make).map_err(|error| OpenError::of(&error))
    };
    trouble::caught(start, move || has_begun.load(Ordering::Relaxed))
}

/// How the window is seen, for the thread that says that something changed.
#[derive(Debug)]
struct Attention(AtomicU8);

const HIDDEN: u8 = 0;
const APART: u8 = 1;
const FOCUSED: u8 = 2;
/// The person just did something: the answer is to be seen at once.
const EAGER: u8 = 3;

impl Attention {
    /// After how long a change is to be drawn. `None` while nobody sees the window.
    fn patience(&self) -> Option<Duration> {
        match self.0.load(Ordering::Relaxed) {
            HIDDEN => None,
            APART => Some(COLLECT.1),
            FOCUSED => Some(COLLECT.0),
            _ => Some(Duration::ZERO),
        }
    }
}

struct Window {
    shell: Shell,
    link: Arc<dyn Link>,
    attention: Arc<Attention>,
    sight: Sight,
    has_focus: bool,
    first_frame: Option<Box<dyn FnOnce()>>,
    frames: u8,
}

impl Window {
    fn new(creation: &eframe::CreationContext<'_>, opening: Opening) -> Result<Self, Unavailable> {
        let ctx = creation.egui_ctx.clone();
        fonts::install(&ctx);
        let mut shell = Shell::new(opening.language);
        if let Some(start) = opening.relay_demo {
            shell.offer_relay_demo(start);
        }
        let link = (opening.link)()?;
        shell.prepare(&ctx, &link.snapshot());
        let attention = Arc::new(Attention(AtomicU8::new(FOCUSED)));
        let (seen, known) = (attention.clone(), Arc::downgrade(&link));
        link.on_change(Box::new(move || match seen.patience() {
            Some(patience) => ctx.request_repaint_after(patience),
            // Nobody looks; but a program that was told to end does, also while it is hidden.
            None if known.upgrade().is_some_and(|link| link.snapshot().is_stopping) => ctx.request_repaint(),
            None => {}
        }));
        Ok(Self {
            shell,
            link,
            attention,
            sight: Sight::Visible,
            has_focus: true,
            first_frame: Some(opening.first_frame),
            frames: 0,
        })
    }

    /// Tells the engine and the waking thread whether anybody looks.
    fn look_around(&mut self, ctx: &Context) {
        let info = ctx.input(|input| input.viewport().clone());
        if let Some(action) = changed_sight(&mut self.sight, &info) {
            self.link.send(action);
        }
        if let Some(action) = gained_focus(&mut self.has_focus, &info) {
            self.link.send(action);
        }
        let attention = match (self.sight, info.focused) {
            (Sight::Hidden, _) => HIDDEN,
            (Sight::Visible, Some(false)) => APART,
            (Sight::Visible, _) => FOCUSED,
        };
        self.attention.0.store(attention, Ordering::Relaxed);
    }

    /// Tells that the first frame was shown, when the second one is asked for.
    fn count_frames(&mut self, ctx: &Context) {
        self.frames = self.frames.saturating_add(1);
        match self.frames {
            1 => ctx.request_repaint(),
            2 => {
                if let Some(tell) = self.first_frame.take() {
                    tell();
                }
            }
            _ => {}
        }
    }
}

/// What is told when the window is hidden or seen again; nothing while that stays as it was.
fn changed_sight(known: &mut Sight, info: &ViewportInfo) -> Option<Action> {
    let sight = if is_hidden(info) { Sight::Hidden } else { Sight::Visible };
    (std::mem::replace(known, sight) != sight).then_some(Action::Seen(sight))
}

/// Whoever comes back to the window may have moved files meanwhile.
fn gained_focus(known: &mut bool, info: &ViewportInfo) -> Option<Action> {
    let has_focus = info.focused.unwrap_or(*known);
    (!std::mem::replace(known, has_focus) && has_focus).then_some(Action::LookAtDisk)
}

fn is_hidden(info: &ViewportInfo) -> bool {
    info.minimized == Some(true) || info.occluded == Some(true)
}

impl eframe::App for Window {
    fn logic(&mut self, ctx: &Context, _frame: &mut eframe::Frame) {
        self.look_around(ctx);
        let snapshot = self.link.snapshot();
        if snapshot.is_stopping {
            self.shell.leave(ctx);
        }
        self.shell.prepare(ctx, &snapshot);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.count_frames(ui.ctx());
        let actions = self.shell.show(ui, &self.link.snapshot(), &*self.link);
        if !actions.is_empty() {
            self.attention.0.store(EAGER, Ordering::Relaxed);
        }
        actions.into_iter().for_each(|action| self.link.send(action));
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_is_covered_or_minimised_says_so_once_and_once_when_it_is_seen_again() {
        let mut known = Sight::Visible;
        let (seen, covered) =
            (ViewportInfo::default(), ViewportInfo { occluded: Some(true), ..Default::default() });
        let minimised = ViewportInfo { minimized: Some(true), ..Default::default() };
        assert!(changed_sight(&mut known, &seen).is_none());
        assert!(matches!(changed_sight(&mut known, &covered), Some(Action::Seen(Sight::Hidden))));
        assert!(changed_sight(&mut known, &minimised).is_none());
        assert!(matches!(changed_sight(&mut known, &seen), Some(Action::Seen(Sight::Visible))));
    }

    #[test]
    fn files_on_the_disk_are_looked_at_whenever_the_window_gets_the_focus() {
        let mut known = true;
        let focused = |focused| ViewportInfo { focused: Some(focused), ..Default::default() };
        assert!(gained_focus(&mut known, &focused(true)).is_none());
        assert!(gained_focus(&mut known, &focused(false)).is_none());
        assert!(matches!(gained_focus(&mut known, &focused(true)), Some(Action::LookAtDisk)));
        assert!(gained_focus(&mut known, &ViewportInfo::default()).is_none());
    }

    #[test]
    fn a_hidden_window_is_not_woken_by_changes() {
        assert_eq!(Attention(AtomicU8::new(HIDDEN)).patience(), None);
        assert_eq!(Attention(AtomicU8::new(EAGER)).patience(), Some(Duration::ZERO));
    }
}
