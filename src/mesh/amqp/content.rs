//! The content of a message as its frames come: headers as text, octets up to the limit that a message of any broker has.
//!
//! In: the frames after a delivery. Out: an [`AmqpMessage`] once all of it came. What goes beyond the limit is passed over and not
//! kept; one octet more than the limit tells whoever reads the message that it was too long.

use super::fields::{FieldBeyondFrame, FieldReader};
use super::frame::AmqpFault;
use super::method::AmqpDelivery;
use super::routing::topic_of;
use bytes::Bytes;

/// Bits of the properties that stand before the headers, and theirs.
const CONTENT_TYPE: u16 = 1 << 15;
const CONTENT_ENCODING: u16 = 1 << 14;
const HEADERS: u16 = 1 << 13;
const MORE_FLAGS: u16 = 1;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmqpMessage {
    /// By which it is acknowledged.
    pub tag: u64,
    /// Whether it was delivered before and not acknowledged.
    pub is_redelivered: bool,
    /// Exchange and routing key as a topic.
    pub topic: String,
    /// Headers that have a text.
    pub headers: Vec<(String, String)>,
    /// Its octets; of one beyond the limit only the first.
    pub payload: Bytes,
}

/// A message of which more is to come.
#[derive(Debug)]
pub(super) struct ContentInParts {
    delivery: AmqpDelivery,
    /// Headers, and how many octets are to come yet. `None` before the header came.
    header: Option<(Vec<(String, String)>, u64)>,
    kept: Vec<u8>,
    most: usize,
}

impl ContentInParts {
    /// A delivery of which at most `most` octets and one more are kept.
    pub(super) fn of(delivery: AmqpDelivery, most: usize) -> Self {
        Self { delivery, header: None, kept: Vec::new(), most }
    }

    /// Takes the header in.
    pub(super) fn note_header(&mut self, payload: &[u8]) -> Result<(), AmqpFault> {
        if self.header.is_some() {
            return Err(AmqpFault::ContentOutOfPlace);
        }
        let mut fields = FieldReader::new(payload);
        fields.octets(4)?;
        let size = fields.u64()?;
        self.header = Some((headers_of(fields).unwrap_or_default(), size));
        Ok(())
    }

    /// Takes a part of the body in.
    pub(super) fn note_body(&mut self, payload: &[u8]) -> Result<(), AmqpFault> {
        let Some((_, left)) = &mut self.header else { return Err(AmqpFault::ContentOutOfPlace) };
        *left = left.checked_sub(payload.len() as u64).ok_or(AmqpFault::ContentOutOfPlace)?;
        let room = (self.most + 1).saturating_sub(self.kept.len());
        self.kept.extend_from_slice(&payload[..payload.len().min(room)]);
        Ok(())
    }

    /// The message, once all of it came; otherwise what came.
    pub(super) fn whole(self) -> Result<AmqpMessage, Box<Self>> {
        let Self { delivery, header: Some((headers, 0)), kept, .. } = self else {
            return Err(Box::new(self));
        };
        Ok(AmqpMessage {
            tag: delivery.tag,
            is_redelivered: delivery.is_redelivered,
            topic: topic_of(&delivery.exchange, &delivery.routing_key),
            headers,
            payload: kept.into(),
        })
    }
}

/// The headers among the properties of a message.
fn headers_of(mut fields: FieldReader<'_>) -> Result<Vec<(String, String)>, FieldBeyondFrame> {
    let flags = fields.u16()?;
    let mut more = flags;
    while more & MORE_FLAGS != 0 {
        more = fields.u16()?;
    }
    for property in [CONTENT_TYPE, CONTENT_ENCODING] {
        if flags & property != 0 {
            fields.short_text()?;
        }
    }
    Ok(if flags & HEADERS == 0 { Vec::new() } else { fields.headers() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery() -> AmqpDelivery {
        AmqpDelivery {
            tag: 7,
            is_redelivered: false,
            exchange: "xpublic".to_owned(),
            routing_key: "v02.post.a".to_owned(),
        }
    }

    fn header(size: u64, properties: &[u8]) -> Vec<u8> {
        [&[0, 60, 0, 0], &size.to_be_bytes()[..], properties].concat()
    }

    #[test]
    fn a_message_is_whole_when_as_much_came_as_was_announced() {
        let mut content = ContentInParts::of(delivery(), 100);
        let properties = b"\xe0\0\x0atext/plain\x04gzip\0\0\0\x0c\x03sumS\0\0\0\x03d,0";
        content.note_header(&header(6, properties)).expect("sound");
        content.note_body(b"abc").expect("sound");
        let mut content = *content.whole().expect_err("more is to come");
        content.note_body(b"def").expect("sound");
        let message = content.whole().expect("all came");
        assert_eq!((message.tag, message.topic.as_str()), (7, "xpublic/v02/post/a"));
        assert_eq!(message.headers, [("sum".to_owned(), "d,0".to_owned())]);
        assert_eq!(&message.payload[..], b"abcdef");
    }

    #[test]
    fn what_is_beyond_the_limit_is_passed_over_and_shows_that_there_was_more() {
        let mut content = ContentInParts::of(delivery(), 10);
        content.note_header(&header(100_000_000, b"\0\0")).expect("sound");
        for _ in 0..1_000 {
            content.note_body(&[b'x'; 100_000]).expect("sound");
        }
        assert!(content.kept.capacity() < 100, "{}", content.kept.capacity());
        assert_eq!(content.whole().map(|message| message.payload.len()).ok(), Some(11));
    }

    #[test]
    fn more_than_was_announced_is_a_fault_and_a_lie_about_the_length_reserves_nothing() {
        let mut content = ContentInParts::of(delivery(), 10);
        assert_eq!(content.note_body(b"a"), Err(AmqpFault::ContentOutOfPlace));
        content.note_header(&header(2, b"\0\0")).expect("sound");
        assert_eq!(content.note_header(&header(2, b"\0\0")), Err(AmqpFault::ContentOutOfPlace));
        assert_eq!(content.note_body(b"abc"), Err(AmqpFault::ContentOutOfPlace));
        let mut lying = ContentInParts::of(delivery(), 10);
        lying.note_header(&header(u64::MAX, b"\0\0")).expect("it may yet come");
        assert_eq!(lying.kept.capacity(), 0);
    }

    #[test]
    fn properties_that_lie_leave_a_message_without_headers() {
        for properties in
            [b"".as_slice(), b"\xff", b"\x80\0\xffabc", b"\x20\x01\xff\xff", b"\x20\0\xff\xff\xff\xff"]
        {
            let mut content = ContentInParts::of(delivery(), 10);
            content.note_header(&header(0, properties)).expect("sound");
            assert_eq!(content.whole().map(|message| message.headers).ok(), Some(Vec::new()));
        }
    }
}
