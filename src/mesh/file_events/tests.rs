//! Events as they come, rules as they are written, and what becomes of each file.

mod desk;
mod hostile;
mod reading;
mod rules;

use super::rules::{EventRules, TopicCheck};
use serde_json::{Value, json};

/// A topic of a centre for tests.
pub(super) const TOPIC: &str =
    "origin/a/wis2/fr-nuee-test/data/core/ocean/surface-based-observations/drifting-ocean-profilers";

/// The record of its dataset.
pub(super) const RECORD: &str = "urn:wmo:md:fr-nuee-test:argo";

/// A multihash of `abc` by SHA-256, SHA3-256 and SHA-512.
pub(super) const SHA_256: &str = "1220ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
pub(super) const SHA3_256: &str = "16203a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532";

/// An event as the chain of Ifremer has it: one asset, checksum by SHA3-256.
pub(super) fn event() -> Value {
    json!({
        "id": "Profile_022A", "source": "co05", "specversion": "1.0", "type": "fr.ifremer.file.diffusion",
        "subject": "diffusion/files/coriolis/argo/bufr", "time": "2026-03-28T14:31:00Z",
        "datacontenttype": "application/json; charset=utf-8",
        "data": item(),
    })
}

pub(super) fn item() -> Value {
    json!({
        "id": "IOPX01", "type": "Feature", "stac_version": "1.1.0", "links": [],
        "bbox": [21.5, -36.25, 21.5, -36.25],
        "geometry": { "type": "Point", "coordinates": [21.5, -36.25] },
        "properties": { "datetime": "2026-03-09T21:08:00.00Z", "platform": "7901113" },
        "assets": { "IOPX01.BU": {
            "href": "https://data.example/etc/bufr/202603/IOPX01.BU", "type": "application/bufr",
            "roles": ["data", "metadata"], "file:size": 3, "file:checksum": SHA3_256,
        } },
    })
}

/// A copy of `json` with another value at `pointer`; what is null for nothing is taken away.
pub(super) fn with(mut json: Value, pointer: &str, value: Value) -> Value {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = json.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() {
        parent.remove(key);
    } else {
        parent.insert(key.to_owned(), value);
    }
    json
}

/// Rules with one rule for everything, and more lines in it.
pub(super) fn rules(more: &str) -> EventRules {
    let text = format!("[[rule]]\ntopic = \"{TOPIC}\"\nmetadata_id = \"{RECORD}\"\n{more}");
    EventRules::read(&text, TopicCheck::Listed).expect("sound rules")
}
