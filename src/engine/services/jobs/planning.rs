//! What files and fields cost by each road, before anything is fetched.
//!
//! In: where the pieces of a content begin, and which messages are wanted. Out: [`PlanSummary`]. Pure.

use super::cutting::coalesced;
use crate::app::state::{PlanSummary, Road, RoadCost};
use crate::domain::content::Layout;
use crate::domain::integrity::Voucher;
use crate::domain::octets::{ByteCount, RangeSet};
use crate::engine::transfer::content::Told;
use crate::grib::slicing::Slices;

/// What is wanted of one file.
pub(super) enum Share {
    /// All of it, since its name or an index tells that everything in it is wanted.
    Whole(Told),
    /// These messages.
    Some { slices: Slices, voucher: Voucher },
    /// Not known before the file is here.
    Unknown,
    /// Not known before the file is here and decompressed.
    Compressed,
}

/// Whether exact ranges can be had from a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Http {
    Open,
    Shut,
}

/// What is fetched of a content when its pieces are, and what it costs.
pub(super) struct PiecesPlan {
    pub(super) plan: PlanSummary,
    pub(super) want: RangeSet,
    /// Files that are wanted as they are.
    pub(super) whole_files: Vec<usize>,
}

/// What slices cost by each road that is open; the first is taken.
pub(super) fn plan_of(slices: &Slices, roads: &[(Road, ByteCount)], index_octets: u64) -> PlanSummary {
    let (road, to_transfer) = roads[0];
    PlanSummary {
        wanted: slices.wanted(),
        to_transfer,
        road,
        fields: Some(slices.fields),
        lacking: Vec::new(),
        index_octets: ByteCount(index_octets),
        roads: roads.iter().map(|&(road, octets)| RoadCost { road, octets }).collect(),
    }
}

/// The shares of a content by its pieces, beside what exact ranges and whole files would cost.
pub(super) fn by_pieces(layout: &Layout, shares: &[(usize, Share)], http: Http) -> PiecesPlan {
    let mut want = RangeSet::new();
    let (mut wanted, mut exact, mut whole) = (ByteCount::ZERO, ByteCount::ZERO, ByteCount::ZERO);
    let (mut whole_files, mut fields, mut is_provable) = (Vec::new(), 0, true);
    for (file, share) in shares {
        let entry = &layout.files()[*file];
        whole += entry.length;
        match share {
            Share::Some { slices, .. } => {
                widened(layout, *file, slices).iter().for_each(|range| want.insert(range));
                wanted += slices.wanted();
                exact += coalesced(slices).count();
                fields += slices.fields;
                is_provable &= slices.is_provable();
            }
            Share::Whole(_) | Share::Unknown | Share::Compressed => {
                entry.range().iter().for_each(|range| want.insert(layout.widened(*range)));
                wanted += entry.length;
                exact += entry.length;
            }
        }
        if matches!(share, Share::Whole(_)) {
            whole_files.push(*file);
        }
    }
    let road = if shares.iter().any(|(_, share)| matches!(share, Share::Compressed)) {
        Road::Decompressed
    } else if shares.iter().any(|(_, share)| matches!(share, Share::Unknown)) {
        Road::NoIndex
    } else if shares.iter().all(|(_, share)| matches!(share, Share::Whole(_))) {
        Road::WholeFiles
    } else {
        Road::Pieces
    };
    let mut roads = vec![RoadCost { road, octets: want.count() }];
    if road == Road::Pieces {
        let ranges = if is_provable { Road::ProvenRanges } else { Road::Ranges };
        roads.extend((http == Http::Open).then_some(RoadCost { road: ranges, octets: exact }));
        roads.push(RoadCost { road: Road::WholeFiles, octets: whole });
    }
    let plan = PlanSummary {
        wanted,
        to_transfer: want.count(),
        road,
        fields: (fields > 0).then_some(fields),
        lacking: Vec::new(),
        index_octets: ByteCount::ZERO,
        roads,
    };
    PiecesPlan { plan, want, whole_files }
}

/// The pieces of the messages of a file, counted in the content.
pub(super) fn widened(layout: &Layout, file: usize, slices: &Slices) -> RangeSet {
    let start = layout.files()[file].start;
    slices.messages.iter().map(|message| layout.widened(message.range.shifted_by(start))).collect()
}
