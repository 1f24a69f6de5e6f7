//! Says in what an index does not fit its file, and what of a wish is lacking.

use super::Translator;
use crate::app::messages::user_message::{Attribute, Misfit, Wished};
use i18n_embed_fl::fl;

/// So many lacking things are named; the others are counted.
const MOST_NAMED: usize = 12;

pub(super) fn misfit_words(text: &Translator, misfit: &Misfit) -> String {
    let l = &text.loader;
    let digits = |number: &u64| number.to_string();
    match misfit {
        Misfit::UnreadableLine { line } => fl!(l, "misfit-unreadable-line", line = digits(line)),
        Misfit::OutOfFile { line } => fl!(l, "misfit-out-of-file", line = digits(line)),
        Misfit::LeavesOut { from, to } => {
            fl!(l, "misfit-leaves-out", from = digits(from), to = digits(to))
        }
        Misfit::Overlaps { at } => fl!(l, "misfit-overlaps", at = digits(at)),
        Misfit::NoMessage { at } => fl!(l, "misfit-no-message", at = digits(at)),
        Misfit::OtherLength { at, told, found } => {
            fl!(l, "misfit-other-length", at = digits(at), told = digits(told), found = digits(found))
        }
        Misfit::OtherField { at, what, told, found } => {
            let (what, told, found) = (attribute(text, *what), told.as_str(), found.as_str());
            fl!(l, "misfit-other-field", at = digits(at), what = what, told = told, found = found)
        }
        Misfit::Untold { what } => fl!(l, "misfit-untold", what = attribute(text, *what)),
        Misfit::NotWanted { at } => fl!(l, "misfit-not-wanted", at = digits(at)),
        Misfit::OtherThanNamed { name, told, found } => {
            let (name, told, found) = (name.as_str(), told.as_str(), found.as_str());
            fl!(l, "misfit-other-than-named", name = name, told = told, found = found)
        }
        Misfit::NotListed => fl!(l, "misfit-not-listed"),
    }
}

fn attribute(text: &Translator, attribute: Attribute) -> String {
    let l = &text.loader;
    match attribute {
        Attribute::Parameter => fl!(l, "attribute-parameter"),
        Attribute::Level => fl!(l, "attribute-level"),
        Attribute::LeadTime => fl!(l, "attribute-lead"),
        Attribute::Member => fl!(l, "attribute-member"),
        Attribute::Run => fl!(l, "attribute-run"),
    }
}

/// Parameters, levels and lead times by their names: `parameter 10u, lead time 9 h`.
pub fn all_wished(text: &Translator, wished: &[Wished]) -> String {
    let one = |wished: &Wished| {
        let what = attribute(text, wished.what);
        // Members are called `member7` in names and in JSON; people read "member 7".
        let words = wished.words.strip_prefix("member").filter(|_| wished.what == Attribute::Member);
        fl!(text.loader, "wished", what = what, words = words.unwrap_or(&wished.words))
    };
    let mut named: Vec<String> = wished.iter().take(MOST_NAMED).map(one).collect();
    if let Some(more) = wished.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        named.push(format!("… (+{more})"));
    }
    named.join(", ")
}
