//! The message by which a file is announced: to WIS2, to Sarracenia and to wmo_mesh.
//!
//! In: what is known of a file, under which terms it is announced, when. Out: [`Post`]s: topic, JSON and media type. What every
//! reader of a form accepts is written, and nothing that makes one of them stumble; a notification of WIS2 is judged before it
//! is handed over. Reads no file and no clock.
//!
//! | file | what it is |
//! |---|---|
//! | [`place`] | where a file lies below what is shared, its address, its topic |
//! | [`notice`] | what one notification of WIS2 says |
//! | `wnm` | the notification of WIS2 |
//! | [`check`] | what is wrong with a notification that was made, also what validators let pass |
//! | [`record_notice`] | the notification of a discovery record |
//! | [`record_template`] | a discovery record of what a centre knows of its dataset |
//! | `v03` | the message of Sarracenia and of wmo_mesh |
//! | `content` | small files that travel along |
//! | `media_type` | what kind of data a file is |
//! | [`steadiness`] | whether a file is finished, or still being written |
//! | [`watched`] | which files of a folder are news, and which were announced |
//! | [`in_flight`] | messages that were sent and not yet acknowledged |
//! | [`patience`] | how long a broker is waited for |
//! | [`refusal`] | why a broker refuses a message, by its code |
//!
//! Start reading at [`Announceable::posts`] and [`posts_of`].

pub mod check;
pub(in crate::mesh) mod content;
pub mod in_flight;
pub(in crate::mesh) mod media_type;
pub mod notice;
pub mod patience;
pub mod place;
pub mod record_notice;
pub mod record_template;
#[cfg(test)]
mod record_tests;
pub mod refusal;
pub mod steadiness;
#[cfg(test)]
mod tests;
pub(in crate::mesh) mod v03;
pub mod watched;
mod wnm;

use crate::domain::integrity::Digest;
use crate::domain::utc::UtcMillis;
use check::PostFault;
use notice::WisNotification;
use place::{BaseUrl, MetadataId, PostTopic, SharedPath};
use std::sync::Arc;

/// Most octets of the beginning of a file that are of use here.
pub const HEAD: usize = 4_096;

/// In which form a file is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostForm {
    /// A notification of WIS2.
    Wis2,
    /// Sarracenia, version 3.
    V03,
    /// The same as peers of wmo_mesh can take it in.
    WmoMesh,
}

impl PostForm {
    /// The names in commands and JSON; stable.
    pub const KEYS: [&'static str; 3] = ["wis2", "v03", "wmo-mesh"];

    /// The form of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "wis2" => Self::Wis2,
            "v03" => Self::V03,
            "wmo-mesh" => Self::WmoMesh,
            _ => return None,
        })
    }

    /// Most octets of a file that may travel along.
    const fn most_inline(self) -> usize {
        match self {
            Self::Wis2 | Self::V03 => HEAD,
            // What mesh_peer.py takes.
            Self::WmoMesh => 1_024,
        }
    }
}

/// Whether small files travel along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Inlining {
    /// None does.
    #[default]
    Never,
    /// Those do that are small enough for the form.
    Small,
}

/// Under which terms files are announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostTerms {
    /// In which form.
    pub form: PostForm,
    /// The address of the shared folder.
    pub base: BaseUrl,
    /// Where.
    pub topic: PostTopic,
    /// Whether small files travel along.
    pub inlining: Inlining,
    /// The discovery record of the dataset, in WIS2.
    pub metadata_id: Option<MetadataId>,
    /// The Global Cache that speaks, in WIS2.
    pub global_cache: Option<String>,
}

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFacts {
    /// Where it lies below the shared folder.
    pub path: SharedPath,
    /// Its length in octets.
    pub length: u64,
    /// When it was last changed. `None` where that is not known.
    pub modified: Option<UtcMillis>,
    /// Its SHA-512.
    pub digest: Digest,
    /// How it begins: at most [`HEAD`] octets, all of a shorter file.
    pub head: Vec<u8>,
}

