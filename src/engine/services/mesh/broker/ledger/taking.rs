//! What a message means for what is known of its file: a new row, other content, a further source, or nothing.
//!
//! In: one message, and the row of its key. Out: the row that is to be attended to. Start reading at `take_one`.

use crate::domain::integrity::DigestAlgorithm;
use crate::domain::utc::UtcMillis;
use crate::mesh::announcement::{Action, Announcement, Dialect, Reading, read};
use crate::mesh::integrity::Announced;
use crate::mesh::recent::Heard;
use crate::mesh::succession::{Content, Role, Succession, succession};
use rusqlite::{OptionalExtension, Transaction, params};

/// Follows the key of a file of which a part was announced, and of other content under the same key.
const APART: char = '\n';

/// A row as it stands.
struct Row {
    id: i64,
    content: Content<String>,
    state: String,
}

/// Takes one message in. Its row, when its file is to be attended to and was not before.
pub(super) fn take_one(
    step: &Transaction<'_>,
    heard: &Heard,
    broker: &str,
) -> Result<Option<i64>, rusqlite::Error> {
    let Some(announcement) = heard.received.reading.announcement() else { return Ok(None) };
    let is_of_a_file = announcement.action.has_bytes() || announcement.action == Action::Deletion;
    if heard.novelty.is_none() || !is_of_a_file {
        return Ok(None);
    }
    let part = announcement.parts.map(|_| format!("{}{APART}part", announcement.key));
    let key = part.as_deref().unwrap_or(&announcement.key);
    let now = content_of(announcement);
    let message = Message { heard, broker, octets: message_of(heard) };
    let Some(known) = row_of(step, key)? else { return insert(step, (key, None), &message, &now).map(Some) };
    match succession(&known.content, &now) {
        Succession::Same => add_source(step, &known, &message),
        Succession::Replaces => replace(step, &known, (&message, &now)).map(Some),
        Succession::Older => Ok(None),
        Succession::Conflicts => {
            let rival = format!("{key}{APART}{}", now.digest.as_deref().unwrap_or_default());
            match row_of(step, &rival)? {
                Some(other) => add_source(step, &other, &message),
                None => insert(step, (&rival, Some(known.id)), &message, &now).map(Some),
            }
        }
    }
}

/// A message as it is kept.
struct Message<'a> {
    heard: &'a Heard,
    broker: &'a str,
    octets: Vec<u8>,
}

fn content_of(announcement: &Announcement) -> Content<String> {
    let digest = announcement.integrity.digest();
    Content {
        published_at: announcement.published_at,
        digest: digest.map(|digest| format!("{}:{}", digest.algorithm().key(), digest.hex())),
        replaced: None,
        source: announcement.source.to_string(),
        role: Role::of(announcement),
    }
}

fn row_of(step: &Transaction<'_>, key: &str) -> Result<Option<Row>, rusqlite::Error> {
    let found = step
        .prepare_cached("SELECT id, published, digest, replaced, message, state FROM file WHERE key = ?1")?
        .query_row([key], |row| {
            let digests: (Option<String>, Option<String>) = (row.get(2)?, row.get(3)?);
            let message: Vec<u8> = row.get(4)?;
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, digests, message, row.get::<_, String>(5)?))
        })
        .optional()?;
    Ok(found.and_then(|(id, published, (digest, replaced), message, state)| {
        let announcement = announcement_of(&message)?;
        let published_at = UtcMillis::from_unix_millis(published)?;
        let content = Content { published_at, digest, replaced, ..content_of(&announcement) };
        Some(Row { id, content, state })
    }))
}

fn insert(
    step: &Transaction<'_>,
    (key, rival): (&str, Option<i64>),
    message: &Message<'_>,
    now: &Content<String>,
) -> Result<i64, rusqlite::Error> {
    // A row that cannot be read any more makes room.
    step.execute("DELETE FROM file WHERE key = ?1", [key])?;
    step.prepare_cached(
        "INSERT INTO file (key, published, heard, digest, topic, message, state, broker, rival)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'wanted', ?7, ?8)",
    )?
    .execute(params![
        key,
        now.published_at.unix_millis(),
        message.heard.at.unix_millis(),
        now.digest,
        message.heard.topic,
        message.octets,
        message.broker,
        rival
    ])?;
    Ok(step.last_insert_rowid())
}

