//! How each HTTP source is doing, file by file: the scope of a fault is one URL of one file, not the host.
//!
//! In: answers, faults and wrong pieces. Out: whether and how a source may be asked next, and why not.
//! A source that gave wrong data is set aside while others can give; as the last one it is asked piece by piece.

pub use super::files_offered::FilesOffered;
use super::rate::Rate;
use super::reason::{Outlook, Reason};
use crate::domain::source::SourceId;
use crate::domain::utc::SteadyTime;
use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Failures in a row, without a unit between them, after which a source is set aside.
const MOST_FAILURES: u32 = 3;

/// Files refused in a row before the whole source is believed not to have any.
const MOST_REFUSED_FILES: u32 = 8;

/// Wrong pieces one source may send of one content when it is the only one.
const MOST_WRONG_PIECES: usize = 16;

/// The first pause after a failure; doubled with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Single pieces in a row that a source may refuse of a file of which it seems to have a part.
const MOST_REFUSED_PIECES: u32 = 8;

/// Single pieces that a source may refuse of a file in all.
const MOST_REFUSED_IN_ALL: usize = 256;

/// A pause that is longer than this ends the wait: the person is told instead.
pub const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// An HTTP source as the content's brief names it.
#[derive(Clone, Debug)]
pub struct HttpSourceBrief {
    /// Its name in the ledger.
    pub id: SourceId,
    /// Host and port: requests to one host share its limit of connections.
    pub host: String,
    /// Which files it can be asked for.
    pub files: FilesOffered,
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
    failures: u32,
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
        let Some(standing) = self.files.get(&file) else { return Some(Manner::Ranges) };
        is_open(standing).then_some(match standing {
            FileStanding { wrong_pieces, .. } if !wrong_pieces.is_empty() => Manner::PieceByPiece,
            FileStanding { refused_pieces: Some(_), .. } => Manner::PieceByPiece,
            FileStanding { ignores_ranges: true, .. } => Manner::WholeFile,
            _ => Manner::Ranges,
        })
    }

    /// Whether `file` may be asked for now or after a pause that is worth waiting for.
    pub fn is_hopeful(&self, file: usize, now: SteadyTime) -> bool {
        let hope = |standing: &FileStanding| {
            standing.set_aside.is_none()
                && standing.paused_until.is_none_or(|until| until.since(now) <= LONGEST_WAIT)
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

    /// Whether it seems to have a part of `file` only.
    pub fn has_part_of(&self, file: usize) -> bool {
        self.files.get(&file).is_some_and(|standing| standing.refused_pieces.is_some())
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
        (self.whole.failures, self.whole.last_fault) = (0, None);
    }

    /// A unit of `file` was received and proven.
    pub fn on_unit(&mut self, file: usize) {
        self.has_given = true;
        let standing = self.files.entry(file).or_default();
        (standing.failures, standing.refused_in_a_row, standing.last_fault) = (0, 0, None);
        standing.units_given += 1;
        self.whole.failures = 0;
    }

    /// The server answered a range of `file` with the whole of it.
    pub fn on_range_ignored(&mut self, file: usize) {
        self.files.entry(file).or_default().ignores_ranges = true;
    }

    /// A request for `file` failed. `spread` between 0 and 1 sets the pause apart from other clients'.
    pub fn on_fault(&mut self, file: usize, reason: Reason, spread: f64, now: SteadyTime) {
        let outlook = reason.outlook();
        let concerns_source = concerns_whole_source(&reason);
        if !concerns_source && outlook == Outlook::Lasting {
            self.refused_in_a_row += 1;
        }
        let gives_up = self.refused_in_a_row >= MOST_REFUSED_FILES;
        let standing =
            if concerns_source || gives_up { &mut self.whole } else { self.files.entry(file).or_default() };
        standing.failures += 1;
        standing.last_fault = Some(reason.clone());
        match outlook {
            Outlook::After(wait) => {
                standing.paused_until = Some(now.after(wait));
                if wait > LONGEST_WAIT {
                    standing.set_aside = Some(reason);
                }
            }
            Outlook::Passing if standing.failures < MOST_FAILURES => {
                let pause = FIRST_PAUSE * 2u32.pow(standing.failures - 1);
                standing.paused_until = Some(now.after(pause.mul_f64(0.75 + 0.5 * spread)));
            }
            _ => standing.set_aside = Some(reason),
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
            if standing.units_given > 0 { MOST_REFUSED_IN_ALL } else { 2 * MOST_REFUSED_PIECES as usize };
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
            | Reason::Status(401 | 407)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::source::SourceKind;

    #[test]
    fn a_source_that_has_a_part_is_asked_again_when_nobody_else_is_left_but_not_without_end() {
        let mut source = source();
        refuse(&mut source, 0..4);
        source.on_unit(0);
        (0..9).for_each(|piece| refuse(&mut source, piece..piece + 1));
        assert_eq!(source.manner(0, at_secs(0)), None);
        assert!(source.take_back(0, 1));
        assert_eq!(source.manner(0, at_secs(0)), Some(Manner::PieceByPiece));
        let is_returned = |piece: &u32| {
            refuse(&mut source, *piece..*piece + 1);
            source.manner(0, at_secs(0)).is_none() && source.take_back(0, 1)
        };
        let returns = (9..2_000).filter(is_returned).count();
        assert!(returns < 40, "asked again {returns} times");
    }

    fn refuse(source: &mut HttpSource, pieces: Range<u32>) {
        source.on_part_refused(0, pieces, Reason::Status(404));
    }

    #[test]
    fn a_server_that_dies_has_its_reason_at_once_and_none_when_it_gives_again() {
        let mut source = source();
        source.on_fault(0, Reason::ConnectionRefused, 0.5, at_secs(0));
        assert_eq!(source.troubles(), [Reason::ConnectionRefused]);
        source.on_answer();
        assert_eq!(source.troubles(), []);
    }

    #[test]
    fn a_source_that_refuses_a_part_is_asked_for_single_pieces_until_it_refuses_too_many() {
        let mut source = source();
        refuse(&mut source, 0..4);
        assert_eq!(source.manner(0, at_secs(0)), Some(Manner::PieceByPiece));
        assert!(!source.lacks(0, 0), "nobody knows which of the four it lacks");
        refuse(&mut source, 1..2);
        assert!(source.lacks(0, 1));
        source.on_unit(0);
        let is_open = |piece: &u32| {
            refuse(&mut source, *piece..*piece + 1);
            source.manner(0, at_secs(0)).is_some()
        };
        assert_eq!((2..100).take_while(is_open).count(), MOST_REFUSED_PIECES as usize);
    }

    fn at_secs(secs: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(secs))
    }

    fn source() -> HttpSource {
        let id = SourceId { kind: SourceKind::WebSeed, number: 0 };
        HttpSource::new(HttpSourceBrief { id, host: "h:80".to_owned(), files: FilesOffered::All })
    }

    #[test]
    fn a_missing_file_does_not_condemn_the_others() {
        let mut source = source();
        source.on_fault(3, Reason::Status(404), 0.5, at_secs(0));
        assert_eq!(source.manner(3, at_secs(99)), None);
        assert_eq!(source.manner(4, at_secs(0)), Some(Manner::Ranges));
        assert_eq!(source.trouble(3), Some(Reason::Status(404)));
    }

    #[test]
    fn a_source_that_has_none_of_the_files_is_not_asked_for_all_of_them() {
        let mut source = source();
        for file in 0..8 {
            source.on_fault(file, Reason::Status(404), 0.5, at_secs(0));
        }
        assert!(!source.is_hopeful(100, at_secs(0)));
    }

    #[test]
    fn a_dead_machine_is_tried_three_times_with_growing_pauses() {
        let mut source = source();
        source.on_fault(0, Reason::ConnectionRefused, 0.5, at_secs(0));
        assert_eq!(source.manner(7, at_secs(0)), None);
        assert_eq!(source.manner(7, at_secs(1)), Some(Manner::Ranges));
        source.on_fault(7, Reason::ConnectionRefused, 0.5, at_secs(1));
        assert!(source.is_hopeful(0, at_secs(1)));
        source.on_fault(7, Reason::ConnectionRefused, 0.5, at_secs(3));
        assert!(!source.is_hopeful(0, at_secs(3)));
    }

    #[test]
    fn progress_forgives_earlier_failures() {
        let mut source = source();
        for second in 0..20 {
            source.on_fault(0, Reason::Closed, 0.5, at_secs(second));
            source.on_unit(0);
        }
        assert!(source.is_hopeful(0, at_secs(20)));
    }

    #[test]
    fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
        let mut source = source();
        let busy = |secs| Reason::Busy { status: 503, wait: Some(Duration::from_secs(secs)) };
        source.on_fault(0, busy(10), 0.5, at_secs(0));
        assert_eq!(source.manner(0, at_secs(9)), None);
        assert_eq!(source.manner(0, at_secs(10)), Some(Manner::Ranges));
        source.on_fault(0, busy(3_600), 0.5, at_secs(10));
        assert!(!source.is_hopeful(0, at_secs(10)), "an hour is not waited for in silence");
    }

    #[test]
    fn wrong_data_sets_a_source_aside_while_others_can_give() {
        let mut source = source();
        source.on_wrong_piece(0, 5, OthersCanGive::Yes, 16);
        assert_eq!(source.manner(0, at_secs(0)), None);
        assert_eq!(source.trouble(0), Some(Reason::WrongData { pieces: vec![5] }));
        assert!(source.take_back(0, 16));
        assert_eq!(source.manner(0, at_secs(0)), Some(Manner::PieceByPiece));
    }

    #[test]
    fn the_last_source_is_asked_piece_by_piece_until_sixteen_were_wrong() {
        let mut source = source();
        for piece in 0..15 {
            source.on_wrong_piece(0, piece, OthersCanGive::No, 100);
            assert_eq!(source.manner(0, at_secs(0)), Some(Manner::PieceByPiece));
        }
        source.on_wrong_piece(0, 15, OthersCanGive::No, 100);
        assert_eq!(source.manner(0, at_secs(0)), None);
        assert!(!source.take_back(0, 100));
    }

    #[test]
    fn a_small_content_allows_fewer_wrong_pieces() {
        let mut source = source();
        source.on_wrong_piece(0, 0, OthersCanGive::No, 2);
        source.on_wrong_piece(0, 1, OthersCanGive::No, 2);
        assert_eq!(source.manner(0, at_secs(0)), None);
    }
}
