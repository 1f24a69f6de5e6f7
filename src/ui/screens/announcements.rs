//! The screen of announcements: brokers, the tree of topics as it lives, what was announced, how late, and what became of it.
//!
//! In: the view of the mesh in the snapshot, which holds only what is in sight. Out: actions. Start reading at [`show`].
//!
//! | file | what it is |
//! |---|---|
//! | [`brokers`] | the list of brokers; also on the screen of sources |
//! | [`missed`] | what was missed, and the archive that is asked for it |
//! | [`report`] | whether the mesh works: what each node announced, what it lacks |
//! | [`finding`] | datasets in words, and subscribing from a record |
//! | [`tree`] | topics: messages, rate, lag |
//! | [`pins`] | pinned topics: files by hour and source, silence |
//! | [`rules`] | what is always fetched |
//! | [`topic`] | the chosen topic: figures and lag |
//! | [`list`] | the last announcements with their verdicts |
//! | [`message`] | one announcement from close by, and as it came |
//! | [`words`] | lag, verdicts and files in words |

pub mod brokers;
pub mod finding;
pub mod list;
pub mod message;
pub mod missed;
pub mod pins;
pub mod report;
pub mod rules;
pub mod topic;
pub mod tree;
pub mod words;

use crate::app::input::Action;
use crate::app::mesh::listening::BrokerStanding;
use crate::app::mesh::view::{BrokerRow, ListFlow, MeshCommand, MeshSight, Thresholds};
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE};
use crate::ui::widgets::field::TextField;
use crate::ui::widgets::typed::{self, Draft};
use crate::ui::widgets::{empty, room};
use egui::{Button, CentralPanel, Frame, Label, Margin, Panel, RichText, Ui, vec2};
use i18n_embed_fl::fl;
use std::time::Duration;

/// What the screen remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    /// What is looked at.
    sight: MeshSight,
    /// What the engine was told of that.
    told: Option<MeshSight>,
    brokers: brokers::View,
    finding: finding::View,
    report: report::View,
    /// Whether the brokers are shown; `None` as long as nobody is listened to.
    has_brokers: Option<bool>,
    has_limits: bool,
    limits: [Draft; 2],
    tree: tree::View,
    message: message::View,
    rules: rules::View,
}

impl View {
    /// Another screen is shown now: nothing here need be brought up to date. What to tell the engine of it.
    pub fn leave(&mut self) -> Option<Action> {
        self.told.take().map(|_| Action::Mesh(MeshCommand::Look(None)))
    }
}

/// The least room in which everything stands without being cut.
const LEAST: egui::Vec2 = vec2(760.0, 520.0);

/// Draws the screen; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    room::show(ui, LEAST, |ui| draw(ui, scene, view))
}

fn draw(ui: &mut Ui, scene: &Scene<'_>, view: &mut View) -> Vec<Action> {
    let mut wishes = Vec::new();
    let mesh = &scene.snapshot.mesh;
    let is_heard = mesh.brokers.iter().any(|broker| broker.state.is_some());
    let has_brokers = view.has_brokers.unwrap_or(!is_heard);
    let margin = Frame::NONE.inner_margin(Margin::symmetric(0, GRID as i8 + 2));
    Panel::top("mesh-top").frame(margin).show_separator_line(false).show(ui, |ui| {
        bar(ui, scene, (view, has_brokers), &mut wishes);
        if view.has_limits {
            limits(ui, scene, &mut view.limits, &mut wishes);
        }
    });
    if mesh.tally.messages == 0 {
        if has_brokers {
            let most = (ui.available_height() - 150.0).max(120.0);
            brokers::show(ui, scene, &mut view.brokers, (most, &mut wishes));
        }
        let l = &scene.text.loader;
        let is_connected = |broker: &BrokerRow| {
            let state = broker.state.as_ref();
            state.is_some_and(|state| matches!(state.standing, BrokerStanding::Listening { .. }))
        };
        let words = match is_heard {
            true if mesh.brokers.iter().any(is_connected) => {
                (fl!(l, "mesh-waiting"), fl!(l, "mesh-waiting-next"))
            }
            true => (fl!(l, "mesh-waiting"), fl!(l, "mesh-not-connected-next")),
            false => (fl!(l, "announcements-none"), fl!(l, "announcements-next")),
        };
        empty::show(ui, scene.theme, words, None);
    } else {
        if has_brokers {
            let most = (ui.available_height() * 0.5).max(140.0);
            let panel = Panel::top("mesh-brokers").frame(margin).resizable(true);
            panel.default_size(most.min(230.0)).size_range(90.0..=most).show(ui, |ui| {
                brokers::show(ui, scene, &mut view.brokers, (f32::INFINITY, &mut wishes));
            });
        }
        halves(ui, scene, view, &mut wishes);
    }
    view.finding.show(ui.ctx(), scene, &mut wishes);
    view.report.show(ui.ctx(), scene);
    tell_sight(scene, view, &mut wishes);
    wishes.into_iter().map(Action::Mesh).collect()
}

