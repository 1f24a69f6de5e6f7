//! Serves what was made: files and a tracker by HTTP, and a peer that gives.
//!
//! In: torrents that were made, and an address. Out: URLs; a [`Service`] that goes on until it is ended.
//! On this machine only, unless told otherwise: whoever serves to the world has to say so.

use super::file_server::{Server, ServerError};
use super::making::MadeTorrent;
use super::shelf::{ServedFile, Shelf};
use crate::app::catalog::offer::ServedUrl;
use crate::app::messages::line_kind::LineKind;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::PublishedTorrent;
use crate::app::relay::event::UploadLook;
use crate::app::share::PublishNews;
use crate::catalog::metainfo::Metainfo;
use crate::domain::octets::{ByteRange, RangeSet};
use crate::domain::outside_text::{show, show_url};
use crate::domain::torrent::InfoHash;
use crate::engine::context::EngineContext;
use crate::engine::store::error::message_of_store;
use crate::engine::transfer::content::{
    ContentBrief, ContentNews, ContentTask, GivingLook, JobWatch, SwarmBrief, SwarmNeeds, SwarmStatus,
};
use crate::engine::transfer::http::reason_of_io;
use crate::engine::transfer::peers;
use crate::publish::canonical::Extras;
use crate::publish::relay::places::RelayBase;
use crate::swarm::address_book::NamedBy;
use crate::swarm::torrent::Gives;
use crate::swarm::tracker_tiers::TrackerTiers;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinSet;
use url::Url;

/// How long goodbyes may take.
const LONGEST_FAREWELL: Duration = Duration::from_millis(1_200);

/// Something that is served.
pub struct Service {
    server: Server,
    base: RelayBase,
    /// Where peers reach us under the public address that a person named. `None` when they find that out by a tracker.
    peer: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    peers: JoinSet<()>,
    watching: JoinSet<()>,
    /// What becomes of it, for whoever watches.
    news: (UnboundedSender<PublishNews>, UnboundedReceiver<PublishNews>),
}

/// Where something is served.
pub struct ServedAt {
    /// Where this computer listens; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The address under which others reach it. The one at which it listens when `None`.
    pub base: Option<RelayBase>,
}

impl From<SocketAddr> for ServedAt {
    fn from(bind: SocketAddr) -> Self {
        Self { bind, base: None }
    }
}

/// What was written, and where it is served.
pub struct Served {
    /// The torrents, in the order in which they were made.
    pub torrents: Vec<PublishedTorrent>,
    /// Everything that has a URL.
    pub urls: Vec<ServedUrl>,
}

impl Service {
    /// Serves `made` there, writes the .torrents with its URLs in them, and starts to give.
    ///
    /// # Errors
    /// When the address cannot be listened on, or a .torrent cannot be written.
    pub async fn start(
        made: &[MadeTorrent],
        at: ServedAt,
        mut extras: Extras,
        context: &EngineContext,
    ) -> Result<(Self, Served), UserMessage> {
        let shelf = Shelf::default();
        made.iter().flat_map(offers_of).for_each(|offer| shelf.put(offer));
        let server = Server::start(at.bind, &shelf).await.map_err(|error| cannot_listen(&error))?;
        let is_named = at.base.is_some();
        let own = || Url::parse(&base_of(server.address())).ok().and_then(RelayBase::new);
        let base = at.base.or_else(own).ok_or_else(|| cannot(server.address()))?;
        let packets_at = server.no_packets().is_none().then(|| server.address().port());
        let trackers = base.trackers(packets_at);
        // By HTTP and by UDP it is one tracker, and so one tier (BEP 12).
        extras.trackers.insert(0, trackers.clone());
        extras.web_seeds.insert(0, base.address_of(&["data".to_owned(), String::new()]));
        let peer = if is_named { peer_address(context, Some(&base)).await? } else { None };
        let (stop, _) = watch::channel(false);
        let (peers, watching, news) = (JoinSet::new(), JoinSet::new(), unbounded_channel());
        let mut service = Self { server, base, peer, stop, peers, watching, news };
        service.watch_callers();
        service.note_packets();
        let urls = trackers.iter().map(|tracker| url_of("tracker", tracker.url().to_string()));
        let mut served = Served { torrents: Vec::new(), urls: urls.collect() };
        for torrent in made {
            let (published, metainfo) = torrent.write(&extras)?;
            // Before anybody can know of it.
            service.server.tracker().list(metainfo.info_hash());
            let urls = offers_of(torrent).into_iter().map(|offer| {
                let what = match &offer.file {
                    file if *file == torrent.torrent => "torrent",
                    file if torrent.indexes.iter().any(|(index, _)| index == file) => "index",
                    _ => "data",
                };
                url_of(what, service.base.address_of(&offer.at).to_string())
            });
            served.urls.extend(urls);
            served.torrents.push(published);
            service.give(torrent, &metainfo, context).await?;
        }
        Ok((service, served))
    }

