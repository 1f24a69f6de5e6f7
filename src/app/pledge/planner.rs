//! What an archive takes and what it lets go.
//!
//! In: a [`PledgeScene`], chance. Out: [`PledgeOrder`]s, to be carried out in their sequence. The rules, in the order in which
//! they count:
//!
//! 1. Never more than was pledged, and never so much that less than [`LEAST_FREE`] of the disk stays free.
//! 2. What its publisher replaced, says a relay that spoke for it and while none offers it, is let go; so is what only
//!    contradicted relays spoke for. What relays contradict each other on is kept and not uploaded until that is decided.
//! 3. What expired at the relay stays: that is what an archive is for.
//! 4. The rarest first, by chance among equals: archives that see the same do not all take the same.
//! 5. At most half of what was pledged is of the newest day ([`NEWEST`]): there are enough copies of that, and older days go first
//!    from everywhere else.
//! 6. For something rarer, what many have is let go, one exchange a look: when it was held for a day ([`LEAST_STAY`]) and at least
//!    two more others have it ([`MARGIN`]). So nothing goes back and forth.
//!
//! Start reading at [`plan`].

#[cfg(test)]
mod tests;

use super::file::{LetGoReason, PledgeStage, PledgedFile};
use super::offers::{OfferAgreement, PledgeOffer};
use super::seeds::{SeedCounts, UNTOLD};
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use std::collections::{BTreeMap, BTreeSet};

/// So much of the disk stays free whatever was pledged, in octets: 1 GiB.
pub const LEAST_FREE: u64 = 1 << 30;

/// A file is of the newest day while its run began less than so many seconds ago.
pub const NEWEST: i64 = 86_400;

/// A file is not let go for a rarer one before it was held for so many seconds, and a lost one not taken again.
pub const LEAST_STAY: i64 = 86_400;

/// So many more others have what is let go for something rarer.
pub const MARGIN: u32 = 2;

/// Most rarer files for which it is looked whether room can be made.
const MOST_LOOKED_AT: usize = 100;

/// What is known when it is decided.
#[derive(Clone, Copy, Debug)]
pub struct PledgeScene<'a> {
    /// The time of day.
    pub now: UtcTime,
    /// Most octets that the archive takes.
    pub most: u64,
    /// Octets that can still be written. `None` when that is not known.
    pub free: Option<u64>,
    /// What relays offer.
    pub offers: &'a [PledgeOffer],
    /// What the archive has.
    pub files: &'a [PledgedFile],
    /// How many have it, as trackers say.
    pub seeds: &'a SeedCounts,
    /// Swarms whose file its publisher replaced, and the relays that say so.
    pub replaced: &'a BTreeMap<InfoHash, BTreeSet<String>>,
    /// Relays that were set aside.
    pub aside: &'a BTreeSet<String>,
}

/// Something to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PledgeOrder {
    /// Remove it and forget it.
    LetGo(InfoHash, LetGoReason),
    /// Keep it and upload it no longer.
    Withhold(InfoHash),
    /// Upload it again.
    GiveAgain(InfoHash),
    /// Download it, or go on with that.
    Take(InfoHash),
}

/// Decides. `chance` gives any number, another one each time.
pub fn plan(scene: &PledgeScene<'_>, chance: &mut dyn FnMut() -> u64) -> Vec<PledgeOrder> {
    let mut plan = Planning::of(scene);
    plan.let_go_of_what_is_wrong();
    plan.let_go_of_too_much(chance);
    plan.go_on_with_wanted();
    let left = plan.fill(chance);
    plan.exchange(&left, chance);
    plan.orders
}

/// Whether a file of that date is of the newest day.
fn is_newest(dated: UtcTime, now: UtcTime) -> bool {
    now.unix_seconds() - dated.unix_seconds() < NEWEST
}

struct Planning<'a> {
    scene: &'a PledgeScene<'a>,
    offers: BTreeMap<InfoHash, &'a PledgeOffer>,
    /// What stays.
    files: Vec<&'a PledgedFile>,
    /// Octets that may still be written once the orders are carried out; below zero where too little is free.
    disk: i128,
    orders: Vec<PledgeOrder>,
    taken: Vec<&'a PledgeOffer>,
}

impl<'a> Planning<'a> {
    fn of(scene: &'a PledgeScene<'a>) -> Self {
        Self {
            scene,
            offers: scene.offers.iter().map(|offer| (offer.info_hash, offer)).collect(),
            files: scene.files.iter().collect(),
            disk: i128::from(scene.free.unwrap_or(u64::MAX)) - i128::from(LEAST_FREE),
            orders: Vec::new(),
            taken: Vec::new(),
        }
    }

    /// Octets of what stays and what is taken.
    fn used(&self) -> u64 {
        let held = self.files.iter().map(|file| file.takes());
        held.chain(self.taken.iter().map(|offer| offer.length)).fold(0, u64::saturating_add)
    }

