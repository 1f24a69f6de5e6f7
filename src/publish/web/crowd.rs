//! Who is connected, so that one address does not take all the places.
//!
//! In: addresses that come and go. Out: whether there is a place for one more.

use crate::domain::address_class::{AddressClass, household};
use core::net::IpAddr;
use std::collections::HashMap;

/// Most connections of one public address at a time: an office or a carrier hides many people behind one.
const MOST_OF_ONE: usize = 64;

/// The connections by where they come from.
#[derive(Debug, Default)]
pub struct ConnectedCrowd(HashMap<u128, usize>);

impl ConnectedCrowd {
    /// Whether one more of `address` has a place. It then has it until it [leaves](Self::leave).
    pub fn enter(&mut self, address: IpAddr) -> bool {
        let count = self.0.entry(household(address)).or_default();
        let has_place = *count < MOST_OF_ONE || AddressClass::of(address).is_some();
        *count += usize::from(has_place);
        has_place
    }

    /// Gives a place back.
    pub fn leave(&mut self, address: IpAddr) {
        let household = household(address);
        match self.0.get_mut(&household) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) => drop(self.0.remove(&household)),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn one_address_does_not_take_all_the_places() {
        let mut crowd = ConnectedCrowd::default();
        assert_eq!((0..300).filter(|_| crowd.enter(ip("11.0.0.1"))).count(), MOST_OF_ONE);
        assert!(crowd.enter(ip("11.0.0.2")));
        crowd.leave(ip("11.0.0.1"));
        assert!(crowd.enter(ip("11.0.0.1")) && !crowd.enter(ip("11.0.0.1")));
    }

    #[test]
    fn a_network_of_version_6_is_one_and_neighbours_may_be_many() {
        let mut crowd = ConnectedCrowd::default();
        let of = |number| ip(&format!("2a01:e0a:1:2::{number:x}"));
        assert_eq!((0..300).filter(|&number| crowd.enter(of(number))).count(), MOST_OF_ONE);
        assert_eq!((0..300).filter(|_| crowd.enter(ip("127.0.0.1"))).count(), 300);
    }

    #[test]
    fn nothing_is_remembered_of_who_left() {
        let mut crowd = ConnectedCrowd::default();
        for number in 0..1_000u32 {
            let address = IpAddr::from(number.to_be_bytes());
            crowd.enter(address);
            crowd.leave(address);
            crowd.leave(address);
        }
        assert!(crowd.0.is_empty());
    }
}
