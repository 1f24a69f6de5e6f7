//! One line of what is shared while it runs: what was heard of it, and how it is shown.
//!
//! In: facts. Out: a [`ShareRow`]. What is heard of a line that does not run is of before its end, and counts for nothing.

use super::figures::GoneUploads;
use super::orders::PublishNews;
use super::reach::{ReachCheck, ReachTally};
use super::view::{ShareFigures, ShareId, ShareRow, ShareState, SharedFile};
use super::wish::ShareWish;
use crate::app::catalog::offer::ServedUrl;
use crate::app::follow::{FollowEvent, FollowRow};
use crate::app::messages::user_message::UserMessage;
use crate::app::query::PublishedTorrent;
use crate::app::relay::event::UploadLook;
use crate::app::relay::file::RelayFile;
use crate::app::relay::stage::RelayStage;
use crate::app::relay::{RelayEvent, RelayKey};
use crate::catalog::magnet::Magnet;
use crate::catalog::tracker::TrackerUrl;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::utc::UtcTime;
use crate::publish::relay::places::{OfWhich, RelayBase};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use url::Url;

/// Whether a line is to be shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Standing {
    /// It is, also after a restart.
    Wanted,
    /// A person stopped it.
    Stopped,
}

/// A line as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct KeptShare {
    wish: ShareWish,
    standing: Standing,
    added: UtcTime,
}

/// How a line runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineRun {
    /// It does not.
    Resting,
    /// It does.
    UnderWay,
    /// It was told to end.
    Ending,
}

/// A file of a relay.
#[derive(Clone, Debug)]
struct LineFile {
    file: RelayFile,
    look: UploadLook,
    trouble: Option<UserMessage>,
}

/// One line.
#[derive(Debug)]
pub(super) struct ShareLine {
    pub(super) standing: Standing,
    pub(super) run: LineRun,
    /// Whether it is taken off the list once it has ended.
    pub(super) leaves: bool,
    /// How it was shown last, but for files and figures that changed since.
    row: ShareRow,
    shown: Option<Arc<ShareRow>>,
    relayed: BTreeMap<RelayKey, LineFile>,
    published: Vec<(PublishedTorrent, UploadLook)>,
    gone: GoneUploads,
    /// Files that were withdrawn, as the feed says. `None` before the feed is there: after a restart nothing is to be found until
    /// then, whatever was announced before.
    withdrawn: Option<usize>,
}

impl ShareLine {
    /// A line that was just added.
    pub(super) fn new(id: ShareId, wish: ShareWish, added: UtcTime) -> Self {
        let row = ShareRow {
            id,
            wish,
            added,
            state: ShareState::HeldBack,
            addresses: Vec::new(),
            fingerprint: None,
            files: Arc::default(),
            figures: ShareFigures::default(),
            note: None,
            source_trouble: None,
            next_due: None,
            check: ReachCheck::NotAsked,
            reached: None,
        };
        Self {
            standing: Standing::Wanted,
            run: LineRun::Resting,
            leaves: false,
            row,
            shown: None,
            relayed: BTreeMap::new(),
            published: Vec::new(),
            gone: GoneUploads::default(),
            withdrawn: None,
        }
    }

    /// Reads a line as it was kept. `None` when it makes no sense.
    pub(super) fn of_text(id: ShareId, text: &str) -> Option<Self> {
        let KeptShare { wish, standing, added } = serde_json::from_str(text).ok()?;
        let mut line = Self { standing, ..Self::new(id, wish, added) };
        if standing == Standing::Stopped {
            line.row.state = ShareState::Stopped;
        }
        Some(line)
    }

    /// As it is kept.
    pub(super) fn to_text(&self) -> String {
        let (wish, standing, added) = (self.row.wish.clone(), self.standing, self.row.added);
        serde_json::to_string(&KeptShare { wish, standing, added }).expect("plain values are JSON")
    }

    pub(super) fn wish(&self) -> &ShareWish {
        &self.row.wish
    }

    pub(super) fn addresses(&self) -> &[ServedUrl] {
        &self.row.addresses
    }

    /// Whether it is served and no check of it is under way.
    pub(super) fn can_be_checked(&self) -> bool {
        matches!(self.row.state, ShareState::Serving(_)) && !matches!(self.row.check, ReachCheck::UnderWay(_))
    }

    /// The same folder is shared otherwise from now on.
    pub(super) fn replace(&mut self, wish: ShareWish) {
        self.standing = Standing::Wanted;
        self.row.wish = wish;
        self.shown = None;
    }

    pub(super) fn set_state(&mut self, state: ShareState) {
        self.row.state = state;
        self.shown = None;
    }

