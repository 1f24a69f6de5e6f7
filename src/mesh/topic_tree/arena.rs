//! Where nodes and names lie: blocks that never move, one store of names, one table to find a child by its name.

use super::{NOBODY, Node};

/// Nodes in a block.
const BLOCK: usize = 4_096;

/// Nodes by number.
#[derive(Debug)]
pub(super) struct Arena {
    blocks: Vec<Vec<Node>>,
    names: String,
    /// Open addressing by a mark of parent and name; at most three quarters full.
    table: Vec<u32>,
    count: usize,
}

impl Arena {
    /// With the root alone.
    pub(super) fn new() -> Self {
        let mut blocks = vec![Vec::with_capacity(BLOCK)];
        blocks[0].push(Node::new(NOBODY, (0, 0)));
        Self { blocks, names: String::new(), table: vec![NOBODY; 64], count: 1 }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn name_octets(&self) -> usize {
        self.names.len()
    }

    pub(super) fn get(&self, at: u32) -> &Node {
        &self.blocks[at as usize / BLOCK][at as usize % BLOCK]
    }

    pub(super) fn get_mut(&mut self, at: u32) -> &mut Node {
        &mut self.blocks[at as usize / BLOCK][at as usize % BLOCK]
    }

    pub(super) fn name(&self, at: u32) -> &str {
        let node = self.get(at);
        &self.names[node.name_at as usize..node.name_at as usize + usize::from(node.name_length)]
    }

    /// The child `name` of `parent`, whose mark is `mark`.
    pub(super) fn find(&self, mark: u64, parent: u32, name: &str) -> Option<u32> {
        let mut slot = self.slot(mark);
        loop {
            match self.table[slot] {
                NOBODY => return None,
                at if self.get(at).parent == parent && self.name(at) == name => return Some(at),
                _ => slot = (slot + 1) % self.table.len(),
            }
        }
    }

    /// A new child. `None` when its name is longer than a topic can be, or numbers run out.
    pub(super) fn grow(
        &mut self,
        mark: u64,
        parent: u32,
        name: &str,
        mark_of: impl Fn(u32, &str) -> u64,
    ) -> Option<u32> {
        let place = (u32::try_from(self.names.len()).ok()?, u16::try_from(name.len()).ok()?);
        let at = u32::try_from(self.count).ok().filter(|&at| at != NOBODY)?;
        if (self.count + 1) * 4 > self.table.len() * 3 {
            self.widen(mark_of);
        }
        self.names.push_str(name);
        let mut node = Node::new(parent, place);
        let above = self.get_mut(parent);
        node.next_sibling = above.first_child;
        above.first_child = at;
        above.children += 1;
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        self.blocks.last_mut()?.push(node);
        self.count += 1;
        self.enter(mark, at);
        Some(at)
    }

    fn slot(&self, mark: u64) -> usize {
        // The table's length is a power of two.
        mark as usize & (self.table.len() - 1)
    }

    fn enter(&mut self, mark: u64, at: u32) {
        let mut slot = self.slot(mark);
        while self.table[slot] != NOBODY {
            slot = (slot + 1) % self.table.len();
        }
        self.table[slot] = at;
    }

    fn widen(&mut self, mark_of: impl Fn(u32, &str) -> u64) {
        self.table = vec![NOBODY; self.table.len() * 2];
        for at in 1..self.count as u32 {
            let mark = mark_of(self.get(at).parent, self.name(at));
            self.enter(mark, at);
        }
    }
}
