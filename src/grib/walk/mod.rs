//! Walks a file of GRIB messages by their headers, without reading data.
//!
//! In: octets, as [`Walk::step`] asks for them; so a local file and a remote one are walked alike. Out: a
//! [`GribIndex`]. One read a message where there is no bitmap: it holds the end of one message and the head of the next.
//! Only sound messages are listed; every other is a problem, and the search goes on behind it. A walk always ends: see
//! [`Ceiling`].

mod ceiling;
mod found;
mod join;
mod message;
#[cfg(test)]
mod tests;
mod window;

pub use ceiling::Ceiling;
pub use join::{WalkedChain, index_octets, join};

use ceiling::Effort;
use found::Found;
use window::Window;

use super::edition1;
use super::index::{GribIndex, Problem, ProblemCode};
use super::product::{GridKind, Run};
use crate::domain::grid::Grid;
use crate::domain::octets::ByteRange;

/// Octets of a read on the way: enough for sections 0 to 6 of every regular grid that was seen.
const READ: u64 = 272;

/// Octets of the first read in search of the next message; each further one is twice as long.
const SEARCH_READ: u64 = 64 << 10;

/// Most octets of a read in search of the next message.
const LONGEST_SEARCH_READ: u64 = 1 << 20;

/// After so many finds that were no message, the search is given up: a file can be made of nothing else.
const MOST_FALSE_FINDS: u32 = 2_000;

/// So many sections are walked in finds that were no message, over the whole file.
const MOST_FALSE_SECTIONS: u64 = 2_000_000;

/// Most problems that are listed.
const MOST_PROBLEMS: usize = 200;

/// Most fields that are listed.
const MOST_FIELDS: usize = 500_000;

/// Most sections of one message: JMA puts whole runs into one, with five sections a field.
const MOST_SECTIONS: u32 = 200_000;

const END: &[u8; 4] = b"7777";
const START: &[u8; 4] = b"GRIB";

/// What a walk wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// These octets of the file.
    Read(ByteRange),
    /// Nothing more.
    Done,
}

/// A walk under way.
#[derive(Debug)]
pub struct Walk {
    length: u64,
    /// Messages that begin here or behind belong to another chain.
    until: u64,
    window: Window,
    asked_until: u64,
    state: State,
    found: Found,
    false_finds: u32,
    false_sections: u64,
    ceiling: Ceiling,
    effort: Effort,
    search_read: u64,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// A message is expected here.
    Expect {
        at: u64,
    },
    /// The next message is looked for from here on; `since` is where that began.
    Search {
        at: u64,
        since: u64,
        must_prove: bool,
    },
    /// Within a message of edition 2.
    Sections(Message),
    /// Within a message of edition 1 whose length is hidden in its last section.
    LongEdition1 {
        at: u64,
        section: u64,
        claimed: u64,
        number: u8,
    },
    /// All sections add up; the end is looked at.
    End {
        message: Message,
    },
    Done,
}

/// How the start of a message came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finding {
    /// It stands where the one before it ended.
    Expected,
    /// The four letters stood there: only its end proves that it is one.
    Searched,
}

#[derive(Clone, Copy, Debug)]
struct Message {
    at: u64,
    end: u64,
    /// Start of the section that is looked at.
    section: u64,
    discipline: u8,
    edition: u8,
    run: Run,
    grid: GridKind,
    /// The grid of the fields that follow, for people.
    shape: Option<Grid>,
    finding: Finding,
    is_field_open: bool,
    last_number: u8,
    sections: u32,
}

/// What to do after a look at the window.
enum Look {
    /// These octets are needed.
    Need(u64, u64),
    Next(State),
}

impl Walk {
    /// A walk over a whole file of `length` octets.
    pub fn new(length: u64) -> Self {
        Self::chain(0, length, length)
    }

    /// A walk over the messages that begin in `from..until`; from anywhere but 0 the first has to be searched for.
    pub fn chain(from: u64, until: u64, length: u64) -> Self {
        let state = match from {
            0 => State::Expect { at: 0 },
            at => State::Search { at, since: at, must_prove: true },
        };
        Self {
            length,
            until,
            window: Window::default(),
            asked_until: 0,
            state,
            found: Found::default(),
            false_finds: 0,
            false_sections: 0,
            ceiling: Ceiling::ON_DISK,
            effort: Effort::default(),
            search_read: SEARCH_READ,
        }
    }

