//! What exists: what .torrent files, magnets and trackers say.
//!
//! In: octets and text from strangers. Out: values whose parts agree, bounded and harmless, or why not.
//! Contacts nobody. Start reading at [`metainfo`] (a .torrent) or [`magnet`] (a link to one).

pub mod bencode;
pub mod magnet;
pub mod metainfo;
#[cfg(test)]
mod tests;
pub mod tracker;
pub mod web_seed;

pub use crate::domain::file_name;
