//! The chosen topic: what can be done with it, its figures, and how late its last messages were.
//!
//! In: the chosen topic and the list. Out: wishes. Each lateness has a shape of its own besides its colour.

use super::{rules, tree, words};
use crate::app::mesh::view::{HeardRow, Lag, MeshCommand, MeshSight, Thresholds, Timeliness};
use crate::domain::outside_text::show as show_text;
use crate::i18n::Translator;
use crate::ui::fonts::bold;
use crate::ui::scene::Scene;
use crate::ui::theme::{GRID, SMALL_SIZE, TEXT_SIZE, Theme};
use crate::ui::widgets::buttons::button;
use egui::{Align2, Label, RichText, Ui};
use egui_plot::{AxisHints, HLine, LineStyle, MarkerShape, Plot, PlotPoint, PlotPoints, Points, Text};
use i18n_embed_fl::fl;
use std::time::Duration;

/// Height of the plot, and from which height of the whole it is drawn.
const PLOT: f32 = 128.0;
const PLOT_FROM: f32 = 380.0;

/// The least lag that the logarithmic axis shows, in seconds.
const LEAST_LAG: f64 = 0.1;

/// Draws head, figures and plot.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    (sight, editor): (&mut MeshSight, &mut rules::View),
    wishes: &mut Vec<MeshCommand>,
) {
    let (text, theme, l) = (scene.text, scene.theme, &scene.text.loader);
    let mesh = &scene.snapshot.mesh;
    let chosen = mesh.chosen.as_ref().filter(|chosen| Some(chosen.node) == sight.chosen);
    let title = chosen.map_or_else(|| fl!(l, "mesh-all-topics"), |chosen| show_text(&chosen.topic));
    let heading = ui.add(Label::new(RichText::new(&title).font(bold(TEXT_SIZE))).truncate().selectable(true));
    heading.on_hover_text(&title);
    if let Some(chosen) = chosen {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 2.0 * GRID;
            let able = chosen.filter.as_ref().map(drop).ok_or_else(|| fl!(l, "mesh-no-filter"));
            let filter = chosen.filter.clone();
            let is_pinned = filter
                .as_ref()
                .is_some_and(|filter| mesh.pins.iter().any(|pin| pin.filter == filter.as_str()));
            let pin = if is_pinned { fl!(l, "mesh-unpin") } else { fl!(l, "mesh-pin") };
            if button(ui, &pin, &able).on_hover_text(fl!(l, "mesh-pin-tip")).clicked() {
                wishes.extend(filter.clone().map(|filter| tree::pin_or_unpin(scene, filter)));
            }
            let narrow = button(ui, &fl!(l, "mesh-narrow"), &able).on_hover_text(fl!(l, "mesh-narrow-tip"));
            if narrow.clicked() {
                wishes.extend(filter.clone().map(MeshCommand::Narrow));
            }
            let always = button(ui, &fl!(l, "mesh-always"), &able).on_hover_text(fl!(l, "mesh-always-tip"));
            if let (true, Some(filter)) = (always.clicked(), &filter) {
                editor.open(filter.clone());
            }
            if button(ui, &fl!(l, "mesh-all"), &Ok(())).clicked() {
                (sight.chosen, sight.open) = (None, None);
            }
        });
    }
    let (figures, silence) = match chosen {
        Some(chosen) => {
            let figures = &chosen.figures;
            let silence = text.duration(Duration::from_secs(figures.silent_secs.into()));
            let silent = fl!(l, "mesh-silence", time = silence);
            let octets = text.size(crate::domain::octets::ByteCount(figures.octets));
            let n = u64::from(figures.messages);
            let count = fl!(l, "mesh-total-messages", n = n, n_txt = text.count(n));
            (figures.lag, format!("{count} · {octets} · {silent}"))
        }
        None => (mesh.lag, String::new()),
    };
    let mut line = words::lag_figures(text, &figures);
    if figures.apart > 0 {
        line = format!("{line} · {}", fl!(l, "mesh-apart", n_txt = text.count(figures.apart.into())));
    }
    for line in [line, silence].into_iter().filter(|line| !line.is_empty()) {
        ui.add(Label::new(RichText::new(line).size(SMALL_SIZE).color(theme.quiet)).truncate());
    }
    if ui.available_height() > PLOT_FROM {
        plot(ui, &mesh.list, mesh.thresholds, (text, theme));
    }
    ui.add_space(GRID);
}

