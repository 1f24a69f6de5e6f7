//! Uploads what an archive holds, and counts it.
//!
//! In: files that are as they were left. Out: peers that get them, and how much that was.

use super::off_thread;
use crate::app::messages::user_message::UserMessage;
use crate::app::pledge::file::PledgedFile;
use crate::domain::content::ContentId;
use crate::domain::torrent::InfoHash;
use crate::engine::context::EngineContext;
use crate::engine::services::jobs::brief_of_given;
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::{ContentTask, GivingLook, JobWatch};
use crate::engine::transfer::peers;
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// How long goodbyes to peers and trackers may take.
const LONGEST_FAREWELL: Duration = Duration::from_millis(1_200);

/// What is uploaded.
#[derive(Default)]
pub(super) struct PledgeUploads(HashMap<InfoHash, PledgeUpload>);

struct PledgeUpload {
    stop: watch::Sender<bool>,
    looks: watch::Receiver<GivingLook>,
    task: JoinHandle<()>,
    /// Octets that were uploaded before.
    before: u64,
}

impl PledgeUpload {
    fn given(&self) -> u64 {
        self.before.saturating_add(self.looks.borrow().progress.figures.given.0)
    }
}

impl PledgeUploads {
    /// Begins to upload a file. Whether it is uploaded: not where what is there is not what was left.
    pub(super) async fn begin(
        &mut self,
        file: &PledgedFile,
        (open, context): (&OpenFolder, &EngineContext),
    ) -> Result<bool, UserMessage> {
        if !peers::IS_BUILT_IN || self.0.contains_key(&file.info_hash) {
            return Ok(true);
        }
        let (database, key) = (open.database.clone(), ContentId::Torrent(file.info_hash).key());
        let Some(given) = off_thread(move || database.giving(&key)).await? else { return Ok(false) };
        let brief = brief_of_given(&given, context, context.sessions.up()).map_err(|end| end.message)?;
        let (stop, stopping) = watch::channel(false);
        let task = ContentTask {
            shared: context.shared.clone(),
            folder: open.folder.clone(),
            database: open.database.clone(),
            brief,
            news: unbounded_channel().0,
            stop: stopping.clone(),
            watched: JobWatch::default(),
        };
        let (_, giver) = task.run().await;
        let Some(giver) = giver else { return Ok(false) };
        let (looked, looks) = watch::channel(GivingLook::default());
        let task = tokio::spawn(giver.give(looked, stopping));
        self.0.insert(file.info_hash, PledgeUpload { stop, looks, task, before: file.given });
        Ok(true)
    }

    /// How much was uploaded of a file by now. `None` when it is not uploaded.
    pub(super) fn given(&self, info_hash: InfoHash) -> Option<u64> {
        self.0.get(&info_hash).map(PledgeUpload::given)
    }

    /// Files whose upload ended by itself: what is there is not what was left.
    pub(super) fn ended(&self) -> Vec<InfoHash> {
        self.0.iter().filter(|(_, upload)| upload.task.is_finished()).map(|(hash, _)| *hash).collect()
    }

    /// Uploads a file no longer. How much was uploaded of it. `None` when it was not uploaded.
    pub(super) async fn end(&mut self, info_hash: InfoHash) -> Option<u64> {
        let mut upload = self.0.remove(&info_hash)?;
        upload.stop.send_replace(true);
        if timeout(LONGEST_FAREWELL, &mut upload.task).await.is_err() {
            upload.task.abort();
        }
        Some(upload.given())
    }

    /// Says goodbye to all peers and trackers. How much was uploaded of each file.
    pub(super) async fn end_all(&mut self) -> Vec<(InfoHash, u64)> {
        for upload in self.0.values() {
            upload.stop.send_replace(true);
        }
        let all = async {
            for upload in self.0.values_mut() {
                // Who broke has nothing more to say.
                let _ = (&mut upload.task).await;
            }
        };
        // Who does not say goodbye in time ends with the process.
        let _ = timeout(LONGEST_FAREWELL, all).await;
        self.0.drain().map(|(hash, upload)| (hash, upload.given())).collect()
    }
}
