//! Complex packing: groups of values, each with a reference and a width of its own; with or without spatial differencing.

use super::super::bits::{BitReader, Section, number_at, signed};
use super::super::error::DecodeError;
use super::super::limits::STRIDE;
use super::super::values::FieldValues;
use super::differences::Differences;
use super::{Packed, Scaling};

/// Where groups stand, and how their widths and lengths are told.
struct ValueGroups<'a> {
    count: usize,
    references: BitReader<'a>,
    widths: BitReader<'a>,
    lengths: BitReader<'a>,
    reference_bits: u32,
    width_bits: u32,
    length_bits: u32,
    least_width: u32,
    least_length: u64,
    length_step: u64,
    last_length: u64,
    /// Behind the lengths.
    values: &'a [u8],
    missing: MissingMarks,
}

/// One group.
#[derive(Clone, Copy)]
struct ValueGroup {
    reference: i64,
    width: u32,
    length: usize,
}

/// Which packed numbers stand for points without a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MissingMarks {
    None,
    /// All ones.
    Primary,
    /// All ones, and one less.
    PrimaryAndSecondary,
}

impl MissingMarks {
    /// Whether `number` of `width` bits stands for a point without a value. All ones of no bits are 0.
    #[inline(always)]
    const fn hold(self, number: u64, width: u32) -> bool {
        let all_ones = (1 << width) - 1;
        match self {
            Self::None => false,
            Self::Primary => number == all_ones,
            Self::PrimaryAndSecondary => number == all_ones || (width > 0 && number == all_ones - 1),
        }
    }
}

/// Whether there is no group, and so one value for all points.
pub(super) fn has_no_groups(section: Section<'_>, template: u16) -> Result<bool, DecodeError> {
    Ok(section.u32(if template == 50_002 { 22 } else { 32 })? == 0)
}

pub(super) fn decode(
    section: Section<'_>,
    packed: Packed<'_>,
    scaling: Scaling,
) -> Result<FieldValues, DecodeError> {
    let (order, octets) = match section.u16(10)? {
        3 => (section.u8(48)?, usize::from(section.u8(49)?)),
        _ => (0, 0),
    };
    let given = usize::from(order) + usize::from(order > 0);
    let (extra, data) = packed.data.split_at_checked(given * octets).ok_or(DecodeError::DataTooShort)?;
    if octets > 7 || (order > 0 && octets == 0) {
        return Err(DecodeError::Contradiction("the first values have a width that cannot be"));
    }
    let mut reader = BitReader::new(extra);
    let width = 8 * octets as u32;
    let mut first = [0; 3];
    for number in first.iter_mut().take(usize::from(order)) {
        *number = reader.take(width) as i64;
    }
    let bias = signed(reader.take(if order > 0 { width } else { 0 }), width);
    let groups = ValueGroups::read(section, data, packed.count)?;
    let values = match order {
        0 => groups.unpack(packed, Differences::<0>::new(first, 0), scaling),
        1 => groups.unpack(packed, Differences::<1>::new(first, bias), scaling),
        2 => groups.unpack(packed, Differences::<2>::new(first, bias), scaling),
        _ => Err(DecodeError::Contradiction("spatial differencing of an order that is not defined")),
    };
    Ok(FieldValues::Points(values?))
}

impl<'a> ValueGroups<'a> {
    fn read(section: Section<'_>, data: &'a [u8], values: usize) -> Result<Self, DecodeError> {
        let count = section.u32(32)? as usize;
        if count > values {
            return Err(DecodeError::Contradiction("more groups than values"));
        }
        let [reference_bits, width_bits, length_bits] =
            [section.u8(20)?, section.u8(37)?, section.u8(47)?].map(u32::from);
        if reference_bits.max(width_bits).max(length_bits) > 57 {
            return Err(DecodeError::Contradiction("a group is told in more bits than a number can have"));
        }
        let mut at = BitReader::new(data);
        let mut part = |bits: u32| {
            let own = BitReader::new(at.rest());
            own.need(count * bits as usize)?;
            at.skip(count * bits as usize);
            at.align();
            Ok::<_, DecodeError>(own)
        };
        Ok(Self {
            count,
            references: part(reference_bits)?,
            widths: part(width_bits)?,
            lengths: part(length_bits)?,
            reference_bits,
            width_bits,
            length_bits,
            least_width: u32::from(section.u8(36)?),
            least_length: u64::from(section.u32(38)?),
            length_step: u64::from(section.u8(42)?),
            last_length: u64::from(section.u32(43)?),
            values: at.rest(),
            missing: match section.u8(23)? {
                0 => MissingMarks::None,
                1 => MissingMarks::Primary,
                2 => MissingMarks::PrimaryAndSecondary,
                _ => return Err(DecodeError::Contradiction("missing values are marked in no known way")),
            },
        })
    }

    /// The group of that number, from 1, which is the next; the last one's length is told apart.
    fn next(&mut self, number: usize) -> Result<ValueGroup, DecodeError> {
        let told = self.lengths.take(self.length_bits).wrapping_mul(self.length_step);
        let length =
            if number == self.count { self.last_length } else { self.least_length.wrapping_add(told) };
        let width = self.widths.take(self.width_bits).saturating_add(u64::from(self.least_width));
        let width = u32::try_from(width).ok().filter(|&width| width <= 57);
        Ok(ValueGroup {
            reference: self.references.take(self.reference_bits) as i64,
            width: width.ok_or(DecodeError::Contradiction("a group is wider than a number can be"))?,
            length: usize::try_from(length).unwrap_or(usize::MAX),
        })
    }

    fn unpack<const N: usize>(
        mut self,
        packed: Packed<'_>,
        mut differences: Differences<N>,
        scaling: Scaling,
    ) -> Result<Vec<f32>, DecodeError> {
        let mut values = Vec::with_capacity(packed.count);
        let (mut bit, end) = (0_usize, self.values.len() * 8);
        let mut asked = 0;
        for number in 1..=self.count {
            let group = self.next(number)?;
            if group.length > packed.count - values.len() {
                return Err(DecodeError::Contradiction("the groups hold more values than there are"));
            }
            let bits = group.length * group.width as usize;
            if bits > end - bit {
                return Err(DecodeError::DataTooShort);
            }
            self.extend(&mut values, (group, bit), (&mut differences, scaling));
            bit += bits;
            if values.len() >= asked {
                packed.limits.go_on()?;
                asked = values.len() + STRIDE;
            }
        }
        if values.len() != packed.count {
            return Err(DecodeError::Contradiction("the groups hold fewer values than there are"));
        }
        Ok(values)
    }

    #[inline(always)]
    fn extend<const N: usize>(
        &self,
        values: &mut Vec<f32>,
        (group, from): (ValueGroup, usize),
        (differences, scaling): (&mut Differences<N>, Scaling),
    ) {
        let ValueGroup { reference, width, length } = group;
        let octets = self.values;
        if self.missing == MissingMarks::None {
            values.extend((0..length).map(|n| {
                let own = number_at(octets, from + n * width as usize, width) as i64;
                scaling.value(differences.next(reference.wrapping_add(own)) as f64)
            }));
            return;
        }
        if width == 0 && self.missing.hold(reference as u64, self.reference_bits) {
            values.extend(std::iter::repeat_n(f32::NAN, length));
            return;
        }
        values.extend((0..length).map(|n| {
            let own = number_at(octets, from + n * width as usize, width);
            if width > 0 && self.missing.hold(own, width) {
                return f32::NAN;
            }
            scaling.value(differences.next(reference.wrapping_add(own as i64)) as f64)
        }));
    }
}
