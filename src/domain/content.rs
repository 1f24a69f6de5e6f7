//! A content: bytes with an identity, and how they lie in files.
//!
//! In: what a torrent or a server says of a file or a tree of files. Out: [`ContentId`], [`Layout`].
//! All files of a content form one line of octets in which pieces and ranges are counted.

use super::integrity::{Digest, DigestAlgorithm};
use super::octets::{ByteCount, ByteRange};
use super::safe_path::SafePath;
use super::torrent::InfoHash;

/// What makes bytes the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ContentId {
    /// Bytes whose pieces a torrent names.
    Torrent(InfoHash),
    /// Bytes that one server holds under one name, for as long as its validator does not change.
    Remote {
        /// The URL, whole.
        url: String,
        /// Its length.
        length: ByteCount,
        /// `ETag` or `Last-Modified`; empty when the server gives neither.
        validator: String,
    },
}

impl ContentId {
    /// A name for folders and database rows: letters and digits only. Holds no secret of a URL.
    pub fn key(&self) -> String {
        match self {
            Self::Torrent(hash) => hash.hex(),
            Self::Remote { url, length, validator } => {
                let text = format!("{url}\n{}\n{validator}", length.0);
                format!("r{}", &Digest::of(DigestAlgorithm::Sha256, text.as_bytes()).hex()[..39])
            }
        }
    }
}

/// One file of a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentFile {
    /// Where it is written, below the folder of the person's choice.
    pub path: SafePath,
    /// Its path below the content's name as published, for building URLs; empty for a content of a single file.
    pub published: Vec<String>,
    /// Its first octet in the content.
    pub start: u64,
    /// Its length; may be zero.
    pub length: ByteCount,
    /// Whether it only pads the next file to the start of a piece (BEP 47): zeros, never written or fetched.
    pub is_padding: bool,
}

impl ContentFile {
    /// Its octets in the content. `None` when it is empty.
    pub fn range(&self) -> Option<ByteRange> {
        ByteRange::at(self.start, self.length.0)
    }
}

/// How the octets of a content lie in files and in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The name as published.
    pub name: String,
    /// The files, each beginning where the one before it ends.
    files: Vec<ContentFile>,
    /// Length of every piece but the last.
    piece_length: u64,
}

impl Layout {
    /// `None` unless the files follow one another without gap and pieces have a length.
    pub fn new(name: String, files: Vec<ContentFile>, piece_length: u64) -> Option<Self> {
        let mut at = 0u64;
        for file in &files {
            if file.start != at {
                return None;
            }
            at = at.checked_add(file.length.0)?;
        }
        (piece_length > 0 && !files.is_empty()).then_some(Self { name, files, piece_length })
    }

    /// The same with every file some folders deeper.
    pub fn below(mut self, folders: &SafePath) -> Self {
        for file in &mut self.files {
            file.path = file.path.below(folders);
        }
        self
    }

    /// The same with its one file at `path`. `None` when it is not a content of a single file.
    pub fn at(mut self, path: SafePath) -> Option<Self> {
        if !self.is_single_file() {
            return None;
        }
        self.files[0].path = path;
        Some(self)
    }

    /// The files, padding included.
    pub fn files(&self) -> &[ContentFile] {
        &self.files
    }

    /// Whether the content is one file that bears the content's name, rather than files in a folder of that name.
    pub fn is_single_file(&self) -> bool {
        matches!(self.files.as_slice(), [file] if file.published.is_empty())
    }

    /// Length of every piece but the last.
    pub fn piece_length(&self) -> u64 {
        self.piece_length
    }

    /// Length of the content, padding included.
    pub fn total(&self) -> ByteCount {
        self.files.last().map_or(ByteCount::ZERO, |file| ByteCount(file.start + file.length.0))
    }

    /// How many pieces there are; the last may be shorter.
    pub fn pieces(&self) -> u32 {
        u32::try_from(self.total().0.div_ceil(self.piece_length)).unwrap_or(u32::MAX)
    }

