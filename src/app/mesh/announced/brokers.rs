//! Brokers of the window: the demonstration's, the person's own ones, then those that come along; and what was missed of each.
//!
//! In: presets, what a person adds, what was remembered, how connections are doing. Out: rows of the list, and what is to be done:
//! written down, asked of an archive. Connects to nothing. Start reading at [`BrokerList`].

use super::gap::{Gap, Period, PeriodQueue};
use crate::app::catalog::offer::OfferedBroker;
use crate::app::mesh::listening::{BrokerStanding, BrokerState, CaughtUp};
use crate::app::mesh::memory::KeptBroker;
use crate::app::mesh::password::PasswordPlace;
use crate::app::mesh::view::{ArchiveAddress, BrokerKey, BrokerOrigin, BrokerRow, Missed};
use crate::domain::utc::UtcMillis;
use crate::mesh::limits::{LimitReached, MOST_BROKERS, room_beside};
use crate::mesh::presets::Presets;
use crate::mesh::subscription::BrokerAddress;
use crate::mesh::topic::TopicFilter;

/// One broker.
#[derive(Debug)]
pub(crate) struct KnownBroker {
    pub(crate) key: BrokerKey,
    pub(crate) address: BrokerAddress,
    title: String,
    pub(crate) origin: BrokerOrigin,
    pub(crate) filters: Vec<TopicFilter>,
    /// How it is doing. `None` while it is not subscribed to.
    pub(crate) state: Option<BrokerState>,
    last_success: Option<UtcMillis>,
    /// Where its password is kept, when it is the person's.
    pub(crate) password: PasswordPlace,
    /// Whether it is to be listened to as soon as its password is here.
    pub(crate) is_wanted: bool,
    /// Who is asked for what was missed.
    pub(crate) archive: Option<ArchiveAddress>,
    gap: Gap,
    periods: PeriodQueue,
    said: Option<Missed>,
}

/// What follows from how a broker is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StateNews {
    /// It took our subscriptions for the first time: to be written down.
    pub(crate) is_first_success: bool,
    /// It was heard until now: to be written down, so that the next start knows what it missed.
    pub(crate) is_heard_until_now: bool,
}

impl KnownBroker {
    fn new(address: BrokerAddress, title: String, origin: BrokerOrigin) -> Self {
        Self {
            key: BrokerKey::of(&address),
            address,
            title,
            origin,
            filters: Vec::new(),
            state: None,
            last_success: None,
            password: PasswordPlace::Nowhere,
            is_wanted: false,
            archive: None,
            gap: Gap::default(),
            periods: PeriodQueue::default(),
            said: None,
        }
    }

    /// Whether somebody listens to it.
    pub(crate) fn is_heard(&self) -> bool {
        self.state.is_some()
    }

    /// Whether one comes there as somebody whose password is not here yet.
    pub(crate) fn lacks_password(&self) -> bool {
        let credentials = self.address.credentials.as_ref();
        self.password.is_in_keyring() && credentials.is_some_and(|known| known.password.is_empty())
    }

    /// Whether it is worth writing down until when it was heard. Not while an archive is asked: when that is cut short, the next start
    /// asks for all of it again. The demonstration's broker is another one each time.
    pub(crate) fn has_memory(&self) -> bool {
        self.origin != BrokerOrigin::Demo && !self.periods.is_asked()
    }

    /// Whether it is connected now.
    pub(crate) fn is_up(&self) -> bool {
        matches!(self.state.as_ref().map(|state| &state.standing), Some(BrokerStanding::Listening { .. }))
    }

    /// It is unsubscribed from, on purpose: nothing is missed, in this start or the next.
    pub(crate) fn leave(&mut self) {
        self.is_wanted = false;
        self.gap = Gap::default();
    }

