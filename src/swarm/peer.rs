//! Where one connection stands: who chokes whom, who holds what, what was asked and not yet given, either way.
//!
//! In: messages, in the order in which they came, and the time. Out: [`PeerSaid`]: what a message means for the torrent, or
//! a [`Fault`] for which the connection ends. Knows of no other peer.

use super::extension::Abilities;
use super::message::{Handshake, PeerMessage};
use super::pace::SmoothedRate;
use super::pieces::PieceSet;
use super::pipeline::Pipeline;
use super::{Block, PeerKey, PieceShape};
use crate::domain::rate::Rate;
use crate::domain::utc::SteadyTime;
use bytes::Bytes;
use core::net::SocketAddr;
use std::collections::VecDeque;
use std::time::Duration;

/// Most blocks that a peer may have asked for and not been given: what our handshake says as well.
pub const MOST_ASKED_OF_US: usize = 512;

/// Most wrong blocks-that-nobody-asked-for that a peer may send.
const MOST_UNASKED: u32 = 64;

/// Most messages that change nothing, and chokes, that a peer may send in a minute.
const MOST_VOID: u32 = 5_000;
const VOID_SPAN: Duration = Duration::from_secs(60);

/// Which side called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// We called.
    We,
    /// They did.
    They,
}

/// What a message means for the torrent.
#[derive(Debug, PartialEq)]
pub enum PeerSaid {
    /// Nothing that matters to anybody else.
    Nothing,
    /// It holds these pieces, which it was not known to hold before.
    Holds(PieceSet),
    /// It holds this piece, which it was not known to hold before.
    HoldsPiece(u32),
    /// It gives nothing for now; these blocks will not come.
    Choked(Vec<Block>),
    /// It gives.
    Unchoked,
    /// It wants something of us, or no longer does.
    Interest,
    /// It asks for this block, which may be given.
    Asks,
    /// It asks for this block, which it does not get.
    AsksInVain(Block),
    /// It gives this block, which had been asked for.
    Gives(Block, Bytes),
    /// It gives a block that nobody waits for.
    GivesInVain(u32),
    /// It will not give this block.
    Rejects(Block),
    /// An extended message.
    Extended(u8, Bytes),
}

/// Why a connection ends at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A bitfield of another torrent's size.
    #[error("a bitfield that does not fit")]
    Bitfield,
    /// A piece or block that the torrent does not have.
    #[error("a piece or block that does not exist")]
    NoSuchBlock,
    /// Block after block that nobody asked for.
    #[error("blocks that nobody asked for")]
    Unasked,
    /// More questions than it may have open.
    #[error("asks for too much at once")]
    TooMuchAsked,
    /// Message after message that changes nothing.
    #[error("floods us with messages that say nothing")]
    Floods,
    /// A message of the fast extension, which was not agreed on.
    #[error("fast extension without agreement")]
    NotFast,
}