/// The tree on the left, what came on the right.
fn halves(ui: &mut Ui, scene: &Scene<'_>, view: &mut View, wishes: &mut Vec<MeshCommand>) {
    let wide = ui.available_width();
    let side = Margin { left: 0, right: 3 * GRID as i8, top: 0, bottom: 0 };
    Panel::left("mesh-tree")
        .frame(Frame::NONE.inner_margin(side))
        .default_size((wide * 0.45).clamp(330.0, 560.0))
        .size_range(300.0..=(wide - 380.0).max(301.0))
        .resizable(true)
        .show(ui, |ui| {
            let mesh = &scene.snapshot.mesh;
            if !mesh.pins.is_empty() || !mesh.rules.is_empty() || view.rules.is_open() {
                let most = (ui.available_height() * 0.6).max(120.0);
                let wanted = pins::height(&mesh.pins) + view.rules.height(&mesh.rules);
                let frame = Frame::NONE.inner_margin(Margin { top: GRID as i8, ..Margin::ZERO });
                Panel::bottom("mesh-pins").frame(frame).exact_size(wanted.min(most)).show(ui, |ui| {
                    let area = egui::ScrollArea::vertical().id_salt("mesh-pins");
                    area.auto_shrink([false, false]).show(ui, |ui| {
                        pins::show(ui, scene, wishes);
                        rules::show(ui, scene, &mut view.rules, wishes);
                    });
                });
            }
            tree::show(ui, scene, (&mut view.tree, &mut view.sight), wishes);
        });
    let side = Margin { left: 3 * GRID as i8, ..Margin::ZERO };
    CentralPanel::default_margins().frame(Frame::NONE.inner_margin(side)).show(ui, |ui| {
        topic::show(ui, scene, (&mut view.sight, &mut view.rules), wishes);
        if view.sight.open.is_some() {
            let most = (ui.available_height() * 0.62).max(140.0);
            let frame = Frame::NONE.inner_margin(Margin { top: GRID as i8, ..Margin::ZERO });
            Panel::bottom("mesh-message")
                .frame(frame)
                .resizable(true)
                .default_size(most.min(236.0))
                .max_size(most)
                .show(ui, |ui| message::show(ui, scene, (&mut view.message, &mut view.sight), wishes));
        }
        list::show(ui, scene, &mut view.sight, wishes);
    });
}

/// What was heard in all, and what can be done with the screen.
fn bar(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (view, has_brokers): (&mut View, bool),
    _wishes: &mut Vec<MeshCommand>,
) {
    let (l, theme) = (&scene.text.loader, scene.theme);
    let mesh = &scene.snapshot.mesh;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        if ui.add(Button::new(fl!(l, "mesh-brokers")).selected(has_brokers)).clicked() {
            view.has_brokers = Some(!has_brokers);
        }
        if ui.button(fl!(l, "finding-open")).clicked() {
            view.finding.open();
        }
        if ui.button(fl!(l, "report-open")).on_hover_text(fl!(l, "report-open-tip")).clicked() {
            view.report.open(scene);
        }
        if mesh.tally.messages == 0 {
            return;
        }
        let is_paused = view.sight.flow == ListFlow::Paused;
        let words = if is_paused { fl!(l, "mesh-resume") } else { fl!(l, "mesh-pause") };
        let pause = ui.add(Button::new(words).selected(is_paused));
        if pause.on_hover_text(fl!(l, "mesh-pause-tip")).clicked() {
            view.sight.flow = if is_paused { ListFlow::Live } else { ListFlow::Paused };
        }
        if ui.add(Button::new(fl!(l, "mesh-limits")).selected(view.has_limits)).clicked() {
            view.has_limits = !view.has_limits;
        }
        ui.add_space(GRID);
        let figures = words::totals(scene);
        ui.add(Label::new(RichText::new(figures).size(SMALL_SIZE).color(theme.quiet)));
    });
}

/// From when on a message is late.
fn limits(ui: &mut Ui, scene: &Scene<'_>, drafts: &mut [Draft; 2], wishes: &mut Vec<MeshCommand>) {
    let l = &scene.text.loader;
    let now = scene.snapshot.mesh.thresholds;
    let read = |text: &str| text.trim().parse().ok().filter(|secs| (1..=864_000).contains(secs));
    let wrong = fl!(l, "mesh-limits-wrong");
    ui.add_space(GRID);
    ui.horizontal_wrapped(|ui| {
        let [late, very_late] = drafts;
        let fields = [
            (late, fl!(l, "mesh-late-after"), now.late),
            (very_late, fl!(l, "mesh-very-late-after"), now.very_late),
        ];
        for (at, (draft, name, value)) in fields.into_iter().enumerate() {
            ui.label(&name);
            let field = TextField { name: &name, hint: "", width: 64.0 };
            let shown = value.as_secs().to_string();
            let taken = typed::show(ui, (draft, &field), &shown, (read, &wrong), scene.theme);
            ui.label("s");
            if let Some(secs) = taken {
                let secs = Duration::from_secs(secs);
                let set = if at == 0 {
                    Thresholds { late: secs, very_late: now.very_late.max(secs) }
                } else {
                    Thresholds { late: now.late.min(secs), very_late: secs }
                };
                wishes.push(MeshCommand::SetThresholds(set));
            }
        }
        ui.label(RichText::new(fl!(l, "mesh-limits-note")).color(scene.theme.quiet));
    });
}

/// Tells the engine what is looked at, when that changed.
fn tell_sight(scene: &Scene<'_>, view: &mut View, wishes: &mut Vec<MeshCommand>) {
    scene.find.clone_into(&mut view.sight.find);
    if view.told.as_ref() != Some(&view.sight) {
        view.told = Some(view.sight.clone());
        wishes.push(MeshCommand::Look(Some(Box::new(view.sight.clone()))));
    }
}
