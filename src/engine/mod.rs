//! The only IO: files, sockets, clocks and tasks.

pub mod store;
