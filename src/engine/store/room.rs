//! How much room a folder has, by its path.

use std::path::Path;

/// Octets that this user may still write below `path`. `None` when it cannot be known.
#[cfg(unix)]
pub fn free_space_at(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Octets that this user may still write below `path`; not known on this system.
#[cfg(not(unix))]
pub fn free_space_at(_path: &Path) -> Option<u64> {
    None
}
