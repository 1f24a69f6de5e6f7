//! What is known of one file at one source: what came of it, what failed, and whether it may be asked for.
//!
//! In: answers, faults, wrong and refused pieces. Out: whether and how it may be asked for, and why not. Knows neither other
//! files nor other sources: whether others can give is for the source to say.

use super::Manner;
use crate::domain::utc::SteadyTime;
use crate::transfer::reason::Reason;
use crate::transfer::retry::{Attempts, Next, RetryPolicy};
use core::ops::Range;
use std::collections::BTreeSet;
use std::time::Duration;

/// Single pieces in a row that a source may refuse of a file of which it seems to have a part.
pub(super) const MOST_REFUSED_PIECES: u32 = 8;

/// Single pieces that a source may refuse of a file in all.
const MOST_REFUSED_IN_ALL: usize = 256;

/// A request that is given up for silence was silent for about so long.
const SILENT_FOR: Duration = Duration::from_secs(5);

/// What is known of one file at one source.
#[derive(Clone, Debug, Default)]
pub(super) struct FileAtSource {
    pub(super) ignores_ranges: bool,
    /// What failed since the last progress.
    attempts: Option<Attempts>,
    paused_until: Option<SteadyTime>,
    pub(super) set_aside: Option<Reason>,
    wrong_pieces: BTreeSet<u32>,
    /// What it refused piece by piece, once it had refused a longer part; `None` before.
    refused_pieces: Option<BTreeSet<u32>>,
    refused_in_a_row: u32,
    /// Units of it that came and were right.
    units_given: usize,
    /// What failed last, until something comes again: it is told at once, and not when the source is given up.
    pub(super) last_fault: Option<Reason>,
}

impl FileAtSource {
    /// Whether it may be asked for now.
    pub(super) fn is_open(&self, now: SteadyTime) -> bool {
        self.set_aside.is_none() && self.paused_until.is_none_or(|until| until <= now)
    }

    /// Whether it may be asked for now or after a pause of at most so long.
    pub(super) fn is_hopeful(&self, patience: Duration, now: SteadyTime) -> bool {
        self.set_aside.is_none() && self.paused_until.is_none_or(|until| until.since(now) <= patience)
    }

    /// The end of its pause, if it is one that runs.
    pub(super) fn pause_after(&self, now: SteadyTime) -> Option<SteadyTime> {
        self.paused_until.filter(|until| *until > now && self.set_aside.is_none())
    }

    /// How it may be asked for, where others of the source are asked for in the `usual` manner.
    pub(super) fn manner(&self, usual: Manner) -> Manner {
        match self {
            Self { wrong_pieces, .. } if !wrong_pieces.is_empty() => Manner::PieceByPiece,
            Self { refused_pieces: Some(_), .. } => Manner::PieceByPiece,
            Self { ignores_ranges: true, .. } => Manner::WholeFile,
            _ => usual,
        }
    }

    /// Whether `piece` was found wrong, or refused.
    pub(super) fn lacks(&self, piece: u32) -> bool {
        let was_refused = self.refused_pieces.as_ref().is_some_and(|pieces| pieces.contains(&piece));
        was_refused || self.wrong_pieces.contains(&piece)
    }

    /// Whether the source seems to have a part of it only.
    pub(super) fn has_part(&self) -> bool {
        self.refused_pieces.is_some()
    }

    /// A part was refused, though others may be had.
    pub(super) fn on_part_refused(&mut self, pieces: Range<u32>, reason: Reason) {
        let is_first = self.refused_pieces.is_none();
        let refused = self.refused_pieces.get_or_insert_default();
        // Of a longer part nobody knows which piece it lacks.
        if pieces.len() == 1 {
            refused.extend(pieces);
        }
        self.refused_in_a_row += 1;
        if !is_first && self.refused_in_a_row > MOST_REFUSED_PIECES {
            self.set_aside = Some(reason);
        }
    }

    /// A good head of an answer came.
    pub(super) fn on_answer(&mut self) {
        (self.attempts, self.last_fault) = (None, None);
    }

    /// What failed before counts no more.
    pub(super) fn forget_attempts(&mut self) {
        self.attempts = None;
    }

    /// A unit came and was right.
    pub(super) fn on_unit(&mut self) {
        (self.attempts, self.refused_in_a_row, self.last_fault) = (None, 0, None);
        self.units_given += 1;
    }

