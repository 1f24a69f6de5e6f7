//! The words of `listen`.

use super::{
    Unreadable, allow_local, finding, flag, folder, is_set, json, many, one, option, parsed, path,
    positional, retries,
};
use crate::app::jobs::keeping::Keeping;
use crate::app::mesh::listening::ListenRequest;
use crate::app::words::{size_of, time_of};
use crate::domain::lead_time::LeadSelection;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show_with_urls;
use crate::i18n::Translator;
use crate::i18n::reading::octets;
use crate::mesh::archive::ArchiveAddress;
use crate::mesh::mirror::{MirrorPolicy, Versions, Withdrawn};
use crate::mesh::rule::{FolderTemplate, Rule, TorrentLinks};
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
        .arg(positional("broker", "BROKER_URL", fl!(l, "help-listen-broker"), text).num_args(1..))
        .arg(topic.action(ArgAction::Append).required(true))
        .arg(flag("download", fl!(l, "help-listen-download"), text))
        .arg(folder("out", fl!(l, "help-listen-out"), text).requires("download"))
        .arg(option("match", "REGEX", fl!(l, "help-listen-match"), text).requires("download"))
        .arg(option("most", "SIZE", fl!(l, "help-listen-most"), text).requires("download"))
        .arg(option("most-per-day", "SIZE", fl!(l, "help-listen-most-per-day"), text).requires("download"))
        .arg(flag("follow-torrents", fl!(l, "help-listen-follow-torrents"), text).requires("download"))
        .arg(option("lead", "LEADS", fl!(l, "help-listen-lead"), text).requires("download"))
        .arg(option("folder", "TEMPLATE", fl!(l, "help-listen-folder"), text).requires("download"))
        .arg(option("keep", "TIME", fl!(l, "help-follow-keep"), text).requires("download"))
        .arg(option("keep-size", "SIZE", fl!(l, "help-follow-keep-size"), text).requires("download"))
        .arg(option("mirror", "keep|follow", fl!(l, "help-listen-mirror"), text).requires("download"))
        .arg(option("versions", "all|N", fl!(l, "help-listen-versions"), text).requires("download"))
        .arg(option("archive", "URL", fl!(l, "help-listen-archive"), text))
        .arg(option("since", "TIME", fl!(l, "help-listen-since"), text).requires("archive"))
        .arg(option("count", "N", fl!(l, "help-listen-count"), text))
        .arg(option("seconds", "S", fl!(l, "help-listen-seconds"), text))
        .args(finding::options(text).map(|way| way.requires("download")))
        .arg(retries::option(text))
        .arg(allow_local(text))
        .arg(json(text))
}

/// Which files are fetched, when anything was said of that: one rule for each topic.
fn rules(
    matches: &ArgMatches,
    filters: &[TopicFilter],
    mirror: MirrorPolicy,
) -> Result<Vec<Rule>, Unreadable> {
    let pattern = one(matches, "match");
    let most = parsed(matches, "most", octets)?;
    let leads = parsed(matches, "lead", |text| LeadSelection::parse(text).ok())?;
    let folder = parsed(matches, "folder", |text| FolderTemplate::parse(text).ok())?;
    let torrents = match is_set(matches, "follow-torrents") {
        true => TorrentLinks::Followed,
        false => TorrentLinks::WithDigest,
    };
    let is_plain = pattern.is_none() && most.is_none() && leads.is_none() && folder.is_none();
    if is_plain && torrents == TorrentLinks::WithDigest {
        return Ok(Vec::new());
    }
    let rule = |filter: &TopicFilter| {
        let all = Rule::all_of(filter.clone());
        let all = Rule { most, leads: leads.clone(), folder: folder.clone(), torrents, mirror, ..all };
        match &pattern {
            Some(pattern) => all
                .with_pattern(pattern)
                .map_err(|_| Unreadable { argument: "match", value: show_with_urls(pattern) }),
            None => Ok(all),
        }
    };
    filters.iter().map(rule).collect()
}

/// The brokers of an argument, each once: named twice, it would throw itself out.
pub(super) fn brokers(matches: &ArgMatches, argument: &str) -> Result<Vec<BrokerAddress>, Unreadable> {
    let broker = |text: String| {
        BrokerAddress::parse(&text)
            .map_err(|_| Unreadable { argument: "BROKER_URL", value: show_with_urls(&text) })
    };
    let mut brokers: Vec<BrokerAddress> =
        many(matches, argument).into_iter().map(broker).collect::<Result<_, _>>()?;
    let mut seen = std::collections::HashSet::new();
    brokers.retain(|broker| seen.insert(broker.to_string()));
    Ok(brokers)
}

/// A broker to which something is announced, which goes by MQTT alone. `None` for any other text.
pub(super) fn announced_to(text: &str) -> Option<BrokerAddress> {
    BrokerAddress::parse(text).ok().filter(|broker| !broker.scheme.is_amqp())
}

/// The topics.
pub(super) fn filters(matches: &ArgMatches) -> Result<Vec<TopicFilter>, Unreadable> {
    let filter = |text: String| {
        TopicFilter::parse(&text).map_err(|_| Unreadable { argument: "topic", value: show_with_urls(&text) })
    };
    many(matches, "topic").into_iter().map(filter).collect()
}

pub(super) fn request(matches: &ArgMatches) -> Result<ListenRequest, Unreadable> {
    let out = || path(matches, "out").unwrap_or_else(|| PathBuf::from("."));
    let count = |text: &str| text.parse().ok().filter(|&count: &u64| count > 0);
    let seconds = |text: &str| text.parse().ok().filter(|seconds: &u64| (1..=LONGEST).contains(seconds));
    let filters = filters(matches)?;
    let mirror = MirrorPolicy {
        withdrawn: parsed(matches, "mirror", Withdrawn::from_key)?.unwrap_or_default(),
        versions: parsed(matches, "versions", Versions::parse)?.unwrap_or_default(),
    };
    Ok(ListenRequest {
        brokers: brokers(matches, "broker")?,
        rules: rules(matches, &filters, mirror)?,
        mirror,
        filters,
        keeping: Keeping {
            time: parsed(matches, "keep", time_of)?,
            most: parsed(matches, "keep-size", size_of)?.map(ByteCount),
        },
        most_a_day: parsed(matches, "most-per-day", size_of)?.map(ByteCount),
        download_to: is_set(matches, "download").then(out),
        archive: parsed(matches, "archive", ArchiveAddress::parse)?,
        since: parsed(matches, "since", time_of)?,
        count: parsed(matches, "count", count)?,
        time: parsed(matches, "seconds", seconds)?.map(Duration::from_secs),
        forward: None,
    })
}
