//! All peers of one torrent together: who is called, asked, given to and dropped.
//!
//! In: [`Fact`]s and the time. Out: [`Act`]s. The engine obeys and tells what it saw. Holds the octets of pieces that are
//! not whole yet, within [`Limits::buffer`]; a whole piece is handed out to be checked and written.
//! Start reading at [`Torrent::on`]; `meeting` lets peers in and calls them, `receiving` asks and puts pieces together,
//! `giving` chokes and gives, `exchange` speaks of abilities, metadata and other peers, `look` tells how it stands.

mod exchange;
mod giving;
mod look;
mod meeting;
mod receiving;
#[cfg(test)]
mod tests;

pub use look::{Look, PeerLook};

use super::address_book::{AddressBook, Distance, NamedBy};
use super::allotment::{self, Allotment};
use super::choker::Choker;
use super::message::{Handshake, Message};
use super::peer::{Fault, Peer, Side};
use super::picker::Picker;
use super::pieces::PieceSet;
use super::suspects::Suspects;
use super::{Block, PeerKey, Shape};
use crate::domain::utc::SteadyTime;
use bytes::Bytes;
use core::net::SocketAddr;
use receiving::Partials;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// What a torrent is told before it begins.
#[derive(Clone, Debug)]
pub struct Brief {
    /// How it is cut.
    pub shape: Shape,
    /// The pieces that are held, proven.
    pub held: PieceSet,
    /// The pieces that are wanted, held or not.
    pub want: PieceSet,
    /// The pieces of each wanted file, in the order in which a person wants them; none where there is no order.
    pub files: Vec<std::ops::Range<u32>>,
    /// Whether what is held is given.
    pub gives: Gives,
    /// The octets of its `info` dictionary, for who knows only its name. `None` gives it to nobody.
    pub info: Option<Bytes>,
    /// Whether only its trackers may name peers (BEP 27).
    pub is_private: bool,
    /// Our name among peers.
    pub peer_id: [u8; 20],
    /// The port on which we can be called, when there is one.
    pub port: Option<u16>,
    /// Most of everything.
    pub limits: Limits,
    /// Sets our choices apart from other clients'.
    pub seed: u64,
}

/// Whether what is held is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gives {
    /// What is held is told and given.
    Held,
    /// Nothing is given, and nothing is told: whoever believed that we hold a piece would wait for it.
    Nothing,
}

/// Most of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections.
    pub connections: usize,
    /// Calls under way.
    pub calls: usize,
    /// Octets of pieces that are not whole or not checked yet.
    pub buffer: u64,
    /// Octets a second to give; `None` is without limit.
    pub up: Option<u32>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 60, calls: 100, buffer: 16 << 20, up: None }
    }
}

/// What the engine saw.
#[derive(Debug)]
pub enum Fact {
    /// These addresses were named.
    Named(Vec<(SocketAddr, Distance)>, NamedBy),
    /// Handshakes were exchanged on a connection.
    Joined {
        /// Its name from here on.
        peer: PeerKey,
        /// The other end.
        address: SocketAddr,
        /// Who called.
        side: Side,
        /// What they said.
        handshake: Handshake,
        /// How long our call took to be answered, when we called.
        round_trip: Option<Duration>,
    },
    /// A call came to nothing.
    NotReached(SocketAddr),
    /// A peer said this, in this order.
    Heard(PeerKey, Vec<Message>),
    /// So many octets of blocks went out to a peer.
    Given(PeerKey, u32),
    /// A peer asked for this block, and it and these pieces are held no longer.
    Lost(PeerKey, Block, PieceSet),
    /// A connection ended.
    Left(PeerKey),
    /// A piece that was handed out is checked.
    Checked(u32, Outcome),
    /// A piece is held that did not come from peers.
    Held(u32),
    /// These pieces are being fetched by other means now, and the others may be.
    Elsewhere(PieceSet, Others),
    /// Trackers say that so many want the same.
    Crowd(usize),
    /// So much may be given a second from now on.
    UpLimit(Option<u32>),
    /// Time has passed.
    Tick,
}

/// What came of checking a piece.
#[derive(Debug)]
pub enum Outcome {
    /// It is right, and was written.
    Right,
    /// It is wrong: its blocks, in order.
    Wrong(Vec<Bytes>),
}

