//! What was tried of files that are not settled yet, and who is at them: a file is never fetched by two at a time.

use crate::app::listening::WrongFile;
use crate::app::state::{End, FileInPlace, Outcome};
use crate::app::user_message::UserMessage;
use crate::domain::source::BytesBySource;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::HashMap;

/// What was tried of files that are not settled yet.
#[derive(Debug, Default)]
pub(super) struct Attempts(Mutex<HashMap<i64, Attempt>>);

#[derive(Clone, Debug, Default)]
pub(super) struct Attempt {
    /// How often all sources were tried.
    pub(super) rounds: u32,
    /// URLs that failed, as often as they did.
    pub(super) failed: Vec<Box<str>>,
    /// The same with their reasons, for the record.
    pub(super) tried: Vec<(String, Reason)>,
    /// What was wrong with what came, when anything did.
    pub(super) wrong: Option<WrongFile>,
    /// Who gave its octets, once it is in its place.
    pub(super) by_source: BytesBySource,
    /// Whether a worker is at it.
    is_active: bool,
    /// Whether it was queued meanwhile.
    is_wanted_again: bool,
}

impl Attempts {
    /// Takes a file up. `None` when another worker is at it, who is told that there is more to try.
    pub(super) fn begin(&self, row: i64) -> Option<Attempt> {
        let mut attempts = self.0.lock();
        let attempt = attempts.entry(row).or_default();
        if attempt.is_active {
            attempt.is_wanted_again = true;
            return None;
        }
        attempt.is_active = true;
        attempt.is_wanted_again = false;
        Some(attempt.clone())
    }

    /// Lays a file down, to be taken up again; whether that is to be at once.
    pub(super) fn pause(&self, row: i64, mut attempt: Attempt) -> bool {
        let mut attempts = self.0.lock();
        let is_wanted_again = attempts.get(&row).is_some_and(|known| known.is_wanted_again);
        attempt.is_active = false;
        attempt.is_wanted_again = false;
        attempts.insert(row, attempt);
        is_wanted_again
    }

    /// Whether a file that a worker is at was queued meanwhile: there is more to try.
    pub(super) fn is_wanted_again(&self, row: i64) -> bool {
        self.0.lock().get(&row).is_some_and(|attempt| attempt.is_wanted_again)
    }

    /// Forgets a file, and says whether it was queued meanwhile. Its outcome must be noted before, or the next who is
    /// given it fetches it once more.
    pub(super) fn end(&self, row: i64) -> bool {
        self.0.lock().remove(&row).is_some_and(|attempt| attempt.is_wanted_again)
    }
}

/// How one try of one source ended.
pub(super) enum Tried {
    InPlace(FileInPlace, BytesBySource),
    Wrong(WrongFile),
    NoUse(Reason),
    /// The disk, or we are told to stop: nothing is settled.
    Unsettled(UserMessage),
}

/// What the job that got a file came to.
pub(super) fn tried_by_job(outcome: Outcome, in_place: Option<(FileInPlace, BytesBySource)>) -> Tried {
    let message = outcome.message.map(|message| *message);
    match (outcome.end, in_place) {
        (End::Done, Some((file, by_source))) => Tried::InPlace(file, by_source),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_queued_while_a_worker_is_at_it_is_tried_again_at_once() {
        let attempts = Attempts::default();
        let mut attempt = attempts.begin(7).expect("nobody is at it");
        assert!(!attempts.is_wanted_again(7));
        assert!(attempts.begin(7).is_none(), "one worker is enough");
        assert!(attempts.is_wanted_again(7));
        attempt.rounds = 1;
        assert!(attempts.pause(7, attempt), "it was asked for meanwhile");
        let again = attempts.begin(7).expect("it was laid down");
        assert_eq!(again.rounds, 1);
        assert!(!attempts.pause(7, again));
        assert!(!attempts.end(7));
        assert_eq!(attempts.begin(7).map(|attempt| attempt.rounds), Some(0));
    }
}
