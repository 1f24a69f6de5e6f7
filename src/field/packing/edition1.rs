//! Packings of edition 1: simple, and second order with groups.

use super::super::bits::Section;
use super::super::error::DecodeError;
use super::super::limits::DecodeLimits;
use super::super::values::FieldValues;
use super::second_order::SecondOrder;
use super::{Packed, Scaling, simple};

/// Octets of section 4 before the data of simple packing.
const HEAD: usize = 11;

/// Flags of octet 4.
mod flag {
    pub(super) const SPECTRAL: u8 = 0x80;
    pub(super) const SECOND_ORDER: u8 = 0x40;
    pub(super) const MORE_FLAGS: u8 = 0x10;
}

/// Flags of octet 14.
mod more {
    pub(super) const MATRIX: u8 = 0x40;
    pub(super) const SECONDARY_BITMAP: u8 = 0x20;
    pub(super) const OWN_WIDTHS: u8 = 0x10;
    pub(super) const GENERAL: u8 = 0x08;
    pub(super) const TO_AND_FRO: u8 = 0x04;
    pub(super) const ORDER: u8 = 0x03;
}

/// How many values there are without a bitmap, by the length of section 4, when no grid tells it.
///
/// # Errors
/// For a packing whose length does not tell it.
pub(in crate::field) fn counted(data: &[u8]) -> Result<u64, DecodeError> {
    let section = Section(data);
    let (flags, width) = (section.u8(4)?, u64::from(section.u8(11)?));
    if flags & (flag::SPECTRAL | flag::SECOND_ORDER) != 0 || width == 0 {
        return Err(refused(flags));
    }
    let bits = (data.len().saturating_sub(HEAD) as u64 * 8).saturating_sub(u64::from(flags & 0x0F));
    Ok(bits / width)
}

const fn refused(flags: u8) -> DecodeError {
    if flags & flag::SPECTRAL != 0 { DecodeError::Spectral } else { DecodeError::Packing1(flags & 0xF0) }
}

/// Decodes `count` values of section 4; section 1 has their decimal scale factor.
///
/// # Errors
/// [`DecodeError::Packing1`] for packings that are not read; others for data that do not fit.
pub(in crate::field) fn decode(
    (product, data): (&[u8], &[u8]),
    count: u64,
    limits: &DecodeLimits<'_>,
) -> Result<FieldValues, DecodeError> {
    let section = Section(data);
    let (flags, width) = (section.u8(4)?, u32::from(section.u8(11)?));
    if flags & flag::SPECTRAL != 0 {
        return Err(DecodeError::Spectral);
    }
    let scaling = Scaling::new(section.ibm(7)?, section.i16(5)?, Section(product).i16(27)?);
    if flags & flag::SECOND_ORDER != 0 {
        let packed = Packed { data, count: limits.points(count)?, limits };
        return second_order(section, packed, scaling);
    }
    // Matrices of values, and numbers in floating point.
    if flags & flag::MORE_FLAGS != 0 {
        return Err(DecodeError::Packing1(flags & 0xF0));
    }
    if width == 0 {
        return Ok(FieldValues::Constant { value: scaling.value(0.0), points: count });
    }
    let data = data.get(HEAD..).unwrap_or_default();
    simple::decode(Packed { data, count: limits.points(count)?, limits }, width, scaling)
}

fn second_order(
    section: Section<'_>,
    packed: Packed<'_>,
    scaling: Scaling,
) -> Result<FieldValues, DecodeError> {
    let flags = section.u8(4)?;
    let extended = section.u8(14)?;
    let wanted = more::GENERAL | more::OWN_WIDTHS;
    // Octet 14 is there whether octet 4 announces it or not.
    if extended & wanted != wanted || extended & (more::MATRIX | more::SECONDARY_BITMAP) != 0 {
        return Err(DecodeError::Packing1(flags & 0xF0));
    }
    let order = usize::from(extended & more::ORDER);
    let shape = SecondOrder {
        groups: usize::from(section.u16(17)?) + 65_536 * usize::from(section.u8(21)?),
        reference_bits: u32::from(section.u8(11)?),
        width_bits: u32::from(section.u8(22)?),
        length_bits: u32::from(section.u8(23)?),
        order,
        first_bits: if order > 0 { u32::from(section.u8(26)?) } else { 0 },
    };
    let first_at = 25 + usize::from(order > 0);
    let first = section.0.get(first_at..).unwrap_or_default();
    let data = first.get(shape.first_octets()..).ok_or(DecodeError::DataTooShort)?;
    shape.unpack(first, Packed { data, ..packed }, scaling)
}

/// Whether every other row runs backwards in the data, though the grid does not say so.
pub(in crate::field) fn runs_to_and_fro(data: &[u8]) -> bool {
    let flags = |octet| Section(data).u8(octet).unwrap_or(0);
    flags(4) & flag::SECOND_ORDER != 0 && flags(14) & more::TO_AND_FRO != 0
}
