//! A million topics, as many centres and kinds of data would make them.

use nuee::domain::utc::{SteadyTime, UtcMillis};
use nuee::mesh::lag::Arrival;
use nuee::mesh::topic_tree::{Counted, TopicTree};

pub const TOPICS: u32 = 1_000_000;

/// The `n`th topic.
pub fn topic(n: u32) -> String {
    format!("cache/a/wis2/centre-{}/data/core/weather/kind-{}/{n}", n % 167, n % 7)
}

/// Counts one message on each of them.
pub fn fill(tree: &mut TopicTree) {
    let counted = Counted {
        octets: 1_000,
        published_at: UtcMillis::from_unix_millis(0),
        lag: None,
        arrival: Arrival::Live,
        is_invalid: false,
        now: SteadyTime::default(),
    };
    for n in 0..TOPICS {
        tree.add(&topic(n), &counted);
    }
}
