//! Rates and targets as people write them on the command line.

use crate::app::settings::LOWEST_LIMIT;
use crate::catalog::template::Template;
use crate::i18n::Language;

/// `500k`, `2M`, `2MiB`, `1.5M`, `300000`: octets a second, at least [`LOWEST_LIMIT`].
pub(super) fn rate_of(text: &str) -> Option<u32> {
    let text = text.trim().trim_end_matches("/s");
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().trim_end_matches(['B', 'b', 'o']).to_ascii_lowercase().as_str() {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        "ki" => 1024.0,
        "mi" => 1_048_576.0,
        _ => return None,
    };
    let rate = number.parse::<f64>().ok()? * factor;
    (rate >= f64::from(LOWEST_LIMIT)).then_some(rate.min(f64::from(u32::MAX)) as u32)
}

/// A template for a folder, when its gaps are understood.
pub(super) fn folder_of(text: &str) -> Option<String> {
    Template::parse(text, &Default::default()).ok().map(|_| text.to_owned())
}

/// How the names of GRIB files end.
const GRIB_ENDINGS: [&str; 5] = [".grib", ".grib1", ".grib2", ".grb", ".grb2"];

/// What is handed over instead of a command: .torrents, GRIB files, paths, URLs and magnets, and nothing else.
pub(super) fn handed_over(arguments: &[std::ffi::OsString]) -> Option<Vec<String>> {
    let is_target = |text: &&str| {
        let lower = text.to_ascii_lowercase();
        let is_path = lower.contains('/') && !lower.starts_with('-');
        let is_file = lower.ends_with(".torrent") || GRIB_ENDINGS.iter().any(|end| lower.ends_with(end));
        lower.starts_with("magnet:") || is_path || is_file
    };
    let is_spoken = |code: Option<&str>| code.and_then(Language::from_code).is_some();
    // In which language the window speaks may be said before.
    let given = match arguments.get(1..)? {
        [first, code, rest @ ..] if first == "--lang" && is_spoken(code.to_str()) => rest,
        [first, rest @ ..] if is_spoken(first.to_str().and_then(|text| text.strip_prefix("--lang="))) => rest,
        all => all,
    };
    given.iter().map(|text| text.to_str().filter(is_target).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_desktop_hands_over_is_told_from_commands_also_after_a_language() {
        let handed = |words: &[&str]| handed_over(&words.iter().map(Into::into).collect::<Vec<_>>());
        assert_eq!(handed(&["nuee", "a.torrent"]), Some(vec!["a.torrent".to_owned()]));
        assert_eq!(handed(&["nuee", "--lang", "fr", "a.torrent"]), Some(vec!["a.torrent".to_owned()]));
        assert_eq!(handed(&["nuee", "--lang=fr", "magnet:?x"]), Some(vec!["magnet:?x".to_owned()]));
        for file in ["a.grib2", "A.GRB", "/data/no_ending", "./get", "file:///data/a", "https://h/a"] {
            assert_eq!(handed(&["nuee", file]), Some(vec![file.to_owned()]));
        }
        for nothing in [&["nuee"][..], &["nuee", "--lang", "fr"]] {
            assert_eq!(handed(nothing), Some(Vec::new()), "{nothing:?}");
        }
        for command in [
            &["nuee", "get", "a.torrent"][..],
            &["nuee", "--help"],
            &["nuee", "--lang", "xx"],
            &["nuee", "--out=/a"],
        ] {
            assert_eq!(handed(command), None, "{command:?}");
        }
    }

    #[test]
    fn rates_are_read_as_people_write_them() {
        assert_eq!(rate_of("500k"), Some(500_000));
        assert_eq!(rate_of("2MiB/s"), Some(2 << 20));
        assert_eq!(rate_of("fast"), None);
        assert_eq!(rate_of("32KiB"), Some(LOWEST_LIMIT));
        assert_eq!(rate_of("8k"), None, "it could not be kept");
    }
}
