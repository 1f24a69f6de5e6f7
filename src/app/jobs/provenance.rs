//! What is written beside a file: where it comes from, for those who must show it years later, without Nuée.
//!
//! In: the request, the catalogue's entry when there is one, and a file in its place with its verdict. Out: JSON, whose form
//! docs/en/researchers.md tells.

use crate::app::jobs::view::FileInPlace;
use crate::catalog::entry::Entry;
use crate::catalog::provider::{Dataset, Provider};
use crate::domain::integrity::{Digest, Verdict};
use crate::domain::outside_text::show_with_urls;
use crate::domain::utc::UtcTime;
use serde_json::{Value, json};
use std::sync::Arc;

/// The catalogue's entry that a file belongs to.
#[derive(Clone)]
pub(crate) struct CatalogOrigin {
    provider: Arc<Provider>,
    dataset: Arc<Dataset>,
    run: Option<UtcTime>,
    leads: Option<(i64, i64)>,
}

impl CatalogOrigin {
    pub(crate) fn new(provider: &Arc<Provider>, dataset: &Arc<Dataset>, entry: &Entry) -> Self {
        let leads = entry.leads().map(|(first, last)| (first.minutes(), last.minutes()));
        Self { provider: provider.clone(), dataset: dataset.clone(), run: entry.values.run, leads }
    }

    /// When the run starts. `None` for what belongs to no run.
    pub(crate) fn run(&self) -> Option<UtcTime> {
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
pub(crate) struct FileProvenance {
    /// What was asked for.
    pub(crate) targets: Vec<String>,
    /// Lead times, parameters and levels that were chosen, as the terminal takes them.
    pub(crate) chosen: [Option<String>; 3],
    /// Members that were chosen.
    pub(crate) members: Option<String>,
    /// The catalogue's entry.
    pub(crate) entry: Option<CatalogOrigin>,
    /// When it came.
    pub(crate) at: UtcTime,
}

impl FileProvenance {
    /// What is written beside the file `name`, which has this digest.
    pub(crate) fn to_text(&self, name: &str, file: &FileInPlace, digest: &Digest) -> String {
        let text = serde_json::to_string_pretty(&self.to_json(name, file, digest));
        text.expect("maps with texts as keys can be written") + "\n"
    }

    fn to_json(&self, name: &str, file: &FileInPlace, digest: &Digest) -> Value {
        let [leads, params, levels] = &self.chosen;
        let (method, voucher) = match &file.verdict {
            Verdict::Verified { method, voucher } => (Some(method.key()), Some(voucher.key())),
            _ => (None, None),
        };
        let targets: Vec<String> = self.targets.iter().map(|target| show_with_urls(target)).collect();
        json!({
            "form": "nuee-provenance-1",
            "file": name,
            "bytes": file.length.0,
            "sha256": digest.hex(),
            "targets": targets,
            "chosen": { "lead": leads, "param": params, "level": levels, "member": self.members },
            "entry": self.entry.as_ref().map(CatalogOrigin::to_json),
            "verdict": file.verdict.key(),
            "method": method,
            "voucher": voucher,
            "received_at": self.at.to_string(),
            "program": concat!("Nuée ", env!("CARGO_PKG_VERSION")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::integrity::{DigestAlgorithm, Method, Voucher};
    use crate::domain::octets::ByteCount;

    #[test]
    fn a_file_tells_where_it_comes_from_what_proves_it_and_no_secret() {
        let verdict = Verdict::Verified { method: Method::PieceHashes, voucher: Voucher::Person };
        let file = FileInPlace {
            path: "a.grib2".to_owned(),
            length: ByteCount(3),
            verdict,
            kept_as: None,
            disk: Default::default(),
        };
        let origin = FileProvenance {
            targets: vec!["https://me:secret@host/a.torrent?apikey=hidden".to_owned()],
            chosen: [Some("12".to_owned()), None, None],
            members: Some("control".to_owned()),
            entry: None,
            at: UtcTime::default(),
        };
        let text = origin.to_text("a.grib2", &file, &Digest::of(DigestAlgorithm::Sha256, b"abc"));
        let value: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(value["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((&value["method"], &value["voucher"]), (&json!("piece_hashes"), &json!("person")));
        assert_eq!(value["chosen"]["lead"], "12");
        assert_eq!(value["chosen"]["member"], "control");
        assert!(!text.contains("secret") && !text.contains("hidden"), "{text}");
    }
}
