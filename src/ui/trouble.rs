//! Why there is no window, in one line that names the package to install and the command to use instead.
//!
//! In: what the system said. Out: [`OpenError`]. The libraries are opened while the program runs, so that nothing but
//! this tells a person which of them is missing.

use crate::i18n::Translator;
use i18n_embed_fl::fl;
use std::sync::{Arc, Mutex, PoisonError};

/// Why there is no window.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OpenError {
    /// No display was named, or it does not answer.
    #[error("there is no display")]
    NoDisplay,
    /// A library or driver is missing.
    #[error("missing {package}: {detail}")]
    Missing {
        /// The Debian packages that bring it.
        package: &'static str,
        /// What the system said.
        detail: String,
    },
    /// Anything else.
    #[error("the window does not open: {0}")]
    Refused(String),
}

/// What the system says, and the packages that mend it. The first that fits counts.
const REMEDIES: [(&str, &str); 10] = [
    ("libxkbcommon-x11", "libxkbcommon-x11-0"),
    ("libxkbcommon", "libxkbcommon0"),
    ("libX11-xcb", "libx11-xcb1"),
    ("libX11", "libx11-6"),
    ("libXcursor", "libxcursor1"),
    ("libXi.so", "libxi6"),
    ("libwayland", "libwayland-client0 libwayland-cursor0 libwayland-egl1"),
    ("libGL", "libgl1 libegl1"),
    ("libEGL", "libegl1"),
    ("xlib", "libx11-6 libx11-xcb1 libxcursor1 libxi6"),
];

/// Packages that bring a driver.
const DRIVER: &str = "libgl1 libegl1 libgl1-mesa-dri";

impl OpenError {
    /// What an error of the library means.
    pub fn of(error: &eframe::Error) -> Self {
        let words = format!("{error} {error:?}");
        if words.contains("XOpenDisplayFailed") || words.contains("nor DISPLAY is set") {
            return Self::NoDisplay;
        }
        match error {
            eframe::Error::Glutin(_) | eframe::Error::NoGlutinConfigs(..) | eframe::Error::OpenGL(_) => {
                Self::Missing { package: DRIVER, detail: error.to_string() }
            }
            _ => Self::of_words(&words).unwrap_or_else(|| Self::Refused(error.to_string())),
        }
    }

    fn of_words(words: &str) -> Option<Self> {
        let (_, package) = REMEDIES.iter().find(|(said, _)| words.contains(said))?;
        Some(Self::Missing { package, detail: words.lines().next().unwrap_or_default().to_owned() })
    }

    /// One line for the person.
    pub fn text(&self, text: &Translator) -> String {
        let l = &text.loader;
        match self {
            Self::NoDisplay => fl!(l, "window-no-display"),
            Self::Missing { package, .. } => fl!(l, "window-missing", package = (*package).to_owned()),
            Self::Refused(detail) => fl!(l, "window-refused", detail = detail.as_str()),
        }
    }
}

/// Whether a display is named. Elsewhere than on Unix desktops there is always one.
pub fn has_display() -> bool {
    let is_named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(all(unix, not(target_os = "macos")))
        || ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"].into_iter().any(is_named)
}

/// Runs `start`; a library that panics because another one is missing becomes an error, without a word on stderr.
///
/// Panics after `has_begun` are none of this function's business and go on.
pub fn caught<T>(
    start: impl FnOnce() -> Result<T, OpenError>,
    has_begun: impl Fn() -> bool + Send + Sync + 'static,
) -> Result<T, OpenError> {
    let heard: Arc<Mutex<Option<String>>> = Arc::default();
    let has_begun = Arc::new(has_begun);
    let usual: Arc<dyn Fn(&std::panic::PanicHookInfo<'_>) + Send + Sync> = Arc::from(std::panic::take_hook());
    let (note, begun, pass_on) = (heard.clone(), has_begun.clone(), usual.clone());
    let thread = std::thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        if begun() || std::thread::current().id() != thread {
            pass_on(info);
        } else {
            *note.lock().unwrap_or_else(PoisonError::into_inner) = Some(info.to_string());
        }
    }));
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(start));
    drop(std::panic::take_hook());
    std::panic::set_hook(Box::new(move |info| usual(info)));
    match ended {
        Ok(result) => result,
        Err(panic) if has_begun() => std::panic::resume_unwind(panic),
        Err(_) => {
            let words = heard.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
            Err(OpenError::of_words(&words).unwrap_or(OpenError::Refused(words)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;

    #[test]
    fn a_missing_library_is_named_by_the_package_that_brings_it() {
        let said = "Library libxkbcommon-x11.so could not be loaded.";
        let error = OpenError::of_words(said).expect("a known library");
        let text = error.text(&Translator::new(Language::English));
        assert!(text.contains("libxkbcommon-x11-0") && text.contains("nuee get"), "{text}");
        assert_eq!(text.lines().count(), 1);
    }

    #[test]
    fn a_panic_while_the_window_opens_becomes_one_line() {
        let ended = caught(
            || -> Result<(), OpenError> { panic!("Library libxkbcommon.so could not be loaded.") },
            || false,
        );
        assert!(matches!(ended, Err(OpenError::Missing { package: "libxkbcommon0", .. })), "{ended:?}");
    }
}
