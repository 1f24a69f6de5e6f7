//! Discovery records (WCMP2): what a dataset is, and on which topic of which broker it is announced.
//!
//! In: JSON of a record. Out: a [`Record`] with a remark for each finding, after the published schema and the abstract test
//! suite. A type, a role or a topic outside the published lists is remarked, since such lists grow; which centres and link
//! relations are registered is not checked. Start reading at [`Record::read`].

mod contacts;
mod extent;
#[cfg(test)]
mod tests;

use super::json::Json;
use super::remark::Remark;
use super::time::{self, TimeForm};
use super::topic;
use super::topic_hierarchy::{self, TopicFault};

/// Most contacts, themes, concepts and links that are looked at.
const MOST: usize = 256;

/// What every record conforms to.
const CONFORMANCE: &str = "http://wis.wmo.int/spec/wcmp/2/conf/core";

/// The types of resources that WMO lists.
const RESOURCE_TYPES: [&str; 3] = ["dataset", "service", "process"];

/// Part of the scheme under which every record names the discipline of its data.
const DISCIPLINES: &str = "earth-system-discipline";

/// Where channels stand, and what is said of one of another centre than that of the id.
pub(in crate::mesh) const CHANNEL: &str = "links.channel";
const OTHER_CENTRE: &str = "links.channel (its centre is not that of the id)";

/// A dataset or service, as a Global Discovery Catalogue describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// `urn:wmo:md:…`.
    pub id: Option<Box<str>>,
    /// Its title.
    pub title: Option<Box<str>>,
    /// What it is, in words.
    pub description: Option<Box<str>>,
    /// `core` or `recommended`.
    pub policy: Option<Box<str>>,
    /// Brokers and topics on which it is announced.
    pub channels: Vec<Channel>,
    /// What is odd or wrong about it.
    pub remarks: Vec<Remark>,
}

/// A topic of a broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// URL of the broker as published; may be empty.
    pub broker: Box<str>,
    /// The topic.
    pub topic: Box<str>,
}

impl Record {
    /// Whether a JSON object has the shape of a record.
    pub fn is_one(json: &Json<'_>) -> bool {
        let properties = json.at("properties");
        let conforms = json.at("conformsTo").items().iter().filter_map(Json::text);
        conforms.into_iter().any(|uri| uri.contains("/spec/wcmp/2"))
            || ["title", "description", "wmo:dataPolicy", "contacts", "themes"]
                .iter()
                .any(|key| properties.has(key))
    }

    /// Reads a record; what is missing or wrong is remarked.
    pub fn read(json: &Json<'_>) -> Self {
        let mut findings = Findings::default();
        let properties = json.at("properties");
        identity(json, &mut findings);
        extent::geometry(json.find("geometry"), &mut findings);
        extent::time(json.find("time"), &mut findings);
        describe(json.find("properties"), &mut findings);
        contacts::contacts(properties.find("contacts"), &mut findings);
        themes(properties, &mut findings);
        let channels = links(json, &mut findings);
        of_channels(&channels, json.at("id").text(), &mut findings);
        policy(json, &mut findings);
        let text = |json: &Json<'_>, key: &str| json.at(key).text().filter(|t| !t.is_empty()).map(Into::into);
        Self {
            id: text(json, "id"),
            title: text(properties, "title"),
            description: text(properties, "description"),
            policy: properties.at("wmo:dataPolicy").text().map(Into::into),
            channels,
            remarks: findings.0,
        }
    }
}

/// What was found, each thing once.
#[derive(Debug, Default)]
struct Findings(Vec<Remark>);

impl Findings {
    fn add(&mut self, remark: Remark) {
        if !self.0.contains(&remark) {
            self.0.push(remark);
        }
    }

    fn missing(&mut self, field: &'static str) {
        self.add(Remark::Missing { field });
    }

    fn wrong(&mut self, field: &'static str, value: &str) {
        self.add(Remark::WrongValue { field, value: value.chars().take(64).collect() });
    }