    /// The same walk, which gives up where `ceiling` says.
    pub fn with_ceiling(self, ceiling: Ceiling) -> Self {
        Self { ceiling, ..self }
    }

    /// Where the first message of this chain begins, once it is known.
    pub fn first_message(&self) -> Option<u64> {
        self.found.first_message
    }

    /// Where the chain stands: after its end, where the next chain should have begun.
    pub fn position(&self) -> u64 {
        match self.state {
            State::Expect { at } | State::Search { at, .. } => at,
            State::Sections(message) | State::End { message } => message.at,
            State::LongEdition1 { at, .. } => at,
            State::Done => self.found.index.fields.last().map_or(0, |field| field.range.end()),
        }
    }

    /// What is to be read next; asks again for the same until it is fed.
    pub fn step(&mut self) -> Step {
        loop {
            if let Some(detail) = self.effort.exceeds(&self.ceiling) {
                self.stop(detail);
            }
            let look = match self.state {
                State::Done => return Step::Done,
                State::Expect { at } => self.expect(at),
                State::Search { at, since, must_prove } => self.search(at, (since, must_prove)),
                State::Sections(message) => self.section(message),
                State::LongEdition1 { at, section, claimed, number } => {
                    self.long_edition1(at, section, (claimed, number))
                }
                State::End { message } => self.end(message),
            };
            match look {
                Look::Next(state) => {
                    self.state = state;
                    self.effort.steps += 1;
                }
                Look::Need(at, count) => {
                    let end = at.saturating_add(count.max(self.read_length())).min(self.length);
                    match ByteRange::new(at, end) {
                        Some(range) if end >= at + count => {
                            self.asked_until = end;
                            return Step::Read(range);
                        }
                        // What is needed lies behind the end of the file.
                        _ => self.state = self.ends_early(at),
                    }
                }
            }
        }
    }

    /// How much is read at once: a bulletin's envelope is short, and only behind it more and more is.
    fn read_length(&self) -> u64 {
        match self.state {
            State::Search { at, since, .. } if at > since + LONGEST_ENVELOPE => self.search_read,
            _ => READ,
        }
    }

    /// Ends the walk before the end of the file, and says why.
    fn stop(&mut self, detail: &'static str) {
        let offset = self.position();
        self.found.pending.clear();
        self.found.index.problems.push(Problem { code: ProblemCode::GaveUp, offset, detail: detail.into() });
        self.effort = Effort::default();
        self.state = State::Done;
    }

    /// Takes octets that begin at `at`: those that were asked for, or more of them.
    pub fn feed(&mut self, at: u64, octets: &[u8]) {
        self.found.index.octets_read += octets.len() as u64;
        self.found.index.reads += 1;
        self.effort.read(octets.len() as u64);
        if octets.len() as u64 >= self.search_read {
            self.search_read = (2 * self.search_read).min(LONGEST_SEARCH_READ);
        }
        self.window.fill(at, octets);
        let end = at + octets.len() as u64;
        if end < self.asked_until {
            // The file has become shorter than it was said to be.
            self.length = self.length.min(end);
        }
    }

    /// What was found.
    pub fn finish(mut self) -> GribIndex {
        if self.found.index.fields.is_empty()
            && self.found.index.problems.is_empty()
            && self.until >= self.length
        {
            self.found.problem(ProblemCode::NotGrib, 0, "no message");
        }
        self.found.index.digests = vec![None; self.found.messages as usize];
        self.found.index
    }

    fn ends_early(&mut self, at: u64) -> State {
        match self.state {
            State::Expect { at: start } => {
                self.found.note_junk(start, self.length);
                State::Done
            }
            State::Search { since, .. } => {
                self.found.note_junk(since, self.length);
                State::Done
            }
            State::Sections(message) | State::End { message } => {
                self.give_up(message, ProblemCode::Truncated, "the file ends within the message")
            }
            State::LongEdition1 { at: start, .. } => {
                self.found.problem(
                    ProblemCode::Truncated,
                    start,
                    format!("the file ends at {at}, within the message"),
                );
                State::Search { at: start + 4, since: start, must_prove: true }
            }
            State::Done => State::Done,
        }
    }

    fn expect(&mut self, at: u64) -> Look {
        if at >= self.length.min(self.until) {
            return Look::Next(State::Done);
        }
        let Some(head) = self.window.have(at, 16.min(self.length - at)) else {
            return Look::Need(at, 16.min(self.length - at));
        };
        if !head.starts_with(START) || head.len() < 16 {
            return Look::Next(State::Search { at, since: at, must_prove: false });
        }
        let head: [u8; 16] = head.try_into().unwrap_or_default();
        self.head(at, head, Finding::Expected)
    }

