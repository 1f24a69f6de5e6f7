//! When peers are told which pieces came.

use super::*;

/// Within this time a peer knows how far we are.
const KNOWN: Duration = Duration::from_secs(2);

fn haves(acts: &[TorrentAct], peer: PeerKey) -> Vec<u32> {
    let have = |act: &TorrentAct| match act {
        TorrentAct::Say(key, PeerMessage::Have(piece)) if *key == peer => Some(*piece),
        _ => None,
    };
    acts.iter().filter_map(have).collect()
}

#[test]
fn pieces_are_told_together_and_at_once_to_whoever_waits_for_something_to_want() {
    let start = SteadyTime::default();
    let mut torrent = Torrent::new(brief(1, PieceSet::of(PIECES, |piece| piece == 0), all()), start);
    let (busy, waiting) = (PeerKey(1), PeerKey(2));
    for (peer, number) in [(busy, 2), (waiting, 3)] {
        let handshake = Handshake::ours(crate::domain::torrent::InfoHash([7; 20]), [number; 20]);
        let joined = TorrentFact::Joined {
            peer,
            address: address(usize::from(number)),
            side: Side::They,
            handshake,
            round_trip: None,
        };
        torrent.on(joined, start);
        torrent.on(TorrentFact::Heard(peer, vec![PeerMessage::HaveNone]), start);
    }
    torrent.on(TorrentFact::Heard(busy, vec![PeerMessage::Interested]), start);
    let first = torrent.on(TorrentFact::Held(3), start);
    assert_eq!((haves(&first, busy), haves(&first, waiting)), (vec![], vec![3]));
    let more = [5, 7].map(|piece| torrent.on(TorrentFact::Held(piece), start));
    assert!(more.iter().all(|acts| haves(acts, busy).is_empty()));
    assert!(torrent.wake_at().is_some_and(|at| at.since(start) <= TICK), "they wait no longer");
    let later = torrent.on(TorrentFact::Tick, start.after(TICK));
    assert_eq!(haves(&later, busy), [3, 5, 7]);
    assert!(haves(&torrent.on(TorrentFact::Tick, start.after(TICK * 2)), busy).is_empty(), "once");
    // What it has itself it is told later: it wants none of it, and knows then how far we are.
    torrent.on(TorrentFact::Heard(busy, vec![PeerMessage::Have(9)]), start.after(TICK * 2));
    torrent.on(TorrentFact::Held(9), start.after(TICK * 2));
    assert!(haves(&torrent.on(TorrentFact::Tick, start.after(TICK * 3)), busy).is_empty());
    assert_eq!(haves(&torrent.on(TorrentFact::Tick, start.after(TICK * 2 + KNOWN)), busy), [9]);
}
