//! What octets on a connection to a peer mean, within limits (BEP 3, 6, 10), and the octets of what we say.
//!
//! In: octets from strangers, cut anywhere; messages of ours. Out: a [`Handshake`], then [`PeerMessage`]s; octets to send.
//! Judges the form alone: whether a message may come now, and whether its piece exists, is `peer`'s to say.
//! Start reading at [`Reader::take`].

mod handshake;
mod reader;
#[cfg(test)]
mod tests;

pub use handshake::Handshake;
pub use reader::Reader;

use super::Block;
use bytes::{BufMut, Bytes, BytesMut};

/// Most octets of one block that are taken; we ask for 16 KiB, others have been seen to send 128.
pub const LARGEST_BLOCK: u32 = 128 << 10;

/// Most octets of an extended message, of a bitfield, and of a message that means nothing to us, while the description
/// of the torrent is not known.
pub const LONGEST_MESSAGE: u32 = 1 << 20;

/// Most octets of an extended message once the description of the torrent is known.
pub const LONGEST_EXTENDED: u32 = 256 << 10;

/// Octets of a [`PeerMessage::Piece`] before its data.
pub const PIECE_HEAD: usize = 13;

/// Why octets are not what a peer may say. A connection on which this happened cannot be read any further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The connection does not begin as BEP 3 says: something else listens there.
    #[error("does not speak BitTorrent")]
    NotBitTorrent,
    /// A message whose length is fixed has another one.
    #[error("{message} of {octets} octets, which has {expected}")]
    WrongLength {
        /// The message.
        message: &'static str,
        /// What its length says.
        octets: u32,
        /// What it must be.
        expected: u32,
    },
    /// A message is too short to hold what belongs to it.
    #[error("{message} of {octets} octets, which has at least {least}")]
    TooShort {
        /// The message.
        message: &'static str,
        /// What its length says.
        octets: u32,
        /// The least it must be.
        least: u32,
    },
    /// A message is longer than any sound one.
    #[error("{message} of {octets} octets, where {most} are the most")]
    TooLong {
        /// The message.
        message: &'static str,
        /// What its length says.
        octets: u32,
        /// The most it may be.
        most: u32,
    },
}

/// One message of a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerMessage {
    /// Nothing, said so that the connection stays open.
    KeepAlive,
    /// Requests will not be answered.
    Choke,
    /// Requests will be answered.
    Unchoke,
    /// The sender wants pieces that the receiver has.
    Interested,
    /// The sender wants none of them.
    NotInterested,
    /// The sender has this piece now.
    Have(u32),
    /// The pieces that the sender has: [`PieceSet::from_bitfield`](super::pieces::PieceSet::from_bitfield) reads it.
    Bitfield(Bytes),
    /// The sender wants this block.
    Request(Block),
    /// A block.
    Piece {
        /// The piece.
        piece: u32,
        /// Where in the piece the block begins.
        begin: u32,
        /// Its octets, never none.
        data: Bytes,
    },
    /// The sender no longer wants this block.
    Cancel(Block),
    /// UDP port at which the sender takes part in the DHT (BEP 5).
    Port(u16),
    /// The sender would like to give this piece (BEP 6).
    Suggest(u32),
    /// The sender has every piece (BEP 6).
    HaveAll,
    /// The sender has no piece (BEP 6).
    HaveNone,
    /// This request will not be answered (BEP 6).
    Reject(Block),
    /// This piece may be asked for while choked (BEP 6).
    AllowedFast(u32),
    /// A message of an extension (BEP 10); 0 is the handshake of extensions, the others are what that one named.
    Extended {
        /// Which.
        id: u8,
        /// What the extension says: [`extension`](super::extension) reads it.
        payload: Bytes,
    },
    /// A message of a kind that means nothing to us; it was read over.
    Unknown(u8),
}

