//! The words of `nuee pledge`.

use super::{
    EngineOptions, Unreadable, allow_local, contact, finding, flag, folder, is_set, json, many, one, option,
    parsed, path, positional, providers, retries,
};
use crate::app::pledge::PledgeQuery;
use crate::app::pledge::query::{PledgePace, USUAL_EVERY};
use crate::app::pledge::terms::PledgeTerms;
use crate::app::words::{size_of, time_of};
use crate::cli::values::rate_of;
use crate::i18n::Translator;
use clap::{ArgAction, ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;
use std::time::Duration;

/// The shortest pause between two looks: relays are not asked more often than every minute in any case.
const SHORTEST: Duration = Duration::from_secs(1);

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let part = |name: &'static str, about: String| {
        let folder = folder("folder", fl!(l, "help-pledge-folder"), text);
        Command::new(name).about(about).arg(folder).arg(json(text))
    };
    part("pledge", fl!(l, "help-pledge"))
        .long_about(fl!(l, "help-pledge-long"))
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand_negates_reqs(true)
        .args_conflicts_with_subcommands(true)
        .arg(positional("size", "SIZE", fl!(l, "help-pledge-size"), text))
        .arg(
            option("dataset", "ID", fl!(l, "help-pledge-dataset"), text)
                .action(ArgAction::Append)
                .num_args(1..)
                .required(true),
        )
        .arg(
            option("relay", "URL", fl!(l, "help-pledge-relay"), text).action(ArgAction::Append).num_args(1..),
        )
        .arg(flag("once", fl!(l, "help-pledge-once"), text))
        .arg(option("every", "TIME", fl!(l, "help-pledge-every"), text))
        .arg(option("limit-up", "RATE", fl!(l, "help-get-limit-up"), text))
        .arg(option("peer-port", "PORT", fl!(l, "help-relay-peer-port"), text))
        .arg(contact(text))
        .arg(providers(text))
        .args(finding::options(text))
        .arg(retries::option(text))
        .arg(allow_local(text))
        .subcommand(part("list", fl!(l, "help-pledge-list")))
        .subcommand(part("forget", fl!(l, "help-pledge-forget")))
}

/// The question, and the words of its subcommand, or of the command itself.
pub(super) fn task_of(matches: &ArgMatches) -> Result<(PledgeQuery, &ArgMatches), Unreadable> {
    let folder = |words| path(words, "folder").unwrap_or_else(|| PathBuf::from("."));
    match matches.subcommand() {
        Some(("list", words)) => return Ok((PledgeQuery::List { folder: folder(words) }, words)),
        // Other names are refused before.
        Some((_, words)) => return Ok((PledgeQuery::Forget { folder: folder(words) }, words)),
        None => {}
    }
    let every = parsed(matches, "every", |text| time_of(text).filter(|time| *time >= SHORTEST))?;
    let pace = match is_set(matches, "once") {
        true => PledgePace::Once,
        false => PledgePace::Every(every.unwrap_or(USUAL_EVERY)),
    };
    let unreadable = || Unreadable { argument: "size", value: one(matches, "size").unwrap_or_default() };
    let terms = PledgeTerms {
        most: parsed(matches, "size", size_of)?.ok_or_else(unreadable)?,
        datasets: many(matches, "dataset"),
        relays: many(matches, "relay"),
    };
    Ok((PledgeQuery::Run { folder: folder(matches), terms, pace }, matches))
}

/// How fast may be uploaded, and on which port to peers.
pub(super) fn limit(words: &ArgMatches, limits: &mut EngineOptions) -> Result<(), Unreadable> {
    let port = |text: &str| text.parse().ok().filter(|port| *port > 0);
    limits.up = parsed(words, "limit-up", rate_of)?;
    limits.peer_port = parsed(words, "peer-port", port)?;
    Ok(())
}
