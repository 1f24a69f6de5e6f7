//! What a job came to so far, in the folder that it fills.

use super::fetch::contents::JobContents;
use super::scene::JobScene;
use crate::app::jobs::answers::Answers;
use crate::app::jobs::plan_totals::PlanTotals;
use crate::domain::selection::Selection;
use crate::engine::store::folders::OpenFolder;
use crate::grib::index::GribIndex;
use crate::grib::slicing::{self, NothingChosen, Slices};

/// A job under way.
pub(super) struct JobRun {
    /// The folder for finished files.
    pub(super) open: OpenFolder,
    /// What its contents came to, and which go on giving.
    pub(super) contents: JobContents,
    /// What is to be fetched.
    pub(super) plans: PlanTotals,
    /// What of the wish was found.
    pub(super) answers: Answers,
}

impl JobRun {
    pub(super) fn begin(open: OpenFolder) -> Self {
        let (contents, plans) = (JobContents::default(), PlanTotals::default());
        Self { open, contents, plans, answers: Answers::default() }
    }

    /// Begins to keep account of what is found of `wish`.
    pub(super) fn begin_answers(&mut self, scene: &JobScene, wish: &Selection) {
        self.answers = Answers::of(wish, scene.request().products.intent);
    }

    /// The messages that are wanted of a file with these fields.
    ///
    /// # Errors
    /// What it has, when nothing of it is wanted.
    pub(super) fn choose(&mut self, scene: &JobScene, index: &GribIndex) -> Result<Slices, NothingChosen> {
        self.answers.note_available(slicing::available_in(index));
        slicing::plan(index, scene.selection())
    }

    /// Whether everything that was named was found in what is in its place.
    ///
    /// # Errors
    /// The end that names what is lacking, unless that is accepted.
    pub(super) fn answer_whole(&self, scene: &JobScene) -> Result<(), super::messages::JobEnd> {
        let told = self.answers.whole(scene.request().products.partial)?;
        told.into_iter().for_each(|message| scene.note(message));
        Ok(())
    }
}
