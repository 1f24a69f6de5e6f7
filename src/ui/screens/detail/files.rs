//! Files in their place, each with its verdict, the method, and who vouches.
//!
//! In: a job. Out: rows of equal height, of which only those in sight are drawn: a run may have thousands of files.

use crate::app::jobs::view::{FileInPlace, Job};
use crate::domain::outside_text;
use crate::i18n::{Translator, proof};
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, TEXT_SIZE};
use crate::ui::widgets::badge::{Badge, Tone};
use crate::ui::widgets::mark::{self, Mark};
use crate::ui::widgets::text::{Line, paint_line, paint_split};
use egui::{Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use i18n_embed_fl::fl;

/// Height of a line, and where its words begin.
const LINE: f32 = 20.0;
const INDENT: f32 = 24.0;

/// Draws the list over the room that is there.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, job: &Job) {
    if job.files.is_empty() {
        ui.label(RichText::new(fl!(&scene.text.loader, "detail-no-files")).color(scene.theme.quiet));
        return;
    }
    // What was kept beside a file has a line of its own, where anything was.
    let lines = if job.files.iter().any(|file| file.kept_as.is_some()) { 3.0 } else { 2.0 };
    let (height, count) = (lines * LINE + GRID, job.files.len());
    ui.spacing_mut().item_spacing.y = 0.0;
    let list = ScrollArea::vertical().id_salt("detail-files").auto_shrink([false, false]);
    list.show_rows(ui, height, count, |ui, range| {
        for at in range {
            one(ui, scene, job, (at, count), height);
        }
    });
}

/// What is known of a file: when that was read, and that it was then, where files of the transfer are gone or changed.
fn badge_of(job: &Job, file: &FileInPlace, text: &Translator) -> Badge {
    let badge = Badge::of(&file.verdict, text);
    let words = proof::dated(text, file, badge.words);
    if job.disk.worst.is_lost() {
        let words = fl!(&text.loader, "detail-was-verified", words = words);
        return Badge { mark: Mark::Attention, tone: Tone::Attention, words };
    }
    Badge { words, ..badge }
}

fn one(ui: &mut Ui, scene: &Scene<'_>, job: &Job, (at, count): (usize, usize), height: f32) {
    let (text, theme) = (scene.text, scene.theme);
    let file = &job.files[at];
    let badge = badge_of(job, file, text);
    let (path, size) = (outside_text::show(&file.path), text.size(file.length));
    let kept = file
        .kept_as
        .as_ref()
        .map(|kept| fl!(&text.loader, "detail-kept-as", name = outside_text::show(kept)));
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let response =
        ui.interact(rect, egui::Id::unique(("file", at, &file.path)), Sense::focusable_noninteractive());
    let sentence = || {
        let said = format!("{path}, {size}, {}", badge.words);
        kept.iter().fold(said, |said, kept| format!("{said}. {kept}"))
    };
    response.widget_info(|| WidgetInfo::labeled(Role::ListItem, true, sentence()));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_position_in_set(at + 1);
        node.set_size_of_set(count);
    });
    let line = |number: f32, indent: f32| {
        let top = rect.top() + number * LINE;
        Rect::from_min_max(pos2(rect.left() + indent, top), pos2(rect.right() - GRID, top + LINE))
    };
    let painter = ui.painter();
    let color = badge.tone.color(theme);
    let place = Rect::from_min_size(line(0.0, 0.0).min, vec2(16.0, LINE));
    mark::paint(painter, place, badge.mark, (color, theme));
    let tail = format!(" · {size}");
    paint_split(painter, line(0.0, INDENT), (&path, &tail), Line::left(TEXT_SIZE, theme.text));
    paint_line(painter, line(1.0, INDENT), &badge.words, Line::left(TEXT_SIZE, color));
    if let Some(kept) = &kept {
        paint_line(painter, line(2.0, INDENT), kept, Line::left(TEXT_SIZE, theme.attention));
    }
    response.on_hover_ui(|ui| {
        let words = [Some(&path), Some(&badge.words), kept.as_ref()];
        words.into_iter().flatten().for_each(|words| drop(ui.label(words)));
    });
}
