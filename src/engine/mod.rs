//! The only IO: files, sockets, clocks and tasks.

pub mod broker;
pub mod catalog;
pub mod clock;
pub mod contacts;
pub(crate) mod decompress;
mod desktop;
mod dispatch;
pub mod host;
pub mod job;
mod keyring;
mod network;
pub mod publisher;
mod questions;
pub mod scratch;
mod services;
pub mod signals;
pub mod store;
pub mod transfer;
pub mod window;
