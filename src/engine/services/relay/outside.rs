//! Takes files from their publishers, as following asks for them: looked at until they are finished, fetched once, looked at
//! again.
//!
//! In: what is published. Out: files in their place, kept as [`RelayStage::Fetched`] before anybody hears of them. Sources are
//! asked, and files fetched, as [`World`] does for whoever follows.

use super::acts::remove_data;
use super::off_thread;
use super::running::RelayContext;
use crate::app::follow::FollowRow;
use crate::app::follow::notes::FileNote;
use crate::app::follow::orders::{
    FetchFailure, FilesWanted, FollowFact, FollowMoment, PersonsCommand, TidiedFile,
};
use crate::app::follow::seen::SourceSeen;
use crate::app::jobs::keeping::Keeping;
use crate::app::jobs::view::FileInPlace;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::file::RelayFile;
use crate::app::relay::orders::RelayFact;
use crate::app::relay::settling::{Settling, is_same, may_be_replaced, settling};
use crate::app::relay::stage::RelayStage;
use crate::app::relay::{RelayEvent, RelayKey};
use crate::catalog::entry::{Entry, EntryBook};
use crate::catalog::provider::{Dataset, EntryId, ProviderBook};
use crate::domain::outside_text::{show, show_url};
use crate::domain::safe_path::safe_name;
use crate::domain::utc::{SteadyTime, UtcTime};
use crate::engine::services::follow::outside::{FollowOutside, World};
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::store::relay_store::RelayStore as _;
use crate::engine::transfer::http::client::{HttpMethod, Question};
use crate::publish::relay::offered::SourceFacts;
use crate::publish::relay::places::OfWhich;
use crate::transfer::address_rule::Reach;
use crate::transfer::reason::Reason;
use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use url::Url;

/// How often a file that is not finished is looked at before it is left to the next look at its listing.
const MOST_LOOKS: u32 = 8;

/// What following needs of the world, with the relay's part in it.
#[derive(Clone)]
pub(super) struct RelayOutside {
    world: World,
    parts: Arc<RelayContext>,
    /// Files whose listing changed although the publisher's server still gives the same: with what the listing said.
    looked_at: Arc<Mutex<BTreeMap<RelayKey, Option<UtcTime>>>>,
}

/// A file that is to be taken.
struct TakenFile {
    /// By which following knows it.
    note: String,
    entry: Entry,
    /// As it was seen last.
    seen: Option<RelayFile>,
    looks: u32,
    not_before: Option<SteadyTime>,
}

/// What came of an attempt.
enum Taking {
    Over(Result<Vec<FileInPlace>, FetchFailure>),
    Again(Duration),
}

impl FollowOutside for RelayOutside {
    fn moment(&self) -> FollowMoment {
        self.world.moment()
    }

    fn providers(&self) -> ProviderBook {
        self.world.providers()
    }

    async fn look(&self, row: FollowRow) -> SourceSeen {
        let seen = self.world.look(row.clone()).await;
        if let (Some(dataset), None) = (&seen.dataset, &seen.trouble) {
            self.take_again(&row, dataset, &seen.book).await;
            self.compare(dataset, &seen.book).await;
        }
        seen
    }

    async fn fetch(&self, wanted: FilesWanted, heard: UnboundedSender<FollowFact>) {
        let FilesWanted { row, files } = wanted;
        let id = row.id;
        let found =
            EntryId::parse(&row.wish.id).and_then(|id| self.providers().find(&id).map(|(_, d)| d.clone()));
        // The service hears until it ends, and with it the process.
        let tell = |fact| drop(heard.send(fact));
        if let Some(dataset) = found {
            let mut waiting: VecDeque<TakenFile> =
                files.into_iter().map(|(note, entry)| TakenFile::new(note, entry)).collect();
            while let Some(mut next) = waiting.pop_front() {
                if !self.wait_until(next.not_before).await {
                    break;
                }
                match self.take(&row, &dataset, &mut next).await {
                    Taking::Over(ended) => tell(FollowFact::Fetched(id, next.note, ended)),
                    Taking::Again(pause) => {
                        next.not_before = Some(self.parts.context.shared.clock.now().after(pause));
                        waiting.push_back(next);
                    }
                }
            }
        }
        tell(FollowFact::FetchOver(id));
    }

