//! What every content task of a job is told alike.

use super::super::scene::JobScene;
use crate::domain::content::ContentId;
use crate::domain::data_kind::Promised;
use crate::domain::integrity::Voucher;
use crate::domain::octets::RangeSet;
use crate::engine::transfer::content::{Afterwards, ContentBrief, Receives};
use crate::engine::transfer::http::fetch::HttpOrigin;
use crate::transfer::assembly::ContentGrid;
use std::time::Duration;

/// How long peers are hoped for without any progress.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which content: its name, how it is cut, and who vouches for it.
pub(super) struct NamedContent {
    pub(super) id: ContentId,
    pub(super) grid: ContentGrid,
    pub(super) voucher: Voucher,
}

/// A brief of `content` that has no hashes and no peers, and ends when everything is here. A digest that was announced is
/// vouched for by whoever announced it.
pub(super) fn brief(
    scene: &JobScene,
    content: NamedContent,
    want: RangeSet,
    origins: Vec<HttpOrigin>,
) -> ContentBrief {
    let NamedContent { id, grid, voucher } = content;
    let (announced, voucher) = match scene.wish.announced_digest() {
        Some((digest, voucher)) => (Some(digest), voucher),
        None => (None, voucher),
    };
    ContentBrief {
        id,
        grid,
        hashes: None,
        voucher,
        announced,
        promised: Promised::Anything,
        trust: scene.request().products.trust,
        want,
        receives: Receives::Missing,
        whole_files: Vec::new(),
        expected: Vec::new(),
        origins,
        swarm: None,
        policy: scene.request().policy,
        target: None,
        patience: PATIENCE.max(scene.request().wait),
        afterwards: Afterwards::Ends,
    }
}
