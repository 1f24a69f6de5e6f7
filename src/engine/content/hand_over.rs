//! Moves whole files into place, one after the other, off the network's threads.
//!
//! In: files of which every octet is held. Out: where each lies and what is known of its integrity.
//! A torrent's file is proven by its pieces already; for another the bytes are read once more: against an announced
//! digest, or for their form.

use super::{ContentEnd, Expected};
use crate::domain::integrity::{Digest, Digester, Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileSet, Published};
use crate::grib::claim::confirm_whole;
use crate::transfer::assembly::Grid;
use crate::transfer::ledger::Ledger;
use crate::transfer::verification::{Form, NoProof, Proof, accept_form, prove_by_digest, prove_by_pieces};
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
        let proof = match self.files.grid() {
            // What was announced for a torrent of one file is proven on top of its pieces.
            Grid::Pieces(layout) if self.announced.is_some() && layout.is_single_file() => {
                by_pieces.map_err(ContentEnd::NotProven)?;
                self.prove_by_reading(file)?
            }
            Grid::Pieces(_) => by_pieces.map_err(ContentEnd::NotProven)?,
            Grid::Blocks(_) => self.prove_by_reading(file)?,
        };
        let published = self.files.publish(&proof, file).map_err(ContentEnd::Store)?;
        Ok((published, proof.verdict().clone()))
    }

    /// Compares the headers of a file with what an index told of it.
    fn compare_with_expected(&self, file: usize) -> Result<(), ContentEnd> {
        let Some(expected) = self.expected.iter().find(|expected| expected.file == file) else {
            return Ok(());
        };
        let found = super::headers::walk_held_file(&self.files, file).map_err(ContentEnd::Store)?;
        confirm_whole(&expected.told, &found, &expected.selection)
            .map(|_| ())
            .map_err(|misfit| ContentEnd::NotProven(NoProof::NotAsTold(misfit)))
    }

    fn prove_by_reading(&self, file: usize) -> Result<Proof, ContentEnd> {
        let length = self.files.layout().files()[file].length;
        let proof = match &self.announced {
            Some(announced) => {
                let mut digester = Digester::new(announced.algorithm());
                self.read_through(file, length, |bytes| digester.update(bytes)).map_err(ContentEnd::Store)?;
                prove_by_digest(announced.clone(), digester.finish(), length, self.voucher.clone())
            }
            None => accept_form(self.form_of(file, length).map_err(ContentEnd::Store)?, length),
        };
        proof.map_err(ContentEnd::NotProven)
    }

    fn form_of(&self, file: usize, length: ByteCount) -> Result<Form, StoreError> {
        let mut check = crate::grib::structure::StructureCheck::new();
        self.read_through(file, length, |bytes| check.update(bytes))?;
        Ok(super::form_of(check.finish()))
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
