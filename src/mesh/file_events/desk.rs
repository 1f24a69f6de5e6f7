//! From events to notifications, one after the other: read, ruled on, held against what was announced before.
//!
//! In: [`EventFrame`]s, and what was read of local files. Out: [`EventStep`]s, of which each says what becomes of one file. A file below the
//! folder that is shared is read, and must be what its event says; what lies elsewhere is announced as its event says.
//! Start reading at [`EventDesk::take`].

use super::files::{EventFile, FilePlace};
use super::framing::{EventFrame, FrameFault};
use super::reading::{DataEvent, EventProblem, read_event};
use super::rules::{EventRules, EventTraits, NoticeTerms, Retraction, Ruling};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::mesh::marks::{ByMark, Marks};
use crate::mesh::post::content::content_of;
use crate::mesh::post::media_type::media_type_of;
use crate::mesh::post::notice::{Caching, DataSpan, WisNotification};
use crate::mesh::post::place::{BaseUrl, PathRefusal, SharedPath};
use crate::mesh::post::{FileFacts, PostForm, PostKind};
use std::borrow::Cow;

/// Most names of data that are remembered; when there are more, all are forgotten.
const MOST_REMEMBERED: usize = 100_000;

/// The methods of digests that notifications may have.
const METHODS: [DigestAlgorithm; 6] = [
    DigestAlgorithm::Sha256,
    DigestAlgorithm::Sha384,
    DigestAlgorithm::Sha512,
    DigestAlgorithm::Sha3_256,
    DigestAlgorithm::Sha3_384,
    DigestAlgorithm::Sha3_512,
];

/// The folder that is shared, as a person names it and as it is, and its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SharedRoot {
    /// Ways to write the folder, absolute. None where no folder was named.
    pub folders: Vec<String>,
    /// Its address.
    pub base: Option<BaseUrl>,
}

/// What becomes of one file of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum EventStep {
    /// It is announced.
    Announce(Box<WisNotification>),
    /// It is read first, and announced if it is what its event says.
    Read(Box<LocalDraft>),
    /// It is passed over.
    PassOver(String, PassedOver),
    /// It is refused.
    Refuse(String, EventRefusal),
}

/// Why a file is passed over, which is no fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PassedOver {
    /// The same was announced before, in this process.
    Repeat,
    /// A rule says so.
    Rule,
    /// Deletions are not announced, a rule says.
    Retention,
}

/// Why a file of an event is not announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventRefusal {
    /// No event stands there.
    Frame(FrameFault),
    /// The event cannot be used.
    Event(Vec<EventProblem>),
    /// No rule fits it.
    NoRule,
    /// Its path leads out of the folder that is shared.
    Path(PathRefusal),
    /// It names a path, and no folder is shared.
    NoFolder,
    /// It lies elsewhere, and its event tells no checksum.
    NoDigest,
    /// It lies elsewhere, and its checksum is by a method that notifications may not have.
    Method(DigestAlgorithm),
    /// Its checksum is another than its event says: claimed and computed, in hexadecimal.
    OtherDigest {
        /// As the event says.
        claimed: String,
        /// As it is.
        computed: String,
    },
    /// Its length is another than its event says.
    OtherLength {
        /// As the event says.
        claimed: u64,
        /// As it is.
        found: u64,
    },
}

/// A local file of an event, before it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalDraft {
    /// Where it lies below the folder that is shared.
    pub path: SharedPath,
    notice: WisNotification,
    terms: NoticeTerms,
    claimed: Option<Digest>,
    claimed_length: Option<u64>,
}

impl LocalDraft {
    /// By which other method than SHA-512 the file is to be digested as well.
    pub fn also_by(&self) -> Option<DigestAlgorithm> {
        let claimed = self.claimed.as_ref().map(Digest::algorithm);
        claimed.filter(|algorithm| *algorithm != DigestAlgorithm::Sha512)
    }
}

/// What was announced last under each name.
#[derive(Debug, Default)]
struct EventMemory {
    marks: Marks,
    last: ByMark<u64>,
}

impl EventMemory {
    /// Settles whether data is new, an update or a repeat, and remembers it. `None` for a repeat.
    fn settle(&mut self, notice: &WisNotification) -> Option<PostKind> {
        if self.last.len() >= MOST_REMEMBERED {
            self.last.clear();
        }
        let is_deletion = notice.kind == PostKind::Deletion;
        let digest = notice.digest.as_ref().filter(|_| !is_deletion).map(Digest::octets);
        let version = self.marks.of((is_deletion, digest));
        let withdrawn = self.marks.of((true, None::<&[u8]>));
        match self.last.insert(self.marks.of(&notice.data_id), version) {
            Some(before) if before == version => None,
            Some(before) if before != withdrawn && notice.kind == PostKind::New => Some(PostKind::Update),
            Some(_) | None => Some(notice.kind),
        }
    }
}

