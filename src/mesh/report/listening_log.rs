//! What is written down of when brokers are listened to: when it begins, once a minute, and when it ends.
//!
//! In: which brokers are listened to now. Out: periods to be written, each in place of the one that began at the same time.

use super::observed::ListeningPeriod;
use crate::domain::utc::UtcMillis;
use std::collections::BTreeMap;

/// How often it is written down that somebody still listens; milliseconds.
const NOTED_EVERY: i64 = 60_000;

/// A broker that is listened to, and by which of its connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenedBroker {
    /// The broker.
    pub broker: Box<str>,
    /// The number of the connection: another one shows that there was a break.
    pub connection: u64,
}

#[derive(Debug)]
struct ListeningNow {
    connection: u64,
    since: UtcMillis,
    seen: UtcMillis,
    noted: UtcMillis,
}

/// When brokers are listened to.
#[derive(Debug, Default)]
pub struct ListeningLog(BTreeMap<Box<str>, ListeningNow>);

impl ListeningLog {
    /// These brokers are listened to now, and no others. What is to be written down.
    pub fn note(&mut self, listened: &[ListenedBroker], now: UtcMillis) -> Vec<ListeningPeriod> {
        let is_still = |broker: &str, known: &ListeningNow| {
            listened.iter().any(|now| &*now.broker == broker && now.connection == known.connection)
        };
        let mut periods = Vec::new();
        self.0.retain(|broker, known| {
            let goes_on = is_still(broker, known);
            if !goes_on {
                periods.push(ListeningPeriod { node: broker.clone(), since: known.since, until: known.seen });
            }
            goes_on
        });
        for ListenedBroker { broker, connection } in listened {
            let is_new = !self.0.contains_key(broker);
            let known = self.0.entry(broker.clone()).or_insert(ListeningNow {
                connection: *connection,
                since: now,
                seen: now,
                noted: now,
            });
            known.seen = now;
            if is_new || now.millis_since(known.noted) >= NOTED_EVERY {
                known.noted = now;
                periods.push(ListeningPeriod { node: broker.clone(), since: known.since, until: now });
            }
        }
        periods
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> UtcMillis {
        UtcMillis::from_unix_millis(seconds * 1_000).expect("a time")
    }

    #[test]
    fn a_period_is_written_when_it_begins_once_a_minute_and_when_it_ends() {
        let mut log = ListeningLog::default();
        let by = |connection| [ListenedBroker { broker: "a".into(), connection }];
        let period = |since, until| ListeningPeriod { node: "a".into(), since: at(since), until: at(until) };
        assert_eq!(log.note(&by(1), at(0)), [period(0, 0)]);
        assert_eq!(log.note(&by(1), at(59)), []);
        assert_eq!(log.note(&by(1), at(60)), [period(0, 60)]);
        assert_eq!(log.note(&by(1), at(70)), []);
        assert_eq!(log.note(&by(2), at(75)), [period(0, 70), period(75, 75)], "it was lost and came back");
        assert_eq!(log.note(&[], at(80)), [period(75, 75)]);
        assert_eq!(log.note(&[], at(200)), []);
    }
}
