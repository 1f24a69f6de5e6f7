//! The digest that a message announces, in any of its spellings.
//!
//! In: a method's name and a value, base64, hexadecimal or multihash. Out: an [`Announced`] and remarks. What it is
//! is decided by the decoded length: 128 hexadecimal digits are themselves valid base64, of 96 octets.

use super::remark::Remark;
use crate::domain::integrity::{Digest, DigestAlgorithm, octets_of_hex};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Base64 as announcements have it, with padding or without.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Longest value that is looked at: SHA-512 in hexadecimal, with room for line breaks.
const LONGEST: usize = 1_024;

/// What a message says of the integrity of its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Announced {
    /// Nothing.
    #[default]
    Nothing,
    /// A digest.
    Digest(Digest),
    /// A method that verifies nothing (cod, random, arbitrary, md5name), or that is not known.
    CannotBeVerified {
        /// The method as it was named.
        named: String,
    },
    /// A digest that cannot be read.
    Unreadable {
        /// The method as it was named.
        named: String,
    },
}

impl Announced {
    /// The digest, when there is one that can be compared.
    pub fn digest(&self) -> Option<&Digest> {
        match self {
            Self::Digest(digest) => Some(digest),
            _ => None,
        }
    }

    /// The method's name, when one was announced.
    pub fn method(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::Digest(digest) => Some(digest.algorithm().key()),
            Self::CannotBeVerified { named } | Self::Unreadable { named } => Some(named),
        }
    }
}

/// Reads `value` as a digest by `method`, base64 first.
pub fn read(method: &str, value: &str, remarks: &mut Vec<Remark>) -> Announced {
    let named = || method.chars().take(64).collect::<String>();
    let Some(algorithm) = algorithm_of(method) else {
        return Announced::CannotBeVerified { named: named() };
    };
    if method != algorithm.key() && method.len() > 1 {
        remarks.push(Remark::MethodSpelling { named: named() });
    }
    let found = digest_of(algorithm, value, remarks);
    found.map_or_else(
        || {
            remarks.push(Remark::DigestUnreadable);
            Announced::Unreadable { named: named() }
        },
        Announced::Digest,
    )
}

/// Reads `sum` of version 2: `d,<hex>`. Letters without a digest (links, removals) announce nothing.
pub fn read_sum(sum: &str, remarks: &mut Vec<Remark>) -> Announced {
    let (letter, value) = sum.split_once(',').unwrap_or((sum, ""));
    let algorithm = match letter {
        "d" => DigestAlgorithm::Md5,
        "s" => DigestAlgorithm::Sha512,
        "L" | "m" | "r" | "R" => return Announced::Nothing,
        "0" => return Announced::CannotBeVerified { named: "random".to_owned() },
        "a" => return Announced::CannotBeVerified { named: "arbitrary".to_owned() },
        "n" => return Announced::CannotBeVerified { named: "md5name".to_owned() },
        "z" => return Announced::CannotBeVerified { named: "cod".to_owned() },
        other => return Announced::CannotBeVerified { named: other.chars().take(64).collect() },
    };
    match octets_of_hex(value).and_then(|octets| Digest::new(algorithm, &octets)) {
        Some(digest) => Announced::Digest(digest),
        None => {
            remarks.push(Remark::DigestUnreadable);
            Announced::Unreadable { named: algorithm.key().to_owned() }
        }
    }
}

/// Reads a multihash in hexadecimal: code, length, digest (`1620…` is SHA3-256).
pub fn read_multihash(text: &str, remarks: &mut Vec<Remark>) -> Announced {
    let octets = (text.len() <= LONGEST).then(|| octets_of_hex(text)).flatten().unwrap_or_default();
    let read = || {
        let (&[code, length], digest) = octets.split_first_chunk::<2>()?;
        (usize::from(length) == digest.len()).then_some(())?;
        let algorithm = match code {
            0x11 => DigestAlgorithm::Sha1,
            0x12 => DigestAlgorithm::Sha256,
            0x13 => DigestAlgorithm::Sha512,
            0x14 => DigestAlgorithm::Sha3_512,
            0x15 => DigestAlgorithm::Sha3_384,
            0x16 => DigestAlgorithm::Sha3_256,
            0x20 => DigestAlgorithm::Sha384,
            _ => return None,
        };
        Digest::new(algorithm, digest)
    };
    match read() {
        Some(digest) => Announced::Digest(digest),
        None => {
            remarks.push(Remark::DigestUnreadable);
            Announced::Unreadable { named: "multihash".to_owned() }
        }
    }
}

