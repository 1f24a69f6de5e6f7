//! Files that a source cannot be asked for: the others arrive, and nothing waits for them.

use super::*;

/// A server that can be asked for these files only.
fn a_world(file_lengths: &[u64], offered: &[usize]) -> World {
    let offered = FilesOffered::Only(offered.iter().copied().collect());
    World::told(Policy::HttpOnly, file_lengths, &[good()], None, |brief| brief.sources[0].files = offered)
}

#[test]
fn the_others_arrive_and_the_wait_ends_where_one_file_cannot_be_asked_for() {
    let world = a_world(&[3 * MIB, 2 * MIB, 4 * MIB], &[0, 2]).run(60);
    world.assert_fails_with(30.0, &Reason::NoUrl);
    assert_eq!(world.handed_over.iter().copied().collect::<BTreeSet<_>>(), BTreeSet::from([0, 2]));
}

#[test]
fn a_piece_that_reaches_into_a_file_that_cannot_be_asked_for_is_not_waited_for() {
    let half = MIB / 2;
    let world = a_world(&[3 * MIB + half, 2 * MIB, 4 * MIB + half], &[0, 2]).run(60);
    world.assert_fails_with(30.0, &Reason::NoUrl);
    assert_eq!(world.by_kind(SourceKind::WebSeed), 7 * MIB, "every piece that can be asked for came");
    assert!(world.handed_over.is_empty());
}

#[test]
fn fifty_small_files_in_few_pieces_end_when_twenty_cannot_be_asked_for() {
    let offered: Vec<usize> = (0..50).filter(|file| file % 5 > 1).collect();
    let world = a_world(&[300 << 10; 50], &offered).run(60);
    world.assert_fails_with(30.0, &Reason::NoUrl);
}