fn replace(
    step: &Transaction<'_>,
    known: &Row,
    (message, now): (&Message<'_>, &Content<String>),
) -> Result<i64, rusqlite::Error> {
    let is_same_second = known.content.published_at == now.published_at;
    let replaced = known.content.digest.as_ref().filter(|_| is_same_second);
    step.execute("DELETE FROM source WHERE file = ?1", [known.id])?;
    step.execute(
        "UPDATE file SET published = ?2, heard = ?3, digest = ?4, topic = ?5, message = ?6, broker = ?7,
         replaced = ?8, state = 'wanted' WHERE id = ?1",
        params![
            known.id,
            now.published_at.unix_millis(),
            message.heard.at.unix_millis(),
            now.digest,
            message.heard.topic,
            message.octets,
            message.broker,
            replaced
        ],
    )?;
    Ok(known.id)
}

/// Somebody else has it: another chance for what is not in its place.
fn add_source(
    step: &Transaction<'_>,
    known: &Row,
    message: &Message<'_>,
) -> Result<Option<i64>, rusqlite::Error> {
    if matches!(&*known.state, "in_place" | "withdrawn" | "renamed") {
        return Ok(None);
    }
    let announcement = message.heard.received.reading.announcement();
    let href = announcement.and_then(|one| one.links.first()).map_or("", |link| &link.href);
    let added = step.execute(
        "INSERT OR IGNORE INTO source VALUES (?1, ?2, ?3)",
        params![known.id, message.octets, href],
    )?;
    if added == 0 {
        return Ok(None);
    }
    step.execute("UPDATE file SET state = 'wanted' WHERE id = ?1", [known.id])?;
    Ok(Some(known.id))
}

/// The message as it is kept: the octets, and for a line of version 2 also what its headers said.
fn message_of(heard: &Heard) -> Vec<u8> {
    let mut message = heard.received.raw.to_vec();
    let announcement = heard.received.reading.announcement().filter(|a| a.dialect == Dialect::V02);
    for (name, value) in announcement.map(headers_of).unwrap_or_default() {
        message.extend_from_slice(format!(" {name}={}", value.replace(' ', "%20")).as_bytes());
    }
    message
}

/// The headers of version 2 that say the same.
fn headers_of(announcement: &Announcement) -> Vec<(&'static str, String)> {
    let letter = |algorithm| if algorithm == DigestAlgorithm::Md5 { 'd' } else { 's' };
    let sum = match &announcement.integrity {
        _ if announcement.action == Action::Deletion => Some("R,0".to_owned()),
        Announced::Digest(digest) => Some(format!("{},{}", letter(digest.algorithm()), digest.hex())),
        Announced::CannotBeVerified { named } => Some(match named.as_str() {
            "random" => "0,0".to_owned(),
            "arbitrary" => "a,0".to_owned(),
            "md5name" => "n,0".to_owned(),
            "cod" => "z,0".to_owned(),
            other => format!("{other},0"),
        }),
        Announced::Nothing | Announced::Unreadable { .. } => None,
    };
    let parts = match (announcement.parts, announcement.size) {
        (Some(count), _) => Some(format!("i,0,{count},0,0")),
        (None, size) => size.map(|size| format!("1,{},1,0,0", size.0)),
    };
    let folders = announcement.folders.as_deref();
    let is_written_elsewhere = folders.is_some() || !announcement.key.ends_with(&*announcement.name);
    let written_at = folders.map(|folders| format!("{folders}/{}", announcement.name));
    let written_at =
        is_written_elsewhere.then(|| written_at.unwrap_or_else(|| announcement.name.to_string()));
    [("sum", sum), ("parts", parts), ("rename", written_at)]
        .into_iter()
        .chain([("oldname", announcement.renamed_from.as_deref().map(str::to_owned))])
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

pub(super) fn announcement_of(message: &[u8]) -> Option<Announcement> {
    match read(bytes::Bytes::copy_from_slice(message), &[]).reading {
        Reading::Announcement(announcement) => Some(*announcement),
        _ => None,
    }
}
