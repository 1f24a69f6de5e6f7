//! What the readers make of sound, odd, hostile and damaged messages.

use super::*;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::tests::mutate;

/// A WIS2 message with these properties and links added to, or put in place of, sound ones.
fn wis2(properties: &str, links: &str) -> String {
    let links =
        if links.is_empty() { r#"{"rel":"canonical","href":"https://h/f.bufr","length":4}"# } else { links };
    format!(
        r#"{{"id":"51dbb84f-a90b-4143-ad69-e943b186058f","type":"Feature","geometry":null,
        "conformsTo":["http://wis.wmo.int/spec/wnm/1/conf/core"],"properties":{{"data_id":"centre:set/f","datetime":null,
        "pubtime":"2026-08-11T10:48:25.5Z"{properties}}},"links":[{links}]}}"#
    )
}

fn reading(text: &str) -> MessageReading {
    read(Bytes::copy_from_slice(text.as_bytes()), &[]).reading
}

/// Soundness and codes.
fn verdict(text: &str) -> String {
    let reading = reading(text);
    let codes: Vec<&str> = reading.remarks().iter().map(Remark::code).collect();
    format!("{} {}", reading.soundness().key(), codes.join(" ")).trim_end().to_owned()
}

fn announced(text: &str) -> Announcement {
    reading(text).announcement().expect("an announcement").clone()
}

#[test]
fn a_sound_wis2_message_gives_key_time_size_and_source() {
    let read = announced(&wis2("", ""));
    assert_eq!((read.dialect, &*read.key, read.file_name()), (Dialect::Wis2, "centre:set/f", "f.bufr"));
    assert_eq!(read.published_at.to_string(), "2026-08-11T10:48:25.500Z");
    assert_eq!((read.size, &*read.source, read.action), (Some(ByteCount(4)), "h", FileAction::New));
    assert_eq!(verdict(&wis2("", "")), "valid");
}

