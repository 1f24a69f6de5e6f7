//! Whether a mesh works: what each node announced hour by hour, what it lacks beside the others, and how late it was.
//!
//! In: [`Observations`]: announcements as they were heard, what became of files, and when each broker was listened to. Out: a
//! [`MeshReport`]. Nothing is said of a time in which nobody listened: a file that a node may have announced meanwhile is not lacking, it is
//! not known. Reads no clock and no disk.
//!
//! | file | what it is |
//! |---|---|
//! | [`observed`] | what was observed |
//! | [`periods`] | when a broker was listened to, and when not |
//! | [`listening_log`] | what is written down of when a broker is listened to |
//! | `lacking` | what one node announced and another did not |
//! | [`spread`] | the mean, the median and the longest of many lags |
//!
//! Start reading at [`MeshReport::of`].

mod lacking;
pub mod listening_log;
pub mod observed;
pub mod periods;
pub mod spread;
#[cfg(test)]
mod tests;

use crate::domain::utc::{UtcMillis, UtcTime};
pub use lacking::{LackingFile, NodeComparison};
use observed::{EndedAs, Observations, Sighting};
use periods::ObservedTime;
use spread::{LagSpread, LagSummary};
use std::collections::BTreeMap;
use std::time::Duration;

/// Files that are named as lacking, of each node at most.
pub const MOST_NAMED: usize = 20;

/// Who is compared with whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NodeKind {
    /// Brokers: in a mesh each node has one.
    #[default]
    Broker,
    /// The hosts that announce themselves as having the file, on whatever broker.
    Source,
}

impl NodeKind {
    /// The words in commands; stable.
    pub const KEYS: [&'static str; 2] = ["broker", "source"];

    /// What such a word means. `None` for another.
    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "broker" => Some(Self::Broker),
            "source" => Some(Self::Source),
            _ => None,
        }
    }
}

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportTerms {
    /// From when on.
    pub since: UtcMillis,
    /// Until when: now.
    pub until: UtcMillis,
    /// How much later than the first a node may announce a file.
    pub within: Duration,
    /// Who is compared.
    pub nodes: NodeKind,
}

/// What one node announced in one hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HourFigures {
    /// Files that it announced.
    pub files: u64,
    /// Their octets, as far as they were announced.
    pub octets: u64,
    /// Files of which it announced no size.
    pub unsized_files: u64,
    /// Messages that said the same again.
    pub repeats: u64,
}

impl HourFigures {
    fn add(&mut self, sighting: &Sighting) {
        self.files += 1;
        self.octets = self.octets.saturating_add(sighting.octets.unwrap_or(0));
        self.unsized_files += u64::from(sighting.octets.is_none());
        self.repeats = self.repeats.saturating_add(sighting.repeats);
    }
}

/// One hour of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourOfNode {
    /// When it begins.
    pub hour: UtcTime,
    /// The node.
    pub node: Box<str>,
    /// What it announced.
    pub figures: HourFigures,
}

/// One node over the whole time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSummary {
    /// Its name.
    pub node: Box<str>,
    /// What it announced.
    pub figures: HourFigures,
    /// How much later than published it was heard: only of what came as it was announced.
    pub heard: LagSummary,
    /// How much later than published a file announced by it was here.
    pub fetched: LagSummary,
    /// Its files that are here.
    pub files_here: u64,
    /// Files that did not have what was announced, as each stands last.
    pub refused: u64,
    /// Files that nobody gave, as each stands last.
    pub failed: u64,
    /// What it has of what others announced. `None` where there is nobody to compare it with.
    pub compared: Option<NodeComparison>,
    /// When nobody listened to it; empty where it was listened to all the time.
    pub not_observed: Vec<ObservedTime>,
}

/// What was observed of a mesh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeshReport {
    /// What it is about.
    pub terms: ReportTerms,
    /// Hours in their order, in each the nodes by name.
    pub hours: Vec<HourOfNode>,
    /// The nodes by name.
    pub nodes: Vec<NodeSummary>,
}

