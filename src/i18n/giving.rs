//! Until when something is uploaded, in words.

use super::{Language, Translator};
use crate::app::jobs::giving::GivingState;
use crate::app::jobs::progress::Transfer;
use i18n_embed_fl::fl;
use std::time::Duration;

/// Until when a transfer is uploaded: `uploads until 14:32 UTC`, `uploads until 1.5 times its size was uploaded …`.
pub fn gives_until(text: &Translator, giving: &GivingState, transfer: &Transfer) -> String {
    let (l, end) = (&text.loader, end_of(text, giving));
    match giving.ratio {
        None => fl!(l, "giving-until", end = end),
        Some(ratio) => fl!(
            l,
            "giving-until-ratio",
            ratio = multiple(text, ratio.multiple()),
            so_far = multiple(text, GivingState::given_of_size(transfer)),
            end = end
        ),
    }
}

/// A multiple of something, with as many decimals as it needs, two at most: `2`, `1.5` · `1,5`.
pub fn multiple(text: &Translator, multiple: f64) -> String {
    let hundredths = (multiple * 100.0).floor();
    let decimals = match hundredths {
        _ if hundredths % 100.0 == 0.0 => 0,
        _ if hundredths % 10.0 == 0.0 => 1,
        _ => 2,
    };
    text.decimal(hundredths / 100.0, decimals)
}

/// The same where there is little room: `uploads until 14:32 UTC`, `uploads until 14:32 UTC or 1.5×`.
pub fn gives_until_short(text: &Translator, giving: &GivingState) -> String {
    let (l, end) = (&text.loader, end_of(text, giving));
    match giving.ratio {
        None => fl!(l, "giving-until", end = end),
        Some(ratio) => {
            fl!(l, "giving-until-ratio-short", end = end, ratio = multiple(text, ratio.multiple()))
        }
    }
}

/// The end alone, for a column: `14:32 UTC`, `14:32 UTC or 1.5×`.
pub fn end_short(text: &Translator, giving: &GivingState) -> String {
    let end = end_of(text, giving);
    match giving.ratio {
        None => end,
        Some(ratio) => {
            fl!(&text.loader, "giving-end-or-ratio", end = end, ratio = multiple(text, ratio.multiple()))
        }
    }
}

/// How long something is uploaded, as people write it: `30 min`, `1.5 h`, `2 d` · `2 j`.
pub fn giving_time(text: &Translator, time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let day = if text.language() == Language::French { "j" } else { "d" };
    match minutes {
        0..60 => format!("{minutes}\u{202F}min"),
        _ if minutes.is_multiple_of(1440) => format!("{}\u{202F}{day}", minutes / 1440),
        _ => format!("{}\u{202F}h", multiple(text, minutes as f64 / 60.0)),
    }
}

/// The time of day of the end, with the day where it is not the one on which it began.
fn end_of(text: &Translator, giving: &GivingState) -> String {
    let is_same_day = giving.so_far.since.civil().date() == giving.until.civil().date();
    let time = format!("{}\u{A0}UTC", text.local_time(giving.until, 0));
    match is_same_day {
        true => fl!(&text.loader, "giving-until-time", time = time),
        false => fl!(&text.loader, "giving-until-day", day = text.day(giving.until), time = time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::octets::ByteCount;
    use crate::domain::utc::UtcTime;
    use crate::transfer::giving::{GivenSoFar, Ratio};

    fn until(fields: [i32; 6], ratio: Option<f64>) -> GivingState {
        let at = |fields| UtcTime::from_civil(fields).expect("a real date");
        GivingState {
            so_far: GivenSoFar { since: at([2026, 11, 20, 13, 32, 0]), lasted: Duration::ZERO },
            until: at(fields),
            ratio: ratio.and_then(Ratio::new),
            contents: Vec::new(),
        }
    }

    #[test]
    fn the_end_of_giving_is_said_in_both_languages_with_the_day_where_it_is_another() {
        let transfer = Transfer { wanted: ByteCount(1_000), given: ByteCount(400), ..Transfer::default() };
        let (english, french) = (Translator::new(Language::English), Translator::new(Language::French));
        let said = |text: &Translator, giving: &GivingState| {
            gives_until(text, giving, &transfer).replace(['\u{A0}', '\u{2068}', '\u{2069}'], " ")
        };
        let today = until([2026, 11, 20, 14, 32, 0], None);
        assert_eq!(said(&english, &today), "uploads until 14:32 UTC");
        assert_eq!(said(&french, &today), "envoie jusqu'à 14:32 UTC");
        let tomorrow = until([2026, 11, 21, 0, 32, 0], Some(1.5));
        assert_eq!(
            said(&english, &tomorrow),
            "uploads until 1.5 times its size was uploaded (0.4 so far), at most until Sat 21 Nov 00:32 UTC"
        );
        assert_eq!(
            said(&french, &tomorrow),
            "envoie jusqu'à 1,5 fois sa taille (0,4 jusqu'ici), au plus jusqu'au sam. 21 nov. 00:32 UTC"
        );
        let short = gives_until_short(&english, &tomorrow).replace('\u{A0}', " ");
        assert_eq!(short, "uploads until Sat 21 Nov 00:32 UTC or 1.5×");
    }
}
