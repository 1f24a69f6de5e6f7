//! Walks over bencoded octets: once with suspicion, afterwards quickly.
//!
//! In: octets. Out: where a value ends. [`check`] trusts nothing; [`length_of`] is for what [`check`] has passed.

use super::{BencodeError, DEEPEST, LONGEST_INPUT, MOST_VALUES};

/// Digits of the longest length that could be right.
const MOST_LENGTH_DIGITS: usize = 8;

/// Checks the first value of `octets` and gives the octet after its end.
pub(super) fn check(octets: &[u8]) -> Result<usize, BencodeError> {
    if octets.len() > LONGEST_INPUT {
        return Err(BencodeError::TooLong { octets: octets.len() });
    }
    let mut scanner = Scanner { octets, at: 0, values: 0 };
    scanner.value(0)?;
    Ok(scanner.at)
}

struct Scanner<'a> {
    octets: &'a [u8],
    at: usize,
    values: usize,
}

impl Scanner<'_> {
    /// Steps over one value that lies inside `depth` containers; recursion ends at [`DEEPEST`].
    fn value(&mut self, depth: usize) -> Result<(), BencodeError> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(BencodeError::TooManyValues);
        }
        match self.peek()? {
            b'i' => self.integer(),
            b'0'..=b'9' => self.text(),
            b'l' | b'd' if depth == DEEPEST => Err(BencodeError::TooDeep { at: self.at }),
            b'l' => self.list(depth + 1),
            b'd' => self.dictionary(depth + 1),
            octet => Err(BencodeError::Unexpected { octet, at: self.at }),
        }
    }

    fn list(&mut self, depth: usize) -> Result<(), BencodeError> {
        self.at += 1;
        while self.peek()? != b'e' {
            self.value(depth)?;
        }
        self.at += 1;
        Ok(())
    }

    fn dictionary(&mut self, depth: usize) -> Result<(), BencodeError> {
        self.at += 1;
        while self.peek()? != b'e' {
            if !self.peek()?.is_ascii_digit() {
                return Err(BencodeError::KeyNotText { at: self.at });
            }
            self.value(depth)?;
            self.value(depth)?;
        }
        self.at += 1;
        Ok(())
    }

    fn integer(&mut self) -> Result<(), BencodeError> {
        let begin = self.at;
        // The longest integer, i-9223372036854775808e, has 22 octets: a search for its end need not go further.
        let window = &self.octets[begin..self.octets.len().min(begin + 22)];
        let end = match window.iter().position(|&c| c == b'e') {
            Some(end) => end,
            None if window.len() < 22 => return Err(BencodeError::EndsEarly { at: self.octets.len() }),
            None => return Err(BencodeError::UnsoundInteger { at: begin }),
        };
        integer(&window[1..end]).ok_or(BencodeError::UnsoundInteger { at: begin })?;
        self.at = begin + end + 1;
        Ok(())
    }

    fn text(&mut self) -> Result<(), BencodeError> {
        let begin = self.at;
        let digits =
            self.octets[begin..].iter().take_while(|c| c.is_ascii_digit()).take(MOST_LENGTH_DIGITS + 1);
        let digits = digits.count();
        let unsound = BencodeError::UnsoundLength { at: begin };
        if digits > MOST_LENGTH_DIGITS || (digits > 1 && self.octets[begin] == b'0') {
            return Err(unsound);
        }
        self.at += digits;
        if self.peek()? != b':' {
            return Err(unsound);
        }
        self.at += 1;
        let length = number(&self.octets[begin..begin + digits]);
        let left = self.octets.len() - self.at;
        if length > left {
            return Err(BencodeError::LongerThanInput { at: begin, length, left });
        }
        self.at += length;
        Ok(())
    }

    fn peek(&self) -> Result<u8, BencodeError> {
        self.octets.get(self.at).copied().ok_or(BencodeError::EndsEarly { at: self.octets.len() })
    }
}

/// Length of the first value of checked octets. `None` at their end, or before the `e` of a container.
pub(super) fn length_of(octets: &[u8]) -> Option<usize> {
    let (mut at, mut open) = (0usize, 0usize);
    loop {
        match octets.get(at)? {
            b'l' | b'd' => {
                open += 1;
                at += 1;
            }
            b'e' => {
                open = open.checked_sub(1)?;
                at += 1;
            }
            b'i' => at += octets[at..].iter().position(|&c| c == b'e')? + 1,
            _ => {
                let digits = octets[at..].iter().position(|&c| c == b':')?;
                at += digits + 1 + number(&octets[at..at + digits]);
            }
        }
        if open == 0 {
            return Some(at);
        }
    }
}

/// The number between `i` and `e`, in the one way of writing it.
pub(super) fn integer(digits: &[u8]) -> Option<i64> {
    let unsigned = digits.strip_prefix(b"-").unwrap_or(digits);
    let is_canonical = match unsigned {
        [b'0'] => digits.len() == 1,
        [b'1'..=b'9', rest @ ..] => rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    is_canonical.then(|| std::str::from_utf8(digits).ok()?.parse().ok())?
}

/// The number that at most [`MOST_LENGTH_DIGITS`] digits spell.
fn number(digits: &[u8]) -> usize {
    digits.iter().fold(0, |number: usize, c| {
        number.saturating_mul(10).saturating_add(usize::from(c.wrapping_sub(b'0')))
    })
}
