//! What is offered while the server runs: files of this machine, and documents in memory.
//!
//! In: offers by their path. Out: the answer to a request for a path. Only what lies here is ever opened.

use crate::domain::url_component::encode_path;
use crate::publish::web::condition::{Precondition, RequestHeaders, file_tag};
use crate::publish::web::document::{ReadyDocument, ServedDocument};
use crate::publish::web::path::WebPath;
use crate::publish::web::table::{Lookup, OfferTable};
use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode};
use parking_lot::RwLock;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tower_http::services::ServeFile;

/// A file that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedFile {
    /// Components of its path in URLs.
    pub at: Vec<String>,
    /// The file.
    pub file: PathBuf,
}

impl ServedFile {
    /// Its path in URLs, percent-encoded.
    pub fn url_path(&self) -> String {
        format!("/{}", encode_path(&self.at))
    }
}

/// What a server offers; its clones are the same shelf.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Arc<RwLock<OfferTable<OnShelf>>>);

#[derive(Clone, Debug)]
enum OnShelf {
    File(PathBuf),
    Document(Arc<ReadyDocument>),
}

impl Shelf {
    /// Offers a file, in place of what lay at its path.
    pub fn put(&self, file: ServedFile) {
        self.0.write().put(WebPath::of(&file.at), OnShelf::File(file.file));
    }

    /// Offers a document, in place of what lay at `at`. Packs it first, which takes some 20 ms for each MiB.
    pub fn put_document(&self, at: impl AsRef<[String]>, document: ServedDocument) {
        let ready = Arc::new(ReadyDocument::new(document));
        self.0.write().put(WebPath::of(at.as_ref()), OnShelf::Document(ready));
    }

    /// Ends an offer: from now on 410 is answered there.
    pub fn remove(&self, at: &[String]) {
        self.0.write().remove(&WebPath::of(at));
    }

    /// Answers a request.
    pub(super) async fn answer(&self, request: Request<()>) -> Response<Body> {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut refusal = bare(StatusCode::METHOD_NOT_ALLOWED);
            refusal.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refusal;
        }
        let found = self.0.read().find(request.uri().path());
        match found {
            Lookup::Found(OnShelf::File(file)) => give_file(file, request).await,
            Lookup::Found(OnShelf::Document(document)) => give_document(&document, &request),
            Lookup::Gone => bare(StatusCode::GONE),
            Lookup::Unknown => bare(StatusCode::NOT_FOUND),
        }
    }
}

/// An answer without a body.
fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn headers_of(headers: &HeaderMap) -> RequestHeaders<'_> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    RequestHeaders {
        if_match: text(header::IF_MATCH),
        if_none_match: text(header::IF_NONE_MATCH),
        if_range: text(header::IF_RANGE),
        accept_encoding: text(header::ACCEPT_ENCODING),
    }
}

fn give_document(document: &ReadyDocument, request: &Request<()>) -> Response<Body> {
    let answer = document.answer(&headers_of(request.headers()));
    let mut response = bare(StatusCode::from_u16(answer.status).unwrap_or_default());
    let length = HeaderValue::from(answer.octets.len());
    for (name, value) in answer.headers {
        // All of them are letters and digits.
        let Ok(value) = HeaderValue::from_str(&value) else { continue };
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    if !answer.octets.is_empty() {
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
    }
    if request.method() == Method::GET {
        *response.body_mut() = answer.octets.into();
    }
    response
}

async fn give_file(file: PathBuf, mut request: Request<()>) -> Response<Body> {
    let known = file.clone();
    let tag = tokio::task::spawn_blocking(move || tag_of(&known)).await.unwrap_or_default();
    if let Some(tag) = tag.as_deref() {
        let asked = headers_of(request.headers());
        let (judged, range_counts) = (asked.judge(&[tag]), asked.range_counts(tag));
        let has_tags = asked.if_none_match.is_some();
        match judged {
            Precondition::Met => {}
            Precondition::NotModified => return tagged(bare(StatusCode::NOT_MODIFIED), tag),
            Precondition::Failed => return tagged(bare(StatusCode::PRECONDITION_FAILED), tag),
        }
        if !range_counts {
            request.headers_mut().remove(header::RANGE);
        }
        if has_tags {
            // A date says less than a tag, and does not count beside one (RFC 9110 §13.1.3).
            request.headers_mut().remove(header::IF_MODIFIED_SINCE);
        }
    }
    match ServeFile::new(&file).try_call(request).await {
        Ok(response) => {
            let response = response.map(Body::new);
            match tag {
                Some(tag) if response.status() != StatusCode::NOT_FOUND => tagged(response, &tag),
                _ => response,
            }
        }
        Err(error) => {
            tracing::warn!(%error, file = %file.display(), "an offered file cannot be read");
            bare(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// `None` when there is no such file any more.
fn tag_of(file: &Path) -> Option<String> {
    let facts = std::fs::metadata(file).ok()?;
    let modified = facts.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(file_tag(facts.len(), modified))
}

fn tagged(mut response: Response<Body>, tag: &str) -> Response<Body> {
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
