//! A relay in made time, whose every act comes about at once; and one that is killed after each thing that it kept.

use super::*;
use crate::app::relay::announcing::AnnouncementWait;
use crate::app::relay::file::ComputedDigests;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::mesh::post::PostKind;
use crate::publish::relay::offered::SourceFacts;
use std::collections::BTreeSet;
use url::Url;

const HOUR: Duration = Duration::from_secs(3_600);

fn at(seconds: u64) -> RelayMoment {
    let utc = UtcTime::from_unix_seconds(1_790_000_000 + seconds as i64).expect("a time");
    RelayMoment { steady: SteadyTime(Duration::from_secs(seconds)), day: Now::Steady(utc) }
}

fn a_file(name: &str, now: RelayMoment) -> RelayFile {
    let address = Url::parse(&format!("https://data.example/{name}")).expect("a URL");
    let source = SourceFacts { address, length: 7, etag: None, modified: None };
    let run = UtcTime::from_unix_seconds(1_790_000_000);
    let key = RelayKey { dataset: "demo/arome".to_owned(), run, name: name.to_owned() };
    let now = now.day.time();
    RelayFile { fetched: Some(now), ..RelayFile::seen(key, source, now).at(RelayStage::Fetched, now) }
}

fn hash_of(name: &str) -> InfoHash {
    let digest = Digest::of(DigestAlgorithm::Sha1, name.as_bytes());
    InfoHash(digest.octets().try_into().expect("20 octets"))
}

/// What there is outside the planner: the disk, which stays, and what only lives as long as the process.
#[derive(Default)]
struct World {
    kept: BTreeMap<RelayKey, RelayFile>,
    withdrawn: Vec<WithdrawnFile>,
    on_disk: BTreeSet<RelayKey>,
    listed: BTreeSet<InfoHash>,
    given: BTreeSet<RelayKey>,
    named: BTreeSet<RelayKey>,
    told_withdrawn: BTreeSet<InfoHash>,
    publications: u32,
    /// How often something is kept before the process is killed. `None` never.
    keeps_left: Option<u32>,
    /// Whether the tracker cannot be told anything.
    is_tracker_deaf: bool,
    stages: Vec<RelayStage>,
    announces: Announces,
    /// What the broker was told, in its sequence.
    told: Vec<(String, PostKind)>,
    broker: BrokerHere,
}

/// How the broker answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum BrokerHere {
    #[default]
    Answers,
    Away,
    Refuses,
}

impl World {
    const SPANS: RelaySpans = RelaySpans {
        keep: HOUR,
        grace: Duration::from_secs(600),
        probe: Probe::Asked,
        announces: Announces::InDocuments,
    };

    fn start(&mut self) -> RelayPlanner {
        self.listed.clear();
        self.given.clear();
        self.named.clear();
        let spans = RelaySpans { announces: self.announces, ..Self::SPANS };
        RelayPlanner::new(spans, self.kept.values().cloned().collect(), self.withdrawn.clone())
    }

    fn list(&mut self, hash: InfoHash) -> Result<(), RelayTrouble> {
        if self.is_tracker_deaf {
            return Err(RelayTrouble::Passing(UserMessage::Offline));
        }
        self.listed.insert(hash);
        Ok(())
    }

