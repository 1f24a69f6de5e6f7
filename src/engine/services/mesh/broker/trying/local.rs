//! What a try does in the folder: names, versions, renames and withdrawals, where waiting for the disk holds nobody up.
//!
//! In: a try, and what came. Out: [`Tried`], with what else changed. Decides nothing: the mirror does.

use super::Try;
use crate::app::jobs::view::{FileInPlace, OnDisk};
use crate::app::mesh::announced::WantedFile;
use crate::app::mesh::announced::proving::content_key;
use crate::app::mesh::announced::tried::Tried;
use crate::app::mesh::listening::Changes;
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::safe_path::SafePath;
use crate::domain::source::{BytesBySource, SourceKind};
use crate::domain::utc::UtcTime;
use crate::engine::services::mesh::broker::fetching::FetchContext;
use crate::engine::services::mesh::broker::mirroring::{Mirror, PutOutcome, Room};
use crate::engine::services::mesh::broker::putting::{
    has_digest, has_octets, prove_file, read_for_forwarding, write_and_publish,
};
use crate::engine::store::directory::stamp_of;
use crate::engine::store::error::StoreError;
use crate::engine::store::error::message_of_store;
use crate::mesh::forwarding::message::{ReadForForwarding, ReadingNeed};
use crate::mesh::mirror::{MirrorPolicy, path_of_text};
use crate::transfer::reason::Reason;
use crate::transfer::verification::{Proof, prove_by_digest};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// How long a rename waits for the file under its former name to come, and how often it looks.
const WAIT_FOR_FORMER: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(100);

/// What is needed in the folder, where no try can be borrowed from.
struct Local {
    context: Arc<FetchContext>,
    wanted: WantedFile,
    policy: MirrorPolicy,
    now: UtcTime,
}

impl Local {
    fn of(trying: &Try) -> Self {
        let (announcement, topic) = (&trying.wanted.announcement, &trying.wanted.topic);
        let rules = trying.context.rules.read();
        let rule = rules.iter().find(|rule| rule.concerns(announcement, topic));
        Self {
            policy: rule.map_or(trying.context.mirror, |rule| rule.mirror),
            context: trying.context.clone(),
            wanted: trying.wanted.clone(),
            now: trying.context.job.shared.clock.utc(),
        }
    }
}

