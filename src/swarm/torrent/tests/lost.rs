//! Pieces that are lost while they are given: a person changed or removed their file.

use super::*;

#[test]
fn what_is_lost_while_it_is_given_is_refused_never_fetched_again_and_the_rest_still_comes() {
    let mut world = World::new();
    let seed = world.add(all(), all());
    let user = world.add(none(), all());
    let (_, key) = world.join(user, seed);
    let lost = PieceSet::of(PIECES, |piece| piece < 10);
    let block = Block { piece: 0, begin: 0, length: BLOCK_LENGTH };
    world.tell(seed, TorrentFact::Lost(key, block, lost.clone()));
    world.run(30);
    assert_eq!(world.clients[user].torrent.receiving.wants.held, all().minus(&lost));
    assert!(world.clients[user].dropped.is_empty() && world.clients[seed].dropped.is_empty());
    // Whoever connects now is not even told of them.
    let later = world.add(none(), all());
    world.join(later, seed);
    world.run(30);
    assert_eq!(world.clients[later].torrent.receiving.wants.held, all().minus(&lost));
    assert!(
        world.clients[seed].torrent.receiving.wants.held.both(&lost).is_empty(),
        "nothing of it is fetched again"
    );
}
