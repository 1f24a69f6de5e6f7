//! The transfer that is looked at from close by.

use super::disk;
use crate::app::command::Command;
use crate::app::jobs::detail::DetailView;
use crate::app::jobs::request::JobId;
use crate::app::state::State;
use std::sync::Arc;

pub(in crate::app) fn look(state: &mut State, id: Option<JobId>) -> Vec<Command> {
    let view = id.map(|id| DetailView { job: Some(id), ..DetailView::default() });
    if state.shown.detail.as_ref().and_then(|detail| detail.job) != id {
        state.shown.detail = view.map(Arc::new);
    }
    let mut commands = vec![Command::Look(id)];
    // What it says of its files is looked at before.
    commands.extend(id.map(|_| disk::look(state)).unwrap_or_default());
    commands
}

pub(in crate::app) fn detailed(state: &mut State, detail: Arc<DetailView>) -> Vec<Command> {
    // One that comes late is of a job that is no longer looked at.
    if let Some(open) = state.shown.detail.as_ref().filter(|open| open.job == detail.job) {
        // Pieces and fields come from different places; each leaves what the other told.
        let mut detail = DetailView::clone(&detail);
        if detail.pieces.pieces == 0 {
            detail.pieces.clone_from(&open.pieces);
        }
        if detail.fields.is_empty() {
            detail.fields.clone_from(&open.fields);
        }
        if detail.rates.is_empty() {
            detail.rates.clone_from(&open.rates);
        }
        state.shown.detail = Some(Arc::new(detail));
    }
    Vec::new()
}
