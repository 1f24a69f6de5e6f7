//! How a relay offers the files of a publisher that offers none by swarm.
//!
//! In: files that were fetched from their publisher, with what was computed over them. Out: what stands in feeds, lists,
//! pages and manifests, at which addresses. The bytes and the names are the publisher's; nothing of them is changed.
//!
//! | file | what it is |
//! |---|---|
//! | [`offered`] | one file that is offered, one that was withdrawn |
//! | [`places`] | where everything of a relay lies, below one address |
//!
//! Start reading at [`offered::OfferedFile`].

pub mod offered;
pub mod places;