    /// Notes how it is doing; a gap that is over is to be asked for.
    pub(crate) fn note_state(&mut self, state: BrokerState, now: UtcMillis) -> StateNews {
        let was_tried = self.last_success.is_some();
        self.last_success = state.last_success.or(self.last_success);
        let is_first_success = !was_tried && self.last_success.is_some();
        // The last word of a connection that was ended for another one is not of the new one.
        if let Some(known) = self.state.as_mut().filter(|_| state.standing != BrokerStanding::Ended) {
            *known = state;
        }
        let Some(state) = &self.state else { return StateNews { is_first_success, ..StateNews::default() } };
        let was_open = self.gap.is_open();
        let period = self.gap.note(&state.standing, now);
        let is_heard_until_now = period.is_none()
            && match state.standing {
                BrokerStanding::Listening { .. } => true,
                BrokerStanding::Waiting { .. } => !was_open,
                BrokerStanding::Connecting | BrokerStanding::Ended => false,
            };
        period.into_iter().for_each(|period| self.miss(period));
        StateNews { is_first_success, is_heard_until_now }
    }

    /// A period without a subscription, or one that a person asks for.
    pub(crate) fn miss(&mut self, period: Period) {
        if self.archive.is_none() {
            self.said = Some(Missed::NoArchive(period));
        } else {
            self.periods.add(period);
        }
    }

    /// Whom to ask for which period now. `None` while another is asked for, or nothing waits.
    pub(crate) fn begin_asking(&mut self) -> Option<(ArchiveAddress, Period)> {
        let archive = self.archive.clone()?;
        let period = self.periods.begin()?;
        self.said = Some(Missed::BeingAsked(period));
        Some((archive, period))
    }

    /// The archive has no more; what it came to, unless the asking itself broke.
    pub(crate) fn end_asking(&mut self, caught: Option<CaughtUp>) {
        if let Some(period) = self.periods.end() {
            self.said = Some(caught.map_or(Missed::Broken(period), Missed::Asked));
        }
    }

    /// What is written down of it. `None` for the demonstration's.
    pub(crate) fn kept(&self) -> Option<KeptBroker> {
        if self.origin == BrokerOrigin::Demo {
            return None;
        }
        let is_own = self.origin == BrokerOrigin::Person || self.password != PasswordPlace::Nowhere;
        let url = || match self.password.is_in_keyring() {
            true => self.address.without_password().to_secret_url(),
            false => self.address.to_secret_url(),
        };
        Some(KeptBroker {
            url: is_own.then(url),
            in_keyring: self.password.is_in_keyring(),
            archive: self.archive.as_ref().map(|archive| archive.url().to_string()),
            filters: self.filters.iter().map(ToString::to_string).collect(),
            is_heard: self.is_heard() || self.is_wanted,
            answered: self.last_success.map(UtcMillis::unix_millis),
        })
    }

    /// Takes in what was written down of it. One that was heard until some time before is asked for what came since, once it
    /// answers.
    pub(crate) fn recall(&mut self, kept: &KeptBroker, heard_until: Option<UtcMillis>) {
        self.last_success = kept.answered.and_then(UtcMillis::from_unix_millis);
        self.filters = kept.filters.iter().filter_map(|filter| TopicFilter::parse(filter).ok()).collect();
        let archive = kept.archive.as_deref().and_then(ArchiveAddress::parse);
        self.archive = archive.or(self.archive.take());
        self.gap = heard_until.filter(|_| kept.is_heard).map(Gap::since_the_last_start).unwrap_or_default();
    }

    fn row(&self, dropped: u64) -> BrokerRow {
        BrokerRow {
            key: self.key.clone(),
            title: self.title.clone(),
            origin: self.origin.clone(),
            user: self.address.credentials.as_ref().map(|credentials| credentials.user.clone()),
            state: self.state.clone(),
            last_success: self.last_success,
            filters: self.filters.clone(),
            password: self.password.clone(),
            archive: self.archive.clone(),
            missed: self.said.clone(),
            dropped,
        }
    }
}

/// The brokers.
#[derive(Debug)]
pub(crate) struct BrokerList(Vec<KnownBroker>);

