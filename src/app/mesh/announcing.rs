//! Announcing files to a broker: what a person asks, what is told while it goes on, and what it came to.
//!
//! In: [`AnnounceRequest`]: files, events that name files, or a discovery record. Out: [`AnnounceNews`], then an [`AnnounceSummary`]. A
//! file counts as announced once the broker has acknowledged its message; every other one is told with its reason.

use crate::app::jobs::view::End;
use crate::app::mesh::listening::{BrokerTrouble, NewsPermit, Protocol};
use crate::app::messages::user_message::UserMessage;
pub use crate::mesh::file_events::desk::{EventRefusal, PassedOver};
pub use crate::mesh::file_events::framing::{FrameFault, LARGEST_EVENT};
pub use crate::mesh::file_events::reading::{EventProblem, FaultKind};
pub use crate::mesh::file_events::rules::{NoticeTerms, RulesError, RulesFault, TopicCheck};
pub use crate::mesh::geometry::GeometryFault;
pub use crate::mesh::post::PostError;
pub use crate::mesh::post::check::PostFault;
use crate::mesh::post::place::BaseUrl;
pub use crate::mesh::post::place::PathRefusal;
pub use crate::mesh::post::record_notice::RecordFinding;
pub use crate::mesh::post::record_template::{RecordTemplate, TemplateFault};
use crate::mesh::post::{Post, PostForm, PostKind, PostTerms};
use crate::mesh::subscription::BrokerAddress;
pub use crate::mesh::topic_hierarchy::{TopicFault, TopicRemark, VERSION as HIERARCHY};
use crate::transfer::http_answer::AnswerHead;
use crate::transfer::reason::Reason;
use std::path::PathBuf;
use std::time::Duration;

/// A wish to announce files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnounceRequest {
    /// What is announced.
    pub input: AnnounceInput,
    /// To whom. `None` shows the messages and contacts nobody.
    pub broker: Option<BrokerAddress>,
    /// Whether the first file is asked for at its address before.
    pub checking: Checking,
    /// Whether the topic hierarchy must have the topics.
    pub topics: TopicCheck,
    /// How long the broker may be silent or away before it is given up. `None` waits for ever.
    pub patience: Option<Duration>,
}

/// What is announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnnounceInput {
    /// Files and folders.
    Files {
        /// Where they are.
        paths: Vec<PathBuf>,
        /// How the messages are made.
        terms: Box<PostTerms>,
        /// Until when folders are looked at.
        span: AnnounceSpan,
    },
    /// The files that events name.
    Events {
        /// Where the events come from.
        from: EventStream,
        /// How the messages are made.
        terms: EventTerms,
        /// The folder that is shared. `None` where events name addresses only.
        folder: Option<PathBuf>,
        /// Its address.
        base: Option<BaseUrl>,
    },
    /// A discovery record.
    Record {
        /// Where it is.
        path: PathBuf,
        /// The address of its folder.
        base: BaseUrl,
    },
}

/// Where events come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventStream {
    /// What another program writes.
    Stdin,
    /// A file.
    File(PathBuf),
}

/// How messages are made of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTerms {
    /// By the rules of a file.
    Rules(PathBuf),
    /// All alike.
    Alike(Box<NoticeTerms>),
}

impl AnnounceInput {
    /// What is worth saying of the terms before anything is announced.
    ///
    /// # Errors
    /// Why the topic of files is none of WIS2.
    pub fn remarks(&self, topics: TopicCheck) -> Result<Vec<TermsRemark>, TopicFault> {
        let Self::Files { terms, .. } = self else { return Ok(Vec::new()) };
        if terms.form != PostForm::Wis2 {
            return Ok(Vec::new());
        }
        let topic = terms.topic.root();
        let reading = topics.read(topic)?;
        let of_topic = reading.into_iter().flat_map(|reading| reading.remarks);
        let of_topic = of_topic.map(|remark| TermsRemark::Topic(topic.to_owned(), remark));
        let without = terms.metadata_id.is_none().then_some(TermsRemark::NoRecord);
        Ok(of_topic.chain(without).collect())
    }
}

/// Something about the terms that is allowed and worth saying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TermsRemark {
    /// About a topic.
    Topic(String, TopicRemark),
    /// No discovery record is named.
    NoRecord,
}

