//! All peers of one torrent together: who is called, asked, given to and dropped.
//!
//! In: [`TorrentFact`]s and the time. Out: [`TorrentAct`]s. The engine obeys and tells what it saw. Holds the octets of pieces that are
//! not whole yet, within [`TorrentLimits::buffer`]; a whole piece is handed out to be checked and written.
//! Start reading at [`Torrent::on`], which passes each fact to the part that it concerns; only the torrent ends connections, since every
//! part is to know of it. The parts know of one another what they are given as an argument.
//!
//! | part | what it decides and keeps |
//! |---|---|
//! | `table` | the connected peers, and what is said to each in which order |
//! | `gate` | who is let in, who goes, who proved wrong |
//! | `calls` | whom to call, as far as there is room |
//! | `wants` | what is held and wanted, and which of it first |
//! | `asking` | which blocks are asked of whom |
//! | `partials` | pieces that are not whole, and the memory that they take |
//! | `receiving` | these three together: how blocks become pieces |
//! | `giving` | whom to give to, and what |
//! | `exchange` | what is said of abilities, metadata and other peers |
//! | `sharing` | which pieces fall to us of those that no peer holds |
//! | `look` | how it stands, to be shown |

mod asking;
mod calls;
mod exchange;
mod gate;
mod giving;
mod look;
mod partials;
mod receiving;
mod sharing;
mod table;
#[cfg(test)]
mod tests;
mod wants;

pub use look::{TorrentLook, TorrentPeerLook};

use super::address_book::{Distance, NamedBy};
use super::message::{Handshake, PeerMessage};
use super::peer::{Fault, Peer, PeerSaid, Side};
use super::pieces::PieceSet;
use super::{Block, PeerKey, PieceShape};
use crate::domain::utc::SteadyTime;
use bytes::Bytes;
use calls::Calls;
use core::net::SocketAddr;
use exchange::{Exchanges, Privacy};
use gate::{Gate, Joined};
use giving::PeerGiving;
use receiving::Receiving;
use sharing::Sharing;
use std::time::Duration;
use table::PeerTable;
use wants::Wants;

/// What a torrent is told before it begins.
#[derive(Clone, Debug)]
pub struct TorrentSetup {
    /// How it is cut.
    pub shape: PieceShape,
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
    pub limits: TorrentLimits,
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
pub struct TorrentLimits {
    /// Connections.
    pub connections: usize,
    /// Calls under way.
    pub calls: usize,
    /// Octets of pieces that are not whole or not checked yet.
    pub buffer: u64,
    /// Octets a second to give; `None` is without limit.
    pub up: Option<u32>,
}

impl Default for TorrentLimits {
    fn default() -> Self {
        Self { connections: 60, calls: 100, buffer: 16 << 20, up: None }
    }
}

/// What the engine saw.
#[derive(Debug)]
pub enum TorrentFact {
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
    Heard(PeerKey, Vec<PeerMessage>),
    /// So many octets of blocks went out to a peer.
    Given(PeerKey, u32),
    /// A peer asked for this block, and it and these pieces are held no longer.
    Lost(PeerKey, Block, PieceSet),
    /// A connection ended.
    Left(PeerKey),
    /// A piece that was handed out is checked.
    Checked(u32, PieceOutcome),
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
pub enum PieceOutcome {
    /// It is right, and was written.
    Right,
    /// It is wrong: its blocks, in order.
    Wrong(Vec<Bytes>),
}

/// What the engine is to do.
#[derive(Debug)]
pub enum TorrentAct {
    /// Call this address.
    Call(SocketAddr),
    /// Tell a peer this.
    Say(PeerKey, PeerMessage),
    /// Read this block and give it to a peer.
    Give(PeerKey, Block),
    /// Check this piece, and write it when it is right.
    Check(u32, Vec<Bytes>),
    /// End a connection; how it stood, unless it was never let in.
    Drop(PeerKey, Leaving, Option<Box<TorrentPeerLook>>),
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

/// What is known of other means than peers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Others {
    /// Nothing but peers can give what is missing.
    #[default]
    None,
    /// What is missing may come from elsewhere as well.
    Hopeful,
}

/// How often time alone is looked at while there are peers.
const TICK: Duration = Duration::from_millis(200);

/// All peers of one torrent.
#[derive(Debug)]
pub struct Torrent {
    table: PeerTable,
    gate: Gate,
    calls: Calls,
    receiving: Receiving,
    giving: PeerGiving,
    exchanges: Exchanges,
    sharing: Sharing,
    ticked: SteadyTime,
}

impl Torrent {
    /// A torrent without peers.
    pub fn new(setup: TorrentSetup, now: SteadyTime) -> Self {
        let TorrentSetup { shape, limits, peer_id, seed, .. } = setup;
        let privacy = if setup.is_private { Privacy::Private } else { Privacy::Public };
        let wants = Wants::new(shape, setup.held, setup.want, setup.files);
        Self {
            table: PeerTable::new(now),
            gate: Gate::new(peer_id, limits.connections),
            calls: Calls::new(&limits, seed),
            receiving: Receiving::new(wants, &limits, seed),
            giving: PeerGiving::new(setup.gives, limits.up, seed),
            exchanges: Exchanges::new(setup.info, privacy, setup.port),
            sharing: Sharing::new(&shape, &peer_id),
            ticked: now,
        }
    }

