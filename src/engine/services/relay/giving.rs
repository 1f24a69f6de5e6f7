//! Gives the bytes of a relay's files: by HTTP from the shelf of its server, and to peers.
//!
//! In: files that are hashed and described. Out: whether they are given. What is not as it was left is not given.

use super::acts::{below, folders_of};
use super::off_thread;
use super::running::RelayContext;
use crate::app::catalog::offer::ServedUrl;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::event::UploadLook;
use crate::app::relay::file::RelayFile;
use crate::app::relay::orders::{Probe, RelayFact, RelayTrouble};
use crate::app::relay::terms::RelayTerms;
use crate::app::relay::{RelayEvent, RelayKey};
use crate::catalog::metainfo;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::content::ContentId;
use crate::domain::octets::{ByteRange, RangeSet};
use crate::domain::outside_text::{show, show_url};
use crate::domain::safe_path::SafePath;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::engine::services::publish::making::refused;
use crate::engine::services::publish::service::{base_of, cannot_listen, peer_address, upload_of};
use crate::engine::services::publish::{ServedFile, Server, Shelf};
use crate::engine::store::error::message_of_store;
use crate::engine::store::positioned::read_up_to;
use crate::engine::store::removal::is_as_left;
use crate::engine::transfer::content::{
    ContentBrief, ContentTask, GivingLook, JobWatch, Receives, SwarmBrief, SwarmNeeds,
};
use crate::engine::transfer::http::client::Question;
use crate::engine::transfer::peers;
use crate::publish::relay::places::{OfWhich, RelayBase, RelayDocument, path_of};
use crate::swarm::torrent::Gives;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

/// How long goodbyes to peers and trackers may take.
const LONGEST_FAREWELL: Duration = Duration::from_millis(1_200);

/// So much of a file is asked of the public address before it is announced, in octets.
const PROBED: u64 = 64 << 10;

/// What gives.
pub(super) struct RelayGiving {
    parts: Arc<RelayContext>,
    pub(super) shelf: Shelf,
    server: Server,
    base: RelayBase,
    /// Where peers reach us. `None` when no peers are given to.
    peer: Option<SocketAddr>,
    given: Mutex<HashMap<InfoHash, GivenToPeers>>,
}

/// A torrent that is given to peers.
struct GivenToPeers {
    key: RelayKey,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    /// Its figures. Nobody subscribes: who gives looks often for those who do.
    looks: watch::Sender<GivingLook>,
    /// What was told of them.
    told: UploadLook,
}

