//! The only IO: files, sockets, clocks and tasks.

pub mod broker;
pub mod catalog;
pub mod clock;
pub mod contacts;
pub mod content;
pub(crate) mod decompress;
mod desktop;
mod dispatch;
pub mod hasher;
pub mod host;
pub mod http;
pub mod job;
mod keyring;
pub mod limits;
mod network;
pub mod peers;
pub mod publisher;
mod questions;
pub mod scratch;
mod services;
pub mod signals;
pub mod store;
pub mod tracker;
pub mod window;
