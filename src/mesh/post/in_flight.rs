//! Messages that were sent and not yet acknowledged.
//!
//! In: posts in their order, acknowledgements, lost connections. Out: what is to be sent next. A message leaves only when the broker
//! answered for it: what was on its way when a connection broke is sent again, first, with the same id.

use std::collections::{BTreeMap, VecDeque};

/// Most messages on their way at once.
pub const MOST_IN_FLIGHT: usize = 64;

/// Messages on their way, each with a number.
#[derive(Clone, Debug)]
pub struct InFlight<P> {
    sent: BTreeMap<u64, P>,
    again: VecDeque<(u64, P)>,
    next: u64,
}

impl<P> Default for InFlight<P> {
    fn default() -> Self {
        Self { sent: BTreeMap::new(), again: VecDeque::new(), next: 0 }
    }
}

impl<P: Clone> InFlight<P> {
    /// Whether one more may be sent.
    pub fn has_room(&self) -> bool {
        self.sent.len() + self.again.len() < MOST_IN_FLIGHT
    }

    /// Whether nothing waits for an answer.
    pub fn is_empty(&self) -> bool {
        self.sent.is_empty() && self.again.is_empty()
    }

    /// The next of those that are to be sent again, with its number.
    pub fn next_again(&mut self) -> Option<(u64, P)> {
        let (number, post) = self.again.pop_front()?;
        self.sent.insert(number, post.clone());
        Some((number, post))
    }

    /// One more is sent; its number.
    pub fn send(&mut self, post: P) -> u64 {
        let number = self.next;
        self.next += 1;
        self.sent.insert(number, post);
        number
    }

    /// The broker answered for that number. `None` when it answers twice.
    pub fn answered(&mut self, number: u64) -> Option<P> {
        self.sent.remove(&number)
    }

    /// The connection is lost: everything without an answer goes again, in its order.
    pub fn lost(&mut self) {
        let before = std::mem::take(&mut self.again);
        self.again = std::mem::take(&mut self.sent).into_iter().chain(before).collect();
    }

    /// What has no answer, in its order.
    pub fn into_unanswered(mut self) -> Vec<P> {
        self.lost();
        self.again.into_iter().map(|(_, post)| post).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_on_its_way_when_a_connection_broke_goes_again_in_its_order() {
        let mut flight = InFlight::default();
        let numbers: Vec<u64> = ["a", "b", "c"].map(|post| flight.send(post)).to_vec();
        assert_eq!(flight.answered(numbers[1]), Some("b"));
        assert_eq!(flight.answered(numbers[1]), None, "it is counted once");
        flight.lost();
        assert_eq!(flight.next_again(), Some((0, "a")));
        flight.lost();
        assert_eq!(flight.next_again(), Some((0, "a")));
        assert_eq!(flight.next_again(), Some((2, "c")));
        assert_eq!(flight.next_again(), None);
        flight.answered(0);
        assert_eq!(flight.clone().into_unanswered(), ["c"]);
        flight.answered(2);
        assert!(flight.is_empty());
    }

    #[test]
    fn no_more_are_on_their_way_than_may_be() {
        let mut flight = InFlight::default();
        while flight.has_room() {
            flight.send(());
        }
        assert_eq!(flight.clone().into_unanswered().len(), MOST_IN_FLIGHT);
        flight.lost();
        assert!(!flight.has_room());
    }
}
