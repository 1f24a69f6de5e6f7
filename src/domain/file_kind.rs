//! What kind of file something is, by its first octets: said when it is not what was wanted.
//!
//! In: the beginning of a file. Out: [`FileKind`]. Signatures are those that file(1) knows; nothing is guessed from names.

use serde::{Deserialize, Serialize};

/// What kind of file something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// GRIB, edition 1 or 2.
    Grib,
    /// A .torrent.
    Torrent,
    /// BUFR: observations.
    Bufr,
    /// NetCDF, the classic form.
    NetCdf,
    /// HDF5, which NetCDF 4 uses as well.
    Hdf5,
    /// A web page.
    Html,
    /// XML.
    Xml,
    /// JSON.
    Json,
    /// Other text.
    Text,
    /// A ZIP archive, or an office document.
    Zip,
    /// Compressed by gzip.
    Gzip,
    /// Compressed by bzip2.
    Bzip2,
    /// Compressed by xz.
    Xz,
    /// Compressed by Zstandard.
    Zstd,
    /// A tar archive.
    Tar,
    /// PDF.
    Pdf,
    /// A picture: PNG, JPEG, GIF, TIFF or WebP.
    Picture,
    /// A program or library.
    Program,
    /// A database of SQLite.
    Sqlite,
    /// No octet at all.
    Empty,
    /// A folder.
    Folder,
    /// Something else.
    Unknown,
}

/// Signatures at the beginning of files.
const SIGNATURES: &[(&[u8], FileKind)] = &[
    (b"GRIB", FileKind::Grib),
    (b"BUFR", FileKind::Bufr),
    (b"CDF\x01", FileKind::NetCdf),
    (b"CDF\x02", FileKind::NetCdf),
    (b"CDF\x05", FileKind::NetCdf),
    (b"\x89HDF\r\n\x1a\n", FileKind::Hdf5),
    (b"PK\x03\x04", FileKind::Zip),
    (b"PK\x05\x06", FileKind::Zip),
    (b"\x1f\x8b", FileKind::Gzip),
    (b"BZh", FileKind::Bzip2),
    (b"\xfd7zXZ\0", FileKind::Xz),
    (b"\x28\xb5\x2f\xfd", FileKind::Zstd),
    (b"%PDF-", FileKind::Pdf),
    (b"\x89PNG\r\n\x1a\n", FileKind::Picture),
    (b"\xff\xd8\xff", FileKind::Picture),
    (b"GIF8", FileKind::Picture),
    (b"II*\0", FileKind::Picture),
    (b"MM\0*", FileKind::Picture),
    (b"\x7fELF", FileKind::Program),
    (b"MZ", FileKind::Program),
    (b"SQLite format 3\0", FileKind::Sqlite),
];

/// Octets of the beginning that are looked through for a message behind a bulletin's head.
const SEARCHED: usize = 4096;

impl FileKind {
    /// The kind of what begins so; a few hundred octets are enough, all of a shorter file.
    pub fn of(first: &[u8]) -> Self {
        if first.is_empty() {
            return Self::Empty;
        }
        if let Some((_, kind)) = SIGNATURES.iter().find(|(signature, _)| first.starts_with(signature)) {
            return *kind;
        }
        if first.get(257..262) == Some(b"ustar") {
            return Self::Tar;
        }
        if first.starts_with(b"RIFF") && first.get(8..12) == Some(b"WEBP") {
            return Self::Picture;
        }
        if is_torrent(first) {
            return Self::Torrent;
        }
        let searched = &first[..first.len().min(SEARCHED)];
        let holds = |word: &[u8]| searched.windows(word.len()).any(|octets| octets == word);
        match text_of(first) {
            Some(text) => of_text(&text),
            None if holds(b"GRIB") => Self::Grib,
            None if holds(b"BUFR") => Self::Bufr,
            None => Self::Unknown,
        }
    }
}

/// A dictionary whose first key is one that a .torrent may begin with.
fn is_torrent(first: &[u8]) -> bool {
    let keys: [&[u8]; 7] = [
        b"8:announce",
        b"13:announce-list",
        b"7:comment",
        b"10:created by",
        b"13:creation date",
        b"4:info",
        b"8:url-list",
    ];
    first.first() == Some(&b'd') && keys.iter().any(|key| first[1..].starts_with(key))
}

/// The beginning as text. `None` when it holds what text does not.
fn text_of(first: &[u8]) -> Option<String> {
    let text = match std::str::from_utf8(first) {
        Ok(text) => text,
        // A letter that is cut at the end.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&first[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    text.chars()
        .all(is_plain)
        .then(|| text.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']).to_owned())
}

fn of_text(text: &str) -> FileKind {
    let lower: String = text.chars().take(64).collect::<String>().to_ascii_lowercase();
    if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        FileKind::Html
    } else if lower.starts_with("<?xml") {
        if text.to_ascii_lowercase().contains("<html") { FileKind::Html } else { FileKind::Xml }
    } else if lower.starts_with('{') || lower.starts_with('[') {
        FileKind::Json
    } else {
        FileKind::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_first_octets() {
        let kinds: [(&[u8], FileKind); 14] = [
            (b"GRIB\0\0\0\x02", FileKind::Grib),
            (b"TTAAii CCCC 010000\r\r\n\x01\0GRIB\0\0\0\x01", FileKind::Grib),
            (b"d8:announce3:abc", FileKind::Torrent),
            (b"d4:infod6:length", FileKind::Torrent),
            (b"BUFR\0\0\0\x04", FileKind::Bufr),
            (b"CDF\x01....", FileKind::NetCdf),
            (b"\x89HDF\r\n\x1a\n", FileKind::Hdf5),
            (b"\r\n<!DOCTYPE html><title>x", FileKind::Html),
            (b"<?xml version=\"1.0\"?><Error>", FileKind::Xml),
            (b"{\"a\": 1}", FileKind::Json),
            ("données du réseau de 06 h\n".as_bytes(), FileKind::Text),
            (b"dear colleague, the GRIB files", FileKind::Text),
            (b"\x1f\x8b\x08\0", FileKind::Gzip),
            (b"", FileKind::Empty),
        ];
        for (first, kind) in kinds {
            assert_eq!(FileKind::of(first), kind, "{:?}", String::from_utf8_lossy(first));
        }
        assert_eq!(FileKind::of(&[7, 0, 3, 200, 1]), FileKind::Unknown);
    }

    #[test]
    fn a_letter_that_is_cut_at_the_end_leaves_text_text() {
        let text = "é".repeat(20);
        assert_eq!(FileKind::of(&text.as_bytes()[..39]), FileKind::Text);
    }
}
