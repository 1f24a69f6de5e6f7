//! Numbers of any width in a row of octets, and the numbers of section headers.
//!
//! In: octets. Out: numbers. What lies past the end reads as zero: whoever reads compares lengths before.

use super::error::DecodeError;

/// The octets from a bit on, left-aligned; at least 57 bits of it count.
#[inline(always)]
pub(super) fn peek(octets: &[u8], bit: usize) -> u64 {
    let at = bit >> 3;
    let word = match octets.get(at..at + 8) {
        Some(eight) => u64::from_be_bytes(eight.try_into().unwrap_or_default()),
        None => tail(octets, at),
    };
    word << (bit & 7)
}

#[cold]
fn tail(octets: &[u8], at: usize) -> u64 {
    let rest = octets.get(at..).unwrap_or_default();
    let mut eight = [0; 8];
    eight[..rest.len().min(8)].copy_from_slice(&rest[..rest.len().min(8)]);
    u64::from_be_bytes(eight)
}

/// The number of `width` bits, at most 57, at a bit.
#[inline(always)]
pub(super) fn number_at(octets: &[u8], bit: usize, width: u32) -> u64 {
    (peek(octets, bit) >> 1) >> (63 - width)
}

/// Reads numbers one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct BitReader<'a> {
    octets: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    pub(super) const fn new(octets: &'a [u8]) -> Self {
        Self { octets, at: 0 }
    }

    /// The next number of `width` bits, at most 57.
    #[inline(always)]
    pub(super) fn take(&mut self, width: u32) -> u64 {
        let number = number_at(self.octets, self.at, width);
        self.at += width as usize;
        number
    }

    /// How many zeros stand before the next one, which is taken as well.
    #[inline(always)]
    pub(super) fn take_zeros(&mut self) -> Result<u32, DecodeError> {
        let mut zeros = 0;
        loop {
            let next = peek(self.octets, self.at).leading_zeros();
            if next < 57 {
                self.at += next as usize + 1;
                return Ok(zeros + next);
            }
            zeros += 57;
            self.at += 57;
            self.need(0)?;
        }
    }

    /// An error when less than `bits` are left.
    #[inline(always)]
    pub(super) fn need(&self, bits: usize) -> Result<(), DecodeError> {
        if self.at.saturating_add(bits) > self.octets.len() * 8 {
            Err(DecodeError::DataTooShort)
        } else {
            Ok(())
        }
    }

    /// Goes on at the next whole octet.
    pub(super) const fn align(&mut self) {
        self.at = (self.at + 7) & !7;
    }

    /// Steps over so many bits.
    pub(super) const fn skip(&mut self, bits: usize) {
        self.at = self.at.saturating_add(bits);
    }

    /// Octets from here on; the bit that is reached counts as the start of one.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.octets.get(self.at.div_ceil(8)..).unwrap_or_default()
    }
}

/// A section, whose octets are numbered from 1 as the Manual on Codes numbers them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'a>(pub(super) &'a [u8]);

impl Section<'_> {
    pub(super) fn u8(self, octet: usize) -> Result<u8, DecodeError> {
        self.0.get(octet - 1).copied().ok_or(DecodeError::SectionTooShort)
    }

    fn array<const N: usize>(self, octet: usize) -> Result<[u8; N], DecodeError> {
        let found = self.0.get(octet - 1..octet - 1 + N).and_then(|octets| octets.try_into().ok());
        found.ok_or(DecodeError::SectionTooShort)
    }

    pub(super) fn u16(self, octet: usize) -> Result<u16, DecodeError> {
        Ok(u16::from_be_bytes(self.array(octet)?))
    }

    pub(super) fn u24(self, octet: usize) -> Result<u32, DecodeError> {
        let [a, b, c] = self.array(octet)?;
        Ok(u32::from_be_bytes([0, a, b, c]))
    }

    pub(super) fn u32(self, octet: usize) -> Result<u32, DecodeError> {
        Ok(u32::from_be_bytes(self.array(octet)?))
    }

    pub(super) fn f32(self, octet: usize) -> Result<f64, DecodeError> {
        Ok(f64::from(f32::from_be_bytes(self.array(octet)?)))
    }

    /// GRIB writes negative numbers as a sign and a magnitude.
    pub(super) fn i8(self, octet: usize) -> Result<i32, DecodeError> {
        Ok(signed(u64::from(self.u8(octet)?), 8) as i32)
    }

    pub(super) fn i16(self, octet: usize) -> Result<i32, DecodeError> {
        Ok(signed(u64::from(self.u16(octet)?), 16) as i32)
    }

    pub(super) fn i24(self, octet: usize) -> Result<i32, DecodeError> {
        Ok(signed(u64::from(self.u24(octet)?), 24) as i32)
    }

    pub(super) fn i32(self, octet: usize) -> Result<i64, DecodeError> {
        Ok(signed(u64::from(self.u32(octet)?), 32))
    }

    /// The floating-point number of GRIB1: base 16.
    pub(super) fn ibm(self, octet: usize) -> Result<f64, DecodeError> {
        let raw = self.u32(octet)?;
        let magnitude = f64::from(raw & 0xFF_FFFF) * 16f64.powi(((raw >> 24) & 0x7F) as i32 - 70);
        Ok(if raw >> 31 == 0 { magnitude } else { -magnitude })
    }
}

/// A sign bit and a magnitude of `width - 1` bits as a number.
pub(super) const fn signed(raw: u64, width: u32) -> i64 {
    if width == 0 {
        return 0;
    }
    let sign = 1 << (width - 1);
    let magnitude = (raw & (sign - 1)) as i64;
    if raw & sign == 0 { magnitude } else { -magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_width_are_read_across_octets_and_zeros_past_the_end() {
        let octets = [0b1011_0011, 0b0101_0101, 0xFF];
        assert_eq!(number_at(&octets, 2, 5), 0b11001);
        assert_eq!(number_at(&octets, 6, 4), 0b1101);
        assert_eq!(number_at(&octets, 0, 0), 0);
        assert_eq!(number_at(&octets, 16, 16), 0xFF00);
        assert_eq!(number_at(&octets, 800, 9), 0);
    }

    #[test]
    fn zeros_without_an_end_are_an_error() {
        assert_eq!(BitReader::new(&[0b0000_0100]).take_zeros().expect("a one"), 5);
        assert!(BitReader::new(&[0; 50]).take_zeros().is_err());
    }

    #[test]
    fn a_negative_number_is_a_sign_and_a_magnitude() {
        assert_eq!(Section(&[0x80, 0x05]).i16(1).expect("two octets"), -5);
        assert!((Section(&[0xC2, 0x76, 0xA0, 0x00]).ibm(1).expect("four octets") + 118.625).abs() < 1e-9);
    }
}
