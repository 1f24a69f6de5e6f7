//! Decides whether a request that failed is made again, and after which pause.
//!
//! In: what was seen, how long the attempt took, what was tried before. Out: [`Next`]. Knows no clock and asks nobody.
//! What the network or a busy server caused passes; what a server said for good (403, 404, 410) does not. Start reading
//! at [`Attempts::failed`].

use super::reason::{Outlook, Reason};
use std::time::Duration;

/// How often a request is made again after its first failure, unless a person set it.
pub const USUAL_RETRIES: u8 = 4;

/// Most retries that can be set.
pub const MOST_RETRIES: u8 = 20;

/// The pauses of one request together are no longer than this, unless a person gave more time.
pub const USUAL_PATIENCE: Duration = Duration::from_secs(60);

/// So long without one octet a server is waited for, over all attempts of one request together.
pub const SILENCE: Duration = Duration::from_secs(30);

/// The longest wait for the first octet of one answer: then there is time for a second attempt.
const LONGEST_HEAD: Duration = Duration::from_secs(20);

/// The shortest wait for the first octet of an answer, however long the server was silent before.
const SHORTEST_HEAD: Duration = Duration::from_secs(5);

/// Within a body no octet is waited for longer than this.
pub const BODY_SILENCE: Duration = Duration::from_secs(15);

/// A body may take this long, and a second more for each kibibyte of it.
const SLOWEST: Duration = Duration::from_secs(30);

/// The longest pause that is not asked for by the server.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How hard a request is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often it is made again after its first failure.
    pub retries: u8,
    /// How long a person waits for a server that is busy (`--wait`): longer than the usual, or as good as not given.
    pub wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { retries: USUAL_RETRIES, wait: Duration::ZERO }
    }
}

impl RetryPolicy {
    /// The pauses of one request together are no longer than this.
    pub fn patience(self) -> Duration {
        self.wait.max(USUAL_PATIENCE)
    }
}

/// What a failure is, as far as trying again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// The network, or the server for a moment.
    Passing,
    /// No octet came in time.
    Silent,
    /// The name has no address, or there is no network: a resolver errs now and then, and seldom twice.
    Unnamed,
    /// The server asks for patience.
    Busy,
    /// The server says that it was asked too often.
    Limited,
    /// Trying again would show the same.
    Lasting,
}

fn class_of(reason: &Reason) -> Class {
    match (reason, reason.outlook()) {
        (_, Outlook::Lasting) => Class::Lasting,
        (Reason::NoAnswer | Reason::Stalled, _) => Class::Silent,
        (Reason::NameNotFound | Reason::NameServiceSilent | Reason::Offline, _) => Class::Unnamed,
        (Reason::Proxy { reason, .. }, _) => class_of(reason),
        (Reason::Busy { .. }, _) => Class::Busy,
        (Reason::OverLimit { .. } | Reason::OddStatusLine, _) => Class::Limited,
        (_, Outlook::Passing | Outlook::After(_)) => Class::Passing,
    }
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask again after this pause.
    Again(Duration),
    /// Tell the failure.
    GiveUp,
}

/// The attempts of one request that failed.
#[derive(Clone, Copy, Debug)]
pub struct Attempts {
    policy: RetryPolicy,
    failed: u32,
    waited: Duration,
    silent: Duration,
}

impl Attempts {
    /// Nothing was tried yet.
    pub fn new(policy: RetryPolicy) -> Self {
        Self { policy, failed: 0, waited: Duration::ZERO, silent: Duration::ZERO }
    }

    /// How long the head of the next answer is waited for.
    pub fn time_for_head(&self) -> Duration {
        SILENCE.saturating_sub(self.silent).clamp(SHORTEST_HEAD, LONGEST_HEAD)
    }

    /// Progress was made: what failed before does not count any more.
    pub fn succeeded(&mut self) {
        *self = Self::new(self.policy);
    }

    /// How many failed since the last progress.
    pub fn failures(&self) -> u32 {
        self.failed
    }

    /// An attempt that took `took` failed. `spread` between 0 and 1 sets the pause apart from other clients'.
    pub fn failed(&mut self, reason: &Reason, took: Duration, spread: f64) -> Next {
        let class = class_of(reason);
        let number = self.failed;
        self.failed += 1;
        if class == Class::Silent {
            self.silent += took;
        }
        let most = match class {
            Class::Lasting => return Next::GiveUp,
            Class::Silent if self.silent >= SILENCE => return Next::GiveUp,
            Class::Unnamed => self.policy.retries.min(1),
            _ => self.policy.retries,
        };
        let pause = pause(class, (reason, number), spread);
        let waited = self.waited.saturating_add(pause);
        let is_in_time = waited <= self.policy.patience() && number < u32::from(most);
        // Who said how long to wait means it: a busy server is asked as often as that allows.
        let is_waited_for = matches!(class, Class::Busy | Class::Limited) && waited <= self.policy.wait;
        if self.policy.retries > 0 && (is_in_time || is_waited_for) {
            self.waited = waited;
            Next::Again(pause)
        } else {
            Next::GiveUp
        }
    }
}

