//! Turns a magnet into a torrent: by the .torrent that it names, or by what peers say, checked against its info-hash.

use super::Job;
use super::messages::JobEnd;
use super::target::{Place, Target, torrent_target};
use crate::app::state::End;
use crate::app::user_message::UserMessage;
use crate::catalog::magnet::{Magnet, MagnetError};
use crate::catalog::web_seed::WebSeed;
use crate::domain::integrity::Voucher;
use crate::domain::outside_text::show;
use crate::engine::swarm::{Giving, IS_BUILT_IN, SwarmSession};
use crate::engine::tracker::{Announcer, Introduction, Sums, TrackerNews};
use crate::transfer::address_rule::Reach;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

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
        if self.request.policy.allows_http() {
            for url in &magnet.torrents {
                if let Ok(Target::Torrent(found)) = self.torrent_of_url(url.clone(), Reach::Anywhere).await
                    && found.metainfo.info_hash() == magnet.info_hash
                {
                    return Ok(with_places(Target::Torrent(found), &magnet));
                }
            }
        }
        if !self.request.policy.allows_swarm() {
            return Err(JobEnd::new(End::NoSource, UserMessage::NoMetadata));
        }
        if !IS_BUILT_IN {
            return Err(JobEnd::new(End::NoSource, UserMessage::NoSwarmInThisBuild));
        }
        let octets = self.metadata_from_peers(&magnet).await?;
        let target = torrent_target(&octets, Voucher::Person, Place::Nowhere)?;
        let is_meant = matches!(&target, Target::Torrent(t) if t.metainfo.info_hash() == magnet.info_hash);
        if !is_meant {
            return Err(JobEnd::new(End::NotProven, UserMessage::NoMetadata));
        }
        Ok(with_places(target, &magnet))
    }

    async fn metadata_from_peers(&mut self, magnet: &Magnet) -> Result<Vec<u8>, JobEnd> {
        let none = |_| JobEnd::new(End::NoSource, UserMessage::NoMetadata);
        let session = self.context.sessions.get(Giving::WhileReceiving).await.map_err(none)?;
        let mut peers = self.named_peers().await;
        for peer in &magnet.peers {
            let found = tokio::net::lookup_host(format!("{}:{}", peer.host, peer.port)).await;
            peers.extend(
                found.into_iter().flatten().filter(|peer| self.context.rule.check(peer.ip()).is_ok()),
            );
        }
        if peers.is_empty() && magnet.trackers.is_empty() {
            return Err(JobEnd::new(End::NoSource, UserMessage::NoWayToPeers));
        }
        session.introduce(magnet.info_hash, &peers);
        let who = Introduction {
            info_hash: magnet.info_hash,
            peer_id: session.peer_id(),
            port: session.port().unwrap_or(0),
        };
        let sums = Arc::new(Sums::default());
        sums.left.store(1, std::sync::atomic::Ordering::Relaxed);
        let (news, told) = unbounded_channel();
        let with = (&self.context.shared.client, &self.context.rule);
        let announcer = Announcer::start(&magnet.trackers, who, &sums, with, &news);
        let found = tokio::select! {
            found = session.metadata(magnet.info_hash, PATIENCE.max(self.request.wait)) => Some(found),
            () = self.introduce_all(&session, magnet, told) => None,
        };
        // Its trackers are told again when the content begins; a goodbye now would only confuse them.
        drop(announcer);
        found.ok_or_else(|| JobEnd::new(End::NoSource, UserMessage::NoMetadata))?.map_err(none)
    }

    /// Passes on what trackers say, for as long as they say anything.
    async fn introduce_all(
        &self,
        session: &SwarmSession,
        magnet: &Magnet,
        mut told: UnboundedReceiver<TrackerNews>,
    ) {
        while let Some(news) = told.recv().await {
            let allowed = news.peers.into_iter().filter(|peer| self.context.rule.check(peer.ip()).is_ok());
            session.introduce(magnet.info_hash, &allowed.collect::<Vec<SocketAddr>>());
        }
        std::future::pending::<()>().await;
    }
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
