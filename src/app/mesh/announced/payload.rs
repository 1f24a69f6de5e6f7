//! The one file that a .torrent of an announcement leads to.
//!
//! In: a .torrent, and what was announced. Out: the length of its file, or why it is not the one that was announced.

use crate::app::messages::wrong_file::WrongFile;
use crate::catalog::metainfo;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;

/// The length of the one file that a .torrent leads to, or why it is not the one that was announced.
pub(crate) fn length_of_payload(
    torrent: &[u8],
    (size, most): (Option<ByteCount>, ByteCount),
) -> Result<ByteCount, WrongFile> {
    let read =
        metainfo::read(torrent).map_err(|error| WrongFile::Form { detail: show(&error.to_string()) })?;
    let layout = read.layout();
    let found = layout.total();
    if !layout.is_single_file() {
        let files = layout.files().iter().filter(|file| !file.is_padding).count();
        return Err(WrongFile::SeveralFiles { files });
    }
    match size {
        Some(announced) if announced != found => Err(WrongFile::Length { announced, found }),
        None if found > most => Err(WrongFile::Length { announced: most, found }),
        _ => Ok(found),
    }
}

/// Whether a name is that of a .torrent.
pub(crate) fn names_torrent(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".torrent")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A .torrent of one piece.
    fn torrent(files: &str) -> Vec<u8> {
        let mut octets = format!("d4:infod{files}4:name1:x12:piece lengthi16384e6:pieces20:").into_bytes();
        octets.extend([7; 20]);
        octets.extend(b"ee");
        octets
    }

    #[test]
    fn a_torrent_leads_to_one_file_of_the_announced_length() {
        let one = torrent("6:lengthi1000e");
        let (size, most) = (ByteCount(1_000), ByteCount(5_000));
        assert_eq!(length_of_payload(&one, (Some(size), most)), Ok(size));
        assert_eq!(length_of_payload(&one, (None, most)), Ok(size));
        let (announced, found) = (ByteCount(900), size);
        assert_eq!(
            length_of_payload(&one, (Some(announced), most)),
            Err(WrongFile::Length { announced, found })
        );
        assert_eq!(length_of_payload(&one, (None, announced)), Err(WrongFile::Length { announced, found }));
        assert!(matches!(length_of_payload(b"nonsense", (None, most)), Err(WrongFile::Form { .. })));
        let two = torrent("5:filesld6:lengthi1e4:pathl1:aeed6:lengthi2e4:pathl1:beee");
        assert_eq!(length_of_payload(&two, (None, most)), Err(WrongFile::SeveralFiles { files: 2 }));
    }

    #[test]
    fn the_name_of_a_torrent_is_known_in_any_case() {
        assert!(names_torrent("a.grib2.TORRENT") && !names_torrent("torrent.grib2"));
    }
}
