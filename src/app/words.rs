//! Times and sizes as people write them, on the command line and in what they wish to follow; words as a shell reads them.

use crate::transfer::fallback::Policy;
use std::path::Path;
use std::time::Duration;

/// `30`, `30s`, `10min`, `2h`, `1d`.
pub fn time_of(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds = match unit.trim() {
        "" | "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" | "j" => 86_400,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

/// `500M`, `20G`, `1.5T`, `2GiB`: octets.
pub fn size_of(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().trim_end_matches(['B', 'b', 'o']).to_ascii_lowercase().as_str() {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        "t" => 1e12,
        "ki" => 1024.0,
        "mi" => 1_048_576.0,
        "gi" => 1_073_741_824.0,
        "ti" => 1_099_511_627_776.0,
        _ => return None,
    };
    let size = number.parse::<f64>().ok()? * factor;
    (1.0..1e18).contains(&size).then_some(size as u64)
}

/// The end of a command: by which road where that is not the usual one, and into which folder.
pub fn further_words(policy: Policy, folder: &Path) -> String {
    let via = if policy == Policy::default() { String::new() } else { format!("--via {} ", policy.key()) };
    format!("{via}--out {}", quoted(&folder.display().to_string()))
}

/// A word that a shell takes as one.
pub fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_read_as_people_write_them() {
        assert_eq!(time_of("10min"), Some(Duration::from_secs(600)));
        assert_eq!(time_of("-1"), None);
        assert_eq!((size_of("1.5G"), size_of("2GiB")), (Some(1_500_000_000), Some(2 << 30)));
        assert_eq!((size_of("-1"), size_of("9e30"), size_of("much")), (None, None, None));
    }

    #[test]
    fn a_word_with_spaces_or_quotes_stays_one_word_in_a_shell() {
        assert_eq!(quoted("meteo/arome-0.01/SP1"), "meteo/arome-0.01/SP1");
        assert_eq!(quoted("/home/ann/Mes données"), "'/home/ann/Mes données'");
        assert_eq!(quoted("it's; rm -rf $HOME"), "'it'\\''s; rm -rf $HOME'");
    }
}
