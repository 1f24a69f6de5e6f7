//! The task of an archive: looks what relays offer and how many have it, carries orders out one after the other, uploads.
//!
//! Each step is on the disk before the next begins, so that a process that was killed goes on where it was.

use super::disk::{FileLook, folders_of, look_at, path_in, remove, write_torrent};
use super::uploads::PledgeUploads;
use super::{PledgeTelling, off_thread};
use crate::app::input::{Event, Input};
use crate::app::jobs::request::{GetRequest, JobId};
use crate::app::jobs::target::TorrentTarget;
use crate::app::journal::Purpose;
use crate::app::messages::pledge_message::PledgeMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::pledge::PledgeEvent;
use crate::app::pledge::described::torrent_of;
use crate::app::pledge::file::{LetGoReason, PledgeStage, PledgeSums, PledgedFile};
use crate::app::pledge::offers::{OfferedForPledge, PledgeSource, address_of, offered_for};
use crate::app::pledge::planner::{LEAST_FREE, PledgeOrder, PledgeScene, plan};
use crate::app::pledge::query::PledgePace;
use crate::app::pledge::seeds::SeedCounts;
use crate::app::pledge::terms::PledgeTerms;
use crate::catalog::tracker::http::LONGEST_ANSWER;
use crate::catalog::tracker::scrape::{MOST_ASKED, read_scrape, scrape_query};
use crate::domain::content::ContentId;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::domain::torrent::InfoHash;
use crate::domain::utc::UtcTime;
use crate::engine::context::EngineContext;
use crate::engine::services::jobs::Job;
use crate::engine::services::jobs::messages::JobEnd;
use crate::engine::store::database::{GivenTerms, GivenTorrent};
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::pledge_store::PledgeStore as _;
use crate::engine::transfer::http::client::{Persistence, Question};
use crate::publish::relay::places::{OfWhich, RelayBase};
use crate::transfer::address_rule::Reach;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

/// How often it is written down how much was uploaded.
const COUNTED_EVERY: Duration = Duration::from_secs(60);

/// How long a tracker may take to say how many have something, and how often one is asked in a row.
const TRACKER_PATIENCE: Duration = Duration::from_secs(10);
const MOST_ASKS: usize = 40;

/// An archive that runs.
struct Pledge<'a> {
    context: &'a EngineContext,
    telling: &'a PledgeTelling,
    open: OpenFolder,
    folder: PathBuf,
    terms: PledgeTerms,
    files: BTreeMap<InfoHash, PledgedFile>,
    uploads: PledgeUploads,
}

/// Keeps an archive until the process is told to stop, or for one look.
///
/// # Errors
/// When nothing can be pledged so, or the folder cannot be used.
pub(super) async fn run(
    (folder, terms): (&Path, PledgeTerms),
    pace: PledgePace,
    (context, telling): (&EngineContext, &PledgeTelling),
) -> Result<(), UserMessage> {
    // A mistake leaves no folder behind.
    terms.check(&context.catalog.providers())?;
    terms.relays_of(&context.catalog.relays().list()?)?;
    let (folders, path, kept_terms) = (context.folders.clone(), folder.to_owned(), terms.clone());
    let opening = off_thread(move || {
        let open = folders.open(&path, "nuee pledge")?;
        open.database.keep_pledge_terms(&kept_terms)?;
        let kept = open.database.pledge()?;
        Ok((open, kept))
    });
    let (open, kept) = opening.await?;
    if kept.unsound > 0 {
        telling(PledgeEvent::Note(PledgeMessage::RowsUnsound { rows: kept.unsound as u64 }.into()));
    }
    let files = kept.files.into_iter().map(|file| (file.info_hash, file)).collect();
    let (folder, uploads) = (folder.to_owned(), PledgeUploads::default());
    let mut pledge = Pledge { context, telling, open, folder, terms, files, uploads };
    let mut stopping = context.stopping.clone();
    let ended = tokio::select! {
        ended = pledge.run(pace) => ended,
        // Nobody can tell it to stop any more when the other end is gone: the process ends.
        _ = stopping.wait_for(|stop| *stop) => Ok(()),
    };
    for (hash, given) in pledge.uploads.end_all().await {
        pledge.count(hash, given).await?;
    }
    ended
}

