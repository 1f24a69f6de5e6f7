//! What a walk found: sound messages with their fields, and problems.

use super::{LONGEST_ENVELOPE, MOST_PROBLEMS, Message};
use crate::domain::field::Field;
use crate::domain::grid::Grid;
use crate::domain::octets::ByteRange;
use crate::grib::index::{GribIndex, Problem, ProblemCode};
use crate::grib::product::{self, SECTION_4_PREFIX};
use std::borrow::Cow;

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) index: GribIndex,
    /// Where the first message begins, for joining chains.
    pub(super) first_message: Option<u64>,
    pub(super) messages: u32,
    /// Fields of the message under way.
    pub(super) pending: Vec<Field>,
}

impl Found {
    /// Notes a problem, unless there are too many.
    pub(super) fn problem(&mut self, code: ProblemCode, offset: u64, detail: impl Into<Cow<'static, str>>) {
        if self.index.problems.len() < MOST_PROBLEMS {
            self.index.problems.push(Problem { code, offset, detail: detail.into() });
        }
    }

    /// Octets up to the end of the file are worth a line when no message stands before them, unless they are few.
    pub(super) fn note_junk(&mut self, from: u64, end: u64) {
        if end.saturating_sub(from) > LONGEST_ENVELOPE && self.messages == 0 {
            self.problem(ProblemCode::NotGrib, from, "no message");
        }
    }

    /// Says that something other than padding stands between messages.
    pub(super) fn note_gap(&mut self, since: u64, found: u64) {
        let octets = found - since;
        self.problem(ProblemCode::Junk { octets }, since, format!("{octets} octets between messages"));
    }

    /// The next field of a message that is not closed yet.
    pub(super) fn new_field(&self, message: Message) -> Field {
        let range = ByteRange::new(message.at, message.end).expect("a message is not empty");
        Field { field: self.pending.len() as u32 + 1, ..Field::at(self.messages + 1, range) }
    }

    /// Takes the message under way in, when it has fields. Whether it has.
    pub(super) fn close(&mut self, message: Message) -> bool {
        if self.pending.is_empty() {
            return false;
        }
        self.first_message.get_or_insert(message.at);
        self.messages += 1;
        self.index.fields.append(&mut self.pending);
        true
    }

    /// Reads what matters of a section of edition 2, of which the beginning is at hand.
    pub(super) fn read_section(&mut self, message: &mut Message, number: u8, section: &[u8]) {
        match number {
            1 => message.run = product::read_run(section),
            3 => {
                message.grid = product::read_grid(section);
                message.shape = Grid::of_section_3(section);
            }
            4 => {
                let padded: [u8; SECTION_4_PREFIX] = padded(section);
                let mut field = self.new_field(*message);
                field.edition = 2;
                let section = &padded[..section.len()];
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
    }
}

fn padded<const N: usize>(octets: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    padded[..octets.len()].copy_from_slice(octets);
    padded
}
