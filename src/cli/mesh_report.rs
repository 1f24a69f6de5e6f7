//! `mesh report`: whether a mesh works, as a table for people and as JSON lines.
//!
//! Exit: 5 when the folder cannot be read or nothing was kept in it.

use super::listing::failed;
use super::output::{Output, OutputGone};
use super::table::{Align, Column, lay_out};
use crate::app::jobs::view::End;
use crate::app::link::Link;
use crate::app::mesh::reporting::{
    HourOfNode, LagSummary, MeshReport, MeshReportRequest, NodeSummary, ObservedTime,
};
use crate::app::query::{Answer, Query};
use crate::domain::outside_text::show;
use crate::i18n::Translator;
use crate::i18n::mesh_report::{
    NODE_COLUMNS, compared_words, gap_words, hour_cells, hour_titles, node_cells, node_titles,
};
use i18n_embed_fl::fl;
use serde_json::{Value, json};

/// Asks and tells.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(
    request: &MeshReportRequest,
    link: &dyn Link,
    (text, output): (&Translator, &mut Output),
) -> Result<u8, OutputGone> {
    let answers = link.ask(Query::MeshReport(Box::new(request.clone())));
    let Ok(Answer::MeshReport(answer)) = answers.recv() else { return Ok(End::Interrupted.exit_code()) };
    let report = match answer {
        Ok(report) => report,
        Err(message) => return failed(&message, (text, output)),
    };
    if output.is_json() {
        json_lines(&report, output)?;
    } else {
        tables(&report, (text, output))?;
    }
    Ok(End::Done.exit_code())
}

fn tables(report: &MeshReport, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    let l = &text.loader;
    let (since, until) = (report.terms.since.to_second(), report.terms.until.to_second());
    output.say(&fl!(l, "cli-report-span", since = text.moment(since), until = text.moment(until)));
    if report.is_empty() {
        return output.line(&fl!(l, "cli-report-nothing"));
    }
    let column = |at: usize| Column { align: if at == 0 { Align::Left } else { Align::Right }, goes: 0 };
    let columns: Vec<Column> = (0..NODE_COLUMNS).map(column).collect();
    let mut rows = vec![node_titles(text)];
    rows.extend(report.nodes.iter().map(|node| node_cells(text, node)));
    put((&columns, &rows), output)?;
    let mut rows = vec![hour_titles(text)];
    rows.extend(report.hours.iter().map(|hour| hour_cells(text, hour)));
    let columns = [Align::Left, Align::Left, Align::Right, Align::Right, Align::Right];
    output.line("")?;
    put((&columns.map(|align| Column { align, goes: 0 }), &rows), output)?;
    for node in &report.nodes {
        for gap in &node.not_observed {
            output.line(&gap_words(text, node, *gap))?;
        }
        let Some(compared) = &node.compared else { continue };
        if let Some(words) = compared_words(text, node) {
            output.line(&words)?;
        }
        for file in &compared.named {
            let (key, by) = (show(&file.key), show(&file.by));
            let first = text.moment(file.first.to_second());
            output.line(&fl!(l, "cli-report-lacking-file", key = key, by = by, first = first))?;
        }
    }
    Ok(())
}

fn put((columns, rows): (&[Column], &[Vec<String>]), output: &mut Output) -> Result<(), OutputGone> {
    let width = output.width();
    lay_out(columns, rows, width).lines.iter().try_for_each(|line| output.line(line))
}

fn json_lines(report: &MeshReport, output: &mut Output) -> Result<(), OutputGone> {
    for hour in &report.hours {
        output.json(&of_hour(hour))?;
    }
    for node in &report.nodes {
        for ObservedTime { since, until } in &node.not_observed {
            let (since, until) = (since.to_string(), until.to_string());
            output.json(
                &json!({ "event": "not_observed", "node": node.node, "since": since, "until": until }),
            )?;
        }
        for file in node.compared.iter().flat_map(|compared| &compared.named) {
            output.json(&json!({
                "event": "lacking", "node": node.node, "key": file.key, "first": file.first.to_string(), "by": file.by,
            }))?;
        }
        output.json(&of_node(node))?;
    }
    let terms = report.terms;
    output.json(&json!({
        "event": "done", "since": terms.since.to_string(), "until": terms.until.to_string(),
        "within_seconds": terms.within.as_secs(), "nodes": report.nodes.len(),
    }))
}

fn of_hour(hour: &HourOfNode) -> Value {
    let figures = &hour.figures;
    json!({
        "event": "hour", "hour": hour.hour.to_string(), "node": hour.node, "files": figures.files, "bytes": figures.octets,
        "unsized": figures.unsized_files, "repeats": figures.repeats,
    })
}

fn of_node(node: &NodeSummary) -> Value {
    let compared = node.compared.as_ref();
    let count = |of: fn(&crate::app::mesh::reporting::NodeComparison) -> u64| compared.map(of);
    json!({
        "event": "node", "node": node.node, "files": node.figures.files, "bytes": node.figures.octets,
        "unsized": node.figures.unsized_files, "repeats": node.figures.repeats,
        "lag": of_spread(node.heard), "fetch_lag": of_spread(node.fetched),
        "here": node.files_here, "refused": node.refused, "not_got": node.failed,
        "in_time": count(|one| one.in_time), "late": count(|one| one.late), "lacking": count(|one| one.lacking),
        "unknown": count(|one| one.unknown), "pending": count(|one| one.pending),
    })
}

/// Seconds. `null` where nothing was measured.
fn of_spread(spread: LagSummary) -> Value {
    let seconds = |millis: Option<i64>| millis.map(|millis| millis as f64 / 1_000.0);
    json!({
        "count": spread.count, "mean": seconds(spread.mean), "median": seconds(spread.median),
        "longest": seconds(spread.longest),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_that_was_not_measured_is_null() {
        let told = of_spread(LagSummary { count: 1, mean: Some(1_500), median: Some(-20), longest: None });
        assert_eq!(told, json!({ "count": 1, "mean": 1.5, "median": -0.02, "longest": null }));
        assert_eq!(of_spread(LagSummary::default())["median"], Value::Null);
    }
}
