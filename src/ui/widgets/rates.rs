//! Rates of a transfer over time: peers, HTTP, and what was given.
//!
//! In: points, oldest first. Out: a plot whose axes speak the person's language.

use crate::app::detail::RatePoint;
use crate::i18n::Translator;
use crate::ui::theme::Theme;
use egui::{Color32, Ui};
use egui_plot::{Line, LineStyle, Plot, PlotPoints};
use std::time::Duration;

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
        Line::new(name, points).color(color).width(1.75).style(style)
    };
    let lines = [
        line(names.peers, curve(|point| point.peers), theme.peers, LineStyle::Solid),
        line(names.http, curve(|point| point.http), theme.http, LineStyle::dashed_dense()),
        line(names.given, curve(|point| point.given), theme.disk, LineStyle::dotted_dense()),
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
        .include_y(0.0)
        .x_axis_formatter(move |mark, _| if mark.value < 0.0 { String::new() } else { seconds(mark.value) })
        .y_axis_formatter(move |mark, _| if mark.value < 0.0 { String::new() } else { rate(mark.value) })
        .label_formatter(move |_| None)
        .show(ui, |plot| lines.into_iter().for_each(|line| plot.line(line)));
}
