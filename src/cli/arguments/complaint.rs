//! What is printed when arguments are wrong: what was wrong, what is accepted, what may have been meant, where to read on.
//!
//! In: clap's errors and values of ours that could not be read. Out: [`Parting`]s with exit code 2. Start reading at
//! [`parting_of`] and [`complaint_of`].

use super::shell::found;
use super::{Parting, Unreadable};
use crate::cli::paint::{Paint, Stream};
use crate::i18n::Translator;
use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use i18n_embed_fl::fl;
use std::ffi::OsString;

/// The exit code of a usage error.
const USAGE: u8 = 2;

/// How alike two words must be for one to be suggested for the other, from 0 to 1 (Jaro).
const ALIKE: f64 = 0.7;

/// A value that could not be read, with the accepted forms of that argument.
pub(super) fn complaint_of(unreadable: &Unreadable, commands: &str, text: &Translator) -> Parting {
    let l = &text.loader;
    let (value, argument) = (unreadable.value.as_str(), named(unreadable.argument));
    let mut said = fl!(l, "cli-usage-value", value = value, argument = argument);
    if let Some(forms) = forms_of(unreadable.argument, text) {
        said.push('\n');
        said.push_str(&fl!(l, "cli-usage-forms", forms = forms));
    }
    said.push('\n');
    said.push_str(&fl!(l, "cli-usage-more", command = commands));
    Parting { text: said, code: USAGE }
}

/// An option as it is typed; positional arguments by their name.
fn named(argument: &str) -> String {
    match argument {
        "id" | "name" | "size" | "target" | "paths" | "words" | "dir" | "broker" => argument.to_uppercase(),
        "BROKER_URL" => argument.to_owned(),
        "channel" | "root" => "--topic".to_owned(),
        option => format!("--{option}"),
    }
}

/// The forms in which an argument is understood. `None` where any text will do.
pub(super) fn forms_of(argument: &str, text: &Translator) -> Option<String> {
    let l = &text.loader;
    Some(match argument {
        "lead" => fl!(l, "forms-lead"),
        "param" => fl!(l, "forms-param"),
        "level" => fl!(l, "forms-level"),
        "member" => fl!(l, "forms-member"),
        "run" => fl!(l, "forms-run"),
        "folder" => fl!(l, "forms-folder"),
        "seed-for" => fl!(l, "forms-seed-for"),
        "seed-ratio" => fl!(l, "forms-seed-ratio"),
        "within" | "wait" | "for" | "every" | "keep" | "since" | "timeout" | "max-age" => {
            fl!(l, "forms-time")
        }
        "seconds" | "count" | "connections" | "retries" => fl!(l, "forms-number"),
        "limit-down" | "limit-up" => fl!(l, "forms-rate"),
        "keep-size" | "most" | "most-per-day" | "size" => fl!(l, "forms-size"),
        "topic" => fl!(l, "forms-topic"),
        "channel" => fl!(l, "forms-channel"),
        "root" | "to-topic" => fl!(l, "forms-root"),
        "base-url" => fl!(l, "forms-base-url"),
        "box" => fl!(l, "forms-box"),
        "licence" => fl!(l, "forms-licence"),
        "metadata-id" => fl!(l, "forms-metadata-id"),
        "BROKER_URL" => fl!(l, "forms-broker-heard"),
        "broker" | "to" => fl!(l, "forms-broker"),
        "id" => fl!(l, "forms-id"),
        "contact" => fl!(l, "forms-contact"),
        "dht-node" => fl!(l, "forms-dht-node"),
        "archive" | "in" => fl!(l, "forms-archive"),
        _ => return None,
    })
}

