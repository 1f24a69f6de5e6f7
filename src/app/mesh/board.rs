//! Lays what is known of topics and announcements out for the screen: the rows in sight, the chosen topic, the open message.
//!
//! In: the desk of `mesh`, what a person looks at, what became of files, the time. Out: a [`MeshView`]. Work grows with what is in
//! sight and with what is kept of the last messages, never with the tree. Start reading at [`Board::view`].

use crate::app::mesh::listening::FileOutcome;
use crate::app::mesh::view::{
    BrokerRow, ChosenTopic, FileStanding, FileTally, HeardRow, HolderRow, LONGEST_SHOWN, MeshSight, MeshView,
    OpenMessage,
};
use crate::domain::outside_text::show_with_urls;
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::mesh::announcement::MessageReading;
use crate::mesh::desk::AnnouncementIndex;
use crate::mesh::recent::Heard;
use crate::mesh::rule::Rule;
use crate::mesh::topic::TopicFilter;
use crate::mesh::topic_tree::view::TreeView;
use crate::mesh::topic_tree::{NodeId, TopicTree};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Most messages in the list.
pub const MOST_LISTED: usize = 200;

/// Hours that a pin shows.
const PIN_HOURS: i64 = 24;

/// Most files of which it is remembered what became of them.
const MOST_FILES: usize = 20_000;

/// What became of files, by their key.
#[derive(Debug, Default)]
pub struct FilesHere {
    standings: HashMap<Box<str>, Arc<FileStanding>>,
    order: VecDeque<Box<str>>,
    tally: FileTally,
}

impl FilesHere {
    /// Notes how a file stands.
    pub fn set(&mut self, key: &str, standing: FileStanding) {
        *self.tally.count_of(&standing) += 1;
        match self.standings.insert(key.into(), Arc::new(standing)) {
            Some(before) => {
                let count = self.tally.count_of(&before);
                *count = count.saturating_sub(1);
            }
            None => self.order.push_back(key.into()),
        }
        while self.order.len() > MOST_FILES {
            let Some(old) = self.order.pop_front() else { break };
            self.standings.remove(&old);
        }
    }

    /// Forgets files of which these are the whole paths: they were removed.
    pub fn gone(&mut self, paths: &[String]) {
        let is_gone = |standing: &FileStanding| match standing {
            FileStanding::Settled(news) => match &news.outcome {
                FileOutcome::InPlace(file) => paths.contains(&file.path),
                _ => false,
            },
            FileStanding::UnderWay => false,
        };
        let keys: Vec<Box<str>> = self
            .standings
            .iter()
            .filter(|(_, standing)| is_gone(standing))
            .map(|(key, _)| key.clone())
            .collect();
        self.order.retain(|key| !keys.contains(key));
        keys.iter().for_each(|key| drop(self.standings.remove(key)));
    }

    /// How a file stands. `None` when it was not to be fetched, or that was long ago.
    pub fn get(&self, key: &str) -> Option<&Arc<FileStanding>> {
        self.standings.get(key)
    }

    /// How many files are where, since the program began.
    pub fn tally(&self) -> FileTally {
        self.tally
    }
}

impl FileTally {
    fn count_of(&mut self, standing: &FileStanding) -> &mut u64 {
        match standing {
            FileStanding::UnderWay => &mut self.under_way,
            FileStanding::Settled(news) => match &news.outcome {
                FileOutcome::InPlace(_) => &mut self.in_place,
                FileOutcome::Refused(_) => &mut self.refused,
                FileOutcome::Failed | FileOutcome::NotFetched(_) | FileOutcome::Unsettled(_) => {
                    &mut self.failed
                }
                FileOutcome::Withdrawn(_) => &mut self.withdrawn,
            },
        }
    }
}

/// What a view is made of.
pub struct Board<'a> {
    /// What was heard.
    pub desk: &'a AnnouncementIndex,
    /// Which branches are open.
    pub tree: &'a mut TreeView,
    /// What became of files.
    pub files: &'a FilesHere,
    /// The rules.
    pub rules: &'a [Rule],
    /// What the person looks at.
    pub sight: &'a MeshSight,
    /// The last message that is shown, while the view is paused.
    pub until: Option<u64>,
}

