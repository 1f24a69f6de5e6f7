//! The second part of the demo, above the screen: offered once something was downloaded, then how far it is, then its figures.
//!
//! In: what begins it, and what it tells. Out: nothing but pixels. It can be closed at any moment; what runs then ends by itself.

use crate::app::jobs::view::{End, Phase};
use crate::app::relay_demo::{RelayDemoEvent, RelayDemoReport, RelayDemoTrouble, RelayedRun, StartRelayDemo};
use crate::domain::octets::ByteCount;
use crate::i18n::{Translator, relay_demo as words};
use crate::ui::scene::Scene;
use crate::ui::theme::TEXT_SIZE;
use crate::ui::widgets::field;
use crate::ui::{fonts, icon_names};
use egui::{Button, Frame, Label, Margin, Panel, RichText, Ui, vec2};
use i18n_embed_fl::fl;
use std::fmt;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

/// How often is looked whether something was told.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What the window remembers of it between frames.
#[derive(Default)]
pub struct View {
    /// What begins it. `None` outside the demo, and after it was closed.
    start: Option<StartRelayDemo>,
    state: RelayPanelState,
}

/// How far it is.
#[derive(Default)]
enum RelayPanelState {
    #[default]
    Offered,
    Runs {
        told: Receiver<RelayDemoEvent>,
        run: RelayedRun,
        latest: Option<RelayDemoEvent>,
    },
    Ended(Box<RelayDemoReport>),
    Failed(RelayDemoTrouble),
}

impl fmt::Debug for View {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            RelayPanelState::Offered => "offered",
            RelayPanelState::Runs { .. } => "runs",
            RelayPanelState::Ended(_) => "ended",
            RelayPanelState::Failed(_) => "failed",
        };
        out.debug_struct("View").field("is_there", &self.start.is_some()).field("state", &state).finish()
    }
}

impl View {
    /// One that offers it.
    pub fn offering(start: StartRelayDemo) -> Self {
        Self { start: Some(start), state: RelayPanelState::Offered }
    }

    /// Takes in what was told.
    fn hear(&mut self) {
        let mut next = None;
        if let RelayPanelState::Runs { told, run, latest } = &mut self.state {
            loop {
                match told.try_recv() {
                    Ok(RelayDemoEvent::Ended(report)) => next = Some(RelayPanelState::Ended(report)),
                    Ok(RelayDemoEvent::Failed(trouble)) => next = Some(RelayPanelState::Failed(trouble)),
                    Ok(RelayDemoEvent::Published(published)) => {
                        *run = published;
                        *latest = Some(RelayDemoEvent::Published(published));
                    }
                    Ok(
                        event @ (RelayDemoEvent::Relaying { .. }
                        | RelayDemoEvent::Relayed { .. }
                        | RelayDemoEvent::Receiving { .. }),
                    ) => *latest = Some(event),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => {
                        next = next.or(Some(RelayPanelState::Failed(RelayDemoTrouble::Stopped)));
                        break;
                    }
                }
            }
        }
        if let Some(next) = next {
            self.state = next;
        }
    }
}

/// Draws it, where there is something to draw.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) {
    let Some(start) = view.start.clone() else { return };
    view.hear();
    let is_running = matches!(view.state, RelayPanelState::Runs { .. });
    if is_running {
        ui.ctx().request_repaint_after(LOOK_EVERY);
    } else if matches!(view.state, RelayPanelState::Offered) && !was_downloaded(scene) {
        return;
    }
    let frame = Frame::new().fill(scene.theme.panel).inner_margin(Margin::symmetric(16, 8));
    let panel = Panel::top("relay-demo").frame(frame).resizable(false);
    let pressed = panel.show(ui, |ui| draw(ui, scene, &view.state)).inner;
    match pressed {
        Some(RelayPanelPress::Start) => {
            let run = RelayedRun { files: 0, length: ByteCount::ZERO };
            view.state = RelayPanelState::Runs { told: start(), run, latest: None };
            ui.ctx().request_repaint_after(LOOK_EVERY);
        }
        Some(RelayPanelPress::Close) => *view = View::default(),
        None => {}
    }
}

/// Whether the first part is over: something is in its place.
fn was_downloaded(scene: &Scene<'_>) -> bool {
    let is_done = |end: Option<End>| end == Some(End::Done);
    scene
        .snapshot
        .jobs
        .iter()
        .any(|job| job.phase == Phase::Giving || is_done(job.outcome.as_ref().map(|outcome| outcome.end)))
}

enum RelayPanelPress {
    Start,
    Close,
}

fn draw(ui: &mut Ui, scene: &Scene<'_>, state: &RelayPanelState) -> Option<RelayPanelPress> {
    let (text, l) = (scene.text, &scene.text.loader);
    let mut pressed = None;
    ui.horizontal_top(|ui| {
        let room = ui.available_width() - 40.0;
        ui.allocate_ui(vec2(room, 0.0), |ui| {
            ui.set_min_width(room);
            ui.vertical(|ui| match state {
                RelayPanelState::Offered => {
                    ui.add(Label::new(fl!(l, "relay-demo-offer")).wrap());
                    if ui.button(fl!(l, "relay-demo-start")).clicked() {
                        pressed = Some(RelayPanelPress::Start);
                    }
                }
                RelayPanelState::Runs { run, latest, .. } => {
                    ui.add(Label::new(progress(text, *run, latest.as_ref())).wrap());
                }
                RelayPanelState::Ended(report) => {
                    let title = fl!(l, "relay-demo-title");
                    let face = fonts::bold(TEXT_SIZE);
                    let response = ui.label(RichText::new(&title).font(face).color(scene.theme.text));
                    field::heading(&response, (&title, 2));
                    for line in words::figures(text, report) {
                        ui.add(Label::new(line).wrap());
                    }
                }
                RelayPanelState::Failed(trouble) => {
                    ui.add(Label::new(words::trouble(text, trouble)).wrap());
                }
            });
        });
        let cross = RichText::new(icon_names::CLOSE).font(fonts::icons(16.0));
        let response = ui.add(Button::new(cross).frame_when_inactive(false).small());
        field::name(&response, &fl!(l, "toast-close"));
        if response.clicked() {
            pressed = Some(RelayPanelPress::Close);
        }
    });
    pressed
}

