//! Short messages in the corner: what happened, and a way to close it. All of them are in the log as well.
//!
//! In: notices of the engine. Out: those that were seen. Drawn here because the crate that was tried paints pixels
//! without names, does not wrap long sentences, and repaints without pause while a message stands.

use crate::app::input::Action;
use crate::app::journal::{Notice, Weight};
use crate::ui::fonts;
use crate::ui::icon_names;
use crate::ui::scene::Scene;
use crate::ui::screens::journal::mark;
use crate::ui::widgets::{buttons, field};
use egui::{
    Align2, Area, Button, Context, Frame, Id, Key, Label, Margin, Modifiers, Order, Rect, RichText, Stroke,
    Ui, Vec2, pos2, vec2,
};
use i18n_embed_fl::fl;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a message stands, in seconds: the graver, the longer. All of them stay in the log.
const fn stands(weight: Weight) -> f64 {
    match weight {
        Weight::Note => 8.0,
        Weight::Attention => 20.0,
        Weight::Failure => 40.0,
    }
}

/// Most messages at a time; the newest are shown.
const MOST: usize = 3;

/// What is remembered between frames: when a message was first shown, and the newest that was closed.
#[derive(Debug, Default)]
pub struct View {
    since: BTreeMap<u64, f64>,
    closed: Vec<u64>,
}

impl View {
    /// Escape closes what stands, before anything else takes the key; not while a list or question above is to be closed.
    pub fn hear_escape(&mut self, ctx: &Context, scene: &Scene<'_>) -> Vec<Action> {
        let notices = &scene.snapshot.notices;
        let standing: Vec<u64> =
            notices.iter().map(|notice| notice.number).filter(|n| !self.closed.contains(n)).collect();
        let is_free =
            ctx.memory(|memory| memory.top_modal_layer().is_none()) && !egui::Popup::is_any_open(ctx);
        if standing.is_empty() || !is_free || ctx.egui_wants_keyboard_input() {
            return Vec::new();
        }
        if !ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            return Vec::new();
        }
        self.closed.extend(&standing);
        ctx.request_repaint();
        standing.into_iter().map(Action::Dismiss).collect()
    }

    /// Draws the messages; returns which were seen.
    pub fn show(&mut self, ctx: &Context, scene: &Scene<'_>) -> Vec<Action> {
        let notices = &scene.snapshot.notices;
        self.closed.retain(|number| notices.iter().any(|notice| notice.number == *number));
        self.since.retain(|number, _| notices.iter().any(|notice| notice.number == *number));
        let now = ctx.input(|input| input.time);
        let standing = notices.iter().filter(|notice| !self.closed.contains(&notice.number));
        let shown: Vec<&Notice> = standing.rev().take(MOST).collect();
        let mut seen = Vec::new();
        let mut soonest = f64::INFINITY;
        for notice in &shown {
            let since = *self.since.entry(notice.number).or_insert(now);
            let left = since + stands(notice.weight) - now;
            soonest = soonest.min(left);
            if left <= 0.0 {
                seen.push(notice.number);
            }
        }
        if soonest.is_finite() && soonest > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(soonest));
        }
        seen.extend(draw(ctx, scene, &shown));
        self.closed.extend(&seen);
        if !seen.is_empty() {
            ctx.request_repaint();
        }
        seen.into_iter().map(Action::Dismiss).collect()
    }
}

/// Draws them above one another; returns those that were closed.
fn draw(ctx: &Context, scene: &Scene<'_>, shown: &[&Notice]) -> Vec<u64> {
    let mut closed = Vec::new();
    if shown.is_empty() {
        return closed;
    }
    let id = Id::unique("toasts");
    let width = WIDTH.min(ctx.content_rect().width() - 32.0);
    let height = ctx.memory(|memory| memory.area_rect(id)).map_or(80.0, |rect| rect.height());
    let area = Area::new(id)
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -38.0 - lift(ctx, vec2(width, height))));
    area.movable(false).fade_in(false).show(ctx, |ui| {
        ui.set_width(width);
        for notice in shown.iter().rev() {
            if one(ui, scene, notice) {
                closed.push(notice.number);
            }
        }
    });
    closed
}

/// How far messages of that size stand above their usual place, so that they cover no button that goes on and no bar to
/// undo by.
fn lift(ctx: &Context, size: Vec2) -> f32 {
    let screen = ctx.content_rect();
    let usual = Rect::from_min_max(
        pos2(screen.right() - 16.0 - size.x, screen.bottom() - 38.0 - size.y),
        pos2(screen.right() - 16.0, screen.bottom() - 38.0),
    );
    let mut lift = 0.0_f32;
    let mut buttons = buttons::kept_clear(ctx);
    buttons.sort_by(|a, b| b.bottom().total_cmp(&a.bottom()));
    for button in buttons {
        if usual.translate(vec2(0.0, -lift)).expand(GAP).intersects(button) {
            lift = usual.bottom() - button.top() + GAP;
        }
    }
    lift
}

/// How wide a message is, its margins, its sign and its way to be closed.
const WIDTH: f32 = 392.0;
const MARGIN: (i8, i8) = (10, 8);
const ICON: f32 = 18.0;
const CROSS: f32 = 24.0;

/// Room between messages and a button below them.
const GAP: f32 = 8.0;

/// Draws one; returns whether it was closed.
fn one(ui: &mut Ui, scene: &Scene<'_>, notice: &Notice) -> bool {
    let theme = scene.theme;
    let (icon, colour) = mark(notice.weight, theme);
    let frame = Frame::new()
        .fill(theme.panel)
        .stroke(Stroke::new(1.0, colour))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(MARGIN.0, MARGIN.1))
        .shadow(ui.visuals().popup_shadow);
    let drawn = frame.show(ui, |ui| {
        // All of them as wide as one another, whatever their words.
        let inner = ui.available_width().min(WIDTH - 2.0 * f32::from(MARGIN.0));
        ui.set_width(inner);
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.horizontal_top(|ui| {
            ui.label(RichText::new(icon).font(fonts::icons(ICON)).color(colour));
            let words = scene.text.message(&notice.message);
            let room = inner - ICON - CROSS - 2.0 * 8.0;
            ui.allocate_ui(vec2(room, 0.0), |ui| {
                ui.set_width(room);
                ui.add(Label::new(words).wrap());
            });
            let cross = RichText::new(icon_names::CLOSE).font(fonts::icons(16.0));
            let button = Button::new(cross).frame_when_inactive(false).small();
            let response = ui.add_sized(vec2(CROSS, 20.0), button);
            let name = fl!(scene.text.loader, "toast-close");
            field::name(&response, &name);
            response.on_hover_text(name).clicked()
        })
        .inner
    });
    drawn.inner
}
