//! The first 68 octets of a connection, both ways (BEP 3).
//!
//! In: which torrent, and who; or 68 octets. Out: the other. Whether the torrent is one of ours is the caller's to say.

use super::MessageError;
use crate::domain::torrent::InfoHash;

const PROTOCOL: &[u8; 20] = b"\x13BitTorrent protocol";

/// The octet of `reserved` and the bit in it with which the extension protocol is offered (BEP 10).
const EXTENSIONS: (usize, u8) = (5, 0x10);

/// The same for the fast extension (BEP 6).
const FAST: (usize, u8) = (7, 0x04);

/// The same for the DHT (BEP 5).
const DHT: (usize, u8) = (7, 0x01);

/// Who speaks, of which torrent, and which extensions of the protocol it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// Bits that offer extensions.
    pub reserved: [u8; 8],
    /// The torrent.
    pub info_hash: InfoHash,
    /// The name that the client gives itself.
    pub peer_id: [u8; 20],
}

impl Handshake {
    /// Octets of every handshake.
    pub const LENGTH: usize = 68;

    /// What we say: we speak the extension protocol and the fast extension.
    pub fn ours(info_hash: InfoHash, peer_id: [u8; 20]) -> Self {
        let mut reserved = [0; 8];
        for (octet, bit) in [EXTENSIONS, FAST] {
            reserved[octet] |= bit;
        }
        Self { reserved, info_hash, peer_id }
    }

    /// The same, saying that we take part in the DHT.
    pub fn with_dht(mut self) -> Self {
        self.reserved[DHT.0] |= DHT.1;
        self
    }

    /// The handshake as it is sent.
    pub fn to_octets(&self) -> [u8; Self::LENGTH] {
        let mut octets = [0; Self::LENGTH];
        octets[..20].copy_from_slice(PROTOCOL);
        octets[20..28].copy_from_slice(&self.reserved);
        octets[28..48].copy_from_slice(&self.info_hash.0);
        octets[48..].copy_from_slice(&self.peer_id);
        octets
    }

    /// Reads what a peer sent first.
    ///
    /// # Errors
    /// [`MessageError::NotBitTorrent`] when it begins otherwise.
    pub fn read(octets: &[u8; Self::LENGTH]) -> Result<Self, MessageError> {
        let (protocol, rest) = octets.split_first_chunk().ok_or(MessageError::NotBitTorrent)?;
        let (reserved, rest) = rest.split_first_chunk().ok_or(MessageError::NotBitTorrent)?;
        let (info_hash, rest) = rest.split_first_chunk().ok_or(MessageError::NotBitTorrent)?;
        let peer_id = rest.first_chunk().ok_or(MessageError::NotBitTorrent)?;
        if protocol != PROTOCOL {
            return Err(MessageError::NotBitTorrent);
        }
        Ok(Self { reserved: *reserved, info_hash: InfoHash(*info_hash), peer_id: *peer_id })
    }

    /// Whether the sender knows the fast extension (BEP 6).
    pub fn speaks_fast(&self) -> bool {
        self.offers(FAST)
    }

    /// Whether the sender knows the extension protocol (BEP 10).
    pub fn speaks_extensions(&self) -> bool {
        self.offers(EXTENSIONS)
    }

    /// Whether the sender takes part in the DHT (BEP 5).
    pub fn speaks_dht(&self) -> bool {
        self.offers(DHT)
    }

    fn offers(&self, (octet, bit): (usize, u8)) -> bool {
        self.reserved[octet] & bit != 0
    }
}
