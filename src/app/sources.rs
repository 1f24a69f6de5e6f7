//! Where data can come from, as a screen shows it: catalogues, brokers, single .torrents.
//!
//! In: what a person added and how it answers. Out: [`SourceRow`].

use super::hours::DatasetId;
use super::user_message::UserMessage;
use crate::domain::utc::UtcTime;
use std::sync::Arc;

/// The name of a source; never empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(pub Arc<str>);

/// One source of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRow {
    /// Its name for the program.
    pub key: SourceKey,
    /// What it is called.
    pub title: String,
    /// Its URL or path, without secrets.
    pub place: String,
    /// What it is.
    pub kind: SourceClass,
    /// How it is.
    pub health: Health,
    /// When it last answered well.
    pub last_success: Option<UtcTime>,
    /// What it offers.
    pub datasets: Vec<DatasetRow>,
    /// Whether the person may remove it.
    pub removal: Removal,
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceClass {
    /// A provider of models, described by a data file.
    Provider,
    /// A feed or page of .torrents.
    Catalogue,
    /// One .torrent or magnet.
    Torrent,
    /// A folder that is watched.
    Folder,
    /// An MQTT broker.
    Broker,
    /// The publisher of the demonstration.
    Demo,
}

/// How a source is.
#[derive(Clone, Debug, PartialEq)]
pub enum Health {
    /// Nobody asked it anything yet.
    NotTried,
    /// It is being asked.
    Asking,
    /// It answers.
    Answers,
    /// It does not, since that time.
    Lost(UserMessage, UtcTime),
}

/// Whether a source may be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It may.
    Allowed,
    /// It comes with the program.
    BuiltIn,
}

/// One dataset of a source.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetRow {
    /// Its name.
    pub id: DatasetId,
    /// What it is called.
    pub title: String,
    /// Its grid, such as `0.01°`; empty when not known.
    pub grid: String,
    /// The newest run. `None` when there is none.
    pub newest: Option<UtcTime>,
    /// How many lead times of it are published, of how many.
    pub published: (u32, u32),
}
