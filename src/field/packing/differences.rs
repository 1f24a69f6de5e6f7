//! Spatial differencing, undone while values are read.
//!
//! In: differences of order `N`. Out: the numbers themselves; the first `N` are given.

/// What has been read last. Numbers of a hostile file may run over: they wrap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Differences<const N: usize> {
    given: [i64; 3],
    seen: usize,
    bias: i64,
    /// The last one, the one before, and the one before that.
    last: [i64; 3],
}

impl<const N: usize> Differences<N> {
    /// With the first numbers, and what was taken from every difference.
    pub(super) const fn new(given: [i64; 3], bias: i64) -> Self {
        Self { given, seen: 0, bias, last: [0; 3] }
    }

    /// The number that belongs to the next difference.
    #[inline(always)]
    pub(super) fn next(&mut self, difference: i64) -> i64 {
        let [a, b, c] = self.last;
        if N == 0 {
            return difference;
        }
        let number = if self.seen < N {
            self.seen += 1;
            self.given[self.seen - 1]
        } else {
            let step = difference.wrapping_add(self.bias);
            let course = match N {
                1 => a,
                2 => a.wrapping_mul(2).wrapping_sub(b),
                _ => a.wrapping_sub(b).wrapping_mul(3).wrapping_add(c),
            };
            course.wrapping_add(step)
        };
        self.last = [number, a, b];
        number
    }
}

#[cfg(test)]
mod tests {
    use super::Differences;

    #[test]
    fn differences_of_each_order_lead_back_to_the_numbers() {
        let squares = |n: i64| n * n - 7;
        let mut first = Differences::<1>::new([squares(0), 0, 0], 0);
        let mut second = Differences::<2>::new([squares(0), squares(1), 0], -3);
        let mut third = Differences::<3>::new([squares(0), squares(1), squares(2)], 0);
        for n in 0..20 {
            assert_eq!(first.next(squares(n) - squares(n - 1)), squares(n));
            assert_eq!(second.next(2 + 3), squares(n));
            assert_eq!(third.next(0), squares(n));
        }
    }
}