    fn execute(&self, command: &PersonsCommand) -> Option<i32> {
        self.world.execute(command)
    }

    fn tidy(&self, keeping: Keeping, notes: Vec<FileNote>) -> Result<Vec<TidiedFile>, StoreError> {
        self.world.tidy(keeping, notes)
    }
}

impl TakenFile {
    fn new(note: String, entry: Entry) -> Self {
        Self { note, entry, seen: None, looks: 0, not_before: None }
    }
}

impl RelayOutside {
    pub(super) fn new(world: World, parts: Arc<RelayContext>) -> Self {
        Self { world, parts, looked_at: Arc::default() }
    }

    /// Whether the time has come; not when everything is to stop.
    async fn wait_until(&self, time: Option<SteadyTime>) -> bool {
        let context = &self.parts.context;
        let Some(time) = time else { return !*context.stopping.borrow() };
        let mut stopping = context.stopping.clone();
        let stopped = stopping.wait_for(|stop| *stop);
        tokio::time::timeout(time.since(context.shared.clock.now()), stopped).await.is_err()
    }

    fn utc(&self) -> UtcTime {
        self.parts.context.shared.clock.utc()
    }

    /// What the publisher's server says of a file.
    async fn facts_of(&self, address: &Url) -> Result<SourceFacts, UserMessage> {
        let url = show_url(address);
        let unreachable = |reason| UserMessage::TargetUnreachable { url: url.clone(), reason };
        let whole = Question::whole(address.clone(), Reach::Public);
        let client = &self.parts.context.shared.client;
        let mut answer =
            client.ask(&Question { method: HttpMethod::Head, ..whole.clone() }).await.map_err(unreachable)?;
        if matches!(answer.head.status, 405 | 501) {
            answer = client.ask(&whole).await.map_err(unreachable)?;
        }
        let head = &answer.head;
        if head.status != 200 {
            return Err(unreachable(Reason::Status(head.status)));
        }
        let length = head.content_length.filter(|_| head.content_encoding.is_none());
        let length = length.ok_or_else(|| RelayMessage::LengthNotKnown { url: url.clone() })?;
        let etag = head.validator.clone().filter(|tag| tag.starts_with('"') || tag.starts_with("W/"));
        Ok(SourceFacts { address: address.clone(), length, etag, modified: head.modified })
    }

    /// Looks at a file and, when it is finished, takes it.
    async fn take(&self, row: &FollowRow, dataset: &Dataset, file: &mut TakenFile) -> Taking {
        let passing = |message| Taking::Over(Err(FetchFailure::Passing(message)));
        let name = safe_name(&file.entry.name(dataset));
        let Some(address) = file.entry.roads(dataset).classic else {
            return passing(RelayMessage::NoAddress { name: show(&name) }.into());
        };
        let run = file.entry.values.run;
        let key = RelayKey { dataset: dataset.path(), run, name: name.clone() };
        match self.is_here(&key).await {
            // It was fetched before the process was killed, and following did not hear of it.
            Ok(true) => return Taking::Over(Ok(Vec::new())),
            Ok(false) => {}
            Err(message) => return Taking::Over(Err(FetchFailure::Final(message))),
        }
        let facts = match self.facts_of(&address).await {
            Ok(facts) => facts,
            Err(message) => return passing(message),
        };
        let now = self.utc();
        let before = file.seen.as_ref().map(|seen| (&seen.source, seen.since));
        let settling = settling(&facts, now, before, self.parts.terms.settle);
        let is_as_before = before.is_some_and(|(before, _)| is_same(before, &facts));
        if !is_as_before {
            let seen = RelayFile::seen(key, facts, now);
            if let Err(message) = self.keep(&seen).await {
                return Taking::Over(Err(FetchFailure::Final(message)));
            }
            file.seen = Some(seen);
        }
        file.looks += 1;
        let Some(seen) = file.seen.clone() else { return Taking::Again(Duration::ZERO) };
        match settling {
            Settling::LookAgain(_) if file.looks >= MOST_LOOKS => {
                passing(RelayMessage::ChangedMeanwhile { name: show(&name) }.into())
            }
            Settling::LookAgain(pause) => Taking::Again(pause),
            Settling::Settled => Taking::Over(self.fetch_settled(row, file, seen).await),
        }
    }

