//! The icons of the icon face, by what they show.
//!
//! The face is Material Symbols Rounded, filled, without all that is not named here (Apache-2.0, Google): 15 icons in place of
//! 4,000 are 5 kB in place of 1.8 MB. Another one is added by `pyftsubset` with [`ALL`] and its own code point.

/// An arrow to the right.
pub const ARROW_FORWARD: &str = "\u{e5c8}";
/// A loudspeaker.
pub const CAMPAIGN: &str = "\u{ef49}";
/// A cross.
pub const CLOSE: &str = "\u{e5cd}";
/// Servers above each other.
pub const DNS: &str = "\u{e875}";
/// An exclamation mark in a disc.
pub const ERROR: &str = "\u{f8b6}";
/// A grid.
pub const GRID_ON: &str = "\u{e3ec}";
/// An i in a disc.
pub const INFO: &str = "\u{e88e}";
/// Sheets above each other.
pub const LAYERS: &str = "\u{e53b}";
/// Lines of a list.
pub const LIST_ALT: &str = "\u{e0ee}";
/// An arrow that runs back.
pub const RESTART_ALT: &str = "\u{f053}";
/// Three points that are joined.
pub const SHARE: &str = "\u{e80d}";
/// An arrow down and one up.
pub const SWAP_VERT: &str = "\u{e8d5}";
/// Sliders.
pub const TUNE: &str = "\u{e429}";
/// A clock that turns.
pub const UPDATE: &str = "\u{e923}";
/// An exclamation mark in a triangle.
pub const WARNING: &str = "\u{f083}";

/// Every icon.
pub const ALL: [&str; 15] = [
    ARROW_FORWARD,
    CAMPAIGN,
    CLOSE,
    DNS,
    ERROR,
    GRID_ON,
    INFO,
    LAYERS,
    LIST_ALT,
    RESTART_ALT,
    SHARE,
    SWAP_VERT,
    TUNE,
    UPDATE,
    WARNING,
];
