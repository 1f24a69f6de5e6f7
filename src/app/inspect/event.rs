//! What the service that reads opened files tells.

use super::view::OpenedFile;
use std::sync::Arc;

/// What happened to the file that is open.
#[derive(Clone, Debug)]
pub enum InspectEvent {
    /// It is shown so; nothing is open when `None`.
    Shown(Option<Arc<OpenedFile>>),
}
