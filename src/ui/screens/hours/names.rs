//! Gives each cell of the matrix in sight a name, for those who hear the screen.
//!
//! In: the matrix as it is drawn. Out: one node a cell, below the node of the matrix. A thousand cells are in sight at once: they
//! are nodes without being widgets, and a name is made anew only when its cell changed.

use super::axis::{MatrixPlace, Slot};
use super::choice::{CellPress, Choice, can_be_chosen};
use super::matrix::{Geometry, Shown};
use super::words;
use crate::app::catalog::hours::{DatasetId, MatrixCell};
use crate::ui::scene::Scene;
use egui::accesskit::{Action, Node, NodeId, Rect, Role};
use egui::{Event, Id, Response, Ui};
use std::collections::{HashMap, HashSet};

/// Names that were made already.
#[derive(Debug, Default)]
pub struct NameCache {
    /// What they are names in.
    of: Option<(DatasetId, &'static str)>,
    made: HashMap<Slot, (MatrixCell, String)>,
}

impl NameCache {
    /// Forgets names of another dataset or language, and all of them before they become too many.
    fn keep_to(&mut self, dataset: &DatasetId, language: &'static str) {
        let is_same = self.of.as_ref().is_some_and(|(of, spoken)| of == dataset && *spoken == language);
        if !is_same || self.made.len() > MOST {
            self.made.clear();
            self.of = Some((dataset.clone(), language));
        }
    }

    /// The name of a cell; `make` is only asked when the cell is another than before.
    fn name(&mut self, slot: Slot, cell: &MatrixCell, make: impl FnOnce() -> String) -> &str {
        let made = self.made.entry(slot).or_default();
        if made.1.is_empty() || made.0 != *cell {
            *made = (*cell, make());
        }
        &made.1
    }
}

/// Most names that are kept: a large matrix, seen once all over.
const MOST: usize = 20_000;

/// Names the cells in sight, when somebody listens; a press on one chooses it as well.
pub fn show(
    ui: &Ui,
    scene: &Scene<'_>,
    (shown, geometry): (Shown<'_>, &Geometry),
    (names, choice): (&mut NameCache, &mut Choice),
    response: &Response,
) {
    if !ui.ctx().has_accesskit_node(response.id) {
        return;
    }
    names.keep_to(&shown.view.dataset, scene.text.language().code());
    let wanted = pressed(ui);
    let mut toggled = None;
    let mut nodes = Vec::new();
    for row in geometry.rows(shown.view.rows.len()) {
        for column in geometry.columns(shown.columns.count()) {
            let place = MatrixPlace { row, column };
            let Some((slot, cell)) = shown.columns.cell_at(shown.view, place) else { continue };
            let id = response.id.with(slot);
            let name = names.name(slot, cell, || words::cell(scene.text, slot, cell));
            let mut node = node(geometry, place, name);
            node.set_selected(choice.slots().contains(&slot));
            if !can_be_chosen(cell.state) {
                node.set_disabled();
            }
            if wanted.contains(&id.accesskit_id()) {
                toggled = Some(place);
            }
            nodes.push((id, node));
        }
    }
    hang(ui, response.id, nodes);
    let active = choice.cursor.map(|slot: Slot| response.id.with(slot));
    if let Some(active) = active.filter(|id| ui.ctx().has_accesskit_node(*id)) {
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_active_descendant(active.accesskit_id()));
    }
    if let Some(place) = toggled {
        choice.begin((shown.view, shown.columns), place, CellPress::Also);
    }
}

/// What a screen reader asked to press in this frame.
fn pressed(ui: &Ui) -> HashSet<NodeId> {
    ui.input(|input| {
        let asked = input.events.iter().filter_map(|event| match event {
            Event::AccessKitActionRequest(request) if request.action == Action::Click => {
                Some(request.target_node)
            }
            _ => None,
        });
        asked.collect()
    })
}

fn node(geometry: &Geometry, place: MatrixPlace, name: &str) -> Node {
    let rect = geometry.cell(place).intersect(geometry.cells);
    let mut node = Node::new(Role::GridCell);
    node.set_label(name);
    node.set_bounds(Rect {
        x0: rect.min.x.into(),
        y0: rect.min.y.into(),
        x1: rect.max.x.into(),
        y1: rect.max.y.into(),
    });
    node.set_row_index(place.row);
    node.set_column_index(place.column);
    node.add_action(Action::Click);
    node
}

/// Hangs nodes below that of `parent`. What is no widget would hang below the window's: its list is put back as it was.
fn hang(ui: &Ui, parent: Id, nodes: Vec<(Id, Node)>) {
    let (ctx, root) = (ui.ctx(), egui::accesskit_root_id());
    let before = ctx.accesskit_node_builder(root, |node| node.children().to_vec()).unwrap_or_default();
    let children: Vec<NodeId> = nodes.iter().map(|(id, _)| id.accesskit_id()).collect();
    for (id, node) in nodes {
        ctx.accesskit_node_builder(id, |place| *place = node);
    }
    ctx.accesskit_node_builder(root, |node| node.set_children(before));
    ctx.accesskit_node_builder(parent, |node| node.set_children(children));
}
