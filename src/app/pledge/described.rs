//! The .torrent that is kept beside a file: by it whoever has a copy finds the archive when the relay is gone.
//!
//! In: the description of a torrent as it came, its trackers, the publisher's address. Out: octets, or `None` where the torrent
//! does not follow rule nuee-1, so that its description cannot be written anew to the letter.

use super::file::PledgedFile;
use crate::catalog::metainfo::{self, Metainfo};
use crate::publish::canonical::{CanonicalPlan, Extras, FileToPublish, OfferShape, write_torrent};
use url::Url;

/// The .torrent of a file, as it is kept.
pub fn torrent_of(file: &PledgedFile, torrent: &Metainfo, source: &Url) -> Option<Vec<u8>> {
    let offered = FileToPublish { path: vec![torrent.layout().name.clone()], length: file.length };
    let plan = CanonicalPlan::new(OfferShape::SingleFile, &[offered]).ok()?;
    let extras = Extras {
        trackers: torrent.trackers.clone(),
        web_seeds: vec![source.clone()],
        created_by: Some(concat!("Nuee ", env!("CARGO_PKG_VERSION")).to_owned()),
        ..Extras::default()
    };
    let octets = write_torrent(&plan, torrent.hashes(), &extras).ok()?;
    let is_same = metainfo::read(&octets).is_ok_and(|read| read.info_hash() == file.info_hash);
    is_same.then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::super::made::*;
    use super::*;
    use crate::catalog::tracker::TrackerUrl;
    use crate::publish::canonical::PieceHasher;

    fn canonical(octets: &[u8]) -> Metainfo {
        let file = FileToPublish { path: vec!["a.grib2".to_owned()], length: octets.len() as u64 };
        let plan = CanonicalPlan::new(OfferShape::SingleFile, &[file]).expect("one file");
        let mut hasher = PieceHasher::new(&plan);
        hasher.update(octets).expect("as many as said");
        hasher.next_file().expect("one");
        let hashes = hasher.finish().expect("all");
        let tracker = TrackerUrl::parse("http://t.example/announce").expect("a tracker");
        let extras = Extras { trackers: vec![vec![tracker]], ..Extras::default() };
        metainfo::read(&write_torrent(&plan, &hashes, &extras).expect("a .torrent")).expect("a .torrent")
    }

    #[test]
    fn the_torrent_that_is_kept_has_the_same_swarm_and_trackers_and_names_the_publisher() {
        let torrent = canonical(b"octets");
        let file = PledgedFile { info_hash: torrent.info_hash(), length: 6, ..a_file(1, 6) };
        let source = Url::parse("https://a.example/a.grib2").expect("a URL");
        let kept = torrent_of(&file, &torrent, &source).expect("a .torrent");
        let read = metainfo::read(&kept).expect("a .torrent");
        assert_eq!((read.info_hash(), read.trackers.len()), (torrent.info_hash(), 1));
        assert_eq!(read.web_seeds.len(), 1);
        let other = PledgedFile { info_hash: a_file(2, 6).info_hash, ..file };
        assert_eq!(torrent_of(&other, &torrent, &source), None, "it would be of another swarm");
    }
}
