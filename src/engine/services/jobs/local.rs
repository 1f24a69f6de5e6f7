//! Some fields of a file that lies on this machine: no source but the disk.

use super::decompressed::{INSIDE, cut_all, end_of, open_inside};
use super::messages::JobEnd;
use super::planning::plan_of;
use super::streamed::structure_of;
use super::{Event, Job};
use crate::app::request::CompressedFiles;
use crate::app::state::{Road, Transfer};
use crate::domain::compression::Compression;
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::domain::source::SourceKind;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{Published, publish_product};
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::output::OutputFolder;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::field_index;
use crate::grib::index::GribIndex;
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

impl Job {
    pub(super) async fn cut_local(&mut self, path: PathBuf, open: &OpenFolder) -> Result<(), JobEnd> {
        let name =
            path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
        self.tell(Event::Named(self.id, show(&name)));
        let (folder, shown) = (Arc::clone(&open.folder), show(&name));
        let reading = tokio::task::spawn_blocking(move || open_local(&path, &folder, &shown));
        let Opened { file, index, compressed } = reading.await.map_err(JobEnd::internal)??;
        let file = Arc::new(file);
        if self.request.selection.is_everything() {
            let whole = Arc::clone(&file);
            let checking = tokio::task::spawn_blocking(move || refuse_broken(&whole));
            checking.await.map_err(JobEnd::internal)??;
        }
        self.note_given_up(&index);
        let slices = self.slices_inside(&index, &show(&name))?;
        if !self.goes_on_with(plan_of(&slices, &[(Road::OnDisk, ByteCount::ZERO)], 0)) {
            return Ok(());
        }
        let is_kept = self.request.products.compressed == CompressedFiles::Kept;
        if let Some(compressed) = compressed.filter(|_| is_kept) {
            let path = SafePath::from_name(&name);
            let folder = Arc::clone(&open.folder);
            let keeping = tokio::task::spawn_blocking(move || keep(&compressed, &path, &folder));
            let (published, verdict) = keeping.await.map_err(JobEnd::internal)??;
            self.count_from_disk(published.length);
            self.note_found(&slices);
            self.tell_in_place(&published, verdict, &open.folder).await;
            return Ok(());
        }
        let wanted = slices.wanted();
        let cuts = self.cuts_of(&SafePath::from_name(&name), &slices);
        let folder = Arc::clone(&open.folder);
        let cutting = tokio::task::spawn_blocking(move || {
            let partials = folder.partials(WORKSHOP)?;
            let done = cut_all(&file, &cuts, (&folder, &partials));
            partials.directory().remove_file(INSIDE)?;
            folder.tidy(WORKSHOP);
            done
        });
        let done = cutting.await.map_err(JobEnd::internal)??;
        self.count_from_disk(wanted);
        self.note_found(&slices);
        for (published, verdict) in done {
            self.tell_in_place(&published, verdict, &open.folder).await;
        }
        Ok(())
    }

    fn count_from_disk(&mut self, wanted: ByteCount) {
        let mut transfer = Transfer { wanted, ..Transfer::default() };
        transfer.by_source.add(SourceKind::Disk, wanted);
        self.count_moved(&transfer);
    }
}

/// Of a broken file some fields may be taken; the whole of it is not handed on as sound.
fn refuse_broken(file: &File) -> Result<(), JobEnd> {
    match structure_of(file)? {
        Structure::Broken { detail } => Err(NoProof::NotWellFormed { detail }.into()),
        Structure::WellFormed { .. } | Structure::NotGrib => Ok(()),
    }
}

/// A file of this machine, ready to be cut.
struct Opened {
    /// What the fields are cut out of: the file, or what is inside of it.
    file: File,
    index: GribIndex,
    /// The file as it lies there, when it is compressed.
    compressed: Option<File>,
}

fn open_local(path: &Path, folder: &OutputFolder, shown: &str) -> Result<Opened, JobEnd> {
    let failed = |error| StoreError::from_io("read the file", error);
    let file = File::open(path).map_err(failed)?;
    let mut first = [0; 16];
    let count = read_up_to(&file, &mut first, 0).map_err(failed)?;
    let Some(compression) = Compression::from_magic(&first[..count]) else {
        let index = field_index::walk_file(&file).map_err(failed)?;
        return Ok(Opened { file, index, compressed: None });
    };
    let (inside, index) =
        open_inside(compression, &file, &folder.partials(WORKSHOP)?).map_err(|error| end_of(error, shown))?;
    Ok(Opened { file: inside, index, compressed: Some(file) })
}

/// Copies a compressed file as it is; what is inside was read to its end before.
fn keep(compressed: &File, path: &SafePath, folder: &OutputFolder) -> Result<(Published, Verdict), JobEnd> {
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
    Ok((published, proof.verdict().clone()))
}
