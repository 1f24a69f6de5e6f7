//! Passwords of the person's brokers: in the desktop's keyring where there is one, else in the store.
//!
//! In: brokers that are added, remembered, removed. Out: where each password is, and the password once the keyring gave it. One
//! task asks the keyring, one thing after the other; whoever listens never waits for it.

use super::MeshService;
use super::brokers::Broker;
use crate::app::mesh_view::{BrokerKey, Credentials};
use crate::app::password::{NoKeyring, PasswordPlace};
use crate::engine::services::desktop::keyring::{self, PasswordOf};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What is asked of the keyring. Not to be shown: it may hold a password.
pub(super) enum Asking {
    Keep(PasswordOf, String),
    Find(PasswordOf),
    Forget(PasswordOf),
}

/// What it answered.
pub(super) enum Told {
    Kept(PasswordOf, Result<(), NoKeyring>),
    Found(PasswordOf, Result<Option<String>, NoKeyring>),
}

/// The way to the keyring, and back.
pub(super) struct Passwords {
    ask: UnboundedSender<Asking>,
    pub(super) told: UnboundedReceiver<Told>,
}

impl Passwords {
    /// Starts the task that asks. It contacts nobody before it is asked.
    pub(super) fn start() -> Self {
        let ((ask, asked), (tell, told)) = (unbounded_channel(), unbounded_channel());
        tokio::spawn(ask_in_turn(asked, tell));
        Self { ask, told }
    }

    fn ask(&self, asking: Asking) {
        // The task ends only with us.
        let _ = self.ask.send(asking);
    }
}

async fn ask_in_turn(mut asked: UnboundedReceiver<Asking>, tell: UnboundedSender<Told>) {
    while let Some(asking) = asked.recv().await {
        let told = match asking {
            Asking::Keep(whose, password) => Told::Kept(whose.clone(), keyring::keep(whose, password).await),
            Asking::Find(whose) => Told::Found(whose.clone(), keyring::find(whose).await),
            Asking::Forget(whose) => {
                let broker = whose.broker.clone();
                if let Err(why) = keyring::forget(whose).await {
                    tracing::warn!(broker, %why, "the keyring does not forget a password");
                }
                continue;
            }
        };
        if tell.send(told).is_err() {
            return;
        }
    }
}

impl Broker {
    /// Whose password the keyring would have. `None` when one comes there as nobody.
    fn whose(&self) -> Option<PasswordOf> {
        let credentials = self.address.credentials.as_ref()?;
        Some(PasswordOf { broker: self.key.0.to_string(), user: credentials.user.clone() })
    }

    fn is(&self, whose: &PasswordOf) -> bool {
        self.whose().as_ref() == Some(whose)
    }

    /// Whether one comes there as somebody whose password is not here yet.
    pub(super) fn lacks_password(&self) -> bool {
        let credentials = self.address.credentials.as_ref();
        self.password.is_in_keyring() && credentials.is_some_and(|known| known.password.is_empty())
    }
}

impl MeshService {
    /// Has the password of a broker kept by the keyring; it was `before` in that place.
    pub(super) fn keep_password(&mut self, key: &BrokerKey, before: PasswordPlace) {
        let Some(broker) = self.brokers.get_mut(key) else { return };
        let known = broker.address.credentials.as_ref().filter(|known| !known.is_public());
        let password = known.map(|known| known.password.clone());
        match (password.filter(|password| !password.is_empty()), broker.whose()) {
            (Some(password), Some(whose)) => {
                broker.password = before;
                self.passwords.ask(Asking::Keep(whose, password));
            }
            _ => broker.password = PasswordPlace::Nowhere,
        }
    }

    /// Asks the keyring for the password of a broker.
    pub(super) fn look_for_password(&mut self, key: &BrokerKey) {
        let whose = self.brokers.get_mut(key).and_then(|broker| {
            broker.password = PasswordPlace::Asked;
            broker.whose()
        });
        whose.into_iter().for_each(|whose| self.passwords.ask(Asking::Find(whose)));
    }

    /// Has the keyring forget the password of a broker.
    pub(super) fn forget_password(&mut self, key: &BrokerKey) {
        let kept = self.brokers.get(key).filter(|broker| broker.password.is_in_keyring());
        if let Some(whose) = kept.and_then(Broker::whose) {
            self.passwords.ask(Asking::Forget(whose));
        }
    }

    /// Takes in what the keyring answered.
    pub(super) async fn note_password(&mut self, told: Told) {
        let (Told::Kept(whose, _) | Told::Found(whose, _)) = &told;
        let key = BrokerKey(whose.broker.as_str().into());
        // Another user, or none, may have been set meanwhile.
        let Some(broker) = self.brokers.get_mut(&key).filter(|broker| broker.is(whose)) else { return };
        match told {
            Told::Kept(_, answer) => {
                broker.password = PasswordPlace::after_keeping(answer);
                self.keep_broker(&key);
            }
            Told::Found(whose, Ok(Some(password))) => {
                broker.address.credentials = Some(Credentials { user: whose.user, password });
                broker.password = PasswordPlace::Keyring;
                if std::mem::take(&mut broker.is_wanted) {
                    let filters = broker.filters.clone();
                    self.listen(&key, filters).await;
                }
            }
            Told::Found(_, Ok(None)) => broker.password = PasswordPlace::OutOfReach(NoKeyring::Lost),
            Told::Found(_, Err(why)) => broker.password = PasswordPlace::OutOfReach(why),
        }
    }
}
