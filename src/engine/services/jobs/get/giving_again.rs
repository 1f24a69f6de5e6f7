//! Goes on with giving what an earlier start of the program received: nothing is asked for and nothing is received.
//!
//! In: what was kept of each content. Out: contents that give. One that is no longer as it was left is not given.

use super::super::messages::JobEnd;
use super::super::run::JobRun;
use super::super::scene::JobScene;
use crate::app::jobs::giving::KeptGiving;
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::catalog::metainfo;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::octets::{ByteRange, RangeSet};
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::context::EngineContext;
use crate::engine::store::database::GivenTorrent;
use crate::engine::transfer::content::{ContentBrief, Receives, SwarmBrief, SwarmNeeds};
use crate::engine::transfer::limits::RateLimit;
use crate::swarm::torrent::Gives;
use crate::swarm::tracker_tiers::TrackerTiers;
use crate::transfer::address_rule::Reach;
use std::sync::Arc;

/// Goes on with giving. Whatever stands in its way only ends the giving: the files are in their place.
///
/// # Errors
/// What stands in its way.
pub(in crate::engine) async fn give_again(scene: &JobScene, kept: &KeptGiving) -> Result<(), JobEnd> {
    let JobRun { open, mut contents, .. } = JobRun::begin(scene.open_folder(None).await?);
    for key in &kept.contents {
        match open.database.giving(key)? {
            Some(given) => contents.run_given(scene, &open, brief_again(scene, &given)?).await,
            None => tracing::warn!(key, "nothing is known of what was given"),
        }
    }
    contents.give_on(scene, &open, Some(kept)).await;
    contents.end_giving(scene, Some(kept)).await;
    Ok(())
}

fn brief_again(scene: &JobScene, given: &GivenTorrent) -> Result<ContentBrief, JobEnd> {
    brief_of_given(given, &scene.context, scene.control.up())
}

/// The brief of a torrent that is given as it was before, at most so fast.
///
/// # Errors
/// When what was kept of it is no torrent.
pub(in crate::engine::services) fn brief_of_given(
    given: &GivenTorrent,
    context: &EngineContext,
    up: Arc<RateLimit>,
) -> Result<ContentBrief, JobEnd> {
    let unsound = |error: metainfo::MetainfoError| {
        JobEnd::new(End::Unsound, UserMessage::TorrentUnsound { detail: show(&error.to_string()) })
    };
    let metainfo = metainfo::from_info(&given.info).map_err(unsound)?;
    let terms = &given.terms;
    let want: RangeSet = terms.want.iter().filter_map(|(start, end)| ByteRange::new(*start, *end)).collect();
    let reach = Reach::from_key(&terms.reach).unwrap_or_default();
    let swarm = SwarmBrief {
        info_hash: metainfo.info_hash(),
        info: given.info.clone().into(),
        is_private: metainfo.is_private,
        trackers: TrackerTiers::apart(terms.trackers.iter().filter_map(|url| TrackerUrl::parse(url).ok())),
        peers: terms.peers.clone(),
        needs: SwarmNeeds::Exactly(want.clone()),
        gives: Gives::Held,
        up,
        rule: context.rule.with_reach(reach.max_of(context.rule.reach())),
        sessions: context.sessions.clone(),
    };
    let brief = ContentBrief::to_upload(&metainfo, want, swarm);
    let grid = match SafePath::from_outside(&terms.folders) {
        Some(folders) => brief.grid.below(&folders),
        None => brief.grid,
    };
    Ok(ContentBrief { grid, receives: Receives::Nothing, ..brief })
}
