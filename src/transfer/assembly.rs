//! Puts the octets of one fetch together into units that can be proven: pieces, or blocks of a mebibyte.
//!
//! In: stretches of bytes as they arrive, in order. Out: whole [`Unit`]s, their bytes never copied.
//! Pad files are filled in as zeros. Does not hash and does not write.

use crate::domain::content::Layout;
use crate::domain::octets::ByteRange;
use crate::domain::safe_path::SafePath;
use bytes::Bytes;
use std::sync::Arc;

/// Where bytes have no published hashes, they are written and digested in blocks of this length.
pub const BLOCK_LENGTH: u64 = 1 << 20;

/// How a content is cut into units.
#[derive(Clone, Debug)]
pub enum ContentGrid {
    /// Pieces with published hashes.
    Pieces(Arc<Layout>),
    /// Blocks of a mebibyte, cut by what is fetched.
    Blocks(Arc<Layout>),
}

impl ContentGrid {
    /// The same with every file some folders deeper.
    pub fn below(self, folders: &SafePath) -> Self {
        let placed = |layout: Arc<Layout>| Arc::new(Arc::unwrap_or_clone(layout).below(folders));
        match self {
            Self::Pieces(layout) => Self::Pieces(placed(layout)),
            Self::Blocks(layout) => Self::Blocks(placed(layout)),
        }
    }

    /// How the content lies in files.
    pub fn layout(&self) -> &Arc<Layout> {
        match self {
            Self::Pieces(layout) | Self::Blocks(layout) => layout,
        }
    }

    /// `range` widened to what can be fetched alone: whole pieces, or just itself.
    pub fn widened(&self, range: ByteRange) -> ByteRange {
        match self {
            Self::Pieces(layout) => layout.widened(range),
            Self::Blocks(_) => range,
        }
    }

    /// The units that lie in `file` alone: what a stream of that file can complete. `None` when there are none.
    pub fn inside(&self, file: usize) -> Option<ByteRange> {
        let range = self.layout().files().get(file)?.range()?;
        let Self::Pieces(layout) = self else { return Some(range) };
        let length = layout.piece_length();
        let end = if range.end() == layout.total().0 { range.end() } else { range.end() / length * length };
        ByteRange::new(range.start().div_ceil(length) * length, end)
    }

    /// Length of a unit.
    pub fn unit_length(&self) -> u64 {
        match self {
            Self::Pieces(layout) => layout.piece_length(),
            Self::Blocks(_) => BLOCK_LENGTH,
        }
    }

    /// The end of the unit that holds octet `at`, not past `end`.
    fn unit_end(&self, at: u64, end: u64) -> u64 {
        let length = self.unit_length();
        (at / length).saturating_add(1).saturating_mul(length).min(end)
    }
}

/// Whole octets of a piece or block.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Where they lie in the content.
    pub range: ByteRange,
    /// The octets, in order.
    pub frames: Vec<Bytes>,
}

/// The units of one fetch, some of them under way.
#[derive(Debug)]
pub struct Assembly {
    grid: ContentGrid,
    start: u64,
    /// Start of the unit under way.
    unit_start: u64,
    /// The next octet that is expected.
    at: u64,
    end: u64,
    frames: Vec<Bytes>,
    whole: Vec<Unit>,
}

impl Assembly {
    /// An assembly of `range`, which begins and ends where units do.
    pub fn new(grid: ContentGrid, range: ByteRange) -> Self {
        let (start, end) = (range.start(), range.end());
        Self { grid, start, unit_start: start, at: start, end, frames: Vec::new(), whole: Vec::new() }
    }

    /// The next octet of a real file that is expected; padding that stands before it is filled in.
    /// `None` when all are there.
    pub fn next_octet(&mut self) -> Option<u64> {
        while self.at < self.end {
            let layout = self.grid.layout();
            let (file, _) = layout.parts(ByteRange::at(self.at, 1)?).next()?;
            let file = &layout.files()[file];
            if !file.is_padding {
                return Some(self.at);
            }
            self.take_zeros(file.start + file.length.0);
        }
        None
    }

    fn take_zeros(&mut self, end: u64) {
        static ZEROS: [u8; 1 << 16] = [0; 1 << 16];
        let step = (end.min(self.unit_end()) - self.at).min(ZEROS.len() as u64);
        self.take(Bytes::from_static(&ZEROS[..step as usize]));
    }

    /// Takes bytes that continue at [`next_octet`](Self::next_octet); what lies past the end is dropped.
    pub fn push(&mut self, mut bytes: Bytes) {
        while !bytes.is_empty() && self.at < self.end {
            let step = (self.unit_end() - self.at).min(bytes.len() as u64);
            self.take(bytes.split_to(step as usize));
        }
    }

