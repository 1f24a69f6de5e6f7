//! What a provider changed, in words.

use super::Translator;
use crate::app::catalog::asked::{Change, ChangeKind};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use i18n_embed_fl::fl;

/// A change as a sentence: which dataset, from which run on, what was and what is.
pub fn change_words(text: &Translator, change: &Change) -> String {
    let (l, dataset) = (&text.loader, show(&change.dataset));
    let run = change.run().map_or_else(|| "?".to_owned(), |run| text.run(run));
    let what = match &change.kind {
        ChangeKind::Host { before, after } => {
            fl!(l, "change-host", before = show(before), after = show(after))
        }
        ChangeKind::PackageAdded { package } => fl!(l, "change-package-added", package = show(package)),
        ChangeKind::PackageGone { package } => fl!(l, "change-package-gone", package = show(package)),
        ChangeKind::LastLead { package, before, after } => fl!(
            l,
            "change-last-lead",
            package = show(package),
            before = hours(text, *before),
            after = hours(text, *after)
        ),
        ChangeKind::Content { package, before, after } => fl!(
            l,
            "change-content",
            package = show(package),
            before = text.size(ByteCount(*before)),
            after = text.size(ByteCount(*after))
        ),
    };
    fl!(l, "change", dataset = dataset, run = run, what = what)
}

fn hours(text: &Translator, minutes: i64) -> String {
    format!("{}\u{202F}h", text.count(u64::try_from(minutes / 60).unwrap_or(0)))
}
