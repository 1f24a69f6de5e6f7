//! Sarracenia version 3 and wmo_mesh: the object, and the array of four elements that came before it.
//!
//! In: JSON with `pubTime`, `baseUrl`, `relPath`. Out: a reading. Aliases of older versions are mapped and named; keys
//! that are not known are left alone, as the documents demand.

use super::names::{can_stand_in_a_url, joined, joined_encoded, joined_with_query, key_of_path};
use super::{AS_WRITTEN, AnnouncementDraft, Dialect, FileAction, FileLink, Headers, MessageReading};
use crate::domain::octets::ByteCount;
use crate::mesh::inline::Encoding;
use crate::mesh::integrity::{self, Announced};
use crate::mesh::json::Json;
use crate::mesh::remark::Remark;
use crate::mesh::time::TimeForm;

/// Reads the object.
pub(super) fn read(json: &Json<'_>, headers: Headers<'_>) -> MessageReading {
    let mut draft = AnnouncementDraft::default();
    let is_mesh = json.has("integrity")
        && !["identity", "fileOp", "topic", "mtime", "mode"].iter().any(|key| json.has(key));
    let dialect = if is_mesh { Dialect::WmoMesh } else { Dialect::V03 };
    let published = draft.need_text(json, "pubTime", "pubTime");
    draft.published_at = draft.need_time(published, "pubTime", &[TimeForm::Compact]);
    let base = draft.need_text(json, "baseUrl", "baseUrl");
    let path = path_of(json, &mut draft);
    if let (Some(base), Some(path)) = (base, path) {
        place(base, path, &mut draft);
    }
    retrieval(json, base, &mut draft);
    size(json, &mut draft);
    blocks(json, &mut draft);
    draft.written_at =
        json.at("rename").text().map(key_of_path).filter(|path| !path.is_empty()).map(Into::into);
    draft.integrity = match (json.find("identity"), json.find("integrity")) {
        (Some(identity), _) => digest(identity, &mut draft),
        (None, Some(integrity)) => {
            if dialect == Dialect::V03 {
                draft.add(Remark::FormerName { found: "integrity", today: "identity" });
            }
            digest(integrity, &mut draft)
        }
        (None, None) => of_headers(headers, &mut draft),
    };
    draft.action = Some(action(json));
    draft.renamed_from = old_name(json);
    content(json, &mut draft);
    draft.finish(dialect)
}

/// Reads `[pubTime, baseUrl, relPath, {headers}]`.
pub(super) fn read_array(json: &Json<'_>) -> MessageReading {
    let mut draft = AnnouncementDraft::default();
    let texts: Vec<Option<&str>> = json.items().iter().take(3).map(Json::text).collect();
    let (&[Some(published), Some(base), Some(path)], 3..=4) = (texts.as_slice(), json.items().len()) else {
        return MessageReading::invalid(None, Remark::UnknownShape);
    };
    let both = [TimeForm::Compact, TimeForm::CompactWithoutT];
    draft.published_at = draft.need_time(Some(published), "pubTime", &both);
    if base.is_empty() {
        draft.add(Remark::Missing { field: "baseUrl" });
    }
    if path.is_empty() {
        draft.add(Remark::Missing { field: "relPath" });
    }
    place(base, path, &mut draft);
    let headers = json.items().get(3).unwrap_or(&Json::Null);
    let parts = headers.at("parts").text().unwrap_or_default();
    draft.size = headers.at("size").whole().map(ByteCount).or_else(|| size_of_parts(parts));
    note_parts(count_of_parts(parts), &mut draft);
    let of_sum = headers.at("sum").text().map(|sum| integrity::read_sum(sum, &mut draft.remarks));
    let of_integrity = headers.find("integrity").map(|integrity| digest(integrity, &mut draft));
    draft.integrity = match (of_sum, of_integrity) {
        (Some(sum), Some(integrity)) if sum != integrity => {
            draft.add(Remark::DigestsDisagree);
            Announced::Unreadable { named: integrity.method().unwrap_or_default().to_owned() }
        }
        (sum, integrity) => integrity.or(sum).unwrap_or_default(),
    };
    draft.action = Some(action_of_sum(headers.at("sum").text().unwrap_or_default()));
    draft.finish(Dialect::WmoMeshArray)
}

/// What the letter of a `sum` of version 2 says of the file.
pub(super) fn action_of_sum(sum: &str) -> FileAction {
    match sum.split(',').next().unwrap_or_default() {
        "R" | "r" => FileAction::Deletion,
        "L" | "m" => FileAction::Housekeeping,
        _ => FileAction::New,
    }
}

/// `relPath`, which may be empty only for the directory at the root.
fn path_of<'j>(json: &'j Json<'_>, draft: &mut AnnouncementDraft) -> Option<&'j str> {
    match json.at("relPath").text() {
        Some("") if json.at("fileOp").is_object() => Some(""),
        _ => draft.need_text(json, "relPath", "relPath"),
    }
}

/// Key and links of a file: first encoded as Sarracenia asks for it, then as it was written, which wmo_mesh asks for.
pub(super) fn place(base: &str, path: &str, draft: &mut AnnouncementDraft) {
    draft.key = Some(key_of_path(path).into());
    let encoded = joined_encoded(base, path);
    let as_written = Some(joined(base, path)).filter(|url| *url != encoded && can_stand_in_a_url(path));
    for (rel, href) in [("canonical", Some(encoded)), (AS_WRITTEN, as_written)] {
        if let Some(href) = href {
            draft.links.push(FileLink::to(rel, href));
        }
    }
}

