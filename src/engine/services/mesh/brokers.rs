//! The list of brokers: presets, own ones, the demonstration's; and who of them is listened to.

use super::missing::Missing;
use super::{MeshService, memory};
use crate::app::listening::{BrokerStanding, BrokerState};
use crate::app::mesh_view::{ArchiveAddress, BrokerKey, BrokerOrigin, BrokerRow};
use crate::app::offer::OfferedBroker;
use crate::app::password::PasswordPlace;
use crate::app::user_message::UserMessage;
use crate::domain::integrity::Voucher;
use crate::domain::utc::UtcMillis;
use crate::engine::services::mesh::broker::catching_up::{CatchingUp, Gap};
use crate::engine::services::mesh::broker::connection::{Connection, Delivery, connect};
use crate::engine::services::mesh::broker::listening::voucher_of;
use crate::mesh::presets::{BUILT_IN, Presets};
use crate::mesh::subscription::{BrokerAddress, SessionKind, Subscription};
use crate::mesh::topic::TopicFilter;
use std::sync::atomic::Ordering;
use std::task::Poll;

/// Most messages taken in at once.
const BATCH: usize = 1_000;

/// Most brokers of a person.
const MOST_BROKERS: usize = 100;

/// One broker.
pub(super) struct Broker {
    pub(super) key: BrokerKey,
    pub(super) address: BrokerAddress,
    title: String,
    origin: BrokerOrigin,
    pub(super) filters: Vec<TopicFilter>,
    heard: Option<(Connection, BrokerState)>,
    last_success: Option<UtcMillis>,
    /// Where its password is kept, when it is the person's.
    pub(super) password: PasswordPlace,
    /// Whether it is to be listened to as soon as its password is here.
    pub(super) is_wanted: bool,
    pub(super) missing: Missing,
}

/// What came of a broker.
pub(super) enum Came {
    /// Messages, of itself or of its archive.
    Messages(Vec<Delivery>),
    /// Its archive has no more.
    AllMissed(CatchingUp),
}

impl Broker {
    fn new(address: BrokerAddress, title: String, origin: BrokerOrigin) -> Self {
        let key = BrokerKey::of(&address);
        Self {
            key,
            address,
            title,
            origin,
            filters: Vec::new(),
            heard: None,
            last_success: None,
            password: PasswordPlace::Nowhere,
            is_wanted: false,
            missing: Missing::default(),
        }
    }

    /// The broker as the one who vouches for what it announced.
    pub(super) fn voucher(&self) -> Voucher {
        voucher_of(&self.address)
    }

    /// Whether somebody listens to it.
    pub(super) fn is_heard(&self) -> bool {
        self.heard.is_some()
    }

    /// Whose it is.
    pub(super) fn origin(&self) -> &BrokerOrigin {
        &self.origin
    }

    /// How it is doing. `None` while nobody listens to it.
    pub(super) fn standing(&self) -> Option<&BrokerStanding> {
        self.heard.as_ref().map(|(_, state)| &state.standing)
    }

    fn row(&self) -> BrokerRow {
        BrokerRow {
            key: self.key.clone(),
            title: self.title.clone(),
            origin: self.origin.clone(),
            user: self.address.credentials.as_ref().map(|credentials| credentials.user.clone()),
            state: self.heard.as_ref().map(|(_, state)| state.clone()),
            last_success: self.last_success,
            filters: self.filters.clone(),
            password: self.password.clone(),
            archive: self.missing.archive.clone(),
            missed: self.missing.said.clone(),
            dropped: self
                .heard
                .as_ref()
                .map_or(0, |(connection, _)| connection.dropped.load(Ordering::Relaxed)),
        }
    }
}

/// The brokers: the demonstration's, the person's, then those that come along.
pub(super) struct Brokers {
    list: Vec<Broker>,
    /// Whose turn it is to be heard first, so that a flood of one does not silence another.
    turn: usize,
}

