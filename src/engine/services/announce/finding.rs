//! Finds the files that are announced, and reads each once: its digest, its length, how it begins.
//!
//! In: files and folders that a person named. Out: what is known of each file, or why it is not announced. Names are opened one by
//! one below a folder's handle and links are never followed, so that nothing outside is announced. Runs on a thread that may wait.

use crate::app::mesh::announcing::{AnnounceSpan, NotAnnounced};
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester};
use crate::domain::on_disk::Stamp;
use crate::domain::outside_text::show;
use crate::domain::utc::UtcMillis;
use crate::engine::clock::Clock;
use crate::engine::store::directory::{Directory, EntryKind, OpenHow};
use crate::engine::store::error::StoreError;
use crate::engine::store::positioned::read_up_to;
use crate::mesh::post::place::{SharedPath, is_provisional};
use crate::mesh::post::steadiness::{FileRest, FileSight, Steadiness};
use crate::mesh::post::watched::WatchedFiles;
use crate::mesh::post::{FileFacts, HEAD, PostKind};
use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// From one look at watched folders to the next. They are looked at rather than reported by the system, so that those on the
/// disks of other computers are watched as well.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// How long is slept before it is asked again whether to stop.
const NAP: Duration = Duration::from_millis(100);

/// Most names that are remembered as told while watching.
const MOST_TOLD: usize = 10_000;

/// A file that was found, or why it is not announced.
pub(super) enum FoundFile {
    File(Box<(FileFacts, PostKind)>, String),
    Refused(String, NotAnnounced),
}

/// A folder that is looked at, or one file of it.
struct NamedRoot {
    path: PathBuf,
    only: Option<OsString>,
    watched: WatchedFiles,
}

/// Finds files until everything was looked at, nobody takes them, or it is told to stop.
pub(super) struct Finder {
    pub(super) found: mpsc::Sender<FoundFile>,
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) clock: Clock,
    pub(super) span: AnnounceSpan,
    told: HashSet<(PathBuf, &'static str)>,
}

type Goes = ControlFlow<()>;

impl Finder {
    pub(super) fn new(
        found: mpsc::Sender<FoundFile>,
        stopping: watch::Receiver<bool>,
        (clock, span): (Clock, AnnounceSpan),
    ) -> Self {
        Self { found, stopping, clock, span, told: HashSet::new() }
    }

    pub(super) fn run(mut self, paths: &[PathBuf]) {
        let mut roots: Vec<NamedRoot> = paths.iter().map(|path| root_of(path)).collect();
        loop {
            if roots.iter_mut().try_for_each(|root| self.look_at(root)).is_break()
                || self.span == AnnounceSpan::Once
                || self.sleep(BETWEEN_LOOKS).is_break()
            {
                return;
            }
        }
    }

    fn look_at(&mut self, root: &mut NamedRoot) -> Goes {
        if !root.path.is_dir() {
            return self.refuse(&root.path.clone(), NotAnnounced::Missing);
        }
        let folder = match Directory::open(&root.path) {
            Ok(folder) => folder,
            Err(error) => return self.refuse(&root.path.clone(), unreadable(&error)),
        };
        root.watched.begin();
        let mut names = Vec::new();
        let goes = match root.only.clone() {
            Some(name) => self.visit((&mut *root, &folder), &mut names, name),
            None => self.walk(root, &folder, &mut names),
        };
        root.watched.end();
        goes
    }

    /// Everything in a folder, in the order of names.
    fn walk(&mut self, root: &mut NamedRoot, folder: &Directory, names: &mut Vec<OsString>) -> Goes {
        let listed = std::fs::read_dir(folder.path()).and_then(|entries| {
            entries.map(|entry| entry.map(|entry| entry.file_name())).collect::<io::Result<Vec<_>>>()
        });
        let mut listed = match listed {
            Ok(listed) => listed,
            Err(error) => {
                let what = format!("list {}", folder.path().display());
                return self.refuse(folder.path(), unreadable(&StoreError::from_io(what, error)));
            }
        };
        listed.sort_unstable();
        listed
            .into_iter()
            .filter(|name| !is_provisional(&name.to_string_lossy()))
            .try_for_each(|name| self.visit((&mut *root, folder), names, name))
    }