/// One connection.
#[derive(Debug)]
pub struct Peer {
    /// Its name in the torrent.
    pub key: PeerKey,
    /// Where it is.
    pub address: SocketAddr,
    /// Who called.
    pub side: Side,
    /// What it calls itself: its name among peers.
    pub id: [u8; 20],
    /// What it told of itself, once it did.
    pub abilities: Option<Abilities>,
    /// The pieces it holds.
    pub has: PieceSet,
    /// Pieces that it sent wrongly or will not give.
    pub refused: PieceSet,
    /// When that was forgotten last.
    pub forgiven: SteadyTime,
    /// Whether it gives nothing to us.
    pub chokes_us: bool,
    /// Whether it wants something of us.
    pub wants_ours: bool,
    /// Whether we give nothing to it.
    pub is_choked: bool,
    /// Whether we told it that we want something.
    pub is_wanted: bool,
    /// Whether it proved wrong: it is asked for one piece at a time, and only for what nobody else has.
    pub is_distrusted: bool,
    /// How fast it may be asked.
    pub pipeline: Pipeline,
    /// Octets of blocks it gave, and how fast.
    pub received: u64,
    /// How fast it gives.
    pub rate_in: Rate,
    /// Octets of blocks it was given.
    pub given: u64,
    /// How fast it is given to.
    pub rate_out: Rate,
    /// How fast it was given to over the last ten seconds, which is what chokes go by.
    pub pace_out: SmoothedRate,
    /// When it joined.
    pub joined: SteadyTime,
    /// When it last said anything.
    pub heard: SteadyTime,
    /// When it was last told anything.
    pub told: SteadyTime,
    /// When either side last had something to give to the other.
    pub useful: SteadyTime,
    /// Blocks that it asked for and that wait for their turn.
    pub waiting: VecDeque<Block>,
    /// Octets of blocks that are on their way to its connection.
    pub on_the_way: u32,
    /// Pieces that we hold and have not told it of yet.
    pub untold: Vec<u32>,
    /// When it was last told of all that we hold.
    pub told_all: SteadyTime,
    fast: bool,
    extended: bool,
    asked: VecDeque<Block>,
    /// Blocks that were asked for and taken back, or given up: they may still come.
    late: VecDeque<Block>,
    unasked: u32,
    /// Messages that changed nothing, and since when they are counted.
    void: (u32, SteadyTime),
    choked_at: SteadyTime,
}

impl Peer {
    /// A connection that has just exchanged handshakes.
    pub fn new(
        key: PeerKey,
        (address, side): (SocketAddr, Side),
        handshake: &Handshake,
        shape: &PieceShape,
        now: SteadyTime,
    ) -> Self {
        Self {
            key,
            address,
            side,
            id: handshake.peer_id,
            abilities: None,
            has: PieceSet::none(shape.pieces),
            refused: PieceSet::none(shape.pieces),
            forgiven: now,
            chokes_us: true,
            wants_ours: false,
            is_choked: true,
            is_wanted: false,
            is_distrusted: false,
            pipeline: Pipeline::new(now),
            received: 0,
            rate_in: Rate::default(),
            given: 0,
            rate_out: Rate::default(),
            pace_out: SmoothedRate::new(now),
            joined: now,
            heard: now,
            told: now,
            useful: now,
            waiting: VecDeque::new(),
            on_the_way: 0,
            untold: Vec::new(),
            told_all: now,
            fast: handshake.speaks_fast(),
            extended: handshake.speaks_extensions(),
            asked: VecDeque::new(),
            late: VecDeque::new(),
            unasked: 0,
            void: (0, now),
            choked_at: now,
        }
    }

    /// Whether the fast extension is agreed on (BEP 6).
    pub fn is_fast(&self) -> bool {
        self.fast
    }

    /// Whether extended messages are (BEP 10).
    pub fn is_extended(&self) -> bool {
        self.extended
    }

    /// Whether it has everything, or says that it wants nothing more (BEP 21).
    pub fn is_done(&self) -> bool {
        self.has.is_full() || self.abilities.as_ref().is_some_and(|abilities| abilities.upload_only)
    }

    /// How many blocks were asked of it and have not come.
    pub fn asked(&self) -> usize {
        self.asked.len()
    }

    /// Notes that `block` was asked of it.
    pub fn on_ask(&mut self, block: Block) {
        self.asked.push_back(block);
    }

    /// Whether what was asked of it will not come: it is stuck, or chokes us and does not say what becomes of it.
    pub fn is_stuck(&self, now: SteadyTime) -> bool {
        let is_left_open = self.chokes_us && now.since(self.choked_at) >= LEFT_OPEN;
        !self.asked.is_empty() && (is_left_open || self.pipeline.is_stuck(now))
    }

