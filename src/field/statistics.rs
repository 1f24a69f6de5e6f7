//! What the values of a field come to.
//!
//! In: [`FieldValues`]. Out: [`FieldStatistics`]: of the points that have a value.

use super::values::FieldValues;

/// Least, greatest and mean value, and how many points have none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldStatistics {
    /// How many points the field has.
    pub points: u64,
    /// How many of them have no value.
    pub missing: u64,
    /// Of those that have one; `None` when no point has.
    pub range: Option<ValueRange>,
}

/// The values of the points that have one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueRange {
    /// The least.
    pub least: f32,
    /// The greatest.
    pub greatest: f32,
    /// The sum over the number of points: every point counts the same, however large an area it stands for.
    pub mean: f64,
}

impl FieldStatistics {
    /// Those of these values.
    pub fn of(values: &FieldValues) -> Self {
        let points = values.len();
        match values {
            FieldValues::Constant { value, .. } if value.is_nan() || points == 0 => {
                Self { points, missing: points, range: None }
            }
            FieldValues::Constant { value, .. } => {
                let range = ValueRange { least: *value, greatest: *value, mean: f64::from(*value) };
                Self { points, missing: 0, range: Some(range) }
            }
            FieldValues::Points(values) => Self::of_points(values),
        }
    }

    fn of_points(values: &[f32]) -> Self {
        let (mut least, mut greatest, mut sum, mut missing) = (f32::INFINITY, f32::NEG_INFINITY, 0.0, 0_u64);
        for part in values.chunks(4_096) {
            let mut part_sum = 0.0;
            for &value in part {
                // NaN is neither less nor greater.
                least = if value < least { value } else { least };
                greatest = if value > greatest { value } else { greatest };
                part_sum += if value.is_nan() { 0.0 } else { f64::from(value) };
                missing += u64::from(value.is_nan());
            }
            sum += part_sum;
        }
        let points = values.len() as u64;
        let count = points - missing;
        let range = (count > 0).then(|| ValueRange { least, greatest, mean: sum / count as f64 });
        Self { points, missing, range }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_without_a_value_count_for_nothing_but_themselves() {
        let values = FieldValues::Points(vec![3.0, f32::NAN, -1.0, f32::NAN, 4.0]);
        let range = ValueRange { least: -1.0, greatest: 4.0, mean: 2.0 };
        assert_eq!(
            FieldStatistics::of(&values),
            FieldStatistics { points: 5, missing: 2, range: Some(range) }
        );
    }

    #[test]
    fn a_field_without_any_value_has_no_range() {
        let missing = FieldValues::Constant { value: f32::NAN, points: 7 };
        assert_eq!(FieldStatistics::of(&missing), FieldStatistics { points: 7, missing: 7, range: None });
        let missing = FieldValues::Points(vec![f32::NAN; 7]);
        assert_eq!(FieldStatistics::of(&missing), FieldStatistics { points: 7, missing: 7, range: None });
    }
}
