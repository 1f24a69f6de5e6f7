//! Events by their time: near ones on a wheel, far ones in a tree.

use std::collections::{BTreeMap, VecDeque};

/// Microseconds since the simulation began.
pub type Micros = u64;

const SLOT: Micros = 256;
const SLOTS: u64 = 1 << 14;

/// Events to come. Two of the same quarter of a millisecond come in the order in which they were put.
pub struct Wheel<E> {
    now: Micros,
    slots: Vec<VecDeque<(Micros, E)>>,
    near: usize,
    far: BTreeMap<(Micros, u64), E>,
    put: u64,
}

impl<E> Wheel<E> {
    pub fn new() -> Self {
        let slots = (0..SLOTS).map(|_| VecDeque::new()).collect();
        Self { now: 0, slots, near: 0, far: BTreeMap::new(), put: 0 }
    }

    pub fn now(&self) -> Micros {
        self.now
    }

    /// Puts an event; one in the past comes next.
    pub fn at(&mut self, time: Micros, event: E) {
        let time = time.max(self.now);
        if time / SLOT < self.now / SLOT + SLOTS {
            self.slots[(time / SLOT % SLOTS) as usize].push_back((time, event));
            self.near += 1;
        } else {
            self.far.insert((time, self.put), event);
            self.put += 1;
        }
    }

    /// The next event, at which time is then. `None` when there is none left.
    pub fn next(&mut self) -> Option<E> {
        loop {
            let slot = &mut self.slots[(self.now / SLOT % SLOTS) as usize];
            if let Some((time, event)) = slot.pop_front() {
                if slot.is_empty() {
                    // A burst is not kept room for until the wheel has turned.
                    slot.shrink_to(64);
                }
                self.near -= 1;
                self.now = self.now.max(time);
                return Some(event);
            }
            self.now = match self.near {
                0 => self.far.first_key_value()?.0.0 / SLOT * SLOT,
                _ => (self.now / SLOT + 1) * SLOT,
            };
            while let Some(first) = self.far.first_entry()
                && first.key().0 / SLOT < self.now / SLOT + SLOTS
            {
                let ((time, _), event) = first.remove_entry();
                self.at(time, event);
            }
        }
    }
}
