//! What is said of a mesh, and what is not.

use super::observed::{EndedAs, EndedFetch, ListeningPeriod, Observations, Sighting};
use super::periods::ObservedTime;
use super::spread::LagSpread;
use super::*;
use crate::mesh::lag::Arrival;

/// So many seconds after ten o'clock.
fn at(seconds: i64) -> UtcMillis {
    let ten = UtcMillis::parse_rfc3339("2026-08-11T10:00:00Z").expect("a time").unix_millis();
    UtcMillis::from_unix_millis(ten + seconds * 1_000).expect("a time")
}

fn terms() -> ReportTerms {
    ReportTerms { since: at(0), until: at(7_200), within: Duration::from_secs(300), nodes: NodeKind::Broker }
}

/// The file `key`, published two seconds before it was heard.
fn heard(broker: &str, key: &str, seconds: i64) -> Sighting {
    Sighting {
        key: key.into(),
        mark: "d".into(),
        broker: broker.into(),
        source: "host".into(),
        published: at(seconds - 2),
        heard: at(seconds),
        arrival: Arrival::Live,
        octets: Some(100),
        repeats: 0,
    }
}

fn listened(node: &str, since: i64, until: i64) -> ListeningPeriod {
    ListeningPeriod { node: node.into(), since: at(since), until: at(until) }
}

fn node<'a>(report: &'a MeshReport, name: &str) -> &'a NodeSummary {
    report.nodes.iter().find(|node| &*node.node == name).expect("a node")
}

/// Two brokers that were listened to all the time, and what they announced.
fn report(sightings: Vec<Sighting>) -> MeshReport {
    let listened = vec![listened("a", -60, 7_200), listened("b", -60, 7_200)];
    MeshReport::of(&Observations { sightings, ended: Vec::new(), listened }, terms())
}

fn counts(report: &MeshReport, name: &str) -> [u64; 5] {
    let compared = node(report, name).compared.as_ref().expect("two nodes");
    [compared.in_time, compared.late, compared.lacking, compared.unknown, compared.pending]
}

#[test]
fn files_and_bytes_are_told_by_hour_and_node() {
    let report = report(vec![
        heard("a", "x", 10),
        Sighting { octets: None, ..heard("a", "y", 20) },
        Sighting { repeats: 3, ..heard("a", "z", 3_700) },
        heard("b", "x", 11),
    ]);
    let hours: Vec<(String, &str, u64, u64)> = report
        .hours
        .iter()
        .map(|hour| (hour.hour.to_string(), &*hour.node, hour.figures.files, hour.figures.octets))
        .collect();
    assert_eq!(
        hours,
        [
            ("2026-08-11T10:00:00Z".to_owned(), "a", 2, 100),
            ("2026-08-11T10:00:00Z".to_owned(), "b", 1, 100),
            ("2026-08-11T11:00:00Z".to_owned(), "a", 1, 100),
        ]
    );
    let figures = node(&report, "a").figures;
    assert_eq!((figures.files, figures.unsized_files, figures.repeats), (3, 1, 3));
}

#[test]
fn a_file_that_others_announced_and_a_node_did_not_in_time_is_lacking_there() {
    let report = report(vec![
        heard("a", "both", 10),
        heard("b", "both", 100),
        heard("a", "late", 10),
        heard("b", "late", 400),
        heard("a", "one", 50),
    ]);
    assert_eq!((counts(&report, "a"), counts(&report, "b")), ([3, 0, 0, 0, 0], [1, 1, 1, 0, 0]));
    let [lacking] = &node(&report, "b").compared.as_ref().expect("two nodes").named[..] else {
        panic!("one file")
    };
    assert_eq!((&*lacking.key, &*lacking.by, lacking.first), ("one", "a", at(50)));
}

#[test]
fn other_content_of_the_same_name_is_another_file() {
    let other = Sighting { mark: "e".into(), ..heard("b", "x", 12) };
    let report = report(vec![heard("a", "x", 10), other]);
    assert_eq!((counts(&report, "a")[2], counts(&report, "b")[2]), (1, 1));
}

