//! Files of announcements that are fetched: by a click, or because a rule means them.
//!
//! In: messages that were taken in. Out: rows of the folder's ledger, queued in their lanes, and how each file stands. The folder
//! is opened when the first file is wanted. A message is acknowledged only after what it calls for is in the ledger.

use super::tidying::Tidying;
use super::{MeshService, MeshServiceSetup, memory};
use crate::app::listening::FileNews;
use crate::app::mesh_board::FilesHere;
use crate::app::mesh_view::{BrokerKey, FileStanding};
use crate::app::user_message::UserMessage;
use crate::domain::integrity::Voucher;
use crate::domain::outside_text::show;
use crate::engine::services::mesh::broker::fetching::{
    FetchContext, Fetcher, MOST_A_DAY, Settled, SharedRules,
};
use crate::engine::services::mesh::broker::ledger::MeshLedger;
use crate::engine::store::error::StoreError;
use crate::engine::store::error::message_of_store;
use crate::engine::store::folders::OpenFolder;
use crate::mesh::announcement::Action;
use crate::mesh::mirror::MirrorPolicy;
use crate::mesh::recent::Heard;
use crate::mesh::rule::Rule;
use crate::mesh::subscription::SessionKind;
use crate::mesh::topic::TopicFilter;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// How long a broker keeps what comes while we are away, when files are fetched by rule.
const SESSION_KEPT: Duration = Duration::from_secs(3_600);

/// Batches of which it is remembered from whom they came.
const MOST_BATCHES: usize = 20_000;

/// Most rules.
pub(super) const MOST_RULES: usize = 100;

/// The files.
pub(super) struct FileDesk {
    pub(super) rules: SharedRules,
    pub(super) here: FilesHere,
    news: UnboundedSender<Settled>,
    store: Option<Store>,
    pub(super) tidying: Tidying,
    /// The first message of each batch, and who vouches for it.
    from: VecDeque<(u64, Voucher)>,
}

/// The folder with its ledger, and who fetches into it.
pub(super) struct Store {
    pub(super) path: PathBuf,
    pub(super) folder: OpenFolder,
    pub(super) ledger: Arc<MeshLedger>,
    fetcher: Fetcher,
    /// Ends the fetches when it is dropped.
    stop: watch::Sender<bool>,
}

impl FileDesk {
    pub(super) fn new(rules: SharedRules, news: UnboundedSender<Settled>) -> Self {
        Self {
            rules,
            here: FilesHere::default(),
            news,
            store: None,
            tidying: Tidying::default(),
            from: VecDeque::new(),
        }
    }

    /// Remembers who vouches for messages from `first` on.
    pub(super) fn heard_from(&mut self, first: u64, voucher: Voucher) {
        if self.from.back().is_none_or(|(_, known)| *known != voucher) {
            self.from.push_back((first, voucher));
        }
        if self.from.len() > MOST_BATCHES {
            self.from.pop_front();
        }
    }

    fn voucher_of(&self, number: u64) -> Voucher {
        let at = self.from.partition_point(|(first, _)| *first <= number);
        at.checked_sub(1).map_or(Voucher::Nobody, |at| self.from[at].1.clone())
    }

    /// Takes in what rules mean, and further sources of what is wanted already.
    pub(super) async fn take(
        &mut self,
        setup: &MeshServiceSetup,
        heard: &[Arc<Heard>],
    ) -> Result<(), UserMessage> {
        let meant: Vec<Arc<Heard>> = {
            let rules = self.rules.read();
            heard.iter().filter(|heard| self.is_meant(&rules, heard)).cloned().collect()
        };
        match meant.first() {
            Some(first) => self.want(setup, self.voucher_of(first.number), (meant, None)).await,
            None => Ok(()),
        }
    }

    fn is_meant(&self, rules: &[Rule], heard: &Heard) -> bool {
        let Some(announcement) = heard.received.reading.announcement() else { return false };
        let is_wanted = || match self.here.get(&announcement.key).map(|standing| &**standing) {
            Some(FileStanding::UnderWay) => true,
            Some(FileStanding::Settled(news)) => {
                !matches!(news.outcome, crate::app::listening::FileOutcome::InPlace(_))
            }
            None => false,
        };
        if announcement.action == Action::Deletion {
            let is_known = self.here.get(&announcement.key).is_some();
            return is_known || rules.iter().any(|rule| rule.concerns(announcement, &heard.topic));
        }
        rules.iter().any(|rule| rule.means(announcement, &heard.topic)) || is_wanted()
    }

    /// Notes messages in the ledger and queues what is to be fetched; `again` wants one file whatever became of it.
    async fn want(
        &mut self,
        setup: &MeshServiceSetup,
        voucher: Voucher,
        (heard, again): (Vec<Arc<Heard>>, Option<Box<str>>),
    ) -> Result<(), UserMessage> {
        let store = self.open(setup).await?;
        let ledger = store.ledger.clone();
        let rows = blocking(move || {
            let mut rows = ledger.take(&heard, &voucher)?;
            if let Some(key) = again {
                let row = ledger.ask_again(&key)?;
                rows.extend(row.filter(|row| !rows.contains(row)));
            }
            let wanted = |row| ledger.wanted(row).map(|wanted| (row, wanted));
            rows.into_iter().map(wanted).collect::<Result<Vec<_>, StoreError>>()
        });
        let rows = rows.await?;
        let mut keys = Vec::with_capacity(rows.len());
        for (row, wanted) in rows {
            let Some(wanted) = wanted else { continue };
            store.fetcher.fetch(row);
            keys.push(wanted.announcement.key);
        }
        keys.iter().for_each(|key| self.here.set(key, FileStanding::UnderWay));
        Ok(())
    }

