//! Turns what the HTTP library says into reasons, and its headers into the head of an answer.

use super::resolver::ResolveError;
use crate::domain::outside_text::show_with_urls;
use crate::domain::utc::UtcTime;
use crate::transfer::http_answer::{AnswerHead, Body, RangeRequest, judge};
use crate::transfer::http_words::{encoding_that_matters, file_name_of};
use crate::transfer::reason::Reason;
use percent_encoding::percent_decode_str;
use reqwest::header::{
    CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, ETAG,
    HeaderName, HeaderValue, LAST_MODIFIED, RETRY_AFTER, TRANSFER_ENCODING,
};
use std::error::Error;
use std::io::ErrorKind;
use std::time::{Duration, SystemTime};

/// The reason behind an error of the library: the innermost cause that says something.
pub(super) fn reason_of(error: &reqwest::Error) -> Reason {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = next {
        next = cause.source();
        if let Some(resolve) = cause.downcast_ref::<ResolveError>() {
            return reason_of_resolve(resolve);
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Reason::Tls(show_with_urls(&tls.to_string()));
        }
        if let Some(reason) = cause.downcast_ref::<std::io::Error>().and_then(reason_of_io) {
            return reason;
        }
        if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse_status) {
            return Reason::OddStatusLine;
        }
        if let Some(hyper) = cause.downcast_ref::<hyper::Error>()
            && (hyper.is_parse() || hyper.is_parse_too_large())
        {
            return Reason::NotHttp;
        }
    }
    if error.is_timeout() {
        return Reason::NoAnswer;
    }
    if error.is_body() || error.is_decode() || error.is_request() {
        return Reason::Closed;
    }
    Reason::Other(show_with_urls(&error.to_string()))
}

/// The reason behind a name that leads nowhere it may.
pub(crate) fn reason_of_resolve(error: &ResolveError) -> Reason {
    match error {
        ResolveError::Refused(class) => Reason::AddressRefused(*class),
        ResolveError::NotFound => Reason::NameNotFound,
        ResolveError::Silent => Reason::NameServiceSilent,
    }
}

/// The reason behind a system error, where it names one. A wrapped error is looked at by itself.
pub(crate) fn reason_of_io(error: &std::io::Error) -> Option<Reason> {
    match error.kind() {
        ErrorKind::ConnectionRefused => Some(Reason::ConnectionRefused),
        ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            Some(Reason::NoAnswer)
        }
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => Some(Reason::Closed),
        _ => None,
    }
}

/// The headers that matter of an answer.
pub(super) fn head_of(response: &reqwest::Response) -> AnswerHead {
    let text = |name: HeaderName| {
        let value = response.headers().get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let content_type = text(CONTENT_TYPE);
    // The server's own clock, where it tells it: ours may stand elsewhere.
    let now = text(DATE).and_then(|date| httpdate::parse_http_date(date.trim()).ok());
    let now = now.unwrap_or_else(SystemTime::now);
    let path = percent_decode_str(response.url().path()).decode_utf8_lossy();
    // With chunks a length is void, whatever it says (RFC 9112, 6.3).
    let is_chunked = response.headers().contains_key(TRANSFER_ENCODING);
    AnswerHead {
        status: response.status().as_u16(),
        content_range: text(CONTENT_RANGE),
        content_length: text(CONTENT_LENGTH)
            .filter(|_| !is_chunked)
            .and_then(|told| told.trim().parse().ok()),
        content_encoding: text(CONTENT_ENCODING)
            .and_then(|name| encoding_that_matters(&name, &path, content_type.as_deref())),
        file_name: response
            .headers()
            .get(CONTENT_DISPOSITION)
            .and_then(|value| file_name_of(&text_of(value))),
        content_type,
        retry_after: text(RETRY_AFTER).and_then(|value| pause_of(&value, now)),
        validator: text(ETAG).or_else(|| text(LAST_MODIFIED)),
        modified: text(LAST_MODIFIED).and_then(|date| utc_of(&date)),
    }
}

fn utc_of(date: &str) -> Option<UtcTime> {
    let time = httpdate::parse_http_date(date.trim()).ok()?;
    let seconds = time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    UtcTime::from_unix_seconds(i64::try_from(seconds).ok()?)
}

/// The text of a header in UTF-8, or else in Latin-1, as older servers write it.
fn text_of(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().copied().map(char::from).collect(),
    }
}

/// What the first line of an answer says behind its status.
pub(super) fn phrase_of(response: &reqwest::Response) -> Option<&str> {
    let phrase = response.extensions().get::<hyper::ext::ReasonPhrase>()?;
    std::str::from_utf8(phrase.as_bytes()).ok()
}

/// Reads `Retry-After`: seconds, or a date.
fn pause_of(value: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value.trim()).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

/// Why an answer to a request for a whole small file is no good. `None` for the whole file.
pub(super) fn refusal_of(head: &AnswerHead) -> Option<Reason> {
    let range = crate::domain::octets::ByteRange::new(0, 1).expect("0..1 is not empty");
    match judge(RangeRequest { range, length: None }, head) {
        // Pages are judged by who reads them.
        _ if head.status == 200 => None,
        Ok(Body::Whole { .. }) => None,
        Ok(Body::Part { .. }) => Some(Reason::Status(head.status)),
        Err(reason) => Some(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_read_in_seconds_and_as_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(pause_of("120", now), Some(Duration::from_secs(120)));
        assert_eq!(pause_of("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(pause_of("Sun, 06 Nov 1994 08:40:37 GMT", now), Some(Duration::ZERO));
        assert_eq!(pause_of("soon", now), None);
    }
}
