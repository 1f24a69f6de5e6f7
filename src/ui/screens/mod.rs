//! One file or folder a screen; each has a `show(ui, scene, view) -> Vec<Action>`.
//!
//! A `View` is what a screen remembers between frames: scroll, selection, text being typed. Its `go` is set when the
//! person asked for another screen from within this one; the shell takes it.

pub mod announcements;
pub mod detail;
pub mod fields;
pub mod followed;
pub mod handed_over;
pub mod hours;
pub mod journal;
pub mod settings;
pub mod sharing;
pub mod sources;
pub mod transfers;
pub mod welcome;
#[cfg(test)]
mod welcome_tests;

#[cfg(test)]
mod tests;

/// Another screen that a person asked for from within one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Where data can come from.
    Sources,
    /// Runs and lead times.
    Hours,
    /// What was asked for.
    Transfers,
    /// What is followed.
    Followed,
}
