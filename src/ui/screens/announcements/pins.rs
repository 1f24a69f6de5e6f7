//! Pinned topics: files by hour and source, so that a hole shows, and for how long nothing came.
//!
//! In: figures of pins. Out: wishes.

use crate::app::mesh::view::{MeshCommand, PinFigures, TopicFilter};
use crate::domain::outside_text::show as show_text;
use crate::ui::fonts::bold;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE};
use crate::ui::widgets::field;
use crate::ui::widgets::text::{Line, paint_line};
use egui::{Label, Rect, RichText, Sense, Ui, pos2, vec2};
use i18n_embed_fl::fl;
use std::time::Duration;

/// Height of one source's bars.
const BARS: f32 = 18.0;

/// Width of a source's name.
const NAME: f32 = 132.0;

/// After so long without a message a pinned topic is called silent.
const SILENT: u64 = 900;

/// The height in which all of them can be seen.
pub fn height(pins: &[PinFigures]) -> f32 {
    pins.iter().map(|pin| 42.0 + (BARS + 6.0) * pin.by_source.len() as f32).sum()
}

/// Draws all pins.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, wishes: &mut Vec<MeshCommand>) {
    for pin in &scene.snapshot.mesh.pins {
        head(ui, scene, pin, wishes);
        let most = pin.by_source.iter().flat_map(|(_, hours)| hours).copied().max().unwrap_or(0);
        for (source, hours) in &pin.by_source {
            bars(ui, scene, (source, hours), most);
        }
        if pin.hidden_sources > 0 {
            let n_txt = scene.text.count(pin.hidden_sources);
            ui.label(fl!(&scene.text.loader, "mesh-pin-hidden", n_txt = n_txt));
        }
        ui.add_space(GRID);
    }
}

fn head(ui: &mut Ui, scene: &Scene<'_>, pin: &PinFigures, wishes: &mut Vec<MeshCommand>) {
    let (text, theme, l) = (scene.text, scene.theme, &scene.text.loader);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0 * GRID;
        let unpin = ui.small_button("×");
        field::name(&unpin, &fl!(l, "mesh-unpin-name", filter = pin.filter.as_str()));
        if unpin.clicked() {
            wishes.extend(TopicFilter::parse(&pin.filter).ok().map(MeshCommand::Unpin));
        }
        let is_silent = pin.silent_secs.is_none_or(|secs| secs >= SILENT);
        let silence = match pin.silent_secs {
            None => fl!(l, "mesh-pin-nothing"),
            Some(secs) => fl!(l, "mesh-silence", time = text.duration(Duration::from_secs(secs))),
        };
        let color = if is_silent { theme.attention } else { theme.quiet };
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(silence).size(SMALL_SIZE).color(color));
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let name = RichText::new(show_text(&pin.filter)).font(bold(SMALL_SIZE));
                ui.add(Label::new(name).truncate()).on_hover_text(show_text(&pin.filter));
            });
        });
    });
}

/// One source: a bar an hour, the newest on the right; an hour without any file is a line at the foot.
fn bars(ui: &mut Ui, scene: &Scene<'_>, (source, hours): (&str, &[u32]), most: u32) {
    let theme = scene.theme;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), BARS), Sense::hover());
    let source = show_text(source);
    let (now, sum) = (hours.last().copied().unwrap_or(0), hours.iter().map(|&n| u64::from(n)).sum());
    // Hours before the first file are no holes: nobody listened yet.
    let begun = hours.iter().position(|&n| n > 0).unwrap_or(hours.len());
    let holes = hours[begun..].iter().filter(|&&n| n == 0).count() as u64;
    let count = |n: u64| scene.text.count(n);
    let words = fl!(
        &scene.text.loader,
        "mesh-pin-say",
        source = source.as_str(),
        now = count(now.into()),
        sum = count(sum),
        holes = count(holes),
        hours = count(hours.len() as u64)
    );
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &words));
    let name = Rect::from_min_max(rect.min, pos2(rect.left() + NAME, rect.bottom()));
    paint_line(ui.painter(), name, &source, Line::left(SMALL_SIZE, theme.text));
    let figure = Rect::from_min_max(pos2(rect.right() - 44.0, rect.top()), rect.max);
    paint_line(ui.painter(), figure, &count(sum), Line::right(SMALL_SIZE, theme.quiet));
    let room = Rect::from_min_max(
        pos2(name.right() + 6.0, rect.top() + 2.0),
        pos2(figure.left() - 4.0, rect.bottom() - 2.0),
    );
    let width = room.width() / hours.len().max(1) as f32;
    for (at, &files) in hours.iter().enumerate() {
        let x = room.left() + at as f32 * width;
        let cell = |height: f32| {
            Rect::from_min_max(pos2(x + 1.0, room.bottom() - height), pos2(x + width - 1.0, room.bottom()))
        };
        match files {
            0 if at < begun => ui.painter().rect_filled(cell(1.0), 0.0, theme.line),
            0 => ui.painter().rect_stroke(
                cell(room.height()),
                0.0,
                egui::Stroke::new(1.0, theme.attention),
                egui::StrokeKind::Inside,
            ),
            files => {
                let share = files as f32 / most.max(1) as f32;
                ui.painter().rect_filled(cell((room.height() * share).max(3.0)), 0.0, theme.peers)
            }
        };
    }
    response.on_hover_text(words);
}
