//! Each form, field for field; odd names; what is refused.

use super::place::{MetadataId, TopicForm, is_provisional};
use super::*;
use crate::domain::integrity::DigestAlgorithm;
use crate::mesh::announcement::{Announcement, FileAction, Soundness, read};
use serde_json::{Value, json};
use std::ffi::OsStr;

const CHANNEL: &str = "origin/a/wis2/fr-nuee-test/data/core/weather/experimental/nuee";

fn now() -> UtcMillis {
    UtcMillis::parse_rfc3339("2026-11-20T06:42:00.250Z").expect("a time")
}

fn moment() -> PostMoment {
    PostMoment { published: now(), random: 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef }
}

fn path(text: &str) -> SharedPath {
    SharedPath::of(&text.split('/').collect::<Vec<_>>()).expect("a path")
}

fn file(at: &str, octets: &[u8]) -> FileFacts {
    FileFacts {
        path: path(at),
        length: octets.len() as u64,
        modified: UtcMillis::from_unix_millis(1_700_000_000_000),
        digest: Digest::of(DigestAlgorithm::Sha512, octets),
        head: octets.iter().copied().take(HEAD).collect(),
    }
}

fn terms(form: PostForm) -> PostTerms {
    let topic = if form == PostForm::Wis2 { CHANNEL } else { "xpublic/v03" };
    PostTerms {
        form,
        base: BaseUrl::parse("http://h:1/data/").expect("a base"),
        topic: PostTopic::parse(topic, form, TopicForm::Post).expect("a topic"),
        inlining: Inlining::Never,
        metadata_id: MetadataId::parse("urn:wmo:md:fr-nuee-test:demo"),
        global_cache: None,
    }
}

fn inline(form: PostForm) -> PostTerms {
    PostTerms { inlining: Inlining::Small, ..terms(form) }
}

fn one(facts: &FileFacts, terms: &PostTerms) -> Post {
    posts_of(facts, terms, PostKind::New, moment()).expect("it can be announced").remove(0)
}

fn json_of(post: &Post) -> Value {
    serde_json::from_str(&post.payload).expect("JSON")
}

fn read_back(post: &Post) -> Announcement {
    let read = read(post.payload.clone().into(), &[]);
    assert_eq!(read.reading.soundness(), Soundness::Valid, "{} {:?}", post.payload, read.reading.remarks());
    read.reading.announcement().expect("an announcement").clone()
}

/// Names that have gone wrong somewhere.
const ODD: [&str; 8] =
    ["a b.txt", "50%.txt", "x#1.txt", "what?.txt", "été/数.txt", "a+b&c;d=e.txt", "q'(1).txt", "%41.bin"];

#[test]
fn a_notification_of_wis2_has_each_field_as_the_validators_want_it() {
    let facts = file("run/AROME_0.01_HP1_07H_202611200600.grib2", b"GRIB 7777");
    let post = one(&facts, &terms(PostForm::Wis2));
    let mut message = json_of(&post);
    assert_eq!(
        message["properties"]["integrity"]["value"].as_str().map(str::len),
        Some(88),
        "base64 of 64 octets"
    );
    message["properties"]["integrity"]["value"] = json!("checked below");
    assert_eq!(
        message,
        json!({
            "id": "01234567-89ab-4def-8123-456789abcdef",
            "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
            "type": "Feature",
            "geometry": null,
            "properties": {
                "pubtime": "2026-11-20T06:42:00.250Z",
                "datetime": "2026-11-20T06:00:00Z",
                "data_id": "fr-nuee-test:demo/run/AROME_0.01_HP1_07H_202611200600.grib2",
                "metadata_id": "urn:wmo:md:fr-nuee-test:demo",
                "integrity": { "method": "sha512", "value": "checked below" },
                "cache": false,
            },
            "links": [{
                "href": "http://h:1/data/run/AROME_0.01_HP1_07H_202611200600.grib2",
                "rel": "canonical", "type": "application/grib", "length": 9,
            }],
        })
    );
    assert_eq!((post.topic.as_str(), post.content_type), (CHANNEL, "application/geo+json"));
    let announcement = read_back(&post);
    assert_eq!(announcement.integrity.digest(), Some(&facts.digest));
    assert_eq!(post.id.as_deref(), Some("01234567-89ab-4def-8123-456789abcdef"));
}

