//! What a finished file was, in a few octets: enough to tell later, by reading it, whether it still is that file.
//!
//! In: the published hashes of its pieces, or our own digest of the whole. Out: [`Seal`], and [`SealCheck`], which takes
//! the octets of the file in order. Says nothing of who vouches for them.

use super::integrity::{Digest, DigestAlgorithm, Digester};

/// The form of the octets in which a seal is kept.
const FORM: u8 = 1;

/// Digests of the stretches of a file, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    algorithm: DigestAlgorithm,
    length: u64,
    /// The length of the first stretch; that of the others but the last is `step`.
    first: u64,
    step: u64,
    /// One after the other.
    digests: Vec<u8>,
}

impl Seal {
    /// By one digest of the whole file.
    pub fn of_whole(digest: &Digest, length: u64) -> Self {
        let step = length.max(1);
        Self { algorithm: digest.algorithm(), length, first: step, step, digests: digest.octets().to_vec() }
    }

    /// By the SHA-1 of stretches: the first of `first` octets, the others of `step`, the last of what is left. `None` when
    /// there are more or fewer than the file has.
    pub fn of_stretches(length: u64, (first, step): (u64, u64), digests: Vec<u8>) -> Option<Self> {
        let seal = Self { algorithm: DigestAlgorithm::Sha1, length, first, step, digests };
        seal.is_whole().then_some(seal)
    }

    fn is_whole(&self) -> bool {
        let stretches = if self.first == 0 || self.step == 0 {
            return false;
        } else {
            1 + self.length.saturating_sub(self.first).div_ceil(self.step)
        };
        let octets = self.algorithm.octets() as u64;
        u64::try_from(self.digests.len()).is_ok_and(|count| Some(count) == stretches.checked_mul(octets))
    }

    /// As the database keeps it.
    pub fn to_octets(&self) -> Vec<u8> {
        let name = self.algorithm.key().as_bytes();
        let mut octets = vec![FORM, u8::try_from(name.len()).unwrap_or(0)];
        octets.extend_from_slice(name);
        for number in [self.length, self.first, self.step] {
            octets.extend_from_slice(&number.to_be_bytes());
        }
        octets.extend_from_slice(&self.digests);
        octets
    }

    /// From what the database kept. `None` when that makes no sense.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        let (&form, rest) = octets.split_first()?;
        let (&letters, rest) = rest.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(letters))?;
        let (numbers, digests) = rest.split_at_checked(24)?;
        let number = |at: usize| Some(u64::from_be_bytes(numbers.get(at..at + 8)?.try_into().ok()?));
        let seal = Self {
            algorithm: DigestAlgorithm::from_name(std::str::from_utf8(name).ok()?)?,
            length: number(0)?,
            first: number(8)?,
            step: number(16)?,
            digests: digests.to_vec(),
        };
        (form == FORM && seal.is_whole()).then_some(seal)
    }
}

/// Compares a file with its seal.
pub struct SealCheck<'a> {
    seal: &'a Seal,
    digester: Digester,
    /// Octets to the end of the stretch.
    left: u64,
    /// Stretches that are done, and octets taken.
    done: (usize, u64),
    is_right: bool,
}

impl<'a> SealCheck<'a> {
    /// Before the first octet.
    pub fn new(seal: &'a Seal) -> Self {
        let digester = Digester::new(seal.algorithm);
        Self { seal, digester, left: seal.first.min(seal.length), done: (0, 0), is_right: true }
    }

    /// Takes the next octets. Whether all was right until now: there is no need to read on when it was not.
    pub fn update(&mut self, mut octets: &[u8]) -> bool {
        while !octets.is_empty() && self.is_right {
            if self.done.1 >= self.seal.length {
                // The file is longer than it was.
                self.is_right = false;
                break;
            }
            let (here, after) = octets.split_at(self.left.min(octets.len() as u64) as usize);
            self.digester.update(here);
            self.left -= here.len() as u64;
            self.done.1 += here.len() as u64;
            octets = after;
            if self.left == 0 {
                self.close();
            }
        }
        self.is_right
    }

    fn close(&mut self) {
        let digester = std::mem::replace(&mut self.digester, Digester::new(self.seal.algorithm));
        let octets = self.seal.algorithm.octets();
        let known = self.seal.digests.get(self.done.0 * octets..(self.done.0 + 1) * octets);
        self.is_right &= known == Some(digester.finish().octets());
        self.done.0 += 1;
        self.left = self.seal.step.min(self.seal.length - self.done.1);
    }

    /// Whether the file that was taken is the sealed one.
    pub fn finish(mut self) -> bool {
        if self.seal.length == 0 && self.done.0 == 0 {
            self.close();
        }
        self.is_right && self.done.1 == self.seal.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha1(octets: &[u8]) -> Vec<u8> {
        Digest::of(DigestAlgorithm::Sha1, octets).octets().to_vec()
    }

    /// Ten octets in stretches of 3, 4 and 3.
    fn by_stretches() -> (Vec<u8>, Seal) {
        let octets: Vec<u8> = (0..10).collect();
        let digests = [&octets[..3], &octets[3..7], &octets[7..]].map(sha1).concat();
        let seal = Seal::of_stretches(10, (3, 4), digests).expect("three stretches");
        (octets, seal)
    }

    fn is_right(seal: &Seal, octets: &[u8], step: usize) -> bool {
        let mut check = SealCheck::new(seal);
        octets.chunks(step).for_each(|part| {
            check.update(part);
        });
        check.finish()
    }

    #[test]
    fn a_file_is_known_by_its_seal_however_it_is_read() {
        let (octets, seal) = by_stretches();
        let whole = Seal::of_whole(&Digest::of(DigestAlgorithm::Sha256, &octets), 10);
        for step in [1, 2, 3, 4, 7, 100] {
            assert!(is_right(&seal, &octets, step) && is_right(&whole, &octets, step), "{step}");
        }
        let empty = Seal::of_whole(&Digest::of(DigestAlgorithm::Sha256, b""), 0);
        assert!(is_right(&empty, b"", 1) && !is_right(&empty, b"x", 1));
    }

    #[test]
    fn a_changed_a_longer_and_a_shorter_file_are_not_the_sealed_one() {
        let (octets, seal) = by_stretches();
        for at in 0..10 {
            let mut changed = octets.clone();
            changed[at] ^= 1;
            assert!(!is_right(&seal, &changed, 4), "{at}");
        }
        assert!(!is_right(&seal, &octets[..9], 4));
        assert!(!is_right(&seal, &[&octets[..], &[0]].concat(), 4));
    }

    #[test]
    fn a_seal_is_read_back_and_one_that_makes_no_sense_is_none() {
        let (_, seal) = by_stretches();
        let kept = seal.to_octets();
        assert_eq!(Seal::from_octets(&kept), Some(seal));
        (0..kept.len()).for_each(|length| assert_eq!(Seal::from_octets(&kept[..length]), None, "{length}"));
        assert_eq!(Seal::of_stretches(10, (0, 4), sha1(b"")), None);
    }
}