impl PeerMessage {
    /// Appends the message as it is sent.
    pub fn write(&self, out: &mut BytesMut) {
        match self {
            Self::KeepAlive => out.put_u32(0),
            Self::Choke => write_head(out, id::CHOKE, 0),
            Self::Unchoke => write_head(out, id::UNCHOKE, 0),
            Self::Interested => write_head(out, id::INTERESTED, 0),
            Self::NotInterested => write_head(out, id::NOT_INTERESTED, 0),
            Self::Have(piece) => write_piece_number(out, id::HAVE, *piece),
            Self::Bitfield(octets) => {
                write_head(out, id::BITFIELD, octets.len());
                out.put_slice(octets);
            }
            Self::Request(block) => write_block(out, id::REQUEST, *block),
            Self::Piece { piece, begin, data } => {
                out.put_slice(&Self::piece_head(*piece, *begin, data.len()));
                out.put_slice(data);
            }
            Self::Cancel(block) => write_block(out, id::CANCEL, *block),
            Self::Port(port) => {
                write_head(out, id::PORT, 2);
                out.put_u16(*port);
            }
            Self::Suggest(piece) => write_piece_number(out, id::SUGGEST, *piece),
            Self::HaveAll => write_head(out, id::HAVE_ALL, 0),
            Self::HaveNone => write_head(out, id::HAVE_NONE, 0),
            Self::Reject(block) => write_block(out, id::REJECT, *block),
            Self::AllowedFast(piece) => write_piece_number(out, id::ALLOWED_FAST, *piece),
            Self::Extended { id, payload } => {
                write_head(out, id::EXTENDED, 1 + payload.len());
                out.put_u8(*id);
                out.put_slice(payload);
            }
            Self::Unknown(id) => write_head(out, *id, 0),
        }
    }

    /// What stands before the `length` octets of a block, so that a block read from disk is sent without a copy.
    pub fn piece_head(piece: u32, begin: u32, length: usize) -> [u8; PIECE_HEAD] {
        let mut head = [0; PIECE_HEAD];
        head[..4].copy_from_slice(&length_prefix(9 + length).to_be_bytes());
        head[4] = id::PIECE;
        head[5..9].copy_from_slice(&piece.to_be_bytes());
        head[9..].copy_from_slice(&begin.to_be_bytes());
        head
    }
}

fn write_head(out: &mut BytesMut, id: u8, payload: usize) {
    out.put_u32(length_prefix(1 + payload));
    out.put_u8(id);
}

fn write_piece_number(out: &mut BytesMut, id: u8, piece: u32) {
    write_head(out, id, 4);
    out.put_u32(piece);
}

fn write_block(out: &mut BytesMut, id: u8, block: Block) {
    write_head(out, id, 12);
    out.put_u32(block.piece);
    out.put_u32(block.begin);
    out.put_u32(block.length);
}

/// What we write is made of blocks, bitfields and parts of metadata, all far below 4 GiB.
fn length_prefix(octets: usize) -> u32 {
    u32::try_from(octets).unwrap_or(u32::MAX)
}

/// The first octet of each kind of message (BEP 3, 5, 6, 10).
mod id {
    pub(super) const CHOKE: u8 = 0;
    pub(super) const UNCHOKE: u8 = 1;
    pub(super) const INTERESTED: u8 = 2;
    pub(super) const NOT_INTERESTED: u8 = 3;
    pub(super) const HAVE: u8 = 4;
    pub(super) const BITFIELD: u8 = 5;
    pub(super) const REQUEST: u8 = 6;
    pub(super) const PIECE: u8 = 7;
    pub(super) const CANCEL: u8 = 8;
    pub(super) const PORT: u8 = 9;
    pub(super) const SUGGEST: u8 = 13;
    pub(super) const HAVE_ALL: u8 = 14;
    pub(super) const HAVE_NONE: u8 = 15;
    pub(super) const REJECT: u8 = 16;
    pub(super) const ALLOWED_FAST: u8 = 17;
    pub(super) const EXTENDED: u8 = 20;
}
