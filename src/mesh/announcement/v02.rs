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

#[cfg(test)]
mod tests {
    use super::super::{Announcement, read};
    use crate::mesh::integrity::Announced;

    const MD5: &str = "d,0cc175b9c0f1b6a831c399e269772661";

    fn announced(line: &str, headers: &[(&str, &str)]) -> Option<Announcement> {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let raw = bytes::Bytes::copy_from_slice(line.as_bytes());
        read(raw, &headers).reading.announcement().cloned()
    }

    /// What is to be known of a line with these headers: action, method of the digest, size, parts, name, former key, verdict.
    fn told(headers: &[(&str, &str)]) -> String {
        let Some(file) = announced("20261130100000.5 http://h/ a/b.grib2", headers) else {
            return "invalid".to_owned();
        };
        let method = match &file.integrity {
            Announced::Digest(digest) => digest.algorithm().key().to_owned(),
            Announced::CannotBeVerified { named } => format!("({named})"),
            Announced::Unreadable { .. } => "unreadable".to_owned(),
            Announced::Nothing => "-".to_owned(),
        };
        let number = |number: Option<u64>| number.map_or("-".to_owned(), |number| number.to_string());
        let (size, parts) = (number(file.size.map(|size| size.0)), number(file.parts));
        let folders = file.folders.as_deref().map_or(String::new(), |folders| format!("{folders}/"));
        let former = file.renamed_from.as_deref().unwrap_or("-");
        let remarks: Vec<&str> = file.remarks.iter().map(|remark| remark.code()).collect();
        let (action, name) = (file.action.key(), &file.name);
        format!("{action} {method} {size} {parts} {folders}{name} {former} {}", remarks.join(","))
    }

    #[test]
    fn headers_of_version_2_say_what_became_of_the_file() {
        let sha512 = format!("s,{}", "ab".repeat(64));
        for (headers, expected) in [
            (&[][..], "new - - - b.grib2 - "),
            (&[("sum", MD5), ("parts", "1,1200,1,0,0")], "new md5 1200 - b.grib2 - "),
            (
                &[("sum", &sha512), ("mode", "0644"), ("mtime", "20261130095959.1")],
                "new sha512 - - b.grib2 - ",
            ),
            (&[("sum", "0,0542"), ("mode", "664")], "new (random) - - b.grib2 - "),
            (&[("sum", "a,whatever")], "new (arbitrary) - - b.grib2 - "),
            (&[("sum", "n,0cc175b9c0f1b6a831c399e269772661")], "new (md5name) - - b.grib2 - "),
            (&[("sum", "z,d")], "new (cod) - - b.grib2 - "),
            (&[("sum", "q,1")], "new (q) - - b.grib2 - "),
            (&[("sum", "d,xyz")], "new unreadable - - b.grib2 - digest_unreadable"),
            (&[("sum", "d")], "new unreadable - - b.grib2 - digest_unreadable"),
            (&[("sum", "12")], "new (12) - - b.grib2 - "),
            (&[("sum", "R,0")], "deletion - - - b.grib2 - "),
            (&[("sum", "r,0")], "deletion - - - b.grib2 - "),
            (&[("sum", "m,0")], "housekeeping - - - b.grib2 - "),
            (&[("sum", "L,0"), ("link", "elsewhere")], "housekeeping - - - b.grib2 - "),
            (&[("sum", MD5), ("parts", "i,500,3,100,1")], "new md5 - 3 b.grib2 - in_parts"),
            (&[("sum", MD5), ("parts", "p,500,3,100,1")], "new md5 - 3 b.grib2 - in_parts"),
            (&[("sum", MD5), ("parts", "1,-5,1,0,0")], "new md5 - - b.grib2 - "),
            (&[("sum", MD5), ("parts", "1,99999999999999999999,1,0,0")], "new md5 - - b.grib2 - "),
            (&[("sum", MD5), ("parts", "true")], "new md5 - - b.grib2 - "),
            (&[("sum", MD5), ("oldname", "/a/old.grib2")], "new md5 - - b.grib2 a/old.grib2 "),
            (&[("sum", MD5), ("newname", "a/new.grib2")], "housekeeping md5 - - b.grib2 - "),
            (&[("sum", MD5), ("rename", "/x/other.grib2")], "new md5 - - x/other.grib2 - "),
            (&[("sum", MD5), ("to_clusters", "ALL"), ("source", "metpx")], "new md5 - - b.grib2 - "),
        ] {
            assert_eq!(told(headers), expected, "{headers:?}");
        }
    }

    #[test]
    fn the_line_of_version_2_names_time_place_and_key() {
        for (line, key, href) in [
            (
                "20261130100000.5 http://h/ /obs/ST-07%20-%20Hourly.csv",
                "obs/ST-07 - Hourly.csv",
                "http://h/obs/ST-07%20-%20Hourly.csv",
            ),
            ("20261130100000 http://h/d a/x%231.txt", "a/x#1.txt", "http://h/d/a/x%231.txt"),
            ("20261130100000.123456 http://h%20x/ a", "a", "http://h x/a"),
            (
                "20261130100000.5 http://h/ 20261130/WXO-DD/été.txt",
                "20261130/WXO-DD/été.txt",
                "http://h/20261130/WXO-DD/%C3%A9t%C3%A9.txt",
            ),
        ] {
            let file = announced(line, &[("sum", MD5)]).expect("a line of version 2");
            assert_eq!((&*file.key, &*file.links[0].href), (key, href), "{line}");
            assert_eq!(file.published_at.to_second().to_string(), "2026-11-30T10:00:00Z");
        }
        for line in [
            "",
            "20261130100000.5 http://h/",
            "20261330100000.5 http://h/ a",
            "x http://h/ a",
            "20261130100000 h a",
        ] {
            assert_eq!(announced(line, &[("sum", MD5)]), None, "{line}");
        }
    }
}
