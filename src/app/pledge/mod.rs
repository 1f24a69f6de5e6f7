//! An archive that users keep: room on a disk that is pledged to files which relays offer and few have.
//!
//! In: what relays in use say, how many seeds trackers count, what is held, how much room there is. Out: what to take, to let go,
//! to withhold. A relay offers a file for a day or two and then removes it; whoever pledged room keeps it, and uploads it to
//! whoever still has its .torrent. No coordinator tells who keeps what: the rarest first, and chance among equals.
//!
//! | file | what it is |
//! |---|---|
//! | [`terms`] | what was pledged: room, datasets, relays |
//! | [`mod@file`] | one file of the archive, and why one is let go |
//! | [`offers`] | what relays offer of the datasets, as far as it can be a provider's |
//! | [`seeds`] | how many have a file, as trackers say |
//! | [`planner`] | what is taken and what is let go |
//! | [`described`] | the .torrent that is kept beside a file |
//! | [`query`], [`event`] | what the terminal asks, and what it is told |
//! | `stored` | a file of the archive as it is kept |
//!
//! Start reading at [`planner::plan`].

pub mod described;
pub mod event;
pub mod file;
#[cfg(test)]
mod made;
pub mod offers;
pub mod planner;
pub mod query;
pub mod seeds;
mod stored;
pub mod terms;

pub use event::PledgeEvent;
pub use query::PledgeQuery;
