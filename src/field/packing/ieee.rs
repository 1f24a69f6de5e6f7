//! Values as they are, in 32 or 64 bits.

use super::super::bits::Section;
use super::super::error::DecodeError;
use super::super::values::FieldValues;
use super::Packed;

pub(super) fn decode(section: Section<'_>, packed: Packed<'_>) -> Result<FieldValues, DecodeError> {
    let (data, count) = (packed.data, packed.count);
    match section.u8(12)? {
        1 => {
            packed.need(32)?;
            let numbers = data.as_chunks::<4>().0[..count].iter();
            Ok(FieldValues::Points(numbers.map(|&four| f32::from_be_bytes(four)).collect()))
        }
        2 => {
            packed.need(64)?;
            let numbers = data.as_chunks::<8>().0[..count].iter();
            Ok(FieldValues::Points(numbers.map(|&eight| f64::from_be_bytes(eight) as f32).collect()))
        }
        _ => Err(DecodeError::Contradiction("floating-point numbers of neither 32 nor 64 bits")),
    }
}