impl Try {
    /// Does something in the folder.
    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Local) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Box<Tried>> {
        let local = Local::of(self);
        let done = tokio::task::spawn_blocking(move || work(&local)).await;
        let done =
            done.map_err(|error| Tried::Unsettled(UserMessage::Internal { detail: error.to_string() }))?;
        done.map_err(|error| unsettled(&error))
    }

    /// Puts octets that are proven in their place.
    pub(super) async fn put_proven(&self, octets: Vec<u8>, by: SourceKind, proof: Proof) -> Tried {
        match self.put_in_steps(octets, proof).await {
            Ok((file, changes)) => in_place(file, changes, by),
            Err(tried) => *tried,
        }
    }

    /// A name is chosen, the octets are written, and that they are there is noted: names and notes with those of others, in one step.
    async fn put_in_steps(
        &self,
        octets: Vec<u8>,
        proof: Proof,
    ) -> Result<(FileInPlace, Changes), Box<Tried>> {
        let (local, octets, wished) = (Arc::new(Local::of(self)), Arc::new(octets), self.path.clone());
        let own = (local.clone(), octets.clone());
        let naming = self.steps.note(move || {
            let (local, octets) = own;
            local.mirror().name_for((&local.wanted.key, &wished), &|file| has_octets(file, &octets))
        });
        let verdict = proof.verdict().clone();
        let path = match naming.await.map_err(|error| unsettled(&error))? {
            Room::There(path) => {
                return Ok(local.landed((&path, proof.length()), verdict, PutOutcome::default()));
            }
            Room::Free(path) => path,
        };
        let (own, to) = (local.clone(), path.clone());
        let writing = tokio::task::spawn_blocking(move || {
            let key = content_key(&own.wanted);
            write_and_publish(&own.context.folder, &key, &octets, (&to, &proof))
        });
        let internal = |error: tokio::task::JoinError| {
            Tried::Unsettled(UserMessage::Internal { detail: error.to_string() })
        };
        let published = writing.await.map_err(internal)?.map_err(|error| unsettled(&error))?;
        let noting = self.steps.note(move || {
            let at = (&*local.wanted.key, &path);
            let arrival = local.mirror().note_arrival(at, published.kept_as, (local.policy, local.now))?;
            Ok(local.landed((&path, published.length), verdict, arrival))
        });
        noting.await.map_err(|error| unsettled(&error))
    }

    /// Where a job may put the file. `Err` with the end of the try, when the very file is there already or nothing can be said.
    pub(super) async fn room_for(&self, wished: SafePath) -> Result<SafePath, Box<Tried>> {
        let found = self.on_disk(move |local| {
            let announcement = &local.wanted.announcement;
            let digest = announcement.integrity.digest();
            let is_same = |file: &std::fs::File| {
                let is_as_long = |size: ByteCount| file.metadata().is_ok_and(|found| found.len() == size.0);
                announcement.size.is_none_or(is_as_long)
                    && digest.is_some_and(|digest| has_digest(file, digest))
            };
            let name = local.mirror().name_for((&local.wanted.key, &wished), &is_same)?;
            let path = match name {
                Room::Free(path) => return Ok(Err(path)),
                Room::There(path) => path,
            };
            let length = local.length_of(&path);
            let proof = digest.map(|digest| {
                prove_by_digest(digest.clone(), digest.clone(), length, local.wanted.voucher.clone())
            });
            let verdict = match proof {
                Some(Ok(proof)) => proof.verdict().clone(),
                _ => Verdict::NotAnnounced,
            };
            Ok(Ok(local.landed((&path, length), verdict, PutOutcome::default())))
        });
        match found.await? {
            Err(path) => Ok(path),
            Ok((file, changes)) => Err(Box::new(in_place(file, changes, SourceKind::Disk))),
        }
    }

    /// Notes what a job put at `path`, and what became of what was there.
    pub(super) async fn arrived(&self, tried: Tried, path: SafePath) -> Tried {
        let (file, by_source) = match tried {
            Tried::InPlace(file, by_source, _) => (file, by_source),
            other => return other,
        };
        let kept_as = file.kept_as.clone();
        let noted = self.on_disk(move |local| {
            let root = local.context.folder.folder.root().path();
            let below =
                |whole: String| Some(Path::new(&whole).strip_prefix(root).ok()?.display().to_string());
            let kept_as = kept_as.and_then(below).and_then(|below| path_of_text(&below));
            let at = (&*local.wanted.key, &path);
            let arrival = local.mirror().note_arrival(at, kept_as, (local.policy, local.now))?;
            let kept_as = arrival.kept_as.as_ref().map(|path| local.whole(path));
            Ok((kept_as, local.changes(arrival)))
        });
        match noted.await {
            Ok((kept_as, changes)) => {
                let path = self.whole_path(&file.path);
                Tried::InPlace(Box::new(FileInPlace { kept_as, path, ..*file }), by_source, changes)
            }
            Err(tried) => *tried,
        }
    }

    /// The path as it is told everywhere.
    fn whole_path(&self, told: &str) -> String {
        self.context.folder.folder.root().path().join(told).display().to_string()
    }

    /// Does with the local copies of a withdrawn file as the policy says.
    pub(in crate::engine::services::mesh::broker) async fn withdraw(&self) -> Tried {
        let done = self.on_disk(|local| {
            let done = local.mirror().withdraw(&local.wanted.announcement.key, local.policy)?;
            let root = local.context.folder.folder.root().path();
            Ok(done.into_iter().map(|(path, copy)| (root.join(path).display().to_string(), copy)).collect())
        });
        match done.await {
            Ok(local) => Tried::Withdrawn(local),
            Err(tried) => *tried,
        }
    }

    /// Moves the file that is here under its former name, when it is the one that is announced now.
    pub(in crate::engine::services::mesh::broker) async fn rename(&self) -> Tried {
        let Some(former) = self.wanted.announcement.renamed_from.clone() else {
            return Tried::NoUse(Reason::Closed);
        };
        let mut waited = Duration::ZERO;
        // A file that is renamed as soon as it is written may still be on its way.
        while waited < WAIT_FOR_FORMER {
            match self.context.ledger.is_under_way(&former) {
                Ok(true) => tokio::time::sleep(LOOK).await,
                Ok(false) => break,
                Err(error) => return Tried::Unsettled(message_of_store(&error)),
            }
            waited += LOOK;
        }
        let wished = self.path.clone();
        let renamed = self.on_disk(move |local| local.rename(&former, &wished));
        match renamed.await {
            Ok(Some((file, changes))) => in_place(file, changes, SourceKind::Disk),
            Ok(None) => Tried::NoUse(Reason::Closed),
            Err(tried) => *tried,
        }
    }
}

