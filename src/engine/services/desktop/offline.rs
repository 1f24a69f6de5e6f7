//! Whether this computer has a network: looked at when the system says that its routes changed, and when somebody comes
//! back to the window; told when it changes.
//!
//! In: nothing. Out: [`Event::Network`]. Sends no packet, and sleeps while nothing happens.

use crate::app::input::{Event, Input};
use crate::app::vitals::NetworkState;
use crate::engine::transfer::network::{RouteChanges, has_route};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;

/// How long changes are collected: an interface that comes or goes changes several routes.
const COLLECT: Duration = Duration::from_millis(300);

/// Looks until the engine ends; at once when `wanted` says so.
pub(in crate::engine) async fn keep_looking(events: UnboundedSender<Input>, wanted: Arc<Notify>) {
    let mut changes = RouteChanges::watch();
    let mut known = NetworkState::default();
    loop {
        let now = if has_route() { NetworkState::HasRoute } else { NetworkState::Offline };
        if std::mem::replace(&mut known, now) != now
            && events.send(Input::Event(Event::Network(now))).is_err()
        {
            return;
        }
        tokio::select! {
            () = changes.next() => tokio::time::sleep(COLLECT).await,
            () = wanted.notified() => {}
        }
    }
}
