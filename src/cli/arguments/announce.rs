//! The words of `announce`.

use super::listen::announced_to;
use super::{Unreadable, file, flag, flag_values, is_set, json, many, one, option, parsed, path};
use crate::app::mesh::announcing::{
    AnnounceInput, AnnounceRequest, AnnounceSpan, Checking, EventStream, EventTerms, NoticeTerms, TopicCheck,
};
use crate::app::words::time_of;
use crate::domain::outside_text::show_with_urls;
use crate::i18n::Translator;
use crate::mesh::file_events::rules::{Retraction, web_address};
use crate::mesh::post::notice::Caching;
use crate::mesh::post::place::{BaseUrl, MetadataId, PostTopic, TopicForm};
use crate::mesh::post::{Inlining, PostForm, PostTerms};
use clap::{Arg, ArgGroup, ArgMatches, Command, ValueHint};
use i18n_embed_fl::fl;
use std::path::PathBuf;
use std::time::Duration;

/// What stands before the folders of a file in Sarracenia and wmo_mesh, where nothing else is asked for.
const USUAL_ROOT: &str = "xpublic/v03";

/// How long a broker may be away where nothing else is asked for, in seconds.
const USUAL_PATIENCE: Duration = Duration::from_secs(60);

/// The standard input, where a file is named.
const STDIN: &str = "-";

/// Options that say how files of a folder are announced.
const OF_FILES: [&str; 4] = ["form", "topic-form", "global-cache", "watch"];

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let paths = file("paths", "PATH", fl!(l, "help-announce-paths"), text).num_args(1..).required(false);
    let form = option("form", "wis2|v03|wmo-mesh", fl!(l, "help-announce-form"), text);
    let form = form.required_unless_present_any(["event", "record"]);
    let topic = option("topic", "TOPIC", fl!(l, "help-announce-topic"), text);
    let topic_form = option("topic-form", "post|plain|both", fl!(l, "help-announce-topic-form"), text);
    let base_url = option("base-url", "URL", fl!(l, "help-announce-base-url"), text);
    Command::new("announce")
        .about(fl!(l, "help-announce"))
        .long_about(fl!(l, "help-announce-long"))
        .arg(paths.required_unless_present_any(["event", "record"]))
        .arg(option("to", "BROKER_URL", fl!(l, "help-announce-to"), text).required_unless_present("dry-run"))
        .arg(base_url.required_unless_present("event"))
        .arg(flag_values(form, &PostForm::KEYS))
        .arg(topic.required_if_eq("form", "wis2"))
        .arg(flag_values(topic_form, &TopicForm::KEYS))
        .arg(option("metadata-id", "ID", fl!(l, "help-announce-metadata-id"), text))
        .arg(option("global-cache", "CENTRE", fl!(l, "help-announce-global-cache"), text))
        .arg(flag("inline", fl!(l, "help-announce-inline"), text))
        .arg(flag("watch", fl!(l, "help-announce-watch"), text).conflicts_with("dry-run"))
        .args(of_events(text))
        .group(ArgGroup::new("terms-of-events").args(["rules", "topic"]))
        .arg(flag("check", fl!(l, "help-announce-check"), text).conflicts_with("dry-run"))
        .arg(flag("unlisted-topic", fl!(l, "help-announce-unlisted-topic"), text))
        .arg(option("timeout", "TIME", fl!(l, "help-announce-timeout"), text))
        .arg(flag("dry-run", fl!(l, "help-announce-dry-run"), text))
        .arg(json(text))
}

/// What announces events and records.
fn of_events(text: &Translator) -> [Arg; 4] {
    let l = &text.loader;
    let event =
        option("event", "FILE|-", fl!(l, "help-announce-event"), text).value_hint(ValueHint::FilePath);
    let rules = option("rules", "FILE", fl!(l, "help-announce-rules"), text).value_hint(ValueHint::FilePath);
    let licence = option("licence", "URL", fl!(l, "help-announce-licence"), text).requires("event");
    let record =
        option("record", "FILE", fl!(l, "help-announce-record"), text).value_hint(ValueHint::FilePath);
    [
        event.requires("terms-of-events").conflicts_with_all(OF_FILES),
        // What is required is not asked for where something else conflicts with it.
        rules.requires("event").conflicts_with_all(OF_FILES).conflicts_with_all([
            "topic",
            "metadata-id",
            "licence",
            "inline",
        ]),
        licence.conflicts_with_all(OF_FILES),
        record.conflicts_with_all(OF_FILES).conflicts_with_all([
            "paths",
            "event",
            "topic",
            "metadata-id",
            "inline",
        ]),
    ]
}

