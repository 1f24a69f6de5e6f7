//! `--retries`, of the commands that ask servers.

use super::Unreadable;
use crate::app::MOST_RETRIES;
use crate::i18n::Translator;
use clap::{Arg, ArgMatches};
use i18n_embed_fl::fl;

pub(super) fn option(text: &Translator) -> Arg {
    super::option("retries", "N", fl!(text.loader, "help-retries"), text)
}

/// The number of retries, of commands that take one.
pub(super) fn read(matches: &ArgMatches) -> Result<Option<u8>, Unreadable> {
    let Ok(Some(text)) = matches.try_get_one::<String>("retries") else { return Ok(None) };
    let number = text.parse().ok().filter(|number| *number <= MOST_RETRIES);
    number.map(Some).ok_or_else(|| Unreadable { argument: "retries", value: text.clone() })
}
