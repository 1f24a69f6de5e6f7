//! The tracker: who is in which swarm, told over HTTP (BEP 3, compact answers of BEP 23 and BEP 7).

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use parking_lot::Mutex;
use percent_encoding::percent_decode_str;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often clients are asked to come back.
const INTERVAL: Duration = Duration::from_secs(30);

/// Who has not come back for so long is forgotten.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(300);

/// Most swarms, and most peers of one, that are kept.
const MOST_SWARMS: usize = 10_000;
const MOST_PEERS: usize = 2_000;

/// Most peers in one answer.
const MOST_NAMED: usize = 200;

/// Who is in which swarm.
#[derive(Debug, Default)]
pub struct Tracker {
    swarms: Mutex<HashMap<[u8; 20], HashMap<SocketAddr, Member>>>,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    seen: Instant,
    is_complete: bool,
}

/// What a client says of itself.
#[derive(Debug, Default)]
struct Announcement {
    info_hash: Option<[u8; 20]>,
    port: Option<u16>,
    left: Option<u64>,
    has_stopped: bool,
}

impl Announcement {
    fn read(query: &str) -> Self {
        let mut read = Self::default();
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match key {
                "info_hash" => read.info_hash = percent_decode_str(value).collect::<Vec<_>>().try_into().ok(),
                "port" => read.port = value.parse().ok(),
                "left" => read.left = value.parse().ok(),
                "event" => read.has_stopped = value == "stopped",
                _ => {}
            }
        }
        read
    }
}

impl Tracker {
    /// Peers that are complete, and peers that are not, of a swarm.
    pub fn members(&self, info_hash: [u8; 20]) -> (usize, usize) {
        let swarms = self.swarms.lock();
        let Some(swarm) = swarms.get(&info_hash) else { return (0, 0) };
        let complete = swarm.values().filter(|member| member.is_complete).count();
        (complete, swarm.len() - complete)
    }

    /// Takes an announcement in and names the others.
    fn note(
        &self,
        announcement: &Announcement,
        from: IpAddr,
        now: Instant,
    ) -> Result<Vec<SocketAddr>, &'static str> {
        let info_hash = announcement.info_hash.ok_or("info_hash missing or not 20 octets")?;
        let port = announcement.port.filter(|&port| port > 0).ok_or("port missing")?;
        let own = SocketAddr::new(from.to_canonical(), port);
        let mut swarms = self.swarms.lock();
        if !swarms.contains_key(&info_hash) && swarms.len() >= MOST_SWARMS {
            return Err("too many swarms");
        }
        let swarm = swarms.entry(info_hash).or_default();
        swarm.retain(|_, member| now.duration_since(member.seen) < FORGOTTEN_AFTER);
        if announcement.has_stopped {
            swarm.remove(&own);
        } else if swarm.len() < MOST_PEERS {
            swarm.insert(own, Member { seen: now, is_complete: announcement.left == Some(0) });
        }
        Ok(swarm.keys().copied().filter(|peer| *peer != own).take(MOST_NAMED).collect())
    }
}

/// Answers `GET /announce`.
pub(super) async fn announce(
    State(tracker): State<Arc<Tracker>>,
    Extension(from): Extension<SocketAddr>,
    RawQuery(query): RawQuery,
) -> (StatusCode, Vec<u8>) {
    let announcement = Announcement::read(query.as_deref().unwrap_or_default());
    let body = match tracker.note(&announcement, from.ip(), Instant::now()) {
        Ok(peers) => {
            let members = tracker.members(announcement.info_hash.unwrap_or_default());
            answer(&peers, members)
        }
        Err(reason) => format!("d14:failure reason{}:{reason}e", reason.len()).into_bytes(),
    };
    (StatusCode::OK, body)
}

fn answer(peers: &[SocketAddr], (complete, incomplete): (usize, usize)) -> Vec<u8> {
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    for peer in peers {
        let compact = match peer.ip() {
            IpAddr::V4(ip) => (&mut v4, ip.octets().to_vec()),
            IpAddr::V6(ip) => (&mut v6, ip.octets().to_vec()),
        };
        compact.0.extend(compact.1);
        compact.0.extend(peer.port().to_be_bytes());
    }
    let interval = INTERVAL.as_secs();
    let mut body = format!(
        "d8:completei{complete}e10:incompletei{incomplete}e8:intervali{interval}e5:peers{}:",
        v4.len()
    )
    .into_bytes();
    body.extend(&v4);
    if !v6.is_empty() {
        body.extend(format!("6:peers6{}:", v6.len()).into_bytes());
        body.extend(&v6);
    }
    body.push(b'e');
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announcement(port: u16, left: u64) -> Announcement {
        Announcement { info_hash: Some([9; 20]), port: Some(port), left: Some(left), has_stopped: false }
    }

    fn told(tracker: &Tracker, announcement: &Announcement) -> Vec<SocketAddr> {
        tracker.note(announcement, [10, 0, 0, 1].into(), Instant::now()).expect("answered")
    }

    #[test]
    fn each_is_told_of_the_others_and_not_of_itself() {
        let tracker = Tracker::default();
        assert!(told(&tracker, &announcement(1, 0)).is_empty());
        assert_eq!(told(&tracker, &announcement(2, 5)), ["10.0.0.1:1".parse().expect("an address")]);
        assert_eq!(tracker.members([9; 20]), (1, 1));
    }

    #[test]
    fn who_has_stopped_is_named_no_more() {
        let tracker = Tracker::default();
        told(&tracker, &announcement(1, 0));
        told(&tracker, &Announcement { has_stopped: true, ..announcement(1, 0) });
        assert!(told(&tracker, &announcement(2, 5)).is_empty());
    }

    #[test]
    fn a_query_is_read_with_its_binary_hash() {
        let hash: String = (0..20).map(|n| format!("%{n:02x}")).collect();
        let read = Announcement::read(&format!("info_hash={hash}&port=6881&left=0&event=started"));
        assert_eq!(read.info_hash.map(|h| h[19]), Some(19));
        assert_eq!((read.port, read.left, read.has_stopped), (Some(6881), Some(0), false));
        assert!(Announcement::read("info_hash=short&port=x").info_hash.is_none());
    }
}
