//! Brokers of the list, and what is asked of them.

use super::brokers::Brokers;
use crate::app::mesh_view::BrokerOrigin;
use crate::app::offer::OfferedBroker;
use crate::mesh::subscription::BrokerAddress;

#[test]
fn the_demonstration_comes_first_then_own_brokers_then_presets_that_nobody_tried() {
    let offered =
        OfferedBroker { url: "mqtt://127.0.0.1:1884".to_owned(), filters: vec!["xpublic/#".to_owned()] };
    let mut brokers = Brokers::new(None, Some(&offered));
    assert!(brokers.add(BrokerAddress::parse("mqtts://u:__s3cret__@own.example").expect("a broker")));
    let rows = brokers.rows();
    assert_eq!(rows[0].origin, BrokerOrigin::Demo);
    assert_eq!((&rows[1].origin, rows[1].user.as_deref()), (&BrokerOrigin::Person, Some("u")));
    assert!(rows[2..].iter().all(|row| matches!(row.origin, BrokerOrigin::Preset { .. })));
    assert!(rows.iter().all(|row| row.state.is_none() && row.last_success.is_none()));
    assert!(!format!("{rows:?}").contains("s3cret"));
}

#[test]
fn presets_that_cannot_be_read_leave_those_that_come_along() {
    let brokers = Brokers::new(Some("as_of = 3"), None);
    assert_eq!(brokers.rows().len(), Brokers::new(None, None).rows().len());
}
