//! One transfer from close by: where its bytes came from, its pieces, its fields, its rates.
//!
//! In: what the engine sees of the transfer that is open on screen. Out: [`DetailView`].

use super::request::JobId;
use crate::domain::field::Field;
use std::time::Duration;

/// What is shown of the transfer that is open. The sources are in the job's own rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DetailView {
    /// Which transfer.
    pub job: Option<JobId>,
    /// Its pieces or blocks, at most [`MOST_SEGMENTS`] neighbours joined to each.
    pub pieces: PieceMap,
    /// The fields of the file, once an index is known.
    pub fields: Vec<FieldRow>,
    /// Rates, oldest first, at most [`MOST_RATES`].
    pub rates: Vec<RatePoint>,
}

/// Most segments of a map.
pub const MOST_SEGMENTS: usize = 1024;

/// Most points of a curve.
pub const MOST_RATES: usize = 600;

/// The pieces of a content, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PieceMap {
    /// How many pieces there are.
    pub pieces: u32,
    /// Their length in octets; the last may be shorter.
    pub piece_length: u64,
    /// Neighbouring pieces that share a state, in order.
    pub segments: Vec<Segment>,
}

/// Neighbouring pieces in the same state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// How many pieces.
    pub count: u32,
    /// Their state.
    pub state: PieceState,
}

/// Where a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PieceState {
    /// Nobody asked for it.
    NotWanted,
    /// Wanted and not here.
    Missing,
    /// Asked of an HTTP source.
    AskedHttp,
    /// Held, from peers.
    FromPeers,
    /// Held, by HTTP.
    FromHttp,
    /// Held, found on the disk or carried by an announcement.
    FromDisk,
}

/// A field of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldRow {
    /// The field.
    pub field: Field,
    /// Whether all its octets are here.
    pub is_here: bool,
}

/// Rates at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// Since the transfer began.
    pub at: Duration,
    /// Octets a second from peers.
    pub peers: u64,
    /// Octets a second by HTTP.
    pub http: u64,
    /// Octets a second given.
    pub given: u64,
}
