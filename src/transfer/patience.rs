//! Hosts that asked to be left alone, or refuse: they are not asked again before their time.
//!
//! In: how asking went, and steady time. Out: how long a host is still to be left alone. Pure; kept for the process.

use crate::domain::utc::SteadyTime;
use crate::transfer::reason::Reason;
use std::collections::HashMap;
use std::time::Duration;

/// The pause after a first refusal that names no time; each further one doubles it.
const FIRST: Duration = Duration::from_secs(30);

/// The longest pause; also of those that a server asks for.
const LONGEST: Duration = Duration::from_secs(3_600);

/// What is known of a host.
#[derive(Clone, Debug)]
struct Standing {
    refusals: u32,
    reason: Reason,
    until: SteadyTime,
}

/// Hosts with the time until which they are left alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patience {
    hosts: HashMap<String, Standing>,
}

impl Patience {
    /// Why the host is still to be left alone, and how long when it is busy. `None` when it may be asked.
    pub(crate) fn left(&self, host: &str, now: SteadyTime) -> Option<Reason> {
        let standing = self.hosts.get(host)?;
        let left = standing.until.since(now);
        let reason = match &standing.reason {
            Reason::Busy { status, .. } => Reason::Busy { status: *status, wait: Some(left) },
            reason => reason.clone(),
        };
        (!left.is_zero()).then_some(reason)
    }

    /// The host answered as it should.
    pub(crate) fn answered(&mut self, host: &str) {
        self.hosts.remove(host);
    }

    /// The host refused: being busy, or knowing us too well, asks for a pause; what is not there does not.
    pub(crate) fn refused(&mut self, host: &str, reason: &Reason, now: SteadyTime) {
        let asked = match reason {
            Reason::Busy { wait, .. } => *wait,
            Reason::Status(403) | Reason::WebPage => None,
            _ => return,
        };
        let refusals = self.hosts.get(host).map_or(0, |standing| standing.refusals);
        let usual = FIRST.saturating_mul(1 << refusals.min(7));
        let until = now.after(asked.unwrap_or(usual).min(LONGEST));
        let standing = Standing { refusals: refusals + 1, reason: reason.clone(), until };
        self.hosts.insert(host.to_owned(), standing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: Reason = Reason::Busy { status: 429, wait: None };

    fn at(seconds: u64) -> SteadyTime {
        SteadyTime(Duration::from_secs(seconds))
    }

    #[test]
    fn a_busy_host_is_left_alone_as_long_as_it_asks_and_no_longer_than_an_hour() {
        let mut patience = Patience::default();
        let wait = |seconds| Reason::Busy { status: 503, wait: Some(Duration::from_secs(seconds)) };
        let left = |seconds| Some(wait(seconds));
        patience.refused("a", &wait(120), at(0));
        assert_eq!(patience.left("a", at(20)), left(100));
        assert_eq!(patience.left("a", at(120)), None);
        patience.refused("a", &wait(9_999_999), at(200));
        assert_eq!(patience.left("a", at(200)), left(3_600));
        assert_eq!(patience.left("b", at(200)), None);
    }

    #[test]
    fn each_further_refusal_doubles_the_pause_and_an_answer_ends_it() {
        let mut patience = Patience::default();
        patience.refused("a", &BUSY, at(0));
        patience.refused("a", &Reason::Status(403), at(30));
        assert_eq!(patience.left("a", at(89)), Some(Reason::Status(403)));
        assert_eq!(patience.left("a", at(90)), None);
        patience.answered("a");
        assert_eq!(patience.left("a", at(31)), None);
    }

    #[test]
    fn what_is_not_there_is_no_refusal() {
        let mut patience = Patience::default();
        patience.refused("a", &Reason::Status(404), at(0));
        assert_eq!(patience.left("a", at(0)), None);
    }
}