/// Turns events into notifications.
#[derive(Debug)]
pub struct EventDesk {
    rules: EventRules,
    root: SharedRoot,
    /// What the stream is called.
    name: String,
    memory: EventMemory,
}

impl EventDesk {
    /// A desk for events of the stream called `name`.
    pub fn new(rules: EventRules, root: SharedRoot, name: String) -> Self {
        Self { rules, root, name, memory: EventMemory::default() }
    }

    /// What becomes of the files of an event.
    pub fn take(&mut self, frame: EventFrame) -> Vec<EventStep> {
        let place = format!("{}:{}", self.name, frame.line);
        let event = match frame.json.map(|json| read_event(&json)) {
            Err(fault) => return vec![EventStep::Refuse(place, EventRefusal::Frame(fault))],
            Ok(Err(problems)) => return vec![EventStep::Refuse(place, EventRefusal::Event(problems))],
            Ok(Ok(event)) => event,
        };
        event.files.iter().map(|file| self.step(&event, file)).collect()
    }

    /// A local file was read: SHA-512, and the digest by the other method where one was asked for.
    pub fn take_read(
        &mut self,
        draft: LocalDraft,
        (facts, other): (&FileFacts, Option<&Digest>),
    ) -> EventStep {
        let name = draft.path.as_str().to_owned();
        if let Some(claimed) = draft.claimed_length.filter(|claimed| *claimed != facts.length) {
            return EventStep::Refuse(name, EventRefusal::OtherLength { claimed, found: facts.length });
        }
        if let Some(claimed) = &draft.claimed {
            let of_method = [Some(&facts.digest), other].into_iter().flatten();
            let computed = of_method.into_iter().find(|digest| digest.algorithm() == claimed.algorithm());
            if computed != Some(claimed) {
                let computed = computed.map(Digest::hex).unwrap_or_default();
                return EventStep::Refuse(
                    name,
                    EventRefusal::OtherDigest { claimed: claimed.hex(), computed },
                );
            }
        }
        let by_content = || Cow::Borrowed(media_type_of(facts.path.file_name(), &facts.head));
        let media_type = match &draft.notice.media_type {
            Cow::Borrowed("") => by_content(),
            named => named.clone(),
        };
        let content = content_of(facts, (PostForm::Wis2, draft.terms.inlining));
        let (length, digest) = (Some(facts.length), Some(facts.digest.clone()));
        self.settled(WisNotification { media_type, length, digest, content, ..draft.notice }, name)
    }

    fn step(&mut self, event: &DataEvent, file: &EventFile) -> EventStep {
        let written = file.place.written().to_owned();
        let local = match self.local(&file.place) {
            Ok(local) => local,
            Err(refusal) => return EventStep::Refuse(written, refusal),
        };
        let url_path = |url: &url::Url| url.path().trim_start_matches('/').to_owned();
        let path = match (&local, &file.place) {
            (Some(path), _) => path.as_str().to_owned(),
            (None, FilePlace::Url(url)) => url_path(url),
            (None, FilePlace::Path(_)) => return EventStep::Refuse(written, EventRefusal::NoFolder),
        };
        let traits =
            EventTraits { kind: &event.kind, source: &event.source, subject: &event.subject, path: &path };
        let terms = match self.rules.ruling(traits) {
            Ruling::Announce(terms) => terms.clone(),
            Ruling::Skip => return EventStep::PassOver(written, PassedOver::Rule),
            Ruling::NoRule => return EventStep::Refuse(written, EventRefusal::NoRule),
        };
        let kind = terms.action.unwrap_or_else(|| kind_of(&event.kind));
        if kind == PostKind::Deletion && terms.retraction == Retraction::Ignore {
            return EventStep::PassOver(written, PassedOver::Retention);
        }
        let mut notice = notice_of(event, file, (&terms, kind));
        match (local, &self.root.base, &file.place) {
            (Some(path), Some(base), _) => {
                notice.href = base.address_of(&path);
                notice.data_id = format!("{}/{}", terms.metadata_id.without_scheme(), path.encoded());
                if notice.span == DataSpan::Unknown {
                    notice.span = DataSpan::of_name(path.as_str());
                }
                if kind == PostKind::Deletion || self.root.folders.is_empty() {
                    return self.elsewhere(notice, written);
                }
                let (claimed, claimed_length) = (file.digest.clone(), file.length);
                EventStep::Read(Box::new(LocalDraft { path, notice, terms, claimed, claimed_length }))
            }
            (_, _, FilePlace::Url(url)) => {
                notice.href = url.as_str().to_owned();
                let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
                let below = format!("{}{query}", url_path(url));
                notice.data_id = format!("{}/{below}", terms.metadata_id.without_scheme());
                if notice.span == DataSpan::Unknown {
                    notice.span = DataSpan::of_name(&path);
                }
                self.elsewhere(notice, written)
            }
            (_, None, FilePlace::Path(_)) | (None, _, FilePlace::Path(_)) => {
                EventStep::Refuse(written, EventRefusal::NoFolder)
            }
        }
    }

