//! What a content task is told of a file on a server and its mirrors.

use super::super::origins::origins_of_remote;
use super::super::plan::remote::{RemoteOrder, RemoteProduct};
use super::super::scene::JobScene;
use super::briefs::{NamedContent, brief};
use crate::app::jobs::remote::RemoteTarget;
use crate::app::jobs::torrent::expected;
use crate::domain::integrity::Voucher;
use crate::engine::transfer::content::{ContentBrief, ContentClaim};
use crate::transfer::assembly::ContentGrid;
use std::sync::Arc;

/// The brief for an order.
pub(in crate::engine) fn brief_of(
    scene: &JobScene,
    remote: &RemoteTarget,
    order: &RemoteOrder,
) -> ContentBrief {
    let announced = scene.wish.announced.as_deref();
    let content = NamedContent {
        id: remote.content_id(announced),
        grid: ContentGrid::Blocks(Arc::new(remote.layout(announced))),
        voucher: Voucher::of_server(&remote.url),
    };
    let base = brief(scene, content, order.want.clone(), origins_of_remote(scene, remote));
    let (whole_files, expected) = match &order.product {
        RemoteProduct::File(told) => {
            let claims = told.iter().map(|told| ContentClaim::Index(told.clone()));
            (vec![0], claims.map(|told| expected(0, told, scene.selection())).collect())
        }
        RemoteProduct::Slices(_) | RemoteProduct::Unindexed => (Vec::new(), Vec::new()),
    };
    ContentBrief { promised: remote.promised(), whole_files, expected, ..base }
}
