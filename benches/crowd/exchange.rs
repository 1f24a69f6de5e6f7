//! Asking, giving, and what follows from a block that came.

use super::{DELAY, End, Event, PUBLISHER, SECOND, Way, World};
use crate::wheel::Micros;
use nuee::swarm::picker::{Arrival, Asker};
use nuee::swarm::pieces::PieceSet;
use nuee::swarm::{Block, PeerKey};

/// HTTP fetches any missing piece when none came of peers for so long.
const PATIENCE: Micros = 5 * SECOND;

/// How often HTTP looks whether there is something to fetch.
const LOOK: Micros = SECOND / 4;

impl World {
    pub(super) fn ask_all(&mut self, node: usize) {
        (0..self.nodes[node].sides.len()).for_each(|side| self.ask(End { node, side }));
    }

    /// Asks the other end for what there is room for.
    pub(super) fn ask(&mut self, end: End) {
        let now = self.now();
        let node = &mut self.nodes[end.node];
        let side = &mut node.sides[end.side];
        if !side.is_unchoked_by || !side.is_alive || side.useful == 0 {
            return;
        }
        let room = side.pipeline.room(now);
        if room == 0 {
            return;
        }
        let peer = PeerKey(end.side as u32);
        let has = &self.told[side.other.node];
        let blocks = node.picker.pick(Asker { peer, has, may_begin: true, refused: &self.none }, room);
        side.pipeline.on_asked(blocks.len(), now);
        side.asked.extend(&blocks);
        let other = side.other;
        self.enqueue(other, &blocks);
    }

    /// Requests reach the other end after a while.
    fn enqueue(&mut self, at: End, blocks: &[Block]) {
        let ready = self.wheel.now() + DELAY;
        let node = &mut self.nodes[at.node];
        let side = &mut node.sides[at.side];
        if !side.unchokes || !side.is_alive || blocks.is_empty() {
            return;
        }
        side.queue.extend(blocks.iter().map(|block| (*block, ready)));
        if !std::mem::replace(&mut side.is_in_ring, true) {
            node.ring.push_back(at.side);
        }
        if !std::mem::replace(&mut node.is_up_waiting, true) {
            self.wheel.at(ready.max(node.up_free), Event::Uplink(at.node));
        }
    }

    /// Sends the next block, each side in turn.
    pub(super) fn uplink(&mut self, number: usize) {
        let (now, steady) = (self.wheel.now(), self.now());
        let node = &mut self.nodes[number];
        node.is_up_waiting = false;
        let mut soonest = Micros::MAX;
        for _ in 0..node.ring.len() {
            let Some(place) = node.ring.pop_front() else { break };
            let side = &mut node.sides[place];
            let Some((block, ready)) = side.queue.front().copied() else {
                side.is_in_ring = false;
                continue;
            };
            if ready > now {
                soonest = soonest.min(ready);
                node.ring.push_back(place);
                continue;
            }
            side.queue.pop_front();
            side.is_in_ring = !side.queue.is_empty();
            side.to_them.add(block.length, steady);
            side.given += u64::from(block.length);
            let to = side.other;
            if side.is_in_ring {
                node.ring.push_back(place);
            }
            node.up_free = now.max(node.up_free) + (f64::from(block.length) / node.up * 1e6) as Micros;
            soonest = node.up_free;
            let sent = node.up_free + DELAY;
            self.left_publisher += if number == PUBLISHER { u64::from(block.length) } else { 0 };
            let taker = &mut self.nodes[to.node];
            taker.down_free =
                taker.down_free.max(sent) + (f64::from(block.length) / taker.down * 1e6) as Micros;
            let number = self.shape.number_of(block).unwrap_or(0);
            self.wheel.at(taker.down_free, Event::Block { to, piece: block.piece, number });
            break;
        }
        if soonest < Micros::MAX {
            self.nodes[number].is_up_waiting = true;
            self.wheel.at(soonest, Event::Uplink(number));
        }
    }

    pub(super) fn block(&mut self, end: End, piece: u32, number: u32) {
        let now = self.now();
        let node = &mut self.nodes[end.node];
        let Some(block) = self.shape.block(piece, number).filter(|_| node.is_alive) else { return };
        self.blocks += 1;
        let side = &mut node.sides[end.side];
        if side.way == Way::Http {
            self.http_block(end.node);
            return;
        }
        if let Some(place) = side.asked.iter().position(|asked| *asked == block) {
            side.asked.remove(place);
        }
        side.pipeline.on_block(block.length, now);
        match node.picker.arrived(PeerKey(end.side as u32), block) {
            Arrival::First { others, is_whole } => {
                for other in others {
                    self.cancel(End { node: end.node, side: other.0 as usize }, block);
                }
                if is_whole {
                    self.nodes[end.node].last_of_peers = self.wheel.now();
                    self.hold(end.node, piece);
                }
            }
            Arrival::Again | Arrival::Unwanted => self.wasted += 1,
        }
        self.ask(end);
    }

