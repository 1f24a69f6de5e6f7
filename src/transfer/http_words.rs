//! Reads what HTTP servers say in words: the name of a file, encodings that are none, and that a limit is reached.
//!
//! In: values of headers, reason phrases, pages. Out: plain values. Whatever comes is bounded and made fit to be shown.

use crate::domain::compression::Compression;
use crate::domain::outside_text::show;
use percent_encoding::percent_decode;

/// Longest file name that is taken from a header, in characters.
const LONGEST_NAME: usize = 240;

/// The name that a `Content-Disposition` gives a file (RFC 6266): the last part of it, never a path. `None` when there
/// is none. `filename*` counts before `filename`.
pub fn file_name_of(disposition: &str) -> Option<String> {
    let mut plain = None;
    for (name, value) in parameters(disposition) {
        let named = match name.to_ascii_lowercase().as_str() {
            "filename*" => extended(&value).and_then(|name| last_part(&name)),
            "filename" => {
                plain = plain.or_else(|| last_part(&value));
                None
            }
            _ => None,
        };
        if named.is_some() {
            return named;
        }
    }
    plain
}

/// The parameters behind the first `;`, with quoted strings opened.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut parts = vec![String::new()];
    let (mut is_quoted, mut is_escaped) = (false, false);
    for letter in text.chars() {
        let last = parts.last_mut().expect("there is always a last part");
        match letter {
            _ if is_escaped => {
                last.push(letter);
                is_escaped = false;
            }
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => parts.push(String::new()),
            _ => last.push(letter),
        }
    }
    let pair =
        |part: &String| part.split_once('=').map(|(name, value)| (name.trim().into(), value.trim().into()));
    parts.iter().filter_map(pair).collect()
}

/// An extended value (RFC 8187): `UTF-8''caf%C3%A9`.
fn extended(value: &str) -> Option<String> {
    let mut parts = value.splitn(3, '\'');
    let (charset, _, text) = (parts.next()?, parts.next()?, parts.next()?);
    let octets: Vec<u8> = percent_decode(text.as_bytes()).collect();
    if charset.eq_ignore_ascii_case("utf-8") {
        String::from_utf8(octets).ok()
    } else if charset.eq_ignore_ascii_case("iso-8859-1") {
        Some(octets.into_iter().map(char::from).collect())
    } else {
        None
    }
}

fn last_part(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let is_name = !last.is_empty() && last != "." && last != "..";
    is_name.then(|| last.chars().take(LONGEST_NAME).collect())
}

/// The `Content-Encoding` of data that must be undone before it is what was asked for. `None` when there is none, when
/// the value names no encoding, or when the file itself is compressed so and `path` says it.
pub fn encoding_that_matters(value: &str, path: &str, content_type: Option<&str>) -> Option<String> {
    let is_archive = content_type.is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        matches!(kind.as_str(), "application/gzip" | "application/x-gzip" | "application/x-bzip2")
    });
    let of_name = Compression::from_name(path);
    let is_own = |name: &str| match name {
        "gzip" | "x-gzip" => of_name == Some(Compression::Gzip) || is_archive,
        "bzip2" | "x-bzip2" | "bz2" => of_name == Some(Compression::Bzip2) || is_archive,
        "xz" | "x-xz" => of_name == Some(Compression::Xz),
        "zstd" => of_name == Some(Compression::Zstd),
        // How an object was once uploaded, how its text is written, or nothing at all.
        "" | "identity" | "none" | "null" | "binary" | "raw" | "plain" | "utf-8" | "utf8" | "us-ascii"
        | "8bit" | "7bit" | "chunked" | "aws-chunked" => true,
        _ => false,
    };
    value.split(',').map(str::trim).find(|name| !is_own(&name.to_ascii_lowercase())).map(show)
}

/// What a server says of a limit that was passed, when `text` says so. `None` for any other text.
pub fn limit_in(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let has = |word: &str| lower.contains(word);
    let says_limit = ["too many requests", "rate limit", "rate-limit", "throttl", "quota", "slow down"]
        .iter()
        .any(|words| has(words))
        || has("limit")
            && ["allowed", "exceed", "used up", "reached", "request", "over"].iter().any(|word| has(word));
    says_limit.then(|| show(text.trim()))
}

/// The title of a web page.
pub fn title_of(page: &str) -> Option<&str> {
    // Only letters of ASCII change, so that places in the text stay the same.
    let lower = page.to_ascii_lowercase();
    let from = lower.find("<title")?;
    let from = from + lower[from..].find('>')? + 1;
    let to = from + lower[from..].find("</title")?;
    Some(page[from..to].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_what_the_server_calls_it() {
        for (header, name) in [
            ("attachment; filename=\"gfs.f006.grib2\"", "gfs.f006.grib2"),
            ("attachment; filename=gfs.grib2", "gfs.grib2"),
            ("ATTACHMENT;FileName = gfs.grib2 ; size=3", "gfs.grib2"),
            ("attachment; filename=\"e.grib2\"; filename*=UTF-8''%c3%a9t%c3%a9.grib2", "été.grib2"),
            ("attachment; filename*=iso-8859-1'en'%E9.grib2", "é.grib2"),
            ("attachment; filename*=UTF-8''%ff; filename=b.grib2", "b.grib2"),
            ("attachment; filename=\"a;b=\\\"c\\\".grib2\"", "a;b=\"c\".grib2"),
        ] {
            assert_eq!(file_name_of(header).as_deref(), Some(name), "{header}");
        }
    }

    #[test]
    fn a_name_from_a_header_is_never_a_path() {
        for (header, name) in [
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename*=UTF-8''..%2F..%2Fx.grib2", Some("x.grib2")),
            ("attachment; filename=\"C:\\\\temp\\\\x.grib2\"", Some("x.grib2")),
            ("attachment; filename=\"..\"", None),
            ("attachment; filename=\"\"", None),
            ("inline", None),
            ("", None),
        ] {
            assert_eq!(file_name_of(header).as_deref(), name, "{header}");
        }
    }

    #[test]
    fn encodings_that_are_none_are_let_pass() {
        for name in ["identity", "aws-chunked", "binary", "UTF-8", "none", "", "aws-chunked, identity"] {
            assert_eq!(encoding_that_matters(name, "/x.grib2", None), None, "{name}");
        }
        assert_eq!(encoding_that_matters("gzip", "/x.grib2", None).as_deref(), Some("gzip"));
        assert_eq!(encoding_that_matters("aws-chunked, br", "/x.grib2", None).as_deref(), Some("br"));
    }

    #[test]
    fn the_encoding_of_a_compressed_file_is_its_own() {
        assert_eq!(encoding_that_matters("x-gzip", "/x.grib2.gz", None), None);
        assert_eq!(encoding_that_matters("gzip", "/x", Some("application/gzip")), None);
        assert_eq!(encoding_that_matters("gzip", "/x.grib2.bz2", None).as_deref(), Some("gzip"));
    }

    #[test]
    fn a_limit_is_known_by_the_words_of_the_server() {
        for words in [
            "Over Rate Limit",
            "Your allowed limit is used up.",
            "Too Many Requests",
            "Request limit reached",
        ] {
            assert_eq!(limit_in(words).as_deref(), Some(words));
        }
        for words in ["Found", "Moved Temporarily", "Login", "Unlimited data"] {
            assert_eq!(limit_in(words), None, "{words}");
        }
        assert_eq!(title_of("<HTML><Title lang=en> Over Rate Limit </TITLE>"), Some("Over Rate Limit"));
        assert_eq!(title_of("<title>no end"), None);
    }
}
