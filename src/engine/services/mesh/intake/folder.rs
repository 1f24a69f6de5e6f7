//! The folder with its ledger, where announcements are kept before they are acknowledged, and who fetches into it.
//!
//! In: messages by who vouches for them. Out: rows that are to be fetched. The folder is opened when it is first needed; another one
//! once the person has set another. Start reading at [`FetchFolder::open`].

use crate::app::jobs::keeping::Keeping;
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::Voucher;
use crate::domain::octets::ByteCount;
use crate::domain::utc::{SteadyTime, UtcMillis, UtcTime};
use crate::engine::context::EngineContext;
use crate::engine::services::mesh::broker::fetching::{FetchContext, Fetcher, Settled, SharedRules};
use crate::engine::services::mesh::broker::keeping::remove_what_is_too_much;
use crate::engine::services::mesh::broker::ledger::{MeshLedger, WantedRow};
use crate::engine::store::directory::{Directory, OpenHow};
use crate::engine::store::error::StoreError;
use crate::engine::store::error::message_of_store;
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::positioned::write_all;
use crate::mesh::forwarding::ForwardTerms;
use crate::mesh::forwarding::aside::{MessageAside, has_room};
use crate::mesh::mirror::MirrorPolicy;
use crate::mesh::recent::Heard;
use crate::mesh::report::observed::ListeningPeriod;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

/// Most octets a day for files that nobody clicked, unless the person says otherwise.
const MOST_A_DAY: ByteCount = ByteCount(20_000_000_000);

/// How often old rows are forgotten.
const FORGETTING: Duration = Duration::from_secs(3_600);

/// How files are fetched, as far as terminal and window differ in it.
pub(in crate::engine::services::mesh) struct FetchTerms {
    /// Where files go. `None` when none are fetched.
    pub(in crate::engine::services::mesh) path: Option<watch::Receiver<PathBuf>>,
    /// What another process is told that wants the same folder.
    pub(in crate::engine::services::mesh) note: String,
    /// In the names by which brokers know us: a second program at the same folder is another client.
    pub(in crate::engine::services::mesh) mark: &'static str,
    /// Most octets a day; the usual limit when `None`.
    pub(in crate::engine::services::mesh) most_a_day: Option<ByteCount>,
    /// What becomes of local copies of files that no rule means.
    pub(in crate::engine::services::mesh) mirror: MirrorPolicy,
    /// Under which terms what arrived is announced again; it is not when `None`.
    pub(in crate::engine::services::mesh) forward: Option<Arc<ForwardTerms>>,
}

/// Where files are fetched to, and how.
pub(in crate::engine::services::mesh) struct FetchFolder {
    context: EngineContext,
    terms: FetchTerms,
    rules: SharedRules,
    news: UnboundedSender<Settled>,
    in_use: Option<FolderInUse>,
    forgotten_at: Option<SteadyTime>,
}

/// The folder that is open.
pub(in crate::engine::services::mesh) struct FolderInUse {
    path: PathBuf,
    folder: OpenFolder,
    ledger: Arc<MeshLedger>,
    pub(super) fetcher: Fetcher,
    /// Ends the fetches when it is dropped.
    stop: watch::Sender<bool>,
}

impl FetchFolder {
    pub(super) fn new(
        context: EngineContext,
        terms: FetchTerms,
        (rules, news): (SharedRules, UnboundedSender<Settled>),
    ) -> Self {
        Self { context, terms, rules, news, in_use: None, forgotten_at: None }
    }

    /// Whether files are fetched at all.
    pub(super) fn is_set(&self) -> bool {
        self.terms.path.is_some()
    }

    pub(super) fn forward(&self) -> Option<&Arc<ForwardTerms>> {
        self.terms.forward.as_ref()
    }

