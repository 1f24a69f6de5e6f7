//! One message from close by: what it says, who has its file, what became of it, and the message as it came.
//!
//! In: the open message. Out: wishes.

use super::words;
use crate::app::mesh::listening::FileOutcome;
use crate::app::mesh::view::{FileAction, FileStanding, HeardRow, MeshCommand, MeshSight, OpenMessage};
use crate::domain::outside_text::show as show_text;
use crate::ui::fonts::bold;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE, Theme};
use crate::ui::widgets::badge::{Badge, Tone};
use crate::ui::widgets::buttons::{Able, button, main_button};
use crate::ui::widgets::field;
use egui::{Align, Button, Label, Layout, RichText, ScrollArea, Ui, vec2};
use i18n_embed_fl::fl;

/// Width of the names.
const NAME: f32 = 122.0;

/// What is remembered between frames.
#[derive(Debug, Default)]
pub struct View {
    /// Whether the message is shown as it came.
    is_raw: bool,
}

/// Draws the message over the room that is there.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (view, sight): (&mut View, &mut MeshSight),
    wishes: &mut Vec<MeshCommand>,
) {
    let l = &scene.text.loader;
    let open = scene.snapshot.mesh.open.as_ref().filter(|open| Some(open.row.number) == sight.open);
    let Some(open) = open else {
        ui.label(RichText::new(fl!(l, "mesh-message-gone")).color(scene.theme.quiet));
        return;
    };
    let row = &open.row;
    let title = ui.add(Label::new(RichText::new(show_text(&row.name)).font(bold(TEXT_SIZE))).truncate());
    field::heading(&title, (&show_text(&row.name), 2));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        let again = row.file.is_some();
        let words = if again { fl!(l, "mesh-fetch-again") } else { fl!(l, "mesh-fetch") };
        if main_button(ui, &words, &can_fetch(scene, row), scene.theme).clicked() {
            wishes.push(MeshCommand::Fetch(row.number));
        }
        if ui.add(Button::new(fl!(l, "mesh-json")).selected(view.is_raw)).clicked() {
            view.is_raw = !view.is_raw;
        }
        if button(ui, &fl!(l, "mesh-copy"), &Ok(())).clicked() {
            ui.copy_text(open.text.clone());
        }
        if button(ui, &fl!(l, "mesh-close"), &Ok(())).clicked() {
            sight.open = None;
        }
    });
    let area = ScrollArea::vertical().id_salt("message").auto_shrink([false, false]);
    area.show(ui, |ui| if view.is_raw { raw(ui, scene, open) } else { details(ui, scene, open) });
}

fn can_fetch(scene: &Scene<'_>, row: &HeardRow) -> Able {
    let l = &scene.text.loader;
    if let Some(FileStanding::UnderWay) = row.file.as_deref() {
        return Err(fl!(l, "mesh-file-under-way"));
    }
    let has_bytes = row.action.is_some_and(FileAction::has_bytes);
    if has_bytes { Ok(()) } else { Err(fl!(l, "mesh-no-file")) }
}

fn raw(ui: &mut Ui, scene: &Scene<'_>, open: &OpenMessage) {
    let l = &scene.text.loader;
    ui.add(Label::new(RichText::new(&open.text).monospace()).wrap().selectable(true));
    if open.cut > 0 {
        let cut = scene.text.count(open.cut as u64);
        ui.label(RichText::new(fl!(l, "mesh-json-cut", n_txt = cut)).color(scene.theme.attention));
    }
}

