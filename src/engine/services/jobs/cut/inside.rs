//! Cuts what is wanted out of compressed files: they are decompressed first, since no range of theirs is a message.
//!
//! In: a compressed file that is held whole, or lies on this machine. Out: slices in their place; or the file as it came,
//! when that is wished and it holds what is wanted.

use super::super::fetch::Fetched;
use super::super::hand_over::{PartOfContent, ProvenFile, hand_over};
use super::super::messages::JobEnd;
use super::super::run::JobRun;
use super::super::scene::JobScene;
use super::slice_cut::SliceCut;
use crate::app::jobs::ground::Ground;
use crate::app::jobs::request::CompressedFiles;
use crate::app::jobs::view::End;
use crate::app::messages::file_message::FileMessage;
use crate::app::messages::user_message::UserMessage;
use crate::domain::compression::{Compression, decompressed_name};
use crate::domain::octets::ByteRange;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{FileReader, FileSet, Partials};
use crate::engine::store::output::OutputFolder;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::field_index::walk_file;
use crate::grib::index::GribIndex;
use crate::grib::slicing::Slices;
use crate::transfer::decompress::{DecompressError, decompress};
use crate::transfer::verification::{Form, accept_form};
use std::fs::File;
use std::io::{Read, Write};

/// The name of what is decompressed, among partial files.
pub(in crate::engine) const INSIDE: &str = "decompressed";

/// A compressed file of a content.
pub(in crate::engine) struct CompressedFile {
    /// Which.
    pub(in crate::engine) file: usize,
    pub(in crate::engine) compression: Compression,
    /// Where it would go.
    pub(in crate::engine) path: SafePath,
}

/// How a file of a content is compressed, by its first octets. `None` when it is not.
pub(in crate::engine) async fn compression_of(
    fetched: &Fetched,
    file: usize,
) -> Result<Option<Compression>, JobEnd> {
    let files = fetched.files.clone();
    let looking = tokio::task::spawn_blocking(move || {
        let length = files.layout().files()[file].length.0;
        let mut first = vec![0; length.min(16) as usize];
        files.read_file(file, 0, &mut first)?;
        Ok::<_, StoreError>(Compression::from_magic(&first))
    });
    Ok(looking.await.map_err(JobEnd::internal)??)
}

/// Cuts what is wanted out of a compressed file of a content, or keeps it as it came; hands over what is made.
///
/// # Errors
/// When it is damaged, or has nothing that is wanted.
pub(in crate::engine) async fn cut_compressed(
    scene: &JobScene,
    run: &mut JobRun,
    fetched: &Fetched,
    CompressedFile { file, compression, path }: CompressedFile,
) -> Result<(), JobEnd> {
    let (files, name) = (fetched.files.clone(), show(path.file_name()));
    let source = files.clone();
    let opening = tokio::task::spawn_blocking(move || {
        open_inside(compression, FileReader::new(&source, file), source.partials())
    });
    let (inside, index) = opening.await.map_err(JobEnd::internal)?.map_err(|error| end_of(error, &name))?;
    let slices = choose_inside(scene, run, &index, &name)?;
    if scene.request().products.compressed == CompressedFiles::Kept {
        let keeping = tokio::task::spawn_blocking(move || keep(&files, file));
        let placed = keeping.await.map_err(JobEnd::internal)??;
        run.answers.note_found(&slices);
        let part = PartOfContent { row: fetched.row, file: Some(file) };
        return hand_over(scene, &run.open, placed, part).await;
    }
    let cuts = cuts_inside(scene, &path, &slices);
    let folder = run.open.folder.clone();
    let cutting = tokio::task::spawn_blocking(move || {
        let done = cut_all(&inside, &cuts, (&folder, files.partials()));
        files.partials().directory().remove_file(INSIDE)?;
        done
    });
    let done = cutting.await.map_err(JobEnd::internal)??;
    run.answers.note_found(&slices);
    for placed in done {
        hand_over(scene, &run.open, placed, PartOfContent { row: fetched.row, file: None }).await?;
    }
    Ok(())
}

