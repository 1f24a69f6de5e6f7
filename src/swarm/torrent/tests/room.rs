//! Who makes room when every place is taken.

use super::*;
use crate::swarm::torrent::gate::IDLE;

const PLACES: usize = 6;

/// A torrent with every place taken: so many peers that it called itself, the rest called it.
struct Full {
    torrent: Torrent,
    next: u8,
}

impl Full {
    fn new(called_by_us: usize) -> Self {
        let brief = TorrentSetup {
            limits: TorrentLimits { connections: PLACES, ..TorrentLimits::default() },
            ..brief(1, PieceSet::of(PIECES, |piece| piece == 0), all())
        };
        let mut full = Self { torrent: Torrent::new(brief, SteadyTime::default()), next: 1 };
        for number in 0..PLACES {
            let side = if number < called_by_us { Side::We } else { Side::They };
            assert_eq!(full.joins(side, SteadyTime::default()), Vec::<PeerKey>::new());
        }
        full
    }

    /// Somebody new joins. Returns who was dropped for it, or the newcomer itself.
    fn joins(&mut self, side: Side, now: SteadyTime) -> Vec<PeerKey> {
        self.next += 1;
        let joined = TorrentFact::Joined {
            peer: PeerKey(u32::from(self.next)),
            address: address(usize::from(self.next)),
            side,
            handshake: Handshake::ours(crate::domain::torrent::InfoHash([7; 20]), [self.next; 20]),
            round_trip: None,
        };
        let dropped = |act: TorrentAct| match act {
            TorrentAct::Drop(peer, Leaving::Full, _) => Some(peer),
            _ => None,
        };
        self.torrent.on(joined, now).into_iter().filter_map(dropped).collect()
    }
}

#[test]
fn who_comes_when_all_places_are_taken_gets_that_of_a_caller_who_is_idle() {
    let mut full = Full::new(2);
    let (first_caller, early, later) =
        (PeerKey(4), SteadyTime::default().after(IDLE / 2), SteadyTime::default().after(IDLE));
    assert_eq!(full.joins(Side::They, early), [PeerKey(8)], "nobody has been idle for long");
    assert_eq!(full.joins(Side::They, later), [first_caller]);
    assert!(full.torrent.table.peers.contains_key(&PeerKey(9)), "the newcomer is let in");
}

#[test]
fn a_flood_of_callers_moves_one_caller_at_a_time_and_nobody_whom_we_called() {
    let mut full = Full::new(PLACES - 1);
    let mut now = SteadyTime::default().after(IDLE);
    assert_eq!(full.joins(Side::They, now), [PeerKey(7)], "the only one that called");
    for _ in 0..20 {
        now = now.after(Duration::from_millis(100));
        let newcomer = PeerKey(u32::from(full.next) + 1);
        assert_eq!(full.joins(Side::They, now), [newcomer]);
    }
    let ours = (2..7).map(PeerKey).filter(|key| full.torrent.table.peers.contains_key(key)).count();
    assert_eq!(ours, PLACES - 1);
}

#[test]
fn whoever_gives_or_is_given_something_keeps_its_place() {
    let mut full = Full::new(PLACES - 1);
    let caller = PeerKey(7);
    let later = SteadyTime::default().after(IDLE);
    full.torrent.on(TorrentFact::Heard(caller, vec![PeerMessage::HaveAll, PeerMessage::Unchoke]), later);
    assert!(full.torrent.table.peers[&caller].asked() > 0);
    let newcomer = PeerKey(u32::from(full.next) + 1);
    assert_eq!(full.joins(Side::They, later), [newcomer]);
}
