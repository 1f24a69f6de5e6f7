//! What is odd about a .torrent that is used all the same.
//!
//! In: what the reader met. Out: [`Note`], fit to be shown, with a stable code for scripts. Secrets are taken out.

use crate::catalog::tracker::TrackerUrlError;
use crate::catalog::web_seed::WebSeedError;
use crate::domain::outside_text::show;
use std::collections::BTreeMap;
use std::fmt;

/// Most notes that are kept of one kind: a torrent may have 100,000 bad names.
const MOST_OF_A_KIND: usize = 100;

/// Something that a person who makes or receives a torrent may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Octets follow the torrent in its file.
    TrailingOctets {
        /// How many.
        count: usize,
    },
    /// Keys are not sorted, so a client that writes the torrent anew gives it another info-hash.
    UnsortedKeys,
    /// The torrent is of versions 1 and 2 (BEP 52); it is used as one of version 1.
    Hybrid,
    /// More pieces than the bit field of some clients holds: these cannot take part.
    CannotBeSharedOn {
        /// How many.
        pieces: u64,
    },
    /// A piece length that is no multiple of the 16 KiB in which peers ask.
    UnusualPieceLength {
        /// What it is.
        octets: u64,
    },
    /// A name that is not UTF-8; its bad octets were replaced, so an HTTP server will hardly know it.
    NotUtf8 {
        /// What it became.
        name: String,
    },
    /// A name that could have led out of the folder, or meant the folder itself.
    DangerousName {
        /// The name as published.
        published: String,
        /// The name used instead.
        used: String,
    },
    /// A name that not every system allows, or that a desktop would act upon.
    ChangedName {
        /// The name as published.
        published: String,
        /// The name used instead.
        used: String,
    },
    /// A file with the path of another, by some system's way of comparing.
    Twin {
        /// The path that was wanted.
        path: String,
        /// The path used instead.
        used: String,
    },
    /// Scripts of BEP 17, which nobody speaks any more.
    DeadHttpSeeds,
    /// A tracker that cannot be asked.
    TrackerIgnored(TrackerUrlError),
    /// Trackers beyond the hundredth.
    TooManyTrackers,
    /// A web seed that cannot be used.
    WebSeedIgnored {
        /// Its address, fit to be shown.
        url: String,
        /// Why.
        error: WebSeedError,
    },
    /// Web seeds beyond the hundredth.
    TooManyWebSeeds,
    /// A key outside `info` that holds another kind of value than it should.
    Unreadable {
        /// The key.
        key: &'static str,
    },
    /// More notes of one kind than are kept.
    AndMore {
        /// Their code.
        code: &'static str,
        /// How many were left out.
        count: usize,
        /// Whether they are deviations.
        is_deviation: bool,
    },
}

impl Note {
    /// The name in JSON; stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TrailingOctets { .. } => "trailing_octets",
            Self::UnsortedKeys => "unsorted_keys",
            Self::Hybrid => "hybrid",
            Self::CannotBeSharedOn { .. } => "cannot_be_shared_on",
            Self::UnusualPieceLength { .. } => "unusual_piece_length",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::DangerousName { .. } => "dangerous_name",
            Self::ChangedName { .. } => "changed_name",
            Self::Twin { .. } => "twin_path",
            Self::DeadHttpSeeds => "dead_http_seeds",
            Self::TrackerIgnored(_) => "tracker_ignored",
            Self::TooManyTrackers => "too_many_trackers",
            Self::WebSeedIgnored { .. } => "web_seed_ignored",
            Self::TooManyWebSeeds => "too_many_web_seeds",
            Self::Unreadable { .. } => "unreadable_key",
            Self::AndMore { code, .. } => code,
        }
    }

    /// Whether the torrent departs from what a sound one is; otherwise the note says only how it is used here.
    pub const fn is_deviation(&self) -> bool {
        match self {
            Self::Hybrid
            | Self::CannotBeSharedOn { .. }
            | Self::UnusualPieceLength { .. }
            | Self::ChangedName { .. }
            | Self::DeadHttpSeeds
            | Self::TooManyTrackers
            | Self::TooManyWebSeeds => false,
            Self::TrackerIgnored(error) => !matches!(error, TrackerUrlError::Scheme { .. }),
            Self::WebSeedIgnored { error, .. } => !matches!(error, WebSeedError::Scheme { .. }),
            Self::AndMore { is_deviation, .. } => *is_deviation,
            Self::TrailingOctets { .. }
            | Self::UnsortedKeys
            | Self::NotUtf8 { .. }
            | Self::DangerousName { .. }
            | Self::Twin { .. }
            | Self::Unreadable { .. } => true,
        }
    }
}

impl fmt::Display for Note {
    /// English, for the log and for `inspect`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TrailingOctets { count } => write!(f, "{count} octets after the end of the torrent"),
            Self::UnsortedKeys => f.write_str("dictionary keys are not sorted"),
            Self::Hybrid => f.write_str("torrent of versions 1 and 2, used as version 1"),
            Self::CannotBeSharedOn { pieces } => {
                write!(f, "{pieces} pieces: can be received but not shared on")
            }
            Self::UnusualPieceLength { octets } => {
                write!(f, "piece length {octets} is no multiple of 16 KiB")
            }
            Self::NotUtf8 { name } => write!(f, "name is not UTF-8: {}", show(name)),
            Self::DangerousName { published, used } | Self::ChangedName { published, used } => {
                write!(f, "{} is written as {}", show(published), show(used))
            }
            Self::Twin { path, used } => {
                write!(f, "{} is there already, written as {}", show(path), show(used))
            }
            Self::DeadHttpSeeds => f.write_str("httpseeds (BEP 17) are not used by any current client"),
            Self::TrackerIgnored(error) => write!(f, "tracker left out: {error}"),
            Self::TooManyTrackers => f.write_str("trackers beyond the hundredth left out"),
            Self::WebSeedIgnored { url, error } => write!(f, "web seed {url} left out: {error}"),
            Self::TooManyWebSeeds => f.write_str("web seeds beyond the hundredth left out"),
            Self::Unreadable { key } => write!(f, "{key:?} cannot be read"),
            Self::AndMore { count, .. } => write!(f, "and {count} more of the same"),
        }
    }
}

/// Collects notes and keeps their number within bounds.
#[derive(Debug, Default)]
pub(super) struct Notes {
    kept: Vec<Note>,
    counts: BTreeMap<&'static str, usize>,
}

impl Notes {
    /// Keeps what `note` makes, unless there are a hundred of its kind.
    pub(super) fn add(&mut self, note: Note) {
        let count = self.counts.entry(note.code()).or_default();
        *count += 1;
        if *count <= MOST_OF_A_KIND {
            self.kept.push(note);
        }
    }

    pub(super) fn finish(mut self) -> Vec<Note> {
        for (&code, &count) in self.counts.iter().filter(|(_, count)| **count > MOST_OF_A_KIND) {
            let is_deviation = self.kept.iter().any(|note| note.code() == code && note.is_deviation());
            self.kept.push(Note::AndMore { code, count: count - MOST_OF_A_KIND, is_deviation });
        }
        self.kept
    }
}
