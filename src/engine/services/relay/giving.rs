//! Gives the bytes of a relay's files: by HTTP from the shelf of its server, and to peers.
//!
//! In: files that are hashed and described. Out: whether they are given. What is not as it was left is not given.

use super::acts::below;
use super::off_thread;
use super::running::RelayContext;
use super::storing::RelayStorage;
use super::tracker_list::TrackerListing;
use super::uploads::PeerUploads;
use crate::app::catalog::offer::ServedUrl;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::RelayEvent;
use crate::app::relay::RelayKey;
use crate::app::relay::file::RelayFile;
use crate::app::relay::orders::{Probe, RelayFact, RelayTrouble};
use crate::app::relay::terms::{OwnTracker, RelayTerms};
use crate::catalog::tracker::TrackerUrl;
use crate::domain::octets::ByteRange;
use crate::domain::outside_text::{show, show_url};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::engine::services::publish::service::{base_of, cannot_listen, peer_address};
use crate::engine::services::publish::{ServedFile, Server, Shelf};
use crate::engine::store::error::message_of_store;
use crate::engine::store::positioned::read_up_to;
use crate::engine::store::removal::is_as_left;
use crate::engine::transfer::http::client::Question;
use crate::publish::relay::object_store::ObjectStore;
use crate::publish::relay::places::{OfWhich, RelayBase, RelayDocument, path_of};
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;
use url::Url;

/// So much of a file is asked of the public address before it is announced, in octets.
const PROBED: u64 = 64 << 10;

/// What gives.
pub(super) struct RelayGiving {
    parts: Arc<RelayContext>,
    pub(super) shelf: Shelf,
    /// Where all of it lies as well. `None` without a store.
    pub(super) storage: Option<Arc<RelayStorage>>,
    server: Server,
    base: RelayBase,
    /// What is given to peers, and where they reach us. `None` when no peers are given to.
    peers: Option<(Arc<PeerUploads>, SocketAddr)>,
    /// The list of a tracker that is another program.
    listing: Option<TrackerListing>,
}

