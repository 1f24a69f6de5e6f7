//! Proves the octets of an announced file and puts them in their place.

use crate::app::announced::Wanted;
use crate::app::listening::WrongFile;
use crate::domain::compression::Compression;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{Published, publish_product};
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::positioned::read_up_to;
use crate::engine::transfer::content::form_of;
use crate::grib::structure::StructureCheck;
use crate::mesh::announcement::Announcement;
use crate::mesh::integrity::Announced;
use crate::transfer::decompress::structure_inside;
use crate::transfer::verification::{NoProof, Proof, accept_form, accept_unverifiable, prove_by_digest};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};

/// Most octets of a heading before the first message.
const LONGEST_HEADING: usize = 4_096;

/// What an announcement's digest, or the form of the octets, says of them.
pub(super) fn prove(announcement: &Announcement, octets: &[u8], voucher: &Voucher) -> Result<Proof, NoProof> {
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

/// The same of a file that is here already.
pub(super) fn prove_file(
    announcement: &Announcement,
    (file, length): (&File, ByteCount),
    voucher: &Voucher,
) -> std::io::Result<Result<Proof, NoProof>> {
    if let Some(proof) = prove_compressed(announcement, (file, length))? {
        return Ok(proof);
    }
    let mut check = StructureCheck::new();
    let mut digester = announcement.integrity.digest().map(|digest| Digester::new(digest.algorithm()));
    read_through(file, |octets| match &mut digester {
        Some(digester) => digester.update(octets),
        None => check.update(octets),
    })?;
    Ok(match (&announcement.integrity, digester) {
        (Announced::Digest(digest), Some(digester)) => {
            prove_by_digest(digest.clone(), digester.finish(), length, voucher.clone())
        }
        (Announced::CannotBeVerified { named }, _) => {
            let said = Verdict::CannotBeVerified { named: named.clone() };
            accept_unverifiable(said, form_of(check.finish()), length)
        }
        (Announced::Unreadable { .. }, _) => {
            accept_unverifiable(Verdict::UnreadableDigest, form_of(check.finish()), length)
        }
        _ => accept_form(form_of(check.finish()), length),
    })
}

/// Whether a file has this digest.
pub(super) fn has_digest(file: &File, digest: &Digest) -> bool {
    let mut digester = Digester::new(digest.algorithm());
    read_through(file, |octets| digester.update(octets)).is_ok() && digester.finish() == *digest
}

/// Whether a file has just these octets.
pub(super) fn has_octets(file: &File, octets: &[u8]) -> bool {
    let is_as_long = file.metadata().is_ok_and(|found| found.len() == octets.len() as u64);
    let mut left = octets;
    let mut is_same = is_as_long;
    let read = is_as_long
        && read_through(file, |read| {
            let (here, after) = left.split_at(read.len().min(left.len()));
            is_same &= here == read;
            left = after;
        })
        .is_ok();
    read && is_same
}

fn read_through(file: &File, mut take: impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut buffer = vec![0; 1 << 18];
    let mut at = 0;
    loop {
        let count = read_up_to(file, &mut buffer, at)?;
        if count == 0 {
            return Ok(());
        }
        take(&buffer[..count]);
        at += count as u64;
    }
}

/// Why octets cannot be the file that was announced, whatever their digest: another length, or no GRIB where the name says
/// so and no digest speaks for them.
pub(super) fn mismatch(announcement: &Announcement, octets: &[u8]) -> Option<WrongFile> {
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

/// What the form inside a compressed file says, when no digest was announced. `None` for any other file.
fn prove_compressed(
    announcement: &Announcement,
    (mut file, length): (&File, ByteCount),
) -> std::io::Result<Option<Result<Proof, NoProof>>> {
    let mut first = [0; 16];
    let count = read_up_to(file, &mut first, 0)?;
    let Some(compression) = Compression::from_magic(&first[..count]) else { return Ok(None) };
    let said = match &announcement.integrity {
        Announced::Digest(_) => return Ok(None),
        Announced::Nothing => Verdict::NotAnnounced,
        Announced::CannotBeVerified { named } => Verdict::CannotBeVerified { named: named.clone() },
        Announced::Unreadable { .. } => Verdict::UnreadableDigest,
    };
    file.seek(SeekFrom::Start(0))?;
    let form = form_of(structure_inside(compression, file)?);
    Ok(Some(accept_unverifiable(said, form, length)))
}

pub(super) fn what_is_wrong(error: &NoProof) -> WrongFile {
    match error {
        NoProof::Mismatch { announced, computed, .. } => {
            WrongFile::Digest { announced: format!("{announced:?}"), computed: computed.hex() }
        }
        error => WrongFile::Form { detail: show(&error.to_string()) },
    }
}

/// A folder of its own for each file under way.
pub(super) fn content_key(wanted: &Wanted) -> String {
    let text = format!("{}\n{}", wanted.key, wanted.announcement.published_at);
    let digest = Digest::of(DigestAlgorithm::Sha256, text.as_bytes());
    format!("m{}", &digest.hex()[..39])
}

pub(super) fn write_and_publish(
    folder: &OpenFolder,
    key: &str,
    octets: &[u8],
    (path, proof): (&SafePath, &Proof),
) -> Result<Published, StoreError> {
    let partials = folder.folder.partials(key)?;
    let name = "message";
    let mut file = partials.directory().open_file(name, OpenHow::Update)?;
    let failed = |error| StoreError::from_io("write a file", error);
    file.set_len(0).map_err(failed)?;
    file.write_all(octets).map_err(failed)?;
    drop(file);
    let published = publish_product(folder.folder.root(), &partials, name, path, proof)?;
    drop(partials);
    folder.folder.tidy(key);
    Ok(published)
}
