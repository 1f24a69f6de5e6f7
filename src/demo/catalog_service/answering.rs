//! Answers requests: listings by the first component of the path, everything else from the shelf, with ranges.

use super::{Shelf, Shelved, forms};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(super) async fn answer(State(shelf): State<Arc<Shelf>>, uri: Uri, asked: HeaderMap) -> Response {
    let path = percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
    let Some((form, rest)) = path.trim_start_matches('/').split_once('/') else { return refused() };
    let files = shelf.all();
    let listing = match (form, rest) {
        ("s3", "") => {
            let query = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
            let query: Vec<(String, String)> = query.into_owned().collect();
            let of = |key: &str| query.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_str());
            Some(forms::objects(of("prefix").unwrap_or_default(), of("continuation-token"), &files))
        }
        ("rss" | "atom", rest) if rest.ends_with(".xml") => {
            Some(forms::feed(form, rest.trim_end_matches(".xml"), &files))
        }
        ("api-list", rest) if rest.ends_with(".txt") => {
            Some(forms::api_list(rest.trim_end_matches(".txt"), &files))
        }
        ("xml" | "json", rest) if rest.ends_with(".available") => {
            Some(forms::available(form, rest.trim_end_matches(".available"), &files))
        }
        (_, "notices.xml") => Some(forms::notices()),
        (_, rest) if rest.ends_with('/') => forms::page(form, rest, &files),
        _ => None,
    };
    if let Some(text) = listing {
        return whole(text.into(), &asked);
    }
    match files.iter().find(|(path, _)| path == rest) {
        Some((_, file)) => {
            shelf.data_requests.fetch_add(u64::from(rest.ends_with(".grib2")), Ordering::Relaxed);
            part(file, &asked)
        }
        None => refused(),
    }
}

fn refused() -> Response {
    let mut answer = Response::new(Body::from("not here\n"));
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer
}

/// Tells one state of a text from another.
fn tag_of(octets: &[u8]) -> HeaderValue {
    let digest =
        crate::domain::integrity::Digest::of(crate::domain::integrity::DigestAlgorithm::Sha256, octets);
    HeaderValue::from_str(&format!("\"{}\"", &digest.hex()[..16]))
        .expect("hexadecimal digits are a header's value")
}

/// A listing, or that it is still so.
fn whole(octets: bytes::Bytes, asked: &HeaderMap) -> Response {
    let tag = tag_of(&octets);
    let is_still_so = asked.get(header::IF_NONE_MATCH) == Some(&tag);
    let mut answer = Response::new(if is_still_so { Body::empty() } else { Body::from(octets) });
    if is_still_so {
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
    }
    answer.headers_mut().insert(header::ETAG, tag);
    answer
}

/// A file, or the part that is asked for.
fn part(file: &Shelved, asked: &HeaderMap) -> Response {
    let length = file.octets.len();
    let range = asked.get(header::RANGE).and_then(|range| range.to_str().ok()).and_then(|range| {
        let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
        let first: usize = first.parse().ok()?;
        let last = last.parse().unwrap_or(length - 1).min(length - 1);
        (first <= last).then_some((first, last))
    });
    let mut answer = match range {
        Some((first, last)) => {
            let mut answer = Response::new(Body::from(file.octets.slice(first..=last)));
            *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
            let told = HeaderValue::from_str(&format!("bytes {first}-{last}/{length}"));
            answer.headers_mut().insert(header::CONTENT_RANGE, told.expect("numbers are a header's value"));
            answer
        }
        None => Response::new(Body::from(file.octets.clone())),
    };
    answer.headers_mut().insert(header::ETAG, tag_of(&file.octets));
    answer.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answer
}
