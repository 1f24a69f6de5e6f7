//! From sections 5 and 7 to numbers, by template.
//!
//! In: what a section 5 says, and data. Out: [`FieldValues`], as many as section 5 tells. A value is (R + X · 2^E) · 10^-D,
//! computed in 64 bits and kept in 32.
//!
//! | template | file |
//! |---|---|
//! | 5.0 | `simple` |
//! | 5.2, 5.3 | `complex` |
//! | 5.4 | `ieee` |
//! | 5.40 | `jpeg2000` |
//! | 5.41 | `png` |
//! | 5.42 | `ccsds` |
//! | 5.61 | `log` |
//! | 5.200 | `run_length` |
//! | 5.50002, and that of edition 1 | `second_order` |
//! | of edition 1 | `edition1` |

mod ccsds;
mod complex;
mod differences;
pub(super) mod edition1;
mod ieee;
mod jpeg2000;
mod log;
mod png;
mod run_length;
mod second_order;
mod simple;

use super::bits::Section;
use super::error::DecodeError;
use super::limits::DecodeLimits;
use super::values::FieldValues;

/// JPEG 2000 among the templates.
pub(super) const JPEG_2000: u16 = 40;

/// The templates that are read, with their names in English; the documentation's table is made from it.
pub const TEMPLATES: &[(u16, &str)] = &[
    (0, "simple"),
    (2, "complex"),
    (3, "complex with spatial differencing"),
    (4, "IEEE floating point"),
    (JPEG_2000, "JPEG 2000"),
    (41, "PNG"),
    (42, "CCSDS"),
    (61, "simple, of logarithms"),
    (200, "run length"),
    (40_000, "JPEG 2000, as first numbered"),
    (40_010, "PNG, as first numbered"),
    (50_002, "second order"),
];

/// Data, and how many values they hold.
#[derive(Clone, Copy)]
struct Packed<'a> {
    data: &'a [u8],
    count: usize,
    limits: &'a DecodeLimits<'a>,
}

impl Packed<'_> {
    /// An error unless the data hold all values in so many bits each.
    fn need(&self, width: u32) -> Result<(), DecodeError> {
        let bits = self.count.checked_mul(width as usize).ok_or(DecodeError::DataTooShort)?;
        if bits > self.data.len() * 8 { Err(DecodeError::DataTooShort) } else { Ok(()) }
    }
}

/// How packed numbers become values.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scaling {
    /// The value of a packed zero.
    reference: f64,
    /// How much one more is.
    step: f64,
}

impl Scaling {
    /// With the reference value, the binary and the decimal scale factor.
    fn new(reference: f64, binary: i32, decimal: i32) -> Self {
        // A power of ten is exact up to 10^22, its inverse never: so it is divided by where it can be.
        let scale = |number: f64| {
            if decimal >= 0 { number / 10f64.powi(decimal) } else { number * 10f64.powi(-decimal) }
        };
        Self { reference: scale(reference), step: scale(2f64.powi(binary)) }
    }

    /// As octets 12 to 19 of most templates tell it.
    fn of(section: Section<'_>) -> Result<Self, DecodeError> {
        Ok(Self::new(section.f32(12)?, section.i16(16)?, section.i16(18)?))
    }

    #[inline(always)]
    fn value(self, packed: f64) -> f32 {
        (self.reference + packed * self.step) as f32
    }
}

/// Decodes what section 5 and the data of section 7 tell.
///
/// # Errors
/// [`DecodeError::Packing`] for a template that is not read; others for data that do not fit it.
pub(super) fn decode(
    (section, data): (&[u8], &[u8]),
    limits: &DecodeLimits<'_>,
) -> Result<FieldValues, DecodeError> {
    let section = Section(section);
    let (stated, template) = (u64::from(section.u32(6)?), section.u16(10)?);
    if !TEMPLATES.iter().any(|(read, _)| *read == template) {
        let is_spectral = matches!(template, 50 | 51 | 53 | 50_000);
        return Err(if is_spectral { DecodeError::Spectral } else { DecodeError::Packing(template) });
    }
    if stated == 0 {
        return Ok(FieldValues::Constant { value: f32::NAN, points: 0 });
    }
    if template == 4 {
        let packed = Packed { data, count: limits.points(stated)?, limits };
        return ieee::decode(section, packed);
    }
    if template == 200 {
        let packed = Packed { data, count: limits.points(stated)?, limits };
        return run_length::decode(section, packed);
    }
    let (scaling, width) = (Scaling::of(section)?, u32::from(section.u8(20)?));
    let is_grouped = matches!(template, 2 | 3 | 50_002);
    // However many points there are, one number is enough.
    let is_constant = if is_grouped { complex::has_no_groups(section, template)? } else { width == 0 };
    if is_constant {
        let value = log::undo_if(template, section, scaling.value(0.0))?;
        return Ok(FieldValues::Constant { value, points: stated });
    }
    let packed = Packed { data, count: limits.points(stated)?, limits };
    match template {
        0 => simple::decode(packed, width, scaling),
        2 | 3 => complex::decode(section, packed, scaling),
        50_002 => second_order::decode(section, packed, scaling),
        JPEG_2000 | 40_000 => jpeg2000::decode(packed, scaling),
        41 | 40_010 => png::decode(packed, scaling),
        42 => ccsds::decode(section, packed, scaling),
        61 => log::decode(section, packed, scaling),
        other => Err(DecodeError::Packing(other)),
    }
}
