//! Reads announced files that are here to prove them, and puts octets in their place.

use crate::app::mesh::announced::proving::{FileProving, said_without_digest};
use crate::domain::compression::Compression;
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::safe_path::SafePath;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{Published, publish_product};
use crate::engine::store::folders::OpenFolder;
use crate::engine::store::positioned::{read_bounded, read_up_to};
use crate::mesh::announcement::Announcement;
use crate::mesh::forwarding::MOST_INLINE;
use crate::mesh::forwarding::message::{ReadForForwarding, ReadingNeed};
use crate::transfer::decompress::structure_inside;
use crate::transfer::verification::{NoProof, Proof, accept_unverifiable, form_of};
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

/// The folder of ours in which small files are written before they are put into their place.
const SMALL_FILES: &str = "small";

/// What an announcement's digest, or the form, says of a file that is here already.
pub(super) fn prove_file(
    announcement: &Announcement,
    (file, length): (&File, ByteCount),
    voucher: &Voucher,
) -> std::io::Result<Result<Proof, NoProof>> {
    if let Some(proof) = prove_compressed(announcement, (file, length))? {
        return Ok(proof);
    }
    let mut proving = FileProving::of(announcement);
    read_through(file, |octets| proving.update(octets))?;
    Ok(proving.finish(length, voucher))
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

/// What is needed of a file to announce it again.
pub(super) fn read_for_forwarding(path: &Path, need: ReadingNeed) -> std::io::Result<ReadForForwarding> {
    let mut read = ReadForForwarding::default();
    match need {
        ReadingNeed::Nothing => {}
        ReadingNeed::Octets => read.octets = read_bounded(path, usize::try_from(MOST_INLINE).unwrap_or(0))?,
        ReadingNeed::Digest => {
            let mut digester = Digester::new(DigestAlgorithm::Sha512);
            read_through(&File::open(path)?, |octets| digester.update(octets))?;
            read.digest = Some(digester.finish());
        }
    }
    Ok(read)
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

/// What the form inside a compressed file says, when no digest was announced. `None` for any other file.
fn prove_compressed(
    announcement: &Announcement,
    (mut file, length): (&File, ByteCount),
) -> std::io::Result<Option<Result<Proof, NoProof>>> {
    let mut first = [0; 16];
    let count = read_up_to(file, &mut first, 0)?;
    let Some(compression) = Compression::from_magic(&first[..count]) else { return Ok(None) };
    let Some(said) = said_without_digest(&announcement.integrity) else { return Ok(None) };
    file.seek(SeekFrom::Start(0))?;
    let form = form_of(structure_inside(compression, file)?);
    Ok(Some(accept_unverifiable(said, form, length)))
}

pub(super) fn write_and_publish(
    folder: &OpenFolder,
    key: &str,
    octets: &[u8],
    (path, proof): (&SafePath, &Proof),
) -> Result<Published, StoreError> {
    // One folder for all of them: to make and remove one for each costs more than the file.
    let partials = folder.folder.partials(SMALL_FILES)?;
    let mut file = partials.directory().open_file(key, OpenHow::Update)?;
    let failed = |error| StoreError::from_io("write a file", error);
    file.set_len(0).map_err(failed)?;
    file.write_all(octets).map_err(failed)?;
    drop(file);
    publish_product(folder.folder.root(), &partials, key, path, proof)
}
