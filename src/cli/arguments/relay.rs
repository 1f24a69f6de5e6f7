//! The words of `nuee relay`.

use super::{
    Unreadable, allow_local, contact, finding, flag, flag_values, folder, is_set, json, many, one, option,
    parsed, path, positional, providers, retries,
};
use crate::app::follow::FollowCommand;
use crate::app::relay::RelayQuery;
use crate::app::relay::terms::{ObjectStoreWords, RelayWords, wish_of};
use crate::app::relay::used::list::CheckShare;
use crate::app::words::time_of;
use crate::cli::values::rate_of;
use crate::domain::selection::Selection;
use crate::i18n::Translator;
use crate::mesh::post::PostForm;
use crate::mesh::post::place::TopicForm;
use clap::{Arg, ArgAction, ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;

/// The subcommands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RelayPart {
    Add,
    List,
    Remove,
    Run,
    Check,
    Use,
    Used,
    Forget,
}

impl RelayPart {
    const ALL: [Self; 8] =
        [Self::Add, Self::List, Self::Remove, Self::Run, Self::Check, Self::Use, Self::Used, Self::Forget];

    const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::List => "list",
            Self::Remove => "remove",
            Self::Run => "run",
            Self::Check => "check",
            Self::Use => "use",
            Self::Used => "used",
            Self::Forget => "forget",
        }
    }
}