/// What has become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostKind {
    /// It is announced for the first time.
    New,
    /// It replaces one of the same name that was announced before.
    Update,
    /// It is withdrawn.
    Deletion,
}

impl PostKind {
    /// The names in rules; stable.
    pub const KEYS: [&'static str; 3] = ["new", "update", "deletion"];

    /// The kind of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "new" => Self::New,
            "update" => Self::Update,
            "deletion" => Self::Deletion,
            _ => return None,
        })
    }
}

/// When a message is made, and what makes it unlike any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostMoment {
    /// When the file is announced.
    pub published: UtcMillis,
    /// Chance.
    pub random: u128,
}

/// A message with its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// Its id, where the form has one.
    pub id: Option<String>,
    /// The topic.
    pub topic: String,
    /// The media type of the message: `ContentType` of MQTT 5.
    pub content_type: &'static str,
    /// The message, JSON.
    pub payload: String,
}

/// Why a file cannot be announced in this form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PostError {
    /// The message would be longer than the form allows.
    #[error("a message of {octets} octets, and {most} is the most there may be")]
    TooLong {
        /// So long.
        octets: usize,
        /// So long it may be.
        most: usize,
    },
    /// The message was made, and is not what it should be.
    #[error("{0:?}")]
    Judged(Vec<PostFault>),
}

/// Something that can be announced.
#[derive(Clone, Debug)]
pub enum Announceable {
    /// A file below the shared folder.
    File(Box<FileFacts>, PostKind, Arc<PostTerms>),
    /// What an event or a record says.
    Notice(Box<WisNotification>),
}

impl Announceable {
    /// What has become of it.
    pub fn kind(&self) -> PostKind {
        match self {
            Self::File(_, kind, _) => *kind,
            Self::Notice(notice) => notice.kind,
        }
    }

    /// Where it is served.
    pub fn address(&self) -> String {
        match self {
            Self::File(facts, _, terms) => terms.base.address_of(&facts.path),
            Self::Notice(notice) => notice.href.clone(),
        }
    }

    /// Its length in octets. `None` where nobody said it.
    pub fn length(&self) -> Option<u64> {
        match self {
            Self::File(facts, ..) => Some(facts.length),
            Self::Notice(notice) => notice.length,
        }
    }

    /// The messages that announce it: one for each topic.
    ///
    /// # Errors
    /// When the form does not allow it.
    pub fn posts(&self, moment: PostMoment) -> Result<Vec<Post>, PostError> {
        match self {
            Self::File(facts, kind, terms) => posts_of(facts, terms, *kind, moment),
            Self::Notice(notice) => post_of(notice, moment).map(|post| vec![post]),
        }
    }
}

/// The messages that announce a file: one for each topic.
///
/// # Errors
/// When the form does not allow it.
pub fn posts_of(
    facts: &FileFacts,
    terms: &PostTerms,
    kind: PostKind,
    moment: PostMoment,
) -> Result<Vec<Post>, PostError> {
    if terms.form == PostForm::Wis2 {
        return post_of(&WisNotification::of_file(facts, terms, kind), moment).map(|post| vec![post]);
    }
    let payload = match kind {
        PostKind::New | PostKind::Update => v03::payload(facts, terms, moment.published),
        PostKind::Deletion => v03::deletion(facts, terms, moment.published),
    };
    let post = |topic| Post { id: None, topic, content_type: v03::CONTENT_TYPE, payload: payload.clone() };
    Ok(terms.topic.of(&facts.path).map(post).collect())
}

/// The notification that says this, judged.
///
/// # Errors
/// When it would be too long, or is not what it should be.
pub fn post_of(notice: &WisNotification, moment: PostMoment) -> Result<Post, PostError> {
    let id = wnm::uuid(moment.random);
    let payload = wnm::payload(notice, (&id, moment.published))?;
    let faults = check::faults_of(&notice.topic, &payload);
    if !faults.is_empty() {
        return Err(PostError::Judged(faults));
    }
    Ok(Post { id: Some(id), topic: notice.topic.clone(), content_type: wnm::CONTENT_TYPE, payload })
}