    fn cancel(&mut self, end: End, block: Block) {
        let now = self.now();
        let side = &mut self.nodes[end.node].sides[end.side];
        if let Some(place) = side.asked.iter().position(|asked| *asked == block) {
            side.asked.remove(place);
            side.pipeline.on_lost(1, now);
        }
        let other = side.other;
        self.nodes[other.node].sides[other.side].queue.retain(|(queued, _)| *queued != block);
    }

    /// What an end was asked for goes to others.
    pub(super) fn give_back(&mut self, end: End) {
        let now = self.now();
        let node = &mut self.nodes[end.node];
        let side = &mut node.sides[end.side];
        let asked: Vec<Block> = side.asked.drain(..).collect();
        side.pipeline.on_lost(asked.len(), now);
        node.picker.returned(PeerKey(end.side as u32), &asked);
        let other = side.other;
        self.nodes[other.node].sides[other.side].queue.clear();
    }

    fn hold(&mut self, number: usize, piece: u32) {
        let now = self.wheel.now();
        let node = &mut self.nodes[number];
        let cancelled = node.picker.held(piece);
        if !node.missing.remove(piece) {
            self.wasted += u64::from(self.shape.blocks_of(piece));
            return;
        }
        let is_done = node.missing.is_empty();
        for (peer, block) in cancelled {
            let end = End { node: number, side: peer.0 as usize };
            self.cancel(end, block);
            self.ask(end);
        }
        for side in 0..self.nodes[number].sides.len() {
            let mine = &mut self.nodes[number].sides[side];
            if mine.way == Way::Peer && mine.is_alive && self.told[mine.other.node].has(piece) {
                mine.useful -= 1;
                self.tell_interest(End { node: number, side });
            }
        }
        self.wheel.at(now + DELAY, Event::Have { node: number, piece });
        if is_done {
            self.nodes[number].done = Some(now);
            self.unfinished -= 1;
            if self.scenario.one_leaver_in > 0 && number.is_multiple_of(self.scenario.one_leaver_in) {
                self.wheel.at(now + 5 * SECOND, Event::Leave(number));
            }
        }
    }

    /// Neighbours learn of a piece.
    pub(super) fn have(&mut self, number: usize, piece: u32) {
        if !self.nodes[number].is_alive || !self.told[number].insert(piece) {
            return;
        }
        for side in 0..self.nodes[number].sides.len() {
            let mine = &self.nodes[number].sides[side];
            if !mine.is_alive || mine.way == Way::Http || mine.other.node == PUBLISHER {
                continue;
            }
            let other = mine.other;
            let neighbour = &mut self.nodes[other.node];
            neighbour.picker.peer_has(piece);
            if neighbour.missing.has(piece) {
                neighbour.sides[other.side].useful += 1;
                self.tell_interest(other);
                self.ask(other);
            }
        }
    }

    /// Takes back what stuck peers were asked for.
    pub(super) fn watch(&mut self, number: usize) {
        let now = self.now();
        let node = &self.nodes[number];
        if !node.is_alive || node.done.is_some() {
            return;
        }
        let is_stuck = |side: &usize| node.sides[*side].is_alive && node.sides[*side].pipeline.is_stuck(now);
        let stuck: Vec<usize> = (0..node.sides.len()).filter(is_stuck).collect();
        if !stuck.is_empty() {
            stuck.into_iter().for_each(|side| self.give_back(End { node: number, side }));
            self.ask_all(number);
        }
        self.wheel.at(self.wheel.now() + SECOND, Event::Watch(number));
    }

    /// Fetches one piece from the web seed, if that is due.
    pub(super) fn http(&mut self, number: usize) {
        let now = self.wheel.now();
        let node = &mut self.nodes[number];
        let Some(side) = node.http_side.filter(|_| node.is_alive && node.done.is_none()) else { return };
        if node.claimed.is_some() {
            return;
        }
        let unasked = node.missing.minus(&node.picker.in_flight());
        let offered = unasked.both(node.picker.offered()).count();
        let mut open = unasked.minus(node.picker.offered());
        if now - node.last_of_peers > PATIENCE {
            open = unasked;
        } else if offered >= self.scenario.http_below {
            open = self.none.clone();
        }
        let chosen = (!open.is_empty()).then(|| self.random.usize(0..open.count() as usize));
        let Some(piece) = chosen.and_then(|place| open.iter().nth(place)) else {
            self.wheel.at(now + LOOK, Event::Http(number));
            return;
        };
        let blocks = (0..self.shape.blocks_of(piece)).filter_map(|block| self.shape.block(piece, block));
        let blocks: Vec<Block> = blocks.collect();
        node.claimed = Some((piece, blocks.len()));
        node.picker.elsewhere(&PieceSet::of(self.shape.pieces, |other| other == piece));
        let other = node.sides[side].other;
        self.enqueue(other, &blocks);
    }

    fn http_block(&mut self, number: usize) {
        let node = &mut self.nodes[number];
        let Some((piece, left)) = node.claimed else { return };
        node.claimed = (left > 1).then_some((piece, left - 1));
        if left <= 1 {
            node.picker.elsewhere(&self.none);
            self.hold(number, piece);
            self.http(number);
        }
    }
}
