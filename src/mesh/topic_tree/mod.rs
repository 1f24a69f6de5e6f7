//! The tree of topics as it lives: counts, rates and lag at every node, for a million topics in bounded memory.
//!
//! In: topics with what came on them. Out: figures of nodes, and through [`view`] the rows that a screen shows.
//! Nodes lie in an arena in blocks, names in one store, children in lists; each message is counted at its topic and at every
//! node above. What does not fit is counted at the deepest node that does, and as hidden. Start reading at [`TopicTree::add`].

mod arena;
pub mod pins;
#[cfg(test)]
mod tests;
pub mod view;

use super::lag::{Arrival, Lag, LagFigures, LagHistogram};
use super::marks::Marks;
use super::topic::DEEPEST;
use crate::domain::utc::{SteadyTime, UtcMillis};
use arena::Arena;
use std::collections::HashMap;

/// A node of the tree, for as long as the tree lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// The node above all topics.
    pub const ROOT: Self = Self(0);
}

/// No node.
const NOBODY: u32 = u32::MAX;

/// Over which time rates are averaged, in seconds.
const RATE_SECONDS: f32 = 60.0;

/// Bounds of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeLimits {
    /// Most nodes.
    pub nodes: usize,
    /// Most octets of names.
    pub name_octets: usize,
}

impl Default for TreeLimits {
    /// Room for a million topics: about 170 MB when all of it is used.
    fn default() -> Self {
        Self { nodes: 1_100_000, name_octets: 32 << 20 }
    }
}

/// One message, as the tree counts it.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    /// Its length.
    pub octets: u64,
    /// When it was published. `None` when it does not say.
    pub published_at: Option<UtcMillis>,
    /// How late it was. `None` when it does not say when it was published.
    pub lag: Option<Lag>,
    /// How it came.
    pub arrival: Arrival,
    /// Whether it cannot be used.
    pub is_invalid: bool,
    /// When it came, on the clock that never goes back.
    pub now: SteadyTime,
}

/// A node as it lies in memory: 144 octets.
#[derive(Clone, Debug)]
struct Node {
    newest: i64,
    octets: u64,
    name_at: u32,
    parent: u32,
    first_child: u32,
    next_sibling: u32,
    children: u32,
    messages: u32,
    invalid: u32,
    apart: u32,
    /// Second of the last message, counted on the steady clock.
    heard: u32,
    /// Messages per second, as it was at `heard`.
    rate: f32,
    lag_now: i32,
    lag_max: i32,
    lags: LagHistogram,
    name_length: u16,
}

/// What one message adds to each node above it: worked out once.
struct Step {
    octets: u64,
    published: i64,
    now: u32,
    invalid: u32,
    apart: u32,
    /// Milliseconds, and the bucket they belong to.
    lag: Option<(i32, usize)>,
}

impl Step {
    fn of(counted: &Counted) -> Self {
        let tells_lag = counted.arrival.tells_lag();
        let millis = |lag: Lag| lag.0.clamp(i64::from(i32::MIN) + 1, i64::from(i32::MAX)) as i32;
        Self {
            octets: counted.octets,
            published: counted.published_at.map_or(i64::MIN, UtcMillis::unix_millis),
            now: seconds(counted.now),
            invalid: u32::from(counted.is_invalid),
            apart: u32::from(counted.lag.is_some() && !tells_lag),
            lag: counted.lag.filter(|_| tells_lag).map(|lag| (millis(lag), LagHistogram::bucket_of(lag))),
        }
    }
}

/// Figures of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeFigures {
    /// Messages at this node and below.
    pub messages: u32,
    /// Their octets.
    pub octets: u64,
    /// Messages a minute, over the last minutes.
    pub per_minute: f32,
    /// When the newest was published.
    pub newest: Option<UtcMillis>,
    /// How late they are.
    pub lag: LagFigures,
    /// Those that cannot be used.
    pub invalid: u32,
    /// Seconds since the last one came.
    pub silent_secs: u32,
    /// Nodes directly below.
    pub children: u32,
    /// Messages on topics below that did not fit.
    pub hidden: u64,
}

/// The tree.
#[derive(Debug)]
pub struct TopicTree {
    arena: Arena,
    limits: TreeLimits,
    marks: Marks,
    /// Messages that did not fit, by the node that stands for them.
    hidden: HashMap<u32, u64>,
    /// Topics met lately by their mark, with their node: the way down need not be looked for again.
    lately: Box<[(u64, u32)]>,
}

/// Topics of which the node is remembered.
const LATELY: usize = 8_192;

impl TopicTree {
    /// An empty tree.
    pub fn new(limits: TreeLimits) -> Self {
        Self {
            arena: Arena::new(),
            limits,
            marks: Marks::default(),
            hidden: HashMap::new(),
            lately: vec![(0, NOBODY); LATELY].into(),
        }
    }

    /// Counts a message on `topic`, and says which node stands for it.
    pub fn add(&mut self, topic: &str, counted: &Counted) -> NodeId {
        let mark = self.marks.of(topic);
        let slot = mark as usize % LATELY;
        let mut at = match self.lately[slot] {
            (known, node) if known == mark && node != NOBODY => node,
            _ => self.descend(topic, (mark, slot)),
        };
        let found = NodeId(at);
        let step = Step::of(counted);
        while at != NOBODY {
            let node = self.arena.get_mut(at);
            node.count(&step);
            at = node.parent;
        }
        found
    }