impl Brokers {
    /// Presets and what the demonstration brings; text that cannot be read as presets counts as none written.
    pub(super) fn new(presets: Option<&str>, offered: Option<&OfferedBroker>) -> Self {
        let mut list = Vec::new();
        if let Some((offered, address)) =
            offered.and_then(|offered| Some((offered, BrokerAddress::parse(&offered.url).ok()?)))
        {
            let mut demo = Broker::new(address, "NUEE-DEMO".to_owned(), BrokerOrigin::Demo);
            demo.filters =
                offered.filters.iter().filter_map(|filter| TopicFilter::parse(filter).ok()).collect();
            list.push(demo);
        }
        let read = presets.and_then(|text| match Presets::read(text) {
            Ok(presets) => Some(presets),
            Err(error) => {
                tracing::warn!(%error, "the presets of brokers cannot be read; those that come along are used");
                None
            }
        });
        let presets = read.or_else(|| Presets::read(BUILT_IN).ok());
        for (preset, as_of) in presets.iter().flat_map(|all| all.brokers.iter().map(|one| (one, &all.as_of)))
        {
            let Some(address) = preset.addresses.first().cloned() else { continue };
            let origin = BrokerOrigin::Preset { as_of: as_of.as_str().into() };
            let mut broker = Broker::new(address, preset.title.clone(), origin);
            broker.filters.clone_from(&preset.topics);
            broker.missing.archive.clone_from(&preset.archive);
            list.push(broker);
        }
        Self { list, turn: 0 }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Broker> {
        self.list.iter()
    }

    pub(super) fn get(&self, key: &BrokerKey) -> Option<&Broker> {
        self.list.iter().find(|broker| broker.key == *key)
    }

    pub(super) fn get_mut(&mut self, key: &BrokerKey) -> Option<&mut Broker> {
        self.list.iter_mut().find(|broker| broker.key == *key)
    }

    pub(super) fn rows(&self) -> Vec<BrokerRow> {
        self.list.iter().map(Broker::row).collect()
    }

    /// Whether anybody is listened to.
    pub(super) fn are_heard(&self) -> bool {
        self.list.iter().any(Broker::is_heard)
    }

    /// Adds a broker of the person's, unless it is there. Whether it is there now.
    pub(super) fn add(&mut self, address: BrokerAddress) -> bool {
        let key = BrokerKey::of(&address);
        if let Some(known) = self.get_mut(&key) {
            known.address = address;
            return true;
        }
        let own = self.list.iter().filter(|broker| broker.origin == BrokerOrigin::Person).count();
        if own >= MOST_BROKERS {
            return false;
        }
        let place = self
            .list
            .iter()
            .position(|broker| matches!(broker.origin, BrokerOrigin::Preset { .. }))
            .unwrap_or(self.list.len());
        let title = address.authority();
        self.list.insert(place, Broker::new(address, title, BrokerOrigin::Person));
        true
    }

    /// What comes next of any broker. Never ends while nobody is listened to and no archive is asked.
    pub(super) async fn next(&mut self) -> (BrokerKey, Came) {
        let mut batch = Vec::new();
        std::future::poll_fn(|context| {
            let count = self.list.len();
            for step in 0..count {
                let at = (self.turn + step) % count;
                let broker = &mut self.list[at];
                if let Poll::Ready(came) = broker.missing.poll(context) {
                    return Poll::Ready((broker.key.clone(), came));
                }
                let Some((connection, _)) = &mut broker.heard else { continue };
                match connection.deliveries.poll_recv_many(context, &mut batch, BATCH) {
                    Poll::Ready(1..) => {
                        self.turn = at + 1;
                        let came = Came::Messages(std::mem::take(&mut batch));
                        return Poll::Ready((broker.key.clone(), came));
                    }
                    // A connection whose task ended brings nothing any more.
                    Poll::Ready(0) | Poll::Pending => {}
                }
            }
            Poll::Pending
        })
        .await
    }
}

impl MeshService {
    pub(super) fn add_broker(&mut self, address: BrokerAddress) {
        let (key, place) = (BrokerKey::of(&address), address.to_string());
        if self.brokers.add(address) {
            self.keep_password(&key, PasswordPlace::Asked);
            self.keep_broker(&key);
        } else {
            self.tell(UserMessage::TooManyBrokers { place });
        }
    }

    pub(super) async fn remove_broker(&mut self, key: &BrokerKey) {
        let is_own = |broker: &Broker| broker.key == *key && broker.origin == BrokerOrigin::Person;
        if self.brokers.list.iter().any(is_own) {
            self.leave(key).await;
            self.forget_password(key);
            self.brokers.list.retain(|broker| !is_own(broker));
            self.forget(&memory::broker(key));
        }
    }

    /// Listens to a broker with these filters; a connection with others is ended first.
    pub(super) async fn listen(&mut self, key: &BrokerKey, filters: Vec<TopicFilter>) {
        self.hang_up(key).await;
        if let Some(broker) = self.brokers.get_mut(key).filter(|broker| broker.lacks_password()) {
            broker.filters = filters;
            broker.is_wanted = true;
            self.look_for_password(key);
            return;
        }
        let session = self.files.session_of(&self.setup, (key, &filters)).await;
        let (client, session) =
            session.unwrap_or_else(|| (format!("nuee-{:016x}", fastrand::u64(..)), SessionKind::Clean));
        let Some(broker) = self.brokers.get_mut(key).filter(|_| !filters.is_empty()) else { return };
        broker.filters.clone_from(&filters);
        let asked = Subscription { broker: broker.address.clone(), filters, client, session };
        let connection = connect(asked, &self.setup.context);
        let mut states = connection.state.clone();
        let begun = states.borrow_and_update().clone();
        broker.heard = Some((connection, begun));
        let (own, tell) = (key.clone(), self.states.0.clone());
        tokio::spawn(async move {
            // Ends with the connection, whose last word is that it ended.
            while states.changed().await.is_ok() {
                let state = states.borrow_and_update().clone();
                if tell.send((own.clone(), state)).is_err() {
                    return;
                }
            }
        });
        self.keep_broker(key);
    }

