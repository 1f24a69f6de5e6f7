//! Why a job ended, where the store or a task of ours is the reason.

pub(crate) use crate::app::jobs::job_end::JobEnd;

use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::domain::outside_text::show;
use crate::engine::store::error::{StoreError, message_of_store};

impl JobEnd {
    /// A task of ours broke: never expected, never silent.
    #[allow(clippy::needless_pass_by_value, reason = "stands where map_err wants a function of the error")]
    pub(crate) fn internal(error: tokio::task::JoinError) -> Self {
        tracing::error!(%error, "a task broke");
        Self::new(End::NoSource, UserMessage::Internal { detail: show(&error.to_string()) })
    }
}

impl From<StoreError> for JobEnd {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = &error as &dyn std::error::Error, "the store refused");
        Self::new(End::Disk, message_of_store(&error))
    }
}
