//! One try to get one file from one source: content of the message, a plain file, or a .torrent of it.
//!
//! In: what is wanted and a source. Out: [`Tried`]. Whatever the road, what comes is held to the announced size, digest and name, and
//! counted. A .torrent is a road only to a file whose digest was announced, or where a rule allows it. What becomes of files that
//! were here before is `local`'s part. Start reading at `Try::source`.

mod local;

pub(super) use local::read_to_announce;

use super::fetching::{ArrivalNotice, FetchContext};
use super::inflow::{Halt, Inflow, Pulse, WholeFileAnswer, read_whole};
use super::ledger::LedgerSteps;
use super::spending::Spending;
use crate::app::input::{Event, Input};
use crate::app::jobs::request::{GetRequest, GivingPlan, JobId};
use crate::app::jobs::view::FileInPlace;
use crate::app::mesh::announced::WantedFile;
use crate::app::mesh::announced::payload::{length_of_payload, names_torrent};
use crate::app::mesh::announced::proving::{mismatch, prove, what_is_wrong};
use crate::app::mesh::announced::tried::{Tried, tried_by_job};
use crate::app::mesh::listening::NotFetched;
use crate::app::messages::wrong_file::WrongFile;
use crate::catalog::metainfo;
use crate::domain::integrity::Digest;
use crate::domain::octets::ByteCount;
use crate::domain::safe_path::SafePath;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::engine::services::jobs::{AnnouncedFile, Job};
use crate::engine::transfer::http::client::{Persistence, Question};
use crate::mesh::announcement::Announcement;
use crate::mesh::pace::SILENCE;
use crate::mesh::rule::{Rule, TorrentLinks};
use crate::mesh::sources::FileSource;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{OwnedMutexGuard, watch};
use url::Url;

/// Files up to this length are got in one request.
const SMALL: u64 = 4 << 20;

/// Largest .torrent that is read for an announcement.
const LARGEST_TORRENT: u64 = 4 << 20;

/// Most octets of a file whose size was not announced.
const MOST_UNANNOUNCED: u64 = 4 << 30;

/// How long nothing may come by a .torrent: peers are hoped for before HTTP takes their place.
const SILENCE_OF_PEERS: Duration = Duration::from_secs(45);

/// How often the pace of a job is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// A file as it is to be got.
pub(super) struct Try {
    pub(super) context: Arc<FetchContext>,
    pub(super) spending: Arc<Spending>,
    pub(super) wanted: WantedFile,
    /// Where it goes.
    pub(super) path: SafePath,
    pub(super) pulse: Pulse,
    pub(super) contents: Arc<ContentLocks>,
    pub(super) arrival: ArrivalNotice,
    /// Notes what concerns many files at once.
    pub(super) steps: LedgerSteps,
}

/// Contents that jobs are at: two announcements can lead to one, whose unfinished octets only one job may write.
#[derive(Debug, Default)]
pub(super) struct ContentLocks(parking_lot::Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

impl ContentLocks {
    /// Waits until no other job is at the content.
    async fn enter(&self, content: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut known = self.0.lock();
            known.retain(|_, lock| lock.strong_count() > 0);
            let lock = known.get(content).and_then(Weak::upgrade).unwrap_or_default();
            known.insert(content.to_owned(), Arc::downgrade(&lock));
            lock
        };
        lock.lock_owned().await
    }
}

impl Try {
    fn announcement(&self) -> &Announcement {
        &self.wanted.announcement
    }

    /// Content that came with the message. `None` when there is none that can be right.
    pub(super) async fn inline(&self) -> Option<Tried> {
        let all = std::iter::once(&self.wanted.announcement).chain(&self.wanted.further);
        let inline = all.into_iter().find_map(Announcement::usable_inline)?;
        Some(self.put(&inline.octets, SourceKind::Inline).await)
    }

    /// Gets it from `source`.
    pub(super) async fn source(&self, source: &FileSource, url: &Url) -> Tried {
        let (clock, size) = (self.context.job.shared.clock, self.announcement().size);
        let tried = match Inflow::begin(&self.spending, size, (self.pulse.clone(), clock)) {
            Ok(mut inflow) if source.is_torrent => self.by_torrent(url, &mut inflow).await,
            Ok(mut inflow) => self.plain(url, &mut inflow).await,
            Err(halt) => Err(halt),
        };
        let tried = tried.unwrap_or_else(|halt| match halt {
            Halt::Source(reason) => Tried::NoUse(reason),
            Halt::NotFetched(why) => Tried::NotFetched(why),
            Halt::Wait => Tried::Wait,
        });
        match (tried, size) {
            // Another length than was announced is another file.
            (Tried::NoUse(Reason::WrongLength { told, .. }), Some(announced)) if told != announced => {
                Tried::Wrong(WrongFile::Length { announced, found: told })
            }
            (tried, _) => tried,
        }
    }