/// Moves a compressed file into its place as it is; what is inside was read to its end before.
fn keep(files: &FileSet, file: usize) -> Result<ProvenFile, JobEnd> {
    files.partials().directory().remove_file(INSIDE)?;
    let length = files.layout().files()[file].length;
    let proof = accept_form(Form::WellFormed, length)?;
    Ok(ProvenFile { published: files.publish(&proof, file)?, verdict: proof.verdict().clone() })
}

/// The messages that are wanted of what is inside.
///
/// # Errors
/// When it has no fields, or none that are wanted.
pub(in crate::engine) fn choose_inside(
    scene: &JobScene,
    run: &mut JobRun,
    index: &GribIndex,
    name: &str,
) -> Result<Slices, JobEnd> {
    if index.fields.is_empty() {
        return Err(JobEnd::new(End::Unsound, UserMessage::NoFields { name: name.to_owned() }));
    }
    let chosen = run.choose(scene, index);
    let slices = chosen.map_err(|nothing| run.answers.nothing_chosen(nothing))?;
    run.answers.note_planned(&slices);
    Ok(slices)
}

/// The files that are made of them, with the messages of each.
pub(in crate::engine) fn cuts_inside(
    scene: &JobScene,
    path: &SafePath,
    slices: &Slices,
) -> Vec<(SafePath, Slices)> {
    scene.wish.cuts(path, decompressed_name(path.file_name()), slices)
}

/// Decompresses a file into a partial one, and finds its fields.
pub(in crate::engine) fn open_inside(
    compression: Compression,
    source: impl Read,
    partials: &Partials,
) -> Result<(File, GribIndex), DecompressError> {
    let io = |error: StoreError| DecompressError::Io(std::io::Error::other(error));
    partials.directory().remove_file(INSIDE).map_err(io)?;
    let mut inside = partials.directory().open_file(INSIDE, OpenHow::Update).map_err(io)?;
    let done = decompress(compression, source, |octets| inside.write_all(octets))
        .and_then(|_| walk_file(&inside).map_err(DecompressError::Io));
    match done {
        Ok(index) => Ok((inside, index)),
        Err(error) => {
            // The error says more than that its leftovers stay until the folder is tidied.
            let _ = partials.directory().remove_file(INSIDE);
            Err(error)
        }
    }
}

/// What a failure means for the job.
pub(in crate::engine) fn end_of(error: DecompressError, name: &str) -> JobEnd {
    match error {
        DecompressError::Damaged { compression, detail } => JobEnd::new(
            End::NotProven,
            UserMessage::File(FileMessage::CompressedDamaged {
                name: name.to_owned(),
                compression: compression.name().to_owned(),
                detail,
            }),
        ),
        DecompressError::TooLarge => JobEnd::new(
            End::NotProven,
            UserMessage::File(FileMessage::DecompressesTooLarge { name: name.to_owned() }),
        ),
        DecompressError::Io(error) => StoreError::from_io(format!("decompress {name}"), error).into(),
    }
}

/// Cuts slices out of a file that is none of a content.
pub(in crate::engine) fn cut_all(
    inside: &File,
    cuts: &[(SafePath, Slices)],
    (folder, partials): (&OutputFolder, &Partials),
) -> Result<Vec<ProvenFile>, JobEnd> {
    let cut = |(path, slices): &(SafePath, Slices)| {
        let (path, root) = (path.clone(), folder.root());
        SliceCut { slices, ground: Ground::Form, path, root, partials }
            .carry_out(&|range, buffer| read_inside(inside, range, buffer))
    };
    cuts.iter().map(cut).collect()
}

fn read_inside(inside: &File, range: ByteRange, buffer: &mut [u8]) -> Result<(), StoreError> {
    let failed = |error| StoreError::from_io("read the file", error);
    let count = read_up_to(inside, buffer, range.start()).map_err(failed)?;
    if count == buffer.len() { Ok(()) } else { Err(failed(std::io::ErrorKind::UnexpectedEof.into())) }
}