/// A path that replaces `relPath` for retrieval, under today's name or the former one.
fn retrieval(json: &Json<'_>, base: Option<&str>, draft: &mut AnnouncementDraft) {
    let former = json.at("retPath").text();
    if former.is_some() {
        draft.add(Remark::FormerName { found: "retPath", today: "retrievePath" });
    }
    let path = json.at("retrievePath").text().or(former).filter(|path| !path.is_empty());
    if let (Some(path), Some(base), Some(link)) = (path, base, draft.links.first_mut()) {
        link.href = joined_with_query(base, path).into();
        draft.links.truncate(1);
    }
    if let (Some(kind), Some(link)) = (json.at("contentType").text(), draft.links.first_mut()) {
        link.media_type = Some(kind.into());
    }
}

fn size(json: &Json<'_>, draft: &mut AnnouncementDraft) {
    match json.at("size") {
        Json::Whole(size) => draft.size = Some(ByteCount(*size)),
        Json::Text(text) => {
            draft.size = text.parse().ok().map(ByteCount);
            draft.add(Remark::SizeAsText { text: text.chars().take(32).collect() });
        }
        _ => {}
    }
    if let Some(parts) = json.at("parts").text() {
        draft.add(Remark::FormerParts);
        draft.size = draft.size.or_else(|| size_of_parts(parts));
        note_parts(count_of_parts(parts), draft);
    }
}

/// `blocks`: a file whose parts are announced one by one. With one part only it is a whole file.
fn blocks(json: &Json<'_>, draft: &mut AnnouncementDraft) {
    let blocks = json.at("blocks");
    if blocks.is_object() {
        let listed = blocks.at("manifest").entries().len() as u64;
        let count = blocks.at("count").whole().unwrap_or(0).max(listed);
        note_parts(Some(count).filter(|count| *count > 0), draft);
    }
}

/// Notes that this is one part of several: they are not put together, and the part's size and digest are not the file's.
pub(super) fn note_parts(count: Option<u64>, draft: &mut AnnouncementDraft) {
    if let Some(count) = count.filter(|count| *count > 1) {
        draft.parts = Some(count);
        draft.add(Remark::InParts { count });
    }
}

/// The size in `1,<size>,1,0,0`. Of a file in parts the first figures are a part's, so that nothing is said of the file.
pub(super) fn size_of_parts(parts: &str) -> Option<ByteCount> {
    let size = parts.strip_prefix("1,")?.split(',').next()?;
    size.parse().ok().map(ByteCount)
}

/// How many parts the file has, in `i,<size>,<count>,0,0`. `None` when nothing of the kind is said.
pub(super) fn count_of_parts(parts: &str) -> Option<u64> {
    parts.split(',').nth(2)?.parse().ok()
}

fn digest(identity: &Json<'_>, draft: &mut AnnouncementDraft) -> Announced {
    match (identity.at("method").text(), identity.at("value").text()) {
        (Some(method), Some(value)) => integrity::read(method, value, &mut draft.remarks),
        // `random` and `arbitrary` may carry a number.
        (Some(method), None) => Announced::CannotBeVerified { named: method.chars().take(64).collect() },
        (None, _) => {
            draft.add(Remark::DigestUnreadable);
            Announced::Unreadable { named: String::new() }
        }
    }
}

/// The `sum` among user properties of MQTT 5.
fn of_headers(headers: Headers<'_>, draft: &mut AnnouncementDraft) -> Announced {
    let sum = headers.iter().find(|(name, _)| name == "sum");
    sum.map_or(Announced::Nothing, |(_, sum)| integrity::read_sum(sum, &mut draft.remarks))
}

fn action(json: &Json<'_>) -> FileAction {
    let operation = json.at("fileOp");
    let has_digest = json.has("identity") || json.has("integrity");
    match operation {
        Json::Object(_) if operation.has("remove") || operation.has("rmdir") => FileAction::Deletion,
        Json::Object(_) if operation.has("directory") => FileAction::Housekeeping,
        Json::Object(_) if has_digest || old_name(json).is_some() => FileAction::New,
        Json::Object(_) => FileAction::Housekeeping,
        _ => FileAction::New,
    }
}

/// The key that a file had before `fileOp.rename`. `None` for a directory or a link, which are no files.
fn old_name(json: &Json<'_>) -> Option<Box<str>> {
    let operation = json.at("fileOp");
    let is_file = !["directory", "link", "hlink", "remove"].iter().any(|other| operation.has(other));
    let old = operation.at("rename").text().filter(|old| is_file && !old.is_empty())?;
    Some(key_of_path(old).into())
}

/// Inline content; an encoding other than base64 is text, as wmo_mesh reads it.
fn content(json: &Json<'_>, draft: &mut AnnouncementDraft) {
    let content = json.at("content");
    if let Some(value) = content.at("value").text() {
        let named = content.at("encoding").text().and_then(Encoding::from_name);
        draft.take_inline(named.unwrap_or(Encoding::Utf8), value);
    }
}
