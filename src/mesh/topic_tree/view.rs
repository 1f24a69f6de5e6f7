//! The rows of the tree that a screen shows: those of opened nodes, and of them only the ones in sight.
//!
//! In: which nodes are opened, which rows are in sight. Out: the rows, and how many there are in all. Work grows with
//! what is opened, not with the tree; sorted children are kept until there are more.

use super::{NodeFigures, NodeId, TopicTree};
use crate::domain::utc::SteadyTime;
use std::collections::{HashMap, HashSet};

/// Which nodes are opened.
#[derive(Debug, Default)]
pub struct TreeView {
    opened: HashSet<NodeId>,
    sorted: HashMap<NodeId, Vec<NodeId>>,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeRow {
    /// Its node.
    pub node: NodeId,
    /// How deep it is indented; 0 for the first level of topics.
    pub depth: u16,
    /// The last level of its topic, as it came.
    pub name: String,
    /// Whether the rows below it are shown.
    pub is_open: bool,
    /// Its figures.
    pub figures: NodeFigures,
}

/// Rows in sight.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TreeWindow {
    /// How many rows there are in all.
    pub total: usize,
    /// Number of the first one here.
    pub first: usize,
    /// The rows.
    pub rows: Vec<TreeRow>,
}

impl TreeView {
    /// Opens a node, or closes it. With it are opened those below that are the only one of their level: most topics
    /// begin with levels that lead nowhere else.
    pub fn toggle(&mut self, tree: &TopicTree, node: NodeId) {
        if self.opened.remove(&node) {
            return;
        }
        let mut only = Some(node);
        while let Some(node) = only {
            self.opened.insert(node);
            let mut children = tree.children(node);
            only = children.next().filter(|_| children.next().is_none());
        }
    }

    /// Opens every node above `node`, so that its row is there.
    pub fn reveal(&mut self, tree: &TopicTree, node: NodeId) {
        let mut above = tree.parent(node);
        while let Some(at) = above {
            self.opened.insert(at);
            above = tree.parent(at);
        }
    }

    /// The rows from number `first`, at most `count`.
    pub fn window(
        &mut self,
        tree: &TopicTree,
        (first, count): (usize, usize),
        now: SteadyTime,
    ) -> TreeWindow {
        let mut window = TreeWindow { total: 0, first, rows: Vec::new() };
        let mut waiting: Vec<(NodeId, u16)> = Vec::new();
        self.push_children(tree, NodeId::ROOT, 0, &mut waiting);
        while let Some((node, depth)) = waiting.pop() {
            let is_open = self.opened.contains(&node);
            if (first..first.saturating_add(count)).contains(&window.total) {
                let (name, figures) = (tree.name(node).to_owned(), tree.figures(node, now));
                window.rows.push(TreeRow { node, depth, name, is_open, figures });
            }
            window.total += 1;
            if is_open {
                self.push_children(tree, node, depth + 1, &mut waiting);
            }
        }
        window
    }

    /// Puts children last name first, so that they are taken in order.
    fn push_children(
        &mut self,
        tree: &TopicTree,
        node: NodeId,
        depth: u16,
        waiting: &mut Vec<(NodeId, u16)>,
    ) {
        let children = tree.arena.get(node.0).children as usize;
        let sorted = self.sorted.entry(node).or_default();
        if sorted.len() != children {
            *sorted = tree.children(node).collect();
            sorted.sort_by(|a, b| tree.name(*b).cmp(tree.name(*a)));
        }
        waiting.extend(sorted.iter().map(|&child| (child, depth)));
    }
}
