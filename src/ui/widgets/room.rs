//! Gives a screen the height it needs: what is lower is scrolled as a whole, so that nothing is clipped away.
//!
//! In: the least height. Out: what was drawn in at least that much. For large zooms and small windows.

use egui::{ScrollArea, Ui, UiBuilder, vec2};

/// Draws `contents` in the room that is there, or in a scrolled one of the least height and width.
pub fn show<R>(ui: &mut Ui, least: egui::Vec2, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let room = ui.available_size();
    if room.x >= least.x && room.y >= least.y {
        return contents(ui);
    }
    let area = ScrollArea::both().id_salt("whole-screen").auto_shrink([false, false]);
    area.show(ui, |ui| {
        let bars = 12.0;
        let (rect, _) = ui.allocate_exact_size(
            vec2((room.x - bars).max(least.x), (room.y - bars).max(least.y)),
            egui::Sense::hover(),
        );
        ui.scope_builder(UiBuilder::new().max_rect(rect), contents).inner
    })
    .inner
}
