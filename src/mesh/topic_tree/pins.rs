//! Topics that a person watches: files by hour and source, so that a hole shows, and silence.
//!
//! In: filters, and messages that match them. Out: [`PinFigures`].

use crate::domain::utc::{SteadyTime, UtcTime};
use crate::mesh::topic::TopicFilter;
use std::collections::BTreeMap;

/// Hours that are remembered.
pub const HOURS: i64 = 48;

/// Most sources told apart at one pin.
const MOST_SOURCES: usize = 32;

/// What is watched at one filter.
#[derive(Clone, Debug)]
pub struct Pin {
    filter: TopicFilter,
    /// Files by source and by hour since 1970.
    hours: BTreeMap<Box<str>, BTreeMap<i64, u32>>,
    hidden_sources: u64,
    heard: Option<SteadyTime>,
}

/// One pin, as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct PinFigures {
    /// Its filter.
    pub filter: String,
    /// The first hour shown; each source has one figure an hour from here to now.
    pub from: UtcTime,
    /// Files by source, oldest hour first.
    pub by_source: Vec<(Box<str>, Vec<u32>)>,
    /// Messages of sources beyond those told apart.
    pub hidden_sources: u64,
    /// Seconds since the last message. `None` when none came yet.
    pub silent_secs: Option<u64>,
}

impl Pin {
    /// Nothing heard yet.
    pub fn new(filter: TopicFilter) -> Self {
        Self { filter, hours: BTreeMap::new(), hidden_sources: 0, heard: None }
    }

    /// The filter it stands for.
    pub fn filter(&self) -> &TopicFilter {
        &self.filter
    }

    /// Takes a message in, when it is meant.
    pub fn add(&mut self, topic: &str, source: &str, (utc, now): (UtcTime, SteadyTime)) {
        if !self.filter.matches(topic) {
            return;
        }
        self.heard = Some(now);
        if !self.hours.contains_key(source) && self.hours.len() == MOST_SOURCES {
            self.hidden_sources += 1;
            return;
        }
        let hour = utc.unix_seconds().div_euclid(3_600);
        let hours = self.hours.entry(source.into()).or_default();
        *hours.entry(hour).or_default() += 1;
        hours.retain(|&old, _| old > hour - HOURS);
    }

    /// What is shown of the last `hours` hours.
    pub fn figures(&self, hours: i64, (utc, now): (UtcTime, SteadyTime)) -> PinFigures {
        let last = utc.unix_seconds().div_euclid(3_600);
        let first = last - hours.clamp(1, HOURS) + 1;
        let figures = |counts: &BTreeMap<i64, u32>| {
            (first..=last).map(|hour| counts.get(&hour).copied().unwrap_or(0)).collect::<Vec<_>>()
        };
        PinFigures {
            filter: self.filter.to_string(),
            from: UtcTime::from_unix_seconds(first * 3_600).unwrap_or(utc),
            by_source: self.hours.iter().map(|(source, counts)| (source.clone(), figures(counts))).collect(),
            hidden_sources: self.hidden_sources,
            silent_secs: self.heard.map(|heard| now.since(heard).as_secs()),
        }
    }
}
