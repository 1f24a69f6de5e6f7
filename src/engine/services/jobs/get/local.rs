//! Some fields of a file that lies on this machine: no source but the disk.

use super::super::cut::inside::{INSIDE, choose_inside, cut_all, cuts_inside, end_of, open_inside};
use super::super::hand_over::{ProvenFile, tell_in_place};
use super::super::messages::JobEnd;
use super::super::plan::Planned;
use super::super::run::JobRun;
use super::super::scene::JobScene;
use super::streamed::structure_of;
use crate::app::catalog::route::Route;
use crate::app::jobs::content_sums::taken_from_disk;
use crate::app::jobs::piece_plan::plan_of;
use crate::app::jobs::request::CompressedFiles;
use crate::domain::compression::Compression;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::publish_product;
use crate::engine::store::output::OutputFolder;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::field_index;
use crate::grib::index::GribIndex;
use crate::grib::slicing::Slices;
use crate::grib::structure::Structure;
use crate::transfer::verification::Form::WellFormed;
use crate::transfer::verification::{NoProof, accept_form};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where slices of local files are put together.
const WORKSHOP: &str = "local";

/// The name of a compressed file that is kept as it is, among partial files.
const KEPT: &str = "kept";

/// Cuts what is wanted out of a file of this machine.
///
/// # Errors
/// When it cannot be read, or has nothing that is wanted.
pub(super) async fn cut_local(scene: &JobScene, run: &mut JobRun, path: PathBuf) -> Result<(), JobEnd> {
    let name = path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
    scene.tell_name(&name);
    let (folder, shown) = (Arc::clone(&run.open.folder), show(&name));
    let reading = tokio::task::spawn_blocking(move || open_local(&path, &folder, &shown));
    let opened = reading.await.map_err(JobEnd::internal)??;
    if scene.selection().is_everything() {
        let whole = Arc::clone(&opened.file);
        let checking = tokio::task::spawn_blocking(move || refuse_broken(&whole));
        checking.await.map_err(JobEnd::internal)??;
    }
    scene.note_given_up(&opened.index);
    let slices = choose_inside(scene, run, &opened.index, &show(&name))?;
    let summary = plan_of(&slices, &[(Route::OnDisk, ByteCount::ZERO)], 0);
    let Some(slices) = (Planned { summary, order: slices }).told(scene, run) else { return Ok(()) };
    place_local(scene, run, (opened, SafePath::from_name(&name)), &slices).await
}

async fn place_local(
    scene: &JobScene,
    run: &mut JobRun,
    (opened, path): (OpenedFile, SafePath),
    slices: &Slices,
) -> Result<(), JobEnd> {
    let OpenedFile { file, compressed, .. } = opened;
    let folder = Arc::clone(&run.open.folder);
    let is_kept = scene.request().products.compressed == CompressedFiles::Kept;
    let (taken, done) = if let Some(compressed) = compressed.filter(|_| is_kept) {
        let keeping = tokio::task::spawn_blocking(move || keep(&compressed, &path, &folder));
        let placed = keeping.await.map_err(JobEnd::internal)??;
        (placed.published.length, vec![placed])
    } else {
        let cuts = cuts_inside(scene, &path, slices);
        let cutting = tokio::task::spawn_blocking(move || {
            let partials = folder.partials(WORKSHOP)?;
            let done = cut_all(&file, &cuts, (&folder, &partials));
            partials.directory().remove_file(INSIDE)?;
            folder.tidy(WORKSHOP);
            done
        });
        (slices.wanted(), cutting.await.map_err(JobEnd::internal)??)
    };
    run.contents.count_moved(scene, &taken_from_disk(taken));
    run.answers.note_found(slices);
    for placed in done {
        tell_in_place(scene, placed, &run.open.folder).await;
    }
    Ok(())
}

/// Of a broken file some fields may be taken; the whole of it is not handed on as sound.
fn refuse_broken(file: &File) -> Result<(), JobEnd> {
    match structure_of(file)? {
        Structure::Broken { detail } => Err(NoProof::NotWellFormed { detail }.into()),
        Structure::WellFormed { .. } | Structure::NotGrib => Ok(()),
    }
}

/// A file of this machine, ready to be cut.
struct OpenedFile {
    /// What the fields are cut out of: the file, or what is inside of it.
    file: Arc<File>,
    index: GribIndex,
    /// The file as it lies there, when it is compressed.
    compressed: Option<File>,
}

fn open_local(path: &Path, folder: &OutputFolder, shown: &str) -> Result<OpenedFile, JobEnd> {
    let failed = |error| StoreError::from_io("read the file", error);
    let file = File::open(path).map_err(failed)?;
    let mut first = [0; 16];
    let count = read_up_to(&file, &mut first, 0).map_err(failed)?;
    let Some(compression) = Compression::from_magic(&first[..count]) else {
        let index = field_index::walk_file(&file).map_err(failed)?;
        return Ok(OpenedFile { file: Arc::new(file), index, compressed: None });
    };
    let (inside, index) =
        open_inside(compression, &file, &folder.partials(WORKSHOP)?).map_err(|error| end_of(error, shown))?;
    Ok(OpenedFile { file: Arc::new(inside), index, compressed: Some(file) })
}

/// Copies a compressed file as it is; what is inside was read to its end before.
fn keep(compressed: &File, path: &SafePath, folder: &OutputFolder) -> Result<ProvenFile, JobEnd> {
    let failed = |error| StoreError::from_io("copy the file", error);
    let partials = folder.partials(WORKSHOP)?;
    let copy = partials.directory().open_file(KEPT, OpenHow::Update)?;
    copy.set_len(0).map_err(failed)?;
    let (mut from, mut to) = (compressed, &copy);
    from.seek(SeekFrom::Start(0)).map_err(failed)?;
    let length = ByteCount(std::io::copy(&mut from, &mut to).map_err(failed)?);
    let proof = accept_form(WellFormed, length)?;
    let published = publish_product(folder.root(), &partials, KEPT, path, &proof)?;
    partials.directory().remove_file(INSIDE)?;
    folder.tidy(WORKSHOP);
    Ok(ProvenFile { published, verdict: proof.verdict().clone() })
}
