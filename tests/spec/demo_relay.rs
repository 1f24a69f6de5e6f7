//! The second part of the demo: its figures agree with each other, the relay takes the run once, nothing is left behind.

use crate::ground::{Home, Ran};
use serde_json::Value;
use std::net::{SocketAddr, TcpStream};
use std::sync::LazyLock;

/// The demo, played once for all tests of this file.
static PLAYED: LazyLock<(Home, Ran)> = LazyLock::new(|| {
    let home = Home::new();
    let ran = home.run(&["demo", "--headless", "--json", "--lang", "en"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    (home, ran)
});

/// The lines with that event.
fn lines(event: &str) -> Vec<Value> {
    PLAYED.1.lines().into_iter().filter(|line| line["event"] == event).collect()
}

fn copies() -> Value {
    lines("copies").pop().expect("the figures")
}

/// A number below `value`; panics with all of it where there is none.
fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} in {value}"))
}

fn sum(by_giver: &Value) -> u64 {
    ["relay", "clients", "publisher", "others"].into_iter().map(|giver| number(by_giver, giver)).sum()
}

#[test]
fn what_each_client_received_is_the_sum_of_what_its_sources_sent() {
    let (clients, run) = (lines("client"), number(&copies(), "run_bytes"));
    assert_eq!(clients.len(), 2);
    for client in &clients {
        let received = number(client, "bytes_received");
        assert_eq!(sum(&client["bytes_by_giver"]), received, "{client}");
        assert_eq!(number(client, "bytes_verified"), run, "{client}");
        assert_eq!(received - number(client, "bytes_wasted"), run, "{client}");
        assert_eq!(number(&client["bytes_by_giver"], "others"), 0, "{client}");
    }
    for giver in ["relay", "clients", "publisher"] {
        let of_clients = clients.iter().map(|client| number(&client["bytes_by_giver"], giver)).sum::<u64>();
        assert_eq!(number(&copies()["bytes_by_giver"], giver), of_clients, "{giver}");
    }
}

#[test]
fn what_clients_received_from_each_other_the_other_one_uploaded() {
    let clients = lines("client");
    let [one, other] = &clients[..] else { panic!("{clients:?}") };
    for (to, from) in [(one, other), (other, one)] {
        let received = number(&to["bytes_by_giver"], "clients");
        // What was on its way when the figures were taken counts as uploaded.
        assert!(received <= number(from, "bytes_given"), "{to} from {from}");
    }
    assert!(number(&copies()["bytes_by_giver"], "clients") > 0, "they share");
}

#[test]
fn the_counter_of_the_publisher_holds_all_that_came_from_it() {
    let figures = copies();
    let (sent, to_relay) = (number(&figures, "publisher_sent"), number(&figures, "publisher_sent_to_relay"));
    let run = number(&figures, "run_bytes");
    assert!(to_relay >= run, "the relay has a copy: {figures}");
    assert!(sent >= to_relay + number(&figures["bytes_by_giver"], "publisher"), "{figures}");
    let told = lines("relay_demo").into_iter().filter_map(|line| line["publisher_sent"].as_u64());
    let told: Vec<u64> = told.chain([sent]).collect();
    assert!(told.is_sorted(), "a counter never goes back: {told:?}");
}

#[test]
fn a_relay_takes_the_run_once() {
    let figures = copies();
    let (to_relay, run) = (number(&figures, "publisher_sent_to_relay"), number(&figures, "run_bytes"));
    // Pages, heads and answers to HEAD are less than a tenth of the run; a second copy would be all of it.
    assert!(to_relay < run + run / 10, "{figures}");
}

#[test]
fn copies_spared_are_those_received_less_those_sent_and_more_than_none() {
    let figures = copies();
    let of = |key: &str| figures[key].as_f64().unwrap_or_else(|| panic!("{key} in {figures}"));
    let run = of("run_bytes");
    assert!((of("copies_received") - 2.0).abs() < 0.001, "{figures}");
    assert!((of("copies_sent") - of("publisher_sent") / run).abs() < 0.001, "{figures}");
    assert!((of("copies_spared") - (of("copies_received") - of("copies_sent"))).abs() < 0.002, "{figures}");
    assert!((of("classic_bytes") - 2.0 * run).abs() < 0.5, "{figures}");
    assert!(of("copies_spared") > 0.0, "{figures}");
}

#[test]
fn one_client_takes_the_word_of_the_relay_and_one_compares_a_piece_of_each_file() {
    for client in lines("client") {
        let files = number(&client, "files");
        assert_eq!(number(&client, "only_relay") + number(&client, "checked"), files, "{client}");
        assert_eq!(number(&client, "pieces_right"), number(&client, "checked"), "{client}");
        assert!(number(&client, "number") != 2 || number(&client, "checked") == files, "{client}");
    }
}

#[test]
fn nothing_is_left_of_it_neither_folders_nor_a_server() {
    let (home, ran) = &*PLAYED;
    assert_eq!(home.left_behind(), Vec::<std::path::PathBuf>::new());
    let is_relayed = |line: &&Value| line["step"] == "relayed";
    let told = lines("relay_demo");
    let relay = told.iter().find(is_relayed).and_then(|line| line["url"].as_str()).expect("an address");
    let address = relay.trim_start_matches("http://").trim_end_matches('/');
    let address: SocketAddr = address.parse().expect("an address of this computer");
    assert!(address.ip().is_loopback() && TcpStream::connect(address).is_err(), "{relay}");
    let last = ran.lines().pop().expect("a last line");
    assert_eq!(last["event"], "done", "{last}");
}