    /// Opens the folder for finished files; another one when the person set another.
    pub(super) async fn open(&mut self, setup: &MeshServiceSetup) -> Result<&mut Store, UserMessage> {
        let path = setup.folder.borrow().clone();
        if self.store.as_ref().is_none_or(|store| store.path != path) {
            let (folders, own) = (setup.context.folders.clone(), path.clone());
            let opened = blocking(move || {
                let folder = folders.open(&own, "nuee")?;
                let ledger = MeshLedger::open(folder.folder.private())?;
                Ok((folder, Arc::new(ledger)))
            });
            let (folder, ledger) = opened.await?;
            let (stop, stopped) = watch::channel(false);
            let context = FetchContext {
                job: setup.context.clone(),
                folder: folder.clone(),
                out: path.clone(),
                ledger: ledger.clone(),
                rules: self.rules.clone(),
                most_a_day: MOST_A_DAY,
                mirror: MirrorPolicy::default(),
                stop: stopped,
            };
            let fetcher = Fetcher::start(context, &self.news).map_err(|error| message_of_store(&error))?;
            self.store = Some(Store { path, folder, ledger, fetcher, stop });
        }
        Ok(self.store.as_mut().expect("it was opened"))
    }

    /// Name and session for a broker while rules fetch by themselves. `None` when none do, or the folder cannot be opened.
    pub(super) async fn session_of(
        &mut self,
        setup: &MeshServiceSetup,
        (key, filters): (&BrokerKey, &[TopicFilter]),
    ) -> Option<(String, SessionKind)> {
        if self.rules.read().is_empty() {
            return None;
        }
        let ledger = self.open(setup).await.ok()?.ledger.clone();
        let name = blocking(move || ledger.client_name()).await.ok()?;
        let mark = crate::engine::services::mesh::broker::listening::mark_of_session(&key.0, filters);
        // A second program at the same folder is another client.
        Some((format!("{name}-w{mark:08x}"), SessionKind::Persistent(SESSION_KEPT)))
    }

    pub(super) fn settle(&mut self, _row: i64, news: FileNews) {
        // Other content of the same key has a place of its own: the row goes on leading to the first.
        if news.changes.conflict_with.is_some() {
            return;
        }
        let key: Box<str> = news.key.as_str().into();
        self.here.set(&key, FileStanding::Settled(Box::new(news)));
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl MeshService {
    /// Fetches the file of a message, with everybody who announced it.
    pub(super) async fn fetch(&mut self, number: u64) {
        let Some(heard) = self.desk.recent.get(number) else { return };
        let Some(announcement) = heard.received.reading.announcement() else { return };
        let key = announcement.key.clone();
        let known = self.desk.files.heard(&key);
        let all = if known.is_empty() { vec![heard.clone()] } else { known };
        let voucher = self.files.voucher_of(number);
        if let Err(message) = self.files.want(&self.setup, voucher, (all, Some(key))).await {
            self.tell(message);
        }
    }

    /// Fetches files once more that were put at these paths, with everybody who announced them.
    pub(super) async fn fetch_again(&mut self, paths: Vec<String>) {
        let store = match self.files.open(&self.setup).await {
            Ok(store) => store,
            Err(message) => return self.tell(message),
        };
        let (ledger, root) = (store.ledger.clone(), store.path.clone());
        let asked = blocking(move || paths.into_iter().map(|path| ask_again(&ledger, &root, path)).collect());
        let asked: Vec<(String, Option<(i64, String)>)> = match asked.await {
            Ok(asked) => asked,
            Err(message) => return self.tell(message),
        };
        asked.iter().filter_map(|(_, wanted)| wanted.as_ref()).for_each(|(row, _)| store.fetcher.fetch(*row));
        for (path, wanted) in asked {
            match wanted {
                Some((_, key)) => self.files.here.set(&key, FileStanding::UnderWay),
                None => {
                    let name = show(path.rsplit(['/', '\\']).next().unwrap_or(&path));
                    self.tell(UserMessage::RequestForgotten { name });
                }
            }
        }
        self.is_dirty = true;
    }

    /// Fetches whatever a rule means from now on, and of what is kept in view already.
    pub(super) async fn always(&mut self, rule: Rule) {
        {
            let mut rules = self.files.rules.write();
            rules.retain(|known| known.filter != rule.filter);
            if rules.len() >= MOST_RULES {
                return;
            }
            rules.push(rule.clone());
        }
        self.remember(&memory::rule(&rule.filter), &memory::of_rule(&rule));
        let mut heard = self.desk.recent.last(usize::MAX, |_| true);
        heard.reverse();
        if let Err(message) = self.files.take(&self.setup, &heard).await {
            self.tell(message);
        }
    }
}

/// Wants the file at `path` once more; its row and key, when its announcement is known still.
fn ask_again(
    ledger: &MeshLedger,
    root: &Path,
    path: String,
) -> Result<(String, Option<(i64, String)>), StoreError> {
    // The folder may have been reached by a link when the file was put there, or now.
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let below = Path::new(&path).strip_prefix(root).or_else(|_| Path::new(&path).strip_prefix(&real)).ok();
    // Folders in the ledger are parted as in announcements.
    let below =
        below.map(|below| below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"));
    let Some(key) = below.map(|below| ledger.key_at(&below)).transpose()?.flatten() else {
        return Ok((path, None));
    };
    let Some(row) = ledger.ask_again(&key)? else { return Ok((path, None)) };
    let wanted = ledger.wanted(row)?;
    Ok((path, wanted.map(|wanted| (row, wanted.announcement.key.to_string()))))
}

pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, UserMessage> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| UserMessage::Internal { detail: error.to_string() })?
        .map_err(|error| message_of_store(&error))
}
