//! Fields of files that were found by reading their headers, kept by what tells one content from another.

use super::Catalog;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::engine::store::database::StoredAnswer;
use crate::grib::index::GribIndex;
use crate::grib::kept::{from_text, to_text};

/// What tells one content from another.
#[derive(Clone, Debug)]
pub(crate) struct ContentKey {
    /// Its address, or its torrent and place in it.
    pub(crate) place: String,
    /// Its ETag or date; empty where the place says it all.
    pub(crate) validator: String,
    /// Its length.
    pub(crate) length: ByteCount,
}

impl ContentKey {
    /// The name in the database. Addresses may hold secrets: their digest is enough.
    fn name(&self) -> String {
        format!("walk:{}", Digest::of(DigestAlgorithm::Sha256, self.place.as_bytes()).hex())
    }
}

impl Catalog {
    /// The fields that were found in that content before.
    pub(crate) fn kept_walk(&self, key: &ContentKey) -> Option<GribIndex> {
        let answer = self.kept()?.answer(&key.name()).ok().flatten()?;
        if answer.validator.as_deref() != Some(&key.validator) {
            return None;
        }
        from_text(&answer.body, key.length)
    }

    /// Forgets what was found in a content: it proved wrong.
    pub(crate) fn forget_walk(&self, key: &ContentKey) {
        if let Some(Err(error)) = self.kept().map(|kept| kept.forget_answer(&key.name())) {
            tracing::warn!(error = &error as &dyn std::error::Error, "fields cannot be forgotten");
        }
    }

    /// Keeps the fields that were found in a content.
    pub(crate) fn keep_walk(&self, key: &ContentKey, index: &GribIndex, now: UtcTime) {
        let (Some(kept), Some(text)) = (self.kept(), to_text(index)) else { return };
        let validator = Some(key.validator.clone());
        let answer = StoredAnswer { validator, fetched_at: now, body: text.into_bytes() };
        if let Err(error) = kept.keep_answer(&key.name(), &answer) {
            tracing::warn!(error = &error as &dyn std::error::Error, "fields cannot be kept");
        }
    }
}
