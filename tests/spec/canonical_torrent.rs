//! A canonical torrent of ours is the same torrent to librqbit, padding included.

use librqbit_core::torrent_metainfo::torrent_from_bytes;
use nuee::catalog::metainfo;
use nuee::publish::canonical::{
    CanonicalPlan, Extras, FileToPublish, OfferShape, PieceHasher, write_torrent,
};

#[test]
fn librqbit_finds_the_files_the_padding_and_the_info_hash_that_we_published() {
    let files = ["b.grib2", "a/06:00.grib2", "a/07:00.grib2", "empty"];
    let length = |name: &str| if name == "empty" { 0 } else { 70_000 };
    let offer = files.map(|name| FileToPublish {
        path: name.split('/').map(str::to_owned).collect(),
        length: length(name),
    });
    let shape = OfferShape::Folder { name: "DEMO run".to_owned() };
    let plan = CanonicalPlan::new(shape, &offer).expect("a sound offer");
    let mut hasher = PieceHasher::new(&plan);
    for file in plan.order() {
        hasher.update(&vec![7; file.length as usize]).expect("as long as planned");
        hasher.next_file().expect("as long as planned");
    }
    let hashes = hasher.finish().expect("every file was read");
    let torrent = write_torrent(&plan, &hashes, &Extras::default()).expect("a torrent");

    let theirs = torrent_from_bytes(&torrent).expect("librqbit reads it");
    assert_eq!(theirs.info_hash.0, metainfo::read(&torrent).expect("we read it").info_hash().0);
    let theirs = theirs.info.data.validate().expect("librqbit finds it sound");
    let found: Vec<_> = theirs
        .iter_file_details()
        .map(|file| (file.filename.to_vec().join("/"), file.len, file.attrs().padding))
        .collect();
    let expected = [
        ("a/06_00.grib2", 70_000, false),
        (".pad/61072", 61_072, true),
        ("a/07_00.grib2", 70_000, false),
        (".pad/61072", 61_072, true),
        ("b.grib2", 70_000, false),
        ("empty", 0, false),
    ];
    assert_eq!(found, expected.map(|(path, length, is_padding)| (path.to_owned(), length, is_padding)));
}
