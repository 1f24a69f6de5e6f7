//! Why no window opens, in words.

use super::Translator;
use i18n_embed_fl::fl;

/// That another start has the window, and does not answer.
pub fn deaf(text: &Translator) -> String {
    fl!(text.loader, "cli-window-deaf")
}

/// That the window's own folder cannot be written.
pub fn no_folder(text: &Translator, what: &str) -> String {
    fl!(text.loader, "cli-window-no-folder", what = what)
}

/// That there is no window in this release.
pub fn missing(text: &Translator) -> String {
    fl!(text.loader, "cli-window-missing")
}
