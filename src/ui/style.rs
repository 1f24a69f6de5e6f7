//! Dresses egui's own widgets in a [`Theme`].
//!
//! In: a theme and how much may move. Out: an [`egui::Style`]. Start reading at [`style_of`].

use super::fonts;
use super::theme::{CONTROL_HEIGHT, GRID, HEADING_SIZE, SMALL_SIZE, Shade, TEXT_SIZE, Theme};
use crate::app::settings::Motion;
use egui::style::{ScrollAnimation, ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle, Visuals, vec2};

/// How round corners are.
const ROUND: CornerRadius = CornerRadius::same(3);

/// How long a change may take that only pleases, in seconds.
const ANIMATION: f32 = 0.06;

/// The style of egui's own widgets.
pub fn style_of(theme: &Theme, motion: Motion) -> egui::Style {
    let mut style = egui::Style {
        text_styles: [
            (TextStyle::Small, FontId::new(SMALL_SIZE, FontFamily::Proportional)),
            (TextStyle::Body, FontId::new(TEXT_SIZE, FontFamily::Proportional)),
            (TextStyle::Button, FontId::new(TEXT_SIZE, FontFamily::Proportional)),
            (TextStyle::Heading, fonts::bold(HEADING_SIZE)),
            (TextStyle::Monospace, FontId::new(TEXT_SIZE - 0.5, FontFamily::Monospace)),
        ]
        .into(),
        visuals: visuals_of(theme),
        animation_time: if motion == Motion::Reduced { 0.0 } else { ANIMATION },
        ..egui::Style::default()
    };
    if motion == Motion::Reduced {
        style.scroll_animation = ScrollAnimation::none();
    }
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(2.0 * GRID, GRID + 2.0);
    spacing.button_padding = vec2(2.0 * GRID + 2.0, GRID);
    spacing.interact_size = vec2(10.0 * GRID, CONTROL_HEIGHT);
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(6);
    spacing.icon_width = 16.0;
    spacing.icon_width_inner = 9.0;
    spacing.tooltip_width = 420.0;
    spacing.combo_width = 160.0;
    spacing.scroll = ScrollStyle { bar_width: 8.0, floating: false, ..ScrollStyle::solid() };
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;
    style
}

fn visuals_of(theme: &Theme) -> Visuals {
    let base = match theme.shade {
        Shade::Light => Visuals::light(),
        Shade::Dark => Visuals::dark(),
    };
    let mut visuals = Visuals {
        weak_text_color: Some(theme.quiet),
        widgets: widgets_of(theme),
        selection: Selection { bg_fill: theme.chosen, stroke: Stroke::new(1.0, theme.text) },
        hyperlink_color: theme.peers,
        faint_bg_color: theme.panel,
        extreme_bg_color: theme.field,
        text_edit_bg_color: Some(theme.field),
        code_bg_color: theme.panel,
        warn_fg_color: theme.attention,
        error_fg_color: theme.failed,
        window_corner_radius: CornerRadius::same(6),
        window_fill: theme.ground,
        window_stroke: Stroke::new(1.0, theme.edge),
        window_shadow: shadow_of(theme),
        menu_corner_radius: CornerRadius::same(4),
        popup_shadow: shadow_of(theme),
        panel_fill: theme.ground,
        indent_has_left_vline: false,
        disabled_alpha: 0.72,
        ..base
    };
    visuals.text_cursor.stroke = Stroke::new(2.0, theme.peers);
    // A cursor that stands still is found as well, and an idle window stays idle while a field has the focus.
    visuals.text_cursor.blink = false;
    visuals
}

fn shadow_of(theme: &Theme) -> Shadow {
    let strength = if theme.shade == Shade::Light { 28 } else { 96 };
    Shadow { offset: [0, 4], blur: 12, spread: 0, color: Color32::from_black_alpha(strength) }
}

fn widgets_of(theme: &Theme) -> Widgets {
    let of = |fill: Color32, edge: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, edge),
        corner_radius: ROUND,
        fg_stroke: Stroke::new(1.2, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: WidgetVisuals {
            bg_stroke: Stroke::new(1.0, theme.line),
            ..of(theme.ground, theme.line, theme.text)
        },
        inactive: of(theme.panel, theme.edge, theme.text),
        hovered: of(theme.hovered, theme.text, theme.text),
        active: of(theme.chosen, theme.peers, theme.text),
        open: of(theme.chosen, theme.peers, theme.text),
    }
}

/// The frame of a question or a page that lies above the rest.
pub fn dialog_frame(ctx: &egui::Context) -> egui::Frame {
    egui::Frame::popup(&ctx.global_style()).inner_margin(16)
}
