//! Removes what was fetched and is too old or too much: only files that following put there, and only as it left them.

use super::Follower;
use crate::app::follow::FollowNews;
use crate::app::keeping::{FetchedFile, Keeping};
use crate::catalog::runs::Now;
use crate::domain::octets::ByteCount;
use crate::domain::utc::UtcTime;
use crate::engine::services::jobs::messages::JobEnd;
use crate::engine::store::database::FollowedFile;
use crate::engine::store::removal::remove_unchanged;
use std::path::Path;

impl Follower<'_> {
    /// Removes what the wish says is to go, and forgets where it lay; it is not fetched again.
    pub(super) fn remove_what_is_too_much(&self) -> Result<(), JobEnd> {
        let keeping = self.wish.keeping();
        // A clock that was just set makes files look old that are not.
        let is_sure = matches!(self.scene.context.shared.judging_now(), Now::Steady(_));
        if keeping == Keeping::default() || !is_sure {
            return Ok(());
        }
        let mut files = self.open.database.followed_files(self.row.id)?;
        files.retain(|file| file.is_fetched() && !file.paths.is_empty());
        files.sort_by_key(|file| (file.run, file.since));
        let root = self.open.folder.root();
        let figures: Vec<FetchedFile> = files
            .iter()
            .map(|file| FetchedFile { since: file.since, length: length_of(root.path(), file) })
            .collect();
        let now = self.scene.context.shared.clock.utc();
        for place in keeping.to_remove(&figures, now) {
            self.remove(&files[place], now)?;
        }
        Ok(())
    }

    fn remove(&self, file: &FollowedFile, now: UtcTime) -> Result<(), JobEnd> {
        let root = self.open.folder.root();
        for path in file.paths.lines() {
            let Ok(below) = Path::new(path).strip_prefix(root.path()) else { continue };
            let placed = below.to_string_lossy().into_owned();
            let Some((length, modified)) = self.open.database.finished_as(&placed)? else { continue };
            if remove_unchanged(root, below, (length, modified))? {
                let (name, path) = (self.row.name.clone(), path.to_owned());
                self.tell(FollowNews::Removed { name, path });
            }
        }
        let noted =
            FollowedFile { state: "removed".to_owned(), paths: String::new(), since: now, ..file.clone() };
        Ok(self.open.database.note_followed(self.row.id, &noted)?)
    }
}

fn length_of(root: &Path, file: &FollowedFile) -> ByteCount {
    let of = |path: &str| {
        let below = Path::new(path).strip_prefix(root).ok()?;
        std::fs::symlink_metadata(root.join(below)).ok().filter(std::fs::Metadata::is_file)
    };
    ByteCount(file.paths.lines().filter_map(of).map(|found| found.len()).sum())
}
