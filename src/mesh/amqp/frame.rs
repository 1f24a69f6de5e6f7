//! Frames of AMQP 0-9-1: taken from octets that came, never longer than was agreed.
//!
//! In: octets, as they come. Out: one `AmqpFrame` after the other, or an `AmqpFault` that ends the connection (§4.2.3). The length
//! of a frame is judged before its octets are waited for.

use super::fields::FieldBeyondFrame;
use bytes::{Buf, Bytes, BytesMut};

/// What a client says first.
pub const PREAMBLE: [u8; 8] = *b"AMQP\0\0\x09\x01";

/// Octets of a frame around what it carries.
const AROUND: usize = 8;

const FRAME_END: u8 = 0xCE;

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameKind {
    Method,
    Header,
    Body,
    Heartbeat,
}

impl FrameKind {
    pub(super) const fn octet(self) -> u8 {
        match self {
            Self::Method => 1,
            Self::Header => 2,
            Self::Body => 3,
            Self::Heartbeat => 8,
        }
    }

    fn of(octet: u8) -> Result<Self, AmqpFault> {
        match octet {
            1 => Ok(Self::Method),
            2 => Ok(Self::Header),
            3 => Ok(Self::Body),
            8 => Ok(Self::Heartbeat),
            // A broker of another version says its own first words instead.
            b'A' => Err(AmqpFault::OtherVersion),
            other => Err(AmqpFault::UnknownFrame(other)),
        }
    }
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AmqpFrame {
    pub(super) kind: FrameKind,
    pub(super) channel: u16,
    pub(super) payload: Bytes,
}

/// What a broker sends that is not AMQP 0-9-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmqpFault {
    /// It speaks another version of AMQP.
    #[error("it speaks another version of AMQP than 0-9-1")]
    OtherVersion,
    /// It speaks something else.
    #[error("a frame of unknown kind {0}")]
    UnknownFrame(u8),
    /// A frame longer than was agreed; its length in octets.
    #[error("a frame of {0} octets")]
    FrameTooLong(u32),
    /// A frame does not end where it says.
    #[error("a frame without its end")]
    NoFrameEnd,
    /// A field goes beyond the end of its frame.
    #[error(transparent)]
    Field(#[from] FieldBeyondFrame),
    /// A method that has no place here; its class and number.
    #[error("method {0}.{1} out of place")]
    OutOfPlace(u16, u16),
    /// Content that has no place here, or more of it than was announced.
    #[error("content out of place")]
    ContentOutOfPlace,
    /// It accepts no user with a password.
    #[error("it offers no PLAIN authentication")]
    NoPlain,
    /// It allows frames shorter than the protocol does; their length in octets.
    #[error("it allows frames of {0} octets only")]
    FramesTooShort(u32),
}

/// Takes the first frame from `buffer`, of `largest` octets at most. `None` when more of it is to come.
pub(super) fn take_frame(buffer: &mut BytesMut, largest: usize) -> Result<Option<AmqpFrame>, AmqpFault> {
    let Some(&first) = buffer.first() else { return Ok(None) };
    let kind = FrameKind::of(first)?;
    let Some(head) = buffer.get(..7) else { return Ok(None) };
    let channel = u16::from_be_bytes([head[1], head[2]]);
    let said = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
    let length = usize::try_from(said).unwrap_or(usize::MAX);
    if length > largest.saturating_sub(AROUND) {
        return Err(AmqpFault::FrameTooLong(said));
    }
    if buffer.len() < length + AROUND {
        return Ok(None);
    }
    let mut frame = buffer.split_to(length + AROUND);
    if frame[length + AROUND - 1] != FRAME_END {
        return Err(AmqpFault::NoFrameEnd);
    }
    frame.advance(7);
    frame.truncate(length);
    Ok(Some(AmqpFrame { kind, channel, payload: frame.freeze() }))
}

/// Writes a frame.
pub(super) fn put_frame(out: &mut BytesMut, kind: FrameKind, channel: u16, payload: &[u8]) {
    let length = u32::try_from(payload.len()).expect("our own frames are short");
    out.extend_from_slice(&[kind.octet()]);
    out.extend_from_slice(&channel.to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(payload);
    out.extend_from_slice(&[FRAME_END]);
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGEST: usize = 1_000;

    fn taken(octets: &[u8]) -> Result<Option<AmqpFrame>, AmqpFault> {
        take_frame(&mut BytesMut::from(octets), LARGEST)
    }

    #[test]
    fn a_frame_is_taken_once_all_of_it_is_there() {
        let mut out = BytesMut::new();
        put_frame(&mut out, FrameKind::Body, 1, b"body");
        put_frame(&mut out, FrameKind::Heartbeat, 0, b"");
        let first_length = 4 + AROUND;
        for length in 0..first_length {
            assert_eq!(taken(&out[..length]), Ok(None), "{length}");
        }
        let first = take_frame(&mut out, LARGEST).expect("sound").expect("whole");
        assert_eq!((first.kind, first.channel, &first.payload[..]), (FrameKind::Body, 1, b"body".as_slice()));
        let second = take_frame(&mut out, LARGEST).expect("sound").expect("whole");
        assert_eq!((second.kind, out.len()), (FrameKind::Heartbeat, 0));
    }

    #[test]
    fn a_frame_that_lies_is_refused_before_its_octets_are_waited_for() {
        assert_eq!(taken(&[3, 0, 1, 0xff, 0xff, 0xff, 0xff]), Err(AmqpFault::FrameTooLong(u32::MAX)));
        assert_eq!(taken(&[3, 0, 1, 0, 0, 3, 0xe1]), Err(AmqpFault::FrameTooLong(993)));
        assert_eq!(taken(&[3, 0, 1, 0, 0, 0, 1, b'x', 0]), Err(AmqpFault::NoFrameEnd));
        assert_eq!(taken(b"HTTP/1.1 400 Bad Request"), Err(AmqpFault::UnknownFrame(b'H')));
        assert_eq!(taken(b"AMQP\x03\x01\0\0"), Err(AmqpFault::OtherVersion));
    }
}
