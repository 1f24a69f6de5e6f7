//! Offers files: a web server that is a web seed, and a tracker, on one port.
//!
//! In: a shelf of files and documents, by URL path, and where to listen. Out: a running server that stops when dropped.
//! Answers GET and HEAD of what lies on the shelf only; 256 connections; ten seconds for a request's head; loopback unless
//! told.

pub(in crate::engine) mod answering;
mod external_tracker;
mod file_server;
mod impatient;
pub mod making;
pub mod service;
mod shelf;
mod splitting;
mod tracker_server;

pub use crate::publish::web::document::ServedDocument;
pub use external_tracker::ExternalTracker;
pub use file_server::{Server, ServerError};
pub use shelf::{ServedFile, Shelf};
pub use tracker_server::TrackerServer;
