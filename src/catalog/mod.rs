//! What exists: .torrent files, magnets and trackers; providers, their listings, and the runs and hours these tell of.
//!
//! In: octets and text from strangers, providers' files, and the time. Out: values whose parts agree, bounded and
//! harmless, or why not; and which requests to make. Contacts nobody. Start reading at [`metainfo`] (a .torrent),
//! [`magnet`] (a link to one), or [`provider`] → [`requests`] → [`listing`] → [`entry`] → [`runs`].

pub mod asked;
pub mod bencode;
pub mod change;
pub mod entry;
pub mod feed;
pub mod keys;
pub mod listing;
pub mod magnet;
pub mod metainfo;
pub mod metalink;
pub mod provider;
pub mod requests;
pub mod runs;
pub mod template;
#[cfg(test)]
mod tests;
mod text;
pub mod tracker;
pub mod web_seed;
mod xml;

pub use crate::domain::file_name;
