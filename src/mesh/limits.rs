//! Most of what a person may have of each thing: the same in the terminal and in the window.
//!
//! In: how many there are. Out: whether one more may come, or [`LimitReached`], which whoever asked tells the person.

/// Most brokers that a person adds, or names in one command.
pub const MOST_BROKERS: usize = 100;

/// Most rules for announced files.
pub const MOST_RULES: usize = 100;

/// Most pinned topics.
pub const MOST_PINS: usize = 50;

/// There are as many as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{most} is the most there may be")]
pub struct LimitReached {
    /// So many.
    pub most: usize,
}

/// Whether there is room for one more beside `count`.
///
/// # Errors
/// When there are `most` already.
pub fn room_beside(count: usize, most: usize) -> Result<(), LimitReached> {
    if count < most { Ok(()) } else { Err(LimitReached { most }) }
}