impl MeshReport {
    /// What these observations say.
    pub fn of(observed: &Observations, terms: ReportTerms) -> Self {
        let sightings = named(observed, terms);
        let mut hours: BTreeMap<(UtcTime, &str), HourFigures> = BTreeMap::new();
        let mut nodes: BTreeMap<&str, Gathering> = BTreeMap::new();
        for (node, sighting) in &sightings {
            hours.entry((hour_of(sighting.heard), node)).or_default().add(sighting);
            let gathering = nodes.entry(node).or_default();
            gathering.figures.add(sighting);
            if sighting.arrival.tells_lag() {
                gathering.heard.add(sighting.heard.millis_since(sighting.published));
            }
        }
        for ended in observed.ended.iter().filter(|ended| terms.is_meant(ended.at)) {
            let gathering = nodes.entry(ended.node(terms.nodes)).or_default();
            match ended.ended_as {
                EndedAs::InPlace => {
                    gathering.files_here += 1;
                    gathering.fetched.add(ended.at.millis_since(ended.published));
                }
                EndedAs::Refused => gathering.refused += 1,
                EndedAs::Failed => gathering.failed += 1,
            }
        }
        // One that was listened to and said nothing is a node as well.
        if terms.nodes == NodeKind::Broker {
            for period in observed.listened.iter().filter(|period| period.until >= terms.since) {
                nodes.entry(&period.node).or_default();
            }
        }
        let names: Vec<&str> = nodes.keys().copied().collect();
        let listened = periods::by_node(&observed.listened, &names, terms);
        let mut compared = lacking::compare(&sightings, &listened, terms);
        let summary = |(node, gathering): (&str, Gathering)| NodeSummary {
            node: node.into(),
            figures: gathering.figures,
            heard: gathering.heard.spread(),
            fetched: gathering.fetched.spread(),
            files_here: gathering.files_here,
            refused: gathering.refused,
            failed: gathering.failed,
            compared: compared.remove(node),
            not_observed: listened.get(node).map_or_else(Vec::new, |periods| periods::gaps(periods, terms)),
        };
        let hour = |((hour, node), figures): ((UtcTime, &str), HourFigures)| HourOfNode {
            hour,
            node: node.into(),
            figures,
        };
        let nodes = nodes.into_iter().map(summary).collect();
        Self { terms, hours: hours.into_iter().map(hour).collect(), nodes }
    }

    /// Whether nothing at all was observed.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl ReportTerms {
    /// Whether something that happened then is told.
    fn is_meant(&self, at: UtcMillis) -> bool {
        (self.since..=self.until).contains(&at)
    }
}

/// What is gathered of one node.
#[derive(Debug, Default)]
struct Gathering {
    figures: HourFigures,
    heard: LagSpread,
    fetched: LagSpread,
    files_here: u64,
    refused: u64,
    failed: u64,
}

/// The first sighting of each file at each node: a file that comes to a node by two sources counts once, and again as a repeat.
fn named(observed: &Observations, terms: ReportTerms) -> Vec<(&str, Sighting)> {
    let mut first: BTreeMap<(&str, &str, &str), Sighting> = BTreeMap::new();
    for sighting in observed.sightings.iter().filter(|sighting| terms.is_meant(sighting.heard)) {
        let node = sighting.node(terms.nodes);
        let known = first.entry((node, &sighting.key, &sighting.mark));
        known
            .and_modify(|known| {
                let repeats = known.repeats + sighting.repeats + 1;
                let earlier = if sighting.heard < known.heard { sighting } else { &*known };
                *known = Sighting { repeats, octets: known.octets.or(sighting.octets), ..earlier.clone() };
            })
            .or_insert_with(|| sighting.clone());
    }
    first.into_iter().map(|((node, ..), sighting)| (node, sighting)).collect()
}

fn hour_of(at: UtcMillis) -> UtcTime {
    let second = at.to_second().unix_seconds();
    UtcTime::from_unix_seconds(second - second.rem_euclid(3_600)).unwrap_or_default()
}
