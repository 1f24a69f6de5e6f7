//! What is done with one file on the disk: it is hashed, its index and its .torrent are written, all of it is removed.
//!
//! In: a file as it is kept. Out: a [`RelayFact`]. Each act can be done once more after a process that was killed in it.

use super::giving::RelayGiving;
use super::off_thread;
use super::running::RelayContext;
use crate::app::messages::relay_message::RelayMessage;
use crate::app::messages::user_message::UserMessage;
use crate::app::relay::RelayKey;
use crate::app::relay::file::{ComputedDigests, RelayFile};
use crate::app::relay::orders::{RelayFact, RelayTrouble};
use crate::catalog::metainfo;
use crate::domain::content::ContentId;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Verdict};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::{show, show_url};
use crate::domain::torrent::{InfoHash, PieceHashes};
use crate::engine::services::publish::making::{refused, write_index, write_whole};
use crate::engine::store::database::{FinishedRow, GivenTerms, GivenTorrent};
use crate::engine::store::directory::stamp;
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::store::positioned::read_up_to;
use crate::engine::store::relay_store::RelayStore as _;
use crate::engine::store::removal::remove_unchanged;
use crate::publish::canonical::{
    CanonicalPlan, Extras, FileToPublish, OfferShape, PieceHasher, info_octets, write_torrent,
};
use crate::publish::relay::offered::OfferedIndex;
use crate::publish::relay::places::{OfWhich, path_of, run_folder};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder that a web server may give as it is.
pub(super) const PUBLIC: &str = "public";

/// The folder of .torrents, in our private one.
const TORRENTS: &str = "torrents";

/// So much is read at a time.
const PORTION: usize = 1 << 20;

type Done<T> = Result<T, RelayTrouble>;

impl RelayContext {
    /// Where something of a file lies.
    pub(super) fn path(&self, key: &RelayKey, which: OfWhich) -> PathBuf {
        let below: PathBuf = path_of(key, which).iter().collect();
        self.public().join(below)
    }

    /// Where a .torrent is kept until it is announced.
    pub(super) fn kept_torrent(&self, info_hash: InfoHash) -> PathBuf {
        self.open.folder.private().path().join(TORRENTS).join(format!("{info_hash}.torrent"))
    }

    /// The folder that a web server may give as it is.
    pub(super) fn public(&self) -> PathBuf {
        self.open.folder.root().path().join(PUBLIC)
    }
}

/// The folders below that of the relay in which a file lies.
pub(super) fn folders_of(key: &RelayKey) -> Vec<String> {
    let run = run_folder(&key.dataset, key.run);
    [PUBLIC.to_owned(), "data".to_owned()].into_iter().chain(run).collect()
}

/// The path of a file below the folder of the relay, as the database has it.
pub(super) fn below(key: &RelayKey) -> String {
    folders_of(key).into_iter().chain([key.name.clone()]).collect::<Vec<_>>().join("/")
}

/// Hashes a file from its first octet to its last, once for all digests.
pub(super) async fn hash(parts: &Arc<RelayContext>, file: RelayFile) -> RelayFact {
    let (parts, key) = (parts.clone(), file.key.clone());
    RelayFact::Hashed(key, beside_disk(move || hash_now(&parts, &file)).await)
}