impl RelayGiving {
    /// Starts to listen.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub(super) async fn start(parts: Arc<RelayContext>) -> Result<Self, UserMessage> {
        let bind = address_to_bind(&parts.terms).await?;
        let shelf = Shelf::default();
        let server = Server::start(bind, &shelf).await.map_err(|error| cannot_listen(&error))?;
        let base = base_at(&parts.terms, server.address())?;
        let peer = peer_address(&parts.context, &base).await?;
        peer.into_iter().for_each(|peer| server.add_own_address(peer.ip()));
        Ok(Self { parts, shelf, server, base, peer, given: Mutex::default() })
    }

    /// Where everything lies.
    pub(super) fn base(&self) -> &RelayBase {
        &self.base
    }

    /// The addresses to hand on.
    pub(super) fn urls(&self) -> Vec<ServedUrl> {
        let documents =
            [("feed", RelayDocument::Rss), ("atom", RelayDocument::Atom), ("page", RelayDocument::Page)];
        let lists = [("list", RelayDocument::FileList), ("manifest", RelayDocument::Manifest)];
        let base = ServedUrl { what: "base", url: self.base.url().to_string() };
        let documents = documents.into_iter().chain(lists);
        let documents =
            documents.map(|(what, one)| ServedUrl { what, url: self.base.of_document(one).to_string() });
        let trackers = self.trackers().into_iter();
        let trackers = trackers.map(|one| ServedUrl { what: "tracker", url: one.url().to_string() });
        std::iter::once(base).chain(documents).chain(trackers).collect()
    }

    /// The trackers that stand in .torrents: its own by HTTP and, where it takes packets under the same name, by UDP; then
    /// the others.
    pub(super) fn trackers(&self) -> Vec<TrackerUrl> {
        let packets_at = self.server.no_packets().is_none().then(|| self.server.address().port());
        let own = self.base.trackers(packets_at).into_iter();
        own.chain(self.parts.terms.trackers.iter().cloned()).collect()
    }

    pub(super) fn list(&self, info_hash: InfoHash) {
        self.server.tracker().list(info_hash);
    }

    pub(super) fn unlist(&self, info_hash: InfoHash) {
        self.server.tracker().unlist(info_hash);
    }

    /// The `info` dictionary of a file that was hashed.
    pub(super) fn info_of(&self, file: &RelayFile) -> Result<Vec<u8>, RelayTrouble> {
        let key = file.computed.as_ref().map(|computed| ContentId::Torrent(computed.info_hash).key());
        let given = match key.map(|key| self.parts.open.database.giving(&key)) {
            Some(Ok(given)) => given,
            Some(Err(error)) => return Err(RelayTrouble::Passing(message_of_store(&error))),
            None => None,
        };
        let unsound = RelayMessage::StateUnsound { what: show(&file.key.name) };
        Ok(given.ok_or(RelayTrouble::Gone(unsound.into()))?.info)
    }

    /// Gives a file by HTTP and to peers, and asks the public address for it where that is wished.
    pub(super) async fn offer(&self, file: RelayFile, probe: Probe) -> RelayFact {
        let offered = async {
            self.look_at_disk(&file).await?;
            let data = self.parts.path(&file.key, OfWhich::Data);
            self.shelf.put(ServedFile { at: path_of(&file.key, OfWhich::Data), file: data });
            self.give_to_peers(&file).await?;
            match probe {
                Probe::Asked => self.probe(&file).await,
                Probe::Left => Ok(()),
            }
        };
        let done = offered.await;
        RelayFact::Offered(file.key, done)
    }

    /// Whether the file is as it was when it was hashed.
    async fn look_at_disk(&self, file: &RelayFile) -> Result<(), RelayTrouble> {
        let (parts, key) = (self.parts.clone(), file.key.clone());
        let looking = off_thread(move || {
            let below = below(&key);
            let left = parts.open.database.finished_as(&below).map_err(|error| message_of_store(&error))?;
            let root = parts.open.folder.root();
            let is_left = left.map(|left| is_as_left(root, std::path::Path::new(&below), left));
            let is_left = is_left.transpose().map_err(|error| message_of_store(&error))?;
            let path = show(&parts.path(&key, OfWhich::Data).display().to_string());
            let is_there = parts.path(&key, OfWhich::Data).is_file();
            Ok(match is_left {
                Some(true) => None,
                _ if is_there => Some(RelayMessage::FileChanged { path }),
                _ => Some(RelayMessage::FileMissing { path }),
            })
        });
        match looking.await {
            Ok(None) => Ok(()),
            Ok(Some(message)) => Err(RelayTrouble::Gone(message.into())),
            Err(message) => Err(RelayTrouble::Passing(message)),
        }
    }

    async fn give_to_peers(&self, file: &RelayFile) -> Result<(), RelayTrouble> {
        let Some(computed) = &file.computed else { return Ok(()) };
        let info_hash = computed.info_hash;
        let (Some(peer), true) = (self.peer, peers::IS_BUILT_IN) else { return Ok(()) };
        if self.given.lock().contains_key(&info_hash) {
            return Ok(());
        }
        let brief = self.brief_of(file)?;
        let (stop, stopping) = watch::channel(false);
        let task = ContentTask {
            shared: self.parts.context.shared.clone(),
            folder: self.parts.open.folder.clone(),
            database: self.parts.open.database.clone(),
            brief,
            news: unbounded_channel().0,
            stop: stopping.clone(),
            watched: JobWatch::default(),
        };
        let (_, giver) = task.run().await;
        let path = self.parts.path(&file.key, OfWhich::Data).display().to_string();
        let Some(giver) = giver else {
            return Err(RelayTrouble::Gone(RelayMessage::FileChanged { path: show(&path) }.into()));
        };
        self.server.tracker().origin(info_hash, peer);
        let looks = watch::channel(GivingLook::default()).0;
        let task = tokio::spawn(giver.give(looks.clone(), stopping));
        let (key, told) = (file.key.clone(), UploadLook::default());
        self.given.lock().insert(info_hash, GivenToPeers { key, stop, task, looks, told });
        Ok(())
    }

    fn brief_of(&self, file: &RelayFile) -> Result<ContentBrief, RelayTrouble> {
        let info = self.info_of(file)?;
        let read = metainfo::from_info(&info).map_err(|error| RelayTrouble::Passing(refused(error)))?;
        let want: RangeSet = ByteRange::new(0, read.layout().total().0).into_iter().collect();
        let context = &self.parts.context;
        let swarm = SwarmBrief {
            info_hash: read.info_hash(),
            info: info.into(),
            is_private: read.is_private,
            // Its own tracker knows it already.
            trackers: self.parts.terms.trackers.clone(),
            peers: Vec::new(),
            needs: SwarmNeeds::Exactly(want.clone()),
            gives: Gives::Held,
            up: context.sessions.up(),
            // These trackers were named by the person who relays.
            rule: context.rule.with_reach(Reach::Anywhere),
            sessions: context.sessions.clone(),
        };
        let brief = ContentBrief::to_upload(&read, want, swarm);
        let grid = match SafePath::from_outside(&folders_of(&file.key)) {
            Some(folders) => brief.grid.below(&folders),
            None => brief.grid,
        };
        Ok(ContentBrief { grid, receives: Receives::Nothing, ..brief })
    }

    /// Asks the public address for the beginning of a file.
    async fn probe(&self, file: &RelayFile) -> Result<(), RelayTrouble> {
        let address = self.base.of_file(&file.key, OfWhich::Data);
        let url = show_url(&address);
        let count = file.source.length.min(PROBED);
        let Some(range) = ByteRange::new(0, count) else { return Ok(()) };
        let not_reachable =
            |reason| RelayTrouble::Passing(RelayMessage::NotReachable { url: url.clone(), reason }.into());
        let came = self.beginning_at(address, range).await.map_err(not_reachable)?;
        let path = self.parts.path(&file.key, OfWhich::Data);
        let own = off_thread(move || {
            let unreadable = |error| crate::engine::services::inspect::unreadable(&path, error);
            let opened = std::fs::File::open(&path).map_err(unreadable)?;
            let mut own = vec![0; count as usize];
            let read = read_up_to(&opened, &mut own, 0).map_err(unreadable)?;
            own.truncate(read);
            Ok(own)
        });
        let own = own.await.map_err(RelayTrouble::Passing)?;
        if came != own {
            return Err(RelayTrouble::Passing(RelayMessage::OtherBytes { url }.into()));
        }
        Ok(())
    }

    /// The octets that an address gives of the beginning of its file.
    async fn beginning_at(&self, address: Url, range: ByteRange) -> Result<Vec<u8>, Reason> {
        let question = Question::range(address, Reach::Anywhere, range);
        let mut answer = self.parts.context.shared.client.ask(&question).await?;
        if !matches!(answer.head.status, 200 | 206) {
            return Err(Reason::Status(answer.head.status));
        }
        let most = usize::try_from(range.count().0).unwrap_or(usize::MAX);
        let mut octets = Vec::new();
        // A server that gives the whole is left at the end of what was asked.
        while octets.len() < most
            && let Some(part) = answer.next().await?
        {
            octets.extend_from_slice(&part);
        }
        octets.truncate(most);
        Ok(octets)
    }

    /// Gives a file no longer.
    pub(super) async fn take_down(&self, file: &RelayFile) {
        let given = file.computed.as_ref().and_then(|one| self.given.lock().remove(&one.info_hash));
        if let Some(GivenToPeers { stop, mut task, .. }) = given {
            stop.send_replace(true);
            if tokio::time::timeout(LONGEST_FAREWELL, &mut task).await.is_err() {
                task.abort();
            }
        }
        for which in [OfWhich::Torrent, OfWhich::Metalink, OfWhich::Index, OfWhich::Data] {
            self.shelf.remove(&path_of(&file.key, which));
        }
    }

    /// Says goodbye to peers and trackers.
    pub(super) async fn end(&self) {
        let given: Vec<GivenToPeers> = self.given.lock().drain().map(|(_, given)| given).collect();
        let mut leaving = JoinSet::new();
        for GivenToPeers { stop, task, .. } in given {
            stop.send_replace(true);
            leaving.spawn(task);
        }
        let all = async { while leaving.join_next().await.is_some() {} };
        // Who does not say goodbye in time ends all the same.
        let _ = tokio::time::timeout(LONGEST_FAREWELL, all).await;
        self.server.end().await;
    }

    /// When somebody of another network last connected.
    pub(super) fn reached(&self) -> watch::Receiver<Option<UtcTime>> {
        self.server.reached()
    }

    /// What peers were sent of each file, where that is otherwise than it was told last.
    pub(super) fn uploads(&self) -> Vec<RelayEvent> {
        let mut given = self.given.lock();
        let changed = given.values_mut().filter_map(|given| {
            let now = upload_of(&given.looks.borrow().progress.swarm);
            let is_new = std::mem::replace(&mut given.told, now) != now;
            is_new.then(|| RelayEvent::Uploading(given.key.clone(), now))
        });
        changed.collect()
    }
}

/// Where the relay listens.
///
/// # Errors
/// When its words name no address.
pub(super) async fn address_to_bind(terms: &RelayTerms) -> Result<SocketAddr, UserMessage> {
    let found = tokio::net::lookup_host(&terms.bind).await.ok().and_then(|mut found| found.next());
    found.ok_or_else(|| UserMessage::Unreadable { text: show(&terms.bind) })
}

/// The public address of a relay that listens at `own`.
///
/// # Errors
/// When it cannot be the address of a relay.
pub(super) fn base_at(terms: &RelayTerms, own: SocketAddr) -> Result<RelayBase, UserMessage> {
    if let Some(base) = &terms.base {
        return Ok(base.clone());
    }
    let own = base_of(own);
    let base = Url::parse(&own).ok().and_then(RelayBase::new);
    base.ok_or_else(|| RelayMessage::AddressUnsound { address: show(&own) }.into())
}