    /// Text that must be there and not be empty.
    fn need_text<'j>(&mut self, json: &'j Json<'_>, key: &str, field: &'static str) -> Option<&'j str> {
        match json.find(key) {
            None | Some(Json::Null) => self.missing(field),
            Some(Json::Text(text)) if text.trim().is_empty() => self.missing(field),
            Some(Json::Text(text)) => return Some(text),
            Some(_) => self.wrong(field, ""),
        }
        None
    }

    /// What may be there, and is of this kind when it is.
    fn may(&mut self, json: &Json<'_>, (key, field): (&str, &'static str), is_kind: fn(&Json<'_>) -> bool) {
        if json.find(key).is_some_and(|value| !is_kind(value)) {
            self.wrong(field, "");
        }
    }

    /// Text that may be there.
    fn may_text(&mut self, json: &Json<'_>, key: &str, field: &'static str) {
        self.may(json, (key, field), is_text);
    }

    /// A value of a list that may have grown since.
    fn listed(&mut self, field: &'static str, value: &str, list: &[&str]) {
        if !list.contains(&value) {
            self.add(Remark::NotListed { field, value: value.chars().take(64).collect() });
        }
    }

    /// A list that must be there and not be empty.
    fn need_list<'j>(&mut self, list: Option<&'j Json<'_>>, field: &'static str) -> &'j [Json<'j>] {
        match list {
            None | Some(Json::Null) => self.missing(field),
            Some(Json::List([])) => self.add(Remark::EmptyList { field }),
            Some(Json::List(items)) => return &items[..items.len().min(MOST)],
            Some(_) => self.wrong(field, ""),
        }
        &[]
    }
}

fn is_text(json: &Json<'_>) -> bool {
    json.text().is_some()
}

/// A list of texts.
fn is_texts(json: &Json<'_>) -> bool {
    matches!(json, Json::List(items) if items.iter().all(is_text))
}

/// A list of objects each of which has text under `key`.
fn is_list_with(json: &Json<'_>, key: &str) -> bool {
    matches!(json, Json::List(items) if items.iter().all(|item| is_text(item.at(key))))
}

/// `id`, `type` and `conformsTo`.
fn identity(json: &Json<'_>, findings: &mut Findings) {
    if let Some(id) = findings.need_text(json, "id", "id") {
        let local = id.strip_prefix("urn:wmo:md:").and_then(|rest| rest.split_once(':'));
        let is_sound = local.is_some_and(|(centre, local)| !centre.is_empty() && !local.is_empty());
        if !is_sound || !id.bytes().all(|c| c.is_ascii_graphic() && c != b';') {
            findings.wrong("id", id);
        }
    }
    match findings.need_text(json, "type", "type") {
        Some("Feature") | None => {}
        Some(other) => findings.wrong("type", other),
    }
    let classes = findings.need_list(json.find("conformsTo"), "conformsTo");
    let first = classes.iter().find_map(Json::text);
    if !classes.is_empty() && !classes.iter().filter_map(Json::text).any(|uri| uri == CONFORMANCE) {
        findings.wrong("conformsTo", first.unwrap_or_default());
    }
}

/// What the dataset is, and when the record was made.
fn describe(properties: Option<&Json<'_>>, findings: &mut Findings) {
    let Some(properties) = properties.filter(|properties| properties.is_object()) else {
        return findings.missing("properties");
    };
    if let Some(kind) = findings.need_text(properties, "type", "properties.type") {
        findings.listed("properties.type", kind, &RESOURCE_TYPES);
    }
    for (key, field) in [("title", "properties.title"), ("description", "properties.description")] {
        findings.need_text(properties, key, field);
    }
    for (key, field) in [("version", "properties.version"), ("rights", "properties.rights")] {
        findings.may_text(properties, key, field);
    }
    findings.may(properties, ("keywords", "properties.keywords"), is_texts);
    findings.may(properties, ("externalIds", "properties.externalIds"), |ids| is_list_with(ids, "value"));
    findings.may(properties, ("wmo:status", "properties.wmo:status"), |status| is_text(status.at("id")));
    if let Some(created) = findings.need_text(properties, "created", "properties.created") {
        moment(created, "properties.created", findings);
    }
    if properties.has("updated")
        && let Some(updated) = findings.need_text(properties, "updated", "properties.updated")
    {
        moment(updated, "properties.updated", findings);
    }
}