#[test]
fn a_file_of_several_lead_times_is_announced_with_their_period() {
    let facts = file("arome__0025__SP1__00H06H__2026-01-01T00:00:00Z.grib2", b"GRIB");
    let message = json_of(&one(&facts, &terms(PostForm::Wis2)));
    assert_eq!(message["properties"]["start_datetime"], "2026-01-01T00:00:00Z");
    assert_eq!(message["properties"]["end_datetime"], "2026-01-01T06:00:00Z");
    assert_eq!(message["properties"].get("datetime"), None, "never both");
    let nameless = json_of(&one(&file("x.txt", b"x"), &terms(PostForm::Wis2)));
    assert_eq!(nameless["properties"]["datetime"], Value::Null);
    assert!(nameless["properties"].as_object().expect("an object").contains_key("datetime"));
}

#[test]
fn a_replaced_file_is_an_update_with_the_same_data_id_and_another_id() {
    let (facts, terms) = (file("x.txt", b"x"), terms(PostForm::Wis2));
    let later = PostMoment { random: 7, ..moment() };
    let update = posts_of(&facts, &terms, PostKind::Update, later).expect("a post").remove(0);
    let (first, second) = (read_back(&one(&facts, &terms)), read_back(&update));
    assert_eq!(first.key, second.key);
    assert_ne!(first.id, second.id);
    assert_eq!((first.action, second.action), (FileAction::New, FileAction::Update));
    assert_eq!(json_of(&update)["links"].as_array().map(Vec::len), Some(1));
}

#[test]
fn without_a_record_a_data_id_begins_with_the_channel() {
    let terms = PostTerms { metadata_id: None, ..terms(PostForm::Wis2) };
    let message = json_of(&one(&file("d/x y.txt", b"x"), &terms));
    let id = "wis2/fr-nuee-test/data/core/weather/experimental/nuee/d/x%20y.txt";
    assert_eq!(message["properties"]["data_id"], id);
    assert_eq!(message["properties"].get("metadata_id"), None);
}

#[test]
fn content_of_wis2_is_short_as_it_was_and_as_it_is_written() {
    let content = |octets: &[u8]| {
        let message = json_of(&one(&file("x.bin", octets), &inline(PostForm::Wis2)));
        message["properties"].get("content").cloned()
    };
    let text = content(b"AAXX 20061").expect("it travels along");
    assert_eq!(text, json!({ "encoding": "utf-8", "value": "AAXX 20061", "size": 10 }));
    assert_eq!(content(&[0xff; 3_072]).expect("it travels along")["encoding"], "base64");
    assert_eq!(content(&[0xff; 3_073]), None, "its base64 is longer than 4096");
    assert!(content(&[b'a'; 4_096]).is_some());
    assert_eq!(content(&[b'a'; 4_097]), None);
    assert_eq!(content("é".repeat(1_400).as_bytes()), None, "escaped, the message is longer than 8192");
    assert_eq!(json_of(&one(&file("x", b"x"), &terms(PostForm::Wis2)))["properties"].get("content"), None);
}

#[test]
fn a_message_of_wis2_that_would_be_too_long_is_refused() {
    let name = "é".repeat(120);
    let folders: Vec<&str> = std::iter::repeat_n(name.as_str(), 12).collect();
    let facts = FileFacts { path: SharedPath::of(&folders).expect("a path"), ..file("x", b"x") };
    let refused = posts_of(&facts, &terms(PostForm::Wis2), PostKind::New, moment());
    assert!(matches!(refused, Err(PostError::TooLong { octets: 8_193.., most: 8_192 })), "{refused:?}");
}

