//! What is wrong with a GRIB file or an index, in words.

use super::Translator;
use crate::app::query::{Problem, ProblemCode};
use i18n_embed_fl::fl;

/// Where it is, and what it is; in English with the details, which are in English, as JSON has them.
pub fn problem_words(text: &Translator, problem: &Problem) -> String {
    let l = &text.loader;
    let words = match problem.code {
        ProblemCode::NotGrib => fl!(l, "problem-not-grib"),
        ProblemCode::Truncated => fl!(l, "problem-truncated"),
        ProblemCode::NoEndSection => fl!(l, "problem-no-end-section"),
        ProblemCode::BadLength => fl!(l, "problem-bad-length"),
        ProblemCode::BadSection => fl!(l, "problem-bad-section"),
        ProblemCode::UnknownEdition => fl!(l, "problem-unknown-edition"),
        ProblemCode::Junk => fl!(l, "problem-junk"),
        ProblemCode::GaveUp => fl!(l, "problem-gave-up"),
        ProblemCode::UnreadableLine => fl!(l, "problem-unreadable-line"),
        ProblemCode::OutOfFile => fl!(l, "problem-out-of-file"),
        ProblemCode::OpenEnd => fl!(l, "problem-open-end"),
    };
    let (offset, detail) = (text.count(problem.offset), problem.detail.as_ref());
    fl!(l, "cli-index-problem", offset = offset, problem = words, detail = detail)
}
