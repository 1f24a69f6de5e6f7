//! Decodes a field.
//!
//! In: the sections of a field. Out: [`FieldValues`]. Start reading at [`decode`].

use super::bitmap;
use super::bits::Section;
use super::error::DecodeError;
use super::grid;
use super::limits::DecodeLimits;
use super::message::{BitmapPart, FieldSections};
use super::packing::{self, edition1};
use super::values::FieldValues;
use crate::domain::octets::ByteCount;

/// How many points a field has, by its grid.
///
/// # Errors
/// When the grid does not tell it.
pub fn points_of(field: &FieldSections<'_>) -> Result<u64, DecodeError> {
    match field {
        FieldSections::Two { grid, .. } => Ok(u64::from(Section(grid).u32(7)?)),
        FieldSections::One { grid: Some(grid), .. } => grid::edition1::points(grid),
        FieldSections::One { grid: None, data, .. } => edition1::counted(data),
    }
}

/// Memory that decoding the field takes at most, beside the message itself. Told before anything is decoded.
///
/// # Errors
/// When the grid does not tell how many points there are.
pub fn memory_of(field: &FieldSections<'_>) -> Result<ByteCount, DecodeError> {
    // The values; and images are decoded as a whole, in numbers of four octets and with a copy of each part of them.
    let values = match field {
        FieldSections::Two { packing, .. } if Section(packing).u16(10)? == packing::JPEG_2000 => 4,
        _ => 1,
    };
    Ok(ByteCount(points_of(field)?.saturating_mul(4 * values)))
}

/// Decodes the values of a field.
///
/// # Errors
/// See [`DecodeError`]; nothing is told of half a field.
pub fn decode(field: &FieldSections<'_>, limits: &DecodeLimits<'_>) -> Result<FieldValues, DecodeError> {
    limits.go_on()?;
    let points = points_of(field)?;
    let (FieldSections::One { bitmap, .. } | FieldSections::Two { bitmap, .. }) = field;
    let (bits, set) = match bitmap {
        BitmapPart::None => (None, points),
        BitmapPart::Bits(bits) => {
            let all = usize::try_from(points).unwrap_or(usize::MAX);
            (Some(*bits), bitmap::count(bits, all)? as u64)
        }
        BitmapPart::Predefined(number) => return Err(DecodeError::PredefinedBitmap(*number)),
        BitmapPart::Absent => {
            return Err(DecodeError::Contradiction("no bitmap stands before the one that repeats it"));
        }
    };
    let values = match field {
        FieldSections::One { product, data, .. } => edition1::decode((product, data), set, limits)?,
        FieldSections::Two { packing, data, .. } => packing::decode((packing, data), limits)?,
    };
    let mut values = match bits {
        None if values.len() != points => {
            return Err(DecodeError::Contradiction("the grid and the number of values differ"));
        }
        None => values,
        Some(_) if set == points && values.len() == points => values,
        Some(bits) => bitmap::spread(values, bits, (limits.points(points)?, set as usize))?,
    };
    if let (FieldSections::One { grid: Some(grid), data, .. }, FieldValues::Points(values)) =
        (field, &mut values)
        && edition1::runs_to_and_fro(data)
    {
        turn_every_other(values, &grid::edition1::row_lengths(grid)?);
    }
    Ok(values)
}

/// Turns the second row, the fourth and so on.
fn turn_every_other(values: &mut [f32], rows: &[usize]) {
    let mut rest = values;
    for (number, &length) in rows.iter().enumerate() {
        let Some((row, behind)) = rest.split_at_mut_checked(length) else { return };
        if number % 2 == 1 {
            row.reverse();
        }
        rest = behind;
    }
}
