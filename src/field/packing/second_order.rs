//! Second-order packing with groups of their own widths and lengths: template 5.50002, and the same of edition 1.
//!
//! Other forms of edition 1 (row by row, of one width, with a secondary bitmap) are named and not read.

use super::super::bits::{BitReader, Section, number_at, signed};
use super::super::error::DecodeError;
use super::super::limits::STRIDE;
use super::super::values::FieldValues;
use super::differences::Differences;
use super::{Packed, Scaling};

/// What stands before the groups.
pub(super) struct SecondOrder {
    pub(super) groups: usize,
    pub(super) reference_bits: u32,
    pub(super) width_bits: u32,
    pub(super) length_bits: u32,
    /// Order of the differences.
    pub(super) order: usize,
    /// Bits of the first values.
    pub(super) first_bits: u32,
}

/// The flag of rows that run to and fro.
const TO_AND_FRO: u8 = 1;

pub(super) fn decode(
    section: Section<'_>,
    packed: Packed<'_>,
    scaling: Scaling,
) -> Result<FieldValues, DecodeError> {
    if section.u8(32)? & TO_AND_FRO != 0 {
        return Err(DecodeError::Packing(50_002));
    }
    let order = usize::from(section.u8(33)?);
    let shape = SecondOrder {
        groups: section.u32(22)? as usize,
        reference_bits: u32::from(section.u8(21)?),
        width_bits: u32::from(section.u8(30)?),
        length_bits: u32::from(section.u8(31)?),
        order,
        first_bits: if order > 0 { u32::from(section.u8(34)?) } else { 0 },
    };
    let first = if order > 0 { section.0.get(34..).unwrap_or_default() } else { &[] };
    shape.unpack(first, packed, scaling)
}

impl SecondOrder {
    /// Octets of the first values and of the bias behind them.
    pub(super) const fn first_octets(&self) -> usize {
        if self.order == 0 { 0 } else { (self.first_bits as usize * (self.order + 1)).div_ceil(8) }
    }

    pub(super) fn unpack(
        &self,
        first: &[u8],
        packed: Packed<'_>,
        scaling: Scaling,
    ) -> Result<FieldValues, DecodeError> {
        let widest = self.reference_bits.max(self.width_bits).max(self.length_bits).max(self.first_bits);
        if widest > 57 || self.order > 3 || self.groups > packed.count {
            return Err(DecodeError::Contradiction("groups that cannot be"));
        }
        let mut reader = BitReader::new(first);
        reader.need((self.order + usize::from(self.order > 0)) * self.first_bits as usize)?;
        let mut given = [0; 3];
        for number in given.iter_mut().take(self.order) {
            *number = reader.take(self.first_bits) as i64;
        }
        let bias = if self.order == 0 { 0 } else { signed(reader.take(self.first_bits), self.first_bits) };
        let values = match self.order {
            0 => self.groups(packed, Differences::<0>::new(given, 0), scaling),
            1 => self.groups(packed, Differences::<1>::new(given, bias), scaling),
            2 => self.groups(packed, Differences::<2>::new(given, bias), scaling),
            _ => self.groups(packed, Differences::<3>::new(given, bias), scaling),
        };
        Ok(FieldValues::Points(values?))
    }

    fn groups<const N: usize>(
        &self,
        packed: Packed<'_>,
        mut differences: Differences<N>,
        scaling: Scaling,
    ) -> Result<Vec<f32>, DecodeError> {
        let mut at = BitReader::new(packed.data);
        let mut part = |bits: u32| {
            let own = BitReader::new(at.rest());
            own.need(self.groups * bits as usize)?;
            at.skip(self.groups * bits as usize);
            at.align();
            Ok::<_, DecodeError>(own)
        };
        let (mut widths, mut lengths, mut references) =
            (part(self.width_bits)?, part(self.length_bits)?, part(self.reference_bits)?);
        let octets = at.rest();
        let (mut bit, mut asked) = (0, 0);
        let mut values: Vec<f32> = Vec::with_capacity(packed.count);
        // The first values are in no group.
        for _ in 0..N.min(packed.count) {
            values.push(scaling.value(differences.next(0) as f64));
        }
        for _ in 0..self.groups {
            let width = widths.take(self.width_bits);
            let length = usize::try_from(lengths.take(self.length_bits)).unwrap_or(usize::MAX);
            let reference = references.take(self.reference_bits) as i64;
            if width > 57 || length > packed.count - values.len() {
                return Err(DecodeError::Contradiction("the groups hold more values than there are"));
            }
            let width = width as u32;
            if length * width as usize > octets.len() * 8 - bit {
                return Err(DecodeError::DataTooShort);
            }
            values.extend((0..length).map(|n| {
                let own = number_at(octets, bit + n * width as usize, width) as i64;
                scaling.value(differences.next(reference.wrapping_add(own)) as f64)
            }));
            bit += length * width as usize;
            if values.len() >= asked {
                packed.limits.go_on()?;
                asked = values.len() + STRIDE;
            }
        }
        if values.len() == packed.count { Ok(values) } else { Err(DecodeError::DataTooShort) }
    }
}
