//! Small files that travel inside their announcement.
//!
//! In: the beginning of a file and its length. Out: `{encoding, value}`, as text where it is text, else as base64.

use super::{FileFacts, Inlining, PostTerms};
use crate::mesh::integrity::BASE64;
use base64::Engine;

/// Content as it is written.
pub(in crate::mesh) struct Content {
    pub(in crate::mesh) encoding: &'static str,
    pub(in crate::mesh) value: String,
}

/// The content of a file, when the terms want it and it is small enough. `None` otherwise.
pub(super) fn content_of(facts: &FileFacts, terms: &PostTerms) -> Option<Content> {
    let is_whole = facts.head.len() as u64 == facts.length;
    let is_small = facts.head.len() <= terms.form.most_inline();
    if terms.inlining == Inlining::Never || !is_whole || !is_small {
        return None;
    }
    Some(written(&facts.head))
}

/// Octets as they travel along.
pub(in crate::mesh) fn written(octets: &[u8]) -> Content {
    let is_plain = |text: &&str| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    match std::str::from_utf8(octets).ok().filter(is_plain) {
        Some(text) => Content { encoding: "utf-8", value: text.to_owned() },
        None => Content { encoding: "base64", value: BASE64.encode(octets) },
    }
}