    /// Takes a fact in and says what is to be done.
    pub fn on(&mut self, fact: TorrentFact, now: SteadyTime) -> Vec<TorrentAct> {
        self.table.now = now;
        match fact {
            TorrentFact::Named(addresses, by) => self.on_named(addresses, by),
            TorrentFact::Joined { peer, address, side, handshake, round_trip } => {
                self.on_joined(peer, &Joined { address, side, round_trip }, &handshake);
            }
            TorrentFact::NotReached(address) => self.calls.on_not_reached(address, now),
            TorrentFact::Heard(peer, messages) => self.on_heard(peer, messages),
            TorrentFact::Given(peer, octets) => self.giving.on_given(peer, octets, &mut self.table),
            TorrentFact::Lost(peer, block, pieces) => self.on_lost(peer, block, &pieces),
            TorrentFact::Left(peer) => self.on_left(peer),
            TorrentFact::Checked(piece, outcome) => self.on_checked(piece, outcome),
            TorrentFact::Held(piece) => self.on_held(piece),
            TorrentFact::Elsewhere(claimed, others) => {
                self.receiving.asking.elsewhere(&claimed, others);
                self.receiving.ask_all(&mut self.table);
            }
            TorrentFact::Crowd(crowd) => self.sharing.on_crowd(crowd, &self.table),
            TorrentFact::UpLimit(up) => self.giving.set_limit(up),
            TorrentFact::Tick => {}
        }
        if now.since(self.ticked) >= TICK {
            self.ticked = now;
            self.calls.reopen();
            self.tick();
        }
        self.giving.fill_if_open(&self.receiving.wants, &mut self.table);
        self.calls.call_more(&self.receiving.wants, &mut self.table);
        self.table.take_acts()
    }

    /// When to say [`TorrentFact::Tick`] at the latest. `None` while only others can change anything.
    pub fn wake_at(&self) -> Option<SteadyTime> {
        let (peers, now) = (&self.table.peers, self.table.now);
        if !peers.is_empty() {
            let moves = |peer: &Peer| peer.asked() > 0 || !peer.waiting.is_empty() || !peer.untold.is_empty();
            let is_moving = peers.values().any(moves);
            let is_waiting = peers.values().any(|peer| peer.is_wanted || peer.wants_ours);
            // Whoever neither gives nor wants anything is only to be kept from falling asleep.
            let pause = match (is_moving, is_waiting) {
                (true, _) => TICK,
                (false, true) => TICK * 5,
                (false, false) => TICK * 50,
            };
            return Some(now.after(pause));
        }
        self.calls.book.next_due().map(|due| due.max(now.after(TICK)))
    }

    fn on_named(&mut self, addresses: Vec<(SocketAddr, Distance)>, by: NamedBy) {
        if self.exchanges.may_name(by) {
            self.calls.on_named(addresses, by, self.table.now);
        }
    }

    fn on_joined(&mut self, key: PeerKey, joined: &Joined, handshake: &Handshake) {
        let (address, side, now) = (joined.address, joined.side, self.table.now);
        let answer = self.gate.answer(joined, handshake, &self.receiving.asking, &self.table);
        if let Some((other, why)) = answer.goes {
            self.drop_peer(other, why);
        }
        if let Some(why) = answer.refused {
            if side == Side::We {
                self.calls.on_refused(address, &why, now);
            }
            self.table.act(TorrentAct::Drop(key, why, None));
            return;
        }
        if side == Side::We {
            self.calls.book.on_joined(address, joined.round_trip);
        }
        let mut peer = Peer::new(key, (address, side), handshake, &self.receiving.wants.shape, now);
        if let Some(round_trip) = joined.round_trip {
            peer.pipeline.answered_after(round_trip);
        }
        peer.is_distrusted = self.gate.distrusts(address, side);
        self.table.peers.insert(key, peer);
        if super::allotment::follows(&handshake.peer_id) {
            self.sharing.allot(&self.table);
        }
        self.giving.greet(key, &self.receiving.wants, &mut self.table);
        self.exchanges.introduce_ourselves(key, &self.receiving.wants, &mut self.table);
    }

    fn on_heard(&mut self, key: PeerKey, messages: Vec<PeerMessage>) {
        for message in messages {
            let Some(peer) = self.table.peers.get_mut(&key) else { return };
            match peer.hear(message, &self.receiving.wants.shape, self.table.now) {
                Ok(said) => self.take_in(key, said),
                Err(fault) => return self.drop_peer(key, Leaving::Fault(fault)),
            }
        }
        self.receiving.ask(key, &mut self.table);
    }

