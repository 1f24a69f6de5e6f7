//! The words of `nuee follow`.

use super::{Unreadable, allow_local, json, one, option, parsed, path, positional, providers};
use crate::app::follow::{FollowQuery, FollowWish};
use crate::cli::values::time_of;
use crate::domain::selection::Selection;
use crate::i18n::Translator;
use clap::{ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;
use std::time::Duration;

/// The longest pause between two looks when nothing is said.
const USUAL_PAUSE: Duration = Duration::from_secs(600);

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let part = |name: &'static str, about: String| {
        let out = option("out", "DIR", fl!(l, "help-get-out"), text);
        Command::new(name).about(about).arg(out).arg(json(text)).arg(providers(text))
    };
    let id = positional("id", "ID", fl!(l, "help-catalog-id"), text);
    let name = positional("name", "NAME", fl!(l, "help-follow-name"), text);
    Command::new("follow")
        .about(fl!(l, "help-follow"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            part("add", fl!(l, "help-follow-add"))
                .arg(id)
                .arg(option("name", "NAME", fl!(l, "help-follow-name"), text))
                .arg(option("lead", "LEAD", fl!(l, "help-get-lead"), text))
                .arg(option("param", "PARAM", fl!(l, "help-get-param"), text))
                .arg(option("level", "LEVEL", fl!(l, "help-get-level"), text))
                .arg(option("via", "POLICY", fl!(l, "help-get-via"), text))
                .arg(option("exec", "COMMAND", fl!(l, "help-follow-exec"), text)),
        )
        .subcommand(part("list", fl!(l, "help-follow-list")))
        .subcommand(
            part("run", fl!(l, "help-follow-run"))
                .arg(option("for", "TIME", fl!(l, "help-follow-for"), text))
                .arg(option("every", "TIME", fl!(l, "help-follow-every"), text))
                .arg(allow_local(text)),
        )
        .subcommand(part("remove", fl!(l, "help-follow-remove")).arg(name))
}

/// The question, and the words of its subcommand.
pub(super) fn task_of(matches: &ArgMatches) -> Result<(FollowQuery, &ArgMatches), Unreadable> {
    let (name, words) = matches.subcommand().unwrap_or(("list", matches));
    let out = path(words, "out").unwrap_or_else(|| PathBuf::from("."));
    let query = match name {
        "add" => {
            let wish = FollowWish {
                id: one(words, "id").unwrap_or_default(),
                lead: one(words, "lead"),
                param: one(words, "param"),
                level: one(words, "level"),
                via: one(words, "via"),
                exec: one(words, "exec"),
            };
            // Read again when it is run; a mistake is said now.
            parsed(words, "lead", |text| Selection::everything().with_leads(text).ok())?;
            parsed(words, "level", |text| Selection::everything().with_levels(text).ok())?;
            let name = one(words, "name").unwrap_or_else(|| wish.id.clone());
            FollowQuery::Add { out, name, wish }
        }
        "remove" => FollowQuery::Remove { out, name: one(words, "name").unwrap_or_default() },
        "run" => FollowQuery::Run {
            out,
            for_time: parsed(words, "for", time_of)?,
            every: parsed(words, "every", time_of)?.unwrap_or(USUAL_PAUSE),
        },
        _ => FollowQuery::List { out },
    };
    Ok((query, words))
}
