//! A small table of words and figures: the first column at its left, the others at their right; one node for each row.
//!
//! In: titles and rows of cells. Out: nothing; it is only read. For lists of thousands of rows, see [`super::row`].

use crate::ui::fonts::bold;
use crate::ui::theme::{GRID, SMALL_SIZE, Theme};
use egui::{Align, Grid, Label, Layout, RichText, Role, Ui, WidgetInfo};

/// Titles and rows; each row has as many cells as there are titles.
pub struct FigureTable<'a> {
    /// Its name for the screen reader, unlike any other on the screen.
    pub name: &'a str,
    /// The titles of its columns.
    pub titles: &'a [String],
    /// Its rows.
    pub rows: &'a [Vec<String>],
    /// How many columns, from the first, stand at their left.
    pub left: usize,
}

/// Draws a table.
pub fn show(ui: &mut Ui, table: &FigureTable<'_>, theme: &Theme) {
    let layout_of = |at: usize| {
        if at < table.left {
            Layout::left_to_right(Align::Center)
        } else {
            Layout::right_to_left(Align::Center)
        }
    };
    let grid = Grid::new(table.name).striped(true).spacing([4.0 * GRID, GRID]);
    grid.show(ui, |ui| {
        for (at, title) in table.titles.iter().enumerate() {
            cell(ui, RichText::new(title).font(bold(SMALL_SIZE)).color(theme.quiet), layout_of(at));
        }
        ui.end_row();
        for row in table.rows {
            for (at, words) in row.iter().enumerate() {
                let response =
                    cell(ui, RichText::new(words).size(SMALL_SIZE).color(theme.text), layout_of(at));
                // A screen reader hears the row at its first cell, with the titles of its figures.
                let sentence = || if at == 0 { sentence(table.titles, row) } else { words.clone() };
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, sentence()));
            }
            ui.end_row();
        }
    });
}

fn cell(ui: &mut Ui, words: RichText, layout: Layout) -> egui::Response {
    ui.with_layout(layout, |ui| ui.add(Label::new(words).extend())).inner
}

fn sentence(titles: &[String], row: &[String]) -> String {
    let figures = titles.iter().zip(row).skip(1).map(|(title, cell)| format!("{title} {cell}"));
    std::iter::once(row.first().cloned().unwrap_or_default()).chain(figures).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_heard_with_the_titles_of_its_figures() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            sentence(&words(&["Node", "Files", "Lag"]), &words(&["a", "3", "1.5"])),
            "a, Files 3, Lag 1.5"
        );
    }
}
