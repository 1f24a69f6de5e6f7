//! What is wanted of a content, what of it is still to come, and which files are whole.
//!
//! In: units that are held, ranges that are asked for and given back. Out: what is open, and files that can be handed over.

use super::Ledger;
use crate::domain::content::Layout;
use crate::domain::octets::{ByteCount, ByteRange, RangeSet};
use crate::transfer::assembly::ContentGrid;
use core::ops::Range;
use std::collections::BTreeMap;

/// What is wanted, and how much of it is left.
#[derive(Debug)]
pub(super) struct Need {
    grid: ContentGrid,
    want: RangeSet,
    /// Wanted, not held, and asked of no HTTP source.
    open: RangeSet,
    missing: ByteCount,
    /// Octets missing of each file that is to be handed over.
    left_in_file: BTreeMap<usize, u64>,
}

impl Need {
    /// `want` of the content that `grid` cuts; `whole_files` are handed over as soon as each is whole.
    pub(super) fn new(grid: ContentGrid, want: RangeSet, whole_files: Vec<usize>) -> Self {
        let left_in_file = whole_files.into_iter().map(|file| (file, 0)).collect();
        Self { grid, want, open: RangeSet::new(), missing: ByteCount::ZERO, left_in_file }
    }

    pub(super) fn grid(&self) -> &ContentGrid {
        &self.grid
    }

    pub(super) fn layout(&self) -> &Layout {
        self.grid.layout()
    }

    pub(super) fn want(&self) -> &RangeSet {
        &self.want
    }

    /// Wanted, not held, and asked of no HTTP source.
    pub(super) fn open(&self) -> &RangeSet {
        &self.open
    }

    /// Octets still to come.
    pub(super) fn missing(&self) -> ByteCount {
        self.missing
    }

    /// Files that are to be handed over and are not whole yet.
    pub(super) fn unfinished_files(&self) -> impl Iterator<Item = usize> {
        self.left_in_file.keys().copied()
    }

    /// Counts what `ledger` lacks. Returns the files that are whole.
    pub(super) fn begin(&mut self, ledger: &Ledger) -> Vec<usize> {
        self.open = ledger.missing(&self.want);
        self.missing = self.open.count();
        let files = self.grid.layout().files();
        for (&file, left) in &mut self.left_in_file {
            let range = files.get(file).and_then(|file| file.range());
            *left = range.map_or(0, |range| ledger.missing_of(range).iter().map(|gap| gap.count().0).sum());
        }
        let whole = self.left_in_file.extract_if(.., |_, left| *left == 0);
        whole.map(|(file, _)| file).collect()
    }

    /// The unit `range` is held, of which the ranges `new` were not before. Returns the files that are whole by it.
    pub(super) fn hold(&mut self, range: ByteRange, new: &[ByteRange]) -> Vec<usize> {
        let mut whole = Vec::new();
        for part in new {
            self.open.remove(*part);
            for (file, octets) in self.grid.layout().parts(*part) {
                let Some(left) = self.left_in_file.get_mut(&file) else { continue };
                *left = left.saturating_sub(octets.count().0);
                if *left == 0 {
                    self.left_in_file.remove(&file);
                    whole.push(file);
                }
            }
        }
        let count: ByteCount = new.iter().map(|part| part.count()).sum();
        let wanted: ByteCount = self.want.within(range).map(ByteRange::count).sum();
        self.missing = self.missing.saturating_sub(count.min(wanted));
        whole
    }

    /// `range` is asked of an HTTP source.
    pub(super) fn close(&mut self, range: ByteRange) {
        self.open.remove(range);
    }

    /// Makes what is missing of `range` available again, but for what is `claimed`.
    pub(super) fn reopen(
        &mut self,
        range: ByteRange,
        ledger: &Ledger,
        claimed: impl Iterator<Item = ByteRange>,
    ) {
        for gap in self.want.within(range).flat_map(|part| ledger.missing_of(part)) {
            self.open.insert(gap);
        }
        claimed.for_each(|range| self.open.remove(range));
    }