    fn take_in(&mut self, key: PeerKey, said: PeerSaid) {
        let (receiving, table) = (&mut self.receiving, &mut self.table);
        match said {
            PeerSaid::Nothing | PeerSaid::Unchoked => {}
            PeerSaid::Holds(new) => receiving.on_peer_has_all_of(key, &new, table),
            PeerSaid::HoldsPiece(piece) => receiving.on_peer_has(key, piece, table),
            PeerSaid::Choked(lost) => receiving.on_choked(key, &lost, table),
            PeerSaid::Interest => self.giving.reopen(),
            PeerSaid::Asks => self.giving.on_asked(key, &receiving.wants, table),
            PeerSaid::AsksInVain(block) => table.reject(key, block),
            PeerSaid::Gives(block, data) => receiving.on_block(key, block, data, table),
            PeerSaid::GivesInVain(octets) => receiving.on_block_in_vain(octets),
            PeerSaid::Rejects(block) => receiving.asking.picker.returned(key, &[block]),
            PeerSaid::Extended(id, payload) => {
                if let Some(named) = self.exchanges.on_extended(key, id, &payload, table) {
                    self.on_named(named, NamedBy::Peer);
                }
            }
        }
    }

    fn on_checked(&mut self, piece: u32, outcome: PieceOutcome) {
        let Some(givers) = self.receiving.partials.checked(piece) else { return };
        match outcome {
            PieceOutcome::Right => self.on_held(piece),
            PieceOutcome::Wrong(frames) => {
                if let Some(liar) = self.receiving.on_wrong(piece, &givers, &frames, &mut self.table) {
                    self.on_liar(liar, piece);
                }
            }
        }
        self.receiving.ask_all(&mut self.table);
    }

    fn on_held(&mut self, piece: u32) {
        for liar in self.receiving.liars_of(piece) {
            self.on_liar(liar, piece);
        }
        let (receiving, table) = (&mut self.receiving, &mut self.table);
        if !receiving.on_held(piece, table) {
            return;
        }
        for key in table.keys() {
            receiving.asking.note_less_wanted(key, table);
            self.giving.note_have(key, piece, table);
        }
        if receiving.wants.is_first(piece) {
            receiving.note_order(table);
        }
        if receiving.wants.is_complete() {
            self.giving.reopen();
            exchange::tell_upload_only(table);
        }
    }

    /// Whoever was wrong goes when others can give the same; else it is asked for one piece at a time.
    fn on_liar(&mut self, key: PeerKey, piece: u32) {
        let Some(peer) = self.table.peers.get_mut(&key) else { return };
        let (address, side) = (peer.address, peer.side);
        let is_spent = self.gate.on_wrong(peer, piece);
        if !is_spent && !self.receiving.asking.others_can_give(&self.table) {
            return;
        }
        self.drop_peer(key, Leaving::WrongData);
        match (is_spent, side) {
            (true, Side::We) => self.calls.book.ban(address),
            (false, Side::We) => self.calls.book.set_aside(address),
            (_, Side::They) => {}
        }
    }

    fn on_lost(&mut self, key: PeerKey, block: Block, pieces: &PieceSet) {
        self.receiving.wants.lose(pieces);
        for misled in self.giving.on_lost(key, block, pieces, &mut self.table) {
            self.drop_peer(misled, Leaving::Lost);
        }
        giving::feed(key, &mut self.table);
    }

    fn on_left(&mut self, key: PeerKey) {
        let Some(mut peer) = self.table.peers.remove(&key) else { return };
        let is_to_be_asked = self.receiving.asking.on_left(&mut peer);
        self.exchanges.forget(key);
        self.calls.on_left(&peer, &self.receiving.wants, self.table.now);
        self.giving.reopen();
        if is_to_be_asked {
            self.receiving.ask_all(&mut self.table);
        }
    }

    /// Ends a connection.
    fn drop_peer(&mut self, key: PeerKey, why: Leaving) {
        let book = &self.calls.book;
        let last = self.table.peers.get(&key).map(|peer| Box::new(TorrentPeerLook::of(peer, book)));
        self.table.act(TorrentAct::Drop(key, why, last));
        self.on_left(key);
    }

    fn tick(&mut self) {
        for key in self.table.keys() {
            if !self.table.keep_alive(key) {
                self.drop_peer(key, Leaving::Silent);
                continue;
            }
            self.receiving.asking.free_if_stuck(key, &mut self.table);
            self.receiving.asking.forgive(key, &mut self.table);
            self.exchanges.exchange_if_due(key, &mut self.table);
        }
        for key in gate::who_give_nothing(&self.receiving.asking, &self.calls, &self.table) {
            self.drop_peer(key, Leaving::GivesNothing);
        }
        self.sharing.allot(&self.table);
        self.receiving.note_order(&self.table);
        for key in gate::useless(&self.receiving.wants, &self.table) {
            self.drop_peer(key, Leaving::Useless);
        }
        self.receiving.make_room(&self.table);
        self.receiving.ask_all(&mut self.table);
        self.giving.choose_if_due(&self.receiving.wants, &mut self.table);
    }
}
