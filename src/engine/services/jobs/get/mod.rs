//! The stages one after the other, for each kind of target.
//!
//! In: a target. Out: files in their place. What was told of fields and proves wrong is planned anew, by what is trusted more.

pub(super) mod entry;
pub(super) mod giving_again;
mod local;
mod relayed;
mod remote;
mod streamed;
mod torrent;
mod torrent_slices;

use super::messages::JobEnd;
use super::resolve::resolve;
use super::run::JobRun;
use super::scene::JobScene;
use crate::app::jobs::target::{Target, entry_id};
use std::path::Path;

/// Gets what is wanted of a target.
///
/// # Errors
/// Why it did not come.
pub(super) async fn get_target(scene: &JobScene, run: &mut JobRun, target: &str) -> Result<(), JobEnd> {
    if let Some(id) = entry_id(target, |name| Path::new(name).exists()) {
        return entry::get_entry(scene, run, &id).await;
    }
    match resolve(scene, target).await? {
        Target::Torrent(torrent) => torrent::get_torrent(scene, run, &torrent).await,
        Target::Remote(remote) => remote::get_remote(scene, run, &remote).await,
        Target::Streamed(streamed) => streamed::get_streamed(scene, run, streamed).await,
        Target::Local(path) => local::cut_local(scene, run, path).await,
    }
}
