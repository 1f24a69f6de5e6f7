//! Holds octets to what was announced of them: length, form and digest.
//!
//! In: an announcement and octets. Out: a proof, or what is wrong with them.

use super::WantedFile;
use crate::app::messages::wrong_file::WrongFile;
use crate::domain::compression::Compression;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::grib::structure::StructureCheck;
use crate::mesh::announcement::Announcement;
use crate::mesh::integrity::Announced;
use crate::transfer::decompress::structure_inside;
use crate::transfer::verification::{
    NoProof, Proof, accept_form, accept_unverifiable, form_of, prove_by_digest,
};

/// Most octets of a heading before the first message.
const LONGEST_HEADING: usize = 4_096;

/// What an announcement's digest, or the form of the octets, says of them.
pub(crate) fn prove(announcement: &Announcement, octets: &[u8], voucher: &Voucher) -> Result<Proof, NoProof> {
    let length = ByteCount(octets.len() as u64);
    let form = || {
        // Octets in memory can be read.
        if let Some(Ok(structure)) =
            Compression::from_magic(octets).map(|packed| structure_inside(packed, octets))
        {
            return form_of(structure);
        }
        let mut check = StructureCheck::new();
        check.update(octets);
        form_of(check.finish())
    };
    match &announcement.integrity {
        Announced::Digest(digest) => {
            let computed = Digest::of(digest.algorithm(), octets);
            prove_by_digest(digest.clone(), computed, length, voucher.clone())
        }
        Announced::Nothing => accept_form(form(), length),
        Announced::CannotBeVerified { named } => {
            accept_unverifiable(Verdict::CannotBeVerified { named: named.clone() }, form(), length)
        }
        Announced::Unreadable { .. } => accept_unverifiable(Verdict::UnreadableDigest, form(), length),
    }
}

/// The same of a file whose octets come one after the other.
pub(crate) struct FileProving<'a> {
    announced: &'a Announced,
    digester: Option<Digester>,
    check: StructureCheck,
}

impl<'a> FileProving<'a> {
    /// Before the first octet.
    pub(crate) fn of(announcement: &'a Announcement) -> Self {
        let announced = &announcement.integrity;
        let digester = announced.digest().map(|digest| Digester::new(digest.algorithm()));
        Self { announced, digester, check: StructureCheck::new() }
    }

    /// Takes the next octets: where a digest was announced, the form does not matter.
    pub(crate) fn update(&mut self, octets: &[u8]) {
        match &mut self.digester {
            Some(digester) => digester.update(octets),
            None => self.check.update(octets),
        }
    }

    /// The proof that all octets make.
    pub(crate) fn finish(self, length: ByteCount, voucher: &Voucher) -> Result<Proof, NoProof> {
        match (self.announced, self.digester) {
            (Announced::Digest(digest), Some(digester)) => {
                prove_by_digest(digest.clone(), digester.finish(), length, voucher.clone())
            }
            (Announced::CannotBeVerified { named }, _) => {
                let said = Verdict::CannotBeVerified { named: named.clone() };
                accept_unverifiable(said, form_of(self.check.finish()), length)
            }
            (Announced::Unreadable { .. }, _) => {
                accept_unverifiable(Verdict::UnreadableDigest, form_of(self.check.finish()), length)
            }
            _ => accept_form(form_of(self.check.finish()), length),
        }
    }
}

/// What is said of a file for which no digest was announced that can be computed. `None` when one was.
pub(crate) fn said_without_digest(announced: &Announced) -> Option<Verdict> {
    match announced {
        Announced::Digest(_) => None,
        Announced::Nothing => Some(Verdict::NotAnnounced),
        Announced::CannotBeVerified { named } => Some(Verdict::CannotBeVerified { named: named.clone() }),
        Announced::Unreadable { .. } => Some(Verdict::UnreadableDigest),
    }
}

