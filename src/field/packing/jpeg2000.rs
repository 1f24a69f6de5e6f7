//! JPEG 2000: packed numbers as the points of an image of one component.
//!
//! The codec allocates for every part that the headers of the image announce, so these are read before: an image whose parts
//! outnumber its points is refused.

use super::super::error::DecodeError;
use super::super::values::FieldValues;
use super::{Packed, Scaling};
use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

/// Where the codestream begins, and the header of its size.
const START: &[u8] = &[0xFF, 0x4F, 0xFF, 0x51];

/// Coding style, and that of one component.
const STYLES: [u8; 2] = [0x52, 0x53];

/// A part of a tile, its data, and the end.
const TILE: u8 = 0x90;
const DATA: u8 = 0x93;
const END: u8 = 0xD9;

/// Smallest precinct that is read, as a power of two: no producer cuts a field smaller.
const LEAST_PRECINCT: u8 = 5;

/// Most tiles of an image.
const MOST_TILES: u64 = 4_096;

/// Deepest sample that the codec keeps exactly.
const DEEPEST: u8 = 25;

pub(super) fn decode(packed: Packed<'_>, scaling: Scaling) -> Result<FieldValues, DecodeError> {
    check(packed.data, packed.count)?;
    packed.limits.go_on()?;
    let settings = DecodeSettings { resolve_palette_indices: false, strict: false, target_resolution: None };
    let bad = |error: &dyn std::fmt::Display| DecodeError::Image(error.to_string());
    let image = Image::new(packed.data, &settings).map_err(|error| bad(&error))?;
    if u64::from(image.width()) * u64::from(image.height()) != packed.count as u64 {
        return Err(DecodeError::Contradiction("the image has another size than the field"));
    }
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|error| bad(&error))?;
    let samples = match decoded.components() {
        [only] => only.samples(),
        _ => return Err(DecodeError::Image("several components".to_owned())),
    };
    if samples.len() != packed.count {
        return Err(DecodeError::DataTooShort);
    }
    packed.limits.go_on()?;
    Ok(FieldValues::Points(samples.iter().map(|&sample| scaling.value(f64::from(sample))).collect()))
}

/// An error unless the headers announce one component, of the size of the field, in parts that can be counted.
fn check(data: &[u8], count: usize) -> Result<(), DecodeError> {
    let refused = |why: &str| Err(DecodeError::Image(why.to_owned()));
    if data.is_empty() {
        return Err(DecodeError::DataTooShort);
    }
    // Some wrap the codestream into a file of its own; it begins near.
    let near = &data[..data.len().min(1_024)];
    let start = near.windows(START.len()).position(|octets| octets == START);
    let Some(stream) = start.and_then(|start| data.get(start..)) else { return refused("no codestream") };
    let size = |octet: usize| {
        let four = stream.get(octet..octet + 4).and_then(|four| four.try_into().ok());
        four.map(|four| u64::from(u32::from_be_bytes(four))).ok_or(DecodeError::DataTooShort)
    };
    let (right, bottom, left, top) = (size(8)?, size(12)?, size(16)?, size(20)?);
    let (tile_width, tile_height, tile_left, tile_top) = (size(24)?, size(28)?, size(32)?, size(36)?);
    let components = stream.get(40..42).map(|two| u16::from_be_bytes([two[0], two[1]]));
    let depth = stream.get(42).copied().unwrap_or(u8::MAX);
    if components != Some(1) || stream.get(43..45) != Some(&[1, 1]) {
        return refused("several components");
    }
    if depth & 0x7F >= DEEPEST {
        return refused("deeper than the codec is exact");
    }
    if right.saturating_sub(left) * bottom.saturating_sub(top) != count as u64 {
        return Err(DecodeError::Contradiction("the image has another size than the field"));
    }
    if tile_width == 0 || tile_height == 0 || tile_left > left || tile_top > top {
        return refused("tiles that cannot be");
    }
    let across = (right - tile_left).div_ceil(tile_width);
    if across.saturating_mul((bottom - tile_top).div_ceil(tile_height)) > MOST_TILES {
        return refused("too many tiles");
    }
    check_parts(stream)
}

/// An error when a header of the image, or of one of its tiles, cuts it into too many parts.
fn check_parts(stream: &[u8]) -> Result<(), DecodeError> {
    let mut at = 2;
    let mut tile_end = None;
    while let Some(&[0xFF, marker, high, low]) = stream.get(at..at + 4).and_then(|four| four.first_chunk()) {
        if marker == END {
            break;
        }
        if marker == DATA {
            // The data of a tile that has no length go to the end.
            match tile_end {
                Some(end) if end > at => at = end,
                _ => break,
            }
            continue;
        }
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(segment) = stream.get(at + 4..at + 2 + length).filter(|_| length >= 2) else { break };
        if STYLES.contains(&marker) && has_small_precincts(segment, marker) {
            return Err(DecodeError::Image("too many precincts".to_owned()));
        }
        if marker == TILE {
            let told = segment.get(2..6).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes);
            tile_end = (told > 0).then(|| at.saturating_add(told as usize));
        }
        at += 2 + length;
    }
    Ok(())
}

/// Whether a coding style has precincts smaller than anybody needs.
fn has_small_precincts(segment: &[u8], marker: u8) -> bool {
    // The style of all components has four octets more, that of one begins with its number.
    let (style_at, sizes_at) = if marker == STYLES[0] { (0, 10) } else { (1, 7) };
    let has_own = segment.get(style_at).is_some_and(|style| style & 1 == 1);
    let sizes = segment.get(sizes_at..).unwrap_or_default();
    // The lowest level holds so few points that its precincts may be small.
    has_own && sizes.iter().skip(1).any(|size| size & 15 < LEAST_PRECINCT || size >> 4 < LEAST_PRECINCT)
}
