//! How each HTTP source is doing, file by file: the scope of a fault is one URL of one file, not the host.
//!
//! In: answers, faults and wrong pieces. Out: whether and how a source may be asked next, and why not.
//! A source that gave wrong data is set aside while others can give; as the last one it is asked piece by piece.

pub use super::files_offered::FilesOffered;
use super::reason::{Outlook, Reason};
use super::retry::{Attempts, Next, RetryPolicy};
use crate::domain::rate::Rate;
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;
use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Files refused in a row before the whole source is believed not to have any.
const MOST_REFUSED_FILES: u32 = 8;

/// Wrong pieces one source may send of one content when it is the only one.
const MOST_WRONG_PIECES: usize = 16;

/// Single pieces in a row that a source may refuse of a file of which it seems to have a part.
const MOST_REFUSED_PIECES: u32 = 8;

/// Single pieces that a source may refuse of a file in all.
const MOST_REFUSED_IN_ALL: usize = 256;

/// A request that is given up for silence was silent for about so long.
const SILENT_FOR: Duration = Duration::from_secs(5);

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

/// What is known of one file at one source.
#[derive(Clone, Debug, Default)]
struct FileStanding {
    ignores_ranges: bool,
    /// What failed since the last progress.
    attempts: Option<Attempts>,
    paused_until: Option<SteadyTime>,
    set_aside: Option<Reason>,
    wrong_pieces: BTreeSet<u32>,
    /// What it refused piece by piece, once it had refused a longer part; `None` before.
    refused_pieces: Option<BTreeSet<u32>>,
    refused_in_a_row: u32,
    /// Units of it that came and were right.
    units_given: usize,
    /// What failed last, until something comes again: it is told at once, and not when the source is given up.
    last_fault: Option<Reason>,
}

/// One HTTP source.
#[derive(Clone, Debug)]
pub struct HttpSource {
    brief: HttpSourceBrief,
    files: BTreeMap<usize, FileStanding>,
    /// Applies to every file: the machine, not the file, is at fault.
    whole: FileStanding,
    refused_in_a_row: u32,
    has_answered: bool,
    has_given: bool,
    /// It has wasted so much that it is not asked again, even as the last one.
    is_spent: bool,
    /// How fast it has been.
    pub rate: Rate,
}

