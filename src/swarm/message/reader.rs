//! Cuts what comes from a peer into messages.
//!
//! In: octets, cut anywhere. Out: whole messages that are views of them. The head of a message is judged before its body
//! is waited for: a length that was read allocates nothing, and what means nothing to us is read over without being kept.

use super::{LARGEST_BLOCK, LONGEST_EXTENDED, LONGEST_MESSAGE, MessageError, PeerMessage, id};
use crate::swarm::Block;
use bytes::{Buf, Bytes, BytesMut};

/// Octets of the length that stands before each message.
const LENGTH: usize = 4;

/// Octets of what is read over that are asked for at a time.
const SKIP_STEP: usize = 16 << 10;

/// Reads the messages of one connection, after the handshake.
#[derive(Clone, Debug)]
pub struct Reader {
    /// `None` while the description of the torrent is not known.
    pieces: Option<u32>,
    skipped: Option<Skipped>,
}

/// A message that is read over.
#[derive(Clone, Copy, Debug)]
struct Skipped {
    id: u8,
    left: usize,
}

impl Reader {
    /// For a torrent of so many pieces; `None` while its description is not known: bitfields may then be of any length
    /// up to 1 MiB.
    pub fn new(pieces: Option<u32>) -> Self {
        Self { pieces, skipped: None }
    }

    /// From now on the torrent has so many pieces, and messages are held to that.
    pub fn learn_pieces(&mut self, pieces: u32) {
        self.pieces = Some(pieces);
    }

    /// Takes one whole message off the front of `input`. `None`: more octets are needed, [`Self::wants`] says how many.
    ///
    /// Payloads are views of `input`'s memory: whoever keeps one keeps that memory.
    ///
    /// # Errors
    /// What is wrong with the message at the front, as soon as its head shows it. Nothing can be read afterwards.
    pub fn take(&mut self, input: &mut BytesMut) -> Result<Option<PeerMessage>, MessageError> {
        if let Some(skipped) = self.skipped {
            return Ok(self.skip(skipped, input));
        }
        let Some(octets) = input.first_chunk().map(|length| u32::from_be_bytes(*length)) else {
            return Ok(None);
        };
        if octets == 0 {
            input.advance(LENGTH);
            return Ok(Some(PeerMessage::KeepAlive));
        }
        let Some(&id) = input.get(LENGTH) else { return Ok(None) };
        let kind = Kind::of(id);
        kind.judge(octets, self.pieces)?;
        if let Kind::Unknown = kind {
            input.advance(LENGTH + 1);
            return Ok(self.skip(Skipped { id, left: octets as usize - 1 }, input));
        }
        let whole = LENGTH + octets as usize;
        if input.len() < whole {
            return Ok(None);
        }
        let mut payload = input.split_to(whole).freeze();
        payload.advance(LENGTH + 1);
        Ok(Some(kind.message(id, payload)))
    }

    /// How many more octets the message under way needs before [`Self::take`] can do something: 1 to 1 MiB, for 5 octets
    /// while its head is not whole. Zero when `take` has not been asked yet.
    pub fn wants(&self, input: &BytesMut) -> usize {
        if let Some(skipped) = self.skipped {
            return skipped.left.min(SKIP_STEP).saturating_sub(input.len());
        }
        let Some(octets) = input.first_chunk().map(|length| u32::from_be_bytes(*length)) else {
            return LENGTH + 1 - input.len();
        };
        let known = input.get(LENGTH).map(|id| Kind::of(*id));
        match known {
            None => usize::from(octets > 0),
            Some(kind) if kind.judge(octets, self.pieces).is_ok() => {
                (LENGTH + octets as usize).saturating_sub(input.len())
            }
            Some(_) => 0,
        }
    }

    fn skip(&mut self, skipped: Skipped, input: &mut BytesMut) -> Option<PeerMessage> {
        let here = skipped.left.min(input.len());
        input.advance(here);
        let left = skipped.left - here;
        self.skipped = (left > 0).then_some(Skipped { left, ..skipped });
        self.skipped.is_none().then_some(PeerMessage::Unknown(skipped.id))
    }
}

