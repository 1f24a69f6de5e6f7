//! Makes files of what is held: compares the chosen messages with what was told of them, cuts, and moves into place.
//!
//! In: a content that is held, and the messages that are wanted of it. Out: files in their place. No message gets a name
//! before its own headers were compared with what an index, or an earlier look, said of it. Start reading at [`Job::cut`].

use super::Job;
use super::cutting::{Cut, Ground, GroundOf, products};
use super::messages::JobEnd;
use crate::app::state::End;
use crate::app::user_message::UserMessage;
use crate::domain::octets::ByteRange;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::Ended;
use crate::engine::transfer::content::headers::{walk_held_file, walk_ranges};
use crate::grib::claim::confirm_slices;
use crate::grib::slicing::{self, NothingChosen, Slices};

/// Messages of one file of a content, all of them or those of one product, and why they are taken for right.
pub(super) struct Cutting<S, G> {
    /// The messages.
    pub(super) slices: S,
    /// What proves them.
    pub(super) ground: G,
    /// Where the file begins in the content.
    pub(super) start: u64,
}

impl Job {
    /// Finds the fields of a file that is held whole.
    pub(super) async fn plan_held_file(
        &mut self,
        ended: &Ended,
        file: usize,
    ) -> Result<Result<Slices, NothingChosen>, JobEnd> {
        let Some(files) = ended.files.clone() else {
            return Ok(Err(NothingChosen { available: String::new() }));
        };
        let walked = tokio::task::spawn_blocking(move || walk_held_file(&files, file));
        let index = walked.await.map_err(JobEnd::internal)??;
        self.note_given_up(&index);
        if index.fields.is_empty()
            && ended.files.as_ref().is_some_and(|files| files.layout().is_single_file())
        {
            let name = show(ended.files.as_ref().map_or("", |f| f.layout().files()[file].path.file_name()));
            return Err(JobEnd::new(End::Unsound, UserMessage::NoFields { name }));
        }
        self.note_available(slicing::available_in(&index));
        Ok(slicing::plan(&index, &self.request.selection))
    }

    /// Cuts a slice, or one a parameter, out of a content that is held.
    pub(super) async fn cut(
        &mut self,
        ended: &Ended,
        Cutting { slices, ground, start }: Cutting<&Slices, &GroundOf<'_>>,
        (path, open): (&SafePath, &OpenFolder),
    ) -> Result<(), JobEnd> {
        let slices = self.compare_with_headers(ended, slices, start).await?;
        for (name, part) in products(path.file_name(), &self.request, &slices) {
            let ground = ground(&part);
            let cutting = Cutting { slices: part, ground, start };
            self.cut_one(ended, cutting, (path.with_file_name(&name), open)).await?;
        }
        self.note_found(&slices);
        Ok(())
    }

    /// The chosen messages as their own headers say.
    async fn compare_with_headers(&self, ended: &Ended, told: &Slices, start: u64) -> Result<Slices, JobEnd> {
        let Some(files) = ended.files.clone() else { return Err(JobEnd::stopped()) };
        let ranges: Vec<ByteRange> = told.messages.iter().map(|message| message.range).collect();
        let walking = tokio::task::spawn_blocking(move || {
            walk_ranges(ranges, &|range, buffer| files.read(range.shifted_by(start), buffer))
        });
        let found = walking.await.map_err(JobEnd::internal)??;
        confirm_slices(told, &found, &self.request.selection).map_err(JobEnd::not_as_told)
    }

    async fn cut_one(
        &mut self,
        ended: &Ended,
        Cutting { slices, ground, start }: Cutting<Slices, Ground>,
        (path, open): (SafePath, &OpenFolder),
    ) -> Result<(), JobEnd> {
        let (Some(files), Some(row)) = (ended.files.clone(), ended.row) else {
            return Err(JobEnd::stopped());
        };
        let path = match &self.below {
            Some(folders) => path.below(folders),
            None => path,
        };
        let folder = open.folder.clone();
        let cut = tokio::task::spawn_blocking(move || {
            let root = folder.root();
            let cut = Cut { slices: &slices, ground, path, root, partials: files.partials() };
            cut.carry_out(&|range: ByteRange, buffer: &mut [u8]| files.read(range.shifted_by(start), buffer))
        });
        let (published, verdict) = cut.await.map_err(JobEnd::internal)??;
        let now = self.context.shared.clock.utc();
        let row_of = crate::engine::transfer::content::finished_row(None, (&published, &verdict), now);
        open.database.finish(row, &row_of)?;
        self.tell_in_place(&published, verdict, &open.folder).await;
        Ok(())
    }
}