    /// A file that is not read: its event must tell a digest that notifications may have, unless it is withdrawn.
    fn elsewhere(&mut self, notice: WisNotification, name: String) -> EventStep {
        let by_name = media_type_of(name.rsplit('/').next().unwrap_or_default(), &[]);
        let media_type = match notice.media_type {
            Cow::Borrowed("") => Cow::Borrowed(by_name),
            named => named,
        };
        let is_deletion = notice.kind == PostKind::Deletion;
        match notice.digest.as_ref().map(Digest::algorithm) {
            Some(method) if METHODS.contains(&method) => {
                self.settled(WisNotification { media_type, ..notice }, name)
            }
            _ if is_deletion => self.settled(WisNotification { media_type, digest: None, ..notice }, name),
            Some(method) => EventStep::Refuse(name, EventRefusal::Method(method)),
            None => EventStep::Refuse(name, EventRefusal::NoDigest),
        }
    }

    fn settled(&mut self, notice: WisNotification, name: String) -> EventStep {
        match self.memory.settle(&notice) {
            Some(kind) => EventStep::Announce(Box::new(WisNotification { kind, ..notice })),
            None => EventStep::PassOver(name, PassedOver::Repeat),
        }
    }

    /// Where a file lies below the folder that is shared. `None` when it lies elsewhere.
    fn local(&self, place: &FilePlace) -> Result<Option<SharedPath>, EventRefusal> {
        match place {
            FilePlace::Url(url) => {
                let path = self.root.base.as_ref().and_then(|base| base.path_of(url));
                path.transpose().map_err(EventRefusal::Path)
            }
            FilePlace::Path(_) if self.root.folders.is_empty() => Err(EventRefusal::NoFolder),
            FilePlace::Path(path) => below(&self.root.folders, path).map(Some).map_err(EventRefusal::Path),
        }
    }
}

/// A path, absolute or not, below one of the ways to write a folder.
fn below(folders: &[String], path: &str) -> Result<SharedPath, PathRefusal> {
    let relative = match path.starts_with('/') {
        true => folders
            .iter()
            .find_map(|folder| path.strip_prefix(folder.trim_end_matches('/'))?.strip_prefix('/'))
            .ok_or(PathRefusal::LeadsOut)?,
        false => path,
    };
    let names: Vec<&str> = relative.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    SharedPath::of(&names)
}

fn notice_of(
    event: &DataEvent,
    file: &EventFile,
    (terms, kind): (&NoticeTerms, PostKind),
) -> WisNotification {
    WisNotification {
        topic: terms.topic.clone(),
        data_id: String::new(),
        metadata_id: Some(terms.metadata_id.clone()),
        href: String::new(),
        // Nothing: it is found by name or content later.
        media_type: file.media_type.clone().map_or(Cow::Borrowed(""), Cow::Owned),
        length: file.length,
        digest: file.digest.clone(),
        span: event.span,
        place: event.place.clone(),
        kind,
        caching: match terms.caching {
            Caching::Never => Caching::Never,
            Caching::Usual => Caching::of_topic(&terms.topic),
        },
        global_cache: None,
        licence: terms.licence.clone(),
        content: None,
    }
}

/// What has become of a file, by the last word of the type of its event.
pub fn kind_of(event_type: &str) -> PostKind {
    let last = event_type.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    // `BlobDeleted`: words that are joined begin with a capital.
    let is_all_capitals = !last.bytes().any(|c| c.is_ascii_lowercase());
    let begin = last.rfind(|c: char| c.is_ascii_uppercase() && !is_all_capitals).unwrap_or(0);
    match last[begin..].to_ascii_lowercase().as_str() {
        "delete" | "deleted" | "deletion" | "remove" | "removed" | "withdrawn" | "retracted" => {
            PostKind::Deletion
        }
        "update" | "updated" | "modified" | "changed" | "replaced" => PostKind::Update,
        _ => PostKind::New,
    }
}
