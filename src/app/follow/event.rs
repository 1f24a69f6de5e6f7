//! What the service that follows tells.

use super::view::FollowRow;
use crate::app::input::HourRequest;
use crate::app::user_message::UserMessage;
use std::sync::Arc;

/// What happened to what is followed.
#[derive(Clone, Debug)]
pub enum FollowEvent {
    /// The list as it stands now.
    Listed(Arc<Vec<FollowRow>>),
    /// These hours are new: they are to be fetched. Folder and policy are the reducer's to say.
    Appeared(Vec<HourRequest>),
    /// What was asked cannot be done.
    Refused(UserMessage),
}
