//! Simple packing of logarithms: the value is exp(Y) - B, or exp(Y) where B is 0.

use super::super::bits::Section;
use super::super::error::DecodeError;
use super::super::values::FieldValues;
use super::{Packed, Scaling, simple};

pub(super) fn decode(
    section: Section<'_>,
    packed: Packed<'_>,
    scaling: Scaling,
) -> Result<FieldValues, DecodeError> {
    let shift = section.f32(21)?;
    let width = u32::from(section.u8(20)?);
    let mut values = simple::unpack(packed, width, scaling)?;
    for value in &mut values {
        *value = undo(*value, shift);
    }
    Ok(FieldValues::Points(values))
}

fn undo(value: f32, shift: f64) -> f32 {
    (f64::from(value).exp() - shift) as f32
}

/// A constant of this template is the logarithm of the value; of others it is the value.
pub(super) fn undo_if(template: u16, section: Section<'_>, value: f32) -> Result<f32, DecodeError> {
    Ok(if template == 61 { undo(value, section.f32(21)?) } else { value })
}
