//! What a screen is given to draw.
//!
//! In: the latest snapshot. Out: [`Scene`], borrowed for one frame.

use super::theme::Theme;
use crate::app::link::Link;
use crate::app::settings::Settings;
use crate::app::snapshot::Snapshot;
use crate::i18n::Translator;

/// Everything a screen may look at for one frame.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The state of the program.
    pub snapshot: &'a Snapshot,
    /// What the person set, also when the engine has not yet heard of it.
    pub settings: &'a Settings,
    /// What the person typed into the find field (Ctrl+F), trimmed; screens filter by it. Empty when nothing.
    pub find: &'a str,
    /// Texts and numbers in the person's language.
    pub text: &'a Translator,
    /// Colours and sizes.
    pub theme: &'a Theme,
    /// Where questions are asked ([`Link::ask`]); actions are returned, not sent.
    pub link: &'a dyn Link,
}
