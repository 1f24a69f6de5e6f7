//! What one notification of WIS2 says, all but its id and the time at which it is sent.
//!
//! In: a file and the terms under which it is announced, or what an event or a record gives. Out: a [`WisNotification`], from which the
//! message is written as late as may be.

use super::content::{Content, content_of};
use super::media_type::media_type_of;
use super::place::MetadataId;
use super::{FileFacts, PostKind, PostTerms};
use crate::domain::file_name::NamedTimes;
use crate::domain::integrity::Digest;
use crate::domain::utc::UtcMillis;
use crate::mesh::geometry::DataPlace;
use std::borrow::Cow;

/// What one notification says.
#[derive(Clone, Debug, PartialEq)]
pub struct WisNotification {
    /// The topic.
    pub topic: String,
    /// The name of the data, the same for all its versions.
    pub data_id: String,
    /// The discovery record of the dataset.
    pub metadata_id: Option<MetadataId>,
    /// Where the data is.
    pub href: String,
    /// What kind of data it is.
    pub media_type: Cow<'static, str>,
    /// Its length in octets. `None` where nobody said it.
    pub length: Option<u64>,
    /// Its digest, by a method of the standard. `None` where nobody said it.
    pub digest: Option<Digest>,
    /// When the data is valid.
    pub span: DataSpan,
    /// Where on the globe it lies.
    pub place: Option<DataPlace>,
    /// Whether it is new, replaces something, or is withdrawn.
    pub kind: PostKind,
    /// Whether Global Caches may keep it.
    pub caching: Caching,
    /// The Global Cache that speaks.
    pub global_cache: Option<String>,
    /// Where its conditions are.
    pub licence: Option<String>,
    /// The data itself.
    pub(in crate::mesh) content: Option<Content>,
}

/// When data is valid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DataSpan {
    /// Nobody said it.
    #[default]
    Unknown,
    /// At this time.
    Instant(UtcMillis),
    /// From the first to the second.
    Period(UtcMillis, UtcMillis),
}

/// Whether Global Caches may keep data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caching {
    /// As the standard has it where nothing is said: they may.
    #[default]
    Usual,
    /// They may not.
    Never,
}

impl WisNotification {
    /// The notice of a file below the shared folder.
    pub(super) fn of_file(facts: &FileFacts, terms: &PostTerms, kind: PostKind) -> Self {
        let topic = terms.topic.root();
        let within = terms.metadata_id.as_ref().map_or_else(
            || topic.splitn(3, '/').last().unwrap_or(topic).to_owned(),
            |id| id.without_scheme().to_owned(),
        );
        Self {
            topic: topic.to_owned(),
            data_id: format!("{within}/{}", facts.path.encoded()),
            metadata_id: terms.metadata_id.clone(),
            href: terms.base.address_of(&facts.path),
            media_type: Cow::Borrowed(media_type_of(facts.path.file_name(), &facts.head)),
            length: Some(facts.length),
            digest: Some(facts.digest.clone()),
            span: DataSpan::of_name(facts.path.as_str()),
            place: None,
            kind,
            caching: Caching::of_topic(topic),
            global_cache: terms.global_cache.clone(),
            licence: None,
            content: content_of(facts, (terms.form, terms.inlining)),
        }
    }
}

impl DataSpan {
    /// The run that a name tells, or from when to when its lead times are valid.
    pub fn of_name(path: &str) -> Self {
        let named = NamedTimes::of_path(path);
        let Some(run) = named.run else { return Self::Unknown };
        let exact = |time| UtcMillis::new(time, 0);
        let valid = |minutes: i64| run.plus_minutes(minutes).and_then(exact);
        let leads = named.leads.filter(|leads| !leads.is_single());
        match leads.map(|leads| (valid(leads.first.minutes()), valid(leads.last.minutes()))) {
            Some((Some(first), Some(last))) => Self::Period(first, last),
            _ => exact(run).map_or(Self::Unknown, Self::Instant),
        }
    }
}

impl Caching {
    /// What is announced below `experimental` is not kept.
    pub fn of_topic(topic: &str) -> Self {
        let is_experimental = topic.split('/').any(|level| level == "experimental");
        if is_experimental { Self::Never } else { Self::Usual }
    }
}
