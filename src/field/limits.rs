//! How much may be decoded at once, and when it is given up.

use super::error::DecodeError;

/// The limits of one decoding.
#[derive(Clone, Copy)]
pub struct DecodeLimits<'a> {
    /// Most points of a field that is not constant.
    most_points: u64,
    is_given_up: &'a (dyn Fn() -> bool + Sync),
}

/// Most points that are ever decoded; the largest field that was seen has 47 million.
pub const MOST_POINTS: u64 = 60_000_000;

/// A long loop asks so often, in values, whether it is still wanted.
pub(super) const STRIDE: usize = 1 << 16;

impl std::fmt::Debug for DecodeLimits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecodeLimits").field("most_points", &self.most_points).finish_non_exhaustive()
    }
}

impl Default for DecodeLimits<'_> {
    fn default() -> Self {
        Self { most_points: MOST_POINTS, is_given_up: &|| false }
    }
}

impl<'a> DecodeLimits<'a> {
    /// The same, given up when `is_given_up` says so: it is asked many times, and has to be quick.
    #[must_use]
    pub fn until(self, is_given_up: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self { is_given_up, ..self }
    }

    /// The same for fields of at most so many points, and never more than [`MOST_POINTS`].
    #[must_use]
    pub fn with_points(self, most: u64) -> Self {
        Self { most_points: most.min(MOST_POINTS), ..self }
    }

    /// The number of points as a length.
    ///
    /// # Errors
    /// [`DecodeError::TooManyPoints`].
    pub(super) fn points(&self, points: u64) -> Result<usize, DecodeError> {
        let most = self.most_points;
        if points > most {
            return Err(DecodeError::TooManyPoints { points, most });
        }
        usize::try_from(points).map_err(|_| DecodeError::TooManyPoints { points, most })
    }

    /// # Errors
    /// [`DecodeError::GivenUp`].
    pub(super) fn go_on(&self) -> Result<(), DecodeError> {
        if (self.is_given_up)() { Err(DecodeError::GivenUp) } else { Ok(()) }
    }
}
