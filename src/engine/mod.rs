//! The only IO: files, sockets, clocks and tasks.
//!
//! | folder or file | what it is |
//! |---|---|
//! | [`host`] | owns the app state: hears inputs, runs the reducer, has its commands carried out |
//! | [`services`] | one subject each: one task, one enum of commands, one of events, a handle |
//! | [`transfer`] | carries out what `transfer` decides: contents, servers, peers, trackers |
//! | [`listings`] | asks what providers publish, and keeps their answers with their age |
//! | [`store`] | what lies on the disk: folders, files, databases, settings |
//! | `queries` | one-shot questions of front ends |
//! | `context`, `clock`, `contacts`, `scratch`, `signals` | what all of them share |

pub mod clock;
pub mod contacts;
pub mod context;
pub mod host;
pub mod listings;
mod queries;
pub mod scratch;
pub mod services;
pub mod signals;
pub mod store;
pub mod transfer;