    fn visit(
        &mut self,
        (root, folder): (&mut NamedRoot, &Directory),
        names: &mut Vec<OsString>,
        name: OsString,
    ) -> Goes {
        if *self.stopping.borrow() {
            return Goes::Break(());
        }
        let place = folder.path().join(&name);
        names.push(name);
        let path = SharedPath::of(&names[..]);
        let goes = match path {
            Ok(path) => match folder.entry(path.file_name()) {
                Ok(Some(entry)) => match entry.kind {
                    EntryKind::File => self.file(root, (folder, &path)),
                    EntryKind::Directory => match folder.enter(path.file_name()) {
                        Ok(inner) => self.walk(root, &inner, names),
                        Err(error) => self.refuse(&place, unreadable(&error)),
                    },
                    EntryKind::Other => self.refuse(&place, what_else(&place)),
                },
                Ok(None) => self.is_gone(&place),
                Err(error) => self.refuse(&place, unreadable(&error)),
            },
            Err(refusal) => self.refuse(&place, NotAnnounced::Path(refusal)),
        };
        names.pop();
        goes
    }

    fn file(&mut self, root: &mut NamedRoot, (folder, path): (&Directory, &SharedPath)) -> Goes {
        let name = path.file_name();
        let is_watched = self.span == AnnounceSpan::Watched;
        let seen = sight(folder, name).ok().flatten().unwrap_or_default();
        if is_watched && !root.watched.is_due(path, seen) {
            return Goes::Continue(());
        }
        let place = folder.path().join(name);
        match self.measure(folder, path) {
            Ok(Some((facts, sight))) => {
                let news = match is_watched {
                    true => root.watched.settle(path, sight, &facts.digest),
                    false => Some(PostKind::New),
                };
                let file = show(&place.display().to_string());
                news.map_or(Goes::Continue(()), |news| {
                    self.send(FoundFile::File(Box::new((facts, news)), file))
                })
            }
            Ok(None) => Goes::Break(()),
            Err(NotAnnounced::Missing) => self.is_gone(&place),
            Err(why) => {
                root.watched.set_aside(path, seen);
                // It is told anew when it has changed and still cannot be announced.
                self.told.remove(&(place.clone(), why.key()));
                self.refuse(&place, why)
            }
        }
    }

    /// Reads a file until it is the same before and after. `None` when it was told to stop.
    fn measure(
        &self,
        folder: &Directory,
        path: &SharedPath,
    ) -> Result<Option<(FileFacts, FileSight)>, NotAnnounced> {
        let name = path.file_name();
        let mut looks = Steadiness::default();
        let gone = || NotAnnounced::Missing;
        loop {
            let before = sight(folder, name).map_err(|error| unreadable(&error))?.ok_or_else(gone)?;
            let mut look = looks.before(before, self.clock.utc_millis());
            if look == FileRest::Steady {
                if before.length == 0 {
                    return Err(NotAnnounced::Empty);
                }
                let Some((digest, head, read)) = self.read(folder, (name, before.length))? else {
                    return Ok(None);
                };
                let after = sight(folder, name).map_err(|error| unreadable(&error))?.ok_or_else(gone)?;
                look = looks.after(before, after, read);
                if look == FileRest::Steady {
                    let millis = i64::try_from(before.stamp.modified.div_euclid(1_000_000)).ok();
                    let modified = millis.and_then(UtcMillis::from_unix_millis);
                    let (path, length) = (path.clone(), before.length);
                    return Ok(Some((FileFacts { path, length, modified, digest, head }, before)));
                }
            }
            match look {
                FileRest::Again(wait) if self.sleep(wait).is_break() => return Ok(None),
                FileRest::Again(_) | FileRest::Steady => {}
                FileRest::Unsteady => return Err(NotAnnounced::Unsteady),
            }
        }
    }

