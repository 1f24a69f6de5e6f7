//! In which order the points of a grid with columns and rows stand.

/// Columns, rows, and the order of points (flag table 3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanOrder {
    /// Points of a row.
    pub columns: u32,
    /// Points of a column.
    pub rows: u32,
    flags: u8,
}

/// Points of a row stand from east to west.
const WESTWARD: u8 = 0x80;
/// Rows stand from south to north.
const NORTHWARD: u8 = 0x40;
/// Columns follow each other, not rows.
const BY_COLUMNS: u8 = 0x20;
/// Every other row, or column, stands the other way round.
const TO_AND_FRO: u8 = 0x10;

impl ScanOrder {
    /// With the flags of a header.
    pub const fn new((columns, rows): (u32, u32), flags: u8) -> Self {
        Self { columns, rows, flags }
    }

    /// How many points there are.
    pub const fn points(&self) -> u64 {
        self.columns as u64 * self.rows as u64
    }

    /// Whether points of a row stand from east to west.
    pub const fn is_westward(&self) -> bool {
        self.flags & WESTWARD != 0
    }

    /// Whether rows stand from south to north.
    pub const fn is_northward(&self) -> bool {
        self.flags & NORTHWARD != 0
    }

    /// Column and row of a point, counted from the first point of the grid. `None` past the last one.
    pub fn cell(&self, index: u64) -> Option<(u32, u32)> {
        if index >= self.points() {
            return None;
        }
        let along = u64::from(if self.flags & BY_COLUMNS != 0 { self.rows } else { self.columns });
        let (line, mut at) = (index / along, index % along);
        if self.flags & TO_AND_FRO != 0 && line % 2 == 1 {
            at = along - 1 - at;
        }
        let (line, at) = (line as u32, at as u32);
        Some(if self.flags & BY_COLUMNS != 0 { (line, at) } else { (at, line) })
    }

    /// Steps to the east and to the north of a point from the first one.
    pub fn steps(&self, index: u64) -> Option<(f64, f64)> {
        let (column, row) = self.cell(index)?;
        let (column, row) = (f64::from(column), f64::from(row));
        let east = if self.is_westward() { -column } else { column };
        Some((east, if self.is_northward() { row } else { -row }))
    }
}

#[cfg(test)]
mod tests {
    use super::ScanOrder;

    #[test]
    fn points_stand_by_rows_by_columns_and_to_and_fro() {
        let cells = |flags| {
            let order = ScanOrder::new((3, 2), flags);
            assert_eq!(order.cell(6), None);
            (0..6).filter_map(|index| order.cell(index)).collect::<Vec<_>>()
        };
        assert_eq!(cells(0), [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1)]);
        assert_eq!(cells(0x20), [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]);
        assert_eq!(cells(0x10), [(0, 0), (1, 0), (2, 0), (2, 1), (1, 1), (0, 1)]);
        assert_eq!(cells(0x30), [(0, 0), (0, 1), (1, 1), (1, 0), (2, 0), (2, 1)]);
        assert_eq!(ScanOrder::new((3, 2), 0xC0).steps(4), Some((-1.0, 1.0)));
    }

    #[test]
    fn a_grid_without_points_has_no_cell() {
        assert_eq!(ScanOrder::new((0, 9), 0).cell(0), None);
    }
}
