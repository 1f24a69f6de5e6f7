//! One model of announced files, one reader per dialect, chosen by shape and never by content type, which MQTT 3.1.1 lacks.
//!
//! In: octets of a message, headers that came with it. Out: a [`ReceivedMessage`]: the octets, and a [`MessageReading`] of them, which is
//! *valid*, *deviant* (used, with the deviations named) or *invalid* (kept in view with its faults, never fetched). A WIS2
//! message that fails its published schema is invalid, as for Global Brokers; one that passes and is wrong
//! all the same is deviant. The other dialects have no schema that publishers keep to: whatever can be understood is used.
//! Start reading at [`read`].

mod cloud_event;
mod draft;
pub mod kept;
mod names;
#[cfg(test)]
mod tests;
mod v02;
mod v03;
mod wnm;

use super::event::MonitoringEvent;
use super::integrity::Announced;
use super::json::{Json, with_room};
use super::record::Record;
use super::remark::Remark;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcMillis;
use bumpalo::Bump;
use bytes::Bytes;
use draft::AnnouncementDraft;
use names::rel_of;
pub(super) use names::{encoded, host_of, joined, key_of_path};
use std::borrow::Cow;

/// Longest message that is looked at, in octets. Brokers of the field allow 0.5 MB and less.
pub const LARGEST: usize = 1 << 20;

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// WIS2 Notification Message.
    Wis2,
    /// wmo_mesh object.
    WmoMesh,
    /// wmo_mesh array of four elements.
    WmoMeshArray,
    /// Sarracenia version 3.
    V03,
    /// Sarracenia version 2: one line of text.
    V02,
    /// CloudEvent that carries a STAC item.
    CloudEvent,
}

impl Dialect {
    /// The name in JSON and in the database; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Wis2 => "wis2",
            Self::WmoMesh => "wmo_mesh",
            Self::WmoMeshArray => "wmo_mesh_array",
            Self::V03 => "v03",
            Self::V02 => "v02",
            Self::CloudEvent => "cloud_event",
        }
    }
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileAction {
    /// It is there.
    New,
    /// It is there, in place of an earlier one of the same key.
    Update,
    /// It is withdrawn.
    Deletion,
    /// A directory, a link or a new name: nothing to fetch.
    Housekeeping,
}

impl FileAction {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Deletion => "deletion",
            Self::Housekeeping => "housekeeping",
        }
    }

    /// Whether there are bytes to get.
    pub const fn has_bytes(self) -> bool {
        matches!(self, Self::New | Self::Update)
    }
}

/// What a link is called that joins a path to its base without encoding it: the second try.
pub(super) const AS_WRITTEN: &str = "as_written";

/// Where a file, or something about it, can be got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLink {
    /// What it is to the file: `canonical`, `update`, `alternate`…
    pub rel: Cow<'static, str>,
    /// The URL as published.
    pub href: Box<str>,
    /// Its media type, when named.
    pub media_type: Option<Box<str>>,
    /// Its length, when named.
    pub length: Option<ByteCount>,
    /// Which credentials its server asks for, as published: `http basic`. `None` when nothing is said of it.
    pub security: Option<Box<str>>,
}

impl FileLink {
    /// A link of which only role and place are known.
    pub(super) fn to(rel: impl Into<Cow<'static, str>>, href: impl Into<Box<str>>) -> Self {
        Self { rel: rel.into(), href: href.into(), media_type: None, length: None, security: None }
    }

    /// Whether it leads to a .torrent of the file.
    pub fn is_torrent(&self) -> bool {
        self.media_type.as_deref() == Some("application/x-bittorrent")
            || self.href.split(['?', '#']).next().is_some_and(|path| path.ends_with(".torrent"))
    }
}

/// Content that came inside a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// The octets, decoded.
    pub octets: Bytes,
    /// Whether they are what was announced.
    pub standing: InlineStanding,
}

/// Whether inline content is what was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InlineStanding {
    /// It has the announced digest.
    Proven,
    /// No digest was announced that could be compared.
    Unproven,
    /// It has another digest; it is never used.
    Mismatch,
}

