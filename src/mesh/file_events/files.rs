//! The files that an event names: assets of a STAC item, or one file by itself.
//!
//! In: JSON. Out: [`EventFile`]s: where each is, its length, its digest, its media type, as far as the event says so.

use super::reading::{FaultKind, Problems};
use crate::domain::integrity::Digest;
use crate::mesh::integrity::{self, Announced};
use crate::mesh::json::Json;
use percent_encoding::percent_decode_str;
use url::Url;

/// Most files of one event.
const MOST_FILES: usize = 1_000;

/// The role of assets that hold the data, and not a picture of it or something about it.
const DATA: &str = "data";

/// A file that an event names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFile {
    /// Where it is.
    pub place: FilePlace,
    /// Its media type, as the event has it.
    pub media_type: Option<String>,
    /// Its length in octets, as the event has it.
    pub length: Option<u64>,
    /// Its digest, as the event has it.
    pub digest: Option<Digest>,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FilePlace {
    /// At an address that others can reach: http, https, ftp or sftp.
    Url(Url),
    /// On this computer, as a path, absolute or not.
    Path(String),
}

impl FilePlace {
    /// As it is written.
    pub fn written(&self) -> &str {
        match self {
            Self::Url(url) => url.as_str(),
            Self::Path(path) => path,
        }
    }

    /// Reads an address or a path.
    ///
    /// # Errors
    /// Why it is neither.
    fn read(text: &str) -> Result<Self, FaultKind> {
        if text.chars().any(char::is_control) {
            return Err(FaultKind::WrongValue);
        }
        let scheme = text.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
            // One letter is a drive.
            scheme.len() > 1
                && scheme.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'-' | b'.'))
        });
        let is_url = text.contains("://") || matches!(scheme, Some("file" | "magnet" | "urn" | "data"));
        if !is_url {
            return Ok(Self::Path(text.to_owned()));
        }
        let url = Url::parse(text).map_err(|_| FaultKind::WrongValue)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FaultKind::Secret);
        }
        match url.scheme() {
            "http" | "https" | "ftp" | "sftp" if url.has_host() && url.fragment().is_none() => {
                Ok(Self::Url(url))
            }
            "http" | "https" | "ftp" | "sftp" => Err(FaultKind::WrongValue),
            "file" => percent_decode_str(url.path())
                .decode_utf8()
                .map(|path| Self::Path(path.into_owned()))
                .map_err(|_| FaultKind::WrongValue),
            _ => Err(FaultKind::Scheme),
        }
    }
}

/// The assets with the role of data; where no asset has it, those without any role.
pub(super) fn data_assets(assets: &Json<'_>, above: &str, problems: &mut Problems) -> Vec<EventFile> {
    if !assets.is_object() {
        problems.add(above, FaultKind::WrongKind);
        return Vec::new();
    }
    let has_role = |asset: &Json<'_>| asset.at("roles").items().iter().any(|role| role.text() == Some(DATA));
    let has_data = assets.entries().iter().any(|(_, asset)| has_role(asset));
    let is_data = |asset: &Json<'_>| match has_data {
        true => has_role(asset),
        false => asset.at("roles").items().is_empty(),
    };
    let chosen: Vec<_> = assets.entries().iter().filter(|(_, asset)| is_data(asset)).collect();
    if chosen.len() > MOST_FILES {
        problems.add(above, FaultKind::TooMany);
        return Vec::new();
    }
    if chosen.is_empty() {
        problems.add(above, FaultKind::NoData);
    }
    chosen
        .into_iter()
        .filter_map(|(name, asset)| file_of(asset, &format!("{above}.{name}"), problems))
        .collect()
}

fn file_of(asset: &Json<'_>, at: &str, problems: &mut Problems) -> Option<EventFile> {
    let field = |key: &str| format!("{at}.{key}");
    let media_type = problems.may_text(asset, ("type", &field("type"))).map(str::to_owned);
    let length = length_of(asset, ("file:size", &field("file:size")), problems);
    let key = if asset.has("file:checksum") { "file:checksum" } else { "checksum:multihash" };
    let digest = multihash_of(asset, (key, &field(key)), problems);
    let href = problems.need_text(asset, ("href", &field("href")))?;
    let place = place_of(href, &field("href"), problems)?;
    Some(EventFile { place, media_type, length, digest })
}

/// One file by itself: `path` or `url`, `size`, `checksum`, `media_type`.
pub(super) fn named_file(data: &Json<'_>, problems: &mut Problems) -> Option<EventFile> {
    let one_of = |keys: &[&'static str]| {
        keys.iter().copied().find(|key| !matches!(data.at(key), Json::Null)).unwrap_or(keys[0])
    };
    let field = |key: &str| format!("data.{key}");
    let kind = one_of(&["media_type", "contentType"]);
    let media_type = problems.may_text(data, (kind, &field(kind))).map(str::to_owned);
    let size = one_of(&["size", "length", "contentLength", "file:size"]);
    let length = length_of(data, (size, &field(size)), problems);
    let digest = match data.at("integrity").is_object() {
        true => digest_of(data.at("integrity"), problems),
        false => {
            let key = one_of(&["checksum", "file:checksum"]);
            multihash_of(data, (key, &field(key)), problems)
        }
    };
    let key = one_of(&["path", "url", "href"]);
    let text = problems.need_text(data, (key, &field(key)))?;
    let place = place_of(text, &field(key), problems)?;
    Some(EventFile { place, media_type, length, digest })
}

fn place_of(text: &str, field: &str, problems: &mut Problems) -> Option<FilePlace> {
    match FilePlace::read(text) {
        Ok(place) => Some(place),
        Err(FaultKind::Secret) => {
            // It is not repeated.
            problems.add(field, FaultKind::Secret);
            None
        }
        Err(kind) => {
            problems.add_value(field, kind, text);
            None
        }
    }
}

fn length_of(json: &Json<'_>, (key, field): (&str, &str), problems: &mut Problems) -> Option<u64> {
    let length = json.find(key).filter(|length| **length != Json::Null)?;
    if length.whole().is_none() {
        problems.add(field, FaultKind::WrongKind);
    }
    length.whole()
}

/// A multihash in hexadecimal.
fn multihash_of(json: &Json<'_>, (key, field): (&str, &str), problems: &mut Problems) -> Option<Digest> {
    let text = problems.may_text(json, (key, field))?;
    let digest = integrity::read_multihash(text, &mut Vec::new()).digest().cloned();
    if digest.is_none() {
        problems.add_value(field, FaultKind::Checksum, text);
    }
    digest
}

/// `{method, value}`, as notifications have it.
fn digest_of(json: &Json<'_>, problems: &mut Problems) -> Option<Digest> {
    let method = problems.need_text(json, ("method", "data.integrity.method"))?;
    let value = problems.need_text(json, ("value", "data.integrity.value"))?;
    match integrity::read(method, value, &mut Vec::new()) {
        Announced::Digest(digest) => Some(digest),
        Announced::Nothing | Announced::CannotBeVerified { .. } | Announced::Unreadable { .. } => {
            problems.add_value("data.integrity", FaultKind::Checksum, method);
            None
        }
    }
}
