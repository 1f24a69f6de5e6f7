//! Cuts what is wanted out of compressed files: they are decompressed first, since no range of theirs is a message.
//!
//! In: a compressed file that is held whole, or lies on this machine. Out: slices in their place; or the file as it came,
//! when that is wished and it holds what is wanted.

use super::Job;
use super::cutting::{Cut, Ground, products};
use super::messages::JobEnd;
use crate::app::file_message::FileMessage;
use crate::app::request::CompressedFiles;
use crate::app::state::End;
use crate::app::user_message::UserMessage;
use crate::domain::compression::{Compression, decompressed_name};
use crate::domain::integrity::Verdict;
use crate::domain::octets::ByteRange;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::FileReader;
use crate::engine::store::file_set::{Partials, Published};
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::output::OutputFolder;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::content::{Ended, finished_row};
use crate::engine::transfer::field_index::walk_file;
use crate::grib::index::GribIndex;
use crate::grib::slicing::{self, Slices};
use crate::transfer::decompress::{DecompressError, decompress};
use crate::transfer::verification::{Form, accept_form};
use std::fs::File;
use std::io::{Read, Write};

/// The name of what is decompressed, among partial files.
pub(super) const INSIDE: &str = "decompressed";

/// How a file of a content is compressed, by its first octets. `None` when it is not.
pub(super) async fn compression_of(ended: &Ended, file: usize) -> Result<Option<Compression>, JobEnd> {
    let Some(files) = ended.files.clone() else { return Ok(None) };
    let looking = tokio::task::spawn_blocking(move || {
        let length = files.layout().files()[file].length.0;
        let mut first = vec![0; length.min(16) as usize];
        files.read_file(file, 0, &mut first)?;
        Ok::<_, StoreError>(Compression::from_magic(&first))
    });
    Ok(looking.await.map_err(JobEnd::internal)??)
}

impl Job {
    /// Cuts what is wanted out of a compressed file of a content, or keeps it as it came.
    pub(super) async fn cut_compressed(
        &mut self,
        ended: &Ended,
        (file, compression): (usize, Compression),
        (path, open): (&SafePath, &OpenFolder),
    ) -> Result<(), JobEnd> {
        let (Some(files), Some(row)) = (ended.files.clone(), ended.row) else {
            return Err(JobEnd::stopped());
        };
        let now = self.context.shared.clock.utc();
        let (source, name) = (files.clone(), show(path.file_name()));
        let opening = tokio::task::spawn_blocking(move || {
            open_inside(compression, FileReader::new(&source, file), source.partials())
        });
        let (inside, index) =
            opening.await.map_err(JobEnd::internal)?.map_err(|error| end_of(error, &name))?;
        let slices = self.slices_inside(&index, &name)?;
        if self.request.products.compressed == CompressedFiles::Kept {
            let published = tokio::task::spawn_blocking(move || {
                files.partials().directory().remove_file(INSIDE)?;
                let length = files.layout().files()[file].length;
                let proof = accept_form(Form::WellFormed, length).map_err(JobEnd::from)?;
                Ok::<_, JobEnd>((files.publish(&proof, file)?, proof.verdict().clone()))
            });
            let (published, verdict) = published.await.map_err(JobEnd::internal)??;
            open.database.finish(row, &finished_row(Some(file), (&published, &verdict), now))?;
            self.note_found(&slices);
            self.tell_in_place(&published, verdict, &open.folder).await;
            return Ok(());
        }
        let cuts = self.cuts_of(path, &slices);
        let folder = open.folder.clone();
        let cutting = tokio::task::spawn_blocking(move || {
            let done = cut_all(&inside, &cuts, (&folder, files.partials()));
            files.partials().directory().remove_file(INSIDE)?;
            done
        });
        let done = cutting.await.map_err(JobEnd::internal)??;
        self.note_found(&slices);
        for (published, verdict) in done {
            open.database.finish(row, &finished_row(None, (&published, &verdict), now))?;
            self.tell_in_place(&published, verdict, &open.folder).await;
        }
        Ok(())
    }

    /// The messages that are wanted of what is inside.
    pub(super) fn slices_inside(&mut self, index: &GribIndex, name: &str) -> Result<Slices, JobEnd> {
        if index.fields.is_empty() {
            return Err(JobEnd::new(End::Unsound, UserMessage::NoFields { name: name.to_owned() }));
        }
        self.note_available(slicing::available_in(index));
        let slices =
            slicing::plan(index, &self.request.selection).map_err(|nothing| self.nothing_chosen(nothing))?;
        self.note_planned(&slices);
        Ok(slices)
    }

    /// The files that are made of them, with the messages of each.
    pub(super) fn cuts_of(&self, path: &SafePath, slices: &Slices) -> Vec<(SafePath, Slices)> {
        let below = |path: SafePath| match &self.below {
            Some(folders) => path.below(folders),
            None => path,
        };
        products(decompressed_name(path.file_name()), &self.request, slices)
            .into_iter()
            .map(|(name, part)| (below(path.with_file_name(&name)), part))
            .collect()
    }
}

/// Decompresses a file into a partial one, and finds its fields.
pub(super) fn open_inside(
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
pub(super) fn end_of(error: DecompressError, name: &str) -> JobEnd {
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
pub(super) fn cut_all(
    inside: &File,
    cuts: &[(SafePath, Slices)],
    (folder, partials): (&OutputFolder, &Partials),
) -> Result<Vec<(Published, Verdict)>, JobEnd> {
    let cut = |(path, slices): &(SafePath, Slices)| {
        let (path, root) = (path.clone(), folder.root());
        Cut { slices, ground: Ground::Form, path, root, partials }
            .carry_out(&|range, buffer| read_inside(inside, range, buffer))
    };
    cuts.iter().map(cut).collect()
}

fn read_inside(inside: &File, range: ByteRange, buffer: &mut [u8]) -> Result<(), StoreError> {
    let failed = |error| StoreError::from_io("read the file", error);
    let count = read_up_to(inside, buffer, range.start()).map_err(failed)?;
    if count == buffer.len() { Ok(()) } else { Err(failed(std::io::ErrorKind::UnexpectedEof.into())) }
}
