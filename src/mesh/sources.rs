//! Who has one file: its origin, caches and peers, gathered under its key and asked best first.
//!
//! In: announcements of one key. Out: a [`FileSources`] that says whom to ask next, and how late each was.

use super::announcement::{AS_WRITTEN, Announcement, Dialect, FileLink};
use super::lag::{Arrival, Lag, LagFigures, LagGauge};
use super::marks::{ByMark, ByName, Marks};
use super::recent::Heard;
use std::collections::VecDeque;
use std::sync::Arc;

/// Most sources remembered of one file.
const MOST_SOURCES: usize = 16;

/// One source of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileSource {
    /// Who announced it: a cache by its name, else a host.
    pub name: Box<str>,
    /// Where it is.
    pub href: Box<str>,
    /// Whether it is a .torrent of the file.
    pub is_torrent: bool,
    /// Whether it is a global cache, which is there to spare the origin.
    pub is_cache: bool,
    /// How late its announcement was.
    pub lag: Lag,
    /// How often it failed.
    pub failures: u32,
}

/// Everybody who has one file.
#[derive(Clone, Debug)]
pub struct FileSources {
    /// What was announced, by the first who did.
    pub first: Announcement,
    /// Who has it, in the order in which they were heard.
    pub sources: Vec<FileSource>,
}

impl FileSources {
    /// A file as it was first announced.
    pub fn new(first: Announcement, lag: Lag) -> Self {
        let mut new = Self { first: first.clone(), sources: Vec::new() };
        new.add(&first, lag);
        new
    }

    /// Adds what a further announcement of the same content offers.
    pub fn add(&mut self, announcement: &Announcement, lag: Lag) {
        let is_cache = announcement.dialect == Dialect::Wis2
            && announcement
                .links
                .first()
                .is_none_or(|link| super::announcement::host_of(&link.href) != &*announcement.source);
        let main = announcement.links.iter().take(1);
        let is_source =
            |link: &&FileLink| link.is_torrent() || link.rel == "alternate" || link.rel == AS_WRITTEN;
        let further = announcement.links.iter().skip(1).filter(is_source);
        for link in main.chain(further) {
            if self.sources.len() < MOST_SOURCES && !self.sources.iter().any(|known| known.href == link.href)
            {
                self.sources.push(FileSource {
                    name: announcement.source.clone(),
                    href: link.href.clone(),
                    is_torrent: link.is_torrent(),
                    is_cache,
                    lag,
                    failures: 0,
                });
            }
        }
        if self.first.inline.is_none() {
            self.first.inline.clone_from(&announcement.inline);
        }
        if self.first.integrity.digest().is_none() {
            self.first.integrity.clone_from(&announcement.integrity);
        }
    }

    /// The sources, best first: those that did not fail, then .torrents, then caches, then the quickest to tell.
    pub fn best_first(&self) -> Vec<&FileSource> {
        let mut sorted: Vec<&FileSource> = self.sources.iter().collect();
        sorted.sort_by_key(|source| (source.failures, !source.is_torrent, !source.is_cache, source.lag));
        sorted
    }

    /// Remembers that `href` failed.
    pub fn failed(&mut self, href: &str) {
        for source in self.sources.iter_mut().filter(|source| &*source.href == href) {
            source.failures += 1;
        }
    }
}

/// The files heard of lately, with everybody who has them.
///
/// Keeps messages as they are; what they come to is worked out for the one file that somebody asks for.
#[derive(Debug)]
pub struct KnownFiles {
    limit: usize,
    marks: Marks,
    files: ByMark<Holders>,
    order: VecDeque<u64>,
}

/// The messages that announced one file.
#[derive(Debug)]
struct Holders {
    first: Arc<Heard>,
    further: Vec<Arc<Heard>>,
}

impl Holders {
    fn of(first: Arc<Heard>) -> Self {
        Self { first, further: Vec::new() }
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Heard>> {
        std::iter::once(&self.first).chain(&self.further)
    }

    /// Whether it is that file's: two names can have one mark.
    fn are_of(&self, key: &str) -> bool {
        self.first.received.reading.announcement().is_some_and(|announcement| *announcement.key == *key)
    }
}

impl KnownFiles {
    /// Remembers at most `limit` files.
    pub fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            marks: Marks::default(),
            files: ByMark::default(),
            order: VecDeque::new(),
        }
    }

    /// A new file, or new content of a known one.
    pub fn begin(&mut self, heard: &Arc<Heard>) {
        let Some(announcement) = heard.received.reading.announcement() else { return };
        let mark = self.marks.of(&*announcement.key);
        if self.files.insert(mark, Holders::of(heard.clone())).is_some() {
            return;
        }
        self.order.push_back(mark);
        if self.order.len() > self.limit
            && let Some(old) = self.order.pop_front()
        {
            self.files.remove(&old);
        }
    }

    /// A further source of a known file.
    pub fn add(&mut self, heard: &Arc<Heard>) {
        let Some(announcement) = heard.received.reading.announcement() else { return };
        if let Some(known) = self.files.get_mut(&self.marks.of(&*announcement.key))
            && known.further.len() + 1 < MOST_SOURCES
        {
            known.further.push(heard.clone());
        }
    }

    /// The messages that announced `key`, the first one first.
    pub fn heard(&self, key: &str) -> Vec<Arc<Heard>> {
        self.holders(key).into_iter().flat_map(Holders::all).cloned().collect()
    }

    fn holders(&self, key: &str) -> Option<&Holders> {
        self.files.get(&self.marks.of(key)).filter(|holders| holders.are_of(key))
    }

    /// Everybody who has `key`. `None` when it is not known, or no more.
    pub fn get(&self, key: &str) -> Option<FileSources> {
        let mut heard = self
            .holders(key)?
            .all()
            .filter_map(|heard| Some((heard.received.reading.announcement()?, heard.lag.unwrap_or(Lag(0)))));
        let (first, lag) = heard.next()?;
        let mut sources = FileSources::new(first.clone(), lag);
        heard.for_each(|(further, lag)| sources.add(further, lag));
        Some(sources)
    }
}

