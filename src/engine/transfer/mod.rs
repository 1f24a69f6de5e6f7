//! Carries out what `transfer` decides: one task for each content, which speaks to servers, peers and the disk.
//!
//! | folder or file | what it is |
//! |---|---|
//! | [`content`] | the task of one content: files opened, sources started, the conductor obeyed |
//! | [`http`] | requests within the address rule, answers within their limits |
//! | [`peers`] | connections to peers, and the ways in which peers are found beside trackers |
//! | [`tracker`] | announcing, over HTTP and UDP |
//! | `field_index` | where the fields of a file lie, here or on a server |
//! | `network` | whether there is any network, and which addresses are near |
//! | [`hasher`] | pieces hashed on threads of their own |
//! | [`limits`] | rates, and connections to a host |
//!
//! Start reading at [`content::ContentTask`].

pub mod content;
pub(crate) mod field_index;
pub mod hasher;
pub mod http;
pub mod limits;
pub(in crate::engine) mod network;
pub mod peers;
pub mod tracker;
