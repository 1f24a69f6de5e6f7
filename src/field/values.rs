//! The values of a field, in the order of the file.

/// One value for each point; NaN where there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldValues {
    /// The same everywhere: one number, however many points there are.
    Constant {
        /// It; NaN when every point is missing.
        value: f32,
        /// At so many points.
        points: u64,
    },
    /// One for each point, in the order of the file.
    Points(Vec<f32>),
}

impl FieldValues {
    /// How many points there are.
    pub fn len(&self) -> u64 {
        match self {
            Self::Constant { points, .. } => *points,
            Self::Points(values) => values.len() as u64,
        }
    }

    /// Whether there is no point at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at a point, by its index in the file; NaN when it is missing. `None` past the last point.
    pub fn at(&self, index: u64) -> Option<f32> {
        match self {
            Self::Constant { value, points } => (index < *points).then_some(*value),
            Self::Points(values) => values.get(usize::try_from(index).ok()?).copied(),
        }
    }

    /// Every value, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = f32> + '_ {
        let (constant, points): (_, &[f32]) = match self {
            Self::Constant { value, points } => (Some((*value, *points)), &[]),
            Self::Points(values) => (None, values),
        };
        let repeated = constant.into_iter().flat_map(|(value, points)| (0..points).map(move |_| value));
        repeated.chain(points.iter().copied())
    }
}
