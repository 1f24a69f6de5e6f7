//! Every message of the corpus gets the verdict that its index expects; exceptions are named with their reasons.
//!
//! In: `../shared/corpus/mesh`, where it is there. Out: one failure that lists every file with another verdict.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use nuee::domain::integrity::Digest;
use nuee::mesh::announcement::{InlineStanding, MessageReading, Soundness, read_captured};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a file is: kind of reading, soundness, codes of what is odd or wrong.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    kind: &'static str,
    soundness: &'static str,
    codes: String,
}

/// Folder, kind, soundness. The longest folder that a path begins with counts.
const EXPECTED: [(&str, &str, &str); 19] = [
    ("wis2/valid/", "announcement", "valid"),
    ("wis2/deviant/", "announcement", "deviant"),
    ("wis2/invalid/", "invalid", "invalid"),
    ("wis2/malformed/", "invalid", "invalid"),
    // Drafts from before the specification: whatever of them can be understood is used. The index rejects most for a
    // digest in hexadecimal or with dots in it, for which it calls today's official examples deviant.
    ("wis2/legacy/", "announcement", "deviant"),
    ("wis2/broker-capture/", "announcement", "valid"),
    ("wis2/node-archive/", "announcement", "valid"),
    ("wmo_mesh/array/", "announcement", "valid"),
    ("wmo_mesh/python-repr/", "invalid", "invalid"),
    ("v03/", "announcement", "deviant"),
    ("v03/python-repr/", "invalid", "invalid"),
    // All are lines of logs around what a broker would send.
    ("v02/", "announcement", "deviant"),
    ("cloudevents/", "announcement", "valid"),
    ("cloudevents/malformed/", "invalid", "invalid"),
    ("cloudevents/wme/", "event", "valid"),
    ("wcmp2/examples/", "record", "valid"),
    ("wcmp2/gdc-capture/", "record", "valid"),
    ("wcmp2/valid/", "record", "valid"),
    ("wcmp2/invalid/", "record", "invalid"),
];

/// Files with another verdict than their folder, and why.
const EXCEPTIONS: [(&str, &str, &str); 14] = [
    (
        "v03/sarracenia-5_api_moth_post_demo-01.json",
        "announcement valid",
        "nothing of it needs to be normalised",
    ),
    ("wmo_mesh/array/00-not-json-first-line.txt", "invalid invalid", "the banner of a log"),
    ("wcmp2/examples/ifremer-fr-ifremer-argo-core-metadata-6ccca39.json", "record invalid", OTHER_CENTRE),
    ("wcmp2/examples/ifremer-fr-ifremer-argo-core-metadata-b668c3e.json", "record invalid", OTHER_CENTRE),
    ("wcmp2/examples/ifremer-int-coriolis-argo-core-16fee33.json", "record invalid", OTHER_CENTRE),
    (
        "wcmp2/gdc-capture/urn_wmo_md_cg-met_core.climate.surface-based-observations.climat.json",
        "record deviant",
        "its topic is none of the hierarchy",
    ),
    ("wis2/legacy/wnm-history-26ba8d1-example3.json", "announcement valid", "sound by today's schema"),
    ("wis2/legacy/wnm-history-f0f221e-example3.json", "announcement valid", "sound by today's schema"),
    ("wis2/legacy/wnm-history-0575f52-example2.json", "invalid invalid", "its date does not exist"),
    (
        "wis2/legacy/wnm-history-0f38c08-WIS2_Message_Format_Example_1.json",
        "invalid invalid",
        "no size beside the content",
    ),
    (
        "wis2/legacy/wnm-history-37c14f9-WIS2_Message_Format_Example_1.json",
        "invalid invalid",
        "no size beside the content",
    ),
    ("wis2/legacy/wnm-history-37c14f9-WIS2_Message_Format_Example_3.json", "invalid invalid", "no pubtime"),
    (
        "wis2/legacy/wnm-history-f1db0b9-eumetsat-msg-seviri-recommended-notification.json",
        "invalid invalid",
        "its id is no UUID",
    ),
    (
        "wis2/legacy/wnm-history-fdbf78f-example4.json",
        "invalid invalid",
        "its link's relation is none of today's",
    ),
];

/// Why drafts of records are refused that their centre mended since.
const OTHER_CENTRE: &str = "its channel is of another centre than its id";

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/mesh");
    let found = folder.is_dir().then_some(folder);
    if found.is_none() {
        eprintln!("skipped: ../shared/corpus/mesh is not there");
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the corpus is readable") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn found(octets: &[u8]) -> Found {
    let reading = read_captured(octets).reading;
    let kind = match reading {
        MessageReading::Announcement(_) => "announcement",
        MessageReading::Event(_) => "event",
        MessageReading::Record(_) => "record",
        MessageReading::Invalid(_) => "invalid",
    };
    let codes: Vec<&str> = reading.remarks().iter().map(|remark| remark.code()).collect();
    Found { kind, soundness: reading.soundness().key(), codes: codes.join(" ") }
}

