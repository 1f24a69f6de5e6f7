//! Descriptions that come from good peers, from liars, from the silent, and in pieces.

use super::*;
use crate::swarm::extension::MetadataMessage;

const PART: usize = METADATA_PART as usize;

/// A description of so many octets and its hash.
fn description(octets: usize) -> (Bytes, InfoHash) {
    let mut random = fastrand::Rng::with_seed(octets as u64);
    let info: Vec<u8> = std::iter::repeat_with(|| random.u8(..)).take(octets).collect();
    let hash = Digest::of(DigestAlgorithm::Sha1, &info).octets().try_into().expect("20 octets");
    (info.into(), InfoHash(hash))
}

/// How a peer behaves when it is asked.
#[derive(Clone)]
enum Manner {
    /// Gives these octets.
    Gives(Bytes),
    /// Gives the first part of these octets and no other.
    Begins(Bytes),
    Silent,
    Refuses,
    /// Gives parts of another length.
    Short,
    /// Gives sound parts and says another size in each.
    OtherSize(Bytes),
}

/// Peers with manners, answering one second after they were asked.
struct Crowd {
    fetch: MetadataFetch,
    peers: Vec<(u32, Manner)>,
    now: SteadyTime,
    found: Option<Bytes>,
    distrusted: Vec<PeerKey>,
    asked: Vec<(PeerKey, u32)>,
    most_held: usize,
}

impl Crowd {
    fn new(hash: InfoHash, peers: Vec<(u32, Manner)>) -> Self {
        let mut crowd = Self {
            fetch: MetadataFetch::new(hash),
            peers,
            now: SteadyTime::default(),
            found: None,
            distrusted: Vec::new(),
            asked: Vec::new(),
            most_held: 0,
        };
        let offers: Vec<_> = (0..).zip(&crowd.peers).map(|(key, (size, _))| (PeerKey(key), *size)).collect();
        let mut acts = Vec::new();
        for (peer, size) in offers {
            acts.extend(crowd.fetch.on(MetadataFact::Offered { peer, size }, crowd.now));
        }
        crowd.take_in(acts);
        crowd
    }

    /// Answers everything that was asked, for so many seconds or until the description is found.
    fn run(&mut self, seconds: u32) -> u32 {
        for second in 0..seconds {
            if self.found.is_some() {
                return second;
            }
            self.now = self.now.after(Duration::from_secs(1));
            let mut acts = self.fetch.on(MetadataFact::Tick, self.now);
            for (peer, part) in std::mem::take(&mut self.asked) {
                if let Some(fact) = self.answer(peer, part) {
                    acts.extend(self.fetch.on(fact, self.now));
                }
                self.most_held = self.most_held.max(self.held());
            }
            self.take_in(acts);
        }
        seconds
    }

    fn held(&self) -> usize {
        self.fetch.trial.as_ref().map_or(0, |trial| trial.octets.capacity())
    }

    fn take_in(&mut self, acts: Vec<MetadataAct>) {
        for act in acts {
            match act {
                MetadataAct::Ask { peer, part } => self.asked.push((peer, part)),
                MetadataAct::Found(octets) => self.found = Some(octets),
                MetadataAct::Distrust { peer } => self.distrusted.push(peer),
            }
        }
    }

    fn answer(&self, peer: PeerKey, part: u32) -> Option<MetadataFact> {
        let (size, manner) = &self.peers[peer.0 as usize];
        let cut = |octets: &Bytes| {
            let begin = part as usize * PART;
            octets.slice(begin..octets.len().min(begin + PART))
        };
        let data = |data| Some(MetadataFact::Data { peer, part, total_size: Some(*size), data });
        match manner {
            Manner::Gives(octets) => data(cut(octets)),
            Manner::Begins(octets) if part == 0 => data(cut(octets)),
            Manner::Begins(_) | Manner::Silent => None,
            Manner::Refuses => Some(MetadataFact::Reject { peer, part }),
            Manner::Short => data(Bytes::from_static(b"short")),
            Manner::OtherSize(octets) => {
                Some(MetadataFact::Data { peer, part, total_size: Some(size + 1), data: cut(octets) })
            }
        }
    }
}

fn good(info: &Bytes) -> (u32, Manner) {
    (info.len() as u32, Manner::Gives(info.clone()))
}

/// Octets of the right length that are not the description.
fn wrong(info: &Bytes) -> (u32, Manner) {
    (info.len() as u32, Manner::Gives(vec![7; info.len()].into()))
}

#[test]
fn parts_are_asked_of_several_peers_at_once() {
    let (info, hash) = description(10 * PART + 5);
    let mut crowd = Crowd::new(hash, vec![good(&info), good(&info), good(&info)]);
    crowd.run(1);
    let askeds: BTreeSet<_> = crowd.asked.iter().map(|(peer, _)| *peer).collect();
    assert_eq!(askeds.len(), 3);
    assert!(crowd.fetch.progress().is_some_and(|(octets, size)| octets > 0 && size == info.len() as u32));
    assert!(crowd.run(20) < 5);
    assert_eq!(crowd.found, Some(info));
    assert_eq!(crowd.distrusted, []);
}

