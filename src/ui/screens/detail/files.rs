//! Files in their place, each with its verdict, the method, and who vouches.

use crate::app::state::{FileInPlace, Job};
use crate::domain::outside_text;
use crate::ui::scene::Scene;
use crate::ui::widgets::badge::Badge;
use crate::ui::widgets::mark;
use egui::{Label, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use i18n_embed_fl::fl;

/// Most files that are listed one by one.
const MOST: usize = 500;

/// Draws the list over the room that is there.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, job: &Job) {
    let l = &scene.text.loader;
    if job.files.is_empty() {
        ui.label(RichText::new(fl!(l, "detail-no-files")).color(scene.theme.quiet));
        return;
    }
    ScrollArea::vertical().id_salt("detail-files").auto_shrink([false, false]).show(ui, |ui| {
        for file in job.files.iter().take(MOST) {
            one(ui, scene, file);
        }
        if let Some(more) = job.files.len().checked_sub(MOST).filter(|more| *more > 0) {
            let n = scene.text.count(more as u64);
            ui.label(
                RichText::new(fl!(l, "detail-more-files", count = more, n = n)).color(scene.theme.quiet),
            );
        }
    });
}

fn one(ui: &mut Ui, scene: &Scene<'_>, file: &FileInPlace) {
    let (text, theme, l) = (scene.text, scene.theme, &scene.text.loader);
    let badge = Badge::of(&file.verdict, text);
    let path = outside_text::show(&file.path);
    let size = text.size(file.length);
    let shown = ui.scope(|ui| {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(16.0, 18.0), Sense::hover());
            mark::paint(ui.painter(), rect, badge.mark, (badge.tone.color(theme), theme));
            ui.add(Label::new(RichText::new(format!("{path} · {size}"))).truncate());
        });
        ui.horizontal(|ui| {
            ui.add_space(24.0);
            ui.add(Label::new(RichText::new(&badge.words).color(badge.tone.color(theme))).wrap());
        });
        if let Some(kept) = &file.kept_as {
            ui.horizontal(|ui| {
                ui.add_space(24.0);
                let words = fl!(l, "detail-kept-as", name = outside_text::show(kept));
                ui.add(Label::new(RichText::new(words).color(theme.attention)).wrap());
            });
        }
    });
    let rect = shown.response.rect;
    let node = ui.interact(rect, egui::Id::unique(("file", &file.path)), Sense::focusable_noninteractive());
    node.widget_info(|| {
        WidgetInfo::labeled(Role::ListItem, true, format!("{path}, {size}, {}", badge.words))
    });
}
