//! What the administrator of the computer laid down, and the proxy that the system names.

use crate::transfer::fallback::Policy;

/// What a system-wide settings file lays down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LaidDown {
    /// Who may give bytes, at most.
    pub policy: Option<Policy>,
    /// The only hosts that may be asked; any when empty.
    pub hosts: Vec<String>,
}

/// Whether the system sends everything through a proxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SystemProxy {
    /// It does not.
    #[default]
    None,
    /// It does.
    Some,
}
