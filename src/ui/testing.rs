//! What tests of screens need: a made snapshot, a link that records, and a stage to put a screen on.
//!
//! ```ignore
//! let mut stage = Stage::new(Language::French);
//! stage.snapshot.jobs.push(Arc::new(a_job(1, "arome.grib2")));
//! let mut harness = stage.show(transfers::View::default(), transfers::show);
//! harness.get_by_label("Suspendre").click();
//! harness.run();
//! assert!(matches!(harness.state().actions[..], [Action::Pause(_)]));
//! ```

use super::fonts;
use super::scene::Scene;
use super::style::style_of;
use super::theme::{Shade, Theme};
use crate::app::input::Action;
use crate::app::jobs::request::{GetRequest, JobId};
use crate::app::jobs::view::{Job, Live, Phase, Transfer};
use crate::app::link::Link;
use crate::app::query::{Answer, Query};
use crate::app::settings::{GivingChoice, Motion, Settings};
use crate::app::snapshot::Snapshot;
use crate::app::vitals::Vitals;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::i18n::{Language, Translator};
use egui_kittest::Harness;
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// The smallest window in which everything must be usable.
pub const SMALL: egui::Vec2 = egui::vec2(1024.0, 700.0);

type Answers = Box<dyn Fn(&Query) -> Vec<Answer> + Send + Sync>;

/// A link without an engine: keeps what it is sent, answers from a closure.
pub struct StillLink {
    /// What was sent, in order.
    pub sent: Mutex<Vec<Action>>,
    /// What was asked, in order.
    pub asked: Mutex<Vec<Query>>,
    answers: Answers,
}

impl StillLink {
    /// One that answers nothing.
    pub fn silent() -> Self {
        Self::answering(|_| Vec::new())
    }

    /// One that gives these answers at once.
    pub fn answering(answers: impl Fn(&Query) -> Vec<Answer> + Send + Sync + 'static) -> Self {
        Self { sent: Mutex::default(), asked: Mutex::default(), answers: Box::new(answers) }
    }
}

impl Link for StillLink {
    fn send(&self, action: Action) {
        self.sent.lock().push(action);
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::default()
    }

    fn wait_newer(&self, _seen: u64, _at_most: Duration) -> Arc<Snapshot> {
        Arc::default()
    }

    fn on_change(&self, _wake: Box<dyn Fn() + Send + Sync>) {}

    fn ask(&self, query: Query) -> Receiver<Answer> {
        let (sender, receiver) = channel();
        (self.answers)(&query).into_iter().for_each(|answer| drop(sender.send(answer)));
        self.asked.lock().push(query);
        receiver
    }
}

/// 20 November 2026, 06:42 UTC.
pub fn a_time() -> UtcTime {
    UtcTime::from_civil([2026, 11, 20, 6, 42, 0]).expect("that minute exists")
}

/// Settings after the first page: receive and give.
pub fn some_settings() -> Settings {
    Settings { giving: Some(GivingChoice::Share), ..Settings::default() }
}

/// A snapshot of a program at rest, after the first page.
pub fn a_snapshot() -> Snapshot {
    Snapshot {
        version: 1,
        settings: Arc::new(some_settings()),
        vitals: Vitals {
            now: a_time(),
            utc_offset_minutes: 60,
            folder: "/data/grib".into(),
            free: Some(ByteCount(212_000_000_000)),
            ..Vitals::default()
        },
        ..Snapshot::default()
    }
}

/// A job that receives: a third of 41 MB is here.
pub fn a_job(id: u32, name: &str) -> Job {
    let request = GetRequest {
        targets: vec![format!("https://example.org/{name}")],
        selection: Default::default(),
        out: "/data/grib".into(),
        policy: Default::default(),
        ..GetRequest::default()
    };
    Job {
        id: JobId(id),
        phase: Phase::Receiving,
        is_removed: false,
        request: Some(Arc::new(request)),
        name: name.into(),
        subject: None,
        plan: None,
        transfer: Transfer {
            wanted: ByteCount(41_000_000),
            missing: ByteCount(27_000_000),
            received: ByteCount(14_000_000),
            ..Transfer::default()
        }
        .with_live(Live {
            peer_rate: 2_100_000,
            http_rate: 600_000,
            peers_live: 12,
            ..Live::default()
        }),
        files: Vec::new(),
        verdict: None,
        notes: Vec::new(),
        outcome: None,
        added: a_time(),
        origin: Default::default(),
        held_up: None,
        disk: crate::domain::on_disk::DiskState::AsLeft.into(),
        giving: None,
    }
}

/// Where a screen is put to be tried: state, language, colours, and what came of it.
pub struct Stage {
    /// What the screen is shown.
    pub snapshot: Snapshot,
    /// What stands in the find field.
    pub find: String,
    /// Whom it asks.
    pub link: Arc<StillLink>,
    /// What it returned, in order.
    pub actions: Vec<Action>,
    /// The size of the screen's place.
    pub size: egui::Vec2,
    text: Translator,
    theme: Theme,
}

impl Stage {
    /// A program at rest, in that language and in light colours.
    pub fn new(language: Language) -> Self {
        Self {
            snapshot: a_snapshot(),
            find: String::new(),
            link: Arc::new(StillLink::silent()),
            actions: Vec::new(),
            size: SMALL,
            text: Translator::new(language),
            theme: Theme::of(Shade::Light),
        }
    }

    /// The same in that shade.
    pub fn in_shade(mut self, shade: Shade) -> Self {
        self.theme = Theme::of(shade);
        self
    }

    /// What the screen is given.
    pub fn scene(&self) -> Scene<'_> {
        Scene {
            snapshot: &self.snapshot,
            settings: &self.snapshot.settings,
            find: &self.find,
            text: &self.text,
            theme: &self.theme,
            link: &*self.link,
        }
    }

    /// Puts a screen on the stage. A glyph that no face has ends the test.
    pub fn show<'a, V: 'a>(
        self,
        mut view: V,
        mut show: impl FnMut(&mut egui::Ui, &Scene<'_>, &mut V) -> Vec<Action> + 'a,
    ) -> Harness<'a, Self> {
        let theme = self.theme;
        let builder =
            Harness::builder().with_size(self.size).with_context_setup(move |ctx| prepare(ctx, &theme));
        builder.build_ui_state(
            move |ui, stage: &mut Self| {
                let actions = show(ui, &stage.scene(), &mut view);
                stage.actions.extend(actions);
            },
            self,
        )
    }
}

/// Gives the faces and colours of the program to a context.
pub fn prepare(ctx: &egui::Context, theme: &Theme) {
    fonts::install(ctx);
    ctx.all_styles_mut(|style| *style = style_of(theme, Motion::Reduced));
}