/// Why octets cannot be the file that was announced, whatever their digest: another length, or no GRIB where the name says
/// so and no digest speaks for them.
pub(crate) fn mismatch(announcement: &Announcement, octets: &[u8]) -> Option<WrongFile> {
    let found = ByteCount(octets.len() as u64);
    if let Some(announced) = announcement.size.filter(|size| *size != found) {
        return Some(WrongFile::Length { announced, found });
    }
    let name = announcement.file_name().to_ascii_lowercase();
    let is_named_grib = [".grib", ".grib2", ".grb", ".grb2"].iter().any(|end| name.ends_with(end));
    let is_grib = octets.windows(4).take(LONGEST_HEADING).any(|four| four == b"GRIB");
    (is_named_grib && !is_grib && announcement.integrity.digest().is_none()).then(|| {
        let beginning = String::from_utf8_lossy(&octets[..octets.len().min(40)]).into_owned();
        WrongFile::Form {
            detail: format!("not GRIB: {} bytes that begin with {}", found.0, show(&beginning)),
        }
    })
}

/// What a refused proof says of the file.
pub(crate) fn what_is_wrong(error: &NoProof) -> WrongFile {
    match error {
        NoProof::Mismatch { announced, computed, .. } => {
            WrongFile::Digest { announced: format!("{announced:?}"), computed: computed.hex() }
        }
        error => WrongFile::Form { detail: show(&error.to_string()) },
    }
}

/// A folder of its own for each file under way.
pub(crate) fn content_key(wanted: &WantedFile) -> String {
    let text = format!("{}\n{}", wanted.key, wanted.announcement.published_at);
    let digest = Digest::of(DigestAlgorithm::Sha256, text.as_bytes());
    format!("m{}", &digest.hex()[..39])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::announcement::read_captured;

    /// A file that is announced with this name and length, and with the digest of `octets` if there are any.
    fn announced(name: &str, size: u64, octets: Option<&[u8]>) -> Announcement {
        let mut text = serde_json::json!({
            "pubTime": "20260811T100000", "baseUrl": "http://h/", "relPath": name, "size": size,
        });
        let digest = octets.map(|octets| Digest::of(DigestAlgorithm::Sha512, octets).octets().to_vec());
        if let Some(digest) = digest {
            use base64::Engine;
            let value = base64::engine::general_purpose::STANDARD.encode(digest);
            text["identity"] = serde_json::json!({"method": "sha512", "value": value});
        }
        read_captured(text.to_string().as_bytes()).reading.announcement().expect("sound").clone()
    }

    #[test]
    fn octets_of_another_length_or_that_are_no_grib_are_not_the_announced_file() {
        let another = mismatch(&announced("a/b", 3, None), b"1234");
        assert!(matches!(another, Some(WrongFile::Length { .. })), "{another:?}");
        let no_grib = mismatch(&announced("a/b.grib2", 4, None), b"1234");
        assert!(matches!(no_grib, Some(WrongFile::Form { .. })), "{no_grib:?}");
        assert_eq!(mismatch(&announced("a/b.txt", 4, None), b"1234"), None);
        assert_eq!(mismatch(&announced("a/b.grib2", 4, None), b"GRIB"), None);
    }

    #[test]
    fn octets_are_proven_alike_at_once_and_one_after_the_other() {
        let (right, wrong) = (b"1234".as_slice(), b"1235".as_slice());
        for announcement in [announced("a/b", 4, Some(right)), announced("a/b", 4, None)] {
            for octets in [right, wrong] {
                let mut proving = FileProving::of(&announcement);
                octets.chunks(3).for_each(|some| proving.update(some));
                let pieces = proving.finish(ByteCount(4), &Voucher::Nobody);
                let whole = prove(&announcement, octets, &Voucher::Nobody);
                let verdict = |proof: Result<Proof, NoProof>| proof.map(|proof| proof.verdict().clone()).ok();
                let (pieces, whole) = (verdict(pieces), verdict(whole));
                assert_eq!(pieces, whole);
                let is_refused = octets == wrong && announcement.integrity.digest().is_some();
                assert_eq!(whole.is_none(), is_refused);
            }
        }
    }
}
