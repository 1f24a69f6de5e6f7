//! Why a job ended, for the exit code and for the person.

use crate::app::state::End;
use crate::app::user_message::{Trouble, UserMessage};
use crate::domain::outside_text::show;
use crate::domain::source::{SourceId, SourceKind};
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::transfer::content::SourceRow;
use crate::grib::claim::Misfit;
use crate::transfer::reason::Reason;
use crate::transfer::verification::NoProof;

/// An end that is not success.
#[derive(Clone, Debug)]
pub(crate) struct JobEnd {
    pub(crate) end: End,
    pub(crate) message: UserMessage,
}

impl JobEnd {
    pub(crate) fn new(end: End, message: UserMessage) -> Self {
        Self { end, message }
    }

    pub(crate) fn stopped() -> Self {
        Self::new(End::Interrupted, UserMessage::Stopped)
    }

    /// What an index, or headers that were read before, said otherwise than the messages that came.
    pub(crate) fn misfit(&self) -> Option<&Misfit> {
        match &self.message {
            UserMessage::NotAsTold { misfit } => Some(misfit),
            _ => None,
        }
    }

    /// Whether it only says that a file has nothing of what is wished.
    pub(crate) fn is_nothing_chosen(&self) -> bool {
        matches!(self.message, UserMessage::NothingChosen { .. })
    }

    /// The same as the end of a job.
    pub(crate) fn not_as_told(misfit: Misfit) -> Self {
        NoProof::NotAsTold(misfit).into()
    }

    /// A task of ours broke: never expected, never silent.
    #[allow(clippy::needless_pass_by_value, reason = "stands where map_err wants a function of the error")]
    pub(crate) fn internal(error: tokio::task::JoinError) -> Self {
        tracing::error!(%error, "a task broke");
        Self::new(End::NoSource, UserMessage::Internal { detail: show(&error.to_string()) })
    }

    /// Nobody could give the rest: by wrong data, or otherwise.
    pub(crate) fn exhausted(troubles: &[(SourceId, Reason)], rows: &[SourceRow]) -> Self {
        let label = |id: &SourceId| rows.iter().find(|row| row.id == *id).map(|row| row.label.clone());
        let of = |(id, reason): &(SourceId, Reason)| Trouble {
            kind: id.kind,
            label: label(id).unwrap_or_default(),
            reason: reason.clone(),
        };
        let told: Vec<Trouble> = troubles.iter().map(of).collect();
        if troubles.iter().any(|(_, reason)| reason.is_wrong_data()) {
            Self::new(End::NotProven, UserMessage::OnlyWrongData { troubles: told })
        } else {
            Self::new(End::NoSource, UserMessage::NoSource { troubles: told })
        }
    }

    /// A single server did not give what was asked.
    pub(crate) fn unreachable(url: &url::Url, reason: Reason) -> Self {
        let url = crate::domain::outside_text::show_url(url);
        Self::new(End::NoSource, UserMessage::TargetUnreachable { url, reason })
    }
}

impl From<StoreError> for JobEnd {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = &error as &dyn std::error::Error, "the store refused");
        Self::new(End::Disk, message_of_store(&error))
    }
}

impl From<NoProof> for JobEnd {
    fn from(error: NoProof) -> Self {
        let message = match error {
            NoProof::Mismatch { what, announced, computed } => {
                UserMessage::DigestMismatch { what, announced: announced.hex(), computed: computed.hex() }
            }
            NoProof::NotAsTold(misfit) => UserMessage::NotAsTold { misfit },
            NoProof::NotWellFormed { detail } => UserMessage::NotWellFormed { detail },
            NoProof::NotGrib { name, length, beginning } => UserMessage::NotGrib { name, length, beginning },
            NoProof::TextInsteadOfData { name, beginning } => {
                UserMessage::TextInsteadOfData { name, beginning }
            }
            NoProof::NotHeld => {
                UserMessage::Internal { detail: "a file that is not whole was handed over".to_owned() }
            }
        };
        Self::new(End::NotProven, message)
    }
}

/// A trouble of a source that is no row of the ledger, such as a tracker.
pub(crate) fn trouble(kind: SourceKind, label: String, reason: Reason) -> Trouble {
    Trouble { kind, label, reason }
}