fn hash_now(parts: &RelayContext, file: &RelayFile) -> Done<ComputedDigests> {
    let path = parts.path(&file.key, OfWhich::Data);
    let opened = open(&path)?;
    let before = stamp(&opened);
    let plan = plan_of(file)?;
    let mut pieces = PieceHasher::new(&plan);
    let mut sha256 = Digester::new(DigestAlgorithm::Sha256);
    let mut sha512 = Digester::new(DigestAlgorithm::Sha512);
    let mut buffer = vec![0; PORTION];
    let mut at = 0;
    loop {
        let count = read_up_to(&opened, &mut buffer, at).map_err(|error| unreadable(&path, error))?;
        if count == 0 {
            break;
        }
        pieces.update(&buffer[..count]).map_err(|_| changed(&path))?;
        sha256.update(&buffer[..count]);
        sha512.update(&buffer[..count]);
        at += count as u64;
    }
    if at != file.source.length || stamp(&opened) != before {
        return Err(changed(&path));
    }
    pieces.next_file().map_err(|_| changed(&path))?;
    let hashes = pieces.finish().map_err(|error| RelayTrouble::Passing(refused(error)))?;
    let info = info_octets(&plan, &hashes).map_err(|error| RelayTrouble::Passing(refused(error)))?;
    let info_hash = metainfo::info_hash_of(&info);
    let key = ContentId::Torrent(info_hash).key();
    let row = FinishedRow {
        path: below(&file.key),
        file: Some(0),
        length: at,
        stamp: Some(before),
        verified_at: Some(parts.context.shared.clock.utc()),
        seal: None,
        // That the publisher has the same, its own server said; nobody vouches for the hashes but us.
        verdict: (Verdict::NotAnnounced.key().to_owned(), None, None),
    };
    let terms = GivenTerms {
        trackers: parts.terms.trackers.iter().map(|tracker| tracker.url().to_string()).collect(),
        want: vec![(0, at)],
        folders: folders_of(&file.key),
        ..GivenTerms::default()
    };
    let database = &parts.open.database;
    let keep = || {
        let content = database.content(&key, &show(&file.key.name), ByteCount(at))?;
        database.finish(content, &row)?;
        database.keep_giving(content, &GivenTorrent { info, terms })
    };
    keep().map_err(passing)?;
    Ok(ComputedDigests { info_hash, sha256: sha256.finish(), sha512: sha512.finish() })
}

/// Writes the slice index of a GRIB file beside it.
pub(super) async fn index(parts: &Arc<RelayContext>, file: RelayFile) -> RelayFact {
    let (parts, key) = (parts.clone(), file.key.clone());
    RelayFact::Indexed(key, beside_disk(move || index_now(&parts, &file)).await)
}

fn index_now(parts: &RelayContext, file: &RelayFile) -> Done<Option<OfferedIndex>> {
    let (data, to) = (parts.path(&file.key, OfWhich::Data), parts.path(&file.key, OfWhich::Index));
    // Told apart from a file that is no GRIB.
    drop(open(&data)?);
    if write_index(&data, &to).map_err(RelayTrouble::Passing)?.is_none() {
        return Ok(None);
    }
    let octets = std::fs::read(&to).map_err(|error| unreadable(&to, error))?;
    let sha256 = Digest::of(DigestAlgorithm::Sha256, &octets);
    Ok(Some(OfferedIndex { length: octets.len() as u64, sha256 }))
}

/// Writes the canonical .torrent of a file.
pub(super) async fn describe(
    parts: &Arc<RelayContext>,
    giving: &Arc<RelayGiving>,
    file: RelayFile,
) -> RelayFact {
    let (parts, giving, key) = (parts.clone(), giving.clone(), file.key.clone());
    RelayFact::Described(key, beside_disk(move || describe_now(&parts, &giving, &file)).await)
}

fn describe_now(parts: &RelayContext, giving: &RelayGiving, file: &RelayFile) -> Done<u64> {
    let info = giving.info_of(file)?;
    let unsound = |error: metainfo::MetainfoError| RelayTrouble::Passing(refused(error));
    let read = metainfo::from_info(&info).map_err(unsound)?;
    let extras = Extras {
        trackers: giving.tiers(),
        web_seeds: giving.web_seeds(file),
        comment: Some(format!("{}, as published at {}", file.key.dataset, show_url(&file.source.address))),
        created_by: Some(concat!("Nuee ", env!("CARGO_PKG_VERSION")).to_owned()),
        created_at: file.fetched,
    };
    let hashes: &PieceHashes = read.hashes();
    let octets = write_torrent(&plan_of(file)?, hashes, &extras)
        .map_err(|error| RelayTrouble::Passing(refused(error)))?;
    // Where nobody can ask for it before the tracker knows it.
    write_below(&parts.kept_torrent(read.info_hash()), &octets).map_err(RelayTrouble::Passing)?;
    Ok(octets.len() as u64)
}

