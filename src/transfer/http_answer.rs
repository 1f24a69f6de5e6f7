//! Judges the head of an HTTP answer before one byte of its body counts.
//!
//! In: what was asked, and the status and headers that came. Out: which octets the body holds, or a [`Reason`].
//! RFC 9110 §14, with the habits of real servers: 200 for a range, shorter parts, unknown totals, web pages.
//! Start reading at [`judge`].

use super::reason::Reason;
use crate::domain::octets::{ByteCount, ByteRange};
use crate::domain::utc::UtcTime;
use std::time::Duration;

/// Longest pause that `Retry-After` may ask; longer ones are read as this.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// What was asked of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeRequest {
    /// The octets asked, counted in the file.
    pub range: ByteRange,
    /// The file's length as published; `None` when nobody has told.
    pub length: Option<ByteCount>,
}

/// The head of an answer: the headers that matter, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerHead {
    /// The status code.
    pub status: u16,
    /// `Content-Range`.
    pub content_range: Option<String>,
    /// `Content-Length`.
    pub content_length: Option<u64>,
    /// `Content-Encoding`, when it must be undone before the data is what was asked for.
    pub content_encoding: Option<String>,
    /// The name that `Content-Disposition` gives the file.
    pub file_name: Option<String>,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Retry-After` as seconds from now; a date was already turned into them.
    pub retry_after: Option<Duration>,
    /// `ETag`, or else `Last-Modified`.
    pub validator: Option<String>,
    /// `Last-Modified`. `None` when not told, or no date.
    pub modified: Option<UtcTime>,
}

/// What the body of a good answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// These octets of the file: the ones asked, or fewer from the same start.
    Part {
        /// Counted in the file.
        range: ByteRange,
        /// So many octets of the body come before them: caches answer in whole blocks.
        skip: u64,
        /// The whole file's length, when told.
        total: Option<ByteCount>,
    },
    /// The whole file from its first octet: the server ignores ranges.
    Whole {
        /// The file's length, when told.
        total: Option<ByteCount>,
    },
}

/// Judges the head of an answer.
///
/// # Errors
/// The [`Reason`] for which the body must not be used.
pub fn judge(asked: RangeRequest, head: &AnswerHead) -> Result<Body, Reason> {
    match head.status {
        206 => judge_part(asked, head),
        200 => judge_whole(asked, head),
        416 => Err(told_length(head).map_or(Reason::Status(416), |told| match asked.length {
            Some(expected) if expected != told => Reason::WrongLength { expected, told },
            _ => Reason::Status(416),
        })),
        status => Err(head.trouble().unwrap_or(Reason::Status(status))),
    }
}

impl AnswerHead {
    /// Why the request is worth another attempt, when the server says so by its status.
    pub fn trouble(&self) -> Option<Reason> {
        match self.status {
            429 | 503 => Some(Reason::Busy {
                status: self.status,
                wait: self.retry_after.map(|wait| wait.min(LONGEST_PAUSE)),
            }),
            status @ (408 | 425 | 500 | 502 | 504) => Some(match self.retry_after {
                Some(wait) => Reason::Busy { status, wait: Some(wait.min(LONGEST_PAUSE)) },
                None => Reason::Status(status),
            }),
            _ => None,
        }
    }

    /// What may be sent as `If-Range`: RFC 9110 (13.1.5) forbids weak ETags there.
    pub fn strong_validator(&self) -> Option<&str> {
        self.validator.as_deref().filter(|validator| !is_weak(validator))
    }
}

/// Whether a validator is a weak ETag: the same for files that differ in octets.
pub fn is_weak(validator: &str) -> bool {
    validator.starts_with("W/")
}

fn judge_part(asked: RangeRequest, head: &AnswerHead) -> Result<Body, Reason> {
    refuse_encoding(head)?;
    if head.content_type.as_deref().is_some_and(|kind| kind.trim_start().starts_with("multipart/")) {
        return Err(Reason::Encoded("multipart".to_owned()));
    }
    // A part of which nobody says where it lies, as broken proxies send it: the whole may still be asked for.
    let told = head.content_range.as_deref().ok_or(Reason::RangeIgnored)?;
    let wrong = || Reason::WrongRange(crate::domain::outside_text::show(told));
    let (range, total) = parse_content_range(told).ok_or_else(wrong)?;
    if let (Some(told), Some(expected)) = (total, asked.length)
        && told != expected
    {
        return Err(Reason::WrongLength { expected, told });
    }
    if head.content_length.is_some_and(|length| length != range.count().0) {
        return Err(wrong());
    }
    let is_more = range.start() < asked.range.start() || range.end() > asked.range.end();
    let length = total.or(asked.length);
    if is_more && range.start() == 0 && length == Some(range.count()) {
        return Ok(Body::Whole { total: length });
    }
    // Octets before the ones asked are dropped, and those behind them are not read.
    let begins_in_it = range.start() <= asked.range.start();
    let usable = range.intersection(asked.range).filter(|_| begins_in_it).ok_or_else(wrong)?;
    Ok(Body::Part { range: usable, skip: usable.start() - range.start(), total })
}

fn judge_whole(asked: RangeRequest, head: &AnswerHead) -> Result<Body, Reason> {
    refuse_encoding(head)?;
    if head.content_type.as_deref().is_some_and(is_web_page) {
        return Err(Reason::WebPage);
    }
    let total = head.content_length.map(ByteCount);
    match (total, asked.length) {
        (Some(told), Some(expected)) if told != expected => Err(Reason::WrongLength { expected, told }),
        _ => Ok(Body::Whole { total }),
    }
}

fn refuse_encoding(head: &AnswerHead) -> Result<(), Reason> {
    match head.content_encoding.as_deref().map(str::trim) {
        None | Some("") => Ok(()),
        Some(name) => Err(Reason::Encoded(crate::domain::outside_text::show(name))),
    }
}

/// Whether a media type is one of pages for people, which no data file has.
pub fn is_web_page(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(kind.as_str(), "text/html" | "application/xhtml+xml")
}

fn told_length(head: &AnswerHead) -> Option<ByteCount> {
    let total = head.content_range.as_deref()?.strip_prefix("bytes */")?;
    total.trim().parse().ok().map(ByteCount)
}

/// Reads `bytes a-b/total` and `bytes a-b/*`. The range may not pass the total.
fn parse_content_range(text: &str) -> Option<(ByteRange, Option<ByteCount>)> {
    let (unit, rest) = text.trim().split_once(char::is_whitespace)?;
    let (span, total) = rest.trim().split_once('/')?;
    let (first, last) = span.split_once('-')?;
    let range = ByteRange::new(first.trim().parse().ok()?, last.trim().parse::<u64>().ok()?.checked_add(1)?)?;
    let total = match total.trim() {
        "*" => None,
        number => Some(ByteCount(number.parse().ok()?)),
    };
    let fits = total.is_none_or(|total| range.end() <= total.0);
    (unit.eq_ignore_ascii_case("bytes") && fits).then_some((range, total))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: u64, end: u64) -> ByteRange {
        ByteRange::new(start, end).expect("a test range is not empty")
    }

    fn asked() -> RangeRequest {
        RangeRequest { range: range(100, 200), length: Some(ByteCount(1_000)) }
    }

    fn part(content_range: &str) -> AnswerHead {
        AnswerHead { status: 206, content_range: Some(content_range.to_owned()), ..AnswerHead::default() }
    }

    fn whole(length: u64) -> AnswerHead {
        AnswerHead { status: 200, content_length: Some(length), ..AnswerHead::default() }
    }

    #[test]
    fn the_part_that_was_asked_is_taken() {
        let total = Some(ByteCount(1_000));
        assert_eq!(
            judge(asked(), &part("bytes 100-199/1000")),
            Ok(Body::Part { range: range(100, 200), skip: 0, total })
        );
    }

    #[test]
    fn a_shorter_part_from_the_same_start_is_taken() {
        let answer = judge(asked(), &part("bytes 100-149/1000"));
        assert_eq!(answer, Ok(Body::Part { range: range(100, 150), skip: 0, total: Some(ByteCount(1_000)) }));
    }

    #[test]
    fn an_unknown_total_is_taken() {
        assert_eq!(
            judge(asked(), &part("bytes 100-199/*")),
            Ok(Body::Part { range: range(100, 200), skip: 0, total: None })
        );
    }

    #[test]
    fn another_range_than_asked_is_refused() {
        for told in [
            "bytes 101-200/1000",
            "bytes 200-299/1000",
            "bytes 0-99/1000",
            "items 100-199/1000",
            "",
            "bytes 9-1/5",
        ] {
            assert!(matches!(judge(asked(), &part(told)), Err(Reason::WrongRange(_))), "{told:?} was taken");
        }
    }

    #[test]
    fn a_part_in_whole_blocks_is_used_from_where_the_wish_begins() {
        let total = Some(ByteCount(1_000));
        let body = Ok(Body::Part { range: range(100, 200), skip: 36, total });
        assert_eq!(judge(asked(), &part("bytes 64-255/1000")), body);
        let shorter = Ok(Body::Part { range: range(100, 128), skip: 36, total });
        assert_eq!(judge(asked(), &part("bytes 64-127/1000")), shorter);
    }

    #[test]
    fn a_part_that_is_the_whole_file_is_taken_for_the_whole_file() {
        assert_eq!(
            judge(asked(), &part("bytes 0-999/1000")),
            Ok(Body::Whole { total: Some(ByteCount(1_000)) })
        );
        assert_eq!(judge(asked(), &part("bytes 0-999/*")), Ok(Body::Whole { total: Some(ByteCount(1_000)) }));
    }

    #[test]
    fn a_part_that_does_not_say_which_leads_to_the_whole_file() {
        let bare = AnswerHead { status: 206, ..AnswerHead::default() };
        assert_eq!(judge(asked(), &bare), Err(Reason::RangeIgnored));
    }

    #[test]
    fn a_weak_etag_is_never_sent_as_if_range() {
        let with =
            |validator: &str| AnswerHead { validator: Some(validator.to_owned()), ..AnswerHead::default() };
        assert_eq!(with("W/\"1-2\"").strong_validator(), None);
        assert_eq!(with("\"1-2\"").strong_validator(), Some("\"1-2\""));
    }

    #[test]
    fn a_status_that_passes_is_a_trouble_and_one_for_good_is_none() {
        let head = |status| AnswerHead { status, ..AnswerHead::default() };
        for status in [429, 500, 502, 503, 504, 408, 425] {
            assert!(head(status).trouble().is_some(), "{status}");
        }
        for status in [200, 206, 304, 401, 403, 404, 410, 416, 501] {
            assert_eq!(head(status).trouble(), None, "{status}");
        }
    }

    #[test]
    fn another_total_than_published_means_another_file() {
        let expected = ByteCount(1_000);
        let told = ByteCount(999);
        let wrong = Err(Reason::WrongLength { expected, told });
        assert_eq!(judge(asked(), &part("bytes 100-199/999")), wrong);
        assert_eq!(judge(asked(), &whole(999)), wrong);
    }

    #[test]
    fn a_body_longer_than_its_own_range_is_refused() {
        let head = AnswerHead { content_length: Some(5_000), ..part("bytes 100-199/1000") };
        assert!(matches!(judge(asked(), &head), Err(Reason::WrongRange(_))));
    }

    #[test]
    fn a_server_that_ignores_ranges_is_known_from_a_portal() {
        assert_eq!(judge(asked(), &whole(1_000)), Ok(Body::Whole { total: Some(ByteCount(1_000)) }));
        let page = AnswerHead { content_type: Some("Text/HTML; charset=utf-8".to_owned()), ..whole(1_000) };
        assert_eq!(judge(asked(), &page), Err(Reason::WebPage));
    }

    #[test]
    fn compressed_or_multipart_data_is_refused() {
        let gzip = AnswerHead { content_encoding: Some("gzip".to_owned()), ..part("bytes 100-199/1000") };
        assert_eq!(judge(asked(), &gzip), Err(Reason::Encoded("gzip".to_owned())));
        let parts = AnswerHead {
            content_type: Some("multipart/byteranges".to_owned()),
            ..part("bytes 100-199/1000")
        };
        assert_eq!(judge(asked(), &parts), Err(Reason::Encoded("multipart".to_owned())));
    }

    #[test]
    fn refusals_keep_their_status_and_busy_servers_their_pause() {
        let status = |status| AnswerHead { status, ..AnswerHead::default() };
        assert_eq!(judge(asked(), &status(404)), Err(Reason::Status(404)));
        let wait = Some(Duration::from_secs(7));
        let busy = AnswerHead { retry_after: wait, ..status(429) };
        assert_eq!(judge(asked(), &busy), Err(Reason::Busy { status: 429, wait }));
        let gone = AnswerHead { content_range: Some("bytes */50".to_owned()), ..status(416) };
        assert_eq!(
            judge(asked(), &gone),
            Err(Reason::WrongLength { expected: ByteCount(1_000), told: ByteCount(50) })
        );
    }

    #[test]
    fn no_header_however_mangled_is_taken_for_octets_that_were_not_asked() {
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..2_000 {
            let mut text = b"bytes 100-199/1000".to_vec();
            for _ in 0..random.usize(1..4) {
                let at = random.usize(..text.len());
                text[at] = random.u8(b' '..b'~');
            }
            if let Ok(Body::Part { range: got, .. }) = judge(asked(), &part(&String::from_utf8_lossy(&text)))
            {
                assert!(asked().range.contains(got) && got.start() == 100, "{text:?}");
            }
        }
    }
}
