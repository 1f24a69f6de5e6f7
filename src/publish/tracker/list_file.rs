//! The list of torrents of a tracker that is another program: opentracker with a white list.
//!
//! In: torrents as they come and go, and what the program was told last. Out: the text of its file, and whether it has to be
//! told again. Start reading at [`TrackerListFile`].

use crate::domain::torrent::InfoHash;
use std::collections::BTreeSet;

/// The first line, which the program passes over. A file without any octet would be one that it cannot map, and the list
/// before would go on to hold.
const HEAD: &str = "# Torrents of a Nuee relay, written anew with each change\n";

/// Longest file that is taken for a list, in octets: some 200,000 torrents.
pub const LONGEST_LIST: u64 = 8 << 20;

/// Whether a text is a list, so that nothing is lost when it is written anew: each line names a torrent, or is a comment.
pub fn is_list(text: &str) -> bool {
    let is_torrent = |line: &str| line.split_whitespace().next().is_some_and(is_info_hash);
    text.lines().all(|line| line.trim().is_empty() || line.starts_with('#') || is_torrent(line))
}

fn is_info_hash(word: &str) -> bool {
    InfoHash::parse(word).is_some()
}

/// The torrents that the program is to track, and those that it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackerListFile {
    wanted: BTreeSet<InfoHash>,
    /// `None` before it was told anything by this process.
    told: Option<BTreeSet<InfoHash>>,
}

impl TrackerListFile {
    /// A list of those that were listed by a former process, of which it is not known what the program was told.
    pub fn of(listed: impl IntoIterator<Item = InfoHash>) -> Self {
        Self { wanted: listed.into_iter().collect(), told: None }
    }

    /// The torrent is to be tracked.
    pub fn list(&mut self, torrent: InfoHash) {
        self.wanted.insert(torrent);
    }

    /// The torrent is to be tracked no longer.
    pub fn unlist(&mut self, torrent: InfoHash) {
        self.wanted.remove(&torrent);
    }

    /// Whether the program was told what is wished for this torrent.
    pub fn is_told(&self, torrent: InfoHash) -> bool {
        let is_wanted = self.wanted.contains(&torrent);
        self.told.as_ref().is_some_and(|told| told.contains(&torrent) == is_wanted)
    }

    /// The list as it is to be told now: others may come while it is.
    pub fn wanted(&self) -> BTreeSet<InfoHash> {
        self.wanted.clone()
    }

    /// The program was told this.
    pub fn on_told(&mut self, list: BTreeSet<InfoHash>) {
        self.told = Some(list);
    }

    /// The file was written, and whether the program has read it is not known.
    pub fn on_untold(&mut self) {
        self.told = None;
    }
}

/// The file: an info-hash a line, in hexadecimal.
pub fn text_of(list: &BTreeSet<InfoHash>) -> String {
    std::iter::once(HEAD.to_owned()).chain(list.iter().map(|torrent| format!("{torrent}\n"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: InfoHash = InfoHash([1; 20]);
    const B: InfoHash = InfoHash([0xab; 20]);

    #[test]
    fn a_list_is_an_info_hash_a_line_and_is_known_as_one() {
        let text = text_of(&BTreeSet::from([B, A]));
        assert_eq!(text, format!("{HEAD}{}\n{}\n", "01".repeat(20), "ab".repeat(20)));
        assert!(is_list(&text) && is_list("") && is_list(&format!("{} a name\n\n", "AB".repeat(20))));
    }

    #[test]
    fn a_list_of_nothing_is_still_a_file_that_the_program_reads() {
        let text = text_of(&BTreeSet::new());
        assert!(!text.is_empty() && text.starts_with('#') && text.ends_with('\n'));
    }

    #[test]
    fn a_file_of_another_kind_is_no_list() {
        for text in ["root:x:0:0::/root:/bin/bash\n", "[relay]\n", &"01".repeat(19), "\u{0}\n"] {
            assert!(!is_list(text), "{text}");
        }
    }

    #[test]
    fn a_torrent_is_told_once_the_list_with_it_was_told_and_not_when_it_was_only_wished() {
        let mut list = TrackerListFile::of([A]);
        assert!(!list.is_told(A), "what a former process told is not known");
        list.list(B);
        let telling = list.wanted();
        list.unlist(A);
        list.on_told(telling);
        assert!(list.is_told(B) && !list.is_told(A), "what came meanwhile is not told");
        let telling = list.wanted();
        list.on_told(telling);
        assert!(list.is_told(A) && list.is_told(B));
        assert_eq!(list.wanted(), BTreeSet::from([B]));
    }

    #[test]
    fn a_list_that_was_written_and_perhaps_not_read_is_told_again() {
        let mut list = TrackerListFile::default();
        list.list(A);
        list.on_told(list.wanted());
        list.on_untold();
        assert!(!list.is_told(A) && !list.is_told(B));
    }
}
