//! The one road by which announcements come in, for terminal and window alike: read, judge, keep, acknowledge, fetch.
//!
//! | file | what it is |
//! |---|---|
//! | `lines` | brokers and archives that are listened to, heard in turn |
//! | `batch` | messages of one of them: read at the beginning, acknowledged at the end |
//! | `folder` | the folder with its ledger, where what is meant is kept, and who fetches into it |
//! | `retention` | fetched files make room when they are old or too much |
//!
//! What is meant is judged by [`crate::app::mesh::announced::judging`]. In: deliveries, and who vouches for them. Out: the messages as they
//! were read, and rows that are fetched. What differs between terminal and window stands in [`FetchTerms`]. Start reading at
//! [`Intake::take`].

mod batch;
pub(super) mod folder;
pub(super) mod lines;
pub(super) mod retention;

use crate::app::mesh::announced::judging::{Unruled, is_meant};
use crate::app::mesh::announced::vouchers::{VoucherLog, kept_voucher};
use crate::app::mesh::board::FilesHere;
use crate::app::mesh::listening::FileNews;
use crate::app::mesh::view::{BrokerKey, FileStanding};
use crate::app::messages::mesh_notice::MeshNotice;
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::Voucher;
use crate::engine::context::EngineContext;
use crate::engine::services::mesh::broker::connection::Delivery;
use crate::engine::services::mesh::broker::fetching::{Settled, SharedRules};
use crate::mesh::desk::{AnnouncementIndex, DeskLimits};
use crate::mesh::forwarding::admission::MeshAdmission;
use crate::mesh::forwarding::aside::MessageAside;
use crate::mesh::recent::Heard;
use crate::mesh::report::listening_log::{ListenedBroker, ListeningLog};
use crate::mesh::rule::{Rule, put_rule};
use crate::mesh::subscription::ClientSession;
use crate::mesh::topic::TopicFilter;
use batch::ReadBatch;
use folder::{FetchFolder, FetchTerms};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// Takes announcements in.
pub(super) struct Intake {
    /// What was heard.
    pub(super) index: AnnouncementIndex,
    /// What became of files.
    pub(super) files: FilesHere,
    /// Which files are fetched without being asked for.
    pub(super) rules: SharedRules,
    /// Where they go.
    pub(super) folder: FetchFolder,
    /// Messages that were kept aside and not yet told of.
    pub(super) aside: Vec<MessageAside>,
    unruled: Unruled,
    vouchers: VoucherLog,
    listening: ListeningLog,
}

impl Intake {
    /// Nothing heard yet; news of files come through `news`.
    pub(super) fn new(
        context: EngineContext,
        (terms, unruled): (FetchTerms, Unruled),
        news: UnboundedSender<Settled>,
    ) -> Self {
        let rules = SharedRules::default();
        Self {
            index: AnnouncementIndex::new(DeskLimits::default()),
            files: FilesHere::default(),
            folder: FetchFolder::new(context, terms, (rules.clone(), news)),
            rules,
            aside: Vec::new(),
            unruled,
            vouchers: VoucherLog::default(),
            listening: ListeningLog::default(),
        }
    }

    /// Takes a batch in. What is returned is kept where it is to be fetched, and acknowledged.
    ///
    /// # Errors
    /// When the folder cannot keep it: nothing of the batch was acknowledged.
    pub(super) async fn take(
        &mut self,
        deliveries: Vec<Delivery>,
        voucher: &Voucher,
    ) -> Result<Vec<Arc<Heard>>, UserMessage> {
        let batch = ReadBatch::read(&mut self.index, deliveries);
        if let Some(first) = batch.heard.first() {
            self.vouchers.note(first.number, voucher);
        }
        self.keep_aside(&batch.heard, voucher).await?;
        self.want_what_is_meant(&batch.heard).await?;
        self.folder.note_sightings(&batch.heard, voucher).await?;
        Ok(batch.acknowledge().await)
    }

    /// These brokers are listened to now, and no others: noted for reports.
    pub(super) async fn note_listened(&mut self, listened: &[ListenedBroker]) -> Result<(), UserMessage> {
        let now = self.folder.utc_millis();
        let periods = self.listening.note(listened, now);
        self.folder.note_listened(periods).await
    }

