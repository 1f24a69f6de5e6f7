//! Writes beside a file where it comes from: for those who must show it years later, without Nuée.
//!
//! In: the request, the catalogue's entry when there is one, and a file in its place with its verdict. Out:
//! `NAME.provenance.json`, whose form docs/en/researchers.md tells. It replaces an older one. Start reading at [`write()`].

use crate::app::state::FileInPlace;
use crate::catalog::entry::Entry;
use crate::catalog::provider::{Dataset, Provider};
use crate::domain::integrity::{Digest, DigestAlgorithm, Digester, Verdict};
use crate::domain::outside_text::show_with_urls;
use crate::domain::safe_path::SafePath;
use crate::domain::utc::UtcTime;
use crate::engine::store::directory::{Directory, OpenHow};
use crate::engine::store::error::StoreError;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::sync::Arc;

/// So much is read at a time for the digest.
const STRETCH: usize = 1 << 20;

/// The catalogue's entry that a file belongs to.
#[derive(Clone)]
pub(super) struct CatalogOrigin {
    provider: Arc<Provider>,
    dataset: Arc<Dataset>,
    run: Option<UtcTime>,
    leads: Option<(i64, i64)>,
}

impl CatalogOrigin {
    pub(super) fn new(provider: &Arc<Provider>, dataset: &Arc<Dataset>, entry: &Entry) -> Self {
        let leads = entry.leads().map(|(first, last)| (first.minutes(), last.minutes()));
        Self { provider: provider.clone(), dataset: dataset.clone(), run: entry.values.run, leads }
    }

    /// When the run starts. `None` for what belongs to no run.
    pub(super) fn run(&self) -> Option<UtcTime> {
        self.run
    }

    fn to_json(&self) -> Value {
        let licence = &self.provider.licence;
        json!({
            "provider": &*self.provider.id,
            "dataset": self.dataset.path(),
            "run": self.run.map(|run| run.to_string()),
            "lead_minutes": self.leads,
            "licence": {
                "name": licence.name,
                "url": licence.url,
                "attribution": { "en": licence.attribution.en, "fr": licence.attribution.fr },
            },
        })
    }
}

/// What is known of a file beside the file itself.
pub(super) struct Origin {
    /// What was asked for.
    pub(super) targets: Vec<String>,
    /// Lead times, parameters and levels that were chosen, as the terminal takes them.
    pub(super) chosen: [Option<String>; 3],
    /// Members that were chosen.
    pub(super) members: Option<String>,
    /// The catalogue's entry.
    pub(super) entry: Option<CatalogOrigin>,
    /// When it came.
    pub(super) at: UtcTime,
}

/// Writes it.
///
/// # Errors
/// When the file cannot be read, or there is no room.
pub(super) fn write(
    root: &Directory,
    (path, file): (&SafePath, &FileInPlace),
    origin: &Origin,
) -> Result<(), StoreError> {
    let mut folders = Vec::new();
    for name in path.folders() {
        let folder = folders.last().unwrap_or(root).enter(name)?;
        folders.push(folder);
    }
    let folder = folders.last().unwrap_or(root);
    let digest = digest_of(folder, path.file_name())?;
    let text = serde_json::to_string_pretty(&told(path.file_name(), (file, &digest), origin));
    let text = text.expect("maps with texts as keys can be written") + "\n";
    let name = format!("{}.provenance.json", path.file_name());
    folder.remove_file(&name)?;
    let failed = |error| StoreError::from_io(format!("write {name}"), error);
    folder.open_file(&name, OpenHow::CreateNew)?.write_all(text.as_bytes()).map_err(failed)
}

fn digest_of(folder: &Directory, name: &str) -> Result<Digest, StoreError> {
    let failed = |error| StoreError::from_io(format!("read {name}"), error);
    let mut file = folder.open_file(name, OpenHow::Read)?;
    let mut digester = Digester::new(DigestAlgorithm::Sha256);
    let mut buffer = vec![0; STRETCH];
    loop {
        match file.read(&mut buffer).map_err(failed)? {
            0 => return Ok(digester.finish()),
            count => digester.update(&buffer[..count]),
        }
    }
}

fn told(name: &str, (file, digest): (&FileInPlace, &Digest), origin: &Origin) -> Value {
    let [leads, params, levels] = &origin.chosen;
    let (method, voucher) = match &file.verdict {
        Verdict::Verified { method, voucher } => (Some(method.key()), Some(voucher.key())),
        _ => (None, None),
    };
    let targets: Vec<String> = origin.targets.iter().map(|target| show_with_urls(target)).collect();
    json!({
        "form": "nuee-provenance-1",
        "file": name,
        "bytes": file.length.0,
        "sha256": digest.hex(),
        "targets": targets,
        "chosen": { "lead": leads, "param": params, "level": levels, "member": origin.members },
        "entry": origin.entry.as_ref().map(CatalogOrigin::to_json),
        "verdict": file.verdict.key(),
        "method": method,
        "voucher": voucher,
        "received_at": origin.at.to_string(),
        "program": concat!("Nuée ", env!("CARGO_PKG_VERSION")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::integrity::{Method, Voucher};
    use crate::domain::octets::ByteCount;

    #[test]
    fn a_file_tells_where_it_comes_from_what_proves_it_and_no_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.grib2"), b"abc").expect("room");
        std::fs::write(folder.path().join("a.grib2.provenance.json"), b"old").expect("room");
        let verdict = Verdict::Verified { method: Method::PieceHashes, voucher: Voucher::Person };
        let file = FileInPlace {
            path: "a.grib2".to_owned(),
            length: ByteCount(3),
            verdict,
            kept_as: None,
            disk: Default::default(),
        };
        let origin = Origin {
            targets: vec!["https://me:secret@host/a.torrent?apikey=hidden".to_owned()],
            chosen: [Some("12".to_owned()), None, None],
            members: Some("control".to_owned()),
            entry: None,
            at: UtcTime::default(),
        };
        let root = Directory::open_or_create(folder.path()).expect("a folder");
        write(&root, (&SafePath::from_name("a.grib2"), &file), &origin).expect("room");
        let text = std::fs::read_to_string(folder.path().join("a.grib2.provenance.json")).expect("a file");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((&value["method"], &value["voucher"]), (&json!("piece_hashes"), &json!("person")));
        assert_eq!(value["chosen"]["lead"], "12");
        assert_eq!(value["chosen"]["member"], "control");
        assert!(!text.contains("secret") && !text.contains("hidden"), "{text}");
    }
}