/// What the engine is to do.
#[derive(Debug)]
pub enum Act {
    /// Call this address.
    Call(SocketAddr),
    /// Tell a peer this.
    Say(PeerKey, Message),
    /// Read this block and give it to a peer.
    Give(PeerKey, Block),
    /// Check this piece, and write it when it is right.
    Check(u32, Vec<Bytes>),
    /// End a connection; how it stood, unless it was never let in.
    Drop(PeerKey, Leaving, Option<Box<PeerLook>>),
}

/// Why we end a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// It is ourselves.
    Ourselves,
    /// There is another connection to the same peer.
    Twice,
    /// There are enough connections, or enough from that address.
    Full,
    /// It sent what is wrong.
    WrongData,
    /// It broke the protocol.
    Fault(Fault),
    /// It does not choke us, was asked, and gave nothing, while others can.
    GivesNothing,
    /// It said nothing for three minutes.
    Silent,
    /// Neither side wants anything of the other.
    Useless,
    /// It believes that we hold what we lost, and cannot be told otherwise.
    Lost,
}

/// All peers of one torrent.
#[derive(Debug)]
pub struct Torrent {
    shape: Shape,
    held: PieceSet,
    want: PieceSet,
    files: Vec<std::ops::Range<u32>>,
    /// The file whose pieces are asked for before others.
    first: Option<std::ops::Range<u32>>,
    gives: Gives,
    info: Option<super::metadata::MetadataShelf>,
    is_private: bool,
    peer_id: [u8; 20],
    port: Option<u16>,
    limits: Limits,
    peers: BTreeMap<PeerKey, Peer>,
    book: AddressBook,
    picker: Picker,
    choker: Choker,
    partials: Partials,
    suspects: Suspects,
    allotment: Allotment,
    /// How many want the same, as trackers say.
    crowd: usize,
    /// The pieces that each culprit was proven to have sent wrongly; see [`culprit`](meeting::culprit).
    wrong: HashMap<SocketAddr, Vec<u32>>,
    exchange: exchange::Exchanges,
    others: Others,
    received: u64,
    given: u64,
    wasted: u64,
    ticked: SteadyTime,
    /// When an idle connection last made room for a new one.
    made_room: Option<SteadyTime>,
    /// Whether something changed that the choice of who is given to depends on.
    is_choice_open: bool,
    /// Whether somebody may be called who could not be before.
    is_call_open: bool,
    now: SteadyTime,
    acts: Vec<Act>,
}

/// What is known of other means than peers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Others {
    /// Nothing but peers can give what is missing.
    #[default]
    None,
    /// What is missing may come from elsewhere as well.
    Hopeful,
}

/// Who told of no piece for so long is not relied on to fetch any for others.
const SHARES_WITHIN: Duration = Duration::from_secs(5);

/// So many clients are believed to be there for each one that is seen.
const CROWD_A_PEER: usize = 200;

/// How often time alone is looked at while there are peers.
const TICK: Duration = Duration::from_millis(200);

impl Torrent {
    /// A torrent without peers.
    pub fn new(brief: Brief, now: SteadyTime) -> Self {
        let mut picker = Picker::new(brief.shape, brief.seed);
        picker.want(&brief.want.minus(&brief.held));
        let mut choker = Choker::new(brief.seed);
        choker.set_slots(super::choker::slots_for(brief.limits.up));
        let mut torrent = Self {
            shape: brief.shape,
            held: brief.held,
            want: brief.want,
            files: brief.files,
            first: None,
            gives: brief.gives,
            info: brief.info.and_then(super::metadata::MetadataShelf::new),
            is_private: brief.is_private,
            peer_id: brief.peer_id,
            port: brief.port,
            limits: brief.limits,
            peers: BTreeMap::new(),
            book: AddressBook::new(brief.seed),
            picker,
            choker,
            partials: Partials::default(),
            suspects: Suspects::new(),
            allotment: Allotment::new(&brief.shape, &brief.peer_id),
            crowd: 0,
            wrong: HashMap::new(),
            exchange: exchange::Exchanges::default(),
            others: Others::default(),
            received: 0,
            given: 0,
            wasted: 0,
            ticked: now,
            made_room: None,
            is_choice_open: false,
            is_call_open: false,
            now,
            acts: Vec::new(),
        };
        torrent.note_order();
        torrent
    }