    /// Keeps aside what a node of a mesh cannot use.
    async fn keep_aside(&mut self, heard: &[Arc<Heard>], voucher: &Voucher) -> Result<(), UserMessage> {
        let Some(terms) = self.folder.forward().cloned() else { return Ok(()) };
        let broker: Arc<str> = kept_voucher(voucher).into();
        let aside: Vec<MessageAside> = {
            let rules = self.rules.read();
            let aside =
                |heard: &Arc<Heard>| Some(MessageAside::of(heard, &broker, terms.set_aside(heard, &rules)?));
            heard.iter().filter_map(aside).collect()
        };
        if !aside.is_empty() {
            self.folder.open().await?.keep_aside(aside.clone()).await?;
            self.aside.extend(aside);
        }
        Ok(())
    }

    /// Keeps and fetches those of some messages that are meant.
    async fn want_what_is_meant(&mut self, heard: &[Arc<Heard>]) -> Result<(), UserMessage> {
        if !self.folder.is_set() {
            return Ok(());
        }
        let meant: Vec<Arc<Heard>> = {
            let rules = self.rules.read();
            let forward = self.folder.forward();
            let is_taken =
                |heard: &Heard| forward.is_none_or(|terms| terms.admission(heard) == MeshAdmission::Taken);
            let is_meant =
                |heard: &&Arc<Heard>| is_meant(heard, (&rules, self.unruled), &self.files) && is_taken(heard);
            heard.iter().filter(is_meant).cloned().collect()
        };
        if meant.is_empty() { Ok(()) } else { self.want(meant, None).await }
    }

    /// Keeps messages in the ledger and fetches what follows; `again` wants one file whatever became of it.
    async fn want(&mut self, heard: Vec<Arc<Heard>>, again: Option<Box<str>>) -> Result<(), UserMessage> {
        let parts = self.vouchers.part(heard);
        let folder = self.folder.open().await?;
        for wanted in folder.keep(parts, again).await? {
            folder.fetcher.fetch(wanted.row);
            // Other content of the same key has a place of its own: the row goes on leading to the first.
            if !wanted.is_rival {
                self.files.set(&wanted.key, FileStanding::UnderWay);
            }
        }
        Ok(())
    }

    /// Fetches the file of a message, with everybody who announced it.
    pub(super) async fn fetch(&mut self, number: u64) -> Result<(), UserMessage> {
        let heard =
            self.index.recent.get(number).ok_or(UserMessage::OfMesh(MeshNotice::AnnouncementForgotten))?;
        let Some(announcement) = heard.received.reading.announcement() else { return Ok(()) };
        let key = announcement.key.clone();
        let known = self.index.files.heard(&key);
        let all = if known.is_empty() { vec![heard.clone()] } else { known };
        self.want(all, Some(key)).await
    }

    /// Fetches files once more that were put at these paths, with everybody who announced them. Paths of which the announcement is
    /// not known any more.
    pub(super) async fn fetch_again(&mut self, paths: Vec<String>) -> Result<Vec<String>, UserMessage> {
        let folder = self.folder.open().await?;
        let (wanted, forgotten) = folder.ask_again(paths).await?;
        for wanted in wanted {
            folder.fetcher.fetch(wanted.row);
            self.files.set(&wanted.key, FileStanding::UnderWay);
        }
        Ok(forgotten)
    }

    /// Fetches whatever a rule means from now on.
    pub(super) fn add_rule(&mut self, rule: Rule) -> Result<(), UserMessage> {
        let filter = rule.filter.to_string();
        let put = put_rule(&mut self.rules.write(), rule);
        put.map_err(|limit| UserMessage::OfMesh(MeshNotice::TooManyRules { filter, most: limit.most }))
    }

    /// Takes in what rules mean of the messages that are kept in view.
    pub(super) async fn take_again(&mut self) -> Result<(), UserMessage> {
        let mut heard = self.index.recent.last(usize::MAX, |_| true);
        heard.reverse();
        self.want_what_is_meant(&heard).await
    }

    /// Notes what became of a file.
    pub(super) fn settle(&mut self, news: FileNews) {
        if news.changes.conflict_with.is_none() {
            let key: Box<str> = news.key.as_str().into();
            self.files.set(&key, FileStanding::Settled(Box::new(news)));
        }
    }

    /// As whom a broker is listened to: one that keeps what comes while we are away, where files are fetched without being asked for.
    pub(super) async fn session(&mut self, broker: &BrokerKey, filters: &[TopicFilter]) -> ClientSession {
        let fetches = self.unruled == Unruled::Everything || !self.rules.read().is_empty();
        let clean = || ClientSession::clean(fastrand::u64(..));
        if !fetches || !self.folder.is_set() {
            return clean();
        }
        match self.folder.client_name().await {
            Ok(name) => ClientSession::kept((&name, self.folder.mark()), &broker.0, filters),
            // The first file that is to be kept says so.
            Err(_) => clean(),
        }
    }
}
