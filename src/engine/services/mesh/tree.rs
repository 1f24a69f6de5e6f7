//! The server of what a node announces again: our copies, under the paths that were announced.
//!
//! In: places below the folder, and how they are asked for. Out: a running server that stops when dropped. Only what was put on it is
//! ever opened.

use super::broker::ledger::{MeshLedger, ServedPlace};
use crate::app::messages::mesh_notice::MeshNotice;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show;
use crate::engine::services::publish::serve;
use crate::engine::store::error::StoreError;
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode};
use parking_lot::RwLock;
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower_http::services::ServeFile;

/// Files by their decoded path.
type Shelf = Arc<RwLock<HashMap<String, PathBuf>>>;

/// The tree as others see it.
pub(super) struct ServedTree {
    root: PathBuf,
    shelf: Shelf,
    address: SocketAddr,
    _server: JoinSet<()>,
}

impl ServedTree {
    /// Serves files below `root`: none, at first.
    pub(super) async fn start(address: SocketAddr, root: PathBuf) -> Result<Self, UserMessage> {
        let failed = |error: std::io::Error| {
            let (address, detail) = (address.to_string(), show(&error.to_string()));
            UserMessage::OfMesh(MeshNotice::TreeNotServed { address, detail })
        };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (shelf, mut server) = (Shelf::default(), JoinSet::new());
        let own = shelf.clone();
        let router = Router::new().fallback(move |request: Request<Body>| {
            let found = own.read().get(&path_of(request.uri().path())).cloned();
            async move { give(found, request).await }
        });
        server.spawn(serve(listener, router));
        Ok(Self { root, shelf, address, _server: server })
    }

    pub(super) fn base_url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Serves a file from now on.
    pub(super) fn put(&self, served: &ServedPlace) {
        for at in served.asked.lines() {
            self.shelf.write().insert(at.to_owned(), self.file_of(served));
        }
    }

    /// Serves no more what is gone: removed by age, by a withdrawal, or by somebody.
    pub(super) fn take_off_what_is_gone(&self, ledger: &MeshLedger) -> Result<(), StoreError> {
        for served in ledger.forwarding.removed()? {
            // The ledger may not know of a file that came a moment before we were killed.
            if std::fs::symlink_metadata(self.file_of(&served)).is_err() {
                served.asked.lines().for_each(|at| drop(self.shelf.write().remove(at)));
                ledger.forwarding.take_off(&served)?;
            }
        }
        Ok(())
    }

    fn file_of(&self, served: &ServedPlace) -> PathBuf {
        served.place.split('/').fold(self.root.clone(), |path, name| path.join(name))
    }
}

/// The path of a request, decoded, with no two slashes together.
fn path_of(requested: &str) -> String {
    let names = requested.split('/').filter(|name| !name.is_empty());
    let decoded: Vec<_> = names.map(|name| percent_decode_str(name).decode_utf8_lossy()).collect();
    decoded.join("/")
}

async fn give(file: Option<PathBuf>, request: Request<Body>) -> Response<Body> {
    let bare = |status| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        response
    };
    match file {
        _ if !matches!(*request.method(), Method::GET | Method::HEAD) => bare(StatusCode::METHOD_NOT_ALLOWED),
        None => bare(StatusCode::NOT_FOUND),
        Some(file) => match ServeFile::new(file).try_call(request).await {
            Ok(response) => response.map(Body::new),
            Err(_) => bare(StatusCode::INTERNAL_SERVER_ERROR),
        },
    }
}
