//! Spreads values over the points that a bitmap gives them.
//!
//! In: values of the points that have one, and a bit for each point. Out: one value for each point, NaN where there is none.

use super::error::DecodeError;
use super::values::FieldValues;

/// How many of the first `points` bits are set.
///
/// # Errors
/// [`DecodeError::Contradiction`] when the map has fewer bits.
pub fn count(bits: &[u8], points: usize) -> Result<usize, DecodeError> {
    let whole = points / 8;
    let (octets, rest) = (bits.get(..points.div_ceil(8)), points % 8);
    let octets =
        octets.ok_or(DecodeError::Contradiction("the bitmap has fewer bits than the grid has points"))?;
    let (eights, tail) = octets[..whole].as_chunks::<8>();
    let mut set: usize = eights.iter().map(|eight| u64::from_ne_bytes(*eight).count_ones() as usize).sum();
    set += tail.iter().map(|octet| octet.count_ones() as usize).sum::<usize>();
    if rest > 0 {
        set += (octets[whole] >> (8 - rest)).count_ones() as usize;
    }
    Ok(set)
}

/// The values of all `points`; `set` is how many bits are set, as [`count`] found.
///
/// # Errors
/// [`DecodeError::Contradiction`] when there are not as many values as bits that are set.
pub(super) fn spread(
    values: FieldValues,
    bits: &[u8],
    (points, set): (usize, usize),
) -> Result<FieldValues, DecodeError> {
    if values.len() != set as u64 {
        return Err(DecodeError::Contradiction("the bitmap and the number of values differ"));
    }
    if set == points {
        return Ok(values);
    }
    if set == 0 {
        return Ok(FieldValues::Constant { value: f32::NAN, points: points as u64 });
    }
    let mut spread = match values {
        FieldValues::Points(values) => values,
        FieldValues::Constant { value, points } => vec![value; points as usize],
    };
    spread.resize(points, f32::NAN);
    // From the end on, so that no value is written over before it is read.
    let mut from = set;
    let mut point = points;
    while point > 0 && from < point {
        let in_octet = if point.is_multiple_of(8) { 8 } else { point % 8 };
        let octet = bits[(point - in_octet) / 8] >> (8 - in_octet);
        match octet {
            0 => spread[point - in_octet..point].fill(f32::NAN),
            _ if octet.count_ones() as usize == in_octet => {
                spread.copy_within(from - in_octet..from, point - in_octet);
                from -= in_octet;
            }
            _ => {
                for bit in 0..in_octet {
                    let is_set = octet >> bit & 1 == 1;
                    from -= usize::from(is_set);
                    spread[point - 1 - bit] = if is_set { spread[from] } else { f32::NAN };
                }
            }
        }
        point -= in_octet;
    }
    Ok(FieldValues::Points(spread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_spread_over_the_points_whose_bit_is_set() {
        for points in 1..40_usize {
            let bits: Vec<u8> = (0..5_u8).map(|n| n.wrapping_mul(91).wrapping_add(37)).collect();
            let is_set = |point: usize| bits[point / 8] >> (7 - point % 8) & 1 == 1;
            let set = count(&bits, points).expect("enough bits");
            assert_eq!(set, (0..points).filter(|&point| is_set(point)).count());
            let values = FieldValues::Points((0..set).map(|n| n as f32).collect());
            let all = spread(values, &bits, (points, set)).expect("as many");
            let mut next = 0.0;
            for (point, value) in all.iter().enumerate() {
                assert_eq!(value.is_nan(), !is_set(point), "{points} {point}");
                if is_set(point) {
                    assert_eq!(value.to_bits(), f32::to_bits(next));
                    next += 1.0;
                }
            }
        }
    }

    #[test]
    fn a_map_that_is_too_short_or_counts_otherwise_is_an_error() {
        assert!(count(&[0xFF], 9).is_err());
        let values = FieldValues::Points(vec![1.0; 3]);
        assert!(spread(values, &[0xF0], (8, 4)).is_err());
    }
}
