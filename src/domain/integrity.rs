//! What proves bytes: digests, the method that was used, who vouches for it, and the verdict.
//!
//! In: bytes and published digests. Out: [`Digest`], [`Method`], [`Voucher`], [`Verdict`].
//! "Verified" is never said alone: a verdict carries its method and its voucher. Only `transfer::verification`
//! turns a verdict into a proof.

use aws_lc_rs::digest as sums;
use md5::{Digest as _, Md5};
use std::fmt;
use url::Url;

/// A way to compute a digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// MD5, in which older announcements publish files. Shows damage, not forgery.
    Md5,
    /// SHA-1, in which a torrent's pieces are published.
    Sha1,
    /// SHA-256, in which a slice index publishes its messages.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// SHA3-256.
    Sha3_256,
    /// SHA3-384.
    Sha3_384,
    /// SHA3-512.
    Sha3_512,
}

impl DigestAlgorithm {
    /// Every algorithm; of two with digests of one length, the one meant when only the length is known comes first.
    pub const ALL: [Self; 8] = [
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Sha3_256,
        Self::Sha3_384,
        Self::Sha3_512,
    ];

    /// The name in JSON and on the command line.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sha3_256 => "sha3-256",
            Self::Sha3_384 => "sha3-384",
            Self::Sha3_512 => "sha3-512",
        }
    }

    /// The algorithm of this [`key`](Self::key), without regard to case, dashes and underscores.
    pub fn from_name(name: &str) -> Option<Self> {
        let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_'], "");
        let wanted = plain(name);
        Self::ALL.into_iter().find(|algorithm| plain(algorithm.key()) == wanted)
    }

    /// Length of the digest in octets.
    pub fn octets(self) -> usize {
        self.implementation().map_or(16, sums::Algorithm::output_len)
    }

    /// `None` for MD5, which the library of the others does not have.
    fn implementation(self) -> Option<&'static sums::Algorithm> {
        Some(match self {
            Self::Md5 => return None,
            Self::Sha1 => &sums::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &sums::SHA256,
            Self::Sha384 => &sums::SHA384,
            Self::Sha512 => &sums::SHA512,
            Self::Sha3_256 => &sums::SHA3_256,
            Self::Sha3_384 => &sums::SHA3_384,
            Self::Sha3_512 => &sums::SHA3_512,
        })
    }
}

/// A digest, computed or announced.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    octets: Box<[u8]>,
}

impl Digest {
    /// `None` when the length is not the algorithm's.
    pub fn new(algorithm: DigestAlgorithm, octets: &[u8]) -> Option<Self> {
        (octets.len() == algorithm.octets()).then(|| Self { algorithm, octets: octets.into() })
    }

    /// Reads `sha256:9f86…`, or bare hexadecimal whose length tells the algorithm.
    pub fn parse(text: &str) -> Option<Self> {
        let (algorithm, hex) = match text.split_once(':') {
            Some((name, hex)) => (DigestAlgorithm::from_name(name)?, hex),
            None => (DigestAlgorithm::ALL.into_iter().find(|a| a.octets() * 2 == text.trim().len())?, text),
        };
        Self::new(algorithm, &octets_of_hex(hex.trim())?)
    }

    /// The digest of `bytes`.
    pub fn of(algorithm: DigestAlgorithm, bytes: &[u8]) -> Self {
        Digester::new(algorithm).also(bytes).finish()
    }

    /// Which algorithm made it.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The octets of the digest.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Lower-case hexadecimal.
    pub fn hex(&self) -> String {
        hex_of_octets(&self.octets)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.key(), self.hex())
    }
}

/// Computes a digest from bytes that arrive bit by bit.
#[derive(Clone)]
pub struct Digester {
    algorithm: DigestAlgorithm,
    sums: Sums,
}

#[derive(Clone)]
enum Sums {
    Md5(Md5),
    Sha(sums::Context),
}

impl Digester {
    /// Nothing digested yet.
    pub fn new(algorithm: DigestAlgorithm) -> Self {
        let sha = |implementation| Sums::Sha(sums::Context::new(implementation));
        Self { algorithm, sums: algorithm.implementation().map_or_else(|| Sums::Md5(Md5::new()), sha) }
    }

