//! What is followed: each new run of a dataset fetched by itself, in the window and in a folder of the terminal.
//!
//! In: wishes. Out: what comes of them, file by file.
//!
//! | file | what it is |
//! |---|---|
//! | [`wish`] | what is wished of a dataset |
//! | [`view`] | the list of what is followed, as a screen shows it and as it is kept |
//! | [`command`] | what a person wants of the list |
//! | [`event`] | what the service that follows tells |
//! | [`choosing`] | which hours are new, and when to look again |
//! | `update` | what the reducer makes of both |
//! | [`folder`] | following in a folder, as the terminal does |

pub mod choosing;
pub mod command;
pub mod event;
pub mod folder;
pub(super) mod update;
pub mod view;
pub mod wish;

pub use command::FollowCommand;
pub use event::FollowEvent;
pub use folder::{FollowNews, FollowQuery};
pub use view::{FollowId, FollowRow};
pub use wish::{FollowWish, RunNews};