    /// The node that stands for `topic`, made when it is new and fits.
    fn descend(&mut self, topic: &str, (mark, slot): (u64, usize)) -> u32 {
        let mut at = NodeId::ROOT.0;
        for (depth, level) in topic.split('/').enumerate() {
            match (depth < DEEPEST).then(|| self.child(at, level)).flatten() {
                Some(child) => at = child,
                None => {
                    *self.hidden.entry(at).or_default() += 1;
                    return at;
                }
            }
        }
        self.lately[slot] = (mark, at);
        at
    }

    /// The node of `topic`. `None` when nothing came on it, or it did not fit.
    pub fn find(&self, topic: &str) -> Option<NodeId> {
        topic
            .split('/')
            .try_fold(NodeId::ROOT.0, |at, level| self.arena.find(self.marks.of((at, level)), at, level))
            .map(NodeId)
    }

    /// The topic of a node; of an inner node, the part that all below have in common. Empty for the root.
    pub fn topic(&self, node: NodeId) -> String {
        let mut names = Vec::new();
        let mut at = node.0;
        while at != NodeId::ROOT.0 && at != NOBODY {
            names.push(self.arena.name(at));
            at = self.arena.get(at).parent;
        }
        names.reverse();
        names.join("/")
    }

    /// The last level of a node's topic.
    pub fn name(&self, node: NodeId) -> &str {
        self.arena.name(node.0)
    }

    /// The node above. `None` for the root.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        Some(self.arena.get(node.0).parent).filter(|&parent| parent != NOBODY).map(NodeId)
    }

    /// The nodes directly below, newest topic first.
    pub fn children(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = self.arena.get(node.0).first_child;
        let next = |&at: &u32| Some(self.arena.get(at).next_sibling).filter(|&next| next != NOBODY);
        std::iter::successors(Some(first).filter(|&first| first != NOBODY), next).map(NodeId)
    }

    /// How many nodes there are, the root among them.
    pub fn nodes(&self) -> usize {
        self.arena.len()
    }

    /// Messages on topics that did not fit.
    pub fn hidden(&self) -> u64 {
        self.hidden.values().sum()
    }

    /// Figures of a node, as they are at `now`.
    pub fn figures(&self, node: NodeId, now: SteadyTime) -> NodeFigures {
        let hidden = self.hidden.get(&node.0).copied().unwrap_or(0);
        let node = self.arena.get(node.0);
        let silent_secs = seconds(now).saturating_sub(node.heard);
        let has_lag = node.lag_max != i32::MIN;
        let max = has_lag.then_some(Lag(i64::from(node.lag_max)));
        NodeFigures {
            messages: node.messages,
            octets: node.octets,
            per_minute: faded(node.rate, silent_secs) * 60.0,
            newest: UtcMillis::from_unix_millis(node.newest).filter(|_| node.newest != i64::MIN),
            lag: LagFigures {
                now: has_lag.then_some(Lag(i64::from(node.lag_now))),
                median: node.lags.quantile(0.5).min(max),
                p95: node.lags.quantile(0.95).min(max),
                max,
                apart: node.apart,
            },
            invalid: node.invalid,
            silent_secs,
            children: node.children,
            hidden,
        }
    }

    /// The child `name` of `parent`, made when it is new and fits.
    fn child(&mut self, parent: u32, name: &str) -> Option<u32> {
        let mark = self.marks.of((parent, name));
        if let Some(child) = self.arena.find(mark, parent, name) {
            return Some(child);
        }
        let fits = self.arena.len() < self.limits.nodes
            && self.arena.name_octets() + name.len() <= self.limits.name_octets;
        let marks = &self.marks;
        fits.then(|| self.arena.grow(mark, parent, name, |parent, name| marks.of((parent, name))))?
    }
}

impl Node {
    fn new(parent: u32, (name_at, name_length): (u32, u16)) -> Self {
        Self {
            newest: i64::MIN,
            octets: 0,
            name_at,
            parent,
            first_child: NOBODY,
            next_sibling: NOBODY,
            children: 0,
            messages: 0,
            invalid: 0,
            apart: 0,
            heard: 0,
            rate: 0.0,
            lag_now: 0,
            lag_max: i32::MIN,
            lags: LagHistogram::default(),
            name_length,
        }
    }

    fn count(&mut self, step: &Step) {
        self.messages = self.messages.saturating_add(1);
        self.octets = self.octets.saturating_add(step.octets);
        self.invalid = self.invalid.saturating_add(step.invalid);
        self.rate = faded(self.rate, step.now.saturating_sub(self.heard)) + 1.0 / RATE_SECONDS;
        self.heard = step.now;
        self.newest = self.newest.max(step.published);
        self.apart = self.apart.saturating_add(step.apart);
        if let Some((millis, bucket)) = step.lag {
            self.lag_now = millis;
            self.lag_max = self.lag_max.max(millis);
            self.lags.add_to(bucket);
        }
    }
}

fn seconds(time: SteadyTime) -> u32 {
    u32::try_from(time.0.as_secs()).unwrap_or(u32::MAX)
}

/// A rate after `seconds` without a message.
fn faded(rate: f32, seconds: u32) -> f32 {
    if seconds == 0 { rate } else { rate * (-(seconds as f32) / RATE_SECONDS).exp() }
}
