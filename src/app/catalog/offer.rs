//! What a publisher in this process offers, for front ends to show and to fetch.

use crate::app::catalog::asked::Texts;

/// A publisher's catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// What the publisher is called, for people.
    pub title: Texts,
    /// What can be fetched.
    pub entries: Vec<OfferedTorrent>,
    /// Everything that has a URL.
    pub urls: Vec<ServedUrl>,
    /// Where it announces.
    pub broker: Option<OfferedBroker>,
}

/// A broker of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedBroker {
    /// Its URL.
    pub url: String,
    /// Filters that bring what it announces, and nothing else.
    pub filters: Vec<String>,
}

/// One entry of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedTorrent {
    /// Its name.
    pub name: String,
    /// What it is called, for people.
    pub title: Texts,
    /// Its grid, such as `0.05°`.
    pub grid: String,
    /// URL of its .torrent.
    pub url: String,
    /// Octets of its files.
    pub length: u64,
    /// First and last lead time, in hours.
    pub lead_hours: (u32, u32),
    /// Whether each hour is a file of its own.
    pub is_hourly: bool,
}

/// Something that is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedUrl {
    /// `torrent`, `data`, `index`, `tracker` or `peer`.
    pub what: &'static str,
    /// Its URL or address.
    pub url: String,
}
