//! The message that announces a file again: the one that came, with our address and nothing in it that ends another program.
//!
//! In: the message as it is kept, its file as it arrived. Out: [`OutgoingFile`]. Time, path, digest and the levels of the topic stay; keys
//! that are not known stay as well. Everything of ours is under the one key `nuee`. Messages of other forms (WIS2, version 2, arrays) get
//! the form that peers of a mesh read.

use super::mesh_path::MeshPath;
use super::topic_tail::tail_of;
use super::{ForwardTerms, LONGEST_MESSAGE, MOST_INLINE, NotForwarded, Unproven};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::mesh::announcement::{Announcement, Dialect, key_of_path};
use crate::mesh::integrity::BASE64;
use crate::mesh::post::content::encoded_content;
use crate::mesh::post::v03::CONTENT_TYPE;
use crate::mesh::post::{Inlining, Post, PostForm};
use crate::mesh::time::{as_peers_read_it, written_compact};
use base64::Engine;
use serde_json::{Map, Value, json};

/// Most addresses of nodes that a message tells it came through; older ones are left out.
const MOST_HOPS: usize = 16;

/// A file that is in its place, and the announcement that led to it.
#[derive(Clone, Copy, Debug)]
pub struct ArrivedFile<'a> {
    /// The message, as it is kept.
    pub message: &'a [u8],
    /// What it says.
    pub announcement: &'a Announcement,
    /// The topic on which it came.
    pub topic: &'a str,
    /// Where the file lies below our folder, parted by `/`.
    pub place: &'a str,
    /// Its length in octets.
    pub length: u64,
    /// What was read of it.
    pub read: &'a ReadForForwarding,
}

/// What is read of a file that arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadForForwarding {
    /// All of it, where it is small enough to travel along and that is wanted.
    pub octets: Option<Vec<u8>>,
    /// Its SHA-512, where no digest was announced and that is wanted.
    pub digest: Option<Digest>,
}

/// What is to be read of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingNeed {
    /// Nothing.
    Nothing,
    /// All of it, to send it along.
    Octets,
    /// All of it, for its digest.
    Digest,
}

/// A file that is to be announced again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingFile {
    /// Its path in the mesh, decoded: with the digest what tells that it was announced before.
    pub key: String,
    /// Its digest, as `md5:…` in hexadecimal.
    pub digest: String,
    /// Where it lies below our folder.
    pub place: String,
    /// The decoded paths by which programs ask our server for it, their parts joined by `/`.
    pub asked_for: Vec<String>,
    /// The message, for each topic.
    pub posts: Vec<Post>,
}

impl ForwardTerms {
    /// What is to be read of a file of that length before [`outgoing`] can say anything of it.
    pub fn reading_need(&self, announcement: &Announcement, length: u64) -> ReadingNeed {
        let is_proven = announcement.integrity.digest().is_some();
        match (is_proven, self.unproven, self.inlining) {
            (false, Unproven::HeldBack, _) => ReadingNeed::Nothing,
            (false, Unproven::Forwarded, _) => ReadingNeed::Digest,
            (true, _, Inlining::Small) if length <= MOST_INLINE && announcement.usable_inline().is_none() => {
                ReadingNeed::Octets
            }
            (true, ..) => ReadingNeed::Nothing,
        }
    }
}

/// The messages by which a file is announced again.
///
/// # Errors
/// Why it is not.
pub fn outgoing(file: &ArrivedFile<'_>, terms: &ForwardTerms) -> Result<OutgoingFile, NotForwarded> {
    let digest = digest_of(file, terms)?;
    let mut message = received_object(file);
    let path = path_of(file, &message);
    note_own(&mut message, file, terms)?;
    put_times(&mut message, file.announcement);
    for gone in ["fileOp", "retPath", "integrity", "identity", "content"] {
        message.remove(gone);
    }
    let announced = json!({ "method": digest.algorithm().key(), "value": BASE64.encode(digest.octets()) });
    let leads_to_the_path = |written: &str| key_of_path(written) == path.key();
    // Our server has files, and nothing that answers questions; what only repeats the path keeps Sarracenia from encoding it once more.
    let retrieved = message.remove("retrievePath");
    if let Some(written) = retrieved.as_ref().and_then(Value::as_str).filter(|path| leads_to_the_path(path)) {
        message.insert("retrievePath".to_owned(), with_slash(written).into());
    }
    message.insert("baseUrl".to_owned(), terms.base.as_str().into());
    message.insert("relPath".to_owned(), path.announced().into());
    message.insert("size".to_owned(), file.length.into());
    message.insert("integrity".to_owned(), announced.clone());
    message.insert("identity".to_owned(), announced);
    if let Some(octets) = octets_to_send(file, &digest).filter(|_| terms.inlining == Inlining::Small) {
        let content = encoded_content(octets);
        message.insert("content".to_owned(), json!({ "encoding": content.encoding, "value": content.value }));
    }
    let payload = Value::Object(message).to_string();
    if payload.len() > LONGEST_MESSAGE {
        return Err(NotForwarded::TooLong(payload.len()));
    }
    let folders = path.folders();
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let topics = terms.topic.under(&tail_of(file.topic, &folders));
    let post = |topic| kept_post(topic, payload.clone());
    let base = terms.base.folders().join("/");
    let below = |asked: String| if base.is_empty() { asked } else { format!("{base}/{asked}") };
    Ok(OutgoingFile {
        key: path.key(),
        digest: format!("{}:{}", digest.algorithm().key(), digest.hex()),
        place: file.place.to_owned(),
        asked_for: path.asked_for().into_iter().map(below).collect(),
        posts: topics.map(post).collect(),
    })
}

