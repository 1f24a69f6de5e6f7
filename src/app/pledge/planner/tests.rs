//! What an archive takes and lets go, case by case and for whatever may come.

use super::super::made::*;
use super::*;

/// A scene whose parts are owned.
#[derive(Clone, Debug)]
struct Made {
    now: UtcTime,
    most: u64,
    free: Option<u64>,
    offers: Vec<PledgeOffer>,
    files: Vec<PledgedFile>,
    seeds: SeedCounts,
    replaced: BTreeMap<InfoHash, BTreeSet<String>>,
    aside: BTreeSet<String>,
}

impl Made {
    fn new(most: u64) -> Self {
        Self {
            now: now(),
            most,
            free: None,
            offers: Vec::new(),
            files: Vec::new(),
            seeds: SeedCounts::default(),
            replaced: BTreeMap::new(),
            aside: BTreeSet::new(),
        }
    }

    fn offer(mut self, number: u16, length: u64, seeds: u32) -> Self {
        self.offers.push(an_offer(number, length));
        self.counted(number, seeds)
    }

    fn hold(mut self, number: u16, length: u64, seeds: u32) -> Self {
        self.files.push(a_file(number, length));
        self.counted(number, seeds)
    }

    fn counted(mut self, number: u16, seeds: u32) -> Self {
        self.seeds.hear(BTreeMap::from([(a_hash(number), seeds)]));
        self
    }

    fn orders(&self, seed: u64) -> Vec<PledgeOrder> {
        let mut random = fastrand::Rng::with_seed(seed);
        let scene = PledgeScene {
            now: self.now,
            most: self.most,
            free: self.free,
            offers: &self.offers,
            files: &self.files,
            seeds: &self.seeds,
            replaced: &self.replaced,
            aside: &self.aside,
        };
        plan(&scene, &mut || random.u64(..))
    }

    /// What the archive is once everything was carried out and downloaded.
    fn after(&self, orders: &[PledgeOrder]) -> Self {
        let mut next = self.clone();
        for order in orders {
            match *order {
                PledgeOrder::LetGo(hash, _) => {
                    let length = |file: &&PledgedFile| file.info_hash == hash && file.is_here();
                    let freed = next.files.iter().find(length).map_or(0, |file| file.length);
                    next.free = next.free.map(|free| free + freed);
                    next.files.retain(|file| file.info_hash != hash);
                }
                PledgeOrder::Withhold(hash) => next.put(hash, PledgeStage::Withheld),
                PledgeOrder::GiveAgain(hash) => next.put(hash, PledgeStage::Held),
                PledgeOrder::Take(hash) => {
                    if next.files.iter().all(|file| file.info_hash != hash) {
                        let offer =
                            next.offers.iter().find(|offer| offer.info_hash == hash).expect("offered");
                        next.files.push(PledgedFile::wanted(offer, None, next.now));
                    }
                    next.put(hash, PledgeStage::Held);
                    let length =
                        next.files.iter().find(|file| file.info_hash == hash).map_or(0, |file| file.length);
                    next.free = next.free.map(|free| free.checked_sub(length).expect("room on the disk"));
                }
            }
        }
        next
    }

    fn put(&mut self, hash: InfoHash, stage: PledgeStage) {
        let file = self.files.iter_mut().find(|file| file.info_hash == hash).expect("there");
        *file = file.clone().at(stage, self.now);
    }

    fn octets(&self, is_it: impl Fn(&PledgedFile) -> bool) -> u64 {
        self.files.iter().filter(|file| is_it(file)).map(PledgedFile::takes).sum()
    }
}

fn taken(orders: &[PledgeOrder]) -> BTreeSet<InfoHash> {
    let hash = |order: &PledgeOrder| if let PledgeOrder::Take(hash) = order { Some(*hash) } else { None };
    orders.iter().filter_map(hash).collect()
}

