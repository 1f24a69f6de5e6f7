//! The files of a line: how far each is, what was sent of it, its .torrent and magnet to copy or to hand on.
//!
//! In: a row. Out: text for the clipboard, or something to be handed on. Draws visible rows only.

use super::super::hand_on::{HandedKind, HandedLine, HandedOn};
use super::{View, words};
use crate::app::share::{ShareRow, ShareWish, SharedFile};
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::badge::Tone;
use crate::ui::widgets::buttons::button;
use crate::ui::widgets::field;
use crate::ui::widgets::text::{Line, paint_line, paint_name};
use egui::{Align, Layout, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};
use i18n_embed_fl::fl;

/// Height of a file: its name, and how far it is below.
const LINE: f32 = 40.0;

/// Most height of the list; what is longer scrolls.
const MOST: f32 = 280.0;

/// Room for the buttons at the right end.
const BUTTONS: f32 = 300.0;

/// Draws the button that opens the list and, when it is open, the list.
pub(super) fn show(ui: &mut Ui, scene: &Scene<'_>, (row, view): (&ShareRow, &mut View)) {
    let l = &scene.text.loader;
    // A folder is one .torrent, whose addresses stand above.
    if row.files.is_empty() || matches!(row.wish, ShareWish::Folder(_)) {
        return;
    }
    let is_open = view.open.contains(&row.id);
    let count = scene.text.count(row.files.len() as u64);
    let label = if is_open { fl!(l, "share-files-hide") } else { fl!(l, "share-files-show", n_txt = count) };
    let response = button(ui, &label, &Ok(()));
    field::name(&response, &format!("{label}: {}", words::title(scene, row)));
    if response.clicked() {
        if is_open {
            view.open.remove(&row.id)
        } else {
            view.open.insert(row.id)
        };
    }
    if !is_open {
        return;
    }
    ui.add_space(GRID);
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().id_salt("files").max_height(MOST).auto_shrink([false, true]);
    area.show_rows(ui, LINE, row.files.len(), |ui, range| {
        for file in &row.files[range] {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
            let place = FilePlace { rect, said: said(scene, row, file) };
            one(ui, scene, (file, place), view);
        }
    });
}

/// Where a file is drawn, and what is said of it.
struct FilePlace {
    rect: Rect,
    said: (Tone, String),
}

fn said(scene: &Scene<'_>, row: &ShareRow, file: &SharedFile) -> (Tone, String) {
    let (text, l) = (scene.text, &scene.text.loader);
    if let Some(message) = &file.trouble {
        return (Tone::Attention, words::trouble(scene, message));
    }
    let mut parts = vec![words::file_state(scene, row, file), text.size(file.length)];
    parts.extend(file.expires.map(|until| fl!(l, "share-file-until", until = text.moment(until))));
    if file.uploaded.0 > 0 {
        parts.push(fl!(l, "share-file-sent", size = text.size(file.uploaded)));
    }
    (Tone::Quiet, parts.join(" · "))
}

fn one(ui: &mut Ui, scene: &Scene<'_>, (file, place): (&SharedFile, FilePlace), view: &mut View) {
    let (l, theme) = (&scene.text.loader, scene.theme);
    let FilePlace { rect, said: (tone, said) } = place;
    let room = Rect::from_min_max(rect.min, pos2(rect.right() - BUTTONS - 8.0, rect.bottom()));
    let (upper, lower) = room.split_top_bottom_at_fraction(0.5);
    paint_name(ui.painter(), upper, &file.name, Line::left(TEXT_SIZE, theme.text));
    paint_line(ui.painter(), lower, &said, Line::left(SMALL_SIZE, tone.color(theme)));
    let node = ui.interact(room, ui.scope_id().with(("file", &file.name, file.run)), Sense::hover());
    field::name(&node, &format!("{}, {said}", file.name));
    node.on_hover_text(format!("{}\n{said}", file.name));
    let layout = Layout::right_to_left(Align::Center);
    let place = UiBuilder::new().id_salt(("buttons", &file.name, file.run)).max_rect(rect).layout(layout);
    let mut bar = ui.new_child(place);
    bar.spacing_mut().item_spacing.x = 1.5 * GRID;
    let (Some(torrent), Some(magnet)) = (&file.torrent, &file.magnet) else { return };
    let name = file.name.as_str();
    let response = button(&mut bar, &fl!(l, "share-hand-on"), &Ok(()));
    field::name(&response, &fl!(l, "share-hand-on-name", name = name));
    if response.clicked() {
        let line = |what, text: &String| HandedLine { what, text: text.clone() };
        let lines = vec![line(HandedKind::Torrent, torrent), line(HandedKind::Magnet, magnet)];
        view.hand_on = Some(HandedOn { name: file.name.clone(), lines });
    }
    for (label, copied, named) in [
        (fl!(l, "share-magnet"), magnet, fl!(l, "share-copy-magnet-of", name = name)),
        (fl!(l, "share-torrent"), torrent, fl!(l, "share-copy-torrent-of", name = name)),
    ] {
        let response = button(&mut bar, &label, &Ok(()));
        field::name(&response, &named);
        if response.on_hover_text(&named).clicked() {
            bar.copy_text(copied.clone());
        }
    }
}