/// How far it is, in words.
fn progress(text: &Translator, run: RelayedRun, latest: Option<&RelayDemoEvent>) -> String {
    match latest {
        Some(RelayDemoEvent::Relaying { offered, sent }) => words::relaying(text, (*offered, run), *sent),
        Some(RelayDemoEvent::Relayed { sent, .. }) => words::relayed(text, run, *sent),
        Some(RelayDemoEvent::Receiving { held, sent }) => words::receiving(text, (*held, *sent), run),
        Some(RelayDemoEvent::Published(_)) => words::published(text, run),
        // The last words are heard before.
        Some(RelayDemoEvent::Ended(_) | RelayDemoEvent::Failed(_)) | None => words::begins(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::view::Outcome;
    use crate::app::relay_demo::{BytesByGiver, RelayDemoClient};
    use crate::i18n::Language;
    use crate::ui::testing::{SMALL, Stage, a_job};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable;
    use parking_lot::Mutex;
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, channel};

    struct Played {
        stage: Stage,
        view: View,
    }

    /// A demo whose first part is over, and what its second part tells.
    fn played(language: Language) -> (Harness<'static, Played>, Sender<RelayDemoEvent>) {
        let mut stage = Stage::new(language);
        let mut job = a_job(1, "DEMO.grib2");
        job.phase = Phase::Ended;
        job.outcome = Some(Outcome { end: End::Done, took_ms: 900, message: None });
        stage.snapshot.jobs.push(Arc::new(job));
        let (tell, told) = channel();
        let told = Mutex::new(Some(told));
        let view = View::offering(Arc::new(move || told.lock().take().expect("it begins once")));
        let builder =
            Harness::builder().with_size(SMALL).with_context_setup(fonts::install).with_max_steps(4);
        let harness = builder.build_ui_state(
            |ui, played: &mut Played| show(ui, &played.stage.scene(), &mut played.view),
            Played { stage, view },
        );
        (harness, tell)
    }

    fn a_report() -> RelayDemoReport {
        let client = RelayDemoClient {
            files: 13,
            verified: ByteCount(6_800_000),
            received: ByteCount(6_800_000),
            by_giver: BytesByGiver {
                relay: ByteCount(3_800_000),
                clients: ByteCount(3_000_000),
                ..BytesByGiver::default()
            },
            ..RelayDemoClient::default()
        };
        RelayDemoReport {
            run: RelayedRun { files: 13, length: ByteCount(6_800_000) },
            sent_to_relay: ByteCount(6_840_000),
            sent: ByteCount(7_072_000),
            clients: vec![client.clone(), client],
        }
    }

    #[test]
    fn it_is_offered_once_something_was_downloaded_and_begins_when_it_is_pressed() {
        let (mut harness, tell) = played(Language::English);
        harness.get_by_label("Show the relay").click();
        harness.run_ok();
        tell.send(RelayDemoEvent::Published(a_report().run)).expect("it listens");
        tell.send(RelayDemoEvent::Relaying { offered: 4, sent: ByteCount(2_000_000) }).expect("it listens");
        harness.run_ok();
        assert!(harness.query_by_label_contains("announces 4 of 13 files").is_some());
        tell.send(RelayDemoEvent::Ended(Box::new(a_report()))).expect("it listens");
        harness.run_ok();
        for words in [
            "1.04 copies",
            "verified files (2.00 copies)",
            "Copies spared: 0.96",
            "6.00\u{202F}MB from each other",
        ] {
            assert!(harness.query_by_label_contains(words).is_some(), "{words}");
        }
    }

    #[test]
    fn nothing_is_offered_before_something_was_downloaded() {
        let (mut harness, _tell) = played(Language::English);
        harness.state_mut().stage.snapshot.jobs = Default::default();
        harness.run_ok();
        assert!(harness.query_by_label("Show the relay").is_none());
    }

    #[test]
    fn figures_are_written_as_the_language_does() {
        let (mut harness, tell) = played(Language::French);
        harness.get_by_label("Montrer le relais").click();
        harness.run_ok();
        tell.send(RelayDemoEvent::Ended(Box::new(a_report()))).expect("it listens");
        harness.run_ok();
        assert!(harness.query_by_label_contains("0,96").is_some());
    }

    #[test]
    fn what_fails_is_said_and_can_be_closed() {
        let (mut harness, tell) = played(Language::English);
        harness.get_by_label("Show the relay").click();
        harness.run_ok();
        tell.send(RelayDemoEvent::Failed(RelayDemoTrouble::TooLate { seconds: 20 })).expect("it listens");
        harness.run_ok();
        assert!(harness.query_by_label_contains("stopped after 20").is_some());
        harness.get_by_label("Dismiss").click();
        harness.run_ok();
        assert!(harness.query_by_label_contains("stopped after 20").is_none());
    }
}
