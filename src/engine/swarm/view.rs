//! Peers' view of a content's files: librqbit writes and reads through our one owner of them.
//!
//! In: blocks from librqbit's threads. Out: facts when a piece was found right, troubles when the disk refuses.
//! Creates, renames and removes nothing.

use crate::domain::source::SourceId;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileSet, Put};
use crate::transfer::conductor::Fact;
use librqbit::storage::filesystem::FilesystemStorageFactory;
use librqbit::storage::{BoxStorageFactory, StorageFactory, StorageFactoryExt, TorrentStorage};
use librqbit::{ManagedTorrentShared, TorrentMetadata};
use librqbit_core::lengths::ValidPieceIndex;
use std::any::TypeId;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// What librqbit is given as the storage of one torrent.
#[derive(Clone, Debug)]
pub(super) struct SwarmView {
    pub files: Arc<FileSet>,
    pub facts: UnboundedSender<Fact>,
    pub troubles: UnboundedSender<StoreError>,
}

impl SwarmView {
    fn told<T>(&self, result: Result<T, StoreError>) -> anyhow::Result<T> {
        result.map_err(|error| {
            let text = anyhow::anyhow!("{error}");
            // The content's task may be gone already; librqbit stops at the error either way.
            let _ = self.troubles.send(error);
            text
        })
    }
}

impl StorageFactory for SwarmView {
    type Storage = Self;

    fn create(&self, _: &ManagedTorrentShared, _: &TorrentMetadata) -> anyhow::Result<Self> {
        Ok(self.clone())
    }

    /// Answers for the storage on files as well: librqbit keeps its bitfields only beside that one.
    fn is_type_id(&self, type_id: TypeId) -> bool {
        type_id == TypeId::of::<FilesystemStorageFactory>() || type_id == TypeId::of::<Self>()
    }

    fn clone_box(&self) -> BoxStorageFactory {
        self.clone().boxed()
    }
}

impl TorrentStorage for SwarmView {
    fn init(&mut self, _: &ManagedTorrentShared, _: &TorrentMetadata) -> anyhow::Result<()> {
        Ok(())
    }

    /// Unproven bytes are read as well: librqbit hashes a piece by reading it back.
    fn pread_exact(&self, file: usize, offset: u64, buffer: &mut [u8]) -> anyhow::Result<()> {
        self.told(self.files.read_file(file, offset, buffer))
    }

    fn pwrite_all(&self, file: usize, offset: u64, bytes: &[u8]) -> anyhow::Result<()> {
        self.told(self.files.write_unproven(file, offset, bytes))
    }

    fn remove_file(&self, _: usize, _: &Path) -> anyhow::Result<()> {
        Ok(())
    }

    fn remove_directory_if_empty(&self, _: &Path) -> anyhow::Result<()> {
        Ok(())
    }

    fn ensure_file_length(&self, _: usize, _: u64) -> anyhow::Result<()> {
        Ok(())
    }

    fn take(&self) -> anyhow::Result<Box<dyn TorrentStorage>> {
        Ok(Box::new(self.clone()))
    }

    fn on_piece_completed(&self, piece: ValidPieceIndex) -> anyhow::Result<()> {
        let piece = piece.get();
        if self.files.commit(piece) == Put::First
            && let Some(range) = self.files.layout().piece_range(piece)
        {
            // Nobody listens when the transfer is over already.
            let _ = self.facts.send(Fact::Held { range, source: SourceId::SWARM });
        }
        Ok(())
    }
}