    /// The octets of `piece`. `None` past the last.
    pub fn piece_range(&self, piece: u32) -> Option<ByteRange> {
        let start = u64::from(piece).checked_mul(self.piece_length)?;
        ByteRange::new(start, start.checked_add(self.piece_length)?.min(self.total().0))
    }

    /// The piece that holds octet `at`.
    pub fn piece_at(&self, at: u64) -> u32 {
        u32::try_from(at / self.piece_length).unwrap_or(u32::MAX)
    }

    /// The pieces that `range` touches, first and one past the last.
    pub fn pieces_of(&self, range: ByteRange) -> std::ops::Range<u32> {
        self.piece_at(range.start())..self.piece_at(range.end() - 1) + 1
    }

    /// `range` widened to whole pieces.
    pub fn widened(&self, range: ByteRange) -> ByteRange {
        let start = range.start() / self.piece_length * self.piece_length;
        let end =
            range.end().div_ceil(self.piece_length).saturating_mul(self.piece_length).min(self.total().0);
        ByteRange::new(start, end.max(range.end())).unwrap_or(range)
    }

    /// The parts of `range` by file: index of the file, and the octets counted from the file's own start.
    pub fn parts(&self, range: ByteRange) -> impl Iterator<Item = (usize, ByteRange)> + '_ {
        let first = self.files.partition_point(|file| file.start + file.length.0 <= range.start());
        self.files[first..]
            .iter()
            .enumerate()
            .take_while(move |(_, file)| file.start < range.end())
            .filter_map(move |(i, file)| {
                let part = file.range()?.intersection(range)?;
                Some((first + i, part.relative_to(file.start)?))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(lengths: &[u64], piece_length: u64) -> Layout {
        let mut start = 0;
        let files = lengths.iter().enumerate().map(|(i, &length)| {
            let file = ContentFile {
                path: SafePath::from_name(&i.to_string()),
                published: vec![i.to_string()],
                start,
                length: ByteCount(length),
                is_padding: false,
            };
            start += length;
            file
        });
        Layout::new("run".to_owned(), files.collect(), piece_length).expect("a sound layout")
    }

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).expect("a test range is not empty")
    }

    #[test]
    fn the_last_piece_may_be_short() {
        let layout = layout(&[10, 15], 10);
        assert_eq!(layout.pieces(), 3);
        assert_eq!(layout.piece_range(2), Some(range(20, 25)));
        assert_eq!(layout.piece_range(3), None);
    }

    #[test]
    fn a_piece_that_lies_over_several_files_is_split_and_empty_files_are_stepped_over() {
        let layout = layout(&[4, 0, 3, 8], 10);
        let parts: Vec<_> = layout.parts(range(0, 10)).collect();
        assert_eq!(parts, [(0, range(0, 4)), (2, range(0, 3)), (3, range(0, 3))]);
    }

    #[test]
    fn a_range_widens_to_whole_pieces_and_not_past_the_end() {
        let layout = layout(&[25], 10);
        assert_eq!(layout.widened(range(11, 12)), range(10, 20));
        assert_eq!(layout.widened(range(19, 22)), range(10, 25));
        assert_eq!(layout.pieces_of(range(19, 22)), 1..3);
    }

    #[test]
    fn files_with_a_gap_or_pieces_without_length_are_no_layout() {
        let mut files = layout(&[4, 4], 4).files().to_vec();
        assert_eq!(Layout::new("x".to_owned(), files.clone(), 0), None);
        files[1].start = 5;
        assert_eq!(Layout::new("x".to_owned(), files, 4), None);
    }

    #[test]
    fn a_content_key_names_no_secret_and_changes_with_the_validator() {
        let remote = |validator: &str| ContentId::Remote {
            url: "https://h/x?token=s3cret".to_owned(),
            length: ByteCount(5),
            validator: validator.to_owned(),
        };
        assert_eq!(remote("a").key().len(), 40);
        assert_ne!(remote("a").key(), remote("b").key());
        assert!(!remote("a").key().contains("s3cret"));
    }
}