    pub(super) fn mark(&self) -> &'static str {
        self.terms.mark
    }

    /// Whether nothing is under way.
    pub(in crate::engine::services::mesh) fn is_idle(&self) -> bool {
        self.in_use.as_ref().is_none_or(|folder| folder.fetcher.is_idle())
    }

    /// Ends all fetches; what is wanted still is fetched at the next start.
    pub(in crate::engine::services::mesh) fn stop(&self) {
        if let Some(folder) = &self.in_use {
            folder.stop.send_replace(true);
        }
    }

    /// The folder for finished files: opened, unless it is already.
    pub(in crate::engine::services::mesh) async fn open(&mut self) -> Result<&mut FolderInUse, UserMessage> {
        let path = self.terms.path.as_ref().map(|path| path.borrow().clone()).unwrap_or_default();
        if self.in_use.as_ref().is_none_or(|folder| folder.path != path) {
            let (folders, own, note) = (self.context.folders.clone(), path.clone(), self.terms.note.clone());
            let opened = blocking(move || {
                let folder = folders.open(&own, &note)?;
                let ledger = MeshLedger::open(folder.folder.private())?;
                Ok((folder, Arc::new(ledger)))
            });
            let (folder, ledger) = opened.await?;
            let (stop, stopped) = watch::channel(false);
            let context = FetchContext {
                job: self.context.clone(),
                folder: folder.clone(),
                out: path.clone(),
                ledger: ledger.clone(),
                rules: self.rules.clone(),
                most_a_day: self.terms.most_a_day.unwrap_or(MOST_A_DAY),
                mirror: self.terms.mirror,
                forward: self.terms.forward.clone(),
                stop: stopped,
            };
            let fetcher = Fetcher::start(context, &self.news).map_err(|error| message_of_store(&error))?;
            self.in_use = Some(FolderInUse { path, folder, ledger, fetcher, stop });
        }
        Ok(self.in_use.as_mut().expect("it was opened"))
    }

    /// The name under which brokers know this folder.
    pub(super) async fn client_name(&mut self) -> Result<String, UserMessage> {
        let ledger = self.open().await?.ledger.clone();
        blocking(move || ledger.client_name()).await
    }

    pub(super) fn utc_millis(&self) -> UtcMillis {
        self.context.shared.clock.utc_millis()
    }

    /// Notes what a broker announced, where a folder is open. An archive is no node.
    pub(super) async fn note_sightings(
        &self,
        heard: &[Arc<Heard>],
        voucher: &Voucher,
    ) -> Result<(), UserMessage> {
        let Some(folder) = self.in_use.as_ref().filter(|_| matches!(voucher, Voucher::Broker { .. })) else {
            return Ok(());
        };
        let (ledger, heard, voucher) = (folder.ledger.clone(), heard.to_vec(), voucher.clone());
        blocking(move || ledger.note_sightings(&heard, &voucher)).await
    }

    /// Notes until when brokers were listened to, where a folder is open.
    pub(super) async fn note_listened(&self, periods: Vec<ListeningPeriod>) -> Result<(), UserMessage> {
        match self.in_use.as_ref().filter(|_| !periods.is_empty()) {
            Some(folder) => {
                let ledger = folder.ledger.clone();
                blocking(move || ledger.note_listened(&periods)).await
            }
            None => Ok(()),
        }
    }

    /// Forgets rows that are old, now and then.
    pub(in crate::engine::services::mesh) async fn forget_old(&mut self) -> Result<(), UserMessage> {
        let clock = self.context.shared.clock;
        let is_due = self.forgotten_at.is_none_or(|last| clock.now().since(last) >= FORGETTING);
        let Some(folder) = self.in_use.as_ref().filter(|_| is_due) else { return Ok(()) };
        self.forgotten_at = Some(clock.now());
        let (ledger, now) = (folder.ledger.clone(), clock.utc_millis().unix_millis());
        blocking(move || ledger.forget(now)).await
    }

    /// Removes what is too old or too much; whole paths of what went. A folder in which nothing was ever fetched is left alone.
    pub(super) async fn remove_what_is_too_much(
        &mut self,
        keeping: Keeping,
        now: UtcTime,
    ) -> Result<Vec<String>, UserMessage> {
        let has_ledger = self.terms.path.as_ref().is_some_and(|path| path.borrow().join(".nuee").is_dir());
        if !has_ledger {
            return Ok(Vec::new());
        }
        let in_use = self.open().await?;
        let (folder, ledger) = (in_use.folder.folder.clone(), in_use.ledger.clone());
        let removing = blocking(move || {
            let removed = remove_what_is_too_much(&keeping, (folder.root(), &ledger), now)?;
            let root = folder.root().path();
            Ok(removed.iter().map(|path| root.join(path).display().to_string()).collect())
        });
        removing.await
    }
}