/// What clap found: help and the version as they are, complaints in the person's language.
pub(super) fn parting_of(
    error: &clap::Error,
    (arguments, command): (&[OsString], &Command),
    text: &Translator,
) -> Parting {
    let commands = commands_of(arguments, command);
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return Parting { text: painted(&error.render()), code: 0 };
        }
        // `nuee catalog` alone asks what there is.
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            if let Ok(mut found) = found(command, &commands) {
                return Parting { text: painted(&found.render_long_help()), code: 0 };
            }
        }
        _ => {}
    }
    let mut said = what_is_wrong(error, text);
    if let Some(meant) = suggestion(error, &commands, command) {
        said.push('\n');
        said.push_str(&fl!(text.loader, "cli-usage-meant", meant = meant));
    }
    said.push('\n');
    said.push_str(&match commands.as_slice() {
        [] => fl!(text.loader, "cli-usage-all"),
        named => fl!(text.loader, "cli-usage-more", command = named.join(" ")),
    });
    Parting { text: said, code: USAGE }
}

/// Help in colours where stdout shows them.
pub(super) fn painted(help: &clap::builder::StyledStr) -> String {
    let help = match Paint::of_environment(Stream::of_stdout()) {
        Paint::Coloured => help.ansi().to_string(),
        Paint::Plain => help.to_string(),
    };
    help.trim_end().to_owned()
}

fn what_is_wrong(error: &clap::Error, text: &Translator) -> String {
    let l = &text.loader;
    let argument = told(error, ContextKind::InvalidArg).unwrap_or_default();
    let value = told(error, ContextKind::InvalidValue).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => fl!(l, "cli-usage-unknown", argument = argument),
        ErrorKind::MissingRequiredArgument => fl!(l, "cli-usage-missing", argument = argument),
        ErrorKind::InvalidValue if value.is_empty() => {
            fl!(l, "cli-usage-missing-value", argument = argument)
        }
        ErrorKind::InvalidValue => {
            let mut said = fl!(l, "cli-usage-value", value = value, argument = argument);
            if let Some(values) = told(error, ContextKind::ValidValue) {
                said.push('\n');
                said.push_str(&fl!(l, "cli-usage-forms", forms = values));
            }
            said
        }
        ErrorKind::ArgumentConflict => {
            let other = told(error, ContextKind::PriorArg).unwrap_or_default();
            fl!(l, "cli-usage-conflict", argument = argument, other = other)
        }
        ErrorKind::InvalidSubcommand => {
            let name = told(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            fl!(l, "cli-usage-subcommand", argument = name)
        }
        _ => {
            let detail = error.to_string();
            let first = detail.lines().next().unwrap_or_default();
            fl!(l, "cli-usage-other", detail = first.trim_start_matches("error: "))
        }
    }
}

fn told(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(value)) => Some(value.clone()),
        Some(ContextValue::Strings(values)) => Some(values.join(", ")),
        _ => None,
    }
}

/// What was probably meant: as clap says, else a command of this level that is spelt alike.
fn suggestion(error: &clap::Error, commands: &[String], command: &Command) -> Option<String> {
    let kinds = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| told(error, kind)).or_else(|| {
        let wrong = told(error, ContextKind::InvalidSubcommand)?;
        let here = commands.iter().try_fold(command, |here, name| here.find_subcommand(name))?;
        nearest(&wrong, here.get_subcommands().map(Command::get_name)).map(str::to_owned)
    })
}

/// The word that is most alike, when one is alike enough.
pub(super) fn nearest<'a>(wrong: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = words.map(|word| (strsim::jaro(wrong, word), word));
    scored.filter(|(alike, _)| *alike > ALIKE).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
}

/// The commands that the arguments begin with: `follow add` of `nuee follow add --leda 6`.
pub(super) fn commands_of(arguments: &[OsString], command: &Command) -> Vec<String> {
    let (mut here, mut names) = (command, Vec::new());
    for word in arguments.iter().skip(1).filter_map(|argument| argument.to_str()) {
        let Some(found) = here.find_subcommand(word) else { continue };
        names.push(word.to_owned());
        here = found;
    }
    names
}
