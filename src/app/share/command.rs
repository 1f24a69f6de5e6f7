//! What can be asked of what is shared.

use super::view::ShareId;
use super::wish::ShareWish;

/// What a person wants of what is shared, and what the settings allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareCommand {
    /// Publish or relay this from now on, also after a restart. In the place of what is shared of the same folder and is stopped.
    Start(Box<ShareWish>),
    /// Share it no longer, also after a restart; it stays in the list.
    Stop(ShareId),
    /// Share it again.
    Resume(ShareId),
    /// Share it no longer, and take it off the list. Files stay.
    Remove(ShareId),
    /// Ask for all of it at its public address, from this computer.
    Check(ShareId),
    /// Whether anything may be shared now: told as the settings are, never by a person.
    Allow(SharePermission),
}

/// Whether anything may be shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SharePermission {
    /// It may.
    Allowed,
    /// It may not, or the settings are not read yet.
    #[default]
    Forbidden,
}
