//! The notification of a discovery record (WCMP2): judged first, then announced where its centre announces records.
//!
//! In: the record, its name and where it is served. Out: a [`WisNotification`] on `origin/a/wis2/CENTRE/metadata`, or everything that is wrong
//! with the record. It is announced as an update, which is right for the first time too: records are announced every day anew,
//! and catalogues and caches pass over a repeated `canonical`.

use super::content::encoded_content;
use super::media_type::media_type_of;
use super::notice::{Caching, DataSpan, WisNotification};
use super::place::{BaseUrl, MetadataId, SharedPath};
use super::{HEAD, PostKind};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::mesh::announcement::{MessageReading, read};
use crate::mesh::record::{CHANNEL, Record};
use crate::mesh::remark::Remark;
use crate::mesh::topic_hierarchy::{self, TopicFault, TopicKind};
use std::borrow::Cow;

/// Longest record that is read, in octets.
pub const LARGEST_RECORD: usize = 512 << 10;

/// Something that is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordFinding {
    /// It is no record at all.
    NoRecord,
    /// What its judge remarks.
    Record(Remark),
    /// Its id is not `urn:wmo:md:CENTRE:NAME`, or the centre is not named as centres are.
    Id(String),
    /// A channel that the topic hierarchy does not have.
    Channel(String, TopicFault),
    /// A channel of another policy than the record's.
    OtherPolicy(String),
}

/// The notification of a record.
///
/// # Errors
/// Everything that is wrong with the record.
pub fn notice_of_record(
    octets: &[u8],
    (path, base): (&SharedPath, &BaseUrl),
) -> Result<WisNotification, Vec<RecordFinding>> {
    let (id, centre) = judged(octets)?;
    let is_short = octets.len() <= HEAD;
    Ok(WisNotification {
        topic: format!("origin/a/wis2/{centre}/metadata"),
        data_id: format!("{}/{}", id.without_scheme(), path.encoded()),
        metadata_id: Some(id),
        href: base.address_of(path),
        media_type: Cow::Borrowed(media_type_of(path.file_name(), octets)),
        length: Some(octets.len() as u64),
        digest: Some(Digest::of(DigestAlgorithm::Sha512, octets)),
        span: DataSpan::Unknown,
        place: None,
        kind: PostKind::Update,
        caching: Caching::Usual,
        global_cache: None,
        licence: None,
        content: is_short.then(|| encoded_content(octets)),
    })
}

/// The id and the centre of a record that is sound.
///
/// # Errors
/// Everything that is wrong with it.
pub fn judged(octets: &[u8]) -> Result<(MetadataId, String), Vec<RecordFinding>> {
    let record = match read(octets.to_vec().into(), &[]).reading {
        MessageReading::Record(record) => record,
        MessageReading::Invalid(invalid) if invalid.dialect.is_none() => {
            return Err(invalid.remarks.into_iter().map(RecordFinding::Record).collect());
        }
        MessageReading::Invalid(_) | MessageReading::Announcement(_) | MessageReading::Event(_) => {
            return Err(vec![RecordFinding::NoRecord]);
        }
    };
    // Of a channel outside the hierarchy it is told below which level is not known.
    let is_told_below = |remark: &&Remark| matches!(remark, Remark::NotListed { field: CHANNEL, .. });
    let remarks = record.remarks.iter().filter(|remark| !is_told_below(remark));
    let mut findings: Vec<RecordFinding> = remarks.cloned().map(RecordFinding::Record).collect();
    let written = record.id.as_deref().unwrap_or_default();
    let id = MetadataId::parse(written);
    let centre =
        id.as_ref().map(|id| id.centre().to_owned()).filter(|centre| topic_hierarchy::is_centre(centre));
    if centre.is_none() {
        findings.push(RecordFinding::Id(written.to_owned()));
    }
    findings.extend(of_channels(&record));
    match (id, centre) {
        (Some(id), Some(centre)) if findings.is_empty() => Ok((id, centre)),
        _ => Err(findings),
    }
}

fn of_channels(record: &Record) -> Vec<RecordFinding> {
    let of = |channel: &str| match topic_hierarchy::read(channel) {
        Err(TopicFault::TooShort) => None,
        Err(fault) => Some(RecordFinding::Channel(channel.to_owned(), fault)),
        Ok(reading) => {
            let policy = match reading.kind {
                TopicKind::Core => Some("core"),
                TopicKind::Recommended => Some("recommended"),
                TopicKind::Metadata => None,
            };
            let is_other = policy.is_some() && record.policy.as_deref() != policy;
            is_other.then(|| RecordFinding::OtherPolicy(channel.to_owned()))
        }
    };
    record.channels.iter().filter_map(|channel| of(&channel.topic)).collect()
}
