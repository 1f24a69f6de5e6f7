//! Why a .torrent is not used at all.
//!
//! In: what the reader met. Out: [`MetainfoError`], with a stable code for scripts.
//! What is only odd is a [`Note`](super::Note).

use super::{LONGEST_PIECE, MOST_FILES, MOST_PIECES};
use crate::catalog::bencode::BencodeError;

/// What makes a torrent unusable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetainfoError {
    /// Not bencoded, too large, nested too deeply, or a key that matters stands twice.
    #[error("not a torrent: {0}")]
    NotBencoded(#[from] BencodeError),
    /// Bencoded, but no dictionary.
    #[error("not a torrent: no dictionary")]
    NotADictionary,
    /// No dictionary under `info`.
    #[error("no info dictionary")]
    NoInfo,
    /// Octets follow metadata that was received on its own, so they are no part of what its hash names.
    #[error("{count} octets after the metadata")]
    TrailingOctets {
        /// How many.
        count: usize,
    },
    /// Only version 2 of the protocol (BEP 52), whose pieces have hashes of another kind.
    #[error("torrent of version 2 only; one of version 1, or of both, is needed")]
    VersionTwoOnly,
    /// A key without which there is no torrent.
    #[error("{key:?} is missing")]
    Missing {
        /// The key.
        key: &'static str,
    },
    /// A key that holds another kind of value than it must.
    #[error("{key:?} is not {wanted}")]
    WrongKind {
        /// The key.
        key: &'static str,
        /// What it must hold.
        wanted: &'static str,
    },
    /// A piece length below 1 or above 64 MiB.
    #[error("piece length {octets}, not within 1 and {LONGEST_PIECE}")]
    PieceLength {
        /// What was written.
        octets: i64,
    },
    /// Both `length` and `files`, so that two readers could take different contents.
    #[error("both a length and a list of files")]
    LengthAndFiles,
    /// A negative length.
    #[error("file {file} has length {octets}")]
    NegativeLength {
        /// Its place in the list, from 0.
        file: usize,
        /// What was written.
        octets: i64,
    },
    /// More files than are read.
    #[error("more than {MOST_FILES} files")]
    TooManyFiles,
    /// A file without any path component.
    #[error("file {file} has no path")]
    NoPath {
        /// Its place in the list, from 0.
        file: usize,
    },
    /// A file below more folders than are made.
    #[error("file {file} lies {depth} components deep")]
    TooDeep {
        /// Its place in the list, from 0.
        file: usize,
        /// Components, the name of the torrent included.
        depth: usize,
    },
    /// Padding (BEP 47) of a piece or more, which aligns nothing.
    #[error("file {file} is padding of {octets} octets, a piece or more")]
    LongPadding {
        /// Its place in the list, from 0.
        file: usize,
        /// Its length.
        octets: u64,
    },
    /// A symbolic link (BEP 47), which could lead anywhere.
    #[error("file {file} is a symbolic link")]
    SymbolicLink {
        /// Its place in the list, from 0.
        file: usize,
    },
    /// No file, or none with any octet.
    #[error("nothing in it")]
    Empty,
    /// Lengths that add up to more than can be counted.
    #[error("lengths add up to more than 2^63")]
    TooLarge,
    /// More pieces than are read.
    #[error("{pieces} pieces are more than {MOST_PIECES}")]
    TooManyPieces {
        /// How many there would be.
        pieces: u64,
    },
    /// `pieces` ends in the middle of a hash.
    #[error("piece hashes of {octets} octets, not a multiple of 20")]
    BrokenHashes {
        /// Their length.
        octets: usize,
    },
    /// More or fewer hashes than pieces.
    #[error("{hashes} piece hashes for {pieces} pieces")]
    HashCount {
        /// How many hashes there are.
        hashes: usize,
        /// How many there should be.
        pieces: u64,
    },
}

impl MetainfoError {
    /// The name in JSON; stable.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotBencoded(BencodeError::DuplicateKey { .. }) => "duplicate_key",
            Self::NotBencoded(BencodeError::TooLong { .. }) => "too_long",
            Self::NotBencoded(BencodeError::TooDeep { .. }) => "nested_too_deeply",
            Self::NotBencoded(_) => "not_bencoded",
            Self::NotADictionary => "not_a_dictionary",
            Self::NoInfo => "no_info",
            Self::TrailingOctets { .. } => "trailing_octets",
            Self::VersionTwoOnly => "version_2_only",
            Self::Missing { .. } => "missing_key",
            Self::WrongKind { .. } => "wrong_kind",
            Self::PieceLength { .. } => "piece_length",
            Self::LengthAndFiles => "length_and_files",
            Self::NegativeLength { .. } => "negative_length",
            Self::TooManyFiles => "too_many_files",
            Self::NoPath { .. } => "no_path",
            Self::TooDeep { .. } => "path_too_deep",
            Self::LongPadding { .. } => "long_padding",
            Self::SymbolicLink { .. } => "symbolic_link",
            Self::Empty => "empty",
            Self::TooLarge => "too_large",
            Self::TooManyPieces { .. } => "too_many_pieces",
            Self::BrokenHashes { .. } => "broken_hashes",
            Self::HashCount { .. } => "hash_count",
        }
    }
}
