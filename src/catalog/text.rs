//! Text of strangers, whatever its encoding.

use std::borrow::Cow;

/// Text from octets: UTF-8, or else Latin-1, in which every octet is a character.
pub(super) fn text_of(octets: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(octets) {
        Ok(text) => text.into(),
        Err(_) => octets.iter().map(|&octet| char::from(octet)).collect(),
    }
}
