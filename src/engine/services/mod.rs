//! Subjects of the program that work by themselves: one task each, with one enum of commands and one of events.
//!
//! | folder | subject |
//! |---|---|
//! | [`follow`] | datasets whose new runs are fetched by themselves |
//! | [`inspect`] | files that are opened to see their fields |

pub(in crate::engine) mod follow;
pub(in crate::engine) mod inspect;
