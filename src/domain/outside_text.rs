//! Text that came from outside, made fit to be shown, and secrets taken out of it.
//!
//! In: names, reasons and URLs written by strangers. Out: text without control, direction or invisible characters.
//! Every front end and every log line shows outside text through [`show`] and URLs through [`show_url`], nothing else.

mod secret_key;

pub use secret_key::is_secret_key;

use url::Url;

/// Longest outside text that is shown, in characters.
const MOST_SHOWN: usize = 200;

/// Written in place of a secret.
pub const REDACTED: &str = "***";

/// `text` with every control, direction and zero-width character written out as `<U+202E>`, cut at 200 characters.
pub fn show(text: &str) -> String {
    let mut shown = String::with_capacity(text.len().min(MOST_SHOWN * 4));
    for (count, c) in text.chars().enumerate() {
        if count == MOST_SHOWN {
            shown.push('…');
            break;
        }
        if is_treacherous(c) {
            shown.push_str(&format!("<U+{:04X}>", c as u32));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a character would move, hide or reorder what stands around it.
pub fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// A URL fit to be shown, logged or exported: user, password and the values of secret keys are `***`.
pub fn show_url(url: &Url) -> String {
    show(redacted(url).as_str())
}

/// A URL without its secrets, whole: what may leave this machine in a .torrent, a magnet or a report.
pub fn redacted(url: &Url) -> Url {
    let mut clean = url.clone();
    if !clean.username().is_empty() || clean.password().is_some() {
        // A URL with a user has a host, so neither call can fail.
        let _ = clean.set_username(REDACTED);
        let _ = clean.set_password(None);
    }
    if let Some(query) = url.query() {
        clean.set_query(Some(&redacted_pairs(query)));
    }
    // Answers of sign-in services put their tokens behind the `#`.
    if let Some(fragment) = url.fragment().filter(|fragment| fragment.contains('=')) {
        clean.set_fragment(Some(&redacted_pairs(fragment)));
    }
    clean
}

fn redacted_pairs(pairs: &str) -> String {
    pairs.split('&').map(redacted_pair).collect::<Vec<_>>().join("&")
}

fn redacted_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((key, _)) if is_secret_key(key) => format!("{key}={REDACTED}"),
        _ => pair.to_owned(),
    }
}

/// Any text in which URLs may stand, with the secrets of each taken out and treacherous characters written out.
pub fn show_with_urls(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for word in
        text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | '<' | '>'))
    {
        let trimmed = word
            .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | ')' | '<' | '>'));
        match Url::parse(trimmed) {
            Ok(url) if url.has_host() || trimmed.starts_with("magnet:") => {
                clean.push_str(redacted(&url).as_str());
                clean.push_str(&word[trimmed.len()..]);
            }
            _ => clean.push_str(word),
        }
    }
    show(&clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn direction_marks_and_control_characters_are_written_out() {
        assert_eq!(show("AROME\u{202E}2birg\u{7}"), "AROME<U+202E>2birg<U+0007>");
    }

    #[test]
    fn long_text_is_cut_at_two_hundred_characters() {
        assert_eq!(show(&"é".repeat(5_000)).chars().count(), 201);
    }

    #[test]
    fn ordinary_names_in_any_script_stay_as_they_are() {
        assert_eq!(show("prévision_منطقة_数値.grib2"), "prévision_منطقة_数値.grib2");
    }

    #[test]
    fn secrets_never_show() {
        let shown =
            show_url(&url("https://user:pw@data.example/a?token=__s3cret__&model=AROME&X-Amz-Signature=abc"));
        assert_eq!(shown, "https://***@data.example/a?token=***&model=AROME&X-Amz-Signature=***");
    }

    #[test]
    fn the_listing_of_an_object_store_is_shown_as_it_is_asked() {
        let asked = "https://data.example/?list-type=2&prefix=a/&max-keys=1000&keyword=wind";
        assert_eq!(redacted(&url(asked)).as_str(), asked);
        let shown = redacted(&url("https://data.example/#access_token=abc&state=x"));
        assert_eq!(shown.as_str(), "https://data.example/#access_token=***&state=x");
    }

    #[test]
    fn a_url_without_secrets_is_unchanged() {
        let plain = "https://data.example/pnt/2026-08-09T15:00:00Z/a%20b.grib2?model=AROME&time=00H";
        assert_eq!(redacted(&url(plain)).as_str(), plain);
    }

    #[test]
    fn urls_inside_prose_lose_their_secrets() {
        let text = "error for url (http://a.example/x?key=123): refused";
        assert_eq!(show_with_urls(text), "error for url (http://a.example/x?key=***): refused");
    }
}
