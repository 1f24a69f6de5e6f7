//! Moves whole files into place, one after the other, off the network's threads.
//!
//! In: files of which every octet is held. Out: where each lies and what is known of its integrity.
//! A torrent's file is proven by its pieces already; for another the bytes are read once more: against an announced
//! digest, or for their form.

use super::{ContentEnd, Expected};
use crate::domain::compression::{Compression, decompressed_name};
use crate::domain::data_kind::Promised;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::seal::Seal;
use crate::domain::torrent::PieceHashes;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::FileReader;
use crate::engine::store::file_set::{FileSet, Published};
use crate::grib::structure::StructureCheck;
use crate::transfer::assembly::Grid;
use crate::transfer::decompress::{beginning_inside, structure_inside};
use crate::transfer::ledger::Ledger;
use crate::transfer::verification::{
    Form, NoProof, Proof, Received, SHOWN_OCTETS, accept_received, prove_by_digest, prove_by_pieces,
};
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::task::JoinHandle;

/// A file with where it lies and what is known of it, or why it is not in its place.
pub(super) type Done = (usize, Result<(Published, Verdict), ContentEnd>);

/// What proves the files of a content.
#[derive(Clone, Debug)]
pub(super) struct Grounds {
    pub files: Arc<FileSet>,
    pub voucher: Voucher,
    pub announced: Option<Digest>,
    pub expected: Arc<[Expected]>,
    /// The hashes of its pieces, when it has any.
    pub hashes: Option<PieceHashes>,
    /// What its file was asked as, where nobody published a digest.
    pub promised: Promised,
}

/// Files on their way into place.
pub(super) struct HandOvers {
    grounds: Grounds,
    waiting: VecDeque<(usize, Result<Proof, NoProof>)>,
    moving: Option<JoinHandle<Done>>,
}

impl HandOvers {
    pub(super) fn new(grounds: Grounds) -> Self {
        Self { grounds, waiting: VecDeque::new(), moving: None }
    }

    /// A file of which every octet is held.
    pub(super) fn add(&mut self, file: usize, ledger: &Ledger) {
        let Grounds { files, voucher, .. } = &self.grounds;
        let range = files.layout().files()[file].range();
        self.waiting.push_back((file, prove_by_pieces(ledger, files.grid(), range, voucher.clone())));
    }

    pub(super) fn are_done(&self) -> bool {
        self.waiting.is_empty() && self.moving.is_none()
    }

    /// The next file that is in its place, or could not be moved there. Never ready while there is none to move.
    pub(super) async fn next(&mut self) -> Done {
        if self.moving.is_none()
            && let Some((file, proof)) = self.waiting.pop_front()
        {
            let grounds = self.grounds.clone();
            self.moving =
                Some(tokio::task::spawn_blocking(move || (file, grounds.move_into_place(file, proof))));
        }
        let Some(moving) = &mut self.moving else { return std::future::pending().await };
        let done = moving.await;
        self.moving = None;
        done.unwrap_or_else(|error| {
            let error = StoreError::from_io("move a file into place", std::io::Error::other(error));
            (0, Err(ContentEnd::Store(error)))
        })
    }
}

impl Grounds {
    fn move_into_place(
        &self,
        file: usize,
        by_pieces: Result<Proof, NoProof>,
    ) -> Result<(Published, Verdict), ContentEnd> {
        self.compare_with_expected(file)?;
        let by_pieces_seal =
            || self.hashes.as_ref().and_then(|hashes| self.files.seal_by_pieces(file, hashes));
        let (proof, seal) = match self.files.grid() {
            // What was announced for a torrent of one file is proven on top of its pieces.
            Grid::Pieces(layout) if self.announced.is_some() && layout.is_single_file() => {
                by_pieces.map_err(ContentEnd::NotProven)?;
                let (proof, seal) = self.prove_by_reading(file)?;
                (proof, Some(seal))
            }
            Grid::Pieces(_) => (by_pieces.map_err(ContentEnd::NotProven)?, by_pieces_seal()),
            Grid::Blocks(_) => {
                let (proof, seal) = self.prove_by_reading(file)?;
                (proof, Some(seal))
            }
        };
        let mut published = self.files.publish(&proof, file).map_err(ContentEnd::Store)?;
        if seal.is_some() && matches!(self.files.grid(), Grid::Blocks(_)) {
            published.not_read_since = None;
        }
        // Of a file that was not read, the seal of the time when it was holds on.
        published.seal = seal.filter(|_| published.not_read_since.is_none());
        Ok((published, proof.verdict().clone()))
    }

