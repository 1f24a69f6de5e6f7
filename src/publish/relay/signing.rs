//! Signatures and keys in the text form of minisign, so that its stock tool checks what a relay signs.
//!
//! In: octets, and for a new key 40 octets of chance. Out: [`PublicKey`], [`SecretKey`], signatures as text. Reads no file
//! and makes no chance of its own. Secret keys are read without a password only: a relay starts without a person.
//! Start reading at [`PublicKey::verify`].

#[cfg(test)]
mod tests;

use crate::domain::integrity::{Digest as SumOf, DigestAlgorithm};
use crate::domain::utc::UtcTime;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b256, Blake2b512, Digest};
use std::fmt;

/// Longest text of a key or of a signature, in octets.
const LONGEST_TEXT: usize = 16 << 10;

/// The algorithm of a key, and of a signature over a whole file.
const WHOLE: [u8; 2] = *b"Ed";

/// The algorithm of a signature over the BLAKE2b-512 of a file: what is made here.
const HASHED: [u8; 2] = *b"ED";

/// How a secret key without a password is kept.
const NO_PASSWORD: [u8; 2] = [0, 0];

/// The algorithm of the check sum of a secret key: BLAKE2b-256.
const CHECK_SUM: [u8; 2] = *b"B2";

/// Octets between the algorithms of a secret key and its number: salt and cost of a password.
const SALT_AND_COST: usize = 48;

const UNTRUSTED: &str = "untrusted comment: ";
const TRUSTED: &str = "trusted comment: ";

/// Why a text is no key that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// More than 16 KiB.
    #[error("longer than 16 KiB")]
    TooLong,
    /// No line of base 64.
    #[error("no key in base 64")]
    NotBase64,
    /// Too few octets, or too many.
    #[error("{found} octets instead of {expected}")]
    WrongLength {
        /// How many there are.
        found: usize,
        /// How many a key has.
        expected: usize,
    },
    /// Neither Ed25519 nor BLAKE2b.
    #[error("a key of an algorithm that is not known")]
    OtherAlgorithm,
    /// A secret key with a password.
    #[error("the secret key is protected by a password")]
    Protected,
    /// The secret key is damaged.
    #[error("the check sum of the secret key is wrong")]
    WrongCheckSum,
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// More than 16 KiB.
    #[error("longer than 16 KiB")]
    TooLong,
    /// A line is missing, or is none of a signature.
    #[error("line {line} is not that of a signature")]
    Malformed {
        /// Counted from 1.
        line: usize,
    },
    /// Neither of the two that minisign makes.
    #[error("a signature of an algorithm that is not known")]
    OtherAlgorithm,
    /// Made with another key.
    #[error("signed with the key {found}, not with {expected}")]
    OtherKey {
        /// The key that it names.
        found: KeyNumber,
        /// The key that it was checked with.
        expected: KeyNumber,
    },
    /// The octets are not those that were signed.
    #[error("the signature is not one of these octets")]
    OtherOctets,
    /// The comment is not the one that was signed.
    #[error("the trusted comment was changed")]
    OtherComment,
}

/// By which a signature names its key. Chosen by chance, not computed: it tells keys apart, but shows no identity.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyNumber([u8; 8]);

impl fmt::Display for KeyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

impl fmt::Debug for KeyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The key by which what a relay says is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey {
    number: KeyNumber,
    octets: [u8; 32],
}

impl PublicKey {
    /// Reads a public key: the whole file, or its line of base 64 alone.
    ///
    /// # Errors
    /// [`KeyTextError`] when it is none.
    pub fn parse(text: &str) -> Result<Self, KeyTextError> {
        let octets = key_octets(text, 42)?;
        let (algorithm, number, key) = (&octets[..2], &octets[2..10], &octets[10..]);
        if algorithm != WHOLE {
            return Err(KeyTextError::OtherAlgorithm);
        }
        Ok(Self { number: KeyNumber(fixed(number)), octets: fixed(key) })
    }

    /// The text of its file.
    pub fn to_text(&self) -> String {
        format!("{UNTRUSTED}minisign public key {}\n{}\n", self.number, self.line())
    }

    /// Its line of base 64, as it stands in a list of relays.
    pub fn line(&self) -> String {
        STANDARD.encode([&WHOLE[..], &self.number.0, &self.octets].concat())
    }

