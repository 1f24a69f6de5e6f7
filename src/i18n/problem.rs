//! What is wrong with a GRIB file or an index, in words.

use super::Translator;
use crate::app::query::{Problem, ProblemCode};
use i18n_embed_fl::fl;

/// Where it is, and what it is: at an octet of a GRIB file, in a line of an index. JSON has the details, in English.
pub fn problem_words(text: &Translator, problem: &Problem) -> String {
    let l = &text.loader;
    let at = |words: String| fl!(l, "problem-at-byte", offset = text.count(problem.offset), problem = words);
    let line = |words: String| fl!(l, "problem-in-line", line = text.count(problem.offset), problem = words);
    match problem.code {
        ProblemCode::NotGrib => at(fl!(l, "problem-not-grib")),
        ProblemCode::Truncated => at(fl!(l, "problem-truncated")),
        ProblemCode::NoEndSection => at(fl!(l, "problem-no-end-section")),
        ProblemCode::BadLength => at(fl!(l, "problem-bad-length")),
        ProblemCode::BadSection => at(fl!(l, "problem-bad-section")),
        ProblemCode::UnknownEdition => at(fl!(l, "problem-unknown-edition")),
        ProblemCode::Junk { octets } => at(fl!(l, "problem-junk", octets = octets.to_string())),
        ProblemCode::GaveUp => at(fl!(l, "problem-gave-up")),
        ProblemCode::UnreadableLine => line(fl!(l, "problem-unreadable-line")),
        ProblemCode::OutOfFile => line(fl!(l, "problem-out-of-file")),
        ProblemCode::OpenEnd => line(fl!(l, "problem-open-end")),
    }
}
