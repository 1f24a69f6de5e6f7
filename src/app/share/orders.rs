//! What the service that shares is to do, and the facts that come of it.

use super::event::ShareEvent;
use super::view::ShareId;
use super::wish::ShareWish;
use crate::app::catalog::offer::ServedUrl;
use crate::app::messages::user_message::UserMessage;
use crate::app::query::PublishedTorrent;
use crate::app::relay::RelayEvent;
use crate::app::relay::event::{RelayCheck, UploadLook};
use crate::domain::utc::{SteadyTime, UtcTime};

/// The time by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShareMoment {
    /// By the clock that never goes back.
    pub steady: SteadyTime,
    /// The time of day.
    pub day: UtcTime,
}

/// Something to be done.
#[derive(Clone, Debug)]
pub enum ShareOrder {
    /// Write a line down, as this text.
    Keep(ShareId, String),
    /// Forget a line.
    Forget(ShareId),
    /// Begin to publish or to relay.
    Begin(ShareId, Box<ShareWish>),
    /// End it; the fact that it ended follows.
    End(ShareId),
    /// Ask for all of it at its public address: of a relay what it announces, of a folder these addresses.
    Check(ShareId, Box<ShareWish>, Vec<String>),
    /// Tell this.
    Tell(ShareEvent),
}

/// What is told of files that are published and served.
#[derive(Clone, Debug)]
pub enum PublishNews {
    /// A .torrent was made.
    Made(Box<PublishedTorrent>),
    /// They are served, at these addresses.
    Serving(Vec<ServedUrl>),
    /// What peers were sent of the torrent with that info-hash, in 40 hexadecimal digits.
    Uploading(String, UploadLook),
    /// Somebody of another network connected.
    Reached(UtcTime),
    /// Something is worth a line.
    Note(UserMessage),
}

/// Something that came of an order.
#[derive(Clone, Debug)]
pub enum ShareFact {
    /// What a relay tells.
    Relay(ShareId, RelayEvent),
    /// What is told of a folder.
    Publish(ShareId, PublishNews),
    /// One address was asked.
    Checked(ShareId, RelayCheck),
    /// All addresses were asked, or none could be.
    CheckOver(ShareId, Result<(), UserMessage>),
    /// It is shared no longer; why, when nobody had it ended.
    Ended(ShareId, Result<(), UserMessage>),
}
