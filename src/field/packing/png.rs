//! PNG: packed numbers as the points of an image.
//!
//! The depth of the image counts, not the bits that section 5 tells: 4, 12 or 20 bits are written in 8, 16 or 24.

use super::super::error::DecodeError;
use super::super::values::FieldValues;
use super::{Packed, Scaling, simple};
use png::{BitDepth, ColorType, Decoder, Limits, Transformations};
use std::io::Cursor;

/// Memory that the codec may take for its own use.
const MOST_OWN: usize = 256 << 20;

pub(super) fn decode(packed: Packed<'_>, scaling: Scaling) -> Result<FieldValues, DecodeError> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(packed.data), Limits { bytes: MOST_OWN });
    decoder.set_transformations(Transformations::IDENTITY);
    let mut reader = decoder.read_info().map_err(|error| bad(&error))?;
    let info = reader.info();
    let (columns, rows) = (info.width as usize, info.height as usize);
    if columns.checked_mul(rows) != Some(packed.count) {
        return Err(DecodeError::Contradiction("the image has another size than the field"));
    }
    if info.interlaced {
        return Err(DecodeError::Image("interlaced".to_owned()));
    }
    let channels = match info.color_type {
        ColorType::Grayscale => 1,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        ColorType::Indexed | ColorType::GrayscaleAlpha => {
            return Err(DecodeError::Image("of a kind that holds no numbers".to_owned()));
        }
    };
    let depth: u32 = match info.bit_depth {
        BitDepth::One => 1,
        BitDepth::Two => 2,
        BitDepth::Four => 4,
        BitDepth::Eight => 8,
        BitDepth::Sixteen => 16,
    };
    let mut values = Vec::with_capacity(packed.count);
    while let Some(row) = reader.next_row().map_err(|error| bad(&error))? {
        packed.limits.go_on()?;
        // A row begins with an octet of its own.
        let row = Packed { data: row.data(), count: columns, ..packed };
        values.append(&mut simple::unpack(row, channels * depth, scaling)?);
    }
    if values.len() != packed.count {
        return Err(DecodeError::DataTooShort);
    }
    Ok(FieldValues::Points(values))
}

fn bad(error: &png::DecodingError) -> DecodeError {
    DecodeError::Image(error.to_string())
}
