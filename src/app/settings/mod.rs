//! What a person may set; every change applies at once.
//!
//! In: nothing. Out: [`Settings`] with defaults that are safe: before [`Settings::giving`] was chosen nothing peers.

pub mod discovery;
pub mod laid_down;
pub mod layout;
pub(crate) mod text;

use crate::app::settings::discovery::Discovery;
use crate::domain::octets::ByteCount;
use crate::mesh::mirror::Versions;
use crate::transfer::fallback::Policy;
use crate::transfer::giving::GiveUntil;
use crate::transfer::retry::USUAL_RETRIES;
use std::path::PathBuf;
use std::time::Duration;

/// Everything a person may set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The language; that of the system when `None`.
    pub language: Option<LanguageChoice>,
    /// Light or dark.
    pub theme: ThemeChoice,
    /// Zoom in percent, 100 to 300.
    pub zoom: Zoom,
    /// Whether movement on screen is kept to what is needed.
    pub motion: Motion,
    /// How times are written.
    pub clock: ClockChoice,
    /// The folder for finished files; that of the system for downloads when `None`.
    pub folder: Option<PathBuf>,
    /// What is removed by age and size.
    pub purge: Purge,
    /// Who may give bytes.
    pub policy: Policy,
    /// What is given to others. `None` until the person chose: until then nothing peers.
    pub giving: Option<GivingChoice>,
    /// Ways to find peers beside trackers.
    pub discovery: Discovery,
    /// How long what was received is given on, where nothing else was said of a transfer.
    pub give_until: GiveUntil,
    /// Rates and numbers.
    pub limits: Limits,
    /// Networks of one's own, whose private addresses may be named by files: `192.168.7.0/24`.
    pub own_networks: Vec<String>,
    /// By which way everything goes out.
    pub proxy: Proxy,
    /// What is told on the desktop.
    pub notifications: Notifications,
}

/// A language of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LanguageChoice {
    /// English.
    English,
    /// French.
    French,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// As the desktop has it.
    #[default]
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The size of everything, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zoom(u16);

impl Zoom {
    /// `percent`, brought between 100 and 300.
    pub fn new(percent: u16) -> Self {
        Self(percent.clamp(100, 300))
    }

    /// In percent.
    pub fn percent(self) -> u16 {
        self.0
    }
}

impl Default for Zoom {
    fn default() -> Self {
        Self(100)
    }
}

/// How much moves on screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Motion {
    /// As usual.
    #[default]
    Usual,
    /// As little as possible.
    Reduced,
}

/// How times are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClockChoice {
    /// In UTC, as forecasters do.
    #[default]
    Utc,
    /// In this computer's time zone.
    Local,
}

/// What is given to other users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivingChoice {
    /// Receive from peers and give to them.
    Share,
    /// Receive from peers, give nothing.
    ReceiveOnly,
    /// No peers: HTTP only.
    HttpOnly,
}

/// The lowest limit, in octets a second: below it a block of 16 KiB would take so long that peers give up waiting.
pub const LOWEST_LIMIT: u32 = 32 << 10;

/// Rates and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets a second to receive; no limit when `None`; at least [`LOWEST_LIMIT`].
    pub down: Option<u32>,
    /// Octets a second to give; no limit when `None`; at least [`LOWEST_LIMIT`].
    pub up: Option<u32>,
    /// Most connections to one HTTP server.
    pub connections_per_host: u8,
    /// Most transfers at the same time.
    pub transfers_at_once: u8,
    /// How often a request that failed is made again.
    pub retries: u8,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            down: None,
            up: Some(2_000_000),
            connections_per_host: 2,
            transfers_at_once: 4,
            retries: USUAL_RETRIES,
        }
    }
}

/// What is removed of what was received.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purge {
    /// Files received longer ago; never when `None`.
    pub older_than: Option<Duration>,
    /// The oldest files above this total; never when `None`.
    pub more_than: Option<ByteCount>,
    /// Earlier versions of an announced file beyond so many, where its rule does not say.
    pub versions: Versions,
}

/// By which way everything goes out: nothing goes around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Proxy {
    /// As the system says.
    #[default]
    System,
    /// None.
    Direct,
    /// `http://…` or `socks5://…`; with it there are no peers.
    By(String),
}

/// What is told on the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notifications {
    /// A run is complete.
    pub run_complete: Tell,
    /// Something was found to be wrong.
    pub proof_failed: Tell,
    /// The disk is full.
    pub disk_full: Tell,
    /// A source does not answer any more.
    pub source_lost: Tell,
}

/// Whether something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl Default for Notifications {
    fn default() -> Self {
        Self {
            run_complete: Tell::Yes,
            proof_failed: Tell::Yes,
            disk_full: Tell::Yes,
            source_lost: Tell::Yes,
        }
    }
}
