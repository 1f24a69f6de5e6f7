//! The last announcements at the chosen topic, newest first: verdict, name, lag, and what became of the file.
//!
//! In: rows. Out: which message is open, and wishes. Only rows in sight are drawn.

use super::words;
use crate::app::mesh::view::{HeardRow, MeshCommand, MeshSight};
use crate::domain::outside_text::show as show_text;
use crate::ui::scene::Scene;
use crate::ui::theme::{ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::mark;
use crate::ui::widgets::row::{self, Row, RowChoice, Spot};
use crate::ui::widgets::text::{Line, paint_line, paint_name};
use egui::{Id, Key, Rect, ScrollArea, Sense, Ui, pos2, vec2};
use i18n_embed_fl::fl;

/// Draws the list over the room that is there.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, sight: &mut MeshSight, wishes: &mut Vec<MeshCommand>) {
    let list = &scene.snapshot.mesh.list;
    ui.spacing_mut().item_spacing.y = 0.0;
    head(ui, scene);
    if list.is_empty() {
        let l = &scene.text.loader;
        let words = if scene.find.is_empty() {
            fl!(l, "mesh-list-empty")
        } else {
            fl!(l, "mesh-list-not-found", find = scene.find)
        };
        ui.label(egui::RichText::new(words).color(scene.theme.quiet));
        return;
    }
    let area = ScrollArea::vertical().id_salt("announcements").auto_shrink([false, false]);
    area.show_rows(ui, ROW_HEIGHT, list.len(), |ui, range| {
        for at in range {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
            if let Some(heard) = list.get(at) {
                one(ui, scene, heard, Spot { rect, place: (at, list.len()) }, (sight, wishes));
            }
        }
    });
}

/// Widths of a time of day, and of a lag with its mark.
const TIME: f32 = 88.0;
const LAG: f32 = 160.0;

/// Below this width there is no room for the time.
const NARROW: f32 = 540.0;

/// Verdict, name, time, lag, what became of it.
fn cells(rect: Rect) -> [Rect; 5] {
    // With little room the time gives way: it is said with the message itself.
    let time = if rect.width() < NARROW { 0.0 } else { TIME };
    let rest = (rect.width() - 20.0 - time - LAG).max(200.0);
    let widths = [20.0, rest * 0.44, time, LAG, rest * 0.56];
    let mut x = rect.left() + 4.0;
    widths.map(|width| {
        let cell = Rect::from_min_max(pos2(x, rect.top()), pos2((x + width - 8.0).max(x), rect.bottom()));
        x += width;
        cell
    })
}

fn head(ui: &mut Ui, scene: &Scene<'_>) {
    let l = &scene.text.loader;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    let labels = [
        String::new(),
        fl!(l, "mesh-head-name"),
        fl!(l, "mesh-head-time"),
        fl!(l, "mesh-head-lag"),
        fl!(l, "mesh-head-state"),
    ];
    for (cell, label) in cells(rect).into_iter().zip(labels) {
        paint_line(ui.painter(), cell, &label, Line::left(SMALL_SIZE, scene.theme.quiet));
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, scene.theme.line));
}

fn one(
    ui: &mut Ui,
    scene: &Scene<'_>,
    heard: &HeardRow,
    Spot { rect, place }: Spot,
    (sight, wishes): (&mut MeshSight, &mut Vec<MeshCommand>),
) {
    let (text, theme) = (scene.text, scene.theme);
    let is_open = sight.open == Some(heard.number);
    let choice = if is_open { RowChoice::Chosen } else { RowChoice::NotChosen };
    let own = Row { id: Id::unique(("heard", heard.number)), rect, place, choice };
    let sound = words::soundness(text, heard);
    let (late_mark, late_tone, late_words) = words::lateness(text, heard);
    let state = words::standing(text, heard);
    let time = time_of(heard);
    let name = show_text(&heard.name);
    let response = row::sense(ui, own, || {
        fl!(
            &text.loader,
            "mesh-heard-say",
            name = name.as_str(),
            verdict = sound.words.as_str(),
            time = time.as_str(),
            lag = late_words.as_str(),
            state = state.words.as_str()
        )
    });
    row::paint_ground(ui, &own, &response, theme);
    let painter = ui.painter();
    let [verdict, title, at, lag, file] = cells(rect);
    mark::paint(
        painter,
        Rect::from_min_size(verdict.min, vec2(12.0, rect.height())),
        sound.mark,
        (sound.tone.color(theme), theme),
    );
    paint_name(painter, title, &name, Line::left(TEXT_SIZE, theme.text));
    paint_line(painter, at, &time, Line::left(TEXT_SIZE, theme.quiet));
    let mut rest = lag;
    if let Some(shape) = late_mark {
        let sign = Rect::from_min_size(lag.min, vec2(12.0, rect.height()));
        mark::paint(painter, sign, shape, (late_tone.color(theme), theme));
        rest.min.x += 16.0;
    }
    paint_line(painter, rest, &late_words, Line::left(TEXT_SIZE, late_tone.color(theme)));
    let sign = Rect::from_min_size(file.min, vec2(12.0, rect.height()));
    mark::paint(painter, sign, state.mark, (state.tone.color(theme), theme));
    let rest = Rect::from_min_max(pos2(file.left() + 17.0, file.top()), file.max);
    paint_line(painter, rest, &state.words, Line::left(TEXT_SIZE, state.tone.color(theme)));
    if response.clicked() {
        response.request_focus();
        sight.open = (!is_open).then_some(heard.number);
    }
    if response.has_focus() && ui.input(|input| input.modifiers.is_none() && input.key_pressed(Key::F)) {
        wishes.push(MeshCommand::Fetch(heard.number));
    }
    response.on_hover_text(format!("{}\n{}", show_text(&heard.topic), state.words));
}

/// The time of day at which a message came.
fn time_of(heard: &HeardRow) -> String {
    let at = heard.at.to_second().civil();
    format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second())
}
