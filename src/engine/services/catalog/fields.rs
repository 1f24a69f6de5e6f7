//! Reads which fields a file has that is offered on a server.

use crate::app::catalog::hours::KnownSize;
use crate::app::catalog::offered::OfferedFile;
use crate::domain::octets::ByteCount;
use crate::engine::transfer::field_index::{beside_on_server, walk_remote};
use crate::engine::transfer::http::client::HttpClient;
use crate::grib::index::GribIndex;
use crate::transfer::address_rule::Reach;

/// The index of a file that is offered on a server: beside it, or by reading its headers. `None` when neither can be had.
pub(super) async fn index_of(client: &HttpClient, file: &OfferedFile) -> Option<GribIndex> {
    let url = file.url.as_ref()?;
    let (KnownSize::Exact(length) | KnownSize::About(length)) = file.size else { return None };
    if let Some(found) = beside_on_server(client, (url, Reach::Public), length, &mut Vec::new()).await {
        return Some(found.index);
    }
    let is_exact = matches!(file.size, KnownSize::Exact(_)) && length > ByteCount::ZERO;
    if !is_exact {
        return None;
    }
    let walked = walk_remote(client, (url, Reach::Public), length, 1).await.ok()?;
    (!walked.fields.is_empty()).then_some(walked)
}