    /// Takes a fact in and says what is to be done.
    pub fn on(&mut self, fact: Fact, now: SteadyTime) -> Vec<Act> {
        self.now = now;
        match fact {
            Fact::Named(addresses, by) => self.on_named(addresses, by),
            Fact::Joined { peer, address, side, handshake, round_trip } => {
                self.on_joined(peer, meeting::Joined { address, side, round_trip }, &handshake);
            }
            Fact::NotReached(address) => {
                self.book.on_failed(address, now);
                self.is_call_open = true;
            }
            Fact::Heard(peer, messages) => self.on_heard(peer, messages),
            Fact::Given(peer, octets) => self.on_given(peer, octets),
            Fact::Lost(peer, block, pieces) => self.on_lost(peer, block, &pieces),
            Fact::Left(peer) => self.on_left(peer),
            Fact::Checked(piece, outcome) => self.on_checked(piece, outcome),
            Fact::Held(piece) => self.on_held(piece),
            Fact::Elsewhere(claimed, others) => {
                self.picker.elsewhere(&claimed);
                self.others = others;
                self.ask_all();
            }
            Fact::Crowd(crowd) => {
                self.crowd = crowd;
                self.allot();
            }
            Fact::UpLimit(up) => {
                self.limits.up = up;
                self.choker.set_slots(super::choker::slots_for(up));
                self.is_choice_open = true;
            }
            Fact::Tick => {}
        }
        if now.since(self.ticked) >= TICK {
            self.ticked = now;
            self.is_call_open = true;
            self.tick();
        }
        self.choose_receivers();
        if std::mem::take(&mut self.is_call_open) {
            self.call_more();
        }
        std::mem::take(&mut self.acts)
    }

    /// When to say [`Fact::Tick`] at the latest. `None` while only others can change anything.
    pub fn wake_at(&self) -> Option<SteadyTime> {
        if !self.peers.is_empty() {
            let moves = |peer: &Peer| peer.asked() > 0 || !peer.waiting.is_empty() || !peer.untold.is_empty();
            let is_moving = self.peers.values().any(moves);
            let is_waiting = self.peers.values().any(|peer| peer.is_wanted || peer.wants_ours);
            // Whoever neither gives nor wants anything is only to be kept from falling asleep.
            let pause = match (is_moving, is_waiting) {
                (true, _) => TICK,
                (false, true) => TICK * 5,
                (false, false) => TICK * 50,
            };
            return Some(self.now.after(pause));
        }
        self.book.next_due().map(|due| due.max(self.now.after(TICK)))
    }

    /// What is still to be had.
    fn is_complete(&self) -> bool {
        self.want.minus(&self.held).is_empty()
    }

    fn say(&mut self, peer: PeerKey, message: Message) {
        self.tell_haves(peer);
        if let Some(peer) = self.peers.get_mut(&peer) {
            peer.told = self.now;
        }
        self.acts.push(Act::Say(peer, message));
    }

    /// Others of our kind came or went: what falls to whom changes.
    fn allot(&mut self) {
        let keeps_all = |peer: &Peer| peer.has.is_empty() && self.now.since(peer.joined) >= SHARES_WITHIN;
        let shares = |peer: &&Peer| allotment::follows(&peer.id) && !peer.is_done() && !keeps_all(peer);
        let rivals = self.peers.values().filter(shares);
        self.allotment.set_rivals(rivals.map(|peer| (peer.key, &peer.id)));
        // A tracker that lies, or counts who went long ago, is believed as far as peers show.
        self.allotment.set_crowd(self.crowd.min(CROWD_A_PEER * self.peers.len()));
    }

    fn tick(&mut self) {
        let silent = Duration::from_secs(180);
        let quiet = Duration::from_secs(100);
        let keys: Vec<PeerKey> = self.peers.keys().copied().collect();
        for key in keys {
            let Some(peer) = self.peers.get_mut(&key) else { continue };
            peer.rate_in.add(crate::domain::octets::ByteCount::ZERO, self.now);
            peer.rate_out.add(crate::domain::octets::ByteCount::ZERO, self.now);
            if self.now.since(peer.heard) >= silent {
                self.drop_peer(key, Leaving::Silent);
                continue;
            }
            if self.now.since(peer.told) >= quiet {
                self.say(key, Message::KeepAlive);
            }
            self.tell_haves_if_due(key);
            self.free_if_stuck(key);
            self.forgive(key);
            self.exchange_if_due(key);
        }
        self.drop_who_give_nothing();
        self.allot();
        self.note_order();
        self.drop_useless();
        self.make_room();
        self.ask_all();
        if self.choker.is_due(self.now) {
            self.choose_anew();
        }
    }
}
