//! "Always fetch what matches": which announced files are fetched without being asked for, where they go, and how urgently.
//!
//! In: an announcement with its topic. Out: whether a [`Rule`] means it, its folder and its lane. A rule never begins
//! anything: it says yes or no. Start reading at [`Rule::means`].

use super::announcement::Announcement;
use super::limits::{LimitReached, MOST_RULES, room_beside};
use super::mirror::MirrorPolicy;
use super::place::{Lane, path_of};
use super::topic::{self, TopicFilter};
use crate::domain::file_name::NamedTimes;
use crate::domain::lead_time::LeadSelection;
use crate::domain::octets::ByteCount;
use crate::domain::safe_path::{DEEPEST, SafePath};
use regex::{Regex, RegexBuilder};

/// Most octets that a pattern may take when it is made ready: a pattern of strangers does not fill the memory.
const LARGEST_PATTERN: usize = 1 << 20;

/// Which files are always fetched.
#[derive(Clone, Debug)]
pub struct Rule {
    /// On which topics.
    pub filter: TopicFilter,
    /// Files whose key this is found in; any when `None`.
    pub pattern: Option<Regex>,
    /// Files announced with at most so many octets; any when `None`. One whose size is not announced is meant.
    pub most: Option<ByteCount>,
    /// Files whose name tells one of these lead times; any when `None`. One that tells none is not meant.
    pub leads: Option<LeadSelection>,
    /// Below which folder they go; the topic's own levels when `None`.
    pub folder: Option<FolderTemplate>,
    /// How urgent they are; by topic, name and size when `None`.
    pub lane: Option<Lane>,
    /// Whether a .torrent is followed of whose file no digest was announced.
    pub torrents: TorrentLinks,
    /// What becomes of local copies when the source changes or withdraws a file.
    pub mirror: MirrorPolicy,
}

/// Which .torrents that an announcement leads to are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TorrentLinks {
    /// Those to a file whose digest was announced.
    #[default]
    WithDigest,
    /// All that lead to one file.
    Followed,
}

/// Why text is no part of a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// The pattern is none.
    #[error("not a regular expression: {0}")]
    Pattern(String),
    /// A placeholder that does not exist.
    #[error("no such placeholder: {0}")]
    Placeholder(String),
}

impl Rule {
    /// Whatever comes on `filter`.
    pub fn all_of(filter: TopicFilter) -> Self {
        Self {
            filter,
            pattern: None,
            most: None,
            leads: None,
            folder: None,
            lane: None,
            torrents: TorrentLinks::WithDigest,
            mirror: MirrorPolicy::default(),
        }
    }

    /// The same, for files whose key `pattern` is found in.
    ///
    /// # Errors
    /// When it is no regular expression, or far too large a one.
    pub fn with_pattern(self, pattern: &str) -> Result<Self, RuleError> {
        let compiled = RegexBuilder::new(pattern).size_limit(LARGEST_PATTERN).build();
        let compiled = compiled.map_err(|error| RuleError::Pattern(error.to_string()))?;
        Ok(Self { pattern: Some(compiled), ..self })
    }

    /// Whether a file is meant that was announced on `topic`.
    pub fn means(&self, announcement: &Announcement, topic: &str) -> bool {
        let is_small_enough = match (self.most, announcement.size) {
            (Some(most), Some(size)) => size <= most,
            _ => true,
        };
        let has_lead = || {
            let Some(wanted) = &self.leads else { return true };
            let named = NamedTimes::of_path(announcement.file_name()).leads;
            named.is_some_and(|leads| leads.first == leads.last && wanted.contains(leads.first))
        };
        announcement.action.has_bytes() && self.concerns(announcement, topic) && is_small_enough && has_lead()
    }

