//! Within one message: its sections, and whether it ends where it says.

use super::{END, Finding, Look, MOST_FIELDS, MOST_SECTIONS, Message, SEARCH_READ, State, Walk, message};
use crate::domain::grid::Grid;
use crate::grib::edition1;
use crate::grib::index::ProblemCode;
use crate::grib::product::{SECTION_3_PREFIX, SECTION_4_PREFIX};

impl Walk {
    /// The message is broken inside, but ends where it says: the next one follows.
    pub(super) fn step_over(&mut self, message: Message, code: ProblemCode, detail: &'static str) -> Look {
        if message.finding == Finding::Searched {
            return Look::Next(self.give_up(message, code, detail));
        }
        self.found.pending.clear();
        self.found.problem(code, message.at, detail);
        Look::Next(State::End { message: Message { is_field_open: true, ..message } })
    }

    pub(super) fn section(&mut self, mut message: Message) -> Look {
        if message.edition == 1 {
            let prefix = (edition1::LONG_PREFIX as u64).min(message.end - message.at);
            let Some(octets) = self.window.have(message.at, prefix) else {
                return Look::Need(message.at, prefix);
            };
            let mut field = self.found.new_field(message);
            edition1::read(&octets[8..], &mut field);
            if let Some(from) = edition1::grid_at(&octets[8..]) {
                let length = (Grid::SECTION_2 as u64).min(message.end.saturating_sub(message.at + from));
                let Some(section) = self.window.have(message.at + from, length) else {
                    return Look::Need(message.at, from + length);
                };
                field.grid = Grid::of_section_2(section);
            }
            self.found.pending.push(field);
            return Look::Next(State::End { message });
        }
        if message.section == message.end - 4 {
            let is_whole = !self.found.pending.is_empty() && !message.is_field_open;
            return if is_whole {
                Look::Next(State::End { message })
            } else {
                self.step_over(message, ProblemCode::BadSection, "the message ends within a field")
            };
        }
        let Some(head) = self.window.have(message.section, 5) else { return Look::Need(message.section, 5) };
        let length = u64::from(u32::from_be_bytes(head[..4].try_into().unwrap_or_default()));
        let number = head[4];
        let fits =
            length >= 5 && message.section.checked_add(length).is_some_and(|end| end <= message.end - 4);
        message.sections += 1;
        if !fits || !(1..=7).contains(&number) || message.sections > MOST_SECTIONS {
            return self.step_over(message, ProblemCode::BadSection, "a section that cannot be");
        }
        let prefix = prefix_of(number, length);
        let Some(section) = self.window.have(message.section, prefix) else {
            return Look::Need(message.section, prefix);
        };
        self.found.read_section(&mut message, number, section);
        message.section += length;
        message.last_number = number;
        Look::Next(State::Sections(message))
    }

    pub(super) fn end(&mut self, message: Message) -> Look {
        let Some(end) = self.window.have(message.end - 4, 4) else { return Look::Need(message.end - 4, 4) };
        if end != END {
            return Look::Next(self.give_up(
                message,
                ProblemCode::NoEndSection,
                "the message does not end in 7777 where its length says",
            ));
        }
        if self.found.close(message) {
            self.effort.found_message();
            self.search_read = SEARCH_READ;
        }
        if self.found.index.fields.len() >= MOST_FIELDS {
            self.stop("more fields than are listed of one file");
            return Look::Next(State::Done);
        }
        Look::Next(State::Expect { at: message.end })
    }

    /// A message of more than 8 MiB in edition 1 gives its length in units of 120 octets, less the length that its
    /// data section claims.
    pub(super) fn long_edition1(&mut self, at: u64, section: u64, (claimed, number): (u64, u8)) -> Look {
        let Some(head) = self.window.have(section, 8) else { return Look::Need(section, 8) };
        let length = edition1::u24(head);
        let flags = head[7];
        if number == 4 {
            let end = (at + claimed * 120).checked_sub(length).map(|end| end + 4);
            return match end.filter(|&end| length < 120 && end <= self.length && end > section) {
                Some(end) => Look::Next(State::Sections(message(at, end, (1, Finding::Searched)))),
                None => {
                    self.found.problem(
                        ProblemCode::BadLength,
                        at,
                        "a long message whose parts do not add up",
                    );
                    Look::Next(State::Search { at: at + 4, since: at, must_prove: true })
                }
            };
        }
        if length < 5 || section + length >= self.length {
            self.found.problem(ProblemCode::BadSection, at, "a section that cannot be");
            return Look::Next(State::Search { at: at + 4, since: at, must_prove: true });
        }
        // Sections 2 and 3 are there when section 1 says so; which one comes next follows from its flags alone.
        let next = match (number, flags) {
            (1, flags) if flags & 0x80 != 0 && flags & 0x40 != 0 => 2,
            (1, flags) if flags & 0x80 != 0 => 3,
            (1, flags) if flags & 0x40 != 0 => 3,
            (2, _) => 3,
            _ => 4,
        };
        Look::Next(State::LongEdition1 { at, section: section + length, claimed, number: next })
    }
}

/// How many octets of a section tell what matters of it.
fn prefix_of(number: u8, length: u64) -> u64 {
    match number {
        1 => 21.min(length),
        3 => (SECTION_3_PREFIX.max(Grid::SECTION_3) as u64).min(length),
        4 => (SECTION_4_PREFIX as u64).min(length),
        5 => 11.min(length),
        _ => 5,
    }
}
