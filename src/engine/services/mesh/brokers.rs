//! The window's brokers: who of them is listened to, what their archives are asked for, and what is written down of it.
//!
//! In: a person's wishes, how connections are doing. Out: connections, questions to archives, and what is remembered. What a broker is
//! and what follows from its state stands in [`crate::app::mesh::announced::brokers`].

use super::intake::Intake;
use super::intake::lines::BrokerLines;
use super::outlet::MeshOutlet;
use super::passwords::{KeyringReply, Passwords};
use crate::app::catalog::offer::OfferedBroker;
use crate::app::mesh::announced::brokers::{BrokerList, KnownBroker};
use crate::app::mesh::announced::drops::DropWatch;
use crate::app::mesh::announced::gap::last;
use crate::app::mesh::listening::{BrokerState, CaughtUp};
use crate::app::mesh::memory::{self, KeptBroker};
use crate::app::mesh::password::PasswordPlace;
use crate::app::mesh::view::{ArchiveAddress, BrokerKey, BrokerOrigin, BrokerRow};
use crate::app::messages::mesh_notice::MeshNotice;
use crate::domain::utc::UtcMillis;
use crate::engine::context::EngineContext;
use crate::mesh::presets::{BUILT_IN, Presets};
use crate::mesh::subscription::{BrokerAddress, Subscription};
use crate::mesh::topic::TopicFilter;
use std::collections::HashMap;
use std::time::Duration;

/// So long lies at least between two notices of dropped messages of one broker.
const BETWEEN_DROPS: Duration = Duration::from_secs(60);

/// The presets of `text`; those that come along when there is none, or it cannot be read.
pub(super) fn presets(text: Option<&str>) -> Option<Presets> {
    let own = text.and_then(|text| match Presets::read(text) {
        Ok(presets) => Some(presets),
        Err(error) => {
            tracing::warn!(%error, "the presets of brokers cannot be read; those that come along are used");
            None
        }
    });
    own.or_else(|| Presets::read(BUILT_IN).ok())
}

/// The brokers, and who of them is listened to.
pub(super) struct BrokerDesk {
    pub(super) list: BrokerList,
    pub(super) lines: BrokerLines,
    pub(super) passwords: Passwords,
    drops: HashMap<BrokerKey, DropWatch>,
    context: EngineContext,
    outlet: MeshOutlet,
}

impl BrokerDesk {
    pub(super) fn new(
        (presets, offered): (Option<&Presets>, Option<&OfferedBroker>),
        context: &EngineContext,
        outlet: MeshOutlet,
    ) -> Self {
        Self {
            list: BrokerList::new(presets, offered),
            lines: BrokerLines::new(context.clone()),
            passwords: Passwords::start(),
            drops: HashMap::new(),
            context: context.clone(),
            outlet,
        }
    }

    pub(super) fn rows(&self) -> Vec<BrokerRow> {
        self.list.rows(|key| self.lines.dropped(key))
    }

    pub(super) fn add(&mut self, address: BrokerAddress) {
        let (key, place) = (BrokerKey::of(&address), address.to_string());
        match self.list.add(address) {
            Ok(()) => {
                self.keep_password(&key, PasswordPlace::Asked);
                self.keep(&key);
            }
            Err(limit) => self.outlet.tell_notice(MeshNotice::TooManyBrokers { place, most: limit.most }),
        }
    }

    pub(super) async fn remove(&mut self, key: &BrokerKey) {
        if self.list.get(key).is_some_and(|broker| broker.origin == BrokerOrigin::Person) {
            self.leave(key).await;
            self.lines.give_up_archive(key);
            self.list.get(key).into_iter().for_each(|broker| self.passwords.forget(broker));
            self.list.remove(key);
            self.outlet.forget(&memory::broker(key));
        }
    }

    /// Listens to a broker with these filters; a connection with others is ended first.
    pub(super) async fn listen(&mut self, key: &BrokerKey, filters: Vec<TopicFilter>, intake: &mut Intake) {
        self.hang_up(key).await;
        if let Some(broker) = self.list.get_mut(key).filter(|broker| broker.lacks_password()) {
            broker.filters = filters;
            broker.is_wanted = true;
            self.passwords.look_for(broker);
            return;
        }
        let session = intake.session(key, &filters).await;
        let Some(broker) = self.list.get_mut(key).filter(|_| !filters.is_empty()) else { return };
        broker.filters.clone_from(&filters);
        let (client, session) = (session.client, session.kind);
        let asked = Subscription { broker: broker.address.clone(), filters, client, session };
        broker.state = Some(self.lines.connect(key, asked));
        self.keep(key);
    }

    /// The same for several of them.
    pub(super) async fn listen_to_all(
        &mut self,
        wanted: Vec<(BrokerKey, Vec<TopicFilter>)>,
        intake: &mut Intake,
    ) {
        for (key, filters) in wanted {
            self.listen(&key, filters, intake).await;
        }
    }

    /// Listens no more.
    pub(super) async fn leave(&mut self, key: &BrokerKey) {
        self.hang_up(key).await;
        self.list.get_mut(key).into_iter().for_each(KnownBroker::leave);
        self.outlet.forget(&memory::heard(key));
        self.keep(key);
    }

