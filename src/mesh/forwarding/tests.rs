//! What is announced again, what is not, and what is set aside: the specification of a node.

use super::admission::{AsideReason, MeshAdmission};
use super::aside::{MessageAside, has_room};
use super::mesh_path::PathFault;
use super::message::{ArrivedFile, OutgoingFile, ReadForForwarding, ReadingNeed, outgoing};
use super::*;
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::utc::{SteadyTime, UtcMillis};
use crate::mesh::announcement::{Announcement, read};
use crate::mesh::desk::{AnnouncementIndex, BrokerMessage, DeskLimits};
use crate::mesh::integrity::BASE64;
use crate::mesh::lag::Arrival;
use crate::mesh::post::place::TopicForm;
use crate::mesh::recent::Heard;
use crate::mesh::rule::Rule;
use crate::mesh::topic::TopicFilter;
use base64::Engine;
use serde_json::{Value, json};
use std::sync::Arc;

const HERE: &str = "http://here.example:8000/data";
const TOPIC: &str = "xpublic/v03/post/20261120/CWAO";

fn terms() -> ForwardTerms {
    let topic = PostTopic::parse("xpublic/v03", PostForm::WmoMesh, TopicForm::Post).expect("a topic");
    ForwardTerms {
        form: PostForm::WmoMesh,
        base: BaseUrl::parse(HERE).expect("a URL"),
        topic,
        inlining: Inlining::Never,
        unproven: Unproven::HeldBack,
        longest_age: USUAL_LONGEST_AGE,
    }
}

fn digest(algorithm: DigestAlgorithm, content: &str) -> Value {
    let digest = Digest::of(algorithm, content.as_bytes());
    json!({ "method": algorithm.key(), "value": BASE64.encode(digest.octets()) })
}

/// A message of a mesh_pub.py about a file whose content is `x`.
fn message() -> Value {
    json!({
        "pubTime": "20261120T100000.123456789", "baseUrl": "http://there.example:8000/data",
        "relPath": "20261120/CWAO/SACN31", "integrity": digest(DigestAlgorithm::Sha512, "x"),
    })
}

fn with(key: &str, value: impl Into<Value>) -> Value {
    let mut message = message();
    message[key] = value.into();
    message
}

fn announced(text: &str) -> Announcement {
    let received = read(text.as_bytes().to_vec().into(), &[]);
    received.reading.announcement().unwrap_or_else(|| panic!("{text}")).clone()
}

fn forward_text(
    text: &str,
    terms: &ForwardTerms,
    read: &ReadForForwarding,
) -> Result<OutgoingFile, NotForwarded> {
    let announcement = announced(text);
    let file = ArrivedFile {
        message: text.as_bytes(),
        announcement: &announcement,
        topic: TOPIC,
        place: "20261120/CWAO/SACN31",
        length: 1,
        read,
    };
    outgoing(&file, terms)
}

fn forward(message: &Value) -> Result<OutgoingFile, NotForwarded> {
    forward_text(&message.to_string(), &terms(), &ReadForForwarding::default())
}

fn sent(file: &OutgoingFile) -> Value {
    serde_json::from_str(&file.posts[0].payload).expect("JSON")
}

#[test]
fn only_the_address_changes_and_what_every_program_needs_is_added() {
    let file = forward(&message()).expect("it is proven");
    let sha512 = digest(DigestAlgorithm::Sha512, "x");
    let expected = json!({
        "pubTime": "20261120T100000.123456789", "baseUrl": HERE, "relPath": "/20261120/CWAO/SACN31", "size": 1,
        "integrity": sha512, "identity": sha512, "nuee": { "via": [HERE] },
    });
    assert_eq!(sent(&file), expected);
    assert_eq!((file.posts[0].topic.as_str(), file.posts[0].content_type), (TOPIC, "application/json"));
    assert_eq!((file.posts.len(), file.posts[0].id.as_deref()), (1, None));
    assert_eq!(file.asked_for, ["data/20261120/CWAO/SACN31"]);
}

#[test]
fn keys_that_are_not_known_stay_and_those_that_end_other_programs_go() {
    let mut came = with("toto", "pig");
    came["source"] = json!("metpx");
    came["mtime"] = json!("20261120T095959Z");
    came["atime"] = json!("noon");
    came["size"] = json!("TBD");
    came["fileOp"] = json!({ "rename": "a/b" });
    came["retPath"] = json!("api?file=7");
    came["nuee"] = json!({ "btih": "00", "via": ["http://there.example:8000/data"] });
    let sent = sent(&forward(&came).expect("it is proven"));
    assert_eq!(
        (&sent["toto"], &sent["source"], &sent["mtime"]),
        (&json!("pig"), &json!("metpx"), &json!("20261120T095959"))
    );
    assert_eq!(sent["size"], 1);
    assert_eq!(sent["nuee"], json!({ "btih": "00", "via": ["http://there.example:8000/data", HERE] }));
    for gone in ["atime", "fileOp", "retPath", "retrievePath", "content"] {
        assert!(sent.get(gone).is_none(), "{gone}");
    }
}