    /// Connects anew to every broker that is listened to: the way out is another one.
    pub(super) async fn connect_anew(&mut self) {
        let heard: Vec<(BrokerKey, Vec<TopicFilter>)> = self
            .brokers
            .list
            .iter()
            .filter(|broker| broker.is_heard())
            .map(|broker| (broker.key.clone(), broker.filters.clone()))
            .collect();
        for (key, filters) in heard {
            self.listen(&key, filters).await;
        }
    }

    /// Listens no more.
    pub(super) async fn leave(&mut self, key: &BrokerKey) {
        self.hang_up(key).await;
        if let Some(broker) = self.brokers.get_mut(key) {
            broker.is_wanted = false;
            // Who leaves on purpose misses nothing, in this start or the next.
            broker.missing.gap = Gap::default();
        }
        self.forget(&memory::heard(key));
        self.keep_broker(key);
    }

    async fn hang_up(&mut self, key: &BrokerKey) {
        let heard = self.brokers.get_mut(key).and_then(|broker| broker.heard.take());
        if let Some((connection, _)) = heard {
            connection.end().await;
        }
    }

    /// Replaces what covers `filter` by it, wherever somebody listens; adds it where nothing does.
    pub(super) async fn narrow(&mut self, filter: &TopicFilter) {
        let heard: Vec<(BrokerKey, Vec<TopicFilter>)> = self
            .brokers
            .list
            .iter()
            .filter(|broker| broker.is_heard() && broker.filters.iter().any(|known| known.covers(filter)))
            .map(|broker| (broker.key.clone(), narrowed(&broker.filters, filter)))
            .collect();
        for (key, filters) in heard {
            self.listen(&key, filters).await;
        }
    }

    pub(super) fn note_state(&mut self, key: &BrokerKey, state: BrokerState) {
        let Some(broker) = self.brokers.get_mut(key) else { return };
        let was_tried = broker.last_success.is_some();
        broker.last_success = state.last_success.or(broker.last_success);
        let is_first = !was_tried && broker.last_success.is_some();
        if let Some((_, known)) = &mut broker.heard
            // The last word of a connection that was ended for another one is not of the new one.
            && state.standing != BrokerStanding::Ended
        {
            *known = state;
        }
        if is_first {
            self.keep_broker(key);
        }
        self.note_gap(key);
    }

    pub(super) fn keep_broker(&self, key: &BrokerKey) {
        if let Some(broker) = self.brokers.get(key).filter(|broker| broker.origin != BrokerOrigin::Demo) {
            let is_own = broker.origin == BrokerOrigin::Person || broker.password != PasswordPlace::Nowhere;
            let url = || match broker.password.is_in_keyring() {
                true => broker.address.without_password().to_secret_url(),
                false => broker.address.to_secret_url(),
            };
            let kept = memory::KeptBroker {
                url: is_own.then(url),
                in_keyring: broker.password.is_in_keyring(),
                archive: broker.missing.archive.as_ref().map(|archive| archive.url().to_string()),
                filters: broker.filters.iter().map(ToString::to_string).collect(),
                is_heard: broker.is_heard() || broker.is_wanted,
                answered: broker.last_success.map(UtcMillis::unix_millis),
            };
            self.remember(&memory::broker(key), &kept.to_text());
        }
    }

    /// Takes in what was remembered of brokers; listens again to those that were listened to.
    /// A broker that was heard until some time before is asked for what came since, once it answers.
    pub(super) async fn recall_broker(
        &mut self,
        key: &str,
        (kept, heard_until): (memory::KeptBroker, Option<UtcMillis>),
    ) {
        let address = kept.url.as_deref().and_then(|url| BrokerAddress::parse(url).ok());
        if let Some(address) = address {
            self.brokers.add(address);
        }
        let key = BrokerKey(key.into());
        let Some(broker) = self.brokers.get_mut(&key) else { return };
        let filters: Vec<TopicFilter> =
            kept.filters.iter().filter_map(|filter| TopicFilter::parse(filter).ok()).collect();
        broker.last_success = kept.answered.and_then(UtcMillis::from_unix_millis);
        broker.filters.clone_from(&filters);
        let archive = kept.archive.as_deref().and_then(ArchiveAddress::parse);
        broker.missing.archive = archive.or(broker.missing.archive.take());
        broker.missing.gap =
            heard_until.filter(|_| kept.is_heard).map(Gap::since_the_last_start).unwrap_or_default();
        if kept.in_keyring {
            broker.is_wanted = kept.is_heard;
            self.look_for_password(&key);
            return;
        }
        // What was kept before there was a keyring moves there.
        self.keep_password(&key, PasswordPlace::OwnFile(None));
        if kept.is_heard {
            self.listen(&key, filters).await;
        }
    }
}

/// `filters` with those that cover `narrow` replaced by it.
fn narrowed(filters: &[TopicFilter], narrow: &TopicFilter) -> Vec<TopicFilter> {
    let mut kept: Vec<TopicFilter> =
        filters.iter().filter(|filter| !filter.covers(narrow)).cloned().collect();
    kept.push(narrow.clone());
    kept
}
