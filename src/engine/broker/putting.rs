//! Proves the octets of an announced file and puts them in their place.

use crate::app::listening::WrongFile;
use crate::domain::integrity::{Digest, DigestAlgorithm, Verdict, Voucher};
use crate::domain::octets::ByteCount;
use crate::domain::outside_text::show;
use crate::domain::safe_path::SafePath;
use crate::engine::content::form_of;
use crate::engine::job::OpenFolder;
use crate::engine::store::directory::OpenHow;
use crate::engine::store::error::StoreError;
use crate::engine::store::file_set::{Published, publish_product};
use crate::grib::structure::StructureCheck;
use crate::mesh::announcement::Announcement;
use crate::mesh::integrity::Announced;
use crate::transfer::verification::{NoProof, Proof, accept_form, accept_unverifiable, prove_by_digest};
use std::io::Write;

/// What an announcement's digest, or the form of the octets, says of them.
pub(super) fn prove(announcement: &Announcement, octets: &[u8], voucher: &Voucher) -> Result<Proof, NoProof> {
    let length = ByteCount(octets.len() as u64);
    let form = || {
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

pub(super) fn what_is_wrong(error: &NoProof) -> WrongFile {
    match error {
        NoProof::Mismatch { announced, computed, .. } => {
            WrongFile::Digest { announced: format!("{announced:?}"), computed: computed.hex() }
        }
        error => WrongFile::Form { detail: show(&error.to_string()) },
    }
}

/// A folder of its own for each file under way.
pub(super) fn content_key(announcement: &Announcement) -> String {
    let text = format!("{}\n{}", announcement.key, announcement.published_at);
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
