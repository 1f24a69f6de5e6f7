//! Gets what is wanted of a torrent: everything, some of its files, or some fields of a file.

use super::super::fetch::fetch;
use super::super::fetch::torrent_brief::brief_of;
use super::super::messages::JobEnd;
use super::super::plan::torrent::{FilesOrder, plan_files};
use super::super::run::JobRun;
use super::super::scene::JobScene;
use super::torrent_slices::TorrentSlices;
use crate::app::jobs::target::TorrentTarget;
use crate::app::jobs::torrent::{choose_files, files_lacking, oddities};
use crate::engine::transfer::content::ContentBrief;

/// Gets its files whole, or what is wanted of them.
///
/// # Errors
/// When nobody gives it, or it has nothing that is wanted.
pub(super) async fn get_torrent(
    scene: &JobScene,
    run: &mut JobRun,
    torrent: &TorrentTarget,
) -> Result<(), JobEnd> {
    let layout = torrent.metainfo.layout();
    scene.tell_name(&layout.name);
    let told = oddities(&torrent.metainfo.notes, scene.request().policy);
    told.into_iter().for_each(|message| scene.note(message));
    let chosen = choose_files(layout, scene.request().files.as_deref())?;
    if scene.request().wants_whole_files() {
        get_files(scene, run, torrent, &chosen).await
    } else {
        TorrentSlices { scene, run, torrent }.get(&chosen).await
    }
}

async fn get_files(
    scene: &JobScene,
    run: &mut JobRun,
    torrent: &TorrentTarget,
    chosen: &[usize],
) -> Result<(), JobEnd> {
    let Some(order) = plan_files(torrent, chosen).told(scene, run) else { return Ok(()) };
    let FilesOrder { want, needs } = order;
    let base = brief_of(scene, torrent, want, needs).await?;
    let Err(unfetched) = fetch(scene, run, ContentBrief { whole_files: chosen.to_vec(), ..base }).await
    else {
        return Ok(());
    };
    if unfetched.end.is_of_source() {
        let told = files_lacking(torrent.metainfo.layout(), chosen, &unfetched.ledger);
        told.into_iter().for_each(|message| scene.note(message));
    }
    Err(unfetched.into())
}
