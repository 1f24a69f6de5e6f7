//! What a file or a server turned out to be.

use crate::catalog::metainfo::report::TorrentReport;
use crate::domain::compression::Compression;
use crate::domain::field::Field;
use crate::domain::integrity::Digest;
use crate::domain::octets::ByteCount;
use crate::grib::index::Problem;
use crate::mesh::announcement::Captured;
use std::time::Duration;

/// The fields of a file.
#[derive(Clone, Debug, Default)]
pub struct FieldListing {
    /// The fields, in the order of the file.
    pub fields: Vec<Field>,
    /// SHA-256 of each message, where it is known; by message number.
    pub digests: Vec<Option<Digest>>,
    /// What is wrong with the file.
    pub problems: Vec<Problem>,
    /// Its length.
    pub length: ByteCount,
    /// Octets that were read to find out.
    pub read: ByteCount,
    /// How long it took.
    pub took: Duration,
    /// How the file is compressed: offsets count in what is inside.
    pub compression: Option<Compression>,
}

impl FieldListing {
    /// The same of what is inside a file that is compressed so.
    #[must_use]
    pub fn compressed_by(self, compression: Compression) -> Self {
        Self { compression: Some(compression), ..self }
    }
}

#[cfg(all(test, feature = "window"))]
impl FieldListing {
    /// The same with what is wrong with these octets, for tests of what is shown.
    pub(crate) fn with_problems_of(self, octets: &[u8]) -> Self {
        Self { problems: crate::grib::walk::index_octets(octets).problems, ..self }
    }
}

/// What a file or URL was found to be.
#[derive(Clone, Debug)]
pub enum Inspection {
    /// A .torrent.
    Torrent(Box<TorrentReport>),
    /// GRIB.
    Grib(GribReport),
    /// A slice index, a wgrib2 index or an ECMWF index.
    SliceIndex {
        /// How many messages it lists.
        entries: usize,
        /// Whether it has the SHA-256 of each.
        has_digests: bool,
        /// What is wrong, in English, by code.
        problems: Vec<(String, String)>,
    },
    /// A message of a broker: an announcement, an event, a record, or one that is none of these.
    Message(Box<Captured>),
    /// Anything else.
    Unknown {
        /// Its length.
        length: ByteCount,
        /// How it begins, fit to be shown; empty when there is nothing in it.
        beginning: String,
        /// Whether its server could be a web seed: whether it answers to ranges.
        server: Option<ServerReport>,
    },
}

/// What a GRIB file holds.
#[derive(Clone, Debug)]
pub struct GribReport {
    /// Its messages and fields.
    pub listing: FieldListing,
    /// Whether its server could be a web seed.
    pub server: Option<ServerReport>,
}

/// What a server answers to a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerReport {
    /// Whether it answers with the range that was asked for.
    pub answers_ranges: bool,
    /// Whether it names the state of the file, so that a change is seen.
    pub has_validator: bool,
    /// The reason when it does not.
    pub reason: Option<crate::transfer::reason::Reason>,
}