/// How fast may be given, and on which port to peers. `None` without a limit, and for subcommands that give nothing.
pub(super) fn limits(words: &ArgMatches) -> Result<(Option<u32>, Option<u16>), Unreadable> {
    if words.try_contains_id("limit-up").is_err() {
        return Ok((None, None));
    }
    let port = |text: &str| text.parse().ok().filter(|port| *port > 0);
    Ok((parsed(words, "limit-up", rate_of)?, parsed(words, "peer-port", port)?))
}

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let part = |part: RelayPart, about: String| {
        let folder = folder("folder", fl!(l, "help-relay-folder"), text);
        Command::new(part.name())
            .about(about)
            .arg(folder)
            .arg(json(text))
            .arg(contact(text))
            .arg(providers(text))
    };
    let ids = positional("ids", "ID", fl!(l, "help-catalog-id"), text).num_args(1..);
    Command::new("relay")
        .about(fl!(l, "help-relay"))
        .long_about(fl!(l, "help-relay-long"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(part(RelayPart::Add, fl!(l, "help-relay-add")).arg(ids.clone()).arg(option(
            "lead",
            "LEAD",
            fl!(l, "help-get-lead"),
            text,
        )))
        .subcommand(part(RelayPart::List, fl!(l, "help-relay-list")))
        .subcommand(part(RelayPart::Remove, fl!(l, "help-relay-remove")).arg(ids))
        .subcommand(
            part(RelayPart::Run, fl!(l, "help-relay-run"))
                .args(running(text))
                .args(storing(text))
                .arg(option("for", "TIME", fl!(l, "help-follow-for"), text))
                .arg(option("every", "TIME", fl!(l, "help-relay-every"), text))
                .arg(option("limit-up", "RATE", fl!(l, "help-get-limit-up"), text))
                .arg(option("peer-port", "PORT", fl!(l, "help-relay-peer-port"), text))
                .args(finding::options(text))
                .arg(retries::option(text))
                .arg(allow_local(text)),
        )
        .subcommand(
            part(RelayPart::Check, fl!(l, "help-relay-check"))
                .arg(option("base-url", "URL", fl!(l, "help-relay-base-url"), text))
                .arg(option("bind", "HOST:PORT", fl!(l, "help-relay-bind"), text))
                .args(storing(text)),
        )
        .subcommands(using(text))
}

/// The subcommands about relays of others; they have no folder.
fn using(text: &Translator) -> [Command; 3] {
    let l = &text.loader;
    let part = |part: RelayPart, about: String| {
        Command::new(part.name()).about(about).arg(json(text)).arg(providers(text))
    };
    let url = || positional("url", "URL", fl!(l, "help-relay-url"), text);
    [
        part(RelayPart::Use, fl!(l, "help-relay-use"))
            .arg(url())
            .arg(option("check", "PERCENT", fl!(l, "help-relay-check-share"), text))
            .arg(contact(text))
            .arg(retries::option(text)),
        part(RelayPart::Used, fl!(l, "help-relay-used")),
        part(RelayPart::Forget, fl!(l, "help-relay-forget")).arg(url()),
    ]
}

/// How a relay runs.
fn running(text: &Translator) -> [Arg; 16] {
    let l = &text.loader;
    [
        option("base-url", "URL", fl!(l, "help-relay-base-url"), text),
        option("bind", "HOST:PORT", fl!(l, "help-relay-bind"), text),
        option("keep", "TIME", fl!(l, "help-relay-keep"), text),
        option("grace", "TIME", fl!(l, "help-relay-grace"), text),
        option("settle", "TIME", fl!(l, "help-relay-settle"), text),
        option("tracker", "URL", fl!(l, "help-relay-tracker"), text).action(ArgAction::Append),
        flag("no-own-tracker", fl!(l, "help-relay-no-own-tracker"), text),
        option("tracker-list", "FILE", fl!(l, "help-relay-tracker-list"), text),
        option("tracker-reload", "COMMAND", fl!(l, "help-relay-tracker-reload"), text),
        option("title", "TEXT", fl!(l, "help-relay-title"), text),
        flag("unchecked", fl!(l, "help-relay-unchecked"), text),
        option("broker", "BROKER_URL", fl!(l, "help-relay-broker"), text),
        flag_values(option("form", "wis2|v03|wmo-mesh", fl!(l, "help-relay-form"), text), &PostForm::KEYS),
        option("topic", "TOPIC", fl!(l, "help-relay-topic"), text),
        flag_values(
            option("topic-form", "post|plain|both", fl!(l, "help-announce-topic-form"), text),
            &TopicForm::KEYS,
        ),
        option("metadata-id", "ID", fl!(l, "help-announce-metadata-id"), text),
    ]
}

/// The store in which everything is put as well.
fn storing(text: &Translator) -> [Arg; 4] {
    let l = &text.loader;
    [
        option("store", "URL", fl!(l, "help-relay-store"), text),
        option("store-endpoint", "URL", fl!(l, "help-relay-store-endpoint"), text),
        option("store-region", "REGION", fl!(l, "help-relay-store-region"), text),
        option("store-url", "URL", fl!(l, "help-relay-store-url"), text),
    ]
}

fn store_of(words: &ArgMatches) -> ObjectStoreWords {
    ObjectStoreWords {
        url: one(words, "store"),
        endpoint: one(words, "store-endpoint"),
        region: one(words, "store-region"),
        public_url: one(words, "store-url"),
    }
}

/// The question, and the words of its subcommand.
pub(super) fn task_of(matches: &ArgMatches) -> Result<(RelayQuery, &ArgMatches), Unreadable> {
    let (name, words) = matches.subcommand().unwrap_or((RelayPart::List.name(), matches));
    // Other names are refused before.
    let part = RelayPart::ALL.into_iter().find(|part| part.name() == name).unwrap_or(RelayPart::List);
    if let Some(query) = using_of(part, words)? {
        return Ok((query, words));
    }
    let folder = path(words, "folder").unwrap_or_else(|| PathBuf::from("."));
    let query = match part {
        // Read above.
        RelayPart::Use | RelayPart::Used | RelayPart::Forget => RelayQuery::Used,
        RelayPart::Add => {
            parsed(words, "lead", |text| Selection::everything().with_leads(text).ok())?;
            let add = |id: String| {
                let wish = Box::new(wish_of(&id, one(words, "lead")));
                FollowCommand::Add { name: Some(id), wish }
            };
            RelayQuery::Command { folder, commands: many(words, "ids").into_iter().map(add).collect() }
        }
        RelayPart::Remove => {
            let commands = many(words, "ids").into_iter().map(FollowCommand::Remove).collect();
            RelayQuery::Command { folder, commands }
        }
        RelayPart::List => RelayQuery::List { folder },
        RelayPart::Run => {
            for time in ["keep", "grace", "settle", "every"] {
                parsed(words, time, time_of)?;
            }
            let words_of_run = RelayWords {
                base_url: one(words, "base-url"),
                bind: one(words, "bind"),
                keep: one(words, "keep"),
                grace: one(words, "grace"),
                settle: one(words, "settle"),
                every: one(words, "every"),
                title: one(words, "title"),
                trackers: many(words, "tracker"),
                own_tracker: is_set(words, "no-own-tracker").then_some(false),
                tracker_list: path(words, "tracker-list"),
                tracker_reload: one(words, "tracker-reload"),
                unchecked: is_set(words, "unchecked").then_some(true),
                store: store_of(words),
                broker: one(words, "broker"),
                form: one(words, "form"),
                topic: one(words, "topic"),
                topic_form: one(words, "topic-form"),
                metadata_id: one(words, "metadata-id"),
                datasets: Vec::new(),
            };
            let for_time = parsed(words, "for", time_of)?;
            RelayQuery::Run { folder, words: Box::new(words_of_run), for_time }
        }
        RelayPart::Check => {
            let base_url = one(words, "base-url");
            let (bind, store) = (one(words, "bind"), store_of(words));
            let words = Box::new(RelayWords { base_url, bind, store, ..RelayWords::default() });
            RelayQuery::Check { folder, words }
        }
    };
    Ok((query, words))
}

/// The question about relays of others. `None` for the other subcommands.
fn using_of(part: RelayPart, words: &ArgMatches) -> Result<Option<RelayQuery>, Unreadable> {
    let url = || one(words, "url").unwrap_or_default();
    Ok(match part {
        RelayPart::Use => {
            Some(RelayQuery::Use { url: url(), check: parsed(words, "check", CheckShare::parse)? })
        }
        RelayPart::Used => Some(RelayQuery::Used),
        RelayPart::Forget => Some(RelayQuery::Forget { url: url() }),
        RelayPart::Add | RelayPart::List | RelayPart::Remove | RelayPart::Run | RelayPart::Check => None,
    })
}
