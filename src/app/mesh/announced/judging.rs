//! Which announced files are fetched: what rules mean, and further sources of what is wanted already.
//!
//! In: a message that was read, the rules, what became of files so far. Out: yes or no. Terminal and window decide by it alike;
//! they differ in what holds where no rule was given.

use crate::app::mesh::board::FilesHere;
use crate::app::mesh::listening::FileOutcome;
use crate::app::mesh::view::FileStanding;
use crate::mesh::announcement::FileAction;
use crate::mesh::recent::Heard;
use crate::mesh::rule::Rule;

/// What is fetched where no rule was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unruled {
    /// Every announced file: a command that downloads named the topics.
    Everything,
    /// Nothing but what a person asks for.
    Nothing,
}

/// Whether the file of a message is to be fetched, or what is known of it changes.
pub(crate) fn is_meant(heard: &Heard, (rules, unruled): (&[Rule], Unruled), files: &FilesHere) -> bool {
    let Some(announcement) = heard.received.reading.announcement() else { return false };
    if rules.is_empty() && unruled == Unruled::Everything {
        return true;
    }
    let topic = &heard.topic;
    if announcement.action == FileAction::Deletion {
        // What is withdrawn has no size and no lead time.
        let is_known = files.get(&announcement.key).is_some();
        return is_known || rules.iter().any(|rule| rule.concerns(announcement, topic));
    }
    rules.iter().any(|rule| rule.means(announcement, topic)) || is_wanted(&announcement.key, files)
}

/// Whether a file is wanted and not in its place: a further source is another chance, on whatever topic it is announced.
fn is_wanted(key: &str, files: &FilesHere) -> bool {
    match files.get(key).map(|standing| &**standing) {
        Some(FileStanding::UnderWay) => true,
        Some(FileStanding::Settled(news)) => !matches!(news.outcome, FileOutcome::InPlace(_)),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::utc::{SteadyTime, UtcMillis};
    use crate::mesh::desk::{AnnouncementIndex, BrokerMessage, DeskLimits};
    use crate::mesh::lag::Arrival;
    use crate::mesh::topic::TopicFilter;
    use std::sync::Arc;

    fn heard(topic: &str, payload: &str) -> Arc<Heard> {
        let message = BrokerMessage {
            topic: topic.to_owned(),
            payload: payload.to_owned().into(),
            headers: Vec::new(),
            arrival: Arrival::Live,
            back_since: None,
        };
        let at = UtcMillis::parse_rfc3339("2026-08-11T10:00:00Z").expect("a time");
        AnnouncementIndex::new(DeskLimits::default()).take(message, at, SteadyTime::default())
    }

    fn announced(topic: &str) -> Arc<Heard> {
        heard(topic, r#"{"pubTime":"20260811T100000","baseUrl":"http://one/","relPath":"a/b"}"#)
    }

    fn withdrawn(topic: &str) -> Arc<Heard> {
        let text =
            r#"{"pubTime":"20260811T100000","baseUrl":"http://one/","relPath":"a/b","fileOp":{"remove":""}}"#;
        heard(topic, text)
    }

    fn rules() -> Vec<Rule> {
        vec![Rule::all_of(TopicFilter::parse("cache/#").expect("a filter"))]
    }

    #[test]
    fn without_a_rule_the_terminal_fetches_everything_and_the_window_nothing() {
        let files = FilesHere::default();
        assert!(is_meant(&announced("x"), (&[], Unruled::Everything), &files));
        assert!(!is_meant(&announced("x"), (&[], Unruled::Nothing), &files));
        assert!(!is_meant(&heard("x", "nonsense"), (&[], Unruled::Everything), &files));
    }

    #[test]
    fn a_further_source_of_a_wanted_file_is_meant_on_any_topic() {
        for unruled in [Unruled::Everything, Unruled::Nothing] {
            let (rules, mut files) = (rules(), FilesHere::default());
            let is_meant = |topic, files: &FilesHere| is_meant(&announced(topic), (&rules, unruled), files);
            assert!(is_meant("cache/a", &files) && !is_meant("origin/a", &files));
            files.set("a/b", FileStanding::UnderWay);
            assert!(is_meant("origin/a", &files));
        }
    }

    #[test]
    fn a_withdrawal_counts_for_what_rules_concern_and_for_what_is_known() {
        let (rules, mut files) = (rules(), FilesHere::default());
        let is_meant =
            |topic, files: &FilesHere| is_meant(&withdrawn(topic), (&rules, Unruled::Nothing), files);
        assert!(is_meant("cache/a", &files) && !is_meant("origin/a", &files));
        files.set("a/b", FileStanding::UnderWay);
        assert!(is_meant("origin/a", &files));
    }
}
