//! Reads what the desk of sources orders: .torrents, listings, fields.

use super::fields::index_of;
use crate::app::catalog::asked::DatasetLook;
use crate::app::catalog::hours::DatasetId;
use crate::app::catalog::offered::OfferedFile;
use crate::app::catalog::sources::SourceKey;
use crate::app::catalog_desk::{CatalogFact, ListingsRead};
use crate::app::messages::user_message::UserMessage;
use crate::catalog::metainfo::{self, LARGEST_TORRENT, Metainfo};
use crate::catalog::provider::{Dataset, Provider};
use crate::catalog::requests::Wanted;
use crate::domain::outside_text::{show, show_url};
use crate::engine::context::EngineContext;
use crate::engine::store::positioned::read_bounded;
use crate::engine::transfer::http::client::Question;
use crate::transfer::address_rule::Reach;
use std::path::PathBuf;
use std::sync::Arc;
use url::Url;

/// A dataset, and the same as its provider describes it.
type Described = (DatasetId, (Arc<Provider>, Arc<Dataset>));

/// What is kept of the listings of a dataset; nobody is contacted.
pub(super) async fn kept((id, of): Described, context: &EngineContext) -> CatalogFact {
    let look = context.catalog.look_kept(&of.1, Wanted::Latest, &context.shared).await;
    CatalogFact::KeptRead(Box::new(ListingsRead { id, of, look }))
}

/// What the listings of a dataset tell now.
pub(super) async fn listings((id, of): Described, context: EngineContext) -> Option<CatalogFact> {
    let (provider, dataset) = of.clone();
    let asked = tokio::spawn(async move {
        context.catalog.look((&provider, &dataset), Wanted::Latest, &context.shared).await
    });
    let look = asked.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a task that asks for listings broke");
        DatasetLook::broken(&error.to_string())
    });
    Some(CatalogFact::ListingsRead(Box::new(ListingsRead { id, of, look })))
}

/// Which fields a file of a dataset has. `None` when its index cannot be had.
pub(super) async fn fields(
    id: DatasetId,
    file: Box<OfferedFile>,
    context: EngineContext,
) -> Option<CatalogFact> {
    let index = index_of(&context.shared.client, &file).await?;
    Some(CatalogFact::FieldsRead(id, Box::new(index)))
}

/// The .torrents of a source, in their order.
pub(super) async fn torrents(key: SourceKey, places: &[String], context: &EngineContext) -> CatalogFact {
    let mut read = Vec::new();
    for place in places {
        read.push(torrent_at(place, context).await);
    }
    CatalogFact::TorrentsRead(key, read)
}

async fn torrent_at(place: &str, context: &EngineContext) -> Result<Metainfo, UserMessage> {
    let octets = match Url::parse(place).ok().filter(|url| matches!(url.scheme(), "http" | "https")) {
        Some(url) => {
            let question = Question::whole(url.clone(), Reach::Anywhere);
            let small = context.shared.client.small(&question, LARGEST_TORRENT).await;
            let unreachable = |reason| UserMessage::TargetUnreachable { url: show_url(&url), reason };
            small.map_err(unreachable)?.bytes
        }
        None => {
            let path = PathBuf::from(place);
            let read = tokio::task::spawn_blocking(move || read_bounded(&path, LARGEST_TORRENT)).await;
            let not_found = || UserMessage::TargetNotFound { target: show(place) };
            read.ok().and_then(Result::ok).flatten().ok_or_else(not_found)?
        }
    };
    metainfo::read(&octets).map_err(|error| UserMessage::TorrentUnsound { detail: show(&error.to_string()) })
}