    /// Carries orders out. `None` when the process was killed.
    fn carry_out(&mut self, orders: Vec<RelayOrder>) -> Option<Vec<RelayFact>> {
        let mut facts = Vec::new();
        for order in orders {
            match order {
                RelayOrder::Keep(file) => {
                    self.stages.push(file.stage);
                    self.kept.insert(file.key.clone(), *file);
                    if let Some(left) = &mut self.keeps_left {
                        *left -= 1;
                        if *left == 0 {
                            return None;
                        }
                    }
                }
                RelayOrder::Forget(key, gone) => {
                    self.kept.remove(&key);
                    self.withdrawn.extend(gone);
                }
                RelayOrder::Hash(file) => {
                    assert!(self.on_disk.contains(&file.key));
                    let computed = ComputedDigests {
                        info_hash: hash_of(&file.key.name),
                        sha256: Digest::of(DigestAlgorithm::Sha256, b""),
                        sha512: Digest::of(DigestAlgorithm::Sha512, b""),
                    };
                    facts.push(RelayFact::Hashed(file.key, Ok(computed)));
                }
                RelayOrder::Index(file) => facts.push(RelayFact::Indexed(file.key, Ok(None))),
                RelayOrder::Describe(file) => facts.push(RelayFact::Described(file.key, Ok(300))),
                RelayOrder::List(key, hash) => facts.push(RelayFact::Listed(key, self.list(hash))),
                RelayOrder::Offer(file, _) => {
                    assert!(self.listed.contains(&hash_of(&file.key.name)), "the tracker comes first");
                    self.given.insert(file.key.clone());
                    facts.push(RelayFact::Offered(file.key, Ok(())));
                }
                RelayOrder::Publish(publication) => {
                    self.publications += 1;
                    self.named = publication.offered.iter().map(|file| file.key.clone()).collect();
                    self.told_withdrawn = publication.withdrawn.iter().map(|gone| gone.info_hash).collect();
                    facts.push(RelayFact::Published(publication.number, Ok(())));
                }
                RelayOrder::Announce(file, kind) => facts.push(self.tell_broker(&file.key, kind)),
                RelayOrder::TakeBack(file) => {
                    assert!(!self.named.contains(&file.key), "what is named is not removed");
                    self.given.remove(&file.key);
                    self.on_disk.remove(&file.key);
                    self.listed.remove(&hash_of(&file.key.name));
                    facts.push(RelayFact::TakenBack(file.key, Ok(())));
                }
                RelayOrder::Tell(_) => {}
            }
            let is_kept = self.named.iter().all(|key| self.given.contains(key));
            assert!(is_kept, "nothing is named that is not given");
        }
        Some(facts)
    }

    /// What comes of telling the broker.
    fn tell_broker(&mut self, key: &RelayKey, kind: PostKind) -> RelayFact {
        let is_served = self.given.contains(key) && self.named.contains(key);
        assert!(kind == PostKind::Deletion || is_served, "nothing is announced that is not served");
        match self.broker {
            BrokerHere::Away => RelayFact::BrokerAway(UserMessage::Stopped),
            BrokerHere::Refuses => RelayFact::Acknowledged(key.clone(), kind, Err(UserMessage::Stopped)),
            BrokerHere::Answers => {
                self.told.push((key.name.clone(), kind));
                RelayFact::Acknowledged(key.clone(), kind, Ok(()))
            }
        }
    }

    /// Goes on until nothing is to be done at `now`. `false` when the process was killed.
    fn settle(&mut self, planner: &mut RelayPlanner, mut facts: Vec<RelayFact>, now: RelayMoment) -> bool {
        for _ in 0..1_000 {
            let mut orders: Vec<RelayOrder> =
                facts.drain(..).flat_map(|fact| planner.take(fact, now)).collect();
            orders.extend(planner.due(now));
            if orders.is_empty() {
                return true;
            }
            match self.carry_out(orders) {
                Some(more) => facts = more,
                None => return false,
            }
        }
        panic!("it never settles");
    }

    /// Fetched, as the fetching side keeps it.
    fn fetch(&mut self, name: &str, now: RelayMoment) -> RelayFact {
        let file = a_file(name, now);
        self.on_disk.insert(file.key.clone());
        self.kept.insert(file.key.clone(), file.clone());
        RelayFact::Arrived(Box::new(file))
    }

    fn stage(&self, name: &str) -> Option<RelayStage> {
        self.kept.get(&a_file(name, at(0)).key).map(|file| file.stage)
    }
}

#[test]
fn a_file_goes_through_its_stages_in_their_sequence_and_is_named_last() {
    let mut world = World::default();
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    use RelayStage as S;
    assert_eq!(world.stages, [S::Hashed, S::Indexed, S::Described, S::Listed, S::Offered, S::Announced]);
    assert_eq!(world.named.len(), 1);
}

