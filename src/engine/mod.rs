//! The only IO: files, sockets, clocks and tasks.

pub mod hasher;
pub mod http;
pub mod limits;
pub mod publisher;
pub mod store;
pub mod swarm;