#[test]
fn a_description_of_one_part_is_found_at_the_first_answer() {
    let (info, hash) = description(900);
    let mut crowd = Crowd::new(hash, vec![(900, Manner::Silent), good(&info)]);
    assert_eq!(crowd.run(20), 1);
    assert_eq!(crowd.found, Some(info));
}

#[test]
fn a_peer_that_alone_gave_other_octets_is_distrusted_and_another_one_asked() {
    let (info, hash) = description(3 * PART);
    let mut crowd = Crowd::new(hash, vec![wrong(&info)]);
    crowd.run(10);
    assert_eq!(crowd.distrusted, [PeerKey(0)]);
    let acts = crowd.fetch.on(MetadataFact::Offered { peer: PeerKey(1), size: info.len() as u32 }, crowd.now);
    crowd.peers.push(good(&info));
    crowd.take_in(acts);
    crowd.run(10);
    assert_eq!(crowd.found, Some(info));
}

#[test]
fn a_liar_among_many_does_not_keep_the_description_away() {
    let (info, hash) = description(8 * PART + 1);
    let mut crowd = Crowd::new(hash, vec![good(&info), wrong(&info), good(&info), good(&info)]);
    crowd.run(60);
    assert_eq!(crowd.found, Some(info));
    assert!(crowd.distrusted.iter().all(|peer| *peer == PeerKey(1)), "{:?}", crowd.distrusted);
}

#[test]
fn a_lie_about_the_size_or_a_part_of_another_length_is_distrusted_at_once() {
    let (info, hash) = description(2 * PART);
    let size = info.len() as u32;
    let liars = vec![(size, Manner::Short), (size, Manner::OtherSize(info.clone())), good(&info)];
    let mut crowd = Crowd::new(hash, liars);
    crowd.run(20);
    assert_eq!(crowd.found, Some(info));
    assert_eq!(crowd.distrusted, [PeerKey(0), PeerKey(1)]);
}

#[test]
fn a_peer_that_refuses_rests_and_the_part_is_asked_of_another() {
    let (info, hash) = description(2 * PART);
    let mut crowd = Crowd::new(hash, vec![(info.len() as u32, Manner::Refuses)]);
    crowd.run(59);
    assert!(crowd.asked.is_empty());
    crowd.peers[0] = good(&info);
    crowd.run(10);
    assert_eq!(crowd.found, Some(info.clone()));
    let mut crowd = Crowd::new(hash, vec![(info.len() as u32, Manner::Refuses), good(&info)]);
    assert!(crowd.run(20) < 5);
    assert_eq!(crowd.found, Some(info));
}

#[test]
fn a_peer_that_falls_silent_is_replaced_after_five_seconds() {
    let (info, hash) = description(6 * PART);
    let size = info.len() as u32;
    let mut crowd = Crowd::new(hash, vec![(size, Manner::Begins(info.clone())), good(&info)]);
    assert!(crowd.run(30) <= 8);
    assert_eq!(crowd.found, Some(info));
}

#[test]
fn three_hundred_peers_that_claim_three_hundred_sizes_cost_one_buffer() {
    let (info, hash) = description(40_000);
    let junk = Bytes::from(vec![1; LONGEST_METADATA as usize]);
    let claims = (0..300).map(|n| {
        let size = LONGEST_METADATA - n;
        (size, if n % 2 == 0 { Manner::Silent } else { Manner::Begins(junk.slice(..size as usize)) })
    });
    let mut peers: Vec<_> = claims.collect();
    peers.push(good(&info));
    let mut crowd = Crowd::new(hash, peers);
    let seconds = crowd.run(300);
    assert_eq!(crowd.found, Some(info), "after {seconds} s");
    assert!(seconds <= 60, "{seconds} s");
    assert!(crowd.most_held <= 1 << 20, "{} octets", crowd.most_held);
}

#[test]
fn three_hundred_liars_about_the_octets_do_not_hide_the_one_good_peer() {
    for octets in [PART - 1, 3 * PART] {
        let (info, hash) = description(octets);
        let mut peers: Vec<_> = (0..300).map(|_| wrong(&info)).collect();
        peers.push(good(&info));
        let mut crowd = Crowd::new(hash, peers);
        crowd.run(700);
        assert_eq!(crowd.found, Some(info));
        assert!(!crowd.distrusted.contains(&PeerKey(300)));
    }
}

#[test]
fn three_hundred_silent_peers_do_not_hide_the_one_that_answers() {
    let (info, hash) = description(5 * PART);
    let mut peers: Vec<_> = (0..300).map(|_| (info.len() as u32, Manner::Silent)).collect();
    peers.push(good(&info));
    let mut crowd = Crowd::new(hash, peers);
    let seconds = crowd.run(300);
    assert_eq!(crowd.found, Some(info), "after {seconds} s");
    assert!(seconds <= 60, "{seconds} s");
}