    async fn plain(&self, url: &Url, inflow: &mut Inflow) -> Result<Tried, Halt> {
        let size = self.announcement().size;
        if size.is_some_and(|size| size.0 > SMALL) {
            return self.by_job((url, None), (size, inflow)).await;
        }
        let most = self.most_of(size);
        let client = &self.context.job.shared.client;
        let question = asked_once(url);
        match read_whole(client, &question, (most.0.min(SMALL), inflow)).await? {
            WholeFileAnswer::Whole(octets) => Ok(self.put(&octets, SourceKind::Mirror).await),
            WholeFileAnswer::Directory => Err(NotFetched::Directory.into()),
            WholeFileAnswer::TooLarge(_) if most.0 > SMALL => self.by_job((url, None), (size, inflow)).await,
            WholeFileAnswer::TooLarge(told) => Err(Reason::WrongLength { expected: most, told }.into()),
        }
    }

    /// By a .torrent: the file itself when it is announced as that, or the one file that it leads to.
    async fn by_torrent(&self, url: &Url, inflow: &mut Inflow) -> Result<Tried, Halt> {
        let digest = self.announcement().integrity.digest();
        let is_itself = names_torrent(self.announcement().file_name());
        let may_follow = digest.is_some() || self.torrent_links() == TorrentLinks::Followed;
        if !may_follow && !is_itself {
            return Err(NotFetched::TorrentWithoutDigest.into());
        }
        let client = &self.context.job.shared.client;
        let question = asked_once(url);
        let octets = match read_whole(client, &question, (LARGEST_TORRENT, inflow)).await? {
            WholeFileAnswer::Whole(octets) => octets,
            WholeFileAnswer::Directory => return Err(NotFetched::Directory.into()),
            WholeFileAnswer::TooLarge(told) => {
                return Err(Reason::WrongLength { expected: ByteCount(LARGEST_TORRENT), told }.into());
            }
        };
        let is_proven = digest.is_some_and(|known| Digest::of(known.algorithm(), &octets) == *known);
        if is_itself && (is_proven || !may_follow) {
            return Ok(self.put(&octets, SourceKind::Mirror).await);
        }
        // A size that is the .torrent's own says nothing of what it leads to; a digest must be of what the size is of.
        let is_of_torrent = |size: &ByteCount| digest.is_none() && size.0 == octets.len() as u64;
        let size = self.announcement().size.filter(|size| !is_of_torrent(size));
        match length_of_payload(&octets, (size, self.most_of(size))) {
            Ok(length) => inflow.expect(length)?,
            Err(wrong) => return Ok(Tried::Wrong(wrong)),
        }
        self.by_job((url, Some(octets.into())), (size, inflow)).await
    }

    /// What the rule that means this file says of .torrents.
    fn torrent_links(&self) -> TorrentLinks {
        let rules = self.context.rules.read();
        self.rule(&rules).map_or(TorrentLinks::default(), |rule| rule.torrents)
    }