    /// Digests `bytes` next.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.sums {
            Sums::Md5(sums) => sums.update(bytes),
            Sums::Sha(sums) => sums.update(bytes),
        }
    }

    /// Digests `bytes` next, in a chain of calls.
    pub fn also(mut self, bytes: &[u8]) -> Self {
        self.update(bytes);
        self
    }

    /// The digest of all that was given.
    pub fn finish(self) -> Digest {
        let octets: Box<[u8]> = match self.sums {
            Sums::Md5(sums) => sums.finalize().as_slice().into(),
            Sums::Sha(sums) => sums.finish().as_ref().into(),
        };
        Digest { algorithm: self.algorithm, octets }
    }
}

/// Lower-case hexadecimal of `octets`.
pub fn hex_of_octets(octets: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap_or_default();
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// The octets that `hex` spells, in either case. `None` when it is not pairs of hexadecimal digits.
pub fn octets_of_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// How bytes were checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// Every GRIB message ends where its length says, in `7777`. Shows that the file is whole, not whose it is.
    Structure,
    /// The SHA-256 of each message in a slice index.
    IndexedDigest,
    /// A digest of the whole file that somebody announced.
    AnnouncedDigest(DigestAlgorithm),
    /// The SHA-1 of each piece in a torrent.
    PieceHashes,
}

impl Method {
    /// The name in JSON and in the database; stable.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Structure => "structure",
            Self::IndexedDigest => "indexed_digest",
            Self::AnnouncedDigest(_) => "announced_digest",
            Self::PieceHashes => "piece_hashes",
        }
    }

    /// The method with this [`key`](Self::key); `algorithm` is that of an announced digest.
    pub fn from_key(key: &str, algorithm: Option<DigestAlgorithm>) -> Option<Self> {
        match key {
            "structure" => Some(Self::Structure),
            "indexed_digest" => Some(Self::IndexedDigest),
            "announced_digest" => algorithm.map(Self::AnnouncedDigest),
            "piece_hashes" => Some(Self::PieceHashes),
            _ => None,
        }
    }
}

/// Who gave the digests against which bytes were checked, and so who must be believed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Voucher {
    /// A server: its host with any port.
    Host {
        /// Host and port, without user or path.
        host: String,
        /// Whether the connection was authenticated by TLS.
        tls: bool,
    },
    /// A broker on which the digest was announced.
    Broker {
        /// Host and port.
        host: String,
        /// Whether the connection was authenticated by TLS.
        tls: bool,
    },
    /// A broker of AMQP, on which the digest was announced.
    QueueBroker {
        /// Host and port.
        host: String,
        /// Whether the connection was authenticated by TLS.
        tls: bool,
    },
    /// The person who handed the .torrent, magnet, index or digest over.
    Person,
    /// Nobody published a digest.
    Nobody,
}

impl Voucher {
    /// The server at `url`, for what it gave.
    pub fn of_server(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default();
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Self::Host { host, tls: url.scheme() == "https" }
    }

    /// The value in JSON: `https://host`, `http://host`, `mqtts://host`, `mqtt://host`, `amqps://host`, `amqp://host`,
    /// `person` or `nobody`.
    pub fn key(&self) -> String {
        match self {
            Self::Host { host, tls: true } => format!("https://{host}"),
            Self::Host { host, tls: false } => format!("http://{host}"),
            Self::Broker { host, tls: true } => format!("mqtts://{host}"),
            Self::Broker { host, tls: false } => format!("mqtt://{host}"),
            Self::QueueBroker { host, tls: true } => format!("amqps://{host}"),
            Self::QueueBroker { host, tls: false } => format!("amqp://{host}"),
            Self::Person => "person".to_owned(),
            Self::Nobody => "nobody".to_owned(),
        }
    }

