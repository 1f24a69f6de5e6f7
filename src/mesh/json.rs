//! JSON as the readers see it: text borrowed from the message, nothing trusted.
//!
//! In: text of a message, and room for its values. Out: a [`Json`] tree, or why it is none. Depth is bounded by the JSON library (128),
//! memory by the caller, who refuses long messages first.

use bumpalo::Bump;
use bumpalo::collections::Vec as BumpVec;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::cell::Cell;
use std::fmt;

/// A JSON value. Its text lies in the message, everything else in the room that was given for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that is not negative.
    Whole(u64),
    /// Any other number.
    Real(f64),
    /// A string.
    Text(&'a str),
    /// An array.
    List(&'a [Json<'a>]),
    /// An object, its keys in the order of the message.
    Object(&'a [(&'a str, Json<'a>)]),
}

/// Most octets of room that are kept for the next message.
const KEPT: usize = 256 << 10;

thread_local! {
    /// Room that the last message left: most messages then need none of their own.
    static ROOM: Cell<Option<Bump>> = const { Cell::new(None) };
}

/// Gives `work` room for the values of one message.
pub fn with_room<T>(work: impl FnOnce(&Bump) -> T) -> T {
    let mut room = ROOM.take().unwrap_or_else(|| Bump::with_capacity(16 << 10));
    let done = work(&room);
    room.reset();
    if room.allocated_bytes() <= KEPT {
        ROOM.set(Some(room));
    }
    done
}

/// Stands for a key that is not there.
static NULL: Json<'static> = Json::Null;

impl<'a> Json<'a> {
    /// Reads a message; its values are laid into `room`, all of which is let go of together.
    ///
    /// # Errors
    /// Says where it is not JSON.
    pub fn read(text: &'a str, room: &'a Bump) -> Result<Self, serde_json::Error> {
        let mut from = serde_json::Deserializer::from_str(text);
        let value = InRoom(room).deserialize(&mut from)?;
        from.end().map(|()| value)
    }

    /// The value under `key`; of several the last, as most readers do. `None` when there is none, or this is no object.
    pub fn find(&self, key: &str) -> Option<&Json<'a>> {
        match self {
            Self::Object(entries) => {
                entries.iter().rev().find(|(name, _)| *name == key).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The value under `key`, or `null`.
    pub fn at(&self, key: &str) -> &Json<'a> {
        self.find(key).unwrap_or(&NULL)
    }

    /// Whether `key` is there, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&'a str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The whole number of a number.
    pub fn whole(&self) -> Option<u64> {
        match self {
            Self::Whole(number) => Some(*number),
            _ => None,
        }
    }

    /// Any number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(*number as f64),
            Self::Real(number) => Some(*number),
            _ => None,
        }
    }

    /// The items of an array; none for anything else.
    pub fn items(&self) -> &'a [Json<'a>] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of an object; none for anything else.
    pub fn entries(&self) -> &'a [(&'a str, Json<'a>)] {
        match self {
            Self::Object(entries) => entries,
            _ => &[],
        }
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }
}

/// Room that is made with the first item of an array and the first entry of an object: most have no more.
const USUAL_ITEMS: usize = 2;
const USUAL_ENTRIES: usize = 4;

/// Reads one value into a room.
#[derive(Clone, Copy)]
struct InRoom<'a>(&'a Bump);

impl<'de: 'a, 'a> DeserializeSeed<'de> for InRoom<'a> {
    type Value = Json<'a>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Json<'a>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de: 'a, 'a> Visitor<'de> for InRoom<'a> {
    type Value = Json<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Json<'a>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Json<'a>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Json<'a>, E> {
        Ok(Json::Whole(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Json<'a>, E> {
        Ok(u64::try_from(value).map_or(Json::Real(value as f64), Json::Whole))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Json<'a>, E> {
        Ok(Json::Real(value))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Json<'a>, E> {
        Ok(Json::Text(text))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Json<'a>, E> {
        Ok(Json::Text(self.0.alloc_str(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Json<'a>, A::Error> {
        let mut items = BumpVec::new_in(self.0);
        while let Some(item) = from.next_element_seed(self)? {
            if items.is_empty() {
                items.reserve_exact(USUAL_ITEMS);
            }
            items.push(item);
        }
        Ok(Json::List(items.into_bump_slice()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Json<'a>, A::Error> {
        let mut entries = BumpVec::new_in(self.0);
        while let Some(key) = from.next_key_seed(KeyInRoom(self))? {
            let value = from.next_value_seed(self)?;
            if entries.is_empty() {
                entries.reserve_exact(USUAL_ENTRIES);
            }
            entries.push((key, value));
        }
        Ok(Json::Object(entries.into_bump_slice()))
    }
}

/// Reads the key of an object.
struct KeyInRoom<'a>(InRoom<'a>);

impl<'de: 'a, 'a> DeserializeSeed<'de> for KeyInRoom<'a> {
    type Value = &'a str;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<&'a str, D::Error> {
        let key = from.deserialize_str(self.0)?;
        key.text().ok_or_else(|| D::Error::custom("a key is text"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_borrowed_and_the_last_of_twin_keys_counts() {
        let room = Bump::new();
        let json = Json::read(r#"{"a":1,"b":[true,null,-2.5],"a":"x"}"#, &room).expect("sound JSON");
        assert_eq!(json.at("a"), &Json::Text("x"));
        assert_eq!(json.at("b").items(), [Json::Bool(true), Json::Null, Json::Real(-2.5)]);
        assert_eq!(json.at("c"), &Json::Null);
        assert!(!json.has("c"));
    }

    #[test]
    fn escapes_in_keys_and_values_are_read() {
        let room = Bump::new();
        let json = Json::read(r#"{"\u0061":"\n"}"#, &room).expect("sound JSON");
        assert_eq!(json.at("a").text(), Some("\n"));
    }

    #[test]
    fn deep_nesting_and_what_is_no_number_are_refused() {
        let deep = "[".repeat(100_000);
        for text in [deep.as_str(), "NaN", "{}x", "", "{'a':1}"] {
            assert!(Json::read(text, &Bump::new()).is_err());
        }
    }
}
