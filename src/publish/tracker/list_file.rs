//! The list of torrents of a tracker that is another program: opentracker with a white list.
//!
//! In: torrents as they come and go. Out: the text of the file that the program reads again when it is told to.

use crate::domain::torrent::InfoHash;
use std::collections::BTreeSet;

/// The torrents that the program is to track.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackerListFile(BTreeSet<InfoHash>);

impl TrackerListFile {
    /// Reads what a file lists; lines that are no info-hash are passed over, as the program does.
    pub fn read(text: &str) -> Self {
        let first_word = |line: &str| line.split_whitespace().next().and_then(InfoHash::parse);
        Self(text.lines().filter_map(first_word).collect())
    }

    /// Adds a torrent. Whether that changes the file.
    pub fn list(&mut self, torrent: InfoHash) -> bool {
        self.0.insert(torrent)
    }

    /// Takes a torrent out. Whether that changes the file.
    pub fn unlist(&mut self, torrent: InfoHash) -> bool {
        self.0.remove(&torrent)
    }

    /// The file: an info-hash a line, in hexadecimal.
    pub fn text(&self) -> String {
        self.0.iter().map(|torrent| format!("{torrent}\n")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_an_info_hash_a_line_and_reads_back_as_it_was() {
        let mut list = TrackerListFile::default();
        assert!(
            list.list(InfoHash([0xab; 20])) && list.list(InfoHash([1; 20])) && !list.list(InfoHash([1; 20]))
        );
        let text = format!("{}\n{}\n", "01".repeat(20), "ab".repeat(20));
        assert_eq!(list.text(), text);
        assert_eq!(TrackerListFile::read(&text), list);
        assert!(list.unlist(InfoHash([1; 20])) && !list.unlist(InfoHash([1; 20])));
        assert_eq!(list.text(), format!("{}\n", "ab".repeat(20)));
    }

    #[test]
    fn what_is_no_info_hash_is_passed_over() {
        let text = format!("# ours\n\n{} a name\n{}\nnonsense\n", "AB".repeat(20), "01".repeat(19));
        assert_eq!(TrackerListFile::read(&text).text(), format!("{}\n", "ab".repeat(20)));
    }
}
