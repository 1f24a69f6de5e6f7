//! What is followed: each new run of a dataset fetched by itself, in the window and in a folder of the terminal.
//!
//! In: wishes, what sources publish, what became of each file. Out: orders for the one service that carries them out, and
//! what is told. One [`Following`] decides for both; who fetches is [`FollowHands`].
//!
//! | file | what it is |
//! |---|---|
//! | [`wish`] | what is wished of a dataset |
//! | [`view`] | the list of what is followed, as a screen shows it and as it is kept |
//! | [`notes`] | what came of each file, hour and run |
//! | [`command`] | what a person wants of the list |
//! | [`query`] | the same asked in a terminal, of a folder |
//! | [`event`] | what the service that follows tells |
//! | [`seen`] | what a look at a source came to |
//! | [`choosing`] | which hours and files are new, and when the next one is due |
//! | [`telling`] | which hours are missing, and which runs are complete, incomplete or late |
//! | [`pacing`] | when to look again, and when to give up |
//! | [`orders`] | what is to be done, and the facts that come of it |
//! | [`following`] | the list itself: commands, facts and the time in, orders out |

pub mod choosing;
pub mod command;
pub mod event;
pub mod following;
pub mod notes;
pub mod orders;
pub mod pacing;
pub mod query;
pub mod seen;
pub mod telling;
pub mod view;
pub mod wish;

pub use command::FollowCommand;
pub use event::{FollowEvent, FollowPlace};
pub use following::{FollowHands, FollowTerms, Following};
pub use query::FollowQuery;
pub use view::{FollowId, FollowRow};
pub use wish::{FollowWish, RunNews};
