//! What was observed of a mesh: rows as they are kept.

use super::NodeKind;
use crate::domain::utc::UtcMillis;
use crate::mesh::lag::Arrival;
use crate::mesh::recent::Heard;

/// So many characters of a digest tell contents of one name apart.
const MARK: usize = 16;

/// One file as one broker first announced it, by one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The announced key of the file.
    pub key: Box<str>,
    /// What tells contents of that key apart: the beginning of its digest, or when it was published. Empty where neither was said.
    pub mark: Box<str>,
    /// The broker or archive.
    pub broker: Box<str>,
    /// The host that has the file, as announced.
    pub source: Box<str>,
    /// When it was published, as announced.
    pub published: UtcMillis,
    /// When it was heard.
    pub heard: UtcMillis,
    /// How it came.
    pub arrival: Arrival,
    /// Its length, as announced.
    pub octets: Option<u64>,
    /// How often the same was said again.
    pub repeats: u64,
}

impl Sighting {
    /// What a message of `broker` says. `None` where it announces no file: another message, or a withdrawal.
    pub fn of(heard: &Heard, broker: &str) -> Option<Self> {
        let announcement = heard.received.reading.announcement()?;
        let is_file = announcement.action.has_bytes() && announcement.parts.is_none();
        let mark = match announcement.integrity.digest() {
            Some(digest) => digest.hex().chars().take(MARK).collect::<String>(),
            None => announcement.published_at.unix_millis().to_string(),
        };
        is_file.then(|| Self {
            key: announcement.key.clone(),
            mark: mark.into(),
            broker: broker.into(),
            source: announcement.source.clone(),
            published: announcement.published_at,
            heard: heard.at,
            arrival: heard.arrival,
            octets: announcement.size.map(|size| size.0),
            repeats: 0,
        })
    }

    pub(super) fn node(&self, nodes: NodeKind) -> &str {
        match nodes {
            NodeKind::Broker => &self.broker,
            NodeKind::Source => &self.source,
        }
    }
}

/// How a file ended, as it stands last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedAs {
    /// It is here, verified as far as it can be.
    InPlace,
    /// It was not what was announced.
    Refused,
    /// Nobody gave it.
    Failed,
}

impl EndedAs {
    /// What the word of the ledger means. `None` for a file that has not ended, or that was not fetched.
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "in_place" => Some(Self::InPlace),
            "refused" => Some(Self::Refused),
            "failed" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// A file that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndedFetch {
    /// The broker whose announcement counts.
    pub broker: Box<str>,
    /// The source of that announcement.
    pub source: Box<str>,
    /// When it was published.
    pub published: UtcMillis,
    /// When it ended.
    pub at: UtcMillis,
    /// How.
    pub ended_as: EndedAs,
}

impl EndedFetch {
    pub(super) fn node(&self, nodes: NodeKind) -> &str {
        match nodes {
            NodeKind::Broker => &self.broker,
            NodeKind::Source => &self.source,
        }
    }
}

/// A time without a break in which a broker was listened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListeningPeriod {
    /// The broker.
    pub node: Box<str>,
    /// From when on.
    pub since: UtcMillis,
    /// Until when at least.
    pub until: UtcMillis,
}

/// All that was observed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observations {
    /// Announcements.
    pub sightings: Vec<Sighting>,
    /// Files that ended.
    pub ended: Vec<EndedFetch>,
    /// When was listened.
    pub listened: Vec<ListeningPeriod>,
}