    fn search(&mut self, at: u64, (since, must_prove): (u64, bool)) -> Look {
        if at >= self.until || at + 16 > self.length {
            if self.until >= self.length {
                self.found.note_junk(since, self.length);
            }
            return Look::Next(State::Done);
        }
        let Some(_) = self.window.have(at, 16) else { return Look::Need(at, 16) };
        let Some(found) = self.window.find_start(at) else {
            let next = self.window.end() - 3;
            return Look::Next(State::Search { at: next.max(at + 1), since, must_prove });
        };
        if found >= self.until {
            return Look::Next(State::Done);
        }
        let Some(head) = self.window.have(found, 16) else {
            // The next read begins at the letters, else they would be cut by its end again.
            let at = if found + 16 > self.length { found + 4 } else { found };
            return Look::Next(State::Search { at, since, must_prove });
        };
        let head: [u8; 16] = head.try_into().unwrap_or_default();
        if found > since + LONGEST_ENVELOPE && !must_prove {
            let before = self.found.index.problems.len();
            if before == 0 || self.found.index.problems[before - 1].offset != since {
                self.found.note_gap(since, found);
            }
        }
        self.head(found, head, Finding::Searched)
    }

    fn head(&mut self, at: u64, head: [u8; 16], finding: Finding) -> Look {
        let miss = |walk: &mut Self, code, detail: &'static str| {
            Look::Next(walk.miss(at, finding, Problem { code, offset: at, detail: detail.into() }))
        };
        match head[7] {
            2 => {
                let total = u64::from_be_bytes(head[8..16].try_into().unwrap_or_default());
                if total < 16 + 4 {
                    return miss(self, ProblemCode::BadLength, "a length that is shorter than any message");
                }
                let Some(end) = at.checked_add(total).filter(|&end| end <= self.length) else {
                    return miss(self, ProblemCode::Truncated, "a length that goes past the end of the file");
                };
                Look::Next(State::Sections(Message {
                    section: at + 16,
                    discipline: head[6],
                    ..message(at, end, (2, finding))
                }))
            }
            1 => {
                let total = edition1::u24(&head[4..7]);
                if total & 0x80_0000 != 0 {
                    let section = at + 8;
                    return Look::Next(State::LongEdition1 {
                        at,
                        section,
                        claimed: total & 0x7F_FFFF,
                        number: 1,
                    });
                }
                if total < 8 + 28 + 4 {
                    return miss(self, ProblemCode::BadLength, "a length that is shorter than any message");
                }
                let Some(end) = at.checked_add(total).filter(|&end| end <= self.length) else {
                    return miss(self, ProblemCode::Truncated, "a length that goes past the end of the file");
                };
                Look::Next(State::Sections(message(at, end, (1, finding))))
            }
            _ => miss(self, ProblemCode::UnknownEdition, "an edition that does not exist"),
        }
    }

    /// What looked like a message is none. Said only where one was expected: data between messages may look like one.
    fn miss(&mut self, at: u64, finding: Finding, problem: Problem) -> State {
        if finding == Finding::Searched {
            self.false_finds += 1;
        }
        if self.false_finds > MOST_FALSE_FINDS || self.false_sections > MOST_FALSE_SECTIONS {
            self.stop("too much that looks like a message and is none");
            return State::Done;
        }
        if finding == Finding::Expected || problem.code == ProblemCode::Truncated && at + 16 < self.length {
            self.found.problem(problem.code, problem.offset, problem.detail);
        }
        State::Search { at: at + 4, since: at, must_prove: true }
    }

    fn give_up(&mut self, message: Message, code: ProblemCode, detail: &'static str) -> State {
        self.found.pending.clear();
        self.false_sections += u64::from(message.sections);
        self.miss(message.at, message.finding, Problem { code, offset: message.at, detail: detail.into() })
    }
}

/// A bulletin's envelope is shorter than this.
const LONGEST_ENVELOPE: u64 = 128;

fn message(at: u64, end: u64, (edition, finding): (u8, Finding)) -> Message {
    Message {
        at,
        end,
        section: at + 8,
        discipline: 0,
        edition,
        run: Run::default(),
        grid: GridKind::default(),
        shape: None,
        finding,
        is_field_open: false,
        last_number: 0,
        sections: 0,
    }
}