    /// The same of the newest day.
    fn newest(&self) -> u64 {
        let is_new = |dated| is_newest(dated, self.scene.now);
        let held = self.files.iter().filter(|file| is_new(file.dated)).map(|file| file.takes());
        let taken = self.taken.iter().filter(|offer| is_new(offer.dated)).map(|offer| offer.length);
        held.chain(taken).fold(0, u64::saturating_add)
    }

    fn let_go(&mut self, info_hash: InfoHash, why: LetGoReason) {
        let gone = self.files.iter().filter(|file| file.info_hash == info_hash && file.is_here());
        self.disk += gone.map(|file| i128::from(file.length)).sum::<i128>();
        self.files.retain(|file| file.info_hash != info_hash);
        self.orders.push(PledgeOrder::LetGo(info_hash, why));
    }

    fn let_go_of_what_is_wrong(&mut self) {
        for file in self.scene.files {
            match self.what_is_wrong_with(file) {
                Some(why) => self.let_go(file.info_hash, why),
                None => self.withhold_or_give(file),
            }
        }
    }

    fn what_is_wrong_with(&self, file: &PledgedFile) -> Option<LetGoReason> {
        let is_offered = self.offers.contains_key(&file.info_hash);
        if file.stage == PledgeStage::Lost {
            let lost_for = self.scene.now.unix_seconds() - file.since.unix_seconds();
            return (lost_for >= LEAST_STAY).then_some(LetGoReason::Lost);
        }
        if is_offered {
            return None;
        }
        let replaced = self.scene.replaced.get(&file.info_hash);
        let spoke = |by: &BTreeSet<String>| file.relays.iter().any(|relay| by.contains(relay));
        // One that never spoke for it cannot take it away.
        if replaced.is_some_and(spoke) {
            return Some(LetGoReason::Replaced);
        }
        if !file.relays.is_empty() && file.relays.iter().all(|relay| self.scene.aside.contains(relay)) {
            return Some(LetGoReason::Contradicted);
        }
        (file.stage == PledgeStage::Wanted).then_some(LetGoReason::Unoffered)
    }

    fn withhold_or_give(&mut self, file: &PledgedFile) {
        let offer = self.offers.get(&file.info_hash);
        let is_disputed = offer.is_some_and(|offer| offer.agreement == OfferAgreement::Disputed);
        match (file.stage, is_disputed) {
            (PledgeStage::Held, true) => self.orders.push(PledgeOrder::Withhold(file.info_hash)),
            (PledgeStage::Withheld, false) => self.orders.push(PledgeOrder::GiveAgain(file.info_hash)),
            (PledgeStage::Held, false)
            | (PledgeStage::Withheld, true)
            | (PledgeStage::Wanted | PledgeStage::Lost, _) => {}
        }
    }

    /// Less is pledged than before: what most have goes first, until the rest fits. What of it still fits beside that stays, the
    /// rarest first: nothing that went would fit again, nor be worth an exchange.
    fn let_go_of_too_much(&mut self, chance: &mut dyn FnMut() -> u64) {
        let mut used = self.used();
        let mut staying = self.files.clone();
        staying.sort_by_cached_key(|file| {
            let seeds = self.scene.seeds.of(file.info_hash).unwrap_or(UNTOLD);
            (seeds, !file.is_here(), chance())
        });
        let mut going = Vec::new();
        while used > self.scene.most
            && let Some(file) = staying.pop()
        {
            used -= file.takes();
            going.push(file);
        }
        for file in going.into_iter().rev() {
            if used.saturating_add(file.takes()) <= self.scene.most {
                used += file.takes();
            } else {
                self.let_go(file.info_hash, LetGoReason::OverPledge);
            }
        }
    }

    /// What was begun is gone on with while there is room on the disk.
    fn go_on_with_wanted(&mut self) {
        for file in self.files.clone() {
            let is_usable = self
                .offers
                .get(&file.info_hash)
                .is_some_and(|offer| offer.agreement == OfferAgreement::Agreed);
            if file.stage == PledgeStage::Wanted && is_usable && i128::from(file.length) <= self.disk {
                self.disk -= i128::from(file.length);
                self.orders.push(PledgeOrder::Take(file.info_hash));
            }
        }
    }

