//! What is counted of a line: files by how far they are, what lies on the disk, what peers were sent.
//!
//! In: its files, one after the other. Out: [`ShareFigures`].

use super::view::ShareFigures;
use crate::app::relay::event::UploadLook;
use crate::app::relay::file::RelayFile;
use crate::app::relay::stage::RelayStage;
use crate::domain::octets::ByteCount;

/// What peers were sent of files that are withdrawn by now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct GoneUploads {
    uploaded: ByteCount,
    copies_hundredths: u64,
}

impl GoneUploads {
    /// Adds a file of that length, of which so much was sent.
    pub(super) fn add(&mut self, length: u64, look: UploadLook) {
        self.uploaded = plus(self.uploaded, look.uploaded);
        self.copies_hundredths =
            self.copies_hundredths.saturating_add(copies_hundredths(length, look.uploaded));
    }
}

impl ShareFigures {
    /// Nothing but what peers were sent before.
    pub(super) fn after(gone: GoneUploads) -> Self {
        Self { uploaded: gone.uploaded, copies_hundredths: gone.copies_hundredths, ..Self::default() }
    }

    /// Counts a file of a relay.
    pub(super) fn count_relayed(&mut self, file: &RelayFile, look: UploadLook) {
        match file.stage {
            RelayStage::Announced => self.announced += 1,
            RelayStage::Retiring => {}
            RelayStage::Seen
            | RelayStage::Stable
            | RelayStage::Fetched
            | RelayStage::Hashed
            | RelayStage::Indexed
            | RelayStage::Described
            | RelayStage::Listed
            | RelayStage::Offered => self.under_way += 1,
        }
        if file.stage >= RelayStage::Fetched {
            let index = file.index.as_ref().map_or(0, |index| index.length);
            let beside = index.saturating_add(file.torrent_length.unwrap_or(0));
            self.on_disk = plus(self.on_disk, ByteCount(file.source.length.saturating_add(beside)));
        }
        self.count_upload(file.source.length, look);
    }

    /// Counts a folder, or what else has a .torrent of its own and is served as a whole.
    pub(super) fn count_published(&mut self, length: ByteCount, look: UploadLook) {
        self.announced += 1;
        self.on_disk = plus(self.on_disk, length);
        self.count_upload(length.0, look);
    }

    fn count_upload(&mut self, length: u64, look: UploadLook) {
        self.uploaded = plus(self.uploaded, look.uploaded);
        self.copies_hundredths =
            self.copies_hundredths.saturating_add(copies_hundredths(length, look.uploaded));
        self.peers += look.peers;
        self.rate = self.rate.saturating_add(look.rate);
    }
}

fn plus(one: ByteCount, other: ByteCount) -> ByteCount {
    ByteCount(one.0.saturating_add(other.0))
}

/// So many times its length was sent, in hundredths; nothing for an empty file.
fn copies_hundredths(length: u64, uploaded: ByteCount) -> u64 {
    let hundredths = (u128::from(uploaded.0) * 100).checked_div(u128::from(length)).unwrap_or(0);
    u64::try_from(hundredths).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::share::made::a_relayed_file;

    fn sent(octets: u64) -> UploadLook {
        UploadLook { uploaded: ByteCount(octets), peers: 1, rate: 10 }
    }

    #[test]
    fn copies_are_what_peers_were_sent_by_the_length_of_each_file_also_of_files_that_are_gone() {
        let mut gone = GoneUploads::default();
        gone.add(100, sent(250));
        let mut figures = ShareFigures::after(gone);
        figures.count_relayed(&a_relayed_file("a.grib2", RelayStage::Announced), sent(500));
        figures.count_published(ByteCount(0), sent(3));
        assert_eq!((figures.uploaded, figures.copies_hundredths), (ByteCount(753), 300));
        assert_eq!((figures.peers, figures.rate), (2, 20));
    }

    #[test]
    fn files_are_told_apart_by_how_far_they_are_and_count_on_the_disk_once_fetched() {
        let mut figures = ShareFigures::default();
        for stage in RelayStage::ALL {
            let file = a_relayed_file("a.grib2", stage);
            figures.count_relayed(&file, UploadLook::default());
        }
        assert_eq!((figures.announced, figures.under_way), (1, 8));
        assert_eq!(figures.on_disk, ByteCount(8 * 1_060), "not what was only seen");
    }
}
