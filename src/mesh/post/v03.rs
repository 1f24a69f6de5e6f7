//! The message of Sarracenia version 3, and the same as peers of wmo_mesh can take it in.
//!
//! In: what is known of a file. Out: one JSON object that both programs accept: times without a zone, a `relPath` that begins with a
//! slash, the digest under its name of today and under the former one, which is all that wmo_mesh knows.
//!
//! Sarracenia encodes `relPath` for its request; mesh_peer.py asks for it as it is written. So in the form for wmo_mesh an odd name is
//! written encoded, and `retrievePath` keeps Sarracenia from encoding it once more.

use super::content::content_of;
use super::{FileFacts, PostForm, PostTerms};
use crate::domain::utc::UtcMillis;
use crate::mesh::integrity::BASE64;
use crate::mesh::time::written_compact;
use base64::Engine;
use serde_json::{Value, json};

/// Exactly so, or sr3 does not find its reader.
pub(in crate::mesh) const CONTENT_TYPE: &str = "application/json";

/// The message.
pub(super) fn payload(facts: &FileFacts, terms: &PostTerms, published: UtcMillis) -> String {
    let (plain, encoded) = (facts.path.as_str(), facts.path.encoded());
    let path = if terms.form == PostForm::WmoMesh { encoded.as_str() } else { plain };
    let digest = json!({
        "method": facts.digest.algorithm().key(),
        "value": BASE64.encode(facts.digest.octets()),
    });
    let mut message = json!({
        "pubTime": written_compact(published),
        "baseUrl": terms.base.as_str(),
        "relPath": format!("/{path}"),
        "size": facts.length,
        "integrity": digest,
        "identity": digest,
    });
    if terms.form == PostForm::WmoMesh && encoded != plain {
        message["retrievePath"] = Value::String(format!("/{encoded}"));
    }
    if let Some(modified) = facts.modified.filter(|modified| modified.unix_millis() >= 0) {
        message["mtime"] = Value::String(written_compact(modified));
    }
    if let Some(content) = content_of(facts, (terms.form, terms.inlining)) {
        message["content"] = json!({ "encoding": content.encoding, "value": content.value });
    }
    message.to_string()
}

/// The message that a file is removed. mesh_peer.py, which knows no such messages, is not to be told.
pub(super) fn deletion(facts: &FileFacts, terms: &PostTerms, published: UtcMillis) -> String {
    let message = json!({
        "pubTime": written_compact(published),
        "baseUrl": terms.base.as_str(),
        "relPath": format!("/{}", facts.path.as_str()),
        "fileOp": { "remove": "" },
    });
    message.to_string()
}