impl BrokerList {
    /// What the demonstration brings, and presets.
    pub(crate) fn new(presets: Option<&Presets>, offered: Option<&OfferedBroker>) -> Self {
        let mut list = Vec::new();
        if let Some((offered, address)) =
            offered.and_then(|offered| Some((offered, BrokerAddress::parse(&offered.url).ok()?)))
        {
            let mut demo = KnownBroker::new(address, "NUEE-DEMO".to_owned(), BrokerOrigin::Demo);
            demo.filters =
                offered.filters.iter().filter_map(|filter| TopicFilter::parse(filter).ok()).collect();
            list.push(demo);
        }
        for (preset, as_of) in presets.iter().flat_map(|all| all.brokers.iter().map(|one| (one, &all.as_of)))
        {
            let Some(address) = preset.addresses.first().cloned() else { continue };
            let origin = BrokerOrigin::Preset { as_of: as_of.as_str().into() };
            let mut broker = KnownBroker::new(address, preset.title.clone(), origin);
            broker.filters.clone_from(&preset.topics);
            broker.archive.clone_from(&preset.archive);
            list.push(broker);
        }
        Self(list)
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &KnownBroker> {
        self.0.iter()
    }

    /// The broker of that key.
    pub(crate) fn get(&self, key: &BrokerKey) -> Option<&KnownBroker> {
        self.0.iter().find(|broker| broker.key == *key)
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, key: &BrokerKey) -> Option<&mut KnownBroker> {
        self.0.iter_mut().find(|broker| broker.key == *key)
    }

    /// Rows of the list; `dropped` says how many messages of a broker came faster than they could be taken in.
    pub(crate) fn rows(&self, dropped: impl Fn(&BrokerKey) -> u64) -> Vec<BrokerRow> {
        self.0.iter().map(|broker| broker.row(dropped(&broker.key))).collect()
    }

    /// Whether anybody is listened to.
    pub(crate) fn are_heard(&self) -> bool {
        self.0.iter().any(KnownBroker::is_heard)
    }

    /// Adds a broker of the person's, unless it is there.
    ///
    /// # Errors
    /// When there are as many as there may be.
    pub(crate) fn add(&mut self, address: BrokerAddress) -> Result<(), LimitReached> {
        if let Some(known) = self.get_mut(&BrokerKey::of(&address)) {
            known.address = address;
            return Ok(());
        }
        let own = self.0.iter().filter(|broker| broker.origin == BrokerOrigin::Person).count();
        room_beside(own, MOST_BROKERS)?;
        let is_preset = |broker: &KnownBroker| matches!(broker.origin, BrokerOrigin::Preset { .. });
        let place = self.0.iter().position(is_preset).unwrap_or(self.0.len());
        let title = address.authority();
        self.0.insert(place, KnownBroker::new(address, title, BrokerOrigin::Person));
        Ok(())
    }

    /// Removes a broker.
    pub(crate) fn remove(&mut self, key: &BrokerKey) {
        self.0.retain(|broker| broker.key != *key);
    }

    /// What is asked of every broker that is listened to.
    pub(crate) fn heard_filters(&self) -> Vec<(BrokerKey, Vec<TopicFilter>)> {
        let heard = self.0.iter().filter(|broker| broker.is_heard());
        heard.map(|broker| (broker.key.clone(), broker.filters.clone())).collect()
    }

    /// What is to be asked, wherever somebody listens, once `filter` replaces what covers it.
    pub(crate) fn narrowed(&self, filter: &TopicFilter) -> Vec<(BrokerKey, Vec<TopicFilter>)> {
        let mut heard = self.heard_filters();
        heard.retain(|(_, filters)| filters.iter().any(|known| known.covers(filter)));
        for (_, filters) in &mut heard {
            filters.retain(|known| !known.covers(filter));
            filters.push(filter.clone());
        }
        heard
    }
}

#[cfg(test)]
mod tests;
