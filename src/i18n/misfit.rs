//! Says in what an index does not fit its file, and what of a wish is lacking.

use super::Translator;
use crate::app::user_message::{Attribute, Misfit, Wished};
use i18n_embed_fl::fl;

/// So many lacking things are named; the others are counted.
const MOST_NAMED: usize = 12;

impl Translator {
    pub(super) fn misfit(&self, misfit: &Misfit) -> String {
        let l = &self.loader;
        let text = |number: &u64| number.to_string();
        match misfit {
            Misfit::UnreadableLine { line } => fl!(l, "misfit-unreadable-line", line = text(line)),
            Misfit::OutOfFile { line } => fl!(l, "misfit-out-of-file", line = text(line)),
            Misfit::LeavesOut { from, to } => {
                fl!(l, "misfit-leaves-out", from = text(from), to = text(to))
            }
            Misfit::Overlaps { at } => fl!(l, "misfit-overlaps", at = text(at)),
            Misfit::NoMessage { at } => fl!(l, "misfit-no-message", at = text(at)),
            Misfit::OtherLength { at, told, found } => {
                fl!(l, "misfit-other-length", at = text(at), told = text(told), found = text(found))
            }
            Misfit::OtherField { at, what, told, found } => {
                let (what, told, found) = (self.attribute(*what), told.as_str(), found.as_str());
                fl!(l, "misfit-other-field", at = text(at), what = what, told = told, found = found)
            }
            Misfit::Untold { what } => fl!(l, "misfit-untold", what = self.attribute(*what)),
            Misfit::NotWanted { at } => fl!(l, "misfit-not-wanted", at = text(at)),
            Misfit::OtherThanNamed { name, told, found } => {
                let (name, told, found) = (name.as_str(), told.as_str(), found.as_str());
                fl!(l, "misfit-other-than-named", name = name, told = told, found = found)
            }
            Misfit::NotListed => fl!(l, "misfit-not-listed"),
        }
    }

    fn attribute(&self, attribute: Attribute) -> String {
        let l = &self.loader;
        match attribute {
            Attribute::Parameter => fl!(l, "attribute-parameter"),
            Attribute::Level => fl!(l, "attribute-level"),
            Attribute::LeadTime => fl!(l, "attribute-lead"),
            Attribute::Member => fl!(l, "attribute-member"),
            Attribute::Run => fl!(l, "attribute-run"),
        }
    }

    /// Parameters, levels and lead times by their names: `parameter 10u, lead time 9 h`.
    pub fn all_wished(&self, wished: &[Wished]) -> String {
        let one = |wished: &Wished| {
            let what = self.attribute(wished.what);
            // Members are called `member7` in names and in JSON; people read "member 7".
            let words = wished.words.strip_prefix("member").filter(|_| wished.what == Attribute::Member);
            fl!(self.loader, "wished", what = what, words = words.unwrap_or(&wished.words))
        };
        let mut named: Vec<String> = wished.iter().take(MOST_NAMED).map(one).collect();
        if let Some(more) = wished.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            named.push(format!("… (+{more})"));
        }
        named.join(", ")
    }
}
