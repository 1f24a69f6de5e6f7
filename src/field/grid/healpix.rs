//! HEALPix: twelve diamonds, each cut into the same number of cells of equal area.

use super::GridPosition;

/// A HEALPix grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HealpixGrid {
    /// Cells along the edge of a diamond.
    pub side: u32,
    /// How cells are numbered.
    pub order: HealpixOrder,
}

/// How the cells are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealpixOrder {
    /// Along parallels, from north to south.
    Rings,
    /// Diamond by diamond, each in quarters.
    Nested,
}

/// Most cells along an edge: with more, their number is no number of 32 bits.
pub(super) const LONGEST_SIDE: u32 = 16_384;

/// By diamond: rings from the north pole to its southern corner, and its place around the pole, in edges.
const RING_OF_CORNER: [i64; 12] = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4];
const TURN_OF_CORNER: [i64; 12] = [1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7];

impl HealpixGrid {
    /// How many cells there are.
    pub const fn points(&self) -> u64 {
        12 * self.side as u64 * self.side as u64
    }

    /// Where the middle of the cell of that index lies. `None` past the last one.
    pub fn position(&self, index: u64) -> Option<GridPosition> {
        if index >= self.points() {
            return None;
        }
        Some(match self.order {
            HealpixOrder::Rings => self.in_rings(index as i64),
            HealpixOrder::Nested => self.nested(index),
        })
    }

    fn in_rings(&self, index: i64) -> GridPosition {
        let side = i64::from(self.side);
        let cap = 2 * side * (side - 1);
        let all = 12 * side * side;
        if index < cap {
            let ring = ring_of(index);
            self.place(ring, 2 * (index - 2 * ring * (ring - 1)) + 1)
        } else if index < all - cap {
            let (row, column) = ((index - cap) / (4 * side), (index - cap) % (4 * side));
            // Every other ring between the caps is shifted by half a cell.
            self.place(row + side, 2 * column + 1 - (row & 1))
        } else {
            let ring = ring_of(all - 1 - index);
            let column = 4 * ring - 1 - (all - 1 - index - 2 * ring * (ring - 1));
            self.place(4 * side - ring, 2 * column + 1)
        }
    }

    fn nested(&self, index: u64) -> GridPosition {
        let side = i64::from(self.side);
        let (face, within) = ((index / (side * side) as u64) as usize, index % (side * side) as u64);
        let (x, y) = (every_other_bit(within), every_other_bit(within >> 1));
        let ring = RING_OF_CORNER[face] * side - x - y - 1;
        let in_ring = ring.min(4 * side - ring).min(side);
        let halves = TURN_OF_CORNER[face] * in_ring + x - y;
        self.place(ring, halves.rem_euclid(8 * in_ring))
    }

    /// The place so many half cells along a ring, counted from 1.
    fn place(&self, ring: i64, half_cells: i64) -> GridPosition {
        let side = i64::from(self.side);
        let in_ring = ring.min(4 * side - ring).min(side);
        let square = |ring: i64| (ring * ring) as f64 / (3 * side * side) as f64;
        let height = if ring < side {
            1.0 - square(ring)
        } else if ring > 3 * side {
            square(4 * side - ring) - 1.0
        } else {
            (2 * (2 * side - ring)) as f64 / (3 * side) as f64
        };
        GridPosition::new(height.asin().to_degrees(), half_cells as f64 * 45.0 / in_ring as f64)
    }
}

/// The ring of a cell of the northern cap, from 1: ring r begins with cell 2r(r-1).
fn ring_of(index: i64) -> i64 {
    let guess = ((1.0 + (1.0 + 2.0 * index as f64).sqrt()) / 2.0) as i64;
    if 2 * guess * (guess - 1) > index {
        guess - 1
    } else if 2 * guess * (guess + 1) <= index {
        guess + 1
    } else {
        guess
    }
}

fn every_other_bit(bits: u64) -> i64 {
    (0..32).fold(0, |sum, bit| sum | ((bits >> (2 * bit) & 1) << bit)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_and_nested_cells_are_the_same_places() {
        for side in [1, 2, 4, 8] {
            let places = |order| {
                let grid = HealpixGrid { side, order };
                let all = (0..grid.points()).filter_map(|index| grid.position(index));
                let mut all: Vec<(i64, i64)> = all
                    .map(|place| {
                        ((place.latitude * 1e6).round() as i64, (place.longitude * 1e6).round() as i64)
                    })
                    .collect();
                all.sort_unstable();
                all
            };
            assert_eq!(places(HealpixOrder::Rings), places(HealpixOrder::Nested), "{side}");
        }
    }

    #[test]
    fn the_first_and_last_cell_lie_near_the_poles() {
        let grid = HealpixGrid { side: 8, order: HealpixOrder::Rings };
        let first = grid.position(0).expect("a cell");
        assert!(
            (first.latitude - 84.149_73).abs() < 1e-4 && (first.longitude - 45.0).abs() < 1e-9,
            "{first:?}"
        );
        let last = grid.position(grid.points() - 1).expect("a cell");
        assert!(
            (last.latitude + 84.149_73).abs() < 1e-4 && (last.longitude - 315.0).abs() < 1e-9,
            "{last:?}"
        );
    }
}