#[test]
fn a_digest_keeps_its_method_and_value_and_is_written_in_one_way() {
    let md5 = Digest::of(DigestAlgorithm::Md5, b"x");
    for written in [json!({ "method": "MD5", "value": md5.hex() }), digest(DigestAlgorithm::Md5, "x")] {
        let file = forward(&with("integrity", written)).expect("it is proven");
        assert_eq!(sent(&file)["integrity"], digest(DigestAlgorithm::Md5, "x"), "never a stronger one");
        assert_eq!(file.digest, format!("md5:{}", md5.hex()));
    }
    let mut of_sarracenia = message();
    of_sarracenia["identity"] = of_sarracenia["integrity"].take();
    of_sarracenia.as_object_mut().expect("an object").remove("integrity");
    let sent = sent(&forward(&of_sarracenia).expect("it is proven"));
    assert_eq!(sent["integrity"], sent["identity"]);
}

#[test]
fn a_method_that_ends_mesh_peer_goes_only_where_none_listens() {
    let came = with("integrity", digest(DigestAlgorithm::Sha256, "x"));
    assert_eq!(forward(&came), Err(NotForwarded::Method("sha256")));
    let v03 = ForwardTerms { form: PostForm::V03, ..terms() };
    let file = forward_text(&came.to_string(), &v03, &ReadForForwarding::default()).expect("it may go");
    assert_eq!(sent(&file)["identity"], digest(DigestAlgorithm::Sha256, "x"));
}

#[test]
fn what_has_no_digest_stays_here_unless_a_person_wants_it_announced_with_that_of_our_copy() {
    let mut came = message();
    came.as_object_mut().expect("an object").remove("integrity");
    for came in [came.clone(), with("integrity", json!({ "method": "cod", "value": "sha512" }))] {
        let read = ReadForForwarding {
            digest: Some(Digest::of(DigestAlgorithm::Sha512, b"x")),
            ..ReadForForwarding::default()
        };
        let (held, wanted) = (terms(), ForwardTerms { unproven: Unproven::Forwarded, ..terms() });
        let text = came.to_string();
        assert_eq!(held.reading_need(&announced(&text), 1), ReadingNeed::Nothing);
        assert_eq!(forward_text(&text, &held, &read), Err(NotForwarded::NoDigest));
        assert_eq!(wanted.reading_need(&announced(&text), 1), ReadingNeed::Digest);
        let sent = sent(&forward_text(&text, &wanted, &read).expect("it is wanted"));
        assert_eq!(
            (&sent["identity"], &sent["nuee"]["unproven"]),
            (&digest(DigestAlgorithm::Sha512, "x"), &json!(true))
        );
    }
}

#[test]
fn small_files_travel_along_where_that_is_wanted() {
    let wanted = ForwardTerms { inlining: Inlining::Small, ..terms() };
    let came = with("content", json!({ "encoding": "utf-8", "value": "x" }));
    let need = |message: &Value, length| wanted.reading_need(&announced(&message.to_string()), length);
    assert_eq!(need(&message(), 1_024), ReadingNeed::Octets);
    assert_eq!(need(&message(), 1_025), ReadingNeed::Nothing, "mesh_peer.py takes no more");
    assert_eq!(need(&came, 1), ReadingNeed::Nothing, "it came along");
    let read = |octets: Option<&[u8]>| ReadForForwarding {
        octets: octets.map(<[u8]>::to_vec),
        ..ReadForForwarding::default()
    };
    for (message, octets) in [(message(), Some(&b"x"[..])), (came.clone(), None)] {
        let file = forward_text(&message.to_string(), &wanted, &read(octets)).expect("it is proven");
        assert_eq!(sent(&file)["content"], json!({ "encoding": "utf-8", "value": "x" }));
    }
    let changed = forward_text(&message().to_string(), &wanted, &read(Some(b"y"))).expect("it is proven");
    assert!(sent(&changed).get("content").is_none(), "somebody changed the file a moment ago");
    assert!(
        sent(&forward(&came).expect("it is proven")).get("content").is_none(),
        "it is left out otherwise"
    );
}

