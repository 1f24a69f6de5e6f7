//! `relay use`, `relay used`, `relay forget`: relays of others as sources.

use super::output::{Output, OutputGone};
use crate::app::relay::used::report::{KeyNews, UsedReport};
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::i18n::Translator;
use i18n_embed_fl::fl;
use serde_json::{Value, json};

/// Tells of one relay in use.
pub(super) fn used(
    report: &UsedReport,
    (text, output): (&Translator, &mut Output),
) -> Result<(), OutputGone> {
    output.json(&as_json(report))?;
    let l = &text.loader;
    output.line(&match &report.aside {
        None => fl!(l, "cli-relay-use", url = report.url.as_str()),
        Some(aside) => fl!(
            l,
            "cli-relay-use-aside",
            url = report.url.as_str(),
            file = show(&aside.file),
            told = aside.told.as_str(),
            found = aside.found.as_str()
        ),
    })?;
    output.line(&match (report.news, &report.fingerprint) {
        (KeyNews::New, Some(key)) => fl!(l, "cli-relay-use-key-new", fingerprint = key.as_str()),
        (KeyNews::Known | KeyNews::Unsigned, Some(key)) => {
            fl!(l, "cli-relay-use-key-known", fingerprint = key.as_str())
        }
        (KeyNews::New | KeyNews::Known | KeyNews::Unsigned, None) => fl!(l, "cli-relay-use-key-none"),
    })?;
    if let Some(since) = report.key_since {
        output.line(&fl!(l, "cli-relay-use-key-since", time = text.moment(since)))?;
    }
    if let Some((time, sequence)) = report.last {
        let (sequence, time) = (text.count(sequence), text.moment(time));
        let percent = text.count(u64::from(report.check.percent()));
        output.line(&fl!(l, "cli-relay-use-last", sequence = sequence, time = time, percent = percent))?;
    }
    let Some(datasets) = &report.datasets else { return Ok(()) };
    if datasets.is_empty() {
        output.line(&fl!(l, "cli-relay-use-nothing"))?;
    }
    datasets.iter().try_for_each(|(dataset, files)| {
        let (count, files) = (*files, text.count(*files as u64));
        output.line(&fl!(l, "cli-relay-use-dataset", dataset = show(dataset), count = count, files = files))
    })
}

fn as_json(report: &UsedReport) -> Value {
    let time = |time: UtcTime| time.to_string();
    let aside = report.aside.as_ref().map(|aside| {
        json!({
            "since": time(aside.since), "file": show(&aside.file),
            "told": aside.told, "found": aside.found,
        })
    });
    json!({
        "event": "relay", "url": report.url, "key": report.fingerprint, "key_news": report.news.key(),
        "key_since": report.key_since.map(time),
        "sequence": report.last.map(|(_, sequence)| sequence),
        "time": report.last.map(|(last, _)| time(last)),
        "check_percent": report.check.percent(), "datasets": report.datasets, "aside": aside,
    })
}

/// Tells that a relay is used no longer.
pub(super) fn forgotten(url: &str, (text, output): (&Translator, &mut Output)) -> Result<(), OutputGone> {
    output.json(&json!({ "event": "forgotten", "url": url }))?;
    output.line(&fl!(text.loader, "cli-relay-forgotten", url = url))
}
