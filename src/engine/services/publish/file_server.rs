//! The web server: listed files with ranges, and the tracker's address.

use super::tracker_server::{self, Tracker};
use axum::Router;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tower_http::services::ServeFile;

/// Most connections at a time.
const MOST_CONNECTIONS: usize = 256;

/// How long a client may take over the head of a request.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// What stays as it is in a component of a URL's path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A file that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedFile {
    /// Components of its path in URLs.
    pub at: Vec<String>,
    /// The file.
    pub file: PathBuf,
}

impl ServedFile {
    /// Its path in URLs, percent-encoded.
    pub fn url_path(&self) -> String {
        let components = self.at.iter().map(|component| utf8_percent_encode(component, PLAIN).to_string());
        format!("/{}", components.collect::<Vec<_>>().join("/"))
    }
}

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
    tracker: Arc<Tracker>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts to offer on `address`; port 0 takes a free one.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr, offers: &[ServedFile]) -> Result<Self, ServerError> {
        let failed = |source| ServerError { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let tracker = Arc::new(Tracker::default());
        let mut router =
            Router::new().route("/announce", get(tracker_server::announce)).with_state(tracker.clone());
        for offer in offers {
            router = router.route_service(&escaped_route(&offer.url_path()), ServeFile::new(&offer.file));
        }
        let task = tokio::spawn(serve(listener, router));
        Ok(Self { address, tracker, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://host:port/`.
    pub fn base_url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The URL of its tracker.
    pub fn tracker_url(&self) -> String {
        format!("http://{}/announce", self.address)
    }

    /// What its tracker knows.
    pub fn tracker(&self) -> &Tracker {
        &self.tracker
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Braces mean captures in a route; in an encoded path there are none, so nothing else needs escaping.
fn escaped_route(path: &str) -> String {
    path.replace('{', "{{").replace('}', "}}")
}

/// Serves until it is dropped: so many connections, with patience for the head of each request.
pub(in crate::engine) async fn serve(listener: TcpListener, router: Router) {
    let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else { return };
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
        let service = router.clone().layer(axum::Extension(from));
        connections.spawn(async move {
            let _slot = slot;
            let served = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
                .await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::octets::ByteRange;
    use crate::engine::clock::Clock;
    use crate::engine::contacts::Contacts;
    use crate::engine::transfer::http::client::{HttpClient, OutboundRoute, Question};
    use crate::transfer::address_rule::{AddressRule, Reach};
    use url::Url;

    fn a_client() -> HttpClient {
        let way =
            OutboundRoute { rule: AddressRule::new(Reach::Anywhere, Vec::new()), ..OutboundRoute::default() };
        HttpClient::new(way, Contacts::new(Clock::start())).expect("a client")
    }

    async fn ask(server: &Server, path: &str, range: Option<ByteRange>) -> (u16, Vec<u8>) {
        let client = a_client();
        let url = Url::parse(&server.base_url()).and_then(|base| base.join(path)).expect("a URL");
        let question = Question { range, ..Question::whole(url, Reach::Anywhere) };
        let mut answer = client.ask(&question).await.expect("an answer");
        let mut body = Vec::new();
        while let Some(stretch) = answer.next().await.expect("a body") {
            body.extend_from_slice(&stretch);
        }
        (answer.head.status, body)
    }

    #[tokio::test]
    async fn listed_files_are_given_whole_and_in_ranges_and_nothing_else_is() {
        let scratch = tempfile::tempdir().expect("a temporary folder");
        let file = scratch.path().join("a b+é.grib2");
        std::fs::write(&file, b"0123456789").expect("a file");
        std::fs::write(scratch.path().join("secret"), b"secret").expect("a file");
        let offer = ServedFile { at: vec!["run".to_owned(), "a b+é.grib2".to_owned()], file };
        let local = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::start(local, std::slice::from_ref(&offer)).await.expect("a port");
        let path = offer.url_path();
        assert_eq!(ask(&server, &path, None).await, (200, b"0123456789".to_vec()));
        assert_eq!(ask(&server, &path, ByteRange::new(2, 5)).await, (206, b"234".to_vec()));
        for outside in ["/secret", "/run/secret", "/run/..%2fsecret", "/"] {
            assert_eq!(ask(&server, outside, None).await.0, 404, "{outside}");
        }
    }
}
