//! Requests of HTTP to the publisher, and their answers.

use super::{ByteCount, DELAY, Event, FetchId, Kind, Order, PUBLISHER, Stream, World, conductor};

impl World {
    pub(super) fn obey_web(&mut self, node: usize, order: Order) {
        match order {
            Order::Fetch { id, range, .. } => {
                let number = self.streams.len() as u32;
                let mut stream = Stream::new(PUBLISHER, node, Kind::Fetch(id));
                stream.asks(range);
                self.streams.push(stream);
                if let Some(client) = &mut self.nodes[node].client {
                    client.fetches.insert(id, number);
                }
                self.wheel.at(self.wheel.now() + DELAY, Event::Asked(number));
            }
            Order::Shorten(fetch, end) => {
                if let Some(stream) = self.fetch(node, fetch) {
                    let stream = &mut self.streams[stream as usize];
                    stream.end = stream.end.min(end).max(stream.at);
                    if stream.came >= end {
                        self.end_fetch(node, fetch);
                    }
                }
            }
            Order::Cancel(fetch) => self.end_fetch(node, fetch),
            Order::LeaveAlone { .. }
            | Order::StartSwarm
            | Order::HandOver(_)
            | Order::Complete
            | Order::Fail => {}
        }
    }

    fn fetch(&self, node: usize, fetch: FetchId) -> Option<u32> {
        self.nodes[node].client.as_ref()?.fetches.get(&fetch).copied()
    }

    /// A request has reached the publisher.
    pub(super) fn offer(&mut self, number: u32) {
        if self.streams[number as usize].is_alive {
            self.queue(number);
        }
    }

    pub(super) fn came_by_http(&mut self, number: u32, fetch: FetchId, end: u64) {
        let stream = &mut self.streams[number as usize];
        if !stream.is_alive {
            return;
        }
        let (node, start) = (stream.to, stream.came);
        stream.came = end;
        let length = self.layout.piece_length();
        self.tell_web(node, conductor::Fact::Answered(fetch));
        self.tell_web(node, conductor::Fact::Received(fetch, ByteCount(end - start)));
        let whole = |at: u64| if at == self.layout.total().0 { at.div_ceil(length) } else { at / length };
        let began = self.streams[number as usize].began;
        let (first, last) = (whole(start).max(began.div_ceil(length)), whole(end));
        for piece in first..last {
            let now = self.now();
            let Some(client) = &mut self.nodes[node].client else { return };
            let (acts, orders) = client.on_piece_by_http(piece as u32, now);
            self.obey(node, acts, orders);
        }
        let stream = &self.streams[number as usize];
        if stream.is_alive && stream.came >= stream.end {
            self.end_fetch(node, fetch);
        }
    }

    fn end_fetch(&mut self, node: usize, fetch: FetchId) {
        let Some(client) = &mut self.nodes[node].client else { return };
        let Some(number) = client.fetches.remove(&fetch) else { return };
        let stream = &mut self.streams[number as usize];
        stream.close();
        let length = self.layout.piece_length();
        let is_whole = stream.came == self.layout.total().0;
        let lost = if is_whole { 0 } else { (stream.came % length).min(stream.came - stream.began) };
        self.tell_web(node, conductor::Fact::Ended { fetch, reason: None, lost: ByteCount(lost) });
    }
}