    /// Gives up what was asked of it, all of it: it may still come late.
    pub fn give_up(&mut self) -> Vec<Block> {
        let given_up: Vec<Block> = self.asked.drain(..).collect();
        for block in &given_up {
            self.expect_late(*block);
        }
        given_up
    }

    /// Takes back that `block` was asked. Returns whether it had been.
    pub fn take_back(&mut self, block: Block) -> bool {
        let was_asked = remove(&mut self.asked, block);
        if was_asked {
            self.expect_late(block);
        }
        was_asked
    }

    fn expect_late(&mut self, block: Block) {
        if self.late.len() >= MOST_ASKED_OF_US * 2 {
            self.late.pop_front();
        }
        self.late.push_back(block);
    }

    /// Takes in what it said.
    ///
    /// # Errors
    /// When no honest peer says so.
    pub fn hear(
        &mut self,
        message: PeerMessage,
        shape: &PieceShape,
        now: SteadyTime,
    ) -> Result<PeerSaid, Fault> {
        self.heard = now;
        let may_be_void =
            !matches!(message, PeerMessage::Cancel(_) | PeerMessage::Reject(_) | PeerMessage::Piece { .. });
        let said = self.understand(message, shape, now)?;
        if may_be_void && matches!(said, PeerSaid::Nothing | PeerSaid::Choked(_) | PeerSaid::AsksInVain(_)) {
            self.note_void(now)?;
        }
        Ok(said)
    }

    /// It said what changes nothing, or chokes.
    fn note_void(&mut self, now: SteadyTime) -> Result<(), Fault> {
        if now.since(self.void.1) >= VOID_SPAN {
            self.void = (0, now);
        }
        self.void.0 += 1;
        if self.void.0 > MOST_VOID { Err(Fault::Floods) } else { Ok(()) }
    }

    fn understand(
        &mut self,
        message: PeerMessage,
        shape: &PieceShape,
        now: SteadyTime,
    ) -> Result<PeerSaid, Fault> {
        match message {
            PeerMessage::KeepAlive
            | PeerMessage::Port(_)
            | PeerMessage::Suggest(_)
            | PeerMessage::Unknown(_) => Ok(PeerSaid::Nothing),
            PeerMessage::AllowedFast(piece) => self.existing(piece, shape).map(|_| PeerSaid::Nothing),
            // Also in the middle of a connection: aria2 tells of many new pieces at once in this way.
            PeerMessage::Bitfield(bits) => {
                let holds = PieceSet::from_bitfield(&bits, shape).ok_or(Fault::Bitfield)?;
                Ok(self.hold_all(holds))
            }
            PeerMessage::HaveAll | PeerMessage::HaveNone if !self.fast => Err(Fault::NotFast),
            PeerMessage::HaveAll => Ok(self.hold_all(PieceSet::all(shape.pieces))),
            PeerMessage::HaveNone => Ok(PeerSaid::Nothing),
            PeerMessage::Have(piece) => {
                self.existing(piece, shape)?;
                Ok(if self.has.insert(piece) { PeerSaid::HoldsPiece(piece) } else { PeerSaid::Nothing })
            }
            PeerMessage::Choke => Ok(self.on_choke(now)),
            PeerMessage::Unchoke => {
                let changed = std::mem::replace(&mut self.chokes_us, false);
                self.pipeline.on_unchoked(now);
                Ok(if changed { PeerSaid::Unchoked } else { PeerSaid::Nothing })
            }
            PeerMessage::Interested | PeerMessage::NotInterested => {
                let wants = message == PeerMessage::Interested;
                let before = std::mem::replace(&mut self.wants_ours, wants);
                Ok(if before == wants { PeerSaid::Nothing } else { PeerSaid::Interest })
            }
            PeerMessage::Request(block) => self.on_request(block, shape),
            PeerMessage::Cancel(block) => {
                remove(&mut self.waiting, block);
                Ok(PeerSaid::Nothing)
            }
            PeerMessage::Piece { piece, begin, data } => self.on_piece((piece, begin), data, shape, now),
            PeerMessage::Reject(_) if !self.fast => Err(Fault::NotFast),
            PeerMessage::Reject(block) => Ok(self.on_reject(block, now)),
            PeerMessage::Extended { id, payload } => Ok(PeerSaid::Extended(id, payload)),
        }
    }

