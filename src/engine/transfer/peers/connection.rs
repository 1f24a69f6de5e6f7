//! One task a connection: reads messages, writes answers and blocks.
//!
//! In: a connection after its handshakes, and [`Order`]s. Out: [`Event`]s. Ends when the other side does, breaks the
//! protocol, or its orders end. What is said goes before blocks, so that a queue of blocks delays no question.

use super::reason_of;
use crate::domain::octets::ByteRange;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileSet, NotGiven};
use crate::engine::transfer::limits::RateLimit;
use crate::swarm::message::{Message, Reader};
use crate::swarm::{Block, PeerKey};
use crate::transfer::reason::Reason;
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::{Sender, UnboundedReceiver};

/// Octets that are read at a time.
const AT_A_TIME: usize = 128 << 10;

/// Messages that are passed on at a time.
const MOST_MESSAGES: usize = 256;

/// Blocks that are read from the disk in one go.
const BLOCKS_AT_A_TIME: usize = 16;

/// How long a peer may take to read what is told it, or one block.
const READ_PATIENCE: Duration = Duration::from_secs(60);

/// What a connection is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Say this.
    Say(Message),
    /// Give this block.
    Give(Block),
}

/// What is seen of a connection.
#[derive(Debug)]
pub(super) enum Event {
    /// It said this.
    Heard(PeerKey, Vec<Message>),
    /// So many octets of blocks went out.
    Given(PeerKey, u32),
    /// A block that it asked for lies in this file, which is not as it was left.
    NotAsLeft(PeerKey, Block, usize),
    /// It ended.
    Left(PeerKey, Reason),
}

/// What connections of one torrent share.
#[derive(Clone, Debug)]
pub(super) struct Common {
    pub(super) files: Arc<FileSet>,
    pub(super) down: Arc<RateLimit>,
    pub(super) up: Arc<RateLimit>,
    pub(super) events: Sender<Event>,
    pub(super) troubles: tokio::sync::mpsc::UnboundedSender<StoreError>,
}

/// Runs a connection to its end.
pub(super) async fn run(
    key: PeerKey,
    stream: TcpStream,
    orders: UnboundedReceiver<Order>,
    common: Common,
    permit: OwnedSemaphorePermit,
) {
    let (read, write) = stream.into_split();
    let pieces = common.files.layout().pieces();
    let why = tokio::select! {
        why = reading(key, read, Reader::new(Some(pieces)), &common) => why,
        why = writing(key, write, orders, &common) => why,
    };
    drop(permit);
    // Nobody listens when the torrent is gone already.
    let _ = common.events.send(Event::Left(key, why)).await;
}

async fn reading(key: PeerKey, mut read: OwnedReadHalf, mut reader: Reader, common: &Common) -> Reason {
    let mut input = BytesMut::new();
    loop {
        input.reserve(AT_A_TIME);
        let came = match read.read_buf(&mut input).await {
            Ok(0) => return Reason::Closed,
            Ok(came) => came,
            Err(error) => return reason_of(&error),
        };
        let mut heard = Vec::new();
        loop {
            let message = match reader.take(&mut input) {
                Ok(message) => message,
                Err(error) => return Reason::Other(error.to_string()),
            };
            let is_last = message.is_none();
            heard.extend(message);
            // Small messages take more memory than octets: whoever floods us with them fills no queue.
            if (is_last && !heard.is_empty()) || heard.len() >= MOST_MESSAGES {
                let heard = Event::Heard(key, std::mem::take(&mut heard));
                if common.events.send(heard).await.is_err() {
                    return Reason::Closed;
                }
            }
            if is_last {
                break;
            }
        }
        common.down.pass(came as u64).await;
    }
}

async fn writing(
    key: PeerKey,
    mut write: OwnedWriteHalf,
    mut orders: UnboundedReceiver<Order>,
    common: &Common,
) -> Reason {
    let mut out = BytesMut::new();
    let mut to_give: VecDeque<Block> = VecDeque::new();
    let mut at_hand: VecDeque<(Block, Result<Bytes, usize>)> = VecDeque::new();
    loop {
        if to_give.is_empty() && at_hand.is_empty() {
            match orders.recv().await {
                Some(order) => note(order, &mut out, &mut to_give),
                None => return Reason::Closed,
            }
        }
        while let Ok(order) = orders.try_recv() {
            note(order, &mut out, &mut to_give);
        }
        if at_hand.is_empty() && !to_give.is_empty() {
            match read_blocks(&mut to_give, common).await {
                Ok(blocks) => at_hand = blocks,
                Err(error) => {
                    let _ = common.troubles.send(error);
                    return Reason::Closed;
                }
            }
        }
        let mut given = 0;
        if let Some((block, data)) = at_hand.pop_front() {
            let data = match data {
                Ok(data) => data,
                Err(file) => {
                    if common.events.send(Event::NotAsLeft(key, block, file)).await.is_err() {
                        return Reason::Closed;
                    }
                    continue;
                }
            };
            common.up.pass(u64::from(block.length)).await;
            out.extend_from_slice(&Message::piece_head(block.piece, block.begin, data.len()));
            out.extend_from_slice(&data);
            given = block.length;
        }
        match tokio::time::timeout(READ_PATIENCE, write.write_all(&out)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return reason_of(&error),
            Err(_) => return Reason::Stalled,
        }
        out.clear();
        if given > 0 && common.events.send(Event::Given(key, given)).await.is_err() {
            return Reason::Closed;
        }
    }
}

fn note(order: Order, out: &mut BytesMut, to_give: &mut VecDeque<Block>) {
    match order {
        Order::Say(message) => message.write(out),
        Order::Give(block) => to_give.push_back(block),
    }
}

/// Reads some of the blocks that are to be given, off the network's threads.
async fn read_blocks(
    to_give: &mut VecDeque<Block>,
    common: &Common,
) -> Result<VecDeque<(Block, Result<Bytes, usize>)>, StoreError> {
    let blocks: Vec<Block> = to_give.drain(..to_give.len().min(BLOCKS_AT_A_TIME)).collect();
    let files = common.files.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let read = |block: Block| {
            let start = u64::from(block.piece) * files.layout().piece_length() + u64::from(block.begin);
            let mut data = vec![0; block.length as usize];
            let range = ByteRange::at(start, u64::from(block.length));
            match range.map_or(Ok(()), |range| files.read_to_give(range, &mut data)) {
                Ok(()) => Ok((block, Ok(Bytes::from(data)))),
                Err(NotGiven::NotAsLeft(file)) => Ok((block, Err(file))),
                Err(NotGiven::Store(error)) => Err(error),
            }
        };
        blocks.into_iter().map(read).collect()
    });
    reading.await.unwrap_or_else(|error| {
        Err(StoreError::from_io("read blocks for a peer", std::io::Error::other(error)))
    })
}