fn details(ui: &mut Ui, scene: &Scene<'_>, open: &OpenMessage) {
    let (text, theme, l) = (scene.text, scene.theme, &scene.text.loader);
    let row = &open.row;
    let sound = words::soundness(text, row);
    let (_, late_tone, late) = words::lateness(text, row);
    let mut lines: Vec<(String, String, Tone)> = Vec::new();
    let mut say = |name: String, words: String, tone: Tone| {
        if !words.is_empty() {
            lines.push((name, words, tone));
        }
    };
    say(fl!(l, "mesh-say-file"), file_words(scene, row), words::standing(text, row).tone);
    let remarks = words::remarks(text, row);
    let verdict = if remarks.is_empty() { sound.words } else { format!("{} · {remarks}", sound.words) };
    let dialect = row.dialect.unwrap_or("?");
    say(
        fl!(l, "mesh-say-message"),
        format!("{verdict} · {dialect} · {}", words::novelty(text, row)),
        sound.tone,
    );
    say(fl!(l, "mesh-say-lag"), late, late_tone);
    let published = row.published_at.map_or_else(|| "–".to_owned(), |at| at.to_string());
    say(
        fl!(l, "mesh-say-times"),
        fl!(l, "mesh-times", published = published, received = row.at.to_string()),
        Tone::Plain,
    );
    say(fl!(l, "mesh-head-topic"), show_text(&row.topic), Tone::Plain);
    say(fl!(l, "mesh-say-key"), row.key.as_deref().map(show_text).unwrap_or_default(), Tone::Plain);
    let size = row.size.map_or_else(|| fl!(l, "mesh-no-size"), |size| text.size(size));
    let method = row.method.as_deref().map_or_else(|| fl!(l, "mesh-no-digest"), show_text);
    say(fl!(l, "mesh-say-size"), format!("{size} · {method}"), Tone::Plain);
    ui.spacing_mut().item_spacing.y = 2.0;
    // The file and what was tried for it come first: they are why one looks.
    for (at, (name, words, tone)) in lines.iter().enumerate() {
        line(ui, theme, name, words, *tone);
        if at == 0 {
            tried(ui, scene, row);
        }
    }
    for (at, holder) in open.holders.iter().enumerate() {
        let name = if at == 0 { fl!(l, "mesh-say-holders") } else { String::new() };
        let lag = words::lag(text, holder.lag);
        let kind = if holder.is_torrent { " · torrent" } else { "" };
        let words = format!("{} · {lag}{kind} · {}", show_text(&holder.name), holder.url);
        line(ui, theme, &name, &words, Tone::Plain);
    }
}

/// A name and what is to be said of it, as many lines as that needs.
fn line(ui: &mut Ui, theme: &Theme, name: &str, words: &str, tone: Tone) {
    ui.horizontal_top(|ui| {
        let room = vec2(NAME, SMALL_SIZE + 6.0);
        ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Min), |ui| {
            ui.set_min_width(NAME);
            ui.label(RichText::new(name).color(theme.quiet));
        });
        let label = Label::new(RichText::new(words).color(tone.color(theme))).wrap().selectable(true);
        ui.add(label);
    });
}

/// What became of the file, with its proof, its place and where it came from.
fn file_words(scene: &Scene<'_>, row: &HeardRow) -> String {
    let (text, l) = (scene.text, &scene.text.loader);
    let Some(FileStanding::Settled(news)) = row.file.as_deref() else {
        return words::standing(text, row).words;
    };
    match &news.outcome {
        FileOutcome::InPlace(file) => {
            let from = news.from.clone().unwrap_or_else(|| fl!(l, "mesh-from-message"));
            let proof = Badge::of(&file.verdict, text).words;
            fl!(l, "mesh-file-in-place", proof = proof, path = file.path.as_str(), from = from)
        }
        _ => words::standing(text, row).words,
    }
}

/// Sources that were tried in vain, each with its reason.
fn tried(ui: &mut Ui, scene: &Scene<'_>, row: &HeardRow) {
    let Some(FileStanding::Settled(news)) = row.file.as_deref() else { return };
    for (at, (url, reason)) in news.tried.iter().enumerate() {
        let name = if at == 0 { fl!(&scene.text.loader, "mesh-say-tried") } else { String::new() };
        let words = format!("{url} · {}", scene.text.reason(reason));
        line(ui, scene.theme, &name, &words, Tone::Attention);
    }
}
