//! What of a file on a server is fetched: all of it, or exact ranges.

use super::super::messages::JobEnd;
use super::super::run::JobRun;
use super::super::scene::JobScene;
use super::index_claims::HeaderSource;
use super::{Planned, believed, note_unusable, read_headers};
use crate::app::catalog::route::Route;
use crate::app::jobs::field_source::FieldSource;
use crate::app::jobs::ground::{SliceGround, SlicePlan};
use crate::app::jobs::piece_plan::{coalesced, plan_of, plan_of_whole};
use crate::app::jobs::remote::RemoteTarget;
use crate::app::jobs::request::Split;
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::Voucher;
use crate::domain::octets::RangeSet;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::listings::ContentKey;
use crate::engine::transfer::field_index::{FoundIndex, beside_on_server};
use crate::grib::slicing::Slices;
use crate::transfer::reason::Reason;

/// What of a file on a server is fetched, and what is made of it.
pub(in crate::engine) struct RemoteOrder {
    pub(in crate::engine) want: RangeSet,
    pub(in crate::engine) product: RemoteProduct,
}

/// What is made of a file on a server.
pub(in crate::engine) enum RemoteProduct {
    /// The file as it is; what an index says of it when all of that is wanted.
    File(Option<Slices>),
    /// Slices of these messages.
    Slices(SlicePlan),
    /// Slices whose messages are looked for when all of it is here.
    Unindexed,
}

/// A plan by what was told of the fields, and where that was told.
pub(in crate::engine) struct ToldPlan {
    pub(in crate::engine) place: String,
    pub(in crate::engine) planned: Planned<RemoteOrder>,
}

/// The whole file; `told` is what an index says of it when all of that is wanted.
///
/// # Errors
/// When it is longer than was announced, or of another length.
pub(in crate::engine) fn plan_file(
    scene: &JobScene,
    remote: &RemoteTarget,
    told: Option<Slices>,
) -> Result<Planned<RemoteOrder>, JobEnd> {
    remote.check_length(scene.wish.announced.as_deref())?;
    let summary = plan_of_whole(Route::WholeFiles, remote.length);
    let product = RemoteProduct::File(told);
    Ok(Planned { summary, order: RemoteOrder { want: remote.whole(), product } })
}

/// What is wanted of a file, by what `source` tells of its fields. `None` when it tells nothing.
///
/// # Errors
/// When nothing of it is wanted, or the server does not answer.
pub(in crate::engine) async fn plan_fields(
    scene: &JobScene,
    run: &mut JobRun,
    remote: &RemoteTarget,
    source: FieldSource,
) -> Result<Option<ToldPlan>, JobEnd> {
    let found = match source {
        FieldSource::Index => index_beside(scene, remote).await,
        FieldSource::Headers => headers_of(scene, remote).await?,
        FieldSource::FileOnly => {
            return Ok(Some(ToldPlan { place: String::new(), planned: plan_unindexed(remote) }));
        }
    };
    let Some(found) = found else { return Ok(None) };
    let place = match source {
        FieldSource::Headers => show(&remote.name),
        FieldSource::Index | FieldSource::FileOnly => found.place.clone().unwrap_or_default(),
    };
    Ok(Some(ToldPlan { place, planned: plan_slices(scene, run, remote, found)? }))
}

/// All of it: where its fields lie is not known before.
fn plan_unindexed(remote: &RemoteTarget) -> Planned<RemoteOrder> {
    let road = if remote.compression.is_some() { Route::Decompressed } else { Route::NoIndex };
    let order = RemoteOrder { want: remote.whole(), product: RemoteProduct::Unindexed };
    Planned { summary: plan_of_whole(road, remote.length), order }
}

fn plan_slices(
    scene: &JobScene,
    run: &mut JobRun,
    remote: &RemoteTarget,
    found: FoundIndex,
) -> Result<Planned<RemoteOrder>, JobEnd> {
    let chosen = run.choose(scene, &found.index);
    let slices = chosen.map_err(|nothing| run.answers.nothing_chosen(nothing))?;
    run.answers.note_planned(&slices);
    if slices.holds_more {
        scene.note(UserMessage::MessageHoldsMore);
    }
    if slices.wanted() == remote.length && scene.request().products.split == Split::Never {
        return plan_file(scene, remote, Some(slices));
    }
    let ground = SliceGround::of_index(&slices, found.voucher);
    let road = if slices.is_provable() { Route::ProvenRanges } else { Route::Ranges };
    let want = coalesced(&slices);
    let roads = [(road, want.count()), (Route::WholeFiles, remote.length)];
    let summary = plan_of(&slices, &roads, found.index.octets_read);
    let path = SafePath::from_name(&remote.name);
    let product = RemoteProduct::Slices(SlicePlan { slices, ground, start: 0, path });
    Ok(Planned { summary, order: RemoteOrder { want, product } })
}

/// Where the fields lie, from an index beside the file.
async fn index_beside(scene: &JobScene, remote: &RemoteTarget) -> Option<FoundIndex> {
    let client = &scene.context.shared.client;
    let mut unusable = Vec::new();
    let found = beside_on_server(client, (&remote.url, remote.reach), remote.length, &mut unusable).await;
    note_unusable(scene, unusable);
    let heads = HeaderSource { client, url: &remote.url, reach: remote.reach };
    believed(scene, found, remote.length, Some(heads)).await
}

/// Where the fields lie, from the headers of the file. `None` when the server gives no parts.
async fn headers_of(scene: &JobScene, remote: &RemoteTarget) -> Result<Option<FoundIndex>, JobEnd> {
    let key = key_of(remote);
    let found = |index| FoundIndex { index, voucher: Voucher::of_server(&remote.url), place: None };
    if let Some(index) = key.as_ref().and_then(|key| scene.context.catalog.kept_walk(key)) {
        return Ok(Some(found(index)));
    }
    match read_headers(scene, key.as_ref(), (&remote.url, remote.reach), remote.length).await {
        Ok(index) if index.fields.is_empty() => Err(remote.without_fields()),
        Ok(index) => Ok(Some(found(index))),
        Err(Reason::RangeIgnored) => Ok(None),
        Err(reason) => Err(JobEnd::unreachable(&remote.url, reason)),
    }
}

/// What was told by `source` is wrong: it is not believed again.
pub(in crate::engine) fn forget_fields(
    scene: &JobScene,
    run: &mut JobRun,
    remote: &RemoteTarget,
    source: FieldSource,
) {
    run.answers.forget_plans();
    if source == FieldSource::Headers
        && let Some(key) = key_of(remote)
    {
        scene.context.catalog.forget_walk(&key);
    }
}

/// What the fields of a file are kept under. Without a validator nothing tells whether it is the same file.
fn key_of(remote: &RemoteTarget) -> Option<ContentKey> {
    let validator = remote.validator.clone()?;
    Some(ContentKey { place: remote.url.to_string(), validator, length: remote.length })
}
