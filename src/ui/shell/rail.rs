//! The rail on the left: where one is, where one can go, and what waits there.
//!
//! In: the place, and counts. Out: the place that was chosen. Narrow windows show icons without words.

use super::counts::Counts;
use super::place::Place;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE};
use crate::ui::{fonts, icon};
use egui::{Align2, CornerRadius, FontId, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use i18n_embed_fl::fl;

/// Below this width of the window the rail shows icons only.
const WORDS_FROM: f32 = 1100.0;

/// Width with words, and without.
const WIDTHS: (f32, f32) = (172.0, 52.0);

/// Height of an entry.
const ENTRY: f32 = 36.0;

/// Height of the sign and its name.
const SIGN: f32 = 52.0;

/// Whether names stand beside the icons.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    WithWords,
    IconsOnly,
}

/// Draws the rail; returns the place that the person chose.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, (place, counts): (Place, &Counts)) -> Option<Place> {
    let width = if ui.available_width() < WORDS_FROM { Width::IconsOnly } else { Width::WithWords };
    let points = if width == Width::WithWords { WIDTHS.0 } else { WIDTHS.1 };
    let frame = egui::Frame::new().fill(scene.theme.panel).inner_margin(egui::Margin::symmetric(6, 0));
    let panel = egui::Panel::left("rail").exact_size(points).resizable(false).frame(frame);
    let mut chosen = None;
    panel.show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        // With a large zoom the way to each screen matters more than the sign.
        if ui.available_height() >= SIGN + Place::ALL.len() as f32 * (ENTRY + 2.0) {
            sign(ui, scene, width);
        }
        for each in Place::ALL {
            let is_here = each == place;
            if entry(ui, scene, RailEntry { place: each, is_here, width }, counts.of(each)).clicked() {
                chosen = Some(each);
            }
        }
    });
    chosen
}

/// The sign and the name of the program.
fn sign(ui: &mut Ui, scene: &Scene<'_>, width: Width) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), SIGN), Sense::hover());
    let side = 40.0;
    let left = if width == Width::WithWords { rect.left() } else { rect.center().x - side / 2.0 };
    icon::draw(ui.painter(), pos2(left, rect.center().y - side / 2.0), side, scene.theme);
    if width == Width::WithWords {
        let at = pos2(left + side + GRID, rect.center().y + 1.0);
        ui.painter().text(at, Align2::LEFT_CENTER, "Nuée", fonts::bold(TEXT_SIZE + 2.5), scene.theme.text);
    }
}

/// One place that the rail leads to.
#[derive(Clone, Copy)]
struct RailEntry {
    place: Place,
    is_here: bool,
    width: Width,
}

fn entry(ui: &mut Ui, scene: &Scene<'_>, entry: RailEntry, count: usize) -> Response {
    let RailEntry { place, is_here, width } = entry;
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ENTRY), Sense::click());
    let title = place.title(scene.text);
    let shown = (count > 0).then(|| scene.text.count(count as u64));
    let name = match &shown {
        Some(shown) => {
            fl!(scene.text.loader, "rail-with-count", title = title.as_str(), n_txt = shown.as_str())
        }
        None => title.clone(),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_here, &name));
    paint(ui, scene, rect, entry, &response);
    if width == Width::WithWords {
        words(ui, scene, rect, (&title, shown.as_deref()), entry);
    } else if let Some(shown) = &shown {
        let at = pos2(rect.right() - 3.0, rect.top() + 3.0);
        ui.painter().text(
            at,
            Align2::RIGHT_TOP,
            shown,
            FontId::proportional(SMALL_SIZE - 1.5),
            scene.theme.peers,
        );
    }
    let number = Place::ALL.iter().position(|each| *each == place).unwrap_or_default() + 1;
    response.on_hover_text(format!("{name} · Ctrl+{number}"))
}

fn paint(ui: &Ui, scene: &Scene<'_>, rect: Rect, entry: RailEntry, response: &Response) {
    let RailEntry { place, is_here, .. } = entry;
    let theme = scene.theme;
    let round = CornerRadius::same(4);
    if is_here {
        ui.painter().rect_filled(rect, round, theme.chosen);
        let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height()));
        ui.painter().rect_filled(bar, CornerRadius::same(1), theme.peers);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, round, theme.hovered);
    }
    let colour = if is_here { theme.text } else { theme.quiet };
    let at = pos2(rect.left() + 20.0, rect.center().y);
    ui.painter().text(at, Align2::CENTER_CENTER, place.icon(), fonts::icons(20.0), colour);
}

fn words(ui: &Ui, scene: &Scene<'_>, rect: Rect, (title, count): (&str, Option<&str>), entry: RailEntry) {
    let face = if entry.is_here { fonts::bold(TEXT_SIZE) } else { FontId::proportional(TEXT_SIZE) };
    let at = pos2(rect.left() + 38.0, rect.center().y + 0.5);
    ui.painter().text(at, Align2::LEFT_CENTER, title, face, scene.theme.text);
    if let Some(count) = count {
        let at = pos2(rect.right() - 8.0, rect.center().y + 0.5);
        let face = FontId::proportional(SMALL_SIZE);
        ui.painter().text(at, Align2::RIGHT_CENTER, count, face, scene.theme.quiet);
    }
}