/// Names as they are written, and the letters of version 2 that stand in messages of version 3.
fn algorithm_of(method: &str) -> Option<DigestAlgorithm> {
    match method {
        "sha512" => Some(DigestAlgorithm::Sha512),
        "md5" | "d" => Some(DigestAlgorithm::Md5),
        "s" => Some(DigestAlgorithm::Sha512),
        _ if method.len() > 16 => None,
        other => DigestAlgorithm::from_name(other),
    }
}

fn digest_of(algorithm: DigestAlgorithm, value: &str, remarks: &mut Vec<Remark>) -> Option<Digest> {
    if value.len() > LONGEST {
        return None;
    }
    let mut buffer = [0; LONGEST];
    let mut from_base64 = |text: &str| {
        let length = BASE64.decode_slice(text, &mut buffer).ok()?;
        Digest::new(algorithm, &buffer[..length])
    };
    if let Some(digest) = from_base64(value) {
        return Some(digest);
    }
    let joined: String = value.split_ascii_whitespace().collect();
    if let Some(digest) = from_base64(&joined) {
        remarks.push(Remark::DigestWithLineBreaks);
        return Some(digest);
    }
    let digest = octets_of_hex(&joined).and_then(|octets| Digest::new(algorithm, &octets))?;
    remarks.push(Remark::DigestInHex);
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(remarks: &[Remark]) -> Vec<&'static str> {
        remarks.iter().map(Remark::code).collect()
    }

    fn abc() -> Digest {
        Digest::of(DigestAlgorithm::Sha512, b"abc")
    }

    #[test]
    fn one_digest_is_read_in_each_of_its_spellings() {
        let base64 = BASE64.encode(abc().octets());
        let broken = format!("{}\n{}", &base64[..76], &base64[76..]);
        for (value, expected) in [
            (base64.clone(), vec![]),
            (base64.trim_end_matches('=').to_owned(), vec![]),
            (broken, vec!["digest_with_line_breaks"]),
            (abc().hex(), vec!["digest_in_hex"]),
        ] {
            let mut remarks = Vec::new();
            assert_eq!(read("sha512", &value, &mut remarks), Announced::Digest(abc()), "{value}");
            assert_eq!(codes(&remarks), expected);
        }
    }

    #[test]
    fn methods_of_any_spelling_are_known_and_named() {
        let mut remarks = Vec::new();
        let md5 = Digest::of(DigestAlgorithm::Md5, b"");
        assert_eq!(read("MD5", &md5.hex(), &mut remarks), Announced::Digest(md5));
        assert_eq!(codes(&remarks), ["method_spelling", "digest_in_hex"]);
        let sha3 = Digest::of(DigestAlgorithm::Sha3_256, b"x");
        let value = BASE64.encode(sha3.octets());
        assert_eq!(read("sha3-256", &value, &mut Vec::new()), Announced::Digest(sha3));
    }

    #[test]
    fn what_verifies_nothing_is_never_taken_for_a_digest() {
        for method in ["cod", "random", "arbitrary", "md5name", "whatever"] {
            let read = read(method, "900150983cd24fb0d6963f7d28e17f72", &mut Vec::new());
            assert_eq!(read, Announced::CannotBeVerified { named: method.to_owned() });
        }
        for value in ["A2KNxvks...S8qfSCw==", "", "zz", "AAAA", &"A".repeat(5_000)] {
            let mut remarks = Vec::new();
            let read = read("sha512", value, &mut remarks);
            assert_eq!((read.digest(), codes(&remarks)), (None, vec!["digest_unreadable"]));
        }
    }

    #[test]
    fn sums_of_version_two_and_multihashes_are_read() {
        let md5 = Digest::of(DigestAlgorithm::Md5, b"abc");
        assert_eq!(read_sum(&format!("d,{}", md5.hex()), &mut Vec::new()), Announced::Digest(md5));
        assert_eq!(read_sum("z,d", &mut Vec::new()).method(), Some("cod"));
        assert_eq!(read_sum("R,", &mut Vec::new()), Announced::Nothing);
        let sha3 = Digest::of(DigestAlgorithm::Sha3_256, b"abc");
        assert_eq!(read_multihash(&format!("1620{}", sha3.hex()), &mut Vec::new()), Announced::Digest(sha3));
        assert_eq!(read_multihash("1620ff", &mut Vec::new()).digest(), None);
    }
}