pub(super) fn request(matches: &ArgMatches) -> Result<AnnounceRequest, Unreadable> {
    // A password in it is not repeated.
    let unreadable = |argument, text: &str| Unreadable { argument, value: show_with_urls(text) };
    let to = one(matches, "to").unwrap_or_default();
    let broker = match is_set(matches, "dry-run") {
        true => None,
        false => Some(announced_to(&to).ok_or_else(|| unreadable("to", &to))?),
    };
    let input = input(matches)?;
    let is_endless = match &input {
        AnnounceInput::Files { span, .. } => *span == AnnounceSpan::Watched,
        AnnounceInput::Events { from, .. } => *from == EventStream::Stdin,
        AnnounceInput::Record { .. } => false,
    };
    let patience = parsed(matches, "timeout", time_of)?.filter(|patience| !patience.is_zero());
    Ok(AnnounceRequest {
        input,
        broker,
        checking: if is_set(matches, "check") { Checking::FirstFile } else { Checking::None },
        topics: if is_set(matches, "unlisted-topic") { TopicCheck::FormOnly } else { TopicCheck::Listed },
        patience: patience.or((!is_endless).then_some(USUAL_PATIENCE)),
    })
}

fn input(matches: &ArgMatches) -> Result<AnnounceInput, Unreadable> {
    let unreadable = |argument, text: &str| Unreadable { argument, value: show_with_urls(text) };
    let written = one(matches, "base-url");
    let base = match &written {
        None => None,
        Some(text) => Some(BaseUrl::parse(text).ok_or_else(|| unreadable("base-url", text))?),
    };
    let paths: Vec<PathBuf> = many(matches, "paths").into_iter().map(PathBuf::from).collect();
    let needs_base = || unreadable("base-url", "");
    if let Some(path) = path(matches, "record") {
        return Ok(AnnounceInput::Record { path, base: base.ok_or_else(needs_base)? });
    }
    if let Some(from) = one(matches, "event") {
        let from = if from == STDIN { EventStream::Stdin } else { EventStream::File(from.into()) };
        let folder = match paths.as_slice() {
            [] => None,
            [folder] if base.is_some() => Some(folder.clone()),
            [_] => return Err(needs_base()),
            [_, second, ..] => return Err(unreadable("paths", &second.display().to_string())),
        };
        return Ok(AnnounceInput::Events { from, terms: event_terms(matches)?, folder, base });
    }
    let terms = Box::new(terms(matches, base.ok_or_else(needs_base)?)?);
    let span = if is_set(matches, "watch") { AnnounceSpan::Watched } else { AnnounceSpan::Once };
    Ok(AnnounceInput::Files { paths, terms, span })
}

fn event_terms(matches: &ArgMatches) -> Result<EventTerms, Unreadable> {
    if let Some(rules) = path(matches, "rules") {
        return Ok(EventTerms::Rules(rules));
    }
    let missing = Unreadable { argument: "metadata-id", value: String::new() };
    let topic = one(matches, "topic").unwrap_or_default();
    Ok(EventTerms::Alike(Box::new(NoticeTerms {
        metadata_id: parsed(matches, "metadata-id", MetadataId::parse)?.ok_or(missing)?,
        licence: parsed(matches, "licence", web_address)?,
        caching: Caching::of_topic(&topic),
        topic,
        inlining: inlining(matches),
        action: None,
        retraction: Retraction::Announce,
    })))
}

fn inlining(matches: &ArgMatches) -> Inlining {
    if is_set(matches, "inline") { Inlining::Small } else { Inlining::Never }
}

fn terms(matches: &ArgMatches, base: BaseUrl) -> Result<PostTerms, Unreadable> {
    let unreadable = |argument, text: &str| Unreadable { argument, value: show_with_urls(text) };
    let form = parsed(matches, "form", PostForm::from_key)?.unwrap_or(PostForm::V03);
    let topics = parsed(matches, "topic-form", TopicForm::from_key)?.unwrap_or_default();
    let topic = one(matches, "topic").unwrap_or_else(|| USUAL_ROOT.to_owned());
    let argument = if form == PostForm::Wis2 { "channel" } else { "root" };
    Ok(PostTerms {
        form,
        base,
        topic: PostTopic::parse(&topic, form, topics).ok_or_else(|| unreadable(argument, &topic))?,
        inlining: inlining(matches),
        metadata_id: parsed(matches, "metadata-id", MetadataId::parse)?,
        global_cache: one(matches, "global-cache"),
    })
}
