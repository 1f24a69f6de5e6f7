//! Offers files: a web server that is a web seed, and a tracker, on one port.
//!
//! In: the files to offer, by URL path, and where to listen. Out: a running server that stops when dropped.
//! Answers GET and HEAD of listed files only; 256 connections; ten seconds for a request's head; loopback unless told.

pub(in crate::engine) mod answering;
mod file_server;
pub mod making;
pub mod service;
mod splitting;
mod tracker_server;

pub(in crate::engine) use file_server::serve;
pub use file_server::{ServedFile, Server, ServerError};
pub use tracker_server::Tracker;
