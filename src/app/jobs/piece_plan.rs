//! What files and fields cost by each road, before anything is fetched.
//!
//! In: where the pieces of a content begin, and which messages are wanted. Out: [`PlanSummary`]. Pure.

use crate::app::catalog::route::Route;
use crate::app::jobs::view::{PlanSummary, RoadCost};
use crate::domain::content::Layout;
use crate::domain::integrity::Voucher;
use crate::domain::octets::ByteRange;
use crate::domain::octets::{ByteCount, RangeSet};
use crate::grib::slicing::Slices;
use crate::transfer::expected::ContentClaim;

/// What is wanted of one file.
pub(crate) enum FileShare {
    /// All of it, since its name or an index tells that everything in it is wanted.
    Whole(ContentClaim),
    /// These messages.
    Some { slices: Slices, voucher: Voucher },
    /// Not known before the file is here.
    Unknown,
    /// Not known before the file is here and decompressed.
    Compressed,
}

/// Whether exact ranges can be had from a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Http {
    Open,
    Shut,
}

/// What is fetched of a content when its pieces are, and what it costs.
pub(crate) struct PiecesPlan {
    pub(crate) plan: PlanSummary,
    pub(crate) want: RangeSet,
    /// Files that are wanted as they are.
    pub(crate) whole_files: Vec<usize>,
}

/// What slices cost by each road that is open; the first is taken.
pub(crate) fn plan_of(slices: &Slices, roads: &[(Route, ByteCount)], index_octets: u64) -> PlanSummary {
    let (road, to_transfer) = roads[0];
    PlanSummary {
        wanted: slices.wanted(),
        wanted_before: ByteCount::ZERO,
        to_transfer,
        road,
        fields: Some(slices.fields),
        lacking: Vec::new(),
        index_octets: ByteCount(index_octets),
        roads: roads.iter().map(|&(road, octets)| RoadCost { road, octets }).collect(),
    }
}

/// What a file, or several, cost as a whole: there is no other road.
pub(crate) fn plan_of_whole(road: Route, octets: ByteCount) -> PlanSummary {
    PlanSummary {
        wanted: octets,
        wanted_before: ByteCount::ZERO,
        to_transfer: octets,
        road,
        fields: None,
        lacking: Vec::new(),
        index_octets: ByteCount::ZERO,
        roads: vec![RoadCost { road, octets }],
    }
}

/// What a file costs of which nobody tells the length.
pub(crate) fn plan_of_unknown(road: Route) -> PlanSummary {
    PlanSummary { roads: Vec::new(), ..plan_of_whole(road, ByteCount::ZERO) }
}

/// The shares of a content by its pieces, beside what exact ranges and whole files would cost.
pub(crate) fn by_pieces(layout: &Layout, shares: &[(usize, FileShare)], http: Http) -> PiecesPlan {
    let mut want = RangeSet::new();
    let (mut wanted, mut exact, mut whole) = (ByteCount::ZERO, ByteCount::ZERO, ByteCount::ZERO);
    let (mut whole_files, mut fields, mut is_provable) = (Vec::new(), 0, true);
    for (file, share) in shares {
        let entry = &layout.files()[*file];
        whole += entry.length;
        match share {
            FileShare::Some { slices, .. } => {
                widened(layout, *file, slices).iter().for_each(|range| want.insert(range));
                wanted += slices.wanted();
                exact += coalesced(slices).count();
                fields += slices.fields;
                is_provable &= slices.is_provable();
            }
            FileShare::Whole(_) | FileShare::Unknown | FileShare::Compressed => {
                entry.range().iter().for_each(|range| want.insert(layout.widened(*range)));
                wanted += entry.length;
                exact += entry.length;
            }
        }
        if matches!(share, FileShare::Whole(_)) {
            whole_files.push(*file);
        }
    }
    let road = if shares.iter().any(|(_, share)| matches!(share, FileShare::Compressed)) {
        Route::Decompressed
    } else if shares.iter().any(|(_, share)| matches!(share, FileShare::Unknown)) {
        Route::NoIndex
    } else if shares.iter().all(|(_, share)| matches!(share, FileShare::Whole(_))) {
        Route::WholeFiles
    } else {
        Route::Pieces
    };
    let mut roads = vec![RoadCost { road, octets: want.count() }];
    if road == Route::Pieces {
        let ranges = if is_provable { Route::ProvenRanges } else { Route::Ranges };
        roads.extend((http == Http::Open).then_some(RoadCost { road: ranges, octets: exact }));
        roads.push(RoadCost { road: Route::WholeFiles, octets: whole });
    }
    let plan = PlanSummary {
        wanted_before: ByteCount::ZERO,
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
pub(crate) fn widened(layout: &Layout, file: usize, slices: &Slices) -> RangeSet {
    let start = layout.files()[file].start;
    slices.messages.iter().map(|message| layout.widened(message.range.shifted_by(start))).collect()
}

/// Octets to fetch for ranges by HTTP: neighbours are joined, those with the smallest gaps first, as long as that costs
/// no more than a fiftieth more octets. A request costs more than a short gap.
pub(crate) fn coalesced(slices: &Slices) -> RangeSet {
    joined(slices.ranges(), slices.wanted().0 / 50)
}

fn joined(mut want: RangeSet, mut budget: u64) -> RangeSet {
    let ranges: Vec<ByteRange> = want.iter().collect();
    let between = |pair: &[ByteRange]| ByteRange::new(pair[0].end(), pair[1].start());
    let mut gaps: Vec<ByteRange> = ranges.windows(2).filter_map(between).collect();
    gaps.sort_by_key(|gap| gap.count());
    for gap in gaps {
        let ByteCount(count) = gap.count();
        if count > budget {
            break;
        }
        budget -= count;
        want.insert(gap);
    }
    want
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ranges: &[(u64, u64)]) -> RangeSet {
        ranges.iter().filter_map(|&(start, end)| ByteRange::new(start, end)).collect()
    }

    #[test]
    fn the_smallest_gaps_are_joined_first_and_only_while_they_are_cheap() {
        let want = set(&[(0, 1_000), (1_030, 2_000), (2_005, 3_000), (3_010, 4_000), (9_000, 9_500)]);
        let joined = joined(want, 20);
        assert_eq!(joined, set(&[(0, 1_000), (1_030, 4_000), (9_000, 9_500)]), "gaps of 5 and 10, not of 30");
    }

    #[test]
    fn without_a_budget_nothing_is_joined() {
        let want = set(&[(0, 10), (11, 20)]);
        assert_eq!(joined(want.clone(), 0), want);
    }
}
