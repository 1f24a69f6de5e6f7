//! Messages of one broker or archive: read at the beginning of the road, acknowledged at its end.

use crate::engine::services::mesh::broker::connection::{Delivery, Receipt};
use crate::mesh::desk::AnnouncementIndex;
use crate::mesh::recent::Heard;
use std::sync::Arc;

/// Messages that were read and not acknowledged. Dropped, they come again with the next connection.
#[must_use = "a broker sends what is not acknowledged again"]
pub(super) struct ReadBatch {
    pub(super) heard: Vec<Arc<Heard>>,
    receipts: Vec<Receipt>,
}

impl ReadBatch {
    /// Reads messages, tells news from repeats, and counts them.
    pub(super) fn read(index: &mut AnnouncementIndex, deliveries: Vec<Delivery>) -> Self {
        let mut batch = Self { heard: Vec::with_capacity(deliveries.len()), receipts: Vec::new() };
        for Delivery { message, utc, now, receipt } in deliveries {
            batch.heard.push(index.take(message, utc, now));
            batch.receipts.extend(receipt);
        }
        batch
    }

    /// Tells the broker that all of them are kept.
    pub(super) async fn acknowledge(self) -> Vec<Arc<Heard>> {
        for receipt in self.receipts {
            receipt.give().await;
        }
        self.heard
    }
}
