//! The command palette (Ctrl+P): everything that can be done from everywhere, found by typing a part of its name.
//!
//! In: what was typed. Out: the [`Deed`] that was chosen. Arrows move, Enter does, Escape closes.

use super::place::Place;
use crate::app::settings::{LanguageChoice, ThemeChoice};
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, ROW_HEIGHT, SMALL_SIZE, TEXT_SIZE};
use crate::ui::widgets::field::{self, Field};
use egui::{Align2, FontId, Id, Key, Modal, Modifiers, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use i18n_embed_fl::fl;

/// Rows of the list that are seen at once.
const MOST_ROWS: usize = 12;

/// Height of a window that the list leaves to the field above it and to what lies around.
const ROOM_AROUND: f32 = 110.0;

/// Something that can be done from everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Go to a screen.
    Go(Place),
    /// Pause every transfer that is under way.
    PauseAll,
    /// Go on with every paused transfer.
    GoOnAll,
    /// Set the colours.
    Colours(ThemeChoice),
    /// Set the language.
    Speak(LanguageChoice),
    /// Everything one step larger.
    Larger,
    /// Everything one step smaller.
    Smaller,
    /// Everything as large as usual.
    UsualSize,
    /// Show keys and first steps.
    Help,
    /// Close the window.
    Quit,
}

/// What the palette remembers between frames.
#[derive(Debug, Default)]
pub struct View {
    is_open: bool,
    typed: String,
    at: usize,
}

impl View {
    /// Opens the palette, or closes it.
    pub fn toggle(&mut self) {
        *self = Self { is_open: !self.is_open, ..Self::default() };
    }

    /// Draws it when it is open; returns what was chosen.
    pub fn show(&mut self, ctx: &egui::Context, scene: &Scene<'_>) -> Option<Deed> {
        if !self.is_open {
            return None;
        }
        let found = found(scene, &self.typed);
        self.at = self.at.min(found.len().saturating_sub(1));
        self.move_by_keys(ctx, found.len());
        let mut chosen = None;
        let modal = Modal::new(Id::unique("palette")).show(ctx, |ui| {
            ui.set_width(460.0_f32.min(ctx.content_rect().width() - 48.0));
            chosen = self.body(ui, scene, &found);
        });
        if ctx.input(|input| input.key_pressed(Key::Enter)) {
            chosen = found.get(self.at).map(|(deed, ..)| *deed);
        }
        if chosen.is_some() || modal.should_close() {
            *self = Self::default();
        }
        chosen
    }

    fn move_by_keys(&mut self, ctx: &egui::Context, count: usize) {
        let pressed = |key| ctx.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowDown) {
            self.at = (self.at + 1).min(count.saturating_sub(1));
        }
        if pressed(Key::ArrowUp) {
            self.at = self.at.saturating_sub(1);
        }
    }

    fn body(&mut self, ui: &mut Ui, scene: &Scene<'_>, found: &[Found]) -> Option<Deed> {
        let l = &scene.text.loader;
        let (name, hint) = (fl!(l, "palette-name"), fl!(l, "palette-hint"));
        let field = Field { name: &name, hint: &hint, width: ui.available_width() };
        let response = field::show(ui, &mut self.typed, &field);
        response.request_focus();
        if response.changed() {
            self.at = 0;
        }
        ui.add_space(GRID);
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut chosen = None;
        // Without a least height a list that grows again would stay as low as it was.
        let height = found.len().clamp(1, MOST_ROWS) as f32 * (ROW_HEIGHT + 4.0);
        let height = height.min(ui.ctx().content_rect().height() - ROOM_AROUND);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            for (at, (deed, words, keys)) in found.iter().enumerate() {
                if row(ui, scene, &PaletteRow { words, keys, is_chosen: at == self.at }) {
                    chosen = Some(*deed);
                }
            }
            if found.is_empty() {
                ui.label(fl!(l, "palette-none"));
            }
        });
        chosen
    }
}

type Found = (Deed, String, String);

fn found(scene: &Scene<'_>, typed: &str) -> Vec<Found> {
    let typed = plain(typed.trim());
    all(scene).into_iter().filter(|(_, words, _)| plain(words).contains(&typed)).collect()
}

/// Small letters without accents, so that `echeances` finds `Échéances`.
fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let is_mark = |c: &char| unicode_normalization::char::is_combining_mark(*c);
    text.to_lowercase().nfd().filter(|c| !is_mark(c)).collect()
}

fn all(scene: &Scene<'_>) -> Vec<Found> {
    let l = &scene.text.loader;
    let places = Place::ALL.iter().enumerate().map(|(at, place)| {
        let words = fl!(l, "palette-go", place = place.title(scene.text));
        (Deed::Go(*place), words, format!("Ctrl+{}", at + 1))
    });
    let none = String::new;
    places
        .chain([
            (Deed::PauseAll, fl!(l, "palette-pause-all"), none()),
            (Deed::GoOnAll, fl!(l, "palette-go-on-all"), none()),
            (Deed::Colours(ThemeChoice::Light), fl!(l, "palette-light"), none()),
            (Deed::Colours(ThemeChoice::Dark), fl!(l, "palette-dark"), none()),
            (Deed::Colours(ThemeChoice::System), fl!(l, "palette-system-theme"), none()),
            (Deed::Speak(LanguageChoice::English), "English".to_owned(), none()),
            (Deed::Speak(LanguageChoice::French), "Français".to_owned(), none()),
            (Deed::Larger, fl!(l, "palette-larger"), "Ctrl +".to_owned()),
            (Deed::Smaller, fl!(l, "palette-smaller"), "Ctrl −".to_owned()),
            (Deed::UsualSize, fl!(l, "palette-usual-size"), "Ctrl+0".to_owned()),
            (Deed::Help, fl!(l, "palette-help"), "F1".to_owned()),
            (Deed::Quit, fl!(l, "palette-quit"), none()),
        ])
        .collect()
}

struct PaletteRow<'a> {
    words: &'a str,
    keys: &'a str,
    is_chosen: bool,
}

/// Draws one row; returns whether it was pressed.
fn row(ui: &mut Ui, scene: &Scene<'_>, &PaletteRow { words, keys, is_chosen }: &PaletteRow<'_>) -> bool {
    let theme = scene.theme;
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT + 4.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::MenuItem, true, is_chosen, words));
    if is_chosen {
        ui.painter().rect_filled(rect, 3.0, theme.chosen);
        response.scroll_to_me(None);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 3.0, theme.hovered);
    }
    let left = pos2(rect.left() + 8.0, rect.center().y);
    ui.painter().text(left, Align2::LEFT_CENTER, words, FontId::proportional(TEXT_SIZE), theme.text);
    let right = pos2(rect.right() - 8.0, rect.center().y);
    ui.painter().text(right, Align2::RIGHT_CENTER, keys, FontId::proportional(SMALL_SIZE), theme.quiet);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_do_not_matter_for_finding() {
        assert!(plain("Aller à : Échéances").contains(&plain("ECHEANCES")));
    }
}