    /// Says so when its tracker takes no packets.
    fn note_packets(&self) {
        if let Some(error) = self.server.no_packets() {
            let reason = reason_of_io(error).unwrap_or_else(|| Reason::Other(error.kind().to_string()));
            let label = show(&format!("{}announce", self.base_url().replacen("http", "udp", 1)));
            let message = UserMessage::SourceTrouble { kind: LineKind::Tracker, label, reason };
            // Who published is gone when nobody listens.
            let _ = self.news.0.send(PublishNews::Note(message));
        }
    }

    /// Has it told when others reach it.
    fn watch_callers(&mut self) {
        self.peer.into_iter().for_each(|peer| self.server.add_own_address(peer.ip()));
        let (mut reached, news) = (self.server.reached(), self.news.0.clone());
        self.watching.spawn(async move {
            while reached.changed().await.is_ok() {
                let at = *reached.borrow_and_update();
                // Who published is gone when nobody listens.
                at.into_iter().for_each(|at| drop(news.send(PublishNews::Reached(at))));
            }
        });
    }

    /// Starts a peer for one torrent, where the data lies under its published names.
    async fn give(
        &mut self,
        made: &MadeTorrent,
        metainfo: &Metainfo,
        context: &EngineContext,
    ) -> Result<(), UserMessage> {
        if !peers::IS_BUILT_IN || !made.lies_under_its_names() {
            return Ok(());
        }
        let (folders, folder) = (context.folders.clone(), made.data_folder.clone());
        let opened = tokio::task::spawn_blocking(move || folders.open(&folder, "nuee publish")).await;
        let open = opened.map_err(cannot)?.map_err(|error| message_of_store(&error))?;
        let (news, mut told) = unbounded_channel();
        let mut brief = giving_brief(metainfo, context);
        if let Some(peer) = self.peer {
            // Its own tracker knows it already: a router need not lead us back to ourselves.
            self.server.tracker().origin(metainfo.info_hash(), peer);
            let own = self.base.trackers(Some(self.server.address().port()));
            brief.swarm.iter_mut().for_each(|swarm| swarm.trackers.leave_out(&own));
        }
        let stop = self.stop.subscribe();
        let task = ContentTask {
            shared: context.shared.clone(),
            folder: open.folder,
            database: open.database,
            brief,
            news,
            stop,
            watched: JobWatch::default(),
        };
        let (news_of_it, hash) = (self.news.0.clone(), metainfo.info_hash().hex());
        self.peers.spawn(async move {
            let mut known = BTreeMap::new();
            let listening = async {
                while let Some(news) = told.recv().await {
                    if let ContentNews::Progress(progress) = news {
                        note_troubles(&progress.swarm, &mut known, &news_of_it);
                    }
                }
            };
            let ((_, giver), ()) = tokio::join!(task.run(), listening);
            let Some(giver) = giver else { return };
            let (looks, mut looked) = watch::channel(GivingLook::default());
            let (_nobody, cancel) = watch::channel(false);
            let noting = async {
                let mut told = UploadLook::default();
                while looked.changed().await.is_ok() {
                    let swarm = looked.borrow_and_update().progress.swarm.clone();
                    note_troubles(&swarm, &mut known, &news_of_it);
                    let now = upload_of(&swarm);
                    if std::mem::replace(&mut told, now) != now {
                        // Who published is gone when nobody listens.
                        let _ = news_of_it.send(PublishNews::Uploading(hash.clone(), now));
                    }
                }
            };
            tokio::join!(giver.give(looks, cancel), noting);
        });
        Ok(())
    }

