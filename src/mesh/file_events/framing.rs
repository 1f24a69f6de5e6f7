//! Where one event ends and the next begins in a stream of them.
//!
//! In: octets as they come. Out: [`EventFrame`]s: one JSON object each, with the line on which it begins, or why there is none. Objects may
//! stand one a line, over several lines, or in one array. What is broken costs the rest of its line and no more. No more than
//! one event is held, [`LARGEST_EVENT`] octets at most.

use serde::de::IgnoredAny;

/// Longest event that is read, in octets.
pub const LARGEST_EVENT: usize = 1 << 20;

/// What some programs put before text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFrame {
    /// On which line it begins, from 1.
    pub line: u64,
    /// Its JSON, or why there is none.
    pub json: Result<String, FrameFault>,
}

/// Why there is no event where one should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameFault {
    /// It is no JSON: where and why, in English.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// It is no UTF-8.
    #[error("not UTF-8")]
    NotText,
    /// It is longer than events may be.
    #[error("longer than {LARGEST_EVENT} octets")]
    TooLong,
    /// The stream ends in the middle of it.
    #[error("cut off")]
    CutOff,
}

/// Finds events in a stream.
#[derive(Debug)]
pub struct EventFraming {
    held: Vec<u8>,
    line: u64,
    /// Whether an array was opened whose elements are the events.
    is_in_array: bool,
    /// Whether the rest of a line is passed over.
    is_lost: bool,
}

impl Default for EventFraming {
    fn default() -> Self {
        Self { held: Vec::new(), line: 1, is_in_array: false, is_lost: false }
    }
}

/// Whether more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StreamState {
    Goes,
    Ended,
}

/// What stands at the beginning of what is held.
enum Beginning {
    /// Whole JSON, of so many octets.
    Whole(usize),
    /// Perhaps JSON, when more comes.
    Open,
    /// None.
    Broken(String),
}

impl EventFraming {
    /// Takes octets in. The events that are whole by now.
    pub fn take(&mut self, octets: &[u8]) -> Vec<EventFrame> {
        self.held.extend_from_slice(octets);
        self.frames(StreamState::Goes)
    }

    /// The stream has ended. What it left.
    pub fn end(&mut self) -> Vec<EventFrame> {
        let mut frames = self.frames(StreamState::Ended);
        if !self.held.is_empty() && !self.is_lost {
            frames.push(EventFrame { line: self.line, json: Err(FrameFault::CutOff) });
        }
        self.held.clear();
        frames
    }

    fn frames(&mut self, state: StreamState) -> Vec<EventFrame> {
        let mut frames = Vec::new();
        loop {
            if self.is_lost && !self.pass_over_line() {
                return frames;
            }
            self.pass_over_marks();
            let may_be_mark = state == StreamState::Goes && BYTE_ORDER_MARK.starts_with(&self.held);
            if self.held.is_empty() || may_be_mark {
                return frames;
            }
            let line = self.line;
            match beginning_of(&self.held, state) {
                Beginning::Whole(length) => {
                    let octets = self.shift(length);
                    let json = match String::from_utf8(octets) {
                        _ if length > LARGEST_EVENT => Err(FrameFault::TooLong),
                        Ok(text) => Ok(text),
                        Err(_) => Err(FrameFault::NotText),
                    };
                    frames.push(EventFrame { line, json });
                }
                Beginning::Open if self.held.len() > LARGEST_EVENT => {
                    frames.push(EventFrame { line, json: Err(FrameFault::TooLong) });
                    self.is_lost = true;
                }
                Beginning::Open => return frames,
                Beginning::Broken(why) => {
                    frames.push(EventFrame { line, json: Err(FrameFault::NotJson(why)) });
                    self.is_lost = true;
                }
            }
        }
    }

    /// Blanks, and what stands between the elements of an array.
    fn pass_over_marks(&mut self) {
        let mut at = 0;
        while let Some(&octet) = self.held.get(at) {
            match octet {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                0xef if at == 0 && self.line == 1 && self.held.starts_with(BYTE_ORDER_MARK) => at += 2,
                // One that separates records (RFC 7464).
                0x1e => {}
                b'[' if !self.is_in_array => self.is_in_array = true,
                b']' if self.is_in_array => self.is_in_array = false,
                b',' if self.is_in_array => {}
                _ => break,
            }
            at += 1;
        }
        self.shift(at);
    }

    /// The rest of a line. `false` when it has no end yet.
    fn pass_over_line(&mut self) -> bool {
        let end = self.held.iter().position(|&octet| octet == b'\n');
        self.shift(end.map_or(self.held.len(), |end| end + 1));
        self.is_lost = end.is_none();
        end.is_some()
    }

    /// Takes octets off what is held, and counts their lines.
    fn shift(&mut self, count: usize) -> Vec<u8> {
        let rest = self.held.split_off(count);
        let taken = std::mem::replace(&mut self.held, rest);
        self.line += taken.iter().filter(|&&octet| octet == b'\n').count() as u64;
        taken
    }
}

