//! Turns a magnet into a torrent: by the .torrent that it names, or by what peers say, checked against its info-hash.

use super::Job;
use super::messages::{JobEnd, trouble};
use super::target::{MetainfoPlace, Target, torrent_target};
use crate::app::state::End;
use crate::app::user_message::{Trouble, UserMessage};
use crate::catalog::magnet::{Magnet, MagnetError, MagnetPeer};
use crate::catalog::tracker::TrackerUrl;
use crate::catalog::web_seed::WebSeed;
use crate::domain::integrity::Voucher;
use crate::domain::outside_text::{show, show_url};
use crate::domain::source::SourceKind;
use crate::engine::transfer::http::look_up;
use crate::engine::transfer::peers::IS_BUILT_IN;
use crate::engine::transfer::peers::discovery::{CallPort, FinderRow, Joining, Membership, Openness};
use crate::engine::transfer::tracker::{Announcer, Introduction, TrackerNews, TrackerSums};
use crate::swarm::address_book::NamedBy;
use crate::swarm::local_discovery::GROUP_V4;
use crate::transfer::address_rule::{AddressRule, Reach};
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use url::Url;

/// How long peers may take to give the description.
const PATIENCE: Duration = Duration::from_secs(25);

impl Job {
    pub(super) async fn resolve_magnet(&mut self, text: &str) -> Result<Target, JobEnd> {
        let magnet = Magnet::parse(text).map_err(|error| match error {
            MagnetError::VersionTwoOnly => JobEnd::new(End::Unsound, UserMessage::TorrentIsV2Only),
            error => {
                JobEnd::new(End::Unsound, UserMessage::MagnetUnsound { detail: show(&error.to_string()) })
            }
        })?;
        let reach = reach_of(&magnet);
        if self.request.policy.allows_http() {
            for url in &magnet.torrents {
                if let Ok(Target::Torrent(found)) = self.torrent_of_url(url.clone(), reach).await
                    && found.metainfo.info_hash() == magnet.info_hash
                {
                    return Ok(with_places(Target::Torrent(found), &magnet).reaching(reach));
                }
            }
        }
        if !self.request.policy.allows_swarm() {
            return Err(JobEnd::new(End::NoSource, UserMessage::NoMetadata));
        }
        if !IS_BUILT_IN {
            return Err(JobEnd::new(End::NoSource, UserMessage::NoSwarmInThisBuild));
        }
        let octets = self.metadata_from_peers(&magnet, &self.rule_of(reach)).await?;
        let target = torrent_target(&octets, Voucher::Person, MetainfoPlace::Nowhere)?.reaching(reach);
        let is_meant = matches!(&target, Target::Torrent(t) if t.metainfo.info_hash() == magnet.info_hash);
        if !is_meant {
            return Err(JobEnd::new(End::NotProven, UserMessage::NoMetadata));
        }
        Ok(with_places(target, &magnet))
    }

    async fn metadata_from_peers(&self, magnet: &Magnet, rule: &AddressRule) -> Result<Vec<u8>, JobEnd> {
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
        let session = self.context.sessions.get().await.map_err(|_| none())?;
        let mut peers = self.named_peers().await;
        for peer in &magnet.peers {
            let found = look_up(format!("{}:{}", peer.host, peer.port).as_str()).await;
            peers.extend(found.into_iter().flatten().filter(|peer| rule.check(peer.ip()).is_ok()));
        }
        let discovery = self.context.sessions.discovery();
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
        let joining =
            Joining { torrent: magnet.info_hash, port: session.port(), openness: Openness::Unknown };
        let mut membership = discovery.join(joining);
        let sums = Arc::new(TrackerSums::default());
        sums.left.store(1, std::sync::atomic::Ordering::Relaxed);
        let (news, told) = unbounded_channel();
        let with = (&self.context.shared.client, rule);
        let announcer = Announcer::start(&magnet.trackers, who, &sums, with, &news);
        let found = tokio::select! {
            found = session.describe(magnet.info_hash, rule, named) => found.ok(),
            () = introduce_all(&names, (magnet, are_alone), told, &failed) => None,
            () = find_all(&names, &mut membership) => None,
            () = tokio::time::sleep(PATIENCE.max(self.request.wait)) => None,
        };
        failed.lock().extend(membership.rows().into_iter().filter_map(trouble_of));
        // Its trackers are told again when the content begins; a goodbye now would only confuse them.
        drop(announcer);
        found.map(|octets| from_info_octets(&octets)).ok_or_else(none)
    }
}

/// Passes on what trackers say, for as long as they say anything; ends when none can be reached for want of a network.
async fn introduce_all(
    names: &UnboundedSender<(Vec<SocketAddr>, NamedBy)>,
    (magnet, is_alone): (&Magnet, bool),
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
            failed.values().all(|reason| *reason == Reason::Offline) && failed.len() == magnet.trackers.len()
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

/// Why a way to find peers named nobody, with what it is called.
pub(super) fn trouble_of(row: FinderRow) -> Option<(String, Reason)> {
    let label = if row.by == NamedBy::Dht { "DHT".to_owned() } else { GROUP_V4.to_string() };
    let reason = row.trouble.or_else(|| (row.named == Some(0)).then_some(Reason::NoPeers))?;
    Some((label, reason))
}

/// A .torrent that holds this description and nothing else.
fn from_info_octets(info: &[u8]) -> Vec<u8> {
    [b"d4:info", info, b"e"].concat()
}

/// How far the names in a magnet may lead: it is often copied from a page, so that only one which leads inwards
/// altogether does.
fn reach_of(magnet: &Magnet) -> Reach {
    let peer = |peer: &MagnetPeer| Url::parse(&format!("peer://{}:{}", peer.host, peer.port)).ok();
    let peers: Vec<Url> = magnet.peers.iter().filter_map(peer).collect();
    let trackers = magnet.trackers.iter().map(TrackerUrl::url);
    Reach::of_places(trackers.chain(&magnet.web_seeds).chain(&magnet.torrents).chain(&peers))
}

/// The torrent with the trackers and web seeds of the magnet.
fn with_places(mut target: Target, magnet: &Magnet) -> Target {
    if let Target::Torrent(found) = &mut target {
        let metainfo = &mut found.metainfo;
        for tracker in &magnet.trackers {
            if !metainfo.trackers.iter().flatten().any(|known| known == tracker) {
                metainfo.trackers.push(vec![tracker.clone()]);
            }
        }
        let layout = metainfo.layout().clone();
        metainfo
            .web_seeds
            .extend(magnet.web_seeds.iter().filter_map(|url| WebSeed::new(url.clone(), &layout).ok()));
    }
    target
}
