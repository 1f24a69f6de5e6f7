//! The words of `announce`.

use super::{Unreadable, file, flag, flag_values, is_set, json, many, one, option, parsed};
use crate::app::mesh::announcing::{AnnounceRequest, AnnounceSpan, Checking};
use crate::app::words::time_of;
use crate::domain::outside_text::show_with_urls;
use crate::i18n::Translator;
use crate::mesh::post::place::{BaseUrl, MetadataId, PostTopic, TopicForm};
use crate::mesh::post::{Inlining, PostForm, PostTerms};
use crate::mesh::subscription::BrokerAddress;
use clap::{ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;
use std::time::Duration;

/// What stands before the folders of a file in Sarracenia and wmo_mesh, where nothing else is asked for.
const USUAL_ROOT: &str = "xpublic/v03";

/// How long a broker may be away where nothing else is asked for, in seconds.
const USUAL_PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let form = option("form", "wis2|v03|wmo-mesh", fl!(l, "help-announce-form"), text).required(true);
    let topic_form = option("topic-form", "post|plain|both", fl!(l, "help-announce-topic-form"), text);
    Command::new("announce")
        .about(fl!(l, "help-announce"))
        .long_about(fl!(l, "help-announce-long"))
        .arg(file("paths", "PATH", fl!(l, "help-announce-paths"), text).num_args(1..))
        .arg(option("to", "BROKER_URL", fl!(l, "help-announce-to"), text).required_unless_present("dry-run"))
        .arg(option("base-url", "URL", fl!(l, "help-announce-base-url"), text).required(true))
        .arg(flag_values(form, &PostForm::KEYS))
        .arg(option("topic", "TOPIC", fl!(l, "help-announce-topic"), text).required_if_eq("form", "wis2"))
        .arg(flag_values(topic_form, &TopicForm::KEYS))
        .arg(option("metadata-id", "ID", fl!(l, "help-announce-metadata-id"), text))
        .arg(option("global-cache", "CENTRE", fl!(l, "help-announce-global-cache"), text))
        .arg(flag("inline", fl!(l, "help-announce-inline"), text))
        .arg(flag("watch", fl!(l, "help-announce-watch"), text).conflicts_with("dry-run"))
        .arg(flag("check", fl!(l, "help-announce-check"), text).conflicts_with("dry-run"))
        .arg(option("timeout", "TIME", fl!(l, "help-announce-timeout"), text))
        .arg(flag("dry-run", fl!(l, "help-announce-dry-run"), text))
        .arg(json(text))
}

pub(super) fn request(matches: &ArgMatches) -> Result<AnnounceRequest, Unreadable> {
    // A password in it is not repeated.
    let unreadable = |argument, text: &str| Unreadable { argument, value: show_with_urls(text) };
    let to = one(matches, "to").unwrap_or_default();
    let broker = match is_set(matches, "dry-run") {
        true => None,
        false => Some(BrokerAddress::parse(&to).map_err(|_| unreadable("to", &to))?),
    };
    let span = if is_set(matches, "watch") { AnnounceSpan::Watched } else { AnnounceSpan::Once };
    let usual = (span == AnnounceSpan::Once).then_some(USUAL_PATIENCE);
    let patience = parsed(matches, "timeout", time_of)?.filter(|patience| !patience.is_zero());
    Ok(AnnounceRequest {
        paths: many(matches, "paths").into_iter().map(PathBuf::from).collect(),
        broker,
        terms: terms(matches)?,
        span,
        checking: if is_set(matches, "check") { Checking::FirstFile } else { Checking::None },
        patience: patience.or(usual),
    })
}

fn terms(matches: &ArgMatches) -> Result<PostTerms, Unreadable> {
    let unreadable = |argument, text: &str| Unreadable { argument, value: show_with_urls(text) };
    let base = one(matches, "base-url").unwrap_or_default();
    let form = parsed(matches, "form", PostForm::from_key)?.unwrap_or(PostForm::V03);
    let topics = parsed(matches, "topic-form", TopicForm::from_key)?.unwrap_or_default();
    let topic = one(matches, "topic").unwrap_or_else(|| USUAL_ROOT.to_owned());
    let argument = if form == PostForm::Wis2 { "channel" } else { "root" };
    Ok(PostTerms {
        form,
        base: BaseUrl::parse(&base).ok_or_else(|| unreadable("base-url", &base))?,
        topic: PostTopic::parse(&topic, form, topics).ok_or_else(|| unreadable(argument, &topic))?,
        inlining: if is_set(matches, "inline") { Inlining::Small } else { Inlining::Never },
        metadata_id: parsed(matches, "metadata-id", MetadataId::parse)?,
        global_cache: one(matches, "global-cache"),
    })
}
