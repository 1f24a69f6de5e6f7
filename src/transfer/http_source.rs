//! How each HTTP source is doing, file by file: the scope of a fault is one URL of one file, not the host.
//!
//! In: answers, faults and wrong pieces. Out: whether and how a source may be asked next, and why not.
//! A source that gave wrong data is set aside while others can give; as the last one it is asked piece by piece.
//! `standing` is what is known of one file; the machine itself has one, too.

mod standing;

pub use super::files_offered::FilesOffered;
use super::reason::{Outlook, Reason};
use super::retry::RetryPolicy;
use crate::domain::rate::Rate;
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;
use core::ops::Range;
use standing::FileAtSource;
use std::collections::BTreeMap;
use std::time::Duration;

/// Files refused in a row before the whole source is believed not to have any.
const MOST_REFUSED_FILES: u32 = 8;

/// Wrong pieces one source may send of one content when it is the only one.
const MOST_WRONG_PIECES: usize = 16;

/// A source whose request was slow and given to another one is left alone for so long.
const OVERTAKEN: Duration = Duration::from_secs(5);

/// An HTTP source as the content's brief names it.
#[derive(Clone, Debug)]
pub struct HttpSourceBrief {
    /// Its name in the ledger.
    pub id: SourceId,
    /// Host and port: requests to one host share its limit of connections.
    pub host: String,
    /// Which files it can be asked for.
    pub files: FilesOffered,
    /// Whether it gives parts of files.
    pub parts: PartsHope,
    /// How hard it is tried.
    pub retry: RetryPolicy,
}

/// What is known of a server's parts before it is asked for any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PartsHope {
    /// It may give them.
    #[default]
    Possible,
    /// It does not: it is asked for whole files.
    None,
}

/// How a source may be asked for a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Ranges of any length.
    Ranges,
    /// The server ignores ranges: the whole file, once, in order.
    WholeFile,
    /// It sent wrong data and is the last source, or refused a part: one piece at a time, without those already found
    /// wrong or refused.
    PieceByPiece,
}

/// One HTTP source.
#[derive(Clone, Debug)]
pub struct HttpSource {
    /// What the content's brief says of it.
    pub brief: HttpSourceBrief,
    files: BTreeMap<usize, FileAtSource>,
    /// Applies to every file: the machine, not the file, is at fault.
    whole: FileAtSource,
    refused_in_a_row: u32,
    /// Whether any answer was good already; before that, one request at a time is enough.
    pub has_answered: bool,
    /// Whether any unit from it was found right already; before that, little is asked for at once.
    pub has_given: bool,
    /// It has wasted so much that it is not asked again, even as the last one.
    is_spent: bool,
    /// How fast it has been.
    pub rate: Rate,
}

impl HttpSource {
    /// A source of which nothing is known.
    pub fn new(brief: HttpSourceBrief) -> Self {
        let (files, whole) = (BTreeMap::new(), FileAtSource::default());
        Self {
            brief,
            files,
            whole,
            refused_in_a_row: 0,
            has_answered: false,
            has_given: false,
            is_spent: false,
            rate: Rate::default(),
        }
    }

    /// How `file` may be asked for now. `None` while it may not.
    pub fn manner(&self, file: usize, now: SteadyTime) -> Option<Manner> {
        if !self.brief.files.has(file) || !self.whole.is_open(now) {
            return None;
        }
        let usual = match self.brief.parts {
            PartsHope::Possible => Manner::Ranges,
            PartsHope::None => Manner::WholeFile,
        };
        let Some(standing) = self.files.get(&file) else { return Some(usual) };
        standing.is_open(now).then(|| standing.manner(usual))
    }

    /// Whether `file` may be asked for now or after a pause that is worth waiting for.
    pub fn is_hopeful(&self, file: usize, now: SteadyTime) -> bool {
        let patience = self.brief.retry.patience();
        let hope = |standing: &FileAtSource| standing.is_hopeful(patience, now);
        self.brief.files.has(file) && hope(&self.whole) && self.files.get(&file).is_none_or(hope)
    }

    /// Whether `piece` of `file` was found wrong here, or refused.
    pub fn lacks(&self, file: usize, piece: u32) -> bool {
        self.files.get(&file).is_some_and(|standing| standing.lacks(piece))
    }

    /// The files of which it seems to have a part only.
    pub fn parts(&self) -> impl Iterator<Item = usize> {
        self.files.iter().filter(|(_, standing)| standing.has_part()).map(|(file, _)| *file)
    }

    /// It refused a part of `file`, though others may have that: it may have other parts, and is asked for single pieces
    /// until it refuses too many in a row.
    pub fn on_part_refused(&mut self, file: usize, pieces: Range<u32>, reason: Reason) {
        self.files.entry(file).or_default().on_part_refused(pieces, reason);
    }

    /// A good head of an answer came.
    pub fn on_answer(&mut self) {
        self.has_answered = true;
        self.refused_in_a_row = 0;
        self.whole.on_answer();
    }

    /// A unit of `file` was received and proven.
    pub fn on_unit(&mut self, file: usize) {
        self.has_given = true;
        self.files.entry(file).or_default().on_unit();
        self.whole.forget_attempts();
    }

