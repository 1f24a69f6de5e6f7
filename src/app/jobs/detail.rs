//! One transfer from close by: where its bytes came from, its pieces, its fields, its rates.
//!
//! In: what the engine sees of the transfer that is open on screen. Out: [`DetailView`].

use crate::app::jobs::request::JobId;
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

impl PieceMap {
    /// The map of pieces in those states. Where there are more stretches than [`MOST_SEGMENTS`], neighbours are put
    /// together and show what most of them are.
    pub fn of(piece_length: u64, states: &[PieceState]) -> Self {
        let stretches = states.chunk_by(|a, b| a == b).count();
        let together = if stretches > MOST_SEGMENTS { states.len().div_ceil(MOST_SEGMENTS) } else { 1 };
        let shown = states.chunks(together).map(|group| (group.len(), prevailing(group)));
        let mut segments: Vec<Segment> = Vec::new();
        for (count, state) in shown {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            match segments.last_mut() {
                Some(last) if last.state == state => last.count = last.count.saturating_add(count),
                _ => segments.push(Segment { count, state }),
            }
        }
        Self { pieces: u32::try_from(states.len()).unwrap_or(u32::MAX), piece_length, segments }
    }
}

/// The state that most pieces of a group are in; the first of several.
fn prevailing(group: &[PieceState]) -> PieceState {
    let count = |state: &PieceState| group.iter().filter(|other| *other == state).count();
    let mut best = group[0];
    for state in group {
        if count(state) > count(&best) {
            best = *state;
        }
    }
    best
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

#[cfg(test)]
mod tests {
    use super::PieceState::{FromHttp, FromPeers, Missing};
    use super::*;

    #[test]
    fn neighbours_in_one_state_are_one_segment() {
        let map = PieceMap::of(16, &[FromPeers, FromPeers, Missing, FromHttp]);
        let seen: Vec<_> = map.segments.iter().map(|segment| (segment.count, segment.state)).collect();
        assert_eq!((map.pieces, seen), (4, vec![(2, FromPeers), (1, Missing), (1, FromHttp)]));
        assert_eq!(PieceMap::of(16, &[]).segments, []);
    }

    #[test]
    fn a_map_of_very_many_stretches_shows_what_most_are_and_counts_every_piece() {
        let states: Vec<PieceState> =
            (0..100_000).map(|piece| if piece % 3 == 0 { Missing } else { FromPeers }).collect();
        let map = PieceMap::of(16, &states);
        assert!(map.segments.len() <= MOST_SEGMENTS);
        assert_eq!(map.segments.iter().map(|segment| segment.count).sum::<u32>(), 100_000);
        assert!(map.segments.iter().all(|segment| segment.state == FromPeers));
    }
}
