//! Whether those who connect show that a server is reached from other networks.
//!
//! In: the addresses of both ends of a connection. Out: whether it came from outside. What may have come from here, or from
//! the same network, shows nothing: a router may lead a request back that left from behind it.

use crate::domain::address_class::{AddressClass, household};
use crate::domain::utc::SteadyTime;
use core::net::IpAddr;
use std::time::Duration;

/// It is told at most so often.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Who connected, as far as that matters.
#[derive(Debug, Default)]
pub struct Callers {
    own: Vec<IpAddr>,
    not_told_before: Option<SteadyTime>,
}

impl Callers {
    /// An address that leads to this computer: a caller that has it may be this computer itself.
    pub fn add_own(&mut self, address: IpAddr) {
        self.own.push(address.to_canonical());
    }

    /// Whether a connection from `from`, which came in at `at`, shows that other networks reach this computer, and that is
    /// to be told.
    pub fn take_in(&mut self, from: IpAddr, at: IpAddr, now: SteadyTime) -> bool {
        let is_own = self.own.iter().any(|own| is_near(*own, from));
        if is_own || is_near(at, from) || AddressClass::of(from).is_some() {
            return false;
        }
        if self.not_told_before.is_some_and(|time| now < time) {
            return false;
        }
        self.not_told_before = Some(now.after(TELL_EVERY));
        true
    }
}

/// Whether two addresses may be of one network: /24 of version 4, /64 of version 6.
fn is_near(one: IpAddr, other: IpAddr) -> bool {
    match (one.to_canonical(), other.to_canonical()) {
        (IpAddr::V4(one), IpAddr::V4(other)) => one.octets()[..3] == other.octets()[..3],
        (one, other) => household(one) == household(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn tells(from: &str, at: &str) -> bool {
        let mut callers = Callers::default();
        callers.add_own(ip("9.9.9.9"));
        callers.take_in(ip(from), ip(at), SteadyTime::default())
    }

    #[test]
    fn a_caller_of_another_network_shows_that_this_computer_is_reached() {
        assert!(tells("11.22.33.44", "192.168.1.4"));
        assert!(tells("2a01:e0a:1:2::3", "2a02:1:2:3::4"));
        assert!(tells("::ffff:11.22.33.44", "::ffff:192.168.1.4"));
    }

    #[test]
    fn a_caller_that_may_be_this_computer_or_its_neighbour_shows_nothing() {
        for (from, at) in [
            ("127.0.0.1", "127.0.0.1"),
            ("192.168.1.9", "192.168.1.4"),
            ("10.0.0.1", "192.168.1.4"),
            ("fe80::1", "fe80::2"),
            ("11.22.33.5", "11.22.33.4"),
            ("2a01:e0a:1:2::3", "2a01:e0a:1:2::4"),
        ] {
            assert!(!tells(from, at), "{from} at {at}");
        }
        // The public address itself: the router led the request back.
        assert!(!tells("9.9.9.9", "192.168.1.4"));
    }

    #[test]
    fn it_is_told_once_a_minute_at_most() {
        let mut callers = Callers::default();
        let mut at = |seconds| {
            callers.take_in(ip("11.22.33.44"), ip("192.168.1.4"), SteadyTime(Duration::from_secs(seconds)))
        };
        assert_eq!([at(0), at(59), at(60)], [true, false, true]);
    }
}
