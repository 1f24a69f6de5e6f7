//! Uplinks and downlinks: each uplink serves its streams in turn, a block at a time; a downlink caps what comes.

use super::wheel::Micros;
use nuee::domain::octets::ByteRange;
use nuee::swarm::{Block, PeerKey};
use nuee::transfer::conductor::FetchId;
use std::collections::VecDeque;

/// Octets that a stream sends before it is another one's turn.
pub const TURN: u64 = 16 << 10;

/// Where the octets of a stream go, and what they are.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One way of a connection between peers: the key that the sender knows it by, and the receiver.
    Peer { ours: PeerKey, theirs: PeerKey },
    /// The answer to a request of HTTP.
    Fetch(FetchId),
}

/// What flows from one node to another.
#[derive(Debug)]
pub struct Stream {
    pub from: usize,
    pub to: usize,
    pub kind: Kind,
    pub is_alive: bool,
    /// Blocks to send, of a peer.
    pub blocks: VecDeque<Block>,
    /// Octets to send, of an answer: where it is, and where it ends.
    pub at: u64,
    pub end: u64,
    /// The first octet of an answer.
    pub began: u64,
    /// The octet that the receiver has got to.
    pub came: u64,
    pub is_in_turn: bool,
}

impl Stream {
    pub fn new(from: usize, to: usize, kind: Kind) -> Self {
        Self {
            from,
            to,
            kind,
            is_alive: true,
            blocks: VecDeque::new(),
            at: 0,
            end: 0,
            began: 0,
            came: 0,
            is_in_turn: false,
        }
    }

    /// The answer is these octets.
    pub fn asks(&mut self, range: ByteRange) {
        (self.began, self.at, self.came) = (range.start(), range.start(), range.start());
        self.end = range.end();
    }

    pub fn close(&mut self) {
        self.is_alive = false;
        self.blocks = VecDeque::new();
        self.end = self.at;
    }

    fn has_more(&self) -> bool {
        !self.blocks.is_empty() || self.at < self.end
    }
}

/// What a stream sent.
#[derive(Clone, Copy, Debug)]
pub enum Sent {
    Block(Block),
    /// Octets of an answer, up to this one.
    UpTo(u64),
}

/// A node's way into the network and out of it.
#[derive(Debug)]
pub struct Link {
    /// Octets a second.
    up: f64,
    down: f64,
    up_free: Micros,
    down_free: Micros,
    turns: VecDeque<u32>,
    is_waiting: bool,
    /// Octets that left.
    pub sent: u64,
}

impl Link {
    /// In Mbit/s.
    pub fn new(up: f64, down: f64) -> Self {
        let octets = |mbit: f64| mbit * 1e6 / 8.0;
        Self {
            up: octets(up),
            down: octets(down),
            up_free: 0,
            down_free: 0,
            turns: VecDeque::new(),
            is_waiting: false,
            sent: 0,
        }
    }

    /// A stream has something to send. Returns when the link is to be looked at, unless that is settled.
    pub fn queue(&mut self, number: u32, stream: &mut Stream, now: Micros) -> Option<Micros> {
        if !std::mem::replace(&mut stream.is_in_turn, true) {
            self.turns.push_back(number);
        }
        (!std::mem::replace(&mut self.is_waiting, true)).then(|| now.max(self.up_free))
    }

    /// Sends the next block. Returns which stream sent what, and when it is out; `None` when there is nothing to send.
    pub fn send(&mut self, streams: &mut [Stream], now: Micros) -> Option<(u32, Sent, Micros)> {
        self.is_waiting = false;
        loop {
            let number = self.turns.pop_front()?;
            let stream = &mut streams[number as usize];
            stream.is_in_turn = false;
            if !stream.has_more() {
                continue;
            }
            let (sent, octets) = match stream.blocks.pop_front() {
                Some(block) => (Sent::Block(block), u64::from(block.length)),
                None => {
                    let octets = TURN.min(stream.end - stream.at);
                    stream.at += octets;
                    (Sent::UpTo(stream.at), octets)
                }
            };
            if stream.has_more() {
                stream.is_in_turn = true;
                self.turns.push_back(number);
            }
            self.is_waiting = true;
            self.sent += octets;
            self.up_free = now.max(self.up_free) + (octets as f64 / self.up * 1e6) as Micros;
            return Some((number, sent, self.up_free));
        }
    }

    /// When octets that reach this end at `at` have come in.
    pub fn receive(&mut self, octets: u64, at: Micros) -> Micros {
        self.down_free = self.down_free.max(at) + (octets as f64 / self.down * 1e6) as Micros;
        self.down_free
    }
}
