//! Short messages in the corner: what happened, and a way to close it. All of them are in the log as well.
//!
//! In: notices of the engine. Out: those that were seen. Drawn here because the crate that was tried paints pixels
//! without names, does not wrap long sentences, and repaints without pause while a message stands.

use crate::app::input::Action;
use crate::app::journal::{Notice, Weight};
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::screens::journal::mark;
use crate::ui::widgets::field;
use egui::{Align2, Area, Button, Context, Frame, Id, Label, Margin, Order, RichText, Stroke, Ui, vec2};
use egui_material_icons::icons;
use i18n_embed_fl::fl;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a message stands that needs nothing, in seconds.
const STANDS: f64 = 8.0;

/// Most messages at a time; the newest are shown.
const MOST: usize = 3;

/// What is remembered between frames: when a message was first shown, and the newest that was closed.
#[derive(Debug, Default)]
pub struct View {
    since: BTreeMap<u64, f64>,
    closed: Vec<u64>,
}

impl View {
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
            // What is to be looked at stays until it was.
            if notice.weight == Weight::Note {
                soonest = soonest.min(since + STANDS - now);
                if now - since >= STANDS {
                    seen.push(notice.number);
                }
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
    let area = Area::new(Id::unique("toasts"))
        .order(Order::Foreground)
        .anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -38.0));
    area.movable(false).fade_in(false).show(ctx, |ui| {
        ui.set_width(380.0_f32.min(ctx.content_rect().width() - 32.0));
        for notice in shown.iter().rev() {
            if one(ui, scene, notice) {
                closed.push(notice.number);
            }
        }
    });
    closed
}

/// Draws one; returns whether it was closed.
fn one(ui: &mut Ui, scene: &Scene<'_>, notice: &Notice) -> bool {
    let theme = scene.theme;
    let (icon, colour) = mark(notice.weight, theme);
    let frame = Frame::new()
        .fill(theme.panel)
        .stroke(Stroke::new(1.0, colour))
        .corner_radius(4)
        .inner_margin(Margin::symmetric(10, 8))
        .shadow(ui.visuals().popup_shadow);
    let drawn = frame.show(ui, |ui| {
        ui.horizontal_top(|ui| {
            ui.label(RichText::new(icon).font(fonts::icons(18.0)).color(colour));
            let words = scene.text.message(&notice.message);
            let room = ui.available_width() - 34.0;
            ui.allocate_ui(vec2(room, 0.0), |ui| {
                ui.set_min_width(room);
                ui.add(Label::new(words).wrap());
            });
            let cross = RichText::new(icons::ICON_CLOSE.codepoint).font(fonts::icons(16.0));
            let response = ui.add(Button::new(cross).frame_when_inactive(false).small());
            let name = fl!(scene.text.loader, "toast-close");
            field::name(&response, &name);
            response.on_hover_text(name).clicked()
        })
        .inner
    });
    drawn.inner
}