    /// Fetches a finished file, and looks whether it is still the same.
    async fn fetch_settled(
        &self,
        row: &FollowRow,
        file: &TakenFile,
        seen: RelayFile,
    ) -> Result<Vec<FileInPlace>, FetchFailure> {
        let stable = seen.at(RelayStage::Stable, self.utc());
        self.keep(&stable).await.map_err(FetchFailure::Final)?;
        let files = self.fetch_by_world(row, file).await?;
        let after = self.facts_of(&stable.source.address).await;
        let is_whole = match (&after, files.as_slice()) {
            (Ok(after), [only]) => is_same(after, &stable.source) && only.length.0 == after.length,
            _ => false,
        };
        if !is_whole {
            let parts = self.parts.clone();
            let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
            off_thread(move || remove_data(&parts, &paths)).await.map_err(FetchFailure::Final)?;
            let changed = RelayMessage::ChangedMeanwhile { name: show(&stable.key.name) };
            return Err(FetchFailure::Passing(after.err().unwrap_or_else(|| changed.into())));
        }
        let now = self.utc();
        let (parts, key) = (self.parts.clone(), stable.key.clone());
        let from = files.first().map(|file| file.path.clone()).unwrap_or_default();
        let replaces = off_thread(move || {
            // What was fetched may be called by its run, too; it is offered as its publisher calls it.
            let to = parts.path(&key, OfWhich::Data);
            std::fs::rename(&from, &to)
                .map_err(|error| message_of_store(&StoreError::from_io("rename a file", error)))?;
            let kept = parts.open.database.relay().map_err(|error| message_of_store(&error))?;
            let last = kept.withdrawn.iter().rev().find(|gone| gone.key == key);
            Ok(last.map(|gone| gone.info_hash))
        });
        let replaces = replaces.await.map_err(FetchFailure::Final)?;
        let fetched = RelayFile { fetched: Some(now), replaces, ..stable.at(RelayStage::Fetched, now) };
        self.keep(&fetched).await.map_err(FetchFailure::Final)?;
        // The relay hears until it ends, and with it the process.
        let _ = self.parts.facts.send(RelayFact::Arrived(Box::new(fetched)));
        Ok(files)
    }

    /// Has one file fetched, whole: what of it somebody may wish is not asked.
    async fn fetch_by_world(
        &self,
        row: &FollowRow,
        file: &TakenFile,
    ) -> Result<Vec<FileInPlace>, FetchFailure> {
        let mut whole = row.clone();
        (whole.wish.lead, whole.wish.param, whole.wish.level, whole.wish.member) = (None, None, None, None);
        let files = vec![(file.note.clone(), file.entry.clone())];
        let (heard, mut told) = unbounded_channel();
        self.world.fetch(FilesWanted { row: whole, files }, heard).await;
        let mut ended = None;
        while let Ok(fact) = told.try_recv() {
            if let FollowFact::Fetched(_, _, came) = fact {
                ended = Some(came);
            } else if let FollowFact::Noted(_, message) = fact {
                (self.parts.telling)(RelayEvent::Note(message));
            }
        }
        ended.unwrap_or_else(|| {
            Err(FetchFailure::Passing(RelayMessage::NoAddress { name: show(&file.note) }.into()))
        })
    }