    /// Whether a file is one of those that are meant, as far as topic and key tell: what is withdrawn has no size.
    pub fn concerns(&self, announcement: &Announcement, topic: &str) -> bool {
        let has_pattern = || self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&announcement.key));
        self.filter.matches(topic) && has_pattern()
    }

    /// How urgent a file is.
    pub fn lane_of(&self, announcement: &Announcement, topic: &str) -> Lane {
        self.lane.unwrap_or_else(|| Lane::of(announcement, topic))
    }

    /// Where a file goes below the folder of the person's choice.
    pub fn path_of(&self, announcement: &Announcement, topic: &str) -> SafePath {
        match &self.folder {
            Some(template) => template.path_of(announcement, topic),
            None => path_of(announcement, topic),
        }
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        let of = |rule: &Self| rule.pattern.as_ref().map(|pattern| pattern.as_str().to_owned());
        (&self.filter, of(self), self.most, &self.leads, &self.folder, self.lane, self.torrents)
            == (&other.filter, of(other), other.most, &other.leads, &other.folder, other.lane, other.torrents)
            && self.mirror == other.mirror
    }
}

impl Eq for Rule {}

/// Puts a rule in place of the one for the same topics, or behind all others.
///
/// # Errors
/// When there are as many as there may be; all stay as they are.
pub fn put_rule(rules: &mut Vec<Rule>, rule: Rule) -> Result<(), LimitReached> {
    let others = rules.iter().filter(|known| known.filter != rule.filter).count();
    room_beside(others, MOST_RULES)?;
    rules.retain(|known| known.filter != rule.filter);
    rules.push(rule);
    Ok(())
}

/// A folder with parts that each file fills in: `{centre}/{date}/{run}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderTemplate(String);

/// What a template may name.
const PLACEHOLDERS: [&str; 5] = ["centre", "date", "hour", "run", "source"];

impl FolderTemplate {
    /// Reads a template.
    ///
    /// # Errors
    /// Names the first placeholder that does not exist.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let mut rest = text;
        while let Some((_, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').unwrap_or((behind, ""));
            if !PLACEHOLDERS.contains(&name) {
                return Err(RuleError::Placeholder(name.chars().take(40).collect()));
            }
            rest = after;
        }
        Ok(Self(text.to_owned()))
    }

    /// The text it was read from.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Each component is made harmless after it was filled in: no placeholder leads out of the folder.
    fn path_of(&self, announcement: &Announcement, topic: &str) -> SafePath {
        let name = announcement.file_name();
        let filled: Vec<String> = self
            .0
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| fill(part, announcement, topic))
            .collect();
        let components: Vec<&str> =
            filled.iter().map(String::as_str).take(DEEPEST - 1).chain([name]).collect();
        SafePath::from_outside(&components).unwrap_or_else(|| SafePath::from_name(name))
    }
}

