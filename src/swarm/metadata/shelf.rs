//! The description of a torrent, for those who have only its info-hash.
//!
//! In: the octets of `info`, requests. Out: parts, or a refusal to who asks for more than it can need.

use super::{METADATA_PART, part_length};
use crate::swarm::PeerKey;
use crate::swarm::extension::{LONGEST_METADATA, MetadataMessage};
use bytes::Bytes;
use std::collections::BTreeMap;

/// How often the whole description is given to one peer.
const MOST_TIMES: u64 = 2;

/// Gives parts of our description.
#[derive(Debug)]
pub struct MetadataShelf {
    info: Bytes,
    size: u32,
    given: BTreeMap<PeerKey, u64>,
}

impl MetadataShelf {
    /// Holds the `info` dictionary exactly as its SHA-1 was computed. `None` when it is empty or longer than 32 MiB.
    pub fn new(info: Bytes) -> Option<Self> {
        let size = u32::try_from(info.len()).ok().filter(|size| (1..=LONGEST_METADATA).contains(size))?;
        Some(Self { info, size, given: BTreeMap::new() })
    }

    /// Octets of the description, which the handshake of extensions tells.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// What to answer a peer that wants a part: the part, a view of our octets; a refusal where there is no such part
    /// and when the peer has had all of it twice.
    pub fn answer(&mut self, peer: PeerKey, part: u32) -> MetadataMessage {
        let length = part_length(self.size, part);
        let given = self.given.entry(peer).or_default();
        if length == 0 || *given + u64::from(length) > MOST_TIMES * u64::from(self.size) {
            return MetadataMessage::Reject(part);
        }
        *given += u64::from(length);
        let begin = part as usize * METADATA_PART as usize;
        let data = self.info.slice(begin..begin + length as usize);
        MetadataMessage::Data { part, total_size: Some(self.size), data }
    }

    /// The connection to a peer ended.
    pub fn forget(&mut self, peer: PeerKey) {
        self.given.remove(&peer);
    }
}
