//! A folder that follows its announcements: updates, renames, withdrawals, two files of one name.
//! All content travels in the messages: nothing is fetched.

use super::brokers::{Listener, Mosquitto, PROGRAMS};
use super::programs::{has, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::tempdir;

/// A message of Sarracenia, published at that second.
fn mesh(path: &str, second: u32, more: &Value) -> (&'static str, Value) {
    let mut message = json!({
        "pubTime": format!("20260811T1000{second:02}.5"), "baseUrl": "http://127.0.0.1:1/", "relPath": path,
    });
    message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ("xpublic/v03/x", message)
}

fn content(path: &str, second: u32, octets: &str) -> (&'static str, Value) {
    mesh(path, second, &json!({ "content": { "encoding": "utf-8", "value": octets }, "size": octets.len() }))
}

/// Listens with `options` until every message was taken in. The exit code, and what was told.
fn heard(out: &Path, messages: &[(&str, Value)], options: &[&str]) -> (i32, Vec<Value>) {
    let broker = Mosquitto::start();
    let count = messages.len().to_string();
    let fixed = ["--topic", "#", "--download", "--out", text(out), "--count", &count, "--seconds", "40"];
    let listener = Listener::start(&broker, &broker.url(), &[&fixed[..], options].concat());
    listener.wait_to_listen();
    for (topic, message) in messages {
        broker.publish(topic, message.to_string().as_bytes());
    }
    listener.end()
}

/// Every file below a folder, but for our own, by its path.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(here) = folders.pop() {
        for path in std::fs::read_dir(here).unwrap().map(|entry| entry.unwrap().path()) {
            if path.ends_with(".nuee") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, octets)| ((*name).to_owned(), (*octets).to_owned())).collect()
}

#[test]
fn an_update_replaces_and_as_many_versions_stay_as_were_asked_for() {
    if !has(&PROGRAMS) {
        return;
    }
    let messages: Vec<_> = [(1, "one"), (2, "two"), (3, "three")]
        .map(|(second, octets)| content("a/x.txt", second, octets))
        .to_vec();
    for (options, expected) in [
        (&[][..], of(&[("a/x.txt", "three"), ("a/x~1.txt", "one"), ("a/x~2.txt", "two")])),
        (&["--versions", "1"][..], of(&[("a/x.txt", "three"), ("a/x~2.txt", "two")])),
        (&["--versions", "0"][..], of(&[("a/x.txt", "three")])),
    ] {
        let out = tempdir().unwrap();
        // One after the other: what is replaced before it came is never fetched.
        for message in &messages {
            let (code, lines) = heard(out.path(), std::slice::from_ref(message), options);
            assert_eq!(code, 0, "{lines:?}");
        }
        assert_eq!(files(out.path()), expected, "{options:?}");
    }
}

#[test]
fn what_is_withdrawn_stays_unless_it_is_to_follow_and_what_was_changed_always_stays() {
    if !has(&PROGRAMS) {
        return;
    }
    let removal = |path: &str| mesh(path, 9, &json!({ "fileOp": { "remove": "" } }));
    for (options, copy, is_there) in
        [(&[][..], "kept", true), (&["--mirror", "follow"][..], "removed", false)]
    {
        let out = tempdir().unwrap();
        heard(out.path(), &[content("a/x.txt", 1, "one")], options);
        let (code, lines) = heard(out.path(), &[removal("a/x.txt")], options);
        let withdrawn = lines.iter().find(|line| line["event"] == "withdrawn").expect("it is told");
        assert_eq!((code, &withdrawn["local"][0]["copy"]), (0, &json!(copy)), "{withdrawn}");
        assert_eq!(out.path().join("a/x.txt").exists(), is_there);
    }
    let out = tempdir().unwrap();
    heard(out.path(), &[content("x.txt", 1, "one")], &[]);
    std::fs::write(out.path().join("x.txt"), "my notes").unwrap();
    let options = ["--mirror", "follow", "--versions", "0"];
    let (_, lines) = heard(out.path(), &[content("x.txt", 2, "two"), removal("x.txt")], &options);
    assert_eq!(files(out.path()), of(&[("x.txt", "my notes")]), "{lines:?}");
}