fn fill(part: &str, announcement: &Announcement, topic: &str) -> String {
    let at = announcement.published_at.to_second().civil();
    let run = || {
        let run = NamedTimes::of_path(announcement.file_name()).run?.civil();
        Some(format!("{:04}{:02}{:02}{:02}", run.year(), run.month(), run.day(), run.hour()))
    };
    let or_unknown = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_owned());
    let mut filled = part.to_owned();
    for name in PLACEHOLDERS {
        let place = format!("{{{name}}}");
        if filled.contains(&place) {
            let value = match name {
                "centre" => or_unknown(topic::centre_of(topic).map(str::to_owned)),
                "date" => format!("{:04}{:02}{:02}", at.year(), at.month(), at.day()),
                "hour" => format!("{:02}", at.hour()),
                "run" => or_unknown(run()),
                _ => announcement.source.to_string(),
            };
            // A value never brings a level of its own.
            filled = filled.replace(&place, &value.replace('/', "_"));
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::announcement::read_captured;

    const TOPIC: &str = "cache/a/wis2/fr-meteofrance/data/core/weather/prediction";

    fn rule(filter: &str) -> Rule {
        Rule::all_of(TopicFilter::parse(filter).expect("a filter"))
    }

    fn announced(path: &str, size: u64) -> Announcement {
        let text = serde_json::json!({
            "pubTime": "20260811T100000", "baseUrl": "http://h/", "relPath": path, "size": size,
        });
        read_captured(text.to_string().as_bytes()).reading.announcement().expect("sound").clone()
    }

    #[test]
    fn a_rule_replaces_the_one_for_its_topics_and_one_too_many_is_refused() {
        let rule =
            |number: usize| Rule::all_of(TopicFilter::parse(&format!("a/{number}")).expect("a filter"));
        let mut rules: Vec<Rule> = (0..MOST_RULES).map(rule).collect();
        assert_eq!(put_rule(&mut rules, rule(MOST_RULES)), Err(LimitReached { most: MOST_RULES }));
        let changed = Rule { most: Some(ByteCount(5)), ..rule(7) };
        assert_eq!(put_rule(&mut rules, changed.clone()), Ok(()));
        assert_eq!((rules.len(), rules.last()), (MOST_RULES, Some(&changed)));
    }

    #[test]
    fn a_rule_means_what_matches_in_every_respect_that_it_names() {
        let arome = announced("a/AROME_0.01_HP1_07H_201704290600.grib2", 5_000);
        assert!(rule("cache/#").means(&arome, TOPIC));
        assert!(!rule("origin/#").means(&arome, TOPIC));
        let by_pattern = |pattern: &str| rule("#").with_pattern(pattern).expect("a pattern");
        assert!(by_pattern("AROME.*HP1").means(&arome, TOPIC));
        assert!(!by_pattern("^AROME").means(&arome, TOPIC), "the key begins with its folder");
        let small = Rule { most: Some(ByteCount(4_999)), ..rule("#") };
        assert!(!small.means(&arome, TOPIC));
        let leads = |text| Rule { leads: LeadSelection::parse(text).ok(), ..rule("#") };
        assert!(leads("0..12").means(&arome, TOPIC));
        assert!(!leads("8..12").means(&arome, TOPIC));
        assert!(!leads("0..12").means(&announced("a/b.txt", 1), TOPIC), "its name tells no lead time");
    }

    #[test]
    fn what_is_withdrawn_concerns_a_rule_by_topic_and_key() {
        let text =
            r#"{"pubTime":"20260811T100000","baseUrl":"http://h/","relPath":"a/x","fileOp":{"remove":""}}"#;
        let removal = read_captured(text.as_bytes()).reading.announcement().expect("sound").clone();
        let small = Rule { most: Some(ByteCount(1)), ..rule("cache/#") };
        assert!(!small.means(&removal, TOPIC) && small.concerns(&removal, TOPIC));
        assert!(!rule("origin/#").concerns(&removal, TOPIC));
        assert!(!rule("#").with_pattern("other").expect("a pattern").concerns(&removal, TOPIC));
    }

    #[test]
    fn a_pattern_that_is_none_and_one_that_is_a_bomb_are_refused() {
        assert!(matches!(rule("#").with_pattern("("), Err(RuleError::Pattern(_))));
        assert!(matches!(rule("#").with_pattern(r"(\w{1000}){1000}"), Err(RuleError::Pattern(_))));
    }

    #[test]
    fn a_folder_is_filled_in_from_the_announcement_and_never_left() {
        let template = |text| Rule { folder: FolderTemplate::parse(text).ok(), ..rule("#") };
        let arome = announced("a/AROME_0.01_HP1_07H_201704290600.grib2", 1);
        let path = |rule: Rule| rule.path_of(&arome, TOPIC).to_string();
        assert_eq!(
            path(template("{centre}/{date}/run-{run}")),
            "fr-meteofrance/20260811/run-2017042906/AROME_0.01_HP1_07H_201704290600.grib2"
        );
        assert!(path(template("../../etc")).starts_with("___/___/etc/"));
        assert!(path(template("/abs/{source}")).starts_with("abs/h/"));
        assert_eq!(FolderTemplate::parse("{user}"), Err(RuleError::Placeholder("user".to_owned())));
    }
}
