//! What the window asks or says above everything: whether to close while transfers are active, and the keys.
//!
//! In: the wish to close, the wish for help. Out: whether the window may close.

use super::place::Place;
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::style::dialog_frame;
use crate::ui::theme::{GRID, HEADING_SIZE};
use crate::ui::widgets::field;
use egui::{Button, Context, Grid, Id, Key, Label, Modal, RichText, Ui, ViewportCommand};
use i18n_embed_fl::fl;

/// What is remembered between frames.
#[derive(Debug, Default)]
pub struct View {
    is_leaving: bool,
    may_leave: bool,
    has_help: bool,
}

impl View {
    /// Shows the keys, or puts them away.
    pub fn toggle_help(&mut self) {
        self.has_help = !self.has_help;
    }

    /// Hears the wish to close: with active transfers it is asked about, once.
    pub fn hear_close(&mut self, ctx: &Context, active: usize) {
        if !ctx.input(|input| input.viewport().close_requested()) || self.may_leave {
            return;
        }
        if active > 0 {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.is_leaving = true;
        }
    }

    /// Closes without asking.
    pub fn leave(&mut self, ctx: &Context) {
        if !std::mem::replace(&mut self.may_leave, true) {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
    }

    /// Draws what is open.
    pub fn show(&mut self, ctx: &Context, scene: &Scene<'_>, active: usize) {
        if self.is_leaving {
            self.leaving(ctx, scene, active);
        }
        if self.has_help {
            self.help(ctx, scene);
        }
    }

    fn leaving(&mut self, ctx: &Context, scene: &Scene<'_>, active: usize) {
        let l = &scene.text.loader;
        let mut answer = None;
        let modal = Modal::new(Id::unique("leaving")).frame(dialog_frame(ctx)).show(ctx, |ui| {
            ui.set_width(460.0_f32.min(ctx.content_rect().width() - 64.0));
            heading(ui, &fl!(l, "leaving-title"));
            let n = active as u64;
            ui.add(Label::new(fl!(l, "leaving-note", n = n, n_txt = scene.text.count(n))).wrap());
            ui.add_space(3.0 * GRID);
            ui.horizontal(|ui| {
                let stay = RichText::new(fl!(l, "leaving-stay")).color(scene.theme.on_accent);
                let stay = ui.add(Button::new(stay).fill(scene.theme.peers));
                if ctx.memory(|memory| memory.focused().is_none()) {
                    stay.request_focus();
                }
                if stay.clicked() {
                    answer = Some(false);
                }
                if ui.button(fl!(l, "leaving-close")).clicked() {
                    answer = Some(true);
                }
            });
        });
        if modal.should_close() {
            answer = Some(false);
        }
        if let Some(leaves) = answer {
            self.is_leaving = false;
            self.may_leave = leaves;
            if leaves {
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    fn help(&mut self, ctx: &Context, scene: &Scene<'_>) {
        let l = &scene.text.loader;
        let mut is_done = false;
        let modal = Modal::new(Id::unique("help")).frame(dialog_frame(ctx)).show(ctx, |ui| {
            ui.set_width(520.0_f32.min(ctx.content_rect().width() - 64.0));
            heading(ui, &fl!(l, "help-title"));
            for step in [fl!(l, "help-step-1"), fl!(l, "help-step-2"), fl!(l, "help-step-3")] {
                ui.add(Label::new(step).wrap());
            }
            ui.add_space(2.0 * GRID);
            keys(ui, scene);
            ui.add_space(3.0 * GRID);
            is_done = ui.button(fl!(l, "help-close")).clicked();
        });
        let pressed = ctx.input(|input| input.key_pressed(Key::Escape));
        if is_done || pressed || modal.should_close() {
            self.has_help = false;
        }
    }
}

fn heading(ui: &mut Ui, title: &str) {
    let response = ui.label(RichText::new(title).font(fonts::bold(HEADING_SIZE)));
    field::heading(&response, (title, 1));
    ui.add_space(GRID);
}

fn keys(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let all = [
        (format!("Ctrl+1 … Ctrl+{}", Place::ALL.len()), fl!(l, "help-key-places")),
        ("Ctrl+F".to_owned(), fl!(l, "help-key-find")),
        ("Ctrl+P".to_owned(), fl!(l, "help-key-palette")),
        ("Ctrl+L".to_owned(), fl!(l, "help-key-log")),
        ("Ctrl +   Ctrl −   Ctrl+0".to_owned(), fl!(l, "help-key-zoom")),
        (fl!(l, "help-key-arrows-name"), fl!(l, "help-key-arrows")),
        (fl!(l, "help-key-tab-name"), fl!(l, "help-key-tab")),
        ("F1".to_owned(), fl!(l, "help-key-help")),
    ];
    Grid::new("keys").num_columns(2).spacing([20.0, 4.0]).show(ui, |ui| {
        for (key, words) in all {
            ui.label(RichText::new(key).color(scene.theme.quiet));
            ui.add(Label::new(words).wrap());
            ui.end_row();
        }
    });
}