impl Pledge<'_> {
    fn now(&self) -> UtcTime {
        self.context.shared.clock.utc()
    }

    fn tell(&self, event: PledgeEvent) {
        (self.telling)(event);
    }

    async fn run(&mut self, pace: PledgePace) -> Result<(), UserMessage> {
        let held: Vec<InfoHash> = self
            .files
            .values()
            .filter(|file| file.stage == PledgeStage::Held)
            .map(|file| file.info_hash)
            .collect();
        for hash in held {
            self.upload(hash).await?;
        }
        loop {
            self.look().await?;
            let PledgePace::Every(pause) = pace else { return Ok(()) };
            let clock = self.context.shared.clock;
            let until = clock.now().after(pause);
            while clock.now() < until {
                tokio::time::sleep(until.since(clock.now()).min(COUNTED_EVERY)).await;
                self.count_all().await?;
            }
        }
    }

    /// One look: asks, decides, obeys.
    async fn look(&mut self) -> Result<(), UserMessage> {
        let used = self.context.catalog.relays().list();
        let relays = used.and_then(|used| Ok((self.terms.relays_of(&used)?, used)));
        let (relays, used) = match relays {
            Ok(known) => known,
            // What is held is uploaded also while no relay is in use.
            Err(message) => {
                self.tell(PledgeEvent::Note(message.into()));
                return Ok(());
            }
        };
        let (mut sources, notes) = self.context.catalog.relay_sources(&self.context.shared).await;
        notes.into_iter().for_each(|message| self.tell(PledgeEvent::Note(message)));
        sources.retain(|source| relays.contains(&source.manifest.head.relay));
        let offered = offered_for(&self.terms, &self.context.catalog.providers(), &sources, self.now());
        let hashes: BTreeSet<InfoHash> = offered.sources.keys().chain(self.files.keys()).copied().collect();
        let seeds = self.count_seeds(&relays, &hashes.into_iter().collect::<Vec<_>>()).await;
        let aside = used.iter().filter(|relay| relay.known.aside.is_some());
        let aside: BTreeSet<String> = aside.map(|relay| address_of(&relay.known.base)).collect();
        self.refresh(&offered, &seeds).await?;
        for order in self.plan(&offered, &seeds, &aside) {
            self.obey(order, &offered, &seeds).await?;
        }
        let (sums, most) = (PledgeSums::of(self.files.values()), self.terms.most);
        self.tell(PledgeEvent::Sums { sums, most, offered: offered.offers.len() });
        Ok(())
    }

    fn plan(
        &self,
        offered: &OfferedForPledge,
        seeds: &SeedCounts,
        aside: &BTreeSet<String>,
    ) -> Vec<PledgeOrder> {
        let free = self.open.folder.root().free_space();
        if let Some(free) = free.filter(|free| *free < LEAST_FREE) {
            let (free, least) = (ByteCount(free), ByteCount(LEAST_FREE));
            self.tell(PledgeEvent::Note(PledgeMessage::DiskTooFull { free, least }.into()));
        }
        let files: Vec<PledgedFile> = self.files.values().cloned().collect();
        let scene = PledgeScene {
            now: self.now(),
            most: self.terms.most,
            free,
            offers: &offered.offers,
            files: &files,
            seeds,
            replaced: &offered.replaced,
            aside,
        };
        plan(&scene, &mut || fastrand::u64(..))
    }

    /// How many have these files, as the trackers of the relays say. One that does not answer says nothing.
    async fn count_seeds(&self, relays: &[RelayBase], hashes: &[InfoHash]) -> SeedCounts {
        let mut counts = SeedCounts::default();
        for relay in relays {
            for some in hashes.chunks(MOST_ASKED).take(MOST_ASKS) {
                let mut url = relay.address_of(&["scrape".to_owned()]);
                url.set_query(Some(&scrape_query(some)));
                let whole = Question::whole(url, Reach::Anywhere);
                let question =
                    Question { persistence: Persistence::Once, purpose: Purpose::Tracker, ..whole };
                let asked = self.context.shared.client.small_whatever_status(&question, LONGEST_ANSWER);
                let Ok(Ok(answer)) = timeout(TRACKER_PATIENCE, asked).await else { break };
                match read_scrape(&answer.bytes, some) {
                    Ok(told) => counts.hear(told),
                    Err(error) => tracing::info!(%error, relay = %relay.url(), "no seeds are told"),
                }
            }
        }
        counts
    }

    async fn refresh(&mut self, offered: &OfferedForPledge, seeds: &SeedCounts) -> Result<(), UserMessage> {
        let mut changed = Vec::new();
        for file in self.files.values_mut() {
            let offer = offered.offers.iter().find(|offer| offer.info_hash == file.info_hash);
            if file.refresh(offer, seeds.of(file.info_hash)) {
                changed.push(file.clone());
            }
        }
        let database = self.open.database.clone();
        off_thread(move || changed.iter().try_for_each(|file| database.keep_pledged(file))).await
    }

    async fn obey(
        &mut self,
        order: PledgeOrder,
        offered: &OfferedForPledge,
        seeds: &SeedCounts,
    ) -> Result<(), UserMessage> {
        match order {
            PledgeOrder::LetGo(hash, why) => self.let_go(hash, why).await,
            PledgeOrder::Withhold(hash) => {
                let given = self.uploads.end(hash).await;
                self.move_to(hash, PledgeStage::Withheld, given).await
            }
            PledgeOrder::GiveAgain(hash) => {
                self.move_to(hash, PledgeStage::Held, None).await?;
                self.upload(hash).await
            }
            PledgeOrder::Take(hash) => {
                let offer = offered.offers.iter().find(|offer| offer.info_hash == hash);
                let (Some(offer), Some(source)) = (offer, offered.sources.get(&hash)) else { return Ok(()) };
                if !self.files.contains_key(&hash) {
                    let file = PledgedFile::wanted(offer, seeds.of(hash), self.now());
                    self.keep(file).await?;
                }
                self.take(hash, source).await
            }
        }
    }

    /// Downloads a file. What stands in its way is told; it is tried again at the next look.
    async fn take(&mut self, hash: InfoHash, source: &PledgeSource) -> Result<(), UserMessage> {
        let Some(file) = self.files.get(&hash).cloned() else { return Ok(()) };
        let request = GetRequest {
            targets: vec![file.key.name.clone()],
            out: self.folder.clone(),
            ..GetRequest::default()
        };
        let (events, mut told) = unbounded_channel();
        let job = (JobId(0), Arc::new(request));
        let job = Job::new(job, self.context.clone(), events, self.context.stopping.clone());
        let folders = SafePath::from_outside(&folders_of(&file));
        let got = job.get_relayed((&source.claimed, &source.roads), (folders, &self.open)).await;
        while let Ok(input) = told.try_recv() {
            if let Input::Event(Event::Noted(_, message)) = input {
                self.tell(PledgeEvent::Note(message));
            }
        }
        match got {
            Ok(torrent) => {
                if let Err(message) = self.describe(&file, &torrent, source).await {
                    self.tell(PledgeEvent::Trouble(file.key, message));
                    return Ok(());
                }
                self.move_to(hash, PledgeStage::Held, None).await?;
                self.upload(hash).await
            }
            Err(JobEnd { message, .. }) => {
                self.tell(PledgeEvent::Trouble(file.key, message));
                Ok(())
            }
        }
    }

    /// Keeps by what a file is uploaded after a restart, and its .torrent beside it for whoever wants it later.
    async fn describe(
        &self,
        file: &PledgedFile,
        torrent: &TorrentTarget,
        source: &PledgeSource,
    ) -> Result<(), UserMessage> {
        let metainfo = &torrent.metainfo;
        let trackers = metainfo.trackers.iter().flatten();
        let terms = GivenTerms {
            trackers: trackers.map(|tracker| tracker.url().to_string()).collect(),
            reach: torrent.reach.key().to_owned(),
            want: vec![(0, file.length)],
            folders: folders_of(file),
            ..GivenTerms::default()
        };
        let given = GivenTorrent { info: metainfo.info_octets().to_vec(), terms };
        let written = source.roads.classic.as_ref().and_then(|url| torrent_of(file, metainfo, url));
        let (open, file) = (self.open.clone(), file.clone());
        let keeping = off_thread(move || {
            let key = ContentId::Torrent(file.info_hash).key();
            let row = open.database.content(&key, &show(&file.key.name), ByteCount(file.length))?;
            open.database.keep_giving(row, &given)?;
            Ok(written.map_or(Ok(()), |octets| write_torrent(&open, &file, &octets)))
        });
        keeping.await?
    }

    /// Uploads a file that is as it was left. One that is not is lost: told, and neither uploaded nor touched.
    async fn upload(&mut self, hash: InfoHash) -> Result<(), UserMessage> {
        let Some(file) = self.files.get(&hash).cloned() else { return Ok(()) };
        let (open, looked) = (self.open.clone(), file.clone());
        let look = off_thread(move || look_at(&open, &looked)).await?;
        let is_uploaded =
            look == FileLook::AsLeft && self.uploads.begin(&file, (&self.open, self.context)).await?;
        if is_uploaded {
            return Ok(());
        }
        let path = show(&path_in(&self.open, &file, OfWhich::Data).display().to_string());
        let message = match look {
            FileLook::Missing => PledgeMessage::FileMissing { path },
            FileLook::AsLeft | FileLook::Changed => PledgeMessage::FileChanged { path },
        };
        self.tell(PledgeEvent::Trouble(file.key, message.into()));
        let given = self.uploads.end(hash).await;
        self.move_to(hash, PledgeStage::Lost, given).await
    }

    async fn let_go(&mut self, hash: InfoHash, why: LetGoReason) -> Result<(), UserMessage> {
        self.uploads.end(hash).await;
        let Some(file) = self.files.get(&hash).cloned() else { return Ok(()) };
        let (open, gone) = (self.open.clone(), file.clone());
        match off_thread(move || remove(&open, &gone)).await {
            Ok(()) => {
                self.files.remove(&hash);
                self.tell(PledgeEvent::LetGo(file.key, why));
            }
            // It is tried again at the next look.
            Err(message) => self.tell(PledgeEvent::Trouble(file.key, message)),
        }
        Ok(())
    }

    async fn move_to(
        &mut self,
        hash: InfoHash,
        stage: PledgeStage,
        given: Option<u64>,
    ) -> Result<(), UserMessage> {
        let Some(file) = self.files.get(&hash) else { return Ok(()) };
        let mut moved = file.clone().at(stage, self.now());
        moved.given = given.unwrap_or(moved.given);
        self.keep(moved).await
    }

    /// Writes down how a file stands, then tells it.
    async fn keep(&mut self, file: PledgedFile) -> Result<(), UserMessage> {
        let (database, kept) = (self.open.database.clone(), file.clone());
        off_thread(move || database.keep_pledged(&kept)).await?;
        self.tell(PledgeEvent::Stage(Box::new(file.clone())));
        self.files.insert(file.info_hash, file);
        Ok(())
    }

    /// Writes down how much was uploaded, and what was lost meanwhile.
    async fn count_all(&mut self) -> Result<(), UserMessage> {
        for hash in self.uploads.ended() {
            if let Some(given) = self.uploads.end(hash).await {
                self.count(hash, given).await?;
            }
            self.upload(hash).await?;
        }
        let counted = self.files.keys().filter_map(|hash| Some((*hash, self.uploads.given(*hash)?)));
        for (hash, given) in counted.collect::<Vec<_>>() {
            self.count(hash, given).await?;
        }
        Ok(())
    }

    async fn count(&mut self, hash: InfoHash, given: u64) -> Result<(), UserMessage> {
        let Some(file) = self.files.get_mut(&hash).filter(|file| file.given != given) else { return Ok(()) };
        file.given = given;
        let (database, kept) = (self.open.database.clone(), file.clone());
        off_thread(move || database.keep_pledged(&kept)).await
    }
}
