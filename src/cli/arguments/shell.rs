//! What helps at the terminal: `help`, completions of shells, manual pages.
//!
//! Each is made of the same description of the commands that reads the arguments, so that they cannot disagree.

use super::complaint::{nearest, painted};
use super::{Parting, flag_values, many, one, positional};
use crate::i18n::Translator;
use clap::{ArgMatches, Command};
use clap_complete::Shell;
use clap_mangen::Man;
use i18n_embed_fl::fl;

/// What `completions` writes, by the word that asks for it.
const KINDS: [&str; 5] = ["bash", "zsh", "fish", "powershell", "man"];

pub(super) fn help_command(text: &Translator) -> Command {
    let l = &text.loader;
    Command::new("help")
        .about(fl!(l, "help-help-command"))
        .arg(positional("command", "COMMAND", fl!(l, "help-help-which"), text).required(false).num_args(0..))
}

pub(super) fn completions_command(text: &Translator) -> Command {
    let l = &text.loader;
    let kind = positional("kind", "SHELL", fl!(l, "help-completions-kind"), text);
    let which = positional("command", "COMMAND", fl!(l, "help-completions-command"), text);
    Command::new("completions")
        .about(fl!(l, "help-completions"))
        .after_help(fl!(l, "help-completions-example"))
        .arg(flag_values(kind, &KINDS))
        .arg(which.required(false).num_args(0..))
}

/// The help of the command that is named.
///
/// # Errors
/// The word that names none, and the one that was probably meant.
pub(super) fn help_of(matches: &ArgMatches, command: &Command) -> Result<Parting, (String, Option<String>)> {
    let mut found = found(command, &many(matches, "command"))?;
    Ok(Parting { text: painted(&found.render_long_help()), code: 0 })
}

/// A completion script, or a manual page.
///
/// # Errors
/// The word that names no command, and the one that was probably meant.
pub(super) fn completions_of(
    matches: &ArgMatches,
    command: &Command,
) -> Result<Parting, (String, Option<String>)> {
    let shell = match one(matches, "kind").unwrap_or_default().as_str() {
        "bash" => Shell::Bash,
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        "powershell" => Shell::PowerShell,
        // The reader of the arguments lets nothing else through.
        _ => return manual_of(command, &many(matches, "command")),
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command.clone(), "nuee", &mut script);
    Ok(Parting { text: String::from_utf8_lossy(&script).trim_end().to_owned(), code: 0 })
}

fn manual_of(command: &Command, names: &[String]) -> Result<Parting, (String, Option<String>)> {
    let page = found(command, names)?;
    let mut roff = Vec::new();
    // Writing to memory does not fail.
    Man::new(page).render(&mut roff).map_err(|error| (error.to_string(), None))?;
    Ok(Parting { text: String::from_utf8_lossy(&roff).trim_end().to_owned(), code: 0 })
}

/// The command that these names lead to, with its whole name for its usage line.
///
/// # Errors
/// The name that leads nowhere, and the one that was probably meant.
pub(super) fn found(command: &Command, names: &[String]) -> Result<Command, (String, Option<String>)> {
    let mut here = command.clone();
    here.build();
    for name in names {
        let next = here.find_subcommand(name).cloned();
        let meant = || nearest(name, here.get_subcommands().map(Command::get_name)).map(str::to_owned);
        here = next.ok_or_else(|| (name.clone(), meant()))?;
    }
    let whole = std::iter::once("nuee").chain(names.iter().map(String::as_str)).collect::<Vec<_>>();
    Ok(here.bin_name(whole.join(" ")).display_name(whole.join("-")))
}