    /// Takes what fits, the rarest first. What is left over, in the same order.
    fn fill(&mut self, chance: &mut dyn FnMut() -> u64) -> Vec<&'a PledgeOffer> {
        let known: BTreeSet<InfoHash> = self.scene.files.iter().map(|file| file.info_hash).collect();
        let is_free = |offer: &&PledgeOffer| {
            offer.agreement == OfferAgreement::Agreed && !known.contains(&offer.info_hash) && offer.length > 0
        };
        let mut candidates: Vec<&PledgeOffer> = self.scene.offers.iter().filter(is_free).collect();
        candidates.sort_by_cached_key(|offer| (self.seeds_of(offer), chance()));
        let (mut used, mut newest) = (self.used(), self.newest());
        let mut left = Vec::new();
        for offer in candidates {
            let newer = if is_newest(offer.dated, self.scene.now) { offer.length } else { 0 };
            let fits = used.saturating_add(offer.length) <= self.scene.most
                && (newer == 0 || newest.saturating_add(newer) <= self.scene.most / 2)
                && i128::from(offer.length) <= self.disk;
            if !fits {
                left.push(offer);
                continue;
            }
            (used, newest) = (used + offer.length, newest + newer);
            self.take(offer);
        }
        left
    }

    fn take(&mut self, offer: &'a PledgeOffer) {
        self.disk -= i128::from(offer.length);
        self.taken.push(offer);
        self.orders.push(PledgeOrder::Take(offer.info_hash));
    }

    fn seeds_of(&self, offer: &PledgeOffer) -> u32 {
        self.scene.seeds.of(offer.info_hash).unwrap_or(UNTOLD)
    }

    /// Makes room for one rarer file, where what many others have can go for it.
    fn exchange(&mut self, left: &[&'a PledgeOffer], chance: &mut dyn FnMut() -> u64) {
        // What just went because less is pledged would fit again where an exchange leaves room.
        let is_over = |order: &PledgeOrder| matches!(order, PledgeOrder::LetGo(_, LetGoReason::OverPledge));
        if self.orders.iter().any(is_over) {
            return;
        }
        let mut spare = self.spare();
        spare.sort_by_cached_key(|spare| (u32::MAX - spare.others, chance()));
        let taken =
            RoomTaken { scene: self.scene, disk: self.disk, used: self.used(), newest: self.newest() };
        for offer in left.iter().take(MOST_LOOKED_AT) {
            let least = self.seeds_of(offer).saturating_add(MARGIN);
            // An older day never goes for the newest one.
            let is_new = is_newest(offer.dated, self.scene.now);
            let may_go = |spare: &SpareFile| {
                spare.others >= least && (!is_new || is_newest(spare.file.dated, self.scene.now))
            };
            let all: Vec<&PledgedFile> =
                spare.iter().filter(|spare| may_go(spare)).map(|spare| spare.file).collect();
            if all.is_empty() || !taken.fits_for(offer, &all) {
                continue;
            }
            let enough = (1..=all.len()).find(|count| taken.fits_for(offer, &all[..*count]));
            let mut going = all[..enough.unwrap_or(all.len())].to_vec();
            // Only what has to go: what would fit again would be taken again at the next look.
            for file in going.clone() {
                let without: Vec<&PledgedFile> =
                    going.iter().copied().filter(|other| other.info_hash != file.info_hash).collect();
                if taken.fits_for(offer, &without) {
                    going = without;
                }
            }
            going.iter().for_each(|file| self.let_go(file.info_hash, LetGoReason::Exchanged));
            return self.take(offer);
        }
    }

    /// What has been here for long enough, as far as it is known how many others have it.
    fn spare(&self) -> Vec<SpareFile<'a>> {
        let has_stayed = |file: &&&PledgedFile| {
            let stayed = self.scene.now.unix_seconds() - file.since.unix_seconds();
            file.stage == PledgeStage::Held && stayed >= LEAST_STAY
        };
        let files = self.files.iter().filter(has_stayed);
        let spare = files.filter_map(|file| {
            let others = self.scene.seeds.of(file.info_hash)?.saturating_sub(1);
            Some(SpareFile { file, others })
        });
        spare.collect()
    }
}

/// What room is taken, before anything goes for a rarer file.
struct RoomTaken<'a> {
    scene: &'a PledgeScene<'a>,
    disk: i128,
    used: u64,
    newest: u64,
}

impl RoomTaken<'_> {
    /// Whether an offer fits once these are gone.
    fn fits_for(&self, offer: &PledgeOffer, going: &[&PledgedFile]) -> bool {
        let is_new = |dated| is_newest(dated, self.scene.now);
        let freed = going.iter().map(|file| file.length).fold(0, u64::saturating_add);
        let newer = going.iter().filter(|file| is_new(file.dated)).map(|file| file.length);
        let newest = self.newest.saturating_sub(newer.fold(0, u64::saturating_add));
        self.used.saturating_sub(freed).saturating_add(offer.length) <= self.scene.most
            && (!is_new(offer.dated) || newest.saturating_add(offer.length) <= self.scene.most / 2)
            && i128::from(offer.length) <= self.disk + i128::from(freed)
    }
}

/// A file that may go for a rarer one.
#[derive(Clone, Copy)]
struct SpareFile<'a> {
    file: &'a PledgedFile,
    /// How many others have it.
    others: u32,
}
