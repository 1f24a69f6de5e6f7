//! Brokers, topics and announcements as the state holds them.

use crate::app::command::Command;
use crate::app::mesh::listening::{BrokerStanding, BrokerState};
use crate::app::mesh::view::MeshView;
use crate::app::state::State;
use std::sync::Arc;

/// Takes brokers, topics and announcements in.
pub(in crate::app) fn mesh(state: &mut State, mesh: Arc<MeshView>) -> Vec<Command> {
    let is_up = |state: &BrokerState| matches!(state.standing, BrokerStanding::Listening { .. });
    let heard = || mesh.brokers.iter().filter_map(|broker| broker.state.as_ref());
    state.shown.vitals.brokers = (heard().filter(|state| is_up(state)).count(), heard().count());
    state.shown.mesh = mesh;
    Vec::new()
}
