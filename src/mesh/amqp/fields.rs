//! The fields of a frame, read never beyond its end.
//!
//! In: octets of a frame. Out: numbers, text and tables (AMQP 0-9-1 §4.2.5). Text that is not UTF-8 is read with replacement
//! characters: whatever is shown of it is shown, and nothing of it decides what happens.

/// A field goes beyond the end of its frame, or is of an unknown kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a field goes beyond the end of its frame")]
pub struct FieldBeyondFrame;

/// Most headers of a message that are read, and the longest value of one, in octets.
const MOST_HEADERS: usize = 128;
const LONGEST_VALUE: usize = 8_192;

/// Reads one field after the other.
pub(super) struct FieldReader<'a>(&'a [u8]);

impl<'a> FieldReader<'a> {
    pub(super) fn new(octets: &'a [u8]) -> Self {
        Self(octets)
    }

    /// The next octets.
    pub(super) fn octets(&mut self, length: usize) -> Result<&'a [u8], FieldBeyondFrame> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(FieldBeyondFrame)?;
        self.0 = rest;
        Ok(taken)
    }

    fn number<const N: usize>(&mut self) -> Result<[u8; N], FieldBeyondFrame> {
        Ok(self.octets(N)?.try_into().expect("so many were taken"))
    }

    pub(super) fn u8(&mut self) -> Result<u8, FieldBeyondFrame> {
        Ok(u8::from_be_bytes(self.number()?))
    }

    pub(super) fn u16(&mut self) -> Result<u16, FieldBeyondFrame> {
        Ok(u16::from_be_bytes(self.number()?))
    }

    pub(super) fn u32(&mut self) -> Result<u32, FieldBeyondFrame> {
        Ok(u32::from_be_bytes(self.number()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, FieldBeyondFrame> {
        Ok(u64::from_be_bytes(self.number()?))
    }

    /// Text of 255 octets at most.
    pub(super) fn short_text(&mut self) -> Result<String, FieldBeyondFrame> {
        let length = self.u8()?;
        Ok(String::from_utf8_lossy(self.octets(usize::from(length))?).into_owned())
    }

    /// A long string, a table or an array, as it is.
    pub(super) fn long_octets(&mut self) -> Result<&'a [u8], FieldBeyondFrame> {
        let length = self.u32()?;
        self.octets(usize::try_from(length).map_err(|_| FieldBeyondFrame)?)
    }

    /// Names and values of a table, as text. Values that have none – tables in it, lists, octets – are left out; what comes after a
    /// field that cannot be read is, too: a message is not refused for its headers.
    pub(super) fn headers(&mut self) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        let Ok(octets) = self.long_octets() else { return headers };
        let mut fields = FieldReader::new(octets);
        for _ in 0..MOST_HEADERS {
            let (Ok(name), Ok(value)) = (fields.short_text(), fields.value()) else { break };
            headers.extend(value.map(|value| (name, value)));
        }
        headers
    }

    /// The value of one header; `None` when it has no text.
    fn value(&mut self) -> Result<Option<String>, FieldBeyondFrame> {
        Ok(match self.u8()? {
            b't' => Some((self.u8()? != 0).to_string()),
            b'b' => Some(i8::from_be_bytes(self.number()?).to_string()),
            b'B' => Some(self.u8()?.to_string()),
            b's' | b'U' => Some(i16::from_be_bytes(self.number()?).to_string()),
            b'u' => Some(self.u16()?.to_string()),
            b'I' => Some(i32::from_be_bytes(self.number()?).to_string()),
            b'i' => Some(self.u32()?.to_string()),
            b'l' | b'L' => Some(i64::from_be_bytes(self.number()?).to_string()),
            b'T' => Some(self.u64()?.to_string()),
            b'f' => Some(f32::from_be_bytes(self.number()?).to_string()),
            b'd' => Some(f64::from_be_bytes(self.number()?).to_string()),
            b'S' => text_of(self.long_octets()?),
            b'D' => {
                self.octets(5)?;
                None
            }
            b'F' | b'A' | b'x' => {
                self.long_octets()?;
                None
            }
            b'V' => None,
            _ => return Err(FieldBeyondFrame),
        })
    }
}

fn text_of(octets: &[u8]) -> Option<String> {
    (octets.len() <= LONGEST_VALUE).then(|| String::from_utf8_lossy(octets).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(fields: &[&[u8]]) -> Vec<u8> {
        let all = fields.concat();
        [&u32::try_from(all.len()).expect("short").to_be_bytes()[..], &all].concat()
    }

    fn read(octets: &[u8]) -> Vec<(String, String)> {
        FieldReader::new(octets).headers()
    }

    #[test]
    fn headers_of_every_kind_are_read_and_those_without_text_left_out() {
        let nested = [b"\x01tF".as_slice(), &table(&[b"\x01xt\x01"])].concat();
        let list = [b"\x01aA".as_slice(), &table(&[b"t\x01"])].concat();
        let octets = table(&[
            b"\x03sumS\0\0\0\x03d,0",
            &nested,
            &list,
            b"\x01x\x78\0\0\0\x02\xff\xff",
            b"\x01vV",
            b"\x01DD\x02\0\0\0\x05",
            b"\x01tt\x01",
            b"\x01bb\xff",
            b"\x01II\xff\xff\xff\xfe",
            b"\x01ll\0\0\0\0\0\0\0\x07",
            b"\x01dd\x3f\xf0\0\0\0\0\0\0",
            b"\x01nS\0\0\0\x02\xff\xfe",
        ]);
        let text: Vec<String> = read(&octets).iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(text, ["sum=d,0", "t=true", "b=-1", "I=-2", "l=7", "d=1", "n=\u{fffd}\u{fffd}"]);
    }

    #[test]
    fn what_follows_a_header_that_lies_about_its_length_is_left_out() {
        let lying = table(&[b"\x01aS\0\0\0\x01x", b"\x01bS\xff\xff\xff\xffy"]);
        assert_eq!(read(&lying), [("a".to_owned(), "x".to_owned())]);
        assert_eq!(read(b"\xff\xff\xff\xff\x01a"), []);
        assert_eq!(read(&table(&[b"\x01a?", b"\x01bt\x01"])), []);
    }

    #[test]
    fn headers_are_bounded_in_number_and_length() {
        let many: Vec<u8> = b"\x01at\x01".repeat(1_000);
        assert_eq!(read(&table(&[&many])).len(), MOST_HEADERS);
        let long = [b"\x01aS".as_slice(), &table(&[&vec![b'x'; LONGEST_VALUE + 1]])].concat();
        assert_eq!(read(&table(&[&long])), []);
    }
}
