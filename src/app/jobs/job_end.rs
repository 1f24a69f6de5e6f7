//! Why a job ended, for the exit code and for the person.

use crate::app::jobs::view::End;
use crate::app::messages::user_message::{Trouble, UserMessage};
use crate::domain::outside_text::show_url;
use crate::domain::source::{SourceId, SourceKind};
use crate::grib::claim::Misfit;
use crate::transfer::reason::Reason;
use crate::transfer::verification::NoProof;
use url::Url;

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

    /// Whether no other target is tried after it: the job was stopped, or the folder refuses.
    pub(crate) fn is_of_whole_job(&self) -> bool {
        matches!(self.end, End::Interrupted | End::Disk)
    }

    /// Whether other sources, or whole pieces from the same one, may still give what is right.
    pub(crate) fn is_of_source(&self) -> bool {
        matches!(self.end, End::NoSource | End::NotProven)
    }

    /// The same as the end of a job.
    pub(crate) fn not_as_told(misfit: Misfit) -> Self {
        NoProof::NotAsTold(misfit).into()
    }

    /// Nobody could give the rest: by wrong data, or otherwise. `label` is what a person calls a source.
    pub(crate) fn exhausted(
        troubles: &[(SourceId, Reason)],
        label: impl Fn(SourceId) -> Option<String>,
    ) -> Self {
        let of = |(id, reason): &(SourceId, Reason)| {
            trouble(id.kind, label(*id).unwrap_or_default(), reason.clone())
        };
        let told: Vec<Trouble> = troubles.iter().map(of).collect();
        if troubles.iter().any(|(_, reason)| reason.is_wrong_data()) {
            Self::new(End::NotProven, UserMessage::OnlyWrongData { troubles: told })
        } else {
            Self::new(End::NoSource, UserMessage::NoSource { troubles: told })
        }
    }

    /// The same, with troubles of those who name sources.
    pub(crate) fn with_troubles(mut self, more: impl Iterator<Item = Trouble>) -> Self {
        if let UserMessage::NoSource { troubles } | UserMessage::OnlyWrongData { troubles } =
            &mut self.message
        {
            troubles.extend(more);
        }
        self
    }

    /// A single server did not give what was asked.
    pub(crate) fn unreachable(url: &Url, reason: Reason) -> Self {
        Self::new(End::NoSource, UserMessage::TargetUnreachable { url: show_url(url), reason })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_with_wrong_data_makes_the_end_one_of_proof_and_each_source_has_its_label() {
        let mirror = SourceId { kind: SourceKind::Mirror, number: 1 };
        let label = |id: SourceId| (id == mirror).then(|| "https://host".to_owned());
        let away = JobEnd::exhausted(&[(SourceId::SWARM, Reason::NoPeers)], label);
        assert_eq!(away.end, End::NoSource);
        assert!(away.is_of_source() && !away.is_of_whole_job());

        let wrong = JobEnd::exhausted(&[(mirror, Reason::wrong_data(&[0]))], label);
        assert_eq!(wrong.end, End::NotProven);
        let more = trouble(SourceKind::Swarm, "DHT".to_owned(), Reason::NoPeers);
        let UserMessage::OnlyWrongData { troubles } = wrong.with_troubles(std::iter::once(more)).message
        else {
            panic!("it is about wrong data");
        };
        assert_eq!(troubles.iter().map(|of| of.label.as_str()).collect::<Vec<_>>(), ["https://host", "DHT"]);
    }
}