    fn existing(&self, piece: u32, shape: &PieceShape) -> Result<(), Fault> {
        if piece < shape.pieces { Ok(()) } else { Err(Fault::NoSuchBlock) }
    }

    fn hold_all(&mut self, holds: PieceSet) -> PeerSaid {
        let new = holds.minus(&self.has);
        self.has = self.has.either(&holds);
        if new.is_empty() { PeerSaid::Nothing } else { PeerSaid::Holds(new) }
    }

    fn on_choke(&mut self, now: SteadyTime) -> PeerSaid {
        self.chokes_us = true;
        self.choked_at = now;
        self.pipeline.on_choked(now);
        // With the fast extension each block that will not come is rejected by name; without it a choke discards all.
        if self.fast {
            return PeerSaid::Choked(Vec::new());
        }
        let lost = self.give_up();
        self.pipeline.on_lost(lost.len(), now);
        PeerSaid::Choked(lost)
    }

    fn on_request(&mut self, block: Block, shape: &PieceShape) -> Result<PeerSaid, Fault> {
        if !shape.holds(block) || block.length > LONGEST_ASKED {
            return Err(Fault::NoSuchBlock);
        }
        if self.is_choked {
            return Ok(PeerSaid::AsksInVain(block));
        }
        if self.waiting.contains(&block) {
            return Ok(PeerSaid::Nothing);
        }
        if self.waiting.len() >= MOST_ASKED_OF_US {
            return if self.fast { Ok(PeerSaid::AsksInVain(block)) } else { Err(Fault::TooMuchAsked) };
        }
        self.waiting.push_back(block);
        Ok(PeerSaid::Asks)
    }

    fn on_piece(
        &mut self,
        (piece, begin): (u32, u32),
        data: Bytes,
        shape: &PieceShape,
        now: SteadyTime,
    ) -> Result<PeerSaid, Fault> {
        let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let block = Block { piece, begin, length };
        if shape.number_of(block).is_none() {
            return Err(Fault::NoSuchBlock);
        }
        let was_asked = remove(&mut self.asked, block);
        if !was_asked && !remove(&mut self.late, block) {
            self.unasked += 1;
            return if self.unasked > MOST_UNASKED {
                Err(Fault::Unasked)
            } else {
                Ok(PeerSaid::GivesInVain(length))
            };
        }
        self.received += u64::from(length);
        self.useful = now;
        self.rate_in.add(crate::domain::octets::ByteCount(u64::from(length)), now);
        self.pipeline.on_block(length, now);
        Ok(PeerSaid::Gives(block, data))
    }

    fn on_reject(&mut self, block: Block, now: SteadyTime) -> PeerSaid {
        remove(&mut self.late, block);
        if !remove(&mut self.asked, block) {
            return PeerSaid::Nothing;
        }
        self.pipeline.on_lost(1, now);
        // Who rejects while it gives does not have the piece after all, or not for us.
        if !self.chokes_us {
            self.refused.insert(block.piece);
        }
        PeerSaid::Rejects(block)
    }
}

/// How long a peer that chokes us may take to reject what was asked.
const LEFT_OPEN: Duration = Duration::from_secs(3);

/// Octets of the longest block that others may ask of us: more is asked by nobody in earnest.
pub const LONGEST_ASKED: u32 = 128 << 10;

/// Takes `block` out; it is nearly always the first.
fn remove(blocks: &mut VecDeque<Block>, block: Block) -> bool {
    let at = blocks.iter().position(|other| *other == block);
    at.and_then(|at| blocks.remove(at)).is_some()
}
