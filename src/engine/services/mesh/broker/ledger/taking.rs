//! What a message means for what is known of its file: a new row, other content, a further source, or nothing.
//!
//! In: one message, and the row of its key. Out: the row that is to be attended to. Start reading at `take_one`.

use super::WantedRow;
use crate::domain::utc::UtcMillis;
use crate::mesh::announcement::FileAction;
use crate::mesh::announcement::kept::{kept_message, read_kept};
use crate::mesh::recent::Heard;
use crate::mesh::succession::{AnnouncedContent, Succession, succession};
use rusqlite::{OptionalExtension, Transaction, params};

/// Follows the key of a file of which a part was announced, and of other content under the same key.
const APART: char = '\n';

/// A row as it stands.
struct Row {
    id: i64,
    content: AnnouncedContent<String>,
    state: String,
}

/// Takes one message in. Its row, when its file is to be attended to and was not before.
pub(super) fn take_one(
    step: &Transaction<'_>,
    heard: &Heard,
    broker: &str,
) -> Result<Option<WantedRow>, rusqlite::Error> {
    let Some(announcement) = heard.received.reading.announcement() else { return Ok(None) };
    let is_of_a_file = announcement.action.has_bytes() || announcement.action == FileAction::Deletion;
    if heard.novelty.is_none() || !is_of_a_file {
        return Ok(None);
    }
    let part = announcement.parts.map(|_| format!("{}{APART}part", announcement.key));
    let key = part.as_deref().unwrap_or(&announcement.key);
    let now = AnnouncedContent::of(announcement);
    let octets = kept_message(heard.received.raw.to_vec(), announcement);
    let message = Message { heard, broker, octets };
    let first = |row| WantedRow { row, key: announcement.key.clone(), is_rival: false };
    let rival = |row| WantedRow { is_rival: true, ..first(row) };
    let Some(known) = row_of(step, key)? else {
        return write(step, (key, None), &message, &now).map(|row| Some(first(row)));
    };
    match succession(&known.content, &now) {
        Succession::Same => Ok(add_source(step, &known, &message)?.map(first)),
        Succession::Replaces => {
            let now = now.in_place_of(&known.content);
            write(step, (key, None), &message, &now).map(|row| Some(first(row)))
        }
        Succession::Older => Ok(None),
        Succession::Conflicts => {
            let name = format!("{key}{APART}{}", now.digest.as_deref().unwrap_or_default());
            match row_of(step, &name)? {
                Some(other) => Ok(add_source(step, &other, &message)?.map(rival)),
                None => write(step, (&name, Some(known.id)), &message, &now).map(|row| Some(rival(row))),
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
        let announcement = read_kept(&message)?;
        let published_at = UtcMillis::from_unix_millis(published)?;
        let content =
            AnnouncedContent { published_at, digest, replaced, ..AnnouncedContent::of(&announcement) };
        Some(Row { id, content, state })
    }))
}

/// Writes what counts of the file `key` from now on, in place of what was known of it. Its row.
fn write(
    step: &Transaction<'_>,
    (key, rival): (&str, Option<i64>),
    message: &Message<'_>,
    now: &AnnouncedContent<String>,
) -> Result<i64, rusqlite::Error> {
    let row = step
        .prepare_cached(
            "INSERT INTO file (key, published, heard, digest, topic, message, state, broker, rival, replaced)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'wanted', ?7, ?8, ?9)
             ON CONFLICT (key) DO UPDATE SET published = excluded.published, heard = excluded.heard,
             digest = excluded.digest, topic = excluded.topic, message = excluded.message, state = 'wanted',
             broker = excluded.broker, rival = coalesce(excluded.rival, rival), replaced = excluded.replaced
             RETURNING id",
        )?
        .query_row(
            params![
                key,
                now.published_at.unix_millis(),
                message.heard.at.unix_millis(),
                now.digest,
                message.heard.topic,
                message.octets,
                message.broker,
                rival,
                now.replaced
            ],
            |row| row.get(0),
        )?;
    // They had what was announced before.
    step.execute("DELETE FROM source WHERE file = ?1", [row])?;
    Ok(row)
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
