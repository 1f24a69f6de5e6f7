//! The words of `nuee get`.

use super::{
    EngineOptions, Unreadable, allow_local, contact, contact_of, file, finding, flag, flag_values, folder,
    is_set, json, many, one, option, parsed, path, providers, retries,
};
use crate::app::catalog::asked::RunWish;
use crate::app::catalog::parameter_names::short_names_of;
use crate::app::jobs::request::{
    CompressedFiles, GetRequest, GivingPlan, Intent, Partial, Products, Provenance, Split, TransferLimits,
    Trust,
};
use crate::app::words::time_of;
use crate::app::{GiveUntil, LONGEST_GIVING, Policy, Ratio};
use crate::catalog::provider::ProviderBook;
use crate::cli::values::{folder_of, rate_of};
use crate::domain::selection::Selection;
use crate::i18n::Translator;
use clap::{Arg, ArgAction, ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let many = |id, value, help| option(id, value, help, text).action(ArgAction::Append);
    Command::new("get")
        .about(fl!(l, "help-get"))
        .long_about(fl!(l, "help-get-long"))
        .after_help(fl!(l, "help-get-example"))
        .after_long_help(format!("{}\n\n{}", fl!(l, "help-get-example"), entries(text)))
        .arg(file("target", "TARGET", fl!(l, "help-get-target"), text).num_args(1..))
        .arg(option("run", "RUN", fl!(l, "help-get-run"), text))
        .arg(option("lead", "LEAD", fl!(l, "help-get-lead"), text).allow_hyphen_values(true))
        .arg(option("param", "PARAM", fl!(l, "help-get-param"), text))
        .arg(option("level", "LEVEL", fl!(l, "help-get-level"), text))
        .arg(option("member", "MEMBER", fl!(l, "help-get-member"), text))
        .arg(split(text))
        .arg(option("folder", "TEMPLATE", fl!(l, "help-get-folder"), text))
        .arg(option("within", "TIME", fl!(l, "help-get-within"), text))
        .arg(flag("provenance", fl!(l, "help-get-provenance"), text))
        .arg(flag("partial", fl!(l, "help-get-partial"), text))
        .arg(flag("keep-compressed", fl!(l, "help-get-keep-compressed"), text))
        .arg(flag("dry-run", fl!(l, "help-get-dry-run"), text))
        .arg(flag("recheck", fl!(l, "help-get-recheck"), text))
        .arg(option("files", "GLOB", fl!(l, "help-get-files"), text))
        .arg(folder("out", fl!(l, "help-get-out"), text))
        .arg(via(text))
        .arg(many("peer", "HOST:PORT", fl!(l, "help-get-peer")))
        .args(finding::options(text))
        .arg(many("web-seed", "URL", fl!(l, "help-get-web-seed")))
        .arg(option("seed-for", "TIME", fl!(l, "help-get-seed-for"), text))
        .arg(option("seed-ratio", "RATIO", fl!(l, "help-get-seed-ratio"), text))
        .arg(flag("no-seed", fl!(l, "help-get-no-seed"), text).conflicts_with_all(["seed-for", "seed-ratio"]))
        .arg(option("limit-down", "RATE", fl!(l, "help-get-limit-down"), text))
        .arg(option("limit-up", "RATE", fl!(l, "help-get-limit-up"), text))
        .arg(option("connections", "N", fl!(l, "help-get-connections"), text))
        .arg(retries::option(text))
        .arg(option("wait", "TIME", fl!(l, "help-get-wait"), text))
        .arg(contact(text))
        .arg(providers(text))
        .arg(allow_local(text))
        .arg(flag("print-paths", fl!(l, "help-get-print-paths"), text).conflicts_with("json"))
        .arg(json(text))
}

/// By what a target is divided into files.
pub(super) fn split(text: &Translator) -> Arg {
    flag_values(option("split", "BY", fl!(text.loader, "help-get-split"), text), &["param"])
}

/// From whom files come.
pub(super) fn via(text: &Translator) -> Arg {
    let via = option("via", "POLICY", fl!(text.loader, "help-get-via"), text);
    flag_values(via, &["swarm-first", "fastest", "swarm-only", "http-only"])
}

