//! What one try of one source came to.

use super::WantedFile;
use crate::app::jobs::view::{End, FileInPlace, Outcome};
use crate::app::mesh::listening::{Changes, FileOutcome, NotFetched};
use crate::app::messages::user_message::UserMessage;
use crate::app::messages::wrong_file::WrongFile;
use crate::domain::outside_text::show;
use crate::domain::source::BytesBySource;
use crate::mesh::lanes::HostAnswer;
use crate::mesh::mirror::LocalCopy;
use crate::transfer::reason::Reason;

/// How one try of one source ended.
pub(crate) enum Tried {
    InPlace(Box<FileInPlace>, BytesBySource, Changes),
    Wrong(WrongFile),
    NoUse(Reason),
    /// It is not to be fetched from there, or not today.
    NotFetched(NotFetched),
    /// Others are to end first: what the day has left is kept for them.
    Wait,
    /// It was withdrawn: its local copies by their whole paths, and what became of each.
    Withdrawn(Vec<(String, LocalCopy)>),
    /// The disk, or we are told to stop: nothing is settled.
    Unsettled(UserMessage),
}

/// What the job that got a file came to.
pub(crate) fn tried_by_job(outcome: Outcome, in_place: Option<(FileInPlace, BytesBySource)>) -> Tried {
    let message = outcome.message.map(|message| *message);
    match (outcome.end, in_place) {
        (End::Done, Some((file, by_source))) => Tried::InPlace(Box::new(file), by_source, Changes::default()),
        (End::NotProven, _) => match message {
            Some(UserMessage::DigestMismatch { announced, computed, .. }) => {
                Tried::Wrong(WrongFile::Digest { announced, computed })
            }
            _ => Tried::Wrong(WrongFile::Form { detail: "what came was wrong".to_owned() }),
        },
        (End::Disk | End::Interrupted, _) => Tried::Unsettled(message.unwrap_or(UserMessage::Stopped)),
        _ => match message {
            Some(UserMessage::TargetUnreachable { reason, .. }) => Tried::NoUse(reason),
            Some(UserMessage::NoSource { troubles } | UserMessage::OnlyWrongData { troubles }) => {
                let reason = troubles.into_iter().next().map(|trouble| trouble.reason);
                Tried::NoUse(reason.unwrap_or(Reason::Closed))
            }
            _ => Tried::NoUse(Reason::Closed),
        },
    }
}

/// The outcome, with the scheme named where that is why there was no link to follow.
pub(crate) fn named_scheme(outcome: FileOutcome, wanted: &WantedFile) -> FileOutcome {
    let scheme = wanted.announcement.links.first().and_then(|link| Some(link.href.split_once(':')?.0));
    match (outcome, scheme) {
        (FileOutcome::NotFetched(NotFetched::NoLink), Some(scheme))
            if !matches!(scheme, "http" | "https") =>
        {
            FileOutcome::NotFetched(NotFetched::Scheme(show(scheme)))
        }
        (outcome, _) => outcome,
    }
}

/// What a try says of the host that was asked.
pub(crate) fn answer_of(tried: &Tried) -> Option<HostAnswer> {
    match tried {
        Tried::InPlace(..) | Tried::Wrong(_) => Some(HostAnswer::Answered),
        Tried::NoUse(Reason::NoAnswer | Reason::Stalled) => Some(HostAnswer::Silent),
        Tried::NoUse(_) | Tried::NotFetched(_) | Tried::Withdrawn(_) | Tried::Wait | Tried::Unsettled(_) => {
            None
        }
    }
}