    /// It begins anew: of the time before nothing counts.
    pub(super) fn begin(&mut self) {
        self.run = LineRun::UnderWay;
        self.relayed.clear();
        self.published.clear();
        self.gone = GoneUploads::default();
        self.withdrawn = None;
        let row = &mut self.row;
        (row.note, row.source_trouble, row.next_due, row.reached) = (None, None, None, None);
        row.check = ReachCheck::NotAsked;
        self.set_state(ShareState::Starting);
    }

    /// It has ended. Its files stay in sight, and nothing of them is served.
    pub(super) fn end(&mut self, state: ShareState, note: Option<(UserMessage, UtcTime)>) {
        self.run = LineRun::Resting;
        self.row.addresses.clear();
        self.row.fingerprint = None;
        self.row.note = note.or(self.row.note.take());
        self.row.check = ReachCheck::NotAsked;
        let idle = |look: &mut UploadLook| *look = UploadLook { peers: 0, rate: 0, ..*look };
        self.relayed.values_mut().for_each(|file| idle(&mut file.look));
        self.published.iter_mut().for_each(|(_, look)| idle(look));
        self.set_state(state);
    }

    /// Takes in what a relay tells.
    pub(super) fn hear_relay(&mut self, event: RelayEvent, now: UtcTime) {
        self.shown = None;
        match event {
            RelayEvent::Follow(event) => self.hear_following(event, now),
            RelayEvent::Serving { urls, fingerprint } => {
                self.row.addresses = urls;
                self.row.fingerprint = Some(fingerprint);
                self.serving(now);
            }
            RelayEvent::Stage(file) => self.put(*file),
            RelayEvent::Files(files) => files.iter().cloned().for_each(|file| self.put(file)),
            RelayEvent::Trouble(key, message) => {
                if let Some(line) = self.relayed.get_mut(&key) {
                    line.trouble = Some(message);
                } else {
                    self.row.note = Some((message, now));
                }
            }
            RelayEvent::Published { withdrawn, .. } => self.withdrawn = Some(withdrawn),
            RelayEvent::Withdrawn(key, _) => {
                if let Some(line) = self.relayed.remove(&key) {
                    self.gone.add(line.file.source.length, line.look);
                }
            }
            RelayEvent::Uploading(key, look) => {
                if let Some(line) = self.relayed.get_mut(&key) {
                    line.look = look;
                }
            }
            RelayEvent::Reached(at) => self.row.reached = Some(at),
            RelayEvent::Note(message) => self.row.note = Some((message, now)),
            // Answers to other questions than to relay.
            RelayEvent::Process(_)
            | RelayEvent::Checked(_)
            | RelayEvent::Used(_)
            | RelayEvent::Forgotten { .. }
            | RelayEvent::Done
            | RelayEvent::Refused(_) => {}
        }
    }

    fn hear_following(&mut self, event: FollowEvent, now: UtcTime) {
        match event {
            FollowEvent::Listed(_, rows) => {
                self.row.next_due = rows.iter().filter_map(|row: &FollowRow| row.kept.next_due).min();
                self.row.source_trouble = rows.iter().find_map(|row| row.kept.source_trouble.clone());
                let why = rows.iter().find_map(|row| row.kept.hour_trouble.clone());
                // The list is told whenever anything of it changes: what was said before keeps its time.
                let is_said =
                    |why: &UserMessage| self.row.note.as_ref().is_some_and(|(known, _)| known == why);
                if let Some(why) = why.filter(|why| !is_said(why)) {
                    self.row.note = Some((why, now));
                }
            }
            FollowEvent::Note { message, .. } | FollowEvent::Refused(message) => {
                self.row.note = Some((message, now));
            }
            // Files are told by their stages, and the rest is for a terminal.
            FollowEvent::Appeared(_)
            | FollowEvent::File { .. }
            | FollowEvent::Executed { .. }
            | FollowEvent::Missing { .. }
            | FollowEvent::Run { .. }
            | FollowEvent::Removed { .. }
            | FollowEvent::Waiting { .. }
            | FollowEvent::Done => {}
        }
    }

    /// Takes in what is told of a folder.
    pub(super) fn hear_publishing(&mut self, news: PublishNews, now: UtcTime) {
        self.shown = None;
        match news {
            PublishNews::Made(torrent) => self.published.push((*torrent, UploadLook::default())),
            PublishNews::Serving(urls) => {
                self.row.addresses = urls;
                self.serving(now);
            }
            PublishNews::Uploading(info_hash, look) => {
                let of_it = self.published.iter_mut().find(|(torrent, _)| torrent.info_hash == info_hash);
                of_it.into_iter().for_each(|(_, known)| *known = look);
            }
            PublishNews::Reached(at) => self.row.reached = Some(at),
            PublishNews::Note(message) => self.row.note = Some((message, now)),
        }
    }

