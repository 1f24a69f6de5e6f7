//! Looks at what a relay announces, from outside: is each document, and each file of the feed, at its public address?
//!
//! In: the folder and the public address. Out: one [`RelayCheck`] for each thing. It looks beside a relay that runs, and asks
//! through the front door like everybody else.

use super::giving::{address_to_bind, base_at};
use super::{PRIVATE, RelayTelling, off_thread};
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::RelayEvent;
use crate::app::relay::event::RelayCheck;
use crate::app::relay::file::RelayFile;
use crate::app::relay::stage::RelayStage;
use crate::app::relay::terms::RelayTerms;
use crate::domain::outside_text::show_url;
use crate::engine::context::EngineContext;
use crate::engine::store::error::message_of_store;
use crate::engine::store::relay_store;
use crate::engine::transfer::http::client::{HttpMethod, Question};
use crate::publish::relay::places::{OfWhich, RelayDocument};
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use std::path::Path;
use url::Url;

/// Checks a relay.
///
/// # Errors
/// The first thing that is wrong, once all were looked at; or that there is no relay.
pub(super) async fn check(
    (folder, terms): (&Path, RelayTerms),
    (context, telling): (&EngineContext, &RelayTelling),
) -> Result<(), UserMessage> {
    let private = folder.join(PRIVATE);
    let kept = off_thread(move || relay_store::peek(&private).map_err(|error| message_of_store(&error)));
    let files = kept.await?.ok_or(RelayMessage::NothingRelayed)?.files;
    // The same as the relay itself announces, also where it listens on every interface.
    let base = base_at(&terms, address_to_bind(&terms).await?)?;
    let mut first = None;
    let mut tell = |what: String, trouble: Option<UserMessage>| {
        if first.is_none() {
            first.clone_from(&trouble);
        }
        telling(RelayEvent::Checked(RelayCheck { what, trouble }));
    };
    for document in RelayDocument::ALL {
        let url = base.of_document(document);
        let trouble = is_given(context, &url, None).await;
        tell(show_url(&url), trouble);
    }
    for file in files.iter().filter(|file| file.stage == RelayStage::Announced) {
        for which in [OfWhich::Torrent, OfWhich::Index, OfWhich::Data] {
            if which == OfWhich::Index && file.index.is_none() {
                continue;
            }
            let url = base.of_file(&file.key, which);
            let trouble = is_given(context, &url, length_of(file, which)).await;
            tell(show_url(&url), trouble);
        }
    }
    first.map_or(Ok(()), Err)
}

fn length_of(file: &RelayFile, which: OfWhich) -> Option<u64> {
    match which {
        OfWhich::Data => Some(file.source.length),
        OfWhich::Index => file.index.as_ref().map(|index| index.length),
        OfWhich::Torrent => file.torrent_length,
        OfWhich::Metalink => None,
    }
}

/// Why something is not given at an address, or with another length. `None` when it is.
pub(in crate::engine::services) async fn is_given(
    context: &EngineContext,
    url: &Url,
    length: Option<u64>,
) -> Option<UserMessage> {
    let question = Question { method: HttpMethod::Head, ..Question::whole(url.clone(), Reach::Anywhere) };
    let not_reachable = |reason| RelayMessage::NotReachable { url: show_url(url), reason }.into();
    match context.shared.client.ask(&question).await {
        Err(reason) => Some(not_reachable(reason)),
        Ok(answer) if answer.head.status != 200 => Some(not_reachable(Reason::Status(answer.head.status))),
        Ok(answer) => {
            let told = answer.head.content_length.filter(|_| answer.head.content_encoding.is_none());
            let is_other = length.zip(told).is_some_and(|(wanted, told)| wanted != told);
            is_other.then(|| RelayMessage::OtherBytes { url: show_url(url) }.into())
        }
    }
}
