//! Small files that travel inside their announcement.
//!
//! In: the beginning of a file and its length. Out: `{encoding, value}`, as text where it is text, else as base64.

use super::{FileFacts, Inlining, PostForm};
use crate::mesh::integrity::BASE64;
use base64::Engine;

/// Content as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mesh) struct Content {
    pub(in crate::mesh) encoding: &'static str,
    pub(in crate::mesh) value: String,
    /// How long it is before it is encoded, in octets.
    pub(in crate::mesh) size: u64,
}

/// The content of a file, when it is wanted and small enough for the form. `None` otherwise.
pub(in crate::mesh) fn content_of(
    facts: &FileFacts,
    (form, inlining): (PostForm, Inlining),
) -> Option<Content> {
    let is_whole = facts.head.len() as u64 == facts.length;
    let is_small = facts.head.len() <= form.most_inline();
    if inlining == Inlining::Never || !is_whole || !is_small {
        return None;
    }
    Some(encoded_content(&facts.head))
}

/// Octets as content, as text where they are text.
pub(in crate::mesh) fn encoded_content(octets: &[u8]) -> Content {
    let size = octets.len() as u64;
    let is_plain = |text: &&str| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match std::str::from_utf8(octets).ok().filter(is_plain) {
        Some(text) => Content { encoding: "utf-8", value: text.to_owned(), size },
        None => Content { encoding: "base64", value: BASE64.encode(octets), size },
    }
}