    async fn hang_up(&mut self, key: &BrokerKey) {
        self.list.get_mut(key).into_iter().for_each(|broker| broker.state = None);
        self.lines.hang_up(key).await;
    }

    pub(super) fn note_state(&mut self, key: &BrokerKey, state: BrokerState) {
        let now = self.context.shared.clock.utc_millis();
        let Some(news) = self.list.get_mut(key).map(|broker| broker.note_state(state, now)) else { return };
        if news.is_first_success {
            self.keep(key);
        }
        self.ask_archive(key);
        if news.is_heard_until_now {
            self.note_heard_until(key);
        }
    }

    /// Says that messages of a broker were dropped, when more were than is known.
    pub(super) fn note_drops(&mut self, key: &BrokerKey) {
        let (dropped, now) = (self.lines.dropped(key), self.context.shared.clock.now());
        if dropped > 0 {
            let watch = self.drops.entry(key.clone()).or_insert(DropWatch::new(BETWEEN_DROPS));
            if let Some(count) = watch.note(dropped, now) {
                self.outlet.tell_notice(MeshNotice::MessagesDropped { place: key.0.to_string(), count });
            }
        }
    }

    /// Names the archive of a broker, or none.
    pub(super) fn set_archive(&mut self, key: &BrokerKey, archive: Option<ArchiveAddress>) {
        if let Some(broker) = self.list.get_mut(key) {
            broker.archive = archive;
            self.keep(key);
        }
    }

    /// Asks a broker's archive for what was announced in the last so long.
    pub(super) fn catch_up(&mut self, key: &BrokerKey, time: Duration) {
        let now = self.context.shared.clock.utc_millis();
        if let (Some(broker), Some(period)) = (self.list.get_mut(key), last(time, now)) {
            broker.miss(period);
            self.ask_archive(key);
        }
    }

    /// Takes in that an archive has no more; asks for the next period, when there is one.
    pub(super) fn end_asking(&mut self, key: &BrokerKey, caught: Option<CaughtUp>) {
        self.list.get_mut(key).into_iter().for_each(|broker| broker.end_asking(caught.clone()));
        self.ask_archive(key);
    }

    fn ask_archive(&mut self, key: &BrokerKey) {
        let Some(broker) = self.list.get_mut(key) else { return };
        if let Some((archive, period)) = broker.begin_asking() {
            self.lines.ask_archive(key, (&archive, period), &broker.filters);
        }
    }

    /// Notes that brokers were heard until now; those that do not answer were noted when they were lost.
    pub(super) fn note_who_is_heard(&mut self) {
        let up: Vec<BrokerKey> =
            self.list.all().filter(|broker| broker.is_up()).map(|broker| broker.key.clone()).collect();
        for key in up {
            self.note_heard_until(&key);
            self.note_drops(&key);
        }
    }

    fn note_heard_until(&self, key: &BrokerKey) {
        if self.list.get(key).is_some_and(KnownBroker::has_memory) {
            let now = self.context.shared.clock.utc_millis();
            self.outlet.remember(&memory::heard(key), &now.unix_millis().to_string());
        }
    }

    fn keep(&self, key: &BrokerKey) {
        if let Some(kept) = self.list.get(key).and_then(KnownBroker::kept) {
            self.outlet.remember(&memory::broker(key), &kept.to_text());
        }
    }

    fn keep_password(&mut self, key: &BrokerKey, before: PasswordPlace) {
        self.list.get_mut(key).into_iter().for_each(|broker| self.passwords.keep(broker, before.clone()));
    }

    /// Takes in what the keyring answered; listens to a broker that waited for its password.
    pub(super) async fn note_password(&mut self, told: KeyringReply, intake: &mut Intake) {
        let Some(noted) = Passwords::note(told, &mut self.list) else { return };
        if noted.is_kept {
            self.keep(&noted.key);
        }
        if let Some(filters) = noted.wanted {
            self.listen(&noted.key, filters, intake).await;
        }
    }

    /// Takes in what was remembered of a broker; listens again when it was listened to.
    pub(super) async fn recall(
        &mut self,
        key: &BrokerKey,
        (kept, heard_until): (&KeptBroker, Option<UtcMillis>),
        intake: &mut Intake,
    ) {
        let address = kept.url.as_deref().and_then(|url| BrokerAddress::parse(url).ok());
        if let Some((address, place)) = address.map(|address| (address.clone(), address.to_string()))
            && let Err(limit) = self.list.add(address)
        {
            return self.outlet.tell_notice(MeshNotice::TooManyBrokers { place, most: limit.most });
        }
        let Some(broker) = self.list.get_mut(key) else { return };
        broker.recall(kept, heard_until);
        if kept.in_keyring {
            broker.is_wanted = kept.is_heard;
            return self.passwords.look_for(broker);
        }
        let filters = broker.filters.clone();
        // What was kept before there was a keyring moves there.
        self.keep_password(key, PasswordPlace::OwnFile(None));
        if kept.is_heard {
            self.listen(key, filters, intake).await;
        }
    }
}
