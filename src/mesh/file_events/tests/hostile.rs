//! Damaged events and rules end in a reason, never in a panic, and no damage makes a notification that may not be sent.

use super::super::desk::{EventDesk, EventStep, SharedRoot};
use super::super::framing::{EventFraming, LARGEST_EVENT};
use super::super::rules::{EventRules, TopicCheck};
use super::{RECORD, SHA_256, TOPIC, event, item, rules};
use crate::domain::integrity::{Digest, DigestAlgorithm};
use crate::domain::tests::mutate;
use crate::domain::utc::UtcMillis;
use crate::mesh::post::check::faults_of;
use crate::mesh::post::place::BaseUrl;
use crate::mesh::post::{FileFacts, PostError, PostMoment, post_of};
use serde_json::json;

fn seeds() -> Vec<Vec<u8>> {
    let plain = json!({
        "id": "1", "source": "s", "specversion": "1.0", "type": "x.deleted",
        "data": { "path": "/srv/data/2026/été 数.nc", "size": 3, "checksum": SHA_256, "bbox": [-5, 40, 10, 51] },
    });
    let period = json!({
        "id": "i", "type": "Feature", "geometry": { "type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 0], [1, 1], [0, 0]]]] },
        "properties": { "datetime": null, "start_datetime": "2026-01-01T00:00:00Z", "end_datetime": "2026-01-02T00:00:00Z" },
        "assets": { "a": { "href": "https://node.example/data/x%20y.nc" }, "b": { "href": "file:///srv/data/z" } },
    });
    let lines = format!("{}\n{plain}\n[{},\n{period}]\n", event(), item());
    [event().to_string(), item().to_string(), plain.to_string(), period.to_string(), lines]
        .map(String::into_bytes)
        .to_vec()
}

#[test]
fn damaged_events_are_refused_or_make_notifications_that_may_be_sent() {
    let root = SharedRoot {
        folders: vec!["/srv/data".to_owned()],
        base: BaseUrl::parse("https://node.example/data"),
    };
    let published = UtcMillis::parse_rfc3339("2026-11-20T06:42:00Z").expect("a time");
    mutate(&seeds(), |octets| {
        let mut framing = EventFraming::default();
        let mut desk = EventDesk::new(rules("inline = true"), root.clone(), "events".to_owned());
        let (first, second) = octets.split_at(octets.len() / 2);
        let frames: Vec<_> =
            framing.take(first).into_iter().chain(framing.take(second)).chain(framing.end()).collect();
        assert!(
            frames.iter().all(|frame| frame.json.as_ref().is_ok_and(|json| json.len() <= LARGEST_EVENT)
                || frame.json.is_err())
        );
        for step in frames.into_iter().flat_map(|frame| desk.take(frame)).collect::<Vec<_>>() {
            let step = match step {
                EventStep::Read(draft) => {
                    assert!(!draft.path.as_str().split('/').any(|name| matches!(name, "" | "." | "..")));
                    let facts = FileFacts {
                        path: draft.path.clone(),
                        length: 3,
                        modified: None,
                        digest: Digest::of(DigestAlgorithm::Sha512, b"abc"),
                        head: b"abc".to_vec(),
                    };
                    let other = draft.also_by().map(|algorithm| Digest::of(algorithm, b"abc"));
                    desk.take_read(*draft, (&facts, other.as_ref()))
                }
                step => step,
            };
            let EventStep::Announce(notice) = step else { continue };
            match post_of(&notice, PostMoment { published, random: 7 }) {
                Ok(post) => {
                    assert_eq!(faults_of(&post.topic, &post.payload), []);
                    assert!(post.payload.len() <= 8_192);
                }
                Err(PostError::TooLong { .. }) => {}
                Err(PostError::Judged(faults)) => panic!("{notice:?}\n{faults:?}"),
            }
        }
    });
}

#[test]
fn damaged_rules_are_refused_with_a_reason_or_rule_as_before() {
    let text = format!(
        "# rules\n[[rule]]\ntype = \"a*\"\ntopic = \"{TOPIC}\"\nmetadata_id = \"{RECORD}\"\ncache = false\ninline = true\naction = \"update\"\nretract = \"ignore\"\n\n[[rule]]\nskip = true\n"
    );
    let other = format!(
        "[[rule]]\ntopic = \"{TOPIC}\"\nmetadata_id = \"{RECORD}\"\nlicence = \"https://h/l\"\npath = \"*.nc\"\n"
    );
    mutate(&[text.into_bytes(), other.into_bytes()], |octets| {
        let Ok(text) = std::str::from_utf8(octets) else { return };
        for check in [TopicCheck::Listed, TopicCheck::FormOnly] {
            if let Err(error) = EventRules::read(text, check) {
                let lines = text.lines().count() + 1;
                assert!(error.line.is_none_or(|line| (1..=lines).contains(&line)), "{error:?}");
            }
        }
    });
}
