//! The last messages of each topic, as they came: for the list beside the tree, and for "as received".
//!
//! In: messages with their node. Out: the last of one node. Bounded by number a node, by number and by octets in all.

use super::announcement::ReceivedMessage;
use super::dedupe::Novelty;
use super::lag::{Arrival, Lag};
use super::marks::ByName;
use super::topic_tree::NodeId;
use crate::domain::utc::UtcMillis;
use std::collections::VecDeque;
use std::sync::Arc;

/// A message in the list.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Grows with every message.
    pub number: u64,
    /// The topic it came on.
    pub topic: Box<str>,
    /// Its node.
    pub node: NodeId,
    /// When it came.
    pub at: UtcMillis,
    /// How late. `None` when it does not say when it was published.
    pub lag: Option<Lag>,
    /// How it came.
    pub arrival: Arrival,
    /// What it adds. `None` for anything but an announcement.
    pub novelty: Option<Novelty>,
    /// The message.
    pub received: ReceivedMessage,
}

/// Bounds of what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentLimits {
    /// Messages a node.
    pub per_node: usize,
    /// Messages in all.
    pub messages: usize,
    /// Octets of messages in all.
    pub octets: usize,
}

impl Default for RecentLimits {
    fn default() -> Self {
        Self { per_node: 50, messages: 20_000, octets: 64 << 20 }
    }
}

/// The last messages.
#[derive(Debug)]
pub struct Recent {
    limits: RecentLimits,
    /// Oldest first; those that a node gave up are marked by their absence in `by_node`.
    order: VecDeque<(NodeId, u64)>,
    by_node: ByName<NodeId, VecDeque<Arc<Heard>>>,
    count: usize,
    octets: usize,
}

impl Recent {
    /// Nothing yet.
    pub fn new(limits: RecentLimits) -> Self {
        Self { limits, order: VecDeque::new(), by_node: ByName::default(), count: 0, octets: 0 }
    }

    /// Keeps a message, and lets go of older ones.
    pub fn add(&mut self, heard: Arc<Heard>) {
        let (node, number) = (heard.node, heard.number);
        self.count += 1;
        self.octets += heard.received.raw.len();
        self.order.push_back((node, number));
        let list = self.by_node.entry(node).or_default();
        list.push_back(heard);
        if list.len() > self.limits.per_node
            && let Some(old) = list.pop_front()
        {
            self.count -= 1;
            self.octets -= old.received.raw.len();
        }
        while self.count > self.limits.messages || self.octets > self.limits.octets {
            let Some((node, number)) = self.order.pop_front() else { break };
            self.let_go(node, number);
        }
        // Marks of what nodes gave up themselves must not outgrow what is kept.
        while self.order.len() > 2 * self.limits.messages.max(1) {
            let Some((node, number)) = self.order.pop_front() else { break };
            self.let_go(node, number);
        }
    }

    fn let_go(&mut self, node: NodeId, number: u64) {
        let Some(list) = self.by_node.get_mut(&node) else { return };
        if list.front().is_some_and(|oldest| oldest.number == number)
            && let Some(old) = list.pop_front()
        {
            self.count -= 1;
            self.octets -= old.received.raw.len();
        }
        if list.is_empty() {
            self.by_node.remove(&node);
        }
    }

    /// The last messages of the nodes that `is_meant`, newest first, at most `count`.
    pub fn last(&self, count: usize, is_meant: impl Fn(NodeId) -> bool) -> Vec<Arc<Heard>> {
        let lists = self.by_node.iter().filter(|(node, _)| is_meant(**node)).map(|(_, list)| list);
        let mut found: Vec<Arc<Heard>> =
            lists.flat_map(|list| list.iter().rev().take(count).cloned()).collect();
        found.sort_by_key(|heard| std::cmp::Reverse(heard.number));
        found.truncate(count);
        found
    }

    /// The message of that number. `None` when it is not kept any more.
    pub fn get(&self, number: u64) -> Option<Arc<Heard>> {
        let at = self.order.partition_point(|(_, known)| *known < number);
        let (node, _) = self.order.get(at).filter(|(_, known)| *known == number)?;
        let list = self.by_node.get(node)?;
        let place = list.binary_search_by_key(&number, |heard| heard.number).ok()?;
        Some(list[place].clone())
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::announcement::read;
    use crate::mesh::topic_tree::{Counted, TopicTree, TreeLimits};
    use bytes::Bytes;

    fn keep(recent: &mut Recent, node: NodeId, number: u64, octets: usize) {
        recent.add(Arc::new(Heard {
            number,
            topic: "t".into(),
            node,
            at: UtcMillis::from_unix_millis(0).expect("1970"),
            lag: None,
            arrival: Arrival::Live,
            novelty: None,
            received: read(Bytes::from(vec![b'x'; octets]), &[]),
        }));
    }

    /// Two nodes of a tree.
    fn nodes() -> [NodeId; 2] {
        let mut tree = TopicTree::new(TreeLimits::default());
        let counted = Counted {
            octets: 0,
            published_at: None,
            lag: None,
            arrival: Arrival::Live,
            is_invalid: true,
            now: Default::default(),
        };
        ["a", "b"].map(|topic| tree.add(topic, &counted))
    }

    #[test]
    fn each_node_keeps_its_last_and_a_busy_one_does_not_push_a_quiet_one_out() {
        let [busy, quiet] = nodes();
        let mut recent = Recent::new(RecentLimits { per_node: 3, messages: 100, octets: 1 << 20 });
        keep(&mut recent, quiet, 0, 10);
        (1..=50).for_each(|n| keep(&mut recent, busy, n, 10));
        let numbers =
            |of: NodeId| recent.last(10, |node| node == of).iter().map(|h| h.number).collect::<Vec<_>>();
        assert_eq!((numbers(busy), numbers(quiet)), (vec![50, 49, 48], vec![0]));
        assert_eq!(recent.len(), 4);
    }

    #[test]
    fn number_and_octets_in_all_are_bounded() {
        let [a, b] = nodes();
        let mut recent = Recent::new(RecentLimits { per_node: 1_000, messages: 10, octets: 500 });
        (0..1_000).for_each(|n| keep(&mut recent, if n % 2 == 0 { a } else { b }, n, 100));
        assert_eq!((recent.len(), recent.octets), (5, 500));
        assert_eq!(recent.last(1, |_| true)[0].number, 999);
        assert!(recent.order.len() <= 20);
    }
}