#[test]
fn a_file_that_is_withdrawn_while_it_is_put_in_its_place_goes_too() {
    if !has(&PROGRAMS) {
        return;
    }
    let removal = |path: &str| mesh(path, 9, &json!({ "fileOp": { "remove": "" } }));
    let both = |number: u32| {
        let path = format!("x{number}.txt");
        [content(&path, 1, "one"), removal(&path)]
    };
    let messages: Vec<_> = (0..60).flat_map(both).collect();
    let out = tempdir().unwrap();
    let (code, lines) = heard(out.path(), &messages, &["--mirror", "follow", "--versions", "0"]);
    assert_eq!((code, files(out.path())), (0, BTreeMap::new()), "{:?}", lines.last());
}

#[test]
fn a_file_that_the_folder_does_not_take_is_told_and_nothing_waits_for_it() {
    if !has(&PROGRAMS) {
        return;
    }
    let out = tempdir().unwrap();
    std::fs::write(out.path().join("a"), "a file where a folder is to be").unwrap();
    let (code, lines) = heard(out.path(), &[content("a/x.txt", 1, "one"), content("y.txt", 1, "two")], &[]);
    let told = lines.iter().find(|line| line["event"] == "not_settled").expect("it is told");
    assert_eq!((code, &told["key"]), (5, &json!("a/x.txt")), "{told}");
    assert_ne!(told["detail"], "", "with the reason");
    assert_eq!(std::fs::read_to_string(out.path().join("y.txt")).unwrap(), "two");
    // Tried again at the next start, with the reason gone.
    std::fs::remove_file(out.path().join("a")).unwrap();
    let (code, _) = heard(out.path(), &[content("z.txt", 1, "three")], &[]);
    assert_eq!((code, std::fs::read_to_string(out.path().join("a/x.txt")).unwrap().as_str()), (0, "one"));
}

#[test]
fn a_renamed_file_is_moved_and_told_with_both_names() {
    if !has(&PROGRAMS) {
        return;
    }
    let out = tempdir().unwrap();
    let renamed = mesh("b/x.txt", 2, &json!({ "fileOp": { "rename": "a/x.tmp" } }));
    let (code, lines) = heard(out.path(), &[content("a/x.tmp", 1, "one"), renamed], &[]);
    assert_eq!((code, files(out.path())), (0, of(&[("b/x.txt", "one")])), "{lines:?}");
    let is_renamed = |line: &&Value| line["event"] == "file" && line["renamed_from"].is_string();
    let told = lines.iter().find(is_renamed).expect("it is told");
    assert!(told["renamed_from"].as_str().unwrap().ends_with("a/x.tmp"), "{told}");
    assert!(told["path"].as_str().unwrap().ends_with("b/x.txt"), "{told}");
}

#[test]
fn two_ids_of_one_name_and_two_contents_of_one_id_never_share_a_path() {
    if !has(&PROGRAMS) {
        return;
    }
    let wis2 = |number: u32, id: &str, octets: &str| {
        let digest = nuee::domain::integrity::Digest::of(
            nuee::domain::integrity::DigestAlgorithm::Sha512,
            octets.as_bytes(),
        );
        let message = json!({
            "id": format!("31e9d66a-cd83-4174-9429-b932f1ab{number:04x}"), "type": "Feature", "geometry": null,
            "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
            "properties": {
                "pubtime": "2026-08-11T10:00:00Z", "data_id": id, "datetime": null,
                "integrity": { "method": "sha512", "value": digest.hex() },
                "content": { "encoding": "utf-8", "value": octets, "size": octets.len() },
            },
            "links": [{ "rel": "canonical", "href": "http://127.0.0.1:1/gfs.f006" }],
        });
        ("origin/a/wis2/xx-made/data/core/weather", message)
    };
    let out = tempdir().unwrap();
    let messages = [wis2(1, "d1", "one"), wis2(2, "d2", "two"), wis2(3, "d1", "other")];
    let (code, lines) = heard(out.path(), &messages, &[]);
    assert_eq!(code, 0, "{lines:?}");
    let told: Vec<&Value> = lines.iter().filter(|line| line["event"] == "file").collect();
    assert_eq!((told.len(), files(out.path()).len()), (3, 3), "{lines:?}");
    for file in &told {
        let octets = std::fs::read(file["path"].as_str().unwrap()).unwrap();
        assert_eq!(octets.len() as u64, file["bytes"].as_u64().unwrap(), "{file}");
    }
    assert_eq!(told.iter().filter(|file| file["conflict_with"].is_string()).count(), 1, "{lines:?}");
}
