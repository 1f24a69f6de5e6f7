//! Run length packing: levels, and numbers that repeat the level before them.

use super::super::bits::{BitReader, Section};
use super::super::error::DecodeError;
use super::super::limits::STRIDE;
use super::super::values::FieldValues;
use super::{Packed, Scaling};

pub(super) fn decode(section: Section<'_>, packed: Packed<'_>) -> Result<FieldValues, DecodeError> {
    let width = u32::from(section.u8(12)?);
    let (highest, levels) = (u64::from(section.u16(13)?), u64::from(section.u16(15)?));
    let scale = section.i8(17)?;
    if !(1..=32).contains(&width) || highest == 0 || highest > levels || highest >= 1 << width {
        return Err(DecodeError::Contradiction("levels that cannot be told in so many bits"));
    }
    let level = |number: u64| -> Result<f32, DecodeError> {
        if number == 0 {
            return Ok(f32::NAN);
        }
        let scaled = section.u16(18 + 2 * (number as usize - 1))?;
        Ok(Scaling::new(0.0, 0, scale).value(f64::from(scaled)))
    };
    let base = (1 << width) - 1 - highest;
    let count = packed.data.len() * 8 / width as usize;
    let mut reader = BitReader::new(packed.data);
    let mut values = Vec::with_capacity(packed.count);
    // What stands for one value: its level, and how often it is repeated.
    let (mut current, mut run, mut weight) = (None, 1_u64, 1_u64);
    for number in 0..count {
        if number % STRIDE == 0 {
            packed.limits.go_on()?;
        }
        let next = reader.take(width);
        if next > highest {
            let repeats = (next - highest - 1).checked_mul(weight).and_then(|more| run.checked_add(more));
            run = repeats.ok_or(DecodeError::Contradiction("a run is longer than the field"))?;
            weight = weight.saturating_mul(base);
            continue;
        }
        put(&mut values, (current, run), packed.count)?;
        if values.len() == packed.count {
            // What follows fills the last octet.
            (current, run) = (None, 1);
            break;
        }
        (current, run, weight) = (Some(level(next)?), 1, 1);
    }
    put(&mut values, (current, run), packed.count)?;
    if values.len() == packed.count {
        Ok(FieldValues::Points(values))
    } else {
        Err(DecodeError::DataTooShort)
    }
}

fn put(values: &mut Vec<f32>, (level, run): (Option<f32>, u64), most: usize) -> Result<(), DecodeError> {
    let Some(level) = level else { return Ok(()) };
    if run > (most - values.len()) as u64 {
        return Err(DecodeError::Contradiction("a run is longer than the field"));
    }
    values.extend(std::iter::repeat_n(level, run as usize));
    Ok(())
}