#[test]
fn a_dripping_liar_gives_way_to_the_size_that_others_claim() {
    let (info, hash) = description(4 * PART);
    let mut crowd = Crowd::new(hash, vec![(LONGEST_METADATA, Manner::Gives(vec![3; 32 << 20].into()))]);
    crowd.run(3);
    assert!(crowd.found.is_none() && crowd.fetch.trial.is_some());
    let acts = crowd.fetch.on(MetadataFact::Offered { peer: PeerKey(1), size: info.len() as u32 }, crowd.now);
    crowd.peers.push(good(&info));
    crowd.take_in(acts);
    assert!(crowd.run(60) <= 12);
    assert_eq!(crowd.found, Some(info));
}

#[test]
fn octets_that_nobody_asked_for_are_passed_over() {
    let (info, hash) = description(900);
    let mut fetch = MetadataFetch::new(hash);
    let now = SteadyTime::default();
    let data = |peer, part| MetadataFact::Data { peer, part, total_size: None, data: info.clone() };
    assert_eq!(fetch.on(data(PeerKey(1), 0), now), []);
    fetch.on(MetadataFact::Offered { peer: PeerKey(1), size: 900 }, now);
    assert_eq!(fetch.on(data(PeerKey(1), 1), now), []);
    assert_eq!(fetch.on(data(PeerKey(2), 0), now), []);
    assert_eq!(fetch.on(data(PeerKey(1), 0), now), [MetadataAct::Found(info.clone())]);
    assert_eq!(fetch.on(MetadataFact::Tick, now), []);
}

#[test]
fn when_the_last_peer_leaves_its_octets_are_kept_by_nobody() {
    let (info, hash) = description(3 * PART);
    let mut crowd = Crowd::new(hash, vec![(info.len() as u32, Manner::Begins(info.clone()))]);
    crowd.run(2);
    assert!(crowd.held() > 0);
    crowd.fetch.on(MetadataFact::Gone { peer: PeerKey(0) }, crowd.now);
    assert_eq!((crowd.held(), crowd.fetch.progress()), (0, None));
}

#[test]
fn mutated_facts_never_panic_or_hold_more_than_one_buffer() {
    let (info, hash) = description(2 * PART + 7);
    crate::domain::tests::mutate(&[vec![0; 40], (0..=255).collect()], |octets| {
        let mut fetch = MetadataFetch::new(hash);
        let mut now = SteadyTime::default();
        for step in octets.chunks(3).take(200) {
            let (what, peer, rest) =
                (step[0] % 6, PeerKey(u32::from(step.get(1).unwrap_or(&0) % 5)), step.last());
            let rest = u32::from(*rest.unwrap_or(&0));
            let size = [info.len() as u32, 1, PART as u32, LONGEST_METADATA, 0, u32::MAX][rest as usize % 6];
            let data = info.slice(..(rest as usize * 64).min(info.len()));
            let fact = match what {
                0 => MetadataFact::Offered { peer, size },
                1 => MetadataFact::Data { peer, part: rest % 3, total_size: None, data },
                2 => MetadataFact::Data { peer, part: 0, total_size: Some(size), data: info.slice(..PART) },
                3 => MetadataFact::Reject { peer, part: rest % 3 },
                4 => MetadataFact::Gone { peer },
                _ => MetadataFact::Tick,
            };
            now = now.after(Duration::from_millis(u64::from(rest) * 20));
            fetch.on(fact, now);
            assert!(fetch.trial.as_ref().is_none_or(|trial| trial.octets.len() <= trial.size as usize));
        }
    });
}

#[test]
fn our_description_is_given_part_by_part_and_twice_at_most() {
    let (info, _) = description(2 * PART + 10);
    let mut shelf = MetadataShelf::new(info.clone()).expect("a description");
    assert_eq!(shelf.size(), info.len() as u32);
    for _ in 0..2 {
        for part in 0..3 {
            let data = info.slice(part as usize * PART..info.len().min((part as usize + 1) * PART));
            let expected = MetadataMessage::Data { part, total_size: Some(info.len() as u32), data };
            assert_eq!(shelf.answer(PeerKey(1), part), expected);
        }
    }
    assert_eq!(shelf.answer(PeerKey(1), 2), MetadataMessage::Reject(2));
    assert!(matches!(shelf.answer(PeerKey(2), 2), MetadataMessage::Data { .. }));
    shelf.forget(PeerKey(1));
    assert!(matches!(shelf.answer(PeerKey(1), 0), MetadataMessage::Data { .. }));
    for part in [3, 100, u32::MAX] {
        assert_eq!(shelf.answer(PeerKey(3), part), MetadataMessage::Reject(part));
    }
    assert!(MetadataShelf::new(Bytes::new()).is_none());
}
