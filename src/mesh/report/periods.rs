//! When a node was listened to, and when not.

use super::observed::ListeningPeriod;
use super::{NodeKind, ReportTerms};
use crate::domain::utc::UtcMillis;
use std::collections::BTreeMap;

/// Breaks so short are none: it is noted once a minute that somebody listens.
const SHORTEST_BREAK: i64 = 90_000;

/// A time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObservedTime {
    /// From when on.
    pub since: UtcMillis,
    /// Until when.
    pub until: UtcMillis,
}

/// When each node was listened to, in order and joined. A source can be heard wherever anybody listens.
pub(super) fn by_node<'a>(
    listened: &[ListeningPeriod],
    nodes: &[&'a str],
    terms: ReportTerms,
) -> BTreeMap<&'a str, Vec<ObservedTime>> {
    let of = |node: &str| {
        let is_meant = |period: &&ListeningPeriod| terms.nodes == NodeKind::Source || &*period.node == node;
        let times = listened.iter().filter(is_meant);
        joined(times.map(|period| ObservedTime { since: period.since, until: period.until }).collect())
    };
    nodes.iter().map(|node| (*node, of(node))).collect()
}

fn joined(mut periods: Vec<ObservedTime>) -> Vec<ObservedTime> {
    periods.sort();
    let mut joined: Vec<ObservedTime> = Vec::new();
    for period in periods {
        match joined.last_mut() {
            Some(last) if period.since.millis_since(last.until) <= SHORTEST_BREAK => {
                last.until = last.until.max(period.until);
            }
            _ => joined.push(period),
        }
    }
    joined
}

/// Whether all of a time is within one of the periods.
pub(super) fn covers(periods: &[ObservedTime], time: ObservedTime) -> bool {
    periods
        .iter()
        .any(|period| period.since <= time.since && time.until.millis_since(period.until) <= SHORTEST_BREAK)
}

/// The times of the report that are in none of the periods.
pub(super) fn gaps(periods: &[ObservedTime], terms: ReportTerms) -> Vec<ObservedTime> {
    let mut gaps = Vec::new();
    let mut since = terms.since;
    for period in periods.iter().filter(|period| period.until >= terms.since) {
        if period.since.millis_since(since) > SHORTEST_BREAK {
            gaps.push(ObservedTime { since, until: period.since.min(terms.until) });
        }
        since = since.max(period.until);
    }
    if terms.until.millis_since(since) > SHORTEST_BREAK {
        gaps.push(ObservedTime { since, until: terms.until });
    }
    gaps
}
