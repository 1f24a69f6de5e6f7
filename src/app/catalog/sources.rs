//! Where data can come from, as a screen shows it: catalogues, brokers, single .torrents.
//!
//! In: what a person added and how it answers. Out: [`SourceRow`].

use crate::app::catalog::hours::DatasetId;
use crate::app::messages::user_message::UserMessage;
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
    pub removal: SourceRemoval,
    /// Whether there may be something to read of it: what its service announces, what was seen to change.
    pub has_notices: bool,
}

impl SourceRow {
    /// Its place in the list, small first: the demonstration, which its person came for; what a person added, so that
    /// it is in sight at once; what everybody has.
    pub fn rank(&self) -> u8 {
        match (self.kind, self.removal) {
            (SourceClass::Demo, _) => 0,
            (_, SourceRemoval::Allowed) => 1,
            (_, SourceRemoval::BuiltIn) => 2,
        }
    }
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

impl Health {
    /// Lost for that reason now; since when, stays as it was.
    pub fn lost(&self, why: UserMessage, now: UtcTime) -> Self {
        match self {
            Self::Lost(_, since) => Self::Lost(why, *since),
            Self::NotTried | Self::Asking | Self::Answers => Self::Lost(why, now),
        }
    }
}

/// Whether a source may be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceRemoval {
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
    /// When its listings were last read, in this start. `None` when nobody asked: then nothing is known of its runs.
    pub read: Option<UtcTime>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_added_stands_after_the_demonstration_and_before_what_everybody_has() {
        let row = |title: &str, kind, removal| SourceRow {
            key: SourceKey(title.into()),
            title: title.to_owned(),
            place: String::new(),
            kind,
            health: Health::NotTried,
            last_success: None,
            datasets: Vec::new(),
            removal,
            has_notices: false,
        };
        let mut rows = [
            row("DWD", SourceClass::Provider, SourceRemoval::BuiltIn),
            row("mine.torrent", SourceClass::Torrent, SourceRemoval::Allowed),
            row("NOAA", SourceClass::Provider, SourceRemoval::BuiltIn),
            row("demonstration", SourceClass::Demo, SourceRemoval::BuiltIn),
            row("mine too.torrent", SourceClass::Torrent, SourceRemoval::Allowed),
        ];
        rows.sort_by_key(SourceRow::rank);
        let titles: Vec<_> = rows.iter().map(|row| row.title.as_str()).collect();
        assert_eq!(titles, ["demonstration", "mine.torrent", "mine too.torrent", "DWD", "NOAA"]);
    }
}
