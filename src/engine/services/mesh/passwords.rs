//! Passwords of the person's brokers: in the desktop's keyring where there is one, else in the store.
//!
//! In: brokers that are added, remembered, removed. Out: where each password is, and the password once the keyring gave it. One
//! task asks the keyring, one thing after the other; whoever listens never waits for it.

use crate::app::mesh::announced::brokers::{BrokerList, KnownBroker};
use crate::app::mesh::password::{NoKeyring, PasswordPlace};
use crate::app::mesh::view::{BrokerKey, Credentials};
use crate::engine::services::desktop::keyring::{self, PasswordOf};
use crate::mesh::topic::TopicFilter;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// What is asked of the keyring. Not to be shown: it may hold a password.
pub(super) enum KeyringRequest {
    Keep(PasswordOf, String),
    Find(PasswordOf),
    Forget(PasswordOf),
}

/// What it answered.
pub(super) enum KeyringReply {
    Kept(PasswordOf, Result<(), NoKeyring>),
    Found(PasswordOf, Result<Option<String>, NoKeyring>),
}

/// The way to the keyring, and back.
pub(super) struct Passwords {
    ask: UnboundedSender<KeyringRequest>,
    pub(super) told: UnboundedReceiver<KeyringReply>,
}

impl Passwords {
    /// Starts the task that asks. It contacts nobody before it is asked.
    pub(super) fn start() -> Self {
        let ((ask, asked), (tell, told)) = (unbounded_channel(), unbounded_channel());
        tokio::spawn(ask_in_turn(asked, tell));
        Self { ask, told }
    }

    fn ask(&self, asking: KeyringRequest) {
        // The task ends only with us.
        let _ = self.ask.send(asking);
    }
}

async fn ask_in_turn(mut asked: UnboundedReceiver<KeyringRequest>, tell: UnboundedSender<KeyringReply>) {
    while let Some(asking) = asked.recv().await {
        let told = match asking {
            KeyringRequest::Keep(whose, password) => {
                KeyringReply::Kept(whose.clone(), keyring::keep(whose, password).await)
            }
            KeyringRequest::Find(whose) => KeyringReply::Found(whose.clone(), keyring::find(whose).await),
            KeyringRequest::Forget(whose) => {
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

/// Whose password the keyring would have. `None` when one comes to the broker as nobody.
fn whose(broker: &KnownBroker) -> Option<PasswordOf> {
    let credentials = broker.address.credentials.as_ref()?;
    Some(PasswordOf { broker: broker.key.0.to_string(), user: credentials.user.clone() })
}

/// What follows from an answer of the keyring.
pub(super) struct NotedPassword {
    pub(super) key: BrokerKey,
    /// Whether the password was to be kept: what is written down of the broker changes.
    pub(super) is_kept: bool,
    /// What to listen to now that the password is here. `None` when that is not wanted.
    pub(super) wanted: Option<Vec<TopicFilter>>,
}

impl Passwords {
    /// Has the password of a broker kept by the keyring; it was `before` in that place.
    pub(super) fn keep(&self, broker: &mut KnownBroker, before: PasswordPlace) {
        let known = broker.address.credentials.as_ref().filter(|known| !known.is_public());
        let password = known.map(|known| known.password.clone());
        match (password.filter(|password| !password.is_empty()), whose(broker)) {
            (Some(password), Some(whose)) => {
                broker.password = before;
                self.ask(KeyringRequest::Keep(whose, password));
            }
            _ => broker.password = PasswordPlace::Nowhere,
        }
    }

    /// Asks the keyring for the password of a broker.
    pub(super) fn look_for(&self, broker: &mut KnownBroker) {
        broker.password = PasswordPlace::Asked;
        whose(broker).into_iter().for_each(|whose| self.ask(KeyringRequest::Find(whose)));
    }

    /// Has the keyring forget the password of a broker.
    pub(super) fn forget(&self, broker: &KnownBroker) {
        if let Some(whose) = whose(broker).filter(|_| broker.password.is_in_keyring()) {
            self.ask(KeyringRequest::Forget(whose));
        }
    }

    /// Takes in what the keyring answered. `None` when it is of no broker any more.
    pub(super) fn note(told: KeyringReply, brokers: &mut BrokerList) -> Option<NotedPassword> {
        let (KeyringReply::Kept(of, _) | KeyringReply::Found(of, _)) = &told;
        let key = BrokerKey(of.broker.as_str().into());
        // Another user, or none, may have been set meanwhile.
        let broker = brokers.get_mut(&key).filter(|broker| whose(broker).as_ref() == Some(of))?;
        let (mut is_kept, mut wanted) = (false, None);
        match told {
            KeyringReply::Kept(_, answer) => {
                broker.password = PasswordPlace::after_keeping(answer);
                is_kept = true;
            }
            KeyringReply::Found(whose, Ok(Some(password))) => {
                broker.address.credentials = Some(Credentials { user: whose.user, password });
                broker.password = PasswordPlace::Keyring;
                wanted = std::mem::take(&mut broker.is_wanted).then(|| broker.filters.clone());
            }
            KeyringReply::Found(_, Ok(None)) => broker.password = PasswordPlace::OutOfReach(NoKeyring::Lost),
            KeyringReply::Found(_, Err(why)) => broker.password = PasswordPlace::OutOfReach(why),
        }
        Some(NotedPassword { key, is_kept, wanted })
    }
}
