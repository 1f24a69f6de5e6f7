//! The record of messages that were set aside: one JSON object a line, in a file that does not grow for ever.
//!
//! In: a message, where it came from and why it is set aside. Out: its line, and whether the file has room for it.

use super::admission::AsideReason;
use crate::domain::utc::UtcMillis;
use crate::mesh::integrity::BASE64;
use crate::mesh::recent::Heard;
use base64::Engine;
use serde_json::json;
use std::sync::Arc;

/// Most octets of a message that are kept.
const MOST_KEPT: usize = 4 << 10;

/// Most octets of the file; what is older makes room in a second one of the same length.
const MOST_OF_FILE: u64 = 4 << 20;

/// A message that was set aside.
#[derive(Clone, Debug)]
pub struct MessageAside {
    /// The broker on which it came.
    pub broker: Arc<str>,
    /// The topic.
    pub topic: Box<str>,
    /// When.
    pub at: UtcMillis,
    /// Why.
    pub reason: AsideReason,
    /// Its octets.
    pub message: bytes::Bytes,
}

impl MessageAside {
    /// Of a message that was heard.
    pub fn of(heard: &Heard, broker: &Arc<str>, reason: AsideReason) -> Self {
        let (topic, message) = (heard.topic.clone(), heard.received.raw.clone());
        Self { broker: broker.clone(), topic, at: heard.at, reason, message }
    }

    /// Its line, with a line break: the message as text where it is text, else in base64, cut where it is long.
    pub fn line(&self) -> String {
        let cut = &self.message[..self.message.len().min(MOST_KEPT)];
        let text = match std::str::from_utf8(cut) {
            Ok(text) => Some(text),
            // A character that the cut divides.
            Err(error) if cut.len() < self.message.len() && error.valid_up_to() + 4 > cut.len() => {
                std::str::from_utf8(&cut[..error.valid_up_to()]).ok()
            }
            Err(_) => None,
        };
        let mut line = json!({
            "at": self.at.to_string(), "broker": *self.broker, "topic": self.topic,
            "reason": self.reason.key(), "codes": self.reason.codes(), "detail": self.reason.to_string(),
            "bytes": self.message.len(),
        });
        match text {
            Some(text) => line["message"] = text.into(),
            None => line["message_base64"] = BASE64.encode(cut).into(),
        }
        format!("{line}\n")
    }
}

/// Whether a file of that length has room for a line.
pub fn has_room(length: u64, line: &str) -> bool {
    length == 0 || length.saturating_add(line.len() as u64) <= MOST_OF_FILE
}
