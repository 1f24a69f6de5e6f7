//! Writes bencoding.
//!
//! In: a tree of values whose keys are ours. Out: octets, the same for the same tree: keys are sorted.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// A value to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node<'a> {
    /// A whole number.
    Integer(i64),
    /// A string of octets.
    Text(Cow<'a, [u8]>),
    /// Values in order.
    List(Vec<Self>),
    /// Values by key; a map keeps the keys as BEP 3 wants them: sorted as octets, each once.
    Dictionary(BTreeMap<&'static str, Self>),
    /// A value that is bencoded already and goes out unchanged.
    Encoded(&'a [u8]),
}

impl<'a> Node<'a> {
    /// A string.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(match text.into() {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })
    }

    /// A dictionary of `entries`, in whatever order they come.
    pub fn dictionary<const N: usize>(entries: [(&'static str, Self); N]) -> Self {
        Self::Dictionary(entries.into())
    }

    /// The value as octets.
    pub fn to_octets(&self) -> Vec<u8> {
        let mut octets = Vec::new();
        self.write_to(&mut octets);
        octets
    }

    fn write_to(&self, octets: &mut Vec<u8>) {
        match self {
            Self::Integer(number) => octets.extend_from_slice(format!("i{number}e").as_bytes()),
            Self::Text(text) => write_text(text, octets),
            Self::List(values) => {
                octets.push(b'l');
                values.iter().for_each(|value| value.write_to(octets));
                octets.push(b'e');
            }
            Self::Dictionary(entries) => {
                octets.push(b'd');
                for (key, value) in entries {
                    write_text(key.as_bytes(), octets);
                    value.write_to(octets);
                }
                octets.push(b'e');
            }
            Self::Encoded(encoded) => octets.extend_from_slice(encoded),
        }
    }
}

fn write_text(text: &[u8], octets: &mut Vec<u8>) {
    octets.extend_from_slice(format!("{}:", text.len()).as_bytes());
    octets.extend_from_slice(text);
}
