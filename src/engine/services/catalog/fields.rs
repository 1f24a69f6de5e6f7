//! Reads which fields the files of a dataset have, from the index of one of them.

use super::{CatalogService, Heard};
use crate::app::hours::{DatasetId, KnownSize};
use crate::app::offered::OfferedFile;
use crate::app::offered::fields::{KnownFields, typical_file};
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

impl CatalogService {
    /// Begins to read which fields the open dataset has, unless they are known, from a file of its newest run; the first
    /// lead time has fewer.
    pub(super) fn begin_fields(&self) {
        let Some(open) = self.open.as_ref().filter(|open| open.fields.is_none()) else { return };
        let Some(file) = typical_file(open).cloned() else { return };
        let (client, heard) = (self.context.shared.client.clone(), self.heard.clone());
        let dataset = open.base.dataset.clone();
        tokio::spawn(async move {
            if let Some(index) = index_of(&client, &file).await {
                // The desk is gone only when the engine is.
                let _ = heard.send(Heard::Fields(dataset, Box::new(index)));
            }
        });
    }

    pub(super) fn take_fields(&mut self, dataset: &DatasetId, index: GribIndex) {
        let Some(open) = self.open.as_mut().filter(|open| open.base.dataset == *dataset) else { return };
        open.fields = Some(KnownFields::of(index));
        self.tell_hours();
    }
}
