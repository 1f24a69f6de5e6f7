//! What is known of a file's fields: from a walk over its headers, or from an index beside it.

use crate::domain::field::Field;
use crate::domain::integrity::Digest;
use crate::domain::octets::ByteRange;
use std::borrow::Cow;

/// The fields of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GribIndex {
    /// The fields of sound messages, in the order of the file (of the index, when it is one).
    pub fields: Vec<Field>,
    /// The SHA-256 of each message, where it is known; by message number, from 1 at place 0.
    pub digests: Vec<Option<Digest>>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Where a message begins of which an index does not tell the end: its range reaches to the end of the file until
    /// [`close`](Self::close) is told its own length.
    pub open_end: Option<u64>,
    /// Octets that were read to find out.
    pub octets_read: u64,
    /// How many reads or requests that took.
    pub reads: u64,
}

impl GribIndex {
    /// How many messages it lists.
    pub fn messages(&self) -> usize {
        self.fields.iter().filter(|field| field.field == 1).count()
    }

    /// Why the search was given up before the end of the file: more fields may lie behind.
    pub fn gave_up(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.code == ProblemCode::GaveUp)
    }

    /// Ends the message whose end was not told after its own length. Leaves it as it is where the file ends before.
    pub fn close(&mut self, own_length: u64) {
        let Some(start) = self.open_end else { return };
        let own = start.checked_add(own_length).and_then(|end| ByteRange::new(start, end));
        let open = self.fields.iter_mut().filter(|field| field.range.start() == start);
        let mut is_closed = true;
        for field in open {
            match own.filter(|own| own.end() <= field.range.end()) {
                Some(own) => field.range = own,
                None => is_closed = false,
            }
        }
        if is_closed {
            self.open_end = None;
        }
    }

    /// The SHA-256 of the message that holds `field`.
    pub fn digest_of(&self, field: &Field) -> Option<&Digest> {
        self.digests.get(field.message.checked_sub(1)? as usize)?.as_ref()
    }
}

/// Something wrong with a file or an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What.
    pub code: ProblemCode,
    /// Where in the file; for a text, the number of the line from 1.
    pub offset: u64,
    /// More of it, in English.
    pub detail: Cow<'static, str>,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// No message at all.
    NotGrib,
    /// The file ends before the message does.
    Truncated,
    /// The message does not end in `7777`.
    NoEndSection,
    /// A length that cannot be.
    BadLength,
    /// Sections do not add up, or come in an order that cannot be.
    BadSection,
    /// An edition that does not exist.
    UnknownEdition,
    /// Octets between messages that are neither padding nor a bulletin header.
    Junk {
        /// How many.
        octets: u64,
    },
    /// So much is wrong that the search was given up.
    GaveUp,
    /// A line of an index that cannot be read.
    UnreadableLine,
    /// An entry that points outside of the file.
    OutOfFile,
    /// The end of the last message is not known.
    OpenEnd,
}

impl ProblemCode {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::NotGrib => "not_grib",
            Self::Truncated => "truncated",
            Self::NoEndSection => "no_end_section",
            Self::BadLength => "bad_length",
            Self::BadSection => "bad_section",
            Self::UnknownEdition => "unknown_edition",
            Self::Junk { .. } => "junk",
            Self::GaveUp => "gave_up",
            Self::UnreadableLine => "unreadable_line",
            Self::OutOfFile => "out_of_file",
            Self::OpenEnd => "open_end",
        }
    }
}
