//! The words of `nuee index`.

use super::{IndexKind, IndexTask, allow_local, file, flag, is_set, json, one, retries};
use crate::i18n::Translator;
use clap::{ArgMatches, Command};
use i18n_embed_fl::fl;

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    Command::new("index")
        .about(fl!(l, "help-index"))
        .arg(file("target", "TARGET", fl!(l, "help-index-target"), text))
        .arg(flag("idx", fl!(l, "help-index-idx"), text).conflicts_with("index"))
        .arg(flag("index", fl!(l, "help-index-index"), text))
        .arg(retries::option(text))
        .arg(allow_local(text))
        .arg(json(text))
}

pub(super) fn task(matches: &ArgMatches) -> IndexTask {
    let kind = match (is_set(matches, "idx"), is_set(matches, "index")) {
        (true, _) => IndexKind::Wgrib2,
        (_, true) => IndexKind::Slice,
        _ => IndexKind::List,
    };
    IndexTask { target: one(matches, "target").unwrap_or_default(), kind }
}
