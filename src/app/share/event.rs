//! What the service that shares tells.

use super::view::ShareView;
use crate::app::messages::user_message::UserMessage;
use std::sync::Arc;

/// What happened to what is shared.
#[derive(Clone, Debug)]
pub enum ShareEvent {
    /// The list as it stands now.
    Shown(Arc<ShareView>),
    /// What was asked cannot be done.
    Refused(UserMessage),
}
