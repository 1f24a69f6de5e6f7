//! Asks one tracker once, over HTTP or UDP.
//!
//! In: an announce. Out: the answer, or the reason why there is none. Names are resolved under the address rule, and
//! nothing larger than an answer can be is read.

use crate::app::journal::Purpose;
use crate::catalog::listing::is_web_page;
use crate::catalog::tracker::http::{LONGEST_ANSWER, announce_url, read_answer};
use crate::catalog::tracker::udp::{
    AddressFamily, ConnectionId, announce_request, connect_request, read_announce, read_connect,
};
use crate::catalog::tracker::{
    Announce, AnnounceAnswer, RetryAdvice, TrackerError, TrackerTransport, TrackerUrl,
};
use crate::engine::transfer::http::client::{HttpClient, Persistence, Question};
use crate::engine::transfer::http::look_up;
use crate::engine::transfer::http::{allowed, reason_of_io, reason_of_resolve};
use crate::engine::transfer::network::has_route;
use crate::transfer::address_rule::{AddressRule, Reach};
use crate::transfer::reason::Reason;
use std::io::Read;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpStream, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Host;

/// How long a tracker may take over HTTP.
const HTTP_PATIENCE: Duration = Duration::from_secs(10);

/// How long a UDP packet is waited for, at first; BEP 15 says 15 s, which is longer than a person waits for a file.
const UDP_PATIENCE: Duration = Duration::from_secs(3);

/// How long the names of peers may take to be looked up.
const LOOK_UP_PATIENCE: Duration = Duration::from_secs(3);

/// How often a tracker of one's own network is called.
const CALL_EVERY: Duration = Duration::from_secs(3);

/// How long such a call may take.
const CALL_PATIENCE: Duration = Duration::from_millis(1_500);

/// How often a UDP packet is sent.
const UDP_ATTEMPTS: u32 = 3;

/// How long a UDP connection holds (BEP 15).
const CONNECTION_HOLDS: Duration = Duration::from_secs(55);

/// Most redirects of a tracker that are followed.
const MOST_REDIRECTS: usize = 3;

/// The largest UDP packet.
const LARGEST_PACKET: usize = 65_536;

/// Why a tracker gave no answer.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) reason: Reason,
    /// Whether to ask again, when the tracker said so.
    pub(super) advice: Option<RetryAdvice>,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, advice: None }
    }
}

impl From<TrackerError> for Refusal {
    fn from(error: TrackerError) -> Self {
        match error {
            TrackerError::Refused { reason, retry } => {
                Self { reason: Reason::TrackerRefused(reason), advice: retry }
            }
            _ => Reason::NotATracker.into(),
        }
    }
}

/// Asks one tracker.
#[derive(Debug)]
pub(super) struct TrackerClient {
    tracker: TrackerUrl,
    client: HttpClient,
    rule: AddressRule,
    connection: Option<(SocketAddr, ConnectionId, Instant)>,
}

impl TrackerClient {
    pub(super) fn new(tracker: TrackerUrl, client: HttpClient, rule: AddressRule) -> Self {
        Self { tracker, client, rule, connection: None }
    }

    pub(super) fn tracker(&self) -> &TrackerUrl {
        &self.tracker
    }

    pub(super) async fn ask(&mut self, announce: &Announce) -> Result<AnnounceAnswer, Refusal> {
        let answered = match self.tracker.transport() {
            TrackerTransport::Http => self.ask_http(announce).await,
            TrackerTransport::Udp => self.ask_udp(announce).await,
        };
        answered.map_err(|refusal| match refusal.reason.is_like_offline() && !has_route() {
            true => Refusal { reason: Reason::Offline, ..refusal },
            false => refusal,
        })
    }

    /// Ends when a tracker of one's own network takes no call any more; that it is gone is to be said at once, and not
    /// when it is next asked. Never ends for any other: those are left in peace.
    pub(super) async fn is_lost(&self) {
        let mut place = self.tracker.url().clone();
        place.set_query(None);
        if Reach::of_places([&place]) == Reach::Public {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(CALL_EVERY).await;
            let Ok(addresses) = self.addresses().await else { return };
            let mut takes_a_call = false;
            for address in addresses {
                takes_a_call |= match self.tracker.transport() {
                    TrackerTransport::Http => call_tcp(address).await,
                    TrackerTransport::Udp => call_udp(address).await,
                };
            }
            if !takes_a_call {
                return;
            }
        }
    }

    async fn ask_http(&self, announce: &Announce) -> Result<AnnounceAnswer, Refusal> {
        let mut question = Question::whole(announce_url(&self.tracker, announce), self.rule.reach());
        question.most_redirects = MOST_REDIRECTS;
        question.purpose = Purpose::Tracker;
        // Trackers have intervals of their own.
        question.persistence = Persistence::Once;
        let asked =
            tokio::time::timeout(HTTP_PATIENCE, self.client.small_whatever_status(&question, LONGEST_ANSWER));
        let answer = asked.await.unwrap_or(Err(Reason::NoAnswer)).map_err(|reason| match reason {
            Reason::WrongLength { .. } => Reason::NotATracker,
            other => other,
        })?;
        let body = match answer.head.content_encoding.as_deref() {
            Some(encoding) if encoding.eq_ignore_ascii_case("gzip") => unpacked(&answer.bytes)?,
            _ => answer.bytes,
        };
        // Some trackers refuse with a 4xx status and still say why in the body.
        match read_answer(&body) {
            Err(TrackerError::Refused { reason, retry }) => {
                Err(TrackerError::Refused { reason, retry }.into())
            }
            _ if answer.head.status != 200 => Err(Reason::Status(answer.head.status).into()),
            Err(_) if is_web_page(&body) => Err(Reason::WebPage.into()),
            Err(error) => Err(error.into()),
            Ok(answer) => Ok(self.with_names_resolved(answer).await),
        }
    }