    /// A request failed. Returns the pause after which it is asked for again, if it is; `spread` between 0 and 1 sets that apart
    /// from other clients'.
    pub(super) fn on_fault(
        &mut self,
        reason: Reason,
        spread: f64,
        retry: &RetryPolicy,
        now: SteadyTime,
    ) -> Option<Duration> {
        self.last_fault = Some(reason.clone());
        let attempts = self.attempts.get_or_insert(Attempts::new(*retry));
        match attempts.failed(&reason, SILENT_FOR, spread) {
            Next::Again(pause) => {
                self.pause(now.after(pause));
                Some(pause)
            }
            Next::GiveUp => {
                self.set_aside = Some(reason);
                None
            }
        }
    }

    /// It is not asked for until then.
    pub(super) fn pause(&mut self, until: SteadyTime) {
        self.paused_until = Some(until);
    }

    /// `piece` is wrong. Returns how many were.
    pub(super) fn on_wrong_piece(&mut self, piece: u32) -> usize {
        self.wrong_pieces.insert(piece);
        self.wrong_pieces.len()
    }

    /// What was wrong of it. `None` when nothing was.
    pub(super) fn wrong_data(&self) -> Option<Reason> {
        let pieces = || self.wrong_pieces.iter().copied().collect();
        (!self.wrong_pieces.is_empty()).then(|| Reason::WrongData { pieces: pieces() })
    }

    /// Nothing more is asked of it when something of it was wrong.
    pub(super) fn set_aside_if_wrong(&mut self) {
        self.set_aside = self.wrong_data().or(self.set_aside.take());
    }

    /// Whether it was set aside for wrong data, but for less than `most` pieces.
    pub(super) fn may_be_wrong_again(&self, most: usize) -> bool {
        matches!(&self.set_aside, Some(reason) if reason.is_wrong_data()) && self.wrong_pieces.len() < most
    }

    /// Whether it was set aside because parts were refused, and others may be had. Who has a part of the file is asked for each
    /// missing piece of it once, when nobody else is left.
    pub(super) fn may_have_other_parts(&self) -> bool {
        let refused = self.refused_pieces.as_ref().map_or(usize::MAX, BTreeSet::len);
        let most = if self.units_given > 0 { MOST_REFUSED_IN_ALL } else { 4 * MOST_REFUSED_PIECES as usize };
        matches!(&self.set_aside, Some(Reason::Status(_))) && refused < most
    }

    /// It may be asked for again.
    pub(super) fn take_back(&mut self) {
        (self.set_aside, self.refused_in_a_row) = (None, 0);
    }

    /// All that is missing was found wrong, or refused.
    pub(super) fn on_nothing_left(&mut self) {
        if let Some(wrong) = self.wrong_data() {
            self.set_aside = Some(wrong);
        } else if self.has_part() {
            self.set_aside = Some(Reason::Status(404));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_which_something_was_wrong_is_asked_for_piece_by_piece_until_it_is_set_aside() {
        let now = SteadyTime::default();
        let mut standing = FileAtSource::default();
        assert_eq!(standing.manner(Manner::Ranges), Manner::Ranges);
        assert_eq!(standing.on_wrong_piece(7), 1);
        assert!(standing.lacks(7) && standing.is_open(now));
        assert_eq!(standing.manner(Manner::Ranges), Manner::PieceByPiece);
        standing.set_aside_if_wrong();
        assert!(!standing.is_open(now) && standing.may_be_wrong_again(2) && !standing.may_be_wrong_again(1));
        standing.take_back();
        assert!(standing.is_open(now));
    }

    #[test]
    fn a_pause_ends_and_one_of_a_file_set_aside_is_none() {
        let (now, later) = (SteadyTime::default(), SteadyTime(Duration::from_secs(9)));
        let mut standing = FileAtSource::default();
        standing.pause(later);
        assert!(!standing.is_open(now) && standing.is_open(later));
        assert!(standing.is_hopeful(Duration::from_secs(9), now) && !standing.is_hopeful(SILENT_FOR, now));
        assert_eq!((standing.pause_after(now), standing.pause_after(later)), (Some(later), None));
        standing.on_part_refused(0..4, Reason::Status(404));
        standing.on_nothing_left();
        assert_eq!(standing.pause_after(now), None);
    }
}