/// A time of RFC 3339, with its zone.
fn moment(text: &str, field: &'static str, findings: &mut Findings) {
    if time::read(text).is_none_or(|written| written.form != TimeForm::Rfc3339) {
        findings.wrong(field, text);
    }
}

fn themes(properties: &Json<'_>, findings: &mut Findings) {
    let themes = findings.need_list(properties.find("themes"), "properties.themes");
    let mut names_discipline = themes.is_empty();
    for theme in themes {
        let scheme = findings.need_text(theme, "scheme", "properties.themes.scheme");
        names_discipline |= scheme.is_some_and(|scheme| scheme.contains(DISCIPLINES));
        for concept in findings.need_list(theme.find("concepts"), "properties.themes.concepts") {
            findings.need_text(concept, "id", "properties.themes.concepts.id");
            for key in ["title", "description", "url"] {
                findings.may_text(concept, key, "properties.themes.concepts");
            }
        }
    }
    if !names_discipline {
        findings.missing("properties.themes (earth-system-discipline)");
    }
}

/// `wmo:dataPolicy`, which a dataset must have; recommended data names its conditions.
fn policy(json: &Json<'_>, findings: &mut Findings) {
    let properties = json.at("properties");
    let is_dataset = properties.at("type").text() == Some("dataset");
    match properties.find("wmo:dataPolicy").map(Json::text) {
        Some(Some("core")) => {}
        Some(Some("recommended")) => {
            let is_licence = |link: &Json<'_>| link.at("rel").text() == Some("license");
            if !json.at("links").items().iter().any(is_licence) {
                findings.missing("links (rel license, for recommended data)");
            }
        }
        Some(value) => findings.wrong("properties.wmo:dataPolicy", value.unwrap_or_default()),
        None if is_dataset => findings.missing("properties.wmo:dataPolicy"),
        None => {}
    }
}

/// Channels are topics of the hierarchy, and of the centre that the id names.
fn of_channels(channels: &[Channel], id: Option<&str>, findings: &mut Findings) {
    let centre = id.and_then(|id| id.strip_prefix("urn:wmo:md:")?.split(':').next());
    for channel in channels {
        let of_channel = topic::centre_of(&channel.topic);
        if centre.is_some() && of_channel != centre {
            findings.wrong(OTHER_CENTRE, of_channel.unwrap_or_default());
        }
        // A record may name all topics of a discipline.
        if topic_hierarchy::read(&channel.topic).is_err_and(|fault| fault != TopicFault::TooShort) {
            findings.add(Remark::NotListed { field: CHANNEL, value: channel.topic.to_string() });
        }
    }
}

/// The links, and the channels that they name.
fn links(json: &Json<'_>, findings: &mut Findings) -> Vec<Channel> {
    findings.may(json, ("linkTemplates", "linkTemplates"), |all| is_list_with(all, "uriTemplate"));
    let mut found = Vec::new();
    for link in findings.need_list(json.find("links"), "links") {
        let href = match link.find("href") {
            Some(Json::Text(href)) => href,
            Some(Json::Null) | None => {
                findings.missing("links.href");
                ""
            }
            Some(_) => {
                findings.wrong("links.href", "");
                ""
            }
        };
        findings.need_text(link, "rel", "links.rel");
        for (key, field) in [("type", "links.type"), ("hreflang", "links.hreflang"), ("title", "links.title")]
        {
            findings.may_text(link, key, field);
        }
        if link.find("length").is_some_and(|length| length.whole().is_none()) {
            findings.wrong("links.length", link.at("length").text().unwrap_or_default());
        }
        findings.may(link, ("security", "links.security"), |value| value.is_object());
        findings.may(link, ("distribution", "links.distribution"), |value| value.is_object());
        findings.may_text(link, "channel", "links.channel");
        let security = link.at("security");
        if security.is_object()
            && !security.has("description")
            && !security.entries().iter().any(|(_, scheme)| scheme.has("description"))
        {
            findings.missing("links.security.description");
        }
        match link.at("channel").text() {
            Some(named) if topic::is_wis2(named) => {
                found.push(Channel { broker: href.into(), topic: named.into() });
            }
            Some(named) => findings.wrong("links.channel", named),
            None if href.starts_with("mqtt") && !link.has("channel") => findings.missing("links.channel"),
            None => {}
        }
    }
    found
}