/// One file, announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// How it was written.
    pub dialect: Dialect,
    /// Name of the message. `None` where the dialect has none.
    pub id: Option<Box<str>>,
    /// Name of the file, the same from whoever has it: `data_id`, or the relative path without leading slash.
    pub key: Box<str>,
    /// What the file is called, without folders.
    pub name: Box<str>,
    /// Below which folders it is to be written, when the message says so; a single empty part when it names none.
    pub folders: Option<Box<str>>,
    /// The key it had before it was renamed.
    pub renamed_from: Option<Box<str>>,
    /// Of how many parts this is one. `None` when it is a whole file.
    pub parts: Option<u64>,
    /// When the publisher said it.
    pub published_at: UtcMillis,
    /// What became of the file.
    pub action: FileAction,
    /// Length of the file, as announced and not to be believed.
    pub size: Option<ByteCount>,
    /// What is said of its integrity.
    pub integrity: Announced,
    /// Where it is; the link that says what is new comes first.
    pub links: Vec<FileLink>,
    /// Its content, when the message has it.
    pub inline: Option<Inline>,
    /// Who announces it here: a global cache by its name, else the host of the first link; empty when there is none.
    pub source: Box<str>,
    /// The record of the dataset, when named.
    pub metadata_id: Option<Box<str>>,
    /// What is odd about it; no faults.
    pub remarks: Vec<Remark>,
}

impl Announcement {
    /// What the file is called, without folders.
    pub fn file_name(&self) -> &str {
        &self.name
    }

    /// The inline content, unless it is known to be wrong.
    pub fn usable_inline(&self) -> Option<&Inline> {
        self.inline.as_ref().filter(|inline| inline.standing != InlineStanding::Mismatch)
    }
}

/// A message that is kept in view and not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// How it seems to be written. `None` when that cannot be told.
    pub dialect: Option<Dialect>,
    /// Name of the message, as far as it could be read.
    pub id: Option<Box<str>>,
    /// Name of the file, as far as it could be read.
    pub key: Option<Box<str>>,
    /// When it was published, as far as it could be read.
    pub published_at: Option<UtcMillis>,
    /// What is wrong and odd: at least one fault.
    pub remarks: Vec<Remark>,
}

/// What a message was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageReading {
    /// An announced file.
    Announcement(Box<Announcement>),
    /// A monitoring event: shown, nothing to fetch.
    Event(Box<MonitoringEvent>),
    /// A record of a dataset: shown.
    Record(Box<Record>),
    /// Nothing that can be used.
    Invalid(Box<Invalid>),
}

/// How sound a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Soundness {
    /// As its dialect's documents say.
    Valid,
    /// Used, with its deviations named.
    Deviant,
    /// Kept in view, not used.
    Invalid,
}

impl Soundness {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Deviant => "deviant",
            Self::Invalid => "invalid",
        }
    }
}

impl MessageReading {
    /// What is odd or wrong.
    pub fn remarks(&self) -> &[Remark] {
        match self {
            Self::Announcement(announcement) => &announcement.remarks,
            Self::Event(event) => &event.remarks,
            Self::Record(record) => &record.remarks,
            Self::Invalid(invalid) => &invalid.remarks,
        }
    }

    /// How sound the message is.
    pub fn soundness(&self) -> Soundness {
        match self.remarks() {
            [] => Soundness::Valid,
            remarks if remarks.iter().any(Remark::is_fault) => Soundness::Invalid,
            _ => Soundness::Deviant,
        }
    }

    /// The announced file, when there is one.
    pub fn announcement(&self) -> Option<&Announcement> {
        match self {
            Self::Announcement(announcement) => Some(announcement),
            _ => None,
        }
    }

    fn invalid(dialect: Option<Dialect>, fault: Remark) -> Self {
        let remarks = vec![fault];
        Self::Invalid(Box::new(Invalid { dialect, id: None, key: None, published_at: None, remarks }))
    }
}

/// A message as it came, and what it was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// The octets, untouched.
    pub raw: Bytes,
    /// What they are.
    pub reading: MessageReading,
}

/// Headers that came with a message: the user properties of MQTT 5.
pub type Headers<'a> = &'a [(String, String)];

