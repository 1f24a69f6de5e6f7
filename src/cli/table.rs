//! Lays rows out as a table that fits the width of the terminal.
//!
//! In: cells, what each column is, and the width, where there is one. Out: lines, and which columns had to go. Start
//! reading at [`lay_out`].

/// How the cells of a column stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At its left.
    Left,
    /// At its right.
    Right,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// How its cells stand.
    pub align: Align,
    /// When it goes where there is no room for all: the highest first, 0 never.
    pub goes: u8,
}

/// A table as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextTable {
    /// Its lines.
    pub lines: Vec<String>,
    /// The columns, by their number, for which there was no room.
    pub gone: Vec<usize>,
}

/// What stands between two columns.
const GAP: &str = "  ";

/// Lays rows out in columns as wide as their widest cell. Where they do not fit into `width`, columns go; then the end of
/// a line is cut, and `…` says so.
pub fn lay_out(columns: &[Column], rows: &[Vec<String>], width: Option<usize>) -> TextTable {
    let widest = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns.len()).map(|at| widest(at).unwrap_or(0)).collect();
    let mut shown: Vec<usize> = (0..columns.len()).filter(|at| widths[*at] > 0).collect();
    let mut gone = Vec::new();
    let total = |shown: &[usize]| {
        let cells: usize = shown.iter().map(|at| widths[*at]).sum();
        cells + GAP.len() * shown.len().saturating_sub(1)
    };
    while width.is_some_and(|width| total(&shown) > width) {
        let first =
            shown.iter().copied().filter(|at| columns[*at].goes > 0).max_by_key(|at| columns[*at].goes);
        let Some(first) = first else { break };
        shown.retain(|at| *at != first);
        gone.push(first);
    }
    gone.sort_unstable();
    let line = |row: &Vec<String>| {
        let cells = shown.iter().map(|at| {
            let (cell, width) = (row.get(*at).map_or("", String::as_str), widths[*at]);
            match columns[*at].align {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            }
        });
        cut(cells.collect::<Vec<_>>().join(GAP).trim_end(), width)
    };
    TextTable { lines: rows.iter().map(line).collect(), gone }
}

fn cut(line: &str, width: Option<usize>) -> String {
    match width {
        Some(width) if line.chars().count() > width => {
            let kept: String = line.chars().take(width.saturating_sub(1)).collect();
            format!("{kept}…")
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] = [
        Column { align: Align::Right, goes: 0 },
        Column { align: Align::Left, goes: 2 },
        Column { align: Align::Left, goes: 1 },
        Column { align: Align::Left, goes: 0 },
    ];

    fn rows() -> Vec<Vec<String>> {
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        vec![row(["1", "0+180", "20 Nov", "2 m"]), row(["12", "180+1800", "20 Nov", "10 m above ground"])]
    }

    #[test]
    fn without_a_width_a_table_is_as_wide_as_its_cells() {
        let table = lay_out(&COLUMNS, &rows(), None);
        assert_eq!(table.lines, [" 1  0+180     20 Nov  2 m", "12  180+1800  20 Nov  10 m above ground"]);
        assert!(table.gone.is_empty());
    }

    #[test]
    fn columns_go_one_after_the_other_until_a_table_fits_and_then_lines_are_cut() {
        for (width, gone, last) in [
            (39, &[][..], "12  180+1800  20 Nov  10 m above ground"),
            (38, &[1], "12  20 Nov  10 m above ground"),
            (28, &[1, 2], "12  10 m above ground"),
            (12, &[1, 2], "12  10 m ab…"),
        ] {
            let table = lay_out(&COLUMNS, &rows(), Some(width));
            assert_eq!((table.gone.as_slice(), table.lines[1].as_str()), (gone, last), "{width}");
            assert!(
                table.lines.iter().all(|line| line.chars().count() <= width),
                "{width}: {:?}",
                table.lines
            );
        }
    }
}
