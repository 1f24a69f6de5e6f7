//! Names of links, hosts and files, as messages write them.
//!
//! In: text of a message. Out: the part that is meant, or one form for all its spellings.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;

/// What a path may hold as it is (RFC 3986, `pchar` and `/`); everything else is encoded for a request.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// The same, and what tells a query from its path and its parts from each other.
const IN_PATH_AND_QUERY: &AsciiSet = &IN_PATH.remove(b'?').remove(b'%');

/// What a link is to its file: text of our own where it is a usual word, so that a link need not carry it.
pub(super) fn rel_of(text: &str) -> Cow<'static, str> {
    const USUAL: [&str; 6] = ["canonical", "update", "deletion", "alternate", "item", "via"];
    let usual = USUAL.into_iter().find(|usual| *usual == text);
    usual.map_or_else(|| Cow::Owned(text.to_owned()), Cow::Borrowed)
}

/// What stands before `:` in a URL.
pub(super) fn scheme_of(href: &str) -> &str {
    href.split_once(':').map_or("", |(scheme, _)| scheme)
}

/// Host and port of a URL, without user; empty when there is none. For grouping and showing, not for connecting.
pub(in crate::mesh) fn host_of(href: &str) -> &str {
    let Some((_, rest)) = href.split_once("://") else { return "" };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

/// A relative path as a key: percent-escapes decoded, without leading slash, no two slashes together. Whichever dialect
/// names a file, it has one key.
pub(in crate::mesh) fn key_of_path(path: &str) -> Cow<'_, str> {
    let path = decoded(path.trim_start_matches('/'));
    if !path.contains("//") {
        return path;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    Cow::Owned(parts.join("/"))
}

/// Text with its percent-escapes decoded; those that would make a slash, a control character or no text stay as written.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let (before, from) = rest.split_at(at);
        plain.push_str(before);
        let run = 3 * from.as_bytes().chunks(3).take_while(|three| is_escape(three)).count();
        // A sign of its own stands for itself.
        let (escapes, after) = from.split_at(run.max(1));
        match percent_decode_str(escapes).decode_utf8() {
            Ok(text) if !text.contains(|c: char| c == '/' || c.is_control()) => plain.push_str(&text),
            _ => plain.push_str(escapes),
        }
        rest = after;
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn is_escape(three: &[u8]) -> bool {
    matches!(three, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
}

/// `base` and `path` as one URL, with one slash between them and the path as it was written.
pub(in crate::mesh) fn joined(base: &str, path: &str) -> String {
    format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'))
}

/// A path as a request for it has it.
pub(in crate::mesh) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, IN_PATH).to_string()
}

/// The same with the path encoded once, as Sarracenia asks for it.
pub(super) fn joined_encoded(base: &str, path: &str) -> String {
    joined(base, &encoded(path))
}

/// The same with a path that may have a query: escapes in it stay, and nothing of it ends the URL.
pub(super) fn joined_with_query(base: &str, path: &str) -> String {
    joined(base, &utf8_percent_encode(path, IN_PATH_AND_QUERY).to_string())
}

/// Whether a path as it was written leads to the file that was meant when it is put into a URL as it is: `#` would cut
/// it off, and `\` and blanks at its end become something else.
pub(super) fn can_stand_in_a_url(path: &str) -> bool {
    !path.contains(['#', '\\']) && !path.contains(char::is_control) && !path.ends_with(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_once_and_a_sign_of_its_own_stays() {
        for (written, plain) in [
            ("a b", "a b"),
            ("a%20b%23c", "a b#c"),
            ("%C3%A9t%c3%a9", "été"),
            ("50%_prob", "50%_prob"),
            ("100%", "100%"),
            ("%2", "%2"),
            ("a%252Fb", "a%2Fb"),
            ("a%2Fb", "a%2Fb"),
            ("a%00b", "a%00b"),
            ("%FF", "%FF"),
            ("é%é%41", "é%éA"),
        ] {
            assert_eq!(decoded(written), plain, "{written}");
        }
    }

    #[test]
    fn a_path_is_encoded_once_for_the_request() {
        for (path, url) in [
            ("x/A#1", "http://h/d/x/A%231"),
            ("x/what?", "http://h/d/x/what%3F"),
            ("50%_prob", "http://h/d/50%25_prob"),
            ("a%20b", "http://h/d/a%2520b"),
            ("a\\b", "http://h/d/a%5Cb"),
            ("a ", "http://h/d/a%20"),
            ("SN_é+1&2;3:4", "http://h/d/SN_%C3%A9+1&2;3:4"),
        ] {
            assert_eq!(joined_encoded("http://h/d/", path), url);
        }
        assert_eq!(joined_with_query("http://h", "api?x=a b%20c#"), "http://h/api?x=a%20b%20c%23");
    }
}