    /// Whether a file is fetched, and kept as such.
    async fn is_here(&self, key: &RelayKey) -> Result<bool, UserMessage> {
        let (parts, key) = (self.parts.clone(), key.clone());
        off_thread(move || {
            let kept = parts.open.database.relayed(&key).map_err(|error| message_of_store(&error))?;
            let is_fetched = kept.is_some_and(|file| file.stage >= RelayStage::Fetched);
            Ok(is_fetched && parts.path(&key, OfWhich::Data).is_file())
        })
        .await
    }

    async fn keep(&self, file: &RelayFile) -> Result<(), UserMessage> {
        let (database, kept) = (self.parts.open.database.clone(), file.clone());
        off_thread(move || database.keep_relayed(&kept).map_err(|error| message_of_store(&error))).await?;
        if file.stage < RelayStage::Fetched {
            (self.parts.telling)(RelayEvent::Stage(Box::new(file.clone())));
        }
        Ok(())
    }

    /// Files of the dataset that are kept.
    async fn kept_of(&self, dataset: &Dataset) -> Vec<RelayFile> {
        let database = self.parts.open.database.clone();
        let kept = off_thread(move || database.relay().map_err(|error| message_of_store(&error))).await;
        let id = dataset.path();
        let files = kept.map(|kept| kept.files).unwrap_or_default();
        files.into_iter().filter(|file| file.key.dataset == id).collect()
    }

    /// Looks whether a publisher has other files under the names of those that are offered.
    async fn compare(&self, dataset: &Dataset, book: &EntryBook) {
        for file in self.kept_of(dataset).await {
            let is_given = (RelayStage::Fetched..RelayStage::Retiring).contains(&file.stage);
            let entry = book.iter().find(|entry| {
                entry.is_there()
                    && entry.values.run == file.key.run
                    && safe_name(&entry.name(dataset)) == file.key.name
            });
            let Some(entry) = entry.filter(|entry| is_given && may_be_replaced(entry, &file.source)) else {
                continue;
            };
            if self.looked_at.lock().get(&file.key) == Some(&entry.published) {
                continue;
            }
            // What cannot be asked is asked at the next look.
            let Ok(facts) = self.facts_of(&file.source.address).await else { continue };
            if is_same(&facts, &file.source) {
                self.looked_at.lock().insert(file.key, entry.published);
                continue;
            }
            let message = RelayMessage::Replaced { name: show(&file.key.name) };
            (self.parts.telling)(RelayEvent::Trouble(file.key.clone(), message.into()));
            let _ = self.parts.facts.send(RelayFact::Replaced(file.key, Box::new(facts)));
        }
    }

    /// Takes files anew whose former bytes are withdrawn by now.
    async fn take_again(&self, row: &FollowRow, dataset: &Dataset, book: &EntryBook) {
        let id = dataset.path();
        let wanted: Vec<RelayKey> =
            self.parts.wanted_again.lock().iter().filter(|key| key.dataset == id).cloned().collect();
        if wanted.is_empty() {
            return;
        }
        let standing: Vec<RelayKey> = self.kept_of(dataset).await.into_iter().map(|file| file.key).collect();
        for key in wanted.into_iter().filter(|key| !standing.contains(key)) {
            let entry = book.iter().find(|entry| {
                entry.is_there() && entry.values.run == key.run && safe_name(&entry.name(dataset)) == key.name
            });
            let Some(entry) = entry else { continue };
            let mut file = TakenFile::new(key.name.clone(), entry.clone());
            loop {
                match self.take(row, dataset, &mut file).await {
                    Taking::Over(Ok(_)) => drop(self.parts.wanted_again.lock().remove(&key)),
                    Taking::Over(Err(FetchFailure::Passing(message) | FetchFailure::Final(message))) => {
                        (self.parts.telling)(RelayEvent::Trouble(key.clone(), message));
                    }
                    Taking::Again(pause) => {
                        let time = self.parts.context.shared.clock.now().after(pause);
                        if self.wait_until(Some(time)).await {
                            continue;
                        }
                    }
                }
                break;
            }
        }
    }
}