#[test]
fn a_relay_that_is_killed_after_whatever_it_kept_goes_on_and_names_only_what_it_gives() {
    // Six stages lead to the feed, one away from it.
    for keeps in 1..=7 {
        let mut world = World { keeps_left: Some(keeps), ..World::default() };
        let mut planner = world.start();
        let arrived = world.fetch("a", at(0));
        let mut facts = vec![arrived];
        let mut was_killed = false;
        for now in [10, 20, 4_000] {
            if !world.settle(&mut planner, std::mem::take(&mut facts), at(now)) {
                was_killed = true;
                break;
            }
        }
        assert!(was_killed, "killed after {keeps}");
        world.keeps_left = None;
        let mut planner = world.start();
        let again = if keeps == 7 { 4_010 } else { 1_010 };
        for now in [again, again + 10, again + 20] {
            assert!(world.settle(&mut planner, Vec::new(), at(now)));
        }
        let (stage, is_named) = (world.stage("a"), !world.named.is_empty());
        let expected = if keeps == 7 { RelayStage::Retiring } else { RelayStage::Announced };
        assert_eq!((stage, is_named), (Some(expected), keeps < 7), "killed after {keeps}");
        assert!(
            world.settle(&mut planner, Vec::new(), at(9_000))
                && world.settle(&mut planner, Vec::new(), at(9_700))
        );
        assert!(world.kept.is_empty() && world.on_disk.is_empty() && world.listed.is_empty());
        assert_eq!(world.withdrawn.len(), 1, "killed after {keeps}");
    }
}

#[test]
fn a_file_that_is_over_is_first_unnamed_then_given_for_its_grace_then_removed_and_unlisted() {
    let mut world = World::default();
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    assert!(world.settle(&mut planner, Vec::new(), at(3_700)));
    assert!(world.named.is_empty() && world.told_withdrawn.contains(&hash_of("a")));
    assert!(!world.given.is_empty() && !world.listed.is_empty(), "transfers that began go on");
    assert!(world.settle(&mut planner, Vec::new(), at(4_301)));
    assert!(world.given.is_empty() && world.on_disk.is_empty() && world.listed.is_empty());
    assert!(world.settle(&mut planner, Vec::new(), at(4_400)));
    assert!(world.told_withdrawn.contains(&hash_of("a")), "it is told on");
}

#[test]
fn by_a_clock_that_was_just_set_nothing_is_over() {
    let mut world = World::default();
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    let set = RelayMoment { day: Now::JustSet(at(900_000).day.time()), ..at(30) };
    assert!(world.settle(&mut planner, Vec::new(), set));
    assert_eq!(world.stage("a"), Some(RelayStage::Announced));
}

#[test]
fn a_file_that_its_publisher_replaced_goes_at_once_and_its_successor_says_so() {
    let mut world = World::default();
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    let file = a_file("a", at(30));
    let replaced = RelayFact::Replaced(file.key.clone(), Box::new(file.source.clone()));
    assert!(world.settle(&mut planner, vec![replaced], at(30)));
    assert!(world.on_disk.is_empty() && world.named.is_empty());
    assert_eq!(planner.replaced(&file.key), Some(hash_of("a")));
    assert_eq!(planner.replaced(&a_file("b", at(0)).key), None);
}

