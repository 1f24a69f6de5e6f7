//! Everything a person reads, in English and French.
//!
//! In: messages as data, numbers, sizes, times. Out: text in the chosen language.
//! Keys are checked by the compiler against `i18n/en/nuee.ftl`; a test holds the French file against it.
//! Start reading at [`Translator`], which speaks a language and writes numbers, dates and messages; the words of one subject
//! are functions that take it:
//!
//! | file | what it says |
//! |---|---|
//! | [`number`], [`calendar`] | quantities, days and hours as each language writes them; [`reading`] reads them |
//! | `message`, [`file_message`], `mesh_notice` | a `UserMessage`: what happened, and what to do |
//! | [`relay`], [`pledge`] | how far a file of a relay or of an archive is, and what stands in its way |
//! | [`relay_demo`] | what a relay and two clients spared the demo's publisher |
//! | [`reason`] | why a source gives nothing |
//! | [`misfit`] | in what an index does not fit its file, and what of a wish is lacking |
//! | [`proof`] | what is known of a file, and by which road it comes |
//! | [`giving`], [`peer`], [`discovery`] | until when is uploaded, to whom, and how peers are found |
//! | [`announcing`], [`node`] | why a file was not announced; what is wrong with events, rules, topics and records |
//! | [`broker`] | why a broker is not listened to, what is odd about what it announces |
//! | [`mesh_report`] | whether a mesh works |
//! | [`change`] | what a provider changed |
//! | [`decoding`] | why a field is not decoded |
//! | [`file_kind`], [`problem`] | what a file is, and what is wrong with it |
//! | [`window_start`] | why no window opens |

pub mod announcing;
pub mod broker;
pub mod calendar;
pub mod change;
pub mod decoding;
pub mod discovery;
pub mod file_kind;
pub mod file_message;
pub mod forwarding;
pub mod giving;
mod mesh_notice;
pub mod mesh_report;
mod message;
pub mod misfit;
pub mod node;
pub mod number;
pub mod peer;
pub mod pledge;
pub mod problem;
pub mod proof;
pub mod reading;
pub mod reason;
pub mod relay;
pub mod relay_demo;
#[cfg(test)]
mod tests;
pub mod window_start;

pub use broker::archive_trouble;

use i18n_embed::fluent::{FluentLanguageLoader, fluent_language_loader};
use i18n_embed::{I18nAssets, LanguageLoader};
use icu_decimal::DecimalFormatter;
use icu_locale_core::locale;
use std::borrow::Cow;
use unic_langid::LanguageIdentifier;

/// A language of the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
}

impl Language {
    /// The language with this code: `fr`, `en-GB`, `fr_FR.UTF-8`. `None` for a language the program does not speak.
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_', '.', '@']).next().unwrap_or_default();
        match primary.to_ascii_lowercase().as_str() {
            "en" | "c" | "posix" => Some(Self::English),
            "fr" => Some(Self::French),
            _ => None,
        }
    }

    /// The first language of the person's system that the program speaks; English otherwise.
    pub fn of_system() -> Self {
        sys_locale::get_locales().find_map(|code| Self::from_code(&code)).unwrap_or_default()
    }

    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

/// The texts of both languages, in the program itself.
struct Texts;

const FILES: [(&str, &str); 2] = [
    ("en/nuee.ftl", include_str!("../../i18n/en/nuee.ftl")),
    ("fr/nuee.ftl", include_str!("../../i18n/fr/nuee.ftl")),
];

impl I18nAssets for Texts {
    fn get_files(&self, path: &str) -> Vec<Cow<'_, [u8]>> {
        let found = FILES.iter().filter(|(name, _)| *name == path);
        found.map(|(_, text)| Cow::Borrowed(text.as_bytes())).collect()
    }

    fn filenames_iter(&self) -> Box<dyn Iterator<Item = String> + '_> {
        Box::new(FILES.iter().map(|(name, _)| (*name).to_owned()))
    }
}

/// Speaks one language.
pub struct Translator {
    language: Language,
    pub(crate) loader: FluentLanguageLoader,
    /// How the language writes numbers. `None` would mean that its data is not compiled in; digits stand for it then.
    numbers: Option<DecimalFormatter>,
}

impl std::fmt::Debug for Translator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Translator({})", self.language.code())
    }
}

impl Translator {
    /// A translator for `language`.
    pub fn new(language: Language) -> Self {
        let loader = fluent_language_loader!();
        let wanted: LanguageIdentifier =
            language.code().parse().expect("our own language codes are well formed");
        loader.load_languages(&Texts, &[wanted]).expect("the texts are part of the program");
        // Terminals and tables need no marks around inserted text; names from outside are cleaned before.
        loader.set_use_isolating(false);
        Self { language, loader, numbers: formatter(language) }
    }

    /// The language it speaks.
    pub fn language(&self) -> Language {
        self.language
    }
}

/// How `language` writes numbers; made once, since reading its rules costs more than a number.
fn formatter(language: Language) -> Option<DecimalFormatter> {
    let locale = match language {
        Language::English => locale!("en"),
        Language::French => locale!("fr"),
    };
    DecimalFormatter::try_new(locale.into(), Default::default()).ok()
}