#[test]
fn nothing_is_lacking_where_nobody_listened_or_there_is_still_time() {
    let sightings = vec![heard("a", "old", 10), heard("a", "new", 7_100)];
    let listened = vec![listened("a", 0, 7_200), listened("b", 0, 60), listened("b", 3_600, 7_200)];
    let report = MeshReport::of(&Observations { sightings, ended: Vec::new(), listened }, terms());
    assert_eq!(counts(&report, "b"), [0, 0, 0, 1, 1]);
    assert_eq!(node(&report, "b").not_observed, [ObservedTime { since: at(60), until: at(3_600) }]);
    assert_eq!(node(&report, "a").not_observed, []);
}

#[test]
fn what_came_late_after_nobody_listened_is_not_called_late() {
    let sightings = vec![heard("a", "x", 10), heard("b", "x", 3_700)];
    let listened = vec![listened("a", 0, 7_200), listened("b", 3_600, 7_200)];
    let report = MeshReport::of(&Observations { sightings, ended: Vec::new(), listened }, terms());
    assert_eq!(counts(&report, "b"), [0, 0, 0, 1, 0]);
}

#[test]
fn a_broker_that_says_nothing_is_a_node_and_one_alone_is_compared_with_nobody() {
    let silent = report(vec![heard("a", "x", 10)]);
    assert_eq!((node(&silent, "b").figures.files, counts(&silent, "b")[2]), (0, 1));
    let observed = Observations {
        sightings: vec![heard("a", "x", 10)],
        listened: vec![listened("a", 0, 60)],
        ..Observations::default()
    };
    let alone = MeshReport::of(&observed, terms());
    assert_eq!((alone.nodes.len(), &node(&alone, "a").compared), (1, &None));
    assert!(MeshReport::of(&Observations::default(), terms()).is_empty());
}

#[test]
fn lag_is_of_what_came_as_it_was_announced_and_of_files_that_are_here() {
    let queued = Sighting { arrival: Arrival::Queued, published: at(-9_000), ..heard("a", "q", 30) };
    let ended = |key: EndedAs, seconds| EndedFetch {
        broker: "a".into(),
        source: "host".into(),
        published: at(0),
        at: at(seconds),
        ended_as: key,
    };
    let observed = Observations {
        sightings: vec![heard("a", "x", 10), queued],
        ended: vec![
            ended(EndedAs::InPlace, 4),
            ended(EndedAs::InPlace, 6),
            ended(EndedAs::Refused, 5),
            ended(EndedAs::Failed, 9_000),
        ],
        listened: Vec::new(),
    };
    let report = MeshReport::of(&observed, terms());
    let a = node(&report, "a");
    assert_eq!((a.heard.count, a.heard.mean, a.heard.median), (1, Some(2_000), Some(2_000)));
    assert_eq!(
        (a.fetched.mean, a.fetched.median, a.fetched.longest),
        (Some(5_000), Some(4_000), Some(6_000))
    );
    assert_eq!((a.files_here, a.refused, a.failed), (2, 1, 0), "what ended after the time is not told");
    assert_eq!(a.not_observed.len(), 1, "nobody is known to have listened");
}

#[test]
fn sources_are_compared_wherever_anybody_listens() {
    let by =
        |source: &str, key: &str, seconds| Sighting { source: source.into(), ..heard("a", key, seconds) };
    let sightings = vec![by("one", "x", 10), by("two", "x", 20), by("one", "y", 30)];
    let observed = Observations { sightings, ended: Vec::new(), listened: vec![listened("a", 0, 7_200)] };
    let report = MeshReport::of(&observed, ReportTerms { nodes: NodeKind::Source, ..terms() });
    assert_eq!((counts(&report, "one"), counts(&report, "two")), ([2, 0, 0, 0, 0], [1, 0, 1, 0, 0]));
    assert_eq!(NodeKind::KEYS.map(NodeKind::from_key), [Some(NodeKind::Broker), Some(NodeKind::Source)]);
}

#[test]
fn the_spread_of_nothing_is_nothing() {
    let spread = LagSpread::default().spread();
    assert_eq!((spread.count, spread.mean, spread.median, spread.longest), (0, None, None, None));
}
