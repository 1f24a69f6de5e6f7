//! What a provider changed, in words.

use super::Translator;
use crate::app::catalog::{Change, ChangeKind};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use i18n_embed_fl::fl;

impl Translator {
    /// A change as a sentence: which dataset, from which run on, what was and what is.
    pub fn change(&self, change: &Change) -> String {
        let (l, dataset) = (&self.loader, show(&change.dataset));
        let run = change.run().map_or_else(|| "?".to_owned(), |run| self.run(run));
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
                before = self.hours(*before),
                after = self.hours(*after)
            ),
            ChangeKind::Content { package, before, after } => fl!(
                l,
                "change-content",
                package = show(package),
                before = self.size(ByteCount(*before)),
                after = self.size(ByteCount(*after))
            ),
        };
        fl!(l, "change", dataset = dataset, run = run, what = what)
    }

    fn hours(&self, minutes: i64) -> String {
        format!("{}\u{202F}h", self.count(u64::try_from(minutes / 60).unwrap_or(0)))
    }
}