/// The octets that travel along: those that were read or came along, as long as they are what is announced.
fn octets_to_send<'a>(file: &ArrivedFile<'a>, digest: &Digest) -> Option<&'a [u8]> {
    let came_along = || file.announcement.usable_inline().map(|inline| &*inline.octets);
    let octets = file.read.octets.as_deref().or_else(came_along)?;
    let is_small = octets.len() as u64 <= MOST_INLINE;
    (is_small && Digest::of(digest.algorithm(), octets) == *digest).then_some(octets)
}

/// A message that was kept until it is sent.
pub fn kept_post(topic: String, payload: String) -> Post {
    Post { id: None, topic, content_type: CONTENT_TYPE, payload }
}

/// The digest that was announced and that the file has; that of our copy where there is none and it is wanted.
fn digest_of(file: &ArrivedFile<'_>, terms: &ForwardTerms) -> Result<Digest, NotForwarded> {
    let of_ours = || file.read.digest.clone().filter(|_| terms.unproven == Unproven::Forwarded);
    let digest = match file.announcement.integrity.digest() {
        Some(digest) => digest.clone(),
        None => of_ours().ok_or(NotForwarded::NoDigest)?,
    };
    let is_known_to_all = matches!(digest.algorithm(), DigestAlgorithm::Md5 | DigestAlgorithm::Sha512);
    if terms.form == PostForm::WmoMesh && !is_known_to_all {
        return Err(NotForwarded::Method(digest.algorithm().key()));
    }
    Ok(digest)
}

/// The object that came, with every key; one of its own for other forms.
fn received_object(file: &ArrivedFile<'_>) -> Map<String, Value> {
    let is_object = matches!(file.announcement.dialect, Dialect::WmoMesh | Dialect::V03);
    let read = is_object.then(|| serde_json::from_slice::<Value>(file.message).ok()).flatten();
    match read {
        Some(Value::Object(message)) => message,
        _ => Map::new(),
    }
}

/// The path as it was announced. Where that is no path, or cannot be one of ours, the place of our copy.
fn path_of(file: &ArrivedFile<'_>, message: &Map<String, Value>) -> MeshPath {
    let key = match file.announcement.dialect {
        Dialect::Wis2 | Dialect::CloudEvent => None,
        Dialect::WmoMesh | Dialect::WmoMeshArray | Dialect::V03 | Dialect::V02 => {
            Some(&*file.announcement.key)
        }
    };
    let written = message.get("relPath").and_then(Value::as_str).filter(|_| key.is_some()).or(key);
    let read = written.and_then(|written| MeshPath::parse(written).ok());
    read.unwrap_or_else(|| MeshPath::of_place(file.place))
}

/// Notes under our own key that it came through here.
fn note_own(
    message: &mut Map<String, Value>,
    file: &ArrivedFile<'_>,
    terms: &ForwardTerms,
) -> Result<(), NotForwarded> {
    let mut own = match message.remove("nuee") {
        Some(Value::Object(own)) => own,
        _ => Map::new(),
    };
    let here = terms.base.as_str();
    let hops = own.get("via").and_then(Value::as_array).into_iter().flatten();
    let mut via: Vec<&str> = hops.filter_map(Value::as_str).collect();
    if via.contains(&here) {
        return Err(NotForwarded::Loop);
    }
    via.push(here);
    let via = json!(via[via.len().saturating_sub(MOST_HOPS)..]);
    own.insert("via".to_owned(), via);
    if matches!(file.announcement.dialect, Dialect::Wis2 | Dialect::CloudEvent) {
        own.insert("data_id".to_owned(), (*file.announcement.key).into());
    }
    if let Some(record) = &file.announcement.metadata_id {
        own.insert("metadata_id".to_owned(), (**record).into());
    }
    if file.announcement.integrity.digest().is_none() {
        own.insert("unproven".to_owned(), true.into());
    }
    message.insert("nuee".to_owned(), Value::Object(own));
    Ok(())
}

/// Times as every program reads them; those of the file that cannot be read go.
fn put_times(message: &mut Map<String, Value>, announcement: &Announcement) {
    let published = message.get("pubTime").and_then(Value::as_str).and_then(as_peers_read_it);
    let published = published.unwrap_or_else(|| written_compact(announcement.published_at));
    message.insert("pubTime".to_owned(), published.into());
    for name in ["mtime", "atime"] {
        if let Some(time) = message.remove(name).as_ref().and_then(Value::as_str).and_then(as_peers_read_it) {
            message.insert(name.to_owned(), time.into());
        }
    }
}

fn with_slash(path: &str) -> String {
    format!("/{}", path.trim_start_matches('/'))
}
