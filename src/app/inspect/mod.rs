//! A file that was opened to see its fields: from this computer or from a server.
//!
//! In: what a person opens. Out: [`OpenedFile`]. Nothing is fetched but what tells where the fields lie.
//!
//! | file | what it is |
//! |---|---|
//! | [`view`] | the file that is open, as a screen shows it |
//! | [`shown`] | what the values of its fields come to |
//! | [`command`] | what a person wants of it |
//! | [`event`] | what the service that reads it tells |

pub mod command;
pub mod event;
pub mod report;
pub mod shown;
pub mod view;

pub use command::InspectCommand;
pub use event::InspectEvent;
pub use view::{FileReading, OpenedFile, OpenedPlace};
