//! Bencoding (BEP 3): what .torrent files, tracker answers and magnet metadata are written in.
//!
//! In: octets from strangers. Out: [`Value`]s that borrow them; or, from a [`Node`], octets with sorted keys.
//! Knows nothing of torrents. A length that was read never allocates anything: values are views of checked octets.
//! Start reading at [`read`].

mod node;
mod scan;
#[cfg(test)]
mod tests;

pub use node::Node;

/// Longest input that is looked at: 32 MiB, which holds a torrent of 1.6 million pieces.
pub const LONGEST_INPUT: usize = 32 << 20;

/// Deepest nesting of lists and dictionaries.
pub const DEEPEST: usize = 32;

/// Most values in one document, keys included: twice what a torrent of 100,000 files at ordinary depth needs.
pub const MOST_VALUES: usize = 4_000_000;

/// Why octets are not a bencoded document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BencodeError {
    /// More than 32 MiB.
    #[error("{octets} octets are more than {LONGEST_INPUT}")]
    TooLong {
        /// Length of the input.
        octets: usize,
    },
    /// More than 32 lists and dictionaries inside one another.
    #[error("nested deeper than {DEEPEST} at octet {at}")]
    TooDeep {
        /// Where the one too many begins.
        at: usize,
    },
    /// More than four million values.
    #[error("more than {MOST_VALUES} values")]
    TooManyValues,
    /// The input ends inside a value.
    #[error("ends inside a value at octet {at}")]
    EndsEarly {
        /// Length of the input.
        at: usize,
    },
    /// An octet with which no value begins.
    #[error("octet {octet:#04x} at {at} begins no value")]
    Unexpected {
        /// The octet.
        octet: u8,
        /// Where it stands.
        at: usize,
    },
    /// An integer that is empty, has leading zeros, is minus zero, or does not fit into 64 bits.
    #[error("unsound integer at octet {at}")]
    UnsoundInteger {
        /// Where it begins.
        at: usize,
    },
    /// The length of a string has leading zeros or more digits than any input has octets.
    #[error("unsound length at octet {at}")]
    UnsoundLength {
        /// Where it begins.
        at: usize,
    },
    /// A string says that it is longer than what is left.
    #[error("string of {length} octets at {at}, where {left} are left")]
    LongerThanInput {
        /// Where its length begins.
        at: usize,
        /// What it says.
        length: usize,
        /// What there is.
        left: usize,
    },
    /// A dictionary in which something other than a string stands as a key.
    #[error("key at octet {at} is not a string")]
    KeyNotText {
        /// Where it stands.
        at: usize,
    },
    /// A key that matters stands twice in one dictionary, so two readers could take different values.
    #[error("key {key:?} stands twice")]
    DuplicateKey {
        /// The key.
        key: &'static str,
    },
}

/// A whole document.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// The first value of the input.
    pub value: Value<'a>,
    /// How many octets follow it, which should be none.
    pub trailing: usize,
}

/// Checks all of `octets` and gives a view of them. Linear in their length.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read(octets: &[u8]) -> Result<Document<'_>, BencodeError> {
    let end = scan::check(octets)?;
    let (value, _) = Value::first_of(&octets[..end]).expect("the octets were just checked");
    Ok(Document { value, trailing: octets.len() - end })
}

/// A bencoded value, borrowed from octets that were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A whole number.
    Integer(i64),
    /// A string of octets, mostly UTF-8.
    Text(&'a [u8]),
    /// Values in order.
    List(List<'a>),
    /// Values by key.
    Dictionary(Dictionary<'a>),
}

impl<'a> Value<'a> {
    /// The first value of checked octets and what follows it. `None` at the end, or before the `e` of a container.
    fn first_of(octets: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (value, rest) = octets.split_at_checked(scan::length_of(octets)?)?;
        let value = match value.first()? {
            b'i' => Self::Integer(scan::integer(value.get(1..value.len() - 1)?)?),
            b'l' => Self::List(List { octets: value }),
            b'd' => Self::Dictionary(Dictionary { octets: value }),
            _ => Self::Text(&value[value.iter().position(|&c| c == b':')? + 1..]),
        };
        Some((value, rest))
    }

    /// The number, when it is one.
    pub fn integer(self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(number) } else { None }
    }

    /// The octets of the string, when it is one.
    pub fn text(self) -> Option<&'a [u8]> {
        if let Self::Text(octets) = self { Some(octets) } else { None }
    }

    /// The list, when it is one.
    pub fn list(self) -> Option<List<'a>> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The dictionary, when it is one.
    pub fn dictionary(self) -> Option<Dictionary<'a>> {
        if let Self::Dictionary(dictionary) = self { Some(dictionary) } else { None }
    }
}

/// Values in order, read one by one from checked octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List<'a> {
    octets: &'a [u8],
}

impl<'a> List<'a> {
    /// The values in order.
    pub fn values(self) -> impl Iterator<Item = Value<'a>> {
        values_in(self.octets)
    }
}

/// Values by key, read one by one from checked octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dictionary<'a> {
    octets: &'a [u8],
}

impl<'a> Dictionary<'a> {
    /// The dictionary exactly as it was written, `d` and `e` included: what an info-hash is computed from.
    pub fn octets(self) -> &'a [u8] {
        self.octets
    }

    /// Keys and values in the order in which they are written.
    pub fn entries(self) -> impl Iterator<Item = (&'a [u8], Value<'a>)> {
        let mut values = values_in(self.octets);
        std::iter::from_fn(move || Some((values.next()?.text()?, values.next()?)))
    }

    /// The values of `keys`, in one pass; other keys are stepped over, whatever they hold.
    ///
    /// # Errors
    /// [`BencodeError::DuplicateKey`] when one of `keys` stands twice.
    pub fn pick<const N: usize>(
        self,
        keys: [&'static str; N],
    ) -> Result<[Option<Value<'a>>; N], BencodeError> {
        let mut found = [None; N];
        for (key, value) in self.entries() {
            let Some(at) = keys.iter().position(|wanted| wanted.as_bytes() == key) else { continue };
            if found[at].replace(value).is_some() {
                return Err(BencodeError::DuplicateKey { key: keys[at] });
            }
        }
        Ok(found)
    }

    /// Whether the keys stand in the order that BEP 3 asks for. Readers need not care; other makers' do.
    pub fn is_sorted(self) -> bool {
        self.entries().is_sorted_by(|(one, _), (next, _)| one < next)
    }
}

fn values_in(container: &[u8]) -> impl Iterator<Item = Value<'_>> {
    let mut rest = container.get(1..container.len().saturating_sub(1)).unwrap_or_default();
    std::iter::from_fn(move || {
        let (value, after) = Value::first_of(rest)?;
        rest = after;
        Some(value)
    })
}
