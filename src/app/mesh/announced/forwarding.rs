//! What follows from the outcome of a file for the mesh: it is announced again, tried again, or neither.
//!
//! In: what was wanted as the ledger has it, its outcome, how often it was tried, the time and chance. Out: a [`FollowUp`].

use crate::app::mesh::listening::{FileOutcome, ForwardingStep};
use crate::domain::utc::UtcMillis;
use crate::mesh::announcement::kept::read_kept;
use crate::mesh::forwarding::message::{ArrivedFile, OutgoingFile, ReadForForwarding, outgoing};
use crate::mesh::forwarding::retry::{Shortfall, wait_after};
use crate::mesh::forwarding::{ForwardTerms, NotForwarded};
use std::path::Path;
use std::time::Duration;

/// A settled file as the ledger has it.
#[derive(Clone, Debug)]
pub(crate) struct SettledFile {
    /// Its message.
    pub(crate) message: Vec<u8>,
    /// The topic on which it came.
    pub(crate) topic: String,
    /// Whether other content was announced under its key before.
    pub(crate) is_rival: bool,
    /// How often it was tried before and failed.
    pub(crate) attempts: u32,
}

/// What is known at the moment at which a file is settled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SettlingMoment<'a> {
    /// The folder.
    pub(crate) root: &'a Path,
    /// What was read of the file.
    pub(crate) read: &'a ReadForForwarding,
    /// When.
    pub(crate) now: UtcMillis,
    /// 0 to 1.
    pub(crate) chance: f64,
}

/// What follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FollowUp {
    /// Nothing.
    Nothing,
    /// It is announced again.
    Forward(Box<OutgoingFile>),
    /// It is not announced again.
    NotForwarded(NotForwarded),
    /// It is fetched again after so long, for the next time after that of this number.
    Retry(u32, Duration),
    /// It is given up.
    GivenUp,
}

impl FollowUp {
    /// What follows from an outcome.
    pub(crate) fn of(
        outcome: &FileOutcome,
        settled: &SettledFile,
        terms: &ForwardTerms,
        moment: SettlingMoment<'_>,
    ) -> Self {
        let Some(announcement) = read_kept(&settled.message) else { return Self::Nothing };
        let shortfall = match outcome {
            FileOutcome::InPlace(_) if settled.is_rival => return Self::NotForwarded(NotForwarded::Conflict),
            FileOutcome::InPlace(file) => {
                let place = Path::new(&file.path).strip_prefix(moment.root).unwrap_or(Path::new(&file.path));
                let place: Vec<_> = place.iter().map(|name| name.to_string_lossy()).collect();
                let arrived = ArrivedFile {
                    message: &settled.message,
                    announcement: &announcement,
                    topic: &settled.topic,
                    place: &place.join("/"),
                    length: file.length.0,
                    read: moment.read,
                };
                return match outgoing(&arrived, terms) {
                    Ok(file) => Self::Forward(Box::new(file)),
                    Err(why) => Self::NotForwarded(why),
                };
            }
            FileOutcome::Refused(_) => Shortfall::Wrong,
            // A full disk may have room again.
            FileOutcome::Failed | FileOutcome::Unsettled(_) => Shortfall::NotGot,
            FileOutcome::NotFetched(_) | FileOutcome::Withdrawn(_) => return Self::Nothing,
        };
        let age = u64::try_from(moment.now.millis_since(announcement.published_at)).unwrap_or(0);
        let left = terms.longest_age.saturating_sub(Duration::from_millis(age));
        let attempt = settled.attempts.saturating_add(1);
        match wait_after(attempt, shortfall, left, moment.chance) {
            Some(wait) => Self::Retry(attempt, wait),
            None => Self::GivenUp,
        }
    }

