//! By which road something is fetched, and why by this one.

/// By which road octets are fetched, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Whole files.
    WholeFiles,
    /// Whole pieces, because only they can be proven.
    Pieces,
    /// Exact ranges by HTTP, proven by the digests of an index.
    ProvenRanges,
    /// Exact ranges by HTTP, without published digests.
    Ranges,
    /// The whole file, because nothing says where its fields lie.
    NoIndex,
    /// The whole file, because it is compressed: it is cut after decompression.
    Decompressed,
    /// Nothing: it lies on the disk already.
    OnDisk,
}

impl Route {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::WholeFiles => "whole_files",
            Self::Pieces => "pieces",
            Self::ProvenRanges => "proven_ranges",
            Self::Ranges => "ranges",
            Self::NoIndex => "no_index",
            Self::Decompressed => "decompressed",
            Self::OnDisk => "on_disk",
        }
    }
}