/// Stops to give a file, removes it with all that lies beside it, and lets the trackers forget it.
pub(super) async fn take_back(
    parts: &Arc<RelayContext>,
    giving: &Arc<RelayGiving>,
    file: RelayFile,
) -> RelayFact {
    giving.take_down(&file).await;
    let torrent = file.computed.as_ref().map(|computed| computed.info_hash);
    let (parts, key) = (parts.clone(), file.key.clone());
    if let Some(storage) = &giving.storage
        && let Err(message) = storage.take_back(&key).await
    {
        return RelayFact::TakenBack(key, Err(message));
    }
    let removing = off_thread(move || {
        for which in [OfWhich::Torrent, OfWhich::Metalink, OfWhich::Index] {
            remove(&parts.path(&file.key, which))?;
        }
        let path = parts.path(&file.key, OfWhich::Data).display().to_string();
        remove_data(&parts, std::slice::from_ref(&path))?;
        if let Some(computed) = &file.computed {
            remove(&parts.kept_torrent(computed.info_hash))?;
            let content = ContentId::Torrent(computed.info_hash).key();
            parts
                .open
                .database
                .forget_content(&content, &below(&file.key))
                .map_err(|error| message_of_store(&error))?;
            parts.open.folder.tidy(&content);
        }
        remove_empty_folders(&parts, &file.key);
        Ok(())
    });
    let removed = match (removing.await, torrent) {
        (Ok(()), Some(torrent)) => giving.unlist(torrent).await,
        (removed, _) => removed,
    };
    RelayFact::TakenBack(key, removed)
}

/// Removes files that were fetched, where nobody changed them since.
pub(super) fn remove_data(parts: &RelayContext, paths: &[String]) -> Result<(), UserMessage> {
    let root = parts.open.folder.root();
    let failed = |error: StoreError| message_of_store(&error);
    for path in paths {
        let Ok(below) = Path::new(path).strip_prefix(root.path()) else { continue };
        let left = parts.open.database.finished_as(&below.to_string_lossy()).map_err(failed)?;
        if let Some(left) = left {
            remove_unchanged(root, below, left).map_err(failed)?;
        }
    }
    Ok(())
}

/// Writes a file with its folders, whole or not at all.
pub(super) fn write_below(path: &Path, octets: &[u8]) -> Result<(), UserMessage> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|error| message_of_store(&StoreError::from_io("make a folder", error)))?;
    }
    write_whole(path, octets)
}

/// Removes a file; one that is not there is no failure.
pub(super) fn remove(path: &Path) -> Result<(), UserMessage> {
    match std::fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(message_of_store(&StoreError::from_io("remove a file", error))),
    }
}

/// Folders of a run in which nothing lies any more; one in which something lies stays.
fn remove_empty_folders(parts: &RelayContext, key: &RelayKey) {
    for which in [OfWhich::Data, OfWhich::Torrent] {
        let path = parts.path(key, which);
        // The top ones stay: `public/data`, `public/torrent`.
        let own = path.ancestors().skip(1).take(run_folder(&key.dataset, key.run).len());
        for folder in own {
            if std::fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }
}

fn plan_of(file: &RelayFile) -> Done<CanonicalPlan> {
    let offered = FileToPublish { path: vec![file.key.name.clone()], length: file.source.length };
    CanonicalPlan::new(OfferShape::SingleFile, &[offered])
        .map_err(|error| RelayTrouble::Passing(refused(error)))
}

fn open(path: &Path) -> Done<File> {
    File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            RelayTrouble::Gone(RelayMessage::FileMissing { path: show(&path.display().to_string()) }.into())
        }
        _ => unreadable(path, error),
    })
}

fn unreadable(path: &Path, error: std::io::Error) -> RelayTrouble {
    RelayTrouble::Passing(crate::engine::services::inspect::unreadable(path, error))
}

fn changed(path: &Path) -> RelayTrouble {
    RelayTrouble::Gone(RelayMessage::FileChanged { path: show(&path.display().to_string()) }.into())
}

fn passing(error: StoreError) -> RelayTrouble {
    RelayTrouble::Passing(message_of_store(&error))
}

async fn beside_disk<T: Send + 'static>(work: impl FnOnce() -> Done<T> + Send + 'static) -> Done<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(RelayTrouble::Passing(UserMessage::Internal { detail: show(&error.to_string()) })),
    }
}