/// The ids that come with the program, a provider a line.
fn entries(text: &Translator) -> String {
    let book = ProviderBook::read([]);
    let mut lines = vec![fl!(text.loader, "help-get-entries")];
    lines.extend(book.providers.iter().map(|provider| {
        let ids: Vec<String> = provider.datasets.iter().map(|dataset| dataset.path()).collect();
        format!("  {}", ids.join(" "))
    }));
    lines.join("\n")
}

/// Parameters as people write them.
pub(super) fn with_named_params(selection: Selection, text: &str) -> Result<Selection, String> {
    selection.with_params(&short_names_of(text)?)
}

/// What the engine is to keep to.
pub(super) fn limit(matches: &ArgMatches, limits: &mut EngineOptions) -> Result<(), Unreadable> {
    limits.providers = path(matches, "providers");
    limits.contact = parsed(matches, "contact", contact_of)?;
    limits.down = parsed(matches, "limit-down", rate_of)?;
    limits.up = parsed(matches, "limit-up", rate_of)?;
    let connections = |text: &str| text.parse().ok().filter(|n| (1..=64).contains(n));
    limits.connections = parsed(matches, "connections", connections)?;
    Ok(())
}

/// Until when what was received is uploaded on. `None` when nothing is said of it.
fn seeding(matches: &ArgMatches) -> Result<Option<GiveUntil>, Unreadable> {
    let capped = |text: &str| time_of(text).filter(|time| *time <= LONGEST_GIVING);
    let time = parsed(matches, "seed-for", capped)?;
    let ratio = parsed(matches, "seed-ratio", |text| Ratio::new(text.replace(',', ".").parse().ok()?))?;
    let usual = GiveUntil::default().time;
    let is_wished = time.is_some() || ratio.is_some();
    Ok(is_wished.then(|| GiveUntil { time: time.unwrap_or(usual), ratio }))
}

pub(super) fn request(matches: &ArgMatches) -> Result<GetRequest, Unreadable> {
    let read = |argument: &'static str, result: Result<Selection, String>| {
        result.map_err(|value| Unreadable { argument, value })
    };
    let mut selection = Selection::everything();
    for (argument, add) in [
        ("lead", Selection::with_leads as fn(Selection, &str) -> Result<Selection, String>),
        ("param", with_named_params),
        ("level", Selection::with_levels),
        ("member", Selection::with_members),
    ] {
        if let Some(text) = one(matches, argument) {
            selection = read(argument, add(selection, &text))?;
        }
    }
    let seeding = seeding(matches)?;
    Ok(GetRequest {
        targets: many(matches, "target"),
        run: parsed(matches, "run", RunWish::parse)?,
        selection,
        products: Products {
            split: parsed(matches, "split", Split::from_key)?.unwrap_or_default(),
            provenance: if is_set(matches, "provenance") { Provenance::Beside } else { Provenance::Left },
            folder: parsed(matches, "folder", folder_of)?,
            within: parsed(matches, "within", time_of)?,
            partial: if is_set(matches, "partial") { Partial::Accepted } else { Partial::Fails },
            compressed: if is_set(matches, "keep-compressed") {
                CompressedFiles::Kept
            } else {
                CompressedFiles::Opened
            },
            intent: if is_set(matches, "dry-run") { Intent::Plan } else { Intent::Fetch },
            trust: if is_set(matches, "recheck") { Trust::Nothing } else { Trust::AsLeft },
        },
        files: one(matches, "files"),
        out: path(matches, "out").unwrap_or_else(|| PathBuf::from(".")),
        policy: parsed(matches, "via", Policy::from_key)?.unwrap_or_default(),
        peers: many(matches, "peer"),
        web_seeds: many(matches, "web-seed"),
        giving: match seeding {
            Some(until) => GivingPlan::Until(until),
            None if is_set(matches, "no-seed") => GivingPlan::Nothing,
            None => GivingPlan::WhileReceiving,
        },
        // The limits of the command hold for all that it does, which is this.
        limits: TransferLimits::default(),
        wait: parsed(matches, "wait", time_of)?.unwrap_or_default(),
    })
}