    /// Real files that `range` touches.
    pub(super) fn files_of(&self, range: ByteRange) -> Vec<usize> {
        let layout = self.layout();
        layout.parts(range).map(|(file, _)| file).filter(|&file| !layout.files()[file].is_padding).collect()
    }

    /// The first real file that `range` touches: the one whose answer is awaited first.
    pub(super) fn first_file_of(&self, range: ByteRange) -> Option<usize> {
        let layout = self.layout();
        layout.parts(range).map(|(file, _)| file).find(|&file| !layout.files()[file].is_padding)
    }

    /// Files of which something is open.
    pub(super) fn open_files(&self) -> Vec<usize> {
        let mut files: Vec<usize> = self.open.iter().flat_map(|gap| self.files_of(gap)).collect();
        files.dedup();
        files
    }

    /// Pieces of which something is open; one that has several gaps comes as many times.
    pub(super) fn open_pieces(&self) -> impl Iterator<Item = u32> {
        self.open.iter().flat_map(|gap| self.layout().pieces_of(gap))
    }

    /// A fifth of the wanted pieces: what one source may waste before it is given up.
    pub(super) fn most_wrong_pieces(&self) -> usize {
        usize::try_from(self.want.count().0 / self.grid.unit_length() / 5).unwrap_or(usize::MAX)
    }

    /// The runs of open pieces for which `is_meant` says so, turned so that the first begins at a place of them that
    /// `chance` chooses.
    pub(super) fn runs_where(&self, is_meant: &dyn Fn(u32) -> bool, chance: usize) -> Vec<ByteRange> {
        if matches!(self.grid, ContentGrid::Blocks(_)) {
            return self.open.iter().collect();
        }
        let mut runs: Vec<Range<u32>> = Vec::new();
        for piece in self.open_pieces().filter(|piece| is_meant(*piece)) {
            match runs.last_mut() {
                Some(run) if run.end == piece => run.end += 1,
                Some(run) if run.contains(&piece) => {}
                _ => runs.push(piece..piece + 1),
            }
        }
        let layout = self.layout();
        let range = |run: Range<u32>| {
            let end = layout.piece_range(run.end.checked_sub(1)?)?.end();
            ByteRange::new(layout.piece_range(run.start)?.start(), end)
        };
        turned(runs, chance).into_iter().filter_map(range).collect()
    }
}

/// `runs`, in a circle, from the piece of them on that `chance` chooses.
fn turned(runs: Vec<Range<u32>>, chance: usize) -> Vec<Range<u32>> {
    let total: usize = runs.iter().map(ExactSizeIterator::len).sum();
    if total == 0 {
        return Vec::new();
    }
    let mut skip = (chance % total) as u32;
    let first = runs.iter().position(|run| {
        let is_here = skip < run.end - run.start;
        if !is_here {
            skip -= run.end - run.start;
        }
        is_here
    });
    let first = first.unwrap_or(0);
    let middle = runs[first].start + skip;
    let after = middle..runs[first].end;
    let before = runs[first].start..middle;
    let (earlier, later) = (&runs[..first], &runs[first + 1..]);
    let all = std::iter::once(&after).chain(later).chain(earlier).chain(std::iter::once(&before));
    all.filter(|run| !run.is_empty()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_begin_where_chance_says_and_go_round() {
        let runs = vec![0..2, 5..8];
        assert_eq!(turned(runs.clone(), 0), [0..2, 5..8]);
        assert_eq!(turned(runs.clone(), 1), [1..2, 5..8, 0..1]);
        assert_eq!(turned(runs.clone(), 3), [6..8, 0..2, 5..6]);
        assert_eq!(turned(runs, 5), [0..2, 5..8], "five pieces: the circle is closed");
        assert!(turned(Vec::new(), 7).is_empty());
    }
}