    /// Adds the addresses of peers that the tracker calls by name, as far as the rule allows them.
    async fn with_names_resolved(&self, mut answer: AnnounceAnswer) -> AnnounceAnswer {
        let mut looking = JoinSet::new();
        for (name, port) in std::mem::take(&mut answer.names) {
            let rule = self.rule.clone();
            looking.spawn(async move {
                let found = look_up((name.as_str(), port)).await;
                found.and_then(|found| allowed(&rule, found)).unwrap_or_default()
            });
        }
        // What is not known in time is not waited for: the other peers are.
        let until = Instant::now() + LOOK_UP_PATIENCE;
        while let Ok(Some(found)) = tokio::time::timeout_at(until, looking.join_next()).await {
            let found = found.unwrap_or_default();
            answer
                .peers
                .extend(found.into_iter().filter(|peer| !answer.peers.contains(peer)).collect::<Vec<_>>());
        }
        answer
    }

    async fn ask_udp(&mut self, announce: &Announce) -> Result<AnnounceAnswer, Refusal> {
        let mut last = Reason::NameNotFound;
        for address in self.addresses().await? {
            self.client.contacts().ask(&address.to_string(), Purpose::Tracker);
            match self.ask_at(address, announce).await {
                Err(Refusal { reason, advice: None })
                    if reason.outlook() == crate::transfer::reason::Outlook::Passing =>
                {
                    last = reason;
                }
                settled => return settled,
            }
        }
        Err(last.into())
    }

    async fn ask_at(&mut self, address: SocketAddr, announce: &Announce) -> Result<AnnounceAnswer, Refusal> {
        let any: SocketAddr = match address {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let io = |error: std::io::Error| {
            reason_of_io(&error).unwrap_or_else(|| Reason::Other(error.kind().to_string()))
        };
        let socket = UdpSocket::bind(any).await.map_err(io)?;
        socket.connect(address).await.map_err(io)?;
        let connection = match self.connection {
            Some((to, id, since)) if to == address && since.elapsed() < CONNECTION_HOLDS => id,
            _ => {
                let transaction = fastrand::u32(..);
                let request = connect_request(transaction);
                let id = exchange(&socket, &request, |packet| read_connect(packet, transaction)).await?;
                self.connection = Some((address, id, Instant::now()));
                id
            }
        };
        let transaction = fastrand::u32(..);
        let url = self.tracker.url();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let place = format!("{}{query}", url.path());
        let request = announce_request(connection, transaction, announce, &place);
        let family = if address.is_ipv4() { AddressFamily::V4 } else { AddressFamily::V6 };
        let answered = exchange(&socket, &request, |packet| read_announce(packet, transaction, family)).await;
        if answered.is_err() {
            self.connection = None;
        }
        answered
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, Reason> {
        let port = self.tracker.port();
        let found = match self.tracker.host() {
            Host::Ipv4(address) => vec![SocketAddr::from((*address, port))],
            Host::Ipv6(address) => vec![SocketAddr::from((*address, port))],
            Host::Domain(name) => {
                look_up((name.as_str(), port)).await.map_err(|error| reason_of_resolve(&error))?
            }
        };
        allowed(&self.rule, found).map_err(|error| reason_of_resolve(&error))
    }
}

async fn call_tcp(address: SocketAddr) -> bool {
    matches!(tokio::time::timeout(CALL_PATIENCE, TcpStream::connect(address)).await, Ok(Ok(_)))
}

/// Whether anything comes back for the first packet of the protocol.
async fn call_udp(address: SocketAddr) -> bool {
    let any: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let called = async {
        let socket = UdpSocket::bind(any).await?;
        socket.connect(address).await?;
        socket.send(&connect_request(fastrand::u32(..))).await?;
        socket.recv(&mut [0; 64]).await
    };
    matches!(tokio::time::timeout(CALL_PATIENCE, called).await, Ok(Ok(_)))
}

/// Sends a packet until something that `read` accepts comes back. Packets for other transactions are passed over.
async fn exchange<T>(
    socket: &UdpSocket,
    request: &[u8],
    read: impl Fn(&[u8]) -> Result<T, TrackerError>,
) -> Result<T, Refusal> {
    let io = |error: std::io::Error| reason_of_io(&error).unwrap_or(Reason::NoAnswer);
    let mut packet = vec![0; LARGEST_PACKET];
    for attempt in 0..UDP_ATTEMPTS {
        socket.send(request).await.map_err(io)?;
        let until = Instant::now() + UDP_PATIENCE * (attempt + 1);
        while let Ok(received) = tokio::time::timeout_at(until, socket.recv(&mut packet)).await {
            match read(&packet[..received.map_err(io)?]) {
                Err(TrackerError::OtherTransaction) => {}
                settled => return Ok(settled?),
            }
        }
    }
    Err(Reason::NoAnswer.into())
}

/// A compressed answer, up to the length that a plain one may have.
fn unpacked(body: &[u8]) -> Result<Vec<u8>, Reason> {
    let mut plain = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(body).take(LONGEST_ANSWER as u64 + 1);
    match reader.read_to_end(&mut plain) {
        Ok(octets) if octets <= LONGEST_ANSWER => Ok(plain),
        _ => Err(Reason::NotATracker),
    }
}