/// Reads of a file in its place what is needed to announce it again. What cannot be read is announced without it, or not at all.
pub(in crate::engine::services::mesh::broker) async fn read_to_announce(
    trying: &Try,
    tried: &Tried,
) -> ReadForForwarding {
    let (Some(terms), Tried::InPlace(file, ..)) = (&trying.context.forward, tried) else {
        return ReadForForwarding::default();
    };
    let need = terms.reading_need(&trying.wanted.announcement, file.length.0);
    if need == ReadingNeed::Nothing {
        return ReadForForwarding::default();
    }
    let path = PathBuf::from(&file.path);
    let read = move |_: &Local| {
        read_for_forwarding(&path, need).map_err(|error| StoreError::from_io("read a file", error))
    };
    trying.on_disk(read).await.unwrap_or_default()
}

impl Local {
    fn mirror(&self) -> Mirror<'_> {
        Mirror { root: self.context.folder.folder.root(), ledger: &self.context.ledger }
    }

    fn whole(&self, path: &SafePath) -> String {
        let below: PathBuf = path.components().iter().collect();
        self.context.folder.folder.root().path().join(below).display().to_string()
    }

    fn length_of(&self, path: &SafePath) -> ByteCount {
        ByteCount(std::fs::symlink_metadata(self.whole(path)).map_or(0, |found| found.len()))
    }

    /// A file in its place, and what else changed.
    fn landed(
        &self,
        (path, length): (&SafePath, ByteCount),
        verdict: Verdict,
        arrival: PutOutcome,
    ) -> (FileInPlace, Changes) {
        let kept_as = arrival.kept_as.as_ref().map(|path| self.whole(path));
        let path = self.whole(path);
        let stamp = std::fs::symlink_metadata(&path).ok().map(|found| stamp_of(&found));
        let disk = OnDisk { stamp, ..OnDisk::default() };
        (FileInPlace { path, length, verdict, kept_as, disk }, self.changes(arrival))
    }

    fn changes(&self, arrival: PutOutcome) -> Changes {
        let root = self.context.folder.folder.root().path();
        let first = self.wanted.rival_of.as_deref();
        let conflict_with = first.map(|first| match self.context.ledger.placed.current_of(first) {
            Ok(Some(placed)) => root.join(placed.path).display().to_string(),
            Ok(None) | Err(_) => first.to_owned(),
        });
        Changes {
            replaced: arrival.replaced,
            removed: arrival.removed.iter().map(|path| root.join(path).display().to_string()).collect(),
            renamed_from: None,
            conflict_with,
        }
    }

    fn rename(&self, former: &str, wished: &SafePath) -> Result<Option<(FileInPlace, Changes)>, StoreError> {
        let mirror = self.mirror();
        let Some((from, file)) = mirror.movable(former)? else { return Ok(None) };
        let failed = |error| StoreError::from_io(format!("read {from}"), error);
        let length = ByteCount(file.metadata().map_err(failed)?.len());
        let announcement = &self.wanted.announcement;
        if announcement.size.is_some_and(|size| size != length) {
            return Ok(None);
        }
        let proof = prove_file(announcement, (&file, length), &self.wanted.voucher).map_err(failed)?;
        // Other content than is announced now: it stays, and the file is fetched.
        let Ok(proof) = proof else { return Ok(None) };
        drop(file);
        let Room::Free(to) = mirror.name_for((&self.wanted.key, wished), &|_| false)? else {
            return Ok(None);
        };
        if !mirror.rename((former, &self.wanted.key), (&from, &to), self.now)? {
            return Ok(None);
        }
        let (file, changes) = self.landed((&to, length), proof.verdict().clone(), PutOutcome::default());
        Ok(Some((file, Changes { renamed_from: Some(self.whole(&from)), ..changes })))
    }
}

fn unsettled(error: &StoreError) -> Box<Tried> {
    Box::new(Tried::Unsettled(message_of_store(error)))
}

fn in_place(file: FileInPlace, changes: Changes, by: SourceKind) -> Tried {
    let mut by_source = BytesBySource::default();
    by_source.add(by, file.length);
    Tried::InPlace(Box::new(file), by_source, changes)
}
