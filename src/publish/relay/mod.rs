//! How a relay offers the files of a publisher that offers none by swarm.
//!
//! In: files that were fetched from their publisher, with what was computed over them. Out: what stands in feeds, lists,
//! pages and manifests, at which addresses; and for those who read them, whether to believe it. The bytes and the names are the
//! publisher's; nothing of them is changed.
//!
//! | file | what it is |
//! |---|---|
//! | [`offered`] | one file that is offered, one that was withdrawn |
//! | [`places`] | where everything of a relay lies, below one address |
//! | [`offers`] | all files at one moment, in the order of documents |
//! | [`documents`] | all documents at once, in the order in which they are stored |
//! | [`feed`], [`atom`] | the newest files as RSS, all as pages of Atom |
//! | [`file_list`] | all files in the form of MET Norway's services |
//! | [`metalink`] | one file as a metalink |
//! | [`object_store`] | an S3 store in which all of it can lie as well |
//! | [`page`] | the page for people, in English and in French |
//! | [`manifest`], [`chain`] | what a relay says, each manifest naming the one before it |
//! | [`signing`] | keys and signatures in the form of minisign |
//! | [`acceptance`] | whether the answer of a relay is taken |
//! | [`comparison`] | relays compared with each other and with the publisher's server |
//!
//! Start reading at [`offered::RelayedFile`] to write, at [`acceptance::accept`] to read.

pub mod acceptance;
pub mod atom;
pub mod chain;
pub mod comparison;
pub mod documents;
pub mod feed;
pub mod file_list;
#[cfg(test)]
mod made;
pub mod manifest;
mod markup;
pub mod metalink;
pub mod object_store;
pub mod offered;
pub mod offers;
pub mod page;
pub mod places;
pub mod signing;
