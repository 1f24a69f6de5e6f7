//! What one node announced and another did not.
//!
//! In: the first sighting of each file at each node, and when each node was listened to. Out: a [`NodeComparison`] for each node. A file is
//! lacking where a node did not announce it in time and was listened to all that time; where it was not, nothing is known.

use super::observed::Sighting;
use super::periods::{ObservedTime, covers};
use super::{MOST_NAMED, ReportTerms};
use crate::domain::utc::UtcMillis;
use std::collections::BTreeMap;

/// What a node has of what any node announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeComparison {
    /// Files that it announced in time.
    pub in_time: u64,
    /// Files that it announced, and later than the time allowed.
    pub late: u64,
    /// Files that it did not announce.
    pub lacking: u64,
    /// Files of which it is not known, because nobody listened to it.
    pub unknown: u64,
    /// Files for which it still has time.
    pub pending: u64,
    /// The last that it did not announce, the newest first: not more than [`MOST_NAMED`].
    pub named: Vec<LackingFile>,
}

/// A file that a node did not announce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LackingFile {
    /// Its key.
    pub key: Box<str>,
    /// When it was first announced by anybody.
    pub first: UtcMillis,
    /// By whom.
    pub by: Box<str>,
}

/// How a file stands at a node.
enum FileAtNode {
    InTime,
    Late,
    Lacking,
    Unknown,
    Pending,
}

/// A comparison for each node. None where there are fewer than two.
pub(super) fn compare<'a>(
    sightings: &[(&'a str, Sighting)],
    listened: &BTreeMap<&'a str, Vec<ObservedTime>>,
    terms: ReportTerms,
) -> BTreeMap<&'a str, NodeComparison> {
    if listened.len() < 2 {
        return BTreeMap::new();
    }
    let mut files: BTreeMap<(&str, &str), Vec<(&str, UtcMillis)>> = BTreeMap::new();
    for (node, sighting) in sightings {
        files.entry((&sighting.key, &sighting.mark)).or_default().push((node, sighting.heard));
    }
    let mut compared: BTreeMap<&'a str, NodeComparison> =
        listened.keys().map(|node| (*node, NodeComparison::default())).collect();
    for ((key, _), announced) in &files {
        let Some((by, first)) = announced.iter().min_by_key(|(_, heard)| *heard) else { continue };
        for (node, comparison) in &mut compared {
            let own = announced.iter().find(|(known, _)| known == node).map(|(_, heard)| *heard);
            let periods = listened.get(node).map_or(&[][..], Vec::as_slice);
            match standing((*first, own), periods, terms) {
                FileAtNode::InTime => comparison.in_time += 1,
                FileAtNode::Late => comparison.late += 1,
                FileAtNode::Unknown => comparison.unknown += 1,
                FileAtNode::Pending => comparison.pending += 1,
                FileAtNode::Lacking => {
                    comparison.lacking += 1;
                    comparison.named.push(LackingFile {
                        key: (*key).into(),
                        first: *first,
                        by: (*by).into(),
                    });
                }
            }
        }
    }
    for comparison in compared.values_mut() {
        comparison.named.sort_by(|a, b| (b.first, &a.key).cmp(&(a.first, &b.key)));
        comparison.named.truncate(MOST_NAMED);
    }
    compared
}

fn standing(
    (first, own): (UtcMillis, Option<UtcMillis>),
    listened: &[ObservedTime],
    terms: ReportTerms,
) -> FileAtNode {
    let within = i64::try_from(terms.within.as_millis()).unwrap_or(i64::MAX);
    let due = UtcMillis::from_unix_millis(first.unix_millis().saturating_add(within)).unwrap_or(terms.until);
    match own {
        Some(heard) if heard <= due => FileAtNode::InTime,
        // It may have come late because we did.
        Some(_) if !covers(listened, ObservedTime { since: first, until: due }) => FileAtNode::Unknown,
        Some(_) => FileAtNode::Late,
        None if due > terms.until => FileAtNode::Pending,
        None if covers(listened, ObservedTime { since: first, until: due }) => FileAtNode::Lacking,
        None => FileAtNode::Unknown,
    }
}
