//! Fourth stage: makes files of what was fetched. Compares the chosen messages with what was told of them, cuts, and moves
//! into place.
//!
//! In: [`Fetched`], and the messages that are wanted of it. Out: files in their place, handed over. No message gets a name
//! before its own headers were compared with what an index, or an earlier look, said of it. Start reading at [`cut`].

pub(super) mod inside;
mod slice_cut;

use super::fetch::Fetched;
use super::hand_over::{PartOfContent, ProvenFile, hand_over};
use super::messages::JobEnd;
use super::run::JobRun;
use super::scene::JobScene;
use crate::app::jobs::ground::{Ground, SlicePlan};
use crate::app::jobs::view::End;
use crate::app::messages::user_message::UserMessage;
use crate::domain::octets::ByteRange;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::store::folders::OpenFolder;
use crate::engine::transfer::content::headers::{walk_held_file, walk_ranges};
use crate::grib::claim::confirm_slices;
use crate::grib::slicing::{NothingChosen, Slices};
use slice_cut::SliceCut;

/// Finds the fields of a file that is held whole, and what of them is wanted.
///
/// # Errors
/// When it has no fields at all.
pub(super) async fn choose_in_file(
    scene: &JobScene,
    run: &mut JobRun,
    fetched: &Fetched,
    file: usize,
) -> Result<Result<Slices, NothingChosen>, JobEnd> {
    let files = fetched.files.clone();
    let walked = tokio::task::spawn_blocking(move || walk_held_file(&files, file));
    let index = walked.await.map_err(JobEnd::internal)??;
    scene.note_given_up(&index);
    let layout = fetched.files.layout();
    if index.fields.is_empty() && layout.is_single_file() {
        let name = show(layout.files()[file].path.file_name());
        return Err(JobEnd::new(End::Unsound, UserMessage::NoFields { name }));
    }
    Ok(run.choose(scene, &index))
}

/// Cuts a slice, or one a parameter, out of a content that is held, and hands each over.
///
/// # Errors
/// When the messages are not as they were told, or do not prove right.
pub(super) async fn cut(
    scene: &JobScene,
    run: &mut JobRun,
    fetched: &Fetched,
    plan: SlicePlan,
) -> Result<(), JobEnd> {
    let slices = compare_with_headers(scene, fetched, &plan).await?;
    for (name, part) in scene.wish.products(plan.path.file_name(), &slices) {
        let ground = plan.ground.of_slice(&part, plan.start, (&fetched.ledger, fetched.files.grid()));
        let path = scene.wish.path_of(plan.path.with_file_name(&name));
        let product = Product { slices: part, ground, start: plan.start, path };
        let placed = product.place(fetched, &run.open).await?;
        hand_over(scene, &run.open, placed, PartOfContent { row: fetched.row, file: None }).await?;
    }
    run.answers.note_found(&slices);
    Ok(())
}

/// The chosen messages as their own headers say.
async fn compare_with_headers(
    scene: &JobScene,
    fetched: &Fetched,
    plan: &SlicePlan,
) -> Result<Slices, JobEnd> {
    let (files, start) = (fetched.files.clone(), plan.start);
    let ranges: Vec<ByteRange> = plan.slices.messages.iter().map(|message| message.range).collect();
    let walking = tokio::task::spawn_blocking(move || {
        walk_ranges(ranges, &|range, buffer| files.read(range.shifted_by(start), buffer))
    });
    let found = walking.await.map_err(JobEnd::internal)??;
    confirm_slices(&plan.slices, &found, scene.selection()).map_err(JobEnd::not_as_told)
}

/// One file that is made of some messages.
struct Product {
    slices: Slices,
    ground: Ground,
    start: u64,
    path: SafePath,
}

impl Product {
    /// Cuts it out of what is held, proves it, and moves it into its place.
    async fn place(self, fetched: &Fetched, open: &OpenFolder) -> Result<ProvenFile, JobEnd> {
        let (files, folder) = (fetched.files.clone(), open.folder.clone());
        let cutting = tokio::task::spawn_blocking(move || {
            let Self { slices, ground, start, path } = self;
            let root = folder.root();
            let cut = SliceCut { slices: &slices, ground, path, root, partials: files.partials() };
            cut.carry_out(&|range: ByteRange, buffer: &mut [u8]| files.read(range.shifted_by(start), buffer))
        });
        cutting.await.map_err(JobEnd::internal)?
    }
}
