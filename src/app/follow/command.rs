//! What can be asked of the list of what is followed.

use super::view::FollowId;
use super::wish::FollowWish;
use crate::app::jobs::view::Subject;
use crate::app::messages::user_message::UserMessage;
use crate::domain::utc::UtcTime;
use std::sync::Arc;

/// What a person wants of the list, and what the reducer tells the service that keeps it.
#[derive(Clone, Debug, PartialEq)]
pub enum FollowCommand {
    /// Follow this. One that is followed already goes on.
    Add {
        /// What it is called; an entry of that name is replaced, and what came of it stays. As its dataset is called when
        /// `None`.
        name: Option<String>,
        /// What is wished.
        wish: Box<FollowWish>,
    },
    /// Fetch nothing of it until it is resumed.
    Pause(FollowId),
    /// Go on with it.
    Resume(FollowId),
    /// Look at once what is published.
    LookNow(FollowId),
    /// Follow it no longer; files stay. Can be undone for [`crate::app::jobs::request::UNDO_FOR`].
    Stop(FollowId),
    /// Follow what is called so no longer; files stay.
    Remove(String),
    /// Follow it after all.
    PutBack(FollowId),
    /// An hour that may be followed was fetched, or could not be: told by the reducer, never by a person.
    Settled(Arc<Subject>, HourEnd),
}

/// What became of an hour.
#[derive(Clone, Debug, PartialEq)]
pub enum HourEnd {
    /// Its files are in their place, since then.
    Here(UtcTime),
    /// It could not be fetched.
    Failed(UserMessage),
}