/// Until when folders are looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnnounceSpan {
    /// Once.
    #[default]
    Once,
    /// Until the process is told to stop.
    Watched,
}

/// Whether the first file is asked for at its address before anything is announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checking {
    /// It is not.
    #[default]
    None,
    /// It is.
    FirstFile,
}

/// Why a file was not announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAnnounced {
    /// Its name cannot be announced.
    Path(PathRefusal),
    /// It is a link.
    Link,
    /// It is a device, a pipe or a socket.
    Special,
    /// It is not there, or not any more.
    Missing,
    /// There is nothing in it.
    Empty,
    /// It is still being written.
    Unsteady,
    /// It cannot be read.
    Unreadable(Box<UserMessage>),
    /// It is larger than such a file may be: so many octets.
    Large(usize),
    /// The form has no message for it.
    Form(PostError),
    /// The broker refuses it, in its own words.
    Refused(String),
    /// The broker did not acknowledge it.
    Unanswered,
    /// Its address does not give it.
    NotServed(String, Reason),
    /// Its address gives another length: the address, the length there.
    OtherLength(String, u64),
    /// What its event says of it cannot be used, or is not so.
    Event(Box<EventRefusal>),
    /// The rules cannot be used.
    Rules(Box<RulesError>),
    /// The topic is none of WIS2.
    Topic(TopicFault),
    /// It is no sound discovery record.
    Record(Vec<RecordFinding>),
}

impl NotAnnounced {
    /// The name in JSON; stable.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Path(PathRefusal::NotUtf8) => "not_utf8",
            Self::Path(PathRefusal::Control) => "control_character",
            Self::Path(PathRefusal::LeadsOut) => "outside",
            Self::Path(PathRefusal::TooDeep) => "too_deep",
            Self::Link => "link",
            Self::Special => "no_file",
            Self::Missing => "missing",
            Self::Empty => "empty",
            Self::Unsteady => "still_written",
            Self::Unreadable(_) => "unreadable",
            Self::Large(_) => "too_large",
            Self::Form(PostError::TooLong { .. }) => "too_long",
            Self::Form(PostError::Judged(_)) => "judged",
            Self::Refused(_) => "refused",
            Self::Unanswered => "unanswered",
            Self::NotServed(..) => "not_served",
            Self::OtherLength(..) => "other_length",
            Self::Event(refusal) => event_key(refusal),
            Self::Rules(_) => "rules",
            Self::Topic(_) => "topic",
            Self::Record(_) => "record",
        }
    }

    /// What it means for the exit code.
    pub const fn end(&self) -> End {
        match self {
            Self::Path(_)
            | Self::Link
            | Self::Special
            | Self::Empty
            | Self::Large(_)
            | Self::Form(_)
            | Self::Event(_)
            | Self::Rules(_)
            | Self::Topic(_)
            | Self::Record(_) => End::Unsound,
            Self::Missing | Self::Unsteady | Self::Unreadable(_) => End::Disk,
            Self::Refused(_) | Self::Unanswered | Self::NotServed(..) | Self::OtherLength(..) => {
                End::NoSource
            }
        }
    }
}

/// The name in JSON of why a file of an event is not announced; stable.
const fn event_key(refusal: &EventRefusal) -> &'static str {
    match refusal {
        EventRefusal::Frame(_) => "no_event",
        EventRefusal::Event(_) => "event",
        EventRefusal::NoRule => "no_rule",
        EventRefusal::Path(_) => "outside",
        EventRefusal::NoFolder => "no_folder",
        EventRefusal::NoDigest => "no_digest",
        EventRefusal::Method(_) => "digest_method",
        EventRefusal::OtherDigest { .. } => "digest_contradicted",
        EventRefusal::OtherLength { .. } => "size_contradicted",
    }
}

/// The name in JSON of why a file is passed over; stable.
pub const fn passed_over_key(why: PassedOver) -> &'static str {
    match why {
        PassedOver::Repeat => "repeat",
        PassedOver::Rule => "rule",
        PassedOver::Retention => "retention",
    }
}

