//! The words of `listen`.

use super::{Unreadable, allow_local, flag, is_set, json, many, one, option, parsed, path, positional};
use crate::app::listening::ListenRequest;
use crate::domain::outside_text::show_with_urls;
use crate::i18n::Translator;
use crate::mesh::subscription::BrokerAddress;
use crate::mesh::topic::TopicFilter;
use clap::{ArgAction, ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;
use std::time::Duration;

/// Longest time that may be asked for, in seconds: a year.
const LONGEST: u64 = 366 * 24 * 3_600;

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let topic = option("topic", "FILTER", fl!(l, "help-listen-topic"), text);
    Command::new("listen")
        .about(fl!(l, "help-listen"))
        .long_about(fl!(l, "help-listen-long"))
        .arg(positional("broker", "BROKER_URL", fl!(l, "help-listen-broker"), text))
        .arg(topic.action(ArgAction::Append).required(true))
        .arg(flag("download", fl!(l, "help-listen-download"), text))
        .arg(option("out", "DIR", fl!(l, "help-listen-out"), text).requires("download"))
        .arg(option("count", "N", fl!(l, "help-listen-count"), text))
        .arg(option("seconds", "S", fl!(l, "help-listen-seconds"), text))
        .arg(allow_local(text))
        .arg(json(text))
}

pub(super) fn request(matches: &ArgMatches) -> Result<ListenRequest, Unreadable> {
    let broker = one(matches, "broker").unwrap_or_default();
    let broker = BrokerAddress::parse(&broker)
        .map_err(|_| Unreadable { argument: "BROKER_URL", value: show_with_urls(&broker) })?;
    let filter = |text: String| {
        TopicFilter::parse(&text).map_err(|_| Unreadable { argument: "topic", value: show_with_urls(&text) })
    };
    let out = || path(matches, "out").unwrap_or_else(|| PathBuf::from("."));
    let count = |text: &str| text.parse().ok().filter(|&count: &u64| count > 0);
    let seconds = |text: &str| text.parse().ok().filter(|seconds: &u64| (1..=LONGEST).contains(seconds));
    Ok(ListenRequest {
        broker,
        filters: many(matches, "topic").into_iter().map(filter).collect::<Result<_, _>>()?,
        download_to: is_set(matches, "download").then(out),
        count: parsed(matches, "count", count)?,
        time: parsed(matches, "seconds", seconds)?.map(Duration::from_secs),
    })
}