    /// The number by which signatures name it.
    pub fn number(&self) -> KeyNumber {
        self.number
    }

    /// What people compare: the first half of the SHA-256 of the key, in eight groups of four digits.
    pub fn fingerprint(&self) -> String {
        let digits = SumOf::of(DigestAlgorithm::Sha256, &self.octets).hex();
        let groups: Vec<&str> = (0..8).map(|group| &digits[group * 4..group * 4 + 4]).collect();
        groups.join(" ")
    }

    /// Checks a signature of `octets`, and gives its trusted comment.
    ///
    /// # Errors
    /// [`SignatureError`] when it does not hold.
    pub fn verify(&self, octets: &[u8], signature: &str) -> Result<String, SignatureError> {
        let signature = SignatureLines::read(signature)?;
        if signature.number != self.number {
            return Err(SignatureError::OtherKey { found: signature.number, expected: self.number });
        }
        let key = UnparsedPublicKey::new(&ED25519, self.octets);
        let is_right = match signature.algorithm {
            WHOLE => key.verify(octets, &signature.of_octets).is_ok(),
            HASHED => key.verify(Blake2b512::digest(octets).as_slice(), &signature.of_octets).is_ok(),
            _ => return Err(SignatureError::OtherAlgorithm),
        };
        if !is_right {
            return Err(SignatureError::OtherOctets);
        }
        let commented = [&signature.of_octets[..], signature.comment.as_bytes()].concat();
        match key.verify(&commented, &signature.of_comment) {
            Ok(()) => Ok(signature.comment.to_owned()),
            Err(_) => Err(SignatureError::OtherComment),
        }
    }
}

/// The key with which a relay signs.
#[derive(Clone)]
pub struct SecretKey {
    public: PublicKey,
    seed: [u8; 32],
}

impl fmt::Debug for SecretKey {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "secret key {}", self.public.number)
    }
}

impl SecretKey {
    /// A new key: 32 octets of it and 8 of its number are chance, which must be good enough for a secret.
    pub fn from_chance(chance: [u8; 40]) -> Self {
        let (seed, number) = chance.split_at(32);
        let seed = fixed(seed);
        let public = PublicKey { number: KeyNumber(fixed(number)), octets: public_octets(&pair_of(&seed)) };
        Self { public, seed }
    }

    /// Reads a secret key without a password.
    ///
    /// # Errors
    /// [`KeyTextError`] when it is none, has a password, or is damaged.
    pub fn parse(text: &str) -> Result<Self, KeyTextError> {
        let octets = key_octets(text, 158)?;
        let (algorithm, protection, check_sum) = (&octets[..2], &octets[2..4], &octets[4..6]);
        if algorithm != WHOLE || check_sum != CHECK_SUM {
            return Err(KeyTextError::OtherAlgorithm);
        }
        if protection != NO_PASSWORD {
            return Err(KeyTextError::Protected);
        }
        let (secret, sum) = octets[6 + SALT_AND_COST..].split_at(72);
        // minisign leaves the sum of a key without a password empty.
        if sum != [0; 32] && sum != check_sum_of(secret) {
            return Err(KeyTextError::WrongCheckSum);
        }
        let (number, seed, public) = (&secret[..8], fixed(&secret[8..40]), &secret[40..]);
        if public_octets(&pair_of(&seed)) != *public {
            return Err(KeyTextError::WrongCheckSum);
        }
        Ok(Self { public: PublicKey { number: KeyNumber(fixed(number)), octets: fixed(public) }, seed })
    }

    /// The text of its file, which nobody else may read.
    pub fn to_text(&self) -> String {
        let secret = [&self.public.number.0[..], &self.seed, &self.public.octets].concat();
        let sum = check_sum_of(&secret);
        let head = [WHOLE, NO_PASSWORD, CHECK_SUM].concat();
        let octets = [&head[..], &[0; SALT_AND_COST], &secret, &sum].concat();
        format!("{UNTRUSTED}minisign secret key {}\n{}\n", self.public.number, STANDARD.encode(octets))
    }

