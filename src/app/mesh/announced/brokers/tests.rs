//! Brokers of the list, and what is asked of them.

use super::*;
use crate::app::mesh::listening::{BrokerTrouble, Protocol};
use crate::mesh::presets::BUILT_IN;
use std::time::Duration;

fn presets() -> Presets {
    Presets::read(BUILT_IN).expect("presets")
}

fn own(number: usize) -> BrokerAddress {
    BrokerAddress::parse(&format!("mqtt://own-{number}.example")).expect("an address")
}

/// A list with one broker of the person's, which is listened to.
fn heard() -> (BrokerList, BrokerKey) {
    let mut brokers = BrokerList::new(None, None);
    brokers.add(own(1)).expect("room");
    let key = BrokerKey::of(&own(1));
    let broker = brokers.get_mut(&key).expect("it was added");
    broker.state = Some(state(BrokerStanding::Connecting));
    broker.filters = vec![TopicFilter::parse("a/#").expect("a filter")];
    (brokers, key)
}

fn state(standing: BrokerStanding) -> BrokerState {
    BrokerState { standing, last_success: None, refused: Vec::new(), connections: 0 }
}

fn up() -> BrokerState {
    let standing = BrokerStanding::Listening { protocol: Protocol::V5, session_present: false };
    BrokerState { last_success: Some(at(1)), ..state(standing) }
}

fn lost() -> BrokerState {
    state(BrokerStanding::Waiting { trouble: BrokerTrouble::HungUp, next: Duration::ZERO })
}

fn at(seconds: i64) -> UtcMillis {
    UtcMillis::from_unix_millis(seconds * 1_000).expect("a time")
}

#[test]
fn the_demonstration_comes_first_then_own_brokers_then_presets_that_nobody_tried() {
    let offered =
        OfferedBroker { url: "mqtt://127.0.0.1:1884".to_owned(), filters: vec!["xpublic/#".to_owned()] };
    let mut brokers = BrokerList::new(Some(&presets()), Some(&offered));
    let own = BrokerAddress::parse("mqtts://u:__s3cret__@own.example").expect("a broker");
    assert_eq!(brokers.add(own), Ok(()));
    let rows = brokers.rows(|_| 0);
    assert_eq!(rows[0].origin, BrokerOrigin::Demo);
    assert_eq!((&rows[1].origin, rows[1].user.as_deref()), (&BrokerOrigin::Person, Some("u")));
    assert!(rows[2..].iter().all(|row| matches!(row.origin, BrokerOrigin::Preset { .. })));
    assert!(rows.iter().all(|row| row.state.is_none() && row.last_success.is_none()));
    assert!(!format!("{rows:?}").contains("s3cret"));
}

#[test]
fn one_broker_too_many_is_refused_and_one_that_is_there_is_not() {
    let mut brokers = BrokerList::new(Some(&presets()), None);
    (0..MOST_BROKERS).for_each(|number| brokers.add(own(number)).expect("room"));
    assert_eq!(brokers.add(own(MOST_BROKERS)), Err(LimitReached { most: MOST_BROKERS }));
    assert_eq!(brokers.add(own(3)), Ok(()));
    brokers.remove(&BrokerKey::of(&own(3)));
    assert_eq!(brokers.add(own(MOST_BROKERS)), Ok(()));
}

#[test]
fn a_gap_is_asked_of_the_archive_and_without_one_it_is_said() {
    let (mut brokers, key) = heard();
    let broker = brokers.get_mut(&key).expect("it is there");
    let first = broker.note_state(up(), at(1));
    assert_eq!(first, StateNews { is_first_success: true, is_heard_until_now: true });
    assert!(broker.note_state(lost(), at(5)).is_heard_until_now);
    assert!(!broker.note_state(lost(), at(6)).is_heard_until_now, "it was heard until before");
    broker.note_state(up(), at(9));
    assert_eq!(broker.said, Some(Missed::NoArchive((at(5), at(9)))));
    assert_eq!(broker.begin_asking(), None);
    broker.archive = ArchiveAddress::parse("http://node.example/collections/messages");
    broker.note_state(lost(), at(10));
    broker.note_state(up(), at(20));
    assert_eq!(broker.begin_asking().map(|(_, period)| period), Some((at(10), at(20))));
    assert!(!broker.has_memory(), "what the archive gives is not here yet");
    broker.end_asking(None);
    assert_eq!(broker.said, Some(Missed::Broken((at(10), at(20)))));
    assert!(broker.has_memory());
}

#[test]
fn the_last_word_of_an_ended_connection_is_not_of_the_next_one() {
    let (mut brokers, key) = heard();
    let broker = brokers.get_mut(&key).expect("it is there");
    broker.note_state(up(), at(1));
    broker.note_state(state(BrokerStanding::Ended), at(2));
    assert!(broker.is_up());
}

#[test]
fn a_narrow_filter_replaces_what_covers_it_where_somebody_listens() {
    let (mut brokers, key) = heard();
    brokers.add(own(2)).expect("room");
    let filter = |text: &str| TopicFilter::parse(text).expect("a filter");
    brokers.get_mut(&key).expect("it is there").filters.push(filter("b"));
    assert_eq!(brokers.narrowed(&filter("a/c")), [(key, vec![filter("b"), filter("a/c")])]);
    assert_eq!(brokers.narrowed(&filter("z")), []);
}

#[test]
fn a_broker_comes_back_as_it_was_written_down() {
    let (mut brokers, key) = heard();
    let broker = brokers.get_mut(&key).expect("it is there");
    broker.note_state(up(), at(1));
    broker.archive = ArchiveAddress::parse("http://node.example/collections/messages");
    let kept = broker.kept().expect("it is the person's");
    let mut next = BrokerList::new(None, None);
    next.add(own(1)).expect("room");
    let again = next.get_mut(&key).expect("it was added");
    again.recall(&kept, Some(at(100)));
    assert_eq!((&again.filters, &again.archive), (&broker.filters, &broker.archive));
    again.state = Some(state(BrokerStanding::Connecting));
    again.note_state(up(), at(160));
    assert_eq!(again.begin_asking().map(|(_, period)| period), Some((at(100), at(160))));
}
