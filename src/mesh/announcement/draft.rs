//! What a reader of one dialect has found so far, and the reading that it makes.
//!
//! In: fields of a message, and what is odd about them. Out: an announcement, or what could be read of an invalid one.

use super::names::{decoded, host_of, scheme_of};
use super::{Announcement, Dialect, FileAction, FileLink, Inline, InlineStanding, Invalid, MessageReading};
use crate::domain::integrity::Digest;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcMillis;
use crate::mesh::inline::{self, Encoding};
use crate::mesh::integrity::Announced;
use crate::mesh::json::Json;
use crate::mesh::remark::Remark;
use crate::mesh::time::{self, TimeForm};

/// Gathers what a reader finds, and makes the reading of it: without faults an announcement, else what could be read.
#[derive(Debug, Default)]
pub(super) struct AnnouncementDraft {
    pub(super) id: Option<Box<str>>,
    pub(super) key: Option<Box<str>>,
    pub(super) published_at: Option<UtcMillis>,
    pub(super) action: Option<FileAction>,
    /// The path to write the file at, when the message names one.
    pub(super) written_at: Option<Box<str>>,
    pub(super) renamed_from: Option<Box<str>>,
    pub(super) parts: Option<u64>,
    pub(super) size: Option<ByteCount>,
    pub(super) integrity: Announced,
    pub(super) links: Vec<FileLink>,
    pub(super) inline: Option<Inline>,
    pub(super) source: Option<Box<str>>,
    pub(super) metadata_id: Option<Box<str>>,
    pub(super) remarks: Vec<Remark>,
}

impl AnnouncementDraft {
    pub(super) fn add(&mut self, remark: Remark) {
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// Text that must be there and not be empty.
    pub(super) fn need_text<'j>(
        &mut self,
        json: &'j Json<'_>,
        key: &str,
        field: &'static str,
    ) -> Option<&'j str> {
        match json.find(key) {
            None | Some(Json::Null) => self.add(Remark::Missing { field }),
            Some(Json::Text("")) => self.add(Remark::Missing { field }),
            Some(Json::Text(text)) => return Some(text),
            Some(_) => self.add(Remark::WrongValue { field, value: String::new() }),
        }
        None
    }

    /// A time that must be there; in a form other than `due` it is a deviation.
    pub(super) fn need_time(
        &mut self,
        text: Option<&str>,
        field: &'static str,
        due: &[TimeForm],
    ) -> Option<UtcMillis> {
        let text = text?;
        match time::read(text) {
            Some(written) => {
                if !due.contains(&written.form) {
                    self.add(Remark::TimeForm { field });
                }
                Some(written.at)
            }
            None => {
                self.add(Remark::WrongValue { field, value: text.chars().take(64).collect() });
                None
            }
        }
    }

    /// Decodes inline content and holds it against the announced digest.
    pub(super) fn take_inline(&mut self, encoding: Encoding, value: &str) {
        let Some(octets) = inline::decode(encoding, value) else {
            self.add(Remark::InlineUnreadable);
            return;
        };
        let standing = match self.integrity.digest() {
            None => InlineStanding::Unproven,
            Some(digest) if Digest::of(digest.algorithm(), &octets) == *digest => InlineStanding::Proven,
            Some(_) => {
                self.add(Remark::InlineMismatch);
                InlineStanding::Mismatch
            }
        };
        self.inline = Some(Inline { octets: octets.into(), standing });
    }

    pub(super) fn finish(mut self, dialect: Dialect) -> MessageReading {
        let names_directory = self.key.as_deref().is_some_and(|key| key.ends_with('/'));
        if names_directory && dialect != Dialect::Wis2 && self.action.is_some_and(FileAction::has_bytes) {
            self.action = Some(FileAction::Housekeeping);
        }
        for at in 0..self.links.len().min(1) {
            let scheme = scheme_of(&self.links[at].href);
            if self.action.is_some_and(FileAction::has_bytes) && !matches!(scheme, "http" | "https") {
                let scheme = scheme.to_owned();
                self.add(Remark::UnusableLink { scheme });
            }
        }
        match (self.key, self.published_at, self.action) {
            (Some(key), Some(published_at), Some(action)) if !self.remarks.iter().any(Remark::is_fault) => {
                let host = || self.links.first().map_or("", |link| host_of(&link.href)).into();
                let (name, folders) =
                    name_and_folders(dialect, (&key, &self.links), self.written_at.as_deref());
                MessageReading::Announcement(Box::new(Announcement {
                    dialect,
                    id: self.id,
                    key,
                    name,
                    folders,
                    renamed_from: self.renamed_from,
                    parts: self.parts,
                    published_at,
                    action,
                    size: self.size,
                    integrity: self.integrity,
                    source: self.source.unwrap_or_else(host),
                    links: self.links,
                    inline: self.inline,
                    metadata_id: self.metadata_id,
                    remarks: self.remarks,
                }))
            }
            (key, published_at, _) => MessageReading::Invalid(Box::new(Invalid {
                dialect: Some(dialect),
                id: self.id,
                key,
                published_at,
                remarks: self.remarks,
            })),
        }
    }
}

/// What a file is called, and the folders that a message names for it: as it says, else the end of the key, or of the
/// first link where a key need not end in a file's name.
fn name_and_folders(
    dialect: Dialect,
    (key, links): (&str, &[FileLink]),
    written_at: Option<&str>,
) -> (Box<str>, Option<Box<str>>) {
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(path) = written_at {
        let folders = path.rsplit_once('/').map(|(folders, _)| folders.into());
        return (last(path).into(), folders);
    }
    let of_link = || {
        let path = links.first()?.href.split(['?', '#']).next()?;
        Some(decoded(&last(path)).into_owned()).filter(|name| !name.is_empty())
    };
    let name = match dialect {
        Dialect::Wis2 | Dialect::CloudEvent => of_link(),
        Dialect::WmoMesh | Dialect::WmoMeshArray | Dialect::V03 | Dialect::V02 => None,
    };
    (name.unwrap_or_else(|| last(key)).into(), None)
}
