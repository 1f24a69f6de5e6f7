//! Gets a file from plain HTTP servers: whole, or some of its fields.

use super::super::cut::inside::{CompressedFile, compression_of, cut_compressed};
use super::super::cut::{choose_in_file, cut};
use super::super::fetch::remote_brief::brief_of;
use super::super::fetch::{Fetched, fetch};
use super::super::messages::JobEnd;
use super::super::plan::Planned;
use super::super::plan::remote::{
    RemoteOrder, RemoteProduct, ToldPlan, forget_fields, plan_fields, plan_file,
};
use super::super::run::JobRun;
use super::super::scene::JobScene;
use crate::app::jobs::field_source::{FieldSource, FieldSources};
use crate::app::jobs::ground::{SliceGround, SlicePlan};
use crate::app::jobs::remote::RemoteTarget;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show_url;
use crate::domain::safe_path::SafePath;

/// Gets it whole, or what is wanted of it.
///
/// # Errors
/// When nobody gives it, or it has nothing that is wanted.
pub(super) async fn get_remote(
    scene: &JobScene,
    run: &mut JobRun,
    remote: &RemoteTarget,
) -> Result<(), JobEnd> {
    scene.tell_name(&remote.name);
    if scene.request().wants_whole_files() {
        return carry_out(scene, run, remote, plan_file(scene, remote, None)?).await;
    }
    let mut sources = sources_of(scene, remote);
    while let Some(source) = sources.next() {
        let Some(ToldPlan { place, planned }) = plan_fields(scene, run, remote, source).await? else {
            sources.tells_nothing(source);
            continue;
        };
        let got = carry_out(scene, run, remote, planned).await;
        match got.as_ref().err().and_then(JobEnd::misfit) {
            // What was told of the fields is not used any more.
            Some(misfit) if source != FieldSource::FileOnly => {
                scene.note(UserMessage::IndexMisfit { place, misfit: misfit.clone() });
                forget_fields(scene, run, remote, source);
            }
            Some(_) | None => return got,
        }
    }
    Err(remote.without_fields())
}

/// By what its fields are looked up.
fn sources_of(scene: &JobScene, remote: &RemoteTarget) -> FieldSources {
    if remote.compression.is_none() && !remote.answers_ranges {
        scene.note(UserMessage::WholeFileOnly { url: show_url(&remote.url) });
    }
    match remote.compression.is_none() && remote.answers_ranges {
        true => FieldSources::by_parts(),
        false => FieldSources::file_only(),
    }
}

async fn carry_out(
    scene: &JobScene,
    run: &mut JobRun,
    remote: &RemoteTarget,
    planned: Planned<RemoteOrder>,
) -> Result<(), JobEnd> {
    let Some(order) = planned.told(scene, run) else { return Ok(()) };
    let fetched = fetch(scene, run, brief_of(scene, remote, &order)).await?;
    match order.product {
        RemoteProduct::File(told) => {
            told.iter().for_each(|told| run.answers.note_found(told));
            Ok(())
        }
        RemoteProduct::Slices(plan) => cut(scene, run, &fetched, plan).await,
        RemoteProduct::Unindexed => cut_unindexed(scene, run, remote, &fetched).await,
    }
}

/// Finds the fields of the whole file, and cuts it.
async fn cut_unindexed(
    scene: &JobScene,
    run: &mut JobRun,
    remote: &RemoteTarget,
    fetched: &Fetched,
) -> Result<(), JobEnd> {
    let path = SafePath::from_name(&remote.name);
    if let Some(compression) = compression_of(fetched, 0).await? {
        let compressed = CompressedFile { file: 0, compression, path };
        return cut_compressed(scene, run, fetched, compressed).await;
    }
    let chosen = choose_in_file(scene, run, fetched, 0).await.map_err(|end| match end.message {
        UserMessage::NoFields { .. } => remote.without_fields(),
        _ => end,
    })?;
    let slices = chosen.map_err(|nothing| run.answers.nothing_chosen(nothing))?;
    cut(scene, run, fetched, SlicePlan { slices, ground: SliceGround::Form, start: 0, path }).await
}
