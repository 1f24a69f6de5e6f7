//! Third stage: brings what was planned here, from whoever gives it, and keeps the account.
//!
//! In: a brief of one content. Out: [`Fetched`], or why it did not become complete. Contents of which everything is here go on
//! giving meanwhile.

mod briefs;
pub(super) mod contents;
mod giving;
mod progress_rows;
pub(super) mod remote_brief;
pub(super) mod stream;
pub(super) mod torrent_brief;

use super::messages::JobEnd;
use super::run::JobRun;
use super::scene::JobScene;
use crate::engine::store::database::ContentRow;
use crate::engine::store::file_set::FileSet;
use crate::engine::transfer::content::{ContentBrief, ContentEnd, Ended};
use crate::transfer::ledger::Ledger;
use std::sync::Arc;

/// A content of which everything that is wanted is held.
pub(super) struct Fetched {
    /// Its files.
    pub(super) files: Arc<FileSet>,
    /// Its row in the folder's database.
    pub(super) row: ContentRow,
    /// Who gave which octets.
    pub(super) ledger: Ledger,
}

/// A content that did not become complete.
pub(super) struct Unfetched {
    /// Why.
    pub(super) end: JobEnd,
    /// What of it is held.
    pub(super) ledger: Ledger,
}

impl From<Box<Unfetched>> for JobEnd {
    fn from(unfetched: Box<Unfetched>) -> Self {
        unfetched.end
    }
}

/// Runs a content until everything that is wanted of it is held, and files that are wanted whole are in their place.
///
/// # Errors
/// Why it did not become complete.
pub(super) async fn fetch(
    scene: &JobScene,
    run: &mut JobRun,
    brief: ContentBrief,
) -> Result<Fetched, Box<Unfetched>> {
    let JobRun { contents, open, .. } = run;
    settled(contents.run(scene, open, brief).await)
}

/// Success, or why the content did not become complete.
fn settled(ended: Ended) -> Result<Fetched, Box<Unfetched>> {
    let Ended { end, last, files, ledger, row } = ended;
    let end = match end {
        ContentEnd::Complete => match (files, row) {
            (Some(files), Some(row)) => return Ok(Fetched { files, row, ledger }),
            _ => JobEnd::stopped(),
        },
        ContentEnd::Exhausted(troubles) => {
            let label = |id| last.sources.iter().find(|row| row.id == id).map(|row| row.label.clone());
            JobEnd::exhausted(&troubles, label).with_troubles(progress_rows::troubles_of_finders(&last))
        }
        ContentEnd::Store(error) => error.into(),
        ContentEnd::NotProven(error) => error.into(),
        ContentEnd::Stopped => JobEnd::stopped(),
    };
    Err(Box::new(Unfetched { end, ledger }))
}