#[test]
fn after_a_restart_no_feed_is_written_before_all_that_was_named_is_given_again() {
    let mut world = World::default();
    let mut planner = world.start();
    let arrived: Vec<RelayFact> = (0..20).map(|n| world.fetch(&format!("f{n}"), at(0))).collect();
    assert!(world.settle(&mut planner, arrived, at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    assert_eq!(world.named.len(), 20);
    world.publications = 0;
    let mut planner = world.start();
    assert!(world.settle(&mut planner, Vec::new(), at(30)));
    assert_eq!((world.publications, world.named.len()), (1, 20));
}

#[test]
fn a_file_that_cannot_be_given_again_holds_the_feed_up_no_longer_than_one_attempt() {
    let mut world = World::default();
    let mut planner = world.start();
    let arrived = vec![world.fetch("a", at(0)), world.fetch("b", at(0))];
    assert!(world.settle(&mut planner, arrived, at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    let mut planner = world.start();
    let orders = planner.due(at(30));
    assert!(!orders.iter().any(|order| matches!(order, RelayOrder::Publish(_))));
    let listed = world.carry_out(orders).expect("it lives");
    let mut orders: Vec<RelayOrder> =
        listed.into_iter().flat_map(|fact| planner.take(fact, at(30))).collect();
    orders.extend(planner.due(at(30)));
    assert!(!orders.iter().any(|order| matches!(order, RelayOrder::Publish(_))));
    let mut facts = world.carry_out(orders).expect("it lives");
    for fact in &mut facts {
        if let RelayFact::Offered(key, done) = fact
            && key.name == "a"
        {
            world.given.remove(key);
            *done = Err(RelayTrouble::Gone(UserMessage::Offline));
        }
    }
    assert!(world.settle(&mut planner, facts, at(31)));
    assert!(world.settle(&mut planner, Vec::new(), at(40)));
    let named: Vec<&str> = world.named.iter().map(|key| key.name.as_str()).collect();
    assert_eq!(named, ["b"]);
    assert!(world.told_withdrawn.contains(&hash_of("a")), "its withdrawal is told");
}

#[test]
fn what_fails_is_tried_again_after_longer_and_longer_pauses_and_costs_the_others_nothing() {
    let mut world = World::default();
    let mut planner = world.start();
    let facts = vec![world.fetch("a", at(0)), world.fetch("b", at(0))];
    let mut attempts = Vec::new();
    let mut facts = facts;
    for second in 0..200 {
        let now = at(second);
        let mut orders: Vec<RelayOrder> = facts.drain(..).flat_map(|fact| planner.take(fact, now)).collect();
        orders.extend(planner.due(now));
        facts = world.carry_out(orders).expect("it lives");
        for fact in &mut facts {
            if let RelayFact::Offered(key, done) = fact
                && key.name == "a"
            {
                attempts.push(second);
                *done = Err(RelayTrouble::Passing(UserMessage::Offline));
            }
        }
    }
    let pauses: Vec<u64> = attempts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses.len() >= 3 && pauses.windows(2).all(|pair| pair[1] >= 2 * pair[0] - 2), "{attempts:?}");
    assert_eq!(world.stage("b"), Some(RelayStage::Announced));
    assert_eq!(world.stage("a"), Some(RelayStage::Listed), "it is not announced");
}

#[test]
fn a_file_that_could_not_be_offered_in_all_its_time_makes_room_and_is_told_to_nobody() {
    let mut world = World::default();
    let mut planner = world.start();
    let mut facts = vec![world.fetch("a", at(0))];
    for now in [at(10), at(1_000), at(3_590), at(3_601), at(4_300)] {
        for _ in 0..20 {
            let mut orders: Vec<RelayOrder> =
                facts.drain(..).flat_map(|fact| planner.take(fact, now)).collect();
            orders.extend(planner.due(now));
            facts = world.carry_out(orders).expect("it lives");
            for fact in &mut facts {
                if let RelayFact::Offered(_, done) = fact {
                    *done = Err(RelayTrouble::Passing(UserMessage::Offline));
                }
            }
        }
    }
    assert!(world.kept.is_empty() && world.on_disk.is_empty() && world.listed.is_empty());
    assert!(world.withdrawn.is_empty() && world.told_withdrawn.is_empty());
}

#[test]
fn a_file_that_the_tracker_cannot_be_told_of_is_held_back_and_told_again() {
    let mut world = World { is_tracker_deaf: true, ..World::default() };
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    assert_eq!(world.stage("a"), Some(RelayStage::Described));
    assert!(world.given.is_empty() && world.named.is_empty());
    world.is_tracker_deaf = false;
    for now in [60, 70] {
        assert!(world.settle(&mut planner, Vec::new(), at(now)));
    }
    assert_eq!((world.stage("a"), world.named.len()), (Some(RelayStage::Announced), 1));
}

#[test]
fn a_run_of_many_files_is_a_few_publications() {
    let mut world = World::default();
    let mut planner = world.start();
    let mut facts: Vec<RelayFact> = (0..100).map(|n| world.fetch(&format!("f{n}"), at(0))).collect();
    for second in 10..30 {
        assert!(world.settle(&mut planner, std::mem::take(&mut facts), at(second)));
    }
    assert_eq!(world.named.len(), 100);
    assert!(world.publications <= 12, "{}", world.publications);
}

#[test]
fn it_wakes_for_the_next_thing_that_no_fact_brings_about() {
    let mut world = World::default();
    let mut planner = world.start();
    assert!(world.settle(&mut planner, Vec::new(), at(0)));
    assert_eq!(planner.wakes(at(10)), None, "a relay without files sleeps");
    let arrived = world.fetch("a", at(10));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    assert_eq!(planner.wakes(at(20)), Some(at(80).steady), "a minute at most");
    assert_eq!(planner.wakes(at(3_600)), Some(at(3_610).steady), "the end of its offer");
}

fn with_broker(broker: BrokerHere) -> World {
    World { announces: Announces::ToBrokerWithDeletions, broker, ..World::default() }
}

fn waits(world: &World, name: &str) -> Option<AnnouncementWait> {
    world.kept.get(&a_file(name, at(0)).key).and_then(|file| file.waits)
}

#[test]
fn a_broker_is_told_of_a_file_once_feeds_name_it_and_of_its_end_before_it_goes() {
    let mut world = with_broker(BrokerHere::Answers);
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    assert_eq!((world.stage("a"), waits(&world, "a")), (Some(RelayStage::Announced), None));
    for second in [3_700, 4_301, 4_400] {
        assert!(world.settle(&mut planner, Vec::new(), at(second)));
    }
    let told = [PostKind::New, PostKind::Deletion].map(|kind| ("a".to_owned(), kind));
    assert_eq!((&world.told[..], world.stage("a")), (&told[..], None));
}

#[test]
fn while_the_broker_is_away_a_file_stays_offered_and_says_why() {
    let mut world = with_broker(BrokerHere::Away);
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    assert_eq!(world.stage("a"), Some(RelayStage::Offered));
    assert_eq!((waits(&world, "a"), world.named.len()), (Some(AnnouncementWait::BrokerAway), 1));
    let key = a_file("a", at(0)).key;
    let answered = RelayFact::Acknowledged(key, PostKind::New, Ok(()));
    assert!(world.settle(&mut planner, vec![answered], at(600)));
    assert_eq!((world.stage("a"), waits(&world, "a")), (Some(RelayStage::Announced), None));
}

#[test]
fn what_a_broker_refuses_is_told_again_after_a_pause() {
    let mut world = with_broker(BrokerHere::Refuses);
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    assert_eq!(waits(&world, "a"), Some(AnnouncementWait::Refused));
    world.broker = BrokerHere::Answers;
    assert!(world.settle(&mut planner, Vec::new(), at(25)));
    assert!(world.told.is_empty(), "the pause is not over");
    assert!(planner.wakes(at(25)).is_some_and(|wake| wake <= SteadyTime(Duration::from_secs(30))));
    assert!(world.settle(&mut planner, Vec::new(), at(31)));
    assert_eq!((world.told.len(), world.stage("a")), (1, Some(RelayStage::Announced)));
}

#[test]
fn a_relay_that_was_killed_tells_the_broker_what_it_does_not_know_to_have_told() {
    for keeps in 1..=6 {
        let mut world = World { keeps_left: Some(keeps), ..with_broker(BrokerHere::Answers) };
        let mut planner = world.start();
        let mut facts = vec![world.fetch("a", at(0))];
        for second in [10, 20, 30, 40] {
            if !world.settle(&mut planner, std::mem::take(&mut facts), at(second)) {
                world.keeps_left = None;
                planner = world.start();
            }
        }
        assert_eq!(world.stage("a"), Some(RelayStage::Announced), "killed after {keeps}");
        assert_eq!(world.told.len(), 1, "killed after {keeps}: what was kept is not told again");
    }
}

#[test]
fn a_file_that_its_publisher_replaced_goes_at_once_and_the_broker_hears_of_the_new_one_alone() {
    let mut world = with_broker(BrokerHere::Answers);
    let mut planner = world.start();
    let arrived = world.fetch("a", at(0));
    assert!(world.settle(&mut planner, vec![arrived], at(10)));
    assert!(world.settle(&mut planner, Vec::new(), at(20)));
    let file = a_file("a", at(30));
    let replaced = RelayFact::Replaced(file.key.clone(), Box::new(file.source));
    assert!(world.settle(&mut planner, vec![replaced], at(30)));
    assert!(world.settle(&mut planner, Vec::new(), at(40)));
    assert_eq!((world.told.len(), world.stage("a")), (1, None));
}
