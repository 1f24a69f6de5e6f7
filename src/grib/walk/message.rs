//! Within one message: its sections, and whether it ends where it says.

use super::{END, Finding, Look, MOST_FIELDS, MOST_SECTIONS, Message, SEARCH_READ, State, Walk, message};
use crate::domain::field::Field;
use crate::domain::grid::Grid;
use crate::domain::octets::ByteRange;
use crate::grib::edition1;
use crate::grib::index::ProblemCode;
use crate::grib::product::{self, SECTION_3_PREFIX, SECTION_4_PREFIX};

impl Walk {
    /// The message is broken inside, but ends where it says: the next one follows.
    pub(super) fn step_over(&mut self, message: Message, code: ProblemCode, detail: &'static str) -> Look {
        if message.finding == Finding::Searched {
            return Look::Next(self.give_up(message, code, detail));
        }
        self.pending.clear();
        self.problem(code, message.at, detail);
        Look::Next(State::End { message: Message { is_field_open: true, ..message } })
    }

    pub(super) fn section(&mut self, mut message: Message) -> Look {
        if message.edition == 1 {
            let prefix = (edition1::LONG_PREFIX as u64).min(message.end - message.at);
            let Some(octets) = self.have(message.at, prefix) else { return Look::Need(message.at, prefix) };
            let mut field = self.new_field(message);
            edition1::read(&octets[8..], &mut field);
            if let Some(from) = edition1::grid_at(&octets[8..]) {
                let length = (Grid::SECTION_2 as u64).min(message.end.saturating_sub(message.at + from));
                let Some(section) = self.have(message.at + from, length) else {
                    return Look::Need(message.at, from + length);
                };
                field.grid = Grid::of_section_2(section);
            }
            self.pending.push(field);
            return Look::Next(State::End { message });
        }
        if message.section == message.end - 4 {
            let is_whole = !self.pending.is_empty() && !message.is_field_open;
            return if is_whole {
                Look::Next(State::End { message })
            } else {
                self.step_over(message, ProblemCode::BadSection, "the message ends within a field")
            };
        }
        let Some(head) = self.have(message.section, 5) else { return Look::Need(message.section, 5) };
        let length = u64::from(u32::from_be_bytes(head[..4].try_into().unwrap_or_default()));
        let number = head[4];
        let fits =
            length >= 5 && message.section.checked_add(length).is_some_and(|end| end <= message.end - 4);
        message.sections += 1;
        if !fits || !(1..=7).contains(&number) || message.sections > MOST_SECTIONS {
            return self.step_over(message, ProblemCode::BadSection, "a section that cannot be");
        }
        if let Err(need) = self.read_section(&mut message, (number, length)) {
            return Look::Need(message.section, need);
        }
        message.section += length;
        message.last_number = number;
        Look::Next(State::Sections(message))
    }

    /// Reads what matters of a section; says how many octets are needed when they are not here.
    fn read_section(&mut self, message: &mut Message, (number, length): (u8, u64)) -> Result<(), u64> {
        let prefix = match number {
            1 => 21.min(length),
            3 => (SECTION_3_PREFIX.max(Grid::SECTION_3) as u64).min(length),
            4 => (SECTION_4_PREFIX as u64).min(length),
            5 => 11.min(length),
            _ => 5,
        };
        let Some(section) = self.have(message.section, prefix) else { return Err(prefix) };
        match number {
            1 => message.run = product::read_run(section),
            3 => {
                message.grid = product::read_grid(section);
                message.shape = Grid::of_section_3(section);
            }
            4 => {
                let section: [u8; SECTION_4_PREFIX] = padded(section);
                let mut field = self.new_field(*message);
                field.edition = 2;
                let section = &section[..prefix as usize];
                product::read_product(section, message.discipline, message.run, message.grid, &mut field);
                field.grid = message.shape;
                self.pending.push(field);
                message.is_field_open = true;
            }
            5 => {
                let packing = section.get(9..11).map(|two| u16::from_be_bytes([two[0], two[1]]));
                if let Some(field) = self.pending.last_mut() {
                    field.packing = packing;
                }
            }
            7 => message.is_field_open = false,
            _ => {}
        }
        Ok(())
    }

    fn new_field(&self, message: Message) -> Field {
        let range = ByteRange::new(message.at, message.end).expect("a message is not empty");
        Field { field: self.pending.len() as u32 + 1, ..Field::at(self.messages + 1, range) }
    }

    pub(super) fn end(&mut self, message: Message) -> Look {
        let Some(end) = self.have(message.end - 4, 4) else { return Look::Need(message.end - 4, 4) };
        if end != END {
            return Look::Next(self.give_up(
                message,
                ProblemCode::NoEndSection,
                "the message does not end in 7777 where its length says",
            ));
        }
        if !self.pending.is_empty() {
            self.first_message.get_or_insert(message.at);
            self.messages += 1;
            self.index.fields.append(&mut self.pending);
            self.effort.found_message();
            self.search_read = SEARCH_READ;
        }
        if self.index.fields.len() >= MOST_FIELDS {
            self.stop("more fields than are listed of one file");
            return Look::Next(State::Done);
        }
        Look::Next(State::Expect { at: message.end })
    }

    /// A message of more than 8 MiB in edition 1 gives its length in units of 120 octets, less the length that its
    /// data section claims.
    pub(super) fn long_edition1(&mut self, at: u64, section: u64, (claimed, number): (u64, u8)) -> Look {
        let Some(head) = self.have(section, 8) else { return Look::Need(section, 8) };
        let length = edition1::u24(head);
        let flags = head[7];
        if number == 4 {
            let end = (at + claimed * 120).checked_sub(length).map(|end| end + 4);
            return match end.filter(|&end| length < 120 && end <= self.length && end > section) {
                Some(end) => Look::Next(State::Sections(message(at, end, (1, Finding::Searched)))),
                None => {
                    self.problem(ProblemCode::BadLength, at, "a long message whose parts do not add up");
                    Look::Next(State::Search { at: at + 4, since: at, must_prove: true })
                }
            };
        }
        if length < 5 || section + length >= self.length {
            self.problem(ProblemCode::BadSection, at, "a section that cannot be");
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

fn padded<const N: usize>(octets: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    padded[..octets.len()].copy_from_slice(octets);
    padded
}