    /// Takes in how the check goes.
    pub(super) fn hear_check(&mut self, hear: impl FnOnce(ReachTally) -> ReachCheck) {
        if let ReachCheck::UnderWay(tally) = std::mem::take(&mut self.row.check) {
            self.row.check = hear(tally);
            self.shown = None;
        }
    }

    /// A check begins.
    pub(super) fn begin_check(&mut self) {
        self.row.check = ReachCheck::UnderWay(ReachTally::default());
        self.shown = None;
    }

    fn serving(&mut self, now: UtcTime) {
        // One that was told to end meanwhile goes on ending.
        if self.run == LineRun::UnderWay {
            self.row.state = ShareState::Serving(now);
        }
    }

    fn put(&mut self, file: RelayFile) {
        let known = self.relayed.remove(&file.key);
        let look = known.as_ref().map(|known| known.look).unwrap_or_default();
        // A further stage says that what stood in its way does no longer.
        let trouble = known.filter(|known| known.file.stage == file.stage).and_then(|known| known.trouble);
        self.relayed.insert(file.key.clone(), LineFile { file, look, trouble });
    }

    /// As it is shown; the same as before when nothing changed.
    pub(super) fn show(&mut self) -> Arc<ShareRow> {
        if let Some(shown) = &self.shown {
            return shown.clone();
        }
        let withdrawn = self.withdrawn.unwrap_or(0);
        let mut figures = ShareFigures { withdrawn, ..ShareFigures::after(self.gone) };
        for LineFile { file, look, trouble } in self.relayed.values() {
            figures.troubled += usize::from(trouble.is_some());
            figures.count_relayed(file, *look);
        }
        if self.run != LineRun::Resting && self.withdrawn.is_none() {
            figures.under_way += std::mem::take(&mut figures.announced);
        }
        self.published.iter().for_each(|(torrent, look)| figures.count_published(torrent.length, *look));
        let files = match &self.row.wish {
            ShareWish::Dataset(_) => self.relayed_files(),
            ShareWish::Folder(_) => self.published.iter().map(|one| self.published_file(one)).collect(),
        };
        self.row.files = Arc::new(files);
        self.row.figures = figures;
        let shown = Arc::new(self.row.clone());
        self.shown = Some(shown.clone());
        shown
    }

    fn relayed_files(&self) -> Vec<SharedFile> {
        let base = self.row.address("base").and_then(|url| Url::parse(url).ok()).and_then(RelayBase::new);
        let trackers: Vec<TrackerUrl> =
            of_kind(&self.row.addresses, "tracker").filter_map(|url| TrackerUrl::parse(url).ok()).collect();
        let mut lines: Vec<&LineFile> = self.relayed.values().collect();
        lines.sort_by_key(|line| (Reverse(line.file.key.run), &line.file.key));
        let shared = |line: &LineFile| {
            let file = &line.file;
            // Nobody may know of it before it is announced, nor when it leaves.
            let is_named = file.stage == RelayStage::Announced && self.withdrawn.is_some();
            let base = base.as_ref().filter(|_| is_named);
            SharedFile {
                name: show(&file.key.name),
                run: file.key.run,
                stage: Some(file.stage),
                length: ByteCount(file.source.length),
                expires: file.offer.map(|offer| offer.until),
                torrent: base.map(|base| base.of_file(&file.key, OfWhich::Torrent).to_string()),
                magnet: base.and_then(|base| magnet_of(file, base, &trackers)),
                uploaded: line.look.uploaded,
                trouble: line.trouble.clone(),
            }
        };
        lines.into_iter().map(shared).collect()
    }

    fn published_file(&self, (torrent, look): &(PublishedTorrent, UploadLook)) -> SharedFile {
        let is_served = matches!(self.row.state, ShareState::Serving(_));
        SharedFile {
            name: self.row.wish.name(),
            run: None,
            stage: None,
            length: torrent.length,
            expires: None,
            torrent: of_kind(&self.row.addresses, "torrent").next().map(str::to_owned),
            magnet: is_served.then(|| torrent.magnet.clone()),
            uploaded: look.uploaded,
            trouble: None,
        }
    }
}

/// The addresses of that kind.
fn of_kind<'a>(addresses: &'a [ServedUrl], what: &'static str) -> impl Iterator<Item = &'a str> {
    addresses.iter().filter(move |served| served.what == what).map(|served| served.url.as_str())
}

fn magnet_of(file: &RelayFile, base: &RelayBase, trackers: &[TrackerUrl]) -> Option<String> {
    let mut magnet = Magnet::bare(file.computed.as_ref()?.info_hash);
    magnet.name = Some(file.key.name.clone());
    magnet.trackers = trackers.to_vec();
    magnet.web_seeds = vec![base.of_file(&file.key, OfWhich::Data)];
    Some(magnet.to_uri())
}