/// Lag of the messages in the list over the minutes before the newest, on a logarithmic axis.
fn plot(ui: &mut Ui, list: &[HeardRow], thresholds: Thresholds, (text, theme): (&Translator, &Theme)) {
    let Some(newest) = list.first().map(|row| row.at) else { return };
    let l = &text.loader;
    let minutes_before = |row: &HeardRow| row.at.millis_since(newest) as f64 / 60_000.0;
    let oldest = list.last().map_or(0.0, minutes_before).min(-0.98);
    let kinds = [
        (fl!(l, "mesh-plot-on-time"), Timeliness::OnTime, (MarkerShape::Circle, theme.peers)),
        (fl!(l, "mesh-plot-late"), Timeliness::Late, (MarkerShape::Diamond, theme.attention)),
        (fl!(l, "mesh-plot-very-late"), Timeliness::VeryLate, (MarkerShape::Square, theme.failed)),
        (fl!(l, "mesh-plot-skew"), Timeliness::ClockSkew, (MarkerShape::Cross, theme.attention)),
    ];
    let limits = [
        (fl!(l, "mesh-plot-late"), thresholds.late, theme.attention),
        (fl!(l, "mesh-plot-very-late"), thresholds.very_late, theme.failed),
    ];
    ui.label(RichText::new(fl!(l, "mesh-plot-title")).size(SMALL_SIZE).color(theme.quiet));
    empty_plot(text, thresholds).show(ui, |plot| {
        for (name, after, color) in limits {
            let height = height_of(after.as_secs_f64());
            let line = HLine::new(name.clone(), height).color(color).width(1.0);
            plot.hline(line.style(LineStyle::dashed_dense()));
            let words = RichText::new(&name).size(SMALL_SIZE - 1.0).color(color);
            plot.text(Text::new(name, PlotPoint::new(oldest, height), words).anchor(Align2::LEFT_TOP));
        }
        for (name, meant, (shape, color)) in kinds {
            let of_kind = list.iter().filter(|row| row.timeliness == Some(meant));
            let at = |row: &HeardRow| row.lag.map(|lag| [minutes_before(row), height_of(lag.0 as f64 / 1e3)]);
            let points: PlotPoints<'_> = of_kind.filter_map(at).collect();
            plot.points(Points::new(name, points).shape(shape).color(color).radius(4.0));
        }
    });
}

/// Where a lag in seconds stands on the axis.
fn height_of(seconds: f64) -> f64 {
    seconds.max(LEAST_LAG).log10()
}

/// The plot's axes: minutes before the newest, and lag by powers of ten.
fn empty_plot<'a>(text: &'a Translator, thresholds: Thresholds) -> Plot<'a> {
    let seconds = move |value: f64| words::lag(text, Lag((10f64.powf(value) * 1_000.0).round() as i64));
    let minutes = move |value: f64| {
        let words = text.duration(Duration::from_secs_f64((value.abs() * 60.0).clamp(0.0, 1e8).round()));
        if value < -0.01 { format!("−{words}") } else { words }
    };
    let axis = AxisHints::new_y()
        .formatter(move |mark, _| match mark.value.fract().abs() < 0.01 {
            true => seconds(mark.value),
            false => String::new(),
        })
        .tick_label_font(egui::FontId::proportional(SMALL_SIZE))
        .label_spacing(egui::Rangef::new(12.0, 20.0))
        .min_thickness(54.0);
    Plot::new("lag")
        .height(PLOT)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_background(false)
        .include_y(height_of(LEAST_LAG))
        .include_y(height_of(thresholds.very_late.as_secs_f64() * 2.0))
        .include_x(0.0)
        .include_x(-1.0)
        .y_grid_spacer(egui_plot::uniform_grid_spacer(|_| [4.0, 2.0, 1.0]))
        .x_axis_formatter(move |mark, _| if mark.value > 0.01 { String::new() } else { minutes(mark.value) })
        .show_grid(egui::Vec2b::new(false, true))
        .custom_y_axes(vec![axis])
        .label_formatter(move |_| None)
}
