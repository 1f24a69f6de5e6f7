//! Finds the files that are announced below folders.
//!
//! In: files and folders that a person named. Out: each file as it was read, or why it is not announced. Names are opened one by
//! one below a folder's handle and links are never followed, so that nothing outside is announced. Runs on a thread that may wait.

use super::measuring::{FoundFile, Goes, Measuring, sight, unreadable, what_else};
use crate::app::mesh::announcing::{AnnounceSpan, NotAnnounced};
use crate::domain::outside_text::show;
use crate::engine::store::directory::{Directory, EntryKind};
use crate::engine::store::error::StoreError;
use crate::mesh::post::place::{SharedPath, is_provisional};
use crate::mesh::post::steadiness::Steadiness;
use crate::mesh::post::watched::WatchedFiles;
use crate::mesh::post::{Announceable, PostKind, PostTerms};
use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// From one look at watched folders to the next. They are looked at rather than reported by the system, so that those on the
/// disks of other computers are watched as well.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Most names that are remembered as told while watching.
const MOST_TOLD: usize = 10_000;

/// A folder that is looked at, or one file of it.
struct NamedRoot {
    path: PathBuf,
    only: Option<OsString>,
    watched: WatchedFiles,
}

/// Finds files until everything was looked at, nobody takes them, or it is told to stop.
pub(super) struct Finder {
    measuring: Measuring,
    terms: Arc<PostTerms>,
    span: AnnounceSpan,
    told: HashSet<(PathBuf, &'static str)>,
}

impl Finder {
    pub(super) fn new(measuring: Measuring, (terms, span): (PostTerms, AnnounceSpan)) -> Self {
        Self { measuring, terms: Arc::new(terms), span, told: HashSet::new() }
    }

    pub(super) fn run(mut self, paths: &[PathBuf]) {
        let mut roots: Vec<NamedRoot> = paths.iter().map(|path| root_of(path)).collect();
        loop {
            if roots.iter_mut().try_for_each(|root| self.look_at(root)).is_break()
                || self.span == AnnounceSpan::Once
                || self.measuring.sleep(BETWEEN_LOOKS).is_break()
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
        if self.measuring.is_stopping() {
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
        match self.measuring.measure(folder, path, (Steadiness::default(), None)) {
            Ok(Some(measured)) => {
                let news = match is_watched {
                    true => root.watched.settle(path, measured.sight, &measured.facts.digest),
                    false => Some(PostKind::New),
                };
                let file = show(&place.display().to_string());
                news.map_or(Goes::Continue(()), |news| {
                    let file_of = Announceable::File(Box::new(measured.facts), news, self.terms.clone());
                    self.measuring.send(FoundFile::Ready(file_of, file))
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
        self.measuring.send(FoundFile::Refused(show(&place.display().to_string()), why))
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
