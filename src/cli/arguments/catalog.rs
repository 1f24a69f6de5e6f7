//! The words of `nuee catalog`.

use super::{Unreadable, contact, flag, json, one, option, path, positional, providers, retries};
use crate::app::catalog::asked::CatalogQuery;
use crate::catalog::provider::EntryId;
use crate::i18n::Translator;
use crate::mesh::archive::ArchiveAddress;
use clap::{Arg, ArgMatches, Command};
use i18n_embed_fl::fl;

/// How many runs are shown when nothing is said.
const USUAL_RUNS: usize = 8;

/// What is to be shown of catalogues.
#[derive(Clone, Debug)]
pub enum CatalogTask {
    /// Every provider with its datasets.
    List,
    /// What is known of one dataset.
    Show(EntryId),
    /// Runs and hours of a dataset.
    Runs {
        /// What the engine is asked.
        query: CatalogQuery,
        /// Whether each file is told too.
        files: FileLines,
    },
    /// What a provider's service announces.
    Notices(String),
    /// Datasets by the words of their record.
    Search(CatalogQuery),
    /// Whether providers' files are sound.
    Check(CatalogQuery),
}

impl CatalogTask {
    /// The dataset it asks about. `None` when it asks about all.
    pub fn id(&self) -> Option<&EntryId> {
        match self {
            Self::Show(id) | Self::Runs { query: CatalogQuery::Runs { id, .. }, .. } => Some(id),
            Self::List | Self::Runs { .. } | Self::Notices(_) | Self::Search(_) | Self::Check(_) => None,
        }
    }
}

/// Whether each file is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileLines {
    /// Runs only.
    Left,
    /// Runs and files.
    Told,
}

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let part = |name: &'static str, about: String| {
        Command::new(name).about(about).arg(json(text)).arg(contact(text)).arg(providers(text))
    };
    Command::new("catalog")
        .about(fl!(l, "help-catalog"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(part("list", fl!(l, "help-catalog-list")))
        .subcommand(part("show", fl!(l, "help-catalog-show")).arg(id(text)))
        .subcommand(
            part("runs", fl!(l, "help-catalog-runs"))
                .arg(id(text))
                .arg(option("count", "N", fl!(l, "help-catalog-count"), text))
                .arg(flag("files", fl!(l, "help-catalog-files"), text))
                .arg(retries::option(text))
                .arg(super::allow_local(text)),
        )
        .subcommand(
            part("notices", fl!(l, "help-catalog-notices"))
                .arg(positional("id", "PROVIDER", fl!(l, "help-catalog-provider"), text))
                .arg(retries::option(text))
                .arg(super::allow_local(text)),
        )
        .subcommand(
            part("search", fl!(l, "help-catalog-search"))
                .arg(positional("words", "WORDS", fl!(l, "help-catalog-words"), text).num_args(1..))
                .arg(option("in", "URL", fl!(l, "help-catalog-in"), text))
                .arg(retries::option(text)),
        )
        .subcommand(
            part("check", fl!(l, "help-catalog-check"))
                .arg(positional("dir", "DIR", fl!(l, "help-catalog-dir"), text).required(false)),
        )
}

fn id(text: &Translator) -> Arg {
    positional("id", "ID", fl!(text.loader, "help-catalog-id"), text)
}

/// The task, and the words of its subcommand.
pub(super) fn task_of(matches: &ArgMatches) -> Result<(CatalogTask, &ArgMatches), Unreadable> {
    let Some((name, words)) = matches.subcommand() else { return Ok((CatalogTask::List, matches)) };
    let id = || {
        let text = one(words, "id").unwrap_or_default();
        EntryId::parse(&text).ok_or(Unreadable { argument: "id", value: text })
    };
    let task = match name {
        "show" => CatalogTask::Show(id()?),
        "runs" => {
            let read = |text: &str| text.parse().ok().filter(|count| (1..=60).contains(count));
            let count = super::parsed(words, "count", read)?.unwrap_or(USUAL_RUNS);
            let files = if super::is_set(words, "files") { FileLines::Told } else { FileLines::Left };
            CatalogTask::Runs { query: CatalogQuery::Runs { id: id()?, count }, files }
        }
        "notices" => CatalogTask::Notices(one(words, "id").unwrap_or_default()),
        "search" => CatalogTask::Search(CatalogQuery::Search {
            words: super::many(words, "words").join(" "),
            at: super::parsed(words, "in", ArchiveAddress::parse)?,
        }),
        "check" => CatalogTask::Check(CatalogQuery::Check(path(words, "dir"))),
        _ => CatalogTask::List,
    };
    Ok((task, words))
}
