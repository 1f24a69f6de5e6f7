//! The web server: what lies on a shelf, and the tracker's address.

use super::impatient::ImpatientStream;
use super::shelf::Shelf;
use super::tracker_server::{TrackerServer, serve_packets};
use crate::domain::utc::UtcTime;
use crate::engine::clock::Clock;
use crate::publish::tracker::TrackedTorrents;
use crate::publish::web::callers::Callers;
use crate::publish::web::crowd::ConnectedCrowd;
use axum::body::{Body, HttpBody};
use axum::http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue};
use axum::http::{Request, Response, StatusCode};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use parking_lot::Mutex;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

/// Most connections at a time.
const MOST_CONNECTIONS: usize = 256;

/// With fewer places left, a connection ends with its answer: ten thousand that ask once a minute then find one.
const CALM_PLACES: usize = 192;

/// How long a client may take over the head of a request, and be silent between two.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// Why nothing is offered.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}")]
pub struct ServerError {
    /// Where it was to listen.
    pub address: SocketAddr,
    /// The system's error.
    #[source]
    pub source: std::io::Error,
}

/// A running server.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    tracker: Arc<TrackerServer>,
    /// Why its tracker does not take packets, when it does not.
    no_packets: Option<std::io::Error>,
    doorbell: Arc<Doorbell>,
    tasks: Mutex<JoinSet<()>>,
}

/// Tells when somebody of another network connected.
#[derive(Debug)]
struct Doorbell {
    callers: Mutex<Callers>,
    reached: watch::Sender<Option<UtcTime>>,
    clock: Clock,
}

impl Doorbell {
    fn ring(&self, from: IpAddr, at: IpAddr) {
        if self.callers.lock().take_in(from, at, self.clock.now()) {
            self.reached.send_replace(Some(self.clock.utc()));
        }
    }
}

impl Server {
    /// Starts to offer what lies on `shelf`, now and later, on `address`; port 0 takes a free one. Its tracker tracks what is
    /// listed there, over HTTP and, where it can, over UDP on the same port.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr, shelf: &Shelf) -> Result<Self, ServerError> {
        Self::start_tracking(TrackedTorrents::Listed, address, shelf).await
    }

    /// The same, with a tracker of whatever is `tracked`.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start_tracking(
        tracked: TrackedTorrents,
        address: SocketAddr,
        shelf: &Shelf,
    ) -> Result<Self, ServerError> {
        let failed = |source| ServerError { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let tracker = Arc::new(TrackerServer::new(tracked).map_err(failed)?);
        let (callers, reached) = (Mutex::default(), watch::channel(None).0);
        let doorbell = Arc::new(Doorbell { callers, reached, clock: Clock::start() });
        let front = Front {
            shelf: shelf.clone(),
            tracker: tracker.clone(),
            places: Arc::new(Semaphore::new(MOST_CONNECTIONS)),
            crowd: Arc::default(),
            doorbell: doorbell.clone(),
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, front));
        let no_packets = match UdpSocket::bind(address).await {
            Ok(socket) => {
                tasks.spawn(serve_packets(socket, tracker.clone()));
                None
            }
            Err(error) => Some(error),
        };
        Ok(Self { address, tracker, no_packets, doorbell, tasks: Mutex::new(tasks) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its tracker.
    pub fn tracker(&self) -> &TrackerServer {
        &self.tracker
    }

    /// An address that leads here: who calls from it may be this computer itself.
    pub fn add_own_address(&self, address: IpAddr) {
        self.doorbell.callers.lock().add_own(address);
    }

    /// When somebody of another network last connected, to the minute. `None` while nobody was seen to.
    pub fn reached(&self) -> watch::Receiver<Option<UtcTime>> {
        self.doorbell.reached.subscribe()
    }

    /// Lets nobody in any more, and ends what is under way: its address is free afterwards.
    pub async fn end(&self) {
        let mut tasks = std::mem::take(&mut *self.tasks.lock());
        tasks.shutdown().await;
    }

    /// Why its tracker does not take packets of UDP. `None` when it does.
    pub fn no_packets(&self) -> Option<&std::io::Error> {
        self.no_packets.as_ref()
    }
}

/// What answers requests.
#[derive(Clone, Debug)]
struct Front {
    shelf: Shelf,
    tracker: Arc<TrackerServer>,
    places: Arc<Semaphore>,
    crowd: Arc<Mutex<ConnectedCrowd>>,
    doorbell: Arc<Doorbell>,
}

/// What one connection takes, given back when it ends.
struct ConnectionSlot {
    _of_all: OwnedSemaphorePermit,
    crowd: Arc<Mutex<ConnectedCrowd>>,
    from: IpAddr,
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        self.crowd.lock().leave(self.from);
    }
}

impl Front {
    async fn answer<B>(&self, request: Request<B>, from: SocketAddr) -> Response<Body> {
        // What a client sends along is read over.
        let request = request.map(drop);
        let told = self.tracker.answer(request.uri().path(), request.uri().query(), from);
        let asks_tracker = told.is_some();
        let mut response = match told {
            Some(told) => Response::new(told.into()),
            None => self.shelf.answer(request).await,
        };
        let is_empty = response.body().is_end_stream() && response.status() != StatusCode::NOT_MODIFIED;
        if is_empty && !response.headers().contains_key(CONTENT_LENGTH) {
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(0));
        }
        // One question is all that a client has for a tracker: its connection makes room for the next.
        if asks_tracker || self.places.available_permits() < CALM_PLACES {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

async fn serve(listener: TcpListener, front: Front) {
    let mut connections = JoinSet::new();
    loop {
        let Ok(of_all) = front.places.clone().acquire_owned().await else { return };
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Too many open files, usually: it passes.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        while connections.try_join_next().is_some() {}
        if !front.crowd.lock().enter(from.ip()) {
            continue;
        }
        if let Ok(at) = stream.local_addr() {
            front.doorbell.ring(from.ip(), at.ip());
        }
        let slot = ConnectionSlot { _of_all: of_all, crowd: front.crowd.clone(), from: from.ip() };
        let front = front.clone();
        connections.spawn(async move {
            let _slot = slot;
            let service = service_fn(|request| {
                let front = front.clone();
                async move { Ok::<_, Infallible>(front.answer(request, from).await) }
            });
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .serve_connection(TokioIo::new(ImpatientStream::new(stream)), service)
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}