    /// The voucher with this [`key`](Self::key).
    pub fn from_key(key: &str) -> Option<Self> {
        let Some((scheme, host)) = key.split_once("://") else {
            return match key {
                "person" => Some(Self::Person),
                "nobody" => Some(Self::Nobody),
                _ => None,
            };
        };
        let host = Some(host).filter(|host| !host.is_empty()).map(str::to_owned)?;
        match scheme {
            "https" => Some(Self::Host { host, tls: true }),
            "http" => Some(Self::Host { host, tls: false }),
            "mqtts" => Some(Self::Broker { host, tls: true }),
            "mqtt" => Some(Self::Broker { host, tls: false }),
            "amqps" => Some(Self::QueueBroker { host, tls: true }),
            "amqp" => Some(Self::QueueBroker { host, tls: false }),
            _ => None,
        }
    }
}

/// What is known of a file's integrity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Checked, and right.
    Verified {
        /// How it was checked.
        method: Method,
        /// Who must be believed.
        voucher: Voucher,
    },
    /// Checked, and wrong.
    Mismatch {
        /// What was published.
        announced: Digest,
        /// What the bytes give.
        computed: Digest,
    },
    /// Nobody published a digest, and the file has no structure that could be checked.
    NotAnnounced,
    /// A digest was published in a way that verifies nothing (cod, random, arbitrary).
    CannotBeVerified {
        /// The method as it was named.
        named: String,
    },
    /// A digest was published and could not be read.
    UnreadableDigest,
    /// Not looked at yet.
    NotChecked,
}

impl Verdict {
    /// The name in JSON and in the database; stable.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Verified { .. } => "verified",
            Self::Mismatch { .. } => "mismatch",
            Self::NotAnnounced => "not_announced",
            Self::CannotBeVerified { .. } => "cannot_be_verified",
            Self::UnreadableDigest => "unreadable_digest",
            Self::NotChecked => "not_checked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_voucher_is_known_again_by_its_key() {
        let host = || "data.example:8883".to_owned();
        for voucher in [
            Voucher::Host { host: host(), tls: true },
            Voucher::Host { host: host(), tls: false },
            Voucher::Broker { host: host(), tls: true },
            Voucher::Broker { host: host(), tls: false },
            Voucher::QueueBroker { host: host(), tls: true },
            Voucher::QueueBroker { host: host(), tls: false },
            Voucher::Person,
            Voucher::Nobody,
        ] {
            assert_eq!(Voucher::from_key(&voucher.key()), Some(voucher));
        }
        for key in ["", "https://", "mqtt://", "ftp://a", "somebody"] {
            assert_eq!(Voucher::from_key(key), None, "{key}");
        }
    }

    #[test]
    fn the_algorithm_is_told_by_name_or_by_length() {
        let abc = Digest::of(DigestAlgorithm::Sha256, b"abc");
        assert_eq!(abc.hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(Digest::parse(&format!("SHA-256:{}", abc.hex())), Some(abc.clone()));
        assert_eq!(Digest::parse(&abc.hex().to_uppercase()), Some(abc));
        assert_eq!(Digest::parse("sha1:abc"), None);
        assert_eq!(Digest::parse("md7:00"), None);
    }

    #[test]
    fn every_algorithm_gives_its_own_length_and_is_known_by_its_name() {
        for algorithm in DigestAlgorithm::ALL {
            let digest = Digest::of(algorithm, b"abc");
            assert_eq!(digest.octets().len(), algorithm.octets());
            assert_eq!(DigestAlgorithm::from_name(&algorithm.key().to_uppercase()), Some(algorithm));
            assert_eq!(Digest::parse(&format!("{}:{}", algorithm.key(), digest.hex())), Some(digest));
        }
        assert_eq!(Digest::of(DigestAlgorithm::Md5, b"abc").hex(), "900150983cd24fb0d6963f7d28e17f72");
        let sha3 = Digest::of(DigestAlgorithm::Sha3_256, b"abc").hex();
        assert_eq!(sha3, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532");
    }

    #[test]
    fn a_digest_in_parts_is_the_digest_of_the_whole() {
        let parts = Digester::new(DigestAlgorithm::Sha1).also(b"a").also(b"bc").finish();
        assert_eq!(parts, Digest::of(DigestAlgorithm::Sha1, b"abc"));
    }

    #[test]
    fn hexadecimal_that_is_none_is_refused() {
        assert_eq!(octets_of_hex("0g"), None);
        assert_eq!(octets_of_hex("123"), None);
        assert_eq!(octets_of_hex("+1-2"), None);
    }
}