fn let_go(orders: &[PledgeOrder]) -> Vec<(InfoHash, LetGoReason)> {
    let gone = |order: &PledgeOrder| match order {
        PledgeOrder::LetGo(hash, why) => Some((*hash, *why)),
        PledgeOrder::Withhold(_) | PledgeOrder::GiveAgain(_) | PledgeOrder::Take(_) => None,
    };
    orders.iter().filter_map(gone).collect()
}

#[test]
fn the_rarest_is_taken_first_and_no_more_than_was_pledged() {
    let scene = Made::new(20).offer(1, 10, 5).offer(2, 10, 1).offer(3, 10, 9).offer(4, 10, 2);
    assert_eq!(taken(&scene.orders(1)), BTreeSet::from([a_hash(2), a_hash(4)]));
    let small = Made::new(25).offer(1, 20, 1).offer(2, 10, 2).offer(3, 5, 3);
    assert_eq!(
        taken(&small.orders(1)),
        BTreeSet::from([a_hash(1), a_hash(3)]),
        "what fits behind it is taken"
    );
}

#[test]
fn chance_decides_among_equals_so_that_archives_differ() {
    let mut scene = Made::new(50);
    for number in 0..10 {
        scene = scene.offer(number, 10, 1);
    }
    let choices: BTreeSet<_> = (0..20).map(|seed| taken(&scene.orders(seed))).collect();
    assert!(choices.len() > 10, "{}", choices.len());
}

#[test]
fn a_file_of_which_no_tracker_tells_counts_as_one_that_the_relay_alone_has() {
    let mut scene = Made::new(10).offer(1, 10, 2);
    scene.offers.push(an_offer(2, 10));
    assert_eq!(taken(&scene.orders(1)), BTreeSet::from([a_hash(2)]));
}

#[test]
fn at_most_half_is_of_the_newest_day() {
    let mut scene = Made::new(100);
    for number in 0..10 {
        scene = scene.offer(number, 20, 1);
        scene.offers[usize::from(number)].dated = hours_ago(3);
    }
    assert_eq!(taken(&scene.orders(1)).len(), 2, "half stays free for older days");
    let later = Made { now: now().plus_minutes(24 * 60).expect("a time"), ..scene.after(&scene.orders(1)) };
    assert_eq!(taken(&later.orders(1)).len(), 3, "by then those are of an older day");
}

#[test]
fn the_disk_is_never_filled() {
    let mut scene = Made::new(100).offer(1, 10, 1).offer(2, 10, 1);
    scene.free = Some(LEAST_FREE + 15);
    assert_eq!(taken(&scene.orders(1)).len(), 1);
    scene.free = Some(LEAST_FREE - 1);
    assert_eq!(scene.orders(1), []);
    scene.files.push(a_file(3, 10).at(PledgeStage::Wanted, now()));
    scene.offers.push(an_offer(3, 10));
    assert_eq!(scene.orders(1), [], "what was begun waits for room");
}

#[test]
fn what_expired_stays_and_what_was_replaced_is_let_go() {
    let mut scene = Made::new(100).hold(1, 10, 1).hold(2, 10, 1);
    assert_eq!(scene.orders(1), [], "no relay offers them any more");
    scene.replaced.insert(a_hash(1), BTreeSet::from(["https://stranger.example/".to_owned()]));
    assert_eq!(scene.orders(1), [], "who never spoke for it cannot take it away");
    scene.replaced.insert(a_hash(1), BTreeSet::from([RELAY.to_owned()]));
    assert_eq!(let_go(&scene.orders(1)), [(a_hash(1), LetGoReason::Replaced)]);
    let offered = scene.offer(1, 10, 1);
    assert_eq!(offered.orders(1), [], "another relay still offers it");
}

#[test]
fn what_only_contradicted_relays_spoke_for_is_let_go() {
    let mut scene = Made::new(100).hold(1, 10, 1).hold(2, 10, 1);
    scene.files[1].relays.push("https://honest.example/".to_owned());
    scene.aside.insert(RELAY.to_owned());
    assert_eq!(let_go(&scene.orders(1)), [(a_hash(1), LetGoReason::Contradicted)]);
}

