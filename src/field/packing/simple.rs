//! Simple packing: numbers of one width, one after the other.

use super::super::bits::number_at;
use super::super::error::DecodeError;
use super::super::limits::STRIDE;
use super::super::values::FieldValues;
use super::{Packed, Scaling};

/// Widths that are read.
const WIDEST: u32 = 57;

pub(super) fn decode(packed: Packed<'_>, width: u32, scaling: Scaling) -> Result<FieldValues, DecodeError> {
    Ok(FieldValues::Points(unpack(packed, width, scaling)?))
}

/// The values of numbers of that width.
pub(super) fn unpack(packed: Packed<'_>, width: u32, scaling: Scaling) -> Result<Vec<f32>, DecodeError> {
    if width > WIDEST {
        return Err(DecodeError::Contradiction("a value has more bits than a number can have"));
    }
    packed.need(width)?;
    let mut values = Vec::with_capacity(packed.count);
    // A multiple of eight values, so that each stretch begins with an octet.
    let stretch_octets = STRIDE / 8 * width as usize;
    let mut data = packed.data;
    while values.len() < packed.count {
        packed.limits.go_on()?;
        let count = STRIDE.min(packed.count - values.len());
        extend(&mut values, data, (count, width), scaling);
        data = data.get(stretch_octets..).unwrap_or_default();
    }
    Ok(values)
}

/// Widths of whole octets are by far the most frequent.
fn extend(values: &mut Vec<f32>, data: &[u8], (count, width): (usize, u32), scaling: Scaling) {
    match width {
        8 => values.extend(data[..count].iter().map(|&octet| scaling.value(f64::from(octet)))),
        12 => {
            let (triples, _) = data.as_chunks::<3>();
            let pairs = triples.iter().flat_map(|&[a, b, c]| {
                let first = u32::from(a) << 4 | u32::from(b) >> 4;
                let second = u32::from(b & 15) << 8 | u32::from(c);
                [scaling.value(f64::from(first)), scaling.value(f64::from(second))]
            });
            values.extend(pairs.take(count / 2 * 2));
            if count % 2 == 1 {
                let last = number_at(data, (count - 1) * 12, 12);
                values.push(scaling.value(last as f64));
            }
        }
        16 => {
            let numbers = data.as_chunks::<2>().0[..count].iter();
            values.extend(numbers.map(|&two| scaling.value(f64::from(u16::from_be_bytes(two)))));
        }
        24 => {
            let numbers = data.as_chunks::<3>().0[..count].iter();
            values
                .extend(numbers.map(|&[a, b, c]| scaling.value(f64::from(u32::from_be_bytes([0, a, b, c])))));
        }
        _ => values
            .extend((0..count).map(|n| scaling.value(number_at(data, n * width as usize, width) as f64))),
    }
}