fn beginning_of(held: &[u8], state: StreamState) -> Beginning {
    let is_last = state == StreamState::Ended;
    let mut values = serde_json::Deserializer::from_slice(held).into_iter::<IgnoredAny>();
    match values.next() {
        // A number that goes on to the end may go on in what comes.
        Some(Ok(_)) if values.byte_offset() < held.len() || is_last || held.ends_with(b"}") => {
            Beginning::Whole(values.byte_offset())
        }
        Some(Err(error)) if !error.is_eof() => Beginning::Broken(error.to_string()),
        Some(Ok(_) | Err(_)) | None => Beginning::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events of a text that comes in pieces of `size` octets.
    fn frames(text: &[u8], size: usize) -> Vec<EventFrame> {
        let mut framing = EventFraming::default();
        let mut frames: Vec<EventFrame> = text.chunks(size).flat_map(|piece| framing.take(piece)).collect();
        frames.extend(framing.end());
        frames
    }

    /// Lines and JSON of the events, the same however the text comes.
    fn found(text: &str) -> Vec<(u64, String)> {
        let whole = frames(text.as_bytes(), text.len().max(1));
        for size in [1, 2, 7] {
            assert_eq!(frames(text.as_bytes(), size), whole, "in pieces of {size}");
        }
        let told = |frame: EventFrame| {
            (
                frame.line,
                frame.json.unwrap_or_else(|fault| {
                    fault.to_string().split(':').next().unwrap_or_default().to_owned()
                }),
            )
        };
        whole.into_iter().map(told).collect()
    }

    fn of(parts: &[(u64, &str)]) -> Vec<(u64, String)> {
        parts.iter().map(|(line, text)| (*line, (*text).to_owned())).collect()
    }

    #[test]
    fn one_object_objects_on_lines_and_an_array_are_told_apart() {
        assert_eq!(found(r#"{"a":1}"#), of(&[(1, r#"{"a":1}"#)]));
        assert_eq!(found("{\"a\":1}\n\n{\"b\":2}\n"), of(&[(1, r#"{"a":1}"#), (3, r#"{"b":2}"#)]));
        assert_eq!(found("[{\"a\":1},\n {\"b\":[2]}]\n"), of(&[(1, r#"{"a":1}"#), (2, r#"{"b":[2]}"#)]));
        assert_eq!(found("{\n \"a\": {\n}\n}{}"), of(&[(1, "{\n \"a\": {\n}\n}"), (4, "{}")]));
        assert_eq!(found("\u{feff}{}\u{1e}{}"), of(&[(1, "{}"), (1, "{}")]));
        assert_eq!(found(" \n\t"), []);
        assert_eq!(found("[]"), []);
    }

    #[test]
    fn braces_in_text_end_nothing() {
        let text = r#"{"a":"}\"{","é":"数"}"#;
        assert_eq!(found(text), of(&[(1, text)]));
    }

    #[test]
    fn what_is_broken_costs_the_rest_of_its_line() {
        let text = "{\"a\":1}\n{\"a\": oops} {\"lost\":1}\n{\"b\":\"unended\n{\"c\":3}\n";
        assert_eq!(
            found(text),
            of(&[(1, r#"{"a":1}"#), (2, "not JSON"), (3, "not JSON"), (4, r#"{"c":3}"#)]),
            "a text that goes over its line is broken as well"
        );
    }

    #[test]
    fn an_event_that_is_cut_off_is_told_at_the_end() {
        assert_eq!(found("{}\n{\"a\":[1,"), of(&[(1, "{}"), (2, "cut off")]));
        assert_eq!(found("7"), of(&[(1, "7")]), "it is whole, and no event");
    }

    #[test]
    fn an_event_that_never_ends_is_given_up_and_the_next_line_is_read() {
        let text = format!("{{\"a\":\"{}\"}}\n{{}}\n", "x".repeat(LARGEST_EVENT));
        let faults: Vec<_> =
            frames(text.as_bytes(), 64 << 10).into_iter().map(|frame| (frame.line, frame.json)).collect();
        assert_eq!(faults, [(1, Err(FrameFault::TooLong)), (2, Ok("{}".to_owned()))]);
        let mut framing = EventFraming::default();
        let mut most = 0;
        for _ in 0..100 {
            framing.take(&[b'['; 64 << 10]);
            most = most.max(framing.held.len());
        }
        assert!(most <= LARGEST_EVENT + (64 << 10), "{most}");
    }

    #[test]
    fn octets_that_are_no_text_are_told() {
        let frames = frames(b"{\"a\":\"\xff\"}\n{}", 3);
        assert!(matches!(frames[0].json, Err(FrameFault::NotText | FrameFault::NotJson(_))), "{frames:?}");
        assert_eq!(frames[1].json, Ok("{}".to_owned()));
    }
}
