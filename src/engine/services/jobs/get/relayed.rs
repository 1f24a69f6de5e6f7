//! Which torrent of those that relays offer of a file is used: fetched, compared with the publisher's server, judged.
//!
//! In: what relays say of the file, and its roads. Out: one torrent with the trackers of all that are of its swarm, or `None`:
//! then the file comes by its other roads. Nothing here fails a download.

use super::super::resolve::server::torrent_of_url;
use super::super::resolve::torrent_at;
use super::super::scene::JobScene;
use crate::app::jobs::target::TorrentTarget;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::relay::used::joining::ClaimedFile;
use crate::app::relay::used::judging::judge_file;
use crate::app::relay::used::list::shown;
use crate::app::relay::used::spot_check::{PieceWish, SourceAnswer, compare, facts_in, piece_for};
use crate::catalog::entry::Roads;
use crate::catalog::metainfo::Metainfo;
use crate::domain::outside_text::show;
use crate::engine::transfer::http::client::{Persistence, Question};
use crate::publish::relay::comparison::SourceCheck;
use crate::transfer::address_rule::Reach;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;
use url::Url;

/// Most .torrents of one file that are fetched.
const MOST_TORRENTS: usize = 4;

/// How long a relay may take to give a .torrent, and the publisher's server to give a piece.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(10));

/// The torrent by which the file comes. `None` when it comes by its other roads.
pub(super) async fn torrent_of_relays(
    scene: &JobScene,
    file: &Arc<ClaimedFile>,
    roads: &Roads,
) -> Option<TorrentTarget> {
    if !scene.request().policy.allows_swarm() {
        return None;
    }
    let given = fetch_torrents(scene, file).await;
    // The provider's own .torrent needs no comparison: relays only name more peers of its swarm.
    if let Some(own) = roads.torrent.as_ref().filter(|own| !file.has_torrent(own))
        && let Ok(own) = torrent_at(scene, own).await
    {
        return Some(given.iter().fold(own, |own, (_, torrent)| own.with_trackers_of(torrent)));
    }
    let torrents: Vec<&Metainfo> = given.iter().map(|(_, torrent)| &torrent.metainfo).collect();
    let checks = check_at_source(scene, (file, &torrents), roads).await;
    let judgement = judge_file(file, &checks, scene.utc());
    for (base, aside) in judgement.aside {
        if let Err(message) = scene.context.catalog.relays().set_aside(&base, aside) {
            scene.note(message.into());
        }
    }
    judgement.notes.into_iter().for_each(|message| scene.note(message.into()));
    let mut usable = given.into_iter().filter(|(number, _)| judgement.usable.contains(number));
    let (_, first) = usable.next()?;
    judgement.relied.into_iter().for_each(|message| scene.note(message.into()));
    Some(usable.fold(first, |first, (_, torrent)| first.with_trackers_of(&torrent)))
}

/// The .torrents that relays give, with the numbers of their claims, in their order.
async fn fetch_torrents(scene: &JobScene, file: &Arc<ClaimedFile>) -> Vec<(usize, TorrentTarget)> {
    let mut tasks = JoinSet::new();
    for (number, claim) in file.claims.iter().take(MOST_TORRENTS).enumerate() {
        let (scene, address) = (scene.clone(), claim.torrent());
        tasks.spawn(async move {
            (number, timeout(PATIENCE.0, torrent_of_url(&scene, address, Reach::Anywhere)).await)
        });
    }
    let mut answers = tasks.join_all().await;
    answers.sort_by_key(|(number, _)| *number);
    let mut given = Vec::new();
    for (number, answer) in answers {
        let claim = &file.claims[number];
        match answer {
            Ok(Ok(torrent)) if claim.is_of(&torrent.metainfo) => given.push((number, torrent)),
            Ok(Ok(_)) => {
                let (file, relay) = (show(&claim.file.key.name), shown(&claim.relay));
                scene.note(RelayMessage::OtherTorrent { file, relay }.into());
            }
            Ok(Err(end)) => scene.note(end.message),
            Err(_) => tracing::info!(relay = %claim.relay.url(), "no .torrent in time"),
        }
    }
    given
}

/// Compares a piece with the publisher's server, when it is due.
async fn check_at_source(
    scene: &JobScene,
    (file, torrents): (&ClaimedFile, &[&Metainfo]),
    roads: &Roads,
) -> Vec<SourceCheck> {
    let share = file.claims.iter().map(|claim| claim.check).max().unwrap_or_default();
    let chance = [fastrand::f64(), fastrand::f64()];
    let (Some(wish), Some(classic)) = (piece_for(torrents, share, chance), &roads.classic) else {
        return Vec::new();
    };
    let length = torrents.first().map_or(0, |torrent| torrent.layout().total().0);
    match timeout(PATIENCE.1, ask_source(scene, (classic, length), wish)).await {
        Ok(Some(answer)) => torrents.iter().map(|torrent| compare(torrent, wish, &answer)).collect(),
        Ok(None) | Err(_) => Vec::new(),
    }
}

/// The piece as the publisher's server sends it.
async fn ask_source(scene: &JobScene, of: (&Url, u64), wish: PieceWish) -> Option<SourceAnswer> {
    let range = Question::range(of.0.clone(), Reach::Public, wish.range);
    let question = Question { persistence: Persistence::Once, ..range };
    let mut answer = scene.context.shared.client.ask(&question).await.ok()?;
    let (facts, skip) = facts_in(&answer.head, of, wish)?;
    let (skip, most) = (usize::try_from(skip).ok()?, usize::try_from(wish.range.count().0).ok()?);
    let mut octets = Vec::new();
    while octets.len() < skip.checked_add(most)?
        && facts.length == of.1
        && let Some(stretch) = answer.next().await.ok()?
    {
        octets.extend_from_slice(&stretch);
    }
    let octets = octets.into_iter().skip(skip).take(most).collect();
    SourceAnswer::new(facts, octets, (wish, of.1))
}