    /// Digest, beginning and length of what is read; no more than was expected and a little. `None` when told to stop.
    fn read(
        &self,
        folder: &Directory,
        (name, expected): (&str, u64),
    ) -> Result<Option<(Digest, Vec<u8>, u64)>, NotAnnounced> {
        let file = match folder.open_file(name, OpenHow::Read) {
            Ok(file) => file,
            Err(_) if matches!(folder.entry(name), Ok(None)) => return Err(NotAnnounced::Missing),
            Err(error) => return Err(unreadable(&error)),
        };
        let (mut digester, mut head, mut at) = (Digester::new(DigestAlgorithm::Sha512), Vec::new(), 0);
        let mut buffer = vec![0; 256 << 10];
        while at <= expected {
            if *self.stopping.borrow() {
                return Ok(None);
            }
            let failed = |error| unreadable(&StoreError::from_io(format!("read {name}"), error));
            let count = read_up_to(&file, &mut buffer, at).map_err(failed)?;
            if count == 0 {
                break;
            }
            digester.update(&buffer[..count]);
            head.extend(buffer[..count].iter().take(HEAD.saturating_sub(head.len())));
            at += count as u64;
        }
        Ok(Some((digester.finish(), head, at)))
    }

    /// A file that was listed is not there any more: no news where files come and go.
    fn is_gone(&mut self, place: &Path) -> Goes {
        match self.span {
            AnnounceSpan::Once => self.refuse(place, NotAnnounced::Missing),
            AnnounceSpan::Watched => Goes::Continue(()),
        }
    }

    /// Tells why something is not announced; while watching, once.
    fn refuse(&mut self, place: &Path, why: NotAnnounced) -> Goes {
        if self.span == AnnounceSpan::Watched {
            if !self.told.insert((place.to_owned(), why.key())) {
                return Goes::Continue(());
            }
            if self.told.len() > MOST_TOLD {
                self.told.clear();
            }
        }
        self.send(FoundFile::Refused(show(&place.display().to_string()), why))
    }

    fn send(&self, found: FoundFile) -> Goes {
        match self.found.blocking_send(found) {
            Ok(()) => Goes::Continue(()),
            Err(_) => Goes::Break(()),
        }
    }

    fn sleep(&self, wait: Duration) -> Goes {
        let until = self.clock.now().after(wait);
        loop {
            if *self.stopping.borrow() || self.found.is_closed() {
                return Goes::Break(());
            }
            match until.since(self.clock.now()) {
                Duration::ZERO => return Goes::Continue(()),
                left => std::thread::sleep(left.min(NAP)),
            }
        }
    }
}

/// A folder that was named, or the one in which a named file lies.
fn root_of(path: &Path) -> NamedRoot {
    let (folder, only) = match (path.is_dir(), path.file_name(), path.parent()) {
        (false, Some(name), Some(parent)) => (parent, Some(name.to_owned())),
        _ => (path, None),
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    NamedRoot { path: folder.to_owned(), only, watched: WatchedFiles::default() }
}

fn sight(folder: &Directory, name: &str) -> Result<Option<FileSight>, StoreError> {
    let seen = folder.entry(name)?;
    Ok(seen.map(|seen| FileSight {
        length: seen.length,
        stamp: Stamp { modified: seen.modified, altered: seen.altered },
    }))
}

fn what_else(place: &Path) -> NotAnnounced {
    match std::fs::symlink_metadata(place) {
        Ok(found) if found.is_symlink() => NotAnnounced::Link,
        _ => NotAnnounced::Special,
    }
}

fn unreadable(error: &StoreError) -> NotAnnounced {
    NotAnnounced::Unreadable(Box::new(crate::engine::store::error::message_of_store(error)))
}
