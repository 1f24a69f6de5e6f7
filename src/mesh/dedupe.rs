//! Tells news from what was heard before: by the message first, then by the file it is about.
//!
//! In: an announcement. Out: its [`Novelty`]. Memory is bounded: the oldest are forgotten, and a repeat of them is news again.

use super::announcement::Announcement;
use super::marks::{ByMark, MarkSet, Marks};
use super::succession::{AnnouncedContent, AnnouncementRole, Succession, succession};
use std::collections::VecDeque;

/// What an announcement adds to what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Novelty {
    /// A file nobody announced before.
    New,
    /// Newer content of a known file.
    Update,
    /// The same content from a further source.
    Source,
    /// The very same message again.
    Repeat,
    /// Older content than is known.
    Older,
    /// Other content under the name of a known file, which it does not replace: somebody is wrong.
    Conflict,
}

impl Novelty {
    /// The name in JSON; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Update => "update",
            Self::Source => "source",
            Self::Repeat => "repeat",
            Self::Older => "older",
            Self::Conflict => "conflict",
        }
    }

    /// Whether there is content that is not held yet.
    pub const fn is_news(self) -> bool {
        matches!(self, Self::New | Self::Update)
    }
}

/// What is known of a file; marks stand for digest and source.
type Known = AnnouncedContent<u64>;

/// What was heard so far, as marks.
#[derive(Debug)]
pub struct Dedupe {
    limit: usize,
    marks: Marks,
    messages: MarkSet,
    message_order: VecDeque<u64>,
    files: ByMark<Known>,
    file_order: VecDeque<u64>,
}

impl Dedupe {
    /// Remembers at most `limit` messages and as many files: about 100 octets each.
    pub fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            marks: Marks::default(),
            messages: MarkSet::default(),
            message_order: VecDeque::new(),
            files: ByMark::default(),
            file_order: VecDeque::new(),
        }
    }

    /// How many files are remembered.
    pub fn files(&self) -> usize {
        self.files.len()
    }

    /// Judges an announcement, and remembers it.
    pub fn judge(&mut self, announcement: &Announcement) -> Novelty {
        let href = announcement.links.first().map_or("", |link| &link.href);
        let published = announcement.published_at;
        let digest = announcement.integrity.digest().map(|digest| self.marks.of(digest));
        let message = match &announcement.id {
            // Caches repeat an id with a link of their own: that is a further source, no repeat.
            Some(id) => self.marks.of((0u8, &**id, href, digest)),
            None => self.marks.of((1u8, &*announcement.key, href, published, digest)),
        };
        if !self.messages.insert(message) {
            return Novelty::Repeat;
        }
        remember(&mut self.message_order, message, self.limit, |old| {
            self.messages.remove(&old);
        });
        let source = self.marks.of((3u8, &*announcement.source));
        let role = AnnouncementRole::of(announcement);
        let now = Known { published_at: published, digest, replaced: None, source, role };
        // A part is never the file, nor is the file an update of its part.
        let mark = self.marks.of((2u8, &*announcement.key, announcement.parts.is_some()));
        self.judge_file(mark, now)
    }

    fn judge_file(&mut self, mark: u64, now: Known) -> Novelty {
        let Some(known) = self.files.get_mut(&mark) else {
            self.files.insert(mark, now);
            remember(&mut self.file_order, mark, self.limit, |old| {
                self.files.remove(&old);
            });
            return Novelty::New;
        };
        match succession(known, &now) {
            Succession::Same => {
                known.published_at = known.published_at.max(now.published_at);
                known.digest = known.digest.or(now.digest);
                Novelty::Source
            }
            Succession::Replaces => {
                let is_same_second = known.published_at == now.published_at;
                *known = Known { replaced: known.digest.filter(|_| is_same_second), ..now };
                Novelty::Update
            }
            Succession::Older => Novelty::Older,
            Succession::Conflicts => Novelty::Conflict,
        }
    }
}

fn remember(order: &mut VecDeque<u64>, mark: u64, limit: usize, mut forget: impl FnMut(u64)) {
    order.push_back(mark);
    if order.len() > limit
        && let Some(old) = order.pop_front()
    {
        forget(old);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::announcement::{MessageReading, read};

    /// A v03 message; `at` in seconds, `content` decides the digest, none when empty.
    fn heard(path: &str, host: &str, at: u32, content: &str) -> Announcement {
        use crate::domain::integrity::{Digest, DigestAlgorithm};
        let hex = Digest::of(DigestAlgorithm::Sha512, content.as_bytes()).hex();
        let identity = match content {
            "" => String::new(),
            _ => format!(r#","identity":{{"method":"sha512","value":"{hex}"}}"#),
        };
        let text = format!(
            r#"{{"pubTime":"20260811T1000{at:02}","baseUrl":"https://{host}/","relPath":"{path}"{identity}}}"#
        );
        match read(text.into_bytes().into(), &[]).reading {
            MessageReading::Announcement(announcement) => *announcement,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_file_is_news_once_and_every_further_host_a_source() {
        let mut dedupe = Dedupe::new(100);
        assert_eq!(dedupe.judge(&heard("a/b", "one", 0, "x")), Novelty::New);
        assert_eq!(dedupe.judge(&heard("/a//b", "two", 0, "x")), Novelty::Source);
        assert_eq!(dedupe.judge(&heard("a/b", "one", 0, "x")), Novelty::Repeat);
        assert_eq!(
            dedupe.judge(&heard("a/b", "three", 9, "x")),
            Novelty::Source,
            "the same bytes, told later"
        );
    }

    #[test]
    fn newer_content_is_an_update_and_older_is_dropped() {
        let mut dedupe = Dedupe::new(100);
        assert_eq!(dedupe.judge(&heard("a", "one", 5, "x")), Novelty::New);
        assert_eq!(dedupe.judge(&heard("a", "one", 9, "y")), Novelty::Update);
        assert_eq!(dedupe.judge(&heard("a", "two", 6, "z")), Novelty::Older);
        assert_eq!(dedupe.judge(&heard("a", "two", 9, "z")), Novelty::Conflict);
        assert_eq!(
            dedupe.judge(&heard("a", "one", 9, "z")),
            Novelty::Update,
            "in the same second, by its publisher"
        );
        assert_eq!(dedupe.judge(&heard("a", "three", 9, "y")), Novelty::Older);
    }

    #[test]
    fn without_digests_only_time_tells() {
        let mut dedupe = Dedupe::new(100);
        assert_eq!(dedupe.judge(&heard("a", "one", 5, "")), Novelty::New);
        assert_eq!(dedupe.judge(&heard("a", "two", 5, "")), Novelty::Source);
        assert_eq!(dedupe.judge(&heard("a", "two", 6, "")), Novelty::Update);
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_forgotten() {
        let mut dedupe = Dedupe::new(10);
        (0..1_000)
            .for_each(|n| assert_eq!(dedupe.judge(&heard(&n.to_string(), "one", 0, "x")), Novelty::New));
        assert_eq!((dedupe.files(), dedupe.messages.len()), (10, 10));
        assert_eq!(dedupe.judge(&heard("999", "one", 0, "x")), Novelty::Repeat);
        assert_eq!(dedupe.judge(&heard("0", "one", 0, "x")), Novelty::New);
    }
}