#[test]
fn an_announcement_that_came_through_here_is_not_announced_again() {
    let came = with("nuee", json!({ "via": [HERE, "http://there.example:8000/data"] }));
    assert_eq!(forward(&came), Err(NotForwarded::Loop));
    let long: Vec<String> = (0..40).map(|hop| format!("http://{hop}.example/")).collect();
    let sent = sent(&forward(&with("nuee", json!({ "via": long }))).expect("it is proven"));
    let via = sent["nuee"]["via"].as_array().expect("a list");
    assert_eq!((via.len(), via[15].as_str()), (16, Some(HERE)));
}

#[test]
fn a_path_is_never_rewritten_and_served_as_each_program_asks_for_it() {
    let mut came = with("relPath", "/x/A%231 é");
    came["retrievePath"] = json!("x/A%231%20%C3%A9");
    let file = forward(&came).expect("it is proven");
    assert_eq!(
        (&sent(&file)["relPath"], &sent(&file)["retrievePath"]),
        (&json!("/x/A%231 é"), &json!("/x/A%231%20%C3%A9"))
    );
    assert_eq!(
        (file.key.as_str(), file.asked_for),
        ("x/A#1 é", vec!["data/x/A#1 é".to_owned(), "data/x/A%231 é".to_owned()])
    );
    let elsewhere = with("retrievePath", "api/get?id=7");
    assert!(sent(&forward(&elsewhere).expect("it is proven")).get("retrievePath").is_none());
}

#[test]
fn other_forms_become_what_peers_of_a_mesh_read() {
    let sha512 = digest(DigestAlgorithm::Sha512, "x");
    let wis2 = json!({
        "id": "51dbb84f-a90b-4143-ad69-e943b186018f", "type": "Feature", "geometry": null,
        "conformsTo": ["http://wis.wmo.int/spec/wnm/1/conf/core"],
        "properties": { "data_id": "fr-x/y", "datetime": null, "pubtime": "2026-11-20T10:00:00.5Z",
            "metadata_id": "urn:wmo:md:fr-x:y", "integrity": sha512 },
        "links": [{ "rel": "canonical", "href": "https://there.example/SACN31", "type": "application/bufr" }],
    });
    let sent_again = sent(&forward(&wis2).expect("it is proven"));
    assert_eq!(sent_again["pubTime"], "20261120T100000.500");
    assert_eq!(sent_again["relPath"], "/20261120/CWAO/SACN31", "where our copy lies");
    assert_eq!(
        sent_again["nuee"],
        json!({ "via": [HERE], "data_id": "fr-x/y", "metadata_id": "urn:wmo:md:fr-x:y" })
    );
    let hex = Digest::of(DigestAlgorithm::Md5, b"x").hex();
    let array = json!(["20261120T100000", "http://there.example/", "a/b", { "sum": format!("d,{hex}") }]);
    let file = forward(&array).expect("it is proven");
    assert_eq!(
        (&sent(&file)["relPath"], &sent(&file)["identity"]),
        (&json!("/a/b"), &digest(DigestAlgorithm::Md5, "x"))
    );
    for form in [sent_again, sent(&file)] {
        assert_eq!(
            announced(&form.to_string()).links[0].href.split("/data/").next(),
            Some("http://here.example:8000")
        );
    }
}

#[test]
fn a_message_that_is_too_long_is_not_sent() {
    assert!(matches!(forward(&with("toto", "x".repeat(70_000))), Err(NotForwarded::TooLong(70_000..))));
}

#[test]
fn our_server_listens_where_the_address_leads() {
    let bind = |url| BaseUrl::parse(url).expect("a URL").usual_bind();
    assert_eq!(bind(HERE), "0.0.0.0:8000");
    assert_eq!(bind("http://node.example/x"), "0.0.0.0:80");
    assert_eq!(bind("http://127.0.0.1:9000"), "127.0.0.1:9000");
    assert_eq!(bind("https://node.example/data"), "127.0.0.1:8000", "behind a proxy that does TLS");
    assert_eq!(BaseUrl::parse("http://h/a%20b/c/").expect("a URL").folders(), ["a b", "c"]);
}

fn heard(payload: impl Into<Vec<u8>>, seconds: i64) -> Arc<Heard> {
    let base = UtcMillis::parse_rfc3339("2026-11-20T10:00:00Z").expect("a time").unix_millis();
    let message = BrokerMessage {
        topic: TOPIC.to_owned(),
        payload: payload.into().into(),
        headers: Vec::new(),
        arrival: Arrival::Live,
        back_since: None,
    };
    let at = UtcMillis::from_unix_millis(base + seconds * 1_000).expect("a time");
    AnnouncementIndex::new(DeskLimits::default()).take(message, at, SteadyTime::default())
}

