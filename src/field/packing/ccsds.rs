//! CCSDS: the adaptive entropy coder of CCSDS 121.0-B, as GRIB uses it.
//!
//! In: blocks of samples, each coded in the way that is shortest for it. Out: the samples, of which each is told as its
//! difference from the one before. Segments of a reference interval begin with a sample in full.

use super::super::bits::{BitReader, Section};
use super::super::error::DecodeError;
use super::super::limits::STRIDE;
use super::super::values::FieldValues;
use super::{Packed, Scaling};

/// Longest block that is read.
const LONGEST_BLOCK: usize = 256;

/// A run of zero blocks up to the end of its segment is told by this number.
const REST_OF_SEGMENT: u32 = 5;

/// Blocks of a segment.
const SEGMENT: usize = 64;

/// Flags of template 5.42 that matter.
mod flag {
    pub(super) const SIGNED: u8 = 1;
    pub(super) const DIFFERENCES: u8 = 8;
    pub(super) const RESTRICTED: u8 = 16;
    pub(super) const PADDED: u8 = 32;
}

struct Coder<'a> {
    bits: BitReader<'a>,
    width: u32,
    /// Samples of a block, and blocks of a reference interval.
    block: usize,
    interval: usize,
    option_bits: u32,
    has_differences: bool,
    is_padded: bool,
    /// The greatest sample.
    greatest: u32,
    /// The sample before.
    last: u32,
    /// What the block that was read last tells.
    told: [u32; LONGEST_BLOCK],
}

pub(super) fn decode(
    section: Section<'_>,
    packed: Packed<'_>,
    scaling: Scaling,
) -> Result<FieldValues, DecodeError> {
    let mut coder = Coder::new(section, packed.data)?;
    let mut values = Vec::with_capacity(packed.count);
    let mut asked = 0;
    while values.len() < packed.count {
        coder.interval(&mut values, packed.count, scaling)?;
        if values.len() >= asked {
            packed.limits.go_on()?;
            asked = values.len() + STRIDE;
        }
    }
    Ok(FieldValues::Points(values))
}

impl<'a> Coder<'a> {
    fn new(section: Section<'_>, data: &'a [u8]) -> Result<Self, DecodeError> {
        let (width, flags) = (u32::from(section.u8(20)?), section.u8(22)?);
        let (block, interval) = (usize::from(section.u8(23)?), usize::from(section.u16(24)?));
        if width > 32 || block < 2 || block % 2 == 1 || interval == 0 {
            return Err(DecodeError::Contradiction("blocks that cannot be"));
        }
        if flags & flag::SIGNED != 0 {
            return Err(DecodeError::Image("signed samples".to_owned()));
        }
        let option_bits = match width {
            17.. => 5,
            9.. => 4,
            1..=2 if flags & flag::RESTRICTED != 0 => 1,
            3..=4 if flags & flag::RESTRICTED != 0 => 2,
            _ => 3,
        };
        Ok(Self {
            bits: BitReader::new(data),
            width,
            block,
            interval,
            option_bits,
            has_differences: flags & flag::DIFFERENCES != 0,
            is_padded: flags & flag::PADDED != 0,
            greatest: u32::MAX >> (32 - width),
            last: 0,
            told: [0; LONGEST_BLOCK],
        })
    }

    /// Reads one reference interval, up to `most` values in all.
    fn interval(&mut self, values: &mut Vec<f32>, most: usize, scaling: Scaling) -> Result<(), DecodeError> {
        let mut done = 0;
        while done < self.interval && values.len() < most {
            let own = usize::from(self.has_differences && done == 0);
            let option = self.bits.take(self.option_bits) as u32;
            let uncoded = (1 << self.option_bits) - 1;
            let mut blocks = 1;
            if option == uncoded {
                self.bits.need(self.block * self.width as usize)?;
                for place in &mut self.told[..self.block] {
                    *place = self.bits.take(self.width) as u32;
                }
            } else if option == 0 {
                let is_pairs = self.bits.take(1) == 1;
                self.take_reference(own)?;
                if is_pairs {
                    self.pairs(own)?;
                } else {
                    blocks = self.zero_blocks(done)?;
                    self.told[own..self.block].fill(0);
                }
            } else {
                self.take_reference(own)?;
                self.split(own, option - 1)?;
            }
            if own > 0 {
                self.begin(values, scaling);
            }
            self.put(values, (own, most), scaling);
            if blocks > 1 {
                self.told[0] = 0;
                let rest = (blocks - 1).saturating_mul(self.block).min(most - values.len());
                self.repeat(values, rest, scaling);
            }
            done += blocks;
        }
        if self.is_padded {
            self.bits.align();
        }
        self.bits.need(0)
    }