    /// The server answered a range of `file` with the whole of it.
    pub fn on_range_ignored(&mut self, file: usize) {
        self.files.entry(file).or_default().ignores_ranges = true;
    }

    /// A request for `file` failed. `spread` between 0 and 1 sets the pause apart from other clients'. Returns the pause
    /// after which it is asked again, if it is.
    pub fn on_fault(
        &mut self,
        file: usize,
        reason: Reason,
        spread: f64,
        now: SteadyTime,
    ) -> Option<Duration> {
        let asks_whole = self.brief.parts == PartsHope::None
            || self.files.get(&file).is_some_and(|standing| standing.ignores_ranges);
        if reason == Reason::RangeIgnored && !asks_whole {
            self.on_range_ignored(file);
            return None;
        }
        let concerns_source = concerns_whole_source(&reason);
        if !concerns_source && reason.outlook() == Outlook::Lasting {
            self.refused_in_a_row += 1;
        }
        let gives_up = self.refused_in_a_row >= MOST_REFUSED_FILES;
        let standing =
            if concerns_source || gives_up { &mut self.whole } else { self.files.entry(file).or_default() };
        standing.on_fault(reason, spread, &self.brief.retry, now)
    }

    /// Its request for `file` was slow and given to another source: leave it alone for a while.
    pub fn on_overtaken(&mut self, file: usize, now: SteadyTime) {
        self.files.entry(file).or_default().pause(now.after(OVERTAKEN));
    }

    /// `piece`, which this source alone sent, is wrong. `others_can_give` when another source may have it.
    ///
    /// `most` is how many wrong pieces the content allows.
    pub fn on_wrong_piece(&mut self, file: usize, piece: u32, others_can_give: OthersCanGive, most: usize) {
        let standing = self.files.entry(file).or_default();
        let is_too_much = standing.on_wrong_piece(piece) >= most.clamp(1, MOST_WRONG_PIECES);
        if others_can_give == OthersCanGive::Yes || is_too_much {
            standing.set_aside_if_wrong();
        }
    }

    /// It has wasted as much as one source may.
    pub fn on_spent(&mut self) {
        self.is_spent = true;
        self.files.values_mut().for_each(FileAtSource::set_aside_if_wrong);
    }

    /// Takes a source back that was only set aside for others which are gone now. Returns whether it was one.
    pub fn take_back(&mut self, file: usize, most: usize) -> bool {
        let may_return = self.may_return(file, most);
        if let Some(standing) = self.files.get_mut(&file).filter(|_| may_return) {
            standing.take_back();
        }
        may_return
    }

    /// Whether `file` was only set aside for sources which are gone now.
    pub fn may_return(&self, file: usize, most: usize) -> bool {
        let Some(standing) = self.files.get(&file) else { return false };
        let was_wrong = !self.is_spent && standing.may_be_wrong_again(most.clamp(1, MOST_WRONG_PIECES));
        was_wrong || standing.may_have_other_parts()
    }

    /// No untried piece of `file` is left here: all that are missing were found wrong.
    pub fn on_nothing_left(&mut self, file: usize) {
        self.files.entry(file).or_default().on_nothing_left();
    }

    /// Why `file` is not served, when it is not.
    pub fn trouble(&self, file: usize) -> Option<Reason> {
        let of_file = self.files.get(&file);
        let wrong = of_file.and_then(FileAtSource::wrong_data);
        wrong.or_else(|| self.whole.set_aside.clone()).or_else(|| of_file.and_then(|s| s.set_aside.clone()))
    }

    /// Every trouble it has, each once.
    pub fn troubles(&self) -> Vec<Reason> {
        let mut troubles: Vec<Reason> = self.whole.set_aside.iter().cloned().collect();
        for reason in self.files.keys().filter_map(|&file| self.trouble(file)) {
            if !troubles.contains(&reason) {
                troubles.push(reason);
            }
        }
        if troubles.is_empty() {
            let faults = self.files.values().chain([&self.whole]).filter_map(|s| s.last_fault.clone());
            troubles.extend(faults.take(1));
        }
        troubles
    }

    /// The end of the next pause, if one is running.
    pub fn paused_until(&self, now: SteadyTime) -> Option<SteadyTime> {
        self.files.values().chain([&self.whole]).filter_map(|standing| standing.pause_after(now)).min()
    }
}

/// Whether a source other than the one in question may have a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OthersCanGive {
    /// There is one.
    Yes,
    /// There is none.
    No,
}

/// Whether a fault lies with the machine or the way to it, so that every file of the source shares it.
fn concerns_whole_source(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NoAnswer
            | Reason::ConnectionRefused
            | Reason::NameNotFound
            | Reason::NameServiceSilent
            | Reason::Offline
            | Reason::Proxy { .. }
            | Reason::Tls(_)
            | Reason::AddressRefused(_)
            | Reason::SchemeRefused(_)
            | Reason::NotHttp
            | Reason::Busy { .. }
            | Reason::OverLimit { .. }
            | Reason::OddStatusLine
            | Reason::Status(401 | 407)
    )
}

#[cfg(test)]
mod tests;