impl HttpSource {
    /// A source of which nothing is known.
    pub fn new(brief: HttpSourceBrief) -> Self {
        let (files, whole) = (BTreeMap::new(), FileStanding::default());
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

    /// Its name in the ledger.
    pub fn id(&self) -> SourceId {
        self.brief.id
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        &self.brief.host
    }

    /// Whether it has `file` at all.
    pub fn has_file(&self, file: usize) -> bool {
        self.brief.files.has(file)
    }

    /// Whether any answer was good already; before that, one request at a time is enough.
    pub fn has_answered(&self) -> bool {
        self.has_answered
    }

    /// Whether any unit from it was found right already; before that, little is asked for at once.
    pub fn has_given(&self) -> bool {
        self.has_given
    }

    /// How `file` may be asked for now. `None` while it may not.
    pub fn manner(&self, file: usize, now: SteadyTime) -> Option<Manner> {
        let is_open = |standing: &FileStanding| {
            standing.set_aside.is_none() && standing.paused_until.is_none_or(|until| until <= now)
        };
        if !self.has_file(file) || !is_open(&self.whole) {
            return None;
        }
        let usual = match self.brief.parts {
            PartsHope::Possible => Manner::Ranges,
            PartsHope::None => Manner::WholeFile,
        };
        let Some(standing) = self.files.get(&file) else { return Some(usual) };
        is_open(standing).then_some(match standing {
            FileStanding { wrong_pieces, .. } if !wrong_pieces.is_empty() => Manner::PieceByPiece,
            FileStanding { refused_pieces: Some(_), .. } => Manner::PieceByPiece,
            FileStanding { ignores_ranges: true, .. } => Manner::WholeFile,
            _ => usual,
        })
    }

    /// Whether `file` may be asked for now or after a pause that is worth waiting for.
    pub fn is_hopeful(&self, file: usize, now: SteadyTime) -> bool {
        let patience = self.brief.retry.patience();
        let hope = |standing: &FileStanding| {
            standing.set_aside.is_none()
                && standing.paused_until.is_none_or(|until| until.since(now) <= patience)
        };
        self.has_file(file) && hope(&self.whole) && self.files.get(&file).is_none_or(hope)
    }

    /// Whether `piece` of `file` was found wrong here, or refused.
    pub fn lacks(&self, file: usize, piece: u32) -> bool {
        self.files.get(&file).is_some_and(|standing| {
            let was_refused = standing.refused_pieces.as_ref().is_some_and(|pieces| pieces.contains(&piece));
            was_refused || standing.wrong_pieces.contains(&piece)
        })
    }

    /// The files of which it seems to have a part only.
    pub fn parts(&self) -> impl Iterator<Item = usize> {
        self.files.iter().filter(|(_, standing)| standing.refused_pieces.is_some()).map(|(file, _)| *file)
    }

    /// It refused a part of `file`, though others may have that: it may have other parts, and is asked for single pieces
    /// until it refuses too many in a row.
    pub fn on_part_refused(&mut self, file: usize, pieces: Range<u32>, reason: Reason) {
        let standing = self.files.entry(file).or_default();
        let is_first = standing.refused_pieces.is_none();
        let refused = standing.refused_pieces.get_or_insert_default();
        // Of a longer part nobody knows which piece it lacks.
        if pieces.len() == 1 {
            refused.extend(pieces);
        }
        standing.refused_in_a_row += 1;
        if !is_first && standing.refused_in_a_row > MOST_REFUSED_PIECES {
            standing.set_aside = Some(reason);
        }
    }

    /// A good head of an answer came.
    pub fn on_answer(&mut self) {
        self.has_answered = true;
        self.refused_in_a_row = 0;
        (self.whole.attempts, self.whole.last_fault) = (None, None);
    }

    /// A unit of `file` was received and proven.
    pub fn on_unit(&mut self, file: usize) {
        self.has_given = true;
        let standing = self.files.entry(file).or_default();
        (standing.attempts, standing.refused_in_a_row, standing.last_fault) = (None, 0, None);
        standing.units_given += 1;
        self.whole.attempts = None;
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
        standing.last_fault = Some(reason.clone());
        let attempts = standing.attempts.get_or_insert(Attempts::new(self.brief.retry));
        match attempts.failed(&reason, SILENT_FOR, spread) {
            Next::Again(pause) => {
                standing.paused_until = Some(now.after(pause));
                Some(pause)
            }
            Next::GiveUp => {
                standing.set_aside = Some(reason);
                None
            }
        }
    }

    /// Its request for `file` was slow and given to another source: leave it alone for a while.
    pub fn on_overtaken(&mut self, file: usize, now: SteadyTime) {
        self.files.entry(file).or_default().paused_until = Some(now.after(Duration::from_secs(5)));
    }

    /// `piece`, which this source alone sent, is wrong. `others_can_give` when another source may have it.
    ///
    /// `most` is how many wrong pieces the content allows.
    pub fn on_wrong_piece(&mut self, file: usize, piece: u32, others_can_give: OthersCanGive, most: usize) {
        let standing = self.files.entry(file).or_default();
        standing.wrong_pieces.insert(piece);
        let is_too_much = standing.wrong_pieces.len() >= most.clamp(1, MOST_WRONG_PIECES);
        if others_can_give == OthersCanGive::Yes || is_too_much {
            standing.set_aside = Some(standing.wrong_data());
        }
    }

    /// It has wasted as much as one source may.
    pub fn on_spent(&mut self) {
        self.is_spent = true;
        self.files.values_mut().filter(|standing| !standing.wrong_pieces.is_empty()).for_each(|standing| {
            standing.set_aside = Some(standing.wrong_data());
        });
    }

    /// Takes a source back that was only set aside for others which are gone now. Returns whether it was one.
    pub fn take_back(&mut self, file: usize, most: usize) -> bool {
        let may_return = self.may_return(file, most);
        if let Some(standing) = self.files.get_mut(&file).filter(|_| may_return) {
            (standing.set_aside, standing.refused_in_a_row) = (None, 0);
        }
        may_return
    }

    /// Whether `file` was only set aside for sources which are gone now.
    pub fn may_return(&self, file: usize, most: usize) -> bool {
        let Some(standing) = self.files.get(&file) else { return false };
        let was_wrong = !self.is_spent
            && matches!(&standing.set_aside, Some(reason) if reason.is_wrong_data())
            && standing.wrong_pieces.len() < most.clamp(1, MOST_WRONG_PIECES);
        // Who has a part of the file is asked for each missing piece of it once, when nobody else is left.
        let refused = standing.refused_pieces.as_ref().map_or(usize::MAX, BTreeSet::len);
        let most =
            if standing.units_given > 0 { MOST_REFUSED_IN_ALL } else { 4 * MOST_REFUSED_PIECES as usize };
        let has_part = matches!(&standing.set_aside, Some(Reason::Status(_))) && refused < most;
        was_wrong || has_part
    }

    /// No untried piece of `file` is left here: all that are missing were found wrong.
    pub fn on_nothing_left(&mut self, file: usize) {
        let standing = self.files.entry(file).or_default();
        if !standing.wrong_pieces.is_empty() {
            standing.set_aside = Some(standing.wrong_data());
        } else if standing.refused_pieces.is_some() {
            standing.set_aside = Some(Reason::Status(404));
        }
    }

    /// Why `file` is not served, when it is not.
    pub fn trouble(&self, file: usize) -> Option<Reason> {
        let of_file = self.files.get(&file);
        let wrong = of_file.filter(|s| !s.wrong_pieces.is_empty()).map(FileStanding::wrong_data);
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
        let pauses = self.files.values().chain([&self.whole]).filter(|s| s.set_aside.is_none());
        pauses.filter_map(|s| s.paused_until).filter(|&until| until > now).min()
    }
}

impl FileStanding {
    fn wrong_data(&self) -> Reason {
        Reason::WrongData { pieces: self.wrong_pieces.iter().copied().collect() }
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
