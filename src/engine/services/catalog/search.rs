//! Searches Global Discovery Catalogues in words: one after the other, until one answers.
//!
//! In: words, and the collection that a person named, or those that the public may ask. Out: records, with whom they are from.

use crate::app::catalog::asked::{CatalogAnswer, FoundRecords};
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show_with_urls;
use crate::engine::context::EngineContext;
use crate::engine::transfer::http::client::Question;
use crate::mesh::archive::{ArchiveAddress, CATALOGUES, Page, records};
use crate::mesh::record::Record;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;

/// Longest page that is read, in octets.
const LARGEST_PAGE: usize = 32 << 20;

pub(in crate::engine) async fn search(
    words: &str,
    at: Option<&ArchiveAddress>,
    context: &EngineContext,
) -> CatalogAnswer {
    let reach = if at.is_some() { Reach::Anywhere } else { Reach::Public };
    let public = CATALOGUES.iter().filter_map(|address| ArchiveAddress::parse(address));
    let addresses: Vec<ArchiveAddress> = at.map_or_else(|| public.collect(), |at| vec![at.clone()]);
    let mut last = (String::new(), Reason::NoAnswer);
    for address in addresses {
        let whose = show_with_urls(address.url().as_str());
        match ask(words, &address, (reach, context)).await {
            Ok(page) => {
                return CatalogAnswer::Found(Box::new(FoundRecords {
                    whose,
                    of: page.of,
                    records: page.items,
                }));
            }
            Err(reason) => last = (whose, reason),
        }
    }
    let (url, reason) = last;
    CatalogAnswer::Refused(UserMessage::TargetUnreachable { url, reason })
}

async fn ask(
    words: &str,
    address: &ArchiveAddress,
    (reach, context): (Reach, &EngineContext),
) -> Result<Page<Record>, Reason> {
    let question = Question::whole(address.search(words), reach);
    let small = context.shared.client.small(&question, LARGEST_PAGE).await?;
    records(&small.bytes, address).map_err(|error| Reason::NotAListing(error.to_string()))
}