/// What is told while announcing.
#[derive(Clone, Debug)]
pub enum AnnounceNews {
    /// The broker accepted the connection.
    Connected(Protocol),
    /// No connection; the next attempt comes after so long.
    Waiting(BrokerTrouble, Duration),
    /// The first file is where its address says, with its length; `None` when the server tells no length.
    Checked(String, Option<u64>),
    /// A message that would be sent.
    Shown(FileWithPost, NewsPermit),
    /// A message that the broker has acknowledged.
    Announced(FileWithPost, NewsPermit),
    /// A file that is not announced.
    NotAnnounced(String, NotAnnounced, NewsPermit),
    /// A file that need not be announced.
    PassedOver(String, PassedOver, NewsPermit),
    /// Something about the terms.
    Remarked(TermsRemark),
}

/// A file with its message.
#[derive(Clone, Debug)]
pub struct FileWithPost {
    /// As the person knows it.
    pub file: String,
    /// What has become of the file.
    pub news: PostKind,
    /// The message.
    pub post: Post,
    /// Its number among those that are kept on disk until they are acknowledged. `None` where none is.
    pub row: Option<i64>,
}

/// What it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnounceSummary {
    /// Messages that the broker acknowledged, or that were shown.
    pub announced: u64,
    /// Files that were not announced, as far as they were looked at.
    pub refused: u64,
    /// Files that need not be announced.
    pub passed_over: u64,
    /// Why the broker was given up; what was not looked at by then is not announced.
    pub gave_up: Option<BrokerTrouble>,
    /// Whether it was told to stop before everything was looked at.
    pub was_stopped: bool,
    /// The gravest of what went wrong.
    pub worst: Option<End>,
    /// How long it took.
    pub took: Duration,
}

impl AnnounceSummary {
    /// Counts a file that is not announced.
    pub fn note(&mut self, why: &NotAnnounced) {
        self.refused += 1;
        self.worst = Some(End::gravest(self.worst.into_iter().chain([why.end()])));
    }

    /// How the command ends. Whoever asked for files of which there is none finds out.
    pub fn end(&self) -> End {
        match self {
            Self { was_stopped: true, .. } => End::Interrupted,
            Self { gave_up: Some(_), .. } => End::NoSource,
            Self { worst: Some(worst), .. } => *worst,
            Self { announced: 0, passed_over: 0, .. } => End::Unsound,
            _ => End::Done,
        }
    }
}

/// The length that an answer tells of a whole file. `None` when it tells none, or that of what is compressed on its way.
///
/// # Errors
/// The reason when it gives no file.
pub fn length_told(head: &AnswerHead) -> Result<Option<u64>, Reason> {
    match head.status {
        200 if head.content_encoding.is_none() => Ok(head.content_length),
        200 => Ok(None),
        status => Err(Reason::Status(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_tells_the_length_of_a_file_only_when_it_gives_it_as_it_is() {
        let whole = AnswerHead { status: 200, content_length: Some(9), ..AnswerHead::default() };
        let packed = AnswerHead { content_encoding: Some("gzip".to_owned()), ..whole.clone() };
        assert_eq!(length_told(&whole), Ok(Some(9)));
        assert_eq!(length_told(&packed), Ok(None));
        assert_eq!(length_told(&AnswerHead { status: 404, ..whole }), Err(Reason::Status(404)));
    }

    #[test]
    fn the_end_says_that_something_was_not_announced() {
        let mut summary = AnnounceSummary { announced: 5, ..AnnounceSummary::default() };
        assert_eq!(summary.end(), End::Done);
        summary.note(&NotAnnounced::Link);
        assert_eq!((summary.end(), summary.refused), (End::Unsound, 1));
        summary.note(&NotAnnounced::Refused("not authorized (135)".to_owned()));
        assert_eq!(summary.end(), End::NoSource);
        summary.note(&NotAnnounced::Missing);
        assert_eq!(summary.end(), End::Disk);
        assert_eq!(AnnounceSummary::default().end(), End::Unsound, "there was no file");
        let repeats = AnnounceSummary { passed_over: 2, ..AnnounceSummary::default() };
        assert_eq!(repeats.end(), End::Done, "nothing was wrong");
        let gave_up = Some(BrokerTrouble::Credentials);
        assert_eq!(
            AnnounceSummary { announced: 1, gave_up, ..AnnounceSummary::default() }.end(),
            End::NoSource
        );
    }
}
