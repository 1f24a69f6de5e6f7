//! What a client says of the copy that it has, and of what it takes (RFC 9110 §12.5.3, §13).
//!
//! In: values of headers as they were written; the entity tags of what is there. Out: whether to answer, and how.

use std::time::Duration;

/// The headers of a request that decide how it is answered; each `None` when it was not sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestHeaders<'a> {
    /// `If-Match`.
    pub if_match: Option<&'a str>,
    /// `If-None-Match`.
    pub if_none_match: Option<&'a str>,
    /// `If-Range`.
    pub if_range: Option<&'a str>,
    /// `Accept-Encoding`.
    pub accept_encoding: Option<&'a str>,
}

/// What becomes of a request with conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// It is answered.
    Met,
    /// The client has what is there: 304.
    NotModified,
    /// The client wants something else than what is there: 412.
    Failed,
}

impl RequestHeaders<'_> {
    /// Judges the conditions; `tags` are those of all forms of what is there.
    pub fn judge(&self, tags: &[&str]) -> Precondition {
        let names = |list: &str, comparison| {
            list.trim() == "*"
                || tags_of(list).any(|tag| tags.iter().any(|own| is_same(tag, own, comparison)))
        };
        if self.if_match.is_some_and(|list| !names(list, Comparison::Strong)) {
            Precondition::Failed
        } else if self.if_none_match.is_some_and(|list| names(list, Comparison::Weak)) {
            Precondition::NotModified
        } else {
            Precondition::Met
        }
    }

    /// Whether a range that is asked for counts: not when the client has a part of something else than what is there.
    pub fn range_counts(&self, tag: &str) -> bool {
        self.if_range.is_none_or(|known| is_same(known.trim(), tag, Comparison::Strong))
    }

    /// Whether the client takes gzip.
    pub fn takes_gzip(&self) -> bool {
        let mut of_any = false;
        for coding in self.accept_encoding.unwrap_or_default().split(',') {
            let mut parts = coding.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight =
                parts.find_map(|part| part.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok());
            let is_wanted = weight.is_some_and(|weight| weight > 0.0);
            if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
                return is_wanted;
            }
            of_any |= name == "*" && is_wanted;
        }
        of_any
    }
}

/// The strong entity tag of a file, by its length in octets and the time of its last change since 1970.
pub fn file_tag(length: u64, modified: Duration) -> String {
    format!("\"{length:x}-{:x}\"", modified.as_nanos())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Ours are strong; a cache on the way may have made them weak.
fn is_same(told: &str, own: &str, comparison: Comparison) -> bool {
    match told.strip_prefix("W/") {
        Some(tag) => comparison == Comparison::Weak && tag == own,
        None => told == own,
    }
}

/// The tags of a list, quotes and marks of weakness included. What is no tag ends the list.
fn tags_of(list: &str) -> impl Iterator<Item = &str> {
    let mut rest = list;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        let opaque = rest.strip_prefix("W/").unwrap_or(rest);
        let before = rest.len() - opaque.len();
        let length = opaque.strip_prefix('"')?.find('"')?;
        let (tag, after) = rest.split_at(before + length + 2);
        rest = after;
        Some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAGS: [&str; 2] = ["\"abc\"", "\"abc-gz\""];

    fn if_none_match(list: &str) -> Precondition {
        RequestHeaders { if_none_match: Some(list), ..RequestHeaders::default() }.judge(&TAGS)
    }

    #[test]
    fn a_copy_that_is_known_under_any_of_its_tags_is_not_sent_again() {
        for list in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc-gz\"", "*", "\"a,b\",W/\"abc\""] {
            assert_eq!(if_none_match(list), Precondition::NotModified, "{list}");
        }
        for list in ["\"ABC\"", "abc", "", "\"abc", "W/", "\"x\" \"y"] {
            assert_eq!(if_none_match(list), Precondition::Met, "{list}");
        }
        assert_eq!(RequestHeaders::default().judge(&TAGS), Precondition::Met);
    }

    #[test]
    fn who_wants_the_rest_of_something_else_is_refused() {
        let if_match =
            |list| RequestHeaders { if_match: Some(list), ..RequestHeaders::default() }.judge(&TAGS);
        assert_eq!((if_match("\"abc\""), if_match("*")), (Precondition::Met, Precondition::Met));
        assert_eq!(
            (if_match("\"old\""), if_match("W/\"abc\"")),
            (Precondition::Failed, Precondition::Failed)
        );
    }

    #[test]
    fn a_range_of_something_else_does_not_count() {
        let counts =
            |if_range| RequestHeaders { if_range, ..RequestHeaders::default() }.range_counts("\"abc\"");
        assert!(counts(None) && counts(Some("\"abc\"")));
        assert!(!counts(Some("\"old\"")) && !counts(Some("W/\"abc\"")));
        assert!(!counts(Some("Mon, 30 Nov 2026 06:00:00 GMT")), "a date is no strong validator");
    }

    #[test]
    fn gzip_is_taken_when_it_is_named_and_not_refused() {
        let takes = |list| RequestHeaders { accept_encoding: list, ..RequestHeaders::default() }.takes_gzip();
        for list in ["gzip", "deflate, gzip;q=0.5", "br, GZIP", "*", "identity;q=0.1, *;q=0.5", "x-gzip"] {
            assert!(takes(Some(list)), "{list}");
        }
        for list in ["", "identity", "gzip;q=0", "*, gzip;q=0.0", "gzip;q=x", "br"] {
            assert!(!takes(Some(list)), "{list}");
        }
        assert!(!takes(None));
    }

    #[test]
    fn a_file_that_changed_has_another_tag() {
        let tag = file_tag(10, Duration::from_secs(1));
        assert_ne!(tag, file_tag(11, Duration::from_secs(1)));
        assert_ne!(tag, file_tag(10, Duration::from_nanos(1_000_000_001)));
        assert!(tag.starts_with('"') && tag.ends_with('"'));
    }

    #[test]
    fn mutated_conditions_never_panic() {
        let seeds = [b"W/\"abc\", \"def\",*".to_vec(), b"gzip;q=0.5, *;q=0, br".to_vec()];
        crate::domain::tests::mutate(&seeds, |octets| {
            let text = String::from_utf8_lossy(octets);
            let sent = Some(&*text);
            let headers =
                RequestHeaders { if_match: sent, if_none_match: sent, if_range: sent, accept_encoding: sent };
            let _ = (headers.judge(&TAGS), headers.range_counts(TAGS[0]), headers.takes_gzip());
        });
    }
}