impl FolderInUse {
    /// What is known of the folder's files, and where they lie.
    pub(in crate::engine::services::mesh) fn files(&self) -> (Arc<MeshLedger>, PathBuf) {
        (self.ledger.clone(), self.folder.folder.root().path().to_owned())
    }

    /// Writes down messages that cannot be used.
    pub(super) async fn keep_aside(&self, messages: Vec<MessageAside>) -> Result<(), UserMessage> {
        let folder = self.folder.folder.clone();
        blocking(move || keep_aside(folder.private(), &messages)).await
    }

    /// Keeps messages, by who vouches for them. Rows that are to be fetched; `again` is one of them whatever became of it.
    pub(super) async fn keep(
        &self,
        parts: Vec<(Voucher, Vec<Arc<Heard>>)>,
        again: Option<Box<str>>,
    ) -> Result<Vec<WantedRow>, UserMessage> {
        let ledger = self.ledger.clone();
        let keeping = blocking(move || {
            let mut wanted = Vec::new();
            for (voucher, heard) in &parts {
                wanted.extend(ledger.take(heard, voucher)?);
            }
            if let Some(key) = again
                && let Some(row) = ledger.ask_again(&key)?
                && !wanted.iter().any(|known| known.row == row)
            {
                wanted.push(WantedRow { row, key, is_rival: false });
            }
            Ok(wanted)
        });
        keeping.await
    }

    /// Wants the files at these paths once more: their rows, and the paths of which the announcement is not known any more.
    pub(super) async fn ask_again(
        &self,
        paths: Vec<String>,
    ) -> Result<(Vec<WantedRow>, Vec<String>), UserMessage> {
        let (ledger, root) = (self.ledger.clone(), self.path.clone());
        let asking = blocking(move || {
            let (mut wanted, mut forgotten) = (Vec::new(), Vec::new());
            for path in paths {
                match ask_again(&ledger, &root, &path)? {
                    Some(row) => wanted.push(row),
                    None => forgotten.push(path),
                }
            }
            Ok((wanted, forgotten))
        });
        asking.await
    }
}

impl Drop for FolderInUse {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// The record of messages that cannot be used, and where it was before it grew too long.
const ASIDE: [&str; 2] = ["refused.jsonl", "refused.1.jsonl"];

fn keep_aside(private: &Directory, messages: &[MessageAside]) -> Result<(), StoreError> {
    let failed = |error| StoreError::from_io(format!("write {}", ASIDE[0]), error);
    for line in messages.iter().map(MessageAside::line) {
        let mut file = private.open_file(ASIDE[0], OpenHow::Update)?;
        let mut length = file.metadata().map_err(failed)?.len();
        if !has_room(length, &line) {
            drop(file);
            private.remove_file(ASIDE[1])?;
            private.move_to(ASIDE[0], private, ASIDE[1])?;
            file = private.open_file(ASIDE[0], OpenHow::Update)?;
            length = 0;
        }
        write_all(&file, line.as_bytes(), length).map_err(failed)?;
    }
    Ok(())
}

/// Wants the file at `path` once more. `None` when its announcement is not known any more.
fn ask_again(ledger: &MeshLedger, root: &Path, path: &str) -> Result<Option<WantedRow>, StoreError> {
    // The folder may have been reached by a link when the file was put there, or now.
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let below = Path::new(path).strip_prefix(root).or_else(|_| Path::new(path).strip_prefix(&real)).ok();
    // Folders in the ledger are parted as in announcements.
    let below =
        below.map(|below| below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"));
    let Some(key) = below.map(|below| ledger.placed.key_at(&below)).transpose()?.flatten() else {
        return Ok(None);
    };
    let Some(row) = ledger.ask_again(&key)? else { return Ok(None) };
    let wanted = ledger.wanted(row)?;
    Ok(wanted.map(|wanted| WantedRow { row, key: wanted.announcement.key, is_rival: false }))
}

/// Does something where waiting for the disk holds nobody up.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, UserMessage> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| UserMessage::Internal { detail: error.to_string() })?
        .map_err(|error| message_of_store(&error))
}
