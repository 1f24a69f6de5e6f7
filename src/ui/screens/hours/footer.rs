//! What the choice costs, and the buttons that go on with it.
//!
//! In: the choice and its plan. Out: actions. Each figure says whether it is exact, about, or expected.

use super::View;
use super::axis::Slot;
use super::plan::choice_of;
use super::words;
use crate::app::catalog::hours::{HoursPlan, HoursView, KnownSize, MatrixCellState};
use crate::app::follow::{FollowCommand, FollowWish};
use crate::app::input::Action;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteCount;
use crate::i18n::proof;
use crate::ui::scene::Scene;
use crate::ui::screens::Destination;
use crate::ui::widgets::buttons::{Able, button, main_button};
use egui::{Align, Label, Layout, RichText, Ui};
use i18n_embed_fl::fl;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Height of the footer, with little room and with enough.
pub fn height(width: f32) -> f32 {
    if width < 820.0 { 122.0 } else { 84.0 }
}

/// What the footer is about.
pub struct Footer<'a> {
    /// The dataset.
    pub view: &'a Arc<HoursView>,
    /// The size of what is chosen, by the cells alone.
    pub size: KnownSize,
    /// Whether Enter was pressed on the matrix.
    pub is_wanted: super::matrix::Pressed,
}

/// Draws the footer; returns what the person meant.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, footer: &Footer<'_>, view: &mut View) -> Vec<Action> {
    let is_narrow = ui.available_width() < 820.0;
    let mut actions = Vec::new();
    if is_narrow {
        say(ui, scene, footer, view);
        ui.horizontal(|ui| actions = buttons(ui, scene, footer, view));
    } else {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            actions = buttons(ui, scene, footer, view);
            ui.with_layout(Layout::top_down(Align::Min), |ui| say(ui, scene, footer, view));
        });
    }
    actions
}

/// What is chosen, what it costs, and why it costs that: three lines, so that nothing moves when they fill.
fn say(ui: &mut Ui, scene: &Scene<'_>, footer: &Footer<'_>, view: &mut View) {
    let (first, second, third) = match (view.choice.slots().len(), &view.asked_for) {
        (0, Some(slots)) => asked(scene, footer.view, slots),
        (0, None) => {
            let l = &scene.text.loader;
            (fl!(l, "hours-nothing-chosen"), fl!(l, "hours-how-to-choose"), String::new())
        }
        (count, _) => {
            let (cost, why) = cost(scene, view);
            (chosen(scene, footer, view, count), cost, why)
        }
    };
    ui.add(Label::new(RichText::new(first).strong()).truncate());
    for line in [second, third] {
        ui.add(Label::new(RichText::new(line).color(scene.theme.quiet)).truncate());
    }
}

/// What was asked for, and what became of it.
fn asked(scene: &Scene<'_>, view: &HoursView, slots: &BTreeSet<Slot>) -> (String, String, String) {
    let (text, l) = (scene.text, &scene.text.loader);
    let count = |is_meant: fn(MatrixCellState) -> bool| {
        let cells = slots.iter().filter_map(|&(run, lead)| view.cell(run, lead));
        cells.filter(|cell| is_meant(cell.state)).count()
    };
    let failed = count(|state| state == MatrixCellState::Failed);
    let next = if failed > 0 {
        fl!(l, "hours-asked-failed", count = failed, n = text.count(failed as u64))
    } else if count(|state| state == MatrixCellState::Here) == slots.len() {
        fl!(l, "hours-asked-here")
    } else {
        fl!(l, "hours-asked-next")
    };
    let count = slots.len();
    (fl!(l, "hours-asked", count = count, n = text.count(count as u64)), next, String::new())
}

/// How much is chosen, and how well its size is known.
fn chosen(scene: &Scene<'_>, footer: &Footer<'_>, view: &View, count: usize) -> String {
    let (text, l) = (scene.text, &scene.text.loader);
    let runs =
        view.choice.slots().iter().map(|(run, _)| run).collect::<std::collections::BTreeSet<_>>().len();
    let size = match view.planner.answer() {
        Some(Ok(plan)) if view.planner.is_current() => plan.wanted,
        _ => footer.size,
    };
    let size = match size {
        KnownSize::Exact(octets) => fl!(l, "hours-size-exact", size = text.size(octets)),
        other => words::size(text, other),
    };
    let runs_text = fl!(l, "hours-of-runs", runs = runs, n = text.count(runs as u64));
    fl!(l, "hours-chosen", count = count, n = text.count(count as u64), runs = runs_text, size = size)
}