impl Board<'_> {
    /// The view at `now`.
    pub fn view(&mut self, brokers: Vec<BrokerRow>, now: (UtcTime, SteadyTime)) -> MeshView {
        let desk = self.desk;
        let (lag, mean_lag) = desk.lag();
        MeshView {
            brokers,
            tree: self.tree.window(&desk.tree, self.sight.rows, now.1),
            hidden: desk.tree.hidden(),
            tally: desk.tally(),
            lag,
            mean_lag,
            chosen: self.sight.chosen.map(|node| self.chosen(node, now.1)),
            list: self.list(),
            pins: desk.pins.iter().map(|pin| pin.figures(PIN_HOURS, now)).collect(),
            rules: self.rules.to_vec(),
            open: self.open(),
            files: self.files.tally(),
            thresholds: desk.thresholds,
        }
    }

    fn chosen(&self, node: NodeId, now: SteadyTime) -> ChosenTopic {
        let tree = &self.desk.tree;
        let topic = tree.topic(node);
        let figures = tree.figures(node, now);
        let whole = if figures.children > 0 { format!("{topic}/#") } else { topic.clone() };
        let filter = TopicFilter::parse(&whole).ok().filter(|filter| !filter.is_everything());
        ChosenTopic { node, topic, filter, figures }
    }

    fn list(&self) -> Vec<HeardRow> {
        let tree = &self.desk.tree;
        let is_meant = |node| self.sight.chosen.is_none_or(|chosen| is_below(tree, node, chosen));
        let find = self.sight.find.to_lowercase();
        let until = self.until.unwrap_or(u64::MAX);
        // More are looked through than are shown, so that what is looked for is found among them.
        let most = if find.is_empty() && self.until.is_none() { MOST_LISTED } else { usize::MAX };
        let heard = self.desk.recent.last(most, is_meant);
        let rows = heard.iter().filter(|heard| heard.number <= until).map(|heard| self.row(heard));
        rows.filter(|row| find.is_empty() || has(row, &find)).take(MOST_LISTED).collect()
    }

    fn row(&self, heard: &Heard) -> HeardRow {
        let reading = &heard.received.reading;
        let announcement = reading.announcement();
        let timely = heard.lag.filter(|_| heard.arrival.tells_lag());
        HeardRow {
            number: heard.number,
            at: heard.at,
            topic: heard.topic.clone(),
            name: name_of(heard),
            key: announcement.map(|announcement| announcement.key.clone()),
            dialect: match reading {
                MessageReading::Announcement(announcement) => Some(announcement.dialect.key()),
                MessageReading::Invalid(invalid) => invalid.dialect.map(|dialect| dialect.key()),
                MessageReading::Event(_) => Some("event"),
                MessageReading::Record(_) => Some("record"),
            },
            soundness: reading.soundness(),
            remarks: reading.remarks().to_vec(),
            published_at: match reading {
                MessageReading::Announcement(announcement) => Some(announcement.published_at),
                MessageReading::Event(event) => event.published_at,
                MessageReading::Invalid(invalid) => invalid.published_at,
                MessageReading::Record(_) => None,
            },
            lag: heard.lag,
            timeliness: timely.map(|lag| lag.timeliness(self.desk.thresholds)),
            arrival: heard.arrival,
            novelty: heard.novelty,
            action: announcement.map(|announcement| announcement.action),
            size: announcement.and_then(|announcement| announcement.size),
            method: announcement.and_then(|announcement| announcement.integrity.method()).map(str::to_owned),
            source: announcement.map(|announcement| announcement.source.clone()).unwrap_or_default(),
            file: announcement.and_then(|announcement| self.files.get(&announcement.key)).cloned(),
        }
    }

    fn open(&self) -> Option<Arc<OpenMessage>> {
        let number = self.sight.open?;
        let heard = self.desk.recent.get(number)?;
        let raw = &heard.received.raw;
        let shown = &raw[..raw.len().min(LONGEST_SHOWN)];
        let row = self.row(&heard);
        let sources = row.key.as_deref().and_then(|key| self.desk.files.get(key));
        let holders = sources.iter().flat_map(|sources| sources.best_first()).map(|source| HolderRow {
            name: source.name.clone(),
            url: show_with_urls(&source.href),
            is_torrent: source.is_torrent,
            lag: source.lag,
        });
        Some(Arc::new(OpenMessage {
            holders: holders.collect(),
            text: String::from_utf8_lossy(shown).into_owned(),
            cut: raw.len() - shown.len(),
            row,
        }))
    }
}

fn is_below(tree: &TopicTree, node: NodeId, above: NodeId) -> bool {
    let mut at = Some(node);
    while let Some(here) = at {
        if here == above {
            return true;
        }
        at = tree.parent(here);
    }
    false
}

fn has(row: &HeardRow, find: &str) -> bool {
    row.name.to_lowercase().contains(find)
        || row.topic.to_lowercase().contains(find)
        || row.key.as_deref().is_some_and(|key| key.to_lowercase().contains(find))
}

