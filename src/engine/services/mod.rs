//! Subjects of the program that work by themselves: one task each, with one enum of commands and one of events.
//!
//! | folder | subject |
//! |---|---|
//! | [`jobs`] | transfers that a person asked for: from what was typed to files in their place |
//! | [`catalog`] | what providers publish, and which runs and lead times there are |
//! | [`mesh`] | brokers, topics and announcements |
//! | `follow` | datasets whose new runs are fetched by themselves |
//! | `announce` | files that are announced to a broker |
//! | [`publish`] | files that are offered: a web server and a tracker |
//! | `relay` | files of publishers that are offered to swarms |
//! | `pledge` | an archive of what relays offer, kept by whoever pledged room |
//! | `share` | folders and datasets that are published and relayed from the window |
//! | [`inspect`] | files that are opened to see their fields, judged and verified |
//! | [`desktop`] | the computer around the window: one start at a time, notifications, keyring, reports of failures |

pub(in crate::engine) mod announce;
pub mod catalog;
pub mod desktop;
pub(in crate::engine) mod follow;
pub mod inspect;
pub mod jobs;
pub mod mesh;
pub(in crate::engine) mod pledge;
pub mod publish;
pub(in crate::engine) mod relay;
pub(in crate::engine) mod share;
