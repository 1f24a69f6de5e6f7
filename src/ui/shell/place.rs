//! The screens that the rail leads to.
//!
//! In: nothing. Out: [`Place`], with its icon and its name.

use crate::i18n::Translator;
use crate::ui::icon_names;
use egui::Key;
use i18n_embed_fl::fl;

/// A screen of the rail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Where data can come from.
    #[default]
    Sources,
    /// The matrix of runs and lead times.
    Hours,
    /// What is received and given.
    Transfers,
    /// What brokers announce.
    Announcements,
    /// Datasets whose new runs are fetched by themselves.
    Followed,
    /// What is given, the relays in use, what is handed on.
    Sharing,
    /// The fields of a file that was opened.
    Fields,
    /// What went wrong, and who was contacted.
    Journal,
    /// What can be set.
    Settings,
}

impl Place {
    /// All, in the order of the rail and of Ctrl+1 to Ctrl+9.
    pub const ALL: [Self; 9] = [
        Self::Sources,
        Self::Hours,
        Self::Transfers,
        Self::Announcements,
        Self::Followed,
        Self::Sharing,
        Self::Fields,
        Self::Journal,
        Self::Settings,
    ];

    /// The key that leads there, together with Ctrl.
    pub const fn key(self) -> Key {
        match self {
            Self::Sources => Key::Num1,
            Self::Hours => Key::Num2,
            Self::Transfers => Key::Num3,
            Self::Announcements => Key::Num4,
            Self::Followed => Key::Num5,
            Self::Sharing => Key::Num6,
            Self::Fields => Key::Num7,
            Self::Journal => Key::Num8,
            Self::Settings => Key::Num9,
        }
    }

    /// Its icon, in the icon face.
    pub const fn icon(self) -> &'static str {
        match self {
            Self::Sources => icon_names::DNS,
            Self::Hours => icon_names::GRID_ON,
            Self::Transfers => icon_names::SWAP_VERT,
            Self::Announcements => icon_names::CAMPAIGN,
            Self::Followed => icon_names::UPDATE,
            Self::Sharing => icon_names::SHARE,
            Self::Fields => icon_names::LAYERS,
            Self::Journal => icon_names::LIST_ALT,
            Self::Settings => icon_names::TUNE,
        }
    }

    /// Its name.
    pub fn title(self, text: &Translator) -> String {
        let l = &text.loader;
        match self {
            Self::Sources => fl!(l, "place-sources"),
            Self::Hours => fl!(l, "place-hours"),
            Self::Transfers => fl!(l, "place-transfers"),
            Self::Announcements => fl!(l, "place-announcements"),
            Self::Followed => fl!(l, "place-followed"),
            Self::Sharing => fl!(l, "place-sharing"),
            Self::Fields => fl!(l, "place-fields"),
            Self::Journal => fl!(l, "place-journal"),
            Self::Settings => fl!(l, "place-settings"),
        }
    }
}
