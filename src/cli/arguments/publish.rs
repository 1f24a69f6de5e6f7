//! The words of `nuee publish`.

use super::{file, finding, flag, folder, is_set, json, many, one, option, path};
use crate::app::query::{Cut, PublishRequest, Serve, TorrentPrivacy};
use crate::i18n::Translator;
use clap::{ArgAction, ArgMatches, Command};
use i18n_embed_fl::fl;
use std::path::PathBuf;

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let many = |id, value, help| option(id, value, help, text).action(ArgAction::Append);
    Command::new("publish")
        .about(fl!(l, "help-publish"))
        .long_about(fl!(l, "help-publish-long"))
        .arg(file("paths", "PATH", fl!(l, "help-publish-paths"), text).num_args(1..))
        .arg(many("tracker", "URL", fl!(l, "help-publish-tracker")))
        .arg(many("web-seed", "URL", fl!(l, "help-publish-web-seed")))
        .arg(flag("split-hours", fl!(l, "help-publish-split"), text))
        .arg(flag("serve", fl!(l, "help-publish-serve"), text))
        .arg(option("bind", "HOST:PORT", fl!(l, "help-publish-bind"), text).requires("serve"))
        .arg(option("base-url", "URL", fl!(l, "help-publish-base-url"), text).requires("serve"))
        .arg(flag("private", fl!(l, "help-publish-private"), text))
        // Without it the peer listens on this computer only, where no other computer can reach it.
        .args(finding::options(text).map(|way| way.requires("bind")))
        .arg(folder("out", fl!(l, "help-publish-out"), text))
        .arg(json(text))
}

pub(super) fn request(matches: &ArgMatches) -> PublishRequest {
    PublishRequest {
        paths: many(matches, "paths").into_iter().map(PathBuf::from).collect(),
        trackers: many(matches, "tracker"),
        web_seeds: many(matches, "web-seed"),
        cut: if is_set(matches, "split-hours") { Cut::Hours } else { Cut::None },
        out: path(matches, "out"),
        privacy: if is_set(matches, "private") { TorrentPrivacy::Private } else { TorrentPrivacy::Open },
        serve: is_set(matches, "serve")
            .then(|| Serve { bind: one(matches, "bind"), base_url: one(matches, "base-url") }),
    }
}
