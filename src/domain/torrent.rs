//! What BitTorrent calls things: the info-hash and the hashes of pieces.
//!
//! In: octets of a .torrent or a magnet. Out: [`InfoHash`], [`PieceHashes`].
//! Reading a .torrent is `catalog::metainfo`'s.

use super::integrity::{hex_of_octets, octets_of_hex};
use std::fmt;
use std::sync::Arc;

/// SHA-1 of a torrent's `info` dictionary as it was published: the name of its swarm.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InfoHash(pub [u8; 20]);

impl InfoHash {
    /// Reads 40 hexadecimal digits, or 32 letters of base 32 as old magnets write it.
    pub fn parse(text: &str) -> Option<Self> {
        let octets = match text.len() {
            40 => octets_of_hex(text)?,
            32 => octets_of_base32(text)?,
            _ => return None,
        };
        Some(Self(octets.try_into().ok()?))
    }

    /// 40 hexadecimal digits in lower case.
    pub fn hex(&self) -> String {
        hex_of_octets(&self.0)
    }
}

impl fmt::Display for InfoHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for InfoHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

/// RFC 4648 base 32 without padding, in either case.
fn octets_of_base32(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for c in text.bytes() {
        let value = match c.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            octets.push(u8::try_from(bits >> held & 0xFF).ok()?);
        }
    }
    Some(octets)
}

/// The SHA-1 of each piece, in order.
#[derive(Clone, PartialEq, Eq)]
pub struct PieceHashes(Arc<[[u8; 20]]>);

impl PieceHashes {
    /// From the `pieces` string of a torrent. `None` when it is not a whole number of hashes.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        let (hashes, rest) = octets.as_chunks::<20>();
        rest.is_empty().then(|| Self(hashes.into()))
    }

    /// From hashes computed here.
    pub fn new(hashes: Vec<[u8; 20]>) -> Self {
        Self(hashes.into())
    }

    /// How many pieces there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no piece at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The hash of `piece`. `None` past the last.
    pub fn get(&self, piece: usize) -> Option<&[u8; 20]> {
        self.0.get(piece)
    }

    /// All hashes one after the other, as a torrent holds them.
    pub fn as_octets(&self) -> &[u8] {
        self.0.as_flattened()
    }
}

impl fmt::Debug for PieceHashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} piece hashes", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_info_hash_is_read_in_hexadecimal_and_in_base_32() {
        let hex = "c9e15763f722f23e98a29decdfae341b98d53056";
        let hash = InfoHash::parse(hex).expect("40 digits");
        assert_eq!(hash.to_string(), hex);
        assert_eq!(InfoHash::parse("ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW"), Some(hash));
        assert_eq!(InfoHash::parse("c9e1"), None);
        assert_eq!(InfoHash::parse("!HQVOY7XELZD5GFCTXWN7LRUDOMNKMCW"), None);
    }

    #[test]
    fn a_string_of_hashes_that_ends_in_the_middle_of_one_is_refused() {
        assert!(PieceHashes::from_octets(&[0; 40]).is_some());
        assert!(PieceHashes::from_octets(&[0; 41]).is_none());
    }
}
