//! A message as it is kept on disk, so that it can be read again without the broker.
//!
//! In: the octets of a message and what was read of it. Out: octets that [`read_kept`] reads as the same announcement: a line of
//! version 2 gets behind it what its headers said.

use super::{Announcement, Dialect, FileAction, MessageReading, read};
use crate::domain::integrity::DigestAlgorithm;
use crate::mesh::integrity::Announced;

/// The octets to keep of the message `raw`, which says `announcement`.
pub fn kept_message(mut raw: Vec<u8>, announcement: &Announcement) -> Vec<u8> {
    if announcement.dialect == Dialect::V02 {
        for (name, value) in headers_of(announcement) {
            raw.extend_from_slice(format!(" {name}={}", value.replace(' ', "%20")).as_bytes());
        }
    }
    raw
}

/// The announcement that was kept so. `None` when it cannot be read any more.
pub fn read_kept(message: &[u8]) -> Option<Announcement> {
    match read(bytes::Bytes::copy_from_slice(message), &[]).reading {
        MessageReading::Announcement(announcement) => Some(*announcement),
        _ => None,
    }
}

/// The headers of version 2 that say the same.
fn headers_of(announcement: &Announcement) -> Vec<(&'static str, String)> {
    let letter = |algorithm| if algorithm == DigestAlgorithm::Md5 { 'd' } else { 's' };
    let sum = match &announcement.integrity {
        _ if announcement.action == FileAction::Deletion => Some("R,0".to_owned()),
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

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn read_again(raw: &'static str, headers: &[(&str, &str)]) -> (Announcement, Announcement) {
        let headers: Vec<_> =
            headers.iter().map(|(name, value)| (String::from(*name), String::from(*value))).collect();
        let received = read(Bytes::from_static(raw.as_bytes()), &headers);
        let first = received.reading.announcement().expect("an announcement").clone();
        let again = read_kept(&kept_message(received.raw.to_vec(), &first)).expect("it can be read");
        (first, again)
    }

    #[test]
    fn a_line_of_version_2_keeps_what_its_headers_said() {
        let line = "20260811100000.5 http://host/ a/b.grib2";
        let sum = ("sum", "d,d41d8cd98f00b204e9800998ecf8427e");
        let (first, again) =
            read_again(line, &[sum, ("parts", "1,1200,1,0,0"), ("rename", "x/other name.grib2")]);
        assert_eq!((&again.integrity, again.size), (&first.integrity, first.size));
        assert_eq!((&again.name, &again.folders), (&first.name, &first.folders));
        let (_, withdrawn) = read_again(line, &[("sum", "R,0")]);
        assert_eq!(withdrawn.action, FileAction::Deletion);
    }

    #[test]
    fn json_is_kept_as_it_came() {
        let (first, again) =
            read_again(r#"{"pubTime":"20260811T100000","baseUrl":"http://h/","relPath":"a/b"}"#, &[]);
        assert_eq!((first.key, first.published_at), (again.key, again.published_at));
        assert!(read_kept(b"nonsense").is_none());
    }
}