fn pause(class: Class, (reason, number): (&Reason, u32), spread: f64) -> Duration {
    // A pause of nothing is no pause: the usual one is kept then.
    if let Outlook::After(asked) = reason.outlook()
        && !asked.is_zero()
    {
        // Never earlier than asked, and not at the same instant as everybody who was asked the same.
        return asked + asked.min(LONGEST_PAUSE).mul_f64(0.1 * spread.clamp(0.0, 1.0));
    }
    let first = match class {
        Class::Passing | Class::Silent | Class::Unnamed | Class::Lasting => Duration::from_millis(500),
        Class::Busy => Duration::from_secs(1),
        Class::Limited => Duration::from_millis(1_500),
    };
    let doubled = first.saturating_mul(1 << number.min(10)).min(LONGEST_PAUSE);
    doubled.mul_f64(0.75 + 0.5 * spread.clamp(0.0, 1.0))
}

/// Whether a body of which `received` octets came in `took` is too slow to be waited for.
pub fn is_too_slow(received: u64, took: Duration) -> bool {
    took > SLOWEST + Duration::from_secs(received / 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(5);

    fn busy(secs: Option<u64>) -> Reason {
        Reason::Busy { status: 503, wait: secs.map(Duration::from_secs) }
    }

    /// The pauses until it is given up, when it always fails alike.
    fn pauses(policy: RetryPolicy, reason: &Reason, took: Duration) -> Vec<Duration> {
        let mut attempts = Attempts::new(policy);
        let next = |_| match attempts.failed(reason, took, 0.5) {
            Next::Again(pause) => Some(pause),
            Next::GiveUp => None,
        };
        (0..1_000).map_while(next).collect()
    }

    #[test]
    fn a_passing_trouble_is_tried_again_four_times_with_growing_pauses() {
        let passing = [Reason::Closed, Reason::ConnectionRefused, Reason::Status(500), Reason::Status(502)];
        for reason in passing {
            let millis: Vec<_> = pauses(RetryPolicy::default(), &reason, SOON);
            assert_eq!(millis, [500, 1_000, 2_000, 4_000].map(Duration::from_millis), "{reason}");
        }
    }

    #[test]
    fn what_a_server_says_for_good_is_not_asked_again() {
        for reason in [Reason::Status(404), Reason::Status(403), Reason::Status(410), Reason::WebPage] {
            assert!(pauses(RetryPolicy::default(), &reason, SOON).is_empty(), "{reason}");
        }
    }

    #[test]
    fn the_pause_that_a_server_asks_is_kept_and_never_shortened() {
        let mut attempts = Attempts::new(RetryPolicy::default());
        let next = attempts.failed(&busy(Some(7)), SOON, 0.0);
        assert_eq!(next, Next::Again(Duration::from_secs(7)));
        let next = attempts.failed(&busy(Some(7)), SOON, 1.0);
        assert_eq!(next, Next::Again(Duration::from_millis(7_700)));
    }

    #[test]
    fn a_server_that_asks_for_no_pause_is_not_stormed() {
        let waited: Duration = pauses(RetryPolicy::default(), &busy(Some(0)), SOON).iter().sum();
        assert_eq!(waited, Duration::from_secs(15));
    }

    #[test]
    fn a_pause_longer_than_the_patience_is_told_and_not_slept_through() {
        assert!(pauses(RetryPolicy::default(), &busy(Some(3_600)), SOON).is_empty());
        let patient = RetryPolicy { wait: Duration::from_secs(7_200), ..RetryPolicy::default() };
        assert_eq!(pauses(patient, &busy(Some(3_400)), SOON).len(), 2);
    }

    #[test]
    fn a_busy_server_is_asked_until_the_time_that_was_given_is_over() {
        let policy = RetryPolicy { retries: 2, wait: Duration::from_secs(300) };
        let waited: Duration = pauses(policy, &busy(None), SOON).iter().sum();
        assert!(waited <= policy.wait && waited > Duration::from_secs(240), "{waited:?}");
        assert_eq!(pauses(policy, &Reason::Closed, SOON).len(), 2);
    }

    #[test]
    fn a_silent_server_costs_thirty_seconds_of_silence_and_no_more() {
        let mut attempts = Attempts::new(RetryPolicy::default());
        let mut silent = Duration::ZERO;
        loop {
            let head = attempts.time_for_head();
            silent += head;
            if attempts.failed(&Reason::NoAnswer, head, 0.5) == Next::GiveUp {
                break;
            }
        }
        assert_eq!(silent, SILENCE);
    }

    #[test]
    fn no_retries_means_one_attempt_however_long_the_wait() {
        let policy = RetryPolicy { retries: 0, wait: Duration::from_secs(300) };
        for reason in [Reason::Closed, busy(None), busy(Some(1)), Reason::OddStatusLine] {
            assert!(pauses(policy, &reason, SOON).is_empty(), "{reason}");
        }
    }

    #[test]
    fn a_limit_of_requests_is_waited_for_longer_than_a_broken_connection() {
        let limit = Reason::OverLimit { words: "Over Rate Limit".to_owned() };
        let [limited, broken]: [Duration; 2] =
            [limit, Reason::Closed].map(|reason| pauses(RetryPolicy::default(), &reason, SOON).iter().sum());
        assert!(limited > broken && limited < Duration::from_secs(30), "{limited:?}");
    }

    #[test]
    fn progress_forgives_earlier_failures() {
        let mut attempts = Attempts::new(RetryPolicy::default());
        for _ in 0..50 {
            assert!(matches!(attempts.failed(&Reason::Closed, SOON, 0.5), Next::Again(_)));
            attempts.succeeded();
        }
    }

    #[test]
    fn a_body_that_drips_is_too_slow_and_a_large_one_may_take_its_time() {
        assert!(is_too_slow(100, Duration::from_secs(31)));
        assert!(!is_too_slow(10 << 20, Duration::from_secs(600)));
    }
}