/// Reads a message from a broker.
pub fn read(raw: Bytes, headers: Headers<'_>) -> ReceivedMessage {
    let reading = reading_of(&raw, headers);
    ReceivedMessage { raw, reading }
}

/// A message that a person or another program noted down.
#[derive(Clone, Debug)]
pub struct Captured {
    /// The topic, when it was noted with it.
    pub topic: Option<String>,
    /// What the message is.
    pub reading: MessageReading,
}

/// Words of which one stands in every message that a person can have meant.
const TELLING: [&[u8]; 7] =
    [b"pubtime", b"pubTime", b"data_id", b"relPath", b"specversion", b"conformsTo", b"\"links\""];

impl Captured {
    /// Whether the file it came from was meant as a message: it could be read, or at least has words of one.
    pub fn is_meant_as_one(&self, octets: &[u8]) -> bool {
        match &self.reading {
            MessageReading::Invalid(invalid) if invalid.dialect.is_none() => {
                TELLING.iter().any(|word| octets.windows(word.len()).any(|part| part == *word))
                    && !matches!(invalid.remarks.as_slice(), [Remark::UnknownShape])
            }
            _ => true,
        }
    }
}

/// Whether a file may hold a message, by its first octets.
pub fn looks_like_one(first: &[u8]) -> bool {
    first.trim_ascii_start().first().is_some_and(|c| matches!(c, b'{' | b'['))
        || std::str::from_utf8(first).is_ok_and(v02::has_line)
}

/// Reads what was noted down of a message: the message itself, or `{"topic","payload"}` with the payload as JSON or as text.
pub fn read_captured(octets: &[u8]) -> Captured {
    with_room(|room| captured_of(octets, room))
}

fn captured_of(octets: &[u8], room: &Bump) -> Captured {
    let text = std::str::from_utf8(octets).ok().filter(|text| text.len() <= LARGEST);
    let parsed = text.and_then(|text| Json::read(text, room).ok());
    let envelope = parsed.as_ref().filter(|json| json.has("payload") && json.at("topic").text().is_some());
    let Some(envelope) = envelope else {
        return Captured { topic: None, reading: reading_of(octets, &[]) };
    };
    let topic = envelope.at("topic").text().map(str::to_owned);
    let reading = match envelope.at("payload") {
        Json::Text(text) => reading_of(text.as_bytes(), &[]),
        payload => of_json(payload, octets.len(), &[]),
    };
    Captured { topic, reading }
}

fn reading_of(octets: &[u8], headers: Headers<'_>) -> MessageReading {
    if octets.len() > LARGEST {
        return MessageReading::invalid(None, Remark::TooLong { octets: octets.len() });
    }
    let Ok(text) = std::str::from_utf8(octets) else { return MessageReading::invalid(None, Remark::NotText) };
    let starts_like_json = octets.trim_ascii_start().first().is_some_and(|c| matches!(c, b'{' | b'['));
    let read = |room: &Bump| Json::read(text, room).map(|json| of_json(&json, octets.len(), headers));
    let refused = match starts_like_json.then(|| with_room(read)) {
        Some(Ok(reading)) => return reading,
        Some(Err(error)) => error.to_string(),
        None => "neither an object, nor an array, nor a line of version 2".to_owned(),
    };
    // A line of a log may begin with a bracket, too.
    v02::read(text, headers)
        .unwrap_or_else(|| MessageReading::invalid(None, Remark::NotJson { detail: refused }))
}

/// Chooses the reader by the shape of the message.
fn of_json(json: &Json<'_>, octets: usize, headers: Headers<'_>) -> MessageReading {
    let properties = json.at("properties");
    match json {
        Json::List(_) => v03::read_array(json),
        _ if json.has("specversion") => cloud_event::read(json),
        _ if json.has("relPath") || json.has("baseUrl") || json.has("pubTime") => v03::read(json, headers),
        _ if properties.has("pubtime") || properties.has("data_id") => wnm::read(json, octets),
        _ if Record::is_one(json) => MessageReading::Record(Box::new(Record::read(json))),
        _ if properties.is_object() || json.has("links") => wnm::read(json, octets),
        _ => MessageReading::invalid(None, Remark::UnknownShape),
    }
}