    /// The same, for people; what is announced again was not before.
    pub(crate) fn told(&self) -> Option<ForwardingStep> {
        Some(match self {
            Self::Nothing => return None,
            Self::Forward(_) => ForwardingStep::Queued,
            Self::NotForwarded(why) => ForwardingStep::NotForwarded(why.clone()),
            Self::Retry(_, wait) => ForwardingStep::RetryIn(*wait),
            Self::GivenUp => ForwardingStep::GivenUp,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::jobs::view::{FileInPlace, OnDisk};
    use crate::app::messages::wrong_file::WrongFile;
    use crate::domain::integrity::Verdict;
    use crate::domain::octets::ByteCount;
    use crate::mesh::forwarding::{USUAL_LONGEST_AGE, Unproven};
    use crate::mesh::post::place::{BaseUrl, PostTopic, TopicForm};
    use crate::mesh::post::{Inlining, PostForm};

    fn terms() -> ForwardTerms {
        let form = PostForm::WmoMesh;
        ForwardTerms {
            form,
            base: BaseUrl::parse("http://here/d").expect("a URL"),
            topic: PostTopic::parse("xpublic/v03", form, TopicForm::Post).expect("a topic"),
            inlining: Inlining::Never,
            unproven: Unproven::HeldBack,
            longest_age: USUAL_LONGEST_AGE,
        }
    }

    fn settled() -> SettledFile {
        let message = r#"{"pubTime":"20260811T100000","baseUrl":"http://one/","relPath":"a/b",
            "integrity":{"method":"md5","value":"1B2M2Y8AsgTpgAmY7PhCfg=="}}"#;
        let message = message.as_bytes().to_vec();
        SettledFile { message, topic: "xpublic/v03/post/a".to_owned(), is_rival: false, attempts: 0 }
    }

    fn in_place() -> FileOutcome {
        FileOutcome::InPlace(FileInPlace {
            path: "/out/a/b".to_owned(),
            length: ByteCount(0),
            verdict: Verdict::NotAnnounced,
            kept_as: None,
            disk: OnDisk::default(),
        })
    }

    fn follow_up(outcome: &FileOutcome, settled: &SettledFile, minutes: i64) -> FollowUp {
        let published = UtcMillis::parse_rfc3339("2026-08-11T10:00:00Z").expect("a time").unix_millis();
        let now = UtcMillis::from_unix_millis(published + minutes * 60_000).expect("a time");
        let read = ReadForForwarding::default();
        let moment = SettlingMoment { root: Path::new("/out"), read: &read, now, chance: 1.0 };
        FollowUp::of(outcome, settled, &terms(), moment)
    }

    #[test]
    fn a_file_in_its_place_is_announced_again_unless_its_path_is_in_dispute() {
        let FollowUp::Forward(file) = follow_up(&in_place(), &settled(), 1) else { panic!("it is proven") };
        assert_eq!((file.place.as_str(), file.key.as_str()), ("a/b", "a/b"));
        let rival = SettledFile { is_rival: true, ..settled() };
        assert_eq!(follow_up(&in_place(), &rival, 1), FollowUp::NotForwarded(NotForwarded::Conflict));
        assert_eq!(FollowUp::Forward(file).told(), Some(ForwardingStep::Queued));
    }

    #[test]
    fn what_failed_is_tried_again_until_its_announcement_is_too_old() {
        let failed = |attempts, minutes| {
            follow_up(&FileOutcome::Failed, &SettledFile { attempts, ..settled() }, minutes)
        };
        assert_eq!(failed(0, 1), FollowUp::Retry(1, Duration::from_secs(10)));
        assert_eq!(failed(3, 1), FollowUp::Retry(4, Duration::from_secs(80)));
        assert_eq!(failed(3, 119), FollowUp::GivenUp);
    }

    #[test]
    fn what_did_not_have_its_digest_is_tried_twice_more_and_never_announced() {
        let wrong = FileOutcome::Refused(WrongFile::SeveralFiles { files: 2 });
        let refused = |attempts| follow_up(&wrong, &SettledFile { attempts, ..settled() }, 1);
        assert!(matches!(refused(0), FollowUp::Retry(1, _)) && matches!(refused(1), FollowUp::Retry(2, _)));
        assert_eq!(refused(2).told(), Some(ForwardingStep::GivenUp));
        assert_eq!(follow_up(&FileOutcome::Withdrawn(Vec::new()), &settled(), 1).told(), None);
    }
}