#[test]
fn what_relays_contradict_each_other_on_is_withheld_until_that_is_decided() {
    let mut scene = Made::new(100).hold(1, 10, 1).offer(1, 10, 1).offer(2, 10, 1);
    scene.offers.iter_mut().for_each(|offer| offer.agreement = OfferAgreement::Disputed);
    assert_eq!(scene.orders(1), [PledgeOrder::Withhold(a_hash(1))], "and what is not here is not taken");
    let mut withheld = scene.after(&scene.orders(1));
    assert_eq!(withheld.orders(1), []);
    withheld.offers[0].agreement = OfferAgreement::Agreed;
    assert_eq!(withheld.orders(1), [PledgeOrder::GiveAgain(a_hash(1))]);
}

#[test]
fn what_many_have_goes_for_what_few_have_one_exchange_a_look() {
    let scene = Made::new(20).hold(1, 10, 9).hold(2, 10, 7).offer(3, 10, 1).offer(4, 10, 1);
    let orders = scene.orders(1);
    assert_eq!(let_go(&orders), [(a_hash(1), LetGoReason::Exchanged)]);
    assert_eq!(taken(&orders).len(), 1);
    let close = Made::new(10).hold(1, 10, 4).offer(3, 10, 1);
    assert_eq!(close.orders(1).len(), 2, "three others have it, and one the other");
    let closer = Made::new(10).hold(1, 10, 3).offer(3, 10, 1);
    assert_eq!(closer.orders(1), []);
}

#[test]
fn what_came_today_and_what_nobody_counted_is_not_exchanged() {
    let mut scene = Made::new(10).hold(1, 10, 9).offer(3, 10, 1);
    scene.files[0].since = hours_ago(23);
    assert_eq!(scene.orders(1), []);
    let mut uncounted = Made::new(10).offer(3, 10, 1);
    uncounted.files.push(a_file(1, 10));
    assert_eq!(uncounted.orders(1), []);
}

#[test]
fn an_older_day_never_goes_for_the_newest() {
    let mut scene = Made::new(20).hold(1, 10, 9).hold(2, 10, 9).offer(3, 10, 1);
    scene.offers[0].dated = hours_ago(1);
    assert_eq!(scene.orders(1), []);
}

#[test]
fn a_smaller_pledge_lets_go_what_most_have() {
    let scene = Made::new(10).hold(1, 10, 2).hold(2, 10, 9).hold(3, 10, 4);
    let gone: BTreeSet<InfoHash> = let_go(&scene.orders(1)).into_iter().map(|(hash, _)| hash).collect();
    assert_eq!(gone, BTreeSet::from([a_hash(2), a_hash(3)]));
}

#[test]
fn a_lost_file_is_not_taken_again_for_a_day() {
    let mut scene = Made::new(100).offer(1, 10, 1);
    scene.files.push(a_file(1, 10).at(PledgeStage::Lost, hours_ago(23)));
    assert_eq!(scene.orders(1), []);
    scene.files[0].since = hours_ago(24);
    assert_eq!(scene.orders(1), [PledgeOrder::LetGo(a_hash(1), LetGoReason::Lost)]);
    let later = scene.after(&scene.orders(1));
    assert_eq!(taken(&later.orders(1)), BTreeSet::from([a_hash(1)]));
}

#[test]
fn what_was_begun_goes_on_while_it_is_offered_and_is_dropped_after() {
    let mut scene = Made::new(100);
    scene.files.push(a_file(1, 10).at(PledgeStage::Wanted, now()));
    assert_eq!(let_go(&scene.orders(1)), [(a_hash(1), LetGoReason::Unoffered)]);
    assert_eq!(scene.offer(1, 10, 1).orders(1), [PledgeOrder::Take(a_hash(1))]);
}

