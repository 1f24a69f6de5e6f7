//! Ways to find peers beside trackers, of the commands that have peers.

use super::{Unreadable, flag, is_set, option};
use crate::app::settings::discovery::{Discovery, MOST_NODES, node_of};
use crate::i18n::Translator;
use clap::{Arg, ArgAction, ArgMatches};
use i18n_embed_fl::fl;

pub(super) fn options(text: &Translator) -> [Arg; 4] {
    let l = &text.loader;
    [
        flag("dht", fl!(l, "help-dht"), text),
        option("dht-node", "HOST:PORT", fl!(l, "help-dht-node"), text).action(ArgAction::Append),
        flag("local-peers", fl!(l, "help-local-peers"), text),
        flag("open-port", fl!(l, "help-open-port"), text),
    ]
}

/// What is allowed; nothing by commands that have no peers. A node that is named is to be used.
pub(super) fn read(matches: &ArgMatches) -> Result<Discovery, Unreadable> {
    let named = matches.try_get_many::<String>("dht-node").ok().flatten().into_iter().flatten();
    let read =
        |text: &String| node_of(text).ok_or_else(|| Unreadable { argument: "dht-node", value: text.clone() });
    let dht_nodes = named.take(MOST_NODES).map(read).collect::<Result<Vec<String>, Unreadable>>()?;
    Ok(Discovery {
        uses_dht: is_set(matches, "dht") || !dht_nodes.is_empty(),
        dht_nodes,
        uses_local_network: is_set(matches, "local-peers"),
        opens_port: is_set(matches, "open-port"),
    })
}
