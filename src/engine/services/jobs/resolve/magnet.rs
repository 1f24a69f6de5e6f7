//! Turns a magnet into a torrent: by the .torrent that it names, or by what peers say, checked against its info-hash.

use super::super::messages::JobEnd;
use super::super::scene::JobScene;
use super::server::torrent_of_url;
use crate::app::jobs::job_end::trouble;
use crate::app::jobs::magnet::{from_info_octets, magnet_of, reach_of, with_places};
use crate::app::jobs::target::{MetainfoPlace, TorrentTarget, torrent_target};
use crate::app::jobs::view::End;
use crate::app::messages::user_message::{Trouble, UserMessage};
use crate::catalog::magnet::Magnet;
use crate::catalog::tracker::each_once;
use crate::domain::integrity::Voucher;
use crate::domain::outside_text::show_url;
use crate::domain::source::SourceKind;
use crate::engine::transfer::http::look_up;
use crate::engine::transfer::peers::IS_BUILT_IN;
use crate::engine::transfer::peers::discovery::{CallPort, FinderRow, Joining, Membership, Openness};
use crate::engine::transfer::tracker::{Announcer, Introduction, TrackerNews, TrackerSums};
use crate::swarm::address_book::NamedBy;
use crate::transfer::address_rule::AddressRule;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// How long peers may take to give the description.
const PATIENCE: Duration = Duration::from_secs(25);

/// The torrent that a magnet names.
///
/// # Errors
/// When neither a server nor a peer gives its description.
pub(super) async fn resolve_magnet(scene: &JobScene, text: &str) -> Result<TorrentTarget, JobEnd> {
    let magnet = magnet_of(text)?;
    let reach = reach_of(&magnet);
    let policy = scene.request().policy;
    if policy.allows_http() {
        for url in &magnet.torrents {
            if let Ok(found) = torrent_of_url(scene, url.clone(), reach).await
                && found.metainfo.info_hash() == magnet.info_hash
            {
                return Ok(with_places(found, &magnet).reaching(reach));
            }
        }
    }
    if !policy.allows_swarm() {
        return Err(JobEnd::new(End::NoSource, UserMessage::NoMetadata));
    }
    if !IS_BUILT_IN {
        return Err(JobEnd::new(End::NoSource, UserMessage::NoSwarmInThisBuild));
    }
    let octets = metadata_from_peers(scene, &magnet, &scene.rule_of(reach)).await?;
    let torrent = torrent_target(&octets, Voucher::Person, MetainfoPlace::Nowhere)?.reaching(reach);
    if torrent.metainfo.info_hash() != magnet.info_hash {
        return Err(JobEnd::new(End::NotProven, UserMessage::NoMetadata));
    }
    Ok(with_places(torrent, &magnet))
}

async fn metadata_from_peers(
    scene: &JobScene,
    magnet: &Magnet,
    rule: &AddressRule,
) -> Result<Vec<u8>, JobEnd> {
    let failed = Mutex::new(BTreeMap::new());
    let none = || {
        let troubles: Vec<Trouble> = std::mem::take(&mut *failed.lock())
            .into_iter()
            .map(|(label, reason)| trouble(SourceKind::Swarm, label, reason))
            .collect();
        let message = match troubles.is_empty() {
            true => UserMessage::NoMetadata,
            false => UserMessage::NoSource { troubles },
        };
        JobEnd::new(End::NoSource, message)
    };
    let session = scene.context.sessions.get().await.map_err(|_| none())?;
    let mut peers = scene.named_peers().await;
    for peer in &magnet.peers {
        let found = look_up(format!("{}:{}", peer.host, peer.port).as_str()).await;
        peers.extend(found.into_iter().flatten().filter(|peer| rule.check(peer.ip()).is_ok()));
    }
    let discovery = scene.context.sessions.discovery();
    let finds_peers = discovery.allowed().finds_peers();
    if peers.is_empty() && magnet.trackers.is_empty() && !finds_peers {
        return Err(JobEnd::new(End::NoSource, UserMessage::NoWayToPeers));
    }
    // Whether nobody but trackers can name a peer.
    let are_alone = magnet.peers.is_empty() && !finds_peers;
    let (names, named) = unbounded_channel();
    // Whoever asks peers is there for as long as this function runs.
    let _ = names.send((peers, NamedBy::Person));
    let who = Introduction {
        info_hash: magnet.info_hash,
        peer_id: session.peer_id(),
        port: CallPort::new(session.port(), discovery.outer_port()),
    };
    // Whether it is private is not known yet: it is looked for, and no more.
    let joining = Joining { torrent: magnet.info_hash, port: session.port(), openness: Openness::Unknown };
    let mut membership = discovery.join(joining);
    let sums = Arc::new(TrackerSums::default());
    sums.left.store(1, Ordering::Relaxed);
    let (news, told) = unbounded_channel();
    let with = (&scene.context.shared.client, rule);
    let trackers = each_once(&magnet.trackers);
    let announcer = Announcer::start(&trackers, who, &sums, with, &news);
    let found = tokio::select! {
        found = session.describe(magnet.info_hash, rule, named) => found.ok(),
        () = introduce_all(&names, (trackers.len(), are_alone), told, &failed) => None,
        () = find_all(&names, &mut membership) => None,
        () = tokio::time::sleep(PATIENCE.max(scene.request().wait)) => None,
    };
    failed.lock().extend(membership.rows().iter().filter_map(FinderRow::labelled_trouble));
    // Its trackers are told again when the content begins; a goodbye now would only confuse them.
    drop(announcer);
    found.map(|octets| from_info_octets(&octets)).ok_or_else(none)
}

/// Passes on what trackers say, for as long as they say anything; ends when none can be reached for want of a network.
async fn introduce_all(
    names: &UnboundedSender<(Vec<SocketAddr>, NamedBy)>,
    (asked, is_alone): (usize, bool),
    mut told: UnboundedReceiver<TrackerNews>,
    failed: &Mutex<BTreeMap<String, Reason>>,
) {
    while let Some(news) = told.recv().await {
        let label = show_url(news.row.url.url());
        let is_offline = {
            let mut failed = failed.lock();
            match news.row.standing.trouble() {
                Some(reason) => failed.insert(label, reason),
                None => failed.remove(&label),
            };
            failed.values().all(|reason| *reason == Reason::Offline) && failed.len() == asked
        };
        if is_offline && is_alone {
            return;
        }
        // Whoever asks peers is there for as long as this is polled.
        let _ = names.send((news.peers, NamedBy::Tracker));
    }
    std::future::pending().await
}

/// Passes on what is found beside the trackers.
async fn find_all(names: &UnboundedSender<(Vec<SocketAddr>, NamedBy)>, membership: &mut Membership) {
    loop {
        // Whoever asks peers is there for as long as this is polled.
        let _ = names.send(membership.next().await);
    }
}