#[test]
fn a_message_of_version_3_has_what_sarracenia_and_wmo_mesh_read() {
    let facts = file("2026/HP1/x.grib2", b"GRIB");
    for form in [PostForm::V03, PostForm::WmoMesh] {
        let post = one(&facts, &terms(form));
        let mut message = json_of(&post);
        assert_eq!(message["integrity"], message["identity"]);
        assert_eq!(read_back(&post).integrity.digest(), Some(&facts.digest));
        message["integrity"] = json!(0);
        message["identity"] = json!(0);
        assert_eq!(
            message,
            json!({
                "pubTime": "20261120T064200.250", "baseUrl": "http://h:1/data", "relPath": "/2026/HP1/x.grib2",
                "size": 4, "mtime": "20231114T221320", "integrity": 0, "identity": 0,
            })
        );
        assert_eq!(
            (post.topic.as_str(), post.content_type),
            ("xpublic/v03/post/2026/HP1", "application/json")
        );
        assert_eq!(post.id, None);
    }
}

#[test]
fn content_for_wmo_mesh_has_at_most_1024_octets() {
    let has = |form, length| {
        let message = json_of(&one(&file("x.bin", &vec![0xff; length]), &inline(form)));
        message.get("content").is_some()
    };
    assert!(has(PostForm::WmoMesh, 1_024) && !has(PostForm::WmoMesh, 1_025));
    assert!(has(PostForm::V03, 4_096) && !has(PostForm::V03, 4_097));
    let read = read_back(&one(&file("x.bin", b"\x00\xff"), &inline(PostForm::WmoMesh)));
    assert_eq!(read.usable_inline().map(|inline| inline.octets.to_vec()), Some(b"\x00\xff".to_vec()));
}

#[test]
fn odd_names_lead_to_their_file_in_each_form() {
    for name in ODD {
        let facts = file(&format!("d/{name}"), b"x");
        let address = format!("http://h:1/data/d/{}", crate::mesh::announcement::encoded(name));
        for form in [PostForm::Wis2, PostForm::V03, PostForm::WmoMesh] {
            let post = one(&facts, &terms(form));
            assert_eq!(&*read_back(&post).links[0].href, address, "{form:?} {}", post.payload);
        }
        let raw = json_of(&one(&facts, &terms(PostForm::V03)))["relPath"].clone();
        assert_eq!(raw, format!("/d/{name}"), "Sarracenia encodes it");
    }
    let message = json_of(&one(&file("a b.txt", b"x"), &terms(PostForm::WmoMesh)));
    assert_eq!((&message["relPath"], &message["retrievePath"]), (&json!("/a%20b.txt"), &json!("/a%20b.txt")));
}

#[test]
fn topics_have_the_levels_of_the_folders_and_no_wildcard() {
    let topics = |text: &str, form| {
        let topic = PostTopic::parse(text, PostForm::V03, form).expect("a topic");
        topic.of(&path("a#/b+/x")).collect::<Vec<_>>()
    };
    assert_eq!(topics("xpublic/v03", TopicForm::Post), ["xpublic/v03/post/a%23/b%2B"]);
    assert_eq!(topics("xpublic/v03/post/", TopicForm::Plain), ["xpublic/v03/a%23/b%2B"]);
    assert_eq!(
        topics("xpublic/v03", TopicForm::Both),
        ["xpublic/v03/post/a%23/b%2B", "xpublic/v03/a%23/b%2B"]
    );
    let root = PostTopic::parse("xpublic/v03", PostForm::WmoMesh, TopicForm::Post).expect("a topic");
    assert_eq!(root.of(&path("x")).collect::<Vec<_>>(), ["xpublic/v03/post"]);
    let both = PostTerms {
        topic: PostTopic::parse("x/v03", PostForm::V03, TopicForm::Both).expect("a topic"),
        ..terms(PostForm::V03)
    };
    assert_eq!(posts_of(&file("x", b"x"), &both, PostKind::New, moment()).map(|posts| posts.len()), Ok(2));
}

#[test]
fn a_topic_that_is_no_channel_of_wis2_is_refused() {
    let parse = |text: &str| PostTopic::parse(text, PostForm::Wis2, TopicForm::Post);
    for good in [CHANNEL, "cache/a/wis2/fr-x/data/recommended/weather", "origin/a/wis2/fr-x/metadata"] {
        assert!(parse(good).is_some(), "{good}");
    }
    for bad in [
        "xpublic/v03",
        "origin/a/wis2/fr-x/data/core/weather/#",
        "origin/a/wis2/+/data/core/weather",
        "origin/a/wis2/fr-x/data/public/weather",
        "origin/a/wis2/fr-x/data/core",
        "origin/a/wis2/fr-x/metadata/more",
        "monitor/a/wis2/fr-x/data/core/weather",
        "origin/a/wis2/fr-x/data/core/Weather",
        "",
    ] {
        assert_eq!(parse(bad), None, "{bad}");
    }
    assert_eq!(PostTopic::parse("$SYS/x", PostForm::V03, TopicForm::Post), None);
}

