//! Whom to give to, and what: chokes, and the queue of blocks that were asked of us.
//!
//! In: who asks, what went out, what was lost. Out: chokes, blocks to give and refusals, said through the [`PeerTable`]. Keeps that
//! each connection has enough on its way and no more. Ends no connection: it names those that are to end.

use super::super::choker::{self, Choker, ChokerPeer, Role};
use super::super::message::PeerMessage;
use super::super::pieces::PieceSet;
use super::super::{Block, PeerKey};
use super::Gives;
use super::table::PeerTable;
use super::wants::Wants;
use crate::domain::octets::ByteCount;
use crate::swarm::peer::Peer;
use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// Octets that may be on their way to a connection: enough to keep it busy, few enough to take back.
const LEAST_ON_THE_WAY: u32 = 64 << 10;
const MOST_ON_THE_WAY: u32 = 2 << 20;

/// Who was asked and gave nothing for so long owes us.
const OWES: Duration = Duration::from_secs(30);

/// What peers get of us.
#[derive(Debug)]
pub(super) struct PeerGiving {
    gives: Gives,
    choker: Choker,
    /// Whether something changed that the choice of who is given to depends on.
    is_choice_open: bool,
    /// Octets of blocks that were given.
    pub(super) given: u64,
}

impl PeerGiving {
    /// Gives to as many as go with `up`, in octets a second.
    pub(super) fn new(gives: Gives, up: Option<u32>, seed: u64) -> Self {
        let mut choker = Choker::new(seed);
        choker.set_slots(choker::slots_for(up));
        Self { gives, choker, is_choice_open: false, given: 0 }
    }

    /// So much may be given a second from now on.
    pub(super) fn set_limit(&mut self, up: Option<u32>) {
        self.choker.set_slots(choker::slots_for(up));
        self.is_choice_open = true;
    }

    /// What the choice of who is given to depends on may have changed.
    pub(super) fn reopen(&mut self) {
        self.is_choice_open = true;
    }

    /// Tells a new peer what we hold.
    pub(super) fn greet(&self, key: PeerKey, wants: &Wants, table: &mut PeerTable) {
        let held = &wants.held;
        let is_fast = table.peers.get(&key).is_some_and(Peer::is_fast);
        let tells_nothing = held.is_empty() || self.gives == Gives::Nothing;
        match (is_fast, held.is_full() && !tells_nothing, tells_nothing) {
            (true, true, _) => table.say(key, PeerMessage::HaveAll),
            (true, _, true) => table.say(key, PeerMessage::HaveNone),
            (false, _, true) => {}
            _ => table.say(key, PeerMessage::Bitfield(held.to_bitfield().into())),
        }
    }

    /// A piece is held that a peer is to know of.
    pub(super) fn note_have(&self, key: PeerKey, piece: u32, table: &mut PeerTable) {
        if self.gives != Gives::Nothing {
            table.note_have(key, piece);
        }
    }

    /// A peer asked for the block that stands last in its queue.
    pub(super) fn on_asked(&self, key: PeerKey, wants: &Wants, table: &mut PeerTable) {
        let Some(peer) = table.peers.get_mut(&key) else { return };
        peer.useful = table.now;
        if let Some(block) = peer.waiting.back().copied()
            && !wants.held.has(block.piece)
        {
            peer.waiting.pop_back();
            table.reject(key, block);
            return;
        }
        feed(key, table);
    }

    /// So many octets of blocks went out to a peer.
    pub(super) fn on_given(&mut self, key: PeerKey, octets: u32, table: &mut PeerTable) {
        self.given += u64::from(octets);
        let now = table.now;
        let Some(peer) = table.peers.get_mut(&key) else { return };
        peer.on_the_way = peer.on_the_way.saturating_sub(octets);
        peer.given += u64::from(octets);
        peer.useful = now;
        peer.rate_out.add(ByteCount(u64::from(octets)), now);
        peer.pace_out.add(octets, now);
        feed(key, table);
    }