    /// The units that have become whole since the last call.
    pub fn take_whole(&mut self) -> Vec<Unit> {
        std::mem::take(&mut self.whole)
    }

    /// How far it has come in the content.
    pub fn position(&self) -> u64 {
        self.at
    }

    /// Where it ends.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Whether no octet, not even padding, is in it yet.
    pub fn has_received_nothing(&self) -> bool {
        self.at == self.start
    }

    /// Octets received of a unit that is not whole yet: lost when the fetch ends here.
    pub fn under_way(&self) -> u64 {
        self.at - self.unit_start
    }

    /// The end of the unit under way.
    fn unit_end(&self) -> u64 {
        self.grid.unit_end(self.at, self.end)
    }

    /// Takes bytes that do not pass the end of the unit under way.
    fn take(&mut self, bytes: Bytes) {
        let unit_end = self.unit_end();
        self.at += bytes.len() as u64;
        self.frames.push(bytes);
        if self.at == unit_end {
            let frames = std::mem::take(&mut self.frames);
            self.whole.extend(ByteRange::new(self.unit_start, self.at).map(|range| Unit { range, frames }));
            self.unit_start = self.at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::content::ContentFile;
    use crate::domain::octets::ByteCount;
    use crate::domain::safe_path::SafePath;

    fn layout(files: &[(u64, bool)], piece_length: u64) -> Arc<Layout> {
        let mut start = 0;
        let files = files.iter().map(|&(length, is_padding)| {
            let file = ContentFile {
                path: SafePath::from_name("f"),
                published: Vec::new(),
                start,
                length: ByteCount(length),
                is_padding,
            };
            start += length;
            file
        });
        Arc::new(Layout::new("x".to_owned(), files.collect(), piece_length).expect("a sound layout"))
    }

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).expect("a test range is not empty")
    }

    fn ranges(units: &[Unit]) -> Vec<ByteRange> {
        units.iter().map(|unit| unit.range).collect()
    }

    fn pushed(assembly: &mut Assembly, octets: &'static [u8]) -> Vec<ByteRange> {
        assembly.push(Bytes::from_static(octets));
        ranges(&assembly.take_whole())
    }

    #[test]
    fn units_come_out_whole_however_the_bytes_are_cut() {
        let mut assembly = Assembly::new(ContentGrid::Pieces(layout(&[(25, false)], 10)), range(0, 25));
        assert!(pushed(&mut assembly, &[1; 9]).is_empty());
        assert_eq!(assembly.under_way(), 9);
        assert_eq!(pushed(&mut assembly, &[1; 13]), [range(0, 10), range(10, 20)]);
        assert_eq!(pushed(&mut assembly, &[1; 3]), [range(20, 25)]);
        assert_eq!(assembly.next_octet(), None);
    }

    #[test]
    fn padding_is_filled_in_and_not_asked_for() {
        let files = [(4, false), (16, true), (5, false)];
        let mut assembly = Assembly::new(ContentGrid::Pieces(layout(&files, 10)), range(0, 25));
        assert!(pushed(&mut assembly, &[1; 4]).is_empty());
        assert_eq!(assembly.next_octet(), Some(20));
        let padded = assembly.take_whole();
        assert_eq!(ranges(&padded), [range(0, 10), range(10, 20)]);
        assert_eq!(padded[0].frames.concat(), [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(pushed(&mut assembly, &[2; 5]), [range(20, 25)]);
    }

    #[test]
    fn blocks_are_cut_by_the_range_that_is_fetched() {
        let grid = ContentGrid::Blocks(layout(&[(3 * BLOCK_LENGTH, false)], BLOCK_LENGTH));
        let mut assembly = Assembly::new(grid, range(BLOCK_LENGTH - 5, BLOCK_LENGTH + 7));
        let units = pushed(&mut assembly, &[1; 12]);
        assert_eq!(units, [range(BLOCK_LENGTH - 5, BLOCK_LENGTH), range(BLOCK_LENGTH, BLOCK_LENGTH + 7)]);
    }

    #[test]
    fn bytes_past_the_end_are_dropped() {
        let mut assembly = Assembly::new(ContentGrid::Pieces(layout(&[(25, false)], 10)), range(0, 10));
        assembly.push(Bytes::from_static(&[1; 25]));
        let units = assembly.take_whole();
        assert_eq!(ranges(&units), [range(0, 10)]);
        assert_eq!(units[0].frames.concat().len(), 10);
    }
}