    /// Waits until its own tracker knows a peer that has everything of each torrent, for at most so long.
    pub async fn peers_are_known(&self, served: &Served, at_most: Duration) -> bool {
        let hashes: Vec<InfoHash> =
            served.torrents.iter().filter_map(|torrent| InfoHash::parse(&torrent.info_hash)).collect();
        let all_known = async {
            while !hashes.iter().all(|hash| self.server.tracker().counts(*hash).complete > 0) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(at_most, all_known).await.is_ok()
    }

    /// What becomes of it: trackers that do not answer, what peers are sent, who connects. The next news.
    pub async fn news(&mut self) -> Option<PublishNews> {
        self.news.1.recv().await
    }

    /// Where it is served.
    pub fn base_url(&self) -> String {
        self.base.url().to_string()
    }

    /// The peers leave; files and tracker stay.
    pub async fn peers_leave(&mut self) {
        self.stop.send_replace(true);
        let all = async { while self.peers.join_next().await.is_some() {} };
        if tokio::time::timeout(LONGEST_FAREWELL, all).await.is_err() {
            self.peers.abort_all();
        }
    }

    /// Everything ends: its address and its folders are free afterwards.
    pub async fn end(mut self) {
        self.peers_leave().await;
        self.peers.shutdown().await;
        self.watching.shutdown().await;
        self.server.end().await;
    }
}

/// Tells each trouble of a tracker, and of another way to find peers, once, as long as it lasts.
fn note_troubles(
    swarm: &SwarmStatus,
    known: &mut BTreeMap<(&'static str, String), &'static str>,
    news: &UnboundedSender<PublishNews>,
) {
    let trackers =
        swarm.trackers.iter().map(|row| (LineKind::Tracker, show_url(row.url.url()), row.standing.trouble()));
    let finders = swarm.finders.iter().map(|row| {
        let kind = if row.by == NamedBy::Dht { LineKind::Dht } else { LineKind::LocalNetwork };
        (kind, String::new(), row.trouble.clone())
    });
    for (kind, label, trouble) in trackers.chain(finders) {
        let place = (kind.key(), label.clone());
        match trouble {
            Some(reason) if known.get(&place) != Some(&reason.key()) => {
                known.insert(place, reason.key());
                // Who published is gone when nobody listens.
                let message = UserMessage::SourceTrouble { kind, label, reason };
                let _ = news.send(PublishNews::Note(message));
            }
            Some(_) => {}
            None => drop(known.remove(&place)),
        }
    }
}

fn cannot(error: impl std::fmt::Display) -> UserMessage {
    UserMessage::CannotPublish { detail: show(&error.to_string()) }
}

fn url_of(what: &'static str, url: String) -> ServedUrl {
    ServedUrl { what, url }
}

/// Data lies below `data/`, as its web seed says; indexes beside it; .torrents at the top.
fn offers_of(made: &MadeTorrent) -> Vec<ServedFile> {
    let below = |path: Vec<String>| std::iter::once("data".to_owned()).chain(path).collect();
    let mut offers = Vec::new();
    for (file, path) in &made.files {
        let whole = std::iter::once(made.name().to_owned()).chain(path.iter().cloned()).collect();
        offers.push(ServedFile { at: below(whole), file: file.clone() });
    }
    for (index, path) in &made.indexes {
        offers.push(ServedFile { at: below(path.clone()), file: index.clone() });
    }
    let name = made.torrent.file_name().unwrap_or_default().to_string_lossy().into_owned();
    offers.push(ServedFile { at: vec![name], file: made.torrent.clone() });
    offers
}

/// Why nobody can be served there.
pub(in crate::engine::services) fn cannot_listen(error: &ServerError) -> UserMessage {
    match error.source.kind() {
        std::io::ErrorKind::AddrInUse => {
            RelayMessage::AddressInUse { address: error.address.to_string() }.into()
        }
        _ => cannot(format!("{error}: {}", error.source)),
    }
}

/// What peers are sent, in figures.
pub(in crate::engine::services) fn upload_of(swarm: &SwarmStatus) -> UploadLook {
    let live = || swarm.peers.iter().filter(|peer| peer.is_live);
    UploadLook { uploaded: swarm.given, peers: live().count(), rate: live().map(|peer| peer.rates.1).sum() }
}

/// Where peers reach us: at the host of the public address, on the port for peers. `None` without peers. Without an address of our own
/// it is the one that leads outwards.
///
/// # Errors
/// When there is no session among peers.
pub(in crate::engine::services) async fn peer_address(
    context: &EngineContext,
    base: Option<&RelayBase>,
) -> Result<Option<SocketAddr>, UserMessage> {
    if !peers::IS_BUILT_IN {
        return Ok(None);
    }
    let session = context.sessions.get().await.map_err(cannot)?;
    let Some(port) = session.port() else { return Ok(None) };
    let host =
        base.and_then(|base| base.url().host_str()).map(|host| host.trim_matches(['[', ']']).to_owned());
    let found = match host {
        Some(host) => tokio::net::lookup_host((host, port)).await.ok().and_then(|mut found| found.next()),
        None => None,
    };
    let ip: IpAddr = found.map_or_else(outward_address, |address| address.ip());
    Ok(Some(SocketAddr::new(ip, port)))
}

/// The URL under which others reach `address`: a server on every interface is named by the one that leads outwards.
pub(in crate::engine::services) fn base_of(address: SocketAddr) -> String {
    let host = if address.ip().is_unspecified() { outward_address() } else { address.ip() };
    format!("http://{}/", SocketAddr::new(host, address.port()))
}

/// The address of this machine that leads outwards. No packet is sent to find out.
fn outward_address() -> IpAddr {
    let find = || -> std::io::Result<IpAddr> {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        Ok(socket.local_addr()?.ip())
    };
    find().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

/// A content that is here as a whole and is given for as long as it is served.
fn giving_brief(metainfo: &Metainfo, context: &EngineContext) -> ContentBrief {
    let layout = metainfo.layout();
    let want: RangeSet = ByteRange::new(0, layout.total().0).into_iter().collect();
    let swarm = SwarmBrief {
        info_hash: metainfo.info_hash(),
        info: metainfo.info_octets().to_vec().into(),
        is_private: metainfo.is_private,
        trackers: TrackerTiers::of(&metainfo.trackers),
        peers: Vec::new(),
        needs: SwarmNeeds::Everything,
        gives: Gives::Held,
        up: context.sessions.up(),
        // Its own trackers were named by the person who publishes.
        rule: context.rule.with_reach(Reach::Anywhere),
        sessions: context.sessions.clone(),
    };
    ContentBrief::to_upload(metainfo, want, swarm)
}
