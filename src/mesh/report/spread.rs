//! The mean, the median and the longest of many lags.

/// Lags of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LagSpread(Vec<i64>);

/// What they come to. Unit: milliseconds; negative when the publisher's clock is ahead of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LagSummary {
    /// How many there are.
    pub count: u64,
    /// Their mean. `None` without any.
    pub mean: Option<i64>,
    /// The one in the middle; the lower one of two.
    pub median: Option<i64>,
    /// The longest.
    pub longest: Option<i64>,
}

impl LagSpread {
    /// Adds one more.
    pub fn add(&mut self, millis: i64) {
        self.0.push(millis);
    }

    /// What all of them come to.
    pub fn spread(mut self) -> LagSummary {
        self.0.sort_unstable();
        let count = self.0.len();
        let sum: i128 = self.0.iter().map(|lag| i128::from(*lag)).sum();
        let mean = i128::try_from(count).ok().filter(|count| *count > 0).map(|count| sum / count);
        LagSummary {
            count: count as u64,
            mean: mean.and_then(|mean| i64::try_from(mean).ok()),
            median: self.0.get(count.saturating_sub(1) / 2).copied(),
            longest: self.0.last().copied(),
        }
    }
}
