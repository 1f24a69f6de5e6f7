//! The sections of the fields of one message.
//!
//! In: the octets of a message of edition 1 or 2. Out: for each field the sections that tell its values and its grid. A field
//! of edition 2 takes over the grid, and the bitmap when it says so, of the one before.

use super::bits::Section;
use super::error::DecodeError;

/// Which points have a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BitmapPart<'a> {
    /// All of them.
    None,
    /// Those whose bit is set.
    Bits(&'a [u8]),
    /// Those of a map that the centre keeps for itself, by its number.
    Predefined(u16),
    /// Those of the map before, and there is none.
    Absent,
}

/// What tells the values and the grid of a field.
#[derive(Clone, Copy, Debug)]
pub enum FieldSections<'a> {
    /// Of edition 1.
    One {
        /// Section 1.
        product: &'a [u8],
        /// Section 2. `None` when the grid is one that the centre numbers.
        grid: Option<&'a [u8]>,
        /// Section 3.
        bitmap: BitmapPart<'a>,
        /// Section 4.
        data: &'a [u8],
    },
    /// Of edition 2.
    Two {
        /// Section 3.
        grid: &'a [u8],
        /// Section 4.
        product: &'a [u8],
        /// Section 5.
        packing: &'a [u8],
        /// Section 6.
        bitmap: BitmapPart<'a>,
        /// Section 7 without its head.
        data: &'a [u8],
    },
}

/// The fields of a message, one after the other.
#[derive(Debug)]
pub struct MessageFields<'a> {
    octets: &'a [u8],
    at: usize,
    sections: [&'a [u8]; 8],
    bitmap: BitmapPart<'a>,
    /// The last map that was written out.
    last_bits: Option<&'a [u8]>,
    is_first_edition: bool,
}

/// Octets of section 0 of edition 2.
const HEAD_2: usize = 16;

/// Octets of section 0 of edition 1.
const HEAD_1: usize = 8;

/// The fields of the message that these octets are, from `GRIB` to `7777`.
///
/// # Errors
/// [`DecodeError::NotAMessage`].
pub fn fields_of(message: &[u8]) -> Result<MessageFields<'_>, DecodeError> {
    let edition = message.get(7).copied().filter(|_| message.starts_with(b"GRIB"));
    let head = match edition {
        Some(1) => HEAD_1,
        Some(2) => HEAD_2,
        _ => return Err(DecodeError::NotAMessage),
    };
    let octets = message.strip_suffix(b"7777").filter(|octets| octets.len() >= head);
    Ok(MessageFields {
        octets: octets.ok_or(DecodeError::NotAMessage)?,
        at: head,
        sections: [&[]; 8],
        bitmap: BitmapPart::None,
        last_bits: None,
        is_first_edition: edition == Some(1),
    })
}

impl<'a> FieldSections<'a> {
    /// The sections of the field of that number, from 1.
    ///
    /// # Errors
    /// [`DecodeError::NotAMessage`], also when the message has fewer fields.
    pub fn of(message: &'a [u8], number: u32) -> Result<Self, DecodeError> {
        let skipped = (number as usize).checked_sub(1).ok_or(DecodeError::NotAMessage)?;
        fields_of(message)?.nth(skipped).ok_or(DecodeError::NotAMessage)?
    }
}

impl<'a> Iterator for MessageFields<'a> {
    type Item = Result<FieldSections<'a>, DecodeError>;

    /// After an error there is nothing more.
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.octets.len() {
            return None;
        }
        let read = if self.is_first_edition { self.only_field() } else { self.next_field() };
        if !matches!(read, Ok(Some(_))) {
            self.at = self.octets.len();
        }
        read.transpose()
    }
}

impl<'a> MessageFields<'a> {
    /// Up to the next section 7. `None` when no field follows.
    fn next_field(&mut self) -> Result<Option<FieldSections<'a>>, DecodeError> {
        while self.at < self.octets.len() {
            let rest = &self.octets[self.at..];
            let length = Section(rest).u32(1)? as usize;
            let number = usize::from(Section(rest).u8(5)?);
            if length < 5 || length > rest.len() || !(1..=7).contains(&number) {
                return Err(DecodeError::NotAMessage);
            }
            let section = &rest[..length];
            self.at += length;
            self.sections[number] = section;
            match number {
                6 => self.take_bitmap(section)?,
                7 => return self.field(&section[5..]).map(Some),
                _ => {}
            }
        }
        Ok(None)
    }

    fn take_bitmap(&mut self, section: &'a [u8]) -> Result<(), DecodeError> {
        self.bitmap = match Section(section).u8(6)? {
            0 => {
                self.last_bits = Some(&section[6..]);
                BitmapPart::Bits(&section[6..])
            }
            254 => self.last_bits.map_or(BitmapPart::Absent, BitmapPart::Bits),
            255 => BitmapPart::None,
            number => BitmapPart::Predefined(u16::from(number)),
        };
        Ok(())
    }

    fn field(&self, data: &'a [u8]) -> Result<FieldSections<'a>, DecodeError> {
        let [_, _, _, grid, product, packing, ..] = self.sections;
        if packing.is_empty() || grid.is_empty() {
            return Err(DecodeError::NotAMessage);
        }
        Ok(FieldSections::Two { grid, product, packing, bitmap: self.bitmap, data })
    }

    fn only_field(&mut self) -> Result<Option<FieldSections<'a>>, DecodeError> {
        let mut rest = &self.octets[self.at..];
        let flags = Section(rest).u8(8)?;
        let product = cut(&mut rest)?;
        let grid = if flags & 0x80 == 0 { None } else { Some(cut(&mut rest)?) };
        let bitmap = if flags & 0x40 == 0 {
            BitmapPart::None
        } else {
            let section = cut(&mut rest)?;
            match Section(section).u16(5)? {
                0 => BitmapPart::Bits(&section[6..]),
                number => BitmapPart::Predefined(number),
            }
        };
        // The length of section 4 of a long message is a remainder: the section ends where the message does.
        let is_long = self.octets[4] & 0x80 != 0;
        let data = if is_long { rest } else { cut(&mut rest)? };
        self.at = self.octets.len();
        Ok(Some(FieldSections::One { product, grid, bitmap, data }))
    }
}

/// Cuts the section off that begins with a length of three octets.
fn cut<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], DecodeError> {
    let length = Section(rest).u24(1)? as usize;
    let (section, behind) = rest.split_at_checked(length.max(4)).ok_or(DecodeError::NotAMessage)?;
    *rest = behind;
    Ok(section)
}
