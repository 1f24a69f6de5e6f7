//! What this computer publishes and relays from the window: folders of a person's own, and datasets of publishers.
//!
//! In: what a person wants ([`ShareCommand`]), what comes of it ([`ShareFact`]). Out: orders for the service, and [`ShareView`] for
//! screens. What was started and not stopped starts again with the program.
//!
//! | file | what it is |
//! |---|---|
//! | [`wish`] | what is shared, where and how: as it was chosen, and as it is kept |
//! | [`view`] | a line of the list as screens show it |
//! | [`reach`] | what was seen of whether others reach it, and no more |
//! | [`command`] | what a person wants |
//! | [`event`] | what the service tells |
//! | [`orders`] | what is to be done, and what came of it |
//! | [`sharing`] | what is done next with all of it |
//! | `line`, `figures` | one line while it runs, and what is counted of it |
//!
//! Start reading at [`sharing::SharePlanner`].

pub mod command;
pub mod event;
mod figures;
mod line;
#[cfg(test)]
mod made;
pub mod orders;
pub mod reach;
pub mod sharing;
pub mod view;
pub mod wish;

pub use command::{ShareCommand, SharePermission};
pub use event::ShareEvent;
pub use orders::{PublishNews, ShareFact, ShareMoment, ShareOrder};
pub use view::{ShareId, ShareRow, ShareState, ShareView, SharedFile};
pub use wish::{DatasetWish, FolderWish, ServingAddress, ShareWish};
