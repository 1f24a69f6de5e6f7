//! Last stage: what is in its place is remembered, described and told.
//!
//! In: a [`ProvenFile`]. Out: a row in the folder's database, `NAME.provenance.json` beside it where that is wished, and an
//! event. Nobody but this stage says that a file is there.

use super::messages::JobEnd;
use super::scene::JobScene;
use crate::app::input::Event;
use crate::app::jobs::provenance::FileProvenance;
use crate::app::jobs::request::Provenance;
use crate::app::jobs::view::{FileInPlace, OnDisk};
use crate::app::messages::user_message::UserMessage;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Verdict};
use crate::domain::safe_path::SafePath;
use crate::engine::store::database::ContentRow;
use crate::engine::store::directory::{Directory, OpenHow};
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::Published;
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::output::OutputFolder;
use crate::engine::transfer::content::finished_row;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// So much is read at a time for the digest.
const STRETCH: usize = 1 << 20;

/// A file that was moved into its place.
pub(super) struct ProvenFile {
    pub(super) published: Published,
    /// What is known of its integrity.
    pub(super) verdict: Verdict,
}

/// From which content a file comes.
#[derive(Clone, Copy)]
pub(super) struct PartOfContent {
    pub(super) row: ContentRow,
    /// Which file of it, when it is one as it is.
    pub(super) file: Option<usize>,
}

/// Remembers a file that was made of a content, and tells that it is in its place.
///
/// # Errors
/// When it cannot be remembered.
pub(super) async fn hand_over(
    scene: &JobScene,
    open: &OpenFolder,
    placed: ProvenFile,
    part: PartOfContent,
) -> Result<(), JobEnd> {
    let row = finished_row(part.file, (&placed.published, &placed.verdict), scene.utc());
    open.database.finish(part.row, &row)?;
    tell_in_place(scene, placed, &open.folder).await;
    Ok(())
}

/// Tells that a file is in its place, and whether another had to make room; writes where it comes from when that is
/// wished.
pub(super) async fn tell_in_place(scene: &JobScene, placed: ProvenFile, folder: &Arc<OutputFolder>) {
    let ProvenFile { published, verdict } = placed;
    let root = folder.root().path();
    let whole =
        |path: &SafePath| root.join(path.components().iter().collect::<PathBuf>()).display().to_string();
    let kept_as = published.kept_as.as_ref().map(whole);
    let path = whole(&published.path);
    if let Some(kept_as) = kept_as.clone() {
        scene.note(UserMessage::KeptExisting { path: path.clone(), kept_as });
    }
    // How it was left, and when it was read last where it was not read now.
    let disk = OnDisk { stamp: Some(published.stamp), verified_at: published.not_read_since };
    let file = FileInPlace { path, length: published.length, verdict, kept_as, disk };
    if scene.request().products.provenance == Provenance::Beside {
        describe(scene, &published.path, &file, folder).await;
    }
    scene.tell(Event::InPlace(scene.id, Box::new(file)));
}

async fn describe(scene: &JobScene, path: &SafePath, file: &FileInPlace, folder: &Arc<OutputFolder>) {
    let origin = scene.wish.provenance(scene.utc());
    let (path, file, folder) = (path.clone(), file.clone(), folder.clone());
    let writing = tokio::task::spawn_blocking(move || write_beside(folder.root(), (&path, &file), &origin));
    match writing.await.map_err(JobEnd::internal) {
        Ok(Ok(())) => {}
        // The file itself is in its place and proven.
        Ok(Err(error)) => scene.note(JobEnd::from(error).message),
        Err(end) => scene.note(end.message),
    }
}

/// Writes where a file comes from, in place of what was written before.
fn write_beside(
    root: &Directory,
    (path, file): (&SafePath, &FileInPlace),
    origin: &FileProvenance,
) -> Result<(), StoreError> {
    let mut folders = Vec::new();
    for name in path.folders() {
        let folder = folders.last().unwrap_or(root).enter(name)?;
        folders.push(folder);
    }
    let folder = folders.last().unwrap_or(root);
    let text = origin.to_text(path.file_name(), file, &digest_of(folder, path.file_name())?);
    let name = format!("{}.provenance.json", path.file_name());
    folder.remove_file(&name)?;
    let failed = |error| StoreError::from_io(format!("write {name}"), error);
    folder.open_file(&name, OpenHow::CreateNew)?.write_all(text.as_bytes()).map_err(failed)
}

fn digest_of(folder: &Directory, name: &str) -> Result<Digest, StoreError> {
    let failed = |error| StoreError::from_io(format!("read {name}"), error);
    let mut file = folder.open_file(name, OpenHow::Read)?;
    let mut digester = Digester::new(DigestAlgorithm::Sha256);
    let mut buffer = vec![0; STRETCH];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(digester.finish()),
            count => digester.update(&buffer[..count]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::octets::ByteCount;
    use crate::domain::utc::UtcTime;

    #[test]
    fn what_is_written_beside_a_file_has_its_digest_and_replaces_what_was_written_before() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.grib2"), b"abc").expect("room");
        std::fs::write(folder.path().join("a.grib2.provenance.json"), b"old").expect("room");
        let file = FileInPlace {
            path: "a.grib2".to_owned(),
            length: ByteCount(3),
            verdict: Verdict::NotAnnounced,
            kept_as: None,
            disk: Default::default(),
        };
        let origin = FileProvenance {
            targets: Vec::new(),
            chosen: [None, None, None],
            members: None,
            entry: None,
            at: UtcTime::default(),
        };
        let root = Directory::open_or_create(folder.path()).expect("a folder");
        write_beside(&root, (&SafePath::from_name("a.grib2"), &file), &origin).expect("room");
        let text = std::fs::read_to_string(folder.path().join("a.grib2.provenance.json")).expect("a file");
        assert!(text.contains(&Digest::of(DigestAlgorithm::Sha256, b"abc").hex()), "{text}");
    }
}
