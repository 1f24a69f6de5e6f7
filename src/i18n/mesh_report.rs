//! The report on a mesh in words: the same cells for window and terminal.

use super::Translator;
use crate::app::mesh::reporting::{HourOfNode, LagSummary, NodeSummary, ObservedTime};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use i18n_embed_fl::fl;

/// Columns of the table of nodes.
pub const NODE_COLUMNS: usize = 11;

/// What stands where nothing was measured.
const NONE: &str = "–";

/// The titles of the table of nodes.
pub fn node_titles(text: &Translator) -> Vec<String> {
    let l = &text.loader;
    vec![
        fl!(l, "report-node"),
        fl!(l, "report-files"),
        fl!(l, "report-bytes"),
        fl!(l, "report-lacking"),
        fl!(l, "report-late"),
        fl!(l, "report-unknown"),
        fl!(l, "report-repeats"),
        fl!(l, "report-lag"),
        fl!(l, "report-fetch-lag"),
        fl!(l, "report-refused"),
        fl!(l, "report-not-got"),
    ]
}

/// The titles of the table of hours.
pub fn hour_titles(text: &Translator) -> Vec<String> {
    let l = &text.loader;
    vec![
        fl!(l, "report-hour"),
        fl!(l, "report-node"),
        fl!(l, "report-files"),
        fl!(l, "report-bytes"),
        fl!(l, "report-repeats"),
    ]
}

/// The row of a node.
pub fn node_cells(text: &Translator, node: &NodeSummary) -> Vec<String> {
    let compared = node.compared.as_ref();
    let count = |count: Option<u64>| count.map_or_else(|| NONE.to_owned(), |count| text.count(count));
    vec![
        show(&node.node),
        text.count(node.figures.files),
        text.size(ByteCount(node.figures.octets)),
        count(compared.map(|one| one.lacking)),
        count(compared.map(|one| one.late)),
        count(compared.map(|one| one.unknown)),
        text.count(node.figures.repeats),
        spread_words(text, node.heard),
        spread_words(text, node.fetched),
        text.count(node.refused),
        text.count(node.failed),
    ]
}

/// The row of an hour.
pub fn hour_cells(text: &Translator, hour: &HourOfNode) -> Vec<String> {
    let figures = &hour.figures;
    vec![
        text.moment(hour.hour),
        show(&hour.node),
        text.count(figures.files),
        text.size(ByteCount(figures.octets)),
        text.count(figures.repeats),
    ]
}

/// Mean and median in seconds.
fn spread_words(text: &Translator, spread: LagSummary) -> String {
    let seconds = |millis: i64| text.decimal(millis as f64 / 1_000.0, 1);
    match (spread.mean, spread.median) {
        (Some(mean), Some(median)) => {
            fl!(text.loader, "report-spread", mean = seconds(mean), median = seconds(median))
        }
        _ => NONE.to_owned(),
    }
}

/// That nobody listened to a node for a while.
pub fn gap_words(text: &Translator, node: &NodeSummary, gap: ObservedTime) -> String {
    let (since, until) = (text.moment(gap.since.to_second()), text.moment(gap.until.to_second()));
    fl!(text.loader, "report-not-observed", node = show(&node.node), since = since, until = until)
}

/// How many files a node lacks beside the others, and of how many that is not known. `None` where nothing is to be said.
pub fn compared_words(text: &Translator, node: &NodeSummary) -> Option<String> {
    let compared = node.compared.as_ref().filter(|one| one.lacking + one.unknown > 0)?;
    let (lacking, unknown) = (text.count(compared.lacking), text.count(compared.unknown));
    Some(fl!(text.loader, "report-compared", node = show(&node.node), lacking = lacking, unknown = unknown))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn each_column_has_a_title_and_what_was_not_measured_is_no_zero() {
        let node = NodeSummary {
            node: "mqtt one:1883".into(),
            figures: Default::default(),
            heard: LagSummary { count: 1, mean: Some(1_500), median: Some(1_200), longest: Some(1_500) },
            fetched: LagSummary::default(),
            files_here: 0,
            refused: 0,
            failed: 0,
            compared: None,
            not_observed: Vec::new(),
        };
        for language in [Language::English, Language::French] {
            let text = Translator::new(language);
            let cells = node_cells(&text, &node);
            assert_eq!((node_titles(&text).len(), cells.len()), (NODE_COLUMNS, NODE_COLUMNS));
            assert_eq!((&*cells[3], &*cells[8]), (NONE, NONE));
            assert!(cells[7].contains("1.5") || cells[7].contains("1,5"), "{}", cells[7]);
            assert_eq!(compared_words(&text, &node), None);
        }
    }
}
