//! Whether this computer has a network: looked at every few seconds, told when it changes.
//!
//! In: nothing. Out: [`Event::Network`]. Sends no packet.

use crate::app::input::{Event, Input};
use crate::app::state::NetworkState;
use crate::engine::network::has_route;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How often it is looked at: what is lost is to be said within five seconds.
const LOOK_EVERY: Duration = Duration::from_secs(4);

/// Looks until the engine ends.
pub(super) async fn keep_looking(events: UnboundedSender<Input>) {
    let mut known = NetworkState::default();
    loop {
        let now = if has_route() { NetworkState::HasRoute } else { NetworkState::Offline };
        if std::mem::replace(&mut known, now) != now
            && events.send(Input::Event(Event::Network(now))).is_err()
        {
            return;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
