//! **Nuée** gets weather-model and observation data by swarm and by mesh: whole files or single forecast hours, from
//! peers with HTTP as the fallback, with every byte attributed to its source and every file proven.
//!
//! # The house
//!
//! | folder | what it is | may use |
//! |---|---|---|
//! | [`domain`] | nouns of the field; construction validates; no clock, no IO | – |
//! | [`grib`] | where messages lie in a file; decodes no values | domain |
//! | [`field`] | values of fields, and where their points lie | domain, grib |
//! | [`catalog`] | what exists: .torrent files, magnets; providers, their listings, runs and hours | domain |
//! | [`mesh`] | what is announced: topics, announcements of every dialect, lag | domain |
//! | [`swarm`] | how peers speak and share, without a socket or a clock; reads bencoding as [`catalog`] does | domain, catalog |
//! | [`transfer`] | how bytes should get here: ledger, conductor, plan, fallback, verification | domain, grib, swarm |
//! | [`publish`] | how data is offered: split by hour, slice index, canonical .torrent, what a relay says, whom a tracker names | domain, grib, catalog, mesh |
//! | [`app`] | one state, one reducer, and the trait by which front ends reach the engine | all of the above |
//! | [`engine`] | the only IO: host, services by subject, what carries out transfers, listings, store | all of the above |
//! | [`demo`] | a small publisher in this process: made data, tracker, seed, web seed | all but ui, cli |
//! | [`i18n`] | messages and numbers in English and French | domain, app |
//! | `ui` | the only pixels (egui); only with the feature `window` | app, domain, i18n |
//! | [`cli`] | the terminal: the same actions and snapshots as the window, printed | app, domain, grib, catalog, mesh, i18n |
//!
//! `main.rs` is where front ends and engine meet. `tests/spec/architecture` parses every source file and fails on an
//! edge or a crate that this table forbids: table, test and this page change together. Front ends name policies, reasons
//! and reaches as [`app`] passes them on, so that they need nothing of `transfer`.
//!
//! # The flow
//!
//! ```text
//! cli, ui ─Action►  engine::host ── Input ──► app::update(&mut State, Input, now) -> Vec<Command>
//!      ▲              │   ▲                                                  │
//!      └─ Arc<Snapshot> ◄─┘   └──── Event ◄──── jobs (one task each) ◄───────┘
//! ```
//!
//! A job resolves its target, plans, and starts one task per content. That task drives a pure
//! [`transfer::conductor::Conductor`]: facts and a time go in, orders come out. The engine obeys: it fetches ranges by
//! HTTP, drives a [`swarm::torrent::Torrent`] in the same form, hashes, writes through one [`engine::store::file_set::FileSet`] and reports.
//!
//! # What never happens
//!
//! * Nothing outside `engine` and `demo` awaits, reads a clock or touches a file or a socket.
//! * No error reaches a person as a bare `String`; none is swallowed; no transfer ends without a final state.
//! * Only [`transfer::verification`] makes a proof, and nothing that was fetched is renamed into place without one.
//! * No byte is counted twice: each byte held is attributed to exactly one source.

pub mod app;
pub mod catalog;
pub mod cli;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod field;
pub mod grib;
pub mod i18n;
pub mod mesh;
pub mod publish;
pub mod swarm;
pub mod transfer;
#[cfg(feature = "window")]
pub mod ui;
