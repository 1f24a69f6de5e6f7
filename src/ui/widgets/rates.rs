//! Rates of a transfer over time: peers, HTTP, and what was given.
//!
//! In: points, oldest first. Out: a plot whose axes speak the person's language.

use crate::app::jobs::detail::RatePoint;
use crate::i18n::Translator;
use crate::ui::theme::{GRID, SMALL_SIZE, Theme};
use egui::{Color32, RichText, Sense, Shape, Stroke, Ui, vec2};
use egui_plot::{Line, LineStyle, Plot, PlotPoints};
use std::time::Duration;

/// Width of a curve, in points.
const WIDTH: f32 = 1.75;

/// The three curves, with their names.
pub struct Names {
    /// From peers.
    pub peers: String,
    /// By HTTP.
    pub http: String,
    /// Given.
    pub given: String,
}

/// Draws the curves over the room that is there. Lines differ by their dashes as well as by colour.
pub fn show(ui: &mut Ui, points: &[RatePoint], names: Names, (text, theme): (&Translator, &Theme)) {
    let curve = |of: fn(&RatePoint) -> u64| -> PlotPoints<'_> {
        points.iter().map(|point| [point.at.as_secs_f64(), of(point) as f64]).collect()
    };
    let line = |name: String, points, color: Color32, style| {
        Line::new(name, points).color(color).width(WIDTH).style(style)
    };
    let styles = [LineStyle::Solid, LineStyle::dashed_dense(), LineStyle::dotted_dense()];
    let [solid, dashed, dotted] = styles;
    let colours = [theme.peers, theme.http, theme.disk];
    legend(
        ui,
        [&names.peers, &names.http, &names.given].into_iter().zip(colours.into_iter().zip(styles)),
        theme,
    );
    let lines = [
        line(names.peers, curve(|point| point.peers), theme.peers, solid),
        line(names.http, curve(|point| point.http), theme.http, dashed),
        line(names.given, curve(|point| point.given), theme.disk, dotted),
    ];
    let seconds = |at: f64| text.duration(Duration::from_secs_f64(at.clamp(0.0, 1e9).round()));
    let rate = |value: f64| text.rate(value.max(0.0) as u64);
    Plot::new("rates")
        .height(ui.available_height().max(80.0))
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .show_background(false)
        // The grid stays behind the curves.
        .grid_color(theme.line)
        .include_y(0.0)
        .x_axis_formatter(move |mark, _| if mark.value < 0.0 { String::new() } else { seconds(mark.value) })
        .y_axis_formatter(move |mark, _| if mark.value < 0.0 { String::new() } else { rate(mark.value) })
        .label_formatter(move |_| None)
        .show(ui, |plot| lines.into_iter().for_each(|line| plot.line(line)));
}

/// Which curve is which: a piece of each line with its name.
fn legend<'a>(ui: &mut Ui, lines: impl Iterator<Item = (&'a String, (Color32, LineStyle))>, theme: &Theme) {
    ui.horizontal(|ui| {
        for (name, (colour, style)) in lines {
            let (rect, _) = ui.allocate_exact_size(vec2(24.0, SMALL_SIZE), Sense::hover());
            let ends = [rect.left_center(), rect.right_center()];
            let shapes = match style {
                LineStyle::Solid => vec![Shape::line_segment(ends, (WIDTH, colour))],
                LineStyle::Dashed { length } => {
                    Shape::dashed_line(&ends, Stroke::new(WIDTH, colour), length, length / 2.0)
                }
                LineStyle::Dotted { spacing } => Shape::dotted_line(&ends, colour, spacing, WIDTH),
            };
            ui.painter().extend(shapes);
            ui.label(RichText::new(name).size(SMALL_SIZE).color(theme.quiet));
            ui.add_space(GRID);
        }
    });
}
