//! Asking for a part of a torrent's description, and giving it (BEP 9).
//!
//! In: a payload, which is a dictionary and, behind its end, the octets of a part. Out: the message; and back.

use super::{ExtensionError, METADATA_PART, dictionary_of, number};
use crate::catalog::bencode::{self, Node, Value};
use bytes::Bytes;

const REQUEST: i64 = 0;
const DATA: i64 = 1;
const REJECT: i64 = 2;

/// What is said about one part of the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataMessage {
    /// The sender wants this part.
    Request(u32),
    /// A part.
    Data {
        /// Which, counted from 0.
        part: u32,
        /// Octets of the whole description, when the sender says.
        total_size: Option<u32>,
        /// The octets of the part, at most 16 KiB.
        data: Bytes,
    },
    /// The sender does not give this part.
    Reject(u32),
    /// A kind that BEP 9 does not name, to be passed over.
    Unknown(i64),
}

impl MetadataMessage {
    /// Reads a message; the octets of a part are a view of `payload`.
    ///
    /// # Errors
    /// When no dictionary stands at the front, when it names no part, or when more than a part follows.
    pub fn read(payload: &Bytes) -> Result<Self, ExtensionError> {
        let document = bencode::read(payload)?;
        let [kind, part, total_size] =
            dictionary_of(document.value)?.pick(["msg_type", "piece", "total_size"])?;
        let kind = kind.and_then(Value::integer).ok_or(ExtensionError::NoPart)?;
        let part = part.and_then(number).ok_or(ExtensionError::NoPart);
        match kind {
            REQUEST => Ok(Self::Request(part?)),
            REJECT => Ok(Self::Reject(part?)),
            DATA if document.trailing > METADATA_PART as usize => {
                Err(ExtensionError::LongPart { octets: document.trailing })
            }
            DATA => {
                let data = payload.slice(payload.len() - document.trailing..);
                Ok(Self::Data { part: part?, total_size: total_size.and_then(number), data })
            }
            other => Ok(Self::Unknown(other)),
        }
    }

    /// The message as it is sent, under the id that the receiver gave.
    pub fn to_octets(&self) -> Vec<u8> {
        match self {
            Self::Request(part) => head(REQUEST, *part, None),
            Self::Data { part, total_size, data } => {
                let mut octets = head(DATA, *part, *total_size);
                octets.extend_from_slice(data);
                octets
            }
            Self::Reject(part) => head(REJECT, *part, None),
            Self::Unknown(kind) => Node::dictionary([("msg_type", Node::Integer(*kind))]).to_octets(),
        }
    }
}

fn head(kind: i64, part: u32, total_size: Option<u32>) -> Vec<u8> {
    let entries =
        [("msg_type", kind), ("piece", part.into())].map(|(key, number)| (key, Node::Integer(number)));
    let total_size = total_size.map(|size| ("total_size", Node::Integer(size.into())));
    Node::Dictionary(entries.into_iter().chain(total_size).collect()).to_octets()
}
