//! Ways to find peers, on the loopback network and in a table that lives in this process.

use super::*;
use crate::app::jobs::discovery::PortSeen;
use crate::app::journal::Purpose;
use crate::engine::clock::Clock;
use mainline::Testnet;
use std::net::Ipv4Addr;

fn joining(openness: Openness) -> Joining {
    Joining { torrent: InfoHash([7; 20]), port: Some(4_321), openness }
}

fn contacts() -> Contacts {
    Contacts::new(Clock::start())
}

async fn table() -> Testnet {
    let table = tokio::task::spawn_blocking(|| Testnet::builder(5).build()).await;
    table.expect("it ends").expect("the loopback network")
}

fn by_dht(nodes: &[String]) -> Discovery {
    Discovery { uses_dht: true, dht_nodes: nodes.to_vec(), ..Discovery::default() }
}

async fn named(membership: &mut Membership) -> Vec<SocketAddr> {
    loop {
        let (peers, _) = membership.next().await;
        if !peers.is_empty() {
            return peers;
        }
    }
}

async fn within<T>(seconds: u64, future: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(Duration::from_secs(seconds), future).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_public_torrent_is_found_in_the_dht_and_a_private_one_is_not_even_asked_for() {
    let table = table().await;
    let book = contacts();
    let (giver, taker) = (PeerDiscovery::start(&contacts()), PeerDiscovery::start(&book));
    giver.allow(by_dht(&table.bootstrap));
    taker.allow(by_dht(&table.bootstrap));
    let secret = giver.join(joining(Openness::Private));
    let mut asking = taker.join(joining(Openness::Unknown));
    assert_eq!(within(4, named(&mut asking)).await, None, "a private torrent was announced");
    assert!(secret.rows().is_empty());
    let given = giver.join(Joining { torrent: InfoHash([8; 20]), ..joining(Openness::Public) });
    let mut taking = taker.join(Joining { torrent: InfoHash([8; 20]), ..joining(Openness::Unknown) });
    let found = within(60, named(&mut taking)).await.expect("within a minute");
    assert_eq!(found, [SocketAddr::from((Ipv4Addr::LOCALHOST, 4_321))]);
    let row = taking.rows().into_iter().find(|row| row.by == NamedBy::Dht).expect("the DHT is used");
    assert_eq!((row.named, row.trouble), (Some(1), None));
    let asked: Vec<_> = book.rows().into_iter().filter(|row| row.purpose == Purpose::Dht).collect();
    assert!(
        asked.iter().any(|row| row.host == table.bootstrap[0]),
        "every node that is asked is listed: {asked:?}"
    );
    drop(given);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_only_looks_for_a_magnet_is_not_announced_in_the_dht() {
    let table = table().await;
    let (first, second) = (PeerDiscovery::start(&contacts()), PeerDiscovery::start(&contacts()));
    first.allow(by_dht(&table.bootstrap));
    second.allow(by_dht(&table.bootstrap));
    let _looks = first.join(joining(Openness::Unknown));
    let mut looks = second.join(joining(Openness::Unknown));
    assert_eq!(within(5, named(&mut looks)).await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_magnet_found_is_told_to_its_torrent_unless_that_is_private() {
    let table = table().await;
    let (giver, taker) = (PeerDiscovery::start(&contacts()), PeerDiscovery::start(&contacts()));
    giver.allow(by_dht(&table.bootstrap));
    taker.allow(by_dht(&table.bootstrap));
    let _given = giver.join(joining(Openness::Public));
    let mut magnet = taker.join(joining(Openness::Unknown));
    let found = within(60, named(&mut magnet)).await.expect("within a minute");
    drop(magnet);
    giver.allow(Discovery::default());
    let mut torrent = taker.join(joining(Openness::Public));
    assert_eq!(within(1, named(&mut torrent)).await, Some(found), "what was found before is there at once");
    drop(torrent);
    let _private = taker.join(joining(Openness::Private));
    let mut another = taker.join(joining(Openness::Public));
    assert_eq!(within(2, named(&mut another)).await, None, "what is private drops what was named");
}

#[tokio::test]
async fn what_is_forbidden_again_ends_at_once_and_says_nothing_more() {
    let discovery = PeerDiscovery::start(&contacts());
    let mut seen = discovery.seen();
    let member = discovery.join(joining(Openness::Public));
    discovery.allow(by_dht(&["127.0.0.1:9".to_owned()]));
    within(5, seen.wait_for(|seen| seen.dht == DhtSeen::Entering)).await.expect("in time").expect("it runs");
    discovery.allow(Discovery::default());
    within(5, seen.wait_for(|seen| seen.dht == DhtSeen::Resting)).await.expect("in time").expect("it runs");
    assert!(member.rows().is_empty());
}

#[tokio::test]
async fn nodes_without_an_address_are_said_to_have_none() {
    let discovery = PeerDiscovery::start(&contacts());
    discovery.allow(by_dht(&["[::1]:6881".to_owned()]));
    let member = discovery.join(joining(Openness::Public));
    let is_failed = |seen: &DiscoverySeen| seen.dht == DhtSeen::Failed(DhtTrouble::NoAddress(1));
    within(8, discovery.seen().wait_for(is_failed)).await.expect("in time").expect("it runs");
    assert!(member.rows()[0].trouble.is_some(), "{:?}", member.rows());
}

#[tokio::test]
async fn nothing_begins_before_a_torrent_takes_part_or_for_a_private_one() {
    let discovery = PeerDiscovery::start(&contacts());
    let all = Discovery { uses_local_network: true, ..by_dht(&["127.0.0.1:9".to_owned()]) };
    discovery.allow(all);
    let _private = discovery.join(joining(Openness::Private));
    let begun = discovery.seen();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(*begun.borrow(), DiscoverySeen::default());
}

#[tokio::test]
async fn without_a_port_of_ours_no_router_is_asked_and_that_is_said() {
    let discovery = PeerDiscovery::start(&contacts());
    discovery.allow(Discovery { opens_port: true, ..Discovery::default() });
    let _member = discovery.join(Joining { port: None, ..joining(Openness::Public) });
    let is_said = |seen: &DiscoverySeen| matches!(seen.port, PortSeen::Closed(_));
    within(5, discovery.seen().wait_for(is_said)).await.expect("in time").expect("it runs");
}

#[test]
fn trackers_are_told_the_port_that_the_router_opened() {
    let outer = Arc::new(AtomicU16::new(0));
    let port = CallPort::new(Some(51_413), outer.clone());
    assert_eq!(port.now(), 51_413);
    outer.store(40_000, Ordering::Relaxed);
    assert_eq!(port.now(), 40_000);
}
