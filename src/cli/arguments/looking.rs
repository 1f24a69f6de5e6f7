//! The words of `inspect`, `show` and `verify`.

use super::{allow_local, file, json, option, retries};
use crate::i18n::Translator;
use clap::Command;
use i18n_embed_fl::fl;

pub(super) fn inspect(text: &Translator) -> Command {
    let l = &text.loader;
    Command::new("inspect")
        .about(fl!(l, "help-inspect"))
        .arg(file("target", "TARGET", fl!(l, "help-inspect-target"), text))
        .arg(retries::option(text))
        .arg(allow_local(text))
        .arg(json(text))
}

pub(super) fn show(text: &Translator) -> Command {
    let l = &text.loader;
    Command::new("show")
        .about(fl!(l, "help-show"))
        .long_about(fl!(l, "help-show-long"))
        .arg(file("target", "TARGET", fl!(l, "help-show-target"), text))
        .arg(retries::option(text))
        .arg(allow_local(text))
        .arg(json(text))
}

pub(super) fn verify(text: &Translator) -> Command {
    let l = &text.loader;
    Command::new("verify")
        .about(fl!(l, "help-verify"))
        .arg(file("paths", "PATH", fl!(l, "help-verify-paths"), text).num_args(1..))
        .arg(option("against", "TORRENT|INDEX|DIGEST", fl!(l, "help-verify-against"), text))
        .arg(json(text))
}