fn name_of(heard: &Heard) -> String {
    let name = match &heard.received.reading {
        MessageReading::Announcement(announcement) => announcement.file_name().to_owned(),
        MessageReading::Event(event) => {
            event.title.as_deref().or(event.subtype.as_deref()).unwrap_or(&heard.topic).to_owned()
        }
        MessageReading::Record(record) => record.id.as_deref().unwrap_or(&heard.topic).to_owned(),
        MessageReading::Invalid(invalid) => invalid.key.as_deref().unwrap_or(&heard.topic).to_owned(),
    };
    if name.is_empty() { heard.topic.to_string() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::mesh::listening::FileNews;
    use crate::app::mesh::view::{Lane, Timeliness};
    use crate::app::messages::wrong_file::WrongFile;
    use crate::domain::utc::UtcMillis;
    use crate::mesh::desk::{BrokerMessage, DeskLimits};
    use crate::mesh::lag::Arrival;
    use std::time::Duration;

    fn at(seconds: i64) -> UtcMillis {
        let base = UtcMillis::parse_rfc3339("2026-08-11T10:00:00Z").expect("a time").unix_millis();
        UtcMillis::from_unix_millis(base + seconds * 1_000).expect("in the calendar")
    }

    fn heard(desk: &mut AnnouncementIndex, topic: &str, path: &str, lag: i64) -> u64 {
        let payload = format!(
            r#"{{"pubTime":"20260811T100000","baseUrl":"http://u:__secret__@one/","relPath":"{path}"}}"#
        );
        let message = BrokerMessage {
            topic: topic.to_owned(),
            payload: payload.into(),
            headers: Vec::new(),
            arrival: Arrival::Live,
            back_since: None,
        };
        desk.take(message, at(lag), SteadyTime::default()).number
    }

    fn view(desk: &AnnouncementIndex, files: &FilesHere, sight: &MeshSight, until: Option<u64>) -> MeshView {
        let mut tree = TreeView::default();
        let mut board = Board { desk, tree: &mut tree, files, rules: &[], sight, until };
        board.view(Vec::new(), (at(60).to_second(), SteadyTime::default()))
    }

    #[test]
    fn the_list_holds_what_is_below_the_chosen_topic_newest_first() {
        let mut desk = AnnouncementIndex::new(DeskLimits::default());
        heard(&mut desk, "a/b", "x/one.grib2", 1);
        heard(&mut desk, "c", "x/two.grib2", 2);
        heard(&mut desk, "a/c", "x/three.grib2", 300);
        let sight = MeshSight { rows: (0, 10), chosen: desk.tree.find("a"), ..MeshSight::default() };
        let view = view(&desk, &FilesHere::default(), &sight, None);
        let names: Vec<&str> = view.list.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["three.grib2", "one.grib2"]);
        assert_eq!(view.list[0].timeliness, Some(Timeliness::Late));
        let chosen = view.chosen.expect("it is chosen");
        assert_eq!(chosen.filter.map(|filter| filter.to_string()).as_deref(), Some("a/#"));
        assert_eq!((chosen.figures.messages, view.tree.total), (2, 2));
    }

    #[test]
    fn a_paused_list_stays_as_it_was_and_a_searched_one_holds_what_was_looked_for() {
        let mut desk = AnnouncementIndex::new(DeskLimits::default());
        let first = heard(&mut desk, "a", "x/one.grib2", 1);
        heard(&mut desk, "a", "x/two.grib2", 2);
        let names = |sight: &MeshSight, until| -> Vec<String> {
            let list = view(&desk, &FilesHere::default(), sight, until).list;
            list.into_iter().map(|row| row.name).collect()
        };
        assert_eq!(names(&MeshSight::default(), Some(first)), ["one.grib2"]);
        let found = MeshSight { find: "TWO".to_owned(), ..MeshSight::default() };
        assert_eq!(names(&found, None), ["two.grib2"]);
    }

    #[test]
    fn an_open_message_is_shown_as_it_came_and_its_holders_without_secrets() {
        let mut desk = AnnouncementIndex::new(DeskLimits::default());
        let number = heard(&mut desk, "a", "x/one.grib2", 1);
        let sight = MeshSight { open: Some(number), ..MeshSight::default() };
        let open = view(&desk, &FilesHere::default(), &sight, None).open.expect("it is kept");
        assert!(open.text.starts_with(r#"{"pubTime""#) && open.cut == 0);
        assert_eq!(open.holders.len(), 1);
        assert!(!open.holders[0].url.contains("__secret__"), "{}", open.holders[0].url);
    }

    #[test]
    fn files_are_counted_where_they_stand_now() {
        let mut files = FilesHere::default();
        let settled = |outcome| {
            FileStanding::Settled(Box::new(FileNews {
                key: "a".to_owned(),
                lane: Lane::Models,
                outcome,
                from: None,
                tried: Vec::new(),
                took: Duration::ZERO,
                by_source: Default::default(),
                changes: Default::default(),
                forwarding: None,
            }))
        };
        files.set("a", FileStanding::UnderWay);
        files.set("b", FileStanding::UnderWay);
        files.set("a", settled(FileOutcome::Refused(WrongFile::Form { detail: "wrong".to_owned() })));
        let expected = FileTally { under_way: 1, refused: 1, ..FileTally::default() };
        assert_eq!(files.tally(), expected);
        files.set("a", settled(FileOutcome::Failed));
        assert_eq!(files.tally().refused, 0);
    }
}
