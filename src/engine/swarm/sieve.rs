//! Finds those who answer among many peers that a tracker names: a thousand dead ones must not stand before a good one.
//!
//! In: addresses that the rule allows. Out: a few of them at once, by chance; of the others those that take a call.
//! Start reading at [`sift`].

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinSet;

/// So many are passed on untried: in an ordinary swarm most of them answer.
const UNTRIED: usize = 50;

/// How many are called at a time.
const AT_A_TIME: usize = 200;

/// How long one may take to answer a call.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Gives back those that are to be used at once; those of the others that answer come through `answering`.
pub(in crate::engine) fn sift(
    mut peers: Vec<SocketAddr>,
    answering: &UnboundedSender<SocketAddr>,
    calls: &mut JoinSet<()>,
) -> Vec<SocketAddr> {
    if peers.len() <= UNTRIED {
        return peers;
    }
    fastrand::shuffle(&mut peers);
    let others = peers.split_off(UNTRIED);
    let doors = Arc::new(Semaphore::new(AT_A_TIME));
    for peer in others {
        let (answering, doors) = (answering.clone(), doors.clone());
        calls.spawn(async move {
            let Ok(_door) = doors.acquire().await else { return };
            if let Ok(Ok(_)) = tokio::time::timeout(PATIENCE, TcpStream::connect(peer)).await {
                // Whoever wanted peers is gone when the content is.
                let _ = answering.send(peer);
            }
        });
    }
    peers
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::net::TcpListener;
    use tokio::sync::mpsc::unbounded_channel;

    #[tokio::test]
    async fn a_good_peer_is_found_among_a_thousand_dead_ones() {
        let good = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let good = good.local_addr().expect("an address");
        let dead = (1..=1_000u16).map(|n| SocketAddr::from(([127, 1, (n >> 8) as u8, n as u8], 1)));
        let (answering, mut found) = unbounded_channel();
        let mut calls = JoinSet::new();
        let at_once = sift(dead.chain([good]).collect(), &answering, &mut calls);
        assert_eq!(at_once.len(), UNTRIED);
        drop(answering);
        let mut answered = at_once.contains(&good);
        while let Some(peer) = found.recv().await {
            assert_eq!(peer, good);
            answered = true;
        }
        assert!(answered);
    }

    #[tokio::test]
    async fn a_few_peers_are_all_used_at_once() {
        let (answering, _found) = unbounded_channel();
        let mut calls = JoinSet::new();
        let peers: Vec<SocketAddr> = vec![([127, 0, 0, 1], 9).into(); 3];
        assert_eq!(sift(peers.clone(), &answering, &mut calls), peers);
        assert!(calls.is_empty());
    }
}
