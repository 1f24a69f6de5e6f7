//! Rules by which events become notifications: a TOML file of the node's owner.
//!
//! In: the text of the file; an event's source, type and subject, and the path of one of its files. Out: [`EventRules`], of which the
//! first that fits decides; or what is wrong with the file, with its line. A key that is not known is an error, since an order must not
//! fall away by a misspelling.
//!
//! ```toml
//! [[rule]]                                   # the first that fits decides
//! type = "fr.ifremer.file.*"                 # * for any text, ? for one character; without a pattern anything fits
//! source = "*"
//! subject = "diffusion/files/coriolis/argo/*"
//! path = "*.BU"                              # below the folder that is shared, or behind the host of an address
//! topic = "origin/a/wis2/fr-x-test/data/core/ocean/surface-based-observations/drifting-ocean-profilers"
//! metadata_id = "urn:wmo:md:fr-x-test:argo"
//! licence = "https://example.org/licence"    # needed for recommended data
//! cache = false                              # whether Global Caches may keep it; by default they may
//! inline = true                              # whether small files travel along
//! action = "new"                             # new, update or deletion; by default as the last word of the type says
//! retract = "ignore"                         # what deletions lead to: announce (default) or ignore, for rolling archives
//!
//! [[rule]]
//! skip = true                                # what fits is passed over
//! ```

use crate::domain::outside_text::show;
use crate::domain::pattern;
use crate::mesh::post::notice::Caching;
use crate::mesh::post::place::MetadataId;
use crate::mesh::post::{Inlining, PostKind};
use crate::mesh::topic_hierarchy::{self, TopicFault, TopicKind, TopicReading, TopicRemark};
use serde::Deserialize;
use toml::Spanned;
use url::Url;

/// Longest file of rules, in octets, and most rules in it.
pub const LARGEST_RULES: usize = 256 << 10;
const MOST_RULES: usize = 1_000;

/// What is asked of a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TopicCheck {
    /// That the hierarchy has it.
    #[default]
    Listed,
    /// That it is formed well: the hierarchy may have grown since.
    FormOnly,
}

impl TopicCheck {
    /// Reads a topic by it. `None` where only a later version of the hierarchy can say something of it.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(self, topic: &str) -> Result<Option<TopicReading>, TopicFault> {
        match topic_hierarchy::read(topic) {
            Ok(reading) => Ok(Some(reading)),
            Err(fault) if self == Self::FormOnly && fault.may_be_new() => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

/// Under which terms files of events are announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeTerms {
    /// The topic.
    pub topic: String,
    /// The discovery record.
    pub metadata_id: MetadataId,
    /// Where the conditions of the data are.
    pub licence: Option<String>,
    /// Whether Global Caches may keep the data.
    pub caching: Caching,
    /// Whether small files travel along.
    pub inlining: Inlining,
    /// What has become of the file; as the type of the event says when `None`.
    pub action: Option<PostKind>,
    /// What deletions lead to.
    pub retraction: Retraction,
}

/// What the deletion of a file leads to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retraction {
    /// Its data is withdrawn.
    #[default]
    Announce,
    /// Nothing: an archive that rolls withdraws nothing.
    Ignore,
}

/// The rules, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRules {
    rules: Vec<EventRule>,
    /// What is worth saying of their topics.
    pub remarks: Vec<(String, TopicRemark)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct EventRule {
    kind: Option<String>,
    source: Option<String>,
    subject: Option<String>,
    path: Option<String>,
    /// `None` where what fits is passed over.
    terms: Option<NoticeTerms>,
}

/// What rules say of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling<'a> {
    /// It is announced so.
    Announce(&'a NoticeTerms),
    /// It is passed over.
    Skip,
    /// No rule fits.
    NoRule,
}

/// What rules look at.
#[derive(Clone, Copy, Debug)]
pub struct EventTraits<'a> {
    /// The event's type.
    pub kind: &'a str,
    /// Its source.
    pub source: &'a str,
    /// Its subject.
    pub subject: &'a str,
    /// The path of the file.
    pub path: &'a str,
}