/// Lag by source, whatever the topic.
#[derive(Clone, Debug, Default)]
pub struct LagBySource {
    sources: ByName<Box<str>, LagGauge>,
    hidden: u64,
}

impl LagBySource {
    /// Most sources that are told apart.
    const MOST: usize = 512;

    /// Takes a message of `source` in.
    pub fn add(&mut self, source: &str, lag: Lag, arrival: Arrival) {
        if let Some(gauge) = self.sources.get_mut(source) {
            gauge.add(lag, arrival);
        } else if self.sources.len() < Self::MOST {
            self.sources.entry(source.into()).or_default().add(lag, arrival);
        } else {
            self.hidden += 1;
        }
    }

    /// Sources with their figures, by name.
    pub fn figures(&self) -> Vec<(Box<str>, LagFigures, Option<Lag>)> {
        let mut all: Vec<_> =
            self.sources.iter().map(|(name, gauge)| (name.clone(), gauge.figures(), gauge.mean())).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// Messages of sources beyond those that are told apart.
    pub fn hidden(&self) -> u64 {
        self.hidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::announcement::{MessageReading, ReceivedMessage, read_captured};
    use crate::mesh::topic_tree::NodeId;

    /// A WIS2 message of one file; `cache` names a global cache, or nothing.
    fn heard(host: &str, cache: &str, more: &str) -> Announcement {
        let cache = if cache.is_empty() { String::new() } else { format!(r#","global-cache":"{cache}""#) };
        let text = format!(
            r#"{{"id":"51dbb84f-a90b-4143-ad69-e943b186058f","type":"Feature","geometry":null,
            "conformsTo":["http://wis.wmo.int/spec/wnm/1/conf/core"],"properties":{{"data_id":"k","datetime":null,
            "pubtime":"2026-08-11T10:00:00Z"{cache}}},"links":[{{"rel":"canonical","href":"https://{host}/k"}}{more}]}}"#
        );
        read_captured(text.as_bytes()).reading.announcement().expect("a sound message").clone()
    }

    #[test]
    fn caches_are_asked_before_the_origin_and_who_failed_last() {
        let mut file = FileSources::new(heard("origin", "", ""), Lag(100));
        file.add(&heard("slow", "a-cache", ""), Lag(900));
        file.add(&heard("quick", "b-cache", ""), Lag(300));
        let order = |file: &FileSources| {
            file.best_first().iter().map(|source| source.href.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(order(&file), ["https://quick/k", "https://slow/k", "https://origin/k"]);
        file.failed("https://quick/k");
        assert_eq!(order(&file), ["https://slow/k", "https://origin/k", "https://quick/k"]);
    }

    #[test]
    fn a_torrent_among_the_links_comes_first() {
        let more =
            r#",{"rel":"alternate","href":"https://origin/k.torrent","type":"application/x-bittorrent"}"#;
        let file = FileSources::new(heard("origin", "", more), Lag(0));
        assert!(file.best_first()[0].is_torrent);
        assert_eq!(file.sources.len(), 2);
    }

    /// The same message as the desk keeps it.
    fn kept(announcement: Announcement) -> Arc<Heard> {
        let received = ReceivedMessage {
            raw: Default::default(),
            reading: MessageReading::Announcement(Box::new(announcement)),
        };
        let at = crate::domain::utc::UtcMillis::from_unix_millis(0).expect("1970");
        Arc::new(Heard {
            number: 0,
            topic: "t".into(),
            node: NodeId::ROOT,
            at,
            lag: None,
            arrival: Arrival::Live,
            novelty: None,
            received,
        })
    }

    #[test]
    fn files_and_sources_are_bounded() {
        let mut files = KnownFiles::new(2);
        for key in ["a", "b", "c"] {
            let mut announcement = heard("origin", "", "");
            announcement.key = key.into();
            files.begin(&kept(announcement));
        }
        assert!(files.get("a").is_none() && files.get("b").is_some() && files.get("c").is_some());
        for n in 0..100 {
            let mut announcement = heard(&format!("host{n}"), "", "");
            announcement.key = "c".into();
            files.add(&kept(announcement));
        }
        assert_eq!(files.get("c").map(|file| file.sources.len()), Some(MOST_SOURCES));
    }
}
