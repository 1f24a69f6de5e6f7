//! The computer around the window.
//!
//! | file | what it does |
//! |---|---|
//! | [`places`] | where everything lies |
//! | `instance` | one window per person; a second start hands over |
//! | `handing` | what was handed over, without contacting anybody |
//! | `crash` | a report of a failure, and how the last start ended |
//! | `minute` | the time, the room on the disk, a clock that was moved |
//! | `offline` | whether there is a network |
//! | `opening` | opens files and folders with the desktop's own programs |
//! | `notification` | tells on the desktop |
//! | `keyring` | passwords, where the desktop keeps them |
//! | `export` | the log as a file |

pub(in crate::engine) mod crash;
pub(in crate::engine) mod export;
pub(in crate::engine) mod handing;
pub(in crate::engine) mod instance;
pub(in crate::engine) mod keyring;
pub(in crate::engine) mod minute;
pub(in crate::engine) mod notification;
pub(in crate::engine) mod offline;
pub(in crate::engine) mod opening;
pub mod places;

pub use crash::write_reports;
