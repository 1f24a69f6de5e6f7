//! What a web server answers of things that come and go while it runs.
//!
//! In: the target and the headers of a request; what is offered. Out: what lies there, and how the answer reads.
//! Opens no file and no connection: `engine` moves the bytes.
//!
//! | file | what it is |
//! |---|---|
//! | [`path`] | where something lies, however a client writes it |
//! | [`table`] | what lies where, and what no longer does |
//! | [`crowd`] | who is connected |
//! | [`callers`] | whether those who connect show that other networks reach it |
//! | [`condition`] | what a client says of the copy that it has |
//! | [`document`] | a document that is held in memory, and how it is answered |
//!
//! Start reading at [`table::OfferTable`].

pub mod callers;
pub mod condition;
pub mod crowd;
pub mod document;
pub mod path;
pub mod table;
