//! What is remembered of brokers, pins, rules and thresholds from one start to the next.
//!
//! In: names and values as the store keeps them. Out: the same as things. What makes no sense is left out. A broker's password is
//! here only when no keyring takes it: the store is a file of this user's alone.

use crate::app::mesh::view::{BrokerKey, Thresholds};
use crate::domain::lead_time::LeadSelection;
use crate::domain::octets::ByteCount;
use crate::mesh::mirror::{Versions, Withdrawn};
use crate::mesh::place::Lane;
use crate::mesh::rule::{FolderTemplate, Rule, TorrentLinks};
use crate::mesh::topic::TopicFilter;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The name under which thresholds are kept.
pub(crate) const THRESHOLDS: &str = "thresholds";

/// The name under which a broker is kept.
pub(crate) fn broker(key: &BrokerKey) -> String {
    format!("broker {}", key.0)
}

/// The name under which it is kept until when a broker was heard, in milliseconds since 1970.
pub(crate) fn heard(key: &BrokerKey) -> String {
    format!("heard {}", key.0)
}

/// The name under which a pin is kept.
pub(crate) fn pin(filter: &TopicFilter) -> String {
    format!("pin {filter}")
}

/// The name under which a rule is kept.
pub(crate) fn rule(filter: &TopicFilter) -> String {
    format!("rule {filter}")
}

/// A broker as it is kept.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptBroker {
    /// With the user, and with the password when no keyring has it; only where the person said as whom to come.
    pub(crate) url: Option<String>,
    /// Whether its password is in the desktop's keyring.
    #[serde(default)]
    pub(crate) in_keyring: bool,
    /// The collection that is asked for what was missed.
    #[serde(default)]
    pub(crate) archive: Option<String>,
    pub(crate) filters: Vec<String>,
    pub(crate) is_heard: bool,
    /// When it last took our subscriptions, in milliseconds since 1970.
    pub(crate) answered: Option<i64>,
}

impl KeptBroker {
    pub(crate) fn to_text(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers can be written as JSON")
    }
}

/// A rule as it is kept; its filter is its name.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct KeptRule {
    pattern: Option<String>,
    most: Option<u64>,
    leads: Option<String>,
    folder: Option<String>,
    lane: Option<String>,
    withdrawn: Option<String>,
    versions: Option<String>,
    follows_torrents: bool,
}

/// The text by which a rule is kept.
pub(crate) fn of_rule(rule: &Rule) -> String {
    let kept = KeptRule {
        pattern: rule.pattern.as_ref().map(|pattern| pattern.as_str().to_owned()),
        most: rule.most.map(|most| most.0),
        leads: rule.leads.as_ref().map(LeadSelection::to_words),
        folder: rule.folder.as_ref().map(|folder| folder.as_str().to_owned()),
        lane: rule.lane.map(|lane| lane.key().to_owned()),
        withdrawn: Some(rule.mirror.withdrawn.key().to_owned()),
        versions: Some(rule.mirror.versions.to_word()),
        follows_torrents: rule.torrents == TorrentLinks::Followed,
    };
    serde_json::to_string(&kept).expect("texts and numbers can be written as JSON")
}

/// The rule of that filter and text. `None` when any part of it cannot be understood: half a rule would fetch too much.
pub(crate) fn rule_of(filter: TopicFilter, text: &str) -> Option<Rule> {
    let kept: KeptRule = serde_json::from_str(text).ok()?;
    let mut rule = Rule::all_of(filter);
    if let Some(pattern) = kept.pattern {
        rule = rule.with_pattern(&pattern).ok()?;
    }
    rule.most = kept.most.map(ByteCount);
    rule.leads = kept.leads.map(|leads| LeadSelection::parse(&leads)).transpose().ok()?;
    rule.folder = kept.folder.map(|folder| FolderTemplate::parse(&folder)).transpose().ok()?;
    if kept.follows_torrents {
        rule.torrents = TorrentLinks::Followed;
    }
    rule.lane = match kept.lane {
        Some(name) => Some(Lane::ALL.into_iter().find(|lane| lane.key() == name)?),
        None => None,
    };
    if let Some(word) = kept.withdrawn {
        rule.mirror.withdrawn = Withdrawn::from_key(&word)?;
    }
    if let Some(word) = kept.versions {
        rule.mirror.versions = Versions::parse(&word)?;
    }
    Some(rule)
}

/// The text by which thresholds are kept.
pub(crate) fn of_thresholds(thresholds: Thresholds) -> String {
    format!("{} {}", thresholds.late.as_secs(), thresholds.very_late.as_secs())
}

/// Thresholds as they were kept.
pub(crate) fn thresholds_of(text: &str) -> Option<Thresholds> {
    let (late, very_late) = text.split_once(' ')?;
    let seconds = |text: &str| text.parse().ok().map(Duration::from_secs);
    Some(Thresholds { late: seconds(late)?, very_late: seconds(very_late)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::mirror::MirrorPolicy;

    #[test]
    fn a_rule_and_thresholds_come_back_as_they_were_kept() {
        let filter = TopicFilter::parse("cache/a/#").expect("a filter");
        let rule = Rule {
            most: Some(ByteCount(5)),
            leads: LeadSelection::parse("0..12/3").ok(),
            folder: FolderTemplate::parse("{centre}").ok(),
            lane: Some(Lane::Warnings),
            mirror: MirrorPolicy { withdrawn: Withdrawn::Remove, versions: Versions::Last(2) },
            torrents: TorrentLinks::Followed,
            ..Rule::all_of(filter.clone()).with_pattern("AROME").expect("a pattern")
        };
        assert_eq!(rule_of(filter.clone(), &of_rule(&rule)), Some(rule));
        assert_eq!(rule_of(filter, r#"{"pattern":"("}"#), None);
        let thresholds = Thresholds::default();
        assert_eq!(thresholds_of(&of_thresholds(thresholds)), Some(thresholds));
    }
}