/// What will be transferred, from whom, and what is free; and why so much.
fn cost(scene: &Scene<'_>, view: &View) -> (String, String) {
    let (text, l) = (scene.text, &scene.text.loader);
    let plan = match view.planner.answer() {
        None => return (fl!(l, "hours-plan-asked"), String::new()),
        Some(Err(why)) => return (text.message(why), String::new()),
        Some(Ok(plan)) => plan,
    };
    let mut parts = vec![fl!(l, "hours-transfer", size = words::size(text, plan.to_transfer))];
    if plan.here > 0 {
        parts.push(fl!(l, "hours-already-here", count = plan.here, n = text.count(plan.here as u64)));
    }
    if let Some(share) = plan.from_peers {
        parts.push(fl!(l, "hours-from-peers", share = text.share(f64::from(share))));
    }
    if let Some(free) = plan.free {
        parts.push(fl!(l, "hours-free", free = text.size(free)));
    }
    let mut why = fl!(l, "hours-road", road = proof::road(text, plan.road));
    if let Some(ways) = plan.ways {
        why = format!("{why} · {}", words::ways(text, ways));
    }
    (parts.join(" · "), why)
}

fn buttons(ui: &mut Ui, scene: &Scene<'_>, footer: &Footer<'_>, view: &mut View) -> Vec<Action> {
    let (text, l) = (scene.text, &scene.text.loader);
    let mut actions = Vec::new();
    let count = view.choice.slots().len();
    if count == 0 && view.asked_for.is_some() {
        if button(ui, &fl!(l, "hours-show-transfers"), &Ok(())).clicked() {
            view.go = Some(Destination::Transfers);
        }
        return actions;
    }
    let able = can_download(scene, view);
    let label = fl!(l, "hours-download", count = count, n = text.count(count as u64));
    let is_pressed = main_button(ui, &label, &able, scene.theme).clicked();
    if able.is_ok() && (is_pressed || footer.is_wanted == super::matrix::Pressed::Enter) {
        let choice = choice_of(footer.view, view.choice.slots(), &view.filter);
        actions.push(Action::GetHours(Box::new(choice)));
        view.asked_for = Some(view.choice.slots().clone());
        view.choice.clear();
    }
    let plan = view.planner.answer().and_then(|plan| plan.as_ref().ok());
    let command = plan.map(|plan| plan.command.clone());
    let can_copy = some_chosen(scene, count).and_then(|()| match command {
        Some(_) => Ok(()),
        None => Err(fl!(l, "hours-plan-asked")),
    });
    let copy = button(ui, &fl!(l, "hours-copy-command"), &can_copy);
    if let Some(command) = command
        && copy.on_hover_text(command.as_str()).clicked()
    {
        ui.copy_text(command);
    }
    actions.extend(follow(ui, scene, footer, view));
    actions
}

/// Follows the chosen lead times, and shows them among what is followed.
fn follow(ui: &mut Ui, scene: &Scene<'_>, footer: &Footer<'_>, view: &mut View) -> Option<Action> {
    let l = &scene.text.loader;
    let choice = choice_of(footer.view, view.choice.slots(), &view.filter);
    let wish = FollowWish::of_choice(&choice);
    let able = some_chosen(scene, choice.cells.len()).and_then(|()| match &wish {
        Some(_) => Ok(()),
        None => Err(fl!(l, "hours-follow-torrent")),
    });
    let response = button(ui, &fl!(l, "hours-follow"), &able);
    let wish = wish.filter(|_| response.on_hover_text(fl!(l, "hours-follow-tip")).clicked())?;
    view.go = Some(Destination::Followed);
    view.choice.clear();
    Some(Action::Follow(FollowCommand::Add { name: None, wish: Box::new(wish) }))
}

fn some_chosen(scene: &Scene<'_>, count: usize) -> Able {
    if count > 0 { Ok(()) } else { Err(fl!(&scene.text.loader, "hours-choose-first")) }
}

/// Whether the choice can be downloaded, or why not.
fn can_download(scene: &Scene<'_>, view: &View) -> Able {
    some_chosen(scene, view.choice.slots().len())?;
    match view.planner.answer() {
        None => Ok(()),
        Some(Err(why)) => Err(scene.text.message(why)),
        Some(Ok(plan)) if plan.here == plan.slices => Err(fl!(&scene.text.loader, "hours-all-here")),
        Some(Ok(plan)) => has_room(scene, plan),
    }
}

fn has_room(scene: &Scene<'_>, plan: &HoursPlan) -> Able {
    let needed = match plan.to_transfer {
        KnownSize::Exact(octets) | KnownSize::About(octets) => octets,
        KnownSize::Unknown => ByteCount::ZERO,
    };
    match plan.free {
        Some(free) if free < needed => Err(scene.text.message(&UserMessage::DiskTooSmall { needed, free })),
        _ => Ok(()),
    }
}
