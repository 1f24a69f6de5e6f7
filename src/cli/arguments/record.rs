//! The words of `record`.

use super::listen::announced_to;
use super::{Unreadable, one, option, parsed};
use crate::app::mesh::announcing::RecordTemplate;
use crate::domain::outside_text::show_with_urls;
use crate::i18n::Translator;
use crate::mesh::file_events::rules::web_address;
use crate::mesh::post::place::MetadataId;
use crate::mesh::post::record_template::bounds_of;
use clap::{ArgMatches, Command};
use i18n_embed_fl::fl;
use url::Url;

pub(super) fn command(text: &Translator) -> Command {
    let l = &text.loader;
    let needed = |id, value, help| option(id, value, help, text).required(true);
    Command::new("record")
        .about(fl!(l, "help-record"))
        .long_about(fl!(l, "help-record-long"))
        .arg(needed("id", "ID", fl!(l, "help-record-id")))
        .arg(needed("title", "TEXT", fl!(l, "help-record-title")))
        .arg(needed("description", "TEXT", fl!(l, "help-record-description")))
        .arg(needed("organization", "NAME", fl!(l, "help-record-organization")))
        .arg(needed("topic", "TOPIC", fl!(l, "help-record-topic")))
        .arg(needed("broker", "BROKER_URL", fl!(l, "help-record-broker")))
        .arg(option("box", "W,S,E,N", fl!(l, "help-record-box"), text).allow_hyphen_values(true))
        .arg(option("begin", "DATE", fl!(l, "help-record-begin"), text))
        .arg(option("licence", "URL", fl!(l, "help-record-licence"), text))
}

pub(super) fn template(matches: &ArgMatches) -> Result<RecordTemplate, Unreadable> {
    let text = |id| one(matches, id).unwrap_or_default();
    let broker = text("broker");
    // A password in it is not repeated.
    let unreadable = || Unreadable { argument: "BROKER_URL", value: show_with_urls(&broker) };
    announced_to(&broker).ok_or_else(unreadable)?;
    let missing = Unreadable { argument: "metadata-id", value: text("id") };
    Ok(RecordTemplate {
        id: MetadataId::parse(&text("id")).ok_or(missing)?,
        title: text("title"),
        description: text("description"),
        organization: text("organization"),
        bounds: parsed(matches, "box", bounds_of)?,
        begin: one(matches, "begin"),
        topic: text("topic"),
        broker: Url::parse(&broker).map_err(|_| unreadable())?,
        licence: parsed(matches, "licence", web_address)?,
    })
}
