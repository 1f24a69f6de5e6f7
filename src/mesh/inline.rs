//! Content that travels inside a message.
//!
//! In: an encoding and a value. Out: the octets, within bounds. Whether they are the announced ones is judged by
//! their digest, never by their being there.

use super::integrity::BASE64;
use base64::Engine;
use std::io::Read;

/// Most octets that compressed inline content may unfold to, and how many times its own length.
const MOST_UNFOLDED: u64 = 4 << 20;
const MOST_RATIO: u64 = 200;

/// What is no more than this is no bomb, however little it was.
const SMALL_UNFOLDED: u64 = 64 << 10;

/// How inline content is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As text.
    Utf8,
    /// As text whose characters are octets.
    Latin1,
    /// Base64.
    Base64,
    /// Gzip, then base64.
    Gzip,
}

impl Encoding {
    /// The encoding with this name. `None` for another.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "utf-8" => Some(Self::Utf8),
            "base64" => Some(Self::Base64),
            "gzip" => Some(Self::Gzip),
            "iso-8859-1" => Some(Self::Latin1),
            _ => None,
        }
    }
}

/// The octets of inline content. `None` when it cannot be decoded, or unfolds to far more than it is.
pub fn decode(encoding: Encoding, value: &str) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Utf8 => Some(value.as_bytes().to_vec()),
        Encoding::Latin1 => value.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect(),
        Encoding::Base64 => of_base64(value),
        Encoding::Gzip => {
            let packed = of_base64(value)?;
            let of_ratio = (packed.len() as u64).saturating_mul(MOST_RATIO);
            let most = MOST_UNFOLDED.min(of_ratio.max(SMALL_UNFOLDED));
            let mut octets = Vec::new();
            flate2::read::MultiGzDecoder::new(packed.as_slice())
                .take(most + 1)
                .read_to_end(&mut octets)
                .ok()?;
            (octets.len() as u64 <= most).then_some(octets)
        }
    }
}

fn of_base64(value: &str) -> Option<Vec<u8>> {
    BASE64.decode(value).ok().or_else(|| {
        let joined: String = value.split_ascii_whitespace().collect();
        BASE64.decode(joined).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(octets: &[u8]) -> String {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(octets).expect("memory takes it");
        BASE64.encode(encoder.finish().expect("memory takes it"))
    }

    #[test]
    fn each_encoding_gives_back_what_was_put_in() {
        assert_eq!(decode(Encoding::Utf8, "é"), Some("é".as_bytes().to_vec()));
        assert_eq!(decode(Encoding::Latin1, "é"), Some(vec![0xe9]));
        assert_eq!(decode(Encoding::Base64, "QlVG\nUg=="), Some(b"BUFR".to_vec()));
        assert_eq!(decode(Encoding::Gzip, &gzip(b"BUFR")), Some(b"BUFR".to_vec()));
        assert_eq!(decode(Encoding::Gzip, &gzip(&vec![0; 40_000])), Some(vec![0; 40_000]));
    }

    #[test]
    fn a_bomb_and_what_is_no_base64_are_refused() {
        assert_eq!(decode(Encoding::Gzip, &gzip(&vec![0; 20 << 20])), None);
        assert_eq!(decode(Encoding::Gzip, "QlVGUg=="), None);
        assert_eq!(decode(Encoding::Base64, "????"), None);
        assert_eq!(decode(Encoding::Latin1, "数"), None);
    }
}