    /// Pieces are held no longer, one of which a peer was to be given `block` of. Who asks for them is told so, where the other
    /// side understands that (BEP 6); others learn it when they connect again: those that are misled by what we told them and are
    /// to go are returned.
    pub(super) fn on_lost(
        &mut self,
        key: PeerKey,
        block: Block,
        pieces: &PieceSet,
        table: &mut PeerTable,
    ) -> Vec<PeerKey> {
        if let Some(peer) = table.peers.get_mut(&key) {
            peer.on_the_way = peer.on_the_way.saturating_sub(block.length);
        }
        for peer in table.peers.values_mut() {
            peer.untold.retain(|piece| !pieces.has(*piece));
        }
        table.reject(key, block);
        let (mut refused, mut misled) = (Vec::new(), Vec::new());
        for peer in table.peers.values_mut() {
            let (lost, kept): (VecDeque<Block>, VecDeque<Block>) =
                peer.waiting.drain(..).partition(|block| pieces.has(block.piece));
            peer.waiting = kept;
            if !peer.is_fast() && (peer.key == key || !lost.is_empty()) {
                misled.push(peer.key);
            }
            refused.extend(lost.into_iter().map(|block| (peer.key, block)));
        }
        refused.into_iter().for_each(|(key, block)| table.reject(key, block));
        misled
    }

    /// Chooses anew who may receive, when a round is due.
    pub(super) fn choose_if_due(&mut self, wants: &Wants, table: &mut PeerTable) {
        if !self.choker.is_due(table.now) {
            return;
        }
        self.is_choice_open = false;
        if self.gives == Gives::Nothing {
            return;
        }
        let (standings, role) = standings(wants, table);
        let chosen: BTreeSet<PeerKey> = self.choker.round(&standings, role, table.now).into_iter().collect();
        for standing in standings {
            match (standing.is_unchoked, chosen.contains(&standing.peer)) {
                (true, false) => choke(standing.peer, table),
                (false, true) => unchoke(standing.peer, table),
                _ => {}
            }
        }
    }

    /// Fills slots that are free, between two rounds.
    pub(super) fn fill_if_open(&mut self, wants: &Wants, table: &mut PeerTable) {
        if !std::mem::take(&mut self.is_choice_open) || self.gives == Gives::Nothing {
            return;
        }
        let (standings, role) = standings(wants, table);
        for key in self.choker.fill(&standings, role, table.now) {
            if table.peers.get(&key).is_some_and(|peer| peer.is_choked) {
                unchoke(key, table);
            }
        }
    }
}

/// Hands blocks to the connection while it is not busy enough.
pub(super) fn feed(key: PeerKey, table: &mut PeerTable) {
    let Some(peer) = table.peers.get(&key) else { return };
    let a_fifth = peer.rate_out.per_second().unwrap_or(0.0) / 5.0;
    table.give(key, (a_fifth as u32).clamp(LEAST_ON_THE_WAY, MOST_ON_THE_WAY));
}

fn standings(wants: &Wants, table: &PeerTable) -> (Vec<ChokerPeer>, Role) {
    let role = if wants.is_complete() { Role::Complete } else { Role::Receiving };
    let standing = |peer: &Peer| ChokerPeer {
        peer: peer.key,
        is_interested: peer.wants_ours,
        is_unchoked: !peer.is_choked,
        from_them: peer.pipeline.per_second(table.now),
        to_them: peer.pace_out.per_second(table.now),
        given: peer.given,
        joined: peer.joined,
        owes: peer.asked() > 0 && table.now.since(peer.useful) >= OWES,
    };
    (table.peers.values().map(standing).collect(), role)
}

fn unchoke(key: PeerKey, table: &mut PeerTable) {
    if let Some(peer) = table.peers.get_mut(&key) {
        peer.is_choked = false;
        table.say(key, PeerMessage::Unchoke);
    }
}

fn choke(key: PeerKey, table: &mut PeerTable) {
    let Some(peer) = table.peers.get_mut(&key) else { return };
    peer.is_choked = true;
    let waiting: Vec<_> = peer.waiting.drain(..).collect();
    table.say(key, PeerMessage::Choke);
    for block in waiting {
        table.reject(key, block);
    }
}
