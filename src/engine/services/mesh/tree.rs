//! The server of what a node announces again: our copies, under the paths that were announced.
//!
//! In: places below the folder, and how they are asked for. Out: a running server that stops when dropped. Only what was put on it is
//! ever opened.

use super::broker::ledger::{MeshLedger, ServedPlace};
use crate::app::messages::mesh_notice::MeshNotice;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show;
use crate::engine::services::publish::{ServedFile, Server, Shelf};
use crate::engine::store::error::StoreError;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The tree as others see it.
pub(super) struct ServedTree {
    root: PathBuf,
    shelf: Shelf,
    server: Server,
}

impl ServedTree {
    /// Serves files below `root`: none, at first.
    pub(super) async fn start(address: SocketAddr, root: PathBuf) -> Result<Self, UserMessage> {
        let shelf = Shelf::default();
        match Server::start(address, &shelf).await {
            Ok(server) => Ok(Self { root, shelf, server }),
            Err(error) => Err(UserMessage::OfMesh(MeshNotice::TreeNotServed {
                address: error.address.to_string(),
                detail: show(&error.source.to_string()),
            })),
        }
    }

    pub(super) fn base_url(&self) -> String {
        format!("http://{}/", self.server.address())
    }

    /// Serves a file from now on.
    pub(super) fn put(&self, served: &ServedPlace) {
        for at in components(&served.asked) {
            self.shelf.put(ServedFile { at, file: self.file_of(served) });
        }
    }

    /// Serves no more what is gone: removed by age, by a withdrawal, or by somebody.
    pub(super) fn take_off_what_is_gone(&self, ledger: &MeshLedger) -> Result<(), StoreError> {
        for served in ledger.forwarding.removed()? {
            // The ledger may not know of a file that came a moment before we were killed.
            if std::fs::symlink_metadata(self.file_of(&served)).is_err() {
                components(&served.asked).for_each(|at| self.shelf.remove(&at));
                ledger.forwarding.take_off(&served)?;
            }
        }
        Ok(())
    }

    fn file_of(&self, served: &ServedPlace) -> PathBuf {
        served.place.split('/').fold(self.root.clone(), |path, name| path.join(name))
    }
}

/// The components of each path by which a file is asked for.
fn components(asked: &str) -> impl Iterator<Item = Vec<String>> + '_ {
    asked.lines().map(|path| path.split('/').map(str::to_owned).collect())
}
