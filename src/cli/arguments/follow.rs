//! The words of `nuee follow`.

use super::{
    Unreadable, allow_local, contact, finding, flag, flag_values, folder, get, is_set, json, one, option,
    parsed, path, positional, providers, retries,
};
use crate::app::catalog::parameter_names::short_names_of;
use crate::app::follow::pacing::USUAL_LONGEST;
use crate::app::follow::{FollowCommand, FollowQuery, FollowWish};
use crate::app::jobs::request::Split;
use crate::app::words::{size_of, time_of};
use crate::cli::values::folder_of;
use crate::domain::selection::Selection;
use crate::i18n::Translator;
use clap::{ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;

/// What is told on the desktop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum TellDesktop {
    /// Nothing.
    #[default]
    Nothing,
    /// Runs that are complete, ended with gaps, or late.
    Runs,
    /// Each file as well.
    Files,
}

impl TellDesktop {
    fn from_key(key: &str) -> Option<Self> {
        match key {
            "runs" => Some(Self::Runs),
            "files" => Some(Self::Files),
            _ => None,
        }
    }
}

/// The subcommands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Add,
    List,
    Run,
    Remove,
}

impl Part {
    const ALL: [Self; 4] = [Self::Add, Self::List, Self::Run, Self::Remove];

    const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::List => "list",
            Self::Run => "run",
            Self::Remove => "remove",
        }
    }
}

/// What is to be done about what is followed.
#[derive(Clone, Debug)]
pub struct FollowTask {
    /// The question.
    pub query: FollowQuery,
    /// What of the news is told on the desktop.
    pub told: TellDesktop,
}

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let part = |part: Part, about: String| {
        let out = folder("out", fl!(l, "help-get-out"), text);
        Command::new(part.name())
            .about(about)
            .arg(out)
            .arg(json(text))
            .arg(contact(text))
            .arg(providers(text))
    };
    let id = positional("id", "ID", fl!(l, "help-catalog-id"), text);
    let name = positional("name", "NAME", fl!(l, "help-follow-name"), text);
    Command::new("follow")
        .about(fl!(l, "help-follow"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            part(Part::Add, fl!(l, "help-follow-add"))
                .arg(id)
                .arg(option("name", "NAME", fl!(l, "help-follow-name"), text))
                .arg(option("lead", "LEAD", fl!(l, "help-get-lead"), text))
                .arg(option("param", "PARAM", fl!(l, "help-get-param"), text))
                .arg(option("level", "LEVEL", fl!(l, "help-get-level"), text))
                .arg(option("member", "MEMBER", fl!(l, "help-get-member"), text))
                .arg(get::via(text))
                .arg(option("within", "TIME", fl!(l, "help-get-within"), text))
                .arg(option("folder", "TEMPLATE", fl!(l, "help-get-folder"), text))
                .arg(get::split(text))
                .arg(flag("provenance", fl!(l, "help-get-provenance"), text))
                .arg(option("keep", "TIME", fl!(l, "help-follow-keep"), text))
                .arg(option("keep-size", "SIZE", fl!(l, "help-follow-keep-size"), text))
                .arg(option("exec", "COMMAND", fl!(l, "help-follow-exec"), text))
                .arg(option("exec-run", "COMMAND", fl!(l, "help-follow-exec-run"), text)),
        )
        .subcommand(part(Part::List, fl!(l, "help-follow-list")))
        .subcommand(
            part(Part::Run, fl!(l, "help-follow-run"))
                .arg(option("for", "TIME", fl!(l, "help-follow-for"), text))
                .arg(flag_values(
                    option("notify", "WHAT", fl!(l, "help-follow-notify"), text),
                    &["runs", "files"],
                ))
                .arg(option("every", "TIME", fl!(l, "help-follow-every"), text))
                .args(finding::options(text))
                .arg(retries::option(text))
                .arg(allow_local(text)),
        )
        .subcommand(part(Part::Remove, fl!(l, "help-follow-remove")).arg(name))
}

/// The task, and the words of its subcommand.
pub(super) fn task_of(matches: &ArgMatches) -> Result<(FollowTask, &ArgMatches), Unreadable> {
    let (name, words) = matches.subcommand().unwrap_or((Part::List.name(), matches));
    // Other names are refused before.
    let part = Part::ALL.into_iter().find(|part| part.name() == name).unwrap_or(Part::List);
    let out = path(words, "out").unwrap_or_else(|| PathBuf::from("."));
    let query = match part {
        Part::Add => {
            let wish = FollowWish {
                id: one(words, "id").unwrap_or_default(),
                lead: one(words, "lead"),
                param: parsed(words, "param", |text| short_names_of(text).ok())?,
                level: one(words, "level"),
                member: one(words, "member"),
                via: one(words, "via"),
                exec: one(words, "exec"),
                exec_run: one(words, "exec-run"),
                within: one(words, "within"),
                folder: parsed(words, "folder", folder_of)?,
                keep: one(words, "keep"),
                keep_size: one(words, "keep-size"),
                is_split: parsed(words, "split", Split::from_key)?.is_some(),
                has_provenance: is_set(words, "provenance"),
                packages: Vec::new(),
            };
            // Read again when it is run; a mistake is said now.
            parsed(words, "lead", |text| Selection::everything().with_leads(text).ok())?;
            parsed(words, "within", time_of)?;
            parsed(words, "keep", time_of)?;
            parsed(words, "keep-size", size_of)?;
            parsed(words, "level", |text| Selection::everything().with_levels(text).ok())?;
            parsed(words, "member", |text| Selection::everything().with_members(text).ok())?;
            let name = one(words, "name").unwrap_or_else(|| wish.id.clone());
            let command = FollowCommand::Add { name: Some(name), wish: Box::new(wish) };
            FollowQuery::Command { out, command }
        }
        Part::Remove => {
            let command = FollowCommand::Remove(one(words, "name").unwrap_or_default());
            FollowQuery::Command { out, command }
        }
        Part::Run => FollowQuery::Run {
            out,
            for_time: parsed(words, "for", time_of)?,
            every: parsed(words, "every", time_of)?.unwrap_or(USUAL_LONGEST),
        },
        Part::List => FollowQuery::List { out: path(words, "out") },
    };
    // The other subcommands have no such word.
    let told = if part == Part::Run { parsed(words, "notify", TellDesktop::from_key)? } else { None };
    Ok((FollowTask { query, told: told.unwrap_or_default() }, words))
}
