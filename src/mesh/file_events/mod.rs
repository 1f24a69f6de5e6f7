//! Events that say which files are to be announced: CloudEvents and STAC items become notifications of WIS2, by rules.
//!
//! In: a stream of events, the rules of the node's owner, what was read of local files. Out: [`crate::mesh::post::notice::WisNotification`]s, and why
//! there is none. Opens no file, reads no clock, sends nothing.
//!
//! | file | what it is |
//! |---|---|
//! | [`framing`] | where one event ends and the next begins |
//! | [`reading`] | one event: what happened, to which files |
//! | [`files`] | the files that an event names |
//! | [`rules`] | by which terms they are announced |
//! | [`desk`] | from events to notifications, one after the other |
//!
//! Start reading at [`desk::EventDesk`].

pub mod desk;
pub mod files;
pub mod framing;
pub mod reading;
pub mod rules;
#[cfg(test)]
mod tests;