    /// Samples told in full before the differences: one, or none.
    fn take_reference(&mut self, own: usize) -> Result<(), DecodeError> {
        if own > 0 {
            self.bits.need(self.width as usize)?;
            self.told[0] = self.bits.take(self.width) as u32;
        }
        Ok(())
    }

    /// Each number of zeros before a one tells two samples by their place in a triangle.
    fn pairs(&mut self, from: usize) -> Result<(), DecodeError> {
        let mut at = from;
        while at < self.block {
            let number = self.bits.take_zeros()?;
            let mut sum = 0_u32;
            while (sum + 1) * (sum + 2) / 2 <= number {
                sum += 1;
                if sum > 90 {
                    return Err(DecodeError::Contradiction("a pair of samples that cannot be"));
                }
            }
            let second = number - sum * (sum + 1) / 2;
            if at.is_multiple_of(2) {
                self.told[at] = sum - second;
                at += 1;
            }
            self.told[at] = second;
            at += 1;
        }
        Ok(())
    }

    /// How many blocks hold nothing but zeros.
    fn zero_blocks(&mut self, done: usize) -> Result<usize, DecodeError> {
        let number = self.bits.take_zeros()? + 1;
        Ok(match number {
            REST_OF_SEGMENT => (SEGMENT - done % SEGMENT).min(self.interval - done),
            6.. => number as usize - 1,
            _ => number as usize,
        })
    }

    /// The high part of each sample as zeros before a one, then the low part of each in `low` bits.
    fn split(&mut self, from: usize, low: u32) -> Result<(), DecodeError> {
        for place in &mut self.told[from..self.block] {
            *place = self.bits.take_zeros()?.wrapping_shl(low);
        }
        if low > 0 {
            self.bits.need(low as usize * (self.block - from))?;
            for place in &mut self.told[from..self.block] {
                *place = place.wrapping_add(self.bits.take(low) as u32);
            }
        }
        Ok(())
    }

    /// The sample that an interval begins with.
    fn begin(&mut self, values: &mut Vec<f32>, scaling: Scaling) {
        self.last = self.told[0];
        values.push(scaling.value(f64::from(self.last)));
    }

    fn put(&mut self, values: &mut Vec<f32>, (from, most): (usize, usize), scaling: Scaling) {
        let until = self.block.min(from + (most - values.len()));
        let told = &self.told[from..until];
        if !self.has_differences {
            values.extend(told.iter().map(|&sample| scaling.value(f64::from(sample))));
            return;
        }
        let (greatest, half) = (self.greatest, self.greatest / 2 + 1);
        let mut last = self.last;
        values.extend(told.iter().map(|&told| {
            // Differences are folded: even ones up, odd ones down, and past the nearer end only the other way is left.
            let mirror = if last & half == 0 { 0 } else { greatest };
            let reach = (told >> 1) + (told & 1);
            last = if reach <= (mirror ^ last) {
                last.wrapping_add((told >> 1) ^ !((told & 1).wrapping_sub(1)))
            } else {
                mirror ^ told
            };
            scaling.value(f64::from(last))
        }));
        self.last = last;
    }

    /// Blocks of zeros repeat the sample before, or are zeros where samples are told in full.
    fn repeat(&mut self, values: &mut Vec<f32>, count: usize, scaling: Scaling) {
        let sample = if self.has_differences { self.last } else { 0 };
        values.extend(std::iter::repeat_n(scaling.value(f64::from(sample)), count));
    }
}