/// Anything that may come.
fn anything(random: &mut fastrand::Rng) -> Made {
    let mut made = Made::new(random.u64(0..400));
    made.free = random.bool().then(|| LEAST_FREE.saturating_sub(50) + random.u64(0..400));
    for number in 0..random.u16(0..30) {
        let length = random.u64(1..60);
        let dated = hours_ago(random.i64(-2..60));
        if random.bool() {
            let mut offer = PledgeOffer { dated, ..an_offer(number, length) };
            if random.u8(0..6) == 0 {
                offer.agreement = OfferAgreement::Disputed;
            }
            made.offers.push(offer);
        }
        if random.u8(0..3) > 0 {
            made = made.counted(number, [0, 1, 1, 2, 3, 9, 1_000_000][random.usize(..7)]);
        }
        if random.bool() {
            let stage = PledgeStage::ALL[random.usize(..4)];
            let file =
                PledgedFile { dated, ..a_file(number, length) }.at(stage, hours_ago(random.i64(-1..50)));
            made.files.push(file);
        }
        if random.u8(0..9) == 0 {
            made.replaced.insert(a_hash(number), BTreeSet::from([RELAY.to_owned()]));
        }
    }
    if random.u8(0..9) == 0 {
        made.aside.insert(RELAY.to_owned());
    }
    made
}

#[test]
fn whatever_comes_the_rules_hold_and_a_second_look_changes_nothing_back() {
    let mut random = fastrand::Rng::with_seed(26);
    for case in 0..3_000 {
        let before = anything(&mut random);
        let orders = before.orders(case);
        let (taken, gone) = (taken(&orders), let_go(&orders));
        let is_gone = |hash: &InfoHash| gone.iter().any(|(gone, _)| gone == hash);
        assert!(!taken.iter().any(is_gone), "{case}: taken and let go at once: {orders:?}");
        // Panics where the disk would be filled.
        let after = before.after(&orders);
        assert!(after.octets(|_| true) <= before.most, "{case}: more than was pledged");
        if let (Some(free), false) = (after.free, taken.is_empty()) {
            assert!(free >= LEAST_FREE, "{case}: the disk is filled");
        }
        let newest = |made: &Made| made.octets(|file| is_newest(file.dated, before.now));
        assert!(
            newest(&after) <= (before.most / 2).max(newest(&before)),
            "{case}: too much of the newest day"
        );
        for (hash, why) in &gone {
            let file = before.files.iter().find(|file| file.info_hash == *hash).expect("it was there");
            if *why == LetGoReason::Exchanged {
                let stayed = before.now.unix_seconds() - file.since.unix_seconds();
                assert!(stayed >= LEAST_STAY, "{case}: let go too soon");
            }
        }
        let again = after.orders(case + 1);
        let second: Vec<InfoHash> = let_go(&again).into_iter().map(|(hash, _)| hash).collect();
        assert!(second.iter().all(|hash| !taken.contains(hash)), "{case}: taken and let go an hour later");
        let back = self::taken(&again);
        let is_back =
            |(hash, why): &(InfoHash, LetGoReason)| *why != LetGoReason::Lost && back.contains(hash);
        assert!(!gone.iter().any(is_back), "{case}: let go and taken an hour later");
    }
}

#[test]
fn rarer_files_are_never_left_for_commoner_ones_that_fit_in_their_place() {
    let mut random = fastrand::Rng::with_seed(3);
    for case in 0..1_000 {
        let mut before = anything(&mut random);
        before.free = None;
        before.files.clear();
        let taken = taken(&before.orders(case));
        let seeds = |offer: &PledgeOffer| before.seeds.of(offer.info_hash).unwrap_or(UNTOLD);
        let is_taken = |offer: &&PledgeOffer| taken.contains(&offer.info_hash);
        let usable = |offer: &&PledgeOffer| offer.agreement == OfferAgreement::Agreed && offer.length > 0;
        for left in before.offers.iter().filter(usable).filter(|offer| !is_taken(offer)) {
            for other in before.offers.iter().filter(is_taken) {
                let is_no_newer = !is_newest(left.dated, now()) || is_newest(other.dated, now());
                let would_fit = left.length <= other.length && is_no_newer;
                assert!(!(seeds(left) < seeds(other) && would_fit), "{case}: {left:?} for {other:?}");
            }
        }
    }
}
