//! What a content task is told of a torrent: its web seeds, its peers, and what becomes of it afterwards.

use super::super::messages::JobEnd;
use super::super::origins::origins_of_torrent;
use super::super::scene::JobScene;
use super::briefs::{NamedContent, brief};
use crate::app::jobs::remote::layout_of_one;
use crate::app::jobs::request::GivingPlan;
use crate::app::jobs::target::TorrentTarget;
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::domain::content::ContentId;
use crate::domain::octets::RangeSet;
use crate::engine::transfer::content::{Afterwards, ContentBrief, SwarmBrief, SwarmNeeds};
use crate::engine::transfer::http::fetch::HttpOrigin;
use crate::engine::transfer::peers::IS_BUILT_IN;
use crate::swarm::torrent::Gives;
use crate::swarm::tracker_tiers::TrackerTiers;
use crate::transfer::assembly::ContentGrid;
use std::sync::Arc;

/// The brief for octets of a torrent, in whole pieces.
///
/// # Errors
/// When it is not what was announced, or nobody can be asked.
pub(in crate::engine) async fn brief_of(
    scene: &JobScene,
    torrent: &TorrentTarget,
    want: RangeSet,
    needs: SwarmNeeds,
) -> Result<ContentBrief, JobEnd> {
    let (metainfo, policy) = (&torrent.metainfo, scene.request().policy);
    let origins = if policy.allows_http() { origins_of_torrent(scene, torrent) } else { Vec::new() };
    let swarm = if policy.allows_swarm() { swarm_of(scene, torrent, needs).await? } else { None };
    let content = NamedContent {
        id: ContentId::Torrent(metainfo.info_hash()),
        grid: ContentGrid::Pieces(scene.wish.placed(metainfo.layout())?),
        voucher: torrent.voucher.clone(),
    };
    let afterwards = match scene.request().giving {
        GivingPlan::Until(_) | GivingPlan::AsSet => Afterwards::GivesOn,
        GivingPlan::WhileReceiving | GivingPlan::Nothing => Afterwards::Ends,
    };
    let hashes = Some(metainfo.hashes().clone());
    Ok(ContentBrief { hashes, swarm, afterwards, ..brief(scene, content, want, origins) })
}

/// The brief for exact ranges of one file of a torrent, from servers alone.
///
/// # Errors
/// As for the torrent.
pub(in crate::engine) async fn brief_of_ranges(
    scene: &JobScene,
    (torrent, file): (&TorrentTarget, usize),
    want: RangeSet,
    origins: Vec<HttpOrigin>,
) -> Result<ContentBrief, JobEnd> {
    let entry = &torrent.metainfo.layout().files()[file];
    let first = origins.first().and_then(|origin| origin.urls.first().cloned().flatten());
    let url = first.map(String::from).unwrap_or_default();
    let id = ContentId::Remote { url, length: entry.length, validator: String::new() };
    let layout = layout_of_one(entry.path.file_name().to_owned(), entry.clone());
    let base = brief_of(scene, torrent, want, SwarmNeeds::Everything).await?;
    let grid = ContentGrid::Blocks(Arc::new(layout));
    Ok(ContentBrief { id, grid, hashes: None, swarm: None, origins, ..base })
}

async fn swarm_of(
    scene: &JobScene,
    torrent: &TorrentTarget,
    needs: SwarmNeeds,
) -> Result<Option<SwarmBrief>, JobEnd> {
    let metainfo = &torrent.metainfo;
    let trackers = TrackerTiers::of(&metainfo.trackers);
    let peers = scene.named_peers().await;
    let sessions = &scene.context.sessions;
    let finds_peers = !metainfo.is_private && sessions.discovery().allowed().finds_peers();
    let has_no_way = trackers.is_empty() && peers.is_empty() && !finds_peers;
    if !scene.request().policy.allows_http() {
        if !IS_BUILT_IN {
            return Err(JobEnd::new(End::NoSource, UserMessage::NoSwarmInThisBuild));
        }
        if has_no_way {
            let message = match metainfo.is_private {
                true => UserMessage::NoWayToPrivatePeers,
                false => UserMessage::NoWayToPeers,
            };
            return Err(JobEnd::new(End::NoSource, message));
        }
    }
    if !IS_BUILT_IN || has_no_way {
        return Ok(None);
    }
    let gives_nothing = scene.request().giving == GivingPlan::Nothing;
    Ok(Some(SwarmBrief {
        info_hash: metainfo.info_hash(),
        info: metainfo.info_octets().to_vec().into(),
        is_private: metainfo.is_private,
        trackers,
        peers,
        needs,
        gives: if gives_nothing { Gives::Nothing } else { Gives::Held },
        up: scene.control.up(),
        rule: scene.rule_of(torrent.reach),
        sessions: sessions.clone(),
    }))
}