fn admission(message: &Value) -> MeshAdmission {
    terms().admission(&heard(message.to_string(), 1))
}

#[test]
fn what_nobody_can_use_is_set_aside_with_its_reason() {
    let aside = MeshAdmission::SetAside;
    assert_eq!(admission(&message()), MeshAdmission::Taken);
    assert_eq!(admission(&with("relPath", "a/../../x")), aside(AsideReason::Path(PathFault::LeadsOut)));
    assert_eq!(admission(&with("relPath", "/a/b/")), MeshAdmission::Ignored, "a directory");
    assert_eq!(admission(&with("baseUrl", "http://u:secret@h/")), aside(AsideReason::UserInAddress));
    assert_eq!(
        admission(&with("toto", "x".repeat(LONGEST_MESSAGE))),
        aside(AsideReason::TooLong(with("toto", "x".repeat(LONGEST_MESSAGE)).to_string().len()))
    );
    for payload in ["nonsense", "{", "{\"relPath\":\"a\"}"] {
        let admission = terms().admission(&heard(payload, 1));
        assert!(matches!(admission, MeshAdmission::SetAside(AsideReason::Unreadable(..))), "{payload}");
    }
}

#[test]
fn messages_that_end_mesh_peer_and_sarracenia_are_taken_in() {
    let mut identity_only = message();
    identity_only["identity"] = identity_only["integrity"].take();
    identity_only.as_object_mut().expect("an object").remove("integrity");
    for message in [
        with("pubTime", "20261120T100000Z"),
        identity_only,
        with("integrity", digest(DigestAlgorithm::Sha256, "x")),
        with("size", "TBD"),
    ] {
        assert_eq!(admission(&message), MeshAdmission::Taken, "{message}");
    }
    for operation in ["directory", "link"] {
        let mut message = with("fileOp", json!({ operation: "" }));
        message.as_object_mut().expect("an object").remove("integrity");
        assert_eq!(admission(&message), MeshAdmission::Ignored);
    }
}

#[test]
fn our_own_announcements_and_old_ones_are_not_taken_in() {
    assert_eq!(admission(&with("baseUrl", HERE)), MeshAdmission::Ignored);
    assert_eq!(admission(&with("baseUrl", "http://here.example:8000/data2")), MeshAdmission::Taken);
    let at = |seconds| terms().admission(&heard(message().to_string(), seconds));
    assert_eq!((at(7_200), at(-60)), (MeshAdmission::Taken, MeshAdmission::Taken));
    assert!(matches!(at(7_201), MeshAdmission::SetAside(AsideReason::TooOld(_))));
}

#[test]
fn what_a_rule_leaves_out_is_not_told_of() {
    let rule = |pattern| {
        Rule::all_of(TopicFilter::parse("#").expect("a filter")).with_pattern(pattern).expect("a rule")
    };
    let old = heard(message().to_string(), 9_000);
    assert!(terms().set_aside(&old, &[rule("SACN")]).is_some() && terms().set_aside(&old, &[]).is_some());
    assert!(terms().set_aside(&old, &[rule("other")]).is_none());
    assert!(terms().set_aside(&heard("nonsense", 1), &[rule("other")]).is_some());
}

#[test]
fn the_record_of_what_was_set_aside_has_the_message_and_does_not_grow_for_ever() {
    let aside = |payload: Vec<u8>| {
        let heard = heard(payload, 1);
        let reason = terms().set_aside(&heard, &[]).expect("a reason");
        let line = MessageAside::of(&heard, &Arc::from("mqtt://h:1883"), reason).line();
        serde_json::from_str::<Value>(&line).expect("one line of JSON")
    };
    let line = aside(b"{not json".to_vec());
    assert_eq!(
        (&line["reason"], &line["codes"], &line["message"]),
        (&json!("unreadable"), &json!(["not_json"]), &json!("{not json"))
    );
    assert_eq!(line["at"], "2026-11-20T10:00:01Z");
    assert_eq!(aside(b"\xff\xfe".to_vec())["message_base64"], BASE64.encode(b"\xff\xfe"));
    let long = aside("é".repeat(9_000).into_bytes());
    assert_eq!((long["message"].as_str().map(str::len), &long["bytes"]), (Some(4_096), &json!(18_000)));
    assert!(has_room(0, &"x".repeat(5 << 20)) && has_room(100, "line\n") && !has_room(4 << 20, "line\n"));
}