fn expected(name: &str) -> Option<(&'static str, &'static str)> {
    if let Some((_, verdict, _)) = EXCEPTIONS.iter().find(|(file, ..)| *file == name) {
        return verdict.split_once(' ');
    }
    let folder =
        EXPECTED.iter().filter(|(folder, ..)| name.starts_with(folder)).max_by_key(|(f, ..)| f.len());
    folder.map(|(_, kind, soundness)| (*kind, *soundness))
}

#[test]
fn every_message_of_the_corpus_gets_its_verdict() {
    let Some(corpus) = corpus() else { return };
    let (mut wrong, mut counted) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for path in files(&corpus) {
        let name = path.strip_prefix(&corpus).expect("below").to_string_lossy().replace('\\', "/");
        let Some((kind, soundness)) = expected(&name) else { continue };
        let found = found(&fs::read(&path).expect("a readable file"));
        *counted.entry(found.soundness).or_default() += 1;
        if (found.kind, found.soundness) != (kind, soundness) {
            wrong.push(format!("{name}: {} {} ({})", found.kind, found.soundness, found.codes));
        }
    }
    assert!(wrong.is_empty(), "{counted:?}\n{}", wrong.join("\n"));
    assert!(counted.values().sum::<usize>() > 240, "{counted:?}");
}

/// What each scenario of the WMO does to an otherwise sound message, and whether it is sound then.
const SCENARIOS: [(&str, &str); 17] = [
    ("all_datetime", "invalid"),
    ("conformsTo_invalid", "invalid"),
    ("end_no_start", "invalid"),
    ("id_not_uuid", "invalid"),
    ("no_conformsTo", "invalid"),
    ("no_data_id", "invalid"),
    ("no_datetime", "invalid"),
    ("no_href", "invalid"),
    ("no_id", "invalid"),
    ("no_pubtime", "invalid"),
    ("no_type", "invalid"),
    ("type_not_feature", "invalid"),
    ("set_pubtime", "valid"),
    ("valid", "valid"),
    // About the topic a message came on, which Global Brokers watch over with lists that change.
    ("invalid_topic_topic_not_leaf", "valid"),
    ("invalid_topic_unknown_level", "valid"),
    ("not_own_centreid", "valid"),
];

/// Lays `over` on `base`: false takes a key away, as the scenarios say.
fn merge(base: &mut serde_json::Value, over: &serde_json::Value) {
    use serde_json::Value;
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                match value {
                    Value::Bool(false) => drop(base.remove(key)),
                    value => merge(base.entry(key.clone()).or_insert(Value::Null), value),
                }
            }
        }
        (Value::Array(base), Value::Array(over)) if over.iter().all(Value::is_object) => {
            base.iter_mut().zip(over).for_each(|(base, over)| merge(base, over));
        }
        (_, Value::Null) => {}
        (base, over) => *base = over.clone(),
    }
}

#[test]
fn every_scenario_of_the_wmo_gets_its_verdict() {
    let Some(corpus) = corpus() else { return };
    let sound = fs::read(corpus.join("wis2/valid/wnm-spec-example3.json")).expect("a sound message");
    for (name, expected) in SCENARIOS {
        let scenario = fs::read(corpus.join(format!("wis2/scenario/{name}.json"))).expect("a scenario");
        let scenario: serde_json::Value = serde_json::from_slice(&scenario).expect("sound JSON");
        let mut message: serde_json::Value = serde_json::from_slice(&sound).expect("sound JSON");
        merge(&mut message, &scenario["configuration"]["wnm"]);
        let found = found(message.to_string().as_bytes());
        assert_eq!(found.soundness, expected, "{name}: {}", found.codes);
    }
}

#[test]
fn announced_digests_are_those_of_the_data_and_inline_content_is_proven() {
    let Some(corpus) = corpus() else { return };
    let (mut files, mut inline) = (0, 0);
    for path in self::files(&corpus) {
        let reading = read_captured(&fs::read(&path).expect("a readable file")).reading;
        let Some(announcement) = reading.announcement() else { continue };
        let data =
            corpus.join("wmo_mesh/array-data").join(path.file_stem().expect("a name")).with_extension("dat");
        if let (Ok(data), Some(digest)) = (fs::read(data), announcement.integrity.digest()) {
            assert_eq!(Digest::of(digest.algorithm(), &data), *digest, "{}", path.display());
            assert_eq!(announcement.size.map(|size| size.0), Some(data.len() as u64));
            files += 1;
        }
        if reading.soundness() == Soundness::Valid
            && let Some(content) = &announcement.inline
        {
            assert_eq!(content.standing, InlineStanding::Proven, "{}", path.display());
            inline += 1;
        }
    }
    assert!(files == 10 && inline > 40, "{files} files, {inline} inline");
}