#[test]
fn an_update_without_canonical_is_accepted_and_a_deletion_has_nothing_to_fetch() {
    let update =
        announced(&wis2("", r#"{"rel":"via","href":"https://v"},{"rel":"update","href":"https://h/f"}"#));
    assert_eq!((update.action, &*update.links[0].href), (FileAction::Update, "https://h/f"));
    let deletion = announced(&wis2("", r#"{"rel":"deletion","href":"https://h/f"}"#));
    assert!(!deletion.action.has_bytes());
}

#[test]
fn what_the_schema_demands_is_a_fault_when_it_is_not_there() {
    for (text, expected) in [
        (wis2("", "").replace("51dbb84f", "51dbb84x"), "invalid wrong_value"),
        (wis2("", "").replace(r#""geometry":null,"#, ""), "invalid missing"),
        (wis2("", "").replace("spec/wnm/1", "spec/other/1"), "invalid wrong_value"),
        (wis2("", "").replace(r#""datetime":null,"#, ""), "invalid missing"),
        (wis2(r#","start_datetime":"2026-08-11T10:00:00Z""#, ""), "invalid instant_and_period"),
        (wis2("", "").replace("2026-08-11T10:48:25.5Z", "yesterday"), "invalid wrong_value"),
        (wis2("", r#"{"rel":"via","href":"https://h"}"#), "invalid no_action"),
        (wis2("", r#"{"rel":"canonical"}"#), "invalid missing no_action"),
        (wis2(r#","integrity":{"method":"crc32","value":"AA=="}"#, ""), "invalid wrong_value"),
        (r#"{"type":"Feature"}"#.to_owned(), "invalid unknown_shape"),
        ("{}".to_owned(), "invalid unknown_shape"),
        ("[1,2,3]".to_owned(), "invalid unknown_shape"),
    ] {
        assert_eq!(verdict(&text), expected, "{text}");
    }
}

#[test]
fn a_property_that_is_null_says_as_much_as_none_and_the_file_is_used() {
    for key in ["metadata_id", "producer", "global-cache", "cache"] {
        assert_eq!(verdict(&wis2(&format!(r#","{key}":null"#), "")), "valid", "{key}");
        assert_eq!(verdict(&wis2(&format!(r#","{key}":7"#), "")), "invalid wrong_value", "{key}");
    }
    let link = r#"{"rel":"canonical","href":"https://h/f","length":null}"#;
    assert_eq!(verdict(&wis2("", link)), "valid");
}

#[test]
fn what_only_the_text_of_the_specification_demands_is_a_deviation() {
    let two = r#"{"rel":"canonical","href":"https://h/1"},{"rel":"update","href":"https://h/2"}"#;
    assert_eq!(verdict(&wis2("", two)), "deviant several_actions");
    assert_eq!(&*announced(&wis2("", two)).links[0].href, "https://h/1");
    let long = format!(r#","note":"{}""#, "x".repeat(9_000));
    assert_eq!(verdict(&wis2(&long, "")), "deviant long_message");
    assert_eq!(
        verdict(&wis2("", r#"{"rel":"canonical","href":"file:/etc/passwd"}"#)),
        "deviant unusable_link"
    );
    let basic = wis2("", "").replace("2026-08-11T10:48:25.5Z", "20260811T104825Z");
    assert_eq!(verdict(&basic), "deviant time_form");
}

#[test]
fn inline_content_is_held_against_the_announced_digest() {
    let digest = Digest::of(DigestAlgorithm::Sha512, b"BUFR").hex();
    let with = |value: &str, size: u64| {
        wis2(
            &format!(
                r#","integrity":{{"method":"sha512","value":"{digest}"}},"content":{{"encoding":"base64","value":"{value}","size":{size}}}"#
            ),
            "",
        )
    };
    let standing = |text: &str| announced(text).inline.map(|inline| inline.standing);
    assert_eq!(standing(&with("QlVGUg==", 4)), Some(InlineStanding::Proven));
    assert_eq!(standing(&with("QlVGUw==", 4)), Some(InlineStanding::Mismatch));
    assert!(announced(&with("QlVGUw==", 4)).usable_inline().is_none());
    assert_eq!(verdict(&with("QlVGUg==", 40)), "deviant digest_in_hex inline_size");
    assert_eq!(verdict(&with("????", 4)), "deviant digest_in_hex inline_unreadable");
}

#[test]
fn slashes_make_no_other_file_and_no_other_url() {
    let with = |base: &str, path: &str| {
        announced(&format!(
            r#"{{"pubTime":"20260811T104825.5","baseUrl":"{base}","relPath":"{path}","integrity":{{"method":"md5","value":"1B2M2Y8AsgTpgAmY7PhCfg=="}}}}"#
        ))
    };
    for (base, path) in [("http://h/d", "a/b"), ("http://h/d/", "/a/b"), ("http://h/d", "//a//b")] {
        let read = with(base, path);
        assert_eq!((&*read.key, read.dialect, read.file_name()), ("a/b", Dialect::WmoMesh, "b"));
        assert!(read.links[0].href.starts_with("http://h/d/a/"), "{:?}", read.links);
    }
}

#[test]
fn aliases_of_older_versions_are_mapped_and_named() {
    let text = r#"{"pubTime":"20260811104825.5","baseUrl":"https://h","relPath":"p","retPath":"api?f=p","size":"12",
        "integrity":{"method":"sha512","value":""},"mode":"664"}"#;
    let read = announced(text);
    assert_eq!(
        (&*read.key, &*read.links[0].href, read.size),
        ("p", "https://h/api?f=p", Some(ByteCount(12)))
    );
    assert_eq!(verdict(text), "deviant time_form former_name size_as_text former_name digest_unreadable");
}

/// A message of Sarracenia, version 3, with more fields.
fn v03(path: &str, more: &str) -> Announcement {
    announced(&format!(
        r#"{{"pubTime":"20260811T104825.5","baseUrl":"http://h/d/","relPath":"{path}","mode":"664"{more}}}"#
    ))
}

#[test]
fn one_file_has_one_key_and_one_name_in_every_dialect() {
    let line = |path: &str| {
        let text = format!("20260811104825.123 http://h/d {path}");
        read(text.into_bytes().into(), &[]).reading.announcement().expect("an announcement").clone()
    };
    let linked =
        announced(&wis2("", r#"{"rel":"canonical","href":"http://h/d/x/ST-07%20-%20%C3%A9.csv?a=b"}"#));
    assert_eq!(linked.file_name(), "ST-07 - é.csv");
    for same in [v03("/x/ST-07 - é.csv", ""), v03("x//ST-07%20-%20é.csv", ""), line("x/ST-07%20-%20é.csv")]
    {
        assert_eq!((&*same.key, same.file_name()), ("x/ST-07 - é.csv", "ST-07 - é.csv"));
    }
}

#[test]
fn a_path_is_asked_for_encoded_and_then_as_it_was_written() {
    let hrefs = |path: &str| v03(path, "").links.iter().map(|link| link.href.to_string()).collect::<Vec<_>>();
    assert_eq!(hrefs("x/y.txt"), ["http://h/d/x/y.txt"]);
    assert_eq!(hrefs("x/A#1"), ["http://h/d/x/A%231"], "as it is it would be another file");
    assert_eq!(hrefs("x/a "), ["http://h/d/x/a%20"]);
    assert_eq!(hrefs(r"x\\y"), ["http://h/d/x%5Cy"]);
    assert_eq!(hrefs("x/a%20b"), ["http://h/d/x/a%2520b", "http://h/d/x/a%20b"]);
    assert_eq!(hrefs("x/what?y=1"), ["http://h/d/x/what%3Fy=1", "http://h/d/x/what?y=1"]);
    assert_eq!(v03("x/a?", "").links[1].rel, AS_WRITTEN);
}

#[test]
fn a_message_may_name_where_to_ask_and_under_which_name_to_write() {
    let read = v03("path/DYN?x=1", r#","rename":"file.txt","retrievePath":"api/get?id=1&x=a b""#);
    assert_eq!((&*read.key, read.file_name(), read.folders.as_deref()), ("path/DYN?x=1", "file.txt", None));
    assert_eq!(read.links.len(), 1);
    assert_eq!(&*read.links[0].href, "http://h/d/api/get?id=1&x=a%20b");
    let elsewhere = v03("path/x", r#","rename":"/other/place/y""#);
    assert_eq!((elsewhere.file_name(), elsewhere.folders.as_deref()), ("y", Some("other/place")));
    assert_eq!(v03("path/x", r#","rename":"""#).file_name(), "x");
}

#[test]
fn a_rename_names_the_key_before_and_directories_are_no_files() {
    let renamed = v03("b/new", r#","fileOp":{"rename":"/a/old%20one"}"#);
    assert_eq!((renamed.action, renamed.renamed_from.as_deref()), (FileAction::New, Some("a/old one")));
    let directory = v03("b", r#","fileOp":{"rename":"a","directory":""}"#);
    assert_eq!((directory.action, directory.renamed_from), (FileAction::Housekeeping, None));
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let line = |headers: &[(String, String)]| {
        let raw = Bytes::from_static(b"20260811104825.123 http://h/ b/new");
        read(raw, headers).reading.announcement().expect("an announcement").clone()
    };
    let sum = header("sum", "d,d41d8cd98f00b204e9800998ecf8427e");
    let second = line(&[sum.clone(), header("oldname", "a/old")]);
    assert_eq!((second.action, second.renamed_from.as_deref()), (FileAction::New, Some("a/old")));
    assert_eq!(
        line(&[sum, header("newname", "c/x")]).action,
        FileAction::Housekeeping,
        "the other half says all"
    );
}

#[test]
fn a_file_in_parts_is_named_as_such_and_one_part_is_a_file() {
    let blocks = |blocks: &str| v03("x", &format!(r#","blocks":{blocks}"#));
    let manifest = r#"{"method":"inplace","size":10,"number":0,"manifest":{"0":{},"1":{},"2":{}}}"#;
    assert_eq!(blocks(manifest).parts, Some(3));
    assert_eq!(blocks(manifest).remarks, [Remark::InParts { count: 3 }]);
    assert_eq!(blocks(r#"{"method":"partitioned","size":10,"count":2}"#).parts, Some(2));
    assert_eq!(blocks(r#"{"method":"inplace","size":10,"count":1,"number":0}"#).parts, None);
    let headers = [("parts".to_owned(), "i,1000,5,0,2".to_owned())];
    let read = read(Bytes::from_static(b"20260811104825.123 http://h/ x"), &headers).reading;
    let read = read.announcement().expect("an announcement");
    assert_eq!((read.parts, read.size), (Some(5), None));
}

#[test]
fn an_empty_data_id_is_deviant_and_the_link_stands_for_it() {
    let empty = wis2("", "").replace("centre:set/f", "");
    assert_eq!(verdict(&empty), "deviant empty");
    assert_eq!((&*announced(&empty).key, announced(&empty).file_name()), ("https://h/f.bufr", "f.bufr"));
    assert_eq!(verdict(&empty.replace(r#""data_id":"","#, "")), "invalid missing");
}

#[test]
fn credentials_that_a_link_asks_for_are_named() {
    let secured =
        r#"{"rel":"canonical","href":"https://h/f","security":{"default":{"type":"http","scheme":"basic"}}}"#;
    assert_eq!(announced(&wis2("", secured)).links[0].security.as_deref(), Some("http basic"));
    assert_eq!(announced(&wis2("", "")).links[0].security, None);
}

#[test]
fn directories_links_and_removals_have_nothing_to_fetch() {
    let with = |operation: &str| {
        announced(&format!(
            r#"{{"pubTime":"20260811T104825","baseUrl":"file:/","relPath":"","fileOp":{{"{operation}":""}}}}"#
        ))
        .action
    };
    assert_eq!(with("directory"), FileAction::Housekeeping);
    assert_eq!(with("remove"), FileAction::Deletion);
    assert_eq!(with("rmdir"), FileAction::Deletion);
    assert_eq!(with("link"), FileAction::Housekeeping);
}

#[test]
fn a_line_of_version_two_takes_digest_and_size_from_headers() {
    let headers = [
        ("sum".to_owned(), "d,d41d8cd98f00b204e9800998ecf8427e".to_owned()),
        ("parts".to_owned(), "1,457,1,0,0".to_owned()),
    ];
    let raw = Bytes::from_static(b"20260811104825.123 http://h/ a/b%20c.txt");
    let read = read(raw, &headers).reading;
    assert_eq!(read.soundness(), Soundness::Valid);
    let read = read.announcement().expect("an announcement");
    assert_eq!((&*read.key, read.size), ("a/b c.txt", Some(ByteCount(457))));
    assert_eq!(read.integrity.digest(), Some(&Digest::of(DigestAlgorithm::Md5, b"")));
}

#[test]
fn two_digests_that_disagree_prove_nothing() {
    let text = r#"["20260811T104825","http://h","p",{"sum":"d,d41d8cd98f00b204e9800998ecf8427e",
        "integrity":{"method":"md5","value":"kAFQmDzST7DWlj99KOF/cg=="}}]"#;
    assert_eq!(verdict(text), "deviant digests_disagree");
    assert_eq!(announced(text).integrity.digest(), None);
}

#[test]
fn a_capture_gives_the_topic_and_the_message_inside() {
    let message = wis2("", "");
    let as_text = serde_json::json!({ "topic": "origin/a/wis2/x", "payload": message, "qos": 1 }).to_string();
    let as_json = format!(r#"{{"topic":"origin/a/wis2/x","payload":{message}}}"#);
    for text in [as_text, as_json] {
        let captured = read_captured(text.as_bytes());
        assert_eq!(captured.topic.as_deref(), Some("origin/a/wis2/x"));
        assert_eq!(captured.reading.soundness(), Soundness::Valid);
    }
}

#[test]
fn long_deep_and_wrongly_encoded_messages_are_refused_at_once() {
    let of = |octets: Vec<u8>| {
        let read = read(octets.into(), &[]).reading;
        (read.soundness(), read.remarks()[0].code())
    };
    assert_eq!(of(vec![b'{'; 10 << 20]), (Soundness::Invalid, "too_long"));
    assert_eq!(of(vec![b'['; 500_000]), (Soundness::Invalid, "not_json"));
    assert_eq!(of(b"{\"a\":\"\xff\xfe\"}".to_vec()), (Soundness::Invalid, "not_text"));
    assert_eq!(of(b"\xff\xfe".to_vec()), (Soundness::Invalid, "not_text"));
    assert_eq!(of(b"{\"relPath\":NaN}".to_vec()), (Soundness::Invalid, "not_json"));
    assert_eq!(of(Vec::new()), (Soundness::Invalid, "not_json"));
}

/// One sound message of each reader, as seeds of damage.
fn seeds() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let digest = Digest::of(DigestAlgorithm::Sha512, b"BUFR").hex();
    let content = format!(
        r#","integrity":{{"method":"sha512","value":"{digest}"}},"content":{{"encoding":"gzip","value":"H4sIAAAAAAAAA3MKdQsCAB3mgYkEAAAA","size":4}}"#
    );
    let one = |text: &str| text.as_bytes().to_vec();
    vec![
        ("wis2", vec![one(&wis2("", "")), one(&wis2(&content, ""))]),
        (
            "v03",
            vec![
                one(
                    r#"{"pubTime":"20260811T104825.5","baseUrl":"http://h/","relPath":"/a/b","size":4,"identity":{"method":"md5","value":"1B2M2Y8AsgTpgAmY7PhCfg=="},"content":{"encoding":"utf-8","value":"x"}}"#,
                ),
                one(
                    r#"{"pubTime":"20240724162200.7","baseUrl":"file:/","relPath":"x","fileOp":{"rename":"y"},"parts":"1,2,1,0,0"}"#,
                ),
            ],
        ),
        (
            "array",
            vec![one(
                r#"["20260811T104825","http://h","p",{"sum":"d,d41d8cd98f00b204e9800998ecf8427e","parts":"1,0,1,0,0"}]"#,
            )],
        ),
        (
            "v02",
            vec![
                one("20260811104825.123 http://h/ a/b.txt"),
                one("[INFO] notice=20180926192658.4 http://h/x?a=b c headers={'sum': 'z,d'}"),
            ],
        ),
        (
            "cloud_event",
            vec![one(
                r#"{"id":"1","source":"s","specversion":"1.0","type":"fr.x","time":"2025-03-28T14:31:00Z","data":{"id":"i","assets":{"f":{"href":"https://h/f","roles":["data"],"file:size":9,"file:checksum":"1620f2ba024b0986ab8e7d3ec275505c59070d453f4764e48ad9eaad9559bf76b906"}}}}"#,
            )],
        ),
        (
            "record and event",
            vec![
                one(
                    r#"{"id":"urn:wmo:md:x:y","conformsTo":["http://wis.wmo.int/spec/wcmp/2/conf/core"],"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,0]]]},"time":null,"properties":{"type":"service","title":"t","description":"d","created":"2025-03-28T14:31:00Z","contacts":[{"organization":"o","roles":["host"]}],"themes":[{"scheme":"earth-system-discipline","concepts":[{"id":"ocean"}]}]},"links":[{"rel":"items","href":"mqtts://b","channel":"origin/a/wis2/x/data/core"}]}"#,
                ),
                one(
                    r#"{"id":"1","specversion":"1.0","type":"int.wmo.wis.wme.event","source":"s","time":"2025-03-28T14:31:00Z","data":{"content":{"title":"t"}}}"#,
                ),
            ],
        ),
    ]
}

#[test]
fn no_mutated_message_breaks_a_reader() {
    for (reader, seeds) in seeds() {
        for seed in &seeds {
            let reading = read(Bytes::from(seed.clone()), &[]).reading;
            assert_ne!(reading.soundness(), Soundness::Invalid, "{reader}: {:?}", reading.remarks());
        }
        mutate(&seeds, |octets| {
            let received = read(Bytes::copy_from_slice(octets), &[]);
            assert_eq!(received.raw, octets);
            if let Some(announcement) = received.reading.announcement() {
                let _ = (announcement.file_name(), announcement.usable_inline());
                assert!(!announcement.remarks.iter().any(Remark::is_fault));
            }
            let _ = read_captured(octets);
        });
    }
}

#[test]
fn directories_are_announced_in_several_ways_and_none_of_them_is_a_file() {
    let object = |more: &str| format!(r#"{{"pubTime":"20260811T100000.1","baseUrl":"http://h/",{more}}}"#);
    let identity = r#""identity":{"method":"md5","value":"1B2M2Y8AsgTpgAmY7PhCfg=="}"#;
    for text in [
        object(r#""relPath":"a/b","fileOp":{"directory":""}"#),
        object(&format!(r#""relPath":"a/b","fileOp":{{"directory":""}},{identity}"#)),
        object(r#""relPath":"a/b/""#),
        "20260811100000.123 http://h/ /a/b/".to_owned(),
    ] {
        let reading = read_captured(text.as_bytes()).reading;
        let action = reading.announcement().map(|announcement| announcement.action);
        assert_eq!(action, Some(FileAction::Housekeeping), "{text}");
    }
    let headers = [("sum".to_owned(), "m,0".to_owned())];
    let line = read(bytes::Bytes::from_static(b"20260811100000.123 http://h/ /a/b"), &headers);
    assert_eq!(line.reading.announcement().map(|directory| directory.action), Some(FileAction::Housekeeping));
}

#[test]
fn a_datetime_without_a_zone_is_deviant_and_a_pubtime_without_one_is_invalid() {
    let text = |pubtime: &str, datetime: &str| {
        format!(
            r#"{{"id":"51dbb84f-a90b-4143-ad69-e943b186058f","type":"Feature","geometry":null,
            "conformsTo":["http://wis.wmo.int/spec/wnm/1/conf/core"],"properties":{{"data_id":"k",
            "datetime":"{datetime}","pubtime":"{pubtime}"}},"links":[{{"rel":"canonical","href":"https://h/k"}}]}}"#
        )
    };
    let soundness = |text: String| read_captured(text.as_bytes()).reading.soundness();
    assert_eq!(soundness(text("2026-11-29T13:11:51Z", "2026-11-29T12:00:00")), Soundness::Deviant);
    assert_eq!(soundness(text("2026-11-29T13:11:51", "2026-11-29T12:00:00Z")), Soundness::Invalid);
    let tiny = r#"{"pubTime":"20260811T100000.6000000000000001e-05","baseUrl":"http://h/","relPath":"a"}"#;
    let reading = read_captured(tiny.as_bytes()).reading;
    assert_eq!(reading.soundness(), Soundness::Deviant);
    let published = reading.announcement().map(|announcement| announcement.published_at.to_string());
    assert_eq!(published.as_deref(), Some("2026-08-11T10:00:00Z"));
}

#[test]
fn md5_is_no_method_of_wis2_and_verifies_all_the_same() {
    let text = wis2(r#","integrity":{"method":"md5","value":"1B2M2Y8AsgTpgAmY7PhCfg=="}"#, "");
    assert_eq!(verdict(&text), "deviant method_not_listed");
    assert_eq!(announced(&text).integrity.digest(), Some(&Digest::of(DigestAlgorithm::Md5, b"")));
}