/// What is wrong with a file of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesError {
    /// On which line, from 1. `None` when it is about the whole file.
    pub line: Option<usize>,
    /// Why.
    pub fault: RulesFault,
}

/// Why rules cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulesFault {
    /// No TOML, or a key that is not known: in English.
    Toml(String),
    /// No UTF-8.
    NotText,
    /// Not a single rule.
    Empty,
    /// More than there may be.
    TooMany,
    /// A key that a rule must have.
    Missing(&'static str),
    /// A key beside `skip` that then means nothing.
    BesideSkip,
    /// A value that a key cannot have.
    Value(&'static str, String),
    /// A topic that the hierarchy does not have.
    Topic(TopicFault),
    /// The topic is the one of records, not of data.
    NoData,
    /// The record is of another centre than the topic.
    OtherCentre,
    /// Recommended data without its conditions.
    NoLicence,
    /// `cache = true` below `experimental`, or for recommended data.
    CannotBeCached,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesForm {
    #[serde(default)]
    rule: Vec<Spanned<RuleForm>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleForm {
    #[serde(rename = "type")]
    kind: Option<String>,
    source: Option<String>,
    subject: Option<String>,
    path: Option<String>,
    topic: Option<Spanned<String>>,
    metadata_id: Option<Spanned<String>>,
    licence: Option<Spanned<String>>,
    cache: Option<Spanned<bool>>,
    #[serde(default)]
    inline: bool,
    action: Option<Spanned<String>>,
    retract: Option<Spanned<String>>,
    #[serde(default)]
    skip: bool,
}

/// What is wrong, and at which octet of the file.
type Misplaced = (usize, RulesFault);

impl EventRules {
    /// One rule that fits everything.
    ///
    /// # Errors
    /// What is wrong with its topic, or with the topic together with its record.
    pub fn of_terms(terms: NoticeTerms, check: TopicCheck) -> Result<Self, RulesFault> {
        let reading = sound_topic(&terms.topic, &terms.metadata_id, check)?;
        if is_recommended(&terms.topic) && terms.licence.is_none() {
            return Err(RulesFault::NoLicence);
        }
        let remarks = remarks_of(&terms.topic, reading);
        Ok(Self { rules: vec![EventRule { terms: Some(terms), ..EventRule::default() }], remarks })
    }

    /// Reads a file of rules.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn read(text: &str, check: TopicCheck) -> Result<Self, RulesError> {
        let line_of = |at: usize| 1 + text.bytes().take(at).filter(|&octet| octet == b'\n').count();
        let whole = |fault| RulesError { line: None, fault };
        let form: RulesForm = toml::from_str(text).map_err(|error: toml::de::Error| RulesError {
            line: error.span().map(|span| line_of(span.start)),
            fault: RulesFault::Toml(show(error.message())),
        })?;
        match form.rule.len() {
            0 => return Err(whole(RulesFault::Empty)),
            count if count > MOST_RULES => return Err(whole(RulesFault::TooMany)),
            _ => {}
        }
        let mut read = Self { rules: Vec::new(), remarks: Vec::new() };
        for placed in form.rule {
            let begin = placed.span().start;
            let (rule, reading) = rule_of(placed.into_inner(), (begin, check))
                .map_err(|(at, fault)| RulesError { line: Some(line_of(at)), fault })?;
            if let Some(terms) = &rule.terms {
                for remark in remarks_of(&terms.topic, reading) {
                    if !read.remarks.contains(&remark) {
                        read.remarks.push(remark);
                    }
                }
            }
            read.rules.push(rule);
        }
        Ok(read)
    }

    /// What the first rule that fits says.
    pub fn ruling(&self, of: EventTraits<'_>) -> Ruling<'_> {
        match self.rules.iter().find(|rule| rule.fits(of)).map(|rule| &rule.terms) {
            Some(Some(terms)) => Ruling::Announce(terms),
            Some(None) => Ruling::Skip,
            None => Ruling::NoRule,
        }
    }
}

impl EventRule {
    fn fits(&self, of: EventTraits<'_>) -> bool {
        [(&self.kind, of.kind), (&self.source, of.source), (&self.subject, of.subject), (&self.path, of.path)]
            .into_iter()
            .all(|(wanted, found)| wanted.as_ref().is_none_or(|wanted| pattern::matches(wanted, found)))
    }
}

fn remarks_of(topic: &str, reading: Option<TopicReading>) -> Vec<(String, TopicRemark)> {
    reading.into_iter().flat_map(|reading| reading.remarks).map(|remark| (topic.to_owned(), remark)).collect()
}

fn is_recommended(topic: &str) -> bool {
    topic.split('/').nth(5) == Some("recommended")
}

/// A topic for data that goes with its record.
fn sound_topic(topic: &str, id: &MetadataId, check: TopicCheck) -> Result<Option<TopicReading>, RulesFault> {
    let reading = check.read(topic).map_err(RulesFault::Topic)?;
    if reading.as_ref().is_some_and(|reading| reading.kind == TopicKind::Metadata) {
        return Err(RulesFault::NoData);
    }
    if topic.split('/').nth(3) != Some(id.centre()) {
        return Err(RulesFault::OtherCentre);
    }
    Ok(reading)
}

fn rule_of(
    form: RuleForm,
    (begin, check): (usize, TopicCheck),
) -> Result<(EventRule, Option<TopicReading>), Misplaced> {
    let (terms, reading) = match form.skip {
        true if form.topic.is_some() || form.metadata_id.is_some() || form.action.is_some() => {
            return Err((begin, RulesFault::BesideSkip));
        }
        true => (None, None),
        false => {
            let (terms, reading) = terms_of(&form, (begin, check))?;
            (Some(terms), reading)
        }
    };
    let RuleForm { kind, source, subject, path, .. } = form;
    Ok((EventRule { kind, source, subject, path, terms }, reading))
}

fn terms_of(
    form: &RuleForm,
    (begin, check): (usize, TopicCheck),
) -> Result<(NoticeTerms, Option<TopicReading>), Misplaced> {
    let needed =
        |value: &Option<Spanned<String>>, key| value.clone().ok_or((begin, RulesFault::Missing(key)));
    let topic = needed(&form.topic, "topic")?;
    let record = needed(&form.metadata_id, "metadata_id")?;
    let metadata_id = read_as(&record, "metadata_id", MetadataId::parse)?;
    let at_topic = topic.span().start;
    let topic = topic.into_inner();
    let reading = sound_topic(&topic, &metadata_id, check).map_err(|fault| (at_topic, fault))?;
    let licence =
        form.licence.as_ref().map(|licence| read_as(licence, "licence", web_address)).transpose()?;
    if is_recommended(&topic) && licence.is_none() {
        return Err((begin, RulesFault::NoLicence));
    }
    let caching = match &form.cache {
        None => Caching::of_topic(&topic),
        Some(cache) if *cache.get_ref() => {
            if is_recommended(&topic) || Caching::of_topic(&topic) == Caching::Never {
                return Err((cache.span().start, RulesFault::CannotBeCached));
            }
            Caching::Usual
        }
        Some(_) => Caching::Never,
    };
    let action =
        form.action.as_ref().map(|action| read_as(action, "action", PostKind::from_key)).transpose()?;
    let retraction = form.retract.as_ref().map(|word| read_as(word, "retract", retraction_of)).transpose()?;
    let inlining = if form.inline { Inlining::Small } else { Inlining::Never };
    let retraction = retraction.unwrap_or_default();
    Ok((NoticeTerms { topic, metadata_id, licence, caching, inlining, action, retraction }, reading))
}

fn read_as<T>(
    value: &Spanned<String>,
    key: &'static str,
    read: fn(&str) -> Option<T>,
) -> Result<T, Misplaced> {
    let text = value.get_ref();
    read(text).ok_or_else(|| (value.span().start, RulesFault::Value(key, text.clone())))
}

fn retraction_of(word: &str) -> Option<Retraction> {
    match word {
        "announce" => Some(Retraction::Announce),
        "ignore" => Some(Retraction::Ignore),
        _ => None,
    }
}

/// An address of the web without a secret.
pub fn web_address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    (is_plain && matches!(url.scheme(), "http" | "https")).then(|| url.to_string())
}