#[test]
fn a_base_that_is_not_http_or_holds_a_secret_is_refused() {
    for bad in [
        "ftp://h/x",
        "file:///x",
        "h/x",
        "http://",
        "http://u:p@h/x",
        "http://u@h/x",
        "http://h/x?token=1",
        "http://h/#a",
    ] {
        assert_eq!(BaseUrl::parse(bad), None, "{bad}");
    }
    assert_eq!(
        BaseUrl::parse(" https://h/a//").map(|base| base.as_str().to_owned()).as_deref(),
        Some("https://h/a")
    );
}

#[cfg(unix)]
#[test]
fn a_name_that_cannot_be_written_or_leads_out_is_refused() {
    use place::PathRefusal as Refusal;
    use std::os::unix::ffi::OsStrExt;
    assert_eq!(SharedPath::of(&[OsStr::from_bytes(b"caf\xe9.txt")]), Err(Refusal::NotUtf8));
    assert_eq!(SharedPath::of(&["a", "..", "b"]), Err(Refusal::LeadsOut));
    assert_eq!(SharedPath::of(&["a/b"]), Err(Refusal::LeadsOut));
    assert_eq!(SharedPath::of(&["a\nb"]), Err(Refusal::Control));
    assert_eq!(SharedPath::of(&["d"; place::DEEPEST + 1]), Err(Refusal::TooDeep));
    assert_eq!(SharedPath::of::<&str>(&[]), Err(Refusal::TooDeep));
}

#[test]
fn names_of_files_that_are_still_written_are_left_alone() {
    for name in [".x.grib2", "x.part", "x.TMP", "x.grib2.tmp", "x~"] {
        assert!(is_provisional(name), "{name}");
    }
    assert!(!is_provisional("x.grib2") && !is_provisional("part") && !is_provisional("tmp"));
}

#[test]
fn the_media_type_is_that_of_the_name_else_of_the_first_octets() {
    let of = |name: &str, octets: &[u8]| {
        json_of(&one(&file(name, octets), &terms(PostForm::Wis2)))["links"][0]["type"].clone()
    };
    assert_eq!(of("A_ISMF01LFPW", b"BUFR...."), "application/bufr");
    assert_eq!(of("x.NC", b"CDF\x01"), "application/x-netcdf");
    assert_eq!(of("x", b"\x00\x01"), "application/octet-stream");
}

/// Nothing that a name or a file may hold makes a message that cannot be read, or is longer than may be.
#[test]
fn messages_of_mutated_names_and_contents_are_sound_or_refused() {
    let count = std::env::var("NUEE_MUTATIONS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000);
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..count {
        let name: String = (0..random.usize(1..60))
            .map(|_| match random.u8(..4) {
                0 => char::from(random.u8(..128)),
                1 => random.char(..),
                _ => random.choice(ODD.concat().chars().collect::<Vec<_>>()).unwrap_or('x'),
            })
            .collect();
        let Ok(path) = SharedPath::of(&["d", &name]) else { continue };
        let octets: Vec<u8> = (0..random.usize(..5_000)).map(|_| random.u8(..)).collect();
        let facts = FileFacts { path, ..file("x", &octets) };
        for form in [PostForm::Wis2, PostForm::V03, PostForm::WmoMesh] {
            let moment = PostMoment { published: now(), random: random.u128(..) };
            let Ok(posts) = posts_of(&facts, &inline(form), PostKind::New, moment) else { continue };
            let announcement = read_back(&posts[0]);
            assert_eq!(announcement.integrity.digest(), Some(&facts.digest));
            assert_eq!(&*announcement.links[0].href, inline(form).base.address_of(&facts.path));
            assert!(form != PostForm::Wis2 || posts[0].payload.len() <= 8_192);
        }
    }
}
