//! Figures of the whole program, and what another start of it handed over.

use crate::app::jobs::discovery::{CallTimes, DiscoverySeen};
use crate::app::messages::user_message::UserMessage;
use crate::app::settings::laid_down::{LaidDown, SystemProxy};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use std::path::PathBuf;

/// Figures of the whole program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vitals {
    /// The time of day, to the minute.
    pub now: UtcTime,
    /// How far the time zone of this computer is from UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// Octets a second from peers.
    pub peer_rate: u64,
    /// Octets a second by HTTP.
    pub http_rate: u64,
    /// Octets a second given.
    pub given_rate: u64,
    /// Octets given since the program began.
    pub given: ByteCount,
    /// Octets given in all the time before.
    pub given_before: ByteCount,
    /// Peers with whom data may be exchanged now.
    pub peers: usize,
    /// Brokers that answer, of how many.
    pub brokers: (usize, usize),
    /// The folder for finished files.
    pub folder: PathBuf,
    /// What is free there. `None` when it cannot be known.
    pub free: Option<ByteCount>,
    /// Set when the program ended by a failure last time: where its report lies, and how many transfers go on.
    pub crashed: Option<CrashNote>,
    /// Set when the settings file could not be used as it was.
    pub settings_trouble: Option<UserMessage>,
    /// What whoever runs this computer has laid down; the person cannot change it.
    pub laid_down: LaidDown,
    /// Whether the system has a proxy: with [`crate::app::settings::Proxy::System`] there are no peers then.
    pub system_proxy: SystemProxy,
    /// Whether this computer has a network.
    pub network: NetworkState,
    /// What is seen of the ways to find peers beside trackers.
    pub discovery: DiscoverySeen,
    /// When peers called this computer last.
    pub calls: CallTimes,
    /// Whether the clock was moved lately: then nothing is removed by age or called late (R12).
    pub clock: ClockTrust,
}

/// Whether this computer knows a way to any public address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetworkState {
    /// It does, or nobody has looked yet.
    #[default]
    HasRoute,
    /// It does not.
    Offline,
}

/// Whether the time of day can be relied on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockTrust {
    /// As far as is known.
    #[default]
    Steady,
    /// It was moved by so many minutes a short while ago.
    Moved(i64),
}

/// How the program ended last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrashNote {
    /// Where the report lies.
    pub report: PathBuf,
    /// How many transfers go on from where they were.
    pub resumed: usize,
}

/// Something that came from outside and waits for a yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// Grows with each.
    pub number: u64,
    /// A path, URL or magnet.
    pub target: String,
    /// What it is called, as far as that can be known without contacting anybody.
    pub name: String,
    /// Hosts that would be contacted.
    pub hosts: Vec<String>,
    /// How many files it is, and of how many octets. `None` where nobody knows before somebody is contacted.
    pub content: Option<(u64, ByteCount)>,
}
