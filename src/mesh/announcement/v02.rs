//! Sarracenia version 2: one line `YYYYMMDDHHMMSS.frac <baseUrl> <relPath>`, all else in headers.
//!
//! In: text, and headers that came with it. Out: a reading; `None` when no such line is there. A line that somebody
//! copied out of a log is understood too, with what stands around it.

use super::names::key_of_path;
use super::v03::{action_of_sum, count_of_parts, note_parts, place, size_of_parts};
use super::{AnnouncementDraft, Dialect, FileAction, Headers, MessageReading};
use crate::mesh::integrity;
use crate::mesh::remark::Remark;
use crate::mesh::time::{self, TimeForm};

pub(super) fn read(text: &str, headers: Headers<'_>) -> Option<MessageReading> {
    let line = text.lines().next()?;
    let words: Vec<&str> = line.split_ascii_whitespace().take(64).map(bare).collect();
    let at = words.windows(3).position(|three| is_time(three[0]) && three[1].contains(":/"))?;
    let mut draft = AnnouncementDraft::default();
    draft.published_at = draft.need_time(Some(words[at]), "pubTime", &[TimeForm::CompactWithoutT]);
    // These two are escaped so that the line stays one of three words; all else is written as it is.
    let unescaped = |word: &str| word.replace("%20", " ").replace("%23", "#");
    place(&unescaped(words[at + 1]), &unescaped(words[at + 2]), &mut draft);
    if words.len() != 3 || text.trim_end().lines().count() > 1 {
        draft.add(Remark::LogLine);
    }
    let header = |name: &str| {
        let sent = headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        sent.or_else(|| noted(line, name).map(str::to_owned))
    };
    let sum = header("sum").unwrap_or_default();
    if !sum.is_empty() {
        draft.integrity = integrity::read_sum(&sum, &mut draft.remarks);
    }
    let parts = header("parts").unwrap_or_default();
    draft.size = size_of_parts(&parts);
    note_parts(count_of_parts(&parts), &mut draft);
    draft.action = Some(action_of_sum(&sum));
    let path = |name: &str| {
        let written = header(name)?;
        let path = key_of_path(&written);
        (!path.is_empty()).then(|| path.into())
    };
    draft.written_at = path("rename");
    draft.renamed_from = path("oldname").filter(|_| draft.action == Some(FileAction::New));
    // The other half of a renaming, whose first half says all.
    if header("newname").is_some() && draft.action == Some(FileAction::New) {
        draft.action = Some(FileAction::Housekeeping);
    }
    Some(draft.finish(Dialect::V02))
}

/// Whether the first line of `text` has such a line in it.
pub(super) fn has_line(text: &str) -> bool {
    let words: Vec<&str> =
        text.lines().next().unwrap_or_default().split_ascii_whitespace().take(64).map(bare).collect();
    words.windows(3).any(|three| is_time(three[0]) && three[1].contains(":/"))
}

/// A word without the quotes and the label that logs put around it.
fn bare(word: &str) -> &str {
    word.trim_matches('\'').trim_start_matches("notice=")
}

fn is_time(word: &str) -> bool {
    word.len() >= 14 && time::read(word).is_some_and(|time| time.form == TimeForm::CompactWithoutT)
}

/// The value of `name=value` or of `'name': 'value'` in a line of a log.
fn noted<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let mut words = line.split_ascii_whitespace();
    if let Some(value) = words.find_map(|word| word.strip_prefix(name)?.strip_prefix('=')) {
        return Some(value);
    }
    let (_, rest) = line.split_once(&format!("'{name}'"))?;
    rest.trim_start_matches([':', ' ']).strip_prefix('\'')?.split('\'').next()
}
