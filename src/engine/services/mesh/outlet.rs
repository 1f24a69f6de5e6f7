//! What the window is told of announcements, and what is remembered from one start to the next.
//!
//! In: events, messages, names with values. Out: the same, to the host and to whoever writes down.

use crate::app::input::{Event, Input};
use crate::app::journal::Weight;
use crate::app::messages::mesh_notice::MeshNotice;
use crate::app::messages::user_message::UserMessage;
use crate::engine::store::keeper::KeeperOrder;
use std::sync::Weak;
use tokio::sync::mpsc::UnboundedSender;

/// The ways out of the task.
#[derive(Clone)]
pub(super) struct MeshOutlet {
    events: UnboundedSender<Input>,
    /// `None` when nothing is remembered.
    remember: Option<Weak<std::sync::mpsc::Sender<KeeperOrder>>>,
}

impl MeshOutlet {
    pub(super) fn new(
        events: UnboundedSender<Input>,
        remember: Option<Weak<std::sync::mpsc::Sender<KeeperOrder>>>,
    ) -> Self {
        Self { events, remember }
    }

    /// Says what a person should look at.
    pub(super) fn tell(&self, message: UserMessage) {
        self.tell_event(Event::Told(Weight::Attention, message));
    }

    /// Says what was not done or not taken in.
    pub(super) fn tell_notice(&self, notice: MeshNotice) {
        self.tell(UserMessage::OfMesh(notice));
    }

    /// Says why something was not done, when it was not.
    pub(super) fn tell_failure<T>(&self, done: Result<T, UserMessage>) {
        if let Err(message) = done {
            self.tell(message);
        }
    }

    pub(super) fn tell_event(&self, event: Event) {
        // The host is gone only when the process ends.
        let _ = self.events.send(Input::Event(event));
    }

    pub(super) fn remember(&self, name: &str, value: &str) {
        self.note(KeeperOrder::Mesh(name.to_owned(), Some(value.to_owned())));
    }

    pub(super) fn forget(&self, name: &str) {
        self.note(KeeperOrder::Mesh(name.to_owned(), None));
    }

    fn note(&self, order: KeeperOrder) {
        if let Some(hand) = self.remember.as_ref().and_then(Weak::upgrade) {
            // The keeper's thread ends with the engine.
            let _ = hand.send(order);
        }
    }
}