    /// Compares the headers of a file with what an index or its name told of it.
    fn compare_with_expected(&self, file: usize) -> Result<(), ContentEnd> {
        let Some(expected) = self.expected.iter().find(|expected| expected.file == file) else {
            return Ok(());
        };
        let found = super::headers::walk_held_file(&self.files, file).map_err(ContentEnd::Store)?;
        let name = self.files.layout().files()[file].path.file_name();
        expected.compare(name, &found).map_err(|misfit| ContentEnd::NotProven(NoProof::NotAsTold(misfit)))
    }

    /// The form of what is inside a compressed file; damage makes it broken.
    fn form_inside(&self, compression: Compression, file: usize) -> Result<Form, StoreError> {
        let inside = structure_inside(compression, FileReader::new(&self.files, file));
        let failed = |error| StoreError::from_io("read a compressed file", error);
        Ok(super::form_of(inside.map_err(failed)?))
    }

    /// Reads the file once: for the announced digest, or else for its form; and for our own digest of it.
    fn prove_by_reading(&self, file: usize) -> Result<(Proof, Seal), ContentEnd> {
        let entry = &self.files.layout().files()[file];
        let length = entry.length;
        let mut own = Digester::new(DigestAlgorithm::Sha256);
        let mut announced = self.announced.as_ref().map(|digest| Digester::new(digest.algorithm()));
        let mut form = StructureCheck::new();
        let mut beginning = Vec::new();
        let read = self.read_through(file, length, |octets| {
            own.update(octets);
            match &mut announced {
                Some(digester) => digester.update(octets),
                None => form.update(octets),
            }
            if beginning.len() < SHOWN_OCTETS {
                beginning.extend_from_slice(&octets[..octets.len().min(SHOWN_OCTETS)]);
            }
        });
        read.map_err(ContentEnd::Store)?;
        let proof = match (&self.announced, announced) {
            (Some(digest), Some(digester)) => {
                prove_by_digest(digest.clone(), digester.finish(), length, self.voucher.clone())
            }
            _ => {
                let (name, promised) = (entry.path.file_name(), self.promised);
                let form = match Compression::from_magic(&beginning) {
                    Some(compression) => {
                        if Promised::by_name(decompressed_name(name)) != Promised::Anything {
                            let source = FileReader::new(&self.files, file);
                            beginning = beginning_inside(compression, source, SHOWN_OCTETS);
                        }
                        self.form_inside(compression, file).map_err(ContentEnd::Store)?
                    }
                    None => super::form_of(form.finish()),
                };
                accept_received(form, Received { name, promised, beginning: &beginning, length })
            }
        };
        let proof = proof.map_err(ContentEnd::NotProven)?;
        Ok((proof, Seal::of_whole(&own.finish(), length.0)))
    }

    fn read_through(
        &self,
        file: usize,
        length: ByteCount,
        mut take: impl FnMut(&[u8]),
    ) -> Result<(), StoreError> {
        let mut buffer = vec![0; 1 << 20];
        let mut at = 0;
        while at < length.0 {
            let step = (length.0 - at).min(buffer.len() as u64) as usize;
            self.files.read_file(file, at, &mut buffer[..step])?;
            take(&buffer[..step]);
            at += step as u64;
        }
        Ok(())
    }
}