impl RelayGiving {
    /// Starts to listen. `listed` are the torrents that trackers were told of before.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the list of a tracker is none.
    pub(super) async fn start(
        parts: Arc<RelayContext>,
        storage: Option<Arc<RelayStorage>>,
        listed: Vec<InfoHash>,
    ) -> Result<Self, UserMessage> {
        let listing = match parts.terms.tracker_list.clone() {
            Some(terms) => Some(TrackerListing::open(terms, listed, parts.context.stopping.clone()).await?),
            None => None,
        };
        let bind = address_to_bind(&parts.terms).await?;
        let shelf = Shelf::default();
        let server = Server::start(bind, &shelf).await.map_err(|error| cannot_listen(&error))?;
        let base = base_at(&parts.terms, server.address())?;
        let peers = peers_of(&parts, &base).await?;
        if let Some((_, peer)) = &peers {
            server.add_own_address(peer.ip());
        }
        Ok(Self { parts, shelf, storage, server, base, peers, listing })
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

    /// The trackers that stand in .torrents, in their order.
    pub(super) fn trackers(&self) -> Vec<TrackerUrl> {
        self.tiers().into_iter().flatten().collect()
    }

    /// The same by tier (BEP 12): its own by HTTP and UDP, which are one tracker; then each of the others.
    pub(super) fn tiers(&self) -> Vec<Vec<TrackerUrl>> {
        let packets_at = self.server.no_packets().is_none().then(|| self.server.address().port());
        let own = match self.parts.terms.own_tracker {
            OwnTracker::Named => self.base.trackers(packets_at),
            OwnTracker::LeftOut => Vec::new(),
        };
        let others = self.parts.terms.trackers.iter().map(|tracker| vec![tracker.clone()]);
        std::iter::once(own).filter(|own| !own.is_empty()).chain(others).collect()
    }

    /// Web seeds in the order in which they stand in a .torrent: the publisher's own address, the relay's, that of its store.
    pub(super) fn web_seeds(&self, file: &RelayFile) -> Vec<Url> {
        let store = self.parts.terms.store.as_ref().map(ObjectStore::public);
        let copies = std::iter::once(&self.base).chain(store.filter(|store| **store != self.base));
        let copies = copies.map(|base| base.of_file(&file.key, OfWhich::Data));
        std::iter::once(file.source.address.clone()).chain(copies).collect()
    }

    /// Lets trackers know a torrent: its own, then the one that reads a list.
    pub(super) async fn list(&self, key: RelayKey, info_hash: InfoHash) -> RelayFact {
        // Whose own one stands under another address names it by that.
        if self.parts.terms.own_tracker == OwnTracker::Named || self.parts.terms.is_read_in_store() {
            self.server.tracker().list(info_hash);
        }
        let told = match &self.listing {
            Some(listing) => listing.list(info_hash).await.map_err(RelayTrouble::Passing),
            None => Ok(()),
        };
        RelayFact::Listed(key, told)
    }

    /// Lets trackers forget a torrent.
    ///
    /// # Errors
    /// When the one that reads a list cannot be told.
    pub(super) async fn unlist(&self, info_hash: InfoHash) -> Result<(), UserMessage> {
        self.server.tracker().unlist(info_hash);
        match &self.listing {
            Some(listing) => listing.unlist(info_hash).await,
            None => Ok(()),
        }
    }

    /// The `info` dictionary of a file that was hashed.
    pub(super) fn info_of(&self, file: &RelayFile) -> Result<Vec<u8>, RelayTrouble> {
        let computed = file.computed.as_ref().ok_or_else(|| {
            RelayTrouble::Gone(RelayMessage::StateUnsound { what: show(&file.key.name) }.into())
        })?;
        self.parts.info_of(&file.key, computed.info_hash)
    }

    /// Gives a file by HTTP and to peers, and asks the public address for it where that is wished.
    pub(super) async fn offer(&self, file: RelayFile, probe: Probe) -> RelayFact {
        let offered = async {
            self.look_at_disk(&file).await?;
            let data = self.parts.path(&file.key, OfWhich::Data);
            self.shelf.put(ServedFile { at: path_of(&file.key, OfWhich::Data), file: data });
            if let Some(storage) = &self.storage {
                storage.offer(&file).await?;
            }
            if let (Some((peers, at)), Some(computed)) = (&self.peers, &file.computed) {
                self.server.tracker().origin(computed.info_hash, *at);
                peers.begin(&file.key, computed.info_hash);
            }
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

    /// Asks the public addresses, its own and that of the store, for the beginning of a file.
    async fn probe(&self, file: &RelayFile) -> Result<(), RelayTrouble> {
        self.probe_at(&self.base, file).await?;
        match &self.parts.terms.store {
            Some(store) if *store.public() != self.base => self.probe_at(store.public(), file).await,
            Some(_) | None => Ok(()),
        }
    }

    async fn probe_at(&self, base: &RelayBase, file: &RelayFile) -> Result<(), RelayTrouble> {
        let address = base.of_file(&file.key, OfWhich::Data);
        let url = show_url(&address);
        let count = file.source.length.min(PROBED);
        let Some(range) = ByteRange::new(0, count) else { return Ok(()) };
        let is_store = self.parts.terms.store.as_ref().is_some_and(|store| store.public() == base);
        let not_reachable = |reason| {
            let url = url.clone();
            RelayTrouble::Passing(match is_store {
                true => RelayMessage::StoreNotReadable { url, reason }.into(),
                false => RelayMessage::NotReachable { url, reason }.into(),
            })
        };
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
        if let (Some((peers, _)), Some(computed)) = (&self.peers, &file.computed) {
            peers.end(computed.info_hash).await;
        }
        for which in [OfWhich::Torrent, OfWhich::Metalink, OfWhich::Index, OfWhich::Data] {
            self.shelf.remove(&path_of(&file.key, which));
        }
    }

    /// Says goodbye to peers and trackers.
    pub(super) async fn end(&self) {
        if let Some((peers, _)) = &self.peers {
            peers.end_all().await;
        }
        self.server.end().await;
    }

    /// When somebody of another network last connected.
    pub(super) fn reached(&self) -> watch::Receiver<Option<UtcTime>> {
        self.server.reached()
    }

    /// What peers were sent of each file, where that is otherwise than it was told last.
    pub(super) fn uploads(&self) -> Vec<RelayEvent> {
        self.peers.as_ref().map(|(peers, _)| peers.news()).unwrap_or_default()
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
    if let Some(store) = &terms.store {
        return Ok(store.public().clone());
    }
    let own = base_of(own);
    let base = Url::parse(&own).ok().and_then(RelayBase::new);
    base.ok_or_else(|| RelayMessage::AddressUnsound { address: show(&own) }.into())
}

/// What is given to peers, and where they reach us. `None` without peers.
async fn peers_of(
    parts: &Arc<RelayContext>,
    base: &RelayBase,
) -> Result<Option<(Arc<PeerUploads>, SocketAddr)>, UserMessage> {
    // Peers are not at a store.
    let base = (!parts.terms.is_read_in_store()).then_some(base);
    let Some(at) = peer_address(&parts.context, base).await? else { return Ok(None) };
    let session = parts.context.sessions.get().await;
    let session = session.map_err(|error| UserMessage::CannotPublish { detail: show(&error.to_string()) })?;
    Ok(Some((PeerUploads::start(parts.clone(), session), at)))
}
