//! One look at what the source of a followed dataset publishes.

use crate::app::catalog::PageState;
use crate::app::follow::choosing::{Followed, NewHours, new_hours};
use crate::app::follow::{FollowId, FollowRow};
use crate::app::user_message::UserMessage;
use crate::catalog::change::Change;
use crate::catalog::provider::EntryId;
use crate::catalog::requests::Wanted;
use crate::domain::outside_text::show;
use crate::engine::context::EngineContext;
use std::collections::BTreeSet;

/// What a look came to.
pub(super) struct Looked {
    /// Of which line.
    pub(super) id: FollowId,
    /// What is new, by what the source tells or, while it cannot be asked, told before.
    pub(super) new: NewHours,
    /// Why it could not be asked.
    pub(super) trouble: Option<UserMessage>,
    /// What it changed without a word.
    pub(super) changes: Vec<Change>,
}

impl Looked {
    fn failed(id: FollowId, message: UserMessage) -> Self {
        Self { id, new: NewHours::default(), trouble: Some(message), changes: Vec::new() }
    }

    /// A look whose task broke.
    pub(super) fn broken(id: FollowId, error: &tokio::task::JoinError) -> Self {
        Self::failed(id, UserMessage::Internal { detail: error.to_string() })
    }
}

/// Asks the source of `row` what it publishes.
pub(super) async fn look((row, known): (&FollowRow, &BTreeSet<String>), context: &EngineContext) -> Looked {
    let providers = context.catalog.providers();
    let unknown = || UserMessage::UnknownEntry { id: show(&row.wish.id), meant: None };
    let Some(id) = EntryId::parse(&row.wish.id) else { return Looked::failed(row.id, unknown()) };
    let Some((provider, dataset)) = providers.find(&id) else { return Looked::failed(row.id, unknown()) };
    let look = context.catalog.look((provider, dataset), Wanted::Latest, &context.shared).await;
    let trouble = look.failure().and_then(|page| match &page.state {
        PageState::Failed(reason) => {
            Some(UserMessage::TargetUnreachable { url: page.address.clone(), reason: reason.clone() })
        }
        _ => None,
    });
    let followed = Followed { wish: &row.wish, added: row.added, known };
    match new_hours(followed, dataset, &look.book, context.shared.judging_now()) {
        Ok(new) => Looked { id: row.id, new, trouble, changes: look.changes },
        Err(text) => Looked::failed(row.id, UserMessage::Unreadable { text: show(&text) }),
    }
}
