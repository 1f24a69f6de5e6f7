//! The dialog from which something is handed on: its address, magnet or feed, to be copied or read from a QR code.
//!
//! In: what is handed on. Out: text for the clipboard.

pub use crate::app::handing_on::{HandedKind, HandedLine, HandedOn};
use crate::ui::fonts;
use crate::ui::scene::Scene;
use crate::ui::style::dialog_frame;
use crate::ui::theme::{GRID, HEADING_SIZE, SMALL_SIZE};
use crate::ui::widgets::buttons::button;
use crate::ui::widgets::field;
use crate::ui::widgets::qr_code::{self, KeptCode};
use egui::{Button, Context, Id, Key, Label, Modal, RichText, ScrollArea, Ui, vec2};
use i18n_embed_fl::fl;

/// Width of the dialog, and side of the code in it, in points.
const SIZE: (f32, f32) = (720.0, 264.0);

/// What the dialog remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    open: Option<HandedOn>,
    /// Which of its lines is shown as a code.
    at: usize,
    code: KeptCode,
    /// What was copied last.
    copied: Option<HandedKind>,
}

impl View {
    /// Opens the dialog.
    pub fn open(&mut self, handed: HandedOn) {
        *self = Self { open: Some(handed), ..Self::default() };
    }
}

/// Draws the dialog while it is open.
pub fn show(ctx: &Context, scene: &Scene<'_>, view: &mut View) {
    let Some(handed) = view.open.clone() else { return };
    let l = &scene.text.loader;
    let mut is_done = false;
    let modal = Modal::new(Id::unique("hand-on")).frame(dialog_frame(ctx)).show(ctx, |ui| {
        ui.set_width(SIZE.0.min(ctx.content_rect().width() - 64.0));
        let title = fl!(l, "hand-on-title", name = handed.name.as_str());
        let heading = ui.add(Label::new(RichText::new(&title).font(fonts::bold(HEADING_SIZE))).truncate());
        field::heading(&heading, (&title, 1));
        ui.add(Label::new(RichText::new(fl!(l, "hand-on-note")).color(scene.theme.quiet)).wrap());
        ui.add_space(2.0 * GRID);
        ui.horizontal_wrapped(|ui| kinds(ui, scene, (&handed, view)));
        ui.add_space(GRID);
        if let Some(line) = handed.lines.get(view.at).or(handed.lines.first()) {
            ui.horizontal_top(|ui| body(ui, scene, (line, view)));
        }
        ui.add_space(3.0 * GRID);
        is_done = button(ui, &fl!(l, "hand-on-close"), &Ok(())).clicked();
    });
    let pressed = ctx.input(|input| input.key_pressed(Key::Escape));
    if is_done || pressed || modal.should_close() {
        view.open = None;
    }
}

/// The ways to it, of which one is shown.
fn kinds(ui: &mut Ui, scene: &Scene<'_>, (handed, view): (&HandedOn, &mut View)) {
    ui.spacing_mut().item_spacing.x = GRID;
    for (at, line) in handed.lines.iter().enumerate() {
        if ui.add(Button::new(kind_words(scene, line.what)).selected(view.at == at)).clicked() {
            (view.at, view.copied) = (at, None);
        }
    }
}

/// The code, and beside it the text with its button.
fn body(ui: &mut Ui, scene: &Scene<'_>, (line, view): (&HandedLine, &mut View)) {
    let (l, kind) = (&scene.text.loader, kind_words(scene, line.what));
    let name = fl!(l, "hand-on-code", kind = kind.as_str());
    let words = (name.as_str(), &*fl!(l, "hand-on-too-long"));
    qr_code::show(ui, (&mut view.code, &line.text), SIZE.1, words, scene.theme);
    ui.add_space(2.0 * GRID);
    ui.vertical(|ui| {
        let area = ScrollArea::vertical().id_salt("handed").max_height(SIZE.1 - 64.0);
        area.show(ui, |ui| {
            ui.set_max_width(ui.available_width());
            let text = RichText::new(&line.text).font(fonts::mono(SMALL_SIZE));
            ui.add(Label::new(text).wrap().selectable(true));
        });
        ui.add_space(2.0 * GRID);
        ui.horizontal_wrapped(|ui| {
            let copy = ui.add(Button::new(fl!(l, "hand-on-copy")).min_size(vec2(96.0, 0.0)));
            field::name(&copy, &fl!(l, "hand-on-copy-name", kind = kind.as_str()));
            if copy.clicked() {
                ui.copy_text(line.text.clone());
                view.copied = Some(line.what);
            }
            if view.copied == Some(line.what) {
                ui.label(RichText::new(fl!(l, "hand-on-copied")).color(scene.theme.proven));
            }
        });
    });
}

fn kind_words(scene: &Scene<'_>, kind: HandedKind) -> String {
    let l = &scene.text.loader;
    match kind {
        HandedKind::Address => fl!(l, "hand-on-address"),
        HandedKind::Magnet => fl!(l, "hand-on-magnet"),
        HandedKind::Torrent => fl!(l, "hand-on-torrent"),
        HandedKind::Feed => fl!(l, "hand-on-feed"),
        HandedKind::Fingerprint => fl!(l, "hand-on-fingerprint"),
    }
}
