//! Reads a file that is to be announced once: its digest, its length, how it begins.
//!
//! In: a folder's handle and the path of a file. Out: [`MeasuredFile`], once the file was the same before and after; or why it is not
//! announced. Links are never followed. Runs on a thread that may wait, and hears when it is told to stop.

use crate::app::mesh::announcing::{NotAnnounced, PassedOver, TermsRemark};
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester};
use crate::domain::on_disk::Stamp;
use crate::domain::utc::UtcMillis;
use crate::engine::clock::Clock;
use crate::engine::store::directory::{Directory, EntryKind, OpenHow};
use crate::engine::store::error::{StoreError, message_of_store};
use crate::engine::store::positioned::read_up_to;
use crate::mesh::post::place::SharedPath;
use crate::mesh::post::steadiness::{FileRest, FileSight, Steadiness};
use crate::mesh::post::{Announceable, FileFacts, HEAD};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How long is slept before it is asked again whether to stop.
pub(super) const NAP: Duration = Duration::from_millis(100);

/// Something that was found.
pub(super) enum FoundFile {
    Ready(Announceable, String),
    Refused(String, NotAnnounced),
    PassedOver(String, PassedOver),
    Remarked(TermsRemark),
}

/// Whether to go on.
pub(super) type Goes = ControlFlow<()>;

/// A file that was read.
pub(super) struct MeasuredFile {
    pub(super) facts: FileFacts,
    pub(super) sight: FileSight,
    /// The digest by the other method, where one was asked for.
    pub(super) other: Option<Digest>,
}

/// Digests of a file, how it begins, and its length.
struct ReadFile {
    digest: Digest,
    other: Option<Digest>,
    head: Vec<u8>,
    length: u64,
}

/// Reads files, and hands on what was found.
pub(super) struct Measuring {
    pub(super) found: mpsc::Sender<FoundFile>,
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) clock: Clock,
}

impl Measuring {
    /// Reads a file until it is the same before and after. `None` when it was told to stop.
    pub(super) fn measure(
        &self,
        folder: &Directory,
        path: &SharedPath,
        (mut looks, also): (Steadiness, Option<DigestAlgorithm>),
    ) -> Result<Option<MeasuredFile>, NotAnnounced> {
        let name = path.file_name();
        let gone = || NotAnnounced::Missing;
        loop {
            let before = sight(folder, name).map_err(|error| unreadable(&error))?.ok_or_else(gone)?;
            let mut look = looks.before(before, self.clock.utc_millis());
            if look == FileRest::Steady {
                if before.length == 0 {
                    return Err(NotAnnounced::Empty);
                }
                let Some(read) = self.read(folder, (name, before.length), also)? else { return Ok(None) };
                let after = sight(folder, name).map_err(|error| unreadable(&error))?.ok_or_else(gone)?;
                look = looks.after(before, after, read.length);
                if look == FileRest::Steady {
                    let millis = i64::try_from(before.stamp.modified.div_euclid(1_000_000)).ok();
                    let modified = millis.and_then(UtcMillis::from_unix_millis);
                    let (path, length) = (path.clone(), before.length);
                    let ReadFile { digest, other, head, .. } = read;
                    let facts = FileFacts { path, length, modified, digest, head };
                    return Ok(Some(MeasuredFile { facts, sight: before, other }));
                }
            }
            match look {
                FileRest::Again(wait) if self.sleep(wait).is_break() => return Ok(None),
                FileRest::Again(_) | FileRest::Steady => {}
                FileRest::Unsteady => return Err(NotAnnounced::Unsteady),
            }
        }
    }

    /// Digests, beginning and length of what is read; no more than was expected and a little. `None` when told to stop.
    fn read(
        &self,
        folder: &Directory,
        (name, expected): (&str, u64),
        also: Option<DigestAlgorithm>,
    ) -> Result<Option<ReadFile>, NotAnnounced> {
        let file = match folder.open_file(name, OpenHow::Read) {
            Ok(file) => file,
            Err(_) if matches!(folder.entry(name), Ok(None)) => return Err(NotAnnounced::Missing),
            Err(error) => return Err(unreadable(&error)),
        };
        let (mut digester, mut head, mut at) = (Digester::new(DigestAlgorithm::Sha512), Vec::new(), 0);
        let mut other = also.map(Digester::new);
        let mut buffer = vec![0; 256 << 10];
        while at <= expected {
            if self.is_stopping() {
                return Ok(None);
            }
            let failed = |error| unreadable(&StoreError::from_io(format!("read {name}"), error));
            let count = read_up_to(&file, &mut buffer, at).map_err(failed)?;
            if count == 0 {
                break;
            }
            digester.update(&buffer[..count]);
            other.iter_mut().for_each(|other| other.update(&buffer[..count]));
            head.extend(buffer[..count].iter().take(HEAD.saturating_sub(head.len())));
            at += count as u64;
        }
        let other = other.map(Digester::finish);
        Ok(Some(ReadFile { digest: digester.finish(), other, head, length: at }))
    }

    /// A file at a path below a folder of which somebody says that it is finished.
    pub(super) fn measure_below(
        &self,
        root: &Directory,
        path: &SharedPath,
        also: Option<DigestAlgorithm>,
    ) -> Result<Option<MeasuredFile>, NotAnnounced> {
        let found = |folder: &Directory, name: &str| {
            let entry = folder.entry(name).map_err(|error| unreadable(&error))?;
            entry.map(|entry| entry.kind).ok_or(NotAnnounced::Missing)
        };
        let mut inner: Option<Directory> = None;
        for name in path.folders() {
            let folder = inner.as_ref().unwrap_or(root);
            found(folder, name)?;
            inner = Some(folder.enter(name).map_err(|error| unreadable(&error))?);
        }
        let folder = inner.as_ref().unwrap_or(root);
        match found(folder, path.file_name())? {
            EntryKind::File => self.measure(folder, path, (Steadiness::told_finished(), also)),
            EntryKind::Directory | EntryKind::Other => Err(what_else(&folder.path().join(path.file_name()))),
        }
    }

    /// Whether it was told to stop, or nobody takes what is found.
    pub(super) fn is_stopping(&self) -> bool {
        *self.stopping.borrow() || self.found.is_closed()
    }

    pub(super) fn send(&self, found: FoundFile) -> Goes {
        match self.found.blocking_send(found) {
            Ok(()) => Goes::Continue(()),
            Err(_) => Goes::Break(()),
        }
    }

    pub(super) fn sleep(&self, wait: Duration) -> Goes {
        let until = self.clock.now().after(wait);
        loop {
            if self.is_stopping() {
                return Goes::Break(());
            }
            match until.since(self.clock.now()) {
                Duration::ZERO => return Goes::Continue(()),
                left => std::thread::sleep(left.min(NAP)),
            }
        }
    }
}

pub(super) fn sight(folder: &Directory, name: &str) -> Result<Option<FileSight>, StoreError> {
    let seen = folder.entry(name)?;
    Ok(seen.map(|seen| FileSight {
        length: seen.length,
        stamp: Stamp { modified: seen.modified, altered: seen.altered },
    }))
}

pub(super) fn what_else(place: &Path) -> NotAnnounced {
    match std::fs::symlink_metadata(place) {
        Ok(found) if found.is_symlink() => NotAnnounced::Link,
        _ => NotAnnounced::Special,
    }
}

pub(super) fn unreadable(error: &StoreError) -> NotAnnounced {
    NotAnnounced::Unreadable(Box::new(message_of_store(error)))
}
