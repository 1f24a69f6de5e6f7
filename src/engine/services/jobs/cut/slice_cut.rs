//! Puts chosen messages of a file together into one file, proves it, and moves it into place.
//!
//! In: messages by their octets, and a way to read them. Out: where the slice lies and what proves it. Every message
//! must be whole GRIB; a digest that an index tells must agree.

use super::super::hand_over::ProvenFile;
use super::super::messages::JobEnd;
use crate::app::jobs::ground::Ground;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester};
use crate::domain::octets::ByteRange;
use crate::domain::safe_path::SafePath;
use crate::domain::seal::Seal;
use crate::engine::store::directory::{Directory, OpenHow};
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{Partials, publish_product};
use crate::engine::transfer::content::form_of;
use crate::engine::transfer::content::headers::ReadRange;
use crate::grib::slicing::Slices;
use crate::grib::structure::StructureCheck;
use std::io::Write;

/// A longer message is read in parts of this length.
const STRETCH: u64 = 1 << 20;

/// What is cut, and where it goes.
pub(super) struct SliceCut<'a> {
    pub(super) slices: &'a Slices,
    pub(super) ground: Ground,
    pub(super) path: SafePath,
    pub(super) root: &'a Directory,
    pub(super) partials: &'a Partials,
}

impl SliceCut<'_> {
    /// Reads, checks and writes every message, and moves the file into place.
    pub(super) fn carry_out(&self, read: &ReadRange<'_>) -> Result<ProvenFile, JobEnd> {
        let name = format!(
            "slice-{}",
            &Digest::of(DigestAlgorithm::Sha256, self.path.to_string().as_bytes()).hex()[..16]
        );
        let directory = self.partials.directory();
        directory.remove_file(&name)?;
        let mut file = directory.open_file(&name, OpenHow::Update)?;
        let failed = |error| StoreError::from_io("write the slice", error);
        let mut check = StructureCheck::new();
        let mut digests = Vec::new();
        let mut whole = Digester::new(DigestAlgorithm::Sha256);
        let mut buffer = vec![0; STRETCH as usize];
        for message in &self.slices.messages {
            let mut digester = Digester::new(DigestAlgorithm::Sha256);
            let mut at = message.range.start();
            while let Some(range) = ByteRange::new(at, message.range.end().min(at + STRETCH)) {
                let part = &mut buffer[..range.count().0 as usize];
                read(range, part)?;
                check.update(part);
                digester.update(part);
                whole.update(part);
                file.write_all(part).map_err(failed)?;
                at = range.end();
            }
            digests.push(digester.finish());
        }
        let proof = self.ground.prove(self.slices, form_of(check.finish()), digests);
        let proof = proof.map_err(|error| {
            // The slice is made of what is held; nothing is lost with it.
            let _ = directory.remove_file(&name);
            JobEnd::from(error)
        })?;
        let mut published = publish_product(self.root, self.partials, &name, &self.path, &proof)?;
        published.seal = Some(Seal::of_whole(&whole.finish(), published.length.0));
        Ok(ProvenFile { published, verdict: proof.verdict().clone() })
    }
}