    fn rule<'a>(&self, rules: &'a [Rule]) -> Option<&'a Rule> {
        rules.iter().find(|rule| rule.means(&self.wanted.announcement, &self.wanted.topic))
    }

    /// Most octets a file of an announced size may have: one in a hundred more.
    fn most_of(&self, size: Option<ByteCount>) -> ByteCount {
        let of_size = size.map(|size| size.0.saturating_add(size.0 / 100).saturating_add(64));
        let of_rule = || self.rule(&self.context.rules.read()).and_then(|rule| rule.most).map(|most| most.0);
        ByteCount(of_size.or_else(of_rule).unwrap_or(MOST_UNANNOUNCED))
    }

    /// Proves octets and puts them in their place. What came with the message is held to its digest alone: a link's length is
    /// not its own.
    async fn put(&self, octets: &[u8], by: SourceKind) -> Tried {
        let announcement = self.announcement();
        let is_proven_inline = by == SourceKind::Inline && announcement.integrity.digest().is_some();
        if let Some(wrong) = mismatch(announcement, octets).filter(|_| !is_proven_inline) {
            return Tried::Wrong(wrong);
        }
        match prove(announcement, octets, &self.wanted.voucher) {
            Ok(proof) => {
                let _room = self.arrival.tell(octets.len()).await;
                self.put_proven(octets.to_vec(), by, proof).await
            }
            Err(error) => Tried::Wrong(what_is_wrong(&error)),
        }
    }

    /// Large files and torrents, by the same job that `get` runs; it is stopped when it is too slow or brings too much.
    async fn by_job(
        &self,
        (url, torrent): (&Url, Option<Arc<[u8]>>),
        (size, inflow): (Option<ByteCount>, &mut Inflow),
    ) -> Result<Tried, Halt> {
        let content = torrent.as_deref().and_then(|octets| metainfo::read(octets).ok());
        let content = content.map_or_else(|| url.to_string(), |read| read.info_hash().hex());
        let _alone = self.contents.enter(&content).await;
        inflow.begin_stage(if torrent.is_some() { SILENCE_OF_PEERS } else { SILENCE });
        let wished = if torrent.is_some() { self.payload_path() } else { self.path.clone() };
        let path = match self.room_for(wished).await {
            Ok(path) => path,
            Err(tried) => return Ok(*tried),
        };
        let announced = self.announced_file(&path, size, torrent);
        let (events, heard) = unbounded_channel();
        let (stop, stopped) = watch::channel(false);
        let request = (JobId(0), Arc::new(request_of(url, self.context.out.clone())));
        let job = Job::new(request, self.context.job.clone(), events, stopped).of_announcement(announced);
        let mut watched = WatchedJob {
            heard,
            received: 0,
            in_place: None,
            by_source: BytesBySource::default(),
            ended: None,
        };
        let mut running = std::pin::pin!(job.run());
        let mut stop_asked = self.context.stop.clone();
        let mut halted = None;
        loop {
            tokio::select! {
                () = &mut running => break,
                () = tokio::time::sleep(LOOK), if halted.is_none() => {}
                _ = stop_asked.wait_for(|stop| *stop), if halted.is_none() => {
                    halted = Some(Halt::Source(Reason::Closed));
                    stop.send_replace(true);
                }
            }
            let looked = watched.look(inflow);
            if halted.is_none()
                && let Err(halt) = looked
            {
                halted = Some(halt);
                stop.send_replace(true);
            }
        }
        // What came last counts as well, whatever it means.
        let looked = watched.look(inflow);
        match (halted.or(looked.err()), watched.in_place.take(), watched.ended.take()) {
            (_, Some(file), Some(outcome)) => {
                Ok(self.arrived(tried_by_job(outcome, Some((file, watched.by_source))), path).await)
            }
            (Some(halt), _, _) => Err(halt),
            (None, in_place, Some(outcome)) => {
                Ok(tried_by_job(outcome, in_place.map(|file| (file, watched.by_source))))
            }
            (None, _, None) => Ok(Tried::NoUse(Reason::Closed)),
        }
    }

    fn announced_file(
        &self,
        path: &SafePath,
        size: Option<ByteCount>,
        torrent: Option<Arc<[u8]>>,
    ) -> AnnouncedFile {
        AnnouncedFile {
            digest: self.announcement().integrity.digest().cloned(),
            voucher: self.wanted.voucher.clone(),
            path: path.clone(),
            most: self.most_of(size),
            length: size,
            torrent,
        }
    }

    /// Where what a .torrent leads to goes: under the announced name, less the ending that is the .torrent's own.
    fn payload_path(&self) -> SafePath {
        let name = self.path.file_name();
        let bare = name.strip_suffix(".torrent").filter(|bare| !bare.is_empty());
        bare.map_or_else(|| self.path.clone(), |bare| self.path.with_file_name(bare))
    }
}

/// A job under way, by what it tells.
struct WatchedJob {
    heard: UnboundedReceiver<Input>,
    received: u64,
    in_place: Option<FileInPlace>,
    by_source: BytesBySource,
    ended: Option<crate::app::jobs::view::Outcome>,
}

impl WatchedJob {
    /// Takes in what was told since, and judges it.
    fn look(&mut self, inflow: &mut Inflow) -> Result<(), Halt> {
        let mut judged = Ok(());
        while let Ok(Input::Event(event)) = self.heard.try_recv() {
            // A job tells of many other things that nobody looks at here.
            if let Event::InPlace(_, file) = event {
                self.in_place = Some(*file);
            } else if let Event::Ended(_, outcome) = event {
                self.ended = Some(*outcome);
            } else if let Event::Moved(_, transfer) = event {
                let total = transfer.received.0.max(self.received);
                judged = judged.and(inflow.note((self.received, total)));
                (self.received, self.by_source) = (total, transfer.by_source);
            }
        }
        judged?;
        match inflow.too_slow() {
            Some(reason) if self.ended.is_none() => Err(reason.into()),
            _ => Ok(()),
        }
    }
}

fn request_of(url: &Url, out: PathBuf) -> GetRequest {
    GetRequest {
        targets: vec![url.to_string()],
        out,
        giving: GivingPlan::WhileReceiving,
        ..GetRequest::default()
    }
}

/// A request that fails at once: the announcement may name other sources, and is tried again as a whole later.
fn asked_once(url: &Url) -> Question {
    Question { persistence: Persistence::Once, ..Question::whole(url.clone(), Reach::Public) }
}
