//! Keeps every request to a host polite, whoever in this process makes it: rests that it asked for, and its pace.
//!
//! In: hosts, what they answered, steady time. Out: whether one may be asked now. Pure; kept for the process. Start
//! reading at [`HostLimits::admit`].

use super::reason::{Outlook, Reason};
use crate::domain::utc::SteadyTime;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// Hosts that say how often they may be asked: requests in [`SPAN`].
///
/// NOMADS bars an address for ten minutes above 120 a minute; a hundred leaves room for a browser beside.
const RATE_LIMITED: [(&str, usize); 2] = [("nomads.ncep.noaa.gov", 100), ("ftpprd.ncep.noaa.gov", 100)];

/// The span in which the requests to a paced host are counted.
const SPAN: Duration = Duration::from_secs(60);

/// The longest rest that is kept in mind.
const LONGEST_REST: Duration = Duration::from_secs(3_600);

/// A host that was given up for silence or for the network is asked only once more within this time.
const GIVEN_UP_FOR: Duration = Duration::from_secs(30);

/// Most hosts that are kept in mind; beyond, those that rest no longer are forgotten.
const MOST_HOSTS: usize = 4_096;

/// What is known of a host.
#[derive(Clone, Debug, Default)]
struct Host {
    asked: VecDeque<SteadyTime>,
    rest: Option<(SteadyTime, Reason)>,
    given_up: Option<SteadyTime>,
}

/// Whether a host may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Now; it is counted as asked.
    Now,
    /// Not for so long: it asked for a rest, for this reason.
    Resting(Duration, Reason),
    /// Not for so long: its limit of requests a minute would be passed.
    RateLimited(Duration, usize),
}

/// How hosts are treated.
#[derive(Clone, Debug, Default)]
pub struct HostLimits {
    hosts: HashMap<String, Host>,
}

impl HostLimits {
    /// Whether `host` may be asked now.
    pub fn admit(&mut self, host: &str, now: SteadyTime) -> Admission {
        let Some(known) = self.hosts.get_mut(host) else {
            if rate_limit_of(host).is_some() {
                self.known(host, now).asked.push_back(now);
            }
            return Admission::Now;
        };
        if let Some((until, reason)) = &known.rest {
            let left = until.since(now);
            if !left.is_zero() {
                return Admission::Resting(left, reason.clone());
            }
            known.rest = None;
        }
        let Some(most) = rate_limit_of(host) else { return Admission::Now };
        while known.asked.front().is_some_and(|asked| now.since(*asked) >= SPAN) {
            known.asked.pop_front();
        }
        match known.asked.front() {
            Some(first) if known.asked.len() >= most => {
                Admission::RateLimited(first.after(SPAN).since(now), most)
            }
            _ => {
                known.asked.push_back(now);
                Admission::Now
            }
        }
    }

    /// `host` answered as it should.
    pub fn on_answer(&mut self, host: &str) {
        if let Some(known) = self.hosts.get_mut(host) {
            (known.rest, known.given_up) = (None, None);
        }
    }

    /// `host` failed, and is left alone by everybody for `pause` when it was the one who asked for it.
    pub fn on_trouble(&mut self, host: &str, (reason, pause): (&Reason, Duration), now: SteadyTime) {
        let asks_for_rest = matches!(reason, Reason::Busy { .. } | Reason::OverLimit { .. });
        if asks_for_rest {
            let pause = match reason.outlook() {
                Outlook::After(asked) => asked.min(LONGEST_REST),
                Outlook::Passing | Outlook::Lasting => pause,
            };
            self.known(host, now).rest = Some((now.after(pause), reason.clone()));
        }
    }

    /// Every attempt of a request to `host` failed.
    pub fn on_given_up(&mut self, host: &str, reason: &Reason, now: SteadyTime) {
        let is_of_host = matches!(
            reason,
            Reason::NoAnswer
                | Reason::ConnectionRefused
                | Reason::NameNotFound
                | Reason::NameServiceSilent
                | Reason::Offline
                | Reason::Proxy { .. }
        );
        if is_of_host {
            self.known(host, now).given_up = Some(now);
        }
    }

    /// Whether `host` was given up a moment ago: its next request is not worth many attempts.
    pub fn is_given_up(&self, host: &str, now: SteadyTime) -> bool {
        let given_up = self.hosts.get(host).and_then(|known| known.given_up);
        given_up.is_some_and(|at| now.since(at) < GIVEN_UP_FOR)
    }

    fn known(&mut self, host: &str, now: SteadyTime) -> &mut Host {
        if self.hosts.len() >= MOST_HOSTS {
            self.hosts.retain(|host, known| {
                rate_limit_of(host).is_some() || known.rest.as_ref().is_some_and(|(until, _)| *until > now)
            });
        }
        self.hosts.entry(host.to_owned()).or_default()
    }
}

/// Most requests to `host`, with or without a port, within [`SPAN`]. `None` when it says nothing of the kind.
fn rate_limit_of(host: &str) -> Option<usize> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    RATE_LIMITED.iter().find(|(paced, _)| name.eq_ignore_ascii_case(paced)).map(|(_, most)| *most)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOMADS: &str = "nomads.ncep.noaa.gov:443";

    fn at(seconds: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(seconds))
    }

    fn busy(seconds: u64) -> Reason {
        Reason::Busy { status: 429, wait: Some(Duration::from_secs(seconds)) }
    }

    #[test]
    fn nomads_is_asked_a_hundred_times_a_minute_and_no_more() {
        let mut limits = HostLimits::default();
        for _ in 0..100 {
            assert_eq!(limits.admit(NOMADS, at(0)), Admission::Now);
        }
        assert_eq!(limits.admit(NOMADS, at(20)), Admission::RateLimited(Duration::from_secs(40), 100));
        assert_eq!(limits.admit(NOMADS, at(60)), Admission::Now);
    }

    #[test]
    fn another_host_is_asked_as_often_as_is_needed() {
        let mut limits = HostLimits::default();
        assert!((0..1_000).all(|_| limits.admit("data.ecmwf.int:443", at(0)) == Admission::Now));
        assert!(limits.hosts.is_empty(), "nothing is kept of it");
    }

    #[test]
    fn a_host_that_asks_for_a_rest_gets_it_from_everybody() {
        let mut limits = HostLimits::default();
        limits.on_trouble("a", (&busy(30), Duration::from_secs(33)), at(0));
        assert_eq!(limits.admit("a", at(10)), Admission::Resting(Duration::from_secs(20), busy(30)));
        assert_eq!(limits.admit("b", at(10)), Admission::Now);
        assert_eq!(limits.admit("a", at(30)), Admission::Now);
    }

    #[test]
    fn a_broken_connection_asks_for_no_rest() {
        let mut limits = HostLimits::default();
        limits.on_trouble("a", (&Reason::Closed, Duration::from_secs(4)), at(0));
        assert_eq!(limits.admit("a", at(0)), Admission::Now);
    }

    #[test]
    fn a_host_that_was_given_up_is_not_waited_for_again_and_again() {
        let mut limits = HostLimits::default();
        limits.on_given_up("a", &Reason::NoAnswer, at(0));
        limits.on_given_up("b", &Reason::Status(503), at(0));
        assert!(limits.is_given_up("a", at(29)) && !limits.is_given_up("a", at(30)));
        assert!(!limits.is_given_up("b", at(0)));
        limits.on_answer("a");
        assert!(!limits.is_given_up("a", at(1)));
    }
}
