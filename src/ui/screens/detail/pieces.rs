//! The map of pieces with its legend, and how many are in each state.

use crate::app::jobs::detail::{PieceMap, PieceState};
use crate::domain::octets::ByteCount;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE};
use crate::ui::widgets::piece_map;
use egui::{FontId, Id, Label, Rect, RichText, Role, Sense, Ui, Vec2, WidgetInfo, vec2};
use i18n_embed_fl::fl;

/// Draws map and legend over the room that is there.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, map: &PieceMap) {
    let (text, theme, l) = (scene.text, scene.theme, &scene.text.loader);
    if map.pieces == 0 {
        ui.label(RichText::new(fl!(l, "detail-no-pieces")).color(theme.quiet));
        return;
    }
    let title = fl!(
        l,
        "detail-piece-count",
        count = map.pieces,
        n = text.count(map.pieces.into()),
        size = text.size(ByteCount(map.piece_length))
    );
    ui.add(Label::new(RichText::new(title).size(SMALL_SIZE).color(theme.quiet)).truncate());
    let rows = ((ui.available_height() - 44.0) / 11.0).clamp(2.0, 24.0) as usize;
    let rect = piece_map::show(ui, map, rows, theme);
    let sentence = || {
        let parts = piece_map::STATES.into_iter().filter(|state| piece_map::count(map, *state) > 0);
        parts.map(|state| entry(scene, map, state)).collect::<Vec<_>>().join(", ")
    };
    let node = ui.interact(rect, Id::unique("piece-map"), Sense::hover());
    node.widget_info(|| WidgetInfo::labeled(Role::Image, true, sentence()));
    legend(ui, scene, map);
}

fn entry(scene: &Scene<'_>, map: &PieceMap, state: PieceState) -> String {
    let l = &scene.text.loader;
    let name = match state {
        PieceState::NotWanted => fl!(l, "detail-piece-not-wanted"),
        PieceState::Missing => fl!(l, "detail-piece-missing"),
        PieceState::AskedHttp => fl!(l, "detail-piece-asked-http"),
        PieceState::FromPeers => fl!(l, "detail-piece-from-peers"),
        PieceState::FromHttp => fl!(l, "detail-piece-from-http"),
        PieceState::FromDisk => fl!(l, "detail-piece-from-disk"),
    };
    format!("{name} {}", scene.text.count(piece_map::count(map, state).into()))
}

fn legend(ui: &mut Ui, scene: &Scene<'_>, map: &PieceMap) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GRID, 0.0);
        for state in piece_map::STATES {
            // One widget an entry, so that a line is broken between entries and never within one.
            let (words, color) = (entry(scene, map, state), scene.theme.quiet);
            let galley = ui.painter().layout_no_wrap(words, FontId::proportional(SMALL_SIZE), color);
            let size = vec2(12.0 + GRID + galley.size().x + GRID, 16.0);
            let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, galley.text()));
            let square = Rect::from_center_size(rect.left_center() + vec2(6.0, 0.0), Vec2::splat(9.0));
            piece_map::paint(ui.painter(), square, state, scene.theme);
            let at = rect.left_center() + vec2(12.0 + GRID, -galley.size().y / 2.0);
            ui.painter().galley(at, galley, color);
        }
    });
}