    /// The key by which its signatures are checked.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The text of a signature of `octets` that says `comment`, of which line breaks are left out.
    pub fn sign(&self, octets: &[u8], comment: &str) -> String {
        let comment: String = comment.chars().filter(|c| *c == '\t' || !c.is_control()).collect();
        let pair = pair_of(&self.seed);
        let of_octets = pair.sign(Blake2b512::digest(octets).as_slice());
        let of_comment = pair.sign(&[of_octets.as_ref(), comment.as_bytes()].concat());
        let line = STANDARD.encode([&HASHED[..], &self.public.number.0, of_octets.as_ref()].concat());
        format!(
            "{UNTRUSTED}signature of a nuee relay\n{line}\n{TRUSTED}{comment}\n{}\n",
            STANDARD.encode(of_comment.as_ref())
        )
    }
}

/// What the trusted comment of a manifest says, so that an old manifest is known without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedStamp {
    /// The number of the manifest.
    pub sequence: u64,
    /// When it was written.
    pub time: UtcTime,
}

impl SignedStamp {
    /// The comment: the fields of minisign, then the number.
    pub fn to_comment(self) -> String {
        let Self { sequence, time } = self;
        format!("timestamp:{}\tfile:manifest.jsonl\thashed\tsequence:{sequence}", time.unix_seconds())
    }

    /// Reads a comment. `None` when it does not have both.
    pub fn parse(comment: &str) -> Option<Self> {
        let of =
            |name: &str| comment.split('\t').find_map(|field| field.strip_prefix(name)?.strip_prefix(':'));
        let time = UtcTime::from_unix_seconds(of("timestamp")?.parse().ok()?)?;
        Some(Self { sequence: of("sequence")?.parse().ok()?, time })
    }
}

/// The four lines of a signature.
struct SignatureLines<'a> {
    algorithm: [u8; 2],
    number: KeyNumber,
    of_octets: [u8; 64],
    comment: &'a str,
    of_comment: [u8; 64],
}

impl<'a> SignatureLines<'a> {
    fn read(text: &'a str) -> Result<Self, SignatureError> {
        if text.len() > LONGEST_TEXT {
            return Err(SignatureError::TooLong);
        }
        let lines: Vec<&str> = text.lines().collect();
        let line = |at: usize| lines.get(at).copied().ok_or(SignatureError::Malformed { line: at + 1 });
        let octets = |at: usize, expected: usize| {
            let octets = STANDARD.decode(line(at)?.trim()).ok().filter(|octets| octets.len() == expected);
            octets.ok_or(SignatureError::Malformed { line: at + 1 })
        };
        line(0)?.strip_prefix(UNTRUSTED).ok_or(SignatureError::Malformed { line: 1 })?;
        let signed = octets(1, 74)?;
        let comment = line(2)?.strip_prefix(TRUSTED).ok_or(SignatureError::Malformed { line: 3 })?;
        let of_comment = fixed(&octets(3, 64)?);
        if let Some(more) = lines.iter().skip(4).position(|line| !line.trim().is_empty()) {
            return Err(SignatureError::Malformed { line: more + 5 });
        }
        Ok(Self {
            algorithm: fixed(&signed[..2]),
            number: KeyNumber(fixed(&signed[2..10])),
            of_octets: fixed(&signed[10..]),
            comment,
            of_comment,
        })
    }
}

/// The octets of the line of base 64 of a key.
fn key_octets(text: &str, expected: usize) -> Result<Vec<u8>, KeyTextError> {
    if text.len() > LONGEST_TEXT {
        return Err(KeyTextError::TooLong);
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines.find(|line| !line.starts_with(UNTRUSTED.trim_end())).ok_or(KeyTextError::NotBase64)?;
    let octets = STANDARD.decode(line).map_err(|_| KeyTextError::NotBase64)?;
    match octets.len() {
        found if found != expected => Err(KeyTextError::WrongLength { found, expected }),
        _ => Ok(octets),
    }
}

fn fixed<const N: usize>(octets: &[u8]) -> [u8; N] {
    octets.try_into().expect("the length was checked, or is written beside it")
}

fn pair_of(seed: &[u8; 32]) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 octets are a seed")
}

fn public_octets(pair: &Ed25519KeyPair) -> [u8; 32] {
    fixed(pair.public_key().as_ref())
}

fn check_sum_of(secret: &[u8]) -> [u8; 32] {
    Blake2b256::new().chain_update(WHOLE).chain_update(secret).finalize().into()
}