/// What a message is, known from its first octet.
#[derive(Clone, Copy)]
enum Kind {
    /// The octet is all there is.
    Bare(&'static str, fn() -> PeerMessage),
    /// The number of a piece follows.
    Piece(&'static str, fn(u32) -> PeerMessage),
    /// A block follows.
    Block(&'static str, fn(Block) -> PeerMessage),
    Port,
    Bitfield,
    Data,
    Extended,
    Unknown,
}

impl Kind {
    fn of(id: u8) -> Self {
        match id {
            id::CHOKE => Self::Bare("choke", || PeerMessage::Choke),
            id::UNCHOKE => Self::Bare("unchoke", || PeerMessage::Unchoke),
            id::INTERESTED => Self::Bare("interested", || PeerMessage::Interested),
            id::NOT_INTERESTED => Self::Bare("not interested", || PeerMessage::NotInterested),
            id::HAVE => Self::Piece("have", PeerMessage::Have),
            id::BITFIELD => Self::Bitfield,
            id::REQUEST => Self::Block("request", PeerMessage::Request),
            id::PIECE => Self::Data,
            id::CANCEL => Self::Block("cancel", PeerMessage::Cancel),
            id::PORT => Self::Port,
            id::SUGGEST => Self::Piece("suggest", PeerMessage::Suggest),
            id::HAVE_ALL => Self::Bare("have all", || PeerMessage::HaveAll),
            id::HAVE_NONE => Self::Bare("have none", || PeerMessage::HaveNone),
            id::REJECT => Self::Block("reject", PeerMessage::Reject),
            id::ALLOWED_FAST => Self::Piece("allowed fast", PeerMessage::AllowedFast),
            id::EXTENDED => Self::Extended,
            _ => Self::Unknown,
        }
    }

    /// Whether a message of this kind may have so many octets, the one of its kind included.
    fn judge(self, octets: u32, pieces: Option<u32>) -> Result<(), MessageError> {
        match self {
            Self::Bare(message, _) => exactly(message, octets, 1),
            Self::Piece(message, _) => exactly(message, octets, 5),
            Self::Block(message, _) => exactly(message, octets, 13),
            Self::Port => exactly("port", octets, 3),
            Self::Bitfield => match pieces {
                Some(pieces) => exactly("bitfield", octets, 1 + pieces.div_ceil(8)),
                None => between("bitfield", octets, 2, LONGEST_MESSAGE),
            },
            Self::Data => between("block", octets, 10, 9 + LARGEST_BLOCK),
            Self::Extended => {
                let most = if pieces.is_some() { LONGEST_EXTENDED } else { LONGEST_MESSAGE };
                between("extended message", octets, 2, most)
            }
            Self::Unknown => between("unknown message", octets, 1, LONGEST_MESSAGE),
        }
    }

    /// The message whose length was judged; `payload` is what stands behind `id`.
    fn message(self, id: u8, mut payload: Bytes) -> PeerMessage {
        match self {
            Self::Bare(_, make) => make(),
            Self::Piece(_, make) => make(payload.get_u32()),
            Self::Block(_, make) => {
                make(Block { piece: payload.get_u32(), begin: payload.get_u32(), length: payload.get_u32() })
            }
            Self::Port => PeerMessage::Port(payload.get_u16()),
            Self::Bitfield => PeerMessage::Bitfield(payload),
            Self::Data => {
                PeerMessage::Piece { piece: payload.get_u32(), begin: payload.get_u32(), data: payload }
            }
            Self::Extended => PeerMessage::Extended { id: payload.get_u8(), payload },
            Self::Unknown => PeerMessage::Unknown(id),
        }
    }
}

fn exactly(message: &'static str, octets: u32, expected: u32) -> Result<(), MessageError> {
    (octets == expected).then_some(()).ok_or(MessageError::WrongLength { message, octets, expected })
}

fn between(message: &'static str, octets: u32, least: u32, most: u32) -> Result<(), MessageError> {
    if octets < least {
        return Err(MessageError::TooShort { message, octets, least });
    }
    (octets <= most).then_some(()).ok_or(MessageError::TooLong { message, octets, most })
}
